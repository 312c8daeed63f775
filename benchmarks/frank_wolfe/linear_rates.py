"""Away, pairwise and blended pairwise steps: linear rates where plain Frank–Wolfe zig-zags

Strongly convex quadratics over polytopes with the minimum on a face, short steps and exact line search. Which methods converge linearly, at
what rate against the proven one, how many vertices do they hold and drop, and what does one step of each cost?
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, away_step, blended_pairwise, forward, pairwise
from algorithms.frank_wolfe.steps import line_search, short_step
from problems.frank_wolfe.quadratics import on_cube, on_l1_ball, on_simplex
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

STEPS, ROWS, GOAL, NOISE = 600, 8, 1e-10, 1e-13
CHOICES = {"plain": forward, "away steps": away_step, "pairwise": pairwise, "blended pairwise": blended_pairwise}
RULES: dict[str, Any] = {"short step": short_step, "line search": line_search}
SETS = {
    "simplex, n = 30": partial(on_simplex, n=30, support=8),
    "ℓ₁ ball, n = 30": partial(on_l1_ball, n=30, support=8),
    "cube, n = 12": partial(on_cube, n=12),
}


def followed(algorithm: Any, problem: Any) -> dict[str, Any]:
    """Gaps, sizes of the active set and total drops, (K, B) each, and microseconds a step and row."""
    h, size, drop, began = [], [], [], perf_counter()
    for s in islice(algorithm.iterates(problem, SeededNoise(range(ROWS))), STEPS + 1):
        h.append(problem.value(s.x) - problem.f_star)
        size.append(s.active.size())
        drop.append(s.dropped)
    seconds = perf_counter() - began
    return {"h": np.maximum(h, 1e-17), "size": np.array(size), "drops": np.cumsum(drop, axis=0), "micro": 1e6 * seconds / len(h) / ROWS}


def rate(h: Any) -> Any:
    """(B,) geometric rate a step over the second half of the way down to 10⁻¹³ h₀."""
    out = []
    for column, stop in zip(h.T, first_below(h, NOISE * h[0]), strict=True):
        end = int(min(stop, len(column) - 1))
        half = end // 2
        out.append((column[end] / column[half]) ** (1 / max(end - half, 1)))
    return np.array(out)


def first_below(h: Any, level: float) -> Any:
    """(B,) first index at which h ≤ level, ∞ if there is none."""
    below = h <= level
    return np.where(below.any(axis=0), below.argmax(axis=0), np.inf)


def study() -> Study:
    runs: dict[tuple[str, str, str], dict[str, Any]] = {}
    panels, rows = [], []
    k = np.arange(STEPS + 1)
    for of, draw in SETS.items():
        problem: Any = draw(range(ROWS))
        c = {name: constant.value[0] for name, constant in problem.constants.items()}
        proven = 1 - min(0.5, c["mu"] * c["delta"] ** 2 / (4 * c["L"] * c["D"] ** 2))
        for rule, step in RULES.items():
            curves = []
            for name, choice in CHOICES.items():
                r = runs[of, rule, name] = followed(ActiveSetFrankWolfe(choice, step), problem)
                curves.append(Curve(name, k, np.median(r["h"], axis=1)))
                first = first_below(r["h"], GOAL)
                at, row = np.minimum(first, STEPS).astype(int), np.arange(ROWS)
                r["held"], r["dropped"], r["rate"] = r["size"][at, row], r["drops"][at, row], rate(r["h"])
                r["proven"], r["arrived"] = proven**0.5, np.isfinite(first)
                middle = (float(np.median(a)) for a in (first, r["rate"]))
                rows.append((of, rule, name, *middle, r["proven"], float(np.median(r["held"])), float(np.median(r["dropped"])), r["micro"]))
            bound = c["L"] * c["D"] ** 2 / 2 * proven ** np.ceil((k - 1) / 2)
            panels.append(
                Panel(
                    f"{of}, {rule}",
                    "t",
                    "median of f − f*",
                    [*curves, Curve("proven, away steps", k, bound, style=Style.BOUND)],
                    x_log=False,
                )
            )
    active = {key: r for key, r in runs.items() if key[2] != "plain"}
    plain = {key: r for key, r in runs.items() if key[2] == "plain"}
    far = max(int(first_below(r["h"], GOAL).max()) for r in active.values())
    lucky = {of: max(int(r["arrived"].sum()) for key, r in plain.items() if key[0] == of) for of in SETS}
    right = all(np.all(r["held"][r["arrived"]] == 8) for (of, _, _), r in plain.items() if not of.startswith("cube"))
    bent = [float(np.polyfit(np.log(k[60:]), np.log(np.median(r["h"], axis=1)[60:]), 1)[0]) for r in plain.values()]
    searched = [
        np.median(first_below(r["h"], GOAL)) / np.median(first_below(runs[of, "line search", name]["h"], GOAL))
        for (of, rule, name), r in active.items()
        if rule == "short step"
    ]
    exact = all(np.all(r["held"] == 8) for (of, _, _), r in active.items() if not of.startswith("cube"))
    wrong = min(int(np.sum(r["held"] > 8)) for (of, _, _), r in plain.items() if not of.startswith("cube"))
    cube = {name: int(runs["cube, n = 12", "short step", name]["held"].max()) for name in CHOICES}
    fewest = min(cube, key=lambda name: cube[name])
    columns = (
        "set",
        "step",
        "directions",
        f"steps to {GOAL:.0e}",
        "rate a step",
        "proven rate",
        "vertices held",
        "dropped",
        "microseconds a step and row",
    )
    findings = [
        Finding(
            f"away, pairwise and blended pairwise steps bring every row on every set to {GOAL:.0e} (within {far} steps), never slower than proven for away steps",
            all(r["arrived"].all() and (r["rate"] <= r["proven"]).all() for r in active.values()),
        ),
        Finding(
            f"plain Frank–Wolfe goes as 1/t (exponents {min(bent):.2f} to {max(bent):.2f}) and misses {GOAL:.0e} after {STEPS} steps, but for "
            + f"{lucky['simplex, n = 30']} of {ROWS} rows on the simplex that never took a vertex off the face",
            -1.1 < min(bent) <= max(bent) < -0.7
            and max(lucky.values()) <= 2
            and lucky["ℓ₁ ball, n = 30"] == lucky["cube, n = 12"] == 0
            and right,
        ),
        Finding(
            f"on the simplex and the ℓ₁ ball they end with exactly the 8 vertices of the face: wrong ones are dropped; plain keeps some in at least {wrong} of {ROWS} rows",
            exact and wrong >= ROWS - 2,
        ),
        Finding(
            f"on the cube, where combinations are not unique, {fewest} holds the fewest vertices at the goal, at most {cube[fewest]} "
            + f"(away {cube['away steps']}, pairwise {cube['pairwise']}, plain {cube['plain']})",
            fewest == "blended pairwise",
        ),
        Finding(
            f"line search needs fewer steps than the short step, by {min(searched):.2f} to {max(searched):.2f} times", min(searched) > 1
        ),
    ]
    return Study(findings=findings, panels=panels, tables=[Table("rates", columns, rows)])
