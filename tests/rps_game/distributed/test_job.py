"""Ray with two workers on this machine: what is lost when one dies, and how failures are shown."""

import os
import signal
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("ray.data", reason="needs Ray: pip install -e '.[ray]'")
pq = pytest.importorskip("pyarrow.parquet")

from rps_game.distributed.job import JobError, Progress, ray_running, run  # noqa: E402
from rps_game.distributed.results_folder import ResultsFolder  # noqa: E402
from rps_game.distributed.worker import Worker, WorkerError  # noqa: E402

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills processes as POSIX does")
LABELS = ["rock", "paper", "scissors", "none"]


@pytest.fixture(scope="module")
def workers():
    with ray_running(None, 2) as workers:
        yield workers


@pytest.fixture
def paths(tmp_path):
    for number in range(40):
        image = np.full((9, 9, 3), (0, 0, 255), np.uint8)
        cv2.imwrite(str(tmp_path / f"{number:02}.png"), image)
    return sorted(map(str, tmp_path.glob("*.png")))


@pytest.fixture
def results(tmp_path):
    folder = ResultsFolder(str(tmp_path / "results"), LABELS)
    folder.create("model 1")
    return str(tmp_path / "results")


def test_a_killed_worker_is_replaced_and_a_deadly_image_left_out(
    workers, paths, results, tiny_model, tmp_path
):
    class Killed(Worker):  # in a function, so that Ray sends the class itself
        def __call__(self, block):
            if b"07.png" in b"".join(block["path"].to_pylist()):
                os.kill(os.getpid(), signal.SIGKILL)
            answer = super().__call__(block)
            if not Path(tmp_path / "killed").exists():
                Path(tmp_path / "killed").touch()
                os.kill(os.getpid(), signal.SIGKILL)  # the results are written, but not reported
            return answer

    done = list(run(paths, Killed, (str(tiny_model), results, LABELS), workers))
    assert (tmp_path / "killed").exists()
    assert sum(block.images for block in done) == 35
    assert sum(block.errors for block in done) == 0
    rows = pq.read_table(results).to_pylist()
    assert sorted(row["path"] for row in rows) == paths[:5] + paths[10:]
    assert {row["gesture"] for row in rows} == {"rock"}


def test_an_error_in_a_worker_is_one_line(workers, paths, results, tiny_model):
    class Failing(Worker):
        def __call__(self, block):
            raise WorkerError("the results cannot be written: no space left")

    arguments = (str(tiny_model), results, LABELS)
    expected = "^a worker failed: the results cannot be written: no space left$"
    with pytest.raises(JobError, match=expected):
        list(run(paths, Failing, arguments, workers))


def test_workers_that_cannot_start_are_an_error(workers, paths, results, tiny_model):
    arguments = (str(tiny_model), results, LABELS, "0.0.1")
    with pytest.raises(
        JobError, match=r"^a worker failed: a machine .* 0\.0\.1: install the same version$"
    ):
        list(run(paths, Worker, arguments, workers))


def test_few_images_are_spread_over_all_workers(workers, paths, results, tiny_model):
    done = list(run(paths[:9], Worker, (str(tiny_model), results, LABELS), workers))
    assert done == [Progress(2, 0)] * 4 + [Progress(1, 0)] or sum(one.images for one in done) == 9
    assert len(done) >= workers
