"""Someone else's suite in a folder of its own: the right claim is CONSISTENT, wrong ones are not, and say why in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

TEMPLATE = (ROOT / "ratecheck" / "template.py.txt").read_text(encoding="utf-8").replace("FAMILY/NAME", "mine/rate")
STEP = 'x = x - self.factor / problem.constants["L"].value * problem.grad(x)'
BOUND = 'return c["L"] * c["R"] ** 2 / (2 * k)'

# name -> (text, replacement, status, what the reason must say)
WRONG: dict[str, tuple[str, str, str, str]] = {
    "wrong_sign": (STEP, STEP.replace("x - self", "x + self"), "UNLAWFUL", "steps down the gradient"),
    "stale_gradient": (STEP, "x, self_old = x - 0.5 * problem.grad(problem.x0), x", "UNLAWFUL", "steps down the gradient"),
    "bound_too_small": (BOUND, BOUND.replace("(2 * k)", "(2 * k**2)"), "REFUTED", "above the bound"),
    "bound_off_by_factor": (BOUND, BOUND.replace("(2 * k)", "(20 * k)"), "REFUTED", "above the bound"),
    "bound_empty": (BOUND, "return 1e6 * " + BOUND.removeprefix("return "), "VACUOUS", "never above"),
    "unit_of_bound": (BOUND, BOUND.replace('c["R"] ** 2', 'c["R"]'), "ILL_POSED", "scales like x^-1"),
    "constant_on_the_wrong_side": (
        'Certified(2.0, Unit(1, -2), Side.EXACT, "largest',
        'Certified(2.0, Unit(1, -2), Side.LOWER, "not above the largest',
        "ILL_POSED",
        "wrong side",
    ),
    "constant_estimated": ("Side.EXACT, \"distance", "Side.ESTIMATED, \"distance", "NOT_APPLICABLE", "not certified"),
    "constant_missing": (BOUND, BOUND.replace('c["R"]', 'c["Radius"]'), "FAILED", "'Radius'"),
    "gradient_nan": ("return self.h * x\n", "return self.h * x * ((x - x) / (x - x))\n", "FAILED", "nan at k = 1"),
    "state_mutated": (STEP, 'x -= self.factor / problem.constants["L"].value * problem.grad(x)', "FAILED", "read-only"),
    "stops_early": ("for k in count():", "for k in range(50):", "FAILED", "stopped before k = 50"),
    "trait_missing": ("traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})", "traits: frozenset[Trait] = frozenset()", "NOT_APPLICABLE", "convex"),
    "metric_shape": ("return p.value(s.x)  # f* = 0", "return s.x", "FAILED", "expected (16,)"),
}  # fmt: skip


def ratecheck(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ratecheck", *words], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any], str]:
    folder = tmp_path_factory.mktemp("suite")
    checks = folder / "theory_checks" / "mine"
    checks.mkdir(parents=True)
    (checks / "right.py").write_text(TEMPLATE, encoding="utf-8")
    for name, (text, replacement, _, _) in WRONG.items():
        assert text in TEMPLATE, name
        (checks / f"{name}.py").write_text(TEMPLATE.replace(text, replacement, 1), encoding="utf-8")
    (checks / "typo.py").write_text(TEMPLATE.replace("holds=Always()", "hold=Always()"), encoding="utf-8")
    (checks / "syntax.py").write_text("def f(:\n", encoding="utf-8")
    (checks / "empty.py").write_text('"""Nothing here."""\n', encoding="utf-8")
    done = ratecheck(folder, "run", "--suite", str(folder), "--json")
    return done.returncode, json.loads(done.stdout), done.stderr


def test_papers_and_excuses_of_a_suite(tmp_path: Path) -> None:
    (tmp_path / "theory_checks" / "mine").mkdir(parents=True)
    (tmp_path / "theory_checks" / "mine" / "right.py").write_text(TEMPLATE, encoding="utf-8")
    papers, excuses = tmp_path / "theory_checks" / "references.toml", tmp_path / "theory_checks" / "mine" / "unchecked.toml"
    papers.write_text('[author2026]\nauthors = "All"\ntitle = "Told"\nvenue = "At the board"\nyear = 1900\n[unused]\n', encoding="utf-8")
    excuses.write_text('[[unchecked]]\nslug = "my.other"\nreason = "no proof"\n', encoding="utf-8")
    found = json.loads(ratecheck(tmp_path, "run", "--json").stdout)
    assert [(r["key"], r["title"], r["year"]) for r in found["references"]] == [("author2026", "Told", "1900")]
    assert found["unchecked"] == [{"family": "mine", "slug": "my.other", "reason": "no proof"}] and found["errors"] == []
    papers.write_text('[author2026]\nauthors = "All"\n', encoding="utf-8")
    excuses.write_text("[[unchecked]]\nslug = 1\n", encoding="utf-8")
    done = ratecheck(tmp_path, "run", "--json")
    assert done.returncode == 2
    faults = {e["file"]: e["message"] for e in json.loads(done.stdout)["errors"]}
    assert "'title'" in faults["theory_checks/references.toml"] and "'reason'" in faults["theory_checks/mine/unchecked.toml"]


def test_right_claim_is_consistent(results: tuple[int, dict[str, Any], str]) -> None:
    row = next(v for v in results[1]["verdicts"] if v["claim"] == "mine/right")
    assert row["status"] == "CONSISTENT"
    assert all(foil["reached"] for foil in row["foils"]) and len(row["foils"]) == 4


@pytest.mark.parametrize("name", sorted(WRONG))
def test_wrong_claim_is_not(name: str, results: tuple[int, dict[str, Any], str]) -> None:
    row = next(v for v in results[1]["verdicts"] if v["claim"] == f"mine/{name}")
    _, _, status, reason = WRONG[name]
    assert row["status"] == status, row["why"]
    assert reason in row["why"]
    assert "\n" not in row["why"]


def test_more_rows_may_have_the_power_that_fewer_lack(tmp_path: Path) -> None:
    """Expected VACUOUS for its own 16 rows: CONSISTENT is no surprise for more, and one for as many."""
    (tmp_path / "theory_checks" / "mine").mkdir(parents=True)
    assert "(CLAIM, Status.CONSISTENT)" in TEMPLATE
    text = TEMPLATE.replace("(CLAIM, Status.CONSISTENT)", "(CLAIM, Status.VACUOUS)", 1)
    (tmp_path / "theory_checks" / "mine" / "loose.py").write_text(text, encoding="utf-8")
    assert ratecheck(tmp_path, "run", "--json").returncode == 1
    assert ratecheck(tmp_path, "run", "--json", "--seeds", "32").returncode == 0


def test_files_that_do_not_load_are_named(results: tuple[int, dict[str, Any], str]) -> None:
    code, document, _ = results
    assert code == 2
    told = {error["file"]: error for error in document["errors"]}
    assert set(told) == {f"theory_checks/mine/{n}.py" for n in ("typo", "syntax", "empty")}
    assert "hold" in told["theory_checks/mine/typo.py"]["message"] and told["theory_checks/mine/typo.py"]["line"] > 0
    assert told["theory_checks/mine/syntax.py"]["line"] == 1
    assert "THEOREM" in told["theory_checks/mine/empty.py"]["message"]


def test_new_writes_a_claim_that_runs(tmp_path: Path) -> None:
    (tmp_path / "theory_checks").mkdir()
    assert ratecheck(tmp_path, "new", "frank_wolfe/my_rate").returncode == 0
    done = ratecheck(tmp_path, "run")
    assert done.returncode == 0, done.stderr
    assert "CONSISTENT" in done.stdout
    assert ratecheck(tmp_path, "new", "frank_wolfe/my_rate").returncode == 2
    again = ratecheck(tmp_path, "why")
    assert again.stdout.startswith("0 units")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "nothing/here"), "no theorem matches"),
        (("run", "--suite", "nowhere"), "no folder theory_checks"),
        (("run", "--seeds", "0"), "seeds"),
        (("run", "--profile", "fast"), "profile"),
        (("show", "nothing"), "no theorem matches"),
        (("report",), "ratecheck run"),
        (("new", "Bad Name"), "family/name"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_wrong_command_line(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    (tmp_path / "theory_checks").mkdir()
    done = ratecheck(tmp_path, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_killed_run_goes_on(tmp_path: Path) -> None:
    """What is stored is not run again; a changed source makes the theorem stale."""
    (tmp_path / "theory_checks").mkdir()
    ratecheck(tmp_path, "new", "mine/one")
    ratecheck(tmp_path, "new", "mine/two")
    ratecheck(tmp_path, "run", "mine/one")
    assert "mine/two" in ratecheck(tmp_path, "why").stdout and "mine/one" not in ratecheck(tmp_path, "why").stdout
    file = tmp_path / "theory_checks" / "mine" / "one.py"
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert "changed: theory_checks/mine/one.py" in ratecheck(tmp_path, "why").stdout
