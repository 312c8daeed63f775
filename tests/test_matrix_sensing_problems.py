"""The oracles of matrix sensing against differences, sampling, other formulas, and a conic program."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from algorithms.matrix_sensing.flow import RiccatiFlow
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import ScaledDescent, fraction_of_s_r
from algorithms.matrix_sensing.singular_value_projection import SVP
from algorithms.matrix_sensing.tubal import t_apply, t_gram
from problems.matrix_sensing import bures, denoising, generative, rectangular, robust, sign_autoencoder, spurious, tubal
from problems.matrix_sensing.operators import blind, cosine, symmetric
from problems.matrix_sensing.sampling import gaussian
from problems.matrix_sensing.sensing import planted
from ratecheck.noise import SeededNoise

SEEDS = range(3)


def states(algorithm, problem, k: int):  # type: ignore[no-untyped-def]
    stream = algorithm.iterates(problem, SeededNoise(SEEDS))
    for _ in range(k):
        next(stream)
    return next(stream)


@pytest.mark.parametrize("operator", [symmetric(6, 0.2), cosine(6, 0.2), gaussian(6, 40, 2), blind(8, 2, 2)])
def test_gradient_of_the_misfit(operator) -> None:  # type: ignore[no-untyped-def]
    n = 8 if hasattr(operator, "h") else 6
    p = planted(SEEDS, (1.0, 0.5), n, 2, 1.0, operator, noise=0.1)
    g = np.random.default_rng(1)
    Z, D = (A + np.swapaxes(A, 1, 2) for A in g.standard_normal((2, 3, n, n)))
    h = 1e-5
    slope = (p.misfit(Z + h * D) - p.misfit(Z - h * D)) / (2 * h)
    assert np.allclose(slope, (p.gradient(Z) * D).sum(axis=(1, 2)), rtol=1e-6)


def test_two_by_two_has_the_stated_quadratic_form_and_spectrum() -> None:
    p = spurious.near_spurious(range(8))
    d = p.constants["delta"].value
    a, b, c = 0.3, -1.1, 0.7
    Z = np.tile([[a, b], [b, c]], (8, 1, 1))
    assert np.allclose((p.operator.forward(Z) ** 2).sum(axis=1), a * a + 2 * d * a * c + c * c + 2 * (1 + d) * b * b)


def test_least_squares_of_both_factors_solve_their_normal_equations() -> None:
    for p in (rectangular.certified(SEEDS), rectangular.completion(SEEDS, size=12)):
        g = np.random.default_rng(2)
        U = np.linalg.qr(g.standard_normal((3, p.M.shape[1], 2)))[0]
        V = p.best_right(U)
        E = U @ np.swapaxes(V, 1, 2) - p.M
        R = p.gradient(E + p.M) if hasattr(p, "gradient") else p.operator.mask**2 * E
        assert np.abs(np.swapaxes(R, 1, 2) @ U).max() < 1e-11
        W = p.best_left(V)
        E = W @ np.swapaxes(V, 1, 2) - p.M
        R = p.gradient(E + p.M) if hasattr(p, "gradient") else p.operator.mask**2 * E
        assert np.abs(R @ V).max() < 1e-11


def test_golden_step_meets_the_golden_ratio() -> None:
    p = rectangular.golden(range(8))
    Y = p.x0 - p.gradient(p.x0)
    assert np.allclose(np.linalg.norm(Y - p.M, axis=(1, 2)), p.constants["delta"].value * p.constants["d_0"].value)
    assert np.allclose(Y[:, 0, 0], 1 / rectangular.GOLDEN)


@pytest.mark.parametrize("k", [2, 4])
def test_bures_gradients_are_derivatives(k: int) -> None:
    p = bures.random(SEEDS, n=4, k=k, tau=0.3)
    g = np.random.default_rng(3)
    D, h = g.standard_normal(p.x0.shape), 1e-5
    for value, grad in ((p.value, p.grad), (p.smoothed, p.smoothed_grad)):
        slope = (value(p.x0 + h * D) - value(p.x0 - h * D)) / (2 * h)
        assert np.allclose(slope, (grad(p.x0) * D).sum(axis=(1, 2)), rtol=1e-6)


def test_bures_curvature_is_the_second_derivative_in_the_covariance() -> None:
    p = bures.random(SEEDS, n=3, tau=0.3)
    H = np.random.default_rng(4).standard_normal((3, 3, 3))
    H = H + np.swapaxes(H, 1, 2)
    S, h = p.x0 @ np.swapaxes(p.x0, 1, 2) + np.eye(3), 1e-3

    def value(t: float) -> np.ndarray:
        return p.smoothed(np.linalg.cholesky(S + t * H))

    second = (value(h) - 2 * value(0.0) + value(-h)) / h**2
    assert np.allclose(second, p.curvature(np.linalg.cholesky(S), H), rtol=1e-3)


def test_balanced_layers_with_their_margin() -> None:
    p = bures.deep(SEEDS, N=3)
    for j in range(2):
        up, down = p.layers[:, j + 1], p.layers[:, j]
        assert np.allclose(np.swapaxes(up, 1, 2) @ up, down @ np.swapaxes(down, 1, 2), atol=1e-12)
    assert np.allclose(p.layers[:, 2] @ p.layers[:, 1] @ p.layers[:, 0], p.x0, atol=1e-12)
    assert (p.constants["c"].value > 0).all()


def test_sign_autoencoder_risk_by_sampling() -> None:
    p = sign_autoencoder.gaussian(range(1), d=4, n=3)
    A = p.best_decoder(p.x0)
    x = np.random.default_rng(5).standard_normal((200_000, 4))
    seen = ((x - np.sign(x @ p.x0[0].T) @ A[0].T) ** 2).sum(axis=1) / 4
    assert abs(seen.mean() - p.risk(A, p.x0)[0]) < 5 * seen.std() / np.sqrt(len(seen))


def test_t_product_is_the_product_of_fourier_slices() -> None:
    g = np.random.default_rng(6)
    A, C = g.standard_normal((2, 4, 5, 3)), g.standard_normal((2, 4, 3, 2))
    hat = np.fft.fft(A, axis=1) @ np.fft.fft(C, axis=1)
    assert np.allclose(np.fft.fft(tubal.t_product(A, C), axis=1), hat)
    assert np.allclose(t_apply(A, C), tubal.t_product(A, C))
    assert np.allclose(t_gram(A), tubal.t_product(A, tubal.t_transpose(A)))
    operator = tubal.random(range(2), delta=0.1).operator
    Z = t_gram(g.standard_normal((2, 4, 6, 3)))
    size = (Z * Z).sum(axis=(1, 2, 3))
    assert (np.abs((Z * operator.normal(Z)).sum(axis=(1, 2, 3)) - size) <= 0.1 * size).all()


def test_mean_direction_has_the_stated_length() -> None:
    p = robust.one_direction(range(1), m=200_000)
    D = p.sign_direction(0 * p.M)
    assert abs((-D * p.M).sum() / np.linalg.norm(p.M) - p.constants["phi"].value[0]) < 0.01


def test_leading_eigenvector_lies_in_the_set() -> None:
    for p in (generative.curve(SEEDS), generative.subspace(SEEDS)):
        Vbar = p.V - p.E
        assert np.allclose((Vbar @ p.xbar[:, :, None])[:, :, 0], p.constants["lam_1"].value[:, None] * p.xbar, atol=1e-12)
        assert np.allclose(p.nearest(p.xbar), p.xbar, atol=1e-12)


def test_just_below_is_just_below() -> None:
    p = denoising.just_below(SEEDS)
    assert (np.linalg.svd(p.Z, compute_uv=False)[:, 0] < p.level).all()


def test_flow_at_late_times_is_the_truth() -> None:
    p = planted(SEEDS, (1.0, 0.5), 5, 2, 0.5)
    Z = states(RiccatiFlow(lambda k: 1e4), p, 0).Z
    assert np.allclose(Z, p.spectrum[:, :, None] * np.eye(5), atol=1e-12)


def test_conic_program_finds_the_same_matrix() -> None:
    """The nuclear-norm program, min ‖Z‖_* with A(Z) = y, against scaled descent and singular value projection."""
    cvxpy = pytest.importorskip("cvxpy")
    n, m = 6, 16
    p = planted(SEEDS, (1.0,), n, 1, 1e-3, gaussian(n, m, 1))
    basis = np.eye(n * n).reshape(-1, n, n)
    rows = p.operator.forward((basis + np.swapaxes(basis, 1, 2)) / 2).T  # (m, n²)
    Z = cvxpy.Variable((n, n), symmetric=True)
    cvxpy.Problem(cvxpy.Minimize(cvxpy.normNuc(Z)), [rows @ cvxpy.vec(Z, order="C") == p.y[0]]).solve(solver=cvxpy.CLARABEL)
    assert np.abs(Z.value - p.M[0]).max() < 1e-5
    X = states(ScaledDescent(constant(0.2), fraction_of_s_r(0.05)), p, 600).X
    assert np.abs(X[0] @ X[0].T - p.M[0]).max() < 1e-6
    assert np.abs(states(SVP(1, constant(0.4)), p, 600).X[0] - p.M[0]).max() < 1e-6


@pytest.mark.parametrize("draw", [partial(rectangular.trapped), partial(rectangular.golden), bures.gapped, bures.critical])
def test_a_row_depends_on_its_seed_alone(draw) -> None:  # type: ignore[no-untyped-def]
    together, alone = draw(range(5)), draw(range(3, 4))
    assert np.allclose(together.x0[3], alone.x0[0], rtol=1e-14)
