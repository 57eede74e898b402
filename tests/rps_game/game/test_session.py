"""Whole matches: on videos of plain colours, with the animated player, in windows with keys."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from rps_game.calibration.report import report
from rps_game.game.calibrator import Calibrator
from rps_game.game.cameras.dialogs import CameraDialogs
from rps_game.game.effects import Effects
from rps_game.game.opponents import RandomOpponent, entropy
from rps_game.game.series import Series
from rps_game.game.session import Session
from rps_game.game.session_config import SessionConfig
from rps_game.game.video_recorder import VideoRecorder
from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.match.events import Ending, PlayerHabit, Tendency
from rps_game.match.rules import LIVE, RECORDED, Mode, Rules, Timing
from rps_game.match.score import Record, Score
from rps_game.match.state import Phase
from rps_game.sound.speaker import Status
from rps_game.sources.base import RECONNECT_SECONDS, Frame, SourceError
from rps_game.sources.demo import DemoSource
from rps_game.sources.pacer import Pacer
from rps_game.sources.previews import Preview
from rps_game.sources.recorded import RecordedSource
from rps_game.sources.switchable import SwitchableSource
from rps_game.ui.cards import predraw_hands
from rps_game.ui.celebration.scene import LENGTH
from rps_game.ui.compose import compose
from rps_game.ui.display import Key
from rps_game.ui.translations import load_texts

LABELS = ("rock", "paper", "scissors", "none")
COLOURS = {"rock": (200, 0, 0), "paper": (0, 200, 0), "scissors": (0, 0, 200), "none": (0, 0, 0)}


def plain(gesture, size=(24, 32)):
    return np.full((*size, 3), COLOURS[gesture], np.uint8)


class ColourModel:
    """Recognizes gestures by their colours and counts the images that it has classified."""

    labels, two_looks = LABELS, None

    def __init__(self):
        self.count = 0

    def probabilities(self, images):
        self.count += len(images)
        rows = np.full((len(images), 4), 0.02, np.float32)
        for row, image in zip(rows, images, strict=True):
            means = image.mean(axis=(0, 1))
            row[3 if means.max() < 50 else int(means.argmax())] = 0.94
        return rows


class Always:
    """An opponent that always plays the same move."""

    name = "always"

    def __init__(self, move="rock"):
        self.move = Gesture(move)

    def choose(self, rounds):
        return self.move


class Player:
    """A display and a player: ``keys`` maps the number of a screen to the key pressed on it."""

    def __init__(self, keys, last=400):
        self.keys = keys
        self.screens = []
        self.last = last
        self.full = False

    def size(self, frame):
        return 160, 120

    def toggle_full_screen(self):
        self.full = not self.full

    def show(self, screen):
        assert screen.shape == (120, 160, 3)
        self.screens.append(screen)
        assert len(self.screens) <= self.last, "nobody pressed q"
        return self.keys.get(len(self.screens), Key.NONE)

    def close(self):
        pass


class Camera:
    """A live source that follows a script of gestures (None: no new frame) and times."""

    name, live, mirror, seconds_without_frame = "camera", True, True, None

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

    def close(self):
        pass


def video(gestures, fps=30):
    """One gesture per second."""
    images = (
        (plain(gesture), n + i / fps) for n, gesture in enumerate(gestures) for i in range(fps)
    )
    return RecordedSource("video", images)


def fast():
    """A pacer that does not wait."""
    return Pacer(sleep=lambda seconds: None)


def play(source, opponent=None, display=None, rules=None, model=None, pacer=None, **more):
    """Play; returns the session and its events."""
    events = []
    more = {"report": events.append} | more
    config = SessionConfig(
        source=source,
        model=model or ColourModel(),
        opponent=None if rules and rules.two_players else opponent or Always(),
        rng=entropy(1, "nonce"),
        rules=rules or Rules(timing=RECORDED),
        texts=load_texts(),
        display=display,
        **more,
    )
    session = Session(config, pacer or fast())
    session.play()
    return session, events


def of_kind(events, kind):
    return [event for event in events if event.kind == kind]


@pytest.mark.parametrize("fps", [1, 7, 30])
def test_a_video_of_one_hand_per_second(fps):
    shown = ["rock", "scissors", "none", "rock", "paper", "scissors", "paper", "rock"]
    session, events = play(video(shown, fps), rules=Rules(best_of=5, timing=RECORDED))
    moves = {int(event.time): event.gesture for event in of_kind(events, "move_seen")}
    # Rock ties, scissors lose, (nothing), rock ties, paper wins, scissors lose, paper, rock...
    assert moves == {n: shown[n] for n in range(7 + 1) if shown[n] != "none"}
    (again,) = of_kind(events, "repeated")
    assert (int(again.time), again.reason) == (2, "no_hand")
    assert session.state.ending is Ending.SOURCE_ENDED
    assert events[-1].score.left == events[-1].score.right == 2


def test_a_match_ends_with_the_majority():
    session, events = play(video(["paper"] * 9))
    assert session.state.ending is Ending.DECIDED
    assert events[-1].kind == "match_over"
    assert events[-1].time == pytest.approx(1.8)
    assert (events[0].kind, events[0].source, events[0].opponent) == (
        "match_started",
        "video",
        "always",
    )


def test_the_last_second_of_a_video_counts():
    # The video ends before the window closes; the frames in it are enough.
    images = [(plain("paper"), n / 30) for n in range(20)]
    session, _ = play(RecordedSource("f", images), rules=Rules(best_of=1, timing=RECORDED))
    assert session.state.ending is Ending.DECIDED


def test_a_video_that_is_too_short():
    session, events = play(video(["paper"]))
    assert session.state.ending is Ending.SOURCE_ENDED
    assert (events[-1].complete, events[-1].winner) == (False, None)
    assert events[-1].score.left == 1


def test_each_image_is_classified_once_and_only_where_it_counts():
    model = ColourModel()
    play(video(["paper"] * 2, fps=1), model=model)
    assert model.count == 2
    model = ColourModel()
    play(video(["paper"] * 2, fps=30), model=model)
    assert model.count == 24  # 0.4 s of each second


def test_the_computer_chooses_before_a_frame_is_classified():
    order = []

    class Watched(Always):
        def choose(self, rounds):
            order.append("choose")
            return super().choose(rounds)

    class Watching(ColourModel):
        def probabilities(self, images):
            order.append("classify")
            return super().probabilities(images)

    play(video(["paper", "paper"], fps=5), Watched(), model=Watching())
    assert order == ["choose", "classify", "classify"] * 2


def test_the_same_video_gives_the_same_match():
    def events():
        opponent = RandomOpponent(entropy(4, "opponent"))
        return play(video(["paper", "rock", "scissors"] * 4), opponent)[1]

    assert events() == events()


def rough_hand(gesture, look, size, openness):
    """Stands in for ``draw_hand``, which is slow; the appearance does not matter here."""
    return np.full((size, size, 4), MOVES.index(gesture), np.uint8)


def test_the_demo_is_recognized_as_shown_without_waiting():
    waits = []
    source = DemoSource(3, fps=10, draw=rough_hand)

    class Truth:
        labels, two_looks = LABELS, None

        def probabilities(self, images):
            row = [0.9 if label == source.shown[-1] else 0.03 for label in LABELS]
            return np.array([row], np.float32)

    opponent = RandomOpponent(entropy(3, "opponent"))
    # The model knows the move even while the fist is shaken: that must not count as too early.
    session, events = play(
        source,
        opponent,
        rules=Rules(timing=replace(LIVE, watch=0)),
        model=Truth(),
        pacer=Pacer(sleep=waits.append),
        on_state=source.follow,
    )
    assert session.state.ending is Ending.DECIDED
    assert [event.gesture for event in of_kind(events, "move_seen")] == source.shown
    assert events[-1].time > LIVE.round
    assert not waits


def test_the_demo_in_a_window_starts_automatically():
    predraw_hands()
    quick = Rules(best_of=1, timing=Timing(0.1, 0.0, 0.1, 0.1))
    display, source = Player({6: Key.QUIT}), DemoSource(1, fps=10, draw=rough_hand)
    _, events = play(source, display=display, rules=quick, autostart=0.3, on_state=source.follow)
    assert of_kind(events, "round_started")[0].time == pytest.approx(0.3, abs=0.11)


def script(*parts, rate=10):
    """Frames for a camera that shows each gesture for some seconds."""
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
    session, events = play(camera, display=Player(keys), rules=rules, autostart=None)
    assert of_kind(events, "round_started")[0].time == pytest.approx(0.9)
    assert session.state.phase is Phase.OVER
    assert session.state.ending is Ending.DECIDED
    assert [event.kind for event in events].count("match_over") == 1


def test_play_again_and_quit():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    camera = Camera(script(("paper", 6)))
    keys = {1: Key.NEXT, 25: Key.NEXT, 30: Key.QUIT}
    session, events = play(camera, display=Player(keys), rules=rules, autostart=None)
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
    session, events = play(camera, display=Player(keys), rules=rules, autostart=None)
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
    _, events = play(camera, display=player, rules=rules, autostart=None)
    starts = [event.time for event in of_kind(events, "round_started")]
    assert starts == pytest.approx([2.0, 5.9], abs=0.11)
    assert of_kind(events, "move_seen")[0].gesture is Gesture.PAPER


def test_a_fist_starts_nothing_while_help_is_shown():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    parts = [("none", 1), ("rock", 1.4), ("paper", 2), ("none", 0.5), ("rock", 3), ("paper", 2)]
    player = Player({50: Key.HELP, 70: Key.HELP, 90: Key.QUIT})
    _, events = play(Camera(script(*parts)), display=player, rules=rules, autostart=None)
    # The first match is over when the help is opened, and the second starts when it is closed.
    starts = [event.time for event in of_kind(events, "round_started")]
    assert starts[:2] == pytest.approx([2.0, 7.0], abs=0.11)


def test_only_the_middle_of_a_camera_frame_counts():
    class Wide(Camera):
        def read(self):
            frame = super().read()
            if frame is None:
                return None
            sides = np.full((24, 12, 3), COLOURS["scissors"], np.uint8)
            image = np.hstack([sides, frame.image[:, 4:28], sides])
            return Frame(image, frame.time, frame.fresh)

    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    _, events = play(Wide(script(("paper", 3))), rules=rules)
    assert of_kind(events, "move_seen")[0].gesture is Gesture.PAPER


@pytest.mark.parametrize(("mirror", "outcome"), [(False, "win"), (True, "lose")])
def test_two_players_have_a_half_each(mirror, outcome):
    pair = np.hstack([plain("paper"), plain("rock")])
    source = RecordedSource("video", ((pair, n / 10) for n in range(20)))
    source.mirror = mirror
    rules = Rules(best_of=1, timing=RECORDED, two_players=True)
    batches = []

    class Watched(ColourModel):
        def probabilities(self, images):
            batches.append(len(images))
            return super().probabilities(images)

    session, events = play(source, rules=rules, model=Watched())
    assert session.state.ending is Ending.DECIDED
    assert [event.side for event in of_kind(events, "move_seen")] == ["left", "right"]
    assert of_kind(events, "result")[0].outcome == outcome
    assert set(batches) == {2}  # both hands in one batch
    assert not of_kind(events, "reveal")


def test_earlier_rounds_are_known_to_the_opponent():
    known = []

    class Curious(Always):
        def choose(self, rounds):
            known.append([played.left.value for played in rounds])
            return super().choose(rounds)

    past = (Round(Gesture.SCISSORS, Gesture.ROCK),)
    play(
        video(["paper", "rock", "paper"]),
        Curious(),
        series=Series(Rules(timing=RECORDED), past=past),
    )
    assert known == [["scissors"], ["scissors", "paper"], ["scissors", "paper", "rock"]]


def test_restart():
    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.5))
    camera = Camera(script(("paper", 6)))
    keys = {1: Key.NEXT, 12: Key.RESTART, 14: Key.RESTART, 30: Key.NEXT, 40: Key.QUIT}
    session, events = play(camera, display=Player(keys), rules=rules, autostart=None)
    overs = of_kind(events, "match_over")
    assert [event.ending for event in overs] == [Ending.RESTARTED, Ending.QUIT]
    assert overs[0].score.left == 1
    # At the second press no match had begun; after it the title waited for a key.
    assert [event.time for event in of_kind(events, "round_started")] == pytest.approx([0, 2.9])
    assert len(session.state.rounds) == 1


def test_the_switches_of_the_screen(monkeypatch, tmp_path):
    views = []

    def spy(frame, view, size):
        views.append(view)
        return np.zeros((size[1], size[0], 3), np.uint8)

    monkeypatch.setattr("rps_game.game.session.compose", spy)
    monkeypatch.setattr("rps_game.ui.screenshots.screenshot_folder", lambda: tmp_path)
    keys = {2: Key.MIRROR, 3: Key.DETAILS, 4: Key.HELP, 5: Key.HELP, 6: Key.SCREENSHOT}
    keys |= {7: Key.FULL_SCREEN, 9: Key.QUIT}
    display = Player(keys)
    _, events = play(Camera(script(("rock", 3))), display=display, autostart=None)
    assert [view.mirror for view in views[:4]] == [True, True, False, False]
    assert [view.details is not None for view in views[1:5]] == [False, False, True, True]
    assert views[4].details.source == "camera"
    assert views[8].details.fps == pytest.approx(10)
    assert [view.help for view in views[3:6]] == [False, True, False]
    (file,) = tmp_path.iterdir()
    assert views[6].note == f"saved {file}"
    assert display.full
    assert [event.kind for event in events] == ["match_started", "match_over"]


def test_the_next_round_waits_while_help_is_shown():
    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.1))
    player = Player({5: Key.HELP, 30: Key.HELP, 34: Key.QUIT})
    _, events = play(Camera(script(("paper", 5))), display=player, rules=rules)
    # The first round is played to its end; the second starts when the help is closed.
    assert [event.time for event in of_kind(events, "round_started")] == pytest.approx([0.0, 3.0])


def test_a_lost_camera_is_shown_and_no_round_begins(monkeypatch):
    shown = []

    def spy(frame, view, size):
        shown.append(view.lost)
        return compose(frame, view, size)

    monkeypatch.setattr("rps_game.game.session.compose", spy)

    class Unplugged(Camera):
        def read(self):
            frame = super().read()
            if frame is not None:
                lost = 1.0 <= frame.time < 3.0
                self.seconds_without_frame = frame.time - 1.0 if lost else None
            return frame

    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.1))
    frames = script(("paper", 1.0), (None, 2.0), ("paper", 2.0))
    player = Player({49: Key.QUIT})
    session, events = play(Unplugged(frames), display=player, rules=rules, autostart=0.0)
    assert shown[0] is None
    assert shown[15] == pytest.approx(RECONNECT_SECONDS - 0.5)
    assert shown[32] is None
    starts = [event.time for event in of_kind(events, "round_started")]
    assert not [time for time in starts if 1.05 < time < 2.99]
    assert session.state.score.left >= 2


class FailingCamera(Camera):
    """A camera that is lost for good after some frames."""

    newest = plain("paper")

    def read(self):
        frame = super().read()
        if frame is None:
            raise SourceError("camera 0 was lost and did not come back within 10 s")
        return frame


def dialogs_for(camera, reopen, kind="camera"):
    pacer = Pacer(sleep=lambda seconds: time.sleep(0.001))
    return CameraDialogs(kind, SwitchableSource(camera), 0, reopen, pacer=pacer)


def test_a_camera_that_comes_back_after_it_was_lost_for_good():
    rules = Rules(best_of=3, timing=Timing(0.3, 0.1, 0.4, 0.1))
    cameras = dialogs_for(
        FailingCamera(script(("paper", 1.2))),
        lambda: FailingCamera((g, t + 100) for g, t in script(("paper", 3.0))),
    )

    class Patient(Player):
        """Presses q when the match is over."""

        def show(self, screen):
            super().show(screen)
            over = session_events and session_events[-1].kind == "match_over"
            return Key.QUIT if over else Key.NONE

    session_events = []
    session, _ = play(
        cameras.source,
        display=Patient({}, last=5000),
        rules=rules,
        cameras=cameras,
        report=session_events.append,
    )
    assert session.failure is None
    assert session.state.ending is Ending.DECIDED
    assert session.state.score.left == 2
    # The time in which the camera was away does not count.
    assert session_events[-1].time < 4


def test_the_player_gives_up_on_a_lost_camera(monkeypatch):
    lost = []

    def spy(frame, view, size):
        lost.append(view.lost)
        return compose(frame, view, size)

    monkeypatch.setattr("rps_game.game.session.compose", spy)

    def never():
        raise SourceError("no camera")

    camera = FailingCamera(script(("none", 0.5)))
    camera.seconds_without_frame = 10.0
    cameras = dialogs_for(camera, never)
    player = Player({9: Key.QUIT})
    session, _ = play(cameras.source, display=player, cameras=cameras, autostart=None)
    assert len(player.screens) == 9
    assert lost == [0.0] * 5 + [None] * 4  # the dialog says it instead
    assert "did not come back" in session.failure
    assert session.state.ending is Ending.SOURCE_FAILED


def test_without_a_window_a_lost_camera_ends_the_match():
    camera = FailingCamera(script(("none", 0.5)))
    session, _ = play(SwitchableSource(camera))
    assert session.state.ending is Ending.SOURCE_FAILED


def test_choosing_another_camera_during_a_match(monkeypatch):
    views = []

    def spy(frame, view, size):
        views.append((view, frame))
        return compose(frame, view, size)

    monkeypatch.setattr("rps_game.game.session.compose", spy)

    class Previews:
        searching = False

        def __init__(self, current):
            assert current == 0

        def cameras(self):
            return tuple(Preview(index, f"camera {index}", plain("rock")) for index in (0, 2))

        def close(self):
            pass

    stream = FailingCamera(script(("none", 3.0)))
    stream.mirror = False
    other = FailingCamera((g, t + 50) for g, t in script(("paper", 3.0)))
    other.name = "camera 2"
    cameras = dialogs_for(stream, lambda: stream, kind="stream")
    cameras.previews, cameras.open_camera = Previews, lambda index: other
    player = Player({5: Key.CAMERAS, 7: Key.TWO, 12: Key.QUIT})
    session, _ = play(cameras.source, display=player, cameras=cameras, autostart=None)
    assert session.config.source.name == "camera 2"
    before, after = views[4], views[5]
    assert (before[0].mirror, before[0].kind, before[0].note) == (False, "stream", "")
    assert (after[0].mirror, after[0].kind) == (True, "camera")
    assert "camera 2" in after[0].note
    assert after[0].time - before[0].time < 0.2
    assert max(after[1].hands[0].probabilities, key=after[1].hands[0].probabilities.get) == "paper"


def test_a_recording_says_why_no_camera_can_be_chosen(monkeypatch):
    notes = []

    def spy(frame, view, size):
        notes.append(view.note)
        return compose(frame, view, size)

    monkeypatch.setattr("rps_game.game.session.compose", spy)
    player = Player({3: Key.CAMERAS, 5: Key.QUIT})
    play(video(["paper"] * 3), display=player, cameras=CameraDialogs("video"), note="hello")
    texts = load_texts()
    assert notes == ["hello"] * 3 + [texts.no_choice_video] * 2


def test_a_match_is_recorded(tmp_path):
    path = tmp_path / "match.avi"
    recorder = VideoRecorder(path, (160, 120))
    session, events = play(video(["paper"] * 3, fps=10), recorder=recorder)
    recorder.close()
    assert session.state.ending is Ending.DECIDED
    capture = cv2.VideoCapture(str(path))
    seconds = capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS)
    # The match, followed by the last round and the final screen for a while.
    assert seconds == pytest.approx(events[-1].time + 4.5, abs=0.2)


def test_a_recorded_win_is_celebrated(tmp_path):
    recorder = VideoRecorder(tmp_path / "match.avi", (160, 120))
    effects = Effects(celebrate=True)
    _, events = play(video(["paper"] * 3, fps=10), recorder=recorder, effects=effects)
    recorder.close()
    capture = cv2.VideoCapture(str(tmp_path / "match.avi"))
    seconds = capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS)
    assert seconds == pytest.approx(events[-1].time + 4.5 + LENGTH, abs=0.2)


def test_a_new_record_is_celebrated_although_the_last_round_was_lost(monkeypatch):
    moments = []

    def spy(frame, view, size):
        moments.append(view.celebration)
        return np.zeros((size[1], size[0], 3), np.uint8)

    monkeypatch.setattr("rps_game.game.session.compose", spy)
    rules = Rules(timing=RECORDED, mode=Mode.SURVIVAL)
    for records, celebrated in (((), True), ((Record(2),), False)):
        moments.clear()
        play(
            video(["paper", "paper", "scissors", "none"], fps=10),
            display=Player({75: Key.QUIT}),
            rules=rules,
            series=Series(rules, records=records),
            effects=Effects(celebrate=True, clock=lambda: 0.0),
        )
        assert moments[:50] == [None] * 50
        assert (moments[-1] is not None) is celebrated


def test_nobody_celebrates_a_drawn_match_of_two_players():
    rules = Rules(timing=RECORDED, mode=Mode.TIMED, duration=2.0, two_players=True)
    rounds = [("paper", "rock"), ("rock", "paper"), ("none", "none")]
    images = [
        (np.hstack([plain(move) for move in rounds[n // 10]]), n / 10)
        for n in range(10 * len(rounds))
    ]
    display, effects = Player({45: Key.QUIT}), Effects(celebrate=True)
    session, _ = play(RecordedSource("f", images), display=display, rules=rules, effects=effects)
    assert (session.state.score, session.state.phase) == (Score(1, 1), Phase.OVER)
    assert effects.celebration(session.state) is None


def test_space_skips_the_celebration_and_then_plays_again(monkeypatch):
    moments = []

    def spy(frame, view, size):
        moments.append(view.celebration)
        return np.zeros((size[1], size[0], 3), np.uint8)

    monkeypatch.setattr("rps_game.game.session.compose", spy)
    rules = Rules(best_of=1, timing=Timing(0.3, 0.1, 0.4, 0.5))
    camera = Camera(script(("paper", 6)))
    keys = {1: Key.NEXT, 20: Key.NEXT, 25: Key.NEXT, 30: Key.QUIT}
    effects = Effects(celebrate=True, clock=lambda: len(moments) / 10)
    _, events = play(camera, display=Player(keys), rules=rules, autostart=None, effects=effects)
    first = next(number for number, moment in enumerate(moments) if moment is not None)
    assert moments[first : first + 3] == pytest.approx([0.0, 0.1, 0.2])
    assert moments[19] is not None
    assert moments[20:] == [None] * 10
    starts = [event.time for event in of_kind(events, "match_started")]
    assert starts[1:] == pytest.approx([2.4])


def test_sounds_follow_the_screen():
    followed = []

    class Listener:
        muted, status = False, Status.OPEN

        def follow(self, state, time, new_record):
            followed.append((state.phase, time))

        def toggle(self):
            self.muted = not self.muted

    display = Player({1: Key.NEXT, 5: Key.MUTE, 8: Key.QUIT})
    effects = Effects(Listener())
    play(Camera(script(("paper", 2))), display=display, autostart=None, effects=effects)
    assert len(followed) == len(display.screens) == 8
    assert [phase for phase, _ in followed[:2]] == [Phase.READY, Phase.COUNTDOWN]
    assert effects.announcer.muted


def test_repeated_images_do_not_vote():
    rules = Rules(best_of=1, timing=Timing(0.3, 0.0, 0.4, 0.2))
    frames = script(("rock", 0.3), (None, 0.5), ("paper", 2))
    _, events = play(Camera(frames), rules=rules)
    assert events[2].kind == "repeated"
    assert events[2].reason == "no_frames"
    assert of_kind(events, "move_seen")[0].gesture is Gesture.PAPER


def test_the_last_frame_of_a_video_stays_on_screen():
    quick = Rules(best_of=1, timing=Timing(0.1, 0.0, 0.1, 0.1))
    display = Player({30: Key.NEXT, 31: Key.QUIT})
    images = [(plain("paper"), n / 50) for n in range(12)]
    session, events = play(RecordedSource("f", images), display=display, rules=quick)
    assert session.state.ending is Ending.DECIDED
    assert len(display.screens) == 30  # no frames remain for another match
    assert [event.kind for event in events].count("match_started") == 1


def test_a_video_in_a_window_plays_at_its_own_speed():
    display, waits = Player({}), []
    play(
        video(["paper"], fps=10),
        display=display,
        pacer=Pacer(clock=lambda: sum(waits), sleep=waits.append),
    )
    assert len(display.screens) == 20
    assert waits == pytest.approx([0.0] + [0.05] * 19)


def test_screens_are_evenly_spaced_however_long_a_frame_takes():
    """Also at the end of a match, where the recording is paused."""
    slept, times = [0.0], []

    class Slow(ColourModel):
        def probabilities(self, images):
            slept.append(0.03 if self.count % 2 else 0.01)
            return super().probabilities(images)

    class Viewer(Player):
        def show(self, screen):
            times.append(sum(slept))
            return super().show(screen)

    model = Slow()
    session, _ = play(
        RecordedSource("f", ((plain("paper"), n / 30) for n in range(90))),
        display=Viewer({40: Key.QUIT}),
        rules=Rules(best_of=1, timing=Timing(0.1, 0.0, 0.1, 0.1)),
        model=model,
        pacer=Pacer(lambda: sum(slept), slept.append),
    )
    assert session.state.phase is Phase.OVER
    assert 6 < model.count < 30  # the others are shown at the end
    assert np.diff(times) == pytest.approx(1 / 30)


def test_a_source_that_fails():
    class Broken(Camera):
        def read(self):
            raise SourceError("camera 0 stopped sending frames")

    session, events = play(Broken([]))
    assert session.failure == "camera 0 stopped sending frames"
    assert session.state.ending is Ending.SOURCE_FAILED
    assert events[-1].kind == "match_over"


def test_ctrl_c():
    class Interrupted(Camera):
        def read(self):
            raise KeyboardInterrupt

    session, events = play(Interrupted([]))
    assert session.state.ending is Ending.INTERRUPTED
    assert events[-1].ending is Ending.INTERRUPTED


def test_survival_is_played_until_a_round_is_lost():
    rules = Rules(mode=Mode.SURVIVAL, timing=RECORDED)
    habit = PlayerHabit(None, Tendency.PAPER, 0.75, 4)
    series = Series(rules, ("Anna",), find_habits=lambda rounds: (habit,) * (len(rounds) == 4))
    shown = ["paper", "paper", "rock", "scissors", "paper"]
    session, events = play(video(shown), rules=rules, series=series)
    assert session.state.ending is Ending.DECIDED
    *_, over, learned = events
    assert (over.kind, over.winner, over.score.left) == ("match_over", None, 2)
    assert (learned.time, learned.habits) == (over.time, (habit,))
    assert [record.won for record in series.standing.records] == [2]
    assert series.standing.verified == 4


def test_a_timed_match_waits_for_nothing_when_its_time_is_over():
    rules = Rules(mode=Mode.TIMED, duration=3.5, timing=RECORDED)
    _, events = play(video(["paper", "rock", "none", "paper", "paper"]), rules=rules)
    over = events[-1]
    assert (over.complete, over.rounds, over.score.left) == (True, 3, 2)
    assert over.time == pytest.approx(3.8)  # the end of the round that had begun


def test_the_score_of_the_matches_goes_on():
    rules = Rules(best_of=1, timing=Timing(0.1, 0.0, 0.2, 0.1))
    player = Player(dict.fromkeys(range(1, 60), Key.NEXT) | {60: Key.QUIT})
    _, events = play(video(["paper"] * 20, 30), display=player, rules=rules)
    started = of_kind(events, "match_started")
    assert len(started) > 2
    assert [event.match for event in started] == list(range(1, len(started) + 1))
    finished = of_kind(events, "match_over")
    assert started[-1].matches.left == len([over for over in finished if over.complete])


def test_a_calibration_before_the_match():
    camera = Camera(script(("none", 1), ("rock", 3), ("paper", 3), ("scissors", 3), ("rock", 3)))
    player = Player({5: Key.CALIBRATE, 110: Key.NEXT, 128: Key.QUIT})
    calibrator = Calibrator()
    session, events = play(camera, display=player, autostart=None, calibrator=calibrator)
    assert not of_kind(events, "round_started")  # its fists do not start the match
    assert session.state.trigger.since is None
    assert calibrator.calibration is None


def test_what_a_calibration_measures():
    camera = Camera(script(("none", 1), ("rock", 3), ("paper", 3), ("scissors", 3)))
    calibrator = Calibrator()
    play(camera, display=Player({5: Key.CALIBRATE}), autostart=None, calibrator=calibrator)
    assert calibrator.calibration.step is None
    reports = report(calibrator.calibration, Rules.confidence)
    assert [(each.step.move, each.well, each.share) for each in reports] == [
        (move, True, 1.0) for move in MOVES
    ]


def test_a_fist_that_is_raised_anew_starts_the_match_after_a_calibration():
    shown = (("rock", 3), ("none", 1), ("rock", 3))
    camera = Camera(script(*shown))
    player = Player({1: Key.CALIBRATE, 20: Key.QUIT})
    _, events = play(camera, display=player, autostart=None)
    assert of_kind(events, "round_started")[0].time == pytest.approx(5.0, abs=0.11)


def test_the_demo_plays_along_in_a_calibration():
    source, player = DemoSource(1, fps=10, draw=rough_hand), Player({2: Key.CALIBRATE}, last=1500)
    calibrator = Calibrator(source.imitate)

    class Truth(ColourModel):
        """Reads the move that the animated player is asked for."""

        def probabilities(self, images):
            step = calibrator.calibration.step if calibrator.calibration else None
            return np.array([[0.97 if step and name == step.move else 0.01 for name in LABELS]])

    player.keys |= {90: Key.QUIT, 92: Key.QUIT}
    screens = play(
        source,
        display=player,
        model=Truth(),
        autostart=50.0,
        calibrator=calibrator,
        on_state=source.follow,
    )[0]
    assert screens.state.rounds == ()
    assert len(player.screens) == 92
