"""Where hands are found, how looks are combined, and which pairs of files are refused."""

import json
from collections.abc import Callable, Sequence
from math import radians
from pathlib import Path

import numpy as np
import pytest

from rps_game import Classifier, Gesture
from rps_game.arrays import Image
from rps_game.recognition.classifier import ModelError
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.networks.two_looks import UNSURE, Found
from rps_game.recognition.regions import overlapping_squares
from rps_game.recognition.views import Matrix, locate, resized

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
COLOURS = {Gesture.ROCK: RED, Gesture.PAPER: GREEN, Gesture.SCISSORS: BLUE}


def scene(
    box: tuple[int, int, int, int],
    colour: tuple[int, int, int] = GREEN,
    shape: tuple[int, int] = (240, 320),
) -> Image:
    """A bright rectangle (left, top, width, height) on black."""
    left, top, width, height = box
    image = np.zeros((*shape, 3), np.uint8)
    image[top : top + height, left : left + width] = colour
    return image


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        ((200, 60, 80, 120), (240, 320)),
        ((10, 300, 60, 60), (400, 100)),
        ((5, 5, 90, 60), (240, 320)),
        ((1500, 800, 300, 200), (1200, 2000)),  # shrunk before the close look
    ],
)
def test_the_box_is_around_the_hand_in_pixels_of_the_image(
    tiny_pair: Path, box: tuple[int, int, int, int], shape: tuple[int, int]
) -> None:
    prediction = Classifier(tiny_pair).classify(scene(box, shape=shape))
    assert prediction.box is not None
    assert prediction.box == pytest.approx(box, abs=1 + max(shape) / 250)
    assert prediction.gesture is Gesture.PAPER
    points = np.array(prediction.landmarks)
    assert points.shape == (21, 2)
    middle = box[0] + box[2] / 2, box[1] + box[3] / 2
    assert points[1] == pytest.approx(middle, abs=1 + max(shape) / 250)
    assert points[0, 1] > points[9, 1], "the wrist is below"
    part = prediction.box.of(scene(box, shape=shape))
    assert part.shape[:2] == (prediction.box.height, prediction.box.width)


@pytest.mark.parametrize("angle", [-2.5, -0.3, 1.0])
def test_the_close_up_is_turned_upright_and_the_points_are_turned_back(
    make_pair: Callable[..., Path], angle: float
) -> None:
    model = Classifier(make_pair(angle=angle))
    prediction = model.classify(scene((120, 80, 80, 80)))
    hand = locate(np.array(prediction.landmarks))
    # The wrist is drawn below in the view, so in the image the hand points where the finder said.
    assert hand.angle == pytest.approx(angle, abs=0.02)
    assert (hand.x, hand.y) == pytest.approx((160, 120), abs=1.5)


def test_landmarks_far_from_upright_are_turned_back_after_one_close_up(
    make_pair: Callable[..., Path],
) -> None:
    prediction = Classifier(make_pair(turn=radians(-60))).classify(scene((120, 80, 80, 80)))
    assert locate(np.array(prediction.landmarks)).angle == pytest.approx(radians(-60), abs=0.03)


def test_landmarks_may_be_of_another_size_or_place_than_the_finders_box(
    make_pair: Callable[..., Path],
) -> None:
    # Points twice as far apart as the hand is large.
    points = np.zeros((21, 2))
    points[0], points[9], points[4], points[20] = (0, 1), (0, -1), (-1, 0), (1, 0)
    box = Classifier(make_pair(points=points)).classify(scene((120, 80, 80, 80))).box
    assert box == pytest.approx((80, 40, 160, 160), abs=3)
    shifted = points / 2 + (0.3, 0)
    box = Classifier(make_pair(points=shifted)).classify(scene((120, 80, 80, 80))).box
    assert box == pytest.approx((144, 80, 80, 80), abs=3)


