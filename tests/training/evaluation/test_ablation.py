import json
from dataclasses import replace

import numpy as np
import pytest

from rps_game.recognition.classifier import Classifier
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import HandLocation, transform
from training.console.errors import TrainingError
from training.data.labelled_images import LabelledImages
from training.evaluation.ablation import (
    COMPLETE,
    VARIANTS,
    Figures,
    ablation,
    search,
    variant_answers,
)
from training.evaluation.metrics import score
from training.evaluation.predictors import load_onnx

WIDE = (240, 480)


def scene(number, shape=(240, 320), box=(60, 50, 90, 70)):
    """A rectangle (left, top, width, height) of random colours on black."""
    left, top, width, height = box
    image = np.zeros((*shape, 3), np.uint8)
    colours = np.random.default_rng(number).integers(0, 255, (7, 9, 3))
    rows, columns = np.arange(height) * 7 // height, np.arange(width) * 9 // width
    image[top : top + height, left : left + width] = colours[rows][:, columns]
    return PreparedImage.of(image)


def samples_of(images, labels=("rock", "paper", "none"), hands=()):
    count = len(images)
    names = tuple(map(str, range(count)))
    return LabelledImages(tuple(images), labels[:count], ("a", "b", "a")[:count], names, (), hands)


@pytest.fixture(scope="module")
def looks(make_pair):
    """Of a finder that is surer of large hands, and wrong by 1 radian."""
    pair = make_pair(angle=1.0, score=0.1, score_by_width=1.5, strength=0.01)
    return Classifier(pair).two_looks


@pytest.fixture(scope="module")
def images():
    return [scene(1), scene(2, WIDE, (300, 40, 80, 90)), scene(3)]


@pytest.fixture(scope="module")
def answers(looks, images):
    hands = ((HandLocation(110, 90, 80, 80, 0.5),), (), ())
    return variant_answers(looks, samples_of(images, hands=hands), "measuring")


def test_the_complete_model_answers_as_in_the_game(looks, images, answers):
    assert answers[COMPLETE.name].tolist() == looks.classify(images)[0].tolist()
    assert list(answers) == [variant.name for variant in VARIANTS]


def expected(looks, image, hand, score):
    """The answer about one image from close looks at a place."""
    return looks.combine(looks.look_carefully(image.detail, hand)[0], [score])[0]


def test_each_variant_changes_one_thing(looks, images, answers):
    """The finder is not certain about the second image, which is wide."""
    for number, image in enumerate(images):
        found = looks.search([image.detail])
        once = looks.find([letterbox(image.detail, looks.view_size)])
        (hand,), (score,) = found
        true = HandLocation(110, 90, 80, 80, 0.5) if number == 0 else hand
        for name, place, its_score in (
            ("not turned upright", replace(hand, angle=0), score),
            ("score does not count", hand, 0.5),
            ("no search in squares", once.hands[0], once.scores[0]),
            ("true place", true, score),
        ):
            (row,) = (
                rows[number] for key, rows in answers.items() if name in key and "again" not in key
            )
            assert row == pytest.approx(expected(looks, image, place, its_score), abs=1e-6), name
        once_close = looks.look_closely([image.detail], [hand]).probabilities
        (row,) = (rows[number] for name, rows in answers.items() if "instead of two" in name)
        assert row == pytest.approx(looks.combine(once_close, [score])[0], abs=1e-6)
    complete = answers[COMPLETE.name]
    same = {
        name: np.isclose(rows, complete, atol=1e-4).all(axis=1) for name, rows in answers.items()
    }
    assert same["no search in squares of wide images"].tolist() == [True, False, True]
    assert same["the close look is at the true place"].tolist() == [False, True, True]
    assert not same["the hand is not turned upright"].any()


def test_a_score_that_does_not_count_is_one_with_the_weight_0(make_pair, images):
    weights = json.dumps({"close_up": 0.75, "none": -0.5, "score": 0})
    options = {"angle": 1.0, "strength": 0.01, "score": 0.9}
    without = Classifier(make_pair(**options, weights=weights)).two_looks
    found = variant_answers(Classifier(make_pair(**options)).two_looks, samples_of(images), "")
    answers = found["the finder's score does not count"]
    assert answers == pytest.approx(without.classify(images)[0], abs=1e-6)


