"""Stored results that look like a run's: every status, an erratum, an unexpected verdict, deep rates, blow-ups, NaN.

`python -m tests.fake_results DIR [THEOREMS]` writes them; the report is developed and tested on these.
"""

from __future__ import annotations

import json
import math
import random
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rate = Callable[[float], float]


@dataclass(frozen=True)
class Kind:
    """A theorem to imitate."""

    family: str
    name: str
    title: str
    statement: str
    formula: str | None
    bound: Rate
    first: int
    last: int
    paper: str
    place: str
    status: str = "CONSISTENT"
    tightness: float = 0.4
    relation: str = "at most"
    holds: str = "Always"
    level: str = "verified"
    problems: tuple[str, ...] = ("random", "squared norm", "breast cancer, ℓ₁ ball")
    assumes: tuple[str, ...] = ("convex", "smooth", "compact domain")


KINDS = (
    Kind("frank_wolfe", "jaggi_primal", "Jaggi 2013, Theorem 1, with an exact oracle and C_f ≤ L D².",
         "Let f be convex and L-smooth over a compact convex C of diameter D. The iterates of\nFrank–Wolfe with γ_k = 2/(k+2) satisfy,"
         " for every k ≥ 1,\n\n    f(x_k) − f* ≤ 2 L D² / (k + 2).\n\nThe step needs no constant; the bound is met in order on the squared norm.",
         r"\frac{2 D^{2} L}{k + 2}", lambda k: 4 / (k + 2), 1, 200, "Jaggi 2013", "Theorem 1"),
    Kind("frank_wolfe", "jaggi_lower", "Jaggi 2013, Lemma 3: no method that adds one vertex a step is faster.",
         "For f(x) = ‖x‖² over the unit simplex of ℝⁿ and every x with card(x) ≤ k, k ≤ n,\n\n    f(x) ≥ 1 / k,\n\n"
         "and the Frank–Wolfe gap at such x is at least 2/k (Lemma 4).",
         r"\frac{1}{k}", lambda k: 1 / k, 1, 100, "Jaggi 2013", "Lemma 3", tightness=1.0, relation="at least", holds="AtLeast"),
    Kind("min_max", "gda_bilinear_growth", "Folklore: simultaneous gradient descent–ascent on min_x max_y ⟨x, A y⟩ leaves.",
         "With step s and all singular values of A equal to σ,\n\n    ‖z_k‖² = (1 + s² σ²)^k ‖z_0‖²   for every k,\n\nso no step converges.",
         r"R^{2} \left(1 + \sigma^{2} s^{2}\right)^{k}", lambda k: 1.01**k, 0, 2000, "derived", "two lines", tightness=1.0,
         relation="equal", holds="Equal", level="derived", problems=("orthogonal 8 × 8",), assumes=("bilinear", "convex-concave")),
    Kind("min_max", "extragradient_best", "Korpelevich 1976 in the form of Gorbunov et al. 2022, best residual.",
         "F monotone and L-Lipschitz, 0 < γ ≤ 1/(√2 L). Extragradient satisfies, for every K ≥ 0,\n\n"
         "    min_{k ≤ K} ‖F(x_k)‖² ≤ ‖x_0 − x*‖² / (γ² (1 − γ²L²) (K + 1)).",
         r"\frac{R^{2}}{\gamma^{2} \left(1 - L^{2} \gamma^{2}\right) \left(k + 1\right)}", lambda k: 3 / (k + 1), 0, 1000, "Gorbunov et al. 2022",
         "Theorem 2.1", tightness=0.939, assumes=("monotone operator", "Lipschitz")),
    Kind("quasar_convex", "sgd_strongly_convex", "Garrigos, Gower 2023 (v1), Theorem 5.7: SGD with a constant step, in expectation.",
         "f = (1/N) Σ f_i, each f_i convex and L_max-smooth, f μ-strongly convex, 0 < s ≤ 1/(2 L_max) (the proof allows =):\n\n"
         "    E ‖x_k − x*‖²  ≤  (1 − s μ)^k ‖x_0 − x*‖² + 2 s σ* / μ,        σ* = E ‖∇f_i(x*)‖².",
         r"R^{2} \left(1 - \mu s\right)^{k} + \frac{2 s \sigma}{\mu}", lambda k: 0.99**k + 1e-3, 1, 2000, "Garrigos, Gower 2023 (v1)",
         "Theorem 5.7", tightness=0.97, holds="InExpectation", problems=("ridge", "one long row"), assumes=("strongly convex", "finite sum")),
    Kind("matrix_sensing", "svp_contraction", "Jain, Meka, Dhillon 2010, Theorem 1.2: singular value projection contracts.",
         "Let 𝒜 satisfy the RIP of order 2r with δ_{2r} < 1/3. SVP with step η = 1/(1 + δ_{2r}) from X_0 = 0 satisfies\n\n"
         "    ψ(X_{k+1}) ≤ (2 δ_{2r} / (1 − δ_{2r})) ψ(X_k),    ψ(X) = ½ ‖𝒜(X) − b‖².\n\nHence a linear rate down to ε.",
         r"\psi_{0} \left(\frac{2 \delta}{1 - \delta}\right)^{k}", lambda k: 0.4**k, 0, 700, "Jain, Meka, Dhillon 2010", "Theorem 1.2",
         tightness=0.6, problems=("certified, n = 6", "certified, n = 10"), assumes=("restricted isometry", "low rank")),
    Kind("matrix_sensing", "plateau_exponent", "Jin et al. 2023, the depth of the first plateau as the start shrinks.",
         "min_t ‖Z(t) − σ_1 e_1e_1ᵀ‖_F = Θ(α^p),  p = 2 (σ_1 − σ_2)/(σ_1 + σ_2),  α the scale of the start. Rows sweep α.",
         r"\sigma_{1} \left(\frac{\alpha}{\sqrt{\sigma_{1}}}\right)^{\frac{2 \sigma_{1} - 2 \sigma_{2}}{\sigma_{1} + \sigma_{2}}}",
         lambda k: 0.05, 800, 801, "Jin et al. 2023", "section 4", relation="of the order of", holds="Scaling", level="derived",
         problems=("4 × 4",), assumes=("low rank",)),
    Kind("bilevel", "krmd_bias", "Shaban et al. 2019, Proposition 3.1: truncated back-propagation, bias of the hypergradient.",
         "With a μ-strongly convex and L-smooth lower level and step γ ≤ 1/L,\n\n"
         "    ‖h_{T−K} − dF‖ ≤ (1 − γ μ)^K ‖∇_y f‖ M_B / (γ μ).\n\nThe index is K, the number of kept terms.",
         r"\frac{M_{B} \left(1 - \gamma \mu\right)^{k} \left\|g\right\|}{\gamma \mu}", lambda k: 3 * 0.8**k, 1, 60, "Shaban et al. 2019",
         "Proposition 3.1", tightness=1.0, problems=("isotropic", "random", "ridge on diabetes"), assumes=("strongly convex lower level",)),
    Kind("quasar_convex", "agd_strong", "Hinder, Sidford, Sohoni 2020, Theorem 1: accelerated descent for strongly quasar-convex f.",
         "f is L-smooth and (γ, μ)-strongly quasar-convex. Then, with κ = L/μ,\n\n"
         "    f(x_k) − f* ≤ (1 − γ/√(2κ))^k · (f(x_0) − f* + ½ μ ‖x_0 − x*‖²).",
         None, lambda k: 0.8**k, 0, 3000, "Hinder, Sidford, Sohoni 2020", "Theorem 1", status="VACUOUS", tightness=0.0004, level="recalled",
         problems=("star-shaped",), assumes=("quasar-convex", "smooth")),
    Kind("quasar_convex", "adam_step", "Kingma, Ba 2014, section 2.1: how long can a step of Adam be? The printed bound is false.",
         "With ε = 0 and b1² < b2, for every sequence of gradients,  |m̂_t| / √v̂_t  is at most\n"
         "    printed (arXiv 1412.6980, read):   (1−b1)/√(1−b2)  if (1−b1) > √(1−b2), else 1;\n"
         "    sharp, as t → ∞:                   (1−b1)/√((1−b2)(1−b1²/b2)),  attained for g_t = (b2/b1)^t.",
         r"\frac{\left(1 - b_{1}\right) \sqrt{1 - b_{2}^{k + 1}}}{\left(1 - b_{1}^{k + 1}\right) \sqrt{\left(1 - b_{2}\right) \left(1 - \frac{b_{1}^{2}}{b_{2}}\right)}}",
         lambda k: 7.27 * (1 - 0.999 ** (k + 1)) ** 0.5 / (1 - 0.9 ** (k + 1)) / 3, 0, 3088, "Kingma, Ba 2014 (arXiv 1412.6980)", "section 2.1",
         tightness=0.999, problems=("geometric",), assumes=()),
)
FOILS: tuple[tuple[str, str, Rate | None, float], ...] = (
    ("step 1/(k+2)", "UNLAWFUL", lambda k: (k + 2) ** 0.25, 1.0), ("step 0.1, stale ∇f & <lazy>", "REFUTED", lambda k: 1 + 0.2 * k, 1.0),
    ("O(1/k²)", "REFUTED", None, -1.0), ("a quarter", "REFUTED", None, 0.25), ("D for D²", "ILL_POSED", None, math.nan),
)
PROOFS = ("largest eigenvalue of A'A by the residual of the eigenpair, rounded up", "diameter of the simplex: distance of two vertices",
          "planted: the gradient vanishes at x_star by construction")


