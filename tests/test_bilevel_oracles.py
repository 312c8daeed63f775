"""Every bilevel problem: oracles against differences, y* and ∇F against their definitions, each certified constant under attack."""

from __future__ import annotations

from functools import partial
from typing import Any

import array_api_strict
import numpy as np
import pytest

from algorithms.bilevel.batched import apply, solve
from algorithms.bilevel.implicit import exact_hypergradient
from algorithms.bilevel.inexact import solve_linear
from problems.bilevel import denoising, finite_sum, hyper_cleaning, log_cosh, logistic, multinomial, quadratic, relaxed, ridge, separable
from problems.bilevel.joint_quadratic import constrained
from problems.bilevel.training import breast_cancer, planted
from ratecheck.arrays import host, moved
from theory_checks.bilevel._common import value

SEEDS = range(4)
DRAWS: dict[str, Any] = {
    "quadratic": quadratic.quadratic,
    "isotropic": quadratic.isotropic,
    "orthogonal": quadratic.orthogonal,
    "full rank": quadratic.full_rank,
    "ridge": partial(ridge.planted, reach=0.5),
    "ridge, diabetes": ridge.diabetes,
    "logistic": partial(logistic.planted, reach=0.5),
    "breast cancer": logistic.breast_cancer,
    "breast cancer, a penalty a feature": logistic.selection,
    "total variation": denoising.photograph,
    "total variation, image": partial(denoising.image, size=5, reach=0.3),
    "total variation, digit": denoising.digit,
    "log-cosh": log_cosh.log_cosh,
    "tilted": log_cosh.tilted,
    "cosh": partial(relaxed.relaxed, start=1.0),
    "separable": separable.separable,
    "hyper-cleaning": partial(hyper_cleaning.digits, train=30, valid=40, classes=4, components=5, spread=1.0),
    "digits, a penalty a class": partial(multinomial.digits, classes=4, components=5, samples=60, reach=0.5),
    "wine, a penalty a feature": partial(multinomial.wine, reach=0.5),
    "iris, a penalty a class": multinomial.iris,
    "finite sum": partial(finite_sum.quadratics, samples=40, d_inner=8, d_outer=5),
    "finite sum, more variables above": partial(finite_sum.quadratics, samples=20, d_inner=3, d_outer=6, mu=1e-2),
}
BOUNDED = ("quadratic", "total variation, image", "total variation, digit", "finite sum", "ridge", "logistic", "log-cosh", "separable", "hyper-cleaning", "digits, a penalty a class", "wine, a penalty a feature")
IDS = list(DRAWS)
H = 1e-5


def draws() -> list[tuple[Any, np.random.Generator]]:
    return [(DRAWS[name](SEEDS), np.random.default_rng(k)) for k, name in enumerate(IDS)]


@pytest.mark.parametrize(("p", "g"), draws(), ids=IDS)
def test_oracles_are_derivatives(p: Any, g: np.random.Generator) -> None:
    x, y = p.x0, p.y0 + 0.3 * g.standard_normal(p.y0.shape)
    dx, dy = g.standard_normal(x.shape), g.standard_normal(y.shape)
    a = g.standard_normal(y.shape)
    along = (p.lower_y(x, y + H * dy) - p.lower_y(x, y - H * dy)) / (2 * H)
    assert np.allclose(along, p.hvp(x, y, dy), rtol=1e-6, atol=1e-7)
    across = (p.lower_y(x + H * dx, y) - p.lower_y(x - H * dx, y)) / (2 * H)
    assert np.allclose(across, p.cross(x, y, dx), rtol=1e-6, atol=1e-7)
    assert np.allclose((a * p.cross(x, y, dx)).sum(1), (dx * p.cross_t(x, y, a)).sum(1))
    assert np.allclose((p.hessian(x, y) @ dy[..., None])[..., 0], p.hvp(x, y, dy))
    assert np.allclose((p.cross_block(x, y) @ dx[..., None])[..., 0], p.cross(x, y, dx))
    upper = (p.upper(x + H * dx, y + H * dy) - p.upper(x - H * dx, y - H * dy)) / (2 * H)
    assert np.allclose(upper, (p.upper_x(x, y) * dx).sum(1) + (p.upper_y(x, y) * dy).sum(1), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("p", "g"), draws(), ids=IDS)
def test_hypergradient_is_the_derivative(p: Any, g: np.random.Generator) -> None:
    """To 1e-6 relative, in every hyperparameter."""
    x = p.x0
    assert np.abs(p.lower_y(x, p.y_star(x))).max() <= 1e-11 * (1 + np.abs(p.y_star(x)).max() * np.abs(p.hessian(x, p.y_star(x))).max())
    gradient = exact_hypergradient(p, x)
    for j in range(x.shape[1]):
        e = np.eye(x.shape[1])[j]
        difference = (value(p, x + H * e) - value(p, x - H * e)) / (2 * H)
        assert np.allclose(difference, gradient[:, j], rtol=1e-6, atol=1e-6 * np.abs(gradient).max()), j


