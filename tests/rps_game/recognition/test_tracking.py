"""When the finder searches, and where hands are looked at closely, with networks that know all."""

from math import pi

import numpy as np
import pytest

from rps_game.recognition.networks.framing import Framing
from rps_game.recognition.networks.two_looks import Closer, Found
from rps_game.recognition.tracking import (
    FINDER_INTERVAL,
    HandTracker,
    Track,
    is_lost,
)
from rps_game.recognition.views import HandLocation, locate

FPS = 30
WELL_FRAMED = Framing(0.1, 0.02, 1.0)
SEEN, EMPTY = [0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]


def landmarks_at(x, y):
    """A hand of 40 x 40 pixels that points up."""
    points = np.full((21, 2), (x, y), float)
    points[1], points[2] = (x - 20, y), (x + 20, y)
    points[0], points[9] = (x, y + 20), (x, y - 20)
    return points


class Oracle:
    """Two networks that know where each hand is, by the brightness of its image."""

    labels = ("rock", "paper", "scissors", "none")

    def __init__(self):
        self.hands = {60: (100.0, 100.0), 120: (50.0, 60.0)}
        self.score = 0.9
        self.searched, self.closely = [], []

    def search(self, images):
        named = [int(image.max()) for image in images]
        self.searched.append(named)
        hands = [locate(landmarks_at(*self.hands.get(name, (0, 0)))) for name in named]
        return Found(hands, [self.score] * len(images))

    def look_closely(self, images, hands):
        """Only a hand that is in the close-up is seen; otherwise it shows none."""
        rows, landmarks, framings = [], [], []
        self.closely.append([])
        for image, hand in zip(images, hands, strict=True):
            x, y = self.hands.get(int(image.max()), (-1e3, -1e3))
            self.closely[-1].append((int(image.max()), hand.x))
            visible = np.hypot(hand.x - x, hand.y - y) < 30
            rows.append(SEEN if visible else EMPTY)
            landmarks.append(landmarks_at(x, y) if visible else landmarks_at(hand.x, hand.y))
            framings.append(WELL_FRAMED)
        return Closer(np.array(rows, np.float32), landmarks, framings)

    def combine(self, close, scores):
        return close * np.array(scores)[:, None]


def image(value=60, shape=(240, 320)):
    return np.full((*shape, 3), value, np.uint8)


def follow(tracker, frames, images=None, start=0.0, step=1 / FPS):
    return [tracker.follow(images or [image()], start + n * step) for n in range(frames)]


def test_most_frames_cost_one_look():
    oracle = Oracle()
    for rows, landmarks in follow(HandTracker(oracle), 2 * FINDER_INTERVAL + 1):
        assert rows.shape == (1, 4)
        assert landmarks[0] == pytest.approx(landmarks_at(100, 100))
    assert len(oracle.searched) == 3  # frames 0, 5 and 10
    assert len(oracle.closely) == 11


def test_no_frame_waits_for_a_search_ahead():
    oracle = Oracle()
    tracker, during = HandTracker(oracle), []
    for n in range(2 * FINDER_INTERVAL + 1):
        before = len(oracle.searched)
        rows, _ = tracker.follow([image()], n / FPS)
        during.append(len(oracle.searched) - before)
        tracker.search_ahead([image()])
        tracker.search_ahead([image()])  # the same image may be shown twice
        assert rows[0].argmax() == 1
    assert during == [1] + [0] * 2 * FINDER_INTERVAL
    assert len(oracle.searched) == 3  # as often as without
    assert all(len(closely) == 1 for closely in oracle.closely)


@pytest.mark.parametrize("found", [(100.0, 100.0), (50.0, 200.0)], ids=["there", "elsewhere"])
def test_a_hand_that_is_lost_after_a_search_ahead_is_searched_at_once(found):
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, FINDER_INTERVAL)
    oracle.hands[60] = found
    tracker.search_ahead([image()])
    oracle.hands[60] = (200.0, 100.0)
    ((rows, _),) = follow(tracker, 1, start=FINDER_INTERVAL / FPS)
    assert rows[0].argmax() == 1
    assert len(oracle.searched) == 3


