"""Optimizers whose momentum changes during a compiled fit, with learning rates by layer.

Keras compiles an optimizer's plain attributes into the training step as constants. Values that
change between steps must be variables, and factors that differ by layer must be part of the update.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.recipes.recipe import Recipe
from training.recipes.schedules import Schedule


class LayerwiseLearningRates:
    """Mixin: each variable has its own factor on the optimizer's learning rate."""

    def __init__(self, *arguments: Any, lr_factors: dict[str, float] | None = None, **named: Any):
        super().__init__(*arguments, **named)
        self._lr_factors_by_path = lr_factors or {}
        self._lr_factors: tuple[float, ...] = ()

    def build(self, variables: Sequence[keras.Variable]) -> None:
        """Look up the factors of the variables that will be trained."""
        super().build(variables)  # type: ignore[misc]
        self._lr_factors = tuple(self._lr_factors_by_path.get(each.path, 1.0) for each in variables)

    def _clip_gradients(self, gradients: Any) -> Any:
        """Limit the norm of the whole batch's gradient; Keras limits that of each replica's."""
        context = tf.distribute.get_replica_context()
        replicas = 1 if context is None else context.num_replicas_in_sync
        if replicas == 1 or not self.global_clipnorm:  # type: ignore[attr-defined]
            return super()._clip_gradients(gradients)  # type: ignore[misc]
        whole = context.all_reduce(tf.distribute.ReduceOp.SUM, list(gradients))
        # Keras then sums them over the replicas, as it does with others.
        return [each / replicas for each in super()._clip_gradients(whole)]  # type: ignore[misc]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable."""
        factor = self._lr_factors[self._get_variable_index(variable)]  # type: ignore[attr-defined]
        super().update_step(gradient, variable, learning_rate * factor)  # type: ignore[misc]


class Adam(LayerwiseLearningRates, keras.optimizers.Adam):  # type: ignore[misc]
    """Adam with a factor on the learning rate of each variable."""


class AdamW(LayerwiseLearningRates, keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW with a factor on the learning rate of each variable, but not on its weight decay."""


def make_optimizer(
    recipe: Recipe, schedule: Schedule, lr_factors: dict[str, float] | None = None
) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, its momentum changeable during a compiled fit.

    Args:
        recipe: which optimizer.
        schedule: its initial learning rate, and whether its momentum will change.
        lr_factors: on the learning rate, by the path of a variable; 1 if absent.

    Examples:
        >>> from training.recipes.catalogue import get_recipe
        >>> recipe = get_recipe("article-adam")
        >>> round(learning_rate_of(make_optimizer(recipe, recipe.schedule)), 6)
        0.001
    """
    rate, momentum = schedule.at(0, 1, 1)
    common: dict[str, Any] = {"lr_factors": lr_factors, "global_clipnorm": recipe.clip_norm}
    if recipe.ema is not None:
        common |= {"use_ema": True, "ema_momentum": recipe.ema}
    if recipe.optimizer == "adamw":
        optimizer = AdamW(rate, weight_decay=recipe.weight_decay, **common)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    else:
        optimizer = Adam(rate, **common)
    if momentum is not None:
        # A plain float would be a constant of the compiled step; a variable is read by every step.
        optimizer.beta_1 = keras.Variable(optimizer.beta_1, trainable=False, name="beta_1")
    return optimizer


def learning_rate_of(optimizer: keras.optimizers.Optimizer) -> float:
    """The learning rate of the next step."""
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def momentum_of(optimizer: keras.optimizers.Optimizer) -> float:
    """What a schedule calls momentum: Adam's first beta."""
    return float(keras.ops.convert_to_numpy(_momentum(optimizer)))


def set_momentum(optimizer: keras.optimizers.Optimizer, momentum: float) -> None:
    """Set the momentum of an optimizer that was made for a schedule with momentum."""
    _momentum(optimizer).assign(momentum)


def _momentum(optimizer: keras.optimizers.Optimizer) -> Any:
    return _inner(optimizer).beta_1


def _inner(optimizer: keras.optimizers.Optimizer) -> Any:
    # In half precision Keras wraps the optimizer in one that scales the loss.
    return getattr(optimizer, "inner_optimizer", optimizer)


@contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Give a compiled network the moving average of its weights for a while.

    Without effect if its optimizer keeps none.
    """
    optimizer = _inner(model.optimizer)
    if not optimizer.use_ema:
        yield
        return
    variables = model.trainable_variables
    # Copies, since an array may share the variable's memory.
    current = [np.array(variable.numpy()) for variable in variables]
    optimizer.finalize_variable_values(variables)
    try:
        yield
    finally:
        for variable, value in zip(variables, current, strict=True):
            variable.assign(value)


def layer_lr_factors(model: keras.Model, first: float) -> dict[str, float]:
    """Factors for the backbone's variables: `first` at its first layer, rising to 1 at its last.

    They rise geometrically with depth: the first layers, which detect edges as they occur in any
    image, change least. Only variables of the backbone are among the keys.

    Returns:
        Factors by the path of a variable.
    """
    factors: dict[str, float] = {}
    for backbone in (layer for layer in model.layers if isinstance(layer, keras.Model)):
        last = len(backbone.layers) - 1
        for depth, layer in enumerate(backbone.layers):
            for variable in layer.trainable_variables:
                factors[variable.path] = first ** (1 - depth / last)
    return factors
