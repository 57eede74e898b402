"""Half precision and XLA. No GPU is needed: the processor computes the same, slowly."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

import tensorflow as tf  # noqa: E402

from training.console.errors import TrainingError  # noqa: E402
from training.fitting import mixed_precision  # noqa: E402
from training.fitting.mixed_precision import check_gpu  # noqa: E402
from training.fitting.run_folder import RunFolder, load_run  # noqa: E402
from training.fitting.trainer import resume, start  # noqa: E402
from training.recipes.run_config import RunConfig  # noqa: E402


@pytest.fixture
def gpus(monkeypatch):
    """Makes TensorFlow report GPUs of these compute capabilities."""

    def gpus(*capabilities):
        found = [SimpleNamespace(device_type="GPU", capability=each) for each in capabilities]
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: found)
        monkeypatch.setattr(
            tf.config.experimental,
            "get_device_details",
            lambda gpu: {"compute_capability": gpu.capability} if gpu.capability else {},
        )

    return gpus


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"mixed_precision": True}, "--mixed-precision"),
        ({"xla": True}, "--xla"),
        ({"mixed_precision": True, "xla": True}, "--mixed-precision and --xla"),
    ],
)
def test_without_a_gpu_half_precision_and_xla_are_refused(
    options, names, gpus, tiny_recipe, tmp_path
):
    gpus()
    with pytest.raises(TrainingError, match=f"^{names}: only for GPUs, and TensorFlow finds none"):
        start(tiny_recipe, RunConfig(**options), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_xla_is_for_one_gpu(gpus):
    gpus((8, 0), (8, 0))
    with pytest.raises(TrainingError, match="--xla is for one GPU, but there are 2"):
        check_gpu(RunConfig(xla=True), replicas=2)
    check_gpu(RunConfig(xla=True), replicas=1)
    check_gpu(RunConfig(mixed_precision=True), replicas=2)


@pytest.mark.parametrize(
    ("capabilities", "policy"),
    [
        ([(9, 0)], "mixed_bfloat16"),
        ([(8, 0)], "mixed_bfloat16"),
        ([(7, 5)], "mixed_float16"),
        ([(8, 0), (7, 5)], "mixed_float16"),
        ([None], "mixed_float16"),
    ],
)
def test_bfloat16_is_used_if_the_gpus_are_fast_at_it(capabilities, policy, gpus):
    gpus(*capabilities)
    with mixed_precision.precision(True) as found:
        assert found == keras.config.dtype_policy().name == policy
    assert keras.config.dtype_policy().name == "float32"
    with mixed_precision.precision(False) as found:
        assert found == "float32"


class StopAfterTheSecondEpoch(keras.callbacks.Callback):
    """Interrupts a run."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def full_precision(install_toy_tfds, tiny_recipe, tmp_path_factory):
    """The same run in single precision."""
    folder = tmp_path_factory.mktemp("full") / "run"
    with pytest.MonkeyPatch.context() as monkeypatch:
        install_toy_tfds(monkeypatch)
        start(replace(tiny_recipe, dropout=0.0), RunConfig(seed=3), folder)
    return folder


@pytest.mark.parametrize("capability", [(7, 5), (8, 0)])
def test_a_run_in_half_precision_learns_and_can_be_resumed(
    capability, gpus, tiny_recipe, full_precision, toy_tfds, tmp_path
):
    gpus(capability)
    recipe = replace(tiny_recipe, dropout=0.0)
    config = RunConfig(seed=3, mixed_precision=True)
    with pytest.raises(KeyboardInterrupt):
        start(recipe, config, tmp_path / "run", callbacks=[StopAfterTheSecondEpoch()])
    resume(tmp_path / "run")
    _, steps = RunFolder(tmp_path / "run").read_tables()
    # The schedule also reaches an optimizer that is wrapped in one that scales the loss.
    expected = [recipe.schedule.at(step, 6, 4) for step in range(24)]
    found = [(row["learning_rate"], row["momentum"]) for row in steps]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    history, full = (
        RunFolder(path).read_tables()[0] for path in (tmp_path / "run", full_precision)
    )
    losses, truth = ([row["loss"] for row in rows] for rows in (history, full))
    assert losses == pytest.approx(truth, rel=0.05)
    assert losses != truth
    model, _ = load_run(tmp_path / "run", "last")
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model.get_layer("logits").compute_dtype == "float32"


def test_xla_gives_the_same_run(gpus, tiny_recipe, toy_tfds, tmp_path, assert_same_run):
    gpus((8, 0))
    # Dropout's random numbers differ under XLA.
    recipe = replace(tiny_recipe, epochs=1, dropout=0.0)
    for xla in (False, True):
        start(recipe, RunConfig(xla=xla), tmp_path / str(xla))
    assert_same_run(tmp_path / "True", tmp_path / "False", rtol=1e-3, atol=1e-4)
