"""The images that networks are trained on: read, cut out and drawn.

The samplers decide which of them are used, and how often.
"""

from training.augmentation.image_pools.loading import load_pools
from training.augmentation.image_pools.maker import STORED_SIDE, is_handless
from training.augmentation.image_pools.on_demand import load_pools_lazily
from training.augmentation.image_pools.pools import BySource, ImagePools, Result

__all__ = [
    "STORED_SIDE",
    "BySource",
    "ImagePools",
    "Result",
    "is_handless",
    "load_pools",
    "load_pools_lazily",
]
