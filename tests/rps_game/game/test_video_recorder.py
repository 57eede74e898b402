"""Films: as long as what they show, complete or not there at all."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from rps_game.game import video_recorder
from rps_game.game.video_recorder import RATE, VideoError, VideoRecorder

SIZE = (64, 48)


def plain(colour):
    return np.full((48, 64, 3), colour, np.uint8)


RED, GREEN, BLUE = plain((250, 0, 0)), plain((0, 250, 0)), plain((0, 0, 250))


def frames(path):
    capture = cv2.VideoCapture(str(path))
    found = []
    while (read := capture.read())[0]:
        found.append(int(read[1][24, 32, ::-1].argmax()))
    return found


@pytest.mark.parametrize("ending", ["avi", "mp4", "mkv"])
def test_time_is_kept(tmp_path, ending):
    film = VideoRecorder(tmp_path / f"a.{ending}", SIZE)
    film.add(RED, 5.0)  # a source need not begin at 0
    film.add(GREEN, 5.5)
    film.add(BLUE, 5.501)  # too soon for a picture of its own: the newest is shown
    film.hold(RED, 1.0)
    film.close()
    seen = frames(film.path)
    assert seen == [0] * 15 + [0] * 30 + [0] or seen[:15] == [0] * 15
    assert len(seen) == pytest.approx(1.5 * RATE + 1, abs=1)


def test_fast_sources_are_thinned(tmp_path):
    film = VideoRecorder(tmp_path / "a.avi", SIZE)
    for number in range(600):
        film.add((RED, GREEN, BLUE)[number // 200], number / 600)
    film.close()
    seen = frames(film.path)
    assert len(seen) == pytest.approx(RATE, abs=1)
    assert (seen[0], seen[15], seen[-1]) == (0, 1, 2)


def test_it_is_there_only_when_it_is_complete(tmp_path):
    path = tmp_path / "a.avi"
    path.write_bytes(b"an older film")
    film = VideoRecorder(path, SIZE)
    film.add(RED, 0.0)
    film.add(RED, 1.0)
    assert path.read_bytes() == b"an older film"
    film.close()
    assert frames(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.avi"]


def test_an_empty_film_leaves_nothing(tmp_path):
    VideoRecorder(tmp_path / "a.avi", SIZE).close()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(tmp_path):
    for path, says in (
        (tmp_path / "film.txt", "film.txt: a film's name ends with .mp4"),
        (tmp_path / "film", "ends with"),
        (tmp_path / "no" / "film.mp4", "there is no folder"),
    ):
        with pytest.raises(VideoError, match=says):
            VideoRecorder(path, SIZE)
    (tmp_path / "folder.avi").mkdir()
    with pytest.raises(VideoError, match="is a folder"):
        VideoRecorder(tmp_path / "folder.avi", SIZE)


def test_no_encoder(tmp_path, monkeypatch):
    monkeypatch.setitem(
        __import__("rps_game.game.video_recorder").recording._CODECS, ".mp4", "zzzz"
    )
    with pytest.raises(VideoError, match="no encoder zzzz.*ends with .avi"):
        VideoRecorder(tmp_path / "film.mp4", SIZE)
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_got_lost(tmp_path):
    said = []
    film = VideoRecorder(tmp_path / "film.avi", SIZE, said.append)
    film.add(RED, 0.0)
    for file in tmp_path.iterdir():
        file.unlink()
    film.close()
    (line,) = said
    assert "could not be completed" in line
    assert not film.whole


@pytest.mark.parametrize("ending", ["avi", "mp4", "mkv"])
def test_a_disk_that_fills_up_ends_the_film_and_nothing_else(tmp_path, monkeypatch, ending):
    """An .mp4 that cannot be completed is lost, so it is completed while there is room."""
    said, room = (
        [],
        [10**9] * 7 + [video_recorder._RESERVE - 1] * 100,
    )  # looked at every ten pictures
    monkeypatch.setattr(video_recorder, "room_for", lambda path: room.pop(0))
    film = VideoRecorder(tmp_path / f"film.{ending}", SIZE, said.append)
    for number in range(200):
        film.add((RED, GREEN, BLUE)[number % 3], number / RATE)
    film.hold(RED, 1.0)
    film.close()
    assert said == [f"no room for more of the film: {film.path} ends after 2 s"]
    assert not film.whole
    assert frames(film.path)[:6] == [0, 1, 2, 0, 1, 2]
    assert len(frames(film.path)) == pytest.approx(60, abs=2)
    assert [file.name for file in tmp_path.iterdir()] == [film.path.name]


def test_a_full_disk_takes_no_film(tmp_path, monkeypatch):
    monkeypatch.setattr(video_recorder, "room_for", lambda path: video_recorder._RESERVE - 1)
    with pytest.raises(VideoError, match="no room for a film: free 32 MB"):
        VideoRecorder(tmp_path / "film.avi", SIZE)
    assert list(tmp_path.iterdir()) == []


def test_the_room_there_is(tmp_path):
    file = tmp_path / "file"
    free = video_recorder.room_for(file)
    assert 0 < free <= video_recorder._LARGEST
    file.write_bytes(b"x" * 1000)
    assert video_recorder.room_for(file) <= video_recorder._LARGEST - 1000
    assert video_recorder.room_for(tmp_path / "gone" / "file") == 0


_LIMITED = """
import resource, sys
import numpy as np
from rps_game.recording import VideoRecorder
resource.setrlimit(resource.RLIMIT_FSIZE, (33_000_000, resource.RLIM_INFINITY))
film = VideoRecorder(sys.argv[1], (640, 480), lambda line: print(line))
chance = np.random.default_rng(0)
for number in range(100):
    film.add(chance.integers(0, 255, (480, 640, 3), np.uint8), number / 30)
film.close()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_limit_of_the_size_of_files(tmp_path):
    path = tmp_path / "film.mp4"
    command = [sys.executable, "-c", _LIMITED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    (line,) = done.stdout.splitlines()
    assert line.startswith("no room for more of the film")
    capture = cv2.VideoCapture(str(path))
    assert 0 < capture.get(cv2.CAP_PROP_FRAME_COUNT) < 100
    assert capture.read()[0]
