"""Worst cases over classes: known values, certificates that prove, and everything that must be refused."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from algorithms.quasar_convex.accelerated import AcceleratedStrong
from problems.quasar_convex.smooth_examples import huber
from ratecheck import AtLeast, Status, Theorem, Trait
from ratecheck.noise import SeededNoise
from ratecheck.performance import Convex, NotFixedStep, Operators, Smooth, WorstCase, distance, last_distance2, last_gap
from ratecheck.performance import certificate as proofs
from ratecheck.performance.certificate import Equations, certify, positive_definite, shift, solve
from ratecheck.performance.forms import Form, inner, norm2, number
from ratecheck.performance.program import maximise, program, refuted, tabulated, worst
from ratecheck.performance.recording import record
from ratecheck.performance.survey import current, proved, row, rows, stored, unexpected
from ratecheck.suite import Entry, Suite
from theory_checks.frank_wolfe.primal_gap import CLAIM as FRANK_WOLFE
from theory_checks.frank_wolfe.primal_gap import THEOREM as FRANK_WOLFE_FILE
from theory_checks.min_max.proximal_point_last import EVERY as PROXIMAL
from theory_checks.quasar_convex.handbook_gradient_descent import CONVEX, STRONG, WORST, descent

ONE = {"L": 1.0, "R": 1.0}
DESCENT = WorstCase({"f": Smooth()}, ONE, last_gap)
SUITE = Suite(Path(__file__).parents[1])
DECLARED = [(e, name) for e in map(SUITE.load, SUITE.paths([])) if isinstance(e, Entry) for name in e.theorem.worst]


@pytest.mark.parametrize("k", [1, 3, 10])
def test_gradient_descent_has_the_worst_case_of_drori_and_teboulle(k: int) -> None:
    found, p = worst(CONVEX, DESCENT, k)
    assert found.value == pytest.approx(1 / (4 * k + 2), rel=1e-7)
    assert found.replayed.status is Status.CONSISTENT and found.exact and not found.above
    proof = certify(p)
    assert 0 <= float(proof.value) - 1 / (4 * k + 2) < 1e-6, "a proof is never below the worst case"


@pytest.mark.parametrize("mu", [0.1, 0.5])
def test_strong_convexity_gives_the_square_of_the_contraction(mu: float) -> None:
    over = WorstCase({"f": Smooth(mu="mu")}, {**ONE, "mu": mu}, last_distance2)
    assert worst(STRONG, over, 4)[0].value == pytest.approx((1 - mu) ** 8, rel=1e-6)


def test_constants_scale_as_they_must() -> None:
    over = replace(DESCENT, constants={"L": 4.0, "R": 3.0})
    assert worst(CONVEX, over, 2)[0].value == pytest.approx(4 * 9 / 10, rel=1e-6)


def test_a_bound_that_is_too_small_is_refuted_by_a_function_that_the_engine_runs() -> None:
    less = replace(WORST, bound=lambda k, c: 0.99 * WORST.bound(k, c))
    found, _ = worst(less, DESCENT, 5)
    assert refuted(found) and found.replayed.status is Status.REFUTED


def test_another_step_has_another_worst_case() -> None:
    long = replace(CONVEX, algorithm=descent(1.9), given={}, laws={})
    assert worst(long, DESCENT, 1)[0].value == pytest.approx(0.405, rel=1e-6)  # (1.9 − 1)²/2


def test_above_the_bound_but_not_attained_is_left_open() -> None:
    over = WorstCase({"f": Operators(rho="rho", minty=True)}, {"L": 1.0, "R": 1.0, "rho": 0.4}, lambda t: t.distance2(t[t.k + 1].x - t.last.x))
    entry = Entry("family/name", __file__, "", "", None)  # type: ignore[arg-type]
    told = row(entry, "claim", "weak Minty", PROXIMAL, over, 3)
    assert told["status"] == "UNDECIDED" and "only necessary" in told["why"] and unexpected(told)


def test_a_wrong_metric_is_found_out() -> None:
    with pytest.raises(ArithmeticError, match="not the same"):
        worst(CONVEX, replace(DESCENT, metric=last_distance2), 3)


def test_an_unknown_constant_is_named() -> None:
    with pytest.raises(ValueError, match="no constant lipschitz; they have"):
        worst(CONVEX, replace(DESCENT, constants={**ONE, "lipschitz": 1.0}), 3)


def test_an_index_that_is_not_claimed() -> None:
    with pytest.raises(ValueError, match="k = 0 is not among the indices"):
        worst(CONVEX, DESCENT, 0)


def test_a_lower_bound_has_no_worst_case_here() -> None:
    with pytest.raises(ValueError, match="upper bound"):
        worst(replace(CONVEX, holds=AtLeast()), DESCENT, 1)


def test_a_method_with_a_line_search_is_refused() -> None:
    with pytest.raises(NotFixedStep, match="function values"):
        record(AcceleratedStrong(), {**ONE, "gamma": 1.0, "mu": 0.1}, "f", 2)


class Normalised:
    """Its steps depend on the size of the gradient."""

    def iterates(self, problem, noise):  # type: ignore[no-untyped-def]
        x = problem.x0
        while True:
            g = problem.grad(x)
            yield x
            x = x - g / np.sqrt(np.sum(g * g, axis=-1))[:, None]


def test_steps_that_depend_on_the_answers_are_found_out() -> None:
    with pytest.raises(NotFixedStep, match="change with the answers"):
        record(Normalised(), ONE, "f", 3)


def test_too_long_a_horizon_is_told() -> None:
    with pytest.raises(NotFixedStep, match="smaller k"):
        record(CONVEX.algorithm, ONE, "f", 200)


def test_no_start_no_worst_case() -> None:
    with pytest.raises(ArithmeticError, match="no worst case"):
        worst(CONVEX, replace(DESCENT, start=[]), 2)


def test_the_worst_instance_satisfies_the_class() -> None:
    p = program(CONVEX, DESCENT, 6)
    _, G, f = maximise(p)
    assert np.linalg.eigvalsh(G).min() > -1e-7
    for form in p.below:
        assert np.sum(form.matrix(p.basis) * G) + form.row(p.m) @ f + float(form.constant) < 1e-6
    table = tabulated(CONVEX, DESCENT, p, G, f)
    states = list(islice(CONVEX.algorithm.iterates(table, SeededNoise(range(1))), 7))
    assert table.value(states[6].x)[0] == pytest.approx(1 / 26, rel=1e-6)
    assert table.traits == frozenset({Trait.CONVEX, Trait.SMOOTH})


def test_two_members_share_a_linear_function() -> None:
    over = FRANK_WOLFE_FILE.worst["every k"]
    p = program(FRANK_WOLFE, over, 2)
    z = shift(p)
    assert z is not None and np.count_nonzero(z) == 4  # three gradients, and that of the minimiser
    value = maximise(p)[0]
    assert 0 < float(certify(p).value) - value < 1e-5 * value
    assert shift(program(CONVEX, DESCENT, 2)) is None


def test_the_proof_does_not_survive_a_false_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    p = program(CONVEX, DESCENT, 3)
    monkeypatch.setattr(proofs, "multipliers", lambda p, equations, kept, margin: 0.9 * MULTIPLIERS(p, equations, kept, margin))
    with pytest.raises(ArithmeticError, match="no certificate"):
        certify(p)


MULTIPLIERS = proofs.multipliers


def test_exact_elimination() -> None:
    F = Fraction
    assert solve([[F(0), F(2)], [F(3), F(1)]], [F(4), F(5)]) == [F(1), F(2)]
    with pytest.raises(ArithmeticError):
        solve([[F(1), F(2)], [F(2), F(4)]], [F(1), F(2)])
    assert positive_definite([[F(2), F(1)], [F(1), F(1)]])
    assert not positive_definite([[F(1), F(1)], [F(1), F(1)]])
    assert not positive_definite([[F(1), F(2)], [F(2), F(3)]])
    tiny = F(1, 10**40)
    assert positive_definite([[F(1), F(1)], [F(1), 1 + tiny]]) and not positive_definite([[F(1), F(1)], [F(1), 1 - tiny]])


def test_repaired_multipliers_satisfy_the_conditions_exactly() -> None:
    p = program(CONVEX, DESCENT, 4)
    equations = Equations.of(p, None)
    lam = MULTIPLIERS(p, equations, list(range(len(p.basis))), 1e-8)
    fixed = equations.repaired(lam)
    assert all(equations.off(r, fixed) == 0 for r in range(len(equations.rows)))
    assert max(abs(float(a) - b) for a, b in zip(fixed, lam, strict=True)) < 1e-6


def test_forms_are_exact() -> None:
    u, v = np.array([0.1, 1.0]), np.array([1 / 3, 2.0])
    form = (norm2(u) - inner(u, v) * 2 + number(0.5)) * 0.25 + Form(values={0: Fraction(1, 3)})
    exact = np.array([[float(x) for x in r] for r in form.exact_matrix([0, 1])])
    assert np.allclose(exact, form.matrix([0, 1]), atol=1e-16)
    assert form.exact_matrix([0, 1])[0][0] == Fraction(1, 4) * (Fraction(0.1) ** 2 - 2 * Fraction(0.1) * Fraction(1 / 3))
    assert form.constant == Fraction(1, 8) and form.row(1)[0] == 1 / 3


def test_worst_cases_are_of_claims_that_exist() -> None:
    with pytest.raises(ValueError, match=r"Theorem\.worst names claims that do not exist"):
        Theorem(claims={"a": (CONVEX, Status.CONSISTENT)}, foils={}, worst={"b": DESCENT})


def test_convex_functions_with_bounded_subgradients() -> None:
    """One step of length R/(G √1) from distance R: the last value is at most G R (for |x|-like functions)."""
    over = WorstCase({"f": Convex(G="L")}, ONE, last_gap, start=[distance()])
    short = replace(CONVEX, algorithm=descent(0.0), bound=lambda k, c: c["R"] * c["L"], unit=CONVEX.unit, laws={}, given={}, seen={})
    assert maximise(program(short, over, 1))[0] == pytest.approx(1.0, rel=1e-6)


def test_rows_are_stored_until_a_source_changes(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    entry = SUITE.load("min_max/halpern_cocoercive")
    assert isinstance(entry, Entry)
    first = stored(entry, SUITE.root, tmp_path, fresh=False)
    assert [r["k"] for r in first] == [1, 2, 5, 10] and all(proved(r) and not unexpected(r) for r in first)
    assert current(entry, SUITE.root, tmp_path) == first
    monkeypatch.setattr("ratecheck.performance.survey.rows", lambda entry: pytest.fail("run again"))
    assert stored(entry, SUITE.root, tmp_path, fresh=False) == first
    monkeypatch.setattr("ratecheck.performance.survey.sources", lambda entry, root: {"changed": "1"})
    assert current(entry, SUITE.root, tmp_path) == []


@pytest.mark.parametrize(("entry", "name"), DECLARED, ids=[f"{e.path}-{name}" for e, name in DECLARED])
def test_every_declared_worst_case_is_as_expected_at_its_first_index(entry: Entry, name: str) -> None:
    """The claim runs on the worst member of its class, and is proved there; the other indices are for the command."""
    group, claim = next((group, claim) for group, n, claim, _ in entry.groups() if n == name)
    over = entry.theorem.worst[name]
    told = row(entry, group, name, claim, over, min(over.k))
    assert not unexpected(told), told["why"]
    assert proved(told)


def test_the_upper_bound_of_the_quasar_convex_class_is_nearly_met() -> None:
    entry = SUITE.load("quasar_convex/gradient_descent_distance")
    assert isinstance(entry, Entry)
    found = list(rows(entry))
    assert found and all(0.97 < r["ratio"] <= 1 + 1e-6 and not r["exact"] for r in found), "quasar-convex: an upper bound, nearly met"


def test_huber_is_a_member_of_the_class() -> None:
    """The sampled worst function is not above the worst case of the class."""
    p = partial(huber, share=1 / 21)(range(1))
    states = list(islice(CONVEX.algorithm.iterates(p, SeededNoise(range(1))), 11))
    c = {name: float(np.asarray(v.value).ravel()[0]) for name, v in p.constants.items()}
    gap = float(p.value(states[10].x)[0] - p.f_star[0])
    assert gap <= c["L"] * c["R"] ** 2 / 42 * (1 + 1e-9)


def test_the_command_prints_one_line_a_horizon(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from typer.testing import CliRunner

    from ratecheck.cli_trust import app

    root = str(__import__("pathlib").Path(__file__).parents[1])
    told = CliRunner().invoke(app, ["worst-case", "min_max/halpern_cocoercive", "--suite", root, "--out", str(tmp_path)])
    assert told.exit_code == 0 and told.output.count("worst case/bound 1.000000, proved 1.00000") == 4
    none = CliRunner().invoke(app, ["worst-case", "neighbours", "--suite", root, "--out", str(tmp_path)])
    assert none.exit_code == 0 and "declares worst cases" in none.output
