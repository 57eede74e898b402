"""Recorded videos: as long as the match, and under their final name only if complete."""

import os
import subprocess
import sys

import av
import cv2
import numpy as np
import pytest

from rps_game.game.video_recorder import ENCODERS, FPS, VideoRecorder
from rps_game.game.video_target import RESERVE, VideoError, check_path

SIZE = (64, 48)


def plain(colour):
    return np.full((48, 64, 3), colour, np.uint8)


RED, GREEN, BLUE = plain((250, 0, 0)), plain((0, 250, 0)), plain((0, 0, 250))


def frames(path):
    with path.open("rb") as file, av.open(file) as container:
        images = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return [int(image[24, 32].argmax()) for image in images]


@pytest.mark.parametrize("ending", [suffix[1:] for suffix in ENCODERS])
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


def test_frames_of_fast_sources_are_dropped(tmp_path):
    video = VideoRecorder(tmp_path / "a.avi", SIZE)
    for number in range(600):
        video.show_from((RED, GREEN, BLUE)[number // 200], number / 600)
    video.close()
    seen = frames(video.path)
    assert len(seen) == pytest.approx(FPS, abs=1)
    assert (seen[0], seen[15], seen[-1]) == (0, 1, 2)


def test_the_file_gets_its_name_only_when_complete(tmp_path):
    path = tmp_path / "a.avi"
    video = VideoRecorder(path, SIZE)
    video.show_from(RED, 0.0)
    video.show_from(RED, 1.0)
    assert [file.name for file in tmp_path.iterdir()] == ["a.avi.part"]
    video.close()
    assert frames(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.avi"]


@pytest.mark.parametrize("link", [False, True])
def test_an_existing_file_is_replaced_only_by_force(tmp_path, link):
    path = tmp_path / "a.avi"
    if link:
        path.symlink_to("elsewhere")
    else:
        path.write_bytes(b"an older video")
    for refused in (check_path, lambda path: VideoRecorder(path, SIZE)):
        with pytest.raises(VideoError, match=r"a\.avi already exists: .* --force"):
            refused(path)
    video = VideoRecorder(path, SIZE, force=True)
    video.show_from(RED, 0.0)
    assert link or path.read_bytes() == b"an older video"
    video.close()
    assert frames(path) == [0]
    assert not path.is_symlink()


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path):
    path, said = tmp_path / "a.avi", []
    video = VideoRecorder(path, SIZE, said.append)
    video.show_from(RED, 0.0)
    path.write_bytes(b"another video")
    video.close()
    assert path.read_bytes() == b"another video"
    assert frames(tmp_path / "a.avi.part") == [0]
    assert not video.complete
    assert said == [
        f"the video {path} could not be completed: another file has this name now; "
        f"what was recorded is in {path}.part"
    ]


def test_the_part_of_a_killed_recording_is_kept_and_reported(tmp_path):
    code = "import os, sys, numpy as np; from rps_game.game.video_recorder import VideoRecorder\n"
    code += (
        "video = VideoRecorder(sys.argv[1], (64, 48)); image = np.zeros((48, 64, 3), np.uint8)\n"
    )
    code += "video.show_from(image, 0.0); video.show_from(image, 9.0); os._exit(9)"
    path = tmp_path / "a.mkv"
    said = []
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    assert [file.name for file in tmp_path.iterdir()] == ["a.mkv.part"]
    video = VideoRecorder(path, SIZE, said.append)
    video.show_from(RED, 0.0)
    video.close()
    (line,) = said
    assert line.startswith(f"{path}.part is part of a video whose recording was killed")
    assert frames(path) == [0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mkv", "a.mkv.part"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
@pytest.mark.parametrize(
    "name", ["2024-05-01T12:30:00.mp4", "z\udce9.mp4", "100%d.avi", "pipe:1.mkv"]
)
def test_any_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    video = VideoRecorder(name, SIZE)
    video.show_from(RED, 0.0)
    video.close()
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert frames(tmp_path / name) == [0]


@pytest.mark.parametrize("ending", [suffix[1:] for suffix in ENCODERS])
def test_colours_are_those_of_the_screen(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    colours = np.array([[(200, 30, 30), (30, 200, 30)], [(30, 30, 200), (128, 128, 128)]], np.uint8)
    image = colours.repeat(24, 0).repeat(32, 1)
    video = VideoRecorder(path, SIZE)
    video.show_from(image, 0.0)
    video.close()
    with path.open("rb") as file, av.open(file) as container:
        (frame,) = container.decode(video=0)
    shown = frame.to_ndarray(format="rgb24")
    # Players take large videos that do not say otherwise for BT.709: people would look sunburnt.
    assert ending == "avi" or frame.colorspace == av.video.reformatter.Colorspace.ITU601
    assert np.abs(shown[12::24, 16::32].astype(int) - colours).max() < 12


def test_an_empty_video_leaves_nothing(tmp_path):
    VideoRecorder(tmp_path / "a.avi", SIZE).close()
    assert list(tmp_path.iterdir()) == []


def test_videos_that_cannot_be_written(tmp_path):
    for path, says in (
        ("", "the name of the video is empty"),
        (tmp_path / ("v" * 300 + ".mp4"), "cannot be written: file name too long"),
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
    with pytest.raises(VideoError, match="no encoder yyyy or zzzz: .* ends with .avi"):
        VideoRecorder(tmp_path / "video.mp4", SIZE, encoders={".mp4": ("yyyy", "zzzz")})
    assert list(tmp_path.iterdir()) == []


def test_another_encoder(tmp_path):
    video = VideoRecorder(tmp_path / "a.mp4", SIZE, encoders={".mp4": ("zzzz", "mpeg4")})
    video.show_from(GREEN, 0.0)
    video.close()
    assert frames(video.path) == [1]


def test_a_disk_that_is_full_sooner_than_expected(tmp_path):
    """If writing fails, the match continues after one warning."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    said = []
    video = VideoRecorder(tmp_path / "video.mkv", SIZE, said.append, room=lambda path: 10**9)
    rng = np.random.default_rng(0)
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, kept[1]))
    try:
        for number in range(200):
            video.show_from(rng.integers(0, 255, (48, 64, 3), np.uint8), number / FPS)
        video.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    (line,) = said
    assert line.startswith(f"the video {video.path} could not be completed: file too large; what ")
    assert not video.complete
    assert [file.name for file in tmp_path.iterdir()] == ["video.mkv.part"]


def test_a_video_that_is_lost(tmp_path):
    said = []
    video = VideoRecorder(tmp_path / "video.avi", SIZE, said.append)
    video.show_from(RED, 0.0)
    for file in tmp_path.iterdir():
        file.unlink()
    video.close()
    (line,) = said
    assert "could not be completed" in line
    assert not video.complete


@pytest.mark.parametrize("ending", [suffix[1:] for suffix in ENCODERS])
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
    assert said == [f"no room for the rest of the video: {video.path} ends after 2 s"]
    assert not video.complete
    assert frames(video.path)[:6] == [0, 1, 2, 0, 1, 2]
    assert len(frames(video.path)) == pytest.approx(60, abs=2)
    assert [file.name for file in tmp_path.iterdir()] == [video.path.name]


def test_no_video_is_started_on_a_full_disk(tmp_path):
    with pytest.raises(VideoError, match="no room for a video: free 32 MB"):
        VideoRecorder(tmp_path / "video.avi", SIZE, room=lambda path: RESERVE - 1)
    assert list(tmp_path.iterdir()) == []


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
def test_a_limit_on_file_sizes(tmp_path):
    path = tmp_path / "video.mp4"
    command = [sys.executable, "-c", _LIMITED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    (line,) = done.stdout.splitlines()
    assert line.startswith("no room for the rest of the video")
    capture = cv2.VideoCapture(str(path))
    assert 0 < capture.get(cv2.CAP_PROP_FRAME_COUNT) < 100
    assert capture.read()[0]
