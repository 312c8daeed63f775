"""Total-variation denoising of a photograph, or of rows of one: the penalty and the smoothing are learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import dot
from problems.bilevel.newton import newton
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})
STEEPEST = 48 / 25 / 5**0.5  # sup |(√(1 + u²))'''|, at u = 1/2


@dataclass(frozen=True, eq=False)
class Denoising:
    """g = ½‖y − noisy‖² + e^{θ_1} Σ √((Dy)_i² + e^{2θ_2}),   f = ½‖y − clean‖².   x = (θ_1, θ_2), in |x − x0| ≤ reach.

    y is an image of `width` columns, row by row; Dy are the differences of neighbours in both directions. A signal is an image of one row.
    """

    noisy: Array  # (B, m)
    clean: Array  # (B, m)
    width: int
    norm2: float  # ‖D‖²
    reach: Array  # (B, 1)
    x0: Array  # (B, 2)
    y0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def _differences(self, y: Array) -> Array:
        """Dy: across, then down"""
        xp = array_namespace(y)
        a = xp.reshape(y, (y.shape[0], -1, self.width))
        parts = (a[:, :, 1:] - a[:, :, :-1], a[:, 1:, :] - a[:, :-1, :])
        return xp.concat([xp.reshape(d, (y.shape[0], -1)) for d in parts], axis=-1)

    def _adjoint(self, u: Array) -> Array:
        """D'u"""
        xp = array_namespace(u)
        B, w, h = u.shape[0], self.width, self.noisy.shape[-1] // self.width
        across, down = xp.reshape(u[:, : h * (w - 1)], (B, h, w - 1)), xp.reshape(u[:, h * (w - 1) :], (B, h - 1, w))
        column, row = xp.zeros((B, h, 1), dtype=u.dtype), xp.zeros((B, 1, w), dtype=u.dtype)
        sideways = xp.concat([column, across], axis=2) - xp.concat([across, column], axis=2)
        return xp.reshape(sideways + xp.concat([row, down], axis=1) - xp.concat([down, row], axis=1), (B, h * w))

    def _parts(self, x: Array, y: Array) -> tuple[Array, ...]:
        """weight, ν, t = Dy and √(t² + ν²)"""
        xp = array_namespace(x)
        weight, nu, t = xp.exp(x[:, :1]), xp.exp(x[:, 1:]), self._differences(y)
        return weight, nu, t, xp.sqrt(t * t + nu * nu)

    def upper(self, x: Array, y: Array, /) -> Array:
        return 0.5 * dot(y - self.clean, y - self.clean)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return 0 * x

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return y - self.clean

    def lower(self, x: Array, y: Array, /) -> Array:
        weight, _, _, r = self._parts(x, y)
        return 0.5 * dot(y - self.noisy, y - self.noisy) + weight[:, 0] * array_namespace(x).sum(r, axis=-1)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        weight, nu, _, r = self._parts(x, y)
        return xp.stack([xp.sum(weight * r, axis=-1), xp.sum(weight * nu**2 / r, axis=-1)], axis=-1)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        weight, _, t, r = self._parts(x, y)
        return y - self.noisy + self._adjoint(weight * t / r)

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        weight, nu, _, r = self._parts(x, y)
        return v + self._adjoint(weight * nu**2 / r**3 * self._differences(v))

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        weight, nu, t, r = self._parts(x, y)
        return self._adjoint(weight * t / r * u[:, :1] - weight * nu**2 * t / r**3 * u[:, 1:])

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        xp = array_namespace(x)
        weight, nu, t, r = self._parts(x, y)
        d = self._differences(v)
        columns = (xp.sum(weight * t / r * d, axis=-1), -xp.sum(weight * nu**2 * t / r**3 * d, axis=-1))
        return xp.stack(columns, axis=-1)

    def hessian(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        weight, nu, _, r = self._parts(x, y)
        eye = xp.eye(y.shape[-1], dtype=y.dtype)
        D = xp.matrix_transpose(self._differences(eye))[None, :, :]
        return eye[None, :, :] + xp.matmul(xp.matrix_transpose(D), (weight * nu**2 / r**3)[:, :, None] * D)

    def cross_block(self, x: Array, y: Array, /) -> Array:
        xp = array_namespace(x)
        one, zero = xp.ones_like(x[:, :1]), xp.zeros_like(x[:, :1])
        ends = [xp.concat(pair, axis=-1) for pair in ([one, zero], [zero, one])]
        return xp.stack([self.cross(x, y, e) for e in ends], axis=-1)

    def y_star(self, x: Array, /) -> Array:
        """|φ'''| ≤ 3/(2ν) φ'' for φ = √(t² + ν²): the premise of newton(). Dense, so for thousands of pixels it is slow."""
        xp = array_namespace(x)
        return newton(partial(self.lower_y, x), partial(self.hessian, x), lambda d: 1.5 * xp.max(xp.abs(self._differences(d)), axis=-1) / xp.exp(x[:, 1]), self.noisy)

    def project(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.minimum(xp.maximum(x, self.x0 - self.reach), self.x0 + self.reach)

    def smoothness(self, x: Array, /) -> Array:
        """1 + w‖D‖²/ν"""
        return 1 + self.norm2 * array_namespace(x).exp(x[:, 0] - x[:, 1])

    def cross_lipschitz(self, x: Array, /) -> Array:
        """√2 w‖D‖²/ν"""
        return 2**0.5 * self.norm2 * array_namespace(x).exp(x[:, 0] - x[:, 1])


def photograph(
    seeds: range,
    pixels: Annotated[int, (4, 64)] = 32,
    noise: Annotated[float, (0.01, 0.3)] = 0.1,
    weight: Annotated[float, (0.01, 1.0)] = 0.1,
    smoothing: Annotated[float, (0.02, 1.0)] = 0.1,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Denoising:
    """A random row of the cameraman (512 × 512, every eighth pixel), grey levels on [0, 1], Gaussian noise."""
    from skimage.data import camera

    grey = np.asarray(camera(), dtype=float)[:, ::8] / 255
    rows: list[Any] = []
    for seed in seeds:
        g = np.random.default_rng([seed, 108])
        clean = grey[g.integers(len(grey)), :pixels]
        x0 = np.log([weight, smoothing]) + 0.2 * g.standard_normal(2)
        rows.append((clean + noise * g.standard_normal(pixels), clean, x0))
    return assembled(reach, pixels, *(np.stack(part) for part in zip(*rows, strict=True)))


signal = partial(photograph, pixels=64, weight=0.05)


def image(
    seeds: range,
    size: Annotated[int, (2, 64)] = 48,
    noise: Annotated[float, (0.01, 0.3)] = 0.1,
    weight: Annotated[float, (0.01, 1.0)] = 0.02,
    smoothing: Annotated[float, (0.02, 1.0)] = 0.05,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Denoising:
    """The cameraman's head, `size` × `size` pixels averaged over 4 × 4, grey levels on [0, 1]; the noise is drawn from the seed."""
    from skimage.data import camera

    grey = np.asarray(camera(), dtype=float) / 255
    clean = grey[40 : 40 + 4 * size, 140 : 140 + 4 * size].reshape(size, 4, size, 4).mean(axis=(1, 3)).reshape(1, -1)
    noisy = np.concatenate([clean + noise * np.random.default_rng([seed, 110]).standard_normal(clean.shape) for seed in seeds])
    return assembled(reach, size, noisy, 0 * noisy + clean, np.log([[weight, smoothing]]) + np.zeros((len(noisy), 1)))


def digit(
    seeds: range,
    noise: Annotated[float, (0.01, 0.3)] = 0.1,
    weight: Annotated[float, (0.01, 1.0)] = 0.1,
    smoothing: Annotated[float, (0.02, 1.0)] = 0.1,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Denoising:
    """A random one of scikit-learn's digits, 8 × 8 pixels on [0, 1], with Gaussian noise."""
    from sklearn.datasets import load_digits

    everything = load_digits().data / 16
    rows: list[Any] = []
    for seed in seeds:
        g = np.random.default_rng([seed, 118])
        clean = everything[g.integers(len(everything))]
        rows.append((clean + noise * g.standard_normal(64), clean, np.log([weight, smoothing]) + 0.2 * g.standard_normal(2)))
    return assembled(reach, 8, *(np.stack(part) for part in zip(*rows, strict=True)))


def assembled(reach: float, width: int, noisy: Any, clean: Any, x0: Any) -> Denoising:
    sides = (width, noisy.shape[1] // width)
    norm2 = float(sum(4 * np.cos(np.pi / (2 * side)) ** 2 for side in sides))  # of a grid: the two paths add up; 0 on a path of one pixel
    w, nu = np.exp(x0[:, 0] + reach), np.exp(x0[:, 1] - reach)
    curvature, third = Unit(1, -2), Unit(1, -3)
    sharpest = "|(√(t² + ν²))'''| ≤ 0.859/ν², neighbours differ by at most √2 ‖dy‖"
    constants = {
        "mu": Certified(1.0, curvature, Side.LOWER, "the penalty is convex"),
        "L": Certified(1 + w * norm2 / nu, curvature, Side.UPPER, "(√(t² + ν²))'' ≤ 1/ν"),
        "L_f": Certified(1.0, curvature, Side.EXACT, "f = ½‖y − clean‖²"),
        "L_A": Certified(STEEPEST * 2**0.5 * norm2 * w / nu**2, third, Side.UPPER, sharpest),
        "L_B": Certified(2**0.5 * norm2 * w / nu, third, Side.UPPER, "t/r and ν²t/r³ change by at most dt/ν"),
    }
    return Denoising(noisy, clean, width, norm2, np.full((len(noisy), 1), reach), x0, noisy, constants)
