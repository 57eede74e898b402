"""The calibration as a pure state machine: each player shows rock, paper and scissors once.

Measuring begins when the move is read, or when a hand has been visible for a while without being
read as that move. Then all frames count until the hand has been held for long enough. If the hand
disappears, the move is measured again. If it is never held for long enough, everything that was
seen in that time counts, so that nobody waits for ever.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rps_game.calibration.readings import Reading
from rps_game.gestures import MOVES, Gesture

HOLD = 1.5
"""Seconds for which each move is held."""

GRACE = 3.0
"""Seconds with a visible hand after which measuring begins even if another move is read."""

PATIENCE = 12.0
"""Seconds after which a step ends in any case."""

_SETTLE = 0.3  # seconds for which a move must be read before measuring begins
_GONE = 0.5  # seconds without a visible hand after which it has disappeared
_LONGEST_GAP = 0.5  # seconds between two frames that count as watching; after more, only these
_HINT = 2.5  # seconds without a visible hand after which the screen says so


class Step(NamedTuple):
    """One move of one player.

    Attributes:
        player: The player's number, from left to right.
        move: The move to show.
    """

    player: int
    move: Gesture


@dataclass(frozen=True)
class Measured:
    """What was seen in one step.

    Attributes:
        step: The step.
        readings: The frames that count; none if the step was skipped.
        skipped: Whether the player has skipped it.
    """

    step: Step
    readings: tuple[Reading, ...] = ()
    skipped: bool = False


@dataclass(frozen=True)
class Calibration:
    """A calibration in progress.

    Attributes:
        players: How many people play, 1 or 2.
        measured: The steps that are done.
        since: When the current step began, in seconds of the source.
        seen: All frames of the current step.
        held: The frames since measuring began; empty before.
        settling: For how many seconds the move has been read, before measuring begins.
        visible: For how many seconds a hand has been visible in the current step.
        hold: For how many seconds it has been held since measuring began.
        absent: For how many seconds no hand has been visible.

    Examples:
        >>> from rps_game.calibration.readings import Reading
        >>> calibration = Calibration()
        >>> for number in range(60):  # a fist, for two seconds
        ...     calibration = calibration.see(Reading(number / 30, {"rock": 0.9, "none": 0.1}, 0.5))
        >>> calibration.step.move, calibration.progress
        (<Gesture.PAPER: 'paper'>, 0.0)
    """

    players: int = 1
    measured: tuple[Measured, ...] = ()
    since: float = 0.0
    seen: tuple[Reading, ...] = field(default=(), repr=False)
    held: tuple[Reading, ...] = field(default=(), repr=False)
    settling: float = 0.0
    visible: float = 0.0
    hold: float = 0.0
    absent: float = 0.0

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, one player after the other."""
        return tuple(Step(player, move) for player in range(self.players) for move in MOVES)

    @property
    def step(self) -> Step | None:
        """The current step; None when all are done."""
        done = len(self.measured)
        return self.steps[done] if done < len(self.steps) else None

    @property
    def progress(self) -> float:
        """The share of the required time for which the move has been held, 0 to 1."""
        return min(1.0, self.hold / HOLD)

    @property
    def searching(self) -> bool:
        """Whether no hand has been visible for so long that the player needs a hint."""
        return self.absent >= _HINT

    def see(self, reading: Reading) -> "Calibration":
        """Use what a new frame shows of the current player's hand."""
        step = self.step
        if step is None:
            return self
        passed = self._passed(reading)
        seen = replace(self, seen=(*self.seen, reading))
        if reading.visible:
            seen = replace(seen, visible=self.visible + passed, absent=0.0)
        else:
            seen = replace(seen, absent=self.absent + passed)
        seen = seen._hold(reading, step, passed)
        if seen.hold >= HOLD:
            return seen._next(Measured(step, seen.held), reading.time)
        if reading.time - self.since >= PATIENCE:
            return seen._next(Measured(step, seen.seen), reading.time)
        return seen

    def skip(self, time: float) -> "Calibration":
        """Skip the current step."""
        step = self.step
        return self if step is None else self._next(Measured(step, skipped=True), time)

    def _hold(self, reading: Reading, step: Step, passed: float) -> "Calibration":
        """Begin, continue or give up measuring."""
        if not self.held:
            right = reading.gesture is step.move
            settling = self.settling + passed if right else 0.0
            if settling >= _SETTLE or (reading.visible and self.visible >= GRACE):
                return replace(self, held=(reading,), settling=settling)
            return replace(self, settling=settling)
        if self.absent >= _GONE:
            return replace(self, held=(), hold=0.0, settling=0.0)
        hold = self.hold + passed if reading.visible else self.hold
        return replace(self, held=(*self.held, reading), hold=hold)

    def _passed(self, reading: Reading) -> float:
        """Seconds since the frame before; 0 for the first one."""
        if not self.seen:
            return 0.0
        return min(_LONGEST_GAP, max(0.0, reading.time - self.seen[-1].time))

    def _next(self, measured: Measured, time: float) -> "Calibration":
        return Calibration(self.players, (*self.measured, measured), since=time)
