"""The rules of a match as pure functions: no images, no clock, no randomness.

`rules` holds the settings of a match, and `inputs` what is fed into it. `machine` advances the
`state` of the match and returns the `events` that occurred. `voting` turns a window of frames into
a move, `round_end` works out what follows from it, `score` counts the rounds, and `triggers`
detects the signals that players give without a keyboard. `standing` is what players know after a
match besides its score. `audit` checks the log of a match, and `audit_course` its length and score.
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
