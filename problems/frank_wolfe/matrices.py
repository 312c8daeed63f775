"""Gradients as matrices, with their dual norms exact: the data of the steepest-descent problems of "Old Optimizer, New Norm"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ratecheck import Array, Certified, Side, Trait, Unit

GRADIENT = Unit(1, -1)


@dataclass(frozen=True, eq=False)
class Matrices:
    """A batch of layers G_1, ..., G_L of one shape, and the sharpness λ."""

    G: Array  # (B, L, p, q)
    scale: Array  # (B, L) the weights s_l > 0 of the layers
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()

    @property
    def x0(self) -> Array:
        return self.G

    @property
    def lam(self) -> Array:
        return self.constants["lam"].value


def duals(G: Array) -> dict[str, Array]:
    """Norm -> its dual norm of every matrix (..., p, q): of max entry, spectral, Frobenius, largest column, largest row."""
    return {
        "entries": np.abs(G).sum(axis=(-2, -1)),
        "spectral": np.linalg.svd(G, compute_uv=False).sum(axis=-1),
        "frobenius": np.sqrt((G * G).sum(axis=(-2, -1))),
        "columns": np.sqrt((G * G).sum(axis=-2)).sum(axis=-1),
        "rows": np.sqrt((G * G).sum(axis=-1)).sum(axis=-1),
    }


def layers(
    seeds: range,
    count: Annotated[int, (1, 4)] = 3,
    p: Annotated[int, (2, 8)] = 4,
    q: Annotated[int, (2, 8)] = 3,
    lam: Annotated[float, (0.01, 100.0)] = 0.7,
) -> Matrices:
    """Gaussian layers with weights s_l in [½, 2]; the constant dual_<norm> is Σ_l ‖G_l‖* / s_l."""
    draws = [np.random.default_rng([seed, 41]) for seed in seeds]
    G = np.stack([g.standard_normal((count, p, q)) for g in draws])
    s = np.stack([np.exp2(g.uniform(-1, 1, count)) for g in draws])
    return _matrices(G, s, lam)


def layer(seeds: range, p: Annotated[int, (2, 8)] = 5, q: Annotated[int, (2, 8)] = 3, lam: Annotated[float, (0.01, 100.0)] = 0.7) -> Matrices:
    """One Gaussian layer of weight 1."""
    G = np.stack([np.random.default_rng([seed, 42]).standard_normal((1, p, q)) for seed in seeds])
    return _matrices(G, np.ones((len(seeds), 1)), lam)


def of_condition(seeds: range, kappa: Annotated[float, (1.0, 1e4)] = 10.0, n: Annotated[int, (2, 12)] = 8) -> Matrices:
    """One n × n layer with singular values 1, ..., 1/κ in geometric progression and Haar singular vectors."""
    G = []
    for seed in seeds:
        g = np.random.default_rng([seed, 43])
        U, V = (np.linalg.qr(g.standard_normal((n, n)))[0] for _ in range(2))
        G.append(((U * np.geomspace(1, 1 / kappa, n)) @ V.T)[None])
    return _matrices(np.stack(G), np.ones((len(seeds), 1)), 1.0)


def _matrices(G: Array, s: Array, lam: float) -> Matrices:
    constants = {
        f"dual_{name}": Certified((value / s).sum(axis=-1), GRADIENT, Side.EXACT, f"Σ_l of the dual of the {name} norm of G_l, over s_l")
        for name, value in duals(G).items()
    }
    constants["lam"] = Certified(np.full(len(G), lam), Unit(1, -2), Side.EXACT, "chosen")
    constants["rank"] = Certified(float(min(G.shape[-2:])), Unit(), Side.EXACT, "Gaussian or prescribed spectrum: full rank")
    return Matrices(G, s, constants)
