"""Optimizers whose momentum and layer-wise rates hold in a compiled fit.

Keras compiles an optimizer's plain attributes into the training step as constants; what is to
change between steps has to be a variable, and what differs between layers part of the update.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from training.recipes.recipe import Recipe
from training.recipes.schedules import Schedule


class LayerwiseLearningRates:
    """Mixin: the learning rate of each variable is the optimizer's times a factor of its own."""

    def __init__(self, *arguments: Any, factors: dict[str, float] | None = None, **named: Any):
        super().__init__(*arguments, **named)
        self._factors_by_path = factors or {}
        self._factors: tuple[float, ...] = ()

    def build(self, variables: Sequence[keras.Variable]) -> None:
        """Note the factors of the variables that will be trained."""
        super().build(variables)  # type: ignore[misc]
        self._factors = tuple(self._factors_by_path.get(each.path, 1.0) for each in variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable."""
        factor = self._factors[self._get_variable_index(variable)]  # type: ignore[attr-defined]
        super().update_step(gradient, variable, learning_rate * factor)  # type: ignore[misc]


class Adam(LayerwiseLearningRates, keras.optimizers.Adam):  # type: ignore[misc]
    """Adam with a factor on the learning rate of each variable."""


class AdamW(LayerwiseLearningRates, keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW with a factor on the learning rate of each variable, weight decay left alone."""


class SGD(LayerwiseLearningRates, keras.optimizers.SGD):  # type: ignore[misc]
    """SGD with (not Nesterov's) momentum that is a variable, and a factor for each variable.

    Keras' own compares its momentum with zero while it is being compiled, which a variable
    does not stand; so the update is written out here.
    """

    def __init__(self, rate: float, momentum: float, **named: Any) -> None:
        super().__init__(rate, momentum=momentum, nesterov=False, **named)
        self.friction = keras.Variable(momentum, trainable=False, name="friction")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable: v = momentum v - rate gradient; variable = variable + v."""
        number = self._get_variable_index(variable)
        kept = self.momentums[number]
        kind = variable.dtype
        rate = keras.ops.cast(learning_rate, kind) * self._factors[number]
        pull = rate * keras.ops.cast(gradient, kind)
        self.assign(kept, keras.ops.cast(self.friction, kind) * kept - pull)
        self.assign_add(variable, kept)


def make_optimizer(
    recipe: Recipe, schedule: Schedule, factors: dict[str, float] | None = None
) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, its momentum changeable during a compiled fit.

    Args:
        recipe: which optimizer.
        schedule: where its learning rate begins, and whether its momentum will move.
        factors: on the learning rate, by the path of a variable; 1 if absent.
    """
    rate, momentum = schedule.at(0, 1, 1)
    if recipe.optimizer == "adamw":
        optimizer = AdamW(rate, weight_decay=recipe.weight_decay, factors=factors)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    else:
        optimizer = Adam(rate, factors=factors)
    if momentum is not None:
        # A plain float would be baked into the compiled step; a variable is read by every step.
        optimizer.beta_1 = keras.Variable(optimizer.beta_1, trainable=False, name="beta_1")
    return optimizer


def learning_rate_of(optimizer: keras.optimizers.Optimizer) -> float:
    """The learning rate of the next step."""
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def momentum_of(optimizer: keras.optimizers.Optimizer) -> float:
    """What a schedule calls momentum: SGD's, or the first beta of Adam."""
    return float(keras.ops.convert_to_numpy(_momentum(optimizer)))


def set_momentum(optimizer: keras.optimizers.Optimizer, momentum: float) -> None:
    """Change it, for an optimizer that was made for a schedule with momentum."""
    _momentum(optimizer).assign(momentum)


def _momentum(optimizer: keras.optimizers.Optimizer) -> Any:
    # In half precision Keras wraps the optimizer in one that scales the loss.
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return inner.friction if isinstance(inner, SGD) else inner.beta_1


def layer_lr_factors(model: keras.Model, first: float) -> dict[str, float]:
    """Factors for the backbone's variables: `first` at its first layer, rising to 1 at its last.

    They rise geometrically with depth: the first layers, which see edges as any camera has them,
    change least. Paths that stand for no layer of the backbone are not among the keys.
    """
    factors: dict[str, float] = {}
    for backbone in (layer for layer in model.layers if isinstance(layer, keras.Model)):
        last = len(backbone.layers) - 1
        for depth, layer in enumerate(backbone.layers):
            for variable in layer.trainable_variables:
                factors[variable.path] = first ** (1 - depth / last)
    return factors
