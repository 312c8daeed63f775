"""Attacks on the certificates of the Frank–Wolfe problems that the general tests do not know: curvature, widths, f*, (M, ν)."""

from __future__ import annotations

from functools import partial
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import nnls

from problems.frank_wolfe import design, indefinite, logistic, noisy, portfolio, quadratics, self_concordant, simplex
from ratecheck import Array

SEEDS = range(6)
CURVED: dict[str, Any] = {
    "least squares": simplex.planted,
    "squared norm": partial(simplex.squared_norm, n=30),
    "logistic": logistic.synthetic,
    "breast cancer": logistic.breast_cancer,
    "quadratic on the simplex": quadratics.on_simplex,
    "quadratic on the l1 ball": quadratics.on_l1_ball,
    "quadratic on the cube": quadratics.on_cube,
    "quadratic in the ball": quadratics.inside_l2_ball,
    "quadratic on the sphere": quadratics.on_sphere,
    "Figure 1a": partial(quadratics.figure_1a, n=20),
    "indefinite": indefinite.on_box,
    "barrier": self_concordant.symmetric_barrier,
    "portfolio": portfolio.positive_returns,
    "noisy": noisy.exact_l1_ball,
}


def inner(a: Array, b: Array) -> Array:
    return (a * b).sum(axis=1)


@pytest.mark.parametrize("name", CURVED)
def test_curvature_constant(name: str) -> None:
    """2/γ² (f(y) − f(x) − ⟨∇f(x), y − x⟩) ≤ C_f for y = x + γ(s − x); met by two vertices where C_f is exact and f a quadratic."""
    problem = CURVED[name](SEEDS)
    rng = np.random.default_rng(3)
    shape = problem.x0.shape
    C = problem.constants["C_f"]
    largest = np.zeros(len(SEEDS))
    for gamma in (1.0, 0.3, 0.01):
        for _ in range(60):
            x, s = problem.lmo(rng.standard_normal(shape)), problem.lmo(rng.standard_normal(shape))
            y = x + gamma * (s - x)
            met = 2 / gamma**2 * (problem.value(y) - problem.value(x) - inner(problem.grad(x), y - x))
            largest = np.maximum(largest, met)
    assert (largest <= C.value * (1 + 1e-6)).all()
    if C.side.name == "EXACT":
        assert (largest >= 0.4 * C.value).all()


@pytest.mark.parametrize("name", [n for n in CURVED if n not in ("portfolio", "indefinite", "breast cancer")])
def test_optimal_value_by_a_long_run(name: str) -> None:
    """The best lower bound f(x) − g(x) of a run is at most f*, and the best value at least f*."""
    problem = CURVED[name](SEEDS)
    x, low, high = problem.x0, np.full(len(SEEDS), -np.inf), np.full(len(SEEDS), np.inf)
    for k in range(1000):
        g = problem.grad(x)
        v = problem.lmo(g)
        value = problem.value(x)
        low, high = np.maximum(low, value - inner(g, x - v)), np.minimum(high, value)
        x = x + 2 / (k + 2) * (v - x)
    half = problem.constants["f_gap"].value if "f_gap" in problem.constants else 0.0
    assert (low <= problem.f_star + half + 1e-12).all()
    assert (problem.f_star - half <= high + 1e-12).all()
    assert (high - low <= 0.05 * problem.constants["C_f"].value).all(), "the run says nothing"


def hulls_apart(F: Array, G: Array) -> float:
    """Distance of the convex hulls of the rows, by non-negative least squares with the sums held by a heavy weight."""
    heavy = 1e4
    top = np.hstack([F.T, -G.T])
    sums = heavy * np.vstack([np.r_[np.ones(len(F)), np.zeros(len(G))], np.r_[np.zeros(len(F)), np.ones(len(G))]])
    weights, _ = nnls(np.vstack([top, sums]), np.r_[np.zeros(F.shape[1]), heavy, heavy])
    return float(np.linalg.norm(top @ weights))


def faces(V: Array, normals: list[Array]) -> list[Array]:
    """The vertices of V that maximise each normal, as masks; no mask twice."""
    found = {tuple(np.isclose(V @ a, (V @ a).max())) for a in normals}
    return [np.array(mask) for mask in found if not all(mask)]


