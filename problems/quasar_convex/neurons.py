"""One neuron on a finite sample: the convex surrogate of the square loss, and the square loss itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Neuron:
    """σ(u) = max(u, slope · u). Surrogate L_sur(w) = mean of ∫_0^{⟨w, a_i⟩} (σ(t) − y_i) dt; square loss L₂(w) = mean (σ(⟨w, a_i⟩) − y_i)².

    `value` and `grad` are the surrogate's; v is the neuron that made the clean labels.
    """

    A: Array  # (B, N, n)
    y: Array  # (B, N)
    slope: Array  # (B,), 0 for ReLU, 1 for the identity
    x0: Array  # (B, n)
    x_star: Array  # (B, n), v
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})

    def _u(self, w: Array) -> Array:
        xp = array_namespace(w)
        return xp.squeeze(xp.matmul(self.A, w[:, :, None]), axis=-1)

    def activation(self, u: Array, /) -> Array:
        return array_namespace(u).maximum(u, self.slope[:, None] * u)

    def value(self, w: Array, /) -> Array:
        xp = array_namespace(w)
        u = self._u(w)
        return xp.mean(0.5 * u * self.activation(u) - self.y * u, axis=-1)

    def grad(self, w: Array, /) -> Array:
        xp = array_namespace(w)
        r = self.activation(self._u(w)) - self.y
        return xp.squeeze(xp.matmul(r[:, None, :], self.A), axis=1) / self.A.shape[1]

    def square_loss(self, w: Array, /) -> Array:
        xp = array_namespace(w)
        r = self.activation(self._u(w)) - self.y
        return xp.mean(r * r, axis=-1)


def mirrored(
    seeds: range,
    n: Annotated[int, (1, 8)] = 3,
    N: Annotated[int, (8, 60)] = 20,
    slope: Annotated[float, (0.0, 1.0)] = 0.0,
    R: Annotated[float, (1e-2, 1e2)] = 2.0,
    mirror: Annotated[float, (-1.0, -1.0)] = -1.0,
) -> Neuron:
    """a_i and −a_i together, mean a aᵀ = I, clean labels: the surrogate's gradient is (1 + slope)(w − v)/2 exactly.

    mirror = 1 would keep the half sample twice: not symmetric.
    """
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 35])
        half = g.standard_normal((N, n)) * (1 + g.exponential(size=(N, 1)))
        Q, triangle = np.linalg.qr(half)  # orthonormal whatever the condition number, as a Cholesky factor's inverse is not
        half = N**0.5 * Q * np.sign(np.diag(triangle))
        v, start = g.standard_normal((2, n))
        rows.append((np.concatenate([half, mirror * half]), v, v + R * start / np.linalg.norm(start)))
    A, v, w = (np.stack(part) for part in zip(*rows, strict=True))
    u = (A @ v[:, :, None])[:, :, 0]
    ones = np.ones(len(A))
    constants = {
        "slope": Certified(slope * ones, Unit(), Side.EXACT, "of the activation left of 0"),
        "R": Certified(R * ones, Unit(0, 1), Side.EXACT, "‖w_0 − v‖ as drawn"),
    }
    return Neuron(A, np.maximum(u, slope * u), slope * ones, w, v, constants)


def corrupted(seeds: range, N: int = 200, share: float = 1.6) -> Neuron:
    """Two Gaussian features, ReLU labels plus noise 0.1; the labels of the points with the largest |a_1| are set to 2: of row s a
    fraction share^{−(s mod 8)}/4. OPT, the smallest square loss, is exact: the loss is quadratic on each of 2N sectors."""
    rows = []
    for seed in seeds:
        g = np.random.default_rng([seed, 36])
        A, v = g.standard_normal((N, 2)), g.standard_normal(2)
        y = np.maximum(A @ v, 0) + 0.1 * g.standard_normal(N)
        fraction = share ** -(seed % 8) / 4
        worst = np.argsort(-np.abs(A[:, 0]))[: int(np.ceil(fraction * N))]
        y[worst] = 2.0
        rows.append((A, y, v, fraction, _smallest_square_loss(A, y)))
    A, y, v, fractions, opt = (np.stack(part) for part in zip(*rows, strict=True))
    constants = {
        "fraction": Certified(fractions, Unit(), Side.EXACT, "of corrupted labels, as drawn"),
        "OPT": Certified(opt, Unit(), Side.EXACT, "least squares over every sector between two lines ⟨w, a_i⟩ = 0, and over the lines"),
    }
    return Neuron(A, y, np.zeros(len(A)), np.zeros_like(v), v, constants)


def _smallest_square_loss(A: Array, y: Array) -> float:
    """min over w ∈ R² of mean (max(⟨w, a_i⟩, 0) − y_i)², by enumeration of the sectors on which the signs are constant."""
    normals = np.arctan2(A[:, 1], A[:, 0])
    cuts = np.sort(np.mod(np.concatenate([normals + np.pi / 2, normals - np.pi / 2]), 2 * np.pi))
    best = float((y**2).mean())
    for low, high in zip(cuts, np.append(cuts[1:], cuts[0] + 2 * np.pi), strict=True):
        for angle in (low, high):
            u = np.maximum(A @ [np.cos(angle), np.sin(angle)], 0)
            scale = max(float(u @ y / (u @ u)), 0.0) if u @ u > 0 else 0.0
            best = min(best, float(((scale * u - y) ** 2).mean()))
        middle = (low + high) / 2
        on = A @ [np.cos(middle), np.sin(middle)] > 0
        if on.sum() >= 2:
            w = np.linalg.lstsq(A[on], y[on], rcond=None)[0]
            turned = np.mod(np.arctan2(w[1], w[0]) - low, 2 * np.pi)
            if turned <= high - low:
                best = min(best, float(((np.maximum(A @ w, 0) - y) ** 2).mean()))
    return best
