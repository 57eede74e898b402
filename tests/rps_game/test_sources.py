"""Frames and their times, live and recorded, and what is said when there are none."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from rps_game import frames
from rps_game.frames import Frame, LiveSource, RecordedSource, SourceError
from rps_game.sources import open_source

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)


def plain(colour, size=(48, 64)):
    return np.full((*size, 3), colour, np.uint8)


def write_film(path, colours, rate):
    """A film of one plain frame for each colour."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, (64, 48))
    assert writer.isOpened()
    for colour in colours:
        writer.write(plain(colour)[..., ::-1].copy())
    writer.release()
    return str(path)


def read_all(source):
    found = []
    while (frame := source.read()) is not None:
        found.append(frame)
    source.close()
    return found


def colours_of(found):
    """The dominant channel of every frame."""
    return [int(frame.image.mean(axis=(0, 1)).argmax()) for frame in found]


def test_film(tmp_path):
    path = write_film(tmp_path / "f.avi", [RED] * 10 + [GREEN] * 10 + [BLUE] * 10, 30)
    source = open_source(path)
    assert (source.live, source.mirror, source.name) == (False, False, path)
    found = read_all(source)
    assert [frame.time for frame in found] == pytest.approx([n / 30 for n in range(30)])
    assert colours_of(found) == [0] * 10 + [1] * 10 + [2] * 10
    assert found[0].image.shape == (48, 64, 3)
    assert all(frame.fresh for frame in found)


def test_a_slow_film_is_held(tmp_path):
    path = write_film(tmp_path / "f.avi", [RED, GREEN, BLUE], 1)
    found = read_all(open_source(path))
    assert [frame.time for frame in found] == pytest.approx([n / 20 for n in range(60)])
    assert colours_of(found) == [0] * 20 + [1] * 20 + [2] * 20
    assert found[0].image is found[19].image


def test_times_are_taken_as_they_come():
    # Uneven times; the last picture lasts as long as the one before.
    source = RecordedSource("x", [(plain(RED), 0.0), (plain(GREEN), 0.02), (plain(BLUE), 0.22)])
    times = [frame.time for frame in read_all(source)]
    assert times == pytest.approx([0.0, 0.02, 0.07, 0.12, 0.17, 0.22, 0.27, 0.32, 0.37])


def test_slides(tmp_path):
    for name, colour in (("b.png", GREEN), ("a.png", RED), ("c.jpg", BLUE)):
        cv2.imwrite(str(tmp_path / name), plain(colour)[..., ::-1])
    (tmp_path / "notes.txt").write_text("not a picture")
    found = read_all(open_source(str(tmp_path)))
    assert colours_of(found) == [0] * 20 + [1] * 20 + [2] * 20
    assert found[20].time == pytest.approx(1.0)
    one = read_all(open_source(str(tmp_path / "a.png")))
    assert colours_of(one) == [0] * 20


def test_an_animated_gif_is_a_film(tmp_path):
    path = tmp_path / "moves.gif"
    pictures = [plain(colour)[..., ::-1].copy() for colour in (RED, GREEN)]
    animation = cv2.Animation()
    animation.frames, animation.durations = pictures, [500, 500]
    assert cv2.imwriteanimation(str(path), animation)
    found = read_all(open_source(str(path)))
    assert colours_of(found) == [0] * 10 + [1] * 10


def test_numbered_series(tmp_path):
    for number, colour in enumerate((RED, GREEN, BLUE)):
        cv2.imwrite(str(tmp_path / f"f{number:03}.png"), plain(colour)[..., ::-1])
    assert colours_of(read_all(open_source(str(tmp_path / "f%03d.png")))) == [0, 1, 2]


def test_a_damaged_slide_is_named(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"")
    with pytest.raises(SourceError, match=r"bad\.png: an empty file"):
        open_source(str(tmp_path)).read()


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("nowhere.mp4", "there is no file nowhere.mp4"),
        ("text.mp4", "text.mp4 is not a film"),
        ("empty.mp4", "empty.mp4 is not a film"),
        ("series%03d.png", "is not a film"),
        ("folder", "there are no pictures in"),
        ("http://127.0.0.1:9/x", "no film comes from http://127.0.0.1:9/x"),
        ("97", r"no camera: tried 97 with .*--source .*--demo"),
        ("/dev/nothing", r"no camera: tried /dev/nothing .*--demo"),
    ],
)
def test_errors_say_what_to_do(tmp_path, monkeypatch, spec, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError, match=says) as caught:
        open_source(spec)
    assert "\n" not in str(caught.value)


def test_passwords_are_not_shown():
    with pytest.raises(SourceError) as caught:
        open_source("rtsp://me:secret@127.0.0.1:9/x")
    assert "secret" not in str(caught.value)
    assert "rtsp://127.0.0.1:9/x" in str(caught.value)


class _Stream(BaseHTTPRequestHandler):
    """Sends a red picture, then green ones until it has sent them all."""

    frames = 40

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        for number in range(self.frames):
            picture = plain(RED if number == 0 else GREEN, (120, 160))[..., ::-1]
            data = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data + b"\r\n")
            time.sleep(0.01)

    def log_message(self, format, *args):  # noqa: A002 - its name in the library
        pass


@pytest.fixture
def stream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/stream"
    server.shutdown()
    server.server_close()


def test_stream(stream):
    source = open_source(stream)
    assert source.live
    assert not source.mirror
    found = read_all(source)
    fresh = [frame for frame in found if frame.fresh]
    assert fresh[-1].image.shape == (120, 160, 3)
    assert colours_of(fresh)[-1] == 1
    times = [frame.time for frame in found]
    assert times == sorted(times)


class Camera:
    """Gives pictures when it is told to."""

    def __init__(self):
        self.ready = threading.Semaphore(0)
        self.taken = 0
        self.last = 1000
        self.released = False

    def grab(self):
        self.ready.acquire()
        self.taken += 1
        return plain((self.taken, 0, 0)) if self.taken <= self.last else None

    def release(self):
        self.released = True

    def shoot(self, count):
        wanted = self.taken + count
        for _ in range(count):
            self.ready.release()
        while self.taken < wanted:
            time.sleep(0.001)
        time.sleep(0.02)  # until the reader has stored it


def number(frame):
    return int(frame.image[0, 0, 0])


def test_only_the_newest_frame_counts():
    camera = Camera()
    source = LiveSource("camera", camera.grab, camera.release, mirror=True)
    camera.shoot(1)
    first = source.read()
    camera.shoot(5)
    second = source.read()
    assert (number(first), number(second)) == (1, 6)
    assert first.fresh
    assert second.fresh
    again = source.read()
    assert not again.fresh
    assert again.image is second.image
    assert again.time > second.time > first.time
    camera.last = camera.taken
    camera.shoot(1)
    assert source.read() is None
    source.close()
    assert camera.released


def test_a_camera_that_falls_silent(monkeypatch):
    monkeypatch.setattr(frames, "_SILENCE", 0.15)
    camera = Camera()
    source = LiveSource("camera 3", camera.grab, camera.release)
    camera.shoot(1)
    assert isinstance(source.read(), Frame)
    with pytest.raises(SourceError, match="camera 3 stopped sending pictures"):  # noqa: PT012
        for _ in range(20):
            source.read()
    camera.ready.release()  # let the thread go
    source.close()


def test_a_camera_that_never_sends(monkeypatch):
    monkeypatch.setattr(frames, "_SILENCE", 0.1)
    camera = Camera()
    source = LiveSource("camera 4", camera.grab)
    with pytest.raises(SourceError, match="camera 4 stopped"):
        source.read()
    camera.ready.release()
    source.close()
