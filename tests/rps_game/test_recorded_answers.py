"""On every machine the shipped models give the recorded answers for 100 drawn hands.

After a new model: `python tests/rps_game/test_recorded_answers.py` records them again. The hands
are stored as a lossless image: floating-point functions differ in their last bit between systems,
so drawing them again would not give the same pixels everywhere.
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game import Classifier, Gesture
from rps_game.hands import draw_scene
from rps_game.recognition.classifier import default_model

RECORDED = Path(__file__).parent / "recorded"
HANDS = RECORDED / "hands.webp"
SIDE, ROWS = 96, 10
SEED = 20_261_125
MODELS = sorted(
    path for path in default_model().parent.glob("rps*.onnx") if "finder" not in path.stem
)


def answers(model: Path) -> np.ndarray:
    sheet = cv2.imread(str(HANDS))[..., ::-1]
    hands = sheet.reshape(ROWS, SIDE, ROWS, SIDE, 3).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)
    classifier = Classifier(model)
    return np.concatenate([classifier.probabilities([hand]) for hand in hands])


def checksum(model: Path) -> str:
    return hashlib.sha256(model.read_bytes()).hexdigest()


def record_of(model: Path) -> Path:
    return RECORDED / f"{model.stem}.csv"


@pytest.fixture(params=MODELS, ids=lambda model: model.stem)
def model(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    header = record_of(path).read_text().splitlines()[0] if record_of(path).exists() else ""
    assert header.endswith(checksum(path)), f"recorded with another model: run python {__file__}"
    return path


def test_answers_are_those_recorded(model: Path) -> None:
    recorded = np.loadtxt(record_of(model), delimiter=",")
    given = answers(model)
    assert recorded.shape == given.shape == (ROWS * ROWS, 4)
    if "int8" not in model.stem:
        # float32 sums in another order differ by a few units in the sixth digit. If that moves the
        # close-up of one hand in a hundred by a rounded pixel, its answer differs by up to 0.01.
        off = np.abs(given - recorded).max(axis=1)
        assert np.median(off) <= 1e-4
        assert off.max() <= 0.02
    else:
        # Without 8-bit dot products (VNNI) a processor adds pairs in 16 bits, which saturate, and
        # the error of one layer affects all that follow: on an emulated Haswell the probabilities
        # of 150 photographs differed by 0.012 on average.
        assert np.abs(given - recorded).mean() <= 0.03
        assert (given.argmax(axis=1) == recorded.argmax(axis=1)).mean() >= 0.95


def test_the_hands_can_reveal_a_broken_model(model: Path) -> None:
    recorded = np.loadtxt(record_of(model), delimiter=",")
    counts = np.bincount(recorded.argmax(axis=1), minlength=4)
    assert counts.min() >= 10, "every class is predicted"
    assert (recorded.max(axis=1) < 0.9).sum() >= 5, "some are uncertain: small changes show"


def record() -> None:
    """Draw the hands, unless they exist, and record each model's answers."""
    RECORDED.mkdir(exist_ok=True)
    if not HANDS.exists():
        rng = np.random.default_rng(SEED)
        gestures = [list(Gesture)[number % 4] for number in range(ROWS * ROWS)]
        hands = np.stack([draw_scene(gesture, rng, SIDE) for gesture in gestures])
        sheet = hands.reshape(ROWS, ROWS, SIDE, SIDE, 3).swapaxes(1, 2).reshape(SIDE * ROWS, -1, 3)
        small = sheet & 0b11111000  # 32 shades take a third of the space
        cv2.imwrite(str(HANDS), small[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101])  # lossless
    for model in MODELS:
        head = f"SHA-256 of {model.name}: {checksum(model)}"
        np.savetxt(record_of(model), answers(model), fmt="%.6f", delimiter=",", header=head)


if __name__ == "__main__":
    record()
