"""Robbins, Monro 1951: stochastic gradient descent on a finite sum, one component a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from array_api_compat import array_namespace

from ratecheck import Array, Certified, Noise
from ratecheck.oracles import FiniteSum, Smooth

Schedule: TypeAlias = Callable[[Mapping[str, Certified], int], Array]  # constants of the problem, k -> step, (B,)


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    i: Array  # (B,) the component drawn at x
    step: Array  # (B,)


@dataclass(frozen=True)
class SGD:
    """x_{k+1} = x_k − s_k ∇f_i(x_k), i uniform on {0, …, N−1}, independent of the past."""

    step: Schedule

    def iterates(self, problem: FiniteSum, noise: Noise, /) -> Iterator[Iterate]:
        x = problem.x0
        index = noise.integers("index", problem.size)
        for k in count():
            i = next(index)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield Iterate(k, x, i, s)
            x = x - s[..., None] * problem.grad_one(x, i)


@dataclass(frozen=True, eq=False)
class Perturbation:
    """What turns ∇f(x) into a stochastic gradient: ξ ∇f(x) + ε."""

    factor: Array  # (B,) ξ ∈ {0, xi}
    shift: Array  # (B, n) ε
    u: Array  # (B,) uniform, e (B, n) normal: what the two are made of
    e: Array


def perturbations(problem: Smooth, noise: Noise) -> Iterator[Perturbation]:
    """Independent draws with the moments that the problem's constants name."""
    xp = array_namespace(problem.x0)
    n = problem.x0.shape[-1]
    sigma, xi = problem.constants["sigma2"].value ** 0.5, problem.constants["xi"].value
    for e, u in zip(noise.normals("shift", n), noise.uniforms("factor"), strict=False):
        yield Perturbation(xp.where(u * xi < 1, xi, 0.0 * xi), sigma[:, None] * e / n**0.5, u, e)


def perturbed(problem: Smooth, x: Array, d: Perturbation) -> Array:
    return d.factor[:, None] * problem.grad(x) + d.shift


@dataclass(frozen=True, eq=False)
class NoisyPoint:
    k: int
    x: Array  # (B, n)
    d: Perturbation
    g: Array  # (B, n) stochastic gradient at x
    step: Array  # (B,)


@dataclass(frozen=True)
class NoisyDescent:
    """x_{k+1} = x_k − s_k g_k, g_k = ξ_k ∇f(x_k) + ε_k."""

    step: Schedule

    def iterates(self, problem: Smooth, noise: Noise, /) -> Iterator[NoisyPoint]:
        x = problem.x0
        draws = perturbations(problem, noise)
        for k in count():
            d = next(draws)
            g = perturbed(problem, x, d)
            s = array_namespace(x).asarray(self.step(problem.constants, k))
            yield NoisyPoint(k, x, d, g, s)
            x = x - s[..., None] * g
