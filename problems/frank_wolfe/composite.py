"""Quadratics plus a box or an ℓ₁ norm with a planted minimiser, and the Huber functions on which gradient descent is slowest: f* = 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

SMOOTH = frozenset({Trait.CONVEX, Trait.SMOOTH})
CONVEX = frozenset({Trait.CONVEX})
Kappa: TypeAlias = Annotated[float, (1.5, 1e3)]
Dimension: TypeAlias = Annotated[int, (2, 30)]


@dataclass(frozen=True, eq=False)
class Composite:
    """½(x − x*)'H(x − x*) + w'(x − x*) + weight (‖x‖₁ − ‖x*‖₁) over ‖x‖_∞ ≤ radius; `grad` is that of the first two terms."""

    H: Array  # (B, n, n)
    w: Array  # (B, n)
    weight: Array  # (B,)
    radius: Array  # (B,), inf: no constraint
    x_star: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,), zeros
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        d = x - self.x_star
        return xp.sum((self.w + 0.5 * self._image(d)) * d + self.weight[:, None] * (xp.abs(x) - xp.abs(self.x_star)), axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return self._image(x - self.x_star) + self.w

    def prox(self, x: Array, step: Array, /) -> Array:  # (B, n), (B,) -> (B, n)
        xp = array_namespace(x)
        size = xp.maximum(xp.abs(x) - (step * self.weight)[:, None], xp.zeros_like(x))
        return xp.sign(x) * xp.minimum(size, self.radius[:, None] + xp.zeros_like(x))

    def _image(self, d: Array) -> Array:
        xp = array_namespace(d)
        return xp.squeeze(xp.matmul(self.H, d[:, :, None]), axis=-1)


def certified(beta: Array, mu: Array | None, R: Array, h: Array, n: int) -> dict[str, Certified]:
    B = len(R)
    found = {
        "L": Certified(beta, Unit(1, -2), Side.EXACT, "largest eigenvalue of H, by construction"),
        "R": Certified(R, Unit(0, 1), Side.EXACT, "‖x0 − x*‖₂"),
        "h_0": Certified(h, Unit(1, 0), Side.EXACT, "f(x0) − f*"),
        "n": Certified(np.full(B, float(n)), Unit(), Side.EXACT, "dimension"),
    }
    if mu is not None:
        found["mu"] = Certified(mu, Unit(1, -2), Side.EXACT, "smallest eigenvalue of H, by construction")
    return found


def spectrum(rng: np.random.Generator, n: int, kappa: float) -> Array:
    """Eigenvalues log-uniform on [1, kappa], both ends attained, in a random basis."""
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return (Q * np.concatenate([[1.0], kappa ** rng.random(n - 2), [kappa]])) @ Q.T


def _made(H: Array, w: Array, weight: Array, radius: Array, x: Array, x0: Array, kappa: float, smooth: bool = True) -> Composite:
    B, n = x.shape
    one = np.ones(B)
    start = Composite(H, w, weight, radius, x, x0, 0 * one, {}, (SMOOTH if smooth else CONVEX) | {Trait.STRONGLY_CONVEX})
    constants = certified(kappa * one, one, np.linalg.norm(x0 - x, axis=1), start.value(x0), n)
    return Composite(H, w, weight, radius, x, x0, 0 * one, constants, start.traits)


def quadratic(seeds: range, n: Dimension = 10, kappa: Kappa = 30.0) -> Composite:
    """No constraint; the start differs from x* by a random sign times 1/√λ along each eigenvector λ of H."""
    H, x, x0 = [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 71])
        H.append(spectrum(rng, n, kappa))
        lam, Q = np.linalg.eigh(H[-1])
        x.append(rng.standard_normal(n))
        x0.append(x[-1] + Q @ (rng.choice([-1.0, 1.0], n) / np.sqrt(lam)))
    B = len(seeds)
    return _made(np.stack(H), np.zeros((B, n)), np.zeros(B), np.full(B, np.inf), np.stack(x), np.stack(x0), kappa)


def isotropic(seeds: range, n: Dimension = 5) -> Composite:
    """½‖x − x*‖²: gradient descent is there after one step, and the start is as high as smoothness allows."""
    made = quadratic(seeds, n, 1.0)
    return Composite(
        np.ones((len(seeds), 1, 1)) * np.eye(n),
        made.w,
        made.weight,
        made.radius,
        made.x_star,
        made.x0,
        made.f_star,
        made.constants,
        made.traits,
    )


def in_box(seeds: range, n: Dimension = 10, kappa: Kappa = 10.0, slope: Annotated[float, (0.01, 100.0)] = 1.0) -> Composite:
    """Over the cube [−1, 1]ⁿ; about a third of the entries of x* are inside, the others at ±1 with multipliers."""
    H, w, x, x0 = [], [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 72])
        H.append(spectrum(rng, n, kappa))
        inside = rng.random(n) < 1 / 3
        sign = rng.choice([-1.0, 1.0], n)
        x.append(np.where(inside, rng.uniform(-0.8, 0.8, n), sign))
        w.append(np.where(inside, 0.0, -sign * slope * rng.random(n)))
        x0.append(rng.choice([-1.0, 1.0], n))
    B = len(seeds)
    return _made(np.stack(H), np.stack(w), np.zeros(B), np.ones(B), np.stack(x), np.stack(x0), kappa)


def lasso(seeds: range, n: Dimension = 10, kappa: Kappa = 30.0, weight: Annotated[float, (0.01, 100.0)] = 1.0) -> Composite:
    """No constraint; x* has about n/3 non-zero entries, and −w is a sub-gradient of weight ‖·‖₁ there."""
    H, w, x, x0 = [], [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 73])
        H.append(spectrum(rng, n, kappa))
        zero, sign = rng.random(n) < 2 / 3, rng.choice([-1.0, 1.0], n)
        x.append(np.where(zero, 0.0, sign * rng.uniform(0.1, 2.0, n)))
        w.append(-weight * np.where(zero, rng.uniform(-0.9, 0.9, n), sign))
        x0.append(rng.standard_normal(n))
    B = len(seeds)
    return _made(np.stack(H), np.stack(w), np.full(B, weight), np.full(B, np.inf), np.stack(x), np.stack(x0), kappa, smooth=False)


def absolute(seeds: range, start: Annotated[float, (0.1, 10.0)] = 2.0) -> Composite:
    """f = 0 (1-smooth) plus weight |x| from R = start: row s is the slowest case of the proximal gradient after N = 1 + s steps."""
    B, one = len(seeds), np.ones(len(seeds))
    weight = start / (2.0 * (1 + np.array(seeds)))
    constants = {
        **certified(one, None, start * one, weight * start, 1),
        "L": Certified(one, Unit(1, -2), Side.UPPER, "0 is 1-smooth; the method is run with β = 1"),
    }
    zero = np.zeros((B, 1))
    return Composite(zero[:, :, None], zero, weight, np.inf * one, zero, start + zero, 0 * one, constants, CONVEX)


@dataclass(frozen=True, eq=False)
class Huber:
    """x²/2 where |x| ≤ tau, tau |x| − tau²/2 beyond: 1-smooth, f* = 0 at 0."""

    tau: Array  # (B,)
    x0: Array  # (B, 1)
    x_star: Array  # (B, 1), zeros
    f_star: Array  # (B,), zeros
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = SMOOTH

    def value(self, x: Array, /) -> Array:  # (B, 1) -> (B,)
        xp = array_namespace(x)
        a = xp.abs(x[:, 0])
        small = xp.minimum(a, self.tau)
        return small * (a - 0.5 * small)

    def grad(self, x: Array, /) -> Array:  # (B, 1) -> (B, 1)
        xp = array_namespace(x)
        return xp.sign(x) * xp.minimum(xp.abs(x), self.tau[:, None])

    def prox(self, x: Array, step: Array, /) -> Array:
        return x


def huber(seeds: range, start: Annotated[float, (0.1, 10.0)] = 2.0, first: Annotated[int, (1, 30)] = 1, square: bool = False) -> Huber:
    """From R = start, tau = R/(2N + 1), N = first + s in row s: the slowest of all for N steps of gradient descent.

    `square`: tau = 2R/(N + 2)², about the slowest for N accelerated steps.
    """
    B = len(seeds)
    N = first + np.array(seeds, dtype=float)
    tau = 2 * start / (N + 2) ** 2 if square else start / (2 * N + 1)
    constants = {
        **certified(np.ones(B), None, np.full(B, start), tau * (start - tau / 2), 1),
        "N": Certified(N, Unit(), Side.EXACT, "the number of steps for which tau is chosen"),
    }
    zero = np.zeros((B, 1))
    return Huber(tau, start + zero, zero, np.zeros(B), constants)
