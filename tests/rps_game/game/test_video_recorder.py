"""Videos: as long as what they show, complete or not there at all."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from rps_game.game.video_recorder import (
    CODECS,
    FPS,
    MAX_SIZE,
    RESERVE,
    VideoError,
    VideoRecorder,
    room_for,
)

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


@pytest.mark.parametrize("ending", [suffix[1:] for suffix in CODECS])
def test_time_is_kept(tmp_path, ending):
    video = VideoRecorder(tmp_path / f"a.{ending}", SIZE)
    video.show_from(RED, 5.0)  # a source need not begin at 0
    video.show_from(GREEN, 5.5)
    video.show_from(BLUE, 5.501)  # too soon for its own frame: the newest is shown
    video.hold(RED, 1.0)
    video.close()
    seen = frames(video.path)
    assert seen == [0] * 15 + [0] * 30 + [0] or seen[:15] == [0] * 15
    assert len(seen) == pytest.approx(1.5 * FPS + 1, abs=1)


def test_of_fast_sources_frames_are_dropped(tmp_path):
    video = VideoRecorder(tmp_path / "a.avi", SIZE)
    for number in range(600):
        video.show_from((RED, GREEN, BLUE)[number // 200], number / 600)
    video.close()
    seen = frames(video.path)
    assert len(seen) == pytest.approx(FPS, abs=1)
    assert (seen[0], seen[15], seen[-1]) == (0, 1, 2)


def test_it_is_there_only_when_it_is_complete(tmp_path):
    path = tmp_path / "a.avi"
    path.write_bytes(b"an older video")
    video = VideoRecorder(path, SIZE)
    video.show_from(RED, 0.0)
    video.show_from(RED, 1.0)
    assert path.read_bytes() == b"an older video"
    video.close()
    assert frames(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.avi"]


def test_an_empty_video_leaves_nothing(tmp_path):
    VideoRecorder(tmp_path / "a.avi", SIZE).close()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(tmp_path):
    for path, says in (
        (tmp_path / "video.txt", "video.txt: a video's name must end with .mp4"),
        (tmp_path / "video", "must end with"),
        (tmp_path / "no" / "video.mp4", "there is no folder"),
    ):
        with pytest.raises(VideoError, match=says):
            VideoRecorder(path, SIZE)
    (tmp_path / "folder.avi").mkdir()
    with pytest.raises(VideoError, match="is a folder"):
        VideoRecorder(tmp_path / "folder.avi", SIZE)


def test_no_encoder(tmp_path):
    with pytest.raises(VideoError, match="no encoder zzzz.*ends with .avi"):
        VideoRecorder(tmp_path / "video.mp4", SIZE, codecs={".mp4": "zzzz"})
    assert list(tmp_path.iterdir()) == []


def test_a_video_that_got_lost(tmp_path):
    said = []
    video = VideoRecorder(tmp_path / "video.avi", SIZE, said.append)
    video.show_from(RED, 0.0)
    for file in tmp_path.iterdir():
        file.unlink()
    video.close()
    (line,) = said
    assert "could not be completed" in line
    assert not video.complete


@pytest.mark.parametrize("ending", [suffix[1:] for suffix in CODECS])
def test_a_disk_that_fills_up_ends_the_video_and_nothing_else(tmp_path, ending):
    """An .mp4 that cannot be completed is lost, so it is completed while there is room."""
    said = []
    free = iter([10**9] * 7 + [RESERVE - 1] * 100)  # checked every ten frames
    video = VideoRecorder(
        tmp_path / f"video.{ending}", SIZE, said.append, room=lambda path: next(free)
    )
    for number in range(200):
        video.show_from((RED, GREEN, BLUE)[number % 3], number / FPS)
    video.hold(RED, 1.0)
    video.close()
    assert said == [f"no room for more of the video: {video.path} ends after 2 s"]
    assert not video.complete
    assert frames(video.path)[:6] == [0, 1, 2, 0, 1, 2]
    assert len(frames(video.path)) == pytest.approx(60, abs=2)
    assert [file.name for file in tmp_path.iterdir()] == [video.path.name]


def test_on_a_full_disk_no_video_begins(tmp_path):
    with pytest.raises(VideoError, match="no room for a video: free 32 MB"):
        VideoRecorder(tmp_path / "video.avi", SIZE, room=lambda path: RESERVE - 1)
    assert list(tmp_path.iterdir()) == []


def test_how_far_a_file_can_grow(tmp_path):
    file = tmp_path / "file"
    free = room_for(file)
    assert 0 < free <= MAX_SIZE
    file.write_bytes(b"x" * 1000)
    assert room_for(file) <= MAX_SIZE - 1000
    assert room_for(tmp_path / "gone" / "file") == 0


_LIMITED = """
import resource, sys
import numpy as np
from rps_game.game.video_recorder import VideoRecorder
resource.setrlimit(resource.RLIMIT_FSIZE, (33_000_000, resource.RLIM_INFINITY))
video = VideoRecorder(sys.argv[1], (640, 480), lambda line: print(line))
rng = np.random.default_rng(0)
for number in range(100):
    video.show_from(rng.integers(0, 255, (480, 640, 3), np.uint8), number / 30)
video.close()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_limit_of_the_size_of_files(tmp_path):
    path = tmp_path / "video.mp4"
    command = [sys.executable, "-c", _LIMITED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    (line,) = done.stdout.splitlines()
    assert line.startswith("no room for more of the video")
    capture = cv2.VideoCapture(str(path))
    assert 0 < capture.get(cv2.CAP_PROP_FRAME_COUNT) < 100
    assert capture.read()[0]
