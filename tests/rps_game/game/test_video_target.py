import pytest

from rps_game.game.video_recorder import ENCODERS
from rps_game.game.video_target import FORMATS, MAX_SIZE, VideoError, check_path, room_for


def test_every_format_has_encoders():
    assert FORMATS.keys() == ENCODERS.keys()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "^the name of the video is empty$"),
        ("a.gif", r"must end with \.mp4, \.avi or \.mkv$"),
        ("missing/a.mp4", "there is no folder missing$"),
        ("folder.mp4", "is a folder: name a file in it$"),
        ("old.MP4", "already exists: .* --force$"),
    ],
)
def test_names_that_are_refused(tmp_path, monkeypatch, name, problem):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "old.MP4").touch()
    with pytest.raises(VideoError, match=problem):
        check_path(name)


def test_force_and_new_names_are_accepted(tmp_path):
    (tmp_path / "old.mp4").touch()
    check_path(tmp_path / "old.mp4", force=True)
    check_path(tmp_path / "new.mkv")


def test_room_for_a_file(tmp_path):
    file = tmp_path / "file"
    free = room_for(file)
    assert 0 < free <= MAX_SIZE
    file.write_bytes(b"x" * 1000)
    assert room_for(file) <= MAX_SIZE - 1000
    assert room_for(tmp_path / "gone" / "file") == 0