@pytest.mark.parametrize(("p", "g"), draws(), ids=IDS)
def test_constants_hold(p: Any, g: np.random.Generator) -> None:
    """Random pairs of points can only confirm a bound: nothing may exceed it, on the box where it is claimed."""
    c = {name: np.asarray(constant.value) for name, constant in p.constants.items()}
    slack = 1 + 1e-9
    for _ in range(30):
        y, z = (p.y0 + 2 * g.standard_normal(p.y0.shape) for _ in range(2))
        x, apart = p.x0, np.linalg.norm(y - z, axis=1)
        spectrum = np.linalg.eigvalsh(p.hessian(x, y))
        if "mu" in c:
            assert (spectrum[:, 0] * slack >= c["mu"]).all()
        if "L" in c:
            assert (spectrum[:, -1] <= c["L"] * slack).all()
        if "L_A" in c:
            assert (np.linalg.norm(p.hessian(x, y) - p.hessian(x, z), 2, axis=(1, 2)) <= c["L_A"] * apart * slack + 1e-12).all()
        if "L_B" in c:
            assert (np.linalg.norm(p.cross_block(x, y) - p.cross_block(x, z), 2, axis=(1, 2)) <= c["L_B"] * apart * slack + 1e-12).all()
        if "L_f" in c:
            assert (np.linalg.norm(p.upper_y(x, y) - p.upper_y(x, z), axis=1) <= c["L_f"] * apart * slack).all()
        if "l_f0" in c:
            assert (np.linalg.norm(p.upper_y(x, y), axis=1) <= c["l_f0"] * slack).all()


@pytest.mark.parametrize("name", BOUNDED)
def test_bounds_at_a_point_hold(name: str) -> None:
    """‖A‖ ≤ smoothness(x) and ‖B(y) − B(z)‖ ≤ cross_lipschitz(x)‖y − z‖ at random points, in the box where there is one."""
    p, g = DRAWS[name](SEEDS), np.random.default_rng(8)
    for _ in range(20):
        x, y, z = (v + g.standard_normal(v.shape) for v in (p.x0, p.y0, p.y0))
        x = p.project(x) if hasattr(p, "project") else x
        slack, apart = 1 + 1e-9, np.linalg.norm(y - z, axis=1)
        assert (np.linalg.eigvalsh(p.hessian(x, y))[:, -1] <= p.smoothness(x) * slack).all()
        assert (np.linalg.norm(p.cross_block(x, y) - p.cross_block(x, z), 2, axis=(1, 2)) <= p.cross_lipschitz(x) * apart * slack + 1e-12).all()


@pytest.mark.parametrize("name", [name for name in IDS if hasattr(DRAWS[name](SEEDS), "lower")])
def test_lower_level_has_these_gradients(name: str) -> None:
    p, g = DRAWS[name](SEEDS), np.random.default_rng(12)
    x, y = p.x0, p.y0 + g.standard_normal(p.y0.shape)
    dx, dy = g.standard_normal(x.shape), g.standard_normal(y.shape)
    change = (p.lower(x + H * dx, y + H * dy) - p.lower(x - H * dx, y - H * dy)) / (2 * H)
    assert np.allclose(change, (p.lower_x(x, y) * dx).sum(1) + (p.lower_y(x, y) * dy).sum(1), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ("hyper-cleaning", "digits, a penalty a class", "wine, a penalty a feature", "iris, a penalty a class"))
def test_softmax_problems_beyond_the_certificates(name: str) -> None:
    """Bounds in x, ‖B‖ at y*, L_F and Δ at random points of the set; g(x, y) − g* under its certified gap."""
    p, g = DRAWS[name](SEEDS), np.random.default_rng(9)
    c = {key: np.asarray(constant.value) for key, constant in p.constants.items()}
    slack = 1 + 1e-9
    for _ in range(15):
        x, z = (p.project(p.x0 + g.standard_normal(p.x0.shape)) for _ in range(2))
        y = p.y0 + g.standard_normal(p.y0.shape)
        apart, best = np.linalg.norm(x - z, axis=1) + 1e-300, p.y_star(x)
        assert (np.linalg.norm(p.cross_block(x, best), 2, axis=(1, 2)) <= c["norm_B"] * slack).all()
        assert (np.linalg.norm(exact_hypergradient(p, x) - exact_hypergradient(p, z), axis=1) <= c["L_F"] * apart * slack).all()
        assert (value(p, p.x0) - value(p, x) <= c["Delta"]).all()
        assert (p.lower(x, y) - p.lower(x, best) <= p.gap(x, y) * slack).all() and (p.gap(x, best) <= 1e-25).all()
        if "A_x" in c:
            assert (np.linalg.norm(p.hessian(x, y) - p.hessian(z, y), 2, axis=(1, 2)) <= c["A_x"] * apart * slack).all()
            assert (np.linalg.norm(p.cross_block(x, y) - p.cross_block(z, y), 2, axis=(1, 2)) <= c["B_x"] * apart * slack).all()