def _curve(kind: Kind, scale: float, rise: Rate | None, factor: float, rng: random.Random) -> dict[str, Any]:
    n = min(64, kind.last - kind.first)
    span = kind.last - 1 - kind.first
    rng = random.Random(f"{kind.name} {scale}") if rise is None else rng  # a wrong bound has the claim's own metric
    ks = sorted({kind.first + round(span ** (i / max(1, n - 1))) - 1 if span else kind.first for i in range(n)} | {kind.last - 1})
    bound = [kind.bound(k) for k in ks]
    wiggle = 0.0 if kind.relation == "equal" else 0.2
    mid = [b * scale * (rise(k) if rise else 1.0) * (1 - wiggle * rng.random()) for k, b in zip(ks, bound, strict=True)]
    mid = [max(m, 1e-17 * bound[0]) for m in mid] if kind.relation == "at most" else mid
    wrong = [b * (abs(factor) if factor > 0 else 1 / (k + 2)) for k, b in zip(ks, bound, strict=True)]
    spread = 1.0 if kind.relation == "equal" else 1.5

    def finite(values: list[float]) -> list[float | None]:
        return [v if math.isfinite(v) and abs(v) < 1e300 else None for v in values]

    return {"k": ks, "metric": {"low": finite([m / spread**2 for m in mid]), "mid": finite(mid), "high": finite([m * (spread if scale < 0.8 else 1) for m in mid])},
            "bound": {"low": finite(wrong), "mid": finite(wrong), "high": finite(wrong)}, "slack": [1e-16 * bound[0]] * len(ks)}


