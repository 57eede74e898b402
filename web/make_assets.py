"""Makes what the page takes from the Python package: models, texts, sounds, hands and icons.

    python make_assets.py    # writes public/made; `npm run assets` does the same

The folder is made anew each time, and is not part of the repository.
"""

import json
import shutil
import tomllib
import wave
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, random_look
from rps_game.hands.backgrounds import background
from rps_game.recognition.classifier import default_model
from rps_game.recognition.networks.network import Network
from rps_game.sound.synthesis import RATE, make_sounds
from rps_game.ui.cards import COMPUTER_LOOK
from rps_game.ui.translations import LANGUAGES, load_texts

ROOT = Path(__file__).resolve().parent
FOLDER = ROOT / "public" / "made"
FONTS = ROOT.parent / "rps_game" / "ui" / "fonts"
WEB_TEXTS = ROOT / "languages"

# Of the small hands in the summary of a match.
PLAYER_LOOK = replace(COMPUTER_LOOK, mirror=False, skin=(222, 178, 146), sleeve=(60, 140, 210))
HAND, ICON, DEMO = 512, 160, 600  # sides of drawn hands in pixels
OPENNESS = {0: 0.0, 1: 0.5, 2: 1.0}  # steps in which a hand opens
PLAYERS = 4  # in the demo
SCENE = 640, 480
NIGHT = (48, 32, 27)  # of the icon, in OpenCV's order
QUALITY = [cv2.IMWRITE_WEBP_QUALITY, 85]


def main() -> None:
    """Write everything."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in ("models", "texts", "sounds", "hands", "demo", "fonts"):
        (FOLDER / name).mkdir(parents=True)
    copy_models()
    write_texts()
    write_sounds()
    draw_hands()
    draw_demo()
    draw_icons()
    for font in [*FONTS.glob("*.otf"), FONTS / "OFL.txt"]:
        shutil.copy(font, FOLDER / "fonts")


def copy_models() -> None:
    """Copy the game's model, and write what its metadata say, which browsers cannot read."""
    model = default_model()
    classifier = Network(model)
    finder = Network(model.with_name(classifier.metadata["finder"]))
    for path in (classifier.path, finder.path):
        shutil.copy(path, FOLDER / "models")
    write_json(
        "model.json",
        {
            "classifier": classifier.path.name,
            "finder": finder.path.name,
            "bytes": sum(path.stat().st_size for path in (classifier.path, finder.path)),
            "labels": classifier.labels,
            "size": classifier.size,
            "finderSize": finder.size,
            "margin": float(classifier.metadata["margin"]),
            "weights": json.loads(classifier.metadata["weights"]),
        },
    )


def write_texts() -> None:
    """Write the texts of each language: those of the game, and the page's own.

    Raises:
        ValueError: If a language lacks a text, or has one that English does not have.
    """
    expected = own_texts("en").keys()
    for language in LANGUAGES:
        own = own_texts(language)
        if own.keys() != expected:
            wrong = ", ".join(sorted(own.keys() ^ expected))
            raise ValueError(f"languages/{language}.toml: missing or unknown texts: {wrong}")
        write_json(f"texts/{language}.json", asdict(load_texts(language)) | own)
    names = {language: load_texts(language).name for language in LANGUAGES}
    write_json("languages.json", names)


def own_texts(language: str) -> dict[str, Any]:
    """The texts that only the page has."""
    return tomllib.loads((WEB_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))


def write_sounds() -> None:
    """Write the sounds, at half their rate: none has a pitch above 4 kHz."""
    for name, samples in make_sounds().items():
        with wave.open(str(FOLDER / "sounds" / f"{name.replace(' ', '-')}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE // 2)
            file.writeframes((samples[::2] * 32767).astype("<i2").tobytes())


def draw_hands() -> None:
    """Draw the computer's hand while it opens, and small hands of both sides."""
    for name, image in opening(COMPUTER_LOOK, HAND).items():
        write_image(f"hands/computer-{name}", image)
    for move in MOVES:
        for side, look in (("player", PLAYER_LOOK), ("computer", COMPUTER_LOOK)):
            write_image(f"hands/{side}-{move}-icon", draw_hand(move, look, ICON))


def draw_demo() -> None:
    """Draw some animated players, each in front of a scene."""
    rng = np.random.default_rng(20_261_127)
    for number in range(PLAYERS):
        drawn = random_look(rng)
        look = replace(
            drawn,
            roll=float(np.clip(drawn.roll, -15, 15)),
            pitch=float(np.clip(drawn.pitch, -12, 12)),
            scale=0.82,
            shift=(0.0, 0.0),
            wrist=(0.0, 0.0),
            exposure=1.0,
            ambient=max(drawn.ambient, 0.35),
        )
        scene = background(rng, SCENE[0])[: SCENE[1]].round().astype(np.uint8)
        write_image(f"demo/{number}-scene", scene)
        for name, image in opening(look, DEMO).items():
            write_image(f"demo/{number}-{name}", image)


def opening(look: HandLook, size: int) -> dict[str, Image]:
    """A hand that opens from a fist to each move, by move and step; a rock needs one image."""
    images = {"rock-0": draw_hand(Gesture.ROCK, look, size)}
    for move in (Gesture.PAPER, Gesture.SCISSORS):
        for step, openness in OPENNESS.items():
            if step:
                images[f"{move}-{step}"] = draw_hand(move, look, size, openness)
    return images


def draw_icons() -> None:
    """Draw the icons of the installed page, with room for the shapes that phones cut out."""
    for size in (180, 192, 512):
        hand = draw_hand(Gesture.SCISSORS, PLAYER_LOOK, round(0.78 * size))[..., [2, 1, 0, 3]]
        icon = np.full((size, size, 3), NIGHT, np.uint8)
        edge = (size - hand.shape[1]) // 2
        part = icon[size - hand.shape[0] :, edge : edge + hand.shape[1]]
        alpha = hand[..., 3:] / 255
        part[:] = (part * (1 - alpha) + hand[..., :3] * alpha).round()
        cv2.imwrite(str(FOLDER / f"icon-{size}.png"), icon)


def write_json(name: str, content: Any) -> None:
    """Write a JSON file."""
    (FOLDER / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def write_image(name: str, image: Image) -> None:
    """Write an image, uint8 RGB or RGBA."""
    code = cv2.COLOR_RGBA2BGRA if image.shape[2] == 4 else cv2.COLOR_RGB2BGR
    cv2.imwrite(str(FOLDER / f"{name}.webp"), cv2.cvtColor(image, code), QUALITY)


if __name__ == "__main__":
    main()
