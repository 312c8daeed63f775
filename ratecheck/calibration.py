"""How often a true statement is called false, and a false one is found out: measured on simulated truth and simulated lies.

Truth lies at the boundary: the expectation, or the probability of a violation, is exactly what the claim allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, log, sqrt
from typing import Any, TypeAlias

import numpy as np

from ratecheck.evalues import discoveries, log_e_failures, log_e_values

Sample: TypeAlias = Callable[[np.random.Generator, tuple[int, int, int]], Any]  # (repetitions, M, B) positive numbers
DELTA = 0.1  # allowed probability of a violation
INDICES = 8  # kept indices k
LEVELS = (0.05, 0.001)
SEEDS = (16, 32, 64, 128, 256, 512, 1024)
LIES = {"factor 1.1": 1.1, "factor 1.3": 1.3, "factor 2": 2.0}
HORIZON = 256  # a lie in the exponent grows like k^0.25 up to here


def _pareto(g: np.random.Generator, shape: tuple[int, int, int]) -> Any:
    return (1.0 - g.random(shape)) ** (-1 / 2.2)


def _correlated(g: np.random.Generator, shape: tuple[int, int, int]) -> Any:
    """Log-normal, normals with correlation 0.95 between neighbouring k."""
    z = g.standard_normal(shape)
    for k in range(1, shape[1]):
        z[:, k] = 0.95 * z[:, k - 1] + sqrt(1 - 0.95**2) * z[:, k]
    return np.exp(z)


# how to draw, the expectation, the (1 - DELTA)-quantile
TRUTHS: Mapping[str, tuple[Sample, float, float]] = {
    "exponential": (lambda g, shape: g.standard_exponential(shape), 1.0, log(1 / DELTA)),
    "log-normal": (lambda g, shape: np.exp(g.standard_normal(shape)), exp(0.5), exp(1.2815515655446004)),
    "Pareto 2.2": (_pareto, 2.2 / 1.2, DELTA ** (-1 / 2.2)),
    "Bernoulli": (lambda g, shape: (g.random(shape) < DELTA) * 1.0, DELTA, 0.5),
    "correlated over k": (_correlated, exp(0.5), exp(1.2815515655446004)),
}


def _expectation(x: Any, mean: float, quantile: float) -> Any:
    return log_e_values(x / mean)


def _quantile(x: Any, mean: float, quantile: float) -> Any:
    return log_e_failures((x > quantile).sum(axis=-1), x.shape[-1], DELTA)


def _probability(x: Any, mean: float, quantile: float) -> Any:
    """A row violates if its reading at the first k does, and then at every k: probability DELTA over the whole run."""
    return log_e_failures((x[:, :1] > quantile).sum(axis=-1), x.shape[-1], DELTA)


QUANTIFIERS: Mapping[str, Callable[[Any, float, float], Any]] = {
    "InExpectation": _expectation,
    "WithProbability": _probability,
    "Quantile": _quantile,
}


def _log_e(quantifier: str, truth: str, seeds: int, repetitions: int, g: np.random.Generator, lie: Any = 1.0) -> Any:
    """log e-values of `repetitions` runs whose metric is `lie` (a number, or one for each k) times too large."""
    draw, mean, quantile = TRUTHS[truth]
    parts = []
    at_once = max(1, 2**21 // (INDICES * seeds))
    for start in range(0, repetitions, at_once):
        shape = (min(at_once, repetitions - start), INDICES, seeds)
        parts.append(QUANTIFIERS[quantifier](draw(g, shape) * lie, mean, quantile))
    return np.concatenate(parts)


def alarms(repetitions: int, seeds: int, seed: int) -> list[dict[str, Any]]:
    """How often a true claim at the boundary is refuted."""
    rows = []
    for i, quantifier in enumerate(QUANTIFIERS):
        for j, truth in enumerate(TRUTHS):
            log_e = _log_e(quantifier, truth, seeds, repetitions, np.random.default_rng([seed, i, j]))
            for alpha in LEVELS:
                rate = float((log_e >= -log(alpha)).mean())
                row = {"quantifier": quantifier, "distribution": truth, "alpha": alpha, "repetitions": repetitions, "seeds": seeds}
                rows.append({**row, "rate": rate})
    return rows


def power(repetitions: int, seed: int, alpha: float = 0.001) -> list[dict[str, Any]]:
    """How often a claim about exponential readings is refuted when its bound is too small."""
    growth = np.geomspace(1, HORIZON, INDICES)[:, None] ** 0.25
    rows = []
    for i, quantifier in enumerate(QUANTIFIERS):
        for j, (lie, by) in enumerate({**LIES, "exponent off by 0.25": growth}.items()):
            for seeds in SEEDS:
                # the whole run is judged by its worst k, where the growing lie has its largest factor
                worst = HORIZON**0.25 if quantifier == "WithProbability" and by is growth else by
                log_e = _log_e(quantifier, "exponential", seeds, repetitions, np.random.default_rng([seed, i, j, seeds]), worst)
                rows.append({"quantifier": quantifier, "lie": lie, "seeds": seeds, "rate": float((log_e >= -log(alpha)).mean())})
    return rows


def report_of_truths(claims: int, seeds: int, alpha: float, seed: int) -> dict[str, Any]:
    """How many of so many claims, all true at the boundary, a report refutes by e-BH."""
    g = np.random.default_rng([seed, claims])
    names = list(TRUTHS)
    shares = [len(range(i, claims, len(names))) for i in range(len(names))]
    log_e = np.concatenate([_log_e("InExpectation", name, seeds, share, g) for name, share in zip(names, shares, strict=True)])
    with np.errstate(over="ignore"):
        return {"claims": claims, "alpha": alpha, "refuted": sum(discoveries(list(np.exp(log_e)), alpha))}


def measured(repetitions: int = 2000, seed: int = 0) -> dict[str, Any]:
    """The calibration table, as JSON: false alarms, power, and the refutations among 1,000 true claims."""
    return {
        "alarms": alarms(repetitions, 16, seed) + alarms(repetitions, 256, seed),
        "power": power(max(1, repetitions // 5), seed),
        "discoveries": report_of_truths(1000, 64, 0.05, seed),
    }
