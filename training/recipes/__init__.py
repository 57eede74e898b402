"""Recipes, learning-rate schedules, and the configuration of a run."""

from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.recipe import Mixture, Recipe
from training.recipes.run_config import RunConfig

__all__ = ["RECIPES", "Mixture", "Recipe", "RunConfig", "get_recipe"]
