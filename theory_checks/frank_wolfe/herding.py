"""Wirth, Kerdreux, Pokutta 2023 (PMLR v206), Theorem 5.1: kernel herding, an equality in exact rationals.

H is the Hilbert space of the kernel k(y, z) = B₂(|y − z|)/2 on [0, 1], B₂(u) = u² − u + 1/6, and C the closed convex hull of the
features Φ(y) = k(y, ·). For f(x) = ‖x‖²_H/2 over C, from x_1 = Φ(0), with γ_t = 1/(t+1) and the smallest minimiser in ties (neither
the tie rule nor the start turns out to matter),

    f(x_t) = 1/(24 t²)        for every t = 2^m.

State m is x_t, t = 2^m, held as the points of its features with rational weights; 24 t² f(x_t) is read, the whole number 1.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from algorithms.frank_wolfe.herding import Herding, Mixture
from problems.frank_wolfe.bernoulli import BernoulliKernel, bernoulli
from ratecheck import Array, Claim, Constants, Count, Law, Source, Statement, Status, Theorem, Trait, Unit, each


def rescaled(p: BernoulliKernel, s: Mixture) -> Array:
    """24 t² f(x_t); exact, so that only a whole number is read as one"""
    return np.array([float(24 * s.t**2 * p.squared_norm(s.points, s.weights) / 2)])


def one(k: Array, c: Constants) -> Array:
    return 1.0 + 0 * k


def averages(p: BernoulliKernel, s: Mixture, t: Mixture) -> Array:
    """every weight of x_t is 1/t, and the points of x_t are kept"""
    uniform = all(w == Fraction(1, t.t) for w in t.weights) and t.points[: len(s.points)] == s.points
    return np.array([0.0 if uniform else 1.0])


def minimises(p: BernoulliKernel, s: Mixture, t: Mixture) -> Array:
    """no point of a grid of 1/(8t) has a smaller ⟨x_t, Φ(·)⟩ than the one chosen next, when t is reached"""
    n = s.t
    points, weights = t.points[:n], [Fraction(1, n)] * n
    if len(t.points) <= n:
        return np.array([1.0])
    chosen = p.along(points, weights, t.points[n])
    return np.maximum(0.0, [float(chosen - min(p.along(points, weights, Fraction(j, 8 * n)) for j in range(8 * n + 1)))])


LAWS: dict[str, Law[BernoulliKernel, Mixture]] = {"averages": averages, "minimises": minimises}
CLAIM = Claim[BernoulliKernel, Mixture](
    source=Source("wirth2023", "Theorem 5.1", "fw.herding", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"Bernoulli kernel": bernoulli},
    algorithm=Herding(lambda t: Fraction(1, t + 1)),
    laws=LAWS,
    metric=each(rescaled),
    unit=Unit(),
    bound=one,
    holds=Count(),
    k=range(6),
    seeds=1,
)

THEOREM = Theorem(
    claims={"t = 1, 2, 4, …, 32": (CLAIM, Status.CONSISTENT)},
    foils={
        "step 2/(t+2)": (replace(CLAIM, algorithm=Herding(lambda t: Fraction(2, t + 2))), Status.UNLAWFUL),
        "1/(12 t²)": (replace(CLAIM, bound=lambda k, c: 2 * one(k, c)), Status.REFUTED),
        "1/(24 t)": (replace(CLAIM, bound=lambda k, c: 2.0**k), Status.REFUTED),
    },
)
