"""Quadratics of a matrix, with or without a wave, for methods that move by the maximiser of a norm: Lion, Muon, trust regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Target:
    """½ vec(X − C)'H vec(X − C) + wave Σ cos X_ij; the oracle adds noise of mean square σ²."""

    H: Array  # (B, pq, pq)
    centre: Array  # (B, p, q)
    wave: Array  # (B,)
    x0: Array  # (B, p, q)
    f_star: Array  # (B,), a lower bound, the minimum where wave = 0
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def _image(self, D: Array) -> Array:
        xp = array_namespace(D)
        flat = xp.reshape(D, (D.shape[0], -1, 1))
        return xp.reshape(xp.matmul(self.H, flat), D.shape)

    def value(self, X: Array, /) -> Array:  # (B, p, q) -> (B,)
        xp = array_namespace(X)
        D = X - self.centre
        return xp.sum(0.5 * D * self._image(D) + self.wave[:, None, None] * xp.cos(X), axis=(1, 2))

    def grad(self, X: Array, /) -> Array:  # (B, p, q) -> (B, p, q)
        xp = array_namespace(X)
        return self._image(X - self.centre) - self.wave[:, None, None] * xp.sin(X)

    def sample(self, X: Array, Z: Array, /) -> Array:  # Z standard normal
        return self.grad(X) + self.constants["sigma"].value[:, None, None] * Z / (X.shape[1] * X.shape[2]) ** 0.5


def target(
    seeds: range,
    p: Annotated[int, (1, 5)] = 1,
    q: Annotated[int, (1, 8)] = 8,
    kappa: Annotated[float, (1.0, 100.0)] = 30.0,
    wave: Annotated[float, (0.0, 2.0)] = 0.0,
    lam: Annotated[float, (0.1, 10.0)] = 1.0,
    eps: Annotated[float, (1e-3, 0.5)] = 0.01,
    start: Annotated[float, (0.0, 10.0)] = 0.5,
    reach: Annotated[float, (0.0, 10.0)] = 2.0,
    sigma: Annotated[float, (0.0, 5.0)] = 0.0,
    shared: bool = False,
) -> Target:
    """Spectrum log-uniform on [1, kappa]/kappa · 3; ‖λ x0‖_F = start, the centre at distance about `reach`/λ.

    `shared`: one instance, many seeds.
    """
    n, B = p * q, len(seeds)
    H, C, X = [], [], []
    for seed in seeds:
        g = np.random.default_rng([0 if shared else seed, 111])
        Q = np.linalg.qr(g.standard_normal((n, n)))[0]
        spread = kappa ** g.random(n)
        spread[0] = kappa
        H.append((Q * (3 * spread / kappa)) @ Q.T)
        C.append(reach / lam * g.standard_normal((p, q)))
        u = g.standard_normal((p, q))
        X.append(start / lam * u / np.linalg.norm(u))
    one = np.ones(B)
    x0, centre = np.stack(X), np.stack(C)
    made = Target(np.stack(H), centre, wave * one, x0, -wave * n * one, {}, frozenset())
    rho = {"entries": n**0.5, "spectral": min(p, q) ** 0.5, "frobenius": 1.0}
    largest = {
        "entries": np.abs(x0).max(axis=(1, 2)),
        "frobenius": np.linalg.norm(x0, axis=(1, 2)),
        "spectral": np.linalg.norm(x0, 2, axis=(1, 2)),
    }
    away = {
        "entries": np.abs(centre).max(axis=(1, 2)),
        "frobenius": np.linalg.norm(centre, axis=(1, 2)),
        "spectral": np.linalg.norm(centre, 2, axis=(1, 2)),
    }
    constants = {
        "L": Certified((3 + wave) * one, Unit(1, -2), Side.EXACT if wave == 0 else Side.UPPER, "largest eigenvalue of H, plus the wave"),
        "lam": Certified(lam * one, Unit(0, -1), Side.EXACT, "chosen"),
        "eps": Certified(eps * one, Unit(0, 1), Side.EXACT, "chosen"),
        "sigma": Certified(sigma * one, Unit(1, -1), Side.EXACT, "E‖noise‖_F² = σ²"),
        "third": Certified(wave * one, Unit(1, -3), Side.EXACT, "|cos'''| ≤ 1 entry by entry"),
        "n": Certified(float(n) * one, Unit(), Side.EXACT, "number of entries"),
        "outside": Certified(
            np.maximum(lam * np.abs(x0).max(axis=(1, 2)) - 1, 0), Unit(), Side.EXACT, "distance of λ x0 to the cube, in ℓ_∞"
        ),
        "gap_0": Certified(made.value(x0) + wave * n, Unit(1, 0), Side.EXACT if wave == 0 else Side.UPPER, "f(x0) less a lower bound of f"),
    }
    for name, r in rho.items():
        constants[f"L_{name}"] = Certified(
            (3 + wave) * r**2 * one, Unit(1, -2), Side.EXACT if kappa == 1 and wave == 0 else Side.UPPER, "L ρ²"
        )
        constants[f"rho_{name}"] = Certified(r * one, Unit(), Side.EXACT, "dual norm ≤ ρ Frobenius norm")
        proof = "the larger of ‖x0‖ and ‖x*‖"
        constants[f"size_{name}"] = Certified(np.maximum(largest[name], away[name]), Unit(0, 1), Side.EXACT, proof)
    traits = frozenset({Trait.SMOOTH, Trait.UNBIASED} | ({Trait.CONVEX, Trait.STAR_CONVEX} if wave == 0 else set()))
    return Target(made.H, centre, wave * one, x0, made.f_star, constants, traits)
