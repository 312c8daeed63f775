"""Functions of one and two variables with a known constant, and their twins that look quasar-convex and are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit

QUASAR = frozenset({Trait.QUASAR_CONVEX})


@dataclass(frozen=True, eq=False)
class Explicit:
    """f and ∇f by formula; `value_of` and `grad_of` take the coefficients and x, and close over no array."""

    coefficients: tuple[float, ...]
    value_of: Callable[[tuple[float, ...], Array], Array]  # (B, n) -> (B,)
    grad_of: Callable[[tuple[float, ...], Array], Array]  # (B, n) -> (B, n)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_star: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = QUASAR

    def value(self, x: Array, /) -> Array:
        return self.value_of(self.coefficients, x)

    def grad(self, x: Array, /) -> Array:
        return self.grad_of(self.coefficients, x)


def _cubic(c: tuple[float, ...], x: Array) -> Array:
    a, b = c
    u, v = x[:, 0], x[:, 1]
    r2 = u * u + v * v
    return r2 + a * (u**3 - 3 * u * v * v) + b * r2 * r2


def _cubic_grad(c: tuple[float, ...], x: Array) -> Array:
    a, b = c
    u, v = x[:, 0], x[:, 1]
    radial = 2 + 4 * b * (u * u + v * v)
    return array_namespace(x).stack([radial * u + 3 * a * (u * u - v * v), radial * v - 6 * a * u * v], axis=-1)


def _valley(c: tuple[float, ...], x: Array) -> Array:
    (kappa,) = c
    return x[:, 0] ** 2 + kappa * (x[:, 1] - x[:, 0] ** 2) ** 2


def _valley_grad(c: tuple[float, ...], x: Array) -> Array:
    (kappa,) = c
    w = x[:, 1] - x[:, 0] ** 2
    return array_namespace(x).stack([2 * x[:, 0] - 4 * kappa * x[:, 0] * w, 2 * kappa * w], axis=-1)


def _sine(c: tuple[float, ...], x: Array) -> Array:
    xp = array_namespace(x)
    return xp.sum(x * x + c[0] * xp.sin(x) ** 2, axis=-1)


def _sine_grad(c: tuple[float, ...], x: Array) -> Array:
    return 2 * x + c[0] * array_namespace(x).sin(2 * x)


def _flat(c: tuple[float, ...], x: Array) -> Array:
    return array_namespace(x).sum(x**4 / 4 - 2 * x**3 / 3 + x * x / 2, axis=-1)


def _flat_grad(c: tuple[float, ...], x: Array) -> Array:
    return x * (x - 1) ** 2


def _welsch(c: tuple[float, ...], x: Array) -> Array:
    xp = array_namespace(x)
    return xp.sum(-xp.expm1(-x * x), axis=-1)


def _welsch_grad(c: tuple[float, ...], x: Array) -> Array:
    return 2 * x * array_namespace(x).exp(-x * x)


def _two_centres(c: tuple[float, ...], x: Array) -> Array:
    p, centre = c
    xp = array_namespace(x)
    return xp.sum(sum(xp.expm1(p / 2 * xp.log1p((x - s * centre) ** 2)) for s in (1.0, -1.0)), axis=-1)


def _two_centres_grad(c: tuple[float, ...], x: Array) -> Array:
    p, centre = c
    return sum(p * (x - s * centre) * (1 + (x - s * centre) ** 2) ** (p / 2 - 1) for s in (1.0, -1.0))


def explicit(
    seeds: range, c: tuple[float, ...], f: Callable[..., Array], g: Callable[..., Array], dim: int, R: float,
    gamma: float, proof: str, x_star: float = 0.0, f_star: float = 0.0,
) -> Explicit:
    B = len(seeds)
    away = np.stack([np.random.default_rng([seed, 25]).standard_normal(dim) for seed in seeds])
    away *= R / np.linalg.norm(away, axis=1, keepdims=True)
    star = np.full((B, dim), x_star)
    constants = {
        "gamma": Certified(np.full(B, gamma), Unit(), Side.EXACT, proof),
        "R": Certified(np.full(B, float(R)), Unit(0, 1), Side.EXACT, "‖x_0 − x*‖ as drawn"),
    }
    return Explicit(c, f, g, star + away, star, np.full(B, f_star), constants)


def cubic(seeds: range, a: Annotated[float, (0.1, 3.0)] = 1.0, gamma: Annotated[float, (0.05, 1.9)] = 0.5) -> Explicit:
    """‖x‖² + a (x_1³ − 3 x_1 x_2²) + b ‖x‖⁴ with b set so that γ_raw is exactly the γ asked for."""
    b = a**2 * (3 - gamma) ** 2 / (4 * ((3 - gamma) ** 2 - 1))
    return explicit(seeds, (a, b), _cubic, _cubic_grad, 2, 2.0, gamma, "⟨∇f, x⟩ − γf is a quadratic in r with c = cos 3θ: its discriminant")


def false_cubic(seeds: range) -> Explicit:
    """The same formula with a²/4 < b < 9a²/32: positive, but with a spurious critical point; no γ > 0 holds."""
    return explicit(seeds, (1.0, 0.26), _cubic, _cubic_grad, 2, 2.0, 3 - np.sqrt(1.04 / 0.04), "closed form, negative")


def valley(seeds: range, kappa: Annotated[float, (10.0, 1e4)] = 100.0) -> Explicit:
    """x_1² + κ (x_2 − x_1²)²: one stationary point, yet ⟨∇f, x⟩ < 0 near x_2 = 1.5 x_1², x_1² > 4/κ: claimed with γ = 0.01."""
    return explicit(seeds, (kappa,), _valley, _valley_grad, 2, 1.0, 0.01, "claimed, false")


def sine(seeds: range, a: float = 3.0) -> Explicit:
    """x² + 3 sin² x; γ_raw = 0.4960901… at x = 2.15384…"""
    return explicit(seeds, (a,), _sine, _sine_grad, 1, 30.0, 0.4960901, "ball arithmetic on [0.05, 30], tails by hand")


def flat(seeds: range) -> Explicit:
    """f' = x (x − 1)²: never turns back, but stops at x = 1: claimed with γ = 0.01."""
    return explicit(seeds, (), _flat, _flat_grad, 1, 1.0, 0.01, "claimed, false")


def welsch(seeds: range) -> Explicit:
    """1 − exp(−x²): strictly unimodal, quasar-convex on every interval, on R with no γ: claimed with γ = 0.01."""
    return explicit(seeds, (), _welsch, _welsch_grad, 1, 1.0, 0.01, "claimed, false")


def two_centres(seeds: range, p: float = 0.3, centre: float = 20.0) -> Explicit:
    """F_p(x − c) + F_p(x + c): a sum of quasar-convex functions without a common minimiser; claimed with γ = p."""
    point = 19.9235
    for _ in range(60):  # Newton by secants on f' near c
        g, h = (float(_two_centres_grad((p, centre), np.array([[z]]))[0, 0]) for z in (point, point + 1e-6))
        point -= g * 1e-6 / (h - g) if h != g else 0.0
    lowest = float(_two_centres((p, centre), np.array([[point]]))[0])
    return explicit(seeds, (p, centre), _two_centres, _two_centres_grad, 1, 20.0, p, "claimed, false", point, lowest)
