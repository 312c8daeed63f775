"""Planted violations, true and made by rounding: which of them higher precision confirms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from ratecheck import (
    Always,
    Array,
    Certified,
    Claim,
    Equal,
    InExpectation,
    Noise,
    Side,
    Source,
    Statement,
    Status,
    Trait,
    Unit,
    Vanishes,
    each,
)
from ratecheck.arrays import promoted
from ratecheck.confirm import confirm, perturbed
from ratecheck.runner import run

LONG = np.finfo(np.longdouble).eps < np.finfo(float).eps
needs_longdouble = pytest.mark.skipif(not LONG, reason="longdouble is double here")


@dataclass(frozen=True, eq=False)
class Bowl:
    """f(x) = ½ Σ h_i (x_i − c_i)² + f_star."""

    h: Array  # (B, n)
    c: Array  # (B, n)
    f_star: Array  # (B,)
    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()


@dataclass(frozen=True, eq=False)
class Point:
    x: Array  # (B, n)


@dataclass(frozen=True)
class Descent:
    solves: bool = False

    def iterates(self, problem: Bowl, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        while True:
            yield Point(x)
            g = problem.h * (x - problem.c)
            if self.solves:  # numpy.linalg knows no longdouble
                g = np.linalg.solve(np.eye(x.shape[1])[None], g[:, :, None])[:, :, 0]
            x = x - 0.5 * g


def bowl(seeds: range) -> Bowl:
    """f is 1-smooth and 1-strongly convex: f(x_k) − f* = 4^-k (f(x_0) − f*)."""
    c = np.stack([np.random.default_rng([seed, 1]).standard_normal(3) for seed in seeds])
    f_star = np.array([np.random.default_rng([seed, 2]).uniform(0.1, 10) for seed in seeds])
    x0 = c + 1.0
    gap = Certified(np.full(len(seeds), 1.5), Unit(1, 0), Side.EXACT, "½ · 3")
    return Bowl(np.ones((len(seeds), 3)), c, f_star, x0, MappingProxyType({"gap": gap}))


def gap(p: Bowl, s: Point) -> Array:
    d = s.x - p.c
    return 0.5 * (p.h * d * d).sum(axis=-1) + p.f_star - p.f_star


CLAIM = Claim[Bowl, Point](
    source=Source("nobody 2000", "Theorem 1", "test.bowl", Statement.DERIVED), assumes=frozenset(), instances={"bowl": bowl},
    algorithm=Descent(), metric=each(gap), unit=Unit(1, 0), bound=lambda k, c: c["gap"] * 4.0**-k, holds=Always(), k=range(500), seeds=8,
)  # fmt: skip


def answer(claim: Claim[Any, Any], seeds: int = 8) -> str:
    (name,) = claim.instances
    verdict = run(claim, name, range(seeds))[0]
    assert verdict.status is Status.REFUTED, verdict
    return confirm(claim, name, range(seeds), verdict)


@needs_longdouble
def test_a_deep_rate_without_rounding_is_refuted_by_rounding_alone() -> None:
    assert answer(CLAIM).startswith("within rounding")


@needs_longdouble
def test_also_when_only_the_data_are_rounded() -> None:
    """f* read from a float64: longdouble sees its error, and would confirm."""
    inexact = replace(CLAIM, metric=each(lambda p, s: gap(p, s) + p.f_star * 1.0 - (p.f_star / 3 * 3)))
    assert answer(inexact).startswith("within rounding")


@needs_longdouble
@pytest.mark.parametrize("k", [range(1, 16), range(1, 500), range(14, 15)])
def test_one_millionth_too_much_at_1e_minus_9_is_confirmed(k: range) -> None:
    """Also beside a false violation ten orders larger, further down."""
    told = answer(replace(CLAIM, k=k, bound=lambda k, c: (1 - 1e-6) * c["gap"] * 4.0**-k))
    assert told.startswith("confirmed in longdouble (metric/bound = 1"), told


@needs_longdouble
def test_a_place_that_is_not_kept() -> None:
    dips = replace(
        CLAIM, k=range(3000), bound=lambda k, c: 3 * c["gap"] * np.where(k == 2001, 0.1, 1.0), metric=each(lambda p, s: 0 * gap(p, s) + 1.0)
    )
    told = answer(dips)
    assert "k = 2001" in told and told.startswith("confirmed in longdouble")


@needs_longdouble
def test_other_quantifiers() -> None:
    k = range(15)
    assert answer(replace(CLAIM, k=k, holds=Equal(1e-6), bound=lambda k, c: 1.01 * c["gap"] * 4.0**-k)).startswith("confirmed")
    assert answer(replace(CLAIM, k=range(60), holds=Equal(1e-6))).startswith("within rounding")
    vanishing = replace(CLAIM, k=k, holds=Vanishes(1e-9), metric=each(lambda p, s: 1e-8 * gap(p, s)))
    assert answer(vanishing).startswith("confirmed")
    cancels = replace(vanishing, holds=Vanishes(1e-17), metric=each(lambda p, s: abs(gap(p, s) * (1 / p.f_star) * p.f_star - gap(p, s))))
    assert answer(cancels).startswith("within rounding")
    assert "on all 64 rows" in answer(replace(CLAIM, k=range(1, 9), bound=lambda k, c: 0.4 * c["gap"] * 4.0**-k, holds=InExpectation(),
                                             metric=each(lambda p, s: gap(p, s) * p.f_star / 5)), 64)  # fmt: skip


def test_where_an_oracle_knows_no_longdouble() -> None:
    solves = replace(CLAIM, algorithm=Descent(solves=True))
    told = answer(replace(solves, k=range(1, 16), bound=lambda k, c: (1 - 1e-6) * c["gap"] * 4.0**-k))
    assert told.startswith("not confirmable in higher precision: ") and "it stands when the data move" in told
    assert answer(solves).endswith("within rounding of the data")


def test_only_refutations() -> None:
    verdict = run(replace(CLAIM, k=range(15)), "bowl", range(8))[0]
    with pytest.raises(ValueError, match="CONSISTENT"):
        confirm(CLAIM, "bowl", range(8), verdict)


def test_changes_of_the_data() -> None:
    p = bowl(range(4))
    q = perturbed(p, 0)
    moved = np.abs(q.c / p.c - 1)
    assert 0 < moved.max() <= 2.3e-16
    assert np.array_equal(q.constants["gap"].value.shape, p.constants["gap"].value.shape)
    assert promoted(p, np.longdouble).constants["gap"].value.dtype == np.longdouble