def test_corrupted_labels_are_the_wrong_ones() -> None:
    """About `corruption` of the labels, and the share that is wrong is what `wrong` says; half of the weights before anything is learnt."""
    p = hyper_cleaning.digits(SEEDS, corruption=0.4)
    assert np.abs(p.wrong.mean() - 0.4) < 0.06 and (p.T.sum(2) == 1).all() and (p.weights(p.x0) == 0.5).all()
    g = exact_hypergradient(p, p.x0)
    on_wrong, on_right = (g * p.wrong).sum(1) / p.wrong.sum(1), (g * (1 - p.wrong)).sum(1) / (1 - p.wrong).sum(1)
    assert (on_wrong > 0).all() and (on_right < 0).all()  # descent takes weight from wrong labels and gives it to right ones


@pytest.mark.parametrize("name", IDS)
def test_oracles_in_the_strict_namespace(name: str) -> None:
    """Every oracle gives the numbers of NumPy to 1e-9, with functions of the array standard only."""
    p, g = DRAWS[name](range(2)), np.random.default_rng(11)
    q = moved(p, array_api_strict)
    x, y = p.x0, p.y0 + 0.1 * g.standard_normal(p.y0.shape)
    v, u, i = g.standard_normal(y.shape), g.standard_normal(x.shape), np.array([[0, 2, 5], [1, 1, 3]])
    arguments = {
        **dict.fromkeys(("upper", "upper_x", "upper_y", "lower", "lower_x", "lower_y", "hessian", "cross_block", "gap"), (x, y)),
        **dict.fromkeys(("y_star", "project", "smoothness", "cross_lipschitz"), (x,)),
        **{f"{oracle}_batch": (x, y, i) for oracle in ("upper_x", "upper_y", "lower_x", "lower_y")},
        **dict.fromkeys(("hvp", "cross_t"), (x, y, v)),
        **{f"{oracle}_batch": (x, y, v, i) for oracle in ("hvp", "cross_t")},
        "cross": (x, y, u),
    }
    called = [oracle for oracle in arguments if hasattr(p, oracle)]
    assert len(called) >= 9
    for oracle in called:
        strict = getattr(q, oracle)(*(array_api_strict.asarray(a) for a in arguments[oracle]))
        assert np.allclose(host(strict), getattr(p, oracle)(*arguments[oracle]), rtol=1e-9, atol=1e-12), oracle


def test_a_finite_sum_is_the_mean_of_its_samples() -> None:
    """Sampled oracles average to the full ones over all samples; the spectrum is the nominal one; ∇F = 0 at x_opt, F(x0) − F* = Δ."""
    p, g = finite_sum.quadratics(SEEDS, samples=40, d_inner=8, d_outer=5, mu=0.01), np.random.default_rng(10)
    x, y, v = (g.standard_normal(s.shape) for s in (p.x0, p.y0, p.y0))
    everything = np.stack([g.permutation(40) for _ in SEEDS])
    parts = [everything[:, k : k + 10] for k in range(0, 40, 10)]
    pairs = (
        (p.lower_y(x, y), [p.lower_y_batch(x, y, i) for i in parts]),
        (p.lower_x(x, y), [p.lower_x_batch(x, y, i) for i in parts]),
        (p.upper_x(x, y), [p.upper_x_batch(x, y, i) for i in parts]),
        (p.upper_y(x, y), [p.upper_y_batch(x, y, i) for i in parts]),
        (p.hvp(x, y, v), [p.hvp_batch(x, y, v, i) for i in parts]),
        (p.cross_t(x, y, v), [p.cross_t_batch(x, y, v, i) for i in parts]),
    )
    for full, sampled in pairs:
        assert np.allclose(full, np.mean(sampled, axis=0), rtol=1e-12, atol=1e-12) and not np.allclose(full, sampled[0])
    slope = (p.lower(x, y + H * v) - p.lower(x, y - H * v)) / (2 * H)
    assert np.allclose(slope, (p.lower_y(x, y) * v).sum(1), rtol=1e-6)
    c = {name: np.asarray(constant.value) for name, constant in p.constants.items()}
    assert np.allclose(c["mu"], 0.01) and np.allclose(c["L"], 1.0) and np.allclose(c["norm_B"], 0.1) and (c["mu_F"] > 0).all()
    assert np.abs(exact_hypergradient(p, p.x_opt)).max() < 1e-10
    assert np.allclose(value(p, p.x0) - value(p, p.x_opt), c["Delta"])
    dx = g.standard_normal(x.shape)
    change = np.linalg.norm(exact_hypergradient(p, x + dx) - exact_hypergradient(p, x), axis=1) / np.linalg.norm(dx, axis=1)
    assert (change <= c["L_F"] * (1 + 1e-9)).all() and (change >= c["mu_F"] * (1 - 1e-9)).all()


