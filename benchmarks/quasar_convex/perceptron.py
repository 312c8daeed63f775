"""Logistic regression with large steps is a perceptron

Gradient descent on the logistic loss of separable data, with γ = c/R² for c from 1 to 1e8: after how many steps is every example
classified, and how far is θ_t/γ from the batch perceptron that it tends to (Tyurin, 2025)? On n − 1 examples (½, 1) and one (½, −1),
where R²/μ² = 5 whatever n, how do the steps grow with n for the perceptron, the batch perceptron, and gradient descent with and
without normalisation? And what does the loss tell on the way?
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from algorithms.quasar_convex.perceptrons import (
    BatchPerceptron,
    LogisticDescent,
    NormalisedLogisticDescent,
    NormalisedPerceptron,
    Perceptron,
    Step,
    mistakes,
)
from benchmarks.quasar_convex._runs import exponent
from problems.quasar_convex.separable import Separable, crowd, separable
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style

STEPS = (1.0, 10.0, 1e2, 1e3, 1e4, 1e6, 1e8)
SIZES = (20, 50, 100, 200, 500, 1000)
SEEDS = range(32)
LIMIT, SHOWN = 4000, 40


def by(times: float) -> Step:
    """γ = times/R²"""
    return lambda c: times / c["R"].value ** 2


def until_classified(algorithm: Any, p: Separable) -> Any:
    """(B,) the first k without a mistake; nan if there is none up to the limit."""
    first = np.full(len(p.x0), np.nan)
    for k, s in enumerate(islice(algorithm.iterates(p, SeededNoise(range(len(p.x0)))), LIMIT + 1)):
        first = np.where(np.isnan(first) & ~np.any(mistakes(p, s.x) > 0, axis=-1), k, first)
        if not np.isnan(first).any():
            break
    return first


def path(algorithm: Any, p: Separable) -> Any:
    return np.stack([s.x for s in islice(algorithm.iterates(p, SeededNoise(range(len(p.x0)))), SHOWN)])


def study() -> Study:
    p = separable(SEEDS, n=200, d=20, margin=0.05)
    R, mu = p.constants["R"].value, p.constants["mu"].value
    perceptron, target = until_classified(BatchPerceptron(), p), path(BatchPerceptron(), p)
    counts, away, losses = [], [], {}
    for c in STEPS:
        counts.append(until_classified(LogisticDescent(by(c)), p))
        x = path(LogisticDescent(by(c)), p)
        scaled = x / (c / R**2)[:, None]
        away.append(np.max(np.linalg.norm(scaled - target, axis=2) / np.maximum(np.linalg.norm(target, axis=2), 1e-300), axis=0))
        losses[c] = np.median(np.stack([p.value(row) for row in x]), axis=1)
    steps, distance = np.median(np.stack(counts), axis=1), np.median(np.stack(away), axis=1)
    rises = [bool(np.any(np.diff(losses[c]) > 0)) for c in STEPS]

    methods = {
        "perceptron": Perceptron(),
        "batch perceptron": BatchPerceptron(),
        "normalised perceptron": NormalisedPerceptron(),
        "gradient descent, γ = 1e8/R²": LogisticDescent(by(1e8)),
        "normalised gradient descent, γ = 1e8/R²": NormalisedLogisticDescent(by(1e8)),
    }
    of_n = {name: np.array([until_classified(m, crowd(range(1), n=n))[0] for n in SIZES]) for name, m in methods.items()}
    large, batch, normalised = (of_n[name] for name in ("gradient descent, γ = 1e8/R²", "batch perceptron", "normalised perceptron"))
    e = exponent(SIZES, large)
    return Study(
        findings=[
            Finding(f"with γ = 1e8/R² gradient descent classifies at the step of the batch perceptron on all {len(perceptron)} data sets",
                    bool(np.all(counts[-1] == perceptron))),
            Finding(f"the median distance of θ/γ from the perceptron falls from {distance[0]:.2g} (γ = 1/R²) to {distance[-1]:.1g}",
                    bool(distance[0] > 1e-2 and distance[-1] < 1e-6)),
            Finding(f"on the crowd the steps of gradient descent grow like n^{e:.2f}, within 0.1 of n, as R²/μ² stays 5", abs(e - 1) < 0.1),
            Finding("there too it makes the steps of the batch perceptron, for every n", bool(np.all(large == batch))),
            Finding(f"normalised methods need at most {max(normalised):.0f} steps (R²/μ² + 1 = 6 or fewer) for every n",
                    bool(np.all(normalised <= 6) and np.all(of_n["normalised gradient descent, γ = 1e8/R²"] <= 6))),
            Finding("the median loss rises on the way for every γ ≥ 1e4/R², and never for γ ≤ 10/R²", all(rises[4:]) and not any(rises[:2])),
        ],
        panels=[
            Panel("Steps until every example is classified, n = 200, d = 20", "γ R²", "steps", [
                Curve("gradient descent", STEPS, steps, *np.quantile(counts, (0.1, 0.9), axis=1)),
                Curve("batch perceptron", STEPS, np.median(perceptron) + 0 * steps, style=Style.BOUND),
            ]),
            Panel(f"Largest relative distance of θ/γ from the batch perceptron, first {SHOWN} steps", "γ R²", "distance", [
                Curve("median", STEPS, distance, *np.quantile(away, (0.1, 0.9), axis=1)),
            ]),
            Panel("The crowd: steps until classified", "n", "steps", [Curve(name, SIZES, y) for name, y in of_n.items()]),
            Panel("Median loss", "step", "loss", [Curve(f"γ = {c:g}/R²", range(SHOWN), losses[c]) for c in (1.0, 1e2, 1e4, 1e6)], x_log=False),
            Panel("Data sets: steps against R²/μ²", "R²/μ²", "steps", [
                Curve("batch perceptron", R**2 / mu**2, perceptron, style=Style.POINTS)]),
        ],
    )
