"""The values that the screen shows in addition to the frame."""

from dataclasses import dataclass

from rps_game.gestures import Outcome
from rps_game.match import State
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
        hint: What to do, shown on the first screen.
        fists: Whether holding up a fist starts a match.
        more: Whether another match can follow this one.
        help: Whether the help is shown.
        details: Measurements, if they are shown.
        note: Something that has just happened.
        lost: If the camera was lost, for how many more seconds the game keeps trying; else None.
        celebration: While a won match is celebrated, for how many seconds it has been; else None.

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
    hint: str = ""
    fists: bool = False
    more: bool = True
    help: bool = False
    details: Details | None = None
    note: str = ""
    lost: float | None = None
    celebration: float | None = None

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
        return (texts.left, texts.right) if two else (texts.you, texts.computer)
