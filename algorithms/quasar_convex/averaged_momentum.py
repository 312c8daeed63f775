"""Sebbouh, Gower, Defazio 2021: stochastic momentum whose last iterate is an average."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.quasar_convex.stochastic import Schedule
from ratecheck import Array, Noise
from ratecheck.oracles import FiniteSum


@dataclass(frozen=True, eq=False)
class Heavy:
    k: int
    x: Array  # (B, n)
    m: Array  # (B, n) the momentum after the gradient at x
    i: Array  # (B,)
    eta: Array  # (B,)


@dataclass(frozen=True)
class AveragedMomentum:
    """m_k = k/(k+2) m_{k−1} + ∇f_i(x_k), x_{k+1} = x_k − 2η/(k+3) m_k; `beta` replaces k/(k+2)."""

    eta: Schedule
    beta: float | None = None

    def iterates(self, problem: FiniteSum, noise: Noise, /) -> Iterator[Heavy]:
        x = problem.x0
        m = 0.0 * x
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            eta = array_namespace(x).asarray(self.eta(problem.constants, k))
            m = (k / (k + 2) if self.beta is None else self.beta) * m + problem.grad_one(x, i)
            yield Heavy(k, x, m, i, eta)
            x = x - (2 / (k + 3)) * eta[:, None] * m
