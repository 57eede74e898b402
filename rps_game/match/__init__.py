"""A match from its first round to its end: pure rules, without images, clock or randomness.

`rules` is what is agreed before a match and `inputs` what enters it; `machine` moves its `state`
from one moment to the next and returns the `events` on the way. `voting` turns a window of frames
into a move, `round_end` is what follows from it, `score` adds up the rounds, and `triggers` are
the signals that players give without a keyboard. `audit` checks the log of a match.
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
