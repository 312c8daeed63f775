"""Rosenblatt 1958, and Tyurin 2025: perceptrons, one at a time or in a batch, and (normalised) gradient descent on logistic loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Certified, Noise, Problem

Step: TypeAlias = Callable[[Mapping[str, Certified]], Array]  # constants of the problem -> γ, (B,)


class Examples(Problem, Protocol):
    def margins(self, x: Array, /) -> Array: ...  # (B, d) -> (B, n)
    def combined(self, w: Array, /) -> Array: ...  # (B, n) -> (B, d), Σ w_i z_i
    def doubts(self, x: Array, /) -> Array: ...  # (B, d) -> (B, n), 1/(1 + exp margin)


@dataclass(frozen=True, eq=False)
class Weighted:
    k: int
    x: Array  # (B, d)
    w: Array  # (B, n): x_{k+1} = x_k + Σ w_i z_i


def mistakes(problem: Examples, x: Array) -> Array:
    """1 where ⟨z_i, x⟩ ≤ 0, else 0, (B, n)."""
    m = problem.margins(x)
    return array_namespace(x).where(m <= 0, 1 + 0 * m, 0 * m)


@dataclass(frozen=True)
class Perceptron:
    """Adds the first example that is not classified; stops when there is none."""

    def iterates(self, problem: Examples, noise: Noise, /) -> Iterator[Weighted]:
        x = problem.x0
        xp = array_namespace(x)
        for k in count():
            wrong = mistakes(problem, x)
            places = xp.arange(wrong.shape[1])
            w = xp.where(places[None, :] == xp.argmax(wrong, axis=-1)[:, None], wrong, 0 * wrong)
            yield Weighted(k, x, w)
            x = x + problem.combined(w)


@dataclass(frozen=True)
class BatchPerceptron:
    """Adds all examples that are not classified, times 1/n (times 1/(2n) at the start)."""

    first: float = 0.5

    def iterates(self, problem: Examples, noise: Noise, /) -> Iterator[Weighted]:
        x = problem.x0
        for k in count():
            wrong = mistakes(problem, x)
            w = (self.first if k == 0 else 1.0) * wrong / wrong.shape[1]
            yield Weighted(k, x, w)
            x = x + problem.combined(w)


@dataclass(frozen=True)
class NormalisedPerceptron:
    """Adds the mean of the examples that are not classified."""

    def iterates(self, problem: Examples, noise: Noise, /) -> Iterator[Weighted]:
        x = problem.x0
        xp = array_namespace(x)
        for k in count():
            wrong = mistakes(problem, x)
            size = xp.sum(wrong, axis=-1, keepdims=True)
            w = wrong / xp.where(size > 0, size, 1 + 0 * size)
            yield Weighted(k, x, w)
            x = x + problem.combined(w)


@dataclass(frozen=True)
class LogisticDescent:
    """x_{k+1} = x_k − γ ∇f(x_k): weights (γ/n)/(1 + exp⟨z_i, x⟩)."""

    step: Step

    def iterates(self, problem: Examples, noise: Noise, /) -> Iterator[Weighted]:
        x = problem.x0
        for k in count():
            doubts = problem.doubts(x)
            w = self.step(problem.constants)[:, None] * doubts / doubts.shape[1]
            yield Weighted(k, x, w)
            x = x + problem.combined(w)


@dataclass(frozen=True)
class NormalisedLogisticDescent:
    """x_{k+1} = x_k − γ β_k ∇f(x_k), 1/β_k = (1/n) Σ 1/(1 + exp⟨z_i, x_k⟩)."""

    step: Step

    def iterates(self, problem: Examples, noise: Noise, /) -> Iterator[Weighted]:
        x = problem.x0
        xp = array_namespace(x)
        for k in count():
            m = problem.margins(x)
            # e^{low}/(1 + e^m), low the smallest margin above 0: that all doubts are tiny must not cost digits
            low = xp.min(m, axis=-1, keepdims=True)
            low = xp.where(low > 0, low, 0 * low)
            small = xp.exp(-xp.abs(m))
            doubts = xp.where(m > 0, xp.exp(low - xp.where(m > 0, m, low)), 1 + 0 * m) / (1 + small)
            w = self.step(problem.constants)[:, None] * doubts / xp.sum(doubts, axis=-1, keepdims=True)
            yield Weighted(k, x, w)
            x = x + problem.combined(w)
