"""Photographs for training: how many, when, where, and never over others."""

import errno
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from rps_game import collect
from rps_game.collect import main
from rps_game.collection.collector import Collector, Shutter
from rps_game.collection.photo_folder import PhotoFolder
from rps_game.collection.viewfinder import ViewfinderState, viewfinder
from rps_game.sources.base import Frame
from rps_game.sources.recorded import RecordedSource
from rps_game.ui.display import Key


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def picture(left, right, size=(48, 64)):
    """Two grey halves."""
    image = np.full((*size, 3), left, np.uint8)
    image[:, size[1] // 2 :] = right
    return image


@pytest.fixture
def film(tmp_path):
    """Three seconds at ten frames a second; the left half brightens, the right half is white."""
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(30):
        writer.write(picture(number * 8, 255))
    writer.release()
    return path


def left_half(path):
    return float(cv2.imread(str(path))[10:38, 5:27].mean())


def test_a_burst(film, tmp_path):
    done = run("rock", tmp_path / "p", "--source", film, "--headless", "--burst", 5, "--every", 0.5)
    assert done.exit_code == 0
    files = sorted((tmp_path / "p" / "rock").iterdir())
    assert [path.name for path in files] == [f"me__000{number}.jpg" for number in range(1, 6)]
    assert done.stdout.splitlines() == [str(path) for path in files]
    assert "5 new, 5 in all" in done.stderr
    # Every fifth frame, as it was: the dark half still on the left.
    assert [left_half(path) for path in files] == pytest.approx([0, 40, 80, 120, 160], abs=6)
    assert all(cv2.imread(str(path))[10:38, 37:60].mean() > 245 for path in files)


def test_numbers_go_on_and_nothing_is_replaced(film, tmp_path):
    folder = tmp_path / "p" / "paper"
    folder.mkdir(parents=True)
    for name in ("me__0007.jpg", "me__0003.PNG", "you__0031.jpg", "me_too__0040.jpg", "notes.txt"):
        (folder / name).write_bytes(b"kept")
    done = run("paper", tmp_path / "p", "--source", film, "--headless", "--burst", 2)
    assert done.exit_code == 0
    new = sorted(path.name for path in folder.iterdir() if path.read_bytes() != b"kept")
    assert new == ["me__0008.jpg", "me__0009.jpg"]
    assert len(list(folder.iterdir())) == 7
    assert "2 new, 4 in all" in done.stderr


def test_two_at_once_share_the_numbers(tmp_path):
    first, second = PhotoFolder(tmp_path, "me"), PhotoFolder(tmp_path, "me")
    paths = [album.save(picture(0, 255)) for album in (first, second, second, first)]
    assert len(set(paths)) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"me__000{number}.jpg" for number in range(1, 5)
    ]


