"""Quadratics of which only noisy values are seen: F(x; y) = f(x) + y'x, f(x) = ½ Σ a_i (x − x*)_i² + w'(x − x*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import CompactSet, L1Ball, L2Ball, LInfBall
from ratecheck import Array, Certified, Side, Trait, Unit

CONVEX = frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT, Trait.UNBIASED})


@dataclass(frozen=True, eq=False)
class NoisyQuadratic:
    a: Array  # (B, n), curvatures
    w: Array  # (B, n), gradient at x*
    x_star: Array  # (B, n)
    x0: Array  # (B, n)
    f_star: Array  # (B,)
    over: CompactSet
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = CONVEX

    def values(self, X: Array, y: Array, /) -> Array:  # (B, m, n), (B, n) -> (B, m), F(·; sigma y/√n)
        xp = array_namespace(X)
        d = X - self.x_star[:, None, :]
        slope = self.w + self.constants["sigma"].value[:, None] * y / X.shape[2] ** 0.5
        exact = xp.sum((0.5 * self.a[:, None, :] * d + self.w[:, None, :]) * d, axis=-1)
        return exact + xp.sum((slope - self.w)[:, None, :] * X, axis=-1)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        d = x - self.x_star
        return array_namespace(x).sum((0.5 * self.a * d + self.w) * d, axis=-1)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.a * (x - self.x_star) + self.w

    def lmo(self, g: Array, /) -> Array:
        return self.over.vertex(g)


def _noisy(a: Array, w: Array, x: Array, x0: Array, over: CompactSet, sigma: float, traits: frozenset[Trait] = CONVEX) -> NoisyQuadratic:
    B, n = x.shape
    L, R = np.abs(a).max(axis=1), over.diameter(n)
    d = x0 - x
    constants = {
        "L": Certified(L, Unit(1, -2), Side.EXACT, "largest curvature"),
        "R": Certified(np.full(B, R), Unit(0, 1), Side.EXACT, "Euclidean diameter"),
        "C_f": Certified(L * R * R, Unit(1, 0), Side.UPPER, "L R²"),
        "sigma": Certified(np.full(B, sigma), Unit(1, -1), Side.EXACT, "E|∇F − ∇f|² = sigma²"),
        "L_1": Certified(np.sqrt((L * R + np.linalg.norm(w, axis=1)) ** 2 + sigma**2), Unit(1, -1), Side.UPPER, "|∇f| ≤ L R + |w|"),
        "h_0": Certified(((0.5 * a * d + w) * d).sum(axis=1), Unit(1, 0), Side.EXACT, "f(x0) − f*"),
        "ell": Certified(np.ones(B), Unit(0, 1), Side.EXACT, "the length in which the difference steps c_t are given"),
        "d": Certified(np.full(B, float(n)), Unit(), Side.EXACT, "dimension"),
    }
    return NoisyQuadratic(a, w, x, x0, np.zeros(B), over, constants, traits)


def _unit(rng: np.random.Generator, n: int) -> Array:
    u = rng.standard_normal(n)
    return u / np.linalg.norm(u)


def noisy_ball(seeds: range, n: Annotated[int, (2, 64)] = 8, sigma: Annotated[float, (0.1, 3.0)] = 1.0) -> NoisyQuadratic:
    """½‖x − x*‖² on the unit ball, x* on the sphere, ∇f(x*) = −x*/2: no constant depends on n. One instance, many seeds."""
    rng, B = np.random.default_rng([n, 9]), len(seeds)
    x, x0 = _unit(rng, n), _unit(rng, n)
    one = np.ones((B, 1))
    return _noisy(one * np.ones(n), one * (-x / 2), one * x, one * x0, L2Ball(), sigma)


def exact_l1_ball(seeds: range, n: Annotated[int, (2, 60)] = 10, kappa: Annotated[float, (1.0, 100.0)] = 4.0) -> NoisyQuadratic:
    """Unequal curvatures on the unit ℓ₁ ball, x* on a face, no noise."""
    a, w, x, x0 = [], [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 10])
        k = max(1, n // 3)
        chosen, sign = rng.permutation(n)[:k], rng.choice([-1.0, 1.0], n)
        star, slope = np.zeros(n), rng.uniform(-0.8, 0.8, n)
        star[chosen], slope[chosen] = sign[chosen] * rng.dirichlet(np.ones(k)), -sign[chosen]
        a.append(np.concatenate([[1.0], rng.uniform(1, kappa, n - 2), [kappa]]))
        w.append(slope)
        x.append(star)
        x0.append(np.eye(n)[rng.integers(n)])
    return _noisy(np.stack(a), np.stack(w), np.stack(x), np.stack(x0), L1Ball(), 0.0)


def exact_ball(seeds: range, n: Annotated[int, (2, 60)] = 8, kappa: Annotated[float, (1.0, 100.0)] = 4.0) -> NoisyQuadratic:
    """Unequal curvatures on the unit ball, x* inside, no noise."""
    rng = [np.random.default_rng([seed, 11]) for seed in seeds]
    a = np.stack([np.concatenate([[1.0], g.uniform(1, kappa, n - 2), [kappa]]) for g in rng])
    x = np.stack([0.5 * _unit(g, n) for g in rng])
    return _noisy(a, 0 * x, x, np.stack([_unit(g, n) for g in rng]), L2Ball(), 0.0)


def noisy_box(seeds: range, n: Annotated[int, (2, 40)] = 6, sigma: Annotated[float, (0.1, 3.0)] = 0.5) -> NoisyQuadratic:
    """Curvatures of both signs on the box [−1, 1]ⁿ; row s runs T = 2^{5 + s mod 6} steps."""
    rng, B = np.random.default_rng([n, 12]), len(seeds)
    one = np.ones((B, 1))
    a, centre, x0 = rng.uniform(-1, 1, n), 0.3 * rng.standard_normal(n), rng.uniform(-1, 1, n)
    made = _noisy(one * a, 0 * one * a, one * centre, one * x0, LInfBall(), sigma, frozenset({Trait.SMOOTH, Trait.COMPACT, Trait.UNBIASED}))
    T = Certified(2.0 ** (5 + np.array(seeds) % 6), Unit(), Side.EXACT, "number of steps of the row")
    constants = {**{name: c for name, c in made.constants.items() if name != "h_0"}, "T": T}
    corner = 0.5 * a * np.maximum((1 - centre) ** 2, (1 + centre) ** 2)  # of a concave entry; a convex one is least at its centre
    inside = np.where(np.abs(centre) <= 1, 0.0, 0.5 * a * (np.abs(centre) - 1) ** 2)
    f_star = np.full(B, np.where(a < 0, corner, inside).sum())
    return NoisyQuadratic(made.a, made.w, made.x_star, made.x0, f_star, made.over, constants, made.traits)
