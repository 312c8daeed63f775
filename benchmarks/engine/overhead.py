"""What the engine costs: a judged run against the bare loop with the metric

Gradient descent on a full matrix, metric at every k, once as a bare loop that keeps its readings and once as a claim whose bound is
judged at every k, without and with a law that takes the gradient again. Microseconds per iteration, and the ratio in one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Always, Array, Certified, Claim, Noise, Side, Source, Statement, Trait, Unit, each
from ratecheck.runner import run
from ratecheck.studies import Finding, Study, Table

STEPS = 400


@dataclass(frozen=True, eq=False)
class Quadratic:
    """f(x) = ½ xᵀHx"""

    H: Array  # (n, n)
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})

    def grad(self, x: Array, /) -> Array:
        return x @ self.H

    def value(self, x: Array, /) -> Array:
        return 0.5 * array_namespace(x).sum(x * (x @ self.H), axis=-1)


@dataclass(frozen=True, eq=False)
class State:
    x: Array  # (B, n)


@dataclass(frozen=True)
class GradientDescent:
    def iterates(self, problem: Quadratic, noise: Noise, /) -> Iterator[State]:
        x = problem.x0
        for _ in count():
            yield State(x)
            x = x - 0.5 * problem.grad(x)


def draw(n: int) -> Callable[[range], Quadratic]:
    def quadratic(seeds: range) -> Quadratic:
        g = np.random.default_rng(n)
        Q = np.linalg.qr(g.standard_normal((n, n)))[0]
        x0 = np.stack([np.random.default_rng([seed, 9]).standard_normal(n) for seed in seeds])
        R = Certified(np.linalg.norm(x0, axis=1), Unit(0, 1), Side.EXACT, "distance to the minimiser 0")
        L = Certified(1.0, Unit(1, -2), Side.EXACT, "prescribed spectrum")
        return Quadratic((Q * np.geomspace(1e-3, 1, n)) @ Q.T, x0, {"R": R, "L": L})

    return quadratic


def steps(p: Quadratic, s: State, t: State) -> Array:
    """x_{k+1} = x_k − ½ ∇f(x_k)"""
    xp = array_namespace(s.x)
    return xp.max(xp.abs(t.x - s.x + 0.5 * p.grad(s.x)), axis=-1) / p.constants["R"].value


def fastest(f: Callable[[], Any]) -> tuple[float, Any]:
    times, answer = [], None
    for _ in range(3):
        began = time.perf_counter()
        answer = f()
        times.append(time.perf_counter() - began)
    return 1e6 * min(times) / STEPS, answer


def study() -> Study:
    rows, apart = [], 0.0
    for n, B in ((20, 1), (20, 64), (200, 1), (200, 64)):
        claim = Claim[Quadratic, State](
            source=Source("folklore", "gradient descent", "engine", Statement.DERIVED),
            assumes=frozenset(),
            instances={"quadratic": draw(n)},
            algorithm=GradientDescent(),
            metric=each(lambda p, s: p.value(s.x)),
            unit=Unit(f=1),
            bound=lambda k, c: c["L"] * c["R"] ** 2 / (k + 1),
            holds=Always(),
            k=range(STEPS),
            seeds=B,
        )
        problem = draw(n)(range(B))
        bare, readings = fastest(lambda p=problem: [p.value(s.x) for s in islice(GradientDescent().iterates(p, None), STEPS)])  # type: ignore[misc, arg-type]
        judged, (_, evidence, _) = fastest(lambda c=claim, B=B: run(c, "quadratic", range(B)))  # type: ignore[misc]
        lawful, _ = fastest(lambda c=claim, B=B: run(replace(c, laws={"steps": steps}), "quadratic", range(B)))  # type: ignore[misc]
        apart = max(apart, float(np.max(np.abs(evidence.metric - np.stack(readings)[evidence.k]))))
        rows.append([n, B, bare, judged, judged / bare, lawful, lawful / bare])
    columns = ["n", "B", "bare loop, µs", "judged, µs", "ratio", "with a law, µs", "ratio"]
    return Study([Finding("the engine judges exactly the readings of the bare loop", apart == 0.0)], tables=[Table("per iteration", columns, rows)])
