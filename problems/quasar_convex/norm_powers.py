"""‖w‖^q/q: the Łojasiewicz gradient inequality is an equality, and gradient flow has a closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class NormPower:
    """f(w) = ‖w‖^q/q, q ≥ 2: ‖∇f‖ = c f^θ with θ = (q − 1)/q, c = q^θ at every w."""

    q: float
    x0: Array  # (B, n)
    x_star: Array  # (B, n), 0
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.STAR_CONVEX})

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.sum(x * x, axis=-1) ** (self.q / 2) / self.q

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return (xp.sum(x * x, axis=-1) ** (self.q / 2 - 1))[:, None] * x


def norm_power(
    seeds: range,
    q: Annotated[float, (2.0, 8.0)] = 4.0,
    n: Annotated[int, (1, 10)] = 3,
    R: Annotated[float, (0.1, 1.0)] = 1.0,
) -> NormPower:
    B = len(seeds)
    start = np.stack([np.random.default_rng([seed, 31]).standard_normal(n) for seed in seeds])
    start *= R * (1 + np.array(seeds) % 3)[:, None] / 3 / np.linalg.norm(start, axis=1, keepdims=True)
    bare = NormPower(q, start, 0 * start, np.zeros(B), {})
    theta = (q - 1) / q
    constants = {
        "theta": Certified(np.full(B, theta), Unit(), Side.EXACT, "(q − 1)/q"),
        "c": Certified(np.full(B, q**theta), Unit(1 - theta, -1), Side.EXACT, "‖∇f‖ = ‖w‖^{q−1} = (q f)^θ"),
        "e0": Certified(bare.value(start), Unit(1, 0), Side.EXACT, "f(w_0)"),
        "R": Certified(np.linalg.norm(start, axis=1), Unit(0, 1), Side.EXACT, "‖w_0‖"),
    }
    return NormPower(q, start, bare.x_star, bare.f_star, constants)