def test_weights_are_fitted_again_without_the_score(make_pair):
    """As they are, they make everything none unless the finder is certain."""
    weights = json.dumps({"close_up": 1, "none": 6, "score": 2})
    model = load_onnx(make_pair(weights=weights))
    images = [
        PreparedImage.of(np.full((80, 80, 3), colour, np.uint8))
        for colour in ((250, 0, 0), (0, 250, 0), (0, 0, 0))
    ]
    found = {each.variant: each for each in ablation(model, samples_of(images), "tiny")}
    literally = found["the finder's score does not count"]
    again = found["the finder's score does not count (weights fitted again)"]
    assert (found[COMPLETE.name].missed, literally.missed, again.missed) == (0, 1, 0)
    assert literally.among_moves == 1
    assert "the close look is at the true place" not in found, "there are no landmarks"


@pytest.mark.parametrize(
    ("shape", "corners"), [((320, 320), [[0, 0], [1, 1]]), (WIDE, [[0, 0.25], [1, 0.75]])]
)
def test_without_a_finder_the_close_look_sees_all_of_the_image(looks, shape, corners):
    image = scene(4, shape)
    whole = search(looks, image, ()).whole
    ((view, matrix),) = looks.close_ups([image.detail], [whole])
    found = transform(np.array([[0, 0], [shape[1], shape[0]]]), matrix)
    assert found == pytest.approx(len(view) * np.array(corners))


def test_without_a_finder_the_answer_follows_from_the_whole_image(looks, images):
    rows = np.concatenate(
        [
            looks.look_closely([image.detail], [search(looks, image, ()).whole]).probabilities
            for image in images
        ]
    )
    labels = tuple(looks.labels[number] for number in rows.argmax(axis=1))
    answers = variant_answers(looks, samples_of(images, labels), "measuring")
    (found,) = (rows for name, rows in answers.items() if name.startswith("no finder"))
    assert found.argsort(axis=1).tolist() == rows.argsort(axis=1).tolist()


def test_true_hands_are_found_in_pixels_of_the_prepared_image(looks):
    image = scene(5, (2400, 3200), (600, 500, 900, 700))
    step = 3200 / image.detail.shape[1]
    assert step > 1
    elsewhere, here = (HandLocation(x, 850.0, 800.0, 600.0, 0.2) for x in (2500.0, 1000.0))
    true = search(looks, image, [elsewhere, here]).true
    assert (true.x, true.y, true.width, true.angle) == pytest.approx(
        (1000 / step, 850 / step, 800 / step, 0.2), rel=1e-3
    )
    found = search(looks, image, [])
    assert found.true == found.found


def test_a_model_of_one_look_has_no_variants(tiny_model):
    images = np.zeros((2, 8, 8, 3), np.uint8)
    images[0, ..., 0] = 250
    samples = LabelledImages(images, ("rock", "none"), ("a", "a"), ("1", "2"))
    (row,) = ablation(load_onnx(tiny_model), samples, "tiny")
    assert row == Figures(COMPLETE.name, 1, 1, "a", 1, 1, 0)


def test_the_lowest_source_is_named():
    labels, true = ("rock", "paper", "none"), np.array([0, 0, 1, 2])
    probabilities = np.array([[0.9, 0, 0.1], [0.1, 0.2, 0.7], [0.1, 0.8, 0.1], [0, 0.4, 0.6]])
    found = Figures.of("all", score(labels, true, probabilities, ["a", "b", "c", "d"]))
    assert (found.lowest_source, found.lowest) == ("b", 0)
    assert found.among_moves == pytest.approx(2 / 3)
    assert (found.gestures, found.none_rejected, found.missed) == (
        pytest.approx(2 / 3),
        1,
        pytest.approx(1 / 3),
    )


def test_images_without_a_move_have_no_lowest_source():
    found = Figures.of("all", score(("rock", "none"), np.array([1]), np.array([[0, 1.0]]), ["a"]))
    assert (found.lowest_source, found.lowest, found.among_moves, found.missed) == ("", *[None] * 3)


def test_images_of_other_classes_only_are_an_error(make_pair, images):
    model = load_onnx(make_pair(labels=["rock", "paper", "scissors"]))
    with pytest.raises(TrainingError, match="no image shows a class of the model"):
        ablation(model, samples_of(images[:1], labels=("none",)), "tiny")