def test_nothing_is_searched_ahead_without_a_hand():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    tracker.search_ahead([image()])
    assert not oracle.searched
    follow(tracker, FINDER_INTERVAL, [image(7)])
    tracker.search_ahead([image(7)])
    assert len(oracle.searched) == FINDER_INTERVAL


@pytest.mark.parametrize("images", [[image(shape=(200, 320))], [image(), image(120)]], ids=len)
def test_a_search_ahead_in_other_images_does_not_count(images):
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, FINDER_INTERVAL)
    tracker.search_ahead([image()])
    follow(tracker, 1, images, start=FINDER_INTERVAL / FPS)
    assert oracle.searched[-1] == [int(each.max()) for each in images]


def test_the_score_of_the_last_search_counts_until_the_next():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, 2)
    oracle.score = 0.6
    answers = follow(tracker, FINDER_INTERVAL, start=2 / FPS)
    used = [rows[0, 1] / SEEN[1] for rows, _ in answers]
    assert used == pytest.approx([0.9, 0.9, 0.9, 0.6, 0.6])


def test_each_player_has_a_score():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    both = [image(60), image(120)]
    follow(tracker, 1, both)
    oracle.score, oracle.hands[120] = 0.5, (200.0, 200.0)
    rows, _ = tracker.follow(both, 1 / FPS)
    assert rows[:, 1] / SEEN[1] == pytest.approx([0.9, 0.5]), "only the lost hand is searched"


def test_a_moving_hand_is_followed_by_its_landmarks():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    for n in range(5):
        oracle.hands[60] = (100.0 + 8 * n, 100.0)
        _, landmarks = tracker.follow([image()], n / FPS)
        assert landmarks[0] == pytest.approx(landmarks_at(100 + 8 * n, 100))
    assert len(oracle.searched) == 1
    # Each close-up is where the hand was before.
    assert [x for ((_, x),) in oracle.closely] == [100, 100, 108, 116, 124]


def test_a_lost_hand_is_searched_at_once():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, 2)
    oracle.hands[60] = (200.0, 50.0)
    oracle.score = 0.8
    rows, landmarks = tracker.follow([image()], 2 / FPS)
    assert len(oracle.searched) == 2
    assert landmarks[0] == pytest.approx(landmarks_at(200, 50))
    assert rows[0] / SEEN == pytest.approx([0.8] * 4), "the score of the second search"


def test_an_empty_region_is_searched_in_every_frame_once():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, 2)
    oracle.hands.clear()
    follow(tracker, 4, start=2 / FPS)
    assert len(oracle.searched) == 1 + 4
    assert len(oracle.closely) == 2 + 1 + 4, "only the frame in which it is lost has two close-ups"


def test_a_surer_hand_elsewhere_takes_over():
    for score, x in ((0.9, 250.0), (0.3, 100.0)):
        oracle = Oracle()
        tracker = HandTracker(oracle)
        follow(tracker, FINDER_INTERVAL)
        near = oracle.look_closely

        def sees_hands_anywhere(images, hands, near=near):
            found = near(images, hands)
            return found._replace(
                probabilities=np.array([SEEN] * len(hands), np.float32),
                landmarks=[landmarks_at(hand.x, hand.y) for hand in hands],
            )

        oracle.look_closely = sees_hands_anywhere
        oracle.hands[60], oracle.score = (250.0, 100.0), score
        _, landmarks = tracker.follow([image()], FINDER_INTERVAL / FPS)
        assert landmarks[0][0, 0] == x


def test_what_was_followed_and_is_gone_is_left_for_what_was_found():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, FINDER_INTERVAL)
    oracle.hands[60], oracle.score = (250.0, 100.0), 0.3
    rows, landmarks = tracker.follow([image()], FINDER_INTERVAL / FPS)
    assert landmarks[0][0, 0] == 250
    assert len(oracle.searched) == 2, "the finder has searched already"
    assert rows[0, 3] < 0.5


