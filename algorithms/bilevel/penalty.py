"""Kwon, Kwon, Wright, Nowak 2023: the penalised lower level, exactly, and F2SA, which follows it with first-order steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, repeat
from typing import Protocol

from algorithms.bilevel.oracles import Solvable
from ratecheck import Array, Noise


class Penalised(Solvable, Protocol):
    def lower_x(self, x: Array, y: Array, /) -> Array: ...  # ∇_x g
    def upper_xx(self, x: Array, y: Array, /) -> Array: ...  # ∂²_xx f (B, n, n)
    def upper_yy(self, x: Array, y: Array, /) -> Array: ...  # ∂²_yy f (B, m, m); ∂²_yx f = 0
    def y_penalised(self, x: Array, lam: Array, /) -> Array: ...  # argmin_y f + λ g


@dataclass(frozen=True, eq=False)
class Point:
    k: int
    x: Array  # (B, n)
    lam: Array  # (B,)
    y: Array  # (B, m) y*(x)
    y_lam: Array  # (B, m) argmin_y f + λ g


@dataclass(frozen=True)
class PenaltyPath:
    """Points x_k = x0 + shrink^k u_k with random u_k, penalties λ_k = λ_0 growth^k, λ_0 the problem's constant lam."""

    growth: float = 2.0
    shrink: float = 1.0
    spread: float = 1.0

    def iterates(self, problem: Penalised, noise: Noise, /) -> Iterator[Point]:
        first = problem.constants["lam"].value + 0 * problem.x0[:, 0]
        for k, u in enumerate(noise.normals("points", problem.x0.shape[-1])):
            x, lam = problem.x0 + self.spread * self.shrink**k * u, first * self.growth**k
            yield Point(k, x, lam, problem.y_star(x), problem.y_penalised(x, lam))


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) follows y*_λ
    z: Array  # (B, m) follows y*
    alpha: Array  # (B, 1)
    gamma: Array  # (B, 1)
    lam: Array  # (B, 1)
    errors: tuple[Array, ...]  # of ∇_y g(z), ∇_y f, ∇_y g(y), ∇_x f, ∇_x g, before scaling


@dataclass(frozen=True)
class F2SA:
    """Algorithm 1 with T = 1, ξ = 1: z −= γ ∇g(z), y −= α(∇_y f + λ∇_y g), x −= α(∇_x f + λ(∇_x g(y⁺) − ∇_x g(z⁺))).

    γ_k = c/l_g1 · (1 + k/k0)^{−c_exp}, λ_k = λ_0 (1 + k/k0)^{a − c_exp}, α_k = γ_k/(2λ_k); Gaussian errors of the given sizes.
    """

    a: float = 1 / 3
    c: float = 0.0
    relative: float = 0.25
    k0: float = 30.0
    noise_f: float = 0.0
    noise_g: float = 0.0
    follows: bool = True  # False drops z: + λ∇_x g alone
    grows: bool = True  # False keeps λ_0

    def iterates(self, problem: Penalised, noise: Noise, /) -> Iterator[Iterate]:
        x, y, z = problem.x0, problem.y0, problem.y0
        one = 0 * x[:, :1]
        lam0 = problem.constants["lam"].value[:, None] + one
        gamma0 = self.relative / problem.constants["l_g1"].value[:, None] + one
        noisy = self.noise_f > 0 or self.noise_g > 0
        streams = [
            noise.normals(name, size) if noisy else repeat(0 * v)
            for name, size, v in (("z", y.shape[-1], y), ("yf", y.shape[-1], y), ("yg", y.shape[-1], y), ("xf", x.shape[-1], x), ("xg", x.shape[-1], x))
        ]
        for k, (ez, eyf, eyg, exf, exg) in zip(count(), zip(*streams, strict=True), strict=False):
            t = 1 + k / self.k0
            lam = lam0 * t ** (self.a - self.c) if self.grows else lam0
            gamma = gamma0 * t**-self.c
            alpha = 0.5 * gamma / lam
            e_z = self.noise_g * ez
            e_y = self.noise_f * eyf + lam * self.noise_g * eyg
            e_x = self.noise_f * exf + lam * self.noise_g * exg
            z_next = z - gamma * (problem.lower_y(x, z) + e_z)
            y_next = y - alpha * (problem.upper_y(x, y) + lam * problem.lower_y(x, y) + e_y)
            pull: Array = problem.lower_x(x, y_next) - (problem.lower_x(x, z_next) if self.follows else 0 * x)
            direction = problem.upper_x(x, y_next) + lam * pull + e_x
            yield Iterate(k, x, y, z, alpha, gamma, lam, (ez, eyf, eyg, exf, exg))
            x, y, z = x - alpha * direction, y_next, z_next


