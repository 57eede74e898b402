"""What --source opens, and the messages when it cannot be opened."""

import os
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import cv2
import numpy as np
import pytest

from rps_game.sources.base import SourceError
from rps_game.sources.cameras import CameraSettings
from rps_game.sources.open import open_source
from rps_game.sources.recorded import RecordedSource

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)


def plain(colour, size=(48, 64)):
    return np.full((*size, 3), colour, np.uint8)


def write_video(path, colours, rate):
    """A video of one plain frame for each colour."""
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


def test_video(tmp_path):
    path = write_video(tmp_path / "f.avi", [RED] * 10 + [GREEN] * 10 + [BLUE] * 10, 30)
    source = open_source(path)
    assert (source.live, source.mirror, source.name) == (False, False, path)
    found = read_all(source)
    assert [frame.time for frame in found] == pytest.approx([n / 30 for n in range(30)])
    assert colours_of(found) == [0] * 10 + [1] * 10 + [2] * 10
    assert found[0].image.shape == (48, 64, 3)
    assert all(frame.fresh for frame in found)


def test_frames_of_a_slow_video_are_repeated(tmp_path):
    path = write_video(tmp_path / "f.avi", [RED, GREEN, BLUE], 1)
    found = read_all(open_source(path))
    assert [frame.time for frame in found] == pytest.approx([n / 20 for n in range(60)])
    assert colours_of(found) == [0] * 20 + [1] * 20 + [2] * 20
    assert found[0].image is found[19].image


def test_uneven_times_are_kept():
    # The last frame lasts as long as the one before it.
    source = RecordedSource("x", [(plain(RED), 0.0), (plain(GREEN), 0.02), (plain(BLUE), 0.22)])
    times = [frame.time for frame in read_all(source)]
    assert times == pytest.approx([0.0, 0.02, 0.07, 0.12, 0.17, 0.22, 0.27, 0.32, 0.37])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")
def test_a_silent_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a pipe or a device, not a video"):
        open_source(str(tmp_path / "pipe"))
    for device in ("/dev/null", "/dev/zero"):  # no cameras either
        with pytest.raises(SourceError, match="is a pipe or a device, not a video"):
            open_source(device)
    with pytest.raises(SourceError, match="there is no file"):
        open_source("a" * 5000)


def test_a_folder_of_images(tmp_path):
    for name, colour in (("f2.png", GREEN), ("f1.png", RED), ("f10.jpg", BLUE)):
        cv2.imwrite(str(tmp_path / name), plain(colour)[..., ::-1])
    (tmp_path / "notes.txt").write_text("not an image")
    found = read_all(open_source(str(tmp_path)))
    assert colours_of(found) == [0] * 20 + [1] * 20 + [2] * 20
    assert found[20].time == pytest.approx(1.0)
    one = read_all(open_source(str(tmp_path / "f1.png")))
    assert colours_of(one) == [0] * 20


def test_an_animated_gif_is_a_video(tmp_path):
    path = tmp_path / "moves.gif"
    frames = [plain(colour)[..., ::-1].copy() for colour in (RED, GREEN)]
    animation = cv2.Animation()
    animation.frames, animation.durations = frames, [500, 500]
    assert cv2.imwriteanimation(str(path), animation)
    found = read_all(open_source(str(path)))
    assert colours_of(found) == [0] * 10 + [1] * 10


def test_numbered_series(tmp_path):
    folder = tmp_path / "frames 100%"
    folder.mkdir()
    for number, colour in ((7, RED), (8, GREEN), (10, BLUE)):
        cv2.imwrite(str(folder / f"f{number:03}.png"), plain(colour)[..., ::-1])
    found = read_all(open_source(str(folder / "f%03d.png")))
    assert colours_of(found) == [0, 1, 2]
    assert [frame.time for frame in found] == pytest.approx([0, 1 / 25, 2 / 25])


def test_a_file_named_like_a_pattern_is_a_file(tmp_path):
    cv2.imwrite(str(tmp_path / "f1.png"), plain(RED)[..., ::-1])
    cv2.imwrite(str(tmp_path / "f%d.png"), plain(BLUE)[..., ::-1])
    assert set(colours_of(read_all(open_source(str(tmp_path / "f%d.png"))))) == {2}


def test_a_folder_without_one_good_image(tmp_path):
    warnings = []
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    with pytest.raises(SourceError, match=r"none of the images in .* can be read"):
        open_source(str(tmp_path), warn=warnings.append)
    assert warnings == [
        f"{tmp_path / name} is skipped: an empty file" for name in ("a.png", "b.png")
    ]
    with pytest.raises(SourceError, match=r"a\.png: an empty file"):
        open_source(str(tmp_path / "a.png"))


