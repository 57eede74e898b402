import os

import cv2
import numpy as np
import pytest

from rps_game import Classifier
from rps_game.classify import classify_files

fsspec = pytest.importorskip("fsspec", reason="needs Ray: pip install -e '.[ray]'")
pa = pytest.importorskip("pyarrow", reason="needs Ray: pip install -e '.[ray]'")
pq = pytest.importorskip("pyarrow.parquet")
from rps_game.distributed import results_folder, worker  # noqa: E402

LABELS = ["rock", "paper", "scissors", "none"]
RED = cv2.imencode(".png", np.full((9, 9, 3), (0, 0, 255), np.uint8))[1].tobytes()
DEEP = cv2.imencode(".png", np.full((9, 9, 3), 4000, np.uint16))[1].tobytes()


@pytest.fixture
def paths(tmp_path):
    """Images on a disk and in memory, and all kinds of files that are none."""
    files = fsspec.filesystem("memory")
    contents = {"red.png": RED, "deep.png": DEEP, "cut.png": RED[:-20], "notes.txt": b"rock"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        files.pipe_file(f"/bucket/{name}", content)
    yield [
        folder + name
        for folder in (f"{tmp_path}/", "memory://bucket/")
        for name in (*contents, "missing.png")
    ]
    files.rm("/bucket", recursive=True)


@pytest.fixture
def folder(tmp_path):
    folder = results_folder.ResultsFolder(str(tmp_path / "results"), LABELS)
    folder.create("model 1")
    return str(tmp_path / "results")


def test_results_are_those_of_rps_classify_wherever_the_files_are(paths, tiny_model):
    classifier = Classifier(tiny_model)
    local, remote = paths[:5], paths[5:]
    expected = list(classify_files(classifier, local, 16))
    assert [result.error for result in expected] == [
        "",
        "",
        "damaged or cut short",
        "not an image that OpenCV reads",
        "no such file or directory",
    ]
    assert expected[1].warning
    found = worker.classify(classifier, paths)
    assert found[:5] == expected
    assert [(one.prediction, one.error, one.warning) for one in found[5:]] == [
        (one.prediction, one.error, one.warning) for one in expected
    ]
    assert [one.path for one in found[5:]] == remote


def test_more_images_than_fit_into_a_batch_stay_in_order(tmp_path, tiny_model):
    colours = {"rock": (0, 0, 255), "paper": (0, 255, 0), "scissors": (255, 0, 0)}
    names = [list(colours)[number % 3] for number in range(150)]
    for number, name in enumerate(names):
        cv2.imwrite(f"{tmp_path}/{number}.png", np.full((9, 9, 3), colours[name], np.uint8))
    (tmp_path / "70.png").write_bytes(b"")
    found = worker.classify(Classifier(tiny_model), [f"{tmp_path}/{n}.png" for n in range(150)])
    assert [str(one.prediction.gesture) if one.prediction else "" for one in found] == [
        "" if number == 70 else name for number, name in enumerate(names)
    ]


def test_errors_of_other_libraries_become_rows(monkeypatch, tiny_model):
    class SomeLibraryError(Exception):
        pass

    def broken(*words, **options):
        raise SomeLibraryError("too\nslow")

    monkeypatch.setattr(fsspec, "open", broken)
    (found,) = worker.classify(Classifier(tiny_model), ["s3://bucket/a.png"])
    assert (found.prediction, found.error) == (None, r"cannot be read: too\nslow")


def test_a_block_is_written_with_its_errors(paths, folder, tiny_model):
    done = worker.Worker(str(tiny_model), folder, LABELS)(
        pa.table({"path": [*map(os.fsencode, paths)]})
    )
    assert done["readable"].to_pylist() == [True, True, False, False, False] * 2
    rows = pq.read_table(folder).to_pylist()
    assert [row["path"] for row in rows] == paths
    assert rows[0]["gesture"] == "rock"


def test_a_machine_with_another_version_model_or_disk_is_refused(folder, tmp_path, tiny_model):
    model = str(tiny_model)
    with pytest.raises(worker.WorkerError, match=r"0\.0\.1: install the same"):
        worker.Worker(model, folder, LABELS, "0.0.1")
    with pytest.raises(worker.WorkerError, match="another model"):
        worker.Worker(model, folder, LABELS[:3])
    with pytest.raises(worker.WorkerError, match="a file system that all of them share"):
        worker.Worker(model, str(tmp_path / "elsewhere"), LABELS)


def test_a_full_disk_is_an_error(folder, tiny_model, monkeypatch):
    ready = worker.Worker(str(tiny_model), folder, LABELS)

    def full(self, results):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results_folder.ResultsFolder, "write", full)
    with pytest.raises(worker.WorkerError, match="cannot be written: .*No space left"):
        ready(pa.table({"path": [b"a.png"]}))
