"""Bernstein, Newhouse 2024 (arXiv 2409.20325, text read), Proposition 6: the square loss of a linear layer is majorized in spectral norm.

Loss(W) = (1/(2 n d_out)) Σ_i ‖y_i − W x_i‖², inputs with ‖x_i‖₂ = √d_in. For all W and D

    Loss(W + D) − Loss(W) − ⟨∇Loss(W), D⟩  ≤  ½ (d_in/d_out) ‖D‖_op²,

with equality for equal inputs and D = u xᵀ. Index k is a random D; its unit is that of x, an input is a pure number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Always, Array, Certified, Claim, Noise, Seen, Side, Source, Statement, Status, Theorem, Trait, Unit, each


@dataclass(frozen=True, eq=False)
class LinearLayer:
    """Data of a linear layer and a weight matrix."""

    X: Array  # (B, N, d_in), rows of norm sqrt(d_in)
    Y: Array  # (B, N, d_out)
    x0: Array  # (B, d_out, d_in), the weights W
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = field(default_factory=frozenset)

    def value(self, W: Array, /) -> Array:
        xp = array_namespace(W)
        r = self.Y - xp.matmul(self.X, xp.matrix_transpose(W))
        return xp.sum(r * r, axis=(1, 2)) / (2 * self.Y.shape[1] * self.Y.shape[2])

    def grad(self, W: Array, /) -> Array:
        xp = array_namespace(W)
        r = xp.matmul(self.X, xp.matrix_transpose(W)) - self.Y
        return xp.matmul(xp.matrix_transpose(r), self.X) / (self.Y.shape[1] * self.Y.shape[2])


def linear_layer(
    seeds: range, d_in: Annotated[int, (1, 8)] = 4, d_out: Annotated[int, (1, 8)] = 3, spread: Annotated[float, (0.0, 1.0)] = 1.0
) -> LinearLayer:
    """Twelve inputs on the sphere, equal for spread 0; Gaussian targets and weights."""
    X, Y, W = [], [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 61])
        x = g.standard_normal(d_in) + spread * g.standard_normal((12, d_in))
        X.append(np.sqrt(d_in) * x / np.linalg.norm(x, axis=1, keepdims=True))
        Y.append(g.standard_normal((12, d_out)))
        W.append(g.standard_normal((d_out, d_in)))
    # Loss has the unit f; with pure inputs the curvature carries f/x²
    shape = Certified(d_in / d_out, Unit(1, -2), Side.EXACT, "‖x_i‖² = d_in and the loss is divided by d_out")
    return LinearLayer(np.stack(X), np.stack(Y), np.stack(W), {"d_in/d_out": shape})


@dataclass(frozen=True, eq=False)
class Step:
    D: Array  # (B, d_out, d_in)


@dataclass(frozen=True)
class RandomSteps:
    """Gaussian steps; with `aligned` they are u xᵀ, x the first input."""

    aligned: bool = False

    def iterates(self, problem: LinearLayer, noise: Noise, /) -> Iterator[Step]:
        for z in noise.normals("step", *problem.x0.shape[1:]):
            yield Step(z[:, :, :1] * problem.X[:, :1, :] if self.aligned else z)


def remainder(p: LinearLayer, s: Step) -> Array:
    xp = array_namespace(s.D)
    return p.value(p.x0 + s.D) - p.value(p.x0) - xp.sum(p.grad(p.x0) * s.D, axis=(1, 2))


def operator_norm(p: LinearLayer, s: Step) -> Array:
    xp = array_namespace(s.D)
    return xp.max(xp.linalg.svdvals(s.D), axis=-1)


def terms(p: LinearLayer, s: Step) -> Array:
    """The three terms that cancel in the remainder"""
    xp = array_namespace(s.D)
    return p.value(p.x0 + s.D) + p.value(p.x0) + xp.sum(xp.abs(p.grad(p.x0) * s.D), axis=(1, 2))


CLAIM = Claim[LinearLayer, Step](
    source=Source("bernstein2024 (arXiv 2409.20325)", "Proposition 6", "norm.majorize", Statement.VERIFIED),
    assumes=frozenset(),
    instances={"4 inputs, 3 outputs": linear_layer},
    algorithm=RandomSteps(),
    metric=each(remainder),
    unit=Unit(f=1),
    bound=lambda k, c: 0.5 * c["d_in/d_out"] * c["D"] ** 2,
    holds=Always(),
    k=range(30),
    seen={"D": Seen(each(operator_norm), Unit(x=1)), "terms": Seen(each(terms), Unit(f=1))},
    rounding=lambda k, c: 20 * 2.2e-16 * c["terms"],
    seeds=16,
)
EQUAL_INPUTS = replace(
    CLAIM,
    algorithm=RandomSteps(aligned=True),
    instances={"equal inputs": lambda seeds: linear_layer(seeds, spread=0.0)},
    sharp={"equal inputs": Always(power=0.999999)},
)

THEOREM = Theorem(
    claims={"random steps": (CLAIM, Status.CONSISTENT), "attained": (EQUAL_INPUTS, Status.CONSISTENT)},
    foils={
        "no half, then sharp": (replace(EQUAL_INPUTS, bound=lambda k, c: c["d_in/d_out"] * c["D"] ** 2), Status.UNSHARP),
        "0.1% less": (replace(EQUAL_INPUTS, bound=lambda k, c: 0.4995 * c["d_in/d_out"] * c["D"] ** 2), Status.REFUTED),
        "another gradient": (replace(CLAIM, metric=each(lambda p, s: p.value(p.x0 + s.D) - p.value(p.x0))), Status.REFUTED),
        "steps off the inputs": (replace(EQUAL_INPUTS, algorithm=RandomSteps()), Status.UNSHARP),
        "first power": (replace(CLAIM, bound=lambda k, c: 0.5 * c["d_in/d_out"] * c["D"]), Status.ILL_POSED),
    },
)
