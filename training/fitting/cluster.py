"""The workers of a job, one process per machine: who they are, and waiting for each other.

`TF_CONFIG` names them, as it does for TensorFlow. They wait for each other before TensorFlow
connects them, because TensorFlow waits indefinitely and cannot be interrupted. This module does not
import TensorFlow.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from training.console.errors import TrainingError

PATIENCE = 600.0
"""Seconds that workers wait for each other."""

NOTICE_AFTER = 5.0
"""Seconds after which a worker reports that it is waiting."""

StrategyName = Literal["auto", "mirrored", "multi-worker"]


class WorkerLostError(TrainingError):
    """Another worker died, which ends the job."""

    exit_code = 1


@dataclass(frozen=True)
class Cluster:
    """The workers of a job; empty for a process that trains alone.

    Attributes:
        addresses: `host:port` of every worker, the chief first; none if alone.
        jobs: TensorFlow's name of each: (`chief` or `worker`, number).
        index: this process among them.
    """

    addresses: tuple[str, ...] = ()
    jobs: tuple[tuple[str, int], ...] = ()
    index: int = 0

    @property
    def alone(self) -> bool:
        """Whether there are no other workers."""
        return not self.addresses

    @property
    def chief(self) -> bool:
        """Whether this process writes the run folder and reports for all."""
        return self.index == 0

    def name(self, index: int) -> str:
        """The name of a worker in messages."""
        return f"worker {index} ({self.addresses[index]})"

    def lost(self, message: str) -> str:
        """The name of the worker that an error message of TensorFlow is about."""
        for job, number in re.findall(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)", message):
            if (job, int(number)) in self.jobs:
                index = self.jobs.index((job, int(number)))
                if index != self.index:
                    return self.name(index)
        return "another worker"


def read_cluster(text: str) -> Cluster:
    """The cluster that the text of `TF_CONFIG` describes; empty unless it names several workers.

    Raises:
        TrainingError: the text is not a valid `TF_CONFIG`.

    Examples:
        >>> read_cluster("").alone
        True
        >>> two = '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}'
        >>> read_cluster(two).name(0)
        'worker 0 (a:1)'
    """
    try:
        config = json.loads(text or "{}")
        cluster = config.get("cluster", {})
        known = {
            (job, number): str(address)
            for job in ("chief", "worker")
            for number, address in enumerate(cluster.get(job, []))
        }
        if len(known) < 2:
            return Cluster()
        for address in known.values():
            _host_and_port(address)
        jobs = list(known)
        index = jobs.index((config["task"]["type"], int(config["task"]["index"])))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrainingError(
            "TF_CONFIG does not name the workers and which of them this is; it should read like "
            '{"cluster": {"worker": ["host:port", "host:port"]}, '
            '"task": {"type": "worker", "index": 0}}'
        ) from None
    return Cluster(tuple(known.values()), tuple(jobs), index)


def find_cluster(name: StrategyName | None) -> Cluster:
    """The cluster of this process, from `TF_CONFIG` in the environment.

    Args:
        name: the requested strategy; None for one device.

    Raises:
        TrainingError: `TF_CONFIG` is invalid, or missing although it is needed.
    """
    if name not in ("auto", "multi-worker"):
        return Cluster()
    cluster = read_cluster(os.environ.get("TF_CONFIG", ""))
    if cluster.alone and name == "multi-worker":
        raise TrainingError(
            "--strategy multi-worker needs TF_CONFIG, which names at least two workers: "
            "see docs/several-machines.md"
        )
    return cluster


def wait_for_workers(
    cluster: Cluster,
    log: Callable[[str], None],
    patience: float = PATIENCE,
    notice_after: float = NOTICE_AFTER,
) -> None:
    """Wait until every worker of the job has been started.

    Args:
        cluster: the workers.
        log: called with a line that names the missing workers if they take long.
        patience: seconds to wait at most.
        notice_after: seconds until that line.

    Raises:
        TrainingError: a worker did not start in time, or this one's port is in use.
    """
    others = [index for index in range(len(cluster.addresses)) if index != cluster.index]
    begin, noticed = time.monotonic(), False
    with _listen(cluster.addresses[cluster.index]):
        while others := [index for index in others if not _answers(cluster.addresses[index])]:
            waited = time.monotonic() - begin
            names = ", ".join(cluster.name(index) for index in others)
            if waited > patience:
                raise TrainingError(f"{names} did not answer within {patience:.0f} seconds")
            if not noticed and waited > notice_after:
                log(f"waiting for {names}")
                noticed = True
            time.sleep(0.1)


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _listen(address: str) -> socket.socket:
    """Open this worker's port, which shows the others that it runs; TensorFlow uses it later."""
    _, port = _host_and_port(address)
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    try:
        return socket.create_server(("", port), family=family, dualstack_ipv6=both)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise TrainingError(f"cannot listen at {address}: {reason}") from None


def _answers(address: str) -> bool:
    try:
        socket.create_connection(_host_and_port(address), timeout=1).close()
    except OSError:
        return False
    return True
