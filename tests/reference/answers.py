"""Vectors of the models: what each network answers about a view, and each model about an image."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from rps_game.recognition.classifier import Classifier, default_model
from rps_game.recognition.networks.network import HAND, LANDMARKS_OUTPUT, PROBABILITIES, Network
from rps_game.recognition.networks.prepared import PreparedImage
from tests.reference.files import FOLDER, read_image, read_json, write_json
from tests.reference.images import IMAGES, path_of
from tests.reference.preprocessing import CLOSE_UP, LETTERBOX

TINY = FOLDER / "models" / "tiny.onnx"
"""A model of two files whose answers follow from the colours of what is not black."""

_DIGITS = 6


def models() -> list[Path]:
    """The shipped models and the tiny one; of those in two files, the one that names the other."""
    shipped = default_model().parent.glob("rps*.onnx")
    return [*sorted(path for path in shipped if "finder" not in path.stem), TINY]


def path_of_answers(model: Path) -> str:
    """The path of a model's answers in the folder of the vectors."""
    return f"answers/{model.stem}.json"


def checksums(model: Path) -> dict[str, str]:
    """The SHA-256 of the files of a model, by name."""
    finder = Network(model).metadata.get("finder")
    paths = [model, *([model.with_name(finder)] if finder else [])]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def compute(model: Path) -> dict[str, Any]:
    """A model's answers about all images, and its networks' answers about the views."""
    network = Network(model)
    content: dict[str, Any] = {"model": model.name, "sha256": checksums(model)}
    content |= {"labels": list(network.labels), "size": network.size}
    two = "finder" in network.metadata
    if two:
        finder = Network(model.with_name(network.metadata["finder"]))
        content |= {
            "finder": finder.path.name,
            "finder_size": finder.size,
            "margin": float(network.metadata["margin"]),
            "weights": json.loads(network.metadata["weights"]),
        }
        content["finder_views"] = _about_views(finder, "letterbox")
    content["views"] = _about_views(network, "close_up" if two else "fit")
    classifier = Classifier(model)
    content["images"] = [_about_image(classifier, name) for name in IMAGES]
    return content


def write(model: Path) -> None:
    """Write a model's answers."""
    write_json(path_of_answers(model), compute(model))


def write_tiny() -> None:
    """Write the tiny model, whose views are as large as those of the shipped one."""
    from tests.tiny_pair import write_pair  # needs the package onnx

    TINY.parent.mkdir(exist_ok=True)
    options = {"angle": 0.4, "turn": -0.2, "strength": 0.012, "sizes": (LETTERBOX, CLOSE_UP)}
    # In a square of a long image a hand is wider, and so surer.
    write_pair(TINY.parent, score=0.3, score_by_width=0.9, **options)


def _about_views(network: Network, kind: str) -> list[dict[str, Any]]:
    views = [case["view"] for case in read_json("preprocessing.json")[kind]]
    images = [read_image(view) for view in views]
    if any(image.shape[0] != network.size for image in images):
        raise ValueError(f"{network.path.name} sees {network.size} pixels: change preprocessing.py")
    # One by one: quantized sums may depend on the size of the batch.
    rows = [network.run(image[None]) for image in images]
    names = [name for name in (HAND, PROBABILITIES, LANDMARKS_OUTPUT) if name in network.outputs]
    return [
        {"view": view} | {name: _rounded(row[name][0]) for name in names}
        for view, row in zip(views, rows, strict=True)
    ]


def _about_image(classifier: Classifier, name: str) -> dict[str, Any]:
    image = read_image(path_of(name))
    answer = classifier.classify(image)
    entry: dict[str, Any] = {"image": path_of(name), "gesture": answer.gesture.value}
    entry["probabilities"] = _rounded(np.array(list(answer.probabilities.values())))
    looks = classifier.two_looks
    if looks is not None and answer.box is not None:
        detail = PreparedImage.of(image).detail
        found = looks.search([detail])
        entry["score"] = round(found.scores[0], _DIGITS)
        entry["hand"] = {k: round(v, 3) for k, v in vars(found.hands[0]).items()}
        entry |= {"box": list(answer.box), "landmarks": np.round(answer.landmarks, 3).tolist()}
    return entry


def _rounded(values: np.ndarray) -> list[Any]:
    return np.round(values.astype(np.float64), _DIGITS).tolist()
