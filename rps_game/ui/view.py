"""The values that the screen shows in addition to the frame."""

from dataclasses import dataclass, field

from rps_game.calibration.machine import Calibration
from rps_game.gestures import Outcome
from rps_game.match import State
from rps_game.match.rules import Mode
from rps_game.match.standing import Standing
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.ui.translations import Texts


@dataclass(frozen=True)
class Details:
    """Measurements, to find out why the game is slow.

    Attributes:
        source: Where the frames come from.
        fps: Frames per second.
        latency: Milliseconds that the model takes for a frame.
        sound: Whether sounds can be heard, in the player's language.
    """

    source: str
    fps: float
    latency: float
    sound: str = ""


@dataclass(frozen=True)
class View:
    """A match as the screen shows it.

    Attributes:
        state: The match.
        time: The current time, in seconds of the source.
        texts: The texts of the player's language.
        shot: The frame in which the last move was seen.
        mirror: Whether people are shown mirrored.
        opponent: The opponent's name, as in ``Texts``.
        players: The players' own names, left to right; empty if they have none.
        standing: The score of the matches, the records, and what the opponent has learned.
        hint: What to do, shown on the first screen.
        fists: Whether holding up a fist starts a match.
        more: Whether another match can follow this one.
        help: Whether the help is shown.
        details: Measurements, if they are shown.
        note: Something that has just happened.
        kind: What the source is: "camera", "stream", "video", "images" or "demo".
        lost: If the source was lost, for how many more seconds the game keeps trying; else None.
        celebration: While a won match or a record is celebrated, for how many seconds it has been;
            else None.
        calibration: What was measured so far, while it is shown instead of the match; else None.

    Examples:
        >>> from rps_game.ui.translations import load_texts
        >>> view = View(State(), time=0.0, texts=load_texts())
        >>> view.names, view.outcome
        (('you', 'computer'), None)
    """

    state: State
    time: float
    texts: Texts
    shot: RecognizedFrame | None = None
    mirror: bool = False
    opponent: str = "random"
    players: tuple[str, ...] = ()
    standing: Standing = field(default_factory=Standing)
    hint: str = ""
    fists: bool = False
    more: bool = True
    help: bool = False
    details: Details | None = None
    note: str = ""
    kind: str = "camera"
    lost: float | None = None
    celebration: float | None = None
    calibration: Calibration | None = None

    @property
    def outcome(self) -> Outcome | None:
        """The outcome of the round while it is being revealed; else None."""
        shown = self.state.phase is Phase.REVEAL
        return self.state.rounds[-1].outcome if shown else None

    @property
    def fist(self) -> float:
        """The share of the required time for which a fist has been held up, 0 to 1."""
        return self.state.trigger.fist_progress(self.time) if self.fists else 0.0

    @property
    def names(self) -> tuple[str, str]:
        """The names of the players, left and right."""
        texts = self.texts
        two = self.state.rules.two_players
        left, right = (texts.left, texts.right) if two else (texts.you, texts.computer)
        own, rival = (*self.players, "", "")[:2]
        return own or left, rival or right

    @property
    def remaining(self) -> float | None:
        """Seconds left in a timed match; None in other matches."""
        rules = self.state.rules
        if rules.mode is not Mode.TIMED:
            return None
        if self.state.deadline is None:
            return rules.duration
        return max(0.0, self.state.deadline - self.time)

    @property
    def record(self) -> int:
        """The most rounds won in a match of this mode, this one included; 0 if there is none."""
        best = max((record.won for record in self.standing.records), default=0)
        return max(best, self.state.score.left)
