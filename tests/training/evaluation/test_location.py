import math

import numpy as np
import pytest

from rps_game.recognition.classifier import Classifier
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.views import HandLocation
from training.evaluation.location import (
    best_match,
    find_hands,
    measure_locations,
    overlap,
    score_locations,
    turn_between,
)


def hand(x=100.0, y=100.0, width=40.0, height=60.0, angle=0.0):
    return HandLocation(x, y, width, height, angle)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (hand(), 1),
        (hand(y=130), 1 / 3),
        (hand(x=140), 0),
        (hand(x=200, y=200), 0),
        (hand(width=20, height=30), 1 / 4),
        (hand(width=0, height=0), 0),
    ],
)
def test_overlap(other, expected):
    assert overlap(hand(), other) == pytest.approx(expected)
    assert overlap(other, hand()) == pytest.approx(expected)


def test_directions_differ_by_the_shorter_way_round():
    assert turn_between(hand(angle=0.2), hand(angle=-0.3)) == pytest.approx(0.5)
    assert turn_between(hand(angle=3.0), hand(angle=-3.0)) == pytest.approx(2 * math.pi - 6)


def test_the_best_of_several_hands_counts():
    assert best_match(hand(), [hand(x=300), hand(x=105), hand(x=120)]) == hand(x=105)
    turned = math.radians(26)
    found = score_locations(
        [hand(), hand(), hand()],
        [[hand(x=300), hand(x=105, angle=turned)], [hand(x=130)], [hand(angle=-turned / 2)]],
    )
    assert (found.box.successes, found.box.trials) == (2, 3)
    assert (found.direction.successes, found.direction.trials) == (2, 3)


@pytest.fixture
def images():
    """A bright hand of 40 x 60 pixels, in a photograph and in one that is too large to keep."""
    found = []
    for scale in (1, 10):
        image = np.zeros((240 * scale, 320 * scale, 3), np.uint8)
        image[60 * scale : 120 * scale, 200 * scale : 240 * scale] = 250, 0, 0
        found.append(PreparedImage.of(image))
    return found


def test_hands_are_in_pixels_of_the_original(tiny_pair, images):
    looks = Classifier(tiny_pair).two_looks
    assert images[1].detail.shape[0] < 2400
    for found in find_hands(looks, images):
        for scale, its in zip((1, 10), found, strict=True):
            expected = hand(220 * scale, 90 * scale, 40 * scale, 60 * scale)
            assert overlap(its, expected) > 0.8


def test_photographs_without_known_hands_do_not_count(tiny_pair, images):
    looks = Classifier(tiny_pair).two_looks
    elsewhere = [(hand(30, 30),)], [(hand(220, 90),), ()]
    missed = measure_locations(looks, images[:1], elsewhere[0], ["a"])
    assert (missed.finder.box.value, missed.close_up.box.value) == (0, 0)
    found = measure_locations(looks, images, elsewhere[1], ["a", "b"])
    assert (found.close_up.box.successes, found.close_up.box.trials) == (1, 1)
    assert list(found.sources) == ["a"]
    assert measure_locations(looks, images, [(), ()], ["a", "b"]) is None


def test_the_direction_is_that_of_the_close_look(make_pair, images):
    """The finder is wrong by 40 degrees, which the landmarks in the close-up tell."""
    wrong = math.radians(40)
    looks = Classifier(make_pair(angle=wrong, turn=-wrong)).two_looks
    found = measure_locations(looks, images[:1], [(hand(220, 90),)], ["a"])
    assert found.finder.direction.value == 0
    assert found.close_up.direction.value is not None
    assert found.to_json()["sources"]["a"]["finder"]["direction"]["right"] == 0