@pytest.mark.parametrize(("score", "odds"), [(0.2, 0.25), (0.9, 9), (1.0, 999), (0.0, 1 / 999)])
def test_the_score_of_the_finder_counts_for_none(
    make_pair: Callable[..., Path], score: float, odds: float
) -> None:
    model = Classifier(make_pair(strength=0.012, score=score))
    looks = model.two_looks
    assert looks is not None
    image = scene((120, 80, 80, 80), (150, 90, 0))
    found = looks.search([image])
    close, _ = looks.look_carefully(image, found.hands[0])
    powers = close**0.75
    powers[:, 3] *= np.exp(-0.5) / odds**0.25
    expected = powers / powers.sum()
    assert model.probabilities([image])[0] == pytest.approx(expected[0], abs=1e-5)
    assert np.abs(expected - close).max() > 0.02


def test_a_still_hand_is_looked_at_in_two_sizes(make_pair: Callable[..., Path]) -> None:
    looks = Classifier(
        make_pair(strength=0.012, weights='{"close_up": 1, "none": 0, "score": 0}')
    ).two_looks
    assert looks is not None
    image = scene((120, 80, 80, 80), (150, 90, 0))
    (hand,) = looks.search([image]).hands
    smaller, larger = (
        looks.look_closely([image], [resized(hand, factor)]) for factor in (0.85, 1.15)
    )
    assert np.abs(smaller.probabilities - larger.probabilities).max() > 1e-4
    (row,), (points,) = looks.classify([PreparedImage.of(image)])
    assert row == pytest.approx(
        np.mean([smaller.probabilities[0], larger.probabilities[0]], axis=0), abs=1e-6
    )
    assert points == pytest.approx(np.mean([smaller.landmarks, larger.landmarks], axis=0)[0])


def test_without_the_class_none_the_score_does_not_count(make_pair: Callable[..., Path]) -> None:
    image = scene((120, 80, 80, 80), (150, 90, 0))
    rows = [
        Classifier(
            make_pair(strength=0.012, score=score, labels=["rock", "paper", "scissors"])
        ).probabilities([image])[0]
        for score in (0.1, 0.9)
    ]
    assert rows[0].tolist() == rows[1].tolist()


def test_a_probability_of_zero_does_not_rule_out_a_gesture(tiny_pair: Path) -> None:
    looks = Classifier(tiny_pair).two_looks
    assert looks is not None
    row = looks.combine(np.array([[0.6, 0.4, 0, 0]], np.float32), [0.5])[0]
    assert row[0] > row[1] > row[2] > 0
    assert row.sum() == pytest.approx(1)


def test_a_batch_gives_the_same_as_single_images(make_pair: Callable[..., Path]) -> None:
    model = Classifier(make_pair(turn=0.6), threads=2)
    boxes = [(120, 80, 80, 80), (10, 10, 60, 90), (200, 100, 100, 100)]
    images = [scene(b, c) for b, c in zip(boxes, COLOURS.values(), strict=True)]
    images += [scene((3, 4, 5, 6), shape=(20, 10)), np.zeros((1, 5000, 3), np.uint8)]
    rows = model.probabilities(images)
    assert rows.dtype == np.float32
    assert rows.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    together = model.classify_batch(image for image in images)
    assert [found.gesture for found in together[:3]] == list(COLOURS)
    for image, row, found in zip(images, rows, together, strict=True):
        alone = model.classify(image)
        assert alone.box == found.box
        assert list(alone.probabilities.values()) == pytest.approx(row, abs=1e-5)
        assert list(found.probabilities.values()) == pytest.approx(row, abs=1e-5)
        prepared = model.classify(model.prepare(image))
        assert prepared == alone
    assert model.classify_batch([]) == []
    assert model.probabilities([]).shape == (0, 4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 3), (37, 1001), (3000, 2000)])
@pytest.mark.parametrize("value", [0, 255])
def test_images_of_any_shape(tiny_pair: Path, shape: tuple[int, int], value: int) -> None:
    prediction = Classifier(tiny_pair).classify(np.full((*shape, 3), value, np.uint8))
    assert prediction.box is not None
    left, top, width, height = prediction.box
    assert 0 <= left < left + width <= shape[1]
    assert 0 <= top < top + height <= shape[0]


