"""What only a GPU is for: half precision, and steps compiled by XLA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from training.console.errors import TrainingError
from training.recipes.run_config import RunConfig

BFLOAT16_SINCE = (8, 0)
"""NVIDIA's compute capability from which on a GPU is as fast in bfloat16 as in float16."""


def check_gpu(setting: RunConfig, replicas: int) -> None:
    """See that there is a GPU for what the setting asks for.

    Raises:
        TrainingError: there is none, or more than XLA can be used with.
    """
    import tensorflow as tf

    asked = {"--mixed-precision": setting.mixed_precision, "--xla": setting.xla}
    options = " and ".join(option for option, wanted in asked.items() if wanted)
    if options and not tf.config.list_physical_devices("GPU"):
        raise TrainingError(f"{options}: TensorFlow finds no GPU here, and it is for GPUs alone")
    if setting.xla and replicas > 1:
        raise TrainingError(f"--xla compiles for one GPU, and here are {replicas}: leave it out")


@contextmanager
def precision(mixed: bool) -> Iterator[str]:
    """Networks built meanwhile compute in half precision, if `mixed`; their weights never do.

    bfloat16 needs no scaling of the loss and is taken where the GPU has it, else float16.

    Yields:
        Keras' name of the policy.
    """
    import keras

    before = keras.config.dtype_policy()
    policy = _mixed_policy() if mixed else "float32"
    keras.config.set_dtype_policy(policy)
    try:
        yield policy
    finally:
        keras.config.set_dtype_policy(before)


def _mixed_policy() -> str:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    able = all(each.get("compute_capability", (0, 0)) >= BFLOAT16_SINCE for each in details)
    return "mixed_bfloat16" if able else "mixed_float16"
