"""Problems of the papers' figures that no theorem of the suite needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import L1Ball, SimplexAndOrigin
from problems.frank_wolfe.quadratics import STRONG, Planted
from problems.frank_wolfe.reference import certified_minimum, onto_l1_ball
from problems.frank_wolfe.self_concordant import GSC
from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class SignalRecovery:
    """f(x) = Σ w_i'x log(w_i'x/y_i) − w_i'x + y_i over {x ≥ 0, Σ x ≤ r}: generalized self-concordant with ν = 4."""

    W: Array  # (B, m, n), positive
    y: Array  # (B, m), positive
    x0: Array  # (B, n), a vertex
    over: SimplexAndOrigin
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = GSC | {Trait.COMPACT, Trait.POLYTOPE}

    def _image(self, x: Array) -> Array:  # (B, n) -> (B, m)
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(self.W, x[:, :, None]), axis=-1)

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,), ∞ outside the domain
        xp = array_namespace(x)
        z = self._image(x)
        safe = xp.where(z > 0, z, self.y)
        # y φ(z/y), φ(u) = u log u − u + 1
        f = xp.sum(safe * xp.log(safe / self.y) - safe + self.y, axis=-1)
        return xp.where(xp.all(z > 0, axis=-1), f, xp.asarray(xp.inf, dtype=x.dtype))

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return xp.squeeze(xp.matmul(xp.log(self._image(x) / self.y)[:, None, :], self.W), axis=-2)

    def inside(self, x: Array, /) -> Array:  # (B, n) -> (B,) booleans
        return array_namespace(x).all(self._image(x) > 0, axis=-1)

    def lmo(self, g: Array, /) -> Array:
        return self.over.vertex(g)


def signal_recovery(seeds: range, n: int = 150, m: int = 200, noise: float = 0.02) -> SignalRecovery:
    """W = 5|N(0, 1)|; 30 % of the signal non-zero, Exp(1); noise relative to the deviation of Wx; r ten per cent below the signal's sum."""
    W, Y, X, L, r = [], [], [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 20])
        w = 5 * np.abs(rng.standard_normal((m, n)))
        x = np.where(rng.random(n) < 0.3, rng.exponential(size=n), 0.0)
        clean = w @ x
        y = clean + noise * clean.std() * rng.standard_normal(m)
        if y.min() <= 0:
            raise ValueError("signal_recovery: this noise makes an observation negative")
        W.append(w)
        Y.append(y)
        r.append(x.sum())
        X.append(np.eye(n)[rng.integers(n)])
    radius = 0.9 * min(r)
    for w, x in zip(W, X, strict=True):
        L.append(np.linalg.norm(w / np.sqrt(radius * w @ x)[:, None], 2) ** 2)
    constants = {
        "D": Certified(np.full(len(W), radius * 2**0.5), Unit(0, 1), Side.EXACT, "two vertices"),
        "L": Certified(np.array(L), Unit(1, -2), Side.ESTIMATED, "largest eigenvalue of the Hessian at x0; there is no bound over the set"),
    }
    return SignalRecovery(np.stack(W), np.stack(Y), radius * np.stack(X), SimplexAndOrigin(radius), constants)


@lru_cache
def _diabetes() -> Any:
    """Standardised features (442, 10), standardised target (442,)."""
    from sklearn.datasets import load_diabetes

    data = load_diabetes()
    A = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    return A, (data.target - data.target.mean()) / data.target.std()


def diabetes(seeds: range, radius: float = 0.7) -> Planted:
    """‖Ax − b‖²/(2m) on the diabetes data over the ℓ₁ ball, less its value at a minimiser found by accelerated projected gradient."""
    A, b = _diabetes()
    (m, n), B, ball = A.shape, len(seeds), L1Ball(radius)
    H = A.T @ A / m
    spectrum = np.linalg.eigvalsh(H)
    low = certified_minimum(
        lambda x: float(np.sum((A @ x - b) ** 2) / (2 * m)),
        lambda x: A.T @ (A @ x - b) / m,
        onto_l1_ball(radius),
        lambda g: ball.vertex(g[None, :])[0],
        np.zeros(n),
        float(spectrum[-1]),
        4000,
    )
    w = A.T @ (A @ low.x - b) / m
    x0 = np.stack([radius * np.eye(n)[seed % n] for seed in seeds])
    one = np.ones((B, 1))
    d = x0 - low.x
    constants = {
        "L": Certified(np.full(B, spectrum[-1]), Unit(1, -2), Side.EXACT, "largest eigenvalue of A'A/m"),
        "mu": Certified(np.full(B, spectrum[0]), Unit(1, -2), Side.EXACT, "smallest eigenvalue of A'A/m"),
        "D": Certified(np.full(B, 2 * radius), Unit(0, 1), Side.EXACT, "twice the radius"),
        "C_f": Certified(np.full(B, spectrum[-1] * 4 * radius**2), Unit(1, 0), Side.UPPER, "L D²"),
        "h_0": Certified(
            d @ w + 0.5 * np.sum((d @ H) * d, axis=1) + 2 * low.half, Unit(1, 0), Side.UPPER, "f(x0) minus a lower bound of f*"
        ),
        "delta": Certified(np.full(B, radius / (n - 1) ** 0.5), Unit(0, 1), Side.EXACT, "pyramidal width of the ℓ₁ ball"),
        "f_gap": Certified(np.full(B, low.half), Unit(1, 0), Side.EXACT, "half the duality gap at the computed point"),
    }
    return Planted(one[:, :, None] * H, one * w, one * low.x, x0, np.full(B, -low.half), ball, constants, STRONG | {Trait.POLYTOPE})
