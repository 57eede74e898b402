"""Recipe and configuration in, run folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from training.console.errors import TrainingError
from training.console.output import quiet_tensorflow, say
from training.fitting.distribution import Distribution, StrategyName, find_cluster, join
from training.fitting.mixed_precision import check_gpu, precision
from training.fitting.run_folder import Row, RunFolder
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig, RunPlan


def start(
    recipe: Recipe, setting: RunConfig, path: Path, strategy: StrategyName | None = None
) -> dict[str, Any]:
    """Train `recipe` from its beginning into the new run folder `path`.

    Args:
        recipe: what to train.
        setting: seed, data and precision.
        path: of the run folder, which the chief alone writes if several workers train.
        strategy: over which devices the run is spread; None for one device.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder is in use, or data, weights or a worker are missing.
    """
    cluster = find_cluster(strategy)
    if cluster.chief and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise TrainingError(
            f"{path} is not empty: continue that run with --resume {path}, "
            "or name another folder with --out"
        )
    quiet_tensorflow()
    team = join(strategy, cluster, say)
    with team.worker_loss_reported(path):
        mine = RunPlan(recipe, setting)
        if not mine.same_run(team.broadcast_plan(mine)):
            raise TrainingError("the chief was started with another recipe or other options")
        return _fit(mine, RunFolder(path), team)


def resume(path: Path, strategy: StrategyName | None = None) -> dict[str, Any]:
    """Continue the run in `path` after its last complete epoch, as if it had not been stopped.

    Args:
        path: of the run folder; of several workers the chief alone needs to have it.
        strategy: over which devices the run is spread, whatever it was before.

    Returns:
        The metrics of the last and the best epoch, by data set.

    Raises:
        TrainingError: the folder holds no run, the run is complete, its data are gone, or a
            worker is missing.
    """
    cluster = find_cluster(strategy)
    plan = RunFolder(path).read_plan() if cluster.chief else None
    quiet_tensorflow()
    team = join(strategy, cluster, say)
    with team.worker_loss_reported(path):
        return _fit(team.broadcast_plan(plan), RunFolder(path), team)


def _fit(plan: RunPlan, folder: RunFolder, team: Distribution) -> dict[str, Any]:
    import keras

    from training.fitting.callbacks import ApplySchedule, RecordRun, ReseedDropout, ShowProgress
    from training.fitting.loop import Loop
    from training.fitting.run_data import prepare
    from training.models.networks import adjust_prior, build_network, compile_network

    recipe, setting, done = plan.recipe, plan.config, plan.epochs_done
    chief = team.cluster.chief
    team.check(recipe.batch_size)
    check_gpu(setting, team.replicas)
    keras.utils.set_random_seed(setting.seed)
    with precision(setting.mixed_precision), team.strategy.scope():
        # The other workers are given the chief's weights.
        model = build_network(recipe, setting.weights if chief and not done else None)
    data = prepare(recipe, setting, say)
    steps = data.steps_per_epoch
    say(f"{recipe.name} on {team}: {_what(recipe, steps, team.replicas)}")
    history: list[Row] = []
    if chief and not done:
        folder.begin(recipe, setting)
    for phase in recipe.phases():
        if phase.end < done:
            continue
        with team.strategy.scope():
            compile_network(model, recipe, phase)
            model.optimizer.build(model.trainable_variables)
        if chief and phase.first_epoch < done:
            history = folder.rewind(model, steps)
        team.broadcast_variables([*model.weights, *model.optimizer.variables])
        loop = Loop(model, team, recipe.batch_size, setting.xla)
        if done < phase.end:
            first = max(done, phase.first_epoch)
            schedule = ApplySchedule(phase, steps, first * steps)
            callbacks = [ReseedDropout(setting.seed, steps), schedule]
            if chief:
                callbacks.append(RecordRun(folder, schedule, history))
                callbacks.append(ShowProgress(recipe.epochs, steps))
            loop.fit(data, range(first, phase.end), callbacks)
    metrics = {}
    for which in ("last", "best"):
        if chief:
            folder.load_weights(model, which)
            adjust_prior(model, recipe)
        team.broadcast_variables(model.weights)
        metrics[which] = {name: loop.evaluate(images) for name, images in data.final.items()}
    if chief:
        folder.finish(recipe, setting, metrics)
    return metrics


def _what(recipe: Recipe, steps: int, replicas: int) -> str:
    """The batch and the learning rates of a run, in words."""
    rates = [
        phase.schedule.at(step, steps, phase.epochs)[0]
        for phase in recipe.phases()
        for step in range(steps * phase.epochs)
    ]
    low, high = f"{min(rates):.3g}", f"{max(rates):.3g}"
    share = f" ({recipe.batch_size // replicas} on each)" if replicas > 1 else ""
    rate = low if low == high else f"{low} to {high}"
    return f"global batch {recipe.batch_size}{share}, learning rate {rate}"
