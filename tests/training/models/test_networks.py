import warnings
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("keras")

import keras

from training.console.errors import TrainingError
from training.models.networks import adjust_prior, apply_temperature, build_network
from training.recipes.catalogue import get_recipe

CNN = replace(get_recipe("article-cnn"), image_size=16)
ARTICLE = replace(get_recipe("article-adam"), image_size=32)
GAME = replace(get_recipe("game"), image_size=32)


def random_images(count, size, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (count, size, size, 3)).astype(np.float32)


def layers(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


@pytest.fixture(scope="module")
def article():
    keras.utils.set_random_seed(0)
    return build_network(ARTICLE, None)


@pytest.fixture(scope="module")
def game():
    keras.utils.set_random_seed(0)
    return build_network(GAME, None)


def test_layers_of_the_article_cnn():
    model = build_network(get_recipe("article-cnn"), None)
    assert model.input_shape == (None, 128, 128, 3)
    assert model.output_shape == (None, 3)
    convolutions = (3 * 9 + 1) * 16 + (16 * 9 + 1) * 16
    dense = (32 * 32 * 16 + 1) * 64 + (64 + 1) * 3
    assert model.count_params() == convolutions + dense
    first, second = layers(model, keras.layers.Conv2D)
    for layer in (first, second):
        assert (layer.filters, layer.kernel_size, layer.padding) == (16, (3, 3), "same")
    activations = [layer.activation.__name__ for layer in model.layers if layer.weights]
    assert activations == ["relu", "relu", "relu", "linear"]
    assert model.layers[-2].rate == 0.3
    assert all(layer.trainable for layer in model.layers)


def test_article_feature_extractor_trains_only_its_head(article):
    # MobileNetV2 1.0 without top has 2 257 984 parameters.
    assert article.count_params() == 2_257_984 + (1280 + 1) * 3
    assert [weight.path for weight in article.trainable_weights] == ["logits/kernel", "logits/bias"]
    assert article.layers[-2].rate == 0.5


def test_game_network_trains_everything_and_has_four_classes(game):
    assert game.output_shape == (None, 4)
    assert game.count_params() == 2_257_984 + (1280 + 1) * 4
    # All but the moving averages of BatchNorm.
    assert sum(np.prod(weight.shape) for weight in game.trainable_weights) == 2_223_872 + 1281 * 4


@pytest.mark.parametrize(("pixel_range", "expected"), [("unit", [0, 1]), ("symmetric", [-1, 1])])
def test_pixels_are_scaled_inside_the_network(pixel_range, expected):
    model = build_network(replace(CNN, pixel_range=pixel_range), None)
    scaled = keras.Model(model.input, layers(model, keras.layers.Rescaling)[0].output)
    black_and_white = np.stack([np.zeros((16, 16, 3)), np.full((16, 16, 3), 255)])
    found = np.asarray(scaled(black_and_white))
    assert found[:, 0, 0, 0] == pytest.approx(expected)
    # And it is what the rest of the network works on.
    assert layers(model, keras.layers.Conv2D)[0].input is scaled.output


@pytest.mark.parametrize(("name", "scale", "offset"), [("article", 255, 0), ("game", 127.5, -1)])
def test_backbone_receives_scaled_pixels(name, scale, offset, request):
    model, images = request.getfixturevalue(name), random_images(2, 32)
    backbone = layers(model, keras.Model)[0]
    expected = np.asarray(model.layers[-1](backbone(images / scale + offset)))
    np.testing.assert_allclose(np.asarray(model(images)), expected, rtol=1e-3)


def test_the_output_is_logits(game):
    head = game.layers[-1]
    assert head.activation is keras.activations.linear
    head.bias.assign([5.0, -5.0, 0.0, 0.0])
    found = np.asarray(game(random_images(3, 32)))
    head.bias.assign([0.0] * 4)
    assert np.abs(found.sum(axis=1) - 1).min() > 1e-3
    assert found[:, 1].max() < 0


def test_only_the_last_layer_is_regularised(article):
    for model in (article, build_network(CNN, None)):
        kernel = model.layers[-1].kernel.numpy()
        [penalty] = model.losses
        assert float(penalty) == pytest.approx(0.01 * np.square(kernel).sum(), rel=1e-5)


def test_the_game_has_no_penalty_on_weights(game):
    assert game.losses == []


def moving_averages(model):
    weights = model.non_trainable_weights
    return {w.path: w.numpy() for w in weights if "moving_" in w.path}


def test_a_frozen_backbone_keeps_its_statistics_in_training(article):
    model = keras.Model(article.input, article.layers[-2].input)  # before dropout
    images = random_images(4, 32)
    before = moving_averages(model)
    assert len(before) == 2 * 52
    in_training = np.asarray(model(images, training=True))
    assert all(
        np.array_equal(value, before[path]) for path, value in moving_averages(model).items()
    )
    np.testing.assert_array_equal(in_training, np.asarray(model(images, training=False)))


def test_a_trained_backbone_learns_its_statistics_quickly(game):
    before = moving_averages(game)
    game(random_images(4, 32), training=True)
    after = moving_averages(game)
    path = next(path for path in before if "bn_Conv1/moving_variance" in path)
    assert not np.allclose(before[path], after[path])
    # One step moves the average by a hundredth, not by Keras' thousandth.
    backbone = layers(game, keras.Model)[0]
    norms = layers(backbone, keras.layers.BatchNormalization)
    assert {norm.momentum for norm in norms} == {0.99}


def test_dropout_is_active_only_in_training(article):
    images = random_images(2, 32)
    one, other = (np.asarray(article(images, training=True)) for _ in range(2))
    assert not np.array_equal(one, other)
    one, other = (np.asarray(article(images, training=False)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_weights_come_from_a_file(tmp_path):
    keras.utils.set_random_seed(1)
    path = tmp_path / "mobile.weights.h5"
    source = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg"
    )
    source.save_weights(path)
    backbone = layers(build_network(ARTICLE, path), keras.Model)[0]
    for found, expected in zip(backbone.weights, source.weights, strict=True):
        np.testing.assert_array_equal(found.numpy(), expected.numpy())


def test_the_simple_cnn_needs_no_weights(tmp_path):
    assert build_network(CNN, tmp_path / "missing.h5").count_params() > 0


def test_prior_scales_the_probabilities_by_its_ratio_to_training():
    mixture = replace(
        get_recipe("game").mixture,
        classes=(("rock", 0.25), ("paper", 0.25), ("scissors", 0.25), ("none", 0.25)),
        prior=(("none", 0.1), ("rock", 0.2), ("paper", 0.3), ("scissors", 0.4)),
    )
    recipe = replace(CNN, labels=get_recipe("game").labels, mixture=mixture)
    model, images = build_network(recipe, None), random_images(5, 16)
    before = np.asarray(keras.ops.softmax(model(images)))
    adjust_prior(model, recipe)
    expected = before * (0.2, 0.3, 0.4, 0.1)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(keras.ops.softmax(model(images)), expected, rtol=1e-4)


def test_without_a_prior_the_model_is_unchanged():
    for mixture in (None, replace(get_recipe("game").mixture, prior=())):
        recipe = replace(CNN, labels=get_recipe("game").labels, mixture=mixture)
        model = build_network(recipe, None)
        adjust_prior(model, recipe)
        assert model.layers[-1].bias.numpy().tolist() == [0, 0, 0, 0]


def another_network(path):
    build_network(CNN, None).save_weights(path)


def cut_short(path):
    another_network(path)
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("cnn.weights.h5", another_network),
        ("cut.weights.h5", cut_short),
        ("empty.h5", lambda path: path.touch()),
        ("text.txt", lambda path: path.write_text("weights")),
    ],
)
def test_weights_of_another_network_are_rejected_in_one_line(name, write, tmp_path):
    path = tmp_path / name
    write(path)
    with warnings.catch_warnings(record=True) as warned, pytest.raises(TrainingError) as caught:
        build_network(ARTICLE, path)
    assert warned == []
    message = str(caught.value)
    assert message.startswith(f"{path} does not hold MobileNetV2 weights without top: ")
    assert "\n" not in message


def test_a_missing_weights_file_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"no weights file .*none.h5; .*--weights imagenet"):
        build_network(ARTICLE, tmp_path / "none.h5")


def test_imagenet_weights_without_internet_access(monkeypatch, capsys):
    def download(**_):
        print("Downloading data from https://storage.googleapis.com/...")
        raise Exception("URL fetch failure on https://...: None -- no route")  # as Keras does it

    monkeypatch.setattr(keras.applications, "MobileNetV2", download)
    with pytest.raises(TrainingError) as caught:
        build_network(ARTICLE, "imagenet")
    message = str(caught.value)
    assert message.startswith("the ImageNet weights cannot be downloaded (no network?)")
    assert "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_128_no_top.h5" in message
    assert "--weights" in message
    assert message.endswith("no route")
    assert capsys.readouterr().out == ""


def test_logits_are_divided_by_the_temperature():
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, name="logits", bias_initializer="ones")]
    )
    features = np.array([[1.0, 2.0, -1.0]], np.float32)
    before = np.asarray(model(features))
    apply_temperature(model, 2.5)
    np.testing.assert_allclose(np.asarray(model(features)), before / 2.5, rtol=1e-6)
