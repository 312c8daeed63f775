"""Salehi, Mukherjee, Roberts, Ehrhardt 2023: MAID, an adaptively inexact method with a certified line search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.implicit import exact_hypergradient, hypergradient
from algorithms.bilevel.inexact import Inexact, solve_linear, solve_lower
from ratecheck import Array, Noise

FLOOR = 1e-11  # accuracies are not asked for below


@dataclass(frozen=True, eq=False)
class Trial:
    """One trial of the line search at x with the step alpha; the next state is at x_trial if it passed."""

    k: int
    x: Array  # (B, n)
    y: Array  # (B, m) ‖y − y*(x)‖ ≤ eps
    q: Array  # (B, m) A q ≈ ∇_y f
    z: Array  # (B, n) ∇_x f − B'q ≈ ∇F(x)
    omega: Array  # (B,) certified ‖z − ∇F(x)‖ ≤ omega
    eps: Array  # (B,)
    alpha: Array  # (B,)
    x_trial: Array  # (B, n)
    y_trial: Array  # (B, m)
    excess: Array  # (B,) U(x_trial) − Lo(x) + λα‖z‖², which must be at most 0
    passed: Array  # (B,) 1.0 or 0.0
    search: tuple[Array, ...] = ()  # of MAID, each (B,): failures in a row before this trial, how many are allowed, the step to return to


def certificate(p: Inexact, x: Array, y: Array, eps: Array, r: Array) -> Array:
    """ω(ε, r) of Theorem 2.1."""
    xp = array_namespace(x)
    c = {name: p.constants[name].value + 0 * x[:, 0] for name in ("mu", "L_f", "L_A")}
    B, L_B, v = xp.linalg.matrix_norm(p.cross_block(x, y), ord=2), p.cross_lipschitz(x), norm(p.upper_y(x, y))
    linear = B * c["L_f"] / c["mu"] + (B * c["L_A"] / c["mu"] ** 2 + L_B / c["mu"]) * v
    return B / c["mu"] * r + linear * eps + L_B * c["L_f"] / c["mu"] * eps**2


def uncertainty(p: Inexact, x: Array, y: Array, eps: Array) -> Array:
    """|f(x, y) − F(x)| ≤ ‖∇_y f‖ε + L_f ε²/2"""
    return norm(p.upper_y(x, y)) * eps + 0.5 * p.constants["L_f"].value * eps**2


def excess(p: Inexact, s: tuple[Array, Array], t: tuple[Array, Array], eps: Array, demanded: Array) -> Array:
    """U(x⁺) − Lo(x) + demanded decrease, s = (x, y), t = (x⁺, y⁺)"""
    return p.upper(*t) + uncertainty(p, *t, eps) - p.upper(*s) + uncertainty(p, *s, eps) + demanded


@dataclass(frozen=True)
class MAID:
    """Algorithm 3.1 with the inexact gradient of Algorithm 3.2. A trial that fails shrinks alpha; `patience` failures in a row
    shrink the accuracies, restore alpha and allow one failure more. adaptive = False keeps eps = delta = eps0 and compares f(x⁺, y⁺) with f(x, y) as if they were exact.
    """

    eta: float = 0.5
    lam: float = 0.25  # the demanded decrease is λα‖z‖², λ < η
    eps0: float = 1e-1
    alpha0: float = 1.0  # times 1/‖z_0‖
    patience: int = 4
    adaptive: bool = True
    rho: float = 0.5
    rho_up: float = 1.25
    nu: float = 0.5
    nu_up: float = 1.25

    def _gradient(self, p: Inexact, x: Array, y: Array, q: Array, eps: Array, delta: Array) -> tuple[Array, ...]:
        """y, q, z, omega and the accuracies for which omega ≤ (1 − η)‖z‖"""
        xp = array_namespace(x)
        while True:
            y = solve_lower(p, x, y, eps)
            q = solve_linear(partial(p.hvp, x, y), p.upper_y(x, y), q, delta)
            z = hypergradient(p, x, y, q)
            omega = certificate(p, x, y, eps, norm(p.hvp(x, y, q) - p.upper_y(x, y)))
            coarse = (omega > (1 - self.eta) * norm(z)) & (eps > FLOOR)
            if not self.adaptive or not xp.any(coarse):
                return y, q, z, omega, eps, delta
            eps, delta = (xp.where(coarse, self.nu * e, e) for e in (eps, delta))

    def iterates(self, problem: Inexact, noise: Noise, /) -> Iterator[Trial]:
        x, y = problem.x0, problem.y0
        xp = array_namespace(x)
        q, zero = 0 * y, 0 * x[:, 0]
        eps = delta = self.eps0 + zero
        failures, allowed, first = zero, self.patience + zero, None
        for k in count():
            y, q, z, omega, eps, delta = self._gradient(problem, x, y, q, eps, delta)
            if first is None:
                first = alpha = self.alpha0 / norm(z)
            x_trial = x - alpha[:, None] * z
            y_trial = solve_lower(problem, x_trial, y, eps)
            over = excess(problem, (x, y), (x_trial, y_trial), eps if self.adaptive else zero, self.lam * alpha * dot(z, z))
            passed = over <= 0
            yield Trial(k, x, y, q, z, omega, eps, alpha, x_trial, y_trial, over, xp.astype(passed, x.dtype), (failures, allowed, first))
            failures = xp.where(passed, zero, failures + 1)
            weary = failures >= allowed
            up, down = (self.nu_up, self.nu) if self.adaptive else (1.0, 1.0)
            factor = xp.where(passed, up + zero, xp.where(weary, down + zero, 1 + zero))
            eps, delta = (xp.maximum(e * factor, FLOOR + zero) for e in (eps, delta))
            first = xp.where(passed, self.rho_up * alpha, first)
            alpha = xp.where(passed | (weary & self.adaptive), first, self.rho * alpha)
            allowed = xp.where(passed, self.patience + zero, xp.where(weary, allowed + 1, allowed))
            failures = xp.where(weary, zero, failures)
            x, y = xp.where(passed[:, None], x_trial, x), xp.where(passed[:, None], y_trial, y)


@dataclass(frozen=True)
class RandomTrials:
    """The same line search at random points, accuracies 10^{−7..−1} and steps 10^{−4..1}/L_F; y and y⁺ are off by exactly eps."""

    lam: float = 0.25
    strict: float = 1.0  # uncertainties are multiplied by it: 1 in the algorithm

    def iterates(self, problem: Inexact, noise: Noise, /) -> Iterator[Trial]:
        n, m = problem.x0.shape[-1], problem.y0.shape[-1]
        L_F = problem.constants["L_F"].value
        streams = zip(noise.normals("x", n), noise.normals("y", m), noise.normals("trial", m), noise.uniforms("sizes", 2), strict=False)
        for k, (x, u, v, sizes) in enumerate(streams):
            eps, alpha = 10 ** (6 * sizes[:, 0] - 7), 10 ** (5 * sizes[:, 1] - 4) / L_F
            y = problem.y_star(x) + (eps / norm(u))[:, None] * u
            q = solve_linear(partial(problem.hvp, x, y), problem.upper_y(x, y), 0 * y, 1e-13 * norm(problem.upper_y(x, y)))
            z = hypergradient(problem, x, y, q)
            omega = norm(z - exact_hypergradient(problem, x))
            x_trial = x - alpha[:, None] * z
            y_trial = problem.y_star(x_trial) + (eps / norm(v))[:, None] * v
            over = excess(problem, (x, y), (x_trial, y_trial), self.strict * eps, self.lam * alpha * dot(z, z))
            yield Trial(k, x, y, q, z, omega, eps, alpha, x_trial, y_trial, over, array_namespace(x).astype(over <= 0, x.dtype))
