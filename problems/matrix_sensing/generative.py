"""Principal components with a prior: V = Vbar + E, the leading eigenvector of Vbar lies in a known closed set of the sphere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.ladders import rung
from problems.matrix_sensing.sensing import haar
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class OnSubspace:
    """The set is the unit sphere of the span of Q."""

    V: Array  # (B, n, n), observed
    E: Array  # (B, n, n), V − Vbar
    xbar: Array  # (B, n)
    x0: Array  # (B, n), in the set
    Q: Array  # (B, n, k)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()

    def image(self, x: Array, /) -> Array:  # V x, (B, n) -> (B, n)
        return array_namespace(x).squeeze(array_namespace(x).matmul(self.V, x[:, :, None]), axis=-1)

    def nearest(self, y: Array, /) -> Array:  # (B, n) -> (B, n)
        xp = array_namespace(y)
        z = xp.matmul(self.Q, xp.matmul(xp.matrix_transpose(self.Q), y[:, :, None]))[:, :, 0]
        return z / xp.sqrt(xp.sum(z * z, axis=-1))[:, None]

    def best(self) -> Array:
        """argmax of xᵀVx over the set, (B, n)."""
        xp = array_namespace(self.V)
        _, W = xp.linalg.eigh(xp.matmul(xp.matmul(xp.matrix_transpose(self.Q), self.V), self.Q))
        return xp.matmul(self.Q, W[:, :, -1:])[:, :, 0]


@dataclass(frozen=True, eq=False)
class OnPoints:
    """The set is finite: points of the curve z -> [cos(w_j z), sin(w_j z)]_j / √(n/2), shared by all rows."""

    V: Array  # (B, n, n)
    E: Array  # (B, n, n)
    xbar: Array  # (B, n)
    x0: Array  # (B, n)
    points: Array  # (P, n), unit vectors
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()

    def image(self, x: Array, /) -> Array:
        return array_namespace(x).squeeze(array_namespace(x).matmul(self.V, x[:, :, None]), axis=-1)

    def nearest(self, y: Array, /) -> Array:
        xp = array_namespace(y)
        return xp.take(self.points, xp.argmax(xp.matmul(y, self.points.T), axis=-1), axis=0)

    def best(self) -> Array:
        xp = array_namespace(self.V)
        scores = xp.sum(xp.matmul(self.points, self.V) * self.points, axis=-1)  # (B, P)
        return xp.take(self.points, xp.argmax(scores, axis=-1), axis=0)


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


def _spiked(xbar: Any, gamma: float, rngs: Any) -> tuple[Any, Mapping[str, Certified]]:
    """Vbar with eigenvalue 1 at xbar and the others between −γ and γ, both ends taken."""
    B, n = xbar.shape
    out = []
    for b, g in enumerate(rngs):
        basis, _ = np.linalg.qr(np.concatenate([xbar[b][:, None], g.standard_normal((n, n - 1))], axis=1))
        rest = np.concatenate([[gamma, -gamma], g.uniform(-gamma, gamma, n - 3)])
        out.append((basis * np.concatenate([[1.0], rest])) @ basis.T)
    constants = {
        "lam_1": _exact(np.ones(B), Unit(f=1), "largest eigenvalue, prescribed"),
        "lam_2": _exact(np.full(B, gamma), Unit(f=1), "second eigenvalue, prescribed"),
        "gamma": _exact(np.full(B, gamma), Unit(), "largest other modulus over λ_1, prescribed"),
    }
    return np.stack(out), constants


def _noise(n: int, size: Any, rngs: Any) -> Any:
    E = np.stack([g.standard_normal((n, n)) for g in rngs])
    E = E + np.swapaxes(E, 1, 2)
    return E / np.linalg.norm(E, 2, axis=(1, 2))[:, None, None] * np.asarray(size)[:, None, None]


def curve(
    seeds: range, n: int = 20, gamma: Annotated[float, (0.0, 0.4)] = 0.2, noise: Annotated[float, (1e-3, 0.4)] = 0.3, points: int = 801
) -> OnPoints:
    """xbar one of the points; x_0 the point nearest to a disturbed xbar."""
    z = np.linspace(-1, 1, points)
    w = np.random.default_rng(81).uniform(0.5, 3.0, n // 2)
    P = np.concatenate([np.cos(z[:, None] * w), np.sin(z[:, None] * w)], axis=1) / np.sqrt(n / 2)
    rngs = [np.random.default_rng([seed, 82]) for seed in seeds]
    xbar = P[[int(g.integers(points)) for g in rngs]]
    Vbar, constants = _spiked(xbar, gamma, rngs)
    E = _noise(n, np.full(len(xbar), noise), rngs)
    x0 = P[np.argmax((xbar + 0.15 * np.stack([g.standard_normal(n) for g in rngs])) @ P.T, axis=1)]
    return OnPoints(Vbar + E, E, xbar, x0, P, constants)


def subspace(
    seeds: range, n: int = 12, k: Annotated[int, (2, 6)] = 4, gamma: Annotated[float, (0.0, 0.4)] = 0.3,
    noise: Annotated[float, (1e-3, 0.2)] = 0.05,
) -> OnSubspace:
    """xbar in a k-dimensional subspace, x_0 = xbar disturbed inside it."""
    rngs = [np.random.default_rng([seed, 83]) for seed in seeds]
    Q = np.stack([haar(n, g)[:, :k] for g in rngs])
    xbar = Q[:, :, 0]
    Vbar, constants = _spiked(xbar, gamma, rngs)
    E = _noise(n, np.full(len(xbar), noise), rngs)
    x0 = xbar + 0.5 * (Q @ np.stack([g.standard_normal((k, 1)) for g in rngs]))[:, :, 0] / np.sqrt(k)
    return OnSubspace(Vbar + E, E, xbar, x0 / np.linalg.norm(x0, axis=1, keepdims=True), Q, constants)


def spiked_covariance(
    seeds: range, n: int = 20, k: int = 3, low: float = 200.0, high: float = 6400.0, beta: float = 2.0
) -> OnSubspace:
    """V the empirical covariance of m samples of N(0, I + β xbar xbarᵀ), less I; rows sweep m."""
    m = np.rint(rung(seeds, low, high)).astype(int)
    rngs = [np.random.default_rng([seed, 84]) for seed in seeds]
    Q = np.stack([haar(n, g)[:, :k] for g in rngs])
    xbar = Q[:, :, 0]
    V = []
    for b, g in enumerate(rngs):
        X = g.standard_normal((m[b], n)) + np.sqrt(beta) * g.standard_normal((m[b], 1)) * xbar[b]
        V.append(X.T @ X / m[b] - np.eye(n))
    Vbar = beta * xbar[:, :, None] * xbar[:, None, :]
    x0 = xbar + 0.6 * Q[:, :, 1]
    constants = {
        "m": _exact(m, Unit(), "number of samples, prescribed"),
        "k": _exact(np.full(len(m), k), Unit(), "dimension of the set"),
        "lam_1": _exact(np.full(len(m), beta), Unit(f=1), "β, prescribed"),
        "lam_2": _exact(np.zeros(len(m)), Unit(f=1), "the others are 0"),
        "gamma": _exact(np.zeros(len(m)), Unit(), "the others are 0"),
    }
    return OnSubspace(np.stack(V), np.stack(V) - Vbar, xbar, x0 / np.linalg.norm(x0, axis=1, keepdims=True), Q, constants)
