"""Wang, Li, Karimi, Li 2021: optimistic AMSGrad over a box, with the guess of the next gradient left to a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Stream(Problem, Protocol):
    def grad_at(self, w: Array, k: int, /) -> Array: ...
    def project(self, w: Array, /) -> Array: ...


class Function(Problem, Protocol):
    @property
    def horizon(self) -> Array: ...  # (B,)
    @property
    def noise(self) -> float: ...
    def grad(self, w: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Round:
    k: int
    w: Array  # (B, d), played
    hat: Array  # (B, d), ŵ_k
    guess: Array  # (B, d), m̃_k: the direction of the optimistic half step
    m: Array  # (B, d), m_k: the guess of the gradient
    g: Array  # (B, d)
    theta: Array  # (B, d), θ_k
    theta_before: Array  # (B, d), θ_{k−1}
    v: Array  # (B, d), v_k
    h_before: Array  # (B, d), √v̂_{k−1}
    h: Array  # (B, d), √v̂_k
    eta: float


def nothing(p: Stream, last: Array, k: int) -> Array:
    return 0 * last


def the_last(p: Stream, last: Array, k: int) -> Array:
    return last


@dataclass(frozen=True)
class OptimisticAMSGrad:
    """w_t = P[ŵ_t − η m̃_t/√v̂_{t−1}], m̃_t = b1 θ_{t−1} + (1 − b1) m_t;  ŵ_{t+1} = P[ŵ_t − η θ_t/√v̂_t], θ_t = b1 θ_{t−1} + (1 − b1) g_t,

    v_t = b2 v_{t−1} + (1 − b2)(g_t − m_t)², v̂_t = max(v̂_{t−1}, v_t), v̂_0 = floor².
    """

    eta: float
    guess: Callable[[Stream, Array, int], Array] = the_last
    b1: float = 0.0
    b2: float = 0.99
    floor: float = 0.01
    monotone: bool = True

    def iterates(self, problem: Stream, noise: Noise, /) -> Iterator[Round]:
        hat = problem.x0
        xp = array_namespace(hat)
        theta, v, last = 0 * hat, 0 * hat, 0 * hat
        vhat = xp.full_like(hat, self.floor**2)
        for k in count():
            m = self.guess(problem, last, k)
            guess = self.b1 * theta + (1 - self.b1) * m
            h_before = xp.sqrt(vhat)
            w = problem.project(hat - self.eta * guess / h_before)
            g = problem.grad_at(w, k)
            before, theta = theta, self.b1 * theta + (1 - self.b1) * g
            v = self.b2 * v + (1 - self.b2) * (g - m) ** 2
            vhat = xp.maximum(vhat, v) if self.monotone else xp.maximum(v, xp.full_like(v, self.floor**2))
            h = xp.sqrt(vhat)
            yield Round(k, w, hat, guess, m, g, theta, before, v, h_before, h, self.eta)
            hat = problem.project(hat - self.eta * theta / h)
            last = g


@dataclass(frozen=True, eq=False)
class Visit:
    k: int
    w: Array  # (B, d), where the gradient is taken
    hat: Array  # (B, d), ŵ_k
    g: Array  # (B, d), stochastic gradient at w
    last: Array  # (B, d), the one before: the guess
    theta: Array  # (B, d), θ_k
    v: Array  # (B, d), v_k
    vhat: Array  # (B, d), v̂_k
    eta: Array  # (B, 1)
    draw: Array  # (B, d), what the noise of g was made of


@dataclass(frozen=True)
class StochasticOptimisticAMSGrad:
    """The same on a stochastic function, without a box, last gradient as guess, η = scale/√(d T) with each row's horizon T."""

    scale: float
    b1: float = 0.9
    b2: float = 0.99
    power: float = 0.5

    def iterates(self, problem: Function, noise: Noise, /) -> Iterator[Visit]:
        hat = problem.x0
        xp = array_namespace(hat)
        d = hat.shape[-1]
        eta = (self.scale / (d * problem.horizon) ** self.power)[:, None]
        theta, v, last = 0 * hat, 0 * hat, 0 * hat
        vhat = xp.full_like(hat, 1e-4)
        for k, xi in zip(count(), noise.normals("gradient", d), strict=False):
            w = hat - eta * (self.b1 * theta + (1 - self.b1) * last) / xp.sqrt(vhat)
            g = problem.grad(w) + problem.noise * xi
            theta = self.b1 * theta + (1 - self.b1) * g
            v = self.b2 * v + (1 - self.b2) * (g - last) ** 2
            vhat = xp.maximum(vhat, v)
            yield Visit(k, w, hat, g, last, theta, v, vhat, eta, xi)
            hat = hat - eta * theta / xp.sqrt(vhat)
            last = g
