"""The squared Bures–Wasserstein distance of W Wᵀ to a covariance Σ_0, as a loss of W or of the layers of W = W_N … W_1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.matrix_sensing.sensing import haar
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Bures:
    """L(W) = ‖W‖_F² + tr Σ_0 − 2‖Σ_0^{1/2} W‖_* and its smoothing L_τ(W) = L at WWᵀ + τI."""

    covariance: Array  # (B, n, n), Σ_0
    root: Array  # (B, n, n), Σ_0^{1/2}
    spectrum: Array  # (B, n), decreasing
    layers: Array  # (B, N, n, n) start of the layers, W_1 first; N = 0 without layers
    x0: Array  # (B, n, k), start of W
    tau: Array  # (B,)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()

    def value(self, W: Array, /) -> Array:  # (B, n, k) -> (B,)
        xp = array_namespace(W)
        nuclear = xp.sum(xp.linalg.svdvals(xp.matmul(self.root, W)), axis=-1)
        return xp.sum(W * W, axis=(1, 2)) + xp.sum(self.spectrum, axis=-1) - 2 * nuclear

    def polar(self, W: Array, /) -> Array:
        """Σ_0^{1/2} U Vᵀ with the thin SVD of Σ_0^{1/2} W: the optimal map applied to W."""
        xp = array_namespace(W)
        U, _, Vh = xp.linalg.svd(xp.matmul(self.root, W), full_matrices=False)
        return xp.matmul(self.root, xp.matmul(U, Vh))

    def grad(self, W: Array, /) -> Array:  # (B, n, k) -> (B, n, k)
        return 2 * (W - self.polar(W))

    def above_best(self, W: Array, /) -> Array:
        """L(W) − Σ_{j>k} λ_j without cancellation in the first part: ‖W − TW‖² + Σ_{j≤k} λ_j − tr UᵀΣ_0U."""
        xp = array_namespace(W)
        U, _, Vh = xp.linalg.svd(xp.matmul(self.root, W), full_matrices=False)
        D = W - xp.matmul(self.root, xp.matmul(U, Vh))
        R = xp.matmul(self.root, U)
        return xp.sum(D * D, axis=(1, 2)) + xp.sum(self.spectrum[:, : W.shape[2]], axis=-1) - xp.sum(R * R, axis=(1, 2))

    def _inner(self, W: Array) -> tuple[Array, Array]:
        """Eigenvalues and vectors of Σ_0^{1/2}(WWᵀ + τI)Σ_0^{1/2}."""
        xp = array_namespace(W)
        S = xp.matmul(W, xp.matrix_transpose(W)) + self.tau[:, None, None] * xp.eye(W.shape[1], dtype=W.dtype)
        a, Q = xp.linalg.eigh(xp.matmul(xp.matmul(self.root, S), self.root))
        return xp.clip(a, min=0.0), Q

    def smoothed(self, W: Array, /) -> Array:  # L_τ(W), (B,)
        xp = array_namespace(W)
        a, _ = self._inner(W)
        traces = xp.sum(W * W, axis=(1, 2)) + W.shape[1] * self.tau + xp.sum(self.spectrum, axis=-1)
        return traces - 2 * xp.sum(xp.sqrt(a), axis=-1)

    def smoothed_grad(self, W: Array, /) -> Array:
        xp = array_namespace(W)
        a, Q = self._inner(W)
        T = xp.matmul(self.root, Q)
        return 2 * (W - xp.matmul(T / xp.sqrt(a)[:, None, :], xp.matmul(xp.matrix_transpose(T), W)))

    def curvature(self, W: Array, H: Array, /) -> Array:
        """d²/dt² L_τ at Σ = WWᵀ along Σ + tH: Σ_ij B_ij²/(√a_i √a_j (√a_i + √a_j)), B = QᵀΣ_0^{1/2} H Σ_0^{1/2} Q."""
        xp = array_namespace(W)
        a, Q = self._inner(W)
        T = xp.matmul(self.root, Q)
        Bm = xp.matmul(xp.matmul(xp.matrix_transpose(T), H), T)
        r = xp.sqrt(a)
        i, j = r[:, :, None], r[:, None, :]
        return xp.sum(Bm * Bm / (i * j * (i + j)), axis=(1, 2))


def _exact(value: Any, unit: Unit, proof: str) -> Certified:
    return Certified(np.asarray(value, dtype=float), unit, Side.EXACT, proof)


def problem(Omega: Any, lam: Any, W: Any, tau: Any = 0.0, layers: Any = None, more: Mapping[str, Certified] | None = None) -> Bures:
    """Σ_0 = Ω diag(λ) Ωᵀ, λ (B, n) decreasing; start W (B, n, k)."""
    B, n = lam.shape
    t = np.broadcast_to(np.asarray(tau, dtype=float), (B,)).copy()

    def power(e: float) -> Any:
        return (Omega * lam[:, None, :] ** e) @ np.swapaxes(Omega, 1, 2)

    p = Bures(power(1.0), power(0.5), lam, np.zeros((B, 0, n, n)) if layers is None else layers, W, t, {})
    constants = {
        "lam_max": _exact(lam[:, 0], Unit(x=2), "prescribed"),
        "lam_min": _exact(lam[:, -1], Unit(x=2), "prescribed"),
        "trace": _exact(lam.sum(axis=1), Unit(x=2), "prescribed"),
        "trace_root": _exact(np.sqrt(lam).sum(axis=1), Unit(x=1), "prescribed"),
        "n": _exact(np.full(B, n), Unit(), "dimension"),
        "tau": _exact(t, Unit(x=2), "prescribed"),
        "L_0": _exact(p.value(W), Unit(x=2), "the loss at the start, computed"),
        "L_tau": _exact(p.smoothed(W), Unit(x=2), "the smoothed loss at the start, computed"),
        **(more or {}),
    }
    return Bures(p.covariance, p.root, lam, p.layers, W, t, constants)


def random(
    seeds: range, n: Annotated[int, (1, 8)] = 6, k: int | None = None, spread: Annotated[float, (1.0, 100.0)] = 10.0,
    scale: Annotated[float, (0.1, 10.0)] = 1.0, tau: Annotated[float, (0.0, 1.0)] = 0.0,
) -> Bures:
    """Spectrum log-uniform in [1/spread, 1] · scale, W Gaussian, square unless k is given."""
    g = [np.random.default_rng([seed, 61]) for seed in seeds]
    lam = np.stack([np.sort(scale * spread ** -h.uniform(0, 1, n))[::-1] for h in g])
    return problem(np.stack([haar(n, h) for h in g]), lam, np.stack([h.standard_normal((n, k or n)) for h in g]) * np.sqrt(scale), tau)


def close_to_singular(seeds: range, scale: Annotated[float, (1e-3, 1e3)] = 1.0, n: Annotated[int, (1, 6)] = 3) -> Bures:
    """Σ_0 = scale · I and W = size · Gaussian, size 0 in row 0; τ = λ_min · (1, 0.1, 0.01)[s mod 3]."""
    g = [np.random.default_rng([seed, 62]) for seed in seeds]
    lam = np.full((len(g), n), float(scale))
    size = np.array([0.0 if seed == 0 else 10.0 ** -(seed % 5) for seed in seeds])
    W = np.stack([h.standard_normal((n, n)) for h in g]) * size[:, None, None] * np.sqrt(scale)
    return problem(np.tile(np.eye(n), (len(g), 1, 1)), lam, W, scale * np.array([(1.0, 0.1, 0.01)[seed % 3] for seed in seeds]))


def critical(seeds: range, n: Annotated[int, (2, 6)] = 5, k: Annotated[int, (1, 5)] = 2, tau: Annotated[float, (0.0, 0.3)] = 0.0) -> Bures:
    """W = Ω_J (diag(λ_J) − τI)^{1/2} Qᵀ, J the s-th set of k indices, λ = 1 … 0.4."""
    k = min(k, n - 1)
    sets = list(combinations(range(n), k))
    lam = np.tile(np.linspace(1.0, 0.4, n), (len(seeds), 1))
    Omega = np.stack([haar(n, np.random.default_rng([seed, 63])) for seed in seeds])
    W, rest, smooth = [], [], []
    for b, seed in enumerate(seeds):
        J = list(sets[seed % len(sets)])
        Q = haar(k, np.random.default_rng([seed, 64]))
        W.append((Omega[b][:, J] * np.sqrt(lam[b, J] - tau)) @ Q.T)
        off = [j for j in range(n) if j not in J]
        rest.append(lam[b, off].sum())
        smooth.append(((np.sqrt(lam[b, off]) - np.sqrt(tau)) ** 2).sum())
    more = {
        "rest": _exact(rest, Unit(x=2), "sum of the eigenvalues outside J"),
        "smooth_rest": _exact(smooth, Unit(x=2), "sum of (√λ_j − √τ)² outside J"),
    }
    return problem(Omega, lam, np.stack(W), tau, None, more)


def gapped(seeds: range, n: int = 6, k: int = 3, quotient: Annotated[float, (0.66, 0.75)] = 0.7) -> Bures:
    """λ = 3, 2, 0.8, then 0.8 · quotient, and a tail half of that: λ_{k+1}/λ_k = quotient."""
    g = [np.random.default_rng([seed, 65]) for seed in seeds]
    lam = np.tile([3.0, 2.0, 0.8, 0.8 * quotient, 0.4 * quotient, 0.2 * quotient], (len(g), 1))
    W = np.stack([h.standard_normal((n, k)) for h in g])
    more = {"quotient": _exact(np.full(len(g), quotient), Unit(), "λ_{k+1}/λ_k, prescribed")}
    return problem(np.stack([haar(n, h) for h in g]), lam, W, 0.0, None, more)


def deep(seeds: range, N: Annotated[int, (1, 5)] = 2, n: Annotated[int, (1, 5)] = 3, size: Annotated[float, (0.05, 0.3)] = 0.2) -> Bures:
    """N balanced square layers; WWᵀ = Σ_0 + a random symmetric perturbation; margin c = √λ_min − √L(0), halved if not positive."""
    lam, Om, Ws, layers = [], [], [], []
    for seed in seeds:
        h = np.random.default_rng([seed, 66])
        Omega = haar(n, h)
        l = np.sort(1 + h.uniform(0, 0.5, n))[::-1]
        E = h.standard_normal((n, n))
        E, t = (E + E.T) / np.linalg.norm(E + E.T), size
        S0 = (Omega * l) @ Omega.T
        while True:
            w, Q = np.linalg.eigh(S0 + t * E)
            W = (Q * np.sqrt(np.maximum(w, 1e-3))) @ Q.T
            s = np.linalg.svd((Omega * np.sqrt(l)) @ Omega.T @ W, compute_uv=False).sum()
            if np.sqrt(max((W * W).sum() + l.sum() - 2 * s, 0.0)) < 0.5 * np.sqrt(l[-1]):
                break
            t /= 2
        lam.append(l)
        Om.append(Omega)
        Ws.append(W)
        layers.append(np.stack([(Q * np.maximum(w, 1e-3) ** (0.5 / N)) @ Q.T] * N))
    p = problem(np.stack(Om), np.stack(lam), np.stack(Ws), 0.0, np.stack(layers))
    L, trace, low, high = (p.constants[name].value for name in ("L_0", "trace", "lam_min", "lam_max"))
    c, M = np.sqrt(low) - np.sqrt(L), np.sqrt(2 * L + 2 * trace)
    big = 2 ** (N + 1) * c ** (-2 * N) * N**2 * M ** ((4 * N - 3) / N) * np.sqrt(high)
    big = big + 8 * N * (N - 1) * M ** ((3 * N - 4) / N) * (M ** (1 / N) + np.sqrt(trace))
    speed = N * c ** (2 * (N - 1) / N)
    allowed = np.minimum(np.minimum(c**2 / (8 * M * np.sqrt(L)), speed / (2 * big)), 1 / (4 * speed))
    more = {
        "c": _exact(c, Unit(x=1), "margin √λ_min − √L(0), computed"),
        "N": _exact(np.full(len(L), N), Unit(), "number of layers"),
        "allowed": _exact(allowed, Unit(x=2 / N - 2), "the three-term bound on the step, in units in which Σ_0 is a pure number"),
    }
    return Bures(p.covariance, p.root, p.spectrum, p.layers, p.x0, p.tau, {**p.constants, **more})
