import time
from dataclasses import replace
from multiprocessing import active_children
from threading import Thread

import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, hand_landmarks
from training.augmentation import matting
from training.augmentation.close_up_sampler import CloseUpSampler
from training.augmentation.cutouts import Cutout
from training.augmentation.drawn_hands import hard_look, training_look
from training.augmentation.frame_sampler import FrameSampler
from training.augmentation.image_pools import (
    STORED_SIDE,
    load_pools,
    load_pools_lazily,
    maker,
)
from training.augmentation.image_pools.loading import in_threads
from training.console.errors import TrainingError
from training.data.photos import Photo, PhotoFolder

GREEN = (40, 170, 60)


def hand_on(colour, gesture=Gesture.PAPER, size=80):
    hand = draw_hand(gesture, HandLook(sleeve=None, shift=(0.15, 0.1)), size).astype(float)
    alpha = hand[..., 3:] / 255
    return (alpha * hand[..., :3] + (1 - alpha) * np.array(colour)).astype(np.uint8)


def save(path, image):
    assert cv2.imwrite(str(path), np.ascontiguousarray(image[..., ::-1]))
    return path


@pytest.fixture
def photos(tmp_path):
    on_green, on_wall = hand_on(GREEN), hand_on((150, 140, 150))
    return PhotoFolder(
        train=(
            Photo(save(tmp_path / "1.png", on_green), "paper", "mat"),
            Photo(save(tmp_path / "2.png", on_wall), "paper", "webcam"),
            Photo(save(tmp_path / "3.png", on_wall), "paper", "webcam"),
            Photo(save(tmp_path / "4.png", np.full((50, 50, 3), GREEN, np.uint8)), "none", "mat"),
        ),
        backgrounds=(
            save(tmp_path / "wall__1.png", np.full((400, 600, 3), 90, np.uint8)),
            save(tmp_path / "wall__2.png", np.full((40, 60, 3), 90, np.uint8)),
            save(tmp_path / "plain.png", np.full((40, 60, 3), 90, np.uint8)),
        ),
    )


def counts(pools):
    return {
        str(label): {name: len(items) for name, items in sources.items()}
        for label, sources in pools.items()
    }


def every(pools):
    return [item for sources in pools.values() for items in sources.values() for item in items]


def pixels(item):
    """The pixels of an image or a cut-out."""
    return item.image.pixels if isinstance(item.image, Cutout) else item.image


def test_photographs_are_sorted_by_label_and_source_and_hands_cut_from_green(photos):
    found = load_pools(photos, [], drawn=0)
    # A green wall without a hand is not a mat with a hand on it.
    assert counts(found.photos) == {"paper": {"webcam": 2}, "none": {"mat": 1}}
    assert counts(found.green_screen) == {"paper": {"mat": 1}}
    assert {name: len(pool) for name, pool in found.backgrounds.items()} == {
        "wall": 2,
        "plain.png": 1,
    }
    cut = found.green_screen["paper"]["mat"][0].image
    assert cut.arm is not None
    hand = cut.pixels
    assert hand.shape == (80, 80, 4)
    truth = draw_hand(Gesture.PAPER, HandLook(sleeve=None, shift=(0.15, 0.1)), 80)[..., 3] > 127
    found_hand = hand[..., 3] > 127
    assert not (found_hand & ~truth).any()
    assert (found_hand == truth).mean() > 0.94
    assert np.array_equal(found.photos["paper"]["webcam"][0].image, hand_on((150, 140, 150)))


def test_hand_without_an_arm_on_a_mat_stays_a_photograph(tmp_path):
    image = np.full((80, 80, 3), GREEN, np.uint8)
    cv2.circle(image, (40, 40), 20, (200, 140, 110), -1)
    photo = Photo(save(tmp_path / "1.png", image), "rock", "mat")
    found = load_pools(PhotoFolder(train=(photo,)), [], drawn=0)
    assert counts(found.photos) == {"rock": {"mat": 1}}
    assert not found.green_screen


