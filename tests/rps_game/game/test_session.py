"""Whole matches: from films of plain colours, the drawn player, and windows that press keys."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

import rps_game.game.session as session_module
from rps_game.game.opponents import RandomOpponent, entropy
from rps_game.game.session import Session, SessionConfig
from rps_game.game.video_recorder import VideoRecorder
from rps_game.gestures import Gesture
from rps_game.match import Round
from rps_game.match.events import Ending
from rps_game.match.rules import LIVE, RECORDED, Rules, Timing
from rps_game.match.state import Phase
from rps_game.sources.base import RECONNECT_SECONDS, Frame, SourceError
from rps_game.sources.demo import DemoSource
from rps_game.sources.recorded import RecordedSource
from rps_game.ui.cards import predraw_hands
from rps_game.ui.display import Key
from rps_game.ui.translations import load_texts

LABELS = ("rock", "paper", "scissors", "none")
COLOURS = {"rock": (200, 0, 0), "paper": (0, 200, 0), "scissors": (0, 0, 200), "none": (0, 0, 0)}


def plain(gesture, size=(24, 32)):
    return np.full((*size, 3), COLOURS[gesture], np.uint8)


class ColourReader:
    """Knows the gestures by their colours, and how often it was asked."""

    labels = LABELS

    def __init__(self):
        self.asked = 0

    def probabilities(self, images):
        self.asked += len(images)
        rows = np.full((len(images), 4), 0.02, np.float32)
        for row, image in zip(rows, images, strict=True):
            means = image.mean(axis=(0, 1))
            row[3 if means.max() < 50 else int(means.argmax())] = 0.94
        return rows


class Always:
    """An opponent with one move."""

    name = "always"

    def __init__(self, move="rock"):
        self.move = Gesture(move)

    def choose(self, rounds):
        return self.move


class Player:
    """A display that presses keys: ``keys`` maps the number of the picture to a key."""

    def __init__(self, keys, last=400):
        self.keys = keys
        self.pictures = []
        self.last = last
        self.full = False

    def size(self, frame):
        return 160, 120

    def toggle_full_screen(self):
        self.full = not self.full

    def show(self, picture):
        assert picture.shape == (120, 160, 3)
        self.pictures.append(picture)
        assert len(self.pictures) <= self.last, "nobody pressed q"
        return self.keys.get(len(self.pictures), Key.NONE)

    def close(self):
        pass


class Camera:
    """A live source whose time runs by a script: pairs of gesture (or None for stale), time."""

    name, live, mirror, trouble = "camera", True, True, None

    def __init__(self, frames):
        self.frames = iter(frames)
        self.image = plain("none")

    def read(self):
        gesture, moment = next(self.frames, (None, None))
        if moment is None:
            return None
        if gesture is not None:
            self.image = plain(gesture)
        return Frame(self.image, moment, fresh=gesture is not None)

    def follow(self, state):
        pass

    def close(self):
        pass


def film(gestures, rate=30):
    """One gesture a second."""
    pictures = (
        (plain(gesture), n + i / rate) for n, gesture in enumerate(gestures) for i in range(rate)
    )
    return RecordedSource("film", pictures)


def sit(source, opponent=None, display=None, rules=None, reader=None, **more):
    """Play; returns the session and its events."""
    events = []
    table = SessionConfig(
        source=source,
        reader=reader or ColourReader(),
        opponent=None if rules and rules.two_players else opponent or Always(),
        rng=entropy(1, "nonce"),
        rules=rules or Rules(timing=RECORDED),
        texts=load_texts(),
        report=events.append,
        display=display,
        **more,
    )
    session = Session(table)
    session.play()
    return session, events


def of_kind(events, kind):
    return [event for event in events if event.kind == kind]


@pytest.mark.parametrize("rate", [1, 7, 30])
def test_a_film_of_one_hand_a_second(rate):
    shown = ["rock", "scissors", "none", "rock", "paper", "scissors", "paper", "rock"]
    session, events = sit(film(shown, rate), rules=Rules(best_of=5, timing=RECORDED))
    moves = {int(event.time): event.gesture for event in of_kind(events, "move_seen")}
    # Rock ties, scissors lose, (nothing), rock ties, paper wins, scissors lose, paper, rock...
    assert moves == {n: shown[n] for n in range(7 + 1) if shown[n] != "none"}
    (again,) = of_kind(events, "repeated")
    assert (int(again.time), again.reason) == (2, "no_hand")
    assert session.state.ending is Ending.SOURCE_ENDED
    assert events[-1].score.player == events[-1].score.computer == 2


def test_a_match_ends_with_the_majority():
    session, events = sit(film(["paper"] * 9))
    assert session.state.ending is Ending.DECIDED
    assert events[-1].kind == "match_over"
    assert events[-1].time == pytest.approx(1.8)
    assert (events[0].kind, events[0].source, events[0].opponent) == (
        "match_started",
        "film",
        "always",
    )


def test_the_last_second_of_a_film_counts():
    # The film ends before the window closes; what was seen of it is enough.
    pictures = [(plain("paper"), n / 30) for n in range(20)]
    session, _ = sit(RecordedSource("f", pictures), rules=Rules(best_of=1, timing=RECORDED))
    assert session.state.ending is Ending.DECIDED


def test_a_film_too_short():
    session, events = sit(film(["paper"]))
    assert session.state.ending is Ending.SOURCE_ENDED
    assert (events[-1].complete, events[-1].winner) == (False, None)
    assert events[-1].score.player == 1


def test_each_picture_is_looked_at_once_and_only_where_it_counts():
    reader = ColourReader()
    sit(film(["paper"] * 2, rate=1), reader=reader)
    assert reader.asked == 2
    reader = ColourReader()
    sit(film(["paper"] * 2, rate=30), reader=reader)
    assert reader.asked == 24  # 0.4 s of each second


def test_the_computer_chooses_before_a_frame_is_looked_at():
    order = []

    class Watched(Always):
        def choose(self, rounds):
            order.append("choose")
            return super().choose(rounds)

    class Watching(ColourReader):
        def probabilities(self, images):
            order.append("look")
            return super().probabilities(images)

    sit(film(["paper", "paper"], rate=5), Watched(), reader=Watching())
    assert order == ["choose", "look", "look", "choose", "look", "look"]


def test_the_same_film_gives_the_same_match():
    def lines():
        opponent = RandomOpponent(entropy(4, "opponent"))
        return sit(film(["paper", "rock", "scissors"] * 4), opponent)[1]

    assert lines() == lines()


def test_demo_headless_is_read_as_shown_without_waiting(monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    source = DemoSource(3)

    class Truth:
        labels = LABELS

        def probabilities(self, images):
            row = [0.9 if label == source.shown[-1] else 0.03 for label in LABELS]
            return np.array([row], np.float32)

    opponent = RandomOpponent(entropy(3, "opponent"))
    # The truth is told even while the fist is still shaken: that is not too early.
    rules = Rules(timing=replace(LIVE, watch=0))
    session, events = sit(source, opponent, rules=rules, reader=Truth())
    assert session.state.ending is Ending.DECIDED
    assert [event.gesture for event in of_kind(events, "move_seen")] == source.shown
    assert events[-1].time > LIVE.round
    assert not waits


def test_demo_in_a_window_starts_by_itself(monkeypatch):
    hand = np.zeros((600, 600, 4), np.uint8)  # drawing takes long, and time counts here
    monkeypatch.setattr("rps_game.sources.demo.draw_hand", lambda *args: hand)
    predraw_hands()
    quick = Rules(best_of=1, timing=Timing(0.1, 0.0, 0.1, 0.1))
    display = Player({15: Key.QUIT})
    _, events = sit(DemoSource(1), display=display, rules=quick, autostart=0.3)
    assert of_kind(events, "round_started")[0].time == pytest.approx(0.3, abs=0.04)


def script(*parts, rate=10):
    """Frames for a camera: (gesture, seconds) one after the other."""
    moment, frames = 0.0, []
    for gesture, seconds in parts:
        for _ in range(round(seconds * rate)):
            frames.append((gesture, moment))
            moment += 1 / rate
    return frames


def test_a_window_waits_for_the_player():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    camera = Camera(script(("paper", 4)))
    keys = {10: Key.NEXT, 30: Key.QUIT}
    session, events = sit(camera, display=Player(keys), rules=rules, autostart=None)
    assert of_kind(events, "round_started")[0].time == pytest.approx(0.9)
    assert session.state.phase is Phase.OVER
    assert session.state.ending is Ending.DECIDED
    assert [event.kind for event in events].count("match_over") == 1


def test_play_again_and_leave():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    camera = Camera(script(("paper", 6)))
    keys = {1: Key.NEXT, 25: Key.NEXT, 30: Key.QUIT}
    session, events = sit(camera, display=Player(keys), rules=rules, autostart=None)
    kinds = [event.kind for event in events]
    assert kinds.count("match_started") == 2
    assert session.state.ending is Ending.QUIT
    assert session.state.rounds == ()
    assert kinds[-1] == "match_over"
    assert not events[-1].complete


def test_space_skips_a_pause():
    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 50))
    camera = Camera(script(("paper", 6)))
    keys = {1: Key.NEXT, 15: Key.NEXT, 40: Key.NEXT, 50: Key.QUIT}
    session, events = sit(camera, display=Player(keys), rules=rules, autostart=None)
    starts = [event.time for event in of_kind(events, "round_started")]
    assert starts == pytest.approx([0.0, 1.4], abs=0.11)
    assert session.state.ending is Ending.DECIDED
    assert session.state.phase is Phase.OVER


def test_a_fist_held_up_starts_and_another_plays_again():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    # No hand, a fist for more than a second, a move; it stays, leaves, and a fist comes again.
    parts = [("none", 1), ("rock", 1.4), ("paper", 2), ("none", 0.5), ("rock", 1.3), ("paper", 2)]
    camera = Camera(script(*parts))
    player = Player({78: Key.QUIT})
    _, events = sit(camera, display=player, rules=rules, autostart=None)
    starts = [event.time for event in of_kind(events, "round_started")]
    assert starts == pytest.approx([2.0, 5.9], abs=0.11)
    assert of_kind(events, "move_seen")[0].gesture is Gesture.PAPER


def test_only_the_middle_of_a_camera_counts():
    class Wide(Camera):
        def read(self):
            frame = super().read()
            if frame is None:
                return None
            sides = np.full((24, 12, 3), COLOURS["scissors"], np.uint8)
            image = np.hstack([sides, frame.image[:, 4:28], sides])
            return Frame(image, frame.time, frame.fresh)

    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    _, events = sit(Wide(script(("paper", 3))), rules=rules)
    assert of_kind(events, "move_seen")[0].gesture is Gesture.PAPER


@pytest.mark.parametrize(("mirror", "outcome"), [(False, "win"), (True, "lose")])
def test_two_players_have_a_half_each(mirror, outcome):
    pair = np.hstack([plain("paper"), plain("rock")])
    source = RecordedSource("film", ((pair, n / 10) for n in range(20)))
    source.mirror = mirror
    rules = Rules(best_of=1, timing=RECORDED, two_players=True)
    reader = ColourReader()
    asked = []
    read = reader.probabilities
    reader.probabilities = lambda images: asked.append(len(images)) or read(images)
    session, events = sit(source, rules=rules, reader=reader)
    assert session.state.ending is Ending.DECIDED
    assert [event.side for event in of_kind(events, "move_seen")] == ["left", "right"]
    assert of_kind(events, "result")[0].outcome == outcome
    assert set(asked) == {2}  # both hands in one batch
    assert not of_kind(events, "reveal")


def test_earlier_rounds_are_known_to_the_opponent():
    known = []

    class Curious(Always):
        def choose(self, rounds):
            known.append([played.player.value for played in rounds])
            return super().choose(rounds)

    past = (Round(Gesture.SCISSORS, Gesture.ROCK),)
    sit(film(["paper", "rock", "paper"]), Curious(), past=past)
    assert known == [["scissors"], ["scissors", "paper"], ["scissors", "paper", "rock"]]


def test_restart():
    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.5))
    camera = Camera(script(("paper", 6)))
    keys = {1: Key.NEXT, 12: Key.RESTART, 14: Key.RESTART, 30: Key.NEXT, 40: Key.QUIT}
    session, events = sit(camera, display=Player(keys), rules=rules, autostart=None)
    overs = of_kind(events, "match_over")
    assert [event.ending for event in overs] == [Ending.RESTARTED, Ending.QUIT]
    assert overs[0].score.player == 1
    # The second press found a match that had not begun; then the title waited for a key.
    assert [event.time for event in of_kind(events, "round_started")] == pytest.approx([0, 2.9])
    assert len(session.state.rounds) == 1


def test_switches_of_the_screen(monkeypatch, tmp_path):
    views = []

    def spy(frame, view, size):
        views.append(view)
        return np.zeros((size[1], size[0], 3), np.uint8)

    monkeypatch.setattr("rps_game.game.session.compose", spy)
    monkeypatch.setattr("rps_game.ui.screenshots.screenshot_folder", lambda: tmp_path)
    keys = {2: Key.MIRROR, 3: Key.DETAILS, 4: Key.HELP, 5: Key.HELP, 6: Key.SCREENSHOT}
    keys |= {7: Key.FULL_SCREEN, 9: Key.QUIT}
    display = Player(keys)
    _, events = sit(Camera(script(("rock", 3))), display=display, autostart=None)
    assert [view.mirror for view in views[:4]] == [True, True, False, False]
    assert [view.details is not None for view in views[1:5]] == [False, False, True, True]
    assert views[4].details.source == "camera"
    assert views[8].details.fps == pytest.approx(10)
    assert [view.help for view in views[3:6]] == [False, True, False]
    (file,) = tmp_path.iterdir()
    assert views[6].note == f"saved {file}"
    assert display.full
    assert [event.kind for event in events] == ["match_started", "match_over"]


def test_help_holds_the_next_round():
    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.1))
    player = Player({5: Key.HELP, 30: Key.HELP, 34: Key.QUIT})
    _, events = sit(Camera(script(("paper", 5))), display=player, rules=rules)
    # The first round is played to its end; the second comes when the help has been read.
    assert [event.time for event in of_kind(events, "round_started")] == pytest.approx([0.0, 3.0])


def test_a_lost_camera_is_told_and_begins_no_round(monkeypatch):
    shown = []
    real = session_module.compose

    def spy(frame, view, size):
        shown.append(view.lost)
        return real(frame, view, size)

    monkeypatch.setattr("rps_game.game.session.compose", spy)

    class Unplugged(Camera):
        def read(self):
            frame = super().read()
            if frame is not None:
                self.trouble = "gone" if 1.0 <= frame.time < 3.0 else None
            return frame

    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.1))
    frames = script(("paper", 1.0), (None, 2.0), ("paper", 2.0))
    player = Player({49: Key.QUIT})
    session, events = sit(Unplugged(frames), display=player, rules=rules, autostart=0.0)
    assert shown[0] is None
    assert shown[15] == pytest.approx(RECONNECT_SECONDS - 0.5, abs=0.11)
    assert shown[32] is None
    starts = [event.time for event in of_kind(events, "round_started")]
    assert not [time for time in starts if 1.05 < time < 2.99]
    assert session.state.score.player >= 2


def test_a_film_is_made_of_a_match(tmp_path):
    path = tmp_path / "match.avi"
    movie = VideoRecorder(path, (160, 120))
    session, events = sit(film(["paper"] * 3, rate=10), film=movie)
    movie.close()
    assert session.state.ending is Ending.DECIDED
    capture = cv2.VideoCapture(str(path))
    seconds = capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS)
    # As long as the match, and then the last round and the end are shown for a while.
    assert seconds == pytest.approx(events[-1].time + 4.5, abs=0.2)


def test_stale_pictures_do_not_vote():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.0, 0.4, 0.2))
    frames = script(("rock", 0.3), (None, 0.5), ("paper", 2))
    _, events = sit(Camera(frames), rules=rules)
    assert events[2].kind == "repeated"
    assert events[2].reason == "no_frames"
    assert of_kind(events, "move_seen")[0].gesture is Gesture.PAPER


def test_the_end_of_a_film_stays_on_screen(monkeypatch):
    monkeypatch.setattr("rps_game.game.session._REST", 0.0)
    quick = Rules(best_of=1, timing=Timing(0.1, 0.0, 0.1, 0.1))
    display = Player({30: Key.NEXT, 31: Key.QUIT})
    pictures = [(plain("paper"), n / 50) for n in range(12)]
    session, events = sit(RecordedSource("f", pictures), display=display, rules=quick)
    assert session.state.ending is Ending.DECIDED
    assert len(display.pictures) == 30  # nothing is left for another match
    assert [event.kind for event in events].count("match_started") == 1


def test_a_film_in_a_window_takes_its_time():
    display = Player({})
    began = time.monotonic()
    sit(film(["paper"], rate=10), display=display)
    assert 0.8 < time.monotonic() - began < 5
    assert len(display.pictures) == 20


def test_a_source_that_breaks():
    class Broken(Camera):
        def read(self):
            return super().read() if self.image is None else self.fail()

        def fail(self):
            raise SourceError("camera 0 stopped sending pictures")

    session, events = sit(Broken([]))
    assert session.trouble == "camera 0 stopped sending pictures"
    assert session.state.ending is Ending.SOURCE_FAILED
    assert events[-1].kind == "match_over"


def test_ctrl_c():
    class Interrupted(Camera):
        def read(self):
            raise KeyboardInterrupt

    session, events = sit(Interrupted([]))
    assert session.state.ending is Ending.INTERRUPTED
    assert events[-1].ending is Ending.INTERRUPTED
