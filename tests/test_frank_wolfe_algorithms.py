"""The batched active-set methods against a naive twin with a dictionary of vertices, one row at a time; and that they do not freeze."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from algorithms.frank_wolfe.active_steps import ActiveSetFrankWolfe, away_step, blended_pairwise, pairwise
from algorithms.frank_wolfe.monotone import Reject, Stateless, Sticky
from algorithms.frank_wolfe.steps import short_step
from problems.frank_wolfe.portfolio import signed_returns
from problems.frank_wolfe.quadratics import Planted, on_cube, on_l1_ball, on_simplex
from ratecheck import Array
from ratecheck.noise import SeededNoise

METHODS = {"away": away_step, "pairwise": pairwise, "blended": blended_pairwise}


def naive(p: Planted, method: str) -> Iterator[Array]:
    """Row 0 of p: weights in a dictionary keyed by the vertex."""
    H, w, star, x = p.H[0], p.w[0], p.x_star[0], p.x0[0]
    L = p.constants["L"].value[0]
    weights: dict[tuple[float, ...], float] = {tuple(x + 0.0): 1.0}
    while True:
        yield x
        g = H @ (x - star) + w
        v = p.over.vertex(g[None, :])[0] + 0.0
        atoms = [np.array(a) for a in weights]
        a, s = max(atoms, key=lambda u: float(g @ u)), min(atoms, key=lambda u: float(g @ u))
        held = weights[tuple(a)]
        forward = (v, None)
        off = (None, a)
        if method == "away":
            to, leave = forward if g @ (x - v) >= g @ (a - x) else off
        elif method == "pairwise":
            to, leave = v, a
        else:
            to, leave = (s, a) if g @ (a - s) >= g @ (x - v) else forward
        d = (x if to is None else to) - (x if leave is None else leave)
        cap = 1.0 if leave is None else held if to is not None else held / (1 - held) if held < 1 else 1.0
        slope = -g @ d
        gamma = min(cap, slope / (L * (d @ d))) if slope > 0 else 0.0
        scale = 1 + (gamma if to is None else 0.0) - (gamma if leave is None else 0.0)
        weights = {key: value * scale for key, value in weights.items()}
        if to is not None:
            weights[tuple(to)] = weights.get(tuple(to), 0.0) + gamma
        if leave is not None:
            weights[tuple(a)] -= gamma
            if gamma >= cap:
                del weights[tuple(a)]
        weights = {key: value for key, value in weights.items() if value > 0}
        x = sum(value * np.array(key) for key, value in weights.items())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("draw", [on_simplex, on_l1_ball, on_cube], ids=lambda d: d.__name__)
def test_same_iterates_as_the_naive_twin(method: str, draw: Any) -> None:
    seeds = range(5)
    batch = draw(seeds)
    runs = list(islice(ActiveSetFrankWolfe(METHODS[method], short_step).iterates(batch, SeededNoise(seeds)), 25))
    for b in seeds:
        for k, x in enumerate(islice(naive(draw(range(b, b + 1)), method), 25)):
            np.testing.assert_allclose(runs[k].x[b], x, atol=1e-9, err_msg=f"row {b}, k = {k}")


@pytest.mark.parametrize("method", METHODS)
def test_does_not_freeze(method: str) -> None:
    """The gap goes to 0 and vertices are dropped on the way, on the ℓ₁ balls where a method that keeps dead atoms stops."""
    seeds = range(6)
    problem = on_l1_ball(seeds, n=20)
    last, dropped = None, np.zeros(len(seeds))
    for state in islice(ActiveSetFrankWolfe(METHODS[method], short_step).iterates(problem, SeededNoise(seeds)), 600):
        last, dropped = state, dropped + state.dropped
    assert last is not None
    gap = ((problem.grad(last.x)) * (last.x - problem.lmo(problem.grad(last.x)))).sum(axis=1)
    assert (gap < 1e-9).all()
    assert dropped.min() >= 1
    assert (last.active.size() <= 4).all(), "the optimal face has three vertices"


@pytest.mark.parametrize("algorithm", [Reject(), Sticky(), Stateless()], ids=lambda a: type(a).__name__)
def test_monotone_steps_where_the_simplex_leaves_the_domain(algorithm: Any) -> None:
    seeds = range(8)
    problem = signed_returns(seeds)
    values = [state.value for state in islice(algorithm.iterates(problem, SeededNoise(seeds)), 200)]
    assert np.isfinite(values).all() and (np.diff(np.array(values), axis=0) <= 0).all()


def test_rows_do_not_see_each_other() -> None:
    """A row that is full grows the places of all; the other rows go on as they would alone."""
    alone = replace(on_simplex(range(1)), traits=frozenset())
    together = on_simplex(range(8))
    method = ActiveSetFrankWolfe(pairwise, short_step)
    one = list(islice(method.iterates(alone, SeededNoise(range(1))), 60))
    all_ = list(islice(method.iterates(together, SeededNoise(range(8))), 60))
    for a, b in zip(one, all_, strict=True):
        np.testing.assert_allclose(a.x[0], b.x[0], atol=1e-13)
