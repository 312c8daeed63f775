"""Problems with a random oracle: a sloped ball, a separable sum for coordinate descent, a sum of quadratics, a rotated norm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

CONVEX = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.UNBIASED})


@dataclass(frozen=True, eq=False)
class SlopedBall:
    """c'x + (β/2)‖x‖² over ‖x‖ ≤ radius; the oracle adds noise of mean square σ²."""

    c: Array  # (B, n)
    beta: Array  # (B,)
    radius: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        return array_namespace(x).sum((self.c + 0.5 * self.beta[:, None] * x) * x, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.c + self.beta[:, None] * x

    def sample(self, x: Array, z: Array, /) -> Array:  # (B, n), (B, n) standard normal -> (B, n)
        return self.grad(x) + self.constants["sigma"].value[:, None] * z / x.shape[1] ** 0.5

    def prox(self, x: Array, step: Array, /) -> Array:
        xp = array_namespace(x)
        length = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        r = self.radius[:, None]
        return x * xp.where(length > r, r / xp.where(length > r, length, xp.ones_like(length)), xp.ones_like(length))


def sloped_ball(
    seeds: range,
    n: Annotated[int, (1, 10)] = 2,
    slope: Annotated[float, (0.01, 10.0)] = 0.125,
    beta: Annotated[float, (0.0, 10.0)] = 0.0,
    sigma: Annotated[float, (0.1, 10.0)] = 1.0,
    radius: Annotated[float, (0.1, 10.0)] = 2.0,
    on_sphere: bool = False,
) -> SlopedBall:
    """One instance, many seeds. From the centre, or from the point of the sphere opposite to x*."""
    rng, B = np.random.default_rng([n, 91]), len(seeds)
    u = rng.standard_normal(n)
    u /= np.linalg.norm(u)
    one = np.ones(B)
    reach = min(slope / beta, radius) if beta > 0 else radius
    star, low = -reach * u, -slope * reach + beta * reach**2 / 2
    constants = {
        "L": Certified(beta * one, Unit(1, -2), Side.EXACT, "β"),
        "mu": Certified(beta * one, Unit(1, -2), Side.EXACT, "β"),
        "r": Certified(radius * one, Unit(0, 1), Side.EXACT, "radius of the ball; R² = sup ½‖x‖² = r²/2"),
        "sigma": Certified(sigma * one, Unit(1, -1), Side.EXACT, "E‖noise‖² = σ²"),
        "G": Certified(np.sqrt((slope + beta * radius) ** 2 + sigma**2) * one, Unit(1, -1), Side.EXACT, "(sup ‖∇f‖)² + σ² = G²"),
    }
    traits = CONVEX | {Trait.COMPACT} | ({Trait.STRONGLY_CONVEX} if beta > 0 else set())
    tile = np.ones((B, 1))
    start = radius * u if on_sphere else 0 * u
    return SlopedBall(tile * slope * u, beta * one, radius * one, tile * start, tile * star, low * one, constants, traits)


@dataclass(frozen=True, eq=False)
class Separable:
    """Σ β_i φ(x_i), φ(x) = x²/2 where |x| ≤ tau, tau |x| − tau²/2 beyond; tau = inf is the quadratic. f* = 0."""

    beta: Array  # (B, n)
    tau: Array  # (B,)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        a = xp.abs(x)
        small = xp.minimum(a, self.tau[:, None] + 0 * a)
        return xp.sum(self.beta * small * (a - 0.5 * small), axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        return self.beta * xp.sign(x) * xp.minimum(xp.abs(x), self.tau[:, None] + 0 * x)


def separable(
    seeds: range,
    power: Annotated[float, (0.0, 1.0)] = 1.0,
    ratio: Annotated[float, (1.0, 20.0)] = 4.0,
    n: Annotated[int, (2, 6)] = 2,  # one coordinate leaves nothing to draw
    tau: Annotated[float, (0.01, 100.0)] = 0.05,
    start: Annotated[float, (0.1, 10.0)] = 1.0,
) -> Separable:
    """β = 1, ..., ratio, from start e_1; `power` is the γ of the sampling. One instance, many seeds."""
    B = len(seeds)
    beta = np.linspace(1.0, ratio, n) if n > 1 else np.ones(1)
    small = min(start, tau)
    h = beta[0] * small * (start - small / 2)
    budget = h / beta  # a coordinate alone that uses up the level h: φ(d) = budget
    reach = (
        np.where(budget <= tau * tau / 2, np.sqrt(2 * budget), (budget + tau * tau / 2) / tau) if np.isfinite(tau) else np.sqrt(2 * budget)
    )
    squares = (beta ** (1 - power) * reach**2).max()
    one = np.ones(B)
    # β_i^(1−γ) and Σ β^γ carry fractional units that cancel: the product is certified in one constant
    constants = {
        "R2_sum": Certified(
            squares * (beta**power).sum() * one, Unit(1, 0), Side.EXACT, "R²_{1−γ} Σ β^γ: φ⁻¹ squared is convex, one coordinate is worst"
        ),
        "rate": Certified((beta**power).min() / (beta**power).sum() * one, Unit(), Side.EXACT, "α/Σ β^γ, α = min β^γ for the quadratic"),
        "h_0": Certified(h * one, Unit(1, 0), Side.EXACT, "f(x0)"),
    }
    x0 = np.zeros((B, n))
    x0[:, 0] = start
    tile = np.ones((B, 1))
    traits = frozenset({Trait.CONVEX, Trait.SMOOTH}) | (frozenset() if np.isfinite(tau) else {Trait.STRONGLY_CONVEX})
    return Separable(tile * beta, tau * one, x0, 0 * x0, 0 * one, constants, traits)


@dataclass(frozen=True, eq=False)
class Norm:
    """Lip ‖x − x*‖₂: convex, Lip-Lipschitz, f* = 0."""

    x_star: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.LIPSCHITZ})

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        d = x - self.x_star
        return self.constants["Lip"].value * xp.sqrt(xp.sum(d * d, axis=-1))

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(x)
        d = x - self.x_star
        length = xp.sqrt(xp.sum(d * d, axis=-1, keepdims=True))
        return self.constants["Lip"].value[:, None] * d / xp.where(length > 0, length, xp.ones_like(length))


