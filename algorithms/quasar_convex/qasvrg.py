"""Fu, Xu, Wilson 2023 (released code): accelerated variance reduction for quasar-convex finite sums under interpolation.

Minibatches without replacement; the line search sees the exact f. Stages are counted in the state; a stage's last y is the next
reference point. Stage lengths are the same for every row, so that the batch stays in step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import ceil, log, sqrt
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.quasar_convex.line_search import Coupling, Search, binary_search
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum


class Batched(FiniteSum, Protocol):
    def grad_batch(self, x: Array, w: Array, /) -> Array: ...  # Σ w_i ∇f_i(x), (B, n), (B, N) -> (B, n)


@dataclass(frozen=True, eq=False)
class Inner:
    k: int  # all inner steps, from 0
    stage: int
    j: int  # inner steps of this stage, from 0
    y: Array  # (B, n)
    z: Array  # (B, n)
    w: Array  # (B, n) reference point of the stage
    coupling: Coupling  # x, between y and z
    b: Array  # (B,) b, c and the tolerance of the line search
    c: Array  # (B,)
    eps: Array  # (B,)
    batch: int
    weights: Array  # (B, N) 1/batch on the batch, else 0
    g: Array  # (B, n) variance-reduced gradient at x


def batch_weights(u: Array, b: int) -> Array:
    """1/b on the b smallest of N independent uniforms: a batch without replacement, (B, N)."""
    xp = array_namespace(u)
    last = xp.sort(u, axis=-1)[:, b - 1 : b]
    return xp.astype(u <= last, u.dtype) / b


def reduced_gradient(p: Batched, x: Array, w: Array, weights: Array) -> Array:
    """∇f_B(x) − ∇f_B(w) + ∇f(w)"""
    return p.grad_batch(x, weights) - p.grad_batch(w, weights) + p.grad(w)


class Plan(Protocol):
    """What the two variants differ in."""

    def length(self, p: Batched, /) -> int: ...
    def batch(self, p: Batched, j: int, /) -> int: ...
    def search(self, p: Batched, j: int, /) -> tuple[Array, Array]: ...  # b and c of the line search
    def next_z(self, p: Batched, j: int, z: Array, x: Array, g: Array, /) -> Array: ...


@dataclass(frozen=True)
class QASVRG:
    """x by the line search between y and z; z⁺ by the plan; y⁺ = x − ĝ/L."""

    plan: Plan
    search: Search = binary_search
    reduced: Callable[[Batched, Array, Array, Array], Array] = reduced_gradient

    def iterates(self, problem: Batched, noise: Noise, /) -> Iterator[Inner]:
        xp = array_namespace(problem.x0)
        L = problem.constants["L_max"].value
        exactly = xp.zeros_like(L)
        uniforms = noise.uniforms("batch", problem.size)
        y = z = w = problem.x0
        length, stage, j = self.plan.length(problem), 0, 0
        for k in count():
            if j == length:
                y = z = w = y + 0.0
                stage, j = stage + 1, 0
            b, c = self.plan.search(problem, j)
            coupling = self.search(problem, y, z, b, c, exactly, L)
            batch = self.plan.batch(problem, j)
            weights = batch_weights(next(uniforms), batch)
            x = coupling.y
            g = self.reduced(problem, x, w, weights)
            yield Inner(k, stage, j, y, z, w, coupling, b, c, exactly, batch, weights, g)
            z, y, j = self.plan.next_z(problem, j, z, x, g), x - g / L[:, None], j + 1


def _number(p: Batched, name: str) -> float:
    """A constant that the plan needs as one number: the largest over the rows."""
    return float(array_namespace(p.x0).max(p.constants[name].value))


@dataclass(frozen=True)
class GeneralPlan:
    """c = γ(k+1)²/(4k+6), batch ⌈8n(2k+3)/((n−1) + 8(2k+3))⌉, z⁺ = z − γ(2k+3)/(8L) ĝ; `steps` inner steps a stage.

    The code takes the stage length t = ⌈√((γ²/16 + 1)(R²/2)/((γ²/(16L)) q e))⌉, q = 1/4, e the gap at the reference point.
    """

    steps: int

    def length(self, p: Batched, /) -> int:
        return self.steps

    def batch(self, p: Batched, j: int, /) -> int:
        n = p.size
        return min(n, ceil(8 * n * (2 * j + 3) / ((n - 1) + 8 * (2 * j + 3))))

    def search(self, p: Batched, j: int, /) -> tuple[Array, Array]:
        gamma = p.constants["gamma"].value
        return 0.0 * gamma, gamma * ((j + 1) ** 2 / (4 * j + 6))

    def next_z(self, p: Batched, j: int, z: Array, x: Array, g: Array, /) -> Array:
        gamma, L = p.constants["gamma"].value, p.constants["L_max"].value
        return z - (gamma * (2 * j + 3) / (8 * L))[:, None] * g


@dataclass(frozen=True)
class StrongPlan:
    """α = γμ/2, β = √(2Lμ), b = γμ/4, c = √(2κ), κ = L/μ; a fixed batch ⌈8n(√(8κ) + γ)/((n−1)γ + 8(√(8κ) + γ))⌉;
    ⌈log(2/(γq))/log(1 + γ/√(8κ))⌉ inner steps a stage, q = 1/4; z⁺ = (βz + αx − ĝ)/(α + β)."""

    q: float = 0.25

    def length(self, p: Batched, /) -> int:
        gamma, kappa = _number(p, "gamma"), self.kappa(p)
        return ceil(log(2 / (gamma * self.q)) / log(1 + gamma / sqrt(8 * kappa)))

    def kappa(self, p: Batched) -> float:
        return _number(p, "L_max") / _number(p, "mu")

    def batch(self, p: Batched, j: int, /) -> int:
        n, gamma = p.size, _number(p, "gamma")
        wide = 8 * (sqrt(8 * self.kappa(p)) + gamma)
        return min(n, ceil(n * wide / ((n - 1) * gamma + wide)))

    def search(self, p: Batched, j: int, /) -> tuple[Array, Array]:
        gamma, mu, L = (p.constants[name].value for name in ("gamma", "mu", "L_max"))
        return gamma * mu / 4, (2 * L / mu) ** 0.5

    def next_z(self, p: Batched, j: int, z: Array, x: Array, g: Array, /) -> Array:
        gamma, mu, L = (p.constants[name].value[:, None] for name in ("gamma", "mu", "L_max"))
        alpha, beta = gamma * mu / 2, (2 * L * mu) ** 0.5
        return (beta * z + alpha * x - g) / (alpha + beta)