def _verdict(kind: Kind, path: str, slug: str, problem: str, at: int, curves: dict[str, str], rng: random.Random) -> dict[str, Any]:
    key = f"{path}/{problem}"
    tight = kind.tightness * (1.0 if at == 0 else 0.9 - 0.6 * rng.random() if kind.relation == "at most" else 1.0)
    curves[key] = json.dumps(_curve(kind, tight, None, 1.0, rng))
    foils = []
    for name, status, rise, factor in FOILS:
        foil_key = f"{key}/{name}"
        if status != "ILL_POSED":
            curves[foil_key] = json.dumps(_curve(kind, tight, rise, factor, rng))
        got = status if at == 0 or status == "ILL_POSED" else "CONSISTENT"
        foils.append({"name": name, "problem": problem, "status": got, "expected": status, "reached": got == status,
                      "why": f"metric/bound = {4 * tight:.3g} at row 3, k = 17" if got == "REFUTED" else "",
                      "ratio": None if status == "ILL_POSED" else 4 * tight, "key": foil_key if status != "ILL_POSED" else ""})
    inside = kind.holds == "InExpectation"
    return {
        "claim": path, "name": "every k", "group": "claim", "slug": slug, "paper": kind.paper, "place": kind.place, "problem": problem,
        "status": kind.status, "expected": kind.status, "as_expected": True, "statement": kind.level, "relation": kind.relation,
        "holds": kind.holds, "ratio": tight, "k": kind.first + 11, "seed": rng.randrange(16), "power": tight * 1.02,
        "why": f"metric/bound {'at least' if kind.relation == 'at least' else 'at most'} {tight:.6g}", "e_value": 3e-5 if inside else None,
        "confirmed": None, "rungs": ["sampled", "searched", "worst case", "certificate"][: 1 + (len(path) + at) % 4],
        "searched": tight * 1.05 if at == 0 else None, "foils": foils, "seconds": rng.random(), "rows": 256 if inside else 16,
        "horizon": [kind.first, kind.last - 1], "assumes": list(kind.assumes), "given": {"s ≤ 1/(2 L_max)": 1.0} if inside else {},
        "laws": {"steps_towards_v": 3e-16, "v_minimises_the_linearisation": 0.0},
        "constants": [{"name": "L", "low": 1.2, "high": 34.5, "unit": [1, -2], "side": "upper bound", "proof": PROOFS[0]},
                      {"name": "D", "low": 2**0.5, "high": 2**0.5, "unit": [0, 1], "side": "exact", "proof": PROOFS[1]},
                      {"name": "f_star", "low": 0.0, "high": 0.0, "unit": [1, 0], "side": "exact", "proof": PROOFS[2]}],
        "key": key,
    }