def norm(
    seeds: range, n: Annotated[int, (2, 40)] = 20, R: Annotated[float, (0.1, 10.0)] = 1.0, Lip: Annotated[float, (0.1, 10.0)] = 3.0
) -> Norm:
    """x* in a random direction at √2 R. One instance, many seeds."""
    rng, B = np.random.default_rng([n, 92]), len(seeds)
    u = rng.choice([-1.0, 1.0], n)
    one = np.ones(B)
    constants = {
        "R": Certified(R * one, Unit(0, 1), Side.EXACT, "R² = ‖x0 − x*‖²/2"),
        "Lip": Certified(Lip * one, Unit(1, -1), Side.EXACT, "a multiple of the Euclidean norm"),
        "n": Certified(float(n) * one, Unit(), Side.EXACT, "dimension"),
    }
    star = np.ones((B, 1)) * (2**0.5 * R * u / np.linalg.norm(u))
    return Norm(star, 0 * star, 0 * one, constants)


@dataclass(frozen=True, eq=False)
class Sum:
    """(1/N) Σ f_i, f_i(x) = ½ (x − c_i)'D_i(x − c_i), D_i diagonal; `value` is f − f*."""

    D: Array  # (B, N, n)
    c: Array  # (B, N, n)
    x_star: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,), zeros
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM})

    @property
    def size(self) -> int:
        return int(self.D.shape[1])

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        xp = array_namespace(x)
        return 0.5 * xp.sum(xp.mean(self.D, axis=1) * (x - self.x_star) ** 2, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return array_namespace(x).mean(self.D * (x[:, None, :] - self.c), axis=1)

    def grad_one(self, x: Array, i: Array, /) -> Array:  # (B, n), (B,) -> (B, n)
        xp = array_namespace(x)
        hot = xp.astype(xp.arange(self.D.shape[1])[None, :] == i[:, None], x.dtype)
        return xp.sum(hot[:, :, None] * self.D * (x[:, None, :] - self.c), axis=1)


def finite_sum(
    seeds: range, N: Annotated[int, (2, 12)] = 6, n: Annotated[int, (1, 8)] = 3, kappa: Annotated[float, (1.0, 10.0)] = 3.0
) -> Sum:
    """D_i in [1, kappa], kappa attained; the last entries 1; the start is off x* along the last axis. One instance, many seeds."""
    rng, B = np.random.default_rng([N, n, 93]), len(seeds)
    D = rng.uniform(1.0, kappa, (N, n))
    D[0, 0] = kappa
    D[:, -1] = 1.0 if n > 1 else D[:, -1]
    c = 3 * rng.standard_normal((N, n))
    star = (D * c).mean(axis=0) / D.mean(axis=0)
    x0 = star + np.eye(n)[-1]
    one, tile = np.ones(B), np.ones((B, 1))
    mu = D.mean(axis=0).min()
    constants = {
        "L": Certified(kappa * one, Unit(1, -2), Side.EXACT, "largest entry of the D_i"),
        "mu": Certified(mu * one, Unit(1, -2), Side.EXACT, "smallest entry of the mean of the D_i"),
        "h_0": Certified(0.5 * (D.mean(axis=0) * (x0 - star) ** 2).sum() * one, Unit(1, 0), Side.EXACT, "f(x0) − f*"),
    }
    return Sum(tile[:, :, None] * D, tile[:, :, None] * c, tile * star, tile * x0, 0 * one, constants)
