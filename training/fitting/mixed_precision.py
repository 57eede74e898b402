"""Half precision and steps compiled by XLA, both for GPUs only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from training.console.errors import TrainingError
from training.recipes.run_config import RunConfig

BFLOAT16_SINCE = (8, 0)
"""The first compute capability of NVIDIA GPUs that are as fast in bfloat16 as in float16."""


def check_gpu(config: RunConfig, replicas: int) -> None:
    """Check that the GPUs support what the configuration requests.

    Raises:
        TrainingError: there is no GPU, or XLA is requested with several.
    """
    requested = {"--mixed-precision": config.mixed_precision, "--xla": config.xla}
    options = " and ".join(option for option, wanted in requested.items() if wanted)
    if options and not tf.config.list_physical_devices("GPU"):
        raise TrainingError(f"{options}: only for GPUs, and TensorFlow finds none here")
    if config.xla and replicas > 1:
        raise TrainingError(f"--xla is for one GPU, but there are {replicas}: omit it")


@contextmanager
def precision(mixed: bool) -> Iterator[str]:
    """Make networks built in this context compute in half precision, if `mixed`.

    Their weights stay in float32. bfloat16 needs no loss scaling and is used where the GPUs are
    fast at it, otherwise float16.

    Yields:
        Keras' name of the policy.
    """
    before = keras.config.dtype_policy()
    policy = _mixed_policy() if mixed else "float32"
    keras.config.set_dtype_policy(policy)
    try:
        yield policy
    finally:
        keras.config.set_dtype_policy(before)


def _mixed_policy() -> str:
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    able = all(each.get("compute_capability", (0, 0)) >= BFLOAT16_SINCE for each in details)
    return "mixed_bfloat16" if able else "mixed_float16"
