"""How R's `glm` comes by its standard errors: from the weights of the step before the last, off by up to some 1e-8.

After `glm.fit` and `summary.glm` of R 4.2 for a logistic model. Our own errors are those at the estimate itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def glm_errors(design: Array, y: Array, epsilon: float = 1e-15) -> Array:
    """Give the standard errors that `summary(glm(family = binomial, control = list(epsilon = 1e-15)))` prints."""
    share = (y + 0.5) / 2
    log_odds = np.log(share / (1 - share))
    before, triangle = _deviance(y, share), np.eye(design.shape[1])
    for _ in range(100):
        weights = np.sqrt(share * (1 - share))
        working = log_odds + (y - share) / (share * (1 - share))
        triangle = np.linalg.qr(weights[:, None] * design)[1]
        coefficients = np.linalg.lstsq(weights[:, None] * design, weights * working)[0]
        log_odds = design @ coefficients
        share = 1 / (1 + np.exp(-log_odds))
        now = _deviance(y, share)
        if abs(now - before) / (abs(now) + 0.1) < epsilon:
            break
        before = now
    inverse = np.linalg.inv(triangle)
    return np.sqrt((inverse * inverse).sum(axis=1))


def _deviance(y: Array, share: Array) -> float:
    return float(-2 * np.where(y == 1, np.log(share), np.log1p(-share)).sum())