NAMES = [
    "2024-05-01T12:30:00.avi",
    "concat:x.avi",
    "z\udce9.avi",
    "100%d.avi",
    "file:x.avi",
    "?#.avi",
]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
@pytest.mark.parametrize("name", NAMES)
def test_any_name(tmp_path, monkeypatch, name):
    """FFmpeg mistakes some of them for protocols, and OpenCV crashes if they are not UTF-8."""
    monkeypatch.chdir(tmp_path)
    Path(write_video("f.avi", [RED], 1)).rename(name)
    source = open_source(name)
    assert source.name == name
    assert colours_of(read_all(source))[0] == 0
    Path("foo:").mkdir()
    Path(name).rename(f"foo:/{name}")
    assert colours_of(read_all(open_source(f"foo://{name}")))[0] == 0
    url = "file://" + quote(os.fsencode(tmp_path / "foo:" / name))
    assert colours_of(read_all(open_source(url)))[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
def test_images_of_any_name(tmp_path):
    folder = tmp_path / "f\udce9"
    folder.mkdir()
    for number, colour in enumerate((RED, GREEN)):
        path = folder / f"\udcff{number}.png"
        path.write_bytes(cv2.imencode(".png", plain(colour)[..., ::-1])[1].tobytes())
    assert set(colours_of(read_all(open_source(str(folder))))) == {0, 1}
    assert colours_of(read_all(open_source(f"{folder}/\udcff%d.png"))) == [0, 1]
    assert set(colours_of(read_all(open_source(f"{folder}/\udcff1.png")))) == {1}


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="Linux has files there")  # noqa: S108
def test_a_file_among_the_devices_is_no_camera():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(write_video(Path(folder) / "f.avi", [RED], 1)).rename(f"{folder}/z\udce9.avi")
        assert colours_of(read_all(open_source(str(path))))[0] == 0


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("nowhere.mp4", "there is no file nowhere.mp4"),
        ("", "the name of the source is empty: name a camera"),
        ("text.mp4", "text.mp4 cannot be played: not a video that FFmpeg can decode"),
        ("empty.mp4", "empty.mp4 cannot be played: not a video that FFmpeg can decode"),
        ("series%03d.png", "there is no file series%03d.png"),
        ("foo://me:secret@x?secret", r"foo://x\?\.\.\. .* http, .*, rtsp, .* file"),
        ("concat:a|b", r"there is no file concat:a\|b"),
        ("file://elsewhere/secret.mp4", "file for files on this machine"),
        ("file://", "file for files on this machine"),
        ("HTTP://127.0.0.1:9/x", "no video from HTTP://127.0.0.1:9/x: .*refused"),
        ("9" * 5000, "there is no file 999"),
        ("/dev/z\udce9", "no camera: there is no /dev"),
        ("folder", "there are no images in"),
        ("http://127.0.0.1:9/x", "no video from http://127.0.0.1:9/x"),
        ("97", r"no camera: .*--source.*--demo"),
        ("/dev/nothing", r"no camera: .*--source.*--demo"),
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
    assert "me:secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http", "tcp"])
def test_passwords_are_not_shown(scheme):
    with pytest.raises(SourceError) as caught:
        open_source(f"{scheme}://me:sec@ret@127.0.0.1:9/x?pwd=sec")
    assert "sec" not in str(caught.value).replace("8 s", "")
    assert f"{scheme}://127.0.0.1:9/x" in str(caught.value)


class _Stream(BaseHTTPRequestHandler):
    """Sends a red frame, then green ones, and disconnects; for every request."""

    frames = 40
    calls = 0

    def do_GET(self):
        type(self).calls += 1
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        for number in range(self.frames):
            frame = plain(RED if number == 0 else GREEN, (120, 160))[..., ::-1]
            data = cv2.imencode(".jpg", frame)[1].tobytes()
            head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + data + b"\r\n")
            except OSError:
                return
            time.sleep(0.01)

    def log_message(self, format, *args):  # noqa: A002 - its name in the library
        pass


@pytest.fixture
def stream():
    _Stream.calls = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(server):
    return f"http://127.0.0.1:{server.server_port}/stream"


def read_until(source, done, seconds=10):
    """Frames until the condition holds, each with the seconds without a frame."""
    found, said = [], []
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        found.append(source.read())
        said.append(source.seconds_without_frame)
    assert done()
    return found, said


def test_a_stream_that_disconnects_is_opened_again(stream):
    source = open_source(address(stream))
    assert source.live
    assert not source.mirror
    found, said = read_until(source, lambda: _Stream.calls == 3)
    source.close()
    assert found[0].image.shape == (120, 160, 3)
    assert 1 in colours_of(found)
    times = [frame.time for frame in found]
    assert times == sorted(times)
    lost = [place for place, seconds in enumerate(said) if seconds is not None]
    assert all(0 <= said[place] < 5 for place in lost)
    assert any(not found[place].fresh for place in lost)
    moment = found[lost[0]].time
    back = [frame for frame in found if frame.fresh and frame.time > moment]
    assert 1 in colours_of(back)


def test_passwords_of_live_streams_are_not_shown(stream):
    where = address(stream).replace("//", "//me:sec@ret@") + "?pwd=secret"
    source = open_source(where, patience=0.5)
    assert source.live
    assert source.name == f"{address(stream)}?..."
    stream.shutdown()
    stream.server_close()
    with pytest.raises(SourceError) as caught:
        read_until(source, lambda: False)
    source.close()
    assert "sec" not in str(caught.value).replace("0 s", "")


def test_a_stream_that_does_not_come_back(stream):
    where = address(stream)
    source = open_source(where, patience=0.8)
    read_until(source, lambda: _Stream.calls == 1)
    stream.shutdown()
    stream.server_close()
    with pytest.raises(SourceError, match=f"{where} was lost and did not come back"):
        read_until(source, lambda: False)
    source.close()


def test_camera_settings_have_no_effect_on_a_video(tmp_path):
    warnings = []
    path = write_video(tmp_path / "f.avi", [RED], 1)
    open_source(path, CameraSettings(fps=60), warnings.append).close()
    assert len(warnings) == 1
    assert warnings[0] == "only cameras can change size and frame rate: --fps ignored"
    open_source(path, CameraSettings(), warnings.append).close()
    assert len(warnings) == 1
