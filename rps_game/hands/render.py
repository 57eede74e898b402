"""Draws images of hands and whole scenes from a gesture and a look.

This module projects the bones onto the image; poses, bones, rasterizing and shading are in the
other modules of this package.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from rps_game.arrays import Floats, Image
from rps_game.gestures import Gesture
from rps_game.hands import flesh, poses, skeleton
from rps_game.hands.appearance import HandLook, random_look
from rps_game.hands.backgrounds import add_person, background
from rps_game.hands.poses import Pose
from rps_game.hands.rasterizer import Capsule, extent, render
from rps_game.hands.shading import paint
from rps_game.hands.skeleton import Bone, Build, Kind, Part, Vector

_MAX_SIZE = 4096
_VIEWING_DISTANCE = 700.0  # millimetres, for the perspective
# Millimetres: the depth over which neighbouring surfaces blend, and how far a root is lowered.
_BLENDS = {Part.PALM: (13.0, 0.0), Part.THUMB: (1.2, 8.0), Part.SLEEVE: (12.0, 0.0)}
_MARGIN = 13.0  # millimetres around the bones that the smoothing can reach
_SOFTEN = 3.0  # millimetres over which the palm's shape is smoothed
_WAISTS = {Kind.PROXIMAL: 0.06, Kind.MIDDLE: 0.03, Kind.DISTAL: -0.05}
_FINGER_BLEND = (0.8, 10.0)
_PALM_LINES = (
    ((25, 72), (12, 66), (4, 54), (0, 40), (1, 26), (6, 12)),
    ((26, 74), (12, 68), (-4, 61), (-16, 53), (-24, 45)),
    ((-37, 62), (-24, 64), (-10, 70), (0, 78), (6, 88)),
)


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
    """Draw one hand with its forearm on a transparent background.

    Args:
        gesture: What the hand shows; `Gesture.NONE` shows ``look.other``.
        look: Everything else about the hand.
        size: Side of the square image in pixels, 8 to 4096.
        openness: 0 for a fist, 1 for the gesture, values in between for the movement.

    Returns:
        uint8 RGBA [size, size, 4], straight alpha.

    Raises:
        ValueError: If the size or the openness is out of range, or ``look.other`` is unknown.

    Examples:
        >>> hand = draw_hand(Gesture.PAPER, HandLook(roll=20), 64)
        >>> hand.shape, str(hand.dtype)
        ((64, 64, 4), 'uint8')
    """
    _check(gesture, look, size, openness)
    pose = _pose(gesture, look, openness)
    edge = None if look.sleeve is None else look.sleeve_edge
    bones = flesh.cover(skeleton.bones(pose, _build(look), look.wrist, edge))

    # Small images are supersampled; large ones have their edges smoothed instead.
    canvas_size = round(size * 1.5) if size <= 320 else size
    camera = _camera(pose, look, canvas_size)
    unit = camera.unit
    box = extent(_capsules(bones, camera), _MARGIN * unit, canvas_size, canvas_size)
    image = np.zeros((size, size, 4), np.uint8)
    shape = box[0].stop - box[0].start, box[1].stop - box[1].start
    if min(shape) == 0:
        return image
    x, y = camera.origin
    camera = replace(camera, origin=(x - box[1].start, y - box[0].start))
    hand = _paint_bones(bones, camera, shape, look)
    if canvas_size == size:
        image[box] = hand * 255 + np.float32(0.5)
        return image
    canvas = np.zeros((canvas_size, canvas_size, 4), np.float32)
    hand[..., :3] *= hand[..., 3:]
    canvas[box] = hand
    small = np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.float32)
    small[..., :3] /= np.maximum(small[..., 3:], 1e-4)
    return (small * 255 + 0.5).astype(np.uint8)


def hand_landmarks(
    gesture: Gesture, look: HandLook, size: int, openness: float = 1.0
) -> NDArray[np.float64]:
    """The 21 landmarks of the hand that `draw_hand` draws for the same arguments.

    Returns:
        Pixels, float64 [21, 2], x and y; in the order of MediaPipe Hands, whether or not they are
        visible or inside the image.

    Raises:
        ValueError: As for `draw_hand`.

    Examples:
        >>> wrist, *_ = hand_landmarks(Gesture.PAPER, HandLook(), 64)
        >>> tip_of_middle_finger = hand_landmarks(Gesture.PAPER, HandLook(), 64)[12]
        >>> bool(tip_of_middle_finger[1] < wrist[1])  # upright
        True
    """
    _check(gesture, look, size, openness)
    pose = _pose(gesture, look, openness)
    points, _ = _camera(pose, look, size).project(skeleton.joints(pose, _build(look)))
    return points[:, :2]


def _check(gesture: Gesture, look: HandLook, size: int, openness: float) -> None:
    if not 8 <= size <= _MAX_SIZE:
        raise ValueError(f"size must be from 8 to {_MAX_SIZE}, not {size}")
    if not 0 <= openness <= 1:
        raise ValueError(f"openness must be from 0 to 1, not {openness}")
    if gesture is Gesture.NONE and look.other not in poses.OTHERS:
        raise ValueError(f"unknown hand {look.other!r}: choose from {', '.join(poses.OTHERS)}")


def _build(look: HandLook) -> Build:
    return Build(look.length, look.girth, look.breadth)


@dataclass(frozen=True)
class _Camera:
    """Projects the hand, in millimetres, to the canvas.

    Attributes:
        rotation: Rotates the hand to the axes of the canvas: right, down, towards the viewer.
        focus: Millimetres above the wrist of the point that is projected to the origin.
        unit: Pixels per millimetre at that point.
        origin: Where that point is on the canvas, in pixels.
    """

    rotation: NDArray[np.float64]
    focus: float
    unit: float
    origin: tuple[float, float]

    def project(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], Vector]:
        """Project points [N, 3] to pixels; also return the pixels per millimetre at each."""
        rotated = (points - (0.0, self.focus, 0.0)) @ self.rotation.T
        scale = (
            self.unit
            * _VIEWING_DISTANCE
            / np.maximum(_VIEWING_DISTANCE - rotated[:, 2], 0.4 * _VIEWING_DISTANCE)
        )
        return rotated * scale[:, None] + (*self.origin, 0.0), scale


def _camera(pose: Pose, look: HandLook, size: int) -> _Camera:
    middle = size * (0.5 + np.array(look.shift))
    unit = size * look.scale / pose.frame
    return _Camera(_rotation(look), pose.focus, unit, (float(middle[0]), float(middle[1])))


def _capsules(bones: Sequence[Bone], camera: _Camera) -> list[Capsule]:
    starts, first = camera.project(np.array([bone.start for bone in bones]))
    ends, last = camera.project(np.array([bone.end for bone in bones]))
    radii = np.array([bone.radii for bone in bones]) * np.stack((first, last), 1)
    shapes = zip(starts.tolist(), ends.tolist(), radii.tolist(), strict=True)
    return [
        Capsule(
            (start[0], start[1], start[2]),
            (end[0], end[1], end[2]),
            (ball[0], ball[1]),
            number,
            int(bone.part),
            _WAISTS.get(bone.kind, 0.0),
            bone.kind is Kind.CLOTH,
        )
        for number, (bone, (start, end, ball)) in enumerate(zip(bones, shapes, strict=True))
    ]


def _paint_bones(
    bones: Sequence[Bone], camera: _Camera, shape: tuple[int, ...], look: HandLook
) -> Floats:
    """Render and paint the bones: float32 RGBA, 0 to 1, of the given height and width."""
    capsules, unit = _capsules(bones, camera), camera.unit
    blends = [
        (own * unit + 0.05, root * unit + 0.05)
        for own, root in (_BLENDS.get(part, _FINGER_BLEND) for part in Part)
    ]
    soften = [(_SOFTEN if part is Part.PALM else 0.0) * unit for part in Part]
    surface = render(capsules, shape[0], shape[1], blends, soften)
    palmar = np.array([bone.palmar for bone in bones]) @ camera.rotation.T
    sides = flesh.skin_sides(bones) @ camera.rotation.T
    lines = [
        camera.project(np.array([(x * look.breadth, y, 11.0) for x, y in line]))[0][:, :2]
        for line in _PALM_LINES
    ]
    wrist = camera.project(np.zeros((1, 3)))[0][0], camera.rotation[:, 1]
    kinds = [bone.kind for bone in bones]
    return paint(surface, capsules, kinds, palmar, sides, lines, wrist, unit, look)


def draw_scene(gesture: Gesture, rng: np.random.Generator, size: int) -> Image:
    """Draw a hand in front of a background, as a webcam might capture it.

    Args:
        gesture: What the hand shows; `Gesture.NONE` is another gesture or no hand at all.
        rng: The random generator.
        size: Side of the square image in pixels, 8 to 4096.

    Returns:
        uint8 RGB [size, size, 3].

    Raises:
        ValueError: If the size is out of range.

    Examples:
        >>> draw_scene(Gesture.ROCK, np.random.default_rng(1), 64).shape
        (64, 64, 3)
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