@pytest.mark.parametrize("name", ("ridge", "logistic"))
def test_conjugate_gradients_with_a_preconditioner(name: str) -> None:
    """To the same solution as a direct solve, in fewer products; rows alone give what they give together."""
    p = DRAWS[name](SEEDS)
    y = p.y_star(p.x0)
    v, A, tolerance = p.upper_y(p.x0, y), p.hvp_at(p.x0, y), np.full(len(SEEDS), 1e-12)
    near = np.linalg.inv(p.hessian(p.x0 + 0.05, y))
    products = {}
    for key, inverse in (("plain", None), ("preconditioned", partial(apply, near))):
        calls: list[int] = []
        q = solve_linear(lambda u, calls=calls: (calls.append(1), A(u))[1], v, 0 * v, tolerance, inverse)  # type: ignore[misc]
        assert np.allclose(q, solve(p.hessian(p.x0, y), v), rtol=1e-9, atol=1e-11)
        products[key] = len(calls)
    assert products["preconditioned"] <= products["plain"]
    one = DRAWS[name](range(1))
    alone = solve_linear(one.hvp_at(one.x0, one.y_star(one.x0)), one.upper_y(one.x0, one.y_star(one.x0)), 0 * one.y0, tolerance[:1])
    together = solve_linear(A, v, 0 * v, tolerance)
    assert np.allclose(alone[0], together[0], rtol=1e-13, atol=1e-15)


def test_smoothness_of_the_hyperobjective_is_exact() -> None:
    """L_F of separable ridge: never exceeded by second differences of F, and nearly reached."""
    p = separable.separable(SEEDS, d=1)
    theta = np.linspace(-8, 8, 4001)
    F = np.stack([value(p, np.full((len(SEEDS), 1), t)) for t in theta])
    second = np.abs(F[2:] - 2 * F[1:-1] + F[:-2]).max(0) / (theta[1] - theta[0]) ** 2
    L_F = np.asarray(p.constants["L_F"].value)
    assert (second <= L_F * (1 + 1e-6)).all() and (second >= 0.999 * L_F).all()


def test_saddle_point_of_the_value_function() -> None:
    """No random (θ, λ) does better than the enumerated one."""
    p = constrained(SEEDS)
    g = np.random.default_rng(3)
    x, y, z = p.x0, p.y0, p.z0

    def lagrangian(theta: Any, lam: Any) -> Any:
        near = ((theta - y) ** 2).sum(1) / (2 * p.g1) - ((lam - z) ** 2).sum(1) / (2 * p.g2)
        return p.lower(x, theta) + (lam * p.constraint(x, theta)).sum(1) + near

    theta, lam = p.saddle(x, y, z)
    best = lagrangian(theta, lam)
    assert (lam >= 0).all()
    for _ in range(50):
        assert (lagrangian(theta + 0.1 * g.standard_normal(theta.shape), lam) >= best - 1e-10).all()
        assert (lagrangian(theta, np.maximum(lam + 0.1 * g.standard_normal(lam.shape), 0)) <= best + 1e-10).all()


@pytest.mark.parametrize("draw", [planted, breast_cancer])
def test_training_step_and_its_product(draw: Any) -> None:
    p = draw(SEEDS)
    g = np.random.default_rng(4)
    s, ds, dz, a = (g.standard_normal(shape) for shape in (p.y0.shape, p.y0.shape, p.x0.shape, p.y0.shape))
    for t in (0, 5):
        moved = (p.step(s + H * ds, p.x0 + H * dz, t) - p.step(s - H * ds, p.x0 - H * dz, t)) / (2 * H)
        along_s, along_z = p.vjp(s, p.x0, t, a)
        assert np.allclose((a * moved).sum(1), (along_s * ds).sum(1) + (along_z * dz).sum(1), rtol=1e-5, atol=1e-7)
    loss = (p.loss(s + H * ds) - p.loss(s - H * ds)) / (2 * H)
    assert np.allclose(loss, (p.loss_grad(s) * ds).sum(1), rtol=1e-5, atol=1e-8)
