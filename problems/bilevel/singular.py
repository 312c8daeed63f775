"""Quadratics whose lower level has many minimisers, or over-parameterised least squares at both levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from problems.bilevel.batched import apply
from problems.bilevel.quadratic import spectrum
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Singular:
    """g = ½y'Ay − b'y with A singular and b in its range; F = ½(y−c)'Q(y−c); y_opt minimises F over argmin g."""

    A: Array  # (B, m, m)
    b: Array  # (B, m)
    Q: Array  # (B, m, m)
    c: Array  # (B, m)
    y_opt: Array  # (B, m)
    x0: Array  # (B, m)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})


def singular(
    seeds: range,
    m: Annotated[int, (2, 12)] = 6,
    rank: Annotated[int, (1, 11)] = 3,
    kappa: Annotated[float, (1.0, 100.0)] = 2.0,
) -> Singular:
    """A of rank min(rank, m − 1) with eigenvalues on [0.3, 1], Q with condition number kappa, both in random directions."""
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 90])
        k = min(rank, m - 1)
        U = np.linalg.qr(r.standard_normal((m, m)))[0]
        values = np.linspace(0.3, 1, k)
        A, N = (U[:, :k] * values) @ U[:, :k].T, U[:, k:]
        Q = spectrum(r, np.geomspace(1, kappa, m))
        y, c = r.standard_normal(m), r.standard_normal(m)
        y_opt = y + N @ np.linalg.solve(N.T @ Q @ N, N.T @ Q @ (c - y))
        rows.append((A, A @ y, Q, c, y_opt, y, np.linalg.norm(Q @ (y_opt - c))))
    A, b, Q, c, y_opt, x0, slope = (np.stack(part) for part in zip(*rows, strict=True))
    constants = {
        "lam_plus": Certified(0.3, Unit(1, -2), Side.EXACT, "smallest positive eigenvalue of A, by construction"),
        "kappa_Q": Certified(kappa, Unit(), Side.EXACT, "condition number of Q, by construction"),
        "slope": Certified(slope, Unit(1, -1), Side.EXACT, "‖Q(y_opt − c)‖, y_opt from the null space of A"),
    }
    return Singular(A, b, Q, c, y_opt, x0, constants)


@dataclass(frozen=True, eq=False)
class Overparameterised:
    """Lower level ½‖Φw − b(u)‖², b(u) = b0 + Cu, more weights than equations; upper level ½‖Vw − t‖²."""

    Phi: Array  # (B, n, p), n < p
    b0: Array  # (B, n)
    C: Array  # (B, n, d)
    V: Array  # (B, q, p)
    t: Array  # (B, q)
    pinv: Array  # (B, p, n) pseudo-inverse of Φ
    x0: Array  # (B, d) u
    y0: Array  # (B, p) w
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX, Trait.SMOOTH})


def overparameterised(
    seeds: range,
    n: Annotated[int, (1, 8)] = 5,
    p: Annotated[int, (2, 16)] = 12,
    d: Annotated[int, (1, 12)] = 8,
    q: Annotated[int, (1, 4)] = 3,
    low: Annotated[float, (0.05, 1.0)] = 0.5,
) -> Overparameterised:
    """Φ has singular values on [√low, 1]."""
    rows: list[Any] = []
    for seed in seeds:
        r = np.random.default_rng([seed, 91])
        rank = min(n, p - 1)
        left, right = np.linalg.qr(r.standard_normal((rank, rank)))[0], np.linalg.qr(r.standard_normal((p, rank)))[0]
        Phi = (left * np.sqrt(np.linspace(low, 1, rank))) @ right.T
        # well conditioned: C nearly an isometry, V close to the row space of Φ
        C = np.linalg.qr(r.standard_normal((max(rank, d), min(rank, d))))[0]
        C = C.T if rank <= d else C
        W = np.linalg.qr(r.standard_normal((rank, min(q, rank, d))))[0]
        V = W.T @ Phi + 0.1 * r.standard_normal((W.shape[1], p))
        rows.append((Phi, r.standard_normal(rank), C, V, r.standard_normal(len(V)), np.linalg.pinv(Phi), r.standard_normal(d), r.standard_normal(p)))
    Phi, b0, C, V, t, pinv, x0, y0 = (np.stack(part) for part in zip(*rows, strict=True))
    eigenvalues = np.linalg.svd(Phi, compute_uv=False) ** 2
    constants = {
        "lam_plus": Certified(eigenvalues[:, -1], Unit(1, -2), Side.EXACT, "smallest positive eigenvalue of Φ'Φ"),
        "L": Certified(eigenvalues[:, 0], Unit(1, -2), Side.EXACT, "largest eigenvalue of Φ'Φ"),
    }
    return Overparameterised(Phi, b0, C, V, t, pinv, x0, y0, constants)


@dataclass(frozen=True, eq=False)
class Tasks:
    """Two under-determined systems Φ_i w = b_i with common solutions."""

    Phi: tuple[Array, Array]  # (B, n, p)
    b: tuple[Array, Array]  # (B, n)
    pinv: tuple[Array, Array]  # (B, p, n)
    w_inf: Array  # (B, p) the common solution nearest to x0
    x0: Array  # (B, p)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.CONVEX})

    def project(self, w: Array, task: int, /) -> Array:
        return w + apply(self.pinv[task], self.b[task] - apply(self.Phi[task], w))


def tasks(seeds: range, n: Annotated[int, (1, 4)] = 3, p: Annotated[int, (2, 10)] = 8, inside: bool = False) -> Tasks:
    """Gaussian Φ_i. `inside`: x0 solves the first task already, which makes the bound an equality in the plane (n = 1, p = 2)."""
    rows: list[Any] = []
    n = min(n, p - 1)
    for seed in seeds:
        r = np.random.default_rng([seed, 92])
        one, two, w, x0 = r.standard_normal((n, p)), r.standard_normal((n, p)), r.standard_normal(p), r.standard_normal(p)
        inverse, both = (np.linalg.pinv(one), np.linalg.pinv(two)), np.vstack([one, two])
        if inside:
            x0 = x0 + inverse[0] @ (one @ (w - x0))
        null = [np.linalg.svd(M)[2][n:].T for M in (one, two)]
        cosines = np.linalg.svd(null[0].T @ null[1], compute_uv=False)
        friedrichs = cosines[max(p - 2 * n, 0)]  # the cosines before belong to the common null space
        rows.append((one, two, one @ w, two @ w, *inverse, x0 + np.linalg.pinv(both) @ (both @ (w - x0)), x0, friedrichs))
    one, two, b1, b2, i1, i2, w_inf, x0, c = (np.stack(part) for part in zip(*rows, strict=True))
    proof = "singular value of N_1'N_2 after those of the common null space"
    return Tasks((one, two), (b1, b2), (i1, i2), w_inf, x0, {"c": Certified(c, Unit(), Side.EXACT, proof)})


@dataclass(frozen=True, eq=False)
class Eigenvalues:
    """q = a·d on (0, 1], one a row."""

    q: Array  # (B,)
    x0: Array  # (B, 1)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset()


def eigenvalues(seeds: range) -> Eigenvalues:
    """Row b: q = 10^{−(b mod 80)/16}."""
    q = 10.0 ** (-(np.array(list(seeds)) % 80) / 16)
    return Eigenvalues(q, q[:, None], {"q": Certified(q, Unit(), Side.EXACT, "chosen")})
