"""Starts Ray, or connects to a cluster, and has workers classify images there."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from rps_game.cli.prefetch import usable_processors

_MAX_BLOCK = 1024  # images whose results are one file; what a killed worker has to do again
_BLOCKS_PER_WORKER = 4  # at least, so that none works alone at the end
_MAX_DEATHS = 3  # of workers with the same block, which is then left for another run
_CONNECT_TIMEOUT = 10.0  # seconds


class JobError(RuntimeError):
    """A job that cannot continue; the message says why in one line."""


@dataclass(frozen=True)
class Progress:
    """A block of images that is done.

    Attributes:
        images: How many there were.
        errors: How many of them could not be read.
    """

    images: int
    errors: int


@contextmanager
def ray_running(address: str | None, workers: int) -> Iterator[int]:
    """Run Ray on this machine, or connect to a cluster, until the end of the block.

    On this machine, Ray's usage statistics and its dashboard are off. A cluster keeps the settings
    it was started with.

    Args:
        address: A cluster, as for `ray.init`; None for this machine.
        workers: How many worker processes there will be; 0 for one per processor.

    Yields:
        The number of workers.

    Raises:
        JobError: If there is no such cluster.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # its own processes read it
    import ray

    settings: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address is None:
            workers = workers or usable_processors()
            ray.init("local", num_cpus=workers, include_dashboard=False, **settings)
        else:
            _check_answers(address)
            ray.init(address, **settings)
            workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    except JobError:
        raise
    except Exception as error:  # Ray's have no narrower base class
        raise JobError(f"Ray does not start: {_first_line(error)}") from error
    try:
        yield workers
    finally:
        ray.shutdown()


def run(
    paths: Sequence[str],
    worker: Callable[..., Any],
    arguments: Sequence[object],
    workers: int,
    show_progress: bool = False,
) -> Iterator[Progress]:
    """Have images classified; Ray must be running.

    A worker that dies is replaced, and its block is classified again, at most three times in all.

    Args:
        paths: Files and addresses that all machines can read.
        worker: The class of the workers, such as `rps_game.distributed.worker.Worker`.
        arguments: What it is called with to create a worker.
        workers: How many of them; each uses one processor.
        show_progress: Whether Ray shows its progress on stderr.

    Yields:
        Each block that is done. Blocks whose workers died too often are left out.

    Raises:
        JobError: If the workers cannot start, or not write their results.
    """
    import ray
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = show_progress
    context.enable_rich_progress_bars, context.use_ray_tqdm = True, False
    context.max_consecutive_actor_init_deaths = _MAX_DEATHS
    context.raise_original_map_exception = True
    for handler in logging.getLogger("ray.data").handlers:
        if not isinstance(handler, logging.FileHandler):
            handler.setLevel(logging.CRITICAL)  # failures are raised
    starts = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(_Starts).remote()
    done = ray.data.from_arrow(_blocks(paths, workers)).map_batches(
        Classify,
        fn_constructor_args=(starts, worker, arguments),
        batch_size=None,  # the whole block
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=1,
    )
    try:
        for batch in done.iter_batches(batch_size=None, batch_format="pyarrow"):
            readable = batch["readable"].to_pylist()
            yield Progress(len(readable), readable.count(False))
    except ray.exceptions.RayError as error:
        raise JobError(f"a worker failed: {_cause(error)}") from error


class _Starts:
    """Counts, for all workers, how often each block was started."""

    def __init__(self) -> None:
        self._counts = Counter[int]()

    def add(self, block: int) -> int:
        self._counts[block] += 1
        return self._counts[block]


class Classify:  # Ray's progress shows this name
    """A worker that leaves out a block which was started too often.

    Ray would give a block whose worker dies to the next worker for ever.
    """

    def __init__(
        self, starts: Any, worker: Callable[..., Any], arguments: Sequence[object]
    ) -> None:
        self._starts, self._worker = starts, worker(*arguments)

    def __call__(self, block: pa.Table) -> pa.Table:
        """The worker's answer, or an empty one."""
        import ray

        if ray.get(self._starts.add.remote(block["number"][0].as_py())) > _MAX_DEATHS:
            return pa.table({"readable": pa.array([], pa.bool_())})
        return self._worker(block)


def _check_answers(address: str) -> None:
    """Check that something answers; Ray itself would keep trying for minutes.

    Raises:
        JobError: If nothing does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), _CONNECT_TIMEOUT).close()
        except (OSError, OverflowError) as error:
            raise JobError(f"no Ray cluster answers at {address}: {error}") from error


def _blocks(paths: Sequence[str], workers: int) -> list[pa.Table]:
    size = min(_MAX_BLOCK, -(-len(paths) // (workers * _BLOCKS_PER_WORKER)))
    blocks = [paths[start : start + size] for start in range(0, len(paths), size)]
    return [
        pa.table({"path": list(map(os.fsencode, block)), "number": [number] * len(block)})
        for number, block in enumerate(blocks)
    ]


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def _cause(error: Exception) -> str:
    """The exception in a worker, as the last line of its kind in a long report."""
    lines = re.findall(r"^[\w.]*?(\w+(?:Error|Exception): .*)$", str(error), re.MULTILINE)
    return lines[-1].removeprefix("WorkerError: ") if lines else _first_line(error)
