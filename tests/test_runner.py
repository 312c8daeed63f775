"""From a claim to a verdict: what is ill posed, not certified, not the algorithm, not a number, or ends too early."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from math import inf, nan
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from ratecheck import (
    Always,
    Array,
    AtLeast,
    Bound,
    Certified,
    Claim,
    Direct,
    Equal,
    InExpectation,
    Noise,
    Quantifier,
    Scaling,
    Seen,
    Side,
    Status,
    Threshold,
    Trait,
    Unit,
    each,
)
from ratecheck.arrays import has_nan, locked
from ratecheck.contracts import Evidence
from ratecheck.execute import Options, curve
from ratecheck.readings import KEPT, kept_indices
from ratecheck.runner import run
from tests.replay import SOURCE, replay

LENGTH = 1.0 / 3.0  # x_k = x_0 / 3^k


@dataclass(frozen=True, eq=False)
class Line:
    """f(x) = ½ L x², x in R^n."""

    x0: Array  # (B, n)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX})


@dataclass(frozen=True, eq=False)
class Point:
    x: Array  # (B, n)


@dataclass(frozen=True)
class Thirds:
    def iterates(self, problem: Line, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        while True:
            yield Point(x)
            x = LENGTH * x


def line(seeds: range, side: Side = Side.EXACT) -> Line:
    x0 = np.stack([1.0 + np.random.default_rng([seed, 3]).random(2) for seed in seeds])
    R = Certified(np.linalg.norm(x0, axis=1), Unit(0, 1), side, "norm of x0")
    L = Certified(2.0, Unit(1, -2), side, "by construction")
    return Line(x0, MappingProxyType({"R": R, "L": L}))


def value(p: Line, s: Point) -> Array:
    return 0.5 * p.constants["L"].value * (s.x * s.x).sum(axis=-1)


def shrinks(p: Line, s: Point, t: Point) -> Array:
    return np.abs(t.x - LENGTH * s.x).max(axis=-1) / np.abs(s.x).max(axis=-1)


def bound(k: Array, c: Mapping[str, Array]) -> Array:
    return 0.5 * c["L"] * c["R"] ** 2 * LENGTH ** (2 * k)


CLAIM = Claim[Line, Point](
    source=SOURCE, assumes=frozenset({Trait.CONVEX}), instances={"line": line}, algorithm=Thirds(), metric=each(value), unit=Unit(f=1),
    bound=bound, holds=Always(), k=range(300), laws={"a third": shrinks}, seeds=4,
)  # fmt: skip


def status(claim: Claim[Any, Any], seeds: int = 4) -> Status:
    (name,) = claim.instances
    return run(claim, name, range(seeds))[0].status


def told(claim: Claim[Any, Any], seeds: int = 4) -> str:
    (name,) = claim.instances
    return run(claim, name, range(seeds))[0].why


def on(side: Side) -> Mapping[str, Callable[[range], Line]]:
    return {"line": lambda seeds: line(seeds, side)}


def test_the_claim_itself() -> None:
    found, evidence, _ = run(CLAIM, "line", range(4))
    assert found.status is Status.CONSISTENT
    assert found.ratio == pytest.approx(1.0)
    assert evidence is not None
    assert evidence.metric.shape == evidence.bound.shape == (len(kept_indices(CLAIM.k)), 4)
    assert status(replace(CLAIM, bound=lambda k, c: bound(k, c) * (1 - 1e-6))) is Status.REFUTED


# --- units and sides -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        lambda k, c: bound(k, c) / c["R"],
        lambda k, c: bound(k, c) / c["L"],
        lambda k, c: bound(k, c) + c["R"] ** 2,
        lambda k, c: bound(k, c) + 1e-3,
        lambda k, c: np.where(k > 250, c["R"], bound(k, c)),
    ],
)
def test_wrong_unit(wrong: Bound) -> None:
    assert status(replace(CLAIM, bound=wrong)) is Status.ILL_POSED


@pytest.mark.parametrize("name", ["rounding", "gap", "given"])
def test_wrong_unit_elsewhere(name: str) -> None:
    wrong: Bound = lambda k, c: 1e-3 * c["R"] + 0 * k
    claim = {
        "rounding": replace(CLAIM, rounding=wrong), "gap": replace(CLAIM, gap=wrong), "given": replace(CLAIM, given={"short": wrong}),
    }[name]  # fmt: skip
    assert status(claim) is Status.ILL_POSED


SIDES: Mapping[str, tuple[Side, Quantifier, Bound, bool]] = {
    "upper bound, constant from above": (Side.UPPER, Always(), bound, True),
    "upper bound, constant from below": (Side.LOWER, Always(), bound, False),
    "lower bound, constant from below": (Side.LOWER, AtLeast(), bound, True),
    "lower bound, constant from above": (Side.UPPER, AtLeast(), bound, False),
    "equality, constant from above": (Side.UPPER, Equal(), bound, False),
    "equality, constant from below": (Side.LOWER, Equal(), bound, False),
    "equality, exact": (Side.EXACT, Equal(), bound, True),
}  # fmt: skip


@pytest.mark.parametrize("name", SIDES)
def test_sides(name: str) -> None:
    side, holds, b, fine = SIDES[name]
    found = status(replace(CLAIM, instances=on(side), holds=holds, bound=b))
    assert (found is Status.CONSISTENT) if fine else (found is Status.ILL_POSED)


# --- assumptions ---------------------------------------------------------------------------------------------------


def test_only_flaw_is_an_estimated_constant() -> None:
    found, _, _ = run(replace(CLAIM, instances=on(Side.ESTIMATED)), "line", range(4))
    assert found.status is Status.NOT_APPLICABLE
    assert found.why.startswith("assumption not certified (L, R estimated), conclusion; observed: CONSISTENT")


@pytest.mark.parametrize("where", ["gap", "given", "sweep", "threshold"])
def test_an_estimated_constant_is_seen_wherever_it_is_used(where: str) -> None:
    def draw(seeds: range) -> Line:
        p = line(seeds)
        guess = Certified(np.geomspace(1e-3, 1, len(seeds)), Unit(), Side.ESTIMATED, "by sampling")
        return replace(p, constants=MappingProxyType({**p.constants, "delta": guess}))

    base = replace(CLAIM, instances={"line": draw})
    assert status(base) is Status.CONSISTENT
    claim = {
        "gap": replace(base, gap=lambda k, c: 1e-12 * c["delta"] * bound(k, c)),
        "given": replace(base, given={"delta <= 1": lambda k, c: c["delta"] + 0 * k}),
        "sweep": replace(base, holds=Scaling(of=lambda c: c["delta"], within=9.0)),
        "threshold": replace(base, holds=Threshold(of=lambda c: c["delta"], at=0.5)),
    }[where]
    assert status(claim) is Status.NOT_APPLICABLE
    assert "delta" in told(claim)


def test_a_missing_trait() -> None:
    assert status(replace(CLAIM, assumes=frozenset({Trait.COMPACT}))) is Status.NOT_APPLICABLE


def test_given() -> None:
    used: Bound = lambda k, c: c["L"] / c["L"] * (1 + 1e-3 * (k == 217))
    found = run(replace(CLAIM, given={"L <= L": used}), "line", range(4))[0]
    assert found.status is Status.NOT_APPLICABLE
    assert "1.001" in found.why and "observed: CONSISTENT" in found.why
    assert status(replace(CLAIM, given={"nan": lambda k, c: nan * k})) is Status.NOT_APPLICABLE
    assert status(replace(CLAIM, given={"met": lambda k, c: 1.0 + 0 * k})) is Status.CONSISTENT


def test_a_hypothesis_met_by_a_hair_does_not_excuse_a_bound_that_is_not_a_number() -> None:
    claim = replay(np.ones(50), lambda k, c: np.where(k == 7, nan, 1.0), Always(), given={"almost": lambda k, c: 1 + 1e-13 + 0 * k})
    assert status(claim, 1) is Status.FAILED


def test_outside_the_hypotheses_the_bound_may_be_anything() -> None:
    claim = replay(np.ones(50), lambda k, c: nan * k, Always(), given={"missed": lambda k, c: 2.0 + 0 * k})
    assert status(claim, 1) is Status.NOT_APPLICABLE
    for odd in (nan, inf, -inf):
        blows = replay(np.where(np.arange(50) < 9, 1.0, odd), lambda k, c: 1 + 0 * k, Always(), given={"missed": lambda k, c: 2.0 + 0 * k})
        assert status(blows, 1) is Status.NOT_APPLICABLE
    assert status(replace(CLAIM, given={"missed": lambda k, c: 2.0 + 0 * k}, bound=lambda k, c: c["R"])) is Status.ILL_POSED


# --- laws and states -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """Right until k = 400, then a wrong step."""

    wrong: float

    def iterates(self, problem: Line, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            yield Point(x)
            x = (LENGTH if k < 200 else self.wrong) * x


def test_laws() -> None:
    assert status(replace(CLAIM, algorithm=Late(0.3))) is Status.UNLAWFUL
    assert status(replace(CLAIM, algorithm=Late(0.3), laws={})) is Status.CONSISTENT
    assert status(replace(CLAIM, algorithm=Late(0.5), laws={})) is Status.REFUTED


@pytest.mark.parametrize("broken", [nan, inf])
@pytest.mark.parametrize("k", [0, 57, 298])
def test_a_law_that_is_not_a_number_at_one_k_is_no_success(k: int, broken: float) -> None:
    seen: list[int] = []

    def law(p: Line, s: Point, t: Point) -> Array:
        seen.append(0)
        return np.where((len(seen) == k + 1) & (np.arange(4) == 2), broken, 0.0)

    found = run(replace(CLAIM, laws={"odd": law}), "line", range(4))[0]
    assert found.status is Status.FAILED
    assert "odd" in found.why and "row 2" in found.why


def test_an_overflow_of_a_law_does_not_hide_a_refutation() -> None:
    blows = replace(CLAIM, algorithm=Late(1e200), laws={"not a number": lambda p, s, t: nan * t.x[:, 0]})
    assert status(blows) is Status.REFUTED


def test_a_law_that_never_runs_is_no_success() -> None:
    first = replace(CLAIM, k=range(1))
    assert status(first) is Status.CONSISTENT, "the second state is asked for, to test the law"
    assert status(replace(first, laws={"no": lambda p, s, t: 1 + 0 * t.x[:, 0]})) is Status.UNLAWFUL
    assert status(replace(first, algorithm=Direct(lambda p: Point(p.x0)))) is Status.FAILED
    assert status(replace(first, algorithm=Direct(lambda p: Point(p.x0)), laws={})) is Status.CONSISTENT


def test_nan_in_a_state_that_the_metric_does_not_see() -> None:
    @dataclass(frozen=True)
    class Spoilt:
        def iterates(self, problem: Line, noise: Noise, /) -> Iterator[tuple[Point, Point]]:
            for k, s in enumerate(Thirds().iterates(problem, noise)):
                yield s, Point(np.where(k > 250, nan, 1.0) * s.x)

    base: Any = CLAIM
    claim = replace(base, algorithm=Spoilt(), metric=each(lambda p, s: value(p, s[0])), laws={})
    assert status(claim) is Status.FAILED
    assert has_nan(({"a": [np.array([1.0, nan])]},)) and not has_nan(({"a": [np.array([1, 2])]}, "b", 3))


def test_in_place() -> None:
    @dataclass(frozen=True)
    class Overwrites:
        viewed: bool

        def iterates(self, problem: Line, noise: Noise, /) -> Iterator[Point]:
            x = problem.x0 + 0
            while True:
                yield Point(x[:] if self.viewed else x)
                x *= LENGTH

    for viewed in (False, True):
        assert status(replace(CLAIM, algorithm=Overwrites(viewed), laws={})) is Status.FAILED
    base = np.arange(6.0)
    locked(base[1:])
    assert not base.flags.writeable


# --- readings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "metric",
    [
        lambda p, s: (s.x * s.x).sum(axis=-1)[:1],  # the first row stands for all
        lambda p, s: (s.x * s.x).sum(),  # an axis was forgotten
        lambda p, s: s.x * s.x,
        lambda p, s: (s.x * s.x).sum(axis=0),
    ],
)
def test_one_number_per_row(metric: Callable[[Line, Point], Array]) -> None:
    found = run(replace(CLAIM, metric=each(metric)), "line", range(4))[0]
    assert found.status is Status.FAILED
    assert "one number per row" in found.why


def test_a_plain_number_is_a_count_for_all_rows() -> None:
    claim = replace(CLAIM, metric=each(lambda p, s: 3), unit=Unit(), bound=lambda k, c: 3.0 + 0 * k, laws={})
    assert status(claim) is Status.CONSISTENT


def test_an_algorithm_that_stops_early() -> None:
    @dataclass(frozen=True)
    class Ends:
        def iterates(self, problem: Line, noise: Noise, /) -> Iterator[Point]:
            for _, s in zip(range(100), Thirds().iterates(problem, noise), strict=False):
                yield s

    assert status(replace(CLAIM, algorithm=Ends())) is Status.FAILED
    assert status(replace(CLAIM, algorithm=Ends(), k=range(100))) is Status.CONSISTENT
    assert status(replace(CLAIM, algorithm=Ends(), k=range(0, 106, 9))) is Status.CONSISTENT, "k = 99 is the last claimed"


def test_a_state_is_at_the_index_that_it_says() -> None:
    @dataclass(frozen=True)
    class Numbered:
        k: int
        x: Array

    @dataclass(frozen=True)
    class From:
        first: int

        def iterates(self, problem: Line, noise: Noise, /) -> Iterator[Numbered]:
            for k, s in enumerate(Thirds().iterates(problem, noise)):
                yield Numbered(k + self.first, s.x)

    assert status(replace(CLAIM, algorithm=From(0), laws={})) is Status.CONSISTENT
    found = run(replace(CLAIM, algorithm=From(1), laws={}), "line", range(4))[0]
    assert found.status is Status.FAILED and "index 0 says that its k is 1" in found.why


@pytest.mark.parametrize("where", ["draw", "iterates", "metric", "bound", "law", "missing"])
def test_a_crash_is_a_verdict_with_its_place(where: str) -> None:
    def crash(*args: Any) -> Any:
        raise ZeroDivisionError("here")

    @dataclass(frozen=True)
    class Crashes:
        def iterates(self, problem: Line, noise: Noise, /) -> Iterator[Point]:
            raise ZeroDivisionError("here")
            yield

    claim = {
        "draw": replace(CLAIM, instances={"line": crash}), "iterates": replace(CLAIM, algorithm=Crashes()),
        "metric": replace(CLAIM, metric=each(crash)), "bound": replace(CLAIM, bound=crash), "law": replace(CLAIM, laws={"l": crash}),
        "missing": replace(CLAIM, bound=lambda k, c: c["mu"]),
    }[where]  # fmt: skip
    found = run(claim, "line", range(4))[0]
    assert found.status is Status.FAILED
    assert ("'mu'" if where == "missing" else "ZeroDivisionError: here") in found.why
    assert "test_runner.py" in found.why


def test_no_seeds() -> None:
    assert status(CLAIM, 0) is Status.FAILED


def test_a_nan_after_an_overflow_refutes_an_upper_bound_and_fails_a_lower_one() -> None:
    metric = np.where(np.arange(300) < 100, 0.5, np.where(np.arange(300) < 200, inf, nan))
    assert status(replay(metric, lambda k, c: 1 + 0 * k, Always()), 1) is Status.REFUTED
    assert status(replay(metric + 1, lambda k, c: 1 + 0 * k, AtLeast()), 1) is Status.FAILED
    assert status(replay(metric[::-1], lambda k, c: 1 + 0 * k, Always()), 1) is Status.FAILED


def test_sharp() -> None:
    slack = replace(CLAIM, bound=lambda k, c: 2 * bound(k, c))
    assert status(replace(CLAIM, sharp={"line": Equal(1e-6)})) is Status.CONSISTENT
    assert status(replace(slack, sharp={"line": Equal(1e-6)})) is Status.UNSHARP


# --- blocks of rows ------------------------------------------------------------------------------------------------


def test_blocks_of_rows_are_one_run() -> None:
    rows = np.random.default_rng(5).exponential(size=(30, 600))
    claim = replay(rows, lambda k, c: 1.0 + 0 * k, InExpectation())
    whole = run(claim, "table", range(600))
    assert whole[1] is not None
    assert np.array_equal(whole[1].metric, rows[kept_indices(claim.k)])
    for start in (0, 256, 512):
        part = run(claim, "table", range(start, min(start + 256, 600)))[1]
        assert part is not None
        assert np.array_equal(part.over.ratio, whole[1].over.ratio[start : start + 256])


def test_a_seed_alone_is_the_seed_in_the_batch() -> None:
    batch, alone = run(CLAIM, "line", range(4))[1], run(CLAIM, "line", range(2, 3))[1]
    assert batch is not None and alone is not None
    assert np.array_equal(batch.metric[:, 2], alone.metric[:, 0])
    assert np.array_equal(batch.over.excess[2:3], alone.over.excess)


def test_kept_indices() -> None:
    for k in (range(1), range(3, 100), range(1, 5000), range(10, 100000, 10)):
        kept = kept_indices(k)
        assert kept[0] == k[0] and kept[-1] == k[-1]
        assert len(kept) <= KEPT and (np.diff(kept) > 0).all() and set(kept.tolist()) <= set(k)


def test_seen_enters_the_bound_at_every_k() -> None:
    size: Seen[Line, Point] = Seen(each(lambda p, s: np.abs(s.x).max(axis=-1)), Unit(0, 1))
    claim = replace(CLAIM, seen={"size": size}, bound=lambda k, c: c["L"] * c["size"] ** 2)
    assert status(claim) is Status.CONSISTENT
    assert status(replace(claim, bound=lambda k, c: 0.1 * c["L"] * c["size"] ** 2)) is Status.REFUTED


def test_a_bound_does_not_change_what_it_is_given() -> None:
    def greedy(k: Array, c: Mapping[str, Array]) -> Array:
        size = c["size"]
        size *= 2
        return size

    size: Seen[Line, Point] = Seen(each(lambda p, s: np.abs(s.x).max(axis=-1)), Unit(0, 1))
    assert status(replace(CLAIM, seen={"size": size}, bound=greedy, unit=Unit(0, 1))) in (Status.FAILED, Status.ILL_POSED)


def evidence(claim: Claim[Any, Any]) -> Evidence:
    found = run(claim, "table", range(claim.seeds))[1]
    assert found is not None
    return found


def test_a_sweep_is_kept_against_its_constant() -> None:
    """Two rows at each of three values; the last index is what counts."""
    a = np.asarray([4.0, 1.0, 2.0, 4.0, 1.0, 2.0])
    metric = np.stack([0 * a, a + np.asarray([0, 0, 0, 1, 1, 1])])
    swept = replay(metric, lambda k, c: c["a"] + 0 * k, Scaling(of=lambda c: c["a"] / 2), constants={"a": Certified(a, Unit(), Side.EXACT, "given")})
    found = curve(swept, evidence(swept))
    assert (found["along"], found["log"], found["k"]) == ("a/2", True, [0.5, 1.0, 2.0])
    assert (found["metric"]["low"], found["metric"]["high"], found["bound"]["mid"]) == ([1, 2, 4], [2, 3, 5], [1, 2, 4])
    plain = curve(replace(swept, holds=Always()), evidence(swept))
    assert plain["k"] == [0, 1] and "along" not in plain


def test_more_seeds_are_for_claims_that_have_some() -> None:
    many, one = replace(CLAIM, seeds=4), replace(CLAIM, seeds=1)
    assert [Options(scale=4).rows(c) for c in (many, one)] == [16, 1]
    assert [Options(seeds=8).rows(c) for c in (many, one)] == [8, 8]
