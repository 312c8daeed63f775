"""The stochastic, warm-started and constrained bilevel solvers: equal where theory says equal, unbiased, and counted right."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import array_api_strict
import numpy as np
import pytest

from algorithms.bilevel.averaged_loop import AveragedLoop
from algorithms.bilevel.descent import ByConjugateGradients, ByNeumannSeries, Directly, HypergradientDescent, Implicit, Unrolled
from algorithms.bilevel.distillation import DistillationDescent
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.kkt import constrained_hypergradient
from algorithms.bilevel.nested_loops import AmIGO, StocBiO
from algorithms.bilevel.outer import OuterDescent, truncated
from algorithms.bilevel.penalty_loops import PenaltyMomentum, PenaltySteps
from algorithms.bilevel.proxy_prox import ProxyProx, ProxySteps
from algorithms.bilevel.refinement import RefinedMomentum
from algorithms.bilevel.sampling import BatchView, Minibatches, Steps
from algorithms.bilevel.self_tuning import SelfTuning
from algorithms.bilevel.single_loop import SABA, SOBA, STORM, recalled
from benchmarks.bilevel._sampled import CleaningSum, PatientSum
from benchmarks.bilevel._settings import budgeted
from benchmarks.bilevel._sums import summed, trace
from problems.bilevel import finite_sum, hyper_cleaning, logistic, proxy, quadratic, regression
from ratecheck import Certified, Side, Unit
from ratecheck.arrays import moved
from ratecheck.noise import SeededNoise
from theory_checks.bilevel.kernel_ridge_distillation import implicit as closed_form

ROWS = range(2)
NOISE = SeededNoise(ROWS)


def states(algorithm: Any, problem: Any, count: int) -> list[Any]:
    return list(islice(algorithm.iterates(problem, NOISE), count))


def path(algorithm: Any, problem: Any, count: int = 20) -> Any:
    return np.stack([s.x for s in states(algorithm, problem, count)])


def test_without_sampling_the_single_loops_are_one_method() -> None:
    """On the whole problem the differences of STORM cancel, and sl-BAMM without averaging is SOBA."""
    p, steps = finite_sum.quadratics(ROWS, 40, 5, 4), Steps(0.5, 0.1)
    soba = path(SOBA(steps), p)
    assert np.allclose(soba, path(STORM(steps), p), rtol=1e-9) and np.array_equal(soba, path(AveragedLoop(steps, mu0=0.0), p))
    assert np.ptp(soba, axis=0).max() > 1e-2


def test_warm_and_cold_descents() -> None:
    """Cold reverse mode is the older descent; exact linear solvers agree; after many warm steps the hypergradient is exact."""
    p = quadratic.quadratic(ROWS, mu=0.2)
    old = path(OuterDescent(lambda q, x: truncated(7, 20, q, x)), p)
    assert np.allclose(path(HypergradientDescent(Unrolled(20, 7), False), p), old, rtol=1e-12)
    direct = path(HypergradientDescent(Implicit(Directly(), 20)), p)
    assert np.allclose(direct, path(HypergradientDescent(Implicit(ByConjugateGradients(14), 20)), p), rtol=1e-8)
    assert np.allclose(direct, path(HypergradientDescent(Implicit(ByNeumannSeries(400), 20)), p), rtol=1e-8)
    last = states(HypergradientDescent(Implicit(ByConjugateGradients(5), 30)), p, 1500)[-1]
    assert np.abs(last.z - exact_hypergradient(p, last.x)).max() < 1e-8


@pytest.mark.parametrize("algorithm", [
    SOBA(Steps(0.5, 0.1)), STORM(Steps(0.5, 0.1)), SABA(Steps(0.3, 0.1), 10, 10), StocBiO(Steps(0.8, 0.5), terms=200), AmIGO(Steps(0.8, 0.3)),
    PenaltySteps(Steps(0.8, 0.3), lam=1e5, growth=0.0, lower=20),
], ids=lambda a: type(a).__name__)
def test_stationary_points_are_those_of_the_hyperobjective(algorithm: Any) -> None:
    p = finite_sum.quadratics(ROWS, 40, 5, 4, mu=0.2)
    last = states(algorithm, p, 3000)[-1]
    assert np.abs(last.x - p.x_opt).max() < (1e-4 if isinstance(algorithm, PenaltySteps) else 1e-7)


def test_batches_of_everything_are_the_full_oracles() -> None:
    draws = (finite_sum.quadratics(ROWS, 40, 5, 4), logistic.breast_cancer(ROWS, columns=4), hyper_cleaning.digits(ROWS, train=30, valid=40, classes=4, components=5, spread=1.0))
    g = np.random.default_rng(3)
    for p, sums in zip(draws, (draws[0], PatientSum(draws[1]), CleaningSum(draws[2])), strict=True):  # type: ignore[arg-type]
        i, j = (np.stack([g.permutation(size) for _ in ROWS]) for size in (sums.lower_size, sums.upper_size))
        view, x, y, v = BatchView(sums, i, j), p.x0, p.y0 + g.standard_normal(p.y0.shape), g.standard_normal(p.y0.shape)  # type: ignore[arg-type]
        assert np.allclose(view.lower_y(x, y), p.lower_y(x, y)) and np.allclose(view.hvp(x, y, v), p.hvp(x, y, v))
        assert np.allclose(view.cross_t(x, y, v), p.cross_t(x, y, v)) and np.allclose(view.upper_y(x, y), p.upper_y(x, y))
        assert np.allclose(view.upper_x(x, y), p.upper_x(x, y))
        known = p.lower_x(x, y) - p.lower_x(x, 0 * y)  # a term of g in x alone is of no interest to any method
        assert np.allclose(view.lower_x(x, y) - view.lower_x(x, 0 * y), known)


def test_recalled_estimates_are_unbiased() -> None:
    """The mean over the rows of new − old + mean of the table is the mean of the new values."""
    g = np.random.default_rng(4)
    new, table = g.standard_normal((2, 6, 3)), g.standard_normal((2, 6, 3))
    found = [recalled((new[:, k],), (table,), np.full(2, k)) for k in range(6)]
    assert np.allclose(np.mean([e[0] for e, _ in found], axis=0), new.mean(axis=1))
    assert np.array_equal(found[2][1][0][:, 2], new[:, 2]) and np.array_equal(found[2][1][0][:, 3], table[:, 3])


def test_component_calls_are_counted() -> None:
    """SOBA asks five batches a step, AmIGO lower + 2·linear + 3, STORM twice those of SOBA (but for its first step), SABA a pass over everything first."""
    q = finite_sum.quadratics(ROWS, 40, 5, 4)
    for algorithm, first, each in (
        (SOBA(draw=Minibatches(4, 4)), 0, 20), (AmIGO(draw=Minibatches(4, 4), lower=3, linear=2), 0, 4 * (3 + 2 * 2 + 2)), (STORM(draw=Minibatches(4, 4)), -20, 40),
        (SABA(Steps(0.3, 0.1), 4, 4), 5 * 40, 20), (PenaltySteps(draw=Minibatches(4, 4), lower=3), 0, 4 * (3 * 3 + 3)),
    ):
        p = summed(q, q)
        t = trace(algorithm, p, np.array([0.0, first + 10.0 * each]), ROWS)
        assert t.calls[-1] == first + 10 * each


def test_self_tuning_learns_the_slope_of_the_best_response() -> None:
    """On a quadratic lower level the best response is affine: (a, W) converge to y*(x), dy*/dx."""
    p = quadratic.quadratic(ROWS, n=3, m=4, mu=0.5)
    s = states(SelfTuning(Steps(1.0, 0.0), lower=10), p, 200)[-1]
    assert np.allclose(s.a, p.y_star(p.x0), atol=1e-8) and np.allclose(s.W, np.linalg.solve(p.A, p.C), atol=1e-8)
    assert np.allclose(s.z, exact_hypergradient(p, p.x0), atol=1e-7)


def test_refined_momentum_without_noise() -> None:
    p = quadratic.quadratic(ROWS, mu=0.5)
    found = states(RefinedMomentum(length=1e-3, first=400), p, 5)
    assert np.allclose(found[0].m, exact_hypergradient(p, p.x0), atol=1e-8)
    assert np.allclose(np.linalg.norm(found[1].x - found[0].x, axis=1), 1e-3)


def test_penalty_momentum_forgets_the_old_point_where_eta_is_one() -> None:
    p, steps = finite_sum.quadratics(ROWS, 40, 5, 4), Steps(0.5, 0.1)
    plain, carried = path(PenaltyMomentum(steps, c=0.0), p), path(PenaltyMomentum(steps, growth=0.0), p)
    assert np.allclose(carried, path(PenaltyMomentum(steps, growth=0.0, c=0.0), p)) and not np.allclose(plain, carried)


def test_hypergradient_through_the_active_set() -> None:
    """Against differences, with the constraint active (as drawn) and not active (far away)."""
    p, g, h = budgeted(ROWS), np.random.default_rng(5), 1e-6
    for q in (p, replace(p, d=p.d + 100)):
        y, lam = q.solution(q.x0)
        assert ((lam > 0) == (q is p)).all() and (q.constraint(q.x0, y) < 1e-10).all()
        e = g.standard_normal(q.x0.shape)
        above, below = (q.upper(q.x0 + s * h * e, q.solution(q.x0 + s * h * e)[0]) for s in (1, -1))
        assert np.allclose((above - below) / (2 * h), (constrained_hypergradient(q, q.x0, y, lam) * e).sum(axis=1), rtol=1e-6)


def test_distillation_gradient_is_the_closed_form() -> None:
    p = regression.digits(ROWS)
    assert np.allclose(states(DistillationDescent(solves=40), p, 1)[0].z, closed_form(p, p.x0), rtol=1e-7, atol=1e-9)
    assert not np.allclose(states(DistillationDescent(solves=40, residual=False), p, 1)[0].z, closed_form(p, p.x0), rtol=1e-2)


class Two:
    """`Proxied` with the gradients of its two losses."""

    def __init__(self, p: Any) -> None:
        self.p, self.x0 = p, p.x0
        self.constants = {**p.constants, "L_proxy": Certified(np.full(len(p.x0), 100.0), Unit(1, -2), Side.EXACT, "-")}

    def grad(self, x: Any) -> Any:
        return self.p.grad(x)

    def proxy_grad(self, x: Any) -> Any:
        return self.p.grad(x) - self.p.grad_difference(x)


def test_proxy_steps_approach_the_proximal_point() -> None:
    p = proxy.quadratic(ROWS)
    exact, near = path(ProxyProx(s=2.0), p, 4), path(ProxySteps(s=2.0, inner=6000), Two(p), 4)
    assert np.allclose(exact, near, atol=1e-8) and not np.allclose(exact, path(ProxySteps(s=2.0, inner=5), Two(p), 4), atol=1e-3)


@pytest.mark.parametrize("algorithm", [
    SOBA(draw=Minibatches(4, 4)), STORM(draw=Minibatches(4, 4)), SABA(Steps(0.3, 0.1), 4, 4), StocBiO(draw=Minibatches(4, 4)), AmIGO(draw=Minibatches(4, 4)),
    PenaltySteps(draw=Minibatches(4, 4)), PenaltyMomentum(draw=Minibatches(4, 4)), RefinedMomentum(draw=Minibatches(4, 4), first=5), SelfTuning(draw=Minibatches(4, 4)),
    HypergradientDescent(Unrolled(6, 4)), HypergradientDescent(Implicit(Directly(), 4)), HypergradientDescent(Implicit(ByNeumannSeries(4), 4)), AveragedLoop(mu0=0.0),
], ids=lambda a: f"{type(a).__name__}")
def test_strict_arrays_and_seeds_alone(algorithm: Any) -> None:
    p = finite_sum.quadratics(ROWS, 40, 5, 4)
    usual = path(algorithm, p, 6)
    strict = list(islice(algorithm.iterates(moved(p, array_api_strict), SeededNoise(ROWS, array_api_strict)), 6))
    assert np.allclose(np.stack([np.asarray(s.x) for s in strict]), usual, rtol=1e-11)
    alone = list(islice(algorithm.iterates(finite_sum.quadratics(range(1, 2), 40, 5, 4), SeededNoise(range(1, 2))), 6))
    assert np.allclose(np.stack([s.x[0] for s in alone]), usual[:, 1], rtol=1e-11)
