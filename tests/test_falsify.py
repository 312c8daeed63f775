"""The adversary against claims whose worst case is rare; its witnesses, small, printed as programs and run again."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from itertools import count
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import pytest

from ratecheck import Claim, SameOrder, Status
from ratecheck.falsify import falsify
from ratecheck.hunt import Search
from ratecheck.runner import run
from ratecheck.space import Parameter, parameters
from ratecheck.witness import Address, Witness, load, replay, witness
from tests.rare_worst_case import CLAIM, EQUAL, LOWER, MEAN, SQUEEZED, THEOREM, Huber, bound, huber
from tests.test_confirm import CLAIM as DEEP
from tests.test_confirm import needs_longdouble

ROOT = Path(__file__).parents[1]
HERE = "tests.rare_worst_case"


def searched(claim: Claim[Any, Any], draws: int = 20_000, seed: int = 0) -> Search:
    return falsify(claim, "Huber", inf, seed, draws)


def at(name: str) -> Address:
    return Address(HERE, "foils", name, "Huber")


# --- what may be chosen --------------------------------------------------------------------------------------------


def test_parameters() -> None:
    names = {p.name: p for p in parameters(huber)}
    assert names["n"] == Parameter("n", True, 1, 40, 5)
    assert names["delta"].log and not names["n"].log
    assert [p.name for p in parameters(partial(huber, n=3))] == ["delta", "R"]
    assert [p.name for p in parameters(partial(partial(huber, n=3), R=2.0))] == ["delta"]
    assert parameters(lambda seeds: huber(seeds)) == []


def test_wrong_annotations_are_named() -> None:
    def empty(seeds: range, n: Annotated[int, (5, 2)] = 3) -> Any: ...
    def text(seeds: range, n: Annotated[str, (1, 2)] = "a") -> Any: ...
    def none(seeds: range, n: Annotated[int, (1, 2)]) -> Any: ...

    draws: list[Any] = [empty, text, none]
    for draw in draws:
        with pytest.raises(ValueError, match="parameter n"):
            parameters(draw)


@pytest.mark.parametrize(
    "p", [Parameter("a", False, 1e-4, 10.0, 1.0), Parameter("b", False, -3.0, 5.0, 0.0), Parameter("c", True, 2, 30, 20)], ids=str
)
def test_shares_of_a_range(p: Parameter) -> None:
    assert p.at(0) == p.low and p.at(1) == p.high and p.at(-9) == p.low and p.at(9) == p.high
    for u in np.linspace(0, 1, 13):
        value = p.at(float(u))
        assert p.low <= value <= p.high
        assert isinstance(value, int) == p.whole
        assert p.at(p.share(value)) == pytest.approx(value)
        assert all(p.low <= v <= p.high for v in p.simpler(value))


def test_simpler_numbers_end() -> None:
    p = Parameter("a", False, 1e-4, 10.0, 1.0)
    value: Any = 0.123456789
    for _ in range(30):
        value = next(p.simpler(value), value)
    assert value == 1.0 and not list(p.simpler(1.0))


# --- searching -----------------------------------------------------------------------------------------------------


def test_random_draws_do_not_refute_half_of_a_tight_bound() -> None:
    for claim in (SQUEEZED, THEOREM.foils["half"][0]):
        for seeds in (range(16), range(1000)):
            assert run(claim, "Huber", seeds)[0].status in (Status.CONSISTENT, Status.VACUOUS)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_adversary_refutes_it_and_shrinks(seed: int) -> None:
    found = searched(THEOREM.foils["half"][0], seed=seed)
    assert found.refuted and found.verdict.status is Status.REFUTED
    assert found.parameters["n"] == 1 and found.seed == 0
    assert all(len(f"{v:.12g}") <= 6 for v in found.parameters.values()), "round numbers"
    assert found.sampled < 0.02 < 1 < found.score


def test_it_climbs_to_the_worst_case() -> None:
    """One per cent below the tight constant: a window of 0.03 decades in delta/R, at n = 1 only."""
    found = searched(SQUEEZED)
    assert found.refuted
    assert found.parameters["R"] / found.parameters["delta"] == pytest.approx(61, rel=0.15)


def test_the_tightness_of_a_true_claim() -> None:
    found = searched(CLAIM, draws=3000)
    assert found.tried == 3000
    assert not found.refuted and found.verdict.status is Status.CONSISTENT
    assert found.score == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(ValueError, match="no counterexample"):
        witness(found, at("half"))


@pytest.mark.parametrize("claim", [LOWER, EQUAL], ids=["at least", "equal"])
def test_other_relations(claim: Claim[Any, Any]) -> None:
    assert run(claim, "Huber", range(claim.seeds))[0].status is Status.CONSISTENT
    assert searched(claim).refuted


def test_an_order() -> None:
    drifts = replace(CLAIM, holds=SameOrder(0.1), k=range(1, 60), bound=lambda k, c: 0.5 * bound(k, c) * 0.6**k, laws={})
    assert searched(drifts).refuted


def test_a_claim_about_samples_is_refuted_on_seeds_that_were_not_searched() -> None:
    found = searched(MEAN, draws=500)
    assert found.refuted and found.seed >= 2**20 and found.rows == 4 * MEAN.seeds
    true = searched(replace(MEAN, bound=lambda k, c: 2.0 * bound(k, c)), draws=500)
    assert not true.refuted


def test_the_same_for_the_same_seed() -> None:
    half = THEOREM.foils["half"][0]
    one, two = searched(half, seed=7), searched(half, seed=7)
    assert (one.parameters, one.seed, one.tried) == (two.parameters, two.seed, two.tried)


def fragile(seeds: range, n: Annotated[int, (1, 9)] = 5, delta: Annotated[float, (0.1, 1.0)] = 0.5) -> Huber:
    if n == 7:
        raise ArithmeticError("seven")
    p = huber(seeds, n=n, delta=delta)
    return replace(p, traits=frozenset()) if n < 4 else p


def test_draws_outside_the_assumptions_are_rejected_and_failures_named() -> None:
    found = searched(replace(CLAIM, instances={"Huber": fragile}), draws=500)
    assert not found.refuted
    assert found.parameters["n"] not in (1, 2, 3, 7)
    assert found.rejected > 0
    assert found.troubles and all(t.status is Status.FAILED and "seven" in t.why for t in found.troubles)


# --- witnesses -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Witness:
    return witness(searched(THEOREM.foils["half"][0]), at("half"))


def test_a_witness_is_stored_and_run_again(found: Witness, tmp_path: Path) -> None:
    file = found.save(tmp_path / "new")
    assert found.save(tmp_path / "new") == file
    again, verdict = replay(file)
    assert again == found
    assert (verdict.status.name, verdict.why) == (found.status, found.why)
    assert json.loads(file.read_text())["address"]["name"] == "half"


def test_a_witness_is_a_program(found: Witness) -> None:
    ran = subprocess.run([sys.executable, "-W", "error", "-c", found.snippet()], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == f"REFUTED: {found.why}\n"


def test_what_is_not_a_witness(found: Witness, tmp_path: Path) -> None:
    for text in ("[]", "{", '{"address": {}}', '{"a": 1}'):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(ValueError, match="not a witness"):
            load(tmp_path / "x.json")
    with pytest.raises(LookupError, match="no foils 'gone'"):
        replace(found, address=at("gone")).run()


@needs_longdouble
def test_what_rounding_does_is_no_counterexample() -> None:
    found = falsify(DEEP, "bowl", inf, draws=100)
    assert not found.refuted
    assert found.troubles and all(t.status is Status.REFUTED and "within rounding" in t.why for t in found.troubles)
    lie = replace(DEEP, k=range(1, 12), bound=lambda k, c: 0.99 * c["gap"] * 4.0**-k)
    assert falsify(lie, "bowl", inf, draws=2000).confirmed.startswith("confirmed in longdouble")


def test_the_budget_of_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock that moves by one second whenever it is read."""
    clock = count()
    for module in ("hunt", "falsify"):
        monkeypatch.setattr(f"ratecheck.{module}.time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    few = falsify(CLAIM, "Huber", 40.0)
    assert 10 <= few.tried <= 150, "hypothesis ends a round of 100"
    assert falsify(CLAIM, "Huber", 4000.0, draws=700).tried == 700
