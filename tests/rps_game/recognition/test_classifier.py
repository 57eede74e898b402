import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import cv2
import numpy as np
import onnxruntime as ort
import pytest

from rps_game import Classifier, Gesture, Prediction
from rps_game.hands import draw_scene
from rps_game.recognition.classifier import ModelError, default_model
from rps_game.recognition.images import ImageError


def plain(colour: tuple[int, int, int], height: int = 20, width: int = 30) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)


def test_everything_is_read_from_the_file(make_model: Callable[..., Path]) -> None:
    model = Classifier(make_model(labels=["paper", "rock", "scissors"], classes=3, size=12))
    assert model.labels == ("paper", "rock", "scissors")
    assert model.size == 12
    assert model.recipe == "tiny"
    assert model.version == "7"
    assert model.classify(plain(RED)).gesture is Gesture.PAPER


@pytest.mark.parametrize(
    ("colour", "gesture"),
    [
        (RED, Gesture.ROCK),
        (GREEN, Gesture.PAPER),
        (BLUE, Gesture.SCISSORS),
        (BLACK, Gesture.NONE),
    ],
)
def test_prediction(tiny_model: Path, colour: tuple[int, int, int], gesture: Gesture) -> None:
    prediction = Classifier(tiny_model).classify(plain(colour))
    assert isinstance(prediction, Prediction)
    assert prediction.gesture is gesture
    assert list(prediction.probabilities) == ["rock", "paper", "scissors", "none"]
    assert prediction.confidence == prediction.probabilities[gesture] > 0.9
    assert sum(prediction.probabilities.values()) == pytest.approx(1)


def test_a_batch_gives_the_same_as_single_images(tiny_model: Path) -> None:
    model = Classifier(tiny_model, threads=2)
    images = [plain(RED), plain((90, 80, 70), 5, 6), plain(BLUE, 1, 1), plain(GREEN, 300, 200)]
    rows = model.probabilities(images)
    assert rows.shape == (4, 4)
    assert rows.dtype == np.float32
    for row, prediction, image in zip(rows, model.classify_batch(images), images, strict=True):
        alone = model.classify(image)
        assert alone.gesture is prediction.gesture
        assert list(alone.probabilities.values()) == pytest.approx(row, abs=1e-6)
    assert model.classify_batch([]) == []
    assert model.probabilities([]).shape == (0, 4)


@pytest.fixture
def session_options(monkeypatch: pytest.MonkeyPatch) -> list[ort.SessionOptions]:
    """The options of all sessions that are opened."""
    found = []
    open_session = ort.InferenceSession

    def session(model: bytes, options: ort.SessionOptions, **other: object) -> ort.InferenceSession:
        found.append(options)
        return open_session(model, options, **other)

    monkeypatch.setattr(ort, "InferenceSession", session)
    return found


@pytest.mark.parametrize("spinning", [False, True])
def test_threads_spin_only_on_request(
    tiny_model: Path, session_options: list[ort.SessionOptions], spinning: bool
) -> None:
    Classifier(tiny_model, threads=2, **({"spinning": True} if spinning else {}))
    (options,) = session_options
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == str(int(spinning))


def test_threads(tiny_model: Path, session_options: list[ort.SessionOptions]) -> None:
    Classifier(tiny_model, threads=3)
    (options,) = session_options
    assert options.intra_op_num_threads == 3
    assert options.inter_op_num_threads == 1
    with pytest.raises(ValueError, match="at least 1, not 0"):
        Classifier(tiny_model, threads=0)
    for wrong in ("2", 1.5, None):
        with pytest.raises(ValueError, match=f"a whole number, at least 1, not {wrong!r}"):
            Classifier(tiny_model, threads=wrong)  # type: ignore[arg-type]


