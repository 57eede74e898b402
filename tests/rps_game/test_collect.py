"""The command rps-collect: what it saves and prints, and its exit statuses."""

import errno
import os
import signal
import subprocess
import sys

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from rps_game.collect import main
from rps_game.collection.photo_folder import PhotoFolder
from rps_game.sources.base import Frame, SourceError


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def halves(left, right):
    """Two grey halves."""
    image = np.full((48, 64, 3), left, np.uint8)
    image[:, 32:] = right
    return image


@pytest.fixture
def video(tmp_path):
    """Three seconds at ten frames per second; the left half gets brighter, the right is white."""
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(30):
        writer.write(halves(number * 8, 255))
    writer.release()
    return path


def left_half(path):
    return float(cv2.imread(str(path))[10:38, 5:27].mean())


def test_a_burst(video, tmp_path):
    done = run(
        "rock", tmp_path / "p", "--source", video, "--headless", "--burst", 5, "--every", 0.5
    )
    assert done.exit_code == 0
    files = sorted((tmp_path / "p" / "rock").iterdir())
    assert [path.name for path in files] == [f"me__000{number}.jpg" for number in range(1, 6)]
    assert done.stdout.splitlines() == [str(path) for path in files]
    assert "5 new, 5 in total" in done.stderr
    # Every fifth frame, as it was: the dark half still on the left.
    assert [left_half(path) for path in files] == pytest.approx([0, 40, 80, 120, 160], abs=6)
    assert all(cv2.imread(str(path))[10:38, 37:60].mean() > 245 for path in files)


def test_a_source_that_ends_early(video, tmp_path):
    done = run("rock", tmp_path, "--source", video, "--headless", "--burst", 50, "--every", 0.5)
    assert done.exit_code == 1
    assert "6 new" in done.stderr
    assert "44 photos still to be taken" in done.stderr
    assert len(done.stdout.splitlines()) == 6
    again = run("rock", tmp_path, "--source", video, "--headless", "--burst", 7, "--every", 0.5)
    assert "with 1 photo still to be taken" in again.stderr


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
        (["rock", "", "--headless"], "the name is empty"),
        (["rock", "p", "--headless", "--source", ""], "the name of the source is empty"),
        (["rock", "p", "--demo", "--source", "0"], "cannot be combined"),
        (["rock", "p", "--source", "nowhere.mp4"], "there is no file nowhere.mp4"),
    ],
)
def test_mistakes(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    done = run(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_a_folder_that_cannot_be_created(video, tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "rock").touch()
    done = run("rock", tmp_path / "p", "--source", video, "--headless")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be used" in done.stderr


@pytest.mark.parametrize("filename", ["p/rock/me__0001.jpg", None])
def test_a_full_disk(video, tmp_path, monkeypatch, filename):
    def full(photos, image):
        raise OSError(errno.ENOSPC, "No space left on device", filename)

    monkeypatch.setattr(PhotoFolder, "save", full)
    done = run("rock", tmp_path, "--source", video, "--headless")
    assert done.exit_code == 2
    where = filename or tmp_path / "rock"
    assert done.stderr == f"Error: {where} cannot be written: no space left on device\n"


def test_a_broken_image_in_a_folder_is_skipped(tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for name in ("a.png", "c.png"):
        cv2.imwrite(str(images / name), halves(0, 255))
    (images / "b.png").touch()
    done = run("rock", tmp_path, "--source", images, "--headless", "--every", 1, "--burst", 2)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.splitlines()[0] == (f"Warning: {images / 'b.png'} is skipped: an empty file")


def test_a_source_that_fails(tmp_path, monkeypatch):
    class Failing:
        name, live, mirror, seconds_without_frame = "camera 0", True, True, None
        frames = iter([Frame(halves(0, 255), 0.0)])

        def read(self):
            if (frame := next(self.frames, None)) is None:
                raise SourceError("camera 0 was lost")
            return frame

        def close(self):
            pass

    monkeypatch.setattr("rps_game.sources.open.open_source", lambda *arguments: Failing())
    done = run("rock", tmp_path, "--headless", "--every", 0)
    assert done.exit_code == 1
    assert done.stdout == f"{tmp_path / 'rock' / 'me__0001.jpg'}\n"
    assert done.stderr == "Error: camera 0 was lost\n"


def test_drawn_hands(tmp_path):
    done = run("Paper", tmp_path, "--demo", "--headless", "--burst", 2)
    assert done.exit_code == 0, done.output
    first, second = map(cv2.imread, done.stdout.splitlines())
    assert first.shape == second.shape == (480, 480, 3)
    assert (first != second).any()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
def test_names_that_are_not_unicode(video, tmp_path):
    """OpenCV must not get such names: it would crash the process."""
    source = video.rename(tmp_path / "z\udce9.avi")
    command = [sys.executable, "-m", "rps_game.collect", "rock", tmp_path / "p", "--headless"]
    done = subprocess.run([*command, "--source", source, "--burst", "2"], check=False)
    assert done.returncode == 0
    assert len(list((tmp_path / "p" / "rock").iterdir())) == 2


def test_interlaced_videos_become_proper_photographs(tmp_path):
    """OpenCV claims to have read such frames, but does not write to the array."""
    path = tmp_path / "camera.mpg"
    with av.open(str(path), "w") as container:
        options = {"flags": "+ildct+ilme", "field_order": "tt"}
        stream = container.add_stream("mpeg2video", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(50):
            image = halves(40 + 3 * number, 255)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    done = run("rock", tmp_path, "--source", path, "--headless", "--burst", 4, "--every", 0.5)
    assert done.exit_code == 0, done.output
    photos = done.stdout.splitlines()
    assert [left_half(photo) for photo in photos] == pytest.approx([40, 79, 115, 154], abs=12)
    assert all(cv2.imread(photo)[10:38, 37:60].mean() > 240 for photo in photos)


def test_camera_settings_for_a_video_are_a_warning(video, tmp_path):
    done = run("rock", tmp_path, "--source", video, "--headless", "--burst", 1, "--width", 640)
    assert done.exit_code == 0
    warning = "only cameras can change size and frame rate: --width ignored"
    assert done.stderr.splitlines()[0] == f"Warning: {warning}"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal to send")
def test_ctrl_c(tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for number in range(60):
        cv2.imwrite(str(images / f"{number:02}.png"), halves(number, 255))
    command = [sys.executable, "-m", "rps_game.collect", "rock", str(tmp_path), "--headless"]
    options = ["--source", str(images), "--every", "0", "--burst", "10000"]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, *options], stdout=pipe, stderr=pipe, text=True) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (130, "")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EPIPE, ""),
        (errno.ENOSPC, "Warning: nothing more is printed: no space left on device\n"),
    ],
)
def test_photos_are_taken_even_if_paths_cannot_be_printed(
    video, tmp_path, monkeypatch, number, says
):
    def fail(line):
        raise OSError(number, "No space left on device")

    monkeypatch.setattr("rps_game.collect.echo", fail)
    monkeypatch.setattr("rps_game.collect.discard_stdout", lambda: None)
    done = run("rock", tmp_path, "--source", video, "--headless", "--burst", 3)
    assert done.exit_code == 0
    assert len(list((tmp_path / "rock").iterdir())) == 3
    assert done.stderr == f"{says}3 new, 3 in total in {tmp_path / 'rock'}\n"
