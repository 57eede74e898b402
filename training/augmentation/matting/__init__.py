"""Cuts hands out of photographs: RGBA images to be composited onto other backgrounds."""

from training.augmentation.matting.by_landmarks import cut_by_landmarks
from training.augmentation.matting.plain_backgrounds import (
    cut_from_green,
    cut_from_wall,
    cut_from_white,
    is_green_mat,
)

__all__ = ["cut_by_landmarks", "cut_from_green", "cut_from_wall", "cut_from_white", "is_green_mat"]
