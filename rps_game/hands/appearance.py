"""The look of a drawn hand: view, build, skin, sleeve and light. Also random looks."""

from dataclasses import dataclass

import numpy as np

from rps_game.gestures import Gesture
from rps_game.hands import poses

Colour = tuple[int, int, int]

_TONES = np.array(
    [
        (249, 228, 215), (244, 216, 196), (236, 203, 175), (226, 184, 148), (206, 160, 122),
        (172, 122, 86), (140, 94, 64), (108, 70, 48), (78, 51, 37), (56, 38, 30),
    ],
    np.float64,
)  # fmt: skip


@dataclass(frozen=True)
class HandLook:
    """Everything about a drawn hand except its gesture.

    The defaults show a relaxed right hand from the palm side, upright in the middle of the image.

    Attributes:
        yaw: Degrees the hand turns about its long axis; 0 shows the palm, 180 the back.
        pitch: Degrees the fingers tip towards the viewer.
        roll: Degrees the image turns, counter-clockwise.
        scale: Size factor; 1 shows hand and wrist.
        shift: Offset of the hand as fractions of the image's size, right and down.
        mirror: True for the other hand.
        variant: Interpolates between two ways to make the same gesture, 0 to 1.
        other: The hand shown for `Gesture.NONE`, a key of `poses.OTHERS`.
        bend: Degrees added to the bend of thumb and four fingers.
        fan: Factor on the spread of the fingers.
        wrist: Degrees the wrist bends towards the palm, and towards the thumb.
        length: Factor on the length of the fingers.
        girth: Factor on the thickness of the fingers.
        breadth: Factor on the width of the palm.
        skin: Colour of the back of the hand, sRGB.
        nails: Colour of painted nails, None for bare ones.
        sleeve: Colour of a sleeve, None for a bare arm.
        sleeve_edge: Millimetres from the wrist to the sleeve.
        stripes: Number of stripes on the sleeve.
        light: Degrees: the direction the light comes from (0 right, 90 above), and its elevation
            towards the viewer (90 is frontal).
        ambient: Share of the light that has no direction, 0 to 1.
        exposure: Brightness, 1 for normal.
        warmth: -1 for bluish to 1 for reddish light.
        gloss: Strength of the highlights.
        texture: Seed of the skin's blotches.

    Examples:
        >>> from rps_game.hands import draw_hand
        >>> look = HandLook(yaw=180, sleeve=None)  # the back of the hand, and a bare arm
        >>> draw_hand(Gesture.PAPER, look, 32).shape
        (32, 32, 4)
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    mirror: bool = False
    variant: float = 0.0
    other: str = "point"
    bend: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    fan: float = 1.0
    wrist: tuple[float, float] = (0.0, 0.0)
    length: float = 1.0
    girth: float = 1.0
    breadth: float = 1.0
    skin: Colour = (232, 186, 152)
    nails: Colour | None = None
    sleeve: Colour | None = (52, 92, 158)
    sleeve_edge: float = 32.0
    stripes: int = 0
    light: tuple[float, float] = (125.0, 48.0)
    ambient: float = 0.32
    exposure: float = 1.0
    warmth: float = 0.1
    gloss: float = 0.05
    texture: int = 0


def skin_tone(darkness: float) -> Colour:
    """Interpolate a human skin colour in sRGB, from 0 (the lightest) to 1 (the darkest).

    Examples:
        >>> skin_tone(0.0)
        (249, 228, 215)
    """
    place = float(np.clip(darkness, 0, 1)) * (len(_TONES) - 1)
    low = min(int(place), len(_TONES) - 2)
    red, green, blue = _TONES[low] + (_TONES[low + 1] - _TONES[low]) * (place - low)
    return round(red), round(green), round(blue)


def random_look(rng: np.random.Generator, gesture: Gesture | None = None) -> HandLook:
    """Choose a random look: the pose, build, skin, sleeve and light of some person's hand.

    Args:
        rng: The random generator.
        gesture: What the hand will show. A fist is recognizable from any side, so its angles vary
            most; scissors need two visible fingers, so theirs vary least. By default the angles
            suit all gestures.

    Examples:
        >>> look = random_look(np.random.default_rng(1), Gesture.SCISSORS)
        >>> 0.5 <= look.scale <= 1.25
        True
    """
    limit = 42 if gesture is Gesture.SCISSORS else 60
    yaw = float(np.clip(rng.normal(0, 24), -limit, limit)) + (180.0 if rng.random() < 0.5 else 0.0)
    pitch = float(np.clip(rng.normal(0, 16), -40, 40))
    if gesture is Gesture.ROCK and rng.random() < 0.5:
        yaw, pitch = float(rng.uniform(-180, 180)), float(rng.uniform(-35, 80))
    elif gesture is Gesture.PAPER and rng.random() < 0.2:
        yaw += float(rng.uniform(-25, 25))
    roll = rng.normal(0, 22) if rng.random() < 0.65 else rng.uniform(-180, 180)
    skin = np.array(skin_tone(rng.uniform(0, 1)), float) * rng.uniform(0.92, 1.05)
    skin = np.clip(skin + rng.normal(0, (4, 4, 6)), 12, 252)
    sleeve = _any_colour(rng) if rng.random() < 0.5 else None
    nails = _any_colour(rng) if rng.random() < 0.12 else None
    thumb, index, middle, ring, pinky = (float(bend) for bend in rng.normal(0, 6, 5))
    return HandLook(
        yaw=yaw,
        pitch=pitch,
        roll=float(roll),
        scale=float(rng.uniform(0.5, 1.6 if gesture is Gesture.ROCK else 1.25)),
        shift=(float(rng.normal(0, 0.06)), float(rng.normal(0, 0.06))),
        mirror=bool(rng.random() < 0.5),
        variant=float(rng.random()),
        other=str(rng.choice(list(poses.OTHERS))),
        bend=(thumb, index, middle, ring, pinky),
        fan=float(rng.uniform(0.75, 1.35)),
        wrist=(float(rng.normal(0, 14)), float(rng.normal(0, 10))),
        length=float(rng.uniform(0.88, 1.12)),
        girth=float(rng.uniform(0.85, 1.2)),
        breadth=float(rng.uniform(0.92, 1.1)),
        skin=(round(skin[0]), round(skin[1]), round(skin[2])),
        nails=nails,
        sleeve=sleeve,
        sleeve_edge=float(rng.uniform(10, 110)),
        stripes=int(rng.integers(8, 30)) if rng.random() < 0.25 else 0,
        light=(float(rng.uniform(0, 360)), float(rng.uniform(15, 80))),
        ambient=float(rng.uniform(0.2, 0.7)),
        exposure=float(rng.uniform(0.6, 1.25)),
        warmth=float(rng.normal(0, 0.5)),
        gloss=float(rng.uniform(0, 0.14)),
        texture=int(rng.integers(1 << 30)),
    )


def _any_colour(rng: np.random.Generator) -> Colour:
    red, green, blue = (int(value) for value in rng.integers(15, 240, 3))
    return red, green, blue
