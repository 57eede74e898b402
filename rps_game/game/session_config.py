"""What a session needs: everything that is open, and the settings of its matches."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from rps_game.game.calibrator import Calibrator
from rps_game.game.cameras.dialogs import CameraDialogs
from rps_game.game.effects import Effects
from rps_game.game.opponents import Opponent
from rps_game.game.series import Series
from rps_game.game.video_recorder import VideoRecorder
from rps_game.match import State
from rps_game.match.events import Event
from rps_game.match.rules import Rules
from rps_game.recognition.recognizer import GestureModel
from rps_game.sources.base import Source
from rps_game.ui.display import Display
from rps_game.ui.translations import Texts


@dataclass(frozen=True)
class SessionConfig:
    """Everything that a session needs.

    Attributes:
        source: Where the frames come from.
        model: Recognizes moves in them.
        opponent: The player's opponent; None when two people play.
        rng: The random generator for the nonces.
        rules: The settings of each match.
        texts: The texts on the screen.
        report: Called with every event as it happens.
        on_state: Called with the state of the match before each frame is read; this is how the
            animated player follows the match.
        series: The score of the matches, the earlier rounds from which the opponent may learn, and
            the names of the players.
        display: The window, or None to play without one.
        recorder: Records the screen as a video, or None.
        autostart: Seconds after which the first round starts automatically; None waits for a
            raised fist or a key.
        calibrator: Lets the players check how well their moves are recognized.
        effects: Sounds and celebrations.
        hint: What to do, shown on the first screen.
        cameras: Lets the player choose a camera, also when one is lost.
        note: A note for the first seconds; may be empty.
        critical_section: Entered around what must not be interrupted: a step of the match and
            reporting it.
    """

    source: Source
    model: GestureModel
    opponent: Opponent | None
    rng: random.Random
    rules: Rules
    texts: Texts
    report: Callable[[Event], None]
    on_state: Callable[[State], None] = lambda state: None
    series: Series | None = None
    display: Display | None = None
    recorder: VideoRecorder | None = None
    autostart: float | None = 0.0
    calibrator: Calibrator = field(default_factory=Calibrator)
    effects: Effects = field(default_factory=Effects)
    hint: str = ""
    cameras: CameraDialogs = field(default_factory=CameraDialogs)
    note: str = ""
    critical_section: Callable[[], AbstractContextManager[None]] = nullcontext
