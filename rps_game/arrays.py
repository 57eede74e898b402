"""The arrays that pass between the packages. Nothing here needs OpenCV."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""An image: uint8 ``[height, width, 3]`` in RGB, or with a fourth channel, alpha."""

Floats: TypeAlias = npt.NDArray[np.float32]
"""Single-precision numbers of any shape."""
