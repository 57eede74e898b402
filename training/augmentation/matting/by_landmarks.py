"""Cuts hands out of any background, guided by their landmarks.

The skeleton says which pixels surely belong to the hand, and which may; GrabCut (C. Rother, V.
Kolmogorov & A. Blake, SIGGRAPH 2004) finds the edge between them. Where hand and background look
alike it fails, so the result is checked against the skeleton: about half of them are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rps_game.arrays import Floats, Image
from rps_game.recognition.views import MIDDLE_KNUCKLE, WRIST, HandLocation, Points, locate
from training.augmentation.cutouts import Arm, Cutout, convex_hull
from training.augmentation.matting.edges import cut_out, one_region, smoothstep

Mask = npt.NDArray[np.bool_]

SIDE = 140.0
"""Diagonal of the hand's box, in pixels, at which it is cut out."""

_LEAST_DIAGONAL = 40.0  # of a hand in the photograph, in pixels
_ENLARGED = 2.0  # limit of its magnification
_LEAST_PIXELS = 50  # of a hand, and of what is surely background

_FINGERS = (
    *((0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (9, 10, 11, 12)),
    *((13, 14, 15, 16), (0, 17, 18, 19, 20), (5, 9, 13, 17)),
)
_INDEX_KNUCKLE, _LITTLE_KNUCKLE = 5, 17
_PALM = (0, 1, 5, 9, 13, 17)
_PALM_WITH_THUMB = (0, 1, 2, 5, 9, 13, 17)

# Width of a finger, and the least of the palm, relative to the palm's width and length.
_FINGER, _NARROWEST = 0.24, 0.45
# How much of the fingers must be found, and how much of the limit of the search may be.
_COVERED, _SPILLED = 0.93, 0.12
# Along the arm, in lengths of the palm below the wrist: the end of the hand and of the cut-out.
_HAND_END, _CUT = 0.1, 0.12


def cut_by_landmarks(
    image: Image, landmarks: Points, side: float = SIDE
) -> tuple[Cutout, Points] | None:
    """Cut out a hand whose landmarks are known.

    Args:
        image: uint8 RGB [H, W, 3].
        landmarks: of the hand, float64 [21, 2] in pixels.
        side: the diagonal of the hand's box in the result, in pixels, unless that would enlarge
            the hand more than twice.

    Returns:
        The hand with its wrist, and the landmarks in its pixels; None if the hand is too small, or
        could not be separated from what is behind it.

    Examples:
        >>> import numpy as np
        >>> image = np.full((60, 60, 3), 90, np.uint8)
        >>> cut_by_landmarks(image, np.random.default_rng(0).uniform(20, 40, (21, 2))) is None
        True
    """
    where = locate(landmarks)
    if where.diagonal < _LEAST_DIAGONAL:
        return None
    left, top, right, bottom = _window(image, landmarks, where)
    if right <= left or bottom <= top:
        return None
    part, scale = image[top:bottom, left:right], min(_ENLARGED, side / where.diagonal)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=method), np.uint8)
    points = (landmarks - (left, top)) * np.divide(small.shape[1::-1], part.shape[1::-1])
    skeleton = _Skeleton(points - 0.5, small.shape[:2])
    found = _separate(small, skeleton)
    if found is None:
        return None
    soft = cv2.GaussianBlur(found.astype(np.float32), (0, 0), 0.8)
    alpha = one_region(smoothstep(np.asarray(soft, np.float32), 0.25, 0.75))
    cutout = _with_wrist(cut_out(small.astype(np.float32), alpha), alpha, skeleton)
    return None if cutout is None else (cutout, points)


