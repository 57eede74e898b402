"""Makes the screenshots in docs/pictures from matches with animated players.

    python docs/make_pictures.py

The hands are drawn, and every run produces the same images.
"""

from collections.abc import Callable
from pathlib import Path

import cv2

from rps_game.arrays import Image
from rps_game.game.opponents import RandomOpponent, entropy
from rps_game.game.session import Session
from rps_game.game.session_config import SessionConfig
from rps_game.gestures import Outcome
from rps_game.match import State, beat
from rps_game.match.rules import LIVE, Rules
from rps_game.match.state import Phase
from rps_game.recognition.classifier import Classifier
from rps_game.sources.demo import DemoSource
from rps_game.ui.translations import load_texts

FOLDER = Path(__file__).resolve().parent / "pictures"
SIZE = 640, 480
SMALL = 520, 390
TALL = 360, 640
_TITLE = 2.5  # seconds the title is shown

Moment = Callable[[State, float], bool]


def title(state: State, time: float) -> bool:
    """The first screen."""
    return state.untouched and time > 1.2


def countdown(state: State, time: float) -> bool:
    """The second beat, with the fists raised."""
    return (
        state.phase is Phase.COUNTDOWN and beat(state, time)[0] == 1 and beat(state, time)[1] > 0.4
    )


def won(state: State, time: float) -> bool:
    """A round that the player wins."""
    shown = state.phase is Phase.REVEAL and time - state.since > 0.5
    return shown and state.rounds[-1].outcome is Outcome.WIN


def over(state: State, time: float) -> bool:
    """The end of a match."""
    return state.phase is Phase.OVER


class Shots:
    """Replaces the video recorder, and saves single screens."""

    def __init__(self, size: tuple[int, int], wanted: dict[str, Moment]) -> None:
        self.size = size
        self.session: Session | None = None
        self._wanted = dict(wanted)

    def show_from(self, screen: Image, time: float) -> None:
        """Save the screen if it shows a wanted moment."""
        state = self.session.state
        for name in [name for name, moment in self._wanted.items() if moment(state, time)]:
            del self._wanted[name]
            data = cv2.cvtColor(screen, cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(FOLDER / f"{name}.png"), data, [cv2.IMWRITE_PNG_COMPRESSION, 9])

    def hold(self, screen: Image, seconds: float) -> None:
        """Save the last screen if it is wanted."""
        self.show_from(screen, float("inf"))


def play(
    seed: int, wanted: dict[str, Moment], size: tuple[int, int], lang: str, people: int = 1
) -> None:
    """Play a match and save screenshots of the wanted moments."""
    texts = load_texts(lang)
    shots = Shots(size, wanted)
    source = DemoSource(seed, players=people)
    config = SessionConfig(
        source=source,
        model=Classifier(),
        opponent=RandomOpponent(entropy(seed, "opponent")) if people == 1 else None,
        rng=entropy(seed, "nonce"),
        rules=Rules(timing=LIVE, two_players=people == 2),
        texts=texts,
        report=lambda event: None,
        on_state=source.follow,
        recorder=shots,
        autostart=_TITLE,
        hint=texts.start,
    )
    shots.session = Session(config)
    shots.session.play()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    moments = {"title": title, "countdown": countdown, "win": won, "end": over}
    play(13, moments, SIZE, "en")
    play(4, {"two-players": won}, SMALL, "en", people=2)
    play(25, {"tall": won}, TALL, "ja")
