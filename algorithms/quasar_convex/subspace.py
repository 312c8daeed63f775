"""Narkiss, Zibulevsky 2005 (SESOP); Guminov, Gasnikov 2017: minimisation over three directions in place of a line search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import sqrt

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.oracles import Smooth

SWEEPS, HALVINGS = 60, 30


@dataclass(frozen=True, eq=False)
class Spanned:
    k: int
    x: Array  # (B, n)
    g: Array  # (B, n) gradient at x
    total: Array  # (B, n) Σ_{i ≤ k} w_i g_i
    w: float


def heaviest(w: float) -> float:
    """w_{k+1} = ½ + √(¼ + w_k²)"""
    return 0.5 + sqrt(0.25 + w * w)


def stationary_on(p: Smooth, start: Array, directions: Array) -> Array:
    """A stationary point of f on start + span(directions), (B, n), (B, 3, n), no higher than start: BFGS with backtracking."""
    xp = array_namespace(start)
    D = _orthonormal(directions)
    eye = xp.eye(D.shape[1], dtype=start.dtype)[None, :, :]

    def across(a: Array) -> Array:
        return xp.squeeze(xp.matmul(D, a[:, :, None]), axis=-1)

    def column(a: Array) -> Array:
        return a[:, :, None]

    x, f = start, p.value(start)
    slope = across(p.grad(x))
    H = eye / p.constants["L"].value[:, None, None] + 0 * xp.matmul(D, xp.matrix_transpose(D))
    for _ in range(SWEEPS):
        step = -xp.squeeze(xp.matmul(H, column(slope)), axis=-1)
        fall = xp.sum(step * slope, axis=-1)
        length = xp.ones_like(f)
        for _ in range(HALVINGS):
            new = x + length[:, None] * xp.squeeze(xp.matmul(step[:, None, :], D), axis=1)
            # near the end f no longer resolves the step: the last digits of f are let go
            fine = p.value(new) <= f + 1e-4 * length * fall + 1e-15 * xp.abs(f)
            if xp.all(fine):
                break
            length = xp.where(fine, length, length / 2)
        moved = xp.where(fine[:, None], new, x)
        after = across(p.grad(moved))
        s, y = xp.where(fine, length, 0.0)[:, None] * step, after - slope
        sy = xp.sum(s * y, axis=-1)
        curved = sy > 1e-12 * xp.sqrt(xp.sum(s * s, axis=-1) * xp.sum(y * y, axis=-1))
        rho = xp.where(curved, 1 / xp.where(curved, sy, 1.0), 0.0)[:, None, None]
        left = eye - rho * column(s) * y[:, None, :]
        H = xp.matmul(xp.matmul(left, H), xp.matrix_transpose(left)) + rho * column(s) * s[:, None, :]
        x, f, slope = moved, p.value(moved), after
    return x


def _orthonormal(directions: Array) -> Array:
    """Gram–Schmidt, twice; a direction that the others span becomes 0."""
    xp = array_namespace(directions)
    kept: list[Array] = []
    for j in range(directions.shape[1]):
        d = directions[:, j, :]
        size = xp.sqrt(xp.sum(d * d, axis=-1))
        for _ in range(2):
            for e in kept:
                d = d - xp.sum(d * e, axis=-1)[:, None] * e
        left = xp.sqrt(xp.sum(d * d, axis=-1))
        new = left > 1e-10 * size
        kept.append(xp.where(new[:, None], d / xp.where(new, left, 1.0)[:, None], 0.0))
    return xp.stack(kept, axis=1)


@dataclass(frozen=True)
class SESOP:
    """x_{k+1} minimises f over x_k + span{∇f(x_k), Σ_{i ≤ k} w_i ∇f(x_i), x_k − x_0}, w_0 = 1.

    The proof needs less than the global minimum: f(x_{k+1}) ≤ f(x_k − ∇f(x_k)/L), and a gradient orthogonal to the three
    directions there. That is what the inner BFGS method finds, started from the gradient step.
    """

    weights: Callable[[float], float] = heaviest
    minimise: Callable[[Smooth, Array, Array], Array] = stationary_on

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[Spanned]:
        xp = array_namespace(problem.x0)
        x, w = problem.x0, 1.0
        total = xp.zeros_like(x)
        for k in count():
            g = problem.grad(x)
            total = total + w * g
            yield Spanned(k, x, g, total, w)
            start = x - g / problem.constants["L"].value[:, None]
            x = self.minimise(problem, start, xp.stack([g, total, x - problem.x0], axis=1))
            w = self.weights(w)
