"""Sahu, Zaheer, Kar 2019 (arXiv 1810.03233): Frank–Wolfe from noisy values, Algorithms 1, 2 and 3.

The gradient is estimated by differences of F(·; y) with one y, over the axes (KWSA) or along normal directions (RDSA, the mean of m of
them), and averaged over time: d_t = (1 − ρ_t) d_{t−1} + ρ_t g_t, d_{−1} = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.oracles import SmoothOverCompact


class NoisyValues(SmoothOverCompact, Protocol):
    def values(self, X: Array, y: Array, /) -> Array: ...  # (B, m, n), (B, n) standard normal -> (B, m), F(·; y)


@dataclass(frozen=True)
class Scheme:
    """The weight ρ_t and the difference length c_t, functions of (t, n); `directions` None: the axes."""

    rho: Callable[[int, int], float]
    length: Callable[[int, int], float]
    directions: int | None


KWSA = Scheme(lambda t, n: 4 / (t + 8) ** (2 / 3), lambda t, n: 2 / (n**0.5 * (t + 8) ** (1 / 3)), None)
RDSA = Scheme(lambda t, n: 4 / (n ** (1 / 3) * (t + 8) ** (2 / 3)), lambda t, n: 2 / (n**1.5 * (t + 8) ** (1 / 3)), 1)
LAST_ONLY = Scheme(lambda t, n: 1.0, RDSA.length, 1)  # no averaging: a negative control


def improved(m: int) -> Scheme:
    """I-RDSA with m directions."""
    return Scheme(lambda t, n: 4 / ((1 + n / m) ** (1 / 3) * (t + 8) ** (2 / 3)), lambda t, n: RDSA.length(t, n) * m**0.5, m)


@dataclass(frozen=True, eq=False)
class ZerothState:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, n) the sample, standard normal
    z: Array  # (B, m, n) the directions
    c: float  # their length
    g: Array  # (B, n) estimate
    rho: float
    d: Array  # (B, n) average
    v: Array  # (B, n)
    gamma: Array  # (B,) or a number


def differences(p: NoisyValues, x: Array, y: Array, z: Array, c: float, axes: bool) -> Array:
    """Σ (axes) or the mean (random directions) of (F(x + c z; y) − F(x; y))/c z."""
    xp = array_namespace(x)
    slopes = (p.values(x[:, None, :] + c * z, y) - p.values(x[:, None, :], y)) / c
    total = xp.sum(slopes[:, :, None] * z, axis=1)
    return total if axes else total / z.shape[1]


def eighth(k: int) -> float:
    """2/(k+8)"""
    return 2 / (k + 8)


@dataclass(frozen=True)
class ZerothOrder:
    """Algorithm 2; with `horizon`, Algorithm 3: the constant step T^{−3/4}, T the constant of the row."""

    scheme: Scheme = RDSA
    step: Callable[[int], float] = eighth
    horizon: bool = False

    def iterates(self, problem: NoisyValues, noise: Noise, /) -> Iterator[ZerothState]:
        x = problem.x0
        xp = array_namespace(x)
        B, n = x.shape
        axes = self.scheme.directions is None
        samples = noise.normals("sample", n)
        eye = xp.broadcast_to(xp.eye(n, dtype=x.dtype)[None, :, :], (B, n, n))
        random = None if self.scheme.directions is None else noise.normals("direction", self.scheme.directions, n)
        d = 0 * x
        for k in count():
            y, z = next(samples), eye if random is None else next(random)
            c, rho = self.scheme.length(k, n), self.scheme.rho(k, n)
            g = differences(problem, x, y, z, c, axes)
            d = (1 - rho) * d + rho * g
            v = problem.lmo(d)
            gamma = problem.constants["T"].value ** -0.75 if self.horizon else self.step(k) + 0 * x[:, 0]
            yield ZerothState(k, x, y, z, c, g, rho, d, v, gamma)
            x = x + gamma[:, None] * (v - x)


@dataclass(frozen=True)
class FiniteDifferences:
    """Algorithm 1, no averaging: differences of length c_t = factor(t) R/n over the axes, step 2/(k+2) (printed 2/(k+1), from 0)."""

    factor: Callable[[int], float] = lambda k: 2 / (k + 2)

    def iterates(self, problem: NoisyValues, noise: Noise, /) -> Iterator[ZerothState]:
        x = problem.x0
        xp = array_namespace(x)
        B, n = x.shape
        z = xp.broadcast_to(xp.eye(n, dtype=x.dtype)[None, :, :], (B, n, n))
        R = float(xp.max(problem.constants["R"].value))
        for k in count():
            gamma, c = 2 / (k + 2), self.factor(k) * R / n
            g = differences(problem, x, 0 * x, z, c, axes=True)
            v = problem.lmo(g)
            yield ZerothState(k, x, 0 * x, z, c, g, 1.0, g, v, gamma + 0 * x[:, 0])
            x = x + gamma * (v - x)