@pytest.mark.parametrize(("draw", "n"), [(quadratics.on_simplex, 4), (quadratics.on_simplex, 5), (quadratics.on_l1_ball, 3), (quadratics.on_cube, 3)])
def test_pyramidal_width_over_all_faces(draw: Any, n: int) -> None:
    eye = np.eye(n)
    V = {
        quadratics.on_simplex: eye,
        quadratics.on_l1_ball: np.vstack([eye, -eye]),
        quadratics.on_cube: np.array(list(product([0.0, 1.0], repeat=n))),
    }[draw]
    normals = [np.array(s, dtype=float) for s in product([-1, 0, 1], repeat=n) if any(s)]
    width = min(hulls_apart(V[mask], V[~mask]) for mask in faces(V, normals))
    assert draw(range(1), n=n).constants["delta"].value[0] == pytest.approx(width, rel=1e-5)


GSC: dict[str, Any] = {
    "exp": self_concordant.exponential,
    "-log": self_concordant.minus_logarithm,
    "entropy": self_concordant.entropy,
    "power": self_concordant.inverse_power,
    "power 5": partial(self_concordant.inverse_power, q=5.0),
    "barrier": self_concordant.symmetric_barrier,
    "design": design.optimal_design,
}


@pytest.mark.parametrize("name", GSC)
def test_self_concordance(name: str) -> None:
    """|D³f(x)[v][u, u]| ≤ M ‖u‖²_x ‖v‖_x^{ν−2} ‖v‖₂^{3−ν}, the third derivative by differences; equality in one dimension."""
    p = GSC[name](SEEDS)
    rng = np.random.default_rng(9)
    shape, nu = p.x0.shape, p.nu
    for _ in range(20):
        x = p.interior(0.5 * rng.standard_normal(shape))
        u, v = rng.standard_normal((2, *shape))
        h = 1e-5
        third = (p.local(x + h * v, u) - p.local(x - h * v, u)) / (2 * h)
        allowed = p.constants["M"].value * p.local(x, u) * p.local(x, v) ** ((nu - 2) / 2) * inner(v, v) ** ((3 - nu) / 2)
        assert (np.abs(third) <= allowed * (1 + 1e-4)).all()
        if shape[1] == 1:
            np.testing.assert_allclose(np.abs(third), allowed, rtol=1e-4)


@pytest.mark.parametrize("draw", [logistic.synthetic, portfolio.positive_returns, self_concordant.symmetric_barrier, design.optimal_design], ids=lambda d: d.__name__)
def test_local_norm_is_the_second_derivative(draw: Any) -> None:
    p = draw(SEEDS)
    rng = np.random.default_rng(2)
    x = (p.x0 + p.lmo(rng.standard_normal(p.x0.shape)) + p.lmo(rng.standard_normal(p.x0.shape))) / 3
    v, h = 0.1 * rng.standard_normal(p.x0.shape), 1e-5
    second = inner(p.grad(x + h * v) - p.grad(x - h * v), v) / (2 * h)
    np.testing.assert_allclose(p.local(x, v), second, rtol=1e-6)


@pytest.mark.parametrize("p", [2.0, 3.0, 4.0])
def test_gradient_is_bounded_below(p: float) -> None:
    """"c" in the dual norm and "c_2" in the Euclidean one, over the unit ball of ℓ_p."""
    problem = quadratics.on_sphere(range(200), n=2, kappa=1.0, slope=1.0, p=p)
    rng = np.random.default_rng(4)
    for _ in range(50):
        x = rng.uniform(0, 1) * problem.lmo(rng.standard_normal(problem.x0.shape))
        g = problem.grad(x)
        assert (np.linalg.norm(g, ord=p / (p - 1), axis=1) >= problem.constants["c"].value - 1e-12).all()
        assert (np.linalg.norm(g, axis=1) >= problem.constants["c_2"].value - 1e-12).all()


def test_noise_has_the_stated_size() -> None:
    problem = noisy.noisy_ball(range(400), n=5, sigma=0.7)
    y = np.random.default_rng(6).standard_normal((400, 5))
    X = np.eye(5)[None, :, :] + np.zeros((400, 1, 1))
    slopes = problem.values(X, y) - problem.values(X, 0 * y)  # e_i'y
    assert (slopes**2).sum(axis=1).mean() == pytest.approx(0.49, rel=0.1)
    np.testing.assert_allclose(problem.values(X[:, :1, :], 0 * y)[:, 0], problem.value(X[:, 0, :]), rtol=1e-12)


def test_every_pair_of_vertices_of_the_simplex_was_seen() -> None:
    problem = simplex.planted(range(1), n=6, m=4)
    A = problem.A[0]
    largest = max(np.sum((A[:, i] - A[:, j]) ** 2) for i, j in combinations(range(6), 2))
    assert problem.constants["C_f"].value[0] == pytest.approx(largest, rel=1e-12)
