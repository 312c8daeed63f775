"""Anchored methods: Halpern 1967, EAG of Yoon, Ryu 2021, FEG of Lee, Kim 2021."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise
from ratecheck.oracles import Operator


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n)
    F: Array  # (B, n) F(x)
    w: Array  # (B, n) the extrapolated point (x itself for Halpern)
    Fw: Array  # (B, n) F(w)
    a: Array  # (B,) step


@dataclass(frozen=True)
class Halpern:
    """x_{k+1} = x_0/(k+2) + (1 − 1/(k+2)) (x_k − a F(x_k)); a = 2c for a c-cocoercive F. One call a step."""

    step: Step

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, a = problem.x0, self.step(problem.constants)
        for k in count():
            F = problem.apply(x)
            yield State(k, x, F, x, F, a)
            x = problem.x0 / (k + 2) + (1 - 1 / (k + 2)) * (x - a[:, None] * F)


@dataclass(frozen=True)
class AnchoredExtragradient:
    """β = 1/(k+2), b = x_k + β (x_0 − x_k), w_k = b − a_k F(x_k), x_{k+1} = b − a_k F(w_k); a constant (EAG-C) or falling (EAG-V).

    EAG-V: a_{k+1} = a_k (1 − a_k² L² / ((k+1)(k+3)(1 − a_k² L²))).
    """

    step: Step
    falling: bool = False

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, a, L = problem.x0, self.step(problem.constants), problem.constants["L"].value
        for k in count():
            F = problem.apply(x)
            b = x + (problem.x0 - x) / (k + 2)
            w = b - a[:, None] * F
            Fw = problem.apply(w)
            yield State(k, x, F, w, Fw, a)
            x = b - a[:, None] * Fw
            if self.falling:
                a = a * (1 - (a * L) ** 2 / ((k + 1) * (k + 3) * (1 - (a * L) ** 2)))


@dataclass(frozen=True)
class FastExtragradient:
    """β = 1/(k+1) to the power `weight`, b = x_k + β (x_0 − x_k), w_k = b − (1 − β)(a + 2ρ) F(x_k),
    x_{k+1} = b − a F(w_k) − (1 − β) 2ρ F(x_k), a = 1/L."""

    step: Step
    rho: Step
    weight: float = 1.0  # 1 in the paper

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[State]:
        x, a, rho = problem.x0, self.step(problem.constants), self.rho(problem.constants)
        for k in count():
            beta = (k + 1) ** -self.weight
            F = problem.apply(x)
            b = x + beta * (problem.x0 - x)
            w = b - (1 - beta) * (a + 2 * rho)[:, None] * F
            Fw = problem.apply(w)
            yield State(k, x, F, w, Fw, a)
            x = b - a[:, None] * Fw - (1 - beta) * 2 * rho[:, None] * F
