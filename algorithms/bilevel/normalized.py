"""Hao, Gong, Liu 2024: normalized hypergradient descent with momentum, for upper levels of unbounded smoothness (BO-REP)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import exact_hypergradient, hypergradient
from algorithms.bilevel.oracles import Solvable
from ratecheck import Array, Noise


class Horizoned(Solvable, Protocol):
    @property
    def horizon(self) -> Array: ...  # (B,) iterations each row is tuned for


@dataclass(frozen=True, eq=False)
class Normalized:
    k: int
    x: Array  # (B, n)
    m: Array  # (B, n) momentum
    eta: Array  # (B, 1)
    error: Array  # (B, n) of the gradient that entered m


@dataclass(frozen=True)
class NormalizedDescent:
    """x_{k+1} = x_k − η ∇F(x_k)/‖∇F(x_k)‖, η = length(constants)."""

    length: Callable[[Solvable], Array]
    normalizes: bool = True

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Normalized]:
        x = problem.x0
        eta = (self.length(problem) + 0 * x[:, 0])[:, None]
        for k in count():
            g = exact_hypergradient(problem, x)
            yield Normalized(k, x, g, eta, 0 * x)
            x = x - eta * (g / norm(g)[:, None] if self.normalizes else g)


@dataclass(frozen=True)
class NormalizedMomentum:
    """m = βm + (1−β)(∇F + noise), x −= η m/‖m‖, with η = scale·K^{−3/4}, 1 − β = K^{−1/2}, K the horizon of the row."""

    noise: float = 0.5
    scale: float = 0.5
    momentum: bool = True

    def iterates(self, problem: Horizoned, noise: Noise, /) -> Iterator[Normalized]:
        x = problem.x0
        K = problem.horizon[:, None]
        eta, part = self.scale * K**-0.75, K**-0.5 if self.momentum else 1.0 + 0 * K
        m = exact_hypergradient(problem, x)
        for k, e in enumerate(noise.normals("gradient", x.shape[-1])):
            m = m + part * (exact_hypergradient(problem, x) + self.noise * e - m)
            yield Normalized(k, x, m, eta, self.noise * e)
            x = x - eta * m / norm(m)[:, None]


@dataclass(frozen=True, eq=False)
class Refined:
    k: int
    x: Array
    y: Array  # (B, m) ≈ y*(x)
    z: Array  # (B, m) ≈ A⁻¹∇_y f
    m: Array  # (B, n)
    eta: Array  # (B, 1)
    errors: tuple[Array, Array, Array]  # of the gradients of f in x, of A z − ∇_y f, of ∇_y g in each of N steps (B, N, m)


@dataclass(frozen=True)
class BOREP:
    """NormalizedMomentum with z −= ν(A z − ∇_y f) every step and N averaged SGD steps on y every I steps (refinement).

    η = scale·K^{−3/4}, 1 − β = K^{−1/2}, ν = K^{−1/2}·2, y-steps of length K^{−1/2}·2; Gaussian errors in every oracle.
    """

    noise: float = 0.3
    scale: float = 0.5
    every: int = 2
    steps: int = 3

    def iterates(self, problem: Horizoned, noise: Noise, /) -> Iterator[Refined]:
        x = problem.x0
        y = problem.y_star(x)  # the initial refinement to high accuracy
        z = 0 * y
        K = problem.horizon[:, None]
        eta, part, nu = self.scale * K**-0.75, K**-0.5, 2 * K**-0.5
        m = exact_hypergradient(problem, x)
        streams = zip(noise.normals("x", x.shape[-1]), noise.normals("z", y.shape[-1]), noise.normals("y", self.steps, y.shape[-1]), strict=False)
        for k, (ex, ez, ey) in enumerate(streams):
            errors = (self.noise * ex, self.noise * ez, self.noise * ey)
            m_next = m + part * (hypergradient(problem, x, y, z) + errors[0] - m)
            yield Refined(k, x, y, z, m_next, eta, errors)
            z = z - nu * (problem.hvp(x, y, z) - problem.upper_y(x, y) + errors[1])
            x, m = x - eta * m_next / norm(m_next)[:, None], m_next
            if k % self.every == 0:
                total, point = 0 * y, y
                for j in range(self.steps):
                    point = point - nu * (problem.lower_y(x, point) + errors[2][:, j, :])
                    total = total + point
                y = total / self.steps
