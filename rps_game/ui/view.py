"""What the screen shows besides the frame: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rps_game.arrays import Image
from rps_game.gestures import Outcome
from rps_game.match import State
from rps_game.match.state import Phase
from rps_game.ui.translations import Texts


@dataclass(frozen=True)
class Details:
    """Measurements, for when something is slow.

    Attributes:
        source: Where the frames come from.
        fps: Frames per second.
        latency: Milliseconds that the model takes for a frame.
    """

    source: str
    fps: float
    latency: float


@dataclass(frozen=True)
class View:
    """A match as the screen shows it.

    Attributes:
        state: The match.
        time: The current time, in seconds of the source.
        texts: The texts of the player's language.
        seen: The probabilities of each hand in the newest frame, left to right; empty if it was
            not classified.
        shot: The frame in which the last move was seen.
        live: Whether the frames come from a camera or stream.
        swapped: With two players, whether the right half of the frame is the left player's.
        mirror: Whether people are shown mirrored.
        opponent: Name of the computer's strategy, as in ``Texts``.
        hint: What to do, shown on the first screen.
        fists: Whether a fist held up starts a match.
        more: Whether another match can follow this one.
        help: Whether the help is shown.
        details: Measurements, if they are shown.
        note: Something that has just happened.
        lost: After the camera was lost, for how many more seconds it is awaited; else None.
    """

    state: State
    time: float
    texts: Texts
    seen: tuple[Mapping[str, float], ...] = field(default=())
    shot: Image | None = None
    live: bool = False
    swapped: bool = False
    mirror: bool = False
    opponent: str = "random"
    hint: str = ""
    fists: bool = False
    more: bool = True
    help: bool = False
    details: Details | None = None
    note: str = ""
    lost: float | None = None

    @property
    def outcome(self) -> Outcome | None:
        """The outcome of the round, while it is revealed; else None."""
        shown = self.state.phase is Phase.REVEAL
        return self.state.rounds[-1].outcome if shown else None

    @property
    def fist(self) -> float:
        """How much of the time that a fist must be held up has passed, 0 to 1."""
        return self.state.signs.fist(self.time) if self.fists else 0.0

    @property
    def names(self) -> tuple[str, str]:
        """The names of the players, left and right."""
        texts = self.texts
        two = self.state.rules.two_players
        return (texts.left, texts.right) if two else (texts.you, texts.computer)
