"""Quadratics whose two levels are means over samples: the simulated problem of public benchmarks, with exact constants.

As in benchopt/benchmark_bilevel (simulated quadratics: d_inner = 100, d_outer = 100 or 10, μ = 1e-4, 1e-2 or 0.1, 1024 samples or more): sample i has
a rank-one Hessian in y and another in x, a rank-one cross block and Gaussian linear terms, eigenvalues geometric on [μ, 1], singular values of the
cross blocks geometric on [μ, 0.1]. Different: a generator of our own; the samples are whitened, so that the mean Hessians have exactly these
eigenvalues (there their expectations do); ∂²_xx f is regular and the cross block of f has norm at most μ, which makes f and hence F convex
(there instances are redrawn until F is convex); the terms of g in x alone, which change nothing, are left out; exact μ, L, L_F, F* are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from problems.bilevel.batched import apply, apply_t, solve
from problems.bilevel.samples import Samples, correlated, rank_one
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH, Trait.FINITE_SUM})


@dataclass(frozen=True, eq=False)
class FiniteSum:
    """g and f are means of samples; oracles on a batch i of samples, (B, b), end in `_batch` and have the full oracles as expectation."""

    g: Samples
    f: Samples
    A: Array  # (B, m, m) ∂²_yy g
    C: Array  # (B, m, n) ∂²_yx g
    b: Array  # (B, m) mean linear term of g in y
    x_opt: Array  # (B, n) the minimiser of F
    x0: Array  # (B, n)
    y0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    @property
    def lower_size(self) -> int:
        return self.g.size

    @property
    def upper_size(self) -> int:
        return self.f.size

    def upper(self, x: Array, y: Array, /) -> Array:
        return self.f.value(x, y)

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return self.f.grad_x(x, y)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return self.f.grad_y(x, y)

    def lower(self, x: Array, y: Array, /) -> Array:
        return self.g.value(x, y)

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return apply_t(self.C, y)

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return apply(self.A, y) + apply(self.C, x) + self.b

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return apply(self.A, v)

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return apply(self.C, u)

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return apply_t(self.C, v)

    def hessian(self, x: Array, y: Array, /) -> Array:
        return self.A

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return self.C

    def y_star(self, x: Array, /) -> Array:
        return -solve(self.A, apply(self.C, x) + self.b)

    def smoothness(self, x: Array, /) -> Array:
        return self.constants["L"].value + 0 * x[:, 0]

    def cross_lipschitz(self, x: Array, /) -> Array:
        return 0 * x[:, 0]

    def upper_x_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self.f.at(i).grad_x(x, y)

    def upper_y_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self.f.at(i).grad_y(x, y)

    def lower_x_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self.g.at(i).grad_x(x, y)

    def lower_y_batch(self, x: Array, y: Array, i: Array, /) -> Array:
        return self.g.at(i).grad_y(x, y)

    def hvp_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        return self.g.at(i).hvp(v)

    def cross_t_batch(self, x: Array, y: Array, v: Array, i: Array, /) -> Array:
        return self.g.at(i).cross_t(v)


def quadratics(
    seeds: range,
    samples: Annotated[int, (20, 2048)] = 128,
    d_inner: Annotated[int, (1, 100)] = 20,
    d_outer: Annotated[int, (1, 100)] = 10,
    mu: Annotated[float, (1e-4, 1.0)] = 0.1,
    cross: Annotated[float, (1e-3, 1.0)] = 0.1,
) -> FiniteSum:
    """As many samples below as above; the public setting is samples = 1024, d_inner = d_outer = 100."""
    N, both = max(samples, d_inner, d_outer), min(d_inner, d_outer)
    lower: list[Any] = []
    upper: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 116])
        for level, top, above in ((lower, cross, False), (upper, min(cross, mu), True)):
            p, q = correlated(r, N, d_outer, d_inner, np.geomspace(top, min(top, mu), both))
            a, h = rank_one(r, N, np.geomspace(1.0, mu, d_inner)), rank_one(r, N, np.geomspace(1.0, mu, d_outer))
            level.append((a, above * h, p, q, r.standard_normal((N, d_inner)), above * r.standard_normal((N, d_outer))))
    x0 = np.stack([np.random.default_rng([seed, 117]).standard_normal(d_outer) for seed in seeds])
    g, f = (Samples(*(np.stack(part) for part in zip(*level, strict=True))) for level in (lower, upper))
    return assembled(g, f, x0)


def mean_block(left: Any, right: Any) -> Any:
    """(1/N) Σ left_i right_i'"""
    return np.swapaxes(left, 1, 2) @ right / left.shape[1]


def assembled(g: Any, f: Any, x0: Any) -> FiniteSum:
    """The instance with its constants, all of them eigenvalues, singular values and norms."""
    A, C, b, Q = mean_block(g.a, g.a), mean_block(g.r, g.p), g.linear_y.mean(axis=1), mean_block(f.a, f.a)
    J, Jt = -np.linalg.solve(A, C), -np.swapaxes(np.linalg.solve(A, C), 1, 2)
    still = -np.linalg.solve(A, b[..., None])[..., 0]  # y*(0)
    mixed = mean_block(f.p, f.r) @ J
    H = Jt @ Q @ J + mean_block(f.h, f.h) + mixed + np.swapaxes(mixed, 1, 2)
    slope = f.grad_x(0 * x0, still) + (Jt @ f.grad_y(0 * x0, still)[..., None])[..., 0]
    x_opt = -np.linalg.solve(H, slope[..., None])[..., 0]
    eig, eig_H, far = np.linalg.eigvalsh(A), np.linalg.eigvalsh(H), x0 - x_opt
    curvature, exact = Unit(1, -2), Side.EXACT
    constants = {
        "mu": Certified(eig[:, 0], curvature, exact, "smallest eigenvalue of A"),
        "L": Certified(eig[:, -1], curvature, exact, "largest eigenvalue of A"),
        "L_f": Certified(np.linalg.eigvalsh(Q)[:, -1], curvature, exact, "largest eigenvalue of ∂²_yy f"),
        "L_max": Certified((g.a**2).sum(axis=2).max(axis=1), curvature, exact, "max ‖a_i‖², the curvature of one sample of g in y"),
        "norm_B": Certified(np.linalg.norm(C, 2, axis=(1, 2)), curvature, exact, "largest singular value of ∂²_yx g"),
        "L_A": Certified(0.0, Unit(1, -3), exact, "A does not depend on y"),
        "L_B": Certified(0.0, Unit(1, -3), exact, "∂²_yx g does not depend on y"),
        "L_F": Certified(eig_H[:, -1], curvature, exact, "largest eigenvalue of the Hessian of F, which is positive definite"),
        "mu_F": Certified(eig_H[:, 0], curvature, exact, "smallest eigenvalue of the Hessian of F"),
        "Delta": Certified(0.5 * np.einsum("bi,bij,bj->b", far, H, far), Unit(1, 0), exact, "F(x0) − F* = ½ (x0 − x*)'H(x0 − x*)"),
    }
    return FiniteSum(g, f, A, C, b, x_opt, x0, np.zeros(b.shape), constants)
