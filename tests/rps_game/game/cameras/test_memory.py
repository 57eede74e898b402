"""The camera that was chosen is used again, wherever it is plugged in."""

import pytest

from rps_game.game.cameras.memory import ChosenCamera, camera_file, load_choice, save_choice

BACK = ChosenCamera(2, "Back")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RPS_GAME_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_choice_is_kept(folder):
    assert load_choice() is None
    save_choice(BACK)
    assert load_choice() == BACK
    save_choice(ChosenCamera(0, "Kamera für Ñandú"))
    assert load_choice() == ChosenCamera(0, "Kamera für Ñandú")
    assert [path.name for path in folder.iterdir()] == ["camera.json"]


@pytest.mark.parametrize(
    ("names", "index"),
    [
        (None, 2),  # the system does not list its cameras
        ({0: "Front", 2: "Back"}, 2),
        ({0: "Back", 2: "Front"}, 0),
        ({4: "Back", 5: "Back", 2: "Front"}, 4),
        ({0: "Front"}, None),
        ({}, None),
    ],
)
def test_it_is_found_again_by_its_name(names, index):
    assert BACK.where(names) == index


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"index": 0}',
        b'{"index": -1, "name": "x"}',
        b'{"index": true, "name": "x"}',
        b'{"index": "0", "name": "x"}',
        b'{"index": 0, "name": 5}',
        b'{"index": 0, "name": "two\\nlines"}',
        b'{"index": 0, "name": "%s"}' % (b"x" * 5000),
    ],
)
def test_a_damaged_file_is_as_none(folder, content):
    folder.mkdir()
    camera_file().write_bytes(content)
    assert load_choice() is None
    save_choice(BACK)
    assert load_choice() == BACK


def test_a_folder_that_cannot_be_written(folder):
    folder.write_text("a file")
    with pytest.raises(OSError, match="data"):
        save_choice(BACK)
    assert load_choice() is None