@dataclass(frozen=True)
class _Skeleton:
    """The landmarks in the pixels of an image, counted from the centre of the first."""

    points: Points
    shape: tuple[int, ...]

    @property
    def palm(self) -> float:
        """From the wrist to the knuckle of the middle finger."""
        return float(np.linalg.norm(self.points[MIDDLE_KNUCKLE] - self.points[WRIST]))

    @property
    def span(self) -> float:
        """Width of the palm."""
        across = np.linalg.norm(self.points[_INDEX_KNUCKLE] - self.points[_LITTLE_KNUCKLE])
        return max(float(across), _NARROWEST * self.palm)

    @property
    def along(self) -> Points:
        """Unit vector along the arm, away from the hand."""
        away = self.points[WRIST] - self.points[MIDDLE_KNUCKLE]
        return np.asarray(away / np.linalg.norm(away), np.float64)

    def from_wrist(self) -> tuple[Points, Points]:
        """How far each pixel is below the wrist, and beside the axis of the arm: [H, W] each."""
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]].astype(np.float64)
        x, y = columns - self.points[WRIST, 0], rows - self.points[WRIST, 1]
        along = self.along
        return x * along[0] + y * along[1], np.abs(y * along[0] - x * along[1])

    def drawn(self, fingers: float, palm: bool = True) -> Image:
        """The skeleton, its fingers of this width relative to a finger's, uint8 [H, W] of 0, 1."""
        canvas = np.zeros(self.shape, np.uint8)
        width = max(1, round(fingers * _FINGER * self.span))
        for finger in _FINGERS:
            cv2.polylines(canvas, [self._corners(finger)], False, 1, width)
        return self.filled(_PALM, canvas) if palm else canvas

    def filled(self, numbers: Sequence[int], canvas: Image) -> Image:
        """The canvas with the polygon of these landmarks drawn on it, in place."""
        cv2.fillPoly(canvas, [self._corners(numbers)], 1)
        return canvas

    def _corners(self, numbers: Sequence[int]) -> npt.NDArray[np.int32]:
        return np.rint(self.points[list(numbers)]).astype(np.int32)


def _window(image: Image, landmarks: Points, where: HandLocation) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the surroundings of a hand."""
    palm = float(np.linalg.norm(landmarks[MIDDLE_KNUCKLE] - landmarks[WRIST]))
    reach = 0.62 * where.diagonal + 0.15 * palm
    height, width = image.shape[:2]
    return (
        int(max(where.x - reach, 0)),
        int(max(where.y - reach, 0)),
        int(min(where.x + reach, width)),
        int(min(where.y + reach, height)),
    )


def _separate(image: Image, skeleton: _Skeleton) -> Mask | None:
    """Which pixels show the hand and its arm, [H, W]; None if that is not trusted."""
    if skeleton.palm < 1:
        return None
    finger = _FINGER * skeleton.span
    down, aside = skeleton.from_wrist()
    square = np.ones((3, 3), np.uint8)
    inner = skeleton.filled(_PALM_WITH_THUMB, np.zeros(skeleton.shape, np.uint8))
    inner = np.asarray(cv2.erode(inner, square, iterations=max(1, int(0.2 * finger))), np.uint8)
    sure = (skeleton.drawn(0.45, palm=False) | inner) > 0
    likely = skeleton.drawn(1.25)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * int(0.75 * finger) + 1,) * 2)
    near = cv2.dilate(likely, disc)
    arm = (down > 0) & (aside < 0.8 * skeleton.span)
    marks = np.full(skeleton.shape, cv2.GC_BGD, np.uint8)
    marks[near > 0] = cv2.GC_PR_BGD
    marks[likely > 0] = cv2.GC_PR_FGD
    marks[arm] = cv2.GC_PR_BGD
    marks[arm & (aside < 0.35 * skeleton.span)] = cv2.GC_PR_FGD
    marks[sure] = cv2.GC_FGD
    if min((marks == cv2.GC_BGD).sum(), (marks == cv2.GC_FGD).sum()) < _LEAST_PIXELS:
        return None
    cv2.setRNGSeed(0)  # GrabCut clusters the colours from a random start
    everywhere = (0, 0, *skeleton.shape[::-1])
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image, marks, everywhere, *models, 4, cv2.GC_INIT_WITH_MASK)
    found = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))
    # The hand fills its skeleton, and does not extend to the limit of the search.
    fingers = (skeleton.drawn(0.9) > 0) & (down < 0)
    limit = (near > 0) & (cv2.erode(near, square, iterations=2) == 0) & (down < 0)
    if not fingers.any() or found[fingers].mean() < _COVERED:
        return None
    return None if limit.any() and found[limit].mean() > _SPILLED else found


def _with_wrist(pixels: Image, alpha: Floats, skeleton: _Skeleton) -> Cutout | None:
    """The cut-out, its arm cut off just below the wrist; None if the hand is hardly visible."""
    down, aside = skeleton.from_wrist()
    palm, span, along = skeleton.palm, skeleton.span, skeleton.along
    solid = alpha > 0.5
    section = (np.abs(down - _CUT * palm) < 1) & solid & (aside < span)
    width = 2 * float(aside[section].max(initial=0))
    rows, columns = np.nonzero(solid & (down < _HAND_END * palm))
    if width < 0.3 * span or len(rows) < _LEAST_PIXELS:
        return None
    outline = convex_hull(np.column_stack([columns, rows]).astype(np.float64))
    cut = skeleton.points[WRIST] + along * _CUT * palm
    return Cutout(pixels, 0.55 * span, outline, Arm(cut, along, min(width, 1.3 * span)))
