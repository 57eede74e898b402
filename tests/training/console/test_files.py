import os
from pathlib import Path

import pytest

from training.console.errors import TrainingError
from training.console.files import check_folder, check_writable, write_bytes, written_whole


def test_a_file_may_be_new_or_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_writable(tmp_path / "x.png")
    check_writable(Path("x.png"))
    write_bytes(tmp_path / "x.png", b"1")
    write_bytes(tmp_path / "x.png", b"2")
    assert (tmp_path / "x.png").read_bytes() == b"2"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(TrainingError, match="there is no folder .*nowhere to write x.png in"):
        check_writable(tmp_path / "nowhere" / "x.png")


def test_a_folder_that_is_not_writable_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(TrainingError, match=f"the folder {tmp_path} is not writable"):
        check_writable(tmp_path / "x.png")


def test_a_folder_in_place_of_a_file_and_a_protected_file_are_named(monkeypatch, tmp_path):
    with pytest.raises(TrainingError, match=f"{tmp_path} is a folder, not a file"):
        check_writable(tmp_path)
    (tmp_path / "x.png").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) == tmp_path)
    with pytest.raises(TrainingError, match=r"the file .*x.png is not writable"):
        check_writable(tmp_path / "x.png")


def test_a_folder_may_be_created_or_used(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path, tmp_path / "new" / "run", Path("new/run"), Path()):
        check_folder(path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_created_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("file", "dangling"):
        for path in (tmp_path / name, tmp_path / name / "run"):
            with pytest.raises(TrainingError, match=f"{tmp_path / name} is not a folder"):
                check_folder(path)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    for path in (tmp_path, tmp_path / "new" / "run"):
        with pytest.raises(TrainingError, match=f"the folder {tmp_path} is not writable"):
            check_folder(path)


def test_errors_of_the_system_are_reported(tmp_path):
    with pytest.raises(TrainingError, match="cannot write "):
        write_bytes(tmp_path, b"")


def test_a_file_is_replaced_once_it_is_written(tmp_path):
    path = tmp_path / "run" / "file"
    for text in ("old", "new"):
        with written_whole(path) as partial:
            partial.write_text(text)
            assert path.exists() is (text == "new")
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_write_keeps_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with written_whole(path) as partial:
            partial.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_text() == "old"
