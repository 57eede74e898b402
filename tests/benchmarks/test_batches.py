import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.batches import RECIPES, loading_once, with_fewer_hands
from training.augmentation.image_pools import load_pools
from training.data.photos import PhotoFolder
from training.recipes.catalogue import get_recipe


def test_fewer_hands_are_drawn_and_nothing_else_changes():
    for name in RECIPES:
        recipe = get_recipe(name)
        fewer = with_fewer_hands(recipe, 60)
        assert fewer.mixture.drawn_hands == 60
        assert fewer.mixture.hard_hands == min(60, recipe.mixture.hard_hands)
        drawn = {key: getattr(recipe.mixture, key) for key in ("drawn_hands", "hard_hands")}
        assert replace(fewer, mixture=replace(fewer.mixture, **drawn)) == recipe
        assert with_fewer_hands(recipe, 5000) == recipe


def test_images_that_recipes_share_are_loaded_once():
    load = loading_once(processes=0)
    finder, close_up = (load(PhotoFolder(), [], 1, {}, 24, 1) for _ in range(2))
    assert close_up is finder
    game = load(PhotoFolder(), [], 1)
    other_landmarks, other_side, other_hard = (
        load(PhotoFolder(), [], 1, *words) for words in ((None, 24, 1), ({}, 32, 1), ({}, 24, 0))
    )
    every = (finder, game, other_landmarks, other_side, other_hard)
    assert len({id(pools) for pools in every}) == len(every)
    (hand, _), (same, _) = (
        each.drawn["rock"]["drawn"]
        for each in (finder, load_pools(PhotoFolder(), [], 1, {}, 24, 1))
    )
    assert (hand.image.pixels == same.image.pixels).all()


def test_the_processes_do_not_import_tensorflow():
    """They import this module, since it is started as a program."""
    code = "import sys, benchmarks.batches; raise SystemExit('tensorflow' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
