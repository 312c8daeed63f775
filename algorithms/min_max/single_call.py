"""Hsieh, Iutzeler, Malick, Mertikopoulos 2019: single-call extragradient over a convex set (t of the paper is k + 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from algorithms.min_max.steps import Step
from ratecheck import Array, Noise
from ratecheck.oracles import Operator


class ConstrainedOperator(Operator, Protocol):
    def project(self, z: Array, /) -> Array: ...  # (B, n) -> (B, n), nearest point of the set


@dataclass(frozen=True, eq=False)
class State:
    k: int
    x: Array  # (B, n) X_t
    w: Array  # (B, n) X_{t+1/2}, where F is called
    Fw: Array  # (B, n)
    before: Array  # (B, n) X_{t−1}; X_t itself at first
    w1: Array  # (B, n) X_{t−1/2}
    w2: Array  # (B, n) X_{t−3/2}; X_{t−1/2} at first
    past: Array  # (B, n) F(w1)
    g: Array  # (B,)


@dataclass(frozen=True)
class PastExtragradient:
    """PEG: X_{t+1/2} = P(X_t − g F(X_{t−1/2})), X_{t+1} = P(X_t − g F(X_{t+1/2})); X_{1/2} = X_1 = x_0."""

    step: Step

    def iterates(self, problem: ConstrainedOperator, noise: Noise, /) -> Iterator[State]:
        g = self.step(problem.constants)
        x = before = w1 = w2 = problem.project(problem.x0)
        past = problem.apply(x)
        for k in count():
            w = problem.project(x - g[:, None] * past)
            Fw = problem.apply(w)
            yield State(k, x, w, Fw, before, w1, w2, past, g)
            before, x = x, problem.project(x - g[:, None] * Fw)
            w1, w2, past = w, w1, Fw


@dataclass(frozen=True)
class OptimisticGradient:
    """OG: X_{t+1/2} = P(X_t − g F(X_{t−1/2})), X_{t+1} = X_{t+1/2} + g (F(X_{t−1/2}) − F(X_{t+1/2})); X_{1/2} = X_1 = x_0."""

    step: Step

    def iterates(self, problem: ConstrainedOperator, noise: Noise, /) -> Iterator[State]:
        g = self.step(problem.constants)
        x = before = w1 = w2 = problem.project(problem.x0)
        past = problem.apply(x)
        for k in count():
            w = problem.project(x - g[:, None] * past)
            Fw = problem.apply(w)
            yield State(k, x, w, Fw, before, w1, w2, past, g)
            before, x = x, w + g[:, None] * (past - Fw)
            w1, w2, past = w, w1, Fw


@dataclass(frozen=True)
class ReflectedGradient:
    """RG: X_{t+1/2} = 2 X_t − X_{t−1}, X_{t+1} = P(X_t − g F(X_{t+1/2})); X_{1/2} = X_0 = x_0 and X_1 = P(X_0 − g F(X_0)).

    `plain` starts from X_1 = X_0, which is not the start of the theorem.
    """

    step: Step
    plain: bool = False

    def iterates(self, problem: ConstrainedOperator, noise: Noise, /) -> Iterator[State]:
        g = self.step(problem.constants)
        before = w1 = w2 = problem.project(problem.x0)
        past = problem.apply(before)
        x = before if self.plain else problem.project(before - g[:, None] * past)
        for k in count():
            w = 2 * x - before
            Fw = problem.apply(w)
            yield State(k, x, w, Fw, before, w1, w2, past, g)
            before, x = x, problem.project(x - g[:, None] * Fw)
            w1, w2, past = w, w1, Fw
