from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from training.console.errors import TrainingError  # noqa: E402
from training.exporting.writers import write_saved_model  # noqa: E402
from training.models.backbone import batch_norms, freeze_blocks, load_backbone  # noqa: E402
from training.models.contract import metadata_for  # noqa: E402
from training.models.networks import build_network  # noqa: E402
from training.models.outputs import close_up_outputs  # noqa: E402
from training.recipes.catalogue import get_recipe  # noqa: E402


@pytest.fixture(scope="module")
def game(install_small_pyramid, tmp_path_factory):
    """A network like the game's, and its exported SavedModel."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        install_small_pyramid(monkeypatch)
        keras.utils.set_random_seed(1)
        recipe = replace(get_recipe("game"), image_size=64)
        model = build_network(recipe, None)
        model.get_layer("logits").bias.assign([1.0, 2, 3, 4])
    folder = tmp_path_factory.mktemp("game") / "saved_model"
    write_saved_model(model, folder, metadata_for(recipe, "CC0"))
    return model, folder


def test_a_network_starts_from_an_exported_one(game, small_pyramid):
    model, folder = game
    keras.utils.set_random_seed(2)
    backbone, last = load_backbone(64, folder)
    source = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for found, expected in zip(backbone.weights, source.weights, strict=True):
        np.testing.assert_array_equal(found.numpy(), expected.numpy())
    np.testing.assert_array_equal(last.kernel, model.get_layer("logits").kernel.numpy())
    assert last.bias.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["close-up", "game"])
def test_the_new_network_says_what_the_exported_one_said(
    game, small_pyramid, tiny_hand_recipe, name
):
    model, folder = game
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)).astype(np.float32)
    recipe = replace(get_recipe("game"), image_size=64) if name == "game" else None
    found = build_network(recipe or tiny_hand_recipe(name), folder)(images)
    logits = found if name == "game" else found["logits"]
    np.testing.assert_allclose(logits, model(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["finder", "close-up", "game"])
def test_a_network_starts_from_an_exported_one_of_close_ups(
    small_pyramid, tiny_hand_recipe, tmp_path, name
):
    recipe = tiny_hand_recipe("close-up")
    exported = build_network(recipe, None)
    write_saved_model(
        exported, tmp_path / "saved", metadata_for(recipe, "CC0"), close_up_outputs(exported)
    )
    new = replace(get_recipe("game"), image_size=64) if name == "game" else tiny_hand_recipe(name)
    found = build_network(new, tmp_path / "saved")
    source, backbone = (
        {weight.path: weight.numpy() for weight in layer.weights}
        for model in (exported, found)
        for layer in model.layers
        if isinstance(layer, keras.Model)
    )
    assert "block_13_expand_relu/kernel" in backbone
    for path, value in backbone.items():
        np.testing.assert_array_equal(value, source[path])
    if name != "finder":
        assert not found.get_layer("logits").bias.numpy().any()


def test_a_folder_without_such_a_network_is_reported_in_one_line(tmp_path, game):
    # The real backbone has other layers than the exported network.
    for folder in (tmp_path, game[1]):
        with pytest.raises(
            TrainingError, match=r"is not the SavedModel of a network like"
        ) as caught:
            load_backbone(32, folder)
        assert "\n" not in str(caught.value)


def test_freezing_of_the_first_blocks(small_pyramid):
    backbone, _ = load_backbone(64, None)
    freeze_blocks(backbone, 0)
    assert all(layer.trainable for layer in backbone.layers)
    freeze_blocks(backbone, 6)
    frozen = [layer.name for layer in backbone.layers if not layer.trainable]
    assert frozen[1:] == ["block_1_expand", "block_1_norm", "block_6_expand_relu"]
    assert [layer.momentum for layer in batch_norms(backbone)] == [0.99]
