import csv
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from training.recipes.catalogue import get_recipe
from training.recipes.schedules import Schedule

keras = pytest.importorskip("keras")

from training.console.errors import TrainingError  # noqa: E402
from training.data import hand_folds, tfds  # noqa: E402
from training.fitting import run_data  # noqa: E402
from training.fitting.frozen import feature_cache  # noqa: E402
from training.fitting.frozen.feature_cache import FeatureStore  # noqa: E402
from training.fitting.frozen.head_training import KeepHistory, is_frozen, train_head  # noqa: E402
from training.fitting.input_pipeline import examples_of  # noqa: E402
from training.fitting.run_folder import load_run  # noqa: E402
from training.fitting.trainer import start  # noqa: E402
from training.models.networks import build_network  # noqa: E402
from training.recipes.run_config import RunConfig  # noqa: E402

RECIPE = replace(
    get_recipe("article-adam"),
    image_size=32,
    batch_size=8,
    epochs=2,
    shuffle=True,
    validation_examples=12,
    schedule=Schedule("one-cycle", peak=0.02, momentum=(0.95, 0.85)),
)


@pytest.fixture(autouse=True)
def toy_hands(toy_tfds, small_backbone, monkeypatch):
    """Textures instead of the data set, in which every third of a class is a hand."""
    monkeypatch.setattr(tfds, "load_tfds", run_data.load_tfds)
    for module in (run_data, hand_folds):
        monkeypatch.setattr(module, "hands_of", lambda images, *_: np.arange(len(images)) // 3 % 4)


def rows(path):
    with path.open() as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("fold", "batch_size", "short"),
    [(None, 8, True), (None, 9, True), (None, 9, False), (1, 8, True), (1, 8, False)],
)
def test_a_head_trained_on_stored_features_equals_one_trained_on_images(
    tmp_path, fold, batch_size, short
):
    recipe = replace(RECIPE, batch_size=batch_size, short_batches=short)
    if fold is not None:
        # The two draw their augmentation in another order.
        recipe = replace(recipe, augment_parts=(), shuffle=False)
    config = RunConfig(seed=3, fold=fold)
    store = FeatureStore(tmp_path / "features", lambda _: None)
    found = train_head(recipe, config, tmp_path / "kept", store)
    expected = start(recipe, config, tmp_path / "plain")
    for which in ("best", "last"):
        for name, figures in expected[which].items():
            assert found[which][name] == pytest.approx(figures, abs=1e-4)
    assert ("hands" in found) == (fold is None)
    assert found.get("hands") == pytest.approx(expected.get("hands"))
    tested = ("test_loss", "test_accuracy") if fold is None else ()
    for name, columns in {
        "history.csv": ("loss", "accuracy", "val_loss", "val_accuracy", *tested),
        "steps.csv": ("step", "learning_rate", "momentum", "loss"),
    }.items():
        kept, plain = (rows(tmp_path / run / name) for run in ("kept", "plain"))
        assert len(kept) == len(plain) > 0
        for column in columns:
            np.testing.assert_allclose(
                [row[column] for row in kept], [row[column] for row in plain], atol=1e-4
            )
    one, other = (load_run(tmp_path / run, "last")[0] for run in ("kept", "plain"))
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-4)


def test_the_accuracy_after_the_last_step_is_that_of_the_epoch(tmp_path):
    store = FeatureStore(tmp_path / "features", lambda _: None)
    train_head(RECIPE, RunConfig(), tmp_path / "run", store)
    steps, history = rows(tmp_path / "run" / "steps.csv"), rows(tmp_path / "run" / "history.csv")
    ends = [row["val_accuracy"] for row in steps][5::6]
    assert ends == pytest.approx([row["val_accuracy"] for row in history])