def test_file(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "blue.png"
    cv2.imwrite(str(path), plain(BLUE)[..., ::-1])
    model = Classifier(tiny_model)
    assert model.classify_file(path).gesture is Gesture.SCISSORS
    with pytest.raises(ImageError, match="no such file"):
        model.classify_file(tmp_path / "missing.png")


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((8, 8, 5), np.uint8), r"\[height, width, 3\].* not \[8, 8, 5\]"),
        (np.zeros((8, 8, 3), np.float32), "uint8"),
        ("hand.jpg", "use classify_file"),
    ],
)
def test_wrong_images(tiny_model: Path, image: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Classifier(tiny_model).classify(image)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("hand.jpg", "not str: use classify_file for paths"),
        (Path("hand.jpg"), "use classify_file for paths"),
        (np.zeros((8, 8, 3), np.uint8), "not ndarray: use classify for images"),
        (None, "not NoneType"),
    ],
)
def test_what_is_not_the_content_of_a_file(tiny_model: Path, data: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Classifier(tiny_model).classify_bytes(data)  # type: ignore[arg-type]


def test_content_of_files_grey_images_and_bgr(tiny_model: Path) -> None:
    model = Classifier(tiny_model)
    data = cv2.imencode(".png", plain(BLUE)[..., ::-1])[1]
    assert model.classify_bytes(data.tobytes()).gesture is Gesture.SCISSORS
    assert model.classify(plain(BLUE)[..., ::-1], bgr=True).gesture is Gesture.SCISSORS
    assert model.classify(plain(BLACK)[..., 0]).gesture is Gesture.NONE
    with pytest.raises(ImageError, match="^not an image"):
        model.classify_bytes(b"rock, paper, scissors")


def test_generators_are_classified_without_keeping_all_images(tiny_model: Path) -> None:
    alive, most = set[int](), 0

    class Counted(np.ndarray):
        def __del__(self) -> None:
            alive.discard(id(self))

    def images() -> Iterator[np.ndarray]:
        nonlocal most
        for number in range(200):
            image = plain(BLUE if number % 2 else RED).view(Counted)
            alive.add(id(image))
            most = max(most, len(alive))
            yield image
            del image

    predictions = Classifier(tiny_model).classify_batch(images())
    assert [one.gesture for one in predictions] == [Gesture.ROCK, Gesture.SCISSORS] * 100
    assert most <= 64
    blue = plain(BLUE)[..., ::-1]
    (prediction,) = Classifier(tiny_model).classify_batch(iter([blue]), bgr=True)
    assert prediction.gesture is Gesture.SCISSORS
    with pytest.raises(ValueError, match="several images are expected, not one ndarray"):
        Classifier(tiny_model).classify_batch(blue)


def test_a_guess_about_values_is_a_warning(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    cv2.imwrite(str(path), np.full((9, 9), 4095, np.uint16))
    with pytest.warns(UserWarning, match="deep.png: .* 12 bits") as caught:
        Classifier(tiny_model).classify_file(path)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="12 bits"):
        Classifier(tiny_model).classify_bytes(path.read_bytes())


def test_an_empty_path_is_no_model() -> None:
    with pytest.raises(ModelError, match="^the path of the model is empty: name an .onnx file$"):
        Classifier("")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"labels": None}, "it has no labels"),
        ({"labels": "rock,paper"}, "its labels are not JSON"),
        (
            {"labels": '{"rock": 0}'},
            "its labels must be a list of gestures .rock, paper, scissors, none",
        ),
        ({"labels": ["rock", "paper", "lizard", "none"]}, "its labels must be a list of gestures"),
        ({"labels": ["rock", "paper", ["scissors"], 4]}, "its labels must be a list of gestures"),
        ({"labels": ["rock", "paper", "scissors"]}, "its 4 outputs need 4 different labels"),
        ({"labels": ["rock", "rock", "paper", "none"]}, "its 4 outputs need 4 different"),
        ({"input_name": "x"}, "its only input must be called 'image'"),
        (
            {"output_name": "y"},
            "its outputs must be called 'probabilities' and, if it sees close-ups",
        ),
        ({"input_type": 1}, r"uint8 \[N, S, S, 3\] with N free, not tensor\(float\)"),
        ({"size": "S"}, "its input must be uint8"),
        ({"labels": "[" * 100_000}, "its labels are not JSON"),
        ({"size": 0}, "its input must be 1 to 1024 pixels wide, not 0"),
        ({"size": 1025}, "its input must be 1 to 1024 pixels wide"),
        ({"size": 2**31}, "its input must be 1 to 1024 pixels wide"),
        ({"shape": [1, 8, 8, 3]}, "its input must be uint8"),
        ({"shape": ["N", 8, 9, 3]}, "its input must be uint8"),
        ({"shape": ["N", 8, 8, 1]}, "its input must be uint8"),
        ({"shape": ["N", 3, 8, 8]}, "its input must be uint8"),
        ({"last": "Identity"}, "its outputs are not probabilities"),
        ({"last": "Identity", "bias": (2, -1, 0, 0)}, "its outputs are not probabilities"),
        ({"last": "Sigmoid"}, "its outputs are not probabilities"),
    ],
)
def test_models_for_other_purposes(
    make_model: Callable[..., Path], broken: dict[str, object], reason: str
) -> None:
    path = make_model(**broken)
    with pytest.raises(ModelError, match=reason) as caught:
        Classifier(path)
    message = str(caught.value)
    assert message.startswith(f"{path} is not a model for this game")
    assert "training.export" in message
    assert "\n" not in message


