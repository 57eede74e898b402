"""Draws hands: the computer's move on screen, the demo's camera, and pictures to train on.

`draw_hand` makes one hand on a transparent ground, `random_look` varies everything about it, and
`draw_scene` puts one before a made-up background. The bones are in `skeleton`, the renderer in
`surface`, the colours in `skin`, the backgrounds in `scenery`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rps_game import poses, skeleton
from rps_game.gestures import Gesture
from rps_game.poses import Pose, Triple
from rps_game.scenery import add_person, background
from rps_game.skeleton import Build, Kind, Part
from rps_game.skin import Colour, Paint, paint, skin_tone
from rps_game.surface import Capsule, render

Image = NDArray[np.uint8]

_LIMIT = 4096
_EYE = 700.0  # millimetres from the hand to the viewer, for the perspective
#: Millimetres that neighbouring surfaces melt over, and that a root sinks.
_MELTS = {Part.PALM: (13.0, 0.0), Part.THUMB: (3.0, 8.0), Part.SLEEVE: (12.0, 0.0)}
_SOFTEN = 2.5  # millimetres that the palm's shape is smoothed over
_WAISTS = {Kind.PROXIMAL: 0.06, Kind.MIDDLE: 0.02, Kind.DISTAL: -0.05}
_FINGER_MELT = (2.5, 10.0)
_PALM_LINES = (
    ((25, 72), (12, 66), (4, 54), (0, 40), (1, 26), (6, 12)),
    ((26, 74), (12, 68), (-4, 61), (-16, 53), (-24, 45)),
    ((-37, 62), (-24, 64), (-10, 70), (0, 78), (6, 88)),
)


@dataclass(frozen=True)
class HandLook:
    """Everything about a drawn hand except its gesture.

    The defaults are a calm hand seen from the palm side, upright in the middle of the picture.

    Attributes:
        yaw: degrees the hand turns about its long axis; 0 shows the palm, 180 the back.
        pitch: degrees the fingers tip towards the viewer.
        roll: degrees the picture turns, counter-clockwise.
        scale: size factor; 1 shows hand and wrist.
        shift: offset of the hand as parts of the picture's size, right and down.
        mirror: True for the other hand.
        variant: 0 to 1, a continuous choice between ways to hold the same gesture.
        other: which hand stands for `Gesture.NONE`, a key of `poses.OTHERS`.
        bend: degrees added to the bend of thumb and four fingers.
        fan: factor on the spread of the fingers.
        wrist: degrees the wrist bends towards the palm, and towards the thumb.
        length, girth, breadth: factors on finger length, finger thickness and palm width.
        skin: colour of the back of the hand, sRGB.
        nails: colour of painted nails, None for bare ones.
        sleeve: colour of a sleeve, None for a bare arm.
        sleeve_edge: millimetres from the wrist to the sleeve.
        stripes: number of stripes on the sleeve.
        light: degrees: where the light comes from, 0 right and 90 above; and how frontal, up to 90.
        ambient: share of light without direction, 0 to 1.
        exposure: brightness, 1 for normal.
        warmth: -1 for bluish to 1 for reddish light.
        gloss: strength of highlights.
        texture: seed of the skin's blotches.
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


def _pose(gesture: Gesture, look: HandLook, openness: float) -> Pose:
    fist = poses.blend(poses.FIST, poses.SIDE_FIST, look.variant)
    if gesture is Gesture.ROCK:
        target = fist
    elif gesture is Gesture.PAPER:
        target = poses.blend(poses.OPEN, poses.TOGETHER, look.variant)
    elif gesture is Gesture.SCISSORS:
        target = poses.VICTORY
    else:
        target = poses.OTHERS[look.other]
    pose = poses.blend(fist, target, openness)
    return poses.adjust(pose, look.bend, look.fan)


def _rotation(look: HandLook) -> NDArray[np.float64]:
    yaw, pitch, roll = np.radians((look.yaw, look.pitch, look.roll))
    about_y = np.array(((np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))))
    about_x = np.array(
        ((1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch)))
    )
    about_z = np.array(
        ((np.cos(roll), -np.sin(roll), 0), (np.sin(roll), np.cos(roll), 0), (0, 0, 1))
    )
    flip = np.diag((-1.0 if look.mirror else 1.0, -1.0, 1.0))
    return np.asarray(flip @ about_z @ about_x @ about_y)