def _troubles(verdicts: list[dict[str, Any]], curves: dict[str, str]) -> None:
    """An erratum, something as commonly stated, and five verdicts that nobody expected."""
    adam = next(v for v in verdicts if "adam_step" in v["claim"])
    key = adam["key"] + "/printed"
    curves[key] = json.dumps(_curve(next(k for k in KINDS if k.name == "adam_step"), 1.0, None, 0.45, random.Random(1)))
    verdicts.append(adam | {"name": "section 2.1", "group": "printed", "status": "REFUTED", "expected": "REFUTED", "ratio": 2.2463, "k": 3087,
                            "why": "above the bound: metric/bound = 2.2463 at row 0, k = 3087", "confirmed": "in rationals", "foils": [], "key": key})
    sgd = next(v for v in verdicts if "sgd_strongly" in v["claim"])
    verdicts.append(sgd | {"name": "coherence condition", "group": "printed", "status": "REFUTED", "expected": "REFUTED", "ratio": 1.31, "statement": "recalled",
                           "why": "above the bound: metric/bound = 1.31 at row 2, k = 5", "foils": []})
    odd = [v for v in verdicts if v["group"] == "claim" and v["status"] == "CONSISTENT"]
    changes = (("FAILED", "the metric is NaN at k = 3, row 12"), ("REFUTED", "above the bound: metric/bound = 1.04 at row 7, k = 31"),
               ("UNDECIDED", "the certified gap leaves 14 comparisons open"), ("NOT_APPLICABLE", "hypothesis 's ≤ 1/L' is missed by a factor 3"),
               ("UNSHARP", "not sharp where the theorem is: slope −0.7, bound −1.0"))
    for i, (status, why) in enumerate(changes):
        v = odd[(i * 7 + 3) % len(odd)]
        v.update(status=status, why=why, as_expected=i > 2, expected=status if i > 2 else "CONSISTENT")
        if status == "FAILED":
            curves.pop(v["key"])
            v.update(ratio=math.nan, power=None, k=-1, e_value=None, laws={"steps_towards_v": math.nan})
    odd[1]["foils"][1].update(status="CONSISTENT", reached=False)


