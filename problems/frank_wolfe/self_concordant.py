"""Generalized self-concordant functions with their (M, ν) and constants: one-dimensional extremals and a symmetric log-barrier.

(M, ν): |D³f(x)[v][u, u]| ≤ M ‖u‖²_x ‖v‖_x^{ν−2} ‖v‖₂^{3−ν}, ‖u‖²_x = u'∇²f(x)u. M has the unit f^{1−ν/2} x^{ν−3}.
`interior(z)` maps normal numbers z, (B, n), to points of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import L2Ball
from ratecheck import Array, Certified, Side, Trait, Unit

GSC = frozenset({Trait.CONVEX, Trait.SELF_CONCORDANT})  # smooth only where the domain holds the set


def concordance(M: Array, nu: float, B: int, proof: str) -> Certified:
    return Certified(np.zeros(B) + M, Unit(1 - nu / 2, nu - 3), Side.EXACT, proof)


class Scalar(Protocol):
    """A function of one variable with its first two derivatives, elementwise."""

    def value(self, x: Array, /) -> Array: ...
    def first(self, x: Array, /) -> Array: ...
    def second(self, x: Array, /) -> Array: ...
    def interior(self, z: Array, /) -> Array: ...
    def inside(self, x: Array, /) -> Array: ...


@dataclass(frozen=True)
class Exponential:
    """e^x: ν = 2, M = 1."""

    def value(self, x: Array, /) -> Array:
        return array_namespace(x).exp(x)

    first = second = value

    def interior(self, z: Array, /) -> Array:
        return z

    def inside(self, x: Array, /) -> Array:
        return x == x


@dataclass(frozen=True)
class MinusLogarithm:
    """−log x: ν = 3, M = 2."""

    def value(self, x: Array, /) -> Array:
        return -array_namespace(x).log(x)

    def first(self, x: Array, /) -> Array:
        return -1 / x

    def second(self, x: Array, /) -> Array:
        return 1 / x**2

    def interior(self, z: Array, /) -> Array:
        return array_namespace(z).exp(z)

    def inside(self, x: Array, /) -> Array:
        return x > 0


@dataclass(frozen=True)
class Entropy:
    """x log x − x: ν = 4, M = 1."""

    def value(self, x: Array, /) -> Array:
        return x * array_namespace(x).log(x) - x

    def first(self, x: Array, /) -> Array:
        return array_namespace(x).log(x)

    def second(self, x: Array, /) -> Array:
        return 1 / x

    def interior(self, z: Array, /) -> Array:
        return array_namespace(z).exp(z)

    def inside(self, x: Array, /) -> Array:
        return x > 0


@dataclass(frozen=True)
class Power:
    """x^{−q}: ν = 2(q+3)/(q+2), M = (q+2)(q(q+1))^{−1/(q+2)}."""

    q: float

    def value(self, x: Array, /) -> Array:
        return x ** (-self.q)

    def first(self, x: Array, /) -> Array:
        return -self.q * x ** (-self.q - 1)

    def second(self, x: Array, /) -> Array:
        return self.q * (self.q + 1) * x ** (-self.q - 2)

    def interior(self, z: Array, /) -> Array:
        return array_namespace(z).exp(z)

    def inside(self, x: Array, /) -> Array:
        return x > 0


@dataclass(frozen=True, eq=False)
class OnLine:
    """A scalar function as a problem in one dimension; `uphill` is the direction in which the upper bound is met."""

    scalar: Scalar
    nu: float
    uphill: float
    x0: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = GSC

    def value(self, x: Array, /) -> Array:  # (B, 1) -> (B,)
        return self.scalar.value(x[:, 0])

    def grad(self, x: Array, /) -> Array:
        return self.scalar.first(x)

    def local(self, x: Array, v: Array, /) -> Array:  # (B, 1), (B, 1) -> (B,), ‖v‖²_x
        return self.scalar.second(x[:, 0]) * v[:, 0] ** 2

    def inside(self, x: Array, /) -> Array:  # (B, 1) -> (B,) booleans
        return self.scalar.inside(x[:, 0])

    def interior(self, z: Array, /) -> Array:
        return self.scalar.interior(z)


def _line(seeds: range, scalar: Scalar, nu: float, M: float, uphill: float) -> OnLine:
    B = len(seeds)
    constants = {"M": concordance(M, nu, B, "|f'''| = M (f'')^{ν/2} for the function itself")}
    return OnLine(scalar, nu, uphill, np.ones((B, 1)), constants)


def exponential(seeds: range) -> OnLine:
    return _line(seeds, Exponential(), 2.0, 1.0, 1.0)


def minus_logarithm(seeds: range, M: float = 2.0) -> OnLine:
    """M = 2; any larger one is true, and no longer met."""
    return _line(seeds, MinusLogarithm(), 3.0, M, -1.0)


def entropy(seeds: range) -> OnLine:
    return _line(seeds, Entropy(), 4.0, 1.0, -1.0)


def inverse_power(seeds: range, q: float = 2.0) -> OnLine:
    return _line(seeds, Power(q), 2 * (q + 3) / (q + 2), (q + 2) * (q * (q + 1)) ** (-1 / (q + 2)), -1.0)


@dataclass(frozen=True, eq=False)
class SymmetricBarrier:
    """f(x) = −Σ log(1 − s² z_i²), z = Q'(x − c), over the unit ball: least at c, where f = 0; ν = 3, M = 2."""

    Q: Array  # (B, n, n), orthogonal
    s: Array  # (B,), 1/s is half the width of the domain
    c: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    over: L2Ball = field(default_factory=L2Ball)
    nu: float = 3.0
    traits: frozenset[Trait] = GSC | {Trait.SMOOTH, Trait.STRONGLY_CONVEX, Trait.COMPACT}

    def _scaled(self, d: Array) -> Array:  # s Q'd
        xp = array_namespace(d)
        return self.s[:, None] * xp.squeeze(xp.matmul(d[:, None, :], self.Q), axis=-2)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,), ∞ outside the domain
        xp = array_namespace(x)
        u = self._scaled(x - self.c) ** 2
        safe = xp.where(u < 1, u, xp.zeros_like(u))
        return xp.where(xp.all(u < 1, axis=-1), -xp.sum(xp.log1p(-safe), axis=-1), xp.asarray(xp.inf, dtype=x.dtype))

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        t = self._scaled(x - self.c)
        return xp.squeeze(xp.matmul(self.Q, (self.s[:, None] * 2 * t / (1 - t * t))[:, :, None]), axis=-1)

    def local(self, x: Array, v: Array, /) -> Array:  # ‖v‖²_x
        xp = array_namespace(x)
        t, w = self._scaled(x - self.c), self._scaled(v)
        return xp.sum(2 * (1 + t * t) / (1 - t * t) ** 2 * w * w, axis=-1)

    def inside(self, x: Array, /) -> Array:  # (B, n) -> (B,) booleans
        xp = array_namespace(x)
        return xp.all(xp.abs(self._scaled(x - self.c)) < 1, axis=-1)

    def interior(self, z: Array, /) -> Array:
        """A point whose scaled coordinates are tanh z."""
        xp = array_namespace(z)
        return self.c + xp.squeeze(xp.matmul(self.Q, (xp.tanh(z) / self.s[:, None])[:, :, None]), axis=-1)

    def lmo(self, g: Array, /) -> Array:
        return self.over.vertex(g)


