"""Sensing and completion of a rectangular matrix M = U* diag(s) V*ᵀ of rank r."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.ladders import rung
from problems.matrix_sensing.operators import Dense, in_band, rectangular
from problems.matrix_sensing.sampling import Entries, entries
from problems.matrix_sensing.sensing import haar
from ratecheck import Array, Certified, Side, Trait, Unit

GOLDEN = (1 + sqrt(5)) / 2


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


@dataclass(frozen=True, eq=False)
class Rectangular:
    """F(Z) = ½‖A(Z) − y‖² with a dense operator; exact least squares in either factor."""

    operator: Dense
    y: Array  # (B, m)
    M: Array  # (B, rows, columns)
    U: Array  # (B, rows, r)
    V: Array  # (B, columns, r)
    x0: Array  # (B, rows, columns), a start for iterations on matrices
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK, Trait.RESTRICTED_ISOMETRY})

    def gradient(self, Z: Array, /) -> Array:  # (B, rows, columns) -> (B, rows, columns)
        return self.operator.adjoint(self.operator.forward(Z) - self.y)

    def misfit(self, Z: Array, /) -> Array:  # (B, rows, columns) -> (B,)
        r = self.operator.forward(Z) - self.y
        return 0.5 * array_namespace(r).sum(r * r, axis=-1)

    def data(self) -> Array:
        """A*(y), (B, rows, columns)."""
        return self.operator.adjoint(self.y)

    def best_right(self, U: Array, /) -> Array:
        """argmin over V of ‖A(UVᵀ) − y‖: (B, rows, r) -> (B, columns, r)."""
        xp = array_namespace(U)
        A = xp.reshape(self.operator.A, (*self.operator.A.shape[:2], *self.operator.shape))
        return self._solve(xp.matmul(xp.matrix_transpose(A), U[:, None, :, :]))

    def best_left(self, V: Array, /) -> Array:
        """argmin over U of ‖A(UVᵀ) − y‖: (B, columns, r) -> (B, rows, r)."""
        xp = array_namespace(V)
        A = xp.reshape(self.operator.A, (*self.operator.A.shape[:2], *self.operator.shape))
        return self._solve(xp.matmul(A, V[:, None, :, :]))

    def _solve(self, design: Array) -> Array:
        """Least squares with rows ⟨design_i, W⟩ = y_i, design (B, m, size, r)."""
        xp = array_namespace(design)
        B, m, size, r = design.shape
        D = xp.reshape(design, (B, m, size * r))
        Dt = xp.matrix_transpose(D)
        w = xp.linalg.solve(xp.matmul(Dt, D), xp.matmul(Dt, self.y[:, :, None]))
        return xp.reshape(w, (B, size, r))


@dataclass(frozen=True, eq=False)
class Completion:
    """The entries of a mask are known."""

    operator: Entries
    M: Array  # (B, rows, columns)
    U: Array  # (B, rows, r)
    V: Array  # (B, columns, r)
    x0: Array  # (B, rows, columns), zero
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.LOW_RANK})

    def data(self) -> Array:
        """P_Ω(M)/p."""
        return self.operator.mask**2 * self.M

    def best_right(self, U: Array, /) -> Array:
        xp = array_namespace(U)
        return self._solve(U, xp.matrix_transpose(self.operator.mask), xp.matrix_transpose(self.M))

    def best_left(self, V: Array, /) -> Array:
        return self._solve(V, self.operator.mask, self.M)

    def _solve(self, Q: Array, mask: Array, M: Array) -> Array:
        """For each line of M: least squares on its known entries."""
        xp = array_namespace(Q)
        B, size, r = Q.shape
        w = mask * mask
        outer = xp.reshape(Q[:, :, :, None] * Q[:, :, None, :], (B, size, r * r))
        G = xp.reshape(xp.matmul(w, outer), (B, mask.shape[1], r, r))
        return xp.linalg.solve(G, xp.matmul(w * M, Q)[:, :, :, None])[:, :, :, 0]


def truth(seeds: range, rows: int, columns: int, spectrum: Any) -> tuple[Any, Any, Any]:
    """M, U*, V* with Haar singular vectors."""
    rngs = [np.random.default_rng([seed, 51]) for seed in seeds]
    r = len(spectrum)
    U = np.stack([haar(rows, g)[:, :r] for g in rngs])
    V = np.stack([haar(columns, g)[:, :r] for g in rngs])
    return (U * np.asarray(spectrum)) @ np.swapaxes(V, 1, 2), U, V


def _constants(seeds: range, operator: Any, s: Any, more: Mapping[str, Certified]) -> Mapping[str, Certified]:
    B = len(seeds)
    return {
        "delta": Certified(operator.delta.value + np.zeros(B), Unit(), operator.delta.side, operator.delta.proof),
        "s_1": _exact(np.full(B, s[0]), Unit(x=2), "largest singular value, prescribed"),
        "s_r": _exact(np.full(B, s[-1]), Unit(x=2), "smallest positive singular value, prescribed"),
        "kappa": _exact(np.full(B, s[0] / s[-1]), Unit(), "condition number, prescribed"),
        "norm_M": _exact(np.full(B, np.linalg.norm(s)), Unit(x=2), "Frobenius norm of the prescribed spectrum"),
        "r": _exact(np.full(B, len(s)), Unit(), "rank of M"),
        **more,
    }


def certified(
    seeds: range,
    delta: Annotated[float, (1e-4, 0.3)] = 0.1,
    kappa: Annotated[float, (1.0, 10.0)] = 2.0,
    r: int = 2,
    rows: int = 8,
    columns: int = 9,
    two_points: bool = False,
    noise: float = 0.0,
) -> Rectangular:
    """A certified dense operator on all rows × columns matrices, spectrum 1 … 1/κ; start Gaussian of rank r."""
    s = np.geomspace(1.0, 1.0 / kappa, r) if r > 1 else np.ones(1)
    M, U, V = truth(seeds, rows, columns, s)
    A = rectangular(rows, columns, delta, two_points=two_points)
    rngs = [np.random.default_rng([seed, 52]) for seed in seeds]
    x0 = np.stack([g.standard_normal((rows, r)) @ g.standard_normal((r, columns)) for g in rngs]) / 3
    e = noise * np.stack([g.standard_normal(rows * columns) for g in rngs]) / sqrt(rows * columns)
    more = {
        "d_0": _exact(np.linalg.norm(x0 - M, axis=(1, 2)), Unit(x=2), "‖Z_0 − M‖_F, computed"),
        "g": _exact(np.linalg.norm(A.adjoint(e), 2, axis=(1, 2)), Unit(x=2), "spectral norm of the gradient at M, computed"),
    }
    return Rectangular(A, A.forward(M) + e, M, U, V, x0, _constants(seeds, A, s, more))


def completion(
    seeds: range, size: int = 60, p: float = 0.95, kappa: float = 2.0, r: int = 2,
    coherent: bool = False,
) -> Completion:
    """Incoherent factors; `coherent`: the singular vectors are coordinate vectors."""
    s = np.geomspace(1.0, 1.0 / kappa, r)
    M, U, V = truth(seeds, size, size, s)
    if coherent:
        U = V = np.tile(np.eye(size)[:, :r], (len(seeds), 1, 1))
        M = (U * s) @ np.swapaxes(V, 1, 2)
    A = entries(seeds, size, size, p)
    return Completion(A, M, U, V, 0 * M, _constants(seeds, A, s, {}))


def sloppy(
    seeds: range, low: Annotated[float, (1e-8, 1e-6)] = 1e-7, high: Annotated[float, (1e-4, 1e-2)] = 1e-2,
    p: float = 0.9,
) -> Completion:
    """One instance; rows sweep the relative accuracy `tol` of the regressions."""
    q = completion(range(1), p=p)
    B = len(seeds)
    tol = rung(seeds, low, high)

    def tile(a: Any) -> Any:
        return np.tile(a, (B, 1, 1))

    A = Entries(tile(q.operator.mask), q.operator.delta)
    s = np.array([1.0, 0.5])
    more = {"tol": _exact(tol, Unit(), "relative accuracy of a regression, prescribed")}
    return Completion(A, tile(q.M), tile(q.U), tile(q.V), tile(q.x0), _constants(seeds, A, s, more))


def quadratic(H: Any, start: Any) -> Rectangular:
    """F(Z) = ½⟨Z − Z*, H(Z − Z*)⟩ on the diagonal of 2 × 2 matrices, H (B, 2, 2), Z* = diag(1, 0); off the diagonal H = mean."""
    B = len(H)
    w, Q = np.linalg.eigh(H)
    A = np.zeros((B, 4, 4))
    root = (Q * np.sqrt(w)[:, None, :]) @ np.swapaxes(Q, 1, 2)
    for i, a in enumerate((0, 3)):
        for j, b in enumerate((0, 3)):
            A[:, a, b] = root[:, i, j]
    A[:, 1, 1] = A[:, 2, 2] = np.sqrt(w.mean(axis=1))
    mean = w.mean(axis=1)
    K = w[:, 1] / w[:, 0]
    operator = Dense(A, (2, 2), in_band(0.0))
    e1 = np.tile(np.array([[1.0], [0.0]]), (B, 1, 1))
    M = e1 @ np.swapaxes(e1, 1, 2)
    more = {
        "delta": _exact((K - 1) / (K + 1), Unit(), "(L − μ)/(L + μ), prescribed"),
        "K": _exact(K, Unit(), "L/μ, prescribed"),
        "mean": _exact(mean, Unit(), "(μ + L)/2, prescribed"),
        "L": _exact(w[:, 1], Unit(), "largest eigenvalue, prescribed"),
        "d_0": _exact(np.linalg.norm(start - M, axis=(1, 2)), Unit(x=2), "‖Z_0 − Z*‖_F, computed"),
    }
    constants = {**_constants(range(B), operator, np.ones(1), {}), **more}
    return Rectangular(operator, operator.forward(M), M, e1, e1, start, constants)


def golden(seeds: range, low: Annotated[float, (0.05, 0.2)] = 0.1, high: Annotated[float, (0.3, 0.49)] = 0.48) -> Rectangular:
    """One step is as bad as it can be: I − H = δ · reflection sends Z_0 = diag(0, z) to diag(x, x), the extremal point of P_1.

    ‖P_1(Y) − Z*‖ ≤ φ‖Y − Z*‖ is sharp at Y = diag(x, x⁺), x = 1/φ (kept: the second entry). Rows sweep δ.
    """
    d = rung(seeds, low, high)
    x = 1 / GOLDEN
    target = np.array([x - 1, x * (1 + 1e-9)])
    z = np.sqrt((np.linalg.norm(target) / d) ** 2 - 1)
    source = np.stack([-np.ones_like(z), z], axis=1)
    a, b = source / np.linalg.norm(source, axis=1, keepdims=True), target / np.linalg.norm(target)
    v = a - b
    R = np.eye(2) - 2 * v[:, :, None] * v[:, None, :] / (v * v).sum(axis=1)[:, None, None]
    start = np.zeros((len(d), 2, 2))
    start[:, 1, 1] = z
    return quadratic(np.eye(2) - d[:, None, None] * R, start)


def trapped(seeds: range, K: tuple[float, ...] = (4.0, 4.3, 4.2, 5.0), nudge: Annotated[float, (0.0, 1e-2)] = 1e-3) -> Rectangular:
    """H = ½[[K+1, K−1], [K−1, K+1]]: eigenvalues 1 and K; start beside the fixed point diag(0, h_12/h_22). Row s has K[s mod 4]."""
    k = np.array([K[seed % len(K)] for seed in seeds])
    H = np.empty((len(k), 2, 2))
    H[:, 0, 0] = H[:, 1, 1] = (k + 1) / 2
    H[:, 0, 1] = H[:, 1, 0] = (k - 1) / 2
    start = np.zeros((len(k), 2, 2))
    start[:, 1, 1] = (k - 1) / (k + 1) * (1 + nudge)
    return quadratic(H, start)
