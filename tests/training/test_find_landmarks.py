import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from training.find_landmarks import (
    ATTEMPTS,
    HEADER,
    Attempt,
    Hand,
    brightened,
    find_hands,
    main,
    map_back,
    photo_files,
    placement,
    read_photo,
    rows,
    show,
    without_duplicates,
    write_landmarks,
)

WIDTH, HEIGHT = 120, 80
SPOT = 9  # pixels


def spotted(x, y, width=WIDTH, height=HEIGHT):
    """A dark photograph [H, W, 3] with a white square in its middle (x, y), in pixels."""
    photo = np.zeros((height, width, 3), np.uint8)
    photo[y - SPOT // 2 : y + SPOT // 2 + 1, x - SPOT // 2 : x + SPOT // 2 + 1] = 255
    return photo


def spot_in(image):
    """Where the white square is, in fractions of the image's width and height."""
    weights = image[..., 0] / image[..., 0].sum()
    height, width = weights.shape
    x, y = weights.sum(axis=0) @ np.arange(width), weights.sum(axis=1) @ np.arange(height)
    return np.array([x + 0.5, y + 0.5]) / (width, height)


class Detector:
    """Finds a hand of 9 pixels where the white square is, in images that fulfil a condition."""

    def __init__(self, condition=lambda image: True, locate=spot_in):
        self.condition, self.locate = condition, locate
        self.seen = 0

    def process(self, image):
        self.seen += 1
        if not (image.any() and self.condition(image)):
            return SimpleNamespace(multi_hand_landmarks=None, multi_handedness=None)
        x, y = self.locate(image)
        offsets = np.linspace(-SPOT / 2, SPOT / 2, 21) / image.shape[1]
        marks = [SimpleNamespace(x=x + offset, y=y) for offset in offsets]
        side = SimpleNamespace(classification=[SimpleNamespace(score=0.87654, label="Left")])
        return SimpleNamespace(
            multi_hand_landmarks=[SimpleNamespace(landmark=marks)], multi_handedness=[side]
        )


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
@pytest.mark.parametrize(("x", "y"), [(20, 15), (100, 15), (60, 70)])
def test_what_every_attempt_shows_is_mapped_back_to_where_it_was(attempt, x, y):
    shown = show(attempt, spotted(x, y))
    original = map_back(attempt, spot_in(shown), WIDTH, HEIGHT)
    np.testing.assert_allclose(original * (WIDTH, HEIGHT), (x + 0.5, y + 0.5), atol=0.15)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_all_of_the_photograph_remains_visible(attempt):
    matrix, size = placement(attempt, WIDTH, HEIGHT)
    corners = np.array([(x, y) for x in (0, WIDTH) for y in (0, HEIGHT)])
    placed = corners @ matrix[:, :2].T + matrix[:, 2]
    assert (placed > -0.6).all()
    assert (placed < np.array(size) + 0.6).all()


def test_the_first_attempt_shows_the_photograph_as_it_is():
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    np.testing.assert_array_equal(show(ATTEMPTS[0], photo), photo)


def test_a_rotation_is_clockwise():
    shown = show(Attempt(degrees=90), spotted(20, 15))
    assert shown.shape[:2] == (WIDTH, HEIGHT)
    np.testing.assert_allclose(spot_in(shown), (1 - 15.5 / HEIGHT, 20.5 / WIDTH), atol=0.01)


def test_a_dark_photograph_is_brightened_and_a_bright_one_keeps_its_median():
    ramp = np.tile(np.arange(0, 64, dtype=np.uint8)[:, None, None], (1, 8, 3))
    assert np.median(brightened(ramp)) == pytest.approx(127.5, abs=2)
    assert brightened(ramp).max() == 255
    bright = 255 - ramp
    bright[:8] = 0
    assert np.median(brightened(bright)) >= np.median(bright) - 3
    assert not brightened(np.zeros((4, 4, 3), np.uint8)).any()


def test_a_hand_in_the_photograph_as_it_is_decides():
    detector = Detector()
    assert len(find_hands(detector, spotted(20, 15))) == 1
    assert detector.seen == 1


def test_two_other_attempts_must_agree():
    detector = Detector(lambda image: detector.seen in (3, 5))  # brightened, with a border
    (hand,) = find_hands(detector, spotted(20, 15))
    assert detector.seen == 5
    np.testing.assert_allclose(hand.points.mean(axis=0) * (WIDTH, HEIGHT), (20.5, 15.5), atol=0.15)
    assert (hand.score, hand.handedness) == (0.87654, "Left")


def test_what_a_single_attempt_finds_is_no_hand():
    once = Detector(lambda image: once.seen == 4)
    assert find_hands(once, spotted(20, 15)) == []
    assert once.seen == len(ATTEMPTS)


def test_what_is_elsewhere_in_every_attempt_is_no_hand():
    moving = Detector(lambda image: moving.seen > 1, locate=lambda image: (moving.seen / 20, 0.5))
    assert find_hands(moving, spotted(20, 15)) == []


def test_no_hand_is_found_only_after_every_attempt():
    detector = Detector()
    assert find_hands(detector, np.zeros((HEIGHT, WIDTH, 3), np.uint8)) == []
    assert detector.seen == len(ATTEMPTS)


def hand_at(x, score):
    """A hand half as wide as the photograph, with its middle at x."""
    return Hand(score, "Right", np.column_stack([np.linspace(x - 0.25, x + 0.25, 21), [0.5] * 21]))


def test_the_same_hand_found_twice_counts_once_and_the_surest_is_first():
    weak, sure, other = hand_at(0.28, 0.6), hand_at(0.25, 0.9), hand_at(0.75, 0.95)
    assert without_duplicates([weak, sure, other]) == [other, sure]


def test_the_format_of_a_row():
    points = np.column_stack([np.arange(21) / 20, np.arange(21) / -40])
    first, second = rows("train/rock/ann__1.jpg", [Hand(0.98765, "Left", points)] * 2)
    assert HEADER[:8] == ["path", "hand", "score", "handedness", "x0", "y0", "x1", "y1"]
    assert HEADER[-2:] == ["x20", "y20"]
    assert len(first) == len(HEADER) == 46
    assert first[:8] == [
        *("train/rock/ann__1.jpg", "0", "0.988", "Left"),
        *("0.0000", "-0.0000", "0.0500", "-0.0250"),
    ]
    assert first[-2:] == ["1.0000", "-0.5000"]
    assert second[1] == "1"


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), pixels)