def symmetric_barrier(
    seeds: range,
    n: Annotated[int, (1, 20)] = 4,
    depth: Annotated[float, (0.05, 1.0)] = 0.6,
    reach: Annotated[float, (0.1, 0.95)] = 0.7,
) -> SymmetricBarrier:
    """The ball of radius `depth` around c lies in the unit ball; s times the largest distance to c is `reach`."""
    B = len(seeds)
    Q, c, x0 = [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 5])
        Q.append(np.linalg.qr(rng.standard_normal((n, n)))[0])
        u, start = rng.standard_normal((2, n))
        c.append((1 - depth) * u / np.linalg.norm(u))
        x0.append(start / np.linalg.norm(start))
    s = reach / (2 - depth)
    top = 2 * s * s * (1 + reach**2) / (1 - reach**2) ** 2
    C, X = np.stack(c), np.stack(x0)
    z = s * np.einsum("bij,bi->bj", np.stack(Q), X - C)
    constants = {
        "M": concordance(2.0, 3.0, B, "a sum of −log of affine functions"),
        "L": Certified(np.full(B, top), Unit(1, -2), Side.UPPER, "2s²(1+t²)/(1−t²)² at the largest |t| = reach, over the whole ball"),
        "mu": Certified(np.full(B, 2 * s * s), Unit(1, -2), Side.LOWER, "2s²(1+t²)/(1−t²)² ≥ 2s²"),
        "D": Certified(np.full(B, 2.0), Unit(0, 1), Side.EXACT, "twice the radius"),
        "C_f": Certified(np.full(B, 4 * top), Unit(1, 0), Side.UPPER, "L D²"),
        "r": Certified(np.full(B, depth), Unit(0, 1), Side.EXACT, "distance of c to the sphere"),
        "h_0": Certified(-np.log1p(-z * z).sum(axis=1), Unit(1, 0), Side.EXACT, "f(x0), f* = 0"),
        "f_gap": Certified(np.zeros(B), Unit(1, 0), Side.EXACT, "f* = 0 at c"),
    }
    return SymmetricBarrier(np.stack(Q), np.full(B, s), C, X, np.zeros(B), constants)
