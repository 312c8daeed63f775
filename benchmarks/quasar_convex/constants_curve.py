"""The curve of pairs (γ, μ) of one function: closed form against sampling

A function is (γ, μ)-strongly quasar-convex for a whole curve of pairs. Of the petals f = Σ s_j r_j² (1 + a cos mθ_j) it is
μ(γ) = 2 (2/γ − 1)(1 − a) min s. What does a search by sampling find, i.e. the smallest 2 (⟨∇f(x), x − x*⟩/γ − f(x))/‖x − x*‖² over
points drawn at random? It can only be too large: by how much, as the dimension and the number of points grow? And for the ridge-
regularised one-sided loss on the breast-cancer data, where theory gives λ (2/γ − 1) as a lower bound for γ ≤ α: is anything left above it?
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from problems.quasar_convex.hinge import breast_cancer
from problems.quasar_convex.homogeneous import petals
from ratecheck.studies import Curve, Finding, Panel, Study, Style

GAMMAS = np.linspace(0.1, 1.0, 10)
WAVES = (0.0, 0.5, 0.9)
POINTS = (30, 100, 300, 1000, 3000, 10000, 30000)
PAIRS = (1, 2, 4, 8)
LAMBDA, ALPHA = 0.02, 0.5


def sampled(p: Any, directions: Any, gammas: Any) -> Any:
    """The running minimum over the points of the largest μ that the definition allows there, (G, N); p has one row."""
    x = p.x_star + directions
    many = replace(p, x0=x, x_star=np.broadcast_to(p.x_star, x.shape), **rows(p, len(x)))
    slope, f, square = np.sum(many.grad(x) * directions, axis=1), many.value(x), np.sum(directions**2, axis=1)
    return np.minimum.accumulate(2 * (slope / gammas[:, None] - f) / square, axis=1)


def rows(p: Any, n: int) -> dict[str, Any]:
    """The arrays of a row of p, for n points."""
    return {name: np.broadcast_to(getattr(p, name), (n, *getattr(p, name).shape[1:])) for name in ("s", "a", "A", "alpha", "ridge")
            if hasattr(p, name)}


def study() -> Study:
    g = np.random.default_rng(50)
    curves, excess = [], {}
    for a in WAVES:
        p = petals(range(1), pairs=1, a=a, m=6, kappa=1.0, gamma=1.0)
        closed = np.array([float(petals(range(1), pairs=1, a=a, m=6, kappa=1.0, gamma=c).constants["mu"].value[0]) for c in GAMMAS])
        found = sampled(p, g.standard_normal((max(POINTS), 2)), GAMMAS)[:, -1]
        excess[a] = found / closed - 1
        curves += [Curve(f"sampled, a = {a:g}", GAMMAS, found, style=Style.POINTS), Curve(f"closed form, a = {a:g}", GAMMAS, closed)]
    above = {}
    for pairs in PAIRS:
        p = petals(range(1), pairs=pairs, a=0.5, m=6, kappa=10.0, gamma=1.0)
        mu = float(p.constants["mu"].value[0])
        above[2 * pairs] = sampled(p, g.standard_normal((max(POINTS), 2 * pairs)), np.ones(1))[0, np.array(POINTS) - 1] / mu - 1

    data = breast_cancer(range(1), alpha=ALPHA, lam=LAMBDA, every=6)
    lengths = 10 ** g.uniform(-1, 5, (1500, 1))
    away = g.standard_normal((1500, data.x0.shape[1]))
    told = GAMMAS[GAMMAS <= ALPHA + 1e-12]
    bound = LAMBDA * (2 / told - 1)
    seen = sampled(data, lengths * away / np.linalg.norm(away, axis=1, keepdims=True), told)[:, -1]
    separating = int(np.sum(np.all(away @ data.A[0].T >= 0, axis=1)))
    every = np.concatenate([*excess.values(), *above.values()])
    last = [v[-1] for v in above.values()]
    at_1000 = [v[POINTS.index(1000)] for v in above.values()]
    return Study(
        findings=[
            Finding("sampling never finds a μ below the closed form", bool(np.all(every > -1e-12) and np.all(seen > bound * (1 - 1e-12)))),
            Finding(f"in the plane {max(POINTS)} points find it within {max(map(max, excess.values())):.1e} relative, for every γ and a",
                    max(map(max, excess.values())) < 1e-4),
            Finding(f"in dimension 16 they are still {100 * last[-1]:.0f} per cent too high: sampling certifies nothing", last[-1] > 0.2),
            Finding(f"the excess of 1000 points grows with the dimension, from {at_1000[0]:.1g} to {at_1000[-1]:.1f}", bool(np.all(np.diff(at_1000) > 0))),
            Finding(f"on the data the bound λ (2/γ − 1) is met within {(seen / bound - 1).max():.1g} relative ({separating} of the points classify every row)",
                    bool(np.all(seen < 1.02 * bound))),
        ],
        panels=[
            Panel("Pairs (γ, μ) of petals in the plane", "γ", "μ", curves, x_log=False),
            Panel("Sampled μ over the true one, less 1; γ = 1", "points", "relative excess",
                  [Curve(f"dimension {n}", POINTS, np.maximum(y, 1e-12)) for n, y in above.items()]),
            Panel("Breast-cancer data, ridge 0.02", "γ", "μ", [
                Curve("sampled", told, seen, style=Style.POINTS), Curve("λ (2/γ − 1)", told, bound, style=Style.BOUND)], x_log=False),
        ],
    )
