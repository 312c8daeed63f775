"""The opponent who turns around in every round: linear losses with gradients ± e_1, of norm 1."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from problems.min_max.unconstrained_online import LinearStream
from problems.min_max.unconstrained_online import constant as constant_stream


def alternating(seeds: range, horizon: int = 2000, rho: Annotated[float, (0.1, 10.0)] = 1.0) -> LinearStream:
    """Row s starts with the sign (−1)^s."""
    base = constant_stream(seeds, horizon, rho)
    signs = (-1.0) ** (np.arange(horizon)[None, :] + np.array(seeds)[:, None])
    return LinearStream(base.a, signs, 0.0, base.x0, base.constants)
