"""Non-Euclidean trust-region steps with momentum (Kovalev 2025): sign descent, normalised descent, Muon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from algorithms.frank_wolfe.duality_maps import DualityMap
from algorithms.frank_wolfe.gradient import Rule
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Momentum:
    k: int
    x: Array  # (B, p, q)
    m: Array  # (B, p, q), with the gradient at x (or at the extrapolated point) already in it
    last: Array  # (B, p, q), the iterate before, x itself at k = 0
    Z: Array  # (B, p, q) the noise in m


@dataclass(frozen=True)
class TrustRegion:
    """x_{k+1} = argmin ⟨m_k, x⟩ over ‖x − (1 − b) x_k‖ ≤ η, m_k = (1 − al) m_{k−1} + al g_k, m_0 = g_0."""

    towards: DualityMap
    radius: Rule
    al: float = 1.0
    b: float = 0.0
    ahead: bool = False  # g_k at x_k + (1/al − 1)(x_k − x_{k−1}), not at x_k

    def where(self, x: Array, last: Array) -> Array:
        return x + (1 / self.al - 1) * (x - last) if self.ahead else x

    def move(self, problem: Any, k: int, x: Array, m: Array) -> Array:
        return (1 - self.b) * x - self.radius(problem, k)[:, None, None] * self.towards(m)

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Momentum]:
        x = last = problem.x0
        m: Array = None
        for k, Z in enumerate(noise.normals("oracle", *x.shape[1:])):
            g = problem.sample(self.where(x, last), Z)
            m = g if m is None else (1 - self.al) * m + self.al * g
            yield Momentum(k, x, m, last, Z)
            x, last = self.move(problem, k, x, m), x
