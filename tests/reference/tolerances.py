"""How exact an implementation has to be; docs/other-languages.md says why."""

import numpy as np

MOST_DIFFERENT = 0.001
"""The share of a view's values that may differ, by one level: those that were rounded elsewhere."""

PROBABILITY = 1e-4
"""Of a float32 network for the same view."""

ANSWER = 0.02
"""Of a float32 model for an image: a view that differs in a few values by one level."""

PIXELS = 0.01
"""Of a landmark, as a share of the image's longer side."""


def unequal_share(expected: np.ndarray, actual: np.ndarray) -> float:
    """The share of values that differ; infinite if one differs by more than a level."""
    if expected.shape != actual.shape:
        return float("inf")
    off = np.abs(expected.astype(int) - actual)
    return float("inf") if off.max() > 1 else float((off > 0).mean())
