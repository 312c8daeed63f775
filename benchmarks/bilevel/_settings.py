"""Instances for the solvers that are tied to a setting: one linear constraint below, a subsample as proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from algorithms.bilevel.batched import apply, norm, solve
from algorithms.bilevel.implicit import hypergradient
from benchmarks.bilevel._sums import lower_solution
from problems.bilevel import joint_quadratic, logistic
from problems.bilevel.joint_quadratic import JointQuadratic
from problems.bilevel.logistic import Logistic
from problems.bilevel.quadratic import spectrum
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Budgeted(JointQuadratic):
    """g strongly convex in y and ONE inequality: the lower level in closed form."""

    def upper(self, x: Array, y: Array, /) -> Array:
        w = np.concatenate([x, y], axis=1)
        value: Array = 0.5 * (w * apply(self.M, w)).sum(axis=1) + (self.m * w).sum(axis=1)
        return value

    def constraint_block(self) -> tuple[Array, Array]:
        n = self.x0.shape[-1]
        return self.G[:, :, n:], self.G[:, :, :n]

    def solution(self, x: Array, /) -> tuple[Array, Array]:
        A, Gy = self.lower_block()[0], self.constraint_block()[0]
        free = -solve(A, self.lower_y(x, 0 * self.y0))
        over = self.constraint(x, free)
        direction = solve(A, Gy[:, 0])
        lam = np.maximum(over, 0) / (Gy[:, 0] * direction).sum(axis=1)[:, None]
        return free - lam * direction, lam


def budgeted(seeds: range, n: int = 3, m: int = 6) -> Budgeted:
    """g = ½y'Ay − y'Cx with eigenvalues on [0.5, 2], 1'y ≤ d with d two below what the free solution at x0 takes; f = ½‖y − c‖² + ½‖x‖²/10."""
    parts = []
    for seed in seeds:
        r = np.random.default_rng([seed, 140])
        A, C, x0 = spectrum(r, np.linspace(0.5, 2, m)), r.standard_normal((m, n)) / m**0.5, r.standard_normal(n)
        K = np.block([[np.zeros((n, n)), -C.T], [-C, A]])
        M = np.diag(np.concatenate([np.full(n, 0.1), np.ones(m)]))
        taken = np.linalg.solve(A, C @ x0).sum()
        c = np.linalg.solve(A, C @ r.standard_normal(n)) + 0.5 * r.standard_normal(m)
        J = np.linalg.solve(A, C)
        G = np.concatenate([np.zeros(n), np.ones(m)])[None]
        parts.append((M, np.concatenate([np.zeros(n), -c]), K, G, np.array([taken - 2]), x0, np.linalg.norm(0.1 * np.eye(n) + J.T @ J, 2)))
    M, lin, K, G, d, x0, L_F = (np.stack(part) for part in zip(*parts, strict=True))
    steep = Certified(L_F, Unit(1, -2), Side.UPPER, "0.1 + ‖A⁻¹C‖², of F where the constraint is not active; an active one projects the slope")
    y0 = np.zeros((len(seeds), m))
    base = joint_quadratic.assembled(M, lin, K, 0 * lin, np.zeros(len(seeds)), G, d, 0 * d, (2.0, 2.0), x0, y0, 0 * d, L_F=steep)
    return Budgeted(**{name: getattr(base, name) for name in JointQuadratic.__dataclass_fields__})


def gradient(p: Logistic, x: Array) -> Array:
    y = lower_solution(p, x)
    return hypergradient(p, x, y, solve(p.hessian(x, y), p.upper_y(x, y)))


@dataclass(frozen=True, eq=False)
class Subsample:
    """F of all patients, F̂ of some of them; hypergradients by direct solves."""

    base: Logistic
    cheap: Logistic
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    @property
    def x0(self) -> Array:
        return self.base.x0

    def grad(self, x: Array, /) -> Array:
        return gradient(self.base, x)

    def proxy_grad(self, x: Array, /) -> Array:
        return gradient(self.cheap, x)


def subsample(rows: int = 3) -> Subsample:
    """120 patients of 448 to train, 60 of 96 to validate; δ, L̂ and L_F are twice the largest difference quotient of 12 short segments."""
    p = logistic.breast_cancer(range(rows), low=-2.0, columns=8, reach=2.0, train=448, valid=96)
    cheap = replace(p, X=p.X[:, :120], V=p.V[:, :60])
    r, found = np.random.default_rng(141), np.zeros((3, rows))
    for _ in range(12):
        x = p.x0 + r.uniform(-2, 2, p.x0.shape)
        d = 1e-3 * r.standard_normal(x.shape)
        big, small = (gradient(q, x + d) - gradient(q, x) for q in (p, cheap))
        found = np.maximum(found, np.stack([norm(v) / norm(d) for v in (big - small, small, big)]))
    constants = {
        name: Certified(2 * value, Unit(1, -2), Side.ESTIMATED, "difference quotients") for name, value in zip(("delta", "L_proxy", "L_F"), found, strict=True)
    }
    return Subsample(p, cheap, constants, p.traits)


def value(p: Logistic, x: Any) -> Any:
    """F, (B,)"""
    return p.upper(x, lower_solution(p, x))
