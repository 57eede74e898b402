"""Mixup: trains on blends of two images of a batch, and of their labels in the same proportion.

Source: H. Zhang, M. Cisse, Y. Dauphin & D. Lopez-Paz, "mixup: Beyond Empirical Risk Minimization",
ICLR 2018, arXiv 1710.09412, equation 2. The second image comes from the same batch, as in the
authors' program; unlike there, every image has its own share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from rps_game.arrays import Floats

_STREAM = 1
"""Distinguishes the random numbers from those of samplers, which begin with seed and step too."""


def draw_blends(
    alpha: float, seed: int, step: int, count: int
) -> tuple[npt.NDArray[np.int64], Floats]:
    """How the images of a batch are blended: a pure function of seed and step.

    Args:
        alpha: of the beta distribution of the shares: with 0.2 most images stay nearly themselves,
            with 1 all shares are equally likely.
        seed: of the run.
        step: of the run.
        count: images in the batch, N.

    Returns:
        Which image each is blended with, int64 [N], every image once; and its own share in the
        blend, float32 [N].

    Examples:
        >>> others, shares = draw_blends(0.2, seed=0, step=7, count=4)
        >>> sorted(others.tolist()), bool((shares >= 0).all() and (shares <= 1).all())
        ([0, 1, 2, 3], True)
    """
    rng = np.random.default_rng((seed, step, _STREAM))
    return rng.permutation(count), rng.beta(alpha, alpha, count).astype(np.float32)


def blend(values: tf.Tensor, others: tf.Tensor, shares: tf.Tensor) -> tf.Tensor:
    """Blend images or targets, float32 [N, ...], as `draw_blends` says.

    Examples:
        >>> blend(tf.constant([[0.0], [8.0]]), others=[1, 0], shares=[0.75, 0.5]).numpy().tolist()
        [[2.0], [4.0]]
    """
    own = tf.reshape(shares, [-1, *[1] * (len(values.shape) - 1)])
    return own * values + (1 - own) * tf.gather(values, others)
