import numpy as np
import pytest

from training.data.hand_folds import hands_of
from training.recipes.run_config import HANDS, TEST_HANDS

SIDE = 24


def frames(colour, count, rng):
    """A blob of one colour that wanders and changes its size from frame to frame, on white."""
    images = np.full((count, SIDE, SIDE, 3), 255, np.uint8)
    for image in images:
        top, left = rng.integers(0, 10, 2)
        height, width = rng.integers(5, 14, 2)
        part = image[top : top + height, left : left + width]
        part[:] = np.clip(colour + rng.normal(0, 5, part.shape), 0, 255)
    return images


@pytest.fixture(scope="module")
def sequences():
    """Two classes of three hands; the second class holds the same hands, in another order."""
    rng = np.random.default_rng(0)
    colours = np.array([[200, 150, 120], [60, 40, 30], [130, 90, 70]])
    lightness = np.array([2, 0, 1])
    order = [(0, 0), (0, 1), (0, 2), (1, 2), (1, 0), (1, 1)]
    images = np.concatenate([frames(colours[hand], 15, rng) for _, hand in order])
    labels = np.repeat([label for label, _ in order], 15)
    numbers = np.repeat([lightness[hand] for _, hand in order], 15)
    shuffled = rng.permutation(len(images))
    return images[shuffled], labels[shuffled], numbers[shuffled]


def test_frames_of_a_hand_are_grouped_wherever_it_is(sequences):
    images, labels, numbers = sequences
    np.testing.assert_array_equal(hands_of(images, labels, hands=3), numbers)


def test_amount_of_white_background_does_not_matter():
    rng = np.random.default_rng(1)
    near, far = np.full((2, 20, SIDE, SIDE, 3), 255, np.uint8)
    for colour, images in (((120, 80, 60), near), ((170, 120, 90), far)):
        # Half of each hand's frames fill the image; the other half cover only a corner.
        for number, image in enumerate(images):
            side = 22 if number % 2 else 3
            image[:side, :side] = np.clip(colour + rng.normal(0, 2, (side, side, 3)), 0, 255)
    labels = np.zeros(40, np.int64)
    found = hands_of(np.concatenate([near, far]), labels, hands=2)
    np.testing.assert_array_equal(found, np.repeat([0, 1], 20))


@pytest.mark.parametrize(
    ("name", "hands", "frames"), [("rps", HANDS, 120), ("rps-test-set", TEST_HANDS, 31)]
)
def test_hands_of_the_tfds_splits(shared_dir, name, hands, frames):
    """Every class has parts of equal size, which agree with the file names that TFDS discards."""
    import zipfile

    import cv2

    images, labels, names = [], [], []
    with zipfile.ZipFile(shared_dir / "data" / f"{name}.zip") as archive:
        for path in sorted(archive.namelist()):
            _, gesture, file = path.split("/")
            pixels = cv2.imdecode(np.frombuffer(archive.read(path), np.uint8), cv2.IMREAD_COLOR_RGB)
            images.append(cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA))
            labels.append(("rock", "paper", "scissors").index(gesture))
            names.append(file.split("-")[0])
    found = hands_of(np.stack(images), np.array(labels), hands)
    of_name = {name: set(found[np.array(names) == name]) for name in set(names)}
    assert len(of_name) == 3 * hands
    assert all(len(numbers) == 1 for numbers in of_name.values())
    assert np.bincount(found).tolist() == [3 * frames] * hands