def test_photographs_without_a_hand_are_backgrounds_too(tmp_path):
    image = np.full((30, 40, 3), 90, np.uint8)
    names = ("anna__nohand_1", "anna__fist_nohand", "nohand_2", "anna__2")
    train = tuple(
        Photo(save(tmp_path / f"{name}.png", image), "none", name.split("__")[0]) for name in names
    )
    rock = Photo(save(tmp_path / "anna__nohand_3.png", image), "rock", "anna")
    found = load_pools(PhotoFolder(train=(*train, rock)), [], drawn=0)
    assert {name: len(pool) for name, pool in found.backgrounds.items()} == {
        "anna": 1,
        "nohand_2": 1,
    }
    assert counts(found.photos) == {
        "none": {"anna": 3, "nohand_2": 1},
        "rock": {"anna": 1},
    }


def on_wall(seed):
    """A hand in front of a plain wall, as `cut_from_wall` expects it."""
    look = HandLook(sleeve=None, skin=(190, 130, 90), ambient=0.7, roll=float(seed))
    hand = draw_hand(Gesture.PAPER, look, 100).astype(float)
    alpha = hand[..., 3:] / 255
    return (alpha * hand[..., :3] + (1 - alpha) * np.array((170, 172, 178))).astype(np.uint8)


@pytest.mark.parametrize(("with_wall", "expected"), [(5, 5), (4, 4), (3, 0)])
def test_sources_mostly_in_front_of_a_wall_are_cut_out(tmp_path, with_wall, expected):
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    images = [on_wall(seed) for seed in range(with_wall)] + [noise] * (6 - with_wall)
    train = [
        Photo(save(tmp_path / f"s__{number}.png", image), "paper", "s")
        for number, image in enumerate(images)
    ]
    empty = save(tmp_path / "s__nohand.png", on_wall(0))
    photos = PhotoFolder(train=(*train, Photo(empty, "none", "s")))
    found = load_pools(photos, [], drawn=0)
    assert len(every(found.plain_wall)) == expected
    assert all(cut.image.arm is not None for cut in every(found.plain_wall))
    # They stay photographs as well; nothing is cut out of a photograph without a hand.
    assert counts(found.photos) == {"paper": {"s": 6}, "none": {"s": 1}}
    assert "none" not in found.plain_wall


def test_rendered_hands_are_cut_out_of_white():
    rendered = [(hand_on((255, 255, 255), gesture), str(gesture)) for gesture in Gesture]
    found = load_pools(PhotoFolder(), rendered[:3], drawn=0)
    assert counts(found.rendered) == {
        name: {"rendered": 1} for name in ("rock", "paper", "scissors")
    }
    alpha = found.rendered["paper"]["rendered"][0].image.pixels[..., 3]
    assert 0.05 < (alpha > 127).mean() < 0.6
    assert alpha[0].max() == 0


