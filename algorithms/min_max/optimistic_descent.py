"""Chen, Tu, Zhao, Zhang 2023: optimistic online mirror descent with the last gradient as the guess, three step rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Stream(Problem, Protocol):
    def grad_at(self, x: Array, k: int, /) -> Array: ...  # (B, d), round k from 0


class Projected(Stream, Protocol):
    def project(self, x: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Round:
    k: int
    x: Array  # (B, d), played
    hat: Array  # (B, d), x̂_k
    m: Array  # (B, d), the guess
    g: Array  # (B, d), the gradient
    eta: Array  # (B,), the step of this round


@dataclass(frozen=True)
class OptimisticDescent:
    """x_t = P[x̂_t − η_t m_t], x̂_{t+1} = P[x̂_t − η_t g_t], m_t = g_{t−1}, η_t = D/√(10D²L² + 4G² + Σ_{s<t}|g_s − g_{s−1}|²)."""

    optimism: float = 1.0
    factor: float = 1.0

    def iterates(self, problem: Projected, noise: Noise, /) -> Iterator[Round]:
        c = {name: v.value for name, v in problem.constants.items()}
        hat = problem.x0
        xp = array_namespace(hat)
        m, V = 0 * hat, 0 * hat[:, 0]
        for k in count():
            eta = self.factor * c["D"] / xp.sqrt(10 * c["D"] ** 2 * c["L"] ** 2 + 4 * c["G"] ** 2 + V)
            x = problem.project(hat - eta[:, None] * m)
            g = problem.grad_at(x, k)
            yield Round(k, x, hat, m, g, eta)
            hat = problem.project(hat - eta[:, None] * g)
            V = V + xp.sum((g - m) ** 2, axis=-1)
            m = self.optimism * g


@dataclass(frozen=True)
class StronglyConvexDescent:
    """The same with η_t = factor · 2/(λ t), t = k + 1."""

    lam: float
    factor: float = 1.0
    power: float = 1.0

    def iterates(self, problem: Projected, noise: Noise, /) -> Iterator[Round]:
        hat = problem.x0
        m = 0 * hat
        for k in count():
            eta = 0 * hat[:, 0] + self.factor * 2 / (self.lam * (k + 1) ** self.power)
            x = problem.project(hat - eta[:, None] * m)
            g = problem.grad_at(x, k)
            yield Round(k, x, hat, m, g, eta)
            hat = problem.project(hat - eta[:, None] * g)
            m = g


@dataclass(frozen=True, eq=False)
class NewtonRound:
    k: int
    x: Array  # (B, d)
    hat: Array  # (B, d)
    m: Array  # (B, d)
    g: Array  # (B, d)
    H: Array  # (B, d, d)


@dataclass(frozen=True)
class OptimisticNewton:
    """x_t = x̂_t − H_t⁻¹ m_t, x̂_{t+1} = x̂_t − H_t⁻¹ g_t, H_1 = h I, H_{t+1} = H_t + (β/2) g_t g_tᵀ, m_t = g_{t−1}."""

    beta: float
    h: float
    growth: float = 0.5

    def iterates(self, problem: Stream, noise: Noise, /) -> Iterator[NewtonRound]:
        hat = problem.x0
        xp = array_namespace(hat)
        m = 0 * hat
        H = self.h * xp.eye(hat.shape[-1], dtype=hat.dtype)[None, :, :] + 0 * hat[:, :, None]
        for k in count():
            x = hat - xp.squeeze(xp.linalg.solve(H, m[:, :, None]), axis=-1)
            g = problem.grad_at(x, k)
            yield NewtonRound(k, x, hat, m, g, H)
            hat = hat - xp.squeeze(xp.linalg.solve(H, g[:, :, None]), axis=-1)
            H = H + self.growth * self.beta * g[:, :, None] * g[:, None, :]
            m = g
