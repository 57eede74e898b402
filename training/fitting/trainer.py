"""Trains a recipe with a configuration into a run folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from training.console.errors import TrainingError
from training.console.files import check_folder
from training.console.output import say
from training.fitting.callbacks import ApplySchedule, RecordRun, ReseedDropout, ShowProgress
from training.fitting.cluster import StrategyName, find_cluster
from training.fitting.distribution import Distribution, join
from training.fitting.loop import Loop
from training.fitting.mixed_precision import check_gpu, precision
from training.fitting.run_data import prepare
from training.fitting.run_folder import Row, RunFolder
from training.fitting.tensorboard import TensorBoardLog
from training.models.networks import adjust_prior, build_network, compile_network
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig, RunPlan


def start(
    recipe: Recipe,
    config: RunConfig,
    path: Path,
    strategy: StrategyName | None = None,
    processes: int | None = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict[str, Any]:
    """Train `recipe` from the beginning into the new run folder `path`.

    Args:
        recipe: what to train.
        config: seed, data and precision.
        path: the run folder; if several workers train, only the chief writes it.
        strategy: over which devices the run is distributed; None for one device.
        processes: how many draw hands and make batches for a recipe with photographs; 0 for this
            one, None for numbers that suit the machine.
        callbacks: called besides those that set the schedule and record the run.

    Returns:
        The metrics of the last and the best epoch, by data set; for recipes that train on the TFDS
        split, also the last epoch's accuracy on each hand of the test split.

    Raises:
        TrainingError: the folder is in use or not writable, or data, weights or a worker are
            missing.
    """
    cluster = find_cluster(strategy)
    if cluster.chief:
        check_folder(path)
        if path.exists() and any(path.iterdir()):
            is_run = (path / "run.json").is_file()
            advice = f"continue that run with --resume {path}, or " if is_run else ""
            raise TrainingError(f"{path} is not empty: {advice}name another folder with --out")
    distribution = join(strategy, cluster, say)
    with distribution.worker_loss_reported(path):
        plan = RunPlan(recipe, config)
        if not plan.same_run(distribution.broadcast_plan(plan)):
            raise TrainingError("the chief was started with another recipe or other options")
        return _fit(plan, RunFolder(path), distribution, processes, callbacks)


def resume(
    path: Path,
    strategy: StrategyName | None = None,
    processes: int | None = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict[str, Any]:
    """Continue the run in `path` after its last complete epoch; the result is the same.

    Args:
        path: the run folder; if several workers train, only the chief needs to have it.
        strategy: over which devices the run is distributed; it may have been another one before.
        processes: how many draw hands and make batches for a recipe with photographs; 0 for this
            one, None for numbers that suit the machine.
        callbacks: called besides those that set the schedule and record the run.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder holds no run or is not writable, the run is complete, or its data
            or a worker are missing.
    """
    cluster = find_cluster(strategy)
    plan = None
    if cluster.chief:
        plan = RunFolder(path).read_plan()
        check_folder(path)
    distribution = join(strategy, cluster, say)
    with distribution.worker_loss_reported(path):
        plan = distribution.broadcast_plan(plan)
        return _fit(plan, RunFolder(path), distribution, processes, callbacks)


def _fit(
    plan: RunPlan,
    folder: RunFolder,
    distribution: Distribution,
    processes: int | None,
    more_callbacks: Sequence[keras.callbacks.Callback],
) -> dict[str, Any]:
    recipe, config, done = plan.recipe, plan.config, plan.epochs_done
    chief = distribution.cluster.chief
    distribution.check(recipe.batch_size)
    check_gpu(config, distribution.replicas)
    keras.utils.set_random_seed(config.seed)
    with precision(config.mixed_precision), distribution.strategy.scope():
        # The other workers receive the chief's weights.
        model = build_network(recipe, config.weights if chief and not done else None)
    data = prepare(recipe, config, say, processes)
    steps = data.steps_per_epoch
    say(f"{recipe.name} on {distribution}: {_describe(recipe, steps, distribution.replicas)}")
    history: list[Row] = []
    if chief and not done:
        folder.begin(recipe, config)
    log = None
    if chief and config.tensorboard:
        # Anew, since a run that was killed may have logged an epoch that it repeats.
        epochs, steps_done = folder.read_tables()
        log = TensorBoardLog(folder.path / "tensorboard", epochs[:done], steps_done[: done * steps])
    with data.making:
        for phase in recipe.phases():
            if phase.end < done:
                continue
            with distribution.strategy.scope():
                compile_network(model, recipe, phase)
                model.optimizer.build(model.trainable_variables)
            if chief and phase.first_epoch < done:
                history = folder.rewind(model, steps)
            distribution.broadcast_variables([*model.weights, *model.optimizer.variables])
            loop = Loop(model, distribution, recipe.batch_size, config.xla)
            if done < phase.end:
                first = max(done, phase.first_epoch)
                schedule = ApplySchedule(phase, steps, first * steps)
                callbacks = [ReseedDropout(config.seed, steps), schedule]
                if chief:
                    callbacks.append(RecordRun(folder, schedule, history, log))
                    callbacks.append(ShowProgress(recipe.epochs, steps))
                loop.fit(data, range(first, phase.end), [*callbacks, *more_callbacks])
    metrics: dict[str, Any] = {}
    for which in ("last", "best"):
        if chief:
            folder.load_weights(model, which)
            adjust_prior(model, recipe)
        distribution.broadcast_variables(model.weights)
        metrics[which] = {name: loop.evaluate(images) for name, images in data.final.items()}
        if which == "last" and data.test_hands:
            by_hand = {name: loop.evaluate(hand) for name, hand in data.test_hands.items()}
            metrics["hands"] = {name: found["accuracy"] for name, found in by_hand.items()}
    if chief:
        folder.finish(recipe, config, metrics)
    return metrics


def _describe(recipe: Recipe, steps: int, replicas: int) -> str:
    """The batch size and the learning rates of a run, in words."""
    rates = [
        phase.schedule.at(step, steps, phase.epochs)[0]
        for phase in recipe.phases()
        for step in range(steps * phase.epochs)
    ]
    low, high = f"{min(rates):.3g}", f"{max(rates):.3g}"
    share = f" ({recipe.batch_size // replicas} on each)" if replicas > 1 else ""
    rate = low if low == high else f"{low} to {high}"
    return f"global batch {recipe.batch_size}{share}, learning rate {rate}"