def test_large_images_are_shrunk_and_small_ones_kept(photos):
    found = load_pools(photos, [], drawn=0)
    large, small = (each.image for each in found.backgrounds["wall"])
    assert large.shape == (STORED_SIDE, STORED_SIDE * 3 // 2, 3)
    assert small.shape == (40, 60, 3)


def test_hands_are_drawn_for_every_label_and_always_the_same():
    found, again = (load_pools(PhotoFolder(), [], drawn=4) for _ in range(2))
    labels = {str(gesture) for gesture in Gesture}
    assert counts(found.drawn) == {label: {"drawn": 4} for label in labels}
    assert counts(found.scenes) == {label: {"drawn": 2} for label in labels}
    assert all(hand.image.pixels.shape[2] == 4 for hand in every(found.drawn))
    assert all(scene.image.shape[2] == 3 for scene in every(found.scenes))
    for pool, same, count in ((found.drawn, again.drawn, 4), (found.scenes, again.scenes, 2)):
        images, repeated = ([pixels(item) for item in every(each)] for each in (pool, same))
        assert len({image.tobytes() for image in images}) == count * len(labels)
        for one, other in zip(images, repeated, strict=True):
            assert np.array_equal(one, other)


def test_processes_draw_the_same_hands():
    # So many that two processes are worth their start.
    alone, found = (load_pools(PhotoFolder(), [], 8, side=24, processes=each) for each in (0, 2))
    for name in ("drawn", "scenes"):
        expected, drawn = (getattr(pools, name) for pools in (alone, found))
        assert counts(drawn) == counts(expected)
        for one, other in zip(every(drawn), every(expected), strict=True):
            assert np.array_equal(pixels(one), pixels(other))
            assert len(one.hands) == len(other.hands)
            for hand, same in zip(one.hands, other.hands, strict=True):
                assert np.array_equal(hand.landmarks, same.landmarks)
    assert not active_children()


def test_a_process_that_dies_while_drawing_is_reported():
    def kill_the_first():
        while not (processes := active_children()):
            time.sleep(0.01)
        processes[0].kill()

    killer = Thread(target=kill_the_first)
    killer.start()
    with pytest.raises(TrainingError, match="that draws hands has died, .* --data-workers"):
        load_pools(PhotoFolder(), [], drawn=8, side=24, processes=2)
    killer.join()
    assert not active_children()


def test_an_interruption_abandons_what_is_not_begun():
    begun = []

    def work(number):
        begun.append(number)
        time.sleep(0.05)

    running = in_threads(work, range(1000), "working", threads=2)
    next(running)
    running.close()
    assert len(begun) < 100


def test_drawn_hands_have_the_appearance_of_their_number():
    found = every(load_pools(PhotoFolder(), [], drawn=1).drawn)
    for gesture, cut in zip(Gesture, found, strict=True):
        expected = draw_hand(gesture, training_look(gesture, 0), STORED_SIDE)
        assert np.array_equal(cut.image.pixels, expected)


def test_hard_views_are_drawn_of_moves_only():
    found = load_pools(PhotoFolder(), [], drawn=1, hard=2)
    assert counts(found.drawn) == {
        "rock": {"drawn": 3},
        "paper": {"drawn": 3},
        "scissors": {"drawn": 3},
        "none": {"drawn": 1},
    }
    (_, first, _) = found.drawn["paper"]["drawn"]
    look = hard_look(Gesture.PAPER, 0)
    assert np.array_equal(first.image.pixels, draw_hand(Gesture.PAPER, look, STORED_SIDE))
    truth = hand_landmarks(Gesture.PAPER, look, STORED_SIDE)
    assert np.array_equal(first.hands[0].landmarks, truth)


def test_lazy_pools_hold_the_same_images_and_draw_on_demand(photos, monkeypatch):
    rendered = [(hand_on((255, 255, 255), gesture), str(gesture)) for gesture in list(Gesture)[:3]]
    whole = load_pools(photos, rendered * 2, drawn=3, hard=2)
    drawn = []
    for name in ("draw_hand", "draw_scene"):
        draw = getattr(maker, name)
        monkeypatch.setattr(maker, name, lambda *a, draw=draw: drawn.append(a) or draw(*a))
    found = load_pools_lazily(photos, rendered * 2, drawn=3, hard=2)
    assert not drawn
    for name in ("photos", "rendered", "green_screen", "drawn", "scenes"):
        expected, lazy = getattr(whole, name), getattr(found, name)
        assert counts(lazy) == counts(expected)
        for label, sources in expected.items():
            for source, items in sources.items():
                for one, other in zip(items, lazy[label][source], strict=True):
                    assert np.array_equal(pixels(one), pixels(other))
    assert len(drawn) == 4 * (3 + 1) + 3 * 2
    assert list(found.backgrounds) == list(whole.backgrounds)


def test_lazy_pools_without_images_are_empty():
    found = load_pools_lazily(PhotoFolder(), [], drawn=1)
    assert (found.rendered, found.scenes) == ({}, {})
    assert not load_pools_lazily(PhotoFolder(), [], drawn=0).drawn


def test_landmarks_follow_photographs_and_cut_outs(photos):
    look = HandLook(sleeve=None, shift=(0.15, 0.1))
    truth = hand_landmarks(Gesture.PAPER, look, 80)
    known = {photo.path: (truth / 80,) for photo in photos.train[:2]}
    found = load_pools(photos, [], drawn=0, landmarks=known, side=40)
    (cut,), (photo, unknown) = found.green_screen["paper"]["mat"], found.photos["paper"]["webcam"]
    # Everything has been reduced by half.
    for each in (cut, photo):
        np.testing.assert_allclose(each.hands[0].landmarks, truth / 2)
        assert each.complete
    assert (unknown.hands, unknown.complete) == ((), False)
    # Whether a green mat or a wall shows others is unknown: nothing else is cut out.
    without = load_pools(photos, [], drawn=0, landmarks={}, side=40)
    assert not without.green_screen
    assert not without.plain_wall
    assert counts(without.photos)["paper"] == {"mat": 1, "webcam": 2}


def test_landmarks_follow_hands_cut_off_a_wall(tmp_path):
    paths = [save(tmp_path / f"s__{number}.png", on_wall(number)) for number in range(4)]
    train = tuple(Photo(path, "paper", "s") for path in paths)
    looks = [
        HandLook(sleeve=None, skin=(190, 130, 90), ambient=0.7, roll=float(number))
        for number in range(4)
    ]
    truth = [hand_landmarks(Gesture.PAPER, look, 100) for look in looks]
    known = {path: (points / 100,) for path, points in zip(paths[:3], truth, strict=False)}
    found = load_pools(PhotoFolder(train=train), [], drawn=0, landmarks=known, side=50)
    cuts = found.plain_wall["paper"]["s"]
    assert len(cuts) == 3
    # None is cut out twice.
    assert not found.matted
    for cut, points in zip(cuts, truth, strict=False):
        np.testing.assert_allclose(cut.hands[0].landmarks, points / 2, atol=0.5)
        # And they are where the hand is.
        inside = cut.image.pixels[tuple(np.rint(cut.hands[0].landmarks[:, ::-1]).astype(int).T)]
        assert (inside[:, 3] > 127).mean() > 0.9


@pytest.fixture
def unevenly_lit(tmp_path):
    """Makes photographs of hands in front of noise, of this size, and their landmarks.

    The last one is like its background. Three belong to one source, two to another.
    """

    def make(size):
        noise = np.random.default_rng(0).integers(0, 60, (size, size, 3), np.uint8)
        train, known = [], {}
        for number in range(5):
            look = HandLook(
                sleeve=None, skin=(240, 190, 160), ambient=0.8, roll=-15.0 * (number % 3)
            )
            hand = draw_hand(Gesture.PAPER, look, size)
            hidden = number == 4
            image = noise if hidden else np.where(hand[..., 3:] > 127, hand[..., :3], noise)
            source = "s" if number < 3 else "t"
            path = save(tmp_path / f"{source}__{number}.png", image)
            train.append(Photo(path, "paper", source))
            known[path] = (hand_landmarks(Gesture.PAPER, look, size) / size,)
        return PhotoFolder(train=tuple(train)), known

    return make


@pytest.mark.parametrize(("size", "expected"), [(160, {"s": 2, "t": 1}), (90, {})])
def test_hands_are_cut_out_of_large_photographs_by_their_landmarks(unevenly_lit, size, expected):
    photos, known = unevenly_lit(size)
    del known[photos.train[2].path]
    found = load_pools(photos, [], drawn=0, landmarks=known)
    assert counts(found.matted).get("paper", {}) == expected
    # They stay photographs as well.
    assert counts(found.photos) == {"paper": {"s": 3, "t": 2}}
    for cut in every(found.matted):
        assert cut.complete
        points = np.rint(cut.hands[0].landmarks[:, ::-1] - 0.5).astype(int)
        assert (cut.image.pixels[tuple(points.T)][:, 3] > 127).mean() > 0.9
    assert not load_pools(photos, [], drawn=0).matted


def test_lazy_pools_cut_hands_out_on_demand_and_once(unevenly_lit, monkeypatch):
    photos, known = unevenly_lit(160)
    whole = load_pools(photos, [], drawn=0, landmarks=known)
    assert counts(whole.matted) == {"paper": {"s": 3, "t": 1}}
    cut, attempts = matting.cut_by_landmarks, []
    monkeypatch.setattr(matting, "cut_by_landmarks", lambda *a: attempts.append(a) or cut(*a))
    found = load_pools_lazily(photos, [], drawn=0, landmarks=known)
    assert len(attempts) == 2, "one of each source, to know that there is any"
    for _ in range(2):
        for name, expected in (("s", (0, 1, 2)), ("t", (0, 0))):
            items = found.matted["paper"][name]
            # Where no hand can be cut out, there is the next one of the source.
            for item, number in zip(items, expected, strict=True):
                same = whole.matted["paper"][name][number]
                assert np.array_equal(pixels(item), pixels(same))
                assert np.array_equal(item.hands[0].landmarks, same.hands[0].landmarks)
    assert len(attempts) == len(photos.train)


def test_samples_from_lazy_pools_are_those_of_training_up_to_a_hand_cut_out_by_landmarks(
    unevenly_lit, finder_recipe, close_up_recipe
):
    photos, known = unevenly_lit(160)
    pools = [load(photos, [], 2, known) for load in (load_pools, load_pools_lazily)]
    for kind, recipe in ((FrameSampler, finder_recipe), (CloseUpSampler, close_up_recipe)):
        larger = replace(recipe, batch_size=40)
        training, shown = (kind(each, larger, 3).examples(5) for each in pools)
        origins = [*(example.origin for example in training), "matted"]
        first = origins.index("matted")
        assert first > 0
        for one, other in zip(training[:first], shown[:first], strict=True):
            assert (one.label, one.origin) == (other.label, other.origin)
            assert np.array_equal(one.image, other.image)


def test_lazy_pools_have_no_sources_without_cut_out_hands(unevenly_lit):
    photos, known = unevenly_lit(160)
    hidden = PhotoFolder(train=photos.train[4:])
    for load in (load_pools, load_pools_lazily):
        assert not load(hidden, [], drawn=0, landmarks=known).matted


def test_drawn_and_rendered_hands_know_where_they_are():
    rendered = [(hand_on((255, 255, 255)), "paper")]
    found = load_pools(PhotoFolder(), rendered, drawn=1, landmarks={}, side=60)
    for cut in (*every(found.drawn), *every(found.rendered)):
        (hand,) = cut.hands
        assert cut.complete
        alpha = cut.image.pixels[..., 3] > 127
        where = hand.location
        x, y = round(np.clip(where.x, 0, 59)), round(np.clip(where.y, 0, 59))
        assert alpha[max(0, y - 8) : y + 9, max(0, x - 8) : x + 9].any()
    assert every(found.rendered)[0].hands[0].landmarks is None
    assert all(cut.hands[0].landmarks is not None for cut in every(found.drawn))


def test_an_unreadable_photograph_is_reported_in_one_line(photos, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"not an image")
    with pytest.raises(TrainingError, match="cannot use the photograph .*broken.jpg: not an image"):
        load_pools(photos + PhotoFolder(train=(Photo(broken, "rock", "s"),)), [], drawn=0)
    with pytest.raises(TrainingError, match="cannot use the photograph .*broken.jpg"):
        load_pools(photos + PhotoFolder(backgrounds=(broken,)), [], drawn=0)
