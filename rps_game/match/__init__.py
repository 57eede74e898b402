"""A match, from the first round to its end: pure rules, no pictures, no clock, no chance.

`machine` takes a match from one moment to the next, `state` is where it stands, `verdict` what
follows when a window closes, `reading` what a window of frames says about a hand, `signs` what a
player tells without a keyboard. What is agreed before is in rules.py, what is told in events.py.
"""

from rps_game.match.machine import advance, beat, begin_round, skip_pause, stop, watching
from rps_game.match.score import Round
from rps_game.match.state import State, Step
from rps_game.match.voting import mean_vote

__all__ = [
    "Round",
    "State",
    "Step",
    "advance",
    "beat",
    "begin_round",
    "mean_vote",
    "skip_pause",
    "stop",
    "watching",
]
