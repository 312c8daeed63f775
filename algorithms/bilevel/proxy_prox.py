"""Woodworth, Mishchenko, Bach 2023: proximal steps on a cheap proxy, corrected by one costly gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from ratecheck import Array, Noise, Problem


class Proxy(Problem, Protocol):
    def value(self, x: Array, /) -> Array: ...  # F
    def grad(self, x: Array, /) -> Array: ...  # ∇F
    def grad_difference(self, x: Array, /) -> Array: ...  # ∇(F − F̂)
    def prox(self, x: Array, eta: Array, /) -> Array: ...  # argmin F̂(u) + ‖u − x‖²/(2η)
    def envelope_grad(self, x: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    eta: Array  # (B,)
    error: Array  # (B, n) of the costly gradient
    first: Array  # (B, n) x_0


@dataclass(frozen=True)
class ProxyProx:
    """x⁺ = argmin_u F̂(u) + ⟨∇F(x) − ∇F̂(x) + e, u − x⟩ + ‖u − x‖²/(2η), η = 1/(sδ); e Gaussian of total variance sigma².

    `exactly`: the share of the way to x⁺ that is taken.
    """

    s: float = 3.0
    sigma: float = 0.0
    exactly: float = 1.0

    def iterates(self, problem: Proxy, noise: Noise, /) -> Iterator[Iterate]:
        x = first = problem.x0
        eta = 1 / (self.s * problem.constants["delta"].value) + 0 * x[:, 0]
        size = self.sigma / x.shape[-1] ** 0.5
        for k, e in zip(count(), noise.normals("gradient", x.shape[-1]), strict=False):
            yield Iterate(k, x, eta, size * e, first)
            x = x + self.exactly * (problem.prox(x - eta[:, None] * (problem.grad_difference(x) + size * e), eta) - x)


class TwoLosses(Problem, Protocol):
    def grad(self, x: Array, /) -> Array: ...  # ∇F, costly
    def proxy_grad(self, x: Array, /) -> Array: ...  # ∇F̂, cheap


@dataclass(frozen=True)
class ProxySteps:
    """The proximal point by `inner` gradient steps from x, of length 1/(L̂ + 1/η): for proxies without a closed form."""

    s: float = 2.0
    inner: int = 20

    def iterates(self, problem: TwoLosses, noise: Noise, /) -> Iterator[Iterate]:
        x = first = problem.x0
        eta = 1 / (self.s * problem.constants["delta"].value) + 0 * x[:, 0]
        length = 1 / (problem.constants["L_proxy"].value + 1 / eta)
        for k in count():
            yield Iterate(k, x, eta, 0 * x, first)
            shift, u = problem.grad(x) - problem.proxy_grad(x), x
            for _ in range(self.inner):
                u = u - length[:, None] * (problem.proxy_grad(u) + shift + (u - x) / eta[:, None])
            x = u