def test_the_file_has_a_row_for_each_photograph_with_a_hand(tmp_path, capsys):
    save(tmp_path / "validation" / "paper" / "b.png", spotted(60, 40))
    save(tmp_path / "train" / "none" / "a.png", np.zeros((20, 20, 3), np.uint8))
    save(tmp_path / "train" / "Rock" / "ann" / "c.png", spotted(30, 20))
    save(tmp_path / "backgrounds" / "d.png", spotted(30, 20))
    save(tmp_path / "train" / "none" / "ann__nohand_1.png", spotted(30, 20))
    (tmp_path / "train" / "none" / "notes.txt").write_text("no image")
    (tmp_path / "train" / "none" / "empty.jpg").touch()
    (tmp_path / "train" / "none" / ".hidden.png").touch()
    out = tmp_path / "landmarks.csv"
    write_landmarks(Detector(), tmp_path, photo_files(tmp_path), out)
    header, *lines = [line.split(",") for line in out.read_text().splitlines()]
    assert header == HEADER
    assert [line[0] for line in lines] == ["train/Rock/ann/c.png", "validation/paper/b.png"]
    assert [float(value) for value in lines[0][-2:]] == pytest.approx(
        [35 / 120, 20.5 / 80], abs=0.005
    )
    errors = capsys.readouterr().err
    assert errors.count("not an image") == 2
    assert "5 of 5 files, 2 with a hand" in errors


def test_class_folders_may_be_given_alone(tmp_path):
    save(tmp_path / "rock" / "a.png", spotted(30, 20))
    save(tmp_path / "lizard" / "a.png", spotted(30, 20))
    assert photo_files(tmp_path) == [tmp_path / "rock" / "a.png"]


def test_an_interrupted_run_keeps_the_old_file_and_leaves_no_partial_one(tmp_path):
    save(tmp_path / "rock" / "a.png", spotted(30, 20))
    out = tmp_path / "landmarks.csv"
    out.write_text("old")

    def interrupt(image):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_landmarks(Detector(interrupt), tmp_path, photo_files(tmp_path), out)
    assert out.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"rock", "landmarks.csv"}


def test_a_large_photograph_is_reduced(tmp_path):
    save(tmp_path / "a.png", np.zeros((2048, 512, 3), np.uint8))
    photo = read_photo(tmp_path / "a.png")
    assert photo is not None
    assert photo.shape == (1024, 256, 3)


@pytest.fixture
def fails(capsys):
    """Runs the command, which must end with status 2, and returns the message."""

    def run(*arguments):
        with pytest.raises(SystemExit) as error:
            main([str(argument) for argument in arguments])
        assert error.value.code == 2
        return capsys.readouterr().err

    return run


def test_wrong_usage(fails, tmp_path):
    assert "no folder of photographs" in fails(tmp_path / "nowhere")
    assert "contains no photographs" in fails(tmp_path)


def test_without_mediapipe_the_command_says_how_to_make_its_environment(
    fails, tmp_path, monkeypatch
):
    save(tmp_path / "rock" / "a.png", spotted(30, 20))
    monkeypatch.setitem(sys.modules, "mediapipe.python.solutions.hands", None)
    assert "pip install mediapipe==0.10.21" in fails(tmp_path)


def test_a_file_that_cannot_be_written(fails, tmp_path, monkeypatch):
    save(tmp_path / "rock" / "a.png", spotted(30, 20))

    class Hands(Detector):
        def __init__(self, **options):
            super().__init__()

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    stub = SimpleNamespace(Hands=Hands)
    for name in ("mediapipe", "mediapipe.python", "mediapipe.python.solutions"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace())
    monkeypatch.setitem(sys.modules, "mediapipe.python.solutions.hands", stub)
    assert "No such file" in fails(tmp_path, "--out", tmp_path / "nowhere" / "landmarks.csv")
    main([str(tmp_path)])
    assert (tmp_path / "landmarks.csv").is_file()
