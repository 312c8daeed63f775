"""Lion-K with decoupled weight decay (Chen et al. 2024): K a norm, its gradient the maximiser over the dual ball."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from algorithms.frank_wolfe.duality_maps import DualityMap, sign
from ratecheck import Array, Noise


def unit(m: Array) -> Array:
    """m/‖m‖_F, and 0 at 0."""
    xp = array_namespace(m)
    length = xp.sqrt(xp.sum(m * m, axis=(-2, -1), keepdims=True))
    return m / xp.where(length > 0, length, xp.ones_like(length))


@dataclass(frozen=True, eq=False)
class LionState:
    k: int
    x: Array  # (B, p, q)
    m: Array  # (B, p, q)
    Z: Array  # (B, p, q) the noise of the oracle at x


@dataclass(frozen=True)
class Lion:
    """m̃ = b₁ m − (1 − b₁) g, x_{t+1} = x_t + ε (u − λ x_{t+1}) with u ∈ ∂K(m̃), m_{t+1} = b₂ m − (1 − b₂) g."""

    b1: float = 0.9
    b2: float = 0.99
    towards: DualityMap = sign
    decay: float = 1.0  # times λ

    def step(self, problem: Any, s: LionState) -> tuple[Array, Array, Array]:
        """m̃, u, x_{t+1}"""
        eps, lam = (problem.constants[name].value[:, None, None] for name in ("eps", "lam"))
        tilde = self.b1 * s.m - (1 - self.b1) * problem.sample(s.x, s.Z)
        u = self.towards(tilde)
        return tilde, u, (s.x + eps * u) / (1 + eps * lam * self.decay)

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[LionState]:
        x, m = problem.x0, 0 * problem.x0
        for k, Z in enumerate(noise.normals("oracle", *x.shape[1:])):
            s = LionState(k, x, m, Z)
            yield s
            _, _, x = self.step(problem, s)
            m = self.b2 * s.m - (1 - self.b2) * problem.sample(s.x, Z)