def test_the_test_split_is_measured_in_every_epoch_and_by_hand(tmp_path):
    store = FeatureStore(tmp_path / "features", lambda _: None)
    metrics = train_head(RECIPE, RunConfig(), tmp_path / "run", store)
    last = rows(tmp_path / "run" / "history.csv")[-1]
    for name in ("accuracy", "loss"):
        assert last[f"test_{name}"] == pytest.approx(metrics["last"]["tfds-test"][name])
    # Three images of each of the first two hands, and as many of the others.
    assert list(metrics["hands"]) == [
        f"{label} {hand}" for label in ("paper", "rock", "scissors") for hand in (1, 2, 3, 4)
    ]
    images, labels = run_data.load_tfds("test", None, 32)
    model, _ = load_run(tmp_path / "run", "last")
    correct = model.predict(images.astype(np.float32), verbose=0).argmax(axis=1) == labels
    second = (labels == 1) & (np.arange(18) // 3 % 4 == 1)
    assert metrics["hands"]["paper 2"] == pytest.approx(correct[second].mean())


def test_features_are_computed_once_and_shared_only_between_runs_with_the_same_images(tmp_path):
    lines = []
    store, model = FeatureStore(tmp_path / "features", lines.append), build_network(RECIPE, None)

    def compute(seed=0, **changes):
        lines.clear()
        recipe, config = replace(RECIPE, **changes), RunConfig(seed)
        store.stream(model, recipe, config, recipe.epochs)
        store.plain(model, recipe, config, "test")
        return list(lines)

    epochs = [f"features of epoch {epoch}, seed 0" for epoch in (1, 2)]
    assert compute() == [*epochs, "features of the test split"]
    assert compute(dropout=0.1, schedule=Schedule("constant", peak=0.1)) == []
    assert compute(epochs=3) == ["features of epoch 3, seed 0"]
    assert compute(augment_parts=("flip",)) == epochs
    assert compute(shuffle=False) == epochs
    assert compute(short_batches=False) == epochs
    assert compute(free_strength=0.5) == epochs
    assert compute(seed=1) == [line.replace("seed 0", "seed 1") for line in epochs]
    assert compute(pixel_range="symmetric") == [*epochs, "features of the test split"]
    # Without augmentation all epochs and seeds show the same images.
    assert compute(augment_parts=()) == ["features of the train split"]
    assert compute(augment_parts=(), seed=1, epochs=3, shuffle=False) == []


def test_changed_code_invalidates_cached_features(tmp_path, monkeypatch):
    lines = []
    model = build_network(RECIPE, None)

    def compute():
        lines.clear()
        FeatureStore(tmp_path, lines.append).plain(model, RECIPE, RunConfig(), "test")
        return list(lines)

    assert compute() == ["features of the test split"]
    assert compute() == []
    monkeypatch.setattr(feature_cache, "SOURCES", feature_cache.SOURCES[:-1])
    assert compute() == ["features of the test split"]


def test_the_accuracy_after_a_step_is_that_of_the_whole_head():
    head = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    head.layers[-1].set_weights([np.eye(2, 3), np.array([0.0, 0.0, 5.0])])
    features = np.array([[9, 0], [0, 9], [1, 1], [1, 0]], np.float32)
    schedule = SimpleNamespace(used=[{}])
    keep = KeepHistory(schedule, (features, np.array([0, 0, 2, 2])), None, (1.0,))
    keep.set_model(head)
    keep.on_train_batch_end(0)
    assert schedule.used[-1]["val_accuracy"] == 0.75


def test_a_shuffled_stream_has_the_hand_of_each_image(tmp_path):
    store = FeatureStore(tmp_path / "features", lambda _: None)
    config = RunConfig(4)
    stream = store.stream(build_network(RECIPE, None), RECIPE, config, 2)
    shown = np.concatenate([examples_of(step, 48, RECIPE, 4) for step in range(12)])
    np.testing.assert_array_equal(stream.labels, shown % 3)
    np.testing.assert_array_equal(stream.hands, shown // 3 % 4)


def test_the_head_of_the_best_epoch_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "training.fitting.frozen.head_training.is_best", lambda history: len(history) == 1
    )
    store = FeatureStore(tmp_path / "features", lambda _: None)
    train_head(RECIPE, RunConfig(), tmp_path / "run", store)
    best, last = (load_run(tmp_path / "run", which)[0].get_weights() for which in ("best", "last"))
    assert not np.allclose(best[-1], last[-1])
    history = rows(tmp_path / "run" / "history.csv")
    model, _ = load_run(tmp_path / "run", "best")
    images, labels = run_data.load_tfds("test", None, 32)
    predicted = model.predict(images[:12].astype(np.float32), verbose=0).argmax(axis=1)
    assert np.mean(predicted == labels[:12]) == pytest.approx(history[0]["val_accuracy"])


@pytest.mark.parametrize("changes", [{}, {"augment_parts": ()}])
@pytest.mark.parametrize("fold", [None, 1])
def test_too_few_images_for_a_batch_are_one_line(tmp_path, changes, fold):
    store = FeatureStore(tmp_path / "features", lambda _: None)
    with pytest.raises(TrainingError, match="^48 images per epoch are too few for a batch of 49"):
        train_head(
            replace(RECIPE, batch_size=49, **changes), RunConfig(fold=fold), tmp_path / "run", store
        )


def test_which_recipes_are_frozen():
    assert is_frozen(get_recipe("article-adam"))
    assert not is_frozen(get_recipe("article-cnn"))
    assert not is_frozen(get_recipe("game"))
    assert not is_frozen(replace(RECIPE, trainable="all", head_epochs=1))
    # Features are cached only of the TFDS split, and heads trained on them are not averaged.
    assert not is_frozen(replace(RECIPE, drawn_hands=1))
    assert not is_frozen(replace(RECIPE, ema=0.9))
    assert not is_frozen(replace(RECIPE, mixup=0.2))
    # Nor are heads trained on them in several phases, or in shorter epochs.
    assert not is_frozen(replace(RECIPE, head_epochs=1))
    assert not is_frozen(replace(RECIPE, examples_per_epoch=16))
