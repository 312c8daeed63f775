"""Runs of algorithms for the studies of matrix sensing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from ratecheck.noise import SeededNoise


def trace(algorithm: Any, problem: Any, steps: int, metric: Callable[[Any, Any], Any], every: int = 1) -> tuple[Any, Any]:
    """Indices (K,) and readings (K, B)."""
    seeds = range(problem.x0.shape[0])
    with np.errstate(all="ignore"):
        kept = [(k, metric(problem, s)) for k, s in enumerate(islice(algorithm.iterates(problem, SeededNoise(seeds)), steps)) if k % every == 0]
    return np.array([k for k, _ in kept]), np.stack([v for _, v in kept])


def error(p: Any, s: Any) -> Any:
    """‖Z − M*‖_F"""
    return np.sqrt(((s.Z - p.M) ** 2).sum(axis=(-2, -1)))


def passage(errors: Any, level: float) -> Any:
    """First index at which each row is at most `level`; nan if never. (K, B) -> (B,)."""
    below = errors <= level
    return np.where(below.any(axis=0), below.argmax(axis=0).astype(float), np.nan)


def slope(x: Any, y: Any) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
