from dataclasses import replace

import cv2
import numpy as np
import pytest

pytest.importorskip("tensorflow")

from training.augmentation.drawn_hands import hands_on_white
from training.console.errors import TrainingError
from training.data.photos import Photo
from training.fitting import run_data
from training.fitting.run_data import balanced_weights
from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig

ARTICLE = replace(get_recipe("article-cnn"), image_size=8, batch_size=10, validation_examples=7)
GAME = replace(
    get_recipe("game"),
    image_size=8,
    batch_size=4,
    examples_per_epoch=9,
    epochs=3,
    mixture=replace(get_recipe("game").mixture, drawn_hands=2),
)


def put(path, level=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((20, 30, 3), level, np.uint8))


def prepared(recipe, setting):
    return run_data.prepare(recipe, setting, lambda line: None)


@pytest.fixture
def hands(tmp_path):
    folder = tmp_path / "hands"
    for number in range(3):
        put(folder / "train" / "rock" / f"anna__{number}.png")
    put(folder / "validation" / "rock" / "ben__1.png", 10)
    put(folder / "validation" / "paper" / "ben__2.png", 20)
    put(folder / "validation" / "none" / "carl__1.png", 30)
    return folder


def test_article_trains_on_tfds_and_validates_on_the_start_of_the_test_split(toy_tfds, textures):
    data = prepared(ARTICLE, RunConfig())
    assert data.steps_per_epoch == 4  # 48 images, 10 in a batch
    assert int(data.training(0).cardinality()) in (-2, 4 * 24)
    images, labels = textures(18, 8, 2)
    assert np.array_equal(data.validation[0], images[:7])
    assert np.array_equal(data.validation[1], labels[:7])
    assert list(data.final) == ["tfds-test"]
    assert np.array_equal(data.final["tfds-test"][0], images)


