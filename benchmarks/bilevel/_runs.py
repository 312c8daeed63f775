"""What the studies of bilevel optimization share: counted problems on a box, and runs read after every outer step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import exact_hypergradient
from problems.bilevel.counted import CountedBilevel
from ratecheck import Array, Certified, Side, Tally, Unit
from ratecheck.noise import SeededNoise

FIRST = ("lower_y", "lower_x", "upper_x", "upper_y", "upper_hvp", "upper_cross_t", "cross_t", "hvp")  # one gradient or one product each


@dataclass(frozen=True, eq=False)
class Counted(CountedBilevel):
    """`base` with counted oracles, over the box |x − x0| ≤ reach, with further constants."""

    reach: float
    more: Mapping[str, Certified]

    @property
    def constants(self) -> Mapping[str, Certified]:
        return {**self.base.constants, **self.more}

    def project(self, x: Array, /) -> Array:
        moved: Array = np.clip(x, self.x0 - self.reach, self.x0 + self.reach)
        return moved

    def upper_hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        """∂²_yy f v, one call: a central difference of ∇_y f, exact but for rounding where f is quadratic in y."""
        self.tally["upper_hvp"] += 1
        h = 1e-4 / (1 + norm(v))[:, None]
        found: Array = (self.base.upper_y(x, y + h * v) - self.base.upper_y(x, y - h * v)) / (2 * h)
        return found

    def upper_cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        """∂²_xy f v, likewise"""
        self.tally["upper_cross_t"] += 1
        h = 1e-4 / (1 + norm(v))[:, None]
        found: Array = (self.base.upper_x(x, y + h * v) - self.base.upper_x(x, y - h * v)) / (2 * h)
        return found

    @property
    def gamma(self) -> Array:
        """1/L, the proximal parameter of MEHA"""
        found: Array = 1 / self.constants["L"].value + 0 * self.x0[:, 0]
        return found

    @property
    def oracle_calls(self) -> int:
        """Gradients and products with second derivatives; a whole cross block counts as many as it has columns."""
        return sum(self.tally[name] for name in FIRST) + int(self.x0.shape[-1]) * self.tally["cross_block"]


def steepness(p: Any, reach: float, samples: int = 24) -> Any:
    """An estimate of the Lipschitz constant of ∇F on the box: twice the largest difference quotient over random short segments, (B,)."""
    g, top = np.random.default_rng(7), 0.0 * p.x0[:, 0]
    for _ in range(samples):
        x = p.x0 + reach * g.uniform(-1, 1, p.x0.shape)
        d = 1e-3 * g.standard_normal(p.x0.shape)
        top = np.maximum(top, norm(exact_hypergradient(p, x + d) - exact_hypergradient(p, x)) / norm(d))
    return 2 * top


def counted(base: Any, reach: float, **more: Any) -> Counted:
    constants = {name: Certified(value, Unit(), Side.ESTIMATED, "set by the study") for name, value in more.items()}
    if "L_F" not in base.constants and "L_F" not in more:
        constants["L_F"] = Certified(steepness(base, reach), Unit(1, -2), Side.ESTIMATED, "difference quotients at random points of the box")
    return Counted(base, Tally(), reach, constants)


@dataclass(frozen=True, eq=False)
class Run:
    """One entry an outer step."""

    calls: Any  # (K,)
    seconds: Any  # (K,)
    x: Any  # (K, n)


def run(algorithm: Any, p: Counted, budget: float, most: int = 4000, seconds: float = 3.0, least: int = 0) -> Run:
    """One instance until `budget` calls, and x_0 to x_least in any case; `seconds` only guards against a run that does not end."""
    p.tally.clear()
    calls: list[int] = []
    clock: list[float] = []
    points: list[Any] = []
    states: Iterator[Any] = algorithm.iterates(p, SeededNoise(range(1)))
    began = perf_counter()
    with np.errstate(all="ignore"):
        for k, s in enumerate(states):
            if points and p.oracle_calls > budget and k > least:
                break
            points.append(np.asarray(s.x)[0])
            calls.append(p.oracle_calls)
            clock.append(perf_counter() - began)
            if clock[-1] > seconds or k >= most or not np.isfinite(points[-1]).all():
                break
    return Run(np.array(calls), np.array(clock), np.stack(points))


def stationarity(p: Counted, x: Any) -> float:
    """L_F ‖P(x − ∇F(x)/L_F) − x‖ at one point of the box, (n,): ‖∇F‖ in its interior."""
    L = float(np.max(p.constants["L_F"].value))
    at = x[None]
    return L * float(norm(p.project(at - exact_hypergradient(p.base, at) / L) - at)[0])


def slope(x: Any, y: Any) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
