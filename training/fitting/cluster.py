"""The processes that train together, one on each machine: who they are, and how they meet.

`TF_CONFIG` names them, as it does for TensorFlow. They meet before TensorFlow is asked
to connect them, for its own waiting has no end and cannot be interrupted.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from training.console.errors import TrainingError

PATIENCE = 600.0
"""Seconds that workers wait for each other."""

SILENCE = 5.0
"""Seconds after which they say so."""


class WorkerLostError(TrainingError):
    """Another worker has died, and with it the job."""

    exit_code = 1


@dataclass(frozen=True)
class Cluster:
    """The workers of a job, or a process that is alone.

    Attributes:
        addresses: `host:port` of every worker, the chief's first; none if alone.
        jobs: what TensorFlow calls each: (`chief` or `worker`, number).
        index: which of them this process is.
    """

    addresses: tuple[str, ...] = ()
    jobs: tuple[tuple[str, int], ...] = ()
    index: int = 0

    @property
    def alone(self) -> bool:
        """Whether there are no others."""
        return not self.addresses

    @property
    def chief(self) -> bool:
        """Whether this process is the one that writes the run folder, and speaks for all."""
        return self.index == 0

    def name(self, index: int) -> str:
        """How a worker is called in messages."""
        return f"worker {index} ({self.addresses[index]})"

    def lost(self, message: str) -> str:
        """Of which worker a message of TensorFlow complains, by name."""
        for job, number in re.findall(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)", message):
            if (job, int(number)) in self.jobs:
                index = self.jobs.index((job, int(number)))
                if index != self.index:
                    return self.name(index)
        return "another worker"


def read_cluster(text: str) -> Cluster:
    """The cluster that the text of `TF_CONFIG` describes; alone if it names none, or one worker.

    Raises:
        TrainingError: the text makes no sense.
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


def wait_for_workers(
    cluster: Cluster, say: Callable[[str], None], patience: float = PATIENCE
) -> None:
    """Wait until every worker of the job has been started.

    Args:
        cluster: the workers.
        say: told who is being waited for, if it takes long.
        patience: in seconds.

    Raises:
        TrainingError: a worker has not come in time, or this one's port is taken.
    """
    others = [index for index in range(len(cluster.addresses)) if index != cluster.index]
    begin, silent = time.monotonic(), True
    with _listen(cluster.addresses[cluster.index]):
        while others := [index for index in others if not _answers(cluster.addresses[index])]:
            waited = time.monotonic() - begin
            names = ", ".join(cluster.name(index) for index in others)
            if waited > patience:
                raise TrainingError(f"{names} did not answer within {patience:.0f} seconds")
            if silent and waited > SILENCE:
                say(f"waiting for {names}")
                silent = False
            time.sleep(0.1)


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _listen(address: str) -> socket.socket:
    """Whoever can connect to this worker's port knows that it lives; later TensorFlow takes it."""
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