@pytest.mark.parametrize(
    ("shape", "time"),
    [((240, 321), 3 / FPS), ((240, 320), 3.0), ((240, 320), 0.0)],
    ids=["another size", "a gap", "a step back"],
)
def test_what_does_not_follow_is_searched(shape, time):
    oracle = Oracle()
    tracker = HandTracker(oracle)
    follow(tracker, 3)
    tracker.follow([image(shape=shape)], time)
    assert len(oracle.searched) == 2
    tracker.follow([image(shape=shape)], time + 1 / FPS)
    assert len(oracle.searched) == 2


def test_two_players_are_followed_apart():
    oracle = Oracle()
    tracker = HandTracker(oracle)
    both = [image(60), image(120)]
    answers = follow(tracker, 3, both)
    assert oracle.searched == [[60, 120]]
    for rows, landmarks in answers:
        assert rows.shape == (2, 4)
        assert [points[0, 0] for points in landmarks] == [100, 50]
    oracle.hands[120] = (200.0, 200.0)
    _, landmarks = tracker.follow(both, 3 / FPS)
    assert oracle.searched[1:] == [[120]], "only the lost hand is searched"
    assert oracle.closely[-1] == [(120, 200)]
    assert [points[0, 0] for points in landmarks] == [100, 200]
    tracker.follow(both, 4 / FPS)
    tracker.follow(both, 5 / FPS)
    assert oracle.searched[2:] == [[60]], "each has its own count of frames"


HAND = landmarks_at(100, 100)


@pytest.mark.parametrize(
    ("none", "landmarks", "framed", "lost"),
    [
        (0.5, HAND, WELL_FRAMED, False),
        (0.51, HAND, WELL_FRAMED, True),
        (0.1, landmarks_at(300, 100), WELL_FRAMED, False),  # at the right edge
        (0.1, landmarks_at(339, 100), WELL_FRAMED, True),
        (0.1, landmarks_at(100, -19), WELL_FRAMED, True),
        (0.1, 100 + 11 * (HAND - 100), WELL_FRAMED, False),
        (0.1, 100 + 12 * (HAND - 100), WELL_FRAMED, True),  # larger than the region
        (0.1, 100 + 0.15 * (HAND - 100), WELL_FRAMED, True),
        (0.1, HAND, Framing(pi, 0.34, 1.9), False),
        (0.1, HAND, Framing(0.0, 0.36, 1.0), True),
        (0.1, HAND, Framing(0.0, 0.0, 2.1), True),
        (0.1, HAND, Framing(0.0, 0.0, 0.45), True),
    ],
)
def test_lost(none, landmarks, framed, lost):
    assert is_lost(none, landmarks, framed, (240, 320)) == lost


def test_a_hand_that_seems_to_grow_is_given_up():
    oracle = Oracle()
    near, sizes = oracle.look_closely, []

    def half_as_large_again(images, hands):
        found = near(images, hands)
        sizes.append(hands[0].diagonal)
        middle = np.array([hands[0].x, hands[0].y])
        grown = middle + 1.5 * hands[0].diagonal / 56.6 * (landmarks_at(*middle) - middle)
        return found._replace(landmarks=[grown])

    oracle.look_closely = half_as_large_again
    follow(HandTracker(oracle), 60)
    assert max(sizes) < 2 * 320


def test_a_track_chooses():
    hand, near = HandLocation(100, 100, 30, 40, 0.0), HandLocation(115, 115, 30, 40, 0.5)
    far = HandLocation(120, 120, 30, 40, 0.5)
    track = Track(hand)
    assert track.choose(near, 0.9) is hand
    assert track.choose(far, 0.9) is far
    assert track.choose(far, 0.4) is hand
    assert Track().choose(far, 0.0) is far


def test_three_classes_have_no_none():
    oracle = Oracle()
    oracle.labels = ("rock", "paper", "scissors")
    oracle.combine = lambda close, scores: close[:, :3]
    oracle.hands.clear()
    tracker = HandTracker(oracle)
    assert follow(tracker, 2)[1][0].shape == (1, 3)
    assert len(oracle.searched) == 1
