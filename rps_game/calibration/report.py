"""How well each move was read, and what would help.

Advice is only given about moves that were recognised badly: a player whose moves are recognised in
the dark needs no advice about the light.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from rps_game.calibration.machine import Calibration, Measured, Step
from rps_game.calibration.readings import Placement, Reading
from rps_game.gestures import Gesture

WELL = 0.8
"""The share of frames that must be read right."""

DARK = 0.22
"""A mean luminance below which there is too little light."""

FAR = 0.22
"""A size below which the hand is too far away; see `Placement`."""

CUT_OFF = 0.08
"""A share of the hand's points outside the region, above which it is cut off: two of 21."""

NARROW, SHORT = 0.2, 0.25
"""A breadth and a length below which a hand is turned away; see `Placement`. Of hands that show a
move to the camera, 1 to 5 in 100 look as narrow or as short."""

MOST_ADVICE = 3
"""More advice at once would not be followed."""


class Advice(StrEnum):
    """What would help.

    Attributes:
        DARK: More light.
        FAR: Coming closer.
        CUT_OFF: Keeping the whole hand in view.
        TURNED: Showing the hand's palm or back instead of its edge or its fingertips.
        CLUTTERED: A plainer background: nothing else is wrong with a hand that was found.
        UNCLEAR: All of the above: it is not known where the hand was.
    """

    DARK = "dark"
    FAR = "far"
    CUT_OFF = "cut_off"
    TURNED = "turned"
    CLUTTERED = "cluttered"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class MoveReport:
    """How a move was read.

    Attributes:
        step: Which move of which player.
        skipped: Whether it was skipped, so that nothing was measured.
        found: Whether a hand was visible at all.
        share: The share of frames in which the move was the most probable one, 0 to 1.
        confidence: The mean probability of the move, 0 to 1.
        well: Whether it is read well enough for the game.
        mistaken_for: Another move as which it was read in most of the other frames, if that is why
            it is not read well.
        advice: What would help.
    """

    step: Step
    skipped: bool
    found: bool
    share: float
    confidence: float
    well: bool
    mistaken_for: Gesture | None
    advice: tuple[Advice, ...]


def report(calibration: Calibration, confidence: float) -> tuple[MoveReport, ...]:
    """How well the moves measured so far were recognised.

    Args:
        calibration: What was measured.
        confidence: The mean probability that the game requires of a move, 0 to 1.

    Examples:
        >>> readings = (Reading(0.0, {"rock": 0.9, "none": 0.1}, luminance=0.1),) * 30
        >>> step = Step(0, Gesture.ROCK)
        >>> (rock,) = report(Calibration(measured=(Measured(step, readings),)), confidence=0.6)
        >>> rock.well, rock.share, rock.advice  # it is dark, but that does no harm
        (True, 1.0, ())
    """
    return tuple(_move(measured, confidence) for measured in calibration.measured)


def advise(reports: Sequence[MoveReport]) -> tuple[Advice, ...]:
    """What would help most: the advice about most moves, at most `MOST_ADVICE`.

    `Advice.UNCLEAR` is left out where something definite is known, and `Advice.CLUTTERED` too.

    Examples:
        >>> advise([])
        ()
    """
    counts = Counter(advice for each in reports for advice in each.advice)
    definite = [advice for advice in counts if advice not in (Advice.CLUTTERED, Advice.UNCLEAR)]
    order = list(Advice)
    chosen = sorted(definite or counts, key=lambda advice: (-counts[advice], order.index(advice)))
    return tuple(chosen[:MOST_ADVICE])


def _move(measured: Measured, confidence: float) -> MoveReport:
    readings, move = measured.readings, measured.step.move
    number = max(1, len(readings))
    share = sum(reading.gesture is move for reading in readings) / number
    mean = sum(reading.probabilities.get(move, 0.0) for reading in readings) / number
    found = any(reading.visible for reading in readings)
    well = found and share >= WELL and mean >= confidence
    others = Counter(
        reading.gesture
        for reading in readings
        if reading.gesture.is_move and reading.gesture is not move
    )
    mistaken = others.most_common(1)[0][0] if others and not well else None
    if mistaken is not None and 2 * others[mistaken] < (1 - share) * len(readings):
        mistaken = None
    bad = bool(readings) and not well
    advice = _advice(readings) if bad else ()
    return MoveReport(measured.step, measured.skipped, found, share, mean, well, mistaken, advice)


def _advice(readings: Sequence[Reading]) -> tuple[Advice, ...]:
    """What was wrong with a move that was read badly."""
    advice = []
    if sum(reading.luminance for reading in readings) / len(readings) < DARK:
        advice.append(Advice.DARK)
    places = [
        reading.placement
        for reading in readings
        if reading.visible and reading.placement is not None
    ]
    if places:
        if _typical(places, lambda place: place.size) < FAR:
            advice.append(Advice.FAR)
        if _typical(places, lambda place: place.outside) > CUT_OFF:
            advice.append(Advice.CUT_OFF)
        narrow = _typical(places, lambda place: place.breadth) < NARROW
        if narrow or _typical(places, lambda place: place.length) < SHORT:
            advice.append(Advice.TURNED)
    if not advice:
        advice.append(Advice.CLUTTERED if places else Advice.UNCLEAR)
    return tuple(advice)


def _typical(places: Sequence[Placement], measure: Callable[[Placement], float]) -> float:
    return median(measure(place) for place in places)
