"""How a run is distributed over devices: one, the GPUs of this machine, or several machines.

Whatever the strategy, a step processes the same global batch: each replica computes its part, and
the gradients are those of the whole batch. So the learning rate is the recipe's under every
strategy, and a run may be resumed under another one.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import context  # as Keras does: no public function sets these times

from training.console.errors import TrainingError
from training.fitting.cluster import Cluster, StrategyName, WorkerLostError, wait_for_workers
from training.recipes.run_config import RunPlan

HEARTBEAT_TIMEOUT = 30
"""Seconds without a heartbeat after which a worker counts as lost. TensorFlow's default of 10 is
too short for a busy machine."""


def join(name: StrategyName | None, cluster: Cluster, log: Callable[[str], None]) -> Distribution:
    """Set up the strategy, and wait for the other workers if there are any. Once per process.

    Args:
        name: None for one device, even if there are more.
        cluster: from `find_cluster`.
        log: called with a line if other workers take long to start.

    Raises:
        TrainingError: a worker does not start, or this one's port is in use.
    """
    if not cluster.alone:
        wait_for_workers(cluster, log)
        return Distribution(_connect(cluster), cluster)
    several = len(tf.config.list_physical_devices("GPU")) > 1
    if name == "mirrored" or (name == "auto" and several):
        return Distribution(tf.distribute.MirroredStrategy(), cluster)
    return Distribution(tf.distribute.get_strategy(), cluster)


def _connect(cluster: Cluster) -> tf.distribute.Strategy:
    service = context.context()
    service.configure_coordination_service(
        "standalone",
        service_leader="/job:{}/replica:0/task:{}".format(*cluster.jobs[0]),
        cluster_register_timeout_in_ms=2 * HEARTBEAT_TIMEOUT * 1000,
        heartbeat_timeout_in_ms=HEARTBEAT_TIMEOUT * 1000,
    )
    for job, tasks in Counter(job for job, _ in cluster.jobs).items():
        service.coordination_service.coordinated_job_list.add(name=job, num_tasks=tasks)
    handler = signal.getsignal(signal.SIGTERM)
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    # TensorFlow replaces the handler by one that ignores the signal.
    signal.signal(signal.SIGTERM, handler)
    return strategy


@dataclass(frozen=True)
class Distribution:
    """The devices and workers over which one run is distributed.

    Attributes:
        strategy: TensorFlow's strategy.
        cluster: the workers; empty for a single process.
    """

    strategy: tf.distribute.Strategy
    cluster: Cluster

    @property
    def replicas(self) -> int:
        """How many copies of the network are trained, one on each device."""
        return int(self.strategy.num_replicas_in_sync)

    def __str__(self) -> str:
        kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        devices = f"{self.replicas} {kind}{'s' if self.replicas > 1 else ''}"
        workers = len(self.cluster.addresses)
        return f"{workers} workers with {devices} in all" if workers else devices

    def check(self, batch_size: int) -> None:
        """Check that a batch can be divided among the replicas.

        Raises:
            TrainingError: it cannot be divided evenly.
        """
        rest = batch_size % self.replicas
        if rest:
            raise TrainingError(
                f"a batch of {batch_size} cannot be divided among {self.replicas} replicas: "
                f"choose another with --set batch_size={batch_size + self.replicas - rest}"
            )

    def distribute(self, make: Callable[[slice], tf.data.Dataset], batch_size: int) -> Any:
        """Batches of which every replica receives its own rows.

        Args:
            make: makes this machine's batches, given the rows of each batch that it needs.
            batch_size: size of the global batch.
        """
        part = batch_size // self.replicas

        def make_input(context: tf.distribute.InputContext) -> tf.data.Dataset:
            count = self.replicas // context.num_input_pipelines
            first = context.input_pipeline_id * count
            batches = make(slice(first * part, (first + count) * part))
            if count > 1:
                batches = batches.rebatch(part, drop_remainder=True)
            # With endless input the workers need not agree at every step on whether there is more.
            return batches if self.cluster.alone else batches.repeat()

        return self.strategy.distribute_datasets_from_function(make_input)

    def broadcast_plan(self, plan: RunPlan | None) -> RunPlan:
        """The chief's plan, on every worker; only the chief needs to pass one."""
        if self.cluster.alone:
            assert plan is not None
            return plan
        text = plan.to_json().encode() if plan and self.cluster.chief else b""
        [length] = self._broadcast([tf.constant(len(text))])
        [shared] = self._broadcast([tf.constant(list(text.ljust(int(length))))])
        return RunPlan.from_json(bytes(shared.numpy().tolist()).decode())

    def broadcast_variables(self, variables: Sequence[Any]) -> None:
        """Set Keras variables to the chief's values on every worker."""
        if self.cluster.alone:
            return
        values = self._broadcast([variable.numpy() for variable in variables])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def _broadcast(self, values: Sequence[Any]) -> list[Any]:
        def share() -> Any:
            context = tf.distribute.get_replica_context()
            first = context.replica_id_in_sync_group == 0
            mine = [tf.convert_to_tensor(value) for value in values]
            mine = mine if first else [tf.zeros_like(value) for value in mine]
            return context.all_reduce(tf.distribute.ReduceOp.SUM, mine)

        results = self.strategy.run(share)
        return [self.strategy.experimental_local_results(result)[0] for result in results]

    @contextmanager
    def worker_loss_reported(self, folder: Path) -> Iterator[None]:
        """Turn TensorFlow's error into one line when another worker dies.

        Args:
            folder: the run folder, which the line names.

        Raises:
            WorkerLostError: another worker has died.
        """
        try:
            yield
        except tf.errors.OpError as error:
            if self.cluster.alone:
                raise
            lost = self.cluster.lost(str(error))
            raise WorkerLostError(
                f"{lost} is gone; continue with --resume {folder} on all workers"
            ) from None
