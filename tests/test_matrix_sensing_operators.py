"""The certificates of the measurement operators, attacked: adjoints, spectra, isometry constants by search."""

from __future__ import annotations

import numpy as np
import pytest

from problems.matrix_sensing.operators import blind, cosine, identity, rectangular, symmetric
from problems.matrix_sensing.sampling import entries, gaussian

OPERATORS = {
    "identity": (identity(6, 6), True),
    "dense symmetric": (symmetric(6, 0.2), True),
    "two-point symmetric": (symmetric(6, 0.2, two_points=True), True),
    "dense rectangular": (rectangular(5, 7, 0.2), False),
    "cosine": (cosine(6, 0.2), True),
    "blind": (blind(8, 3, 2), True),
    "gaussian": (gaussian(6, 40, 1), True),
    "entries": (entries(range(3), 5, 7, 0.4), False),
}
SIZE = {"dense rectangular": (5, 7), "entries": (5, 7), "blind": (8, 8)}


def matrices(name: str, rng: np.random.Generator, symmetrical: bool) -> np.ndarray:
    Z = rng.standard_normal((3, *SIZE.get(name, (6, 6))))
    return (Z + np.swapaxes(Z, 1, 2)) / 2 if symmetrical else Z


@pytest.mark.parametrize("name", OPERATORS)
def test_adjoint(name: str) -> None:
    operator, symmetrical = OPERATORS[name]
    rng = np.random.default_rng(1)
    Z = matrices(name, rng, symmetrical)
    u = rng.standard_normal(operator.forward(Z).shape)
    left = (operator.forward(Z) * u).sum(axis=1)
    right = (Z * operator.adjoint(u)).sum(axis=(1, 2))
    assert np.allclose(left, right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["identity", "dense symmetric", "two-point symmetric", "dense rectangular", "cosine"])
def test_spectrum_lies_in_the_band_and_reaches_it(name: str) -> None:
    operator, symmetrical = OPERATORS[name]
    a, b = SIZE.get(name, (6, 6))
    basis = np.eye(a * b).reshape(-1, a, b)
    if symmetrical:
        i, j = np.triu_indices(a)
        one = basis.reshape(a, a, a, a)[i, j]
        basis = (one + np.swapaxes(one, 1, 2)) / np.where(i == j, 2, np.sqrt(2))[:, None, None]
    H = np.einsum("pij,qij->pq", basis, operator.adjoint(operator.forward(basis)))
    values, delta = np.linalg.eigvalsh((H + H.T) / 2), operator.delta.value[0]
    assert values[0] >= 1 - delta - 1e-12 and values[-1] <= 1 + delta + 1e-12
    assert values[-1] - values[0] >= (1.2 if name == "cosine" else 1.999) * delta - 1e-12


def test_antisymmetric_part_is_not_seen() -> None:
    Z = np.random.default_rng(5).standard_normal((2, 6, 6))
    operator = symmetric(6, 0.2)
    assert np.abs(operator.forward(Z - np.swapaxes(Z, 1, 2))).max() < 1e-14


def test_one_pass_is_forward_then_adjoint() -> None:
    operator = gaussian(6, 200, 1)
    rng = np.random.default_rng(2)
    Z = matrices("gaussian", rng, True)
    y = rng.standard_normal((3, 200))
    assert np.allclose(operator.slope(Z, y), operator.adjoint(operator.forward(Z) - y), rtol=1e-12, atol=1e-13)


def ascent(operator, n: int, rank: int, rng: np.random.Generator, sign: float) -> float:
    """Largest sign · (‖A(Z)‖²/‖Z‖² − 1) found by 'apply, truncate, normalise' from 20 starts."""
    Z = rng.standard_normal((20, n, rank)) @ rng.standard_normal((20, rank, n))
    Z = Z + np.swapaxes(Z, 1, 2)
    for _ in range(200):
        Z = Z * 3 + sign * operator.adjoint(operator.forward(Z))
        w, V = np.linalg.eigh((Z + np.swapaxes(Z, 1, 2)) / 2)
        top = np.argsort(-np.abs(w), axis=1)[:, :rank]
        Vt, wt = np.take_along_axis(V, top[:, None, :], axis=2), np.take_along_axis(w, top, axis=1)
        Z = (Vt * wt[:, None, :]) @ np.swapaxes(Vt, 1, 2)
        Z = Z / np.linalg.norm(Z, axis=(1, 2), keepdims=True)
    return float((sign * ((operator.forward(Z) ** 2).sum(axis=1) - 1)).max())


@pytest.mark.parametrize(("K", "rank"), [(1, 1), (1, 2), (4, 1), (4, 2)])
def test_blind_isometry_constant_is_reached_and_never_passed(K: int, rank: int) -> None:
    operator = blind(16, K, rank)
    found = ascent(operator, 16, rank, np.random.default_rng(3), -1.0)
    assert found <= operator.delta.value[0] + 1e-12
    assert found >= 0.9 * operator.delta.value[0]


def test_blind_does_not_see_the_trace() -> None:
    operator = blind(8, 2, 1)
    assert np.abs(operator.forward(np.eye(8)[None])).max() < 1e-15


def test_search_never_passes_the_certificate_of_the_dense_operator() -> None:
    operator = symmetric(6, 0.2)
    for sign in (1.0, -1.0):
        assert ascent(operator, 6, 2, np.random.default_rng(4), sign) <= 0.2 + 1e-12


def test_rank_one_constant_by_sums_of_squares() -> None:
    """n = 2: t|u|⁴ − ⟨uuᵀ, H uuᵀ⟩ ≥ 0 is a sum of squares (binary forms), so the program is exact: search must meet it."""
    cvxpy = pytest.importorskip("cvxpy")
    operator = symmetric(2, 0.3)
    A = operator.A[0] * operator.weight  # rows in the monomials (u₁², u₁u₂, u₂²), up to √2
    H = operator.A[0].T @ operator.A[0]
    scale = np.array([1.0, np.sqrt(2.0), 1.0])
    target = scale[:, None] * H * scale[None, :]  # Gram matrix of the quartic in (u₁², u₁u₂, u₂²)
    free = np.array([[0.0, 0.0, -1.0], [0.0, 2.0, 0.0], [-1.0, 0.0, 0.0]])  # u₁²u₂² in two ways: a Gram matrix of zero
    t, c = cvxpy.Variable(), cvxpy.Variable()
    unit = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 1.0]])
    cvxpy.Problem(cvxpy.Minimize(t), [t * unit - target + c * free >> 0]).solve(solver=cvxpy.CLARABEL)
    angle = np.linspace(0, np.pi, 20001)
    u = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    seen = ((u[:, :, None] * u[:, None, :]).reshape(-1, 2, 2))
    assert A.shape == (3, 3)
    assert float(t.value) == pytest.approx((operator.forward(seen) ** 2).sum(axis=1).max(), abs=1e-6)
