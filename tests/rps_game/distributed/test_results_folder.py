import os
from pathlib import Path

import pytest

from rps_game import Gesture, Prediction
from rps_game.cli.results import Result
from rps_game.recognition.regions import Region

fsspec = pytest.importorskip("fsspec", reason="needs Ray: pip install -e '.[ray]'")
pq = pytest.importorskip("pyarrow.parquet", reason="needs Ray: pip install -e '.[ray]'")
from rps_game.distributed import results_folder  # noqa: E402

LABELS = ["rock", "paper"]
ROCK = Result(
    "/rock.png",
    Prediction(Gesture.ROCK, 0.75, {"rock": 0.75, "paper": 0.25}, Region(1, 2, 30, 40)),
)
BROKEN = Result("/broken.png", None, "an empty file")


@pytest.fixture(params=["disk", "memory"])
def address(request, tmp_path):
    """A folder on a disk, and one in an object store."""
    yield str(tmp_path / "a" / "results") if request.param == "disk" else "memory://results"
    if request.param == "memory":
        files = fsspec.filesystem("memory")
        if files.exists("/results"):
            files.rm("/results", recursive=True)


@pytest.fixture
def folder(address):
    folder = results_folder.ResultsFolder(address, LABELS)
    folder.create("model 1")
    return folder


def read(address):
    files, root = fsspec.core.url_to_fs(address)
    return [
        row
        for file in files.ls(root, detail=False)
        if file.endswith(".parquet")
        for row in pq.read_table(file, filesystem=files).to_pylist()
    ]


def test_rows(folder, address):
    folder.write([ROCK, BROKEN])
    nothing = dict.fromkeys(["path_bytes", "warning"])
    assert read(address) == [
        {
            "path": "/rock.png",
            "gesture": "rock",
            "confidence": 0.75,
            "probabilities": {"rock": 0.75, "paper": 0.25},
            "box": {"left": 1, "top": 2, "width": 30, "height": 40},
            "error": None,
            **nothing,
        },
        {
            "path": "/broken.png",
            "gesture": None,
            "confidence": None,
            "probabilities": None,
            "box": None,
            "error": "an empty file",
            **nothing,
        },
    ]
    assert list(folder.finished()) == ["/rock.png", "/broken.png"]


def test_the_same_images_replace_their_results_and_others_are_added(folder, address):
    folder.write([BROKEN])
    folder.write([Result("/broken.png", None, "damaged or cut short")])
    folder.write([ROCK])
    assert sorted(row["error"] or "" for row in read(address)) == ["", "damaged or cut short"]


def test_a_path_that_is_not_utf8(folder, address):
    name = os.fsdecode(b"/\xff.png")
    folder.write([Result(name, None, "an empty file")])
    (row,) = read(address)
    assert (row["path"], row["path_bytes"]) == ("/\ufffd.png", b"/\xff.png")
    assert list(folder.finished()) == [name]


def test_only_complete_files_are_seen(folder, address, monkeypatch):
    folder.write([ROCK])
    files, root = fsspec.core.url_to_fs(address)
    assert sorted(Path(name).suffix for name in files.ls(root, detail=False)) == [
        ".json",
        ".parquet",
    ]


def test_another_run_may_continue_with_the_same_model_only(folder, address):
    folder.write([ROCK])
    again = results_folder.ResultsFolder(address, LABELS)
    again.create("model 1")
    assert again.is_created()
    with pytest.raises(results_folder.FolderError, match="another model"):
        again.create("model 2")
    with pytest.raises(results_folder.FolderError, match="another model"):
        results_folder.ResultsFolder(address, ["paper", "rock"]).create("model 1")


def test_a_folder_of_something_else_is_refused(address):
    folder = results_folder.ResultsFolder(address, LABELS)
    assert not folder.is_created()
    files, root = fsspec.core.url_to_fs(address)
    files.makedirs(root)
    files.pipe_file(f"{root}/other.parquet", b"x")
    with pytest.raises(results_folder.FolderError, match="other Parquet files"):
        folder.create("model 1")


def test_damaged_files_are_named(folder, address):
    files, root = fsspec.core.url_to_fs(address)
    files.pipe_file(f"{root}/cut.parquet", b"PAR1")
    with pytest.raises(results_folder.FolderError, match=r"cut\.parquet cannot be read"):
        list(folder.finished())
    files.pipe_file(f"{root}/_rps_batch.json", b"{")
    with pytest.raises(results_folder.FolderError, match="damaged"):
        folder.create("model 1")


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(results_folder.FolderError, match="cannot be written"):
        results_folder.ResultsFolder(str(tmp_path / "results"), LABELS).create("model 1")


def test_results_of_other_images_are_kept(folder):
    """Although their paths, one after the other, read the same."""
    folder.write([Result("/a", None, "no"), Result("/b", None, "no")])
    folder.write([Result("/a/b", None, "no")])
    assert sorted(folder.finished()) == ["/a", "/a/b", "/b"]


class Locked(fsspec.AbstractFileSystem):
    """An object store whose library has errors of its own."""

    protocol = "locked"

    def __init__(self, key="wrong", **options):
        super().__init__(**options)
        if key == "none":
            raise RuntimeError("No key")

    def info(self, path, **_):
        raise RuntimeError("Unable to locate credentials")

    def isdir(self, path):
        return self.info(path)

    def exists(self, path, **_):
        return self.info(path)


def test_an_object_store_that_refuses_is_an_error(monkeypatch):
    fsspec.register_implementation("locked", Locked, clobber=True)
    folder = results_folder.ResultsFolder("locked://results", LABELS)
    with pytest.raises(results_folder.FolderError, match="cannot be written: unable to locate cre"):
        folder.create("model 1")
    monkeypatch.setitem(fsspec.config.conf, "locked", {"key": "none"})
    with pytest.raises(results_folder.FolderError, match="locked://results cannot be opened: no k"):
        results_folder.ResultsFolder("locked://results", LABELS)


def test_an_unknown_protocol_is_an_error():
    with pytest.raises(results_folder.FolderError, match="nonsense://"):
        results_folder.ResultsFolder("nonsense://results", LABELS)
