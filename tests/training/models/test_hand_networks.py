"""The finder and the close-up on the real backbone."""

from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from training.models.backbone import LastLayer  # noqa: E402
from training.models.hand_networks import classifier, expected_places  # noqa: E402
from training.models.networks import (  # noqa: E402
    blank_targets,
    build_network,
    compile_network,
)
from training.recipes.catalogue import get_recipe  # noqa: E402

SIZE = 64


def built(name, **changes):
    keras.utils.set_random_seed(0)
    recipe = replace(get_recipe(name), image_size=SIZE, **changes)
    return build_network(recipe, None), recipe


@pytest.fixture(scope="module")
def finder():
    return built("finder")


@pytest.fixture(scope="module")
def close_up():
    return built("close-up")


def shapes(model):
    return {name: output.shape[1:] for name, output in model.output.items()}


def test_outputs(finder, close_up):
    assert shapes(finder[0]) == {"heat": (8, 8, 1), "maps": (8, 8, 6)}
    assert shapes(close_up[0]) == {"logits": (4,), "landmarks": (42,)}


def test_the_first_blocks_and_batch_normalisation_stay_frozen(finder):
    model, recipe = finder
    compile_network(model, recipe, recipe.phases()[0])
    (backbone,) = (layer for layer in model.layers if isinstance(layer, keras.Model))
    trained = {layer.name for layer in backbone.layers if layer.trainable_weights}
    assert recipe.frozen_blocks == 3
    assert not any(name.startswith(("Conv1", "expanded_conv", "block_3_")) for name in trained)
    assert {"block_4_expand", "block_13_expand"} <= trained
    assert not any("BN" in name or "bn" in name for name in trained)


def test_the_finder_ends_where_its_maps_do(finder, close_up):
    names = [
        {
            layer.name
            for part in model.layers
            if isinstance(part, keras.Model)
            for layer in part.layers
        }
        for model, _ in (finder, close_up)
    ]
    assert "block_13_expand_relu" in names[0]
    assert not names[0] & {"block_13_depthwise", "block_16_project", "Conv_1"}
    assert "Conv_1" in names[1]


def test_landmarks_are_the_mean_places_in_their_heatmaps():
    heat = np.full((1, 8, 8, 21), -30, np.float32)
    heat[0, 2, 6] = 30
    heat[0, 2, 6, 1] = heat[0, 7, 0, 1] = 40  # one landmark in two places
    maps = keras.Input((8, 8, 21))
    found = keras.Model(maps, expected_places(maps))(heat).numpy().reshape(21, 2)
    # The cells cover 1.2 times the side of the image, of which (0, 0) is the middle.
    np.testing.assert_allclose(found[0], (2.5 / 8 * 1.2, -1.5 / 8 * 1.2), atol=1e-6)
    np.testing.assert_allclose(found[1], (-0.5 / 8 * 1.2, 1 / 8 * 1.2), atol=1e-6)
    np.testing.assert_allclose(found[2:], np.repeat(found[:1], 19, axis=0))


def test_places_of_cells_are_not_trained(close_up):
    model, recipe = close_up
    compile_network(model, recipe, recipe.phases()[0])
    shapes = [tuple(each.shape) for each in model.non_trainable_variables]
    assert (64, 2) in shapes
    assert (64, 2) not in [tuple(each.shape) for each in model.trainable_variables]


def test_no_cell_is_hot_at_first(finder):
    images = np.random.default_rng(0).uniform(0, 255, (2, SIZE, SIZE, 3)).astype(np.float32)
    assert finder[0](images)["heat"].numpy().max() < 0


def test_blank_targets_have_a_loss_for_each_output(finder, close_up):
    for model, recipe in (finder, close_up):
        compile_network(model, recipe, recipe.phases()[0])
        targets = blank_targets(model)
        assert targets.keys() == model.output.keys()
        outputs = {name: np.zeros((1, *shape), np.float32) for name, shape in shapes(model).items()}
        weights = {name: np.ones(1, np.float32) for name in targets}
        assert np.isfinite(float(model.compute_loss(None, targets, outputs, weights)))


def test_the_last_layer_starts_from_another_networks():
    recipe = get_recipe("close-up")
    rng = np.random.default_rng(1)
    last = LastLayer(rng.normal(size=(5, 4)), rng.normal(size=4))
    pooled, shape = rng.normal(size=(3, 5)), rng.normal(size=(3, 7))
    features = keras.Input((12,))
    model = keras.Model(features, classifier(features, recipe, last))
    found = model(np.concatenate([pooled, shape], axis=1).astype(np.float32)).numpy()
    np.testing.assert_allclose(found, pooled @ last.kernel + last.bias, rtol=1e-4, atol=1e-5)


def test_a_last_layer_of_other_classes_is_not_taken_over():
    last = LastLayer(np.ones((5, 3)), np.ones(3))
    features = keras.Input((5,))
    model = keras.Model(features, classifier(features, get_recipe("close-up"), last))
    assert model.layers[-1].bias.numpy().tolist() == [0] * 4
