from pathlib import Path

import pytest

from training.exporting.model_folder import MODEL_NAMES, replacing


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def replace_all(out):
    with replacing(out) as fresh:
        for name in MODEL_NAMES[:-1]:
            (fresh / name).write_text("new")


@pytest.fixture
def shipped(tmp_path):
    """A folder with all files of a model, and another file."""
    for name in (*MODEL_NAMES, "README.md"):
        (tmp_path / name).write_text("old")
    return tmp_path


def test_files_are_replaced_and_those_of_another_model_removed(shipped):
    replace_all(shipped)
    assert contents(shipped) == dict.fromkeys(MODEL_NAMES[:-1], "new") | {"README.md": "old"}


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("last", MODEL_NAMES[:-1])
def test_an_interrupted_move_restores_the_previous_files(shipped, monkeypatch, last, error):
    rename = Path.rename

    def interrupted(path, target):
        if path.name == last and target == shipped / last:
            raise error
        return rename(path, target)

    before = contents(shipped)
    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(error):
        replace_all(shipped)
    assert contents(shipped) == before


def test_an_interrupted_move_leaves_no_new_files(tmp_path, monkeypatch):
    last, rename = MODEL_NAMES[-2], Path.rename

    def interrupted(path, target):
        if target == tmp_path / last:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_all(tmp_path)
    assert not contents(tmp_path)
