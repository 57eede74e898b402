"""Vectors of following hands from frame to frame, with what the networks answer given."""

import json
from typing import Any

import numpy as np

from rps_game.recognition.networks.two_looks import TwoLooks
from rps_game.recognition.networks.weights import Weights
from rps_game.recognition.tracking import HandTracker
from tests.reference.networks import NetworkStub, hand_points

_LABELS = ["rock", "paper", "scissors", "none"]
_WEIGHTS = {"close_up": 0.75, "none": -0.5, "score": 0.25}
_MARGIN = 1.2
_FINDER, _CLOSE = 192, 128

_ROCK = [0.9, 0.04, 0.04, 0.02]
_PAPER = [0.05, 0.85, 0.05, 0.05]
_NOTHING = [0.1, 0.1, 0.1, 0.7]

# One frame: its time, the sides of the regions, what the finder answers (score, x, y, width,
# height, angle) and what the close looks answer (probabilities; middle, size and angle of the hand
# in the view). Answers are used up in the order in which they are asked for.
_SURE = [0.95, 0.5, 0.5, 0.2, 0.25, 0.1]
_ELSEWHERE = [0.9, 0.2, 0.3, 0.2, 0.2, -0.4]
_DOUBTFUL = [0.4, 0.3, 0.6, 0.1, 0.1, 0.0]
_MIDDLE = (0.5, 0.5, 0.6, 0.02)
_MOVED = (0.56, 0.47, 0.6, 0.1)
_TOO_FAR = (0.95, 0.5, 0.6, 0.0)
_SQUARE = [(480, 480)]
_ONE_HAND = (
    (0.0, _SQUARE, [_SURE], [(_ROCK, _MIDDLE)]),  # nothing is known: search
    (0.1, _SQUARE, [], [(_ROCK, _MOVED)]),  # look where it was
    (0.2, _SQUARE, [], [(_PAPER, _MOVED)]),
    (0.3, _SQUARE, [], [(_PAPER, _MIDDLE)]),
    (0.4, _SQUARE, [], [(_PAPER, _MIDDLE)]),
    (0.5, _SQUARE, [_SURE], [(_PAPER, _MIDDLE)]),  # due again; the known place is more exact
    (0.6, _SQUARE, [], [(_NOTHING, _MIDDLE), (_ROCK, _MIDDLE)]),  # gone: search
    (0.7, _SQUARE, [], [(_ROCK, _MIDDLE)]),
    (0.8, _SQUARE, [], [(_PAPER, _TOO_FAR), (_PAPER, _MIDDLE)]),  # moved too fast: search
    (1.4, _SQUARE, [_DOUBTFUL], [(_NOTHING, _MIDDLE)]),  # after a gap: search; nothing there
    (1.5, _SQUARE, [_SURE], [(_ROCK, _MIDDLE)]),  # lost: search in every frame
    (1.6, _SQUARE, [], [(_ROCK, _MIDDLE)]),
    (1.7, _SQUARE, [], [(_ROCK, _MIDDLE)]),
    (1.8, _SQUARE, [], [(_ROCK, _MIDDLE)]),
    (1.9, _SQUARE, [], [(_ROCK, _MIDDLE)]),
    (2.0, _SQUARE, [_ELSEWHERE], [(_PAPER, _MIDDLE)]),  # due, and another hand is surer
    (2.1, [(240, 240)], [_SURE], [(_PAPER, _MIDDLE)]),  # another region: search
    (2.0, [(240, 240)], [_SURE], [(_PAPER, _MIDDLE)]),  # time runs backwards: search
)
_SEARCHES_AGAIN = {6: [_ELSEWHERE], 8: [_ELSEWHERE]}  # of _ONE_HAND: the finder after a lost hand
_HALF = (480, 320)  # long enough to be searched in squares, of which each has two
_TWO_HANDS = (
    (0.0, [_HALF, _HALF], [_SURE, _SURE], [(_ROCK, _MIDDLE), (_PAPER, _MIDDLE)]),
    (0.1, [_HALF, _HALF], [], [(_ROCK, _MIDDLE), (_NOTHING, _MIDDLE), (_PAPER, _MIDDLE)]),
    (0.2, [_HALF, _HALF], [], [(_ROCK, _MOVED), (_PAPER, _MOVED)]),
    (0.3, [_HALF], [_DOUBTFUL, _ELSEWHERE, _SURE], [(_ROCK, _MIDDLE)]),  # one player less
)
_TWO_SEARCH_AGAIN = {1: [_DOUBTFUL, _ELSEWHERE, _SURE]}


def compute() -> list[dict[str, Any]]:
    """Two sequences of frames, with what follows from the networks' answers."""
    return [
        {"name": "one hand", **_sequence(_ONE_HAND, _SEARCHES_AGAIN)},
        {"name": "two hands", **_sequence(_TWO_HANDS, _TWO_SEARCH_AGAIN)},
    ]


def _sequence(frames: Any, searches: dict[int, Any]) -> dict[str, Any]:
    rng = np.random.default_rng(20_261_126)
    finder, classifier = NetworkStub(_FINDER), NetworkStub(_CLOSE, _LABELS)
    tracker = HandTracker(TwoLooks(finder, classifier, _MARGIN, Weights(**_WEIGHTS)))
    steps = []
    for number, (time, sides, found, looks) in enumerate(frames):
        rows = [*found, *searches.get(number, [])]
        finder.rows = [{"hand": row} for row in rows]
        close = [
            {"probabilities": shown, "landmarks": hand_points(rng, *place)}
            for shown, place in looks
        ]
        classifier.rows = [*close]
        finder.calls, classifier.calls = [], []
        images = [np.zeros((*side, 3), np.uint8) for side in sides]
        answers, landmarks = tracker.follow(images, time)
        if finder.rows or classifier.rows:
            raise AssertionError(f"frame {number} leaves answers that nobody asked for")
        steps.append(
            {
                "time": time,
                "regions": [list(side) for side in sides],
                "finder": rows,
                "classifier": close,
                "finder_batches": finder.calls,
                "classifier_batches": classifier.calls,
                "probabilities": answers.tolist(),
                "landmarks": [points.tolist() for points in landmarks],
            }
        )
    settings = {"labels": _LABELS, "margin": _MARGIN, "weights": _WEIGHTS}
    settings |= {"finder_size": _FINDER, "classifier_size": _CLOSE}
    return json.loads(json.dumps({**settings, "frames": steps}))
