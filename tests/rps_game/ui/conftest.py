"""Views of every kind, a frame to show in them, measurements of screens, and a virtual screen."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest

from rps_game.arrays import Image
from rps_game.calibration.machine import HOLD, Calibration, Measured, Step
from rps_game.calibration.readings import Placement, Reading
from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round, State
from rps_game.match.events import Ending, PlayerHabit, Reason, Side, Tendency
from rps_game.match.inputs import Commitment
from rps_game.match.rules import Mode, Rules
from rps_game.match.score import Record, Score
from rps_game.match.standing import Standing
from rps_game.match.state import Phase
from rps_game.match.triggers import HandTrigger
from rps_game.recognition.recognizer import RecognizedFrame, RecognizedHand
from rps_game.recognition.regions import Region, central_region, half_regions
from rps_game.ui.canvas import text_width
from rps_game.ui.compose import compose as compose_screen
from rps_game.ui.translations import load_texts
from rps_game.ui.view import Details, View

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
SEEN = {"rock": 0.05, "paper": 0.9, "scissors": 0.03, "none": 0.02}
SEALED = Commitment(PAPER, "ab" * 16)
WON, LOST, DRAWN = Round(PAPER, ROCK), Round(SCISSORS, ROCK), Round(ROCK, ROCK)
MANY = Rules(best_of=99)
TWO = Rules(two_players=True)
ENGLISH = load_texts()
SHOWN = {"hint": ENGLISH.start, "fists": True}


def one(phase: Phase, time: float = 0.3, more: dict[str, Any] | None = None, **state: Any) -> View:
    return View(State(phase=phase, **state), time, ENGLISH, **(SHOWN | (more or {})))


def two(phase: Phase, time: float = 0.3, more: dict[str, Any] | None = None, **state: Any) -> View:
    both = {"hint": ENGLISH.start_two} | (more or {})
    return one(phase, time, both, rules=TWO, **state)


ANNA, BOTH = ("Annemarie-Charlotte",), ("Annemarie-Charlotte", "Maximilian-Alexander")
SURVIVAL, TIMED = Rules(mode=Mode.SURVIVAL), Rules(mode=Mode.TIMED)
LATEST = Record(3, "", date(2026, 11, 26))
HABITS = tuple(
    PlayerHabit(outcome, tendency, 0.71, 24)
    for outcome, tendency in zip(
        Outcome, (Tendency.REPEAT, Tendency.BEAT_OWN, Tendency.LOSE_TO_OWN), strict=True
    )
)
SURVIVED = Standing(
    records=(
        Record(12, BOTH[1], date(2026, 1, 31)),
        Record(9),
        LATEST,
        Record(2),
        Record(1, "Zoë"),
    ),
    latest=LATEST,
    habits=HABITS,
    verified=5,
)
TIMED_RECORD = Standing(
    records=(LATEST, Record(2, BOTH[1])), latest=LATEST, habits=HABITS, new_record=True, verified=5
)
MEASURED = {"details": Details("camera", 30.2, 3.14, ENGLISH.no_sound_library)}


def measured(player: int, move: Gesture, seen: str, luminance: float = 0.5) -> Measured:
    """A move that is read as another one in half of the frames."""
    small = Placement(size=0.1, outside=0.3, breadth=0.1, length=0.4)
    readings = [
        Reading(
            0.0,
            {"rock": 0.0, "paper": 0.0, "scissors": 0.0, "none": 0.1} | {name: 0.9},
            luminance,
            small,
        )
        for name in (move.value, seen)
    ]
    return Measured(Step(player, move), tuple(readings))


WELL = tuple(
    measured(player, move, move.value) for player in (0, 1) for move in (ROCK, PAPER, SCISSORS)
)
BADLY = tuple(
    measured(player, move, seen, 0.1)
    for player in (0, 1)
    for move, seen in ((ROCK, "scissors"), (PAPER, "none"), (SCISSORS, "paper"))
)
CHECKS = {
    "check": Calibration(),
    "check held": Calibration(measured=WELL[:1], held=WELL[0].readings, hold=HOLD / 2),
    "check no hand": Calibration(measured=WELL[:2], absent=9.0),
    "checked well": Calibration(measured=WELL[:3]),
    "checked badly": Calibration(measured=BADLY[:3]),
    "checked no hand": Calibration(
        measured=(
            Measured(Step(0, ROCK), (Reading(0.0, {"none": 1.0}, 0.5),)),
            *Calibration().skip(0.0).skip(0.0).skip(0.0).measured[1:],
        )
    ),
    "two check": Calibration(players=2, measured=WELL[:4]),
    "two checked": Calibration(players=2, measured=BADLY),
}
VIEWS = {
    "title": one(Phase.READY),
    "rock": one(Phase.COUNTDOWN, commitment=SEALED),
    "scissors": one(Phase.COUNTDOWN, time=1.4, commitment=SEALED),
    "shoot": one(Phase.WINDOW, commitment=SEALED),
    "win": one(Phase.REVEAL, rounds=(DRAWN, WON), confidences=(0.97,), commitment=SEALED),
    "lose": one(Phase.REVEAL, rounds=(LOST,), confidences=(0.61,)),
    "draw": one(Phase.REVEAL, rounds=(WON, DRAWN), confidences=(1.0,)),
    **{reason.value: one(Phase.REPEAT, commitment=SEALED, reason=reason) for reason in Reason},
    "between": one(Phase.READY, rounds=(WON,)),
    "won": one(Phase.OVER, rounds=(LOST, DRAWN, WON, WON), ending=Ending.DECIDED),
    "lost": one(Phase.OVER, rounds=(LOST, LOST), ending=Ending.DECIDED),
    "long": one(Phase.OVER, rules=MANY, rounds=(WON, LOST) * 49 + (WON,), ending=Ending.DECIDED),
    "nothing seen": one(Phase.OVER, ending=Ending.NOTHING_SEEN),
    "stopped": one(Phase.OVER, ending=Ending.QUIT),
    "many": one(Phase.COUNTDOWN, rules=MANY, rounds=(WON,) * 40, commitment=SEALED),
    "fist": one(Phase.READY, trigger=HandTrigger(since=-0.3)),
    "learns": one(Phase.READY, more={"opponent": "adaptive"}),
    "demo": one(Phase.READY, more={"hint": ENGLISH.start_demo, "fists": False}),
    "no more": one(Phase.OVER, ending=Ending.QUIT, more={"more": False, "fists": False}),
    "keys": one(Phase.OVER, ending=Ending.QUIT, more={"fists": False}),
    "help": one(Phase.READY, more={"help": True}),
    "details": one(Phase.COUNTDOWN, commitment=SEALED, more=MEASURED),
    "note": one(Phase.READY, more={"note": ENGLISH.saved.format(path="/home/anna/" + "x" * 60)}),
    "camera": one(Phase.READY, more={"lost": 7.0}),
    "stream": one(Phase.READY, more={"lost": 7.0, "kind": "stream"}),
    "video ended": one(Phase.OVER, ending=Ending.SOURCE_ENDED, more={"kind": "video"}),
    "images ended": one(Phase.OVER, ending=Ending.SOURCE_ENDED, more={"kind": "images"}),
    "two": two(Phase.READY),
    "survival": one(
        Phase.COUNTDOWN,
        rules=SURVIVAL,
        rounds=(WON, WON),
        commitment=SEALED,
        more={"players": ANNA},
    ),
    "survival title": one(Phase.READY, rules=SURVIVAL, more={"opponent": "adaptive"}),
    "survived": one(
        Phase.OVER,
        rules=SURVIVAL,
        rounds=(WON, WON, WON, DRAWN, LOST),
        ending=Ending.DECIDED,
        more={"players": ANNA, "standing": SURVIVED},
    ),
    "record": one(
        Phase.OVER,
        rules=SURVIVAL,
        rounds=(WON, WON, WON, LOST),
        ending=Ending.DECIDED,
        more={"standing": replace(SURVIVED, records=(LATEST,), habits=(), new_record=True)},
    ),
    "timed": one(
        Phase.COUNTDOWN, 0.5, rules=TIMED, rounds=(WON, LOST), commitment=SEALED, started=0.0
    ),
    "timed title": one(Phase.READY, rules=TIMED),
    "timed over": one(
        Phase.OVER,
        rules=TIMED,
        rounds=(WON, LOST) * 6,
        ending=Ending.DECIDED,
        more={"standing": Standing(Score(3, 2), SURVIVED.records, LATEST, verified=12)},
    ),
    "timed record": one(
        Phase.OVER,
        rules=TIMED,
        rounds=(WON, LOST, WON, WON, LOST),
        ending=Ending.DECIDED,
        more={"standing": TIMED_RECORD},
    ),
    "timed record lost": one(
        Phase.OVER,
        rules=TIMED,
        rounds=(WON, LOST, WON, WON, *(LOST,) * 3),
        ending=Ending.DECIDED,
        more={"standing": TIMED_RECORD},
    ),
    "learned": one(
        Phase.OVER,
        rounds=(LOST, DRAWN, WON, WON),
        ending=Ending.DECIDED,
        more={"standing": Standing(Score(12, 11), habits=HABITS, verified=4)},
    ),
    "one round": one(
        Phase.OVER,
        rules=Rules(best_of=1),
        rounds=(WON,),
        ending=Ending.DECIDED,
        more={"standing": Standing(verified=1), "players": ANNA},
    ),
    "details over": one(
        Phase.OVER,
        rounds=(LOST, DRAWN, WON, WON),
        ending=Ending.DECIDED,
        more=MEASURED | {"standing": Standing(habits=HABITS, verified=4)},
    ),
    "opened": one(
        Phase.REVEAL, rounds=(WON,), confidences=(0.97,), commitment=SEALED, more=MEASURED
    ),
    "named win": two(Phase.REVEAL, rounds=(LOST,), confidences=(0.9, 0.8), more={"players": BOTH}),
    "named once more": two(
        Phase.REPEAT, reason=Reason.UNSURE, side=Side.RIGHT, more={"players": BOTH}
    ),
    "named won": two(
        Phase.OVER, rounds=(LOST, WON, WON), ending=Ending.DECIDED, more={"players": BOTH}
    ),
    "two rock": two(Phase.COUNTDOWN),
    "two win": two(Phase.REVEAL, rounds=(WON,), confidences=(0.9, 0.8)),
    "two lose": two(Phase.REVEAL, rounds=(LOST,), confidences=(0.9, 0.8)),
    "two once more": two(Phase.REPEAT, reason=Reason.UNSURE, side=Side.RIGHT),
    "two details": two(Phase.COUNTDOWN, more=MEASURED),
    "two won": two(Phase.OVER, rounds=(LOST, DRAWN, WON, WON), ending=Ending.DECIDED),
    "two lost": two(Phase.OVER, rounds=(LOST, LOST), ending=Ending.DECIDED),
}
VIEWS |= {
    name: (two if name.startswith("two") else one)(
        Phase.READY,
        more={"calibration": calibration, "players": BOTH if name == "two checked" else ()},
    )
    for name, calibration in CHECKS.items()
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``view_name`` with every view."""
    if "view_name" in metafunc.fixturenames:
        metafunc.parametrize("view_name", VIEWS)