def test_the_test_split_is_measured_whole_and_by_hand(toy_tfds, textures, monkeypatch):
    monkeypatch.setattr(run_data, "hands_of", lambda images, *_: np.arange(len(images)) // 3 % 4)
    data = prepared(ARTICLE, RunConfig())
    images, _ = textures(18, 8, 2)
    assert np.array_equal(data.test[0], images)
    assert set(data.test_hands) == {
        f"{label} {hand}" for label in ("rock", "paper", "scissors") for hand in (1, 2, 3, 4)
    }
    shown, truth = data.test_hands["paper 2"]
    assert np.array_equal(shown, images[[4, 16]])
    assert truth.tolist() == [1, 1]


def test_drawn_hands_are_added_to_the_training_images(toy_tfds):
    recipe = replace(ARTICLE, augment_parts=(), drawn_hands=4)
    data = prepared(recipe, RunConfig())
    assert data.steps_per_epoch == 4  # as without them
    batches = list(data.training(0).take(6).as_numpy_iterator())
    shown = np.concatenate([images[weights > 0] for images, _, weights in batches])
    assert len(shown) == 48 + 3 * 4
    truth = np.concatenate([labels[weights > 0] for _, labels, weights in batches])
    drawn, expected = hands_on_white(range(4), 8)
    np.testing.assert_allclose(shown[48:], drawn, atol=1e-3)
    assert truth[48:].tolist() == expected.tolist()
    assert len(data.final["tfds-test"][0]) == 18


def test_without_a_limit_the_whole_test_split_validates(toy_tfds):
    data = prepared(replace(ARTICLE, validation_examples=None), RunConfig())
    assert len(data.validation[0]) == 18


@pytest.mark.parametrize(("done", "left"), [(0, 12), (2, 4), (3, 0)])
def test_resumed_run_gets_the_remaining_batches(toy_tfds, done, left):
    recipe = replace(ARTICLE, epochs=3)
    data = prepared(recipe, RunConfig(seed=5))
    whole = list(data.training(0).as_numpy_iterator())
    rest = list(data.training(done * data.steps_per_epoch).as_numpy_iterator())
    assert (len(whole), len(rest)) == (12, left)
    for found, expected in zip(rest, whole[12 - left :], strict=True):
        for array, truth in zip(found, expected, strict=True):
            assert np.array_equal(array, truth)


def test_a_label_without_images_is_refused_before_the_run(toy_tfds, hands):
    """The rendered hands show only moves, and are not to be used."""
    mixture = replace(GAME.mixture, drawn_hands=0, rendered=0.0)
    recipe = replace(GAME, batch_size=9, mixture=mixture)
    with pytest.raises(TrainingError, match="^recipe game needs images of [a-z]+, of which there"):
        prepared(recipe, RunConfig(photos=(str(hands),)))


def test_too_few_images_for_a_batch_are_one_line(toy_tfds, hands):
    with pytest.raises(TrainingError, match="^48 images per epoch are too few for a batch of 49"):
        prepared(replace(ARTICLE, batch_size=49), RunConfig())
    game = replace(GAME, examples_per_epoch=None)
    with pytest.raises(
        TrainingError, match="^3 images per epoch are too few .* --set batch_size=N$"
    ):
        prepared(game, RunConfig(photos=(str(hands),)))
    assert prepared(replace(game, batch_size=3), RunConfig(photos=(str(hands),))).steps_per_epoch


def test_article_recipes_reject_photographs(toy_tfds, hands):
    with pytest.raises(TrainingError, match="article-cnn uses no photographs: omit --photos"):
        prepared(ARTICLE, RunConfig(photos=(str(hands),)))


def test_the_game_trains_on_photographs_and_validates_on_others(toy_tfds, hands):
    data = prepared(GAME, RunConfig(photos=(str(hands),)))
    assert data.steps_per_epoch == 2
    assert len(list(data.training(2))) == 4
    images, labels, weights = data.validation
    assert images[:, 0, 0, 0].tolist() == [10, 20, 30]
    assert labels.tolist() == [0, 1, 3]
    assert weights.tolist() == pytest.approx([0.75, 0.75, 1.5])
    assert list(data.final) == ["tfds-test", "validation"]
    assert data.final["validation"] is data.validation


def test_photographs_of_several_folders_are_combined(toy_tfds, hands, tmp_path):
    put(tmp_path / "mine" / "scissors" / "1.png")
    data = prepared(
        replace(GAME, examples_per_epoch=None),
        RunConfig(photos=(str(hands), str(tmp_path / "mine"))),
    )
    assert data.steps_per_epoch == 1  # three photographs and one, four in a batch
    assert len(data.validation[0]) == 3


def test_without_validation_photographs_there_is_no_validation(toy_tfds, tmp_path):
    put(tmp_path / "mine" / "scissors" / "1.png")
    data = prepared(GAME, RunConfig(photos=(str(tmp_path / "mine"),)))
    assert data.validation is None
    assert list(data.final) == ["tfds-test"]


def test_the_game_without_photographs_says_how_to_name_them(toy_tfds, tmp_path):
    with pytest.raises(TrainingError, match="game needs photographs of hands: .* --photos"):
        prepared(GAME, RunConfig())
    put(tmp_path / "validation" / "rock" / "1.png")
    with pytest.raises(TrainingError, match="game needs photographs of hands"):
        prepared(GAME, RunConfig(photos=(str(tmp_path),)))


def test_wrong_folder_is_reported_before_data_are_read(monkeypatch, tmp_path):
    monkeypatch.setattr(run_data, "load_tfds", lambda *_: pytest.fail("read first"))
    with pytest.raises(TrainingError, match="no folder of photographs"):
        prepared(GAME, RunConfig(photos=(str(tmp_path / "nowhere"),)))


def test_every_source_counts_equally(tmp_path):
    photos = [Photo(tmp_path, "rock", name) for name in "abbbbcc"]
    weights = balanced_weights(photos)
    assert weights.dtype == np.float32
    assert weights.mean() == pytest.approx(1)
    for name in "abc":
        of_source = [w for w, photo in zip(weights, photos, strict=True) if photo.source == name]
        assert sum(of_source) == pytest.approx(7 / 3)


def test_fold_holds_out_hands_and_never_reads_the_test_split(monkeypatch, textures):
    splits = {"train": textures(48, 8, 1)}
    hands = np.arange(48) // 3 % 4
    monkeypatch.setattr(run_data, "load_tfds", lambda split, *_: splits[split])
    monkeypatch.setattr(run_data, "hands_of", lambda *_: hands)
    data = prepared(replace(ARTICLE, augment_parts=()), RunConfig(fold=2))
    images, labels = splits["train"]
    assert np.array_equal(data.validation[0], images[hands == 2])
    assert np.array_equal(data.final["fold"][1], labels[hands == 2])
    assert data.steps_per_epoch == 4
    assert (data.test, data.test_hands) == (None, {})
    shown = np.concatenate([batch for batch, *_ in data.training(0).take(8).as_numpy_iterator()])
    kept = {image.tobytes() for image in images[hands != 2]}
    assert {np.round(image).astype(np.uint8).tobytes() for image in shown} == kept


def test_game_recipe_has_no_folds(hands):
    with pytest.raises(TrainingError, match="validates on photographs: omit --fold"):
        prepared(GAME, RunConfig(photos=(str(hands),), fold=0))