def test_quality(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    image = cv2.GaussianBlur(image, (9, 9), 2)
    saved = cv2.cvtColor(
        cv2.imread(str(PhotoFolder(tmp_path, "me").save(image))), cv2.COLOR_BGR2RGB
    )
    assert np.abs(saved.astype(int) - image).mean() < 2.5


def test_a_source_that_ends_early(film, tmp_path):
    done = run("rock", tmp_path, "--source", film, "--headless", "--burst", 50, "--every", 0.5)
    assert done.exit_code == 1
    assert "6 new" in done.stderr
    assert "44 pictures early" in done.stderr
    assert len(done.stdout.splitlines()) == 6


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["well", "p"], "'well' is not one of"),
        (["rock"], "Missing argument 'DIR'"),
        (["rock", "p", "--name", "a__b"], "letters and digits"),
        (["rock", "p", "--name", "../x"], "letters and digits"),
        (["rock", "p", "--burst", "0"], "--burst"),
        (["rock", "p", "--source", "nowhere.mp4", "--headless"], "there is no file nowhere.mp4"),
        (["rock", "file", "--headless"], "is a file"),
    ],
)
def test_mistakes(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    done = run(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_a_folder_that_cannot_be_made(film, tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "rock").touch()
    done = run("rock", tmp_path / "p", "--source", film, "--headless")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be used" in done.stderr


def test_a_full_disk(film, tmp_path, monkeypatch):
    def full(album, image):
        raise OSError(errno.ENOSPC, "No space left on device", "p/rock/me__0001.jpg")

    monkeypatch.setattr(PhotoFolder, "save", full)
    done = run("rock", tmp_path, "--source", film, "--headless")
    assert done.exit_code == 2
    assert done.stderr == "Error: p/rock/me__0001.jpg cannot be written: No space left on device\n"


def test_half_a_file_is_not_left(tmp_path, monkeypatch):
    album = PhotoFolder(tmp_path, "me")
    original = type(tmp_path).open

    class Full:
        def __init__(self, file):
            self._file = file

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self._file.close()

        def write(self, data):
            self._file.write(data[:5])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(tmp_path), "open", lambda path, mode: Full(original(path, mode)))
    with pytest.raises(OSError, match="No space"):
        album.save(picture(0, 255))
    assert list(tmp_path.iterdir()) == []


def frame(time, fresh=True):
    return Frame(picture(0, 255), time, fresh)


def test_the_shutter():
    shutter = Shutter(burst=3, every=1.0)
    assert not shutter.takes(frame(0.0))
    shutter.press(0.5)
    assert not shutter.takes(frame(0.6, fresh=False))
    assert shutter.takes(frame(0.7))
    assert not shutter.takes(frame(0.8))
    shutter.press(5.0, 3)
    taken = [n / 10 for n in range(50, 90) if shutter.takes(frame(n / 10))]
    assert taken == [5.0, 6.0, 7.0]
    # A slow camera sends its pictures late: none is skipped, and they come no closer.
    shutter = Shutter(burst=3, every=0.1)
    shutter.press(0.0, 3)
    assert [n for n in range(5) if shutter.takes(frame(float(n)))] == [0, 1, 2]


class Screen:
    """Presses keys at certain pictures and keeps what it was shown."""

    def __init__(self, keys):
        self.keys = keys
        self.shown = []

    def size(self, frame):
        return 320, 240

    def show(self, picture):
        self.shown.append(picture)
        return self.keys.get(len(self.shown), Key.NONE)

    def toggle_full_screen(self):
        pass

    def close(self):
        self.closed = True


def test_the_keys(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(collect.time, "sleep", lambda seconds: None)
    pictures = ((picture(n, 255), n / 20) for n in range(1000))
    source = RecordedSource("x", pictures)
    source.mirror = True
    screen = Screen({5: Key.NEXT, 20: Key.BURST, 25: Key.HELP, 60: Key.QUIT})
    collector = Collector(source, PhotoFolder(tmp_path, "me"), Shutter(3, 0.5), "rock", screen)
    assert collector.run()
    files = sorted(tmp_path.iterdir())
    assert capsys.readouterr().out.splitlines() == list(map(str, files))
    # The key is pressed at the fifth picture, number 4; the next one is taken.
    assert [left_half(path) for path in files] == pytest.approx([5, 20, 29, 39], abs=1.6)
    assert len(screen.shown) == 60
    # On the screen as in a mirror: bright on the left; in the files it is on the right.
    seen = screen.shown[0]
    assert seen[120, 80].mean() > 200 > 60 > seen[120, 240].mean()


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (300, 800), (200, 120)])
def test_the_picture_is_shown_whole(size):
    image = picture(0, 255, (90, 160))
    image[0], image[-1], image[:, 0], image[:, -1] = (
        [(255, 0, 0)] * 4  # a red edge all around
    )
    sight = ViewfinderState("scissors", 12, 3, 10)
    shown = viewfinder(image, sight, size, False, None)
    assert shown.shape == (size[1], size[0], 3)
    bright = viewfinder(image, sight, size, True, "The picture is lost. Trying again for 9 s")
    assert (bright != shown).any()


class _Slow(BaseHTTPRequestHandler):
    """A stream that breaks off at once and is never there again."""

    calls = 0

    def do_GET(self):
        type(self).calls += 1
        if self.calls > 1:
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        for _ in range(40):
            data = cv2.imencode(".jpg", picture(9, 255, (120, 160)))[1].tobytes()
            head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data + b"\r\n")

    def log_message(self, format, *args):  # noqa: A002 - its name in the library
        pass


def test_a_camera_that_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("rps_game.sources.live.PATIENCE", 0.5)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        done = run("rock", tmp_path, "--source", address, "--headless", "--every", 2)
    finally:
        server.shutdown()
        server.server_close()
    assert done.exit_code == 1
    assert "was lost and did not come back" in done.stderr
    assert len(done.stdout.splitlines()) == 1
