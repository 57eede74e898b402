"""What one frame shows of a hand: how it is read, how bright it is, and where the hand is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import dist, hypot

from rps_game.gestures import Gesture

_VISIBLE = 0.5  # a hand is visible if the probability of none is at most this

# Indices of landmarks, in the order of MediaPipe Hands.
_WRIST, _FIRST_KNUCKLE, _MIDDLE_KNUCKLE, _LAST_KNUCKLE = 0, 5, 9, 17


@dataclass(frozen=True)
class Placement:
    """Where a hand is, and how it is held.

    Attributes:
        size: Diagonal of the box around the hand, in longer sides of the region that was
            classified.
        outside: The share of its points that are outside this region, 0 to 1.
        breadth: From the knuckle of the index finger to that of the little finger, in diagonals of
            the box. It is small if the camera sees the hand from its edge.
        length: From the wrist to the knuckle of the middle finger, in diagonals of the box. It is
            small if the hand points at the camera, or away from it.
    """

    size: float
    outside: float
    breadth: float
    length: float


@dataclass(frozen=True)
class Reading:
    """What one frame shows of a hand.

    Attributes:
        time: In seconds of the source.
        probabilities: The probability of each class by its name.
        luminance: Mean luminance of what was classified, from 0 (black) to 1 (white).
        placement: Where the hand is; None if the model does not say.

    Examples:
        >>> reading = Reading(2.0, {"rock": 0.75, "none": 0.25}, luminance=0.5)
        >>> reading.gesture, reading.visible
        (<Gesture.ROCK: 'rock'>, True)
    """

    time: float
    probabilities: Mapping[str, float]
    luminance: float
    placement: Placement | None = None

    @property
    def gesture(self) -> Gesture:
        """The most probable class."""
        return Gesture(max(self.probabilities, key=self.probabilities.__getitem__))

    @property
    def visible(self) -> bool:
        """Whether there is probably a hand."""
        return self.probabilities.get(Gesture.NONE, 0.0) <= _VISIBLE


def place(points: Sequence[tuple[float, float]], sides: tuple[float, float]) -> Placement:
    """The placement of the hand with these points.

    Args:
        points: x and y of its 21 landmarks, in pixels of the region that was classified.
        sides: Width and height of the region.

    Examples:
        >>> points = [(10.0 * number, 0.0) for number in range(21)]
        >>> place(points, (400, 300)).size
        0.5
    """
    across, down = [x for x, _ in points], [y for _, y in points]
    diagonal = hypot(max(across) - min(across), max(down) - min(down)) or 1.0
    width, height = sides
    inside = sum(0 <= x <= width and 0 <= y <= height for x, y in points)
    return Placement(
        size=diagonal / max(sides),
        outside=1 - inside / len(points),
        breadth=dist(points[_FIRST_KNUCKLE], points[_LAST_KNUCKLE]) / diagonal,
        length=dist(points[_WRIST], points[_MIDDLE_KNUCKLE]) / diagonal,
    )
