"""Total-variation denoising of rows of a photograph: the penalty and the smoothing are learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import dot, norm, solve
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})
NEWTON = 80


@dataclass(frozen=True, eq=False)
class Denoising:
    """g = ½‖y − noisy‖² + e^{θ_1} Σ_i √((y_{i+1} − y_i)² + e^{2θ_2}),   f = ½‖y − clean‖².  x = (θ_1, θ_2)."""

    noisy: Array  # (B, m)
    clean: Array  # (B, m)
    D: Array  # (1, m-1, m) differences of neighbours
    x0: Array  # (B, 2)
    y0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _parts(self, x: Array, y: Array) -> tuple[Array, ...]:
        """weight, ν, differences and √(differences² + ν²), the last two (B, m-1)"""
        xp = array_namespace(x)
        weight, nu, t = xp.exp(x[:, :1]), xp.exp(x[:, 1:]), y[:, 1:] - y[:, :-1]
        return weight, nu, t, xp.sqrt(t * t + nu * nu)

    def _adjoint(self, u: Array) -> Array:
        """D'u"""
        xp = array_namespace(u)
        zero = xp.zeros_like(u[:, :1])
        return xp.concat([zero, u], axis=-1) - xp.concat([u, zero], axis=-1)

    def upper(self, x: Array, y: Array, /) -> Array:
        return 0.5 * dot(y - self.clean, y - self.clean)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return 0 * x

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return y - self.clean

    def lower_y(self, x: Array, y: Array, /) -> Array:
        weight, _, t, r = self._parts(x, y)
        return y - self.noisy + self._adjoint(weight * t / r)

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        weight, nu, _, r = self._parts(x, y)
        return v + self._adjoint(weight * nu**2 / r**3 * (v[:, 1:] - v[:, :-1]))

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        weight, nu, t, r = self._parts(x, y)
        return self._adjoint(weight * t / r * u[:, :1] - weight * nu**2 * t / r**3 * u[:, 1:])

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        xp = array_namespace(x)
        weight, nu, t, r = self._parts(x, y)
        d = v[:, 1:] - v[:, :-1]
        columns = (xp.sum(weight * t / r * d, axis=-1), -xp.sum(weight * nu**2 * t / r**3 * d, axis=-1))
        return xp.stack(columns, axis=-1)

    def hessian(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        weight, nu, _, r = self._parts(x, y)
        inner = (weight * nu**2 / r**3)[:, :, None] * self.D
        return xp.eye(y.shape[-1], dtype=y.dtype)[None, :, :] + xp.matmul(xp.matrix_transpose(self.D), inner)

    def cross_block(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        one, zero = xp.ones_like(x[:, :1]), xp.zeros_like(x[:, :1])
        ends = [xp.concat(pair, axis=-1) for pair in ([one, zero], [zero, one])]
        return xp.stack([self.cross(x, y, e) for e in ends], axis=-1)

    def y_star(self, x: Array, /) -> Array:
        """Newton's method with steps of length at most ν, where the third derivative changes the Hessian little; to rounding."""
        xp = array_namespace(x)
        y, nu = self.noisy, xp.exp(x[:, 1])
        for _ in range(NEWTON):
            d = solve(self.hessian(x, y), self.lower_y(x, y))
            y = y - d / (1 + 0.3 * norm(d) / nu)[:, None]
        return y


def photograph(
    seeds: range,
    pixels: Annotated[int, (4, 64)] = 32,
    noise: Annotated[float, (0.01, 0.3)] = 0.1,
    weight: Annotated[float, (0.01, 1.0)] = 0.1,
    smoothing: Annotated[float, (0.02, 1.0)] = 0.1,
) -> Denoising:
    """A random row of the cameraman (512 × 512, every eighth pixel), grey levels on [0, 1], Gaussian noise."""
    from skimage.data import camera

    image = np.asarray(camera(), dtype=float)[:, ::8] / 255
    rows: list[Any] = []
    for seed in seeds:
        g = np.random.default_rng([seed, 108])
        clean = image[g.integers(len(image)), :pixels]
        x0 = np.log([weight, smoothing]) + 0.2 * g.standard_normal(2)
        rows.append((clean + noise * g.standard_normal(pixels), clean, x0))
    noisy, clean, x0 = (np.stack(part) for part in zip(*rows, strict=True))
    D = np.diff(np.eye(pixels), axis=0)
    norm_D = float(np.linalg.norm(D, 2))
    top, nu = np.exp(x0[:, 0]), np.exp(x0[:, 1])
    curvature = Unit(1, -2)
    constants = {
        "mu": Certified(1.0, curvature, Side.LOWER, "the penalty is convex"),
        "L": Certified(1 + top * norm_D**2 / nu, curvature, Side.UPPER, "(√(t² + ν²))'' ≤ 1/ν"),
        "L_f": Certified(1.0, curvature, Side.EXACT, "f = ½‖y − clean‖²"),
    }
    return Denoising(noisy, clean, D[None], x0, noisy, constants)