def test_files_that_are_not_models(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("hello")
    (tmp_path / "empty.onnx").touch()
    for name, reason in {
        "missing.onnx": "cannot read the model .*missing.onnx: no such file",
        ".": "is a folder: name the .onnx file itself",
        "text.onnx": "text.onnx is not an ONNX model",
        "empty.onnx": "empty.onnx is not an ONNX model",
    }.items():
        with pytest.raises(ModelError, match=reason) as caught:
            Classifier(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_metadata_that_is_not_text(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(tiny_model.read_bytes().replace(b"CC0", b"\xff\xfe0"))
    with pytest.raises(ModelError, match="its metadata is not UTF-8"):
        Classifier(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs POSIX files")
def test_devices_pipes_and_long_names(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in {
        "/dev/zero": "cannot read the model /dev/zero: a device, not a file",
        str(tmp_path / "pipe"): "a pipe without content",
        "a" * 5000: "cannot read the model a+: file ?name too long",
    }.items():
        with pytest.raises(ModelError, match=reason):
            Classifier(path)


def test_default_model_of_a_wheel_comes_before_that_of_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "rps_game"
    with pytest.raises(ModelError, match="the included model is missing"):
        default_model(package)
    for folder in (tmp_path / "models", package / "models"):
        folder.mkdir(parents=True)
        (folder / "rps.onnx").touch()
        assert default_model(package) == folder / "rps.onnx"
    (tmp_path / "models" / "rps-int8.onnx").touch()
    assert default_model(package) == package / "models" / "rps.onnx", "a wheel is complete"
    (package / "models" / "rps-int8.onnx").touch()
    assert default_model(package) == package / "models" / "rps-int8.onnx"


def test_the_shipped_model_knows_the_gestures_of_the_game() -> None:
    model = Classifier()
    assert set(model.labels) == {"rock", "paper", "scissors", "none"}
    assert model.recipe
    assert model.version


@pytest.mark.parametrize("threads", [1, 2])
def test_eight_threads_share_a_classifier(threads: int) -> None:
    rng = np.random.default_rng(8)
    hands = [draw_scene(gesture, rng, 160) for gesture in Gesture for _ in range(4)]
    model = Classifier(threads=threads)
    alone = np.stack([model.probabilities([hand]) for hand in hands])
    together = Barrier(8)

    def classify_all(first: int) -> np.ndarray:
        together.wait(timeout=60)
        turned = [(first + number) % len(hands) for number in range(len(hands))]
        rows = {number: model.probabilities([hands[number]]) for number in turned}
        return np.stack([rows[number] for number in range(len(hands))])

    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(classify_all, range(0, 16, 2)):
            np.testing.assert_array_equal(rows, alone)
