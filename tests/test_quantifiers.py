"""Quantifiers as an adversary would try them, their power by brute force, and their error rates on simulated truth and lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratecheck import (
    Always,
    AtLeast,
    AtMostOrder,
    Bound,
    Certified,
    Claim,
    Count,
    Equal,
    InExpectation,
    Quantifier,
    Quantile,
    SameOrder,
    SameRate,
    Scaling,
    Side,
    Status,
    Threshold,
    Unit,
    Vanishes,
    Verdict,
    WithProbability,
)  # fmt: skip
from ratecheck.calibration import DELTA, INDICES, TRUTHS, alarms, measured, report_of_truths
from ratecheck.evalues import discoveries, e_value, log_e_failures, log_e_value, log_e_values, threshold_factor
from ratecheck.quantifiers import closeness
from ratecheck.runner import run
from tests.replay import replay

ONE: Bound = lambda k, c: 1.0 + 0 * k
RNG = np.random.default_rng(11)


def verdict(claim: Claim[Any, Any]) -> Verdict:
    return run(claim, "table", range(claim.seeds))[0]


def judged(metric: Any, bound: Bound, holds: Quantifier, rounding: Bound = lambda k, c: 0 * k, gap: Bound = lambda k, c: 0 * k) -> Verdict:
    return verdict(replay(metric, bound, holds, rounding=rounding, gap=gap))


def column(*values: float) -> Any:
    return np.array(values)


# --- one value at a time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "holds", "expected"),
    [
        (0.5, Always(), Status.CONSISTENT),
        (1.0, Always(), Status.CONSISTENT),
        (1 + 1e-6, Always(), Status.REFUTED),
        (0.05, Always(), Status.VACUOUS),
        (0.0, Always(), Status.VACUOUS),
        (-1e-3, Always(), Status.FAILED),
        (-1e-3, Always(signed=True), Status.VACUOUS),
        (nan, Always(), Status.FAILED),
        (inf, Always(), Status.REFUTED),
        (-inf, Always(signed=True), Status.FAILED),
        (1.0, AtLeast(), Status.CONSISTENT),
        (1 - 1e-6, AtLeast(), Status.REFUTED),
        (20.0, AtLeast(), Status.VACUOUS),
        (-1.0, AtLeast(), Status.REFUTED),
        (nan, AtLeast(), Status.FAILED),
        (inf, AtLeast(), Status.FAILED),
        (-inf, AtLeast(), Status.FAILED),
        (1.0, Equal(), Status.CONSISTENT),
        (1 + 1e-6, Equal(), Status.REFUTED),
        (1 - 1e-6, Equal(), Status.REFUTED),
        (0.0, Equal(), Status.REFUTED),
        (nan, Equal(), Status.FAILED),
        (inf, Equal(), Status.REFUTED),
        (-inf, Equal(), Status.REFUTED),
        (1.0, Count(), Status.CONSISTENT),
        (2.0, Count(), Status.REFUTED),
        (1.5, Count(), Status.FAILED),
        (nan, Count(), Status.FAILED),
        (1e-13, Vanishes(), Status.CONSISTENT),
        (1e-11, Vanishes(), Status.REFUTED),
        (nan, Vanishes(), Status.FAILED),
        (inf, Vanishes(), Status.REFUTED),
        (nan, InExpectation(), Status.FAILED),
        (-1.0, InExpectation(), Status.FAILED),
        (inf, InExpectation(), Status.REFUTED),
        (nan, WithProbability(0.1), Status.FAILED),
        (-1.0, WithProbability(0.1), Status.FAILED),
        (nan, Quantile(0.1), Status.FAILED),
        (-1.0, Quantile(0.1), Status.FAILED),
        (nan, SameOrder(), Status.FAILED),
        (1.0, SameOrder(), Status.UNDECIDED),  # one index has no order
        (1.0, AtMostOrder(), Status.UNDECIDED),
        (1.0, SameRate(), Status.UNDECIDED),
    ],
)
def test_one_row_one_reading(value: float, holds: Quantifier, expected: Status) -> None:
    assert judged(column(value), ONE, holds).status is expected


QUANTIFIERS: Mapping[str, Quantifier] = {
    "Always": Always(), "AtLeast": AtLeast(), "Equal": Equal(within=9.0), "Count": Count(), "Vanishes": Vanishes(within=9.0),
    "Threshold": Threshold(of=lambda c: c["side"], at=0.5, within=9.0), "InExpectation": InExpectation(),
    "WithProbability": WithProbability(0.1), "Quantile": Quantile(0.1), "SameOrder": SameOrder(within=9.0),
    "AtMostOrder": AtMostOrder(), "SameRate": SameRate(within=99.0), "Scaling": Scaling(of=lambda c: 0.1 + c["side"], within=9.0),
}  # fmt: skip


@pytest.mark.parametrize("name", QUANTIFIERS)
@pytest.mark.parametrize("k", [0, 1, 217, 299])
def test_nan_for_one_seed_in_256_at_one_k(name: str, k: int) -> None:
    """Also at a k that is not among those kept."""
    metric = np.ones((300, 256))
    metric[k, 200] = nan
    side = Certified(np.linspace(0, 1, 256), Unit(), Side.EXACT, "which side of the threshold")
    found = verdict(replay(metric, lambda k, c: 1 + 0 * c["side"], QUANTIFIERS[name], constants={"side": side}))
    assert found.status is Status.FAILED
    assert (found.k, found.row) == (k, 200)


@pytest.mark.parametrize("broken", [nan, inf])
@pytest.mark.parametrize("part", ["bound", "rounding", "gap"])
@pytest.mark.parametrize("name", ["Always", "AtLeast", "Equal", "InExpectation", "SameOrder"])
def test_bound_rounding_and_gap_are_numbers(name: str, part: str, broken: float) -> None:
    wrong: Bound = lambda k, c: np.where(k == 7, broken, 1.0)
    metric = np.ones((20, 4))
    claim = replay(metric, ONE, QUANTIFIERS[name])
    claim = {
        "bound": replace(claim, bound=wrong), "rounding": replace(claim, rounding=wrong), "gap": replace(claim, gap=wrong),
    }[part]  # fmt: skip
    assert verdict(claim).status is Status.FAILED


@pytest.mark.parametrize("part", ["rounding", "gap"])
def test_an_allowance_below_zero_fails(part: str) -> None:
    wrong: Bound = lambda k, c: np.where(k == 7, -1e-3, 0.0)
    claim = replay(np.full(20, 0.5), ONE, Always())
    assert verdict(replace(claim, rounding=wrong) if part == "rounding" else replace(claim, gap=wrong)).status is Status.FAILED


def test_a_computed_gap_may_be_minus_rounding() -> None:
    assert judged(np.full(20, 0.5), ONE, Always(), gap=lambda k, c: -1e-17 + 0 * k).status is Status.CONSISTENT


# --- zero and negative bounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("holds", [Always(), Equal(), Vanishes(), InExpectation()], ids=lambda q: type(q).__name__)
@pytest.mark.parametrize("value", [1e-12, 1e-30, 1e-300])
def test_only_zero_is_at_most_zero(holds: Quantifier, value: float) -> None:
    metric = np.array([1.0, 1.0, value, 0.0])[:, None] * np.array([1.0, 0.9])
    drops: Bound = lambda k, c: np.where(k < 2, 2.0, 0.0)
    if isinstance(holds, Equal | Vanishes):
        metric = metric * (0 if isinstance(holds, Vanishes) else 1)
        metric[2] = value
        metric[:2] = 2.0 * isinstance(holds, Equal)
    assert judged(metric, drops, holds).status is Status.REFUTED
    assert judged(metric, drops, holds, rounding=lambda k, c: 1e-11 + 0 * k).status is not Status.REFUTED


def test_lower_bound_zero_is_empty() -> None:
    assert judged(np.full(5, 0.5), lambda k, c: 0 * k, AtLeast()).status is Status.VACUOUS
    assert judged(np.full(5, -1e-30), lambda k, c: 0 * k, AtLeast()).status is Status.REFUTED


@pytest.mark.parametrize(
    ("value", "expected", "ratio"),
    [
        (-2.0, Status.CONSISTENT, 0.5),
        (-1.0, Status.CONSISTENT, 1.0),
        (-0.5, Status.REFUTED, 2.0),
        (0.0, Status.REFUTED, inf),
        (-50.0, Status.VACUOUS, 0.02),
    ],
)
def test_negative_upper_bound(value: float, expected: Status, ratio: float) -> None:
    """A decrease: the metric is at most -1. Never near it is empty, as for a bound above 0."""
    found = judged(column(value), lambda k, c: -1.0 + 0 * k, Always(signed=True))
    assert found.status is expected
    assert found.ratio == pytest.approx(ratio)


def test_negative_lower_bound() -> None:
    assert judged(column(-0.5), lambda k, c: -1.0 + 0 * k, AtLeast()).ratio == pytest.approx(2.0)
    assert judged(column(-2.0), lambda k, c: -1.0 + 0 * k, AtLeast()).status is Status.REFUTED


def test_a_bound_in_expectation_is_not_negative() -> None:
    assert judged(RNG.random((5, 9)), lambda k, c: -1.0 + 0 * k, InExpectation()).status is Status.ILL_POSED


# --- rounding, gap, deep rates -------------------------------------------------------------------------------------

DEEP = 0.5 ** np.arange(1, 1000)  # down to 1e-301
FLOOR: Bound = lambda k, c: 1e-15 + 0 * k


def deep(k: Any, c: Any) -> Any:
    return 0.5 ** (k + 1)


@pytest.mark.parametrize(
    "holds", [Always(), Equal(), Vanishes(1.1), AtLeast(), WithProbability(0.1), Quantile(0.1)], ids=lambda q: type(q).__name__
)
def test_deep_linear_rate_raises_no_false_alarm(holds: Quantifier) -> None:
    noise = 1e-15 * RNG.uniform(-1, 1, (999, 128))
    metric = np.maximum(DEEP[:, None] + noise, 0.0)
    assert judged(metric, deep, holds, rounding=FLOOR).status is Status.CONSISTENT


@pytest.mark.parametrize("holds", [SameRate(), InExpectation()], ids=lambda q: type(q).__name__)
def test_deep_linear_rate_of_random_rows(holds: Quantifier) -> None:
    metric = np.maximum(DEEP[:, None] * RNG.uniform(0.5, 1.5, (999, 256)) + 1e-15 * RNG.uniform(-1, 1, (999, 256)), 0.0)
    assert judged(metric, deep, holds, rounding=FLOOR).status is Status.CONSISTENT


def test_deep_linear_rate_without_rounding_is_refuted_until_confirmation() -> None:
    metric = DEEP + 1e-17
    found = judged(metric, deep, Always())
    assert found.status is Status.REFUTED
    assert found.k == 998


@pytest.mark.parametrize("holds", [Always(), Equal(), InExpectation()], ids=lambda q: type(q).__name__)
def test_one_millionth_too_much_at_1e_minus_9_is_caught(holds: Quantifier) -> None:
    metric = np.full((50, 64), 1e-9)
    if isinstance(holds, InExpectation):  # a sample sees a millionth only if nothing varies; rows must differ
        metric = metric * (1 + 1e-3 * (np.arange(64) % 2)) * 40
        assert judged(metric, lambda k, c: 1e-9 + 0 * k, holds, rounding=lambda k, c: 1e-17 + 0 * k).status is Status.REFUTED
        return
    metric[37, 11] *= 1 + 1e-6
    found = judged(metric, lambda k, c: 1e-9 + 0 * k, holds, rounding=lambda k, c: 1e-17 + 0 * k)
    assert found.status is Status.REFUTED
    assert (found.k, found.row) == (37, 11)


@pytest.mark.parametrize("holds", [Always(), Equal(), SameOrder(), WithProbability(0.01), InExpectation()], ids=lambda q: type(q).__name__)
@pytest.mark.parametrize("power", [1, 4, 8])
def test_right_for_400_iterations_and_wrong_after(holds: Quantifier, power: int) -> None:
    """k^-8 falls under the resolution 1e-18 after k = 178: the stall at 400^-8 is found all the same if it stands above it."""
    k = np.arange(1, 1001.0)
    rows = 1 + 1e-12 * np.arange(128)
    true = 1 / k**power
    metric = np.where(k <= 400, true, np.maximum(true, 100 / 400.0**power))[:, None] / rows
    claim = replay(metric, lambda k, c: 1 / (k + 1) ** power, holds, rounding=lambda k, c: 1e-24 + 0 * k)
    found = verdict(claim)
    assert found.status is Status.REFUTED
    assert found.k > 399


def test_wrong_after_the_bound_has_fallen_under_the_resolution() -> None:
    metric = np.concatenate([DEEP[:400], np.full(599, 1e-3)])
    found = judged(metric, deep, Always(), rounding=FLOOR)
    assert found.status is Status.REFUTED
    assert found.k >= 400, "the place of the violation, not of the best comparison before it"
    assert found.ratio > 1


def test_gap_leaves_open_what_it_covers() -> None:
    gap: Bound = lambda k, c: 0.4 + 0 * k
    assert judged(np.full(9, 0.58), ONE, Always(), gap=gap).status is Status.CONSISTENT
    assert judged(np.full(9, 0.8), ONE, Always(), gap=gap).status is Status.UNDECIDED
    assert judged(np.full(9, 1.2), ONE, Always(), gap=gap).status is Status.UNDECIDED
    assert judged(np.full(9, 1.5), ONE, Always(), gap=gap).status is Status.REFUTED
    assert judged(np.full(9, 1.2), ONE, AtLeast(), gap=gap).status is Status.UNDECIDED
    assert judged(np.full(9, 1.0), ONE, Equal(), gap=gap).status is Status.UNDECIDED
    assert judged(np.full(9, 1e-13), ONE, Vanishes(), gap=gap).status is Status.UNDECIDED
    rows = np.linspace(0.9, 1.1, 200)
    assert judged(0.8 * rows[None, :], ONE, InExpectation(), gap=gap).status is Status.UNDECIDED
    assert judged(0.55 * rows[None, :], ONE, InExpectation(), gap=gap).status is Status.CONSISTENT
    assert judged(0.8 * rows[None, :], ONE, WithProbability(0.1), gap=gap).status is Status.UNDECIDED
    assert judged(0.8 * rows[None, :], ONE, Quantile(0.1), gap=gap).status is Status.UNDECIDED


def test_a_gap_does_not_hide_a_violation_at_another_k() -> None:
    metric = np.array([0.9] * 50 + [5.0])
    assert judged(metric, ONE, Always(), gap=lambda k, c: 0.5 + 0 * k).status is Status.REFUTED


def test_rounding_is_no_excuse_for_a_claim() -> None:
    """A resolution larger than the bound grants everything and earns nothing."""
    assert judged(np.full(9, 5.0), ONE, Always(), rounding=lambda k, c: 100 + 0 * k).status is Status.VACUOUS
    assert judged(np.full(9, 5.0), ONE, Equal(), rounding=lambda k, c: 100 + 0 * k).status is Status.VACUOUS
    half: Bound = lambda k, c: 0.5 + 0 * k
    for holds in (Always(), AtLeast(), Equal(), Vanishes(9.0)):
        assert judged(np.full(9, 1.4), ONE, holds, rounding=half).status is Status.VACUOUS, "half the bound is no rounding"
    found = judged(0.5 ** np.arange(60.0), lambda k, c: 0.5**k, Always(), rounding=lambda k, c: 1e-9 + 0 * k)
    assert found.status is Status.CONSISTENT and "hides 41% of it" in found.why


# --- power, by brute force -----------------------------------------------------------------------------------------


def strengthened(bound: Bound, c: float) -> Bound:
    def times(k: Any, names: Any) -> Any:
        b = bound(k, names)
        return np.where(b > 0, b * c, b / c)

    return times


def samples(rows: int, size: float = 1.0) -> Any:
    return size * RNG.exponential(size=(12, rows))


POWER_CASES: Mapping[str, tuple[Quantifier, Any, Bound, float, float]] = {
    # quantifier, metric, bound, rounding, gap
    "Always": (Always(), 0.3 + 0.6 * RNG.random((40, 5)), ONE, 0.0, 0.0),
    "Always, falling": (Always(), RNG.random((40, 5)) * 0.5 ** np.arange(40)[:, None], lambda k, c: 0.5**k, 1e-9, 0.0),
    "Always, with slack": (Always(), 0.3 + 0.6 * RNG.random((40, 5)), ONE, 0.01, 0.02),
    "Always, refuted": (Always(), 2 + RNG.random((40, 5)), ONE, 0.0, 0.0),
    "Always, negative": (Always(signed=True), -1.5 - RNG.random((40, 5)), lambda k, c: -1.0 + 0 * k, 1e-3, 0.0),
    "AtLeast": (AtLeast(), 1.2 + RNG.random((40, 5)), ONE, 0.0, 0.0),
    "AtLeast, with slack": (AtLeast(), 1.2 + RNG.random((40, 5)), ONE, 0.01, 0.02),
    "AtLeast, refuted": (AtLeast(), 0.2 + RNG.random((40, 5)), ONE, 0.0, 0.0),
    "AtLeast, negative": (AtLeast(), -0.1 - 0.5 * RNG.random((40, 5)), lambda k, c: -1.0 + 0 * k, 0.0, 0.0),
    "Equal": (Equal(0.05), 1 + 0.02 * RNG.random((40, 5)), ONE, 0.0, 0.0),
    "Count": (Count(), np.full((40, 5), 6.0), lambda k, c: 6.0 + 0 * k, 0.0, 0.0),
    "InExpectation": (InExpectation(), samples(200, 0.8), ONE, 0.0, 0.0),
    "InExpectation, with slack": (InExpectation(), samples(200, 0.8), ONE, 0.02, 0.01),
    "InExpectation, refuted": (InExpectation(), samples(200, 3.0), ONE, 0.0, 0.0),
    "WithProbability": (WithProbability(0.1), samples(300, 0.2), ONE, 0.0, 0.0),
    "WithProbability, refuted": (WithProbability(0.1), samples(300, 5.0), ONE, 0.0, 0.0),
    "Quantile": (Quantile(0.1), samples(300, 0.3), ONE, 0.0, 0.0),
    "Quantile, at one k": (Quantile(0.1), samples(300, 0.3)[:1], ONE, 0.0, 0.0),
}


@pytest.mark.parametrize("name", POWER_CASES)
def test_power_is_where_refutation_starts(name: str) -> None:
    holds, metric, bound, rounding, gap = POWER_CASES[name]
    claim = replay(metric, bound, holds, rounding=lambda k, c: rounding + 0 * k, gap=lambda k, c: gap + 0 * k)
    found = verdict(claim)
    weakens = -1 if isinstance(holds, AtLeast) else 1
    assert found.power > 0
    for step, refuted in ((-2e-3, True), (2e-3, False)):
        tried = verdict(replace(claim, bound=strengthened(bound, found.power * (1 + weakens * step))))
        if refuted or not isinstance(holds, Equal | Count):  # an equality is refuted from the other side as well
            assert (tried.status is Status.REFUTED) == refuted, (name, step, found, tried)


def test_power_of_a_vector_equality() -> None:
    """The reference times c < power is found to be another vector."""
    a = RNG.standard_normal((30, 7))
    size: Bound = lambda k, c: np.abs(a).max(axis=1)[k[:, 0].astype(int), None]
    found = judged(np.zeros(30), size, Vanishes())
    assert found.power == pytest.approx(1)
    c = found.power - 1e-11
    assert judged(np.abs(a - c * a).max(axis=1), size, Vanishes()).status is Status.REFUTED


ORDERS: Mapping[str, tuple[Quantifier, Any, Bound]] = {
    "SameOrder": (SameOrder(), lambda k: k**-1.03, lambda k, c: 1 / k),
    "SameRate": (SameRate(), lambda k: 0.9 ** (1.02 * k), lambda k, c: 0.9**k),
}


@pytest.mark.parametrize("name", ORDERS)
def test_power_of_an_order_is_the_exponent_it_would_notice(name: str) -> None:
    holds, metric, bound = ORDERS[name]
    k = np.arange(1, 401.0)
    claim = replay(np.concatenate([[1.0], metric(k)]), bound, holds, start=1)
    found = verdict(claim)
    assert found.status is Status.CONSISTENT
    for sign in (-1, 1):
        by = sign * found.power * 1.001
        off: Bound = lambda k, c: bound(k, c) * (k**by if name == "SameOrder" else 0.9 ** (by * k))
        assert verdict(replace(claim, bound=off)).status is Status.REFUTED


def test_power_of_a_one_sided_order_and_of_a_scaling() -> None:
    decays = replay(np.concatenate([[1.0], np.arange(1, 401.0) ** -1.3]), lambda k, c: 1 / k, AtMostOrder(), start=1)
    assert verdict(decays).power == pytest.approx(0.4, abs=1e-6)
    assert verdict(replace(decays, bound=lambda k, c: k**-1.399)).status is Status.CONSISTENT
    assert verdict(replace(decays, bound=lambda k, c: k**-1.401)).status is Status.REFUTED
    sweep = Certified(np.geomspace(1e-3, 1, 12), Unit(), Side.EXACT, "the sweep")
    swept = replay(sweep.value[None, :] ** 1.02, lambda k, c: c["a"] + 0 * k, Scaling(of=lambda c: c["a"]), constants={"a": sweep})
    found = verdict(swept)
    assert found.status is Status.CONSISTENT
    assert found.power == pytest.approx(0.07)
    for p in (1 - 1.001 * found.power, 1 + 1.001 * found.power):
        assert verdict(replace(swept, bound=lambda k, c: c["a"] ** p + 0 * k)).status is Status.REFUTED


# --- orders, scalings, thresholds ----------------------------------------------------------------------------------


def test_an_order_is_not_kept_by_overflow_or_by_vanishing() -> None:
    k = np.arange(1, 1001.0)
    bound: Bound = lambda k, c: 1 / (k + 1)
    assert judged(np.where(k < 400, 1 / k, inf), bound, SameOrder()).status is Status.REFUTED
    assert judged(np.where(k == 333, inf, 1 / k), bound, SameOrder()).status is Status.REFUTED, "also at a k that is not kept"
    assert judged(np.where(k < 400, 1 / k, inf), bound, AtMostOrder()).status is Status.REFUTED
    assert judged(np.where(k < 400, 1 / k, 0.0), bound, SameOrder()).status is Status.REFUTED
    assert judged(np.where(k < 400, 1 / k, 0.0), bound, AtMostOrder()).status is Status.VACUOUS
    assert judged(0.9 ** np.where(k < 400, k, 9999), lambda k, c: 0.9 ** (k + 1), SameRate()).status is Status.REFUTED


def test_an_order_ends_where_the_resolution_hides_the_metric() -> None:
    k = np.arange(1, 10001.0)
    metric = np.maximum(1e-10 / k**2 + 1e-16 * RNG.uniform(-1, 1, k.size), 0.0)
    assert judged(metric, lambda k, c: 1 / (k + 1) ** 2, SameOrder(), rounding=lambda k, c: 3e-15 + 0 * k).status is Status.CONSISTENT
    assert judged(1e-10 / k**1.5, lambda k, c: 1 / (k + 1) ** 2, SameOrder(), rounding=lambda k, c: 3e-15 + 0 * k).status is Status.REFUTED


def threshold(flips: bool, sides: Any, wrong: int = -1) -> Verdict:
    truth = np.where(sides < 0.5, 0.0, 1.0)
    metric = truth if flips else np.ones_like(truth)
    metric = np.where(np.arange(sides.size) == wrong, 1 - metric, metric)
    bound: Bound = lambda k, c: (np.where(c["side"] < 0.5, 0.0, 1.0) if flips else 1.0) + 0 * k
    side = Certified(sides, Unit(), Side.EXACT, "the sweep")
    return verdict(replay(metric[None, :], bound, Threshold(of=lambda c: c["side"], at=0.5), constants={"side": side}))


def test_threshold() -> None:
    sides = np.linspace(0.4, 0.6, 10)
    assert threshold(True, sides).status is Status.CONSISTENT
    assert threshold(True, sides, wrong=3).status is Status.REFUTED
    assert threshold(True, sides[:4]).status is Status.VACUOUS, "one side only"
    assert threshold(False, sides).status is Status.VACUOUS, "nothing flips"


def test_scaling() -> None:
    sweep = np.geomspace(1e-3, 1, 12)
    of = Scaling(of=lambda c: c["a"])

    def scaled(metric: Any, a: Any = sweep, holds: Scaling = of) -> Status:
        constant = Certified(a, Unit(), Side.EXACT, "the sweep")
        return verdict(replay(np.atleast_2d(metric), lambda k, c: c["a"] + 0 * k, holds, constants={"a": constant})).status

    assert scaled(3 * sweep) is Status.CONSISTENT
    assert scaled(3 * sweep**1.1) is Status.REFUTED
    assert scaled(3 * sweep**0.9) is Status.REFUTED
    assert scaled(3 * sweep**1.1, holds=Scaling(of=lambda c: 1 / c["a"], one_sided=True)) is Status.CONSISTENT
    assert scaled(3 * sweep**0.9, holds=Scaling(of=lambda c: 1 / c["a"], one_sided=True)) is Status.REFUTED
    assert scaled(0 * sweep) is Status.UNDECIDED
    assert scaled(np.where(sweep < 0.1, inf, sweep)) is Status.UNDECIDED
    assert scaled(np.ones(12), np.ones(12)) is Status.VACUOUS


# --- statements in expectation and in probability ------------------------------------------------------------------


def test_one_sample_copied_is_no_sample() -> None:
    metric = np.repeat(RNG.exponential(size=(10, 1)), 256, axis=1)
    assert judged(metric, ONE, InExpectation()).status is Status.FAILED


def test_too_few_rows_decide_nothing() -> None:
    assert judged(0.8 * RNG.random((5, 4)), ONE, InExpectation(power=0.5)).status is Status.UNDECIDED
    assert judged(0.001 * RNG.random((5, 100)), ONE, InExpectation()).status is Status.VACUOUS
    for holds in (InExpectation(), WithProbability(0.1), Quantile(0.1)):
        assert judged(np.zeros((5, 100)), ONE, holds).status is Status.VACUOUS
    assert judged(0.5 * RNG.random((5, 4)), ONE, WithProbability(0.1)).status is Status.UNDECIDED
    assert judged(0.5 * RNG.random((5, 68)), ONE, WithProbability(0.1)).status is Status.UNDECIDED
    assert judged(0.5 * RNG.random((5, 70)), ONE, WithProbability(0.1)).status is Status.CONSISTENT
    assert judged(0.01 * RNG.random((5, 100)), ONE, WithProbability(0.1)).status is Status.VACUOUS


def test_a_row_that_ever_violates_counts_once() -> None:
    metric = np.full((500, 100), 0.5)
    metric[np.arange(40) + 1 + 400, np.arange(40)] = 2.0  # forty rows, each at its own k, none of them kept for sure
    assert judged(metric, ONE, WithProbability(0.1)).status is Status.REFUTED
    assert judged(metric, ONE, Quantile(0.1)).status is Status.CONSISTENT, "at each k at most one row in a hundred"
    assert judged(metric, ONE, WithProbability(0.5)).status is Status.CONSISTENT


# --- e-values ------------------------------------------------------------------------------------------------------


def test_e_values_agree() -> None:
    x = RNG.exponential(size=(3, 4, 50))
    assert log_e_values(x) == pytest.approx([log_e_value(part) for part in x])
    hits = (RNG.random((3, 4, 50)) < 0.2) * 1.0
    assert log_e_failures(hits.sum(axis=-1), 50, 0.1) == pytest.approx(log_e_values(hits / 0.1))
    every = np.ones((1, 4, 50))
    assert log_e_failures(every.sum(axis=-1), 50, 0.1) == pytest.approx(log_e_values(every / 0.1))
    assert e_value(np.full((2, 3000), 9.0)) == inf
    assert log_e_value(np.array([[1.0, inf]])) == inf
    assert log_e_value(np.array([[0.0, inf]])) == inf


@pytest.mark.parametrize("size", [1e-290, 1e-100, 1e200, 1e300])
def test_the_threshold_factor_of_any_size(size: float) -> None:
    x = size * RNG.exponential(size=(4, 100))
    found = threshold_factor(lambda c: log_e_value(x / c), 1e-3, float(x.mean(axis=1).max()))
    assert 0.3 * size < found < size


@pytest.mark.parametrize("broken", [nan, -1e-9])
def test_an_e_value_is_of_numbers_that_are_not_negative(broken: float) -> None:
    with pytest.raises(ValueError, match="without NaN"):
        log_e_value(np.array([[1.0, broken]]))


def test_discoveries() -> None:
    assert discoveries([1, 1, 1], 0.05) == [False] * 3
    assert discoveries([1e9, 1, nan], 0.05) == [True, False, False]
    assert discoveries([inf, 31.0, 1.0], 0.05) == [True, True, False], "the second needs 3 / (2 * 0.05)"
    assert discoveries([], 0.05) == []


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    st.sampled_from([1.0, -1.0]), st.floats(-10, 10), st.floats(-10, 10), st.floats(0, 5), st.floats(1e-3, 1e3)
)  # fmt: skip
def test_closeness_says_when_a_strengthened_bound_breaks(sign: float, metric: float, bound: float, slack: float, c: float) -> None:
    ratio = float(closeness(sign, np.float64(metric), np.float64(bound), np.float64(slack)))
    tried = bound * c if bound > 0 else bound / c
    breaks = sign * (metric - tried) > slack
    edge = abs(sign * (metric - tried) - slack) <= 1e-9 * (abs(metric) + abs(tried) + slack)
    assert edge or bound == 0 or breaks == (c < ratio if sign > 0 else c > ratio)


# --- calibration ---------------------------------------------------------------------------------------------------


@cache
def table() -> dict[str, Any]:
    return measured()


def allowed(alpha: float, repetitions: int) -> float:
    """A true rate alpha passes this share of the repetitions with probability below 1e-9."""
    from scipy.stats import binom

    return float(binom.isf(1e-9, repetitions, alpha)) / repetitions


def test_false_alarms_stay_below_alpha() -> None:
    rows = table()["alarms"]
    assert {row["distribution"] for row in rows} == set(TRUTHS)
    assert {row["quantifier"] for row in rows} == {"InExpectation", "WithProbability", "Quantile"}
    for row in rows:
        assert row["repetitions"] >= 2000
        assert row["rate"] <= allowed(row["alpha"], row["repetitions"]), row


def test_lies_are_found_with_enough_seeds() -> None:
    rate = {(row["quantifier"], row["lie"], row["seeds"]): row["rate"] for row in table()["power"]}
    assert rate["InExpectation", "factor 2", 64] > 0.99
    assert rate["InExpectation", "factor 1.3", 256] > 0.9
    assert rate["InExpectation", "exponent off by 0.25", 32] > 0.95
    assert rate["Quantile", "factor 2", 64] > 0.95
    assert rate["WithProbability", "factor 2", 128] > 0.9
    for (quantifier, lie, seeds), found in rate.items():
        assert found <= rate[quantifier, lie, 1024] + 0.05, (quantifier, lie, seeds)


def test_a_report_of_true_claims_refutes_none() -> None:
    assert table()["discoveries"] == {"claims": 1000, "alpha": 0.05, "refuted": 0}
    refuted = [report_of_truths(1000, 64, 0.05, seed)["refuted"] for seed in range(1, 10)]
    assert sum(n > 0 for n in refuted) <= 4, "a report with any false refutation has probability at most 0.05"


def test_the_table_is_what_the_verdicts_do() -> None:
    """The same samples through the engine: the share of REFUTED is the tabulated one."""
    g = np.random.default_rng([0, 0, 0])
    draw, mean, _ = TRUTHS["exponential"]
    x = draw(g, (30, INDICES, 64)) * 1.2
    by_table = log_e_values(x / mean) >= -np.log(0.05)
    by_engine = [judged(part, ONE, InExpectation(alpha=0.05)).status is Status.REFUTED for part in x]
    assert list(by_table) == by_engine
    assert 0 < sum(by_engine) < 30
    row = alarms(40, 16, 5)[0]
    assert set(row) == {"quantifier", "distribution", "alpha", "repetitions", "seeds", "rate"}
    assert DELTA == 0.1
