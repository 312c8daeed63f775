"""The kill matrix on a small theorem: every mutant has the fate that mathematics gives it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pytest

from ratecheck import Always, Array, Claim, Lockstep, Noise, SameOrder, Status, Theorem, at_average, mean
from ratecheck.mutants import Row, kill_matrix, mutants, summary
from ratecheck.runner import run
from ratecheck.surgery import slips, source
from ratecheck.trial import Trial
from ratecheck.twins import algorithms, measures, numbers
from tests.rare_worst_case import THEOREM as RARE
from tests.small_theorem import CLAIM, MEAN, THEOREM, Descent, Point, Quadratic, along_the_gradient, bound, distance2


@cache
def rows() -> tuple[Row, ...]:
    return tuple(kill_matrix(THEOREM, "small"))


def fate(mutant: str, claim: str = "distance") -> tuple[str, str | None]:
    mine = [r for r in rows() if r.claim == f"small::{claim}"]
    found = [r for r in mine if r.mutant == mutant] or [r for r in mine if mutant in r.mutant]
    assert len(found) == 1, [r.mutant for r in found]
    return found[0].fate, found[0].killed_by


def test_the_theorem_holds() -> None:
    for claim, expected in THEOREM.claims.values():
        for instance in claim.instances:
            assert run(claim, instance, range(claim.seeds))[0].status is expected


@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("times 0.5", ("killed", "BOUND")),
        ("times 0.25", ("killed", "BOUND")),
        ("times k^-0.25", ("killed", "BOUND")),
        ("times k^+0.25", ("killed", "SHARP")),
        ("at k +2", ("killed", "BOUND")),
        ("at k -2", ("killed", "SHARP")),
        ("R left out", ("killed", "UNIT")),
        ("divided by R", ("killed", "UNIT")),
        ("R squared", ("killed", "UNIT")),
        ("\"1 - c['s'] * c['mu']\" with the other sign", ("killed", "SIDE")),
        ("\"1 - c['s'] * c['mu']\" without its last term", ("killed", "SHARP")),
        ("'k' is k + 1", ("killed", "BOUND")),
        ("all rows see the noise of the first", ("same iterates", None)),
        ("overwrites the states", ("killed", "FAILED")),
        ("one index late", ("killed", "FAILED")),
        ("single precision", ("killed", "LAW")),
        ("takes effect in g one iteration late", ("killed", "LAW")),
        ("takes effect in x one iteration late", ("killed", "LAW")),
        ("'problem.grad(x)' with the wrong sign", ("killed", "LAW")),
        ("moves x 2 times as far", ("killed", "LAW")),
        ("moves x 0.5 times as far", ("killed", "LAW")),
        ("'x - self.s * g' with the other sign", ("killed", "LAW")),
        ("'x - self.s * g' without its last term", ("killed", "LAW")),
        ("s times 0.5", ("still true", None)),
    ],
)
def test_fate(mutant: str, expected: tuple[str, str | None]) -> None:
    assert fate(mutant) == expected


def test_fate_in_the_mean() -> None:
    assert fate("times 0.5", "in the mean") == ("killed", "E-VALUE")
    assert fate("noise of the first", "in the mean") == ("killed", "FAILED")
    assert fate("times k^+0.25", "in the mean") == ("still true", None), "it follows, and nothing is sharp"
    assert fate("single precision", "in the mean") == ("unwatched", None), "no laws"


def test_rows_are_json_and_add_up() -> None:
    assert json.loads(json.dumps([asdict(r) for r in rows()]))[0]["claim"] == "small::distance"
    total = summary(list(rows()))
    for kind in ("algorithm", "bound"):
        assert sum(total[kind]["fates"].values()) == total[kind]["mutants"]
        assert sum(total[kind]["teeth"].values()) == total[kind]["fates"]["killed"]
    with_laws = summary([r for r in rows() if r.claim == "small::distance"])
    assert with_laws["algorithm"]["killed"] == with_laws["bound"]["killed"] == 1.0
    assert not with_laws["algorithm"]["survivors"]


def test_a_slip_is_killed_if_one_claim_notices() -> None:
    unlawful = Theorem(claims={"a": THEOREM.claims["distance"], "b": (replace(CLAIM, laws={}, sharp={}), Status.CONSISTENT)}, foils={})
    found = kill_matrix(unlawful, "two")
    assert {r.claim for r in found if r.kind == "algorithm" and r.fate == "unwatched"} == {"two::b"}
    assert "unwatched" not in summary(found)["algorithm"]["fates"]
    assert summary(found)["algorithm"]["survivors"] == []


def test_the_budget_is_kept() -> None:
    found = kill_matrix(THEOREM, "small", budget_seconds=0.0)
    assert found and {r.fate for r in found} == {"not run"}
    assert summary(found)["algorithm"]["killed"] is None


def test_the_adversary_tells_false_bounds_from_loose_ones() -> None:
    """Random Huber functions do not come near the bound: half of it is open, until somebody looks for the worst case."""
    loose = {"at k = 30": (replace(RARE.claims["at k = 30"][0], holds=Always(power=0.0)), Status.CONSISTENT)}
    theorem = Theorem(claims=loose, foils={})
    found = {r.mutant: r for r in kill_matrix(theorem, "rare", hunt_draws=1000)}
    assert found["times 0.5"].fate == "survived" and "'n': 1" in found["times 0.5"].note
    assert {r.mutant: r for r in kill_matrix(theorem, "rare")}["times 0.5"].fate == "open"


# --- the parts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Endless:
    """x_{k+1} = x_k − s g, the step found by a search that ends only with the right comparison."""

    def iterates(self, problem: Quadratic, noise: Noise, /) -> Iterator[Point]:
        x = problem.x0
        for k in count():
            g = problem.grad(x)
            s = 1.0
            while s > 0.25:
                s = 0.5 * s
            yield Point(k, x, g, s + 0 * x[:, 0])
            x = x - s * g


def test_a_mutant_that_does_not_end() -> None:
    found = kill_matrix(Theorem(claims={"search": (replace(CLAIM, algorithm=Endless(), k=range(1, 9)), Status.CONSISTENT)}, foils={}), "s")
    endless = [r for r in found if r.note == "does not end"]
    assert {r.fate for r in endless} == {"crashed"}
    assert any("'s = 0.5 * s' takes effect" in r.mutant or "'0.5' is 1.0" in r.mutant for r in endless)


class Scaled(Descent):
    """A closure, a default, and super()."""

    def iterates(self, problem: Quadratic, noise: Noise, /, factor: float = 1.0) -> Iterator[Point]:
        for state in super().iterates(problem, noise):
            yield replace(state, x=factor * state.x + 0)


def test_source_is_found_and_rebuilt() -> None:
    assert source(np.sum) is None and source(print) is None
    changed = list(algorithms(Scaled()))
    assert any("factor * state.x + 0" in what for what, _ in changed)
    states = [next(twin.iterates(_problem(), _noise())) for what, twin in changed if "'factor * state.x + 0' with" in what]
    assert np.array_equal(states[0].x, _problem().x0)


def test_slips_of_lambdas_and_closures() -> None:
    scale = 3.0
    f: Callable[[float], float] = lambda x: scale * x + 1
    found = {s.what.split(": ", 1)[1]: s.function(2.0) for s in slips(f)}
    assert found == {
        "'scale * x + 1' with the other sign": 5.0,
        "'scale * x + 1' without its last term": 6.0,
        "'scale * x + 1' without its first term": 1,
        "'1' is 2": 8.0,
        "'1' is 0": 6.0,
    }
    assert f(2.0) == 7.0


def test_parts_of_combined_algorithms() -> None:
    both = Lockstep(Descent(), Endless())
    whats = [what for what, _ in algorithms(both)]
    assert any("test_mutants.py" in what for what in whats) and any("small_theorem.py" in what for what in whats)
    assert whats[0].startswith("Lockstep(Descent, Endless): ")
    assert len(whats) == len(set(whats))


def test_wrong_averages() -> None:
    point: Callable[[Point], Array] = lambda s: s.x
    for metric in (mean(distance2), at_average(lambda p, x: (x * x).sum(axis=-1), of=point)):
        averaged = replace(CLAIM, metric=metric, laws={}, sharp={}, bound=lambda k, c: c["R"] ** 2 + 0 * k)
        readings = [
            run(m.claim, "worst", range(1))[1] for m in mutants(averaged) if "averages with" in m.what or "instead of the" in m.what
        ]
        usual = run(averaged, "worst", range(1))[1]
        assert len(readings) == 2 and usual is not None
        assert all(e is not None and e.metric[-1, 0] < 0.9 * usual.metric[-1, 0] for e in readings)
    assert list(measures(CLAIM.metric)) == []


def test_a_shared_seed_is_seen_by_a_row_alone() -> None:
    """The rows are different instances, so no metric repeats: a row run by itself gives it away."""

    def scattered(seeds: range) -> Quadratic:
        p = CLAIM.instances["worst"](seeds)
        return replace(p, x0=p.x0 * (1 - 1e-3 * (np.array(seeds)[:, None] % 7)))

    claim: Claim[Any, Any] = replace(MEAN, instances={"scattered": scattered})
    trial = Trial(claim, Status.CONSISTENT)
    shared = dict(algorithms(claim.algorithm))["NoisyDescent: all rows see the noise of the first"]
    fate, tooth, _ = trial.of_algorithm(replace(claim, algorithm=shared), False)
    assert (fate, tooth) in (("killed", "ALONE"), ("killed", "E-VALUE"))


def test_constants_of_an_order_are_not_claimed() -> None:
    order = replace(CLAIM, holds=SameOrder(), laws={}, sharp={})
    whats = {m.what for m in mutants(order)}
    assert "times 0.5" not in whats and "times k^-0.25" in whats
    assert {m.what for m in mutants(CLAIM)} >= {"times 0.5", "times k^-0.25"}
    assert bound(np.ones((1, 1)), {"s": 0.1, "mu": 1.0, "R": 1.0}) == pytest.approx(0.81)
    assert along_the_gradient(_problem(), *_two_states()).max() < 1e-12


def _problem() -> Quadratic:
    return CLAIM.instances["random"](range(2))


def _noise() -> Any:
    from ratecheck.noise import SeededNoise

    return SeededNoise(range(2))


def _two_states() -> tuple[Point, Point]:
    states = Descent().iterates(_problem(), _noise())
    return next(states), next(states)


@dataclass(frozen=True)
class Made:
    """Runs a kind of algorithm that it makes itself."""

    kind: type[Descent]
    factor: float = 1.0

    def iterates(self, problem: Quadratic, noise: Noise, /) -> Iterator[Point]:
        yield from self.kind(self.factor).iterates(problem, noise)


def test_a_kind_of_algorithm_is_mutated_too() -> None:
    right = Made(Descent, 0.25)
    twins = dict(algorithms(right))
    assert [what for what, _ in numbers(right)] == ["factor times 2", "factor times 0.5"]
    wrong = next(twin for what, twin in twins.items() if "'problem.grad(x)' with the wrong sign" in what)
    assert run(replace(CLAIM, algorithm=right), "random", range(2))[0].status is Status.CONSISTENT
    assert run(replace(CLAIM, algorithm=wrong), "random", range(2))[0].status is Status.UNLAWFUL