@dataclass(frozen=True, eq=False)
class Momentum:
    k: int
    x: Array  # (B, n)
    y: Array  # (B, m)
    z: Array  # (B, m)
    hz: Array  # (B, m) estimates ∇_y g(z)
    hy: Array  # (B, m) estimates ∇_y f + λ∇_y g
    hx: Array  # (B, n) estimates ∇_x f + λ(∇_x g(y) − ∇_x g(z))
    alpha: Array  # (B, 1)
    gamma: Array  # (B, 1)
    lam: Array  # (B, 1)
    eta: float  # weight of the new gradient
    errors: tuple[Array, ...]  # of ∇_y g(z), ∇_y f, ∇_y g(y), ∇_x f, ∇_x g, before scaling


@dataclass(frozen=True)
class F3SA:
    """The momentum version: every estimate is h(new) + (1−η_k)(ĥ − h(old)) with the same noise in both, η_k = (k+1)^{−2c}, T = 1."""

    a: float = 1 / 2
    c: float = 1 / 4
    relative: float = 1 / 16
    k0: float = 30.0
    noise_f: float = 0.1
    noise_g: float = 0.0

    def iterates(self, problem: Penalised, noise: Noise, /) -> Iterator[Momentum]:
        x, y, z = problem.x0, problem.y0, problem.y0
        one = 0 * x[:, :1]
        lam0 = problem.constants["lam"].value[:, None] + one
        gamma0 = self.relative / problem.constants["l_g1"].value[:, None] + one
        before, found = (x, y, z), None
        names = (("z", y), ("yf", y), ("yg", y), ("xf", x), ("xg", x))
        streams = zip(*(noise.normals(name, v.shape[-1]) for name, v in names), strict=True)
        for k, errors in zip(count(), streams, strict=False):
            t = 1 + k / self.k0
            lam, gamma = lam0 * t ** (self.a - self.c), gamma0 * t**-self.c
            alpha, eta = 0.5 * gamma / lam, (k + 1) ** (-2 * self.c)
            new, old = (self._estimates(problem, w, lam, errors) for w in ((x, y, z), before))
            found = new if found is None else tuple(n + (1 - eta) * (h - o) for n, h, o in zip(new, found, old, strict=True))
            hz, hy, hx = found
            yield Momentum(k, x, y, z, hz, hy, hx, alpha, gamma, lam, eta, errors)
            before = (x, y, z)
            x, y, z = x - alpha * hx, y - alpha * hy, z - gamma * hz

    def _estimates(self, p: Penalised, w: tuple[Array, Array, Array], lam: Array, errors: tuple[Array, ...]) -> tuple[Array, Array, Array]:
        x, y, z = w
        ez, eyf, eyg, exf, exg = errors
        hz = p.lower_y(x, z) + self.noise_g * ez
        hy = p.upper_y(x, y) + self.noise_f * eyf + lam * (p.lower_y(x, y) + self.noise_g * eyg)
        hx = p.upper_x(x, y) + self.noise_f * exf + lam * (p.lower_x(x, y) - p.lower_x(x, z) + self.noise_g * exg)
        return hz, hy, hx
