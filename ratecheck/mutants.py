"""The kill matrix: which slips in an algorithm or in a bound a theorem's own claims would notice, and by which tooth.

Mutants are generic: an algorithm is changed in its source, in its numbers, in its noise, its precision or its memory; a bound
in its factor, its exponent, its index, its constants. A mutant is killed if its claim does not reach the expected status on
some instance. Not counted: mutants that do nothing or crash; slips that leave a claim without laws as it was, an inequality
at whatever points it is shown (unwatched); bounds that are weaker and therefore as true; and bounds that are stronger but that
nothing contradicts: they are open, unless the adversary refutes one. Then it survived wrongly.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from ratecheck.contracts import Claim, Theorem
from ratecheck.falsify import falsify
from ratecheck.trial import Outcome, Trial
from ratecheck.twins import algorithms, measures, numbers
from ratecheck.wrong_bounds import bounds

FATES = ("killed", "crashed", "survived", "unwatched", "open", "not run", "still true", "same iterates")  # the first counts, of several


@dataclass(frozen=True)
class Row:
    """One mutant of one claim. `fate`: one of FATES."""

    claim: str
    mutant: str
    kind: str  # algorithm or bound
    fate: str
    killed_by: str | None  # LAW UNIT SIDE BOUND SHARP E-VALUE GIVEN POWER FAILED ALONE
    note: str


@dataclass(frozen=True)
class Mutant:
    what: str
    kind: str  # bound, algorithm, parameter
    claim: Claim[Any, Any]


def mutants(claim: Claim[Any, Any]) -> Iterator[Mutant]:
    """Every mutant of a claim."""
    for what, bound in bounds(claim):
        yield Mutant(what, "bound", replace(claim, bound=bound))
    for what, measure in measures(claim.metric):
        yield Mutant(what, "algorithm", replace(claim, metric=measure))
    for what, algorithm in algorithms(claim.algorithm):
        yield Mutant(what, "algorithm", replace(claim, algorithm=algorithm))
    for what, algorithm in numbers(claim.algorithm):
        yield Mutant(what, "parameter", replace(claim, algorithm=algorithm))


def kill_matrix(theorem: Theorem, path: str, budget_seconds: float = 120.0, hunt_draws: int = 0) -> list[Row]:
    """A row for every mutant of every claim of the theorem; those for which there was no time are `not run`.

    `hunt_draws`: how often the adversary tries to refute each bound that nothing contradicted.
    """
    until = time.monotonic() + budget_seconds
    rows = []
    for name, (claim, expected) in theorem.claims.items():
        trial = Trial(claim, expected)
        for mutant in mutants(claim):
            outcome: Outcome = ("not run", None, "no time was left")
            if time.monotonic() < until:
                is_bound = mutant.kind == "bound"
                outcome = trial.of_bound(mutant.claim.bound) if is_bound else trial.of_algorithm(mutant.claim, mutant.kind == "parameter")
            if outcome[0] == "open" and hunt_draws:
                outcome = _hunted(mutant, outcome, hunt_draws)
            rows.append(Row(f"{path}::{name}", mutant.what, "bound" if mutant.kind == "bound" else "algorithm", *outcome))
    return rows


def _hunted(mutant: Mutant, outcome: Outcome, draws: int) -> Outcome:
    """Whether the adversary refutes a bound that the claim's own draws do not."""
    for instance in mutant.claim.instances:
        search = falsify(mutant.claim, instance, inf, draws=draws)
        if search.refuted:
            return "survived", None, f"false on {instance} with {dict(search.parameters)}, seed {search.seed}: {search.verdict.why}"
    return outcome[0], None, f"{outcome[2]}; nor did the adversary in {draws} draws"


def summary(rows: list[Row]) -> dict[str, Any]:
    """Kills by tooth, and the share killed of the mutants that were killed or survived; for the rest, how many of each fate.

    A slip in an algorithm is one mutant, whichever claims run it: it is killed if one of them notices. A bound is its claim's own.
    """
    result: dict[str, Any] = {}
    for kind in ("algorithm", "bound"):
        fates: dict[tuple[str, str], Row] = {}
        for row in (r for r in rows if r.kind == kind):
            key = (row.mutant, "" if kind == "algorithm" else row.claim)
            if key not in fates or FATES.index(row.fate) < FATES.index(fates[key].fate):
                fates[key] = row
        counts = Counter(row.fate for row in fates.values())
        judged = counts["killed"] + counts["survived"]
        result[kind] = {
            "mutants": len(fates),
            "fates": dict(sorted(counts.items())),
            "teeth": dict(sorted(Counter(row.killed_by for row in fates.values() if row.killed_by).items())),
            "killed": counts["killed"] / judged if judged else None,
            "survivors": [f"{row.claim}: {row.mutant}" for row in fates.values() if row.fate == "survived"],
        }
    return result
