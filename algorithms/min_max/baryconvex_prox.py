"""Achab 2024: the Bregman proximal operator of a baryconvex problem, its iteration, and pairs of it; λ kept as ln λ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem

NEWTON = 20  # quadratic convergence: more than are needed


class Family(Problem, Protocol):
    @property
    def x_star(self) -> Array: ...  # (B, d)
    @property
    def lam_star(self) -> Array: ...  # (B, K)
    def values(self, x: Array, /) -> Array: ...  # (B, d) -> (B, K)
    def slopes(self, x: Array, /) -> Array: ...  # (B, d) -> (B, K, d)
    def curvature(self, lam: Array, /) -> Array: ...  # (B, K) -> (B, d, d)


@dataclass(frozen=True, eq=False)
class Point:
    x: Array  # (B, d)
    log_lam: Array  # (B, K), Σ exp = 1


@dataclass(frozen=True, eq=False)
class Step:
    k: int
    z: Point
    Tz: Point


def normalised(logits: Array) -> Array:
    xp = array_namespace(logits)
    top = xp.max(logits, axis=-1, keepdims=True)
    return logits - top - xp.log(xp.sum(xp.exp(logits - top), axis=-1, keepdims=True))


def prox(p: Family, z: Point) -> Point:
    """The saddle point of Σ Λ_k f_k(X) + ½|X − x|² − KL(Λ‖λ): damped Newton on ln Σ λ_k exp f_k(X) + ½|X − x|²."""
    xp = array_namespace(z.x)
    eye = xp.eye(z.x.shape[-1], dtype=z.x.dtype)[None, :, :]

    def objective(X: Array) -> Array:
        w = z.log_lam + p.values(X)
        top = xp.max(w, axis=-1)
        return top + xp.log(xp.sum(xp.exp(w - top[:, None]), axis=-1)) + 0.5 * xp.sum((X - z.x) ** 2, axis=-1)

    X = z.x
    best = objective(X)
    for _ in range(NEWTON):
        lam = xp.exp(normalised(z.log_lam + p.values(X)))
        s = p.slopes(X)
        mean = xp.sum(lam[:, :, None] * s, axis=1)
        spread = s - mean[:, None, :]
        H = eye + p.curvature(lam) + xp.matmul(xp.matrix_transpose(spread) * lam[:, None, :], spread)
        direction = -xp.squeeze(xp.linalg.solve(H, (X - z.x + mean)[:, :, None]), axis=-1)
        chosen = X + direction  # near the solution values tie: the full step wins
        value = objective(chosen)
        for j in range(1, 5):
            other = X + 0.5**j * direction
            there = objective(other)
            better = (there < value - 1e-12 * (1 + xp.abs(value))) & (value > best)
            chosen, value = xp.where(better[:, None], other, chosen), xp.where(better, there, value)
        X, best = chosen, value
    return Point(X, normalised(z.log_lam + p.values(X)))


def forward(p: Family, z: Point) -> Point:
    """The explicit step: gradients at z, not at Tz."""
    xp = array_namespace(z.x)
    lam = xp.exp(z.log_lam)
    return Point(z.x - xp.sum(lam[:, :, None] * p.slopes(z.x), axis=1), normalised(z.log_lam + p.values(z.x)))


@dataclass(frozen=True)
class ProximalPoints:
    """z_{k+1} = T z_k from (x_0, uniform), or from the planted saddle point."""

    operator: Callable[[Family, Point], Point] = prox
    at_saddle: bool = False

    def iterates(self, problem: Family, noise: Noise, /) -> Iterator[Step]:
        x = problem.x0
        xp = array_namespace(x)
        if self.at_saddle:
            star = problem.lam_star
            z = Point(problem.x_star, xp.log(xp.maximum(star, xp.full_like(star, 1e-300))))
        else:
            z = Point(x, normalised(xp.zeros_like(problem.lam_star)))
        for k in count():
            Tz = self.operator(problem, z)
            yield Step(k, z, Tz)
            z = Tz


@dataclass(frozen=True)
class RandomPoints:
    """Independent points, each with its image; consecutive states are the pairs."""

    operator: Callable[[Family, Point], Point] = prox

    def iterates(self, problem: Family, noise: Noise, /) -> Iterator[Step]:
        points = zip(noise.normals("x", problem.x0.shape[-1]), noise.normals("λ", problem.lam_star.shape[-1]), strict=False)
        for k, (x, y) in enumerate(points):
            z = Point(problem.x0 + x, normalised(2 * y))
            yield Step(k, z, self.operator(problem, z))
