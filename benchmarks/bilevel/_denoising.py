"""Total-variation denoising of a signal or of an image, with the constants that certificates need on the box |θ − θ_0| ≤ reach."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from problems.bilevel.denoising import Denoising, photograph
from ratecheck import Array, Certified, Side, Unit

STEEPEST = 48 / 25 / 5**0.5  # sup |(√(1 + u²))'''|, at u = 1/2


@dataclass(frozen=True, eq=False)
class SignalDenoising(Denoising):
    """With bounds at the point instead of over the box; norm2 ≥ ‖D‖²."""

    norm2: float = 4.0

    def smoothness(self, x: Array, /) -> Array:
        bound: Array = 1 + self.norm2 * np.exp(x[:, 0] - x[:, 1])
        return bound

    def cross_lipschitz(self, x: Array, /) -> Array:
        bound: Array = 2**0.5 * self.norm2 * np.exp(x[:, 0] - x[:, 1])
        return bound

    def lower_x(self, x: Array, y: Array, /) -> Array:
        weight, nu, _, r = self._parts(x, y)
        return np.stack([(weight * r).sum(axis=1), (weight * nu**2 / r).sum(axis=1)], axis=1)


@dataclass(frozen=True, eq=False)
class ImageDenoising(SignalDenoising):
    """The same g and f for an image of `width` columns, row by row in y; differences of neighbours in both directions."""

    width: int = 1

    def _differences(self, y: Array) -> Array:
        a = np.reshape(y, (len(y), -1, self.width))
        parts = (a[:, :, 1:] - a[:, :, :-1], a[:, 1:, :] - a[:, :-1, :])
        return np.concatenate([np.reshape(d, (len(y), -1)) for d in parts], axis=1)

    def _parts(self, x: Array, y: Array) -> tuple[Array, ...]:
        weight, nu, t = np.exp(x[:, :1]), np.exp(x[:, 1:]), self._differences(y)
        return weight, nu, t, np.sqrt(t * t + nu * nu)

    def _adjoint(self, u: Array) -> Array:
        B, w, m = len(u), self.width, self.noisy.shape[1]
        across, down = u[:, : m // w * (w - 1)], u[:, m // w * (w - 1) :]
        out = np.zeros((B, m // w, w))
        across, down = np.reshape(across, (B, -1, w - 1)), np.reshape(down, (B, -1, w))
        out[:, :, 1:] += across
        out[:, :, :-1] -= across
        out[:, 1:, :] += down
        out[:, :-1, :] -= down
        return np.reshape(out, (B, m))

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        weight, nu, _, r = self._parts(x, y)
        product: Array = v + self._adjoint(weight * nu**2 / r**3 * self._differences(v))
        return product

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        weight, nu, t, r = self._parts(x, y)
        d = self._differences(v)
        return np.stack([(weight * t / r * d).sum(axis=1), -(weight * nu**2 * t / r**3 * d).sum(axis=1)], axis=1)


def certified(p: SignalDenoising, reach: float) -> SignalDenoising:
    """L ≤ 1 + w‖D‖²/ν, L_A ≤ 0.859 √2 w‖D‖²/ν², L_B ≤ √2 w‖D‖²/ν at the worst (w, ν) = e^θ of the box."""
    w, nu = np.exp(p.x0[:, 0] + reach), np.exp(p.x0[:, 1] - reach)
    third = Unit(1, -3)
    sharpest = "|(√(t² + ν²))'''| ≤ 0.859/ν², neighbours differ by at most √2 ‖dy‖"
    more = {
        "L": Certified(1 + p.norm2 * w / nu, Unit(1, -2), Side.UPPER, "(√(t² + ν²))'' ≤ 1/ν"),
        "L_A": Certified(STEEPEST * 2**0.5 * p.norm2 * w / nu**2, third, Side.UPPER, sharpest),
        "L_B": Certified(2**0.5 * p.norm2 * w / nu, third, Side.UPPER, "t/r and ν²t/r³ change by at most dt/ν"),
    }
    return replace(p, constants={**p.constants, **more})


def signal(seeds: range, pixels: int = 64, reach: float = 2.0, weight: float = 0.05, smoothing: float = 0.1) -> SignalDenoising:
    p = photograph(seeds, pixels, noise=0.1, weight=weight, smoothing=smoothing)
    return certified(SignalDenoising(p.noisy, p.clean, p.D, p.x0, p.y0, p.constants), reach)


def image(size: int = 48, noise: float = 0.1, reach: float = 2.0, weight: float = 0.02, smoothing: float = 0.05) -> SignalDenoising:
    """The cameraman's head, `size` × `size` pixels averaged over 4 × 4, with Gaussian noise."""
    from skimage.data import camera

    grey = np.asarray(camera(), dtype=float) / 255
    part = grey[40 : 40 + 4 * size, 140 : 140 + 4 * size].reshape(size, 4, size, 4).mean(axis=(1, 3)).reshape(1, -1)
    noisy = part + noise * np.random.default_rng(110).standard_normal(part.shape)
    curvature = Unit(1, -2)
    known = {
        "mu": Certified(1.0, curvature, Side.LOWER, "the penalty is convex"),
        "L_f": Certified(1.0, curvature, Side.EXACT, "f = ½‖y − clean‖²"),
    }
    x0 = np.log([[weight, smoothing]])
    return certified(ImageDenoising(noisy, part, np.zeros((1, 1, 1)), x0, noisy, known, norm2=8.0, width=size), reach)
