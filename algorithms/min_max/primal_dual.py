"""Chambolle, Pock 2011: the primal-dual hybrid gradient (PDHG) for a bilinear coupling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise
from ratecheck.oracles import Operator


class Bilinear(Operator, Protocol):
    """z = (x, y) in halves, F = (K'y + a, −K x + b) with F_x free of x and F_y free of y; a product set."""

    def project(self, z: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, 2m) the pair (x, y)
    tau: Array  # (B,)
    sigma: Array  # (B,)


@dataclass(frozen=True)
class PrimalDual:
    """x⁺ = P(x − τ F_x(y)), y⁺ = P(y − σ F_y(2x⁺ − x))."""

    tau: Step
    sigma: Step

    def iterates(self, problem: Bilinear, noise: Noise, /) -> Iterator[State]:
        z, tau, sigma = problem.x0, self.tau(problem.constants), self.sigma(problem.constants)
        xp = array_namespace(z)
        m = z.shape[-1] // 2
        for k in count():
            yield State(k, z, tau, sigma)
            x, y = z[:, :m], z[:, m:]
            ahead = problem.project(xp.concat([x - tau[:, None] * problem.apply(z)[:, :m], y], axis=-1))[:, :m]
            F = problem.apply(xp.concat([2 * ahead - x, y], axis=-1))
            z = problem.project(xp.concat([ahead, y - sigma[:, None] * F[:, m:]], axis=-1))
