"""How a run is distributed over devices: one, the GPUs of this machine, or several machines.

Whatever the strategy, a step takes the same global batch of the recipe: each replica computes its
part of it, and the gradients are those of the whole. So the learning rate stays the recipe's, and
a run may be continued under another strategy.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from training.console.errors import TrainingError
from training.fitting.cluster import Cluster, WorkerLostError, read_cluster, wait_for_workers
from training.recipes.run_config import RunPlan

if TYPE_CHECKING:
    import tensorflow as tf

SIGN_OF_LIFE = 30
"""Seconds without one after which a worker is given up. TensorFlow's own 10 are too few for a
machine that is busy with other things."""

StrategyName = Literal["auto", "mirrored", "multi-worker"]


def find_cluster(name: StrategyName | None) -> Cluster:
    """The workers that take part.

    Raises:
        TrainingError: `TF_CONFIG` makes no sense, or is missing where it is needed.
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


def join(name: StrategyName | None, cluster: Cluster, say: Callable[[str], None]) -> Distribution:
    """Set up the strategy; with several workers, wait for them all. Once in a process.

    Args:
        name: None for one device, whatever else there is.
        cluster: from `find_cluster`.
        say: told who is being waited for.

    Raises:
        TrainingError: a worker does not come, or this one's port is taken.
    """
    import tensorflow as tf

    if not cluster.alone:
        wait_for_workers(cluster, say)
        return Distribution(_connect(cluster), cluster)
    several = len(tf.config.list_physical_devices("GPU")) > 1
    if name == "mirrored" or (name == "auto" and several):
        return Distribution(tf.distribute.MirroredStrategy(), cluster)
    return Distribution(tf.distribute.get_strategy(), cluster)


def _connect(cluster: Cluster) -> tf.distribute.Strategy:
    import tensorflow as tf
    from tensorflow.python.eager import context  # as Keras does; nothing public sets these times

    service = context.context()
    service.configure_coordination_service(
        "standalone",
        service_leader="/job:{}/replica:0/task:{}".format(*cluster.jobs[0]),
        cluster_register_timeout_in_ms=2 * SIGN_OF_LIFE * 1000,
        heartbeat_timeout_in_ms=SIGN_OF_LIFE * 1000,
    )
    for job, tasks in Counter(job for job, _ in cluster.jobs).items():
        service.coordination_service.coordinated_job_list.add(name=job, num_tasks=tasks)
    handler = signal.getsignal(signal.SIGTERM)
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    # TensorFlow catches the signal and does nothing with it: the worker could not be ended.
    signal.signal(signal.SIGTERM, handler)
    return strategy


@dataclass(frozen=True)
class Distribution:
    """Those who train one network together.

    Attributes:
        strategy: of TensorFlow.
        cluster: the workers.
    """

    strategy: tf.distribute.Strategy
    cluster: Cluster

    @property
    def replicas(self) -> int:
        """How many copies of the network there are, one on each device."""
        return int(self.strategy.num_replicas_in_sync)

    def __str__(self) -> str:
        import tensorflow as tf

        kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        devices = f"{self.replicas} {kind}{'s' if self.replicas > 1 else ''}"
        workers = len(self.cluster.addresses)
        return f"{workers} workers with {devices} in all" if workers else devices

    def check(self, batch_size: int) -> None:
        """See that a batch can be divided.

        Raises:
            TrainingError: it cannot.
        """
        rest = batch_size % self.replicas
        if rest:
            raise TrainingError(
                f"a batch of {batch_size} cannot be divided among {self.replicas} replicas: "
                f"choose another with --set batch_size={batch_size + self.replicas - rest}"
            )

    def distribute(self, make: Callable[[slice], tf.data.Dataset], batch_size: int) -> Any:
        """Batches of which every replica gets its own rows.

        Args:
            make: given the rows of each batch that this machine needs, makes its batches.
            batch_size: of the whole.
        """
        part = batch_size // self.replicas

        def make_input(context: tf.distribute.InputContext) -> tf.data.Dataset:
            count = self.replicas // context.num_input_pipelines
            first = context.input_pipeline_id * count
            batches = make(slice(first * part, (first + count) * part))
            if count > 1:
                batches = batches.rebatch(part, drop_remainder=True)
            # Of endless input the workers need not tell each other, at every step, that it goes on.
            return batches if self.cluster.alone else batches.repeat()

        return self.strategy.distribute_datasets_from_function(make_input)

    def broadcast_plan(self, plan: RunPlan | None) -> RunPlan:
        """The plan that the chief has given; the others need to give none."""
        import tensorflow as tf

        if self.cluster.alone:
            assert plan is not None
            return plan
        text = plan.to_json().encode() if plan and self.cluster.chief else b""
        [length] = self._broadcast([tf.constant(len(text))])
        [shared] = self._broadcast([tf.constant(list(text.ljust(int(length))))])
        return RunPlan.from_json(bytes(shared.numpy().tolist()).decode())

    def broadcast_variables(self, variables: Sequence[Any]) -> None:
        """Give every worker the chief's values of Keras variables."""
        if self.cluster.alone:
            return
        values = self._broadcast([variable.numpy() for variable in variables])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def _broadcast(self, values: Sequence[Any]) -> list[Any]:
        import tensorflow as tf

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
        """Make one line of it when another worker dies.

        Args:
            folder: of the run, to be named in that line.

        Raises:
            WorkerLostError: the line.
        """
        import tensorflow as tf

        try:
            yield
        except tf.errors.OpError as error:
            if self.cluster.alone:
                raise
            lost = self.cluster.lost(str(error))
            raise WorkerLostError(
                f"{lost} is gone; continue with --resume {folder} on all workers"
            ) from None