def _studies() -> list[dict[str, Any]]:
    ks = [2**i for i in range(11)]
    lines = [{"label": n, "x": ks, "y": [c / k**p for k in ks], "low": [c / k**p / 2 for k in ks], "high": [c / k**p * 2 for k in ks], "style": "line"}
             for n, c, p in (("open loop 2/(k+2)", 3.0, 1.0), ("line search", 2.0, 1.1), ("away steps", 2.0, 1.9), ("pairwise", 1.0, 2.0))]
    bound = {"label": "2 L D² / (k+2)", "x": ks, "y": [8 / (k + 2) for k in ks], "low": None, "high": None, "style": "bound"}
    dots = {"label": "peer solver", "x": ks, "y": [2.5 / k for k in ks], "low": None, "high": None, "style": "points"}
    return [{"name": "frank_wolfe/steps", "family": "frank_wolfe", "title": "Which step of Frank–Wolfe?", "question": "Which step wins, and by how much?",
             "finding": "Away steps reach 10⁻⁶ in a tenth of the oracle calls on the simplex; line search gains 30 % over the open loop.", "seconds": 12.5,
             "panels": [{"title": "Simplex, n = 100", "x_label": "oracle calls", "y_label": "f − f*", "x_log": True, "y_log": True, "curves": [*lines, bound, dots]},
                        {"title": "ℓ₁ ball", "x_label": "seconds", "y_label": "fraction solved", "x_log": False, "y_log": False, "curves": lines[:2]}],
             "tables": [{"title": "Calls to 10⁻⁶", "columns": ["step", "median", "worst"], "rows": [["open loop", 41230, None], ["away", 310.5, 1.2e4]]}], "images": []}]


def write(directory: Path, theorems: int = 30) -> Path:
    """Results of `theorems` imitated theorems in `directory`."""
    rng, curves = random.Random(0), {}
    verdicts: list[dict[str, Any]] = []
    listed = []
    for i in range(theorems):
        kind, again = KINDS[i % len(KINDS)], i // len(KINDS)
        path = f"{kind.family}/{kind.name}" + (f"_{again + 1}" if again else "")
        formulas = {"every k": kind.formula} | ({"section 2.1": r"\max\left(1, \frac{1 - b_{1}}{\sqrt{1 - b_{2}}}\right)"} if kind.name == "adam_step" else {})
        listed.append({"claim": path, "family": kind.family, "title": kind.title, "statement": kind.statement, "file": f"theory_checks/{path}.py", "formulas": formulas})
        verdicts += [_verdict(kind, path, f"{kind.family[:2]}.{kind.name}.{again}", p, at, curves, rng) for at, p in enumerate(kind.problems)]
    _troubles(verdicts, curves)
    names = ["step × 2", "off by one", "stale gradient", "float32", "bound / 2", "k^(−¼)"]
    data = {
        "schema": 1, "theorems": listed, "verdicts": verdicts,
        "manifest": {"ratecheck": "0.1.0", "commit": "559068e", "python": "3.11.7", "numpy": "2.4.6", "scipy": "1.17.0", "platform": "Linux x86_64",
                     "processor": "x86_64", "cores": 2, "profile": "default", "backend": "numpy", "seeds": 16, "started": "2025-11-21T02:00:00+00:00",
                     "seconds": 312.4, "fdr": 0.001},
        "errors": [{"file": "theory_checks/min_max/typo.py", "line": 12, "message": "NameError: name 'Alwayz' is not defined"}],
        "unchecked": [{"family": "min_max", "slug": "vi.omd.last", "reason": "the constant stands only in an appendix that could not be read"},
                      {"family": "bilevel", "slug": "bamm.kkt", "reason": "needs an instance that satisfies <MFCQ> & is not trivial"}],
        "calibration": {"finding": "False alarms stay below α = 0.05 in all 2,000 repetitions.", "panels": [],
                        "tables": [{"title": "False alarms at the boundary", "columns": ["law", "n = 16", "n = 256"], "rows": [["exponential", 0.0, 0.003], ["Pareto 2.2", 0.0, 0.004]]}]},
        "kill_matrix": {"finding": "298 of 300 mutants were killed; the two survivors are true weaker statements.",
                        "tables": [{"title": "Mutants", "columns": ["claim", *names], "rows": [[t["claim"], "law", "law", "bound", "law", "bound", "survived"] for t in listed]}]},
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "verdicts.json").write_text(json.dumps(data), encoding="utf-8")
    (directory / "studies").mkdir(exist_ok=True)
    for study in _studies():
        (directory / "studies" / (study["name"].replace("/", "-") + ".json")).write_text(json.dumps(study), encoding="utf-8")
    (directory / "ratecheck.sqlite").unlink(missing_ok=True)
    with sqlite3.connect(directory / "ratecheck.sqlite") as store:
        store.execute("CREATE TABLE curves (key TEXT PRIMARY KEY, data TEXT)")
        store.executemany("INSERT INTO curves VALUES (?, ?)", curves.items())
    store.close()
    return directory


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 30)
