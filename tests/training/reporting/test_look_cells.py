import numpy as np
import pytest

from rps_game.recognition.classifier import Classifier
from rps_game.recognition.networks.prepared import PreparedImage
from training.data.labelled_images import LabelledImages
from training.reporting.look_cells import RIGHT, WRONG, choose_looks, look_cells


@pytest.fixture
def samples():
    """Three rocks, of which one looks like paper."""
    images = []
    for colour in ((250, 0, 0), (0, 250, 0), (250, 0, 0)):
        image = np.zeros((240, 320, 3), np.uint8)
        image[60:120, 200:240] = colour
        images.append(PreparedImage.of(image))
    return LabelledImages(tuple(images), ("rock",) * 3, ("anna", "ben", "anna"), ("1", "2", "3"))


def has(image, colour):
    return bool((image == colour).all(axis=2).any())


def test_cells_show_the_answer_the_truth_and_what_is_wrong(tiny_pair, samples):
    model = Classifier(tiny_pair)
    probabilities = model.probabilities(list(samples.images))
    right, wrong = look_cells(model.two_looks, samples, probabilities, [0, 1])
    assert right.label == f"rock {probabilities[0].max():.2f}"
    assert wrong.label == f"paper {probabilities[1].max():.2f}"
    assert (right.note, wrong.note) == ("rock · anna", "rock · ben")
    assert (right.colour, wrong.colour) == (None, WRONG)
    assert has(right.images[0], RIGHT)
    assert not has(right.images[0], WRONG)
    assert has(wrong.images[0], WRONG)


def test_cells_show_what_the_network_sees_with_the_hand_marked(tiny_pair, samples):
    looks = Classifier(tiny_pair).two_looks
    (cell,) = look_cells(looks, samples, np.eye(3, 4, dtype=np.float32), [0])
    detail = samples.images[0].detail
    ((view, _),) = looks.close_ups([detail], looks.search([detail]).hands)
    shown, large = cell.images[0], np.kron(view, np.ones((2, 2, 1), np.uint8))
    assert shown.shape == large.shape
    marked = (shown != large).any(axis=2)
    assert 0.02 < marked.mean() < 0.5
    # The tiny model's hand is around what is red: its mark is inside and just around it.
    rows, columns = np.nonzero(marked)
    red = np.argwhere(large[..., 0] > 128)
    np.testing.assert_allclose((rows.min(), columns.min()), red.min(axis=0), atol=14)
    np.testing.assert_allclose((rows.max(), columns.max()), red.max(axis=0), atol=14)


def test_the_choice_depends_on_the_seed_only():
    wrong = np.arange(200) % 10 == 0
    chosen = choose_looks(wrong, 64, seed=1)
    assert chosen == choose_looks(wrong, 64, seed=1) == sorted(set(chosen))
    assert len(chosen) == 64
    assert chosen != choose_looks(wrong, 64, seed=2)
    errors = choose_looks(wrong, 15, seed=1, only_wrong=True)
    assert len(errors) == 15
    assert wrong[errors].all()
    assert choose_looks(wrong, 64, seed=1, only_wrong=True) == list(range(0, 200, 10))
