"""Runs that are distributed over devices equal the runs of one device.

Two devices of one machine are two logical devices of its processor here. Several machines are
processes on this one, connected in the same way.
"""

import json
import re
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from training.fitting.run_folder import RunFolder
from training.fitting.trainer import start
from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change

LIMIT = 300
"""Seconds that a worker may take; normally ten, and 30 more to notice that another is lost."""


MIRRORED = """
    import sys
    from dataclasses import replace
    from pathlib import Path

    import pytest
    import tensorflow as tf

    sys.path.insert(0, sys.argv[1])
    from conftest import install_small_backbone, install_toy_tfds
    from training.console.errors import TrainingError
    from training.fitting.trainer import start
    from training.recipes.catalogue import get_recipe
    from training.recipes.run_config import RunConfig
    from training.recipes.schedules import Schedule

    folder = Path(sys.argv[2])
    install_toy_tfds(pytest.MonkeyPatch())
    install_small_backbone(pytest.MonkeyPatch())
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
    recipe = replace(
        get_recipe("fine-tune"),
        drawn_hands=0,
        image_size=16,
        batch_size=8,
        epochs=2,
        head_epochs=1,
        schedule=Schedule("one-cycle", peak=1e-3, momentum=(0.95, 0.85)),
        optimizer="adamw",
        weight_decay=0.1,
        dropout=0.0,
        l2=0.01,
        validation_examples=13,
    )
    start(recipe, RunConfig(seed=1), folder / "one")
    start(recipe, RunConfig(seed=1), folder / "two", "mirrored")
    try:
        start(replace(recipe, batch_size=9), RunConfig(), folder / "odd", "mirrored")
    except TrainingError as error:
        print(error.message)
"""


def test_two_devices_equal_one(assert_same_run, small_backbone, module_command, tmp_path):
    """The head, then all of a network with BatchNorm, each layer at its own rate."""
    here = str(Path(__file__).parents[1])
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MIRRORED), here, str(tmp_path)],
        **module_command,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert_same_run(tmp_path / "two", tmp_path / "one", rtol=1e-3, atol=1e-4)
    for name in ("1 CPU: global batch 8", "2 CPUs: global batch 8 (4 on each)"):
        assert f"fine-tune on {name}, learning rate " in result.stderr
    assert result.stdout == (
        "a batch of 9 cannot be divided among 2 replicas: choose another with --set batch_size=10\n"
    )


CHANGES = ("image_size=16", "batch_size=8", "examples_per_epoch=48", "shuffle=true", "dropout=0")
"""Six steps of milliseconds in an epoch, and no dropout, so that runs can be compared."""
EPOCHS = 3

DIES = """
    import os, signal
    from training import train
    from training.console.output import quiet_tensorflow

    quiet_tensorflow()
    import keras
    from training.fitting import trainer

    class Die(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_begin(self, batch, logs=None):
            if (self.epoch, batch) == (2, 3):
                os.kill(os.getpid(), signal.SIGTERM)

    start = trainer.start
    trainer.start = lambda *arguments: start(*arguments, callbacks=[Die()])
    train.main()
"""
"""The command, terminated from outside in the middle of its third epoch."""


@pytest.fixture
def work_together(free_addresses, module_command):
    """Runs several workers on this machine, each in its own process.

    Returns the exit status, stdout and stderr of each. None outlives the test.
    """
    started = []

    def work_together(*commands):
        addresses = free_addresses(len(commands))
        processes = []
        for index, command in enumerate(commands):
            config = {
                "cluster": {"worker": addresses},
                "task": {"type": "worker", "index": index},
            }
            environment = module_command["env"] | {"TF_CONFIG": json.dumps(config)}
            process = subprocess.Popen(
                [sys.executable, *map(str, command)],
                **module_command | {"env": environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            processes.append(process)
            started.append(process)
        outputs = [process.communicate(timeout=LIMIT) for process in processes]
        return [(p.returncode, *output) for p, output in zip(processes, outputs, strict=True)]

    yield work_together
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def one(small_tfds, tmp_path_factory):
    """The run folder of one process."""
    recipe = replace(change(get_recipe("article-cnn"), CHANGES), epochs=EPOCHS)
    folder = tmp_path_factory.mktemp("one") / "run"
    start(recipe, RunConfig(data_dir=str(small_tfds), tensorboard=True), folder)
    return folder


@pytest.fixture
def words(small_tfds, tmp_path):
    """The same run as a command line, into the folder `run`."""
    changes = [word for assignment in CHANGES for word in ("--set", assignment)]
    places = ["--data-dir", small_tfds, "--out", tmp_path / "run"]
    return ["article-cnn", "--epochs", EPOCHS, "--tensorboard", *changes, *places]


COMMAND = ["-m", "training.train"]


def test_two_workers_equal_one_process_even_after_a_worker_loss(
    words, one, work_together, assert_same_run, tmp_path
):
    folder = tmp_path / "run"
    chief, dead = work_together(
        [*COMMAND, *words], ["-c", textwrap.dedent(DIES), *words, "--strategy", "multi-worker"]
    )
    assert dead[0] == -signal.SIGTERM, dead[2]
    status, output, errors = chief
    assert (status, output) == (1, ""), errors
    *before, last = errors.splitlines()
    assert re.match(r"Error: worker 1 \(127.0.0.1:\d+\) is gone; ", last)
    assert last.endswith(f"; continue with --resume {folder} on all workers")
    assert before[-1].startswith("epoch 2/3  ")
    assert RunFolder(folder).complete_epochs() == 2
    # The other worker does not have the run folder, and does not need it.
    results = work_together(
        [*COMMAND, "--resume", folder], [*COMMAND, "--resume", tmp_path / "elsewhere"]
    )
    assert [status for status, _, _ in results] == [0, 0], results
    assert_same_run(folder, one)
    assert not (tmp_path / "elsewhere").exists()
    # The chief logs for all, and anew after the loss.
    logs = sorted(path.parent.name for path in folder.glob("tensorboard/*/events.*"))
    assert logs == ["test", "train", "validation"]
    line = "article-cnn on 2 workers with 2 CPUs in all: global batch 8 (4 on each), "
    for text in (errors, dead[2], *(text for _, _, text in results)):
        assert f"{line}learning rate 0.001\n" in text
    # The chief reports for all.
    (_, output, errors), (_, other_output, other_errors) = results
    metrics = json.loads((folder / "metrics.json").read_text())
    assert json.loads(output) == {"run": str(folder), **metrics}
    assert other_output == ""
    assert [f"epoch {EPOCHS}/{EPOCHS}" in text for text in (errors, other_errors)] == [True, False]