@pytest.fixture(scope="session")
def views() -> dict[str, View]:
    """All views by name, one for each kind of screen."""
    return VIEWS


@pytest.fixture(scope="session")
def recognized() -> Callable[..., RecognizedFrame]:
    """Makes a frame in which every hand shows paper, or nothing that was classified."""

    def make(
        image: Image,
        two_players: bool = False,
        live: bool = True,
        swapped: bool = False,
        seen: Mapping[str, float] = SEEN,
    ) -> RecognizedFrame:
        regions: tuple[Region, ...] = (central_region(image.shape, live),)
        if two_players:
            regions = half_regions(image.shape, swapped)
        return RecognizedFrame(image, tuple(RecognizedHand(region, seen) for region in regions))

    return make


@pytest.fixture(scope="session")
def compose(recognized: Callable[..., RecognizedFrame]) -> Callable[..., Image]:
    """Draws a screen with an image as the latest frame; options as for ``recognized``."""

    def draw(image: Image, view: View, size: tuple[int, int], **options: Any) -> Image:
        frame = recognized(image, view.state.rules.two_players, **options)
        return compose_screen(frame, view, size)

    return draw


@pytest.fixture(scope="session")
def frame() -> Image:
    """A frame whose left half is dark and right half bright."""
    image = np.full((90, 120, 3), 40, np.uint8)
    image[:, 60:] = 200
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def mask_of() -> Callable[..., np.ndarray]:
    """Finds the pixels of an image that have a colour, approximately."""

    def find(image: Image, colour: tuple[int, int, int]) -> np.ndarray:
        return np.abs(image.astype(int) - colour).max(axis=2) <= 12

    return find


class Written(NamedTuple):
    """A line of text; ``pixels`` is the screen or card that it is written on."""

    words: str
    left: float
    right: float
    middle: float
    size: int
    pixels: Image


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Written]]:
    """Every text that is drawn, in order."""
    texts: list[Written] = []

    def spy(pixels, words, where, colour, font, size, weight):
        width = text_width(words, size, weight)
        texts.append(
            Written(words, where[0], where[0] + width, where[1] - 0.36 * size, size, pixels)
        )
        return cv2.putText(pixels, words, where, colour, font, size, weight)

    # Only what canvases draw: fonts are examined with cv2.putText as well.
    spied = SimpleNamespace(**vars(cv2) | {"putText": spy})
    monkeypatch.setattr("rps_game.ui.canvas.cv2", spied)
    return texts


@pytest.fixture
def x_display() -> Iterator[str]:
    """A virtual screen without a desktop; the window under the pointer receives the keys."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool") and shutil.which("xprop")):
        pytest.skip("needs Xvfb, xdotool and xprop")
    reading, writing = os.pipe()
    screen = ["-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    command = ["Xvfb", "-displayfd", str(writing), *screen]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        display = f":{number.readline().strip()}"
    yield display
    server.terminate()
    server.wait()