def draw_hand(gesture: Gesture, look: HandLook, size: int, openness: float = 1.0) -> Image:
    """Draws one hand with its forearm on a transparent ground.

    Args:
        gesture: what the hand shows; `Gesture.NONE` shows `look.other`.
        look: everything else about the hand.
        size: side of the square picture in pixels, 8 to 4096.
        openness: 0 for a fist, 1 for the gesture, between them a hand on its way.

    Returns:
        uint8 RGBA [size, size, 4], straight alpha.

    Raises:
        ValueError: The size or the openness is out of range, or `look.other` is unknown.
    """
    if not 8 <= size <= _LIMIT:
        raise ValueError(f"size must be from 8 to {_LIMIT}, not {size}")
    if not 0 <= openness <= 1:
        raise ValueError(f"openness must be from 0 to 1, not {openness}")
    if gesture is Gesture.NONE and look.other not in poses.OTHERS:
        raise ValueError(f"no such hand: {look.other!r}; there are {', '.join(poses.OTHERS)}")
    pose = _pose(gesture, look, openness)
    build = Build(look.length, look.girth, look.breadth)
    edge = None if look.sleeve is None else look.sleeve_edge
    made = skeleton.bones(pose, build, look.wrist, edge)

    # Small pictures are drawn bigger and shrunk; big ones have their edges smoothed instead.
    canvas_size = round(size * 1.5) if size <= 320 else size
    unit = canvas_size * look.scale / pose.frame
    rotation = _rotation(look)
    middle = np.array((0.0, pose.focus, 0.0))
    origin = canvas_size * (0.5 + np.array(look.shift))

    def project(point: NDArray[np.float64]) -> tuple[Triple, float]:
        seen = rotation @ (point - middle)
        near = _EYE / max(_EYE - float(seen[2]), 0.4 * _EYE)
        flat = seen * near * unit
        place = float(flat[0] + origin[0]), float(flat[1] + origin[1]), float(flat[2])
        return place, near * unit

    capsules = []
    for number, bone in enumerate(made):
        (start, first), (end, last) = project(bone.start), project(bone.end)
        radii = bone.radii[0] * first, bone.radii[1] * last
        cut = bone.kind is Kind.CLOTH
        capsules.append(
            Capsule(start, end, radii, number, int(bone.part), _WAISTS.get(bone.kind, 0), cut)
        )
    melts = [
        (own * unit + 0.05, root * unit + 0.05)
        for own, root in (_MELTS.get(part, _FINGER_MELT) for part in Part)
    ]
    soften = [(_SOFTEN if part is Part.PALM else 0.0) * unit for part in Part]
    surface = render(capsules, canvas_size, canvas_size, melts, soften)
    palmar = np.array([rotation @ bone.palmar for bone in made])
    lines = [
        np.array([project(np.array((x * look.breadth, y, 11.0)))[0][:2] for x, y in line])
        for line in _PALM_LINES
    ]
    picture = paint(
        surface,
        capsules,
        [bone.kind for bone in made],
        palmar,
        lines,
        (project(np.zeros(3))[0], rotation[:, 1]),
        unit,
        _paint(look),
    )
    if canvas_size != size:
        picture = np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA))
    alpha = picture[..., 3:]
    colour = np.where(alpha > 0, picture[..., :3] / np.maximum(alpha, 1e-4), 0)
    return np.round(np.concatenate((np.clip(colour, 0, 1), alpha), 2) * 255).astype(np.uint8)


def _paint(look: HandLook) -> Paint:
    around, front = np.radians(look.light)
    light = (
        float(np.cos(around) * np.cos(front)),
        float(-np.sin(around) * np.cos(front)),
        float(np.sin(front)),
    )
    return Paint(
        look.skin,
        look.nails,
        look.sleeve or look.skin,
        look.stripes,
        light,
        look.ambient,
        look.exposure,
        look.warmth,
        look.gloss,
        look.texture,
    )


def random_look(rng: np.random.Generator, gesture: Gesture | None = None) -> HandLook:
    """Returns a look drawn at random: pose, build, skin, sleeve and light of somebody's hand.

    Args:
        rng: where all the chance comes from.
        gesture: what the hand will show. A fist is recognised from anywhere, so its angles vary
            most; without a gesture the angles suit all of them.
    """
    yaw = float(np.clip(rng.normal(0, 24), -60, 60)) + (180.0 if rng.random() < 0.5 else 0.0)
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
        scale=float(rng.uniform(0.62, 1.2)),
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


def draw_scene(gesture: Gesture, rng: np.random.Generator, size: int) -> Image:
    """Draws a hand before a background, as a webcam might see it.

    Args:
        gesture: what the hand shows; `Gesture.NONE` is another gesture or no hand at all.
        rng: where all the chance comes from.
        size: side of the square picture in pixels.

    Returns:
        uint8 RGB [size, size, 3].
    """
    scene = background(rng, size)
    look = random_look(rng, gesture)
    if rng.random() < 0.3:
        add_person(scene, look.skin, rng)
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.004, 0.02) * size + 0.3))
    if gesture is Gesture.NONE and rng.random() < 0.35:
        return np.round(np.clip(scene, 0, 255)).astype(np.uint8)
    hand = draw_hand(gesture, look, size)
    alpha = hand[..., 3:].astype(np.float32) / 255
    if rng.random() < 0.6:
        away = rng.uniform(0.01, 0.08) * size
        around = np.radians(look.light[0])
        move = np.array(((1, 0, -np.cos(around) * away), (0, 1, np.sin(around) * away)))
        cast = cv2.warpAffine(alpha[..., 0], move, (size, size))
        cast = cv2.GaussianBlur(cast, (0, 0), rng.uniform(0.15, 0.6) * away + 0.3)
        scene *= 1 - np.asarray(cast)[..., None] * rng.uniform(0.15, 0.6)
    mixed = scene * (1 - alpha) + hand[..., :3] * alpha
    return np.round(np.clip(mixed, 0, 255)).astype(np.uint8)
