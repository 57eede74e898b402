"""The comparisons in docs/results.md: which recipes each one trains."""

from __future__ import annotations

from dataclasses import replace

from training.recipes.catalogue import get_recipe
from training.recipes.recipe import ARTICLE_PARTS, Recipe
from training.recipes.schedules import Schedule


def article() -> dict[str, Recipe]:
    """The three models of the article, by their display names.

    MobileNetV2 also appears without augmentation, which is closer to the published results.
    """
    adam, scheduled = get_recipe("article-adam"), get_recipe("article-one-cycle")
    return {
        "simple CNN": get_recipe("article-cnn"),
        "MobileNetV2, Adam": adam,
        "MobileNetV2, article's schedule": scheduled,
        "MobileNetV2, Adam, no augmentation": replace(adam, augment_parts=()),
        "MobileNetV2, article's schedule, no augmentation": replace(scheduled, augment_parts=()),
    }


CYCLES = (1, 2, 3, 5, 8, 24)


def super_convergence() -> dict[str, Recipe]:
    """Plain Adam, the article's schedule, and one cycle over fewer and fewer epochs.

    Plain Adam also appears with everything of `one-cycle` except its schedule, to distinguish the
    effect of the schedule from those of scaling, shuffling and the head.
    """
    cycle, adam = get_recipe("one-cycle"), get_recipe("article-adam")
    return {
        "Adam": adam,
        "article's schedule": get_recipe("article-one-cycle"),
        "Adam, prepared as one-cycle": replace(cycle, schedule=adam.schedule, epochs=adam.epochs),
    } | {
        f"one cycle, {epochs} epoch{'s' if epochs > 1 else ''}": replace(cycle, epochs=epochs)
        for epochs in CYCLES
    }


def ablation() -> dict[str, Recipe]:
    """`one-cycle` with one setting at a time replaced by the article's."""
    cycle, adam = get_recipe("one-cycle"), get_recipe("article-adam")
    without = {
        f"without {part}": replace(
            cycle, augment_parts=tuple(each for each in ARTICLE_PARTS if each != part)
        )
        for part in ARTICLE_PARTS
    }
    return {
        "one-cycle": cycle,
        "inputs in 0 ... 1": replace(cycle, pixel_range=adam.pixel_range),
        "in file order": replace(cycle, shuffle=False),
        "the article's dropout": replace(cycle, dropout=adam.dropout),
        "the article's L2": replace(cycle, l2=adam.l2),
        "the article's dropout and L2": replace(cycle, dropout=adam.dropout, l2=adam.l2),
        "momentum left alone": replace(cycle, schedule=replace(cycle.schedule, momentum=None)),
        "Adam at 0.001 throughout": replace(cycle, schedule=adam.schedule),
        "the peak rate throughout": replace(
            cycle, schedule=Schedule("constant", peak=cycle.schedule.peak)
        ),
        **without,
        "without augmentation": replace(cycle, augment_parts=()),
    }


def unfreezing() -> dict[str, Recipe]:
    """The frozen backbone, the whole network, and `fine-tune` with one thing changed at a time."""
    tuned = get_recipe("fine-tune")
    head = Schedule("one-cycle", peak=2e-2, pct_start=0.2, momentum=(0.95, 0.85))
    return {
        "one-cycle (frozen)": get_recipe("one-cycle"),
        "fine-tune": tuned,
        "without drawn hands": replace(tuned, drawn_hands=0),
        "the head alone in the first epoch": replace(tuned, head_epochs=1, head_schedule=head),
        "batch normalisation trained": replace(tuned, freeze_batch_norm=False),
        "one rate for all layers": replace(tuned, backbone_lr_factor=1.0),
        "the article's augmentation": replace(tuned, augment_parts=ARTICLE_PARTS),
    }
