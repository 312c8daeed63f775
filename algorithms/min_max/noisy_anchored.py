"""Lee, Kim 2021: the stochastic fast extragradient S-FEG (monotone case)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from algorithms.min_max.noisy_oracles import NoisyOperator
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    shift: Array  # (B, n), noise at x, times its size
    shift_w: Array  # (B, n), noise at w
    draw: Array  # (B, 2, n), what both were made of


def constant(k: int) -> float:
    return 1.0


def falling(k: int) -> float:
    """1 at k = 0, then 1/k"""
    return 1 / max(k, 1)


@dataclass(frozen=True)
class NoisyFastExtragradient:
    """β = 1/(k+1), w = x + β (x_0 − x) − (1 − β)/L (F(x) + noise), x⁺ = x + β (x_0 − x) − (F(w) + noise)/L.

    Standard deviations σ·size(k) at x_k and σ·size(k + 1) at w_k.
    """

    size: Callable[[int], float] = constant

    def iterates(self, problem: NoisyOperator, noise: Noise, /) -> Iterator[State]:
        x, L = problem.x0, problem.constants["L"].value[:, None]
        n = x.shape[-1]
        sigma = problem.sigma[:, None] / n**0.5
        for k, draw in enumerate(noise.normals("force", 2, n)):
            beta = 1 / (k + 1)
            shift, shift_w = self.size(k) * sigma * draw[:, 0, :], self.size(k + 1) * sigma * draw[:, 1, :]
            yield State(k, x, shift, shift_w, draw)
            anchored = x + beta * (problem.x0 - x)
            w = anchored - (1 - beta) / L * (problem.apply(x) + shift)
            x = anchored - (problem.apply(w) + shift_w) / L
