"""Attacks on the certificates of every problem: gradients against differences, smoothness and lmo against random points.

Oracles are recognised by their Protocol's method names; a problem of another shape has tests of its own.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from ratecheck import Certified, Side, Trait
from tests.conftest import entries


def _identity(draw: Any) -> tuple[Any, ...]:
    if isinstance(draw, partial):
        return (draw.func, draw.args, tuple(sorted(draw.keywords.items(), key=lambda item: item[0])).__repr__())
    return (draw,)


DRAWS: dict[tuple[Any, ...], tuple[str, Any]] = {}
for _entry in entries():
    for _group, _, _claim, _ in _entry.groups():
        if _group == "claim":
            for _instance, _draw in _claim.instances.items():
                DRAWS.setdefault(_identity(_draw), (f"{_entry.path}-{_instance}", _draw))
CASES = list(DRAWS.values())
IDS = [case[0] for case in CASES]
SEEDS = range(3)


def inner(a: Any, b: Any) -> Any:
    return np.sum(np.reshape(a * b, (a.shape[0], -1)), axis=1)


def points(problem: Any, salt: int, count: int) -> list[Any]:
    """Points near x0 and, over a compact set, inside it."""
    g = np.random.default_rng([17, salt])
    x0 = np.asarray(problem.x0)
    if hasattr(problem, "lmo"):
        vertices = [np.asarray(problem.lmo(g.standard_normal(x0.shape))) for _ in range(2 * count)]
        return [0.5 * (a + b) for a, b in zip(vertices[::2], vertices[1::2], strict=True)]
    return [x0 + 0.1 * g.standard_normal(x0.shape) for _ in range(count)]


@pytest.mark.parametrize("draw", [case[1] for case in CASES], ids=IDS)
def test_is_a_frozen_batch(draw: Any) -> None:
    problem = draw(SEEDS)
    assert is_dataclass(problem) and type(problem).__dataclass_params__.frozen
    assert all(isinstance(t, Trait) for t in problem.traits)
    for name, constant in problem.constants.items():
        assert isinstance(constant, Certified), name
        value = np.asarray(constant.value)
        assert value.shape in ((), (1,), (len(SEEDS),)), f"{name} has shape {value.shape}"
        assert not np.isnan(value.astype(float)).any(), name


@pytest.mark.parametrize("draw", [case[1] for case in CASES], ids=IDS)
def test_gradient_is_the_derivative(draw: Any) -> None:
    problem = draw(SEEDS)
    composite = hasattr(problem, "prox")  # value is f + h, grad that of f alone
    if composite or not (hasattr(problem, "value") and hasattr(problem, "grad")) or Trait.SMOOTH not in problem.traits:
        pytest.skip("no smooth value and gradient")
    for x in points(problem, 1, 3):
        d = np.random.default_rng(5).standard_normal(x.shape)
        d /= np.sqrt(inner(d, d)).reshape((-1,) + (1,) * (x.ndim - 1))
        h = 1e-5 * (1 + np.abs(x).max())
        slope = (np.asarray(problem.value(x + h * d)) - np.asarray(problem.value(x - h * d))) / (2 * h)
        exact = inner(np.asarray(problem.grad(x)), d)
        size = np.sqrt(inner(np.asarray(problem.grad(x)), np.asarray(problem.grad(x))))
        rounding = 1e-15 * np.abs(np.asarray(problem.value(x))) / h
        assert np.all(np.abs(slope - exact) <= 1e-4 * (np.abs(exact) + size) + 10 * rounding + 1e-9)


@pytest.mark.parametrize("draw", [case[1] for case in CASES], ids=IDS)
def test_smoothness_constant(draw: Any) -> None:
    """‖∇f(x) − ∇f(y)‖ ≤ L ‖x − y‖ where L is not a lower bound."""
    problem = draw(SEEDS)
    if "L" not in problem.constants or not hasattr(problem, "grad") or Trait.SMOOTH not in problem.traits:
        pytest.skip("no L with a gradient")
    L = problem.constants["L"]
    if L.side in (Side.LOWER, Side.ESTIMATED) or tuple(L.unit) != (1.0, -2.0):
        pytest.skip("L is not a certified Euclidean smoothness constant")
    for x, y in zip(points(problem, 2, 4), points(problem, 3, 4), strict=True):
        change = np.asarray(problem.grad(x)) - np.asarray(problem.grad(y))
        allowed = np.asarray(L.value) * np.sqrt(inner(x - y, x - y))
        assert np.all(np.sqrt(inner(change, change)) <= allowed * (1 + 1e-9) + 1e-12)


@pytest.mark.parametrize("draw", [case[1] for case in CASES], ids=IDS)
def test_lmo_beats_other_vertices(draw: Any) -> None:
    problem = draw(SEEDS)
    if not hasattr(problem, "lmo"):
        pytest.skip("no linear minimisation oracle")
    g = np.random.default_rng(11)
    shape = np.asarray(problem.x0).shape
    others = [np.asarray(problem.lmo(g.standard_normal(shape))) for _ in range(20)]
    for _ in range(5):
        direction = g.standard_normal(shape)
        best = inner(direction, np.asarray(problem.lmo(direction)))
        for v in others:
            assert np.all(best <= inner(direction, v) + 1e-12 * (1 + np.abs(best)))
    at_zero = np.asarray(problem.lmo(np.zeros(shape)))
    assert np.isfinite(at_zero).all() and np.array_equal(at_zero, np.asarray(problem.lmo(np.zeros(shape))))


@pytest.mark.parametrize("draw", [case[1] for case in CASES], ids=IDS)
def test_optimal_value_is_below(draw: Any) -> None:
    """f* is at most f at x0 and at random points of the domain."""
    problem = draw(SEEDS)
    if not (hasattr(problem, "f_star") and hasattr(problem, "value")):
        pytest.skip("no f* with a value")
    f_star = np.asarray(problem.f_star)
    for x in [np.asarray(problem.x0), *points(problem, 4, 3)]:
        value = np.asarray(problem.value(x))
        assert np.all(f_star <= value + 1e-9 * (1 + np.abs(value)))