def test_models_of_one_file_say_nothing_about_the_hand(
    tiny_model: Path, make_pair: Callable[..., Path]
) -> None:
    for path in (tiny_model, make_pair(finder=None)):  # the second one has landmarks
        model = Classifier(path)
        prediction = model.classify(scene((0, 0, 320, 240)))
        assert model.two_looks is None
        assert prediction.gesture is Gesture.PAPER
        assert prediction.box is None
        assert prediction.landmarks is None


def test_three_classes(make_pair: Callable[..., Path]) -> None:
    model = Classifier(make_pair(labels=["rock", "paper", "scissors"]))
    assert model.labels == ("rock", "paper", "scissors")
    assert model.classify(scene((120, 80, 80, 80), BLUE)).gesture is Gesture.SCISSORS
    assert (model.recipe, model.version, model.size) == ("pair", "8", 32)


def test_a_finder_alone_is_refused_and_its_model_named(tiny_pair: Path, tmp_path: Path) -> None:
    finder = tiny_pair.with_name("tiny-finder.onnx")
    with pytest.raises(ModelError) as caught:
        Classifier(finder)
    assert str(caught.value) == (
        f"{finder} only finds hands, as a part of another model: name {tiny_pair} instead"
    )
    alone = tmp_path / "tiny-finder.onnx"
    alone.write_bytes(finder.read_bytes())
    with pytest.raises(ModelError, match="name the file of the model that it belongs to instead$"):
        Classifier(alone)


def test_a_missing_or_unsuitable_finder(
    make_pair: Callable[..., Path], tiny_model: Path, make_model: Callable[..., Path]
) -> None:
    path = make_pair()
    finder = path.with_name("tiny-finder.onnx")
    for data, reason in (
        (tiny_model.read_bytes(), "as a finder it needs an output 'hand'"),
        (path.read_bytes(), "as a finder it needs an output 'hand'"),
        (b"<html>", "not an ONNX model but a web page"),
        (b"", "an empty file"),
        (None, "no such file"),
    ):
        finder.unlink()
        if data is not None:
            finder.write_bytes(data)
        with pytest.raises(ModelError, match=reason) as caught:
            Classifier(path)
        message = str(caught.value)
        assert message.startswith(f"cannot use the model {path} without its finder: ")
        assert str(finder) in message
        assert "\n" not in message
        finder.touch()


WEIGHTS = {"close_up": 1, "none": -1, "score": 1}


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"finder": "../tiny-finder.onnx"}, "must be a file in the same folder"),
        ({"finder": "/etc/passwd"}, "must be a file in the same folder"),
        ({"finder": r"C:\finder.onnx"}, "must be a file in the same folder"),
        ({"finder": "C:finder.onnx"}, "must be a file in the same folder"),
        ({"finder": ".."}, "must be a file in the same folder"),
        ({"finder": ""}, "must be a file in the same folder"),
        ({"margin": None}, "its margin must be a number from 0.1 to 10, not ''"),
        ({"margin": "wide"}, "its margin must be a number"),
        ({"margin": "nan"}, "its margin must be a number"),
        ({"margin": "0"}, "its margin must be a number"),
        ({"weights": None}, "its weights must be JSON"),
        ({"weights": "[1, 1, 1]"}, "its weights must be JSON"),
        ({"weights": "[" * 100_000}, "its weights must be JSON"),
        ({"weights": json.dumps(WEIGHTS | {"none": "1"})}, "its weights must be JSON"),
        ({"weights": json.dumps(WEIGHTS | {"close_up": -1})}, "its weights must be JSON"),
        ({"weights": json.dumps(WEIGHTS | {"score": -1})}, "its weights must be JSON"),
        ({"weights": json.dumps(WEIGHTS | {"more": 1})}, "its weights must be JSON"),
        ({"weights": json.dumps(WEIGHTS | {"none": 10**400})}, "its weights must be JSON"),
        ({"weights": '{"close_up": 1, "none": NaN, "score": 1}'}, "its weights must be JSON"),
    ],
)
def test_metadata_that_do_not_say_how_to_look_twice(
    make_pair: Callable[..., Path], metadata: dict[str, str | None], reason: str
) -> None:
    path = make_pair(**metadata)
    with pytest.raises(ModelError, match=reason) as caught:
        Classifier(path)
    assert str(caught.value).startswith(f"{path} is not a model for this game")


