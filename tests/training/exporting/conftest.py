"""Small networks with the operations of MobileNetV2, and images that they distinguish."""

import dataclasses

import numpy as np
import pytest

from training.models.contract import metadata_for
from training.recipes.catalogue import get_recipe
from training.recipes.recipe import GESTURES_AND_NONE

SIZE = 16


@pytest.fixture(scope="session")
def recipe():
    return dataclasses.replace(
        get_recipe("article-cnn"), name="tiny", labels=GESTURES_AND_NONE, image_size=SIZE
    )


@pytest.fixture(scope="session")
def metadata(recipe):
    return metadata_for(recipe, "CC0-1.0")


def build(noise=0.0):
    """A network with the operations of MobileNetV2; noise changes every prediction."""
    import keras
    import tensorflow as tf

    class Noise(keras.layers.Layer):
        def call(self, inputs):
            return inputs + tf.random.normal(tf.shape(inputs), stddev=noise)

    keras.utils.set_random_seed(4)
    image = keras.Input((SIZE, SIZE, 3))
    features = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    features = keras.layers.ZeroPadding2D(((0, 1), (0, 1)))(features)
    features = keras.layers.Conv2D(8, 3, strides=2, use_bias=False)(features)
    features = keras.layers.BatchNormalization()(features)
    features = keras.layers.ReLU(6)(features)
    features = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(features)
    features = keras.layers.BatchNormalization()(features)
    features = keras.layers.GlobalAveragePooling2D()(features)
    features = keras.layers.Dropout(0.5)(features)
    # Large weights, so that the images get different predictions without training.
    spread = keras.initializers.RandomNormal(stddev=20)
    logits = keras.layers.Dense(4, kernel_initializer=spread)(features)
    return keras.Model(image, Noise()(logits) if noise else logits)


@pytest.fixture(scope="session", name="build")
def build_fixture():
    return build


@pytest.fixture(scope="session")
def model():
    return build()


@pytest.fixture(scope="session")
def images():
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (70, 4, 4, 3), np.uint8)
    return coarse.repeat(4, axis=1).repeat(4, axis=2)


@pytest.fixture(scope="session")
def exported(model, recipe, images, metadata, tmp_path_factory):
    """The folder of an export, and its agreements with Keras."""
    pytest.importorskip("tf2onnx")
    from training.exporting.exporter import export_model

    out = tmp_path_factory.mktemp("exported") / "created" / "on the way"
    return out, export_model(model, recipe, images, out, metadata).agreements


def build_part(kind):
    """A small network with the outputs of a finder, 32 pixels wide, or of close-ups, 16."""
    import keras

    from training.models.contract import HEAT, LANDMARKS, LOGITS, MAP_NAMES, MAPS

    keras.utils.set_random_seed({"finder": 5, "close-up": 6}[kind])
    size = {"finder": 32, "close-up": 16}[kind]
    image = keras.Input((size, size, 3))
    features = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    for channels in (8, 12) if kind == "finder" else (8,):
        features = keras.layers.Conv2D(
            channels,
            3,
            strides=2,
            padding="same",
            kernel_initializer="he_normal",
            bias_initializer="random_normal",  # without any, the file would have none
        )(features)
        features = keras.layers.BatchNormalization()(features)
        features = keras.layers.ReLU(6)(features)
    if kind == "close-up":
        pooled = keras.layers.GlobalAveragePooling2D()(features)
        logits = keras.layers.Dense(4, name=LOGITS)(pooled)
        points = keras.initializers.RandomUniform(-0.4, 0.4)
        landmarks = keras.layers.Dense(
            42, kernel_initializer="zeros", bias_initializer=points, name=LANDMARKS
        )(keras.layers.Flatten()(features))
        return _spread(keras.Model(image, {LOGITS: logits, LANDMARKS: landmarks}))
    heat = keras.layers.Conv2D(1, 1, name=HEAT)(features)
    small = keras.initializers.RandomNormal(stddev=0.1)
    maps = keras.layers.Conv2D(
        len(MAP_NAMES), 1, kernel_initializer=small, bias_initializer=small, name=MAPS
    )(features)
    return keras.Model(image, {HEAT: heat, MAPS: maps})


def _spread(model):
    """Shift and scale a network's logits, so that images get different predictions."""
    blocks = coarse_images(64, model.input_shape[1] // 2, 2)
    logits = np.asarray(model(blocks.astype(np.float32))["logits"])
    last = model.get_layer("logits")
    last.kernel.assign(last.kernel * 2 / logits.std(axis=0))
    last.bias.assign(-logits.mean(axis=0) * 2 / logits.std(axis=0))
    return model


def coarse_images(count, side, blocks, seed=8):
    """Images of random blocks, uint8 [count, side * blocks, side * blocks, 3]."""
    colours = np.random.default_rng(seed).integers(0, 256, (count, blocks, blocks, 3), np.uint8)
    return colours.repeat(side, axis=1).repeat(side, axis=2)


@pytest.fixture(scope="session", name="coarse_images")
def coarse_images_fixture():
    return coarse_images


@pytest.fixture(scope="session")
def parts():
    """The networks of a model of two looks: that of close-ups and the finder."""
    from training.exporting.two_looks import Part

    return [
        Part(build_part(kind), dataclasses.replace(get_recipe(kind), name=f"tiny {kind}"))
        for kind in ("close-up", "finder")
    ]