def test_a_finder_is_checked_as_any_model(make_pair: Callable[..., Path]) -> None:
    """The details are those of test_onnx_guard.py: here, that the same guard is asked."""
    onnx = pytest.importorskip("onnx")
    path = make_pair()
    finder = path.with_name("tiny-finder.onnx")
    loaded = onnx.load(finder)
    weights = next(one for one in loaded.graph.initializer if one.name == "across")
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="/etc/passwd")
    finder.write_bytes(loaded.SerializeToString())
    with pytest.raises(ModelError, match="it keeps weights in another file"):
        Classifier(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e30, 1e30])
def test_absurd_answers_do_not_end_the_program(
    tiny_pair: Path, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rps_game.recognition.networks.network import Network

    model = Classifier(tiny_pair)
    run = Network.run

    def absurd(network: Network, batch: Image) -> dict[str, np.ndarray]:
        answers = run(network, batch)
        for name in ("hand", "landmarks"):
            if name in answers:
                answers[name] = np.full_like(answers[name], value)
        return answers

    monkeypatch.setattr(Network, "run", absurd)
    for image in (scene((120, 80, 80, 80)), np.zeros((1, 1, 3), np.uint8)):
        prediction = model.classify(image)
        assert np.isfinite(np.array(prediction.landmarks)).all()
        assert np.isfinite(list(prediction.probabilities.values())).all()
        assert prediction.box is not None
        assert prediction.box.of(image).size


@pytest.mark.parametrize(("score", "searched"), [(UNSURE - 0.01, [2, 3]), (UNSURE + 0.01, [2])])
def test_squares_of_long_images_are_searched_where_there_is_doubt(
    tiny_pair: Path, score: float, searched: list[int]
) -> None:
    looks = Classifier(tiny_pair).two_looks
    assert looks is not None
    find, calls = looks.find, list[int]()

    def pretend(views: Sequence[tuple[Image, Matrix]]) -> Found:
        calls.append(len(views))
        scores = [score] * 2 if len(calls) == 1 else [0.1, 0.2, 0.9]
        return find(views)._replace(scores=scores)

    looks.find = pretend  # type: ignore[method-assign]
    wide = scene((360, 80, 60, 80), shape=(240, 480))
    assert len(overlapping_squares(wide.shape)) == 3
    found = looks.search([wide, scene((120, 80, 80, 80))])
    assert calls == searched
    assert found.hands[0].x == pytest.approx(390, abs=3)
    assert found.scores[0] == (0.9 if len(searched) == 2 else score)
    assert found.scores[1] == score


def test_the_surest_hand_counts_whichever_square_it_is_in(tiny_pair: Path) -> None:
    looks = Classifier(tiny_pair).two_looks
    assert looks is not None
    find, wide = looks.find, scene((360, 80, 60, 80), shape=(240, 480))
    for whole, squares, best in (
        (0.3, [0.1, 0.2, 0.25], 0.3),
        (0.3, [0.1, 0.5, 0.4], 0.5),
        (0.3, [0.6, 0.5, 0.4], 0.6),
    ):
        scores = [[whole], squares]

        def pretend(
            views: Sequence[tuple[Image, Matrix]], scores: list[list[float]] = scores
        ) -> Found:
            return find(views)._replace(scores=scores.pop(0))

        looks.find = pretend  # type: ignore[method-assign]
        assert looks.search([wide]).scores == [best]
