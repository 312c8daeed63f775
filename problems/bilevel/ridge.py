"""Ridge regression with one penalty e^θ_i a coordinate: the upper variable is θ, the lower one the weights w."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, diagonal, dot, solve
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.LOWER_STRONGLY_CONVEX, Trait.SMOOTH})


@dataclass(frozen=True, eq=False)
class Ridge:
    """g = ‖Xw − t‖²/(2N) + ½ Σ e^θ_i w_i²,   f = ‖Vw − z‖²/(2M); stored through G = X'X/N, h = X't/N, Q = V'V/M, s = V'z/M.

    The constants hold on the box |θ − x0| ≤ reach.
    """

    G: Array  # (B, d, d)
    h: Array  # (B, d)
    Q: Array  # (B, d, d)
    s: Array  # (B, d)
    z2: Array  # (B,) ‖z‖²/M
    top: Array  # (B,) largest eigenvalue of G
    reach: Array  # (B, 1)
    x0: Array  # (B, d)
    y0: Array  # (B, d)
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = TRAITS

    def upper(self, x: Array, y: Array, /) -> Array:
        return 0.5 * dot(y, apply(self.Q, y)) - dot(y, self.s) + 0.5 * self.z2

    def upper_x(self, x: Array, y: Array, /) -> Array:
        return array_namespace(x).zeros_like(x)

    def upper_y(self, x: Array, y: Array, /) -> Array:
        return apply(self.Q, y) - self.s

    def lower_x(self, x: Array, y: Array, /) -> Array:
        return 0.5 * array_namespace(x).exp(x) * y * y

    def lower_y(self, x: Array, y: Array, /) -> Array:
        return apply(self.G, y) - self.h + array_namespace(x).exp(x) * y

    def hvp(self, x: Array, y: Array, v: Array, /) -> Array:
        return self.hvp_at(x, y)(v)

    def hvp_at(self, x: Array, y: Array, /) -> Callable[[Array], Array]:
        """v ↦ A v"""
        penalty = array_namespace(x).exp(x)
        return lambda v: apply(self.G, v) + penalty * v

    def cross(self, x: Array, y: Array, u: Array, /) -> Array:
        return array_namespace(x).exp(x) * y * u

    def cross_t(self, x: Array, y: Array, v: Array, /) -> Array:
        return array_namespace(x).exp(x) * y * v

    def hessian(self, x: Array, y: Array, /) -> Array:
        return self.G + diagonal(array_namespace(x).exp(x))

    def cross_block(self, x: Array, y: Array, /) -> Array:
        return diagonal(array_namespace(x).exp(x) * y)

    def y_star(self, x: Array, /) -> Array:
        return solve(self.hessian(x, self.y0), self.h)

    def project(self, x: Array, /) -> Array:
        """On the box |θ − x0| ≤ reach."""
        xp = array_namespace(x)
        return xp.minimum(xp.maximum(x, self.x0 - self.reach), self.x0 + self.reach)

    def smoothness(self, x: Array, /) -> Array:
        """‖A‖ ≤ ‖G‖ + max e^θ_i, (B,)"""
        xp = array_namespace(x)
        return self.top + xp.max(xp.exp(x), axis=-1)

    def cross_lipschitz(self, x: Array, /) -> Array:
        """max e^θ_i, (B,)"""
        xp = array_namespace(x)
        return xp.max(xp.exp(x), axis=-1)


def planted(
    seeds: range,
    d: Annotated[int, (1, 30)] = 8,
    rows: Annotated[int, (5, 100)] = 30,
    low: Annotated[float, (-6.0, 0.0)] = -3.0,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Ridge:
    """Gaussian design, planted weights, noise 0.3; θ uniform on [low, low + 3]."""
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 74])
        w = g.standard_normal(d)
        X, V = g.standard_normal((rows, d)), g.standard_normal((rows, d))
        t, z = (M @ w + 0.3 * g.standard_normal(rows) for M in (X, V))
        parts.append((X, t, V, z, low + 3 * g.random(d), g.standard_normal(d)))
    return assembled(reach, *(np.stack(p) for p in zip(*parts, strict=True)))


def diabetes(
    seeds: range,
    low: Annotated[float, (-6.0, 0.0)] = -3.0,
    reach: Annotated[float, (0.0, 3.0)] = 0.0,
) -> Ridge:
    """The 442 patients of scikit-learn's diabetes data in two random halves, columns and target standardised."""
    from sklearn.datasets import load_diabetes

    X, t = load_diabetes(return_X_y=True)
    X, t = (X - X.mean(0)) / X.std(0), (t - t.mean()) / t.std()
    parts = []
    for seed in seeds:
        g = np.random.default_rng([seed, 75])
        train, valid = np.split(g.permutation(len(t)), 2)
        parts.append((X[train], t[train], X[valid], t[valid], low + 3 * g.random(X.shape[1]), np.zeros(X.shape[1])))
    return assembled(reach, *(np.stack(p) for p in zip(*parts, strict=True)))


def assembled(reach: float, X: Any, t: Any, V: Any, z: Any, x0: Any, y0: Any) -> Ridge:
    Xt, Vt = np.swapaxes(X, 1, 2), np.swapaxes(V, 1, 2)
    N, M = X.shape[1], V.shape[1]
    G, Q = Xt @ X / N, Vt @ V / M
    h, s = (Xt @ t[..., None])[..., 0] / N, (Vt @ z[..., None])[..., 0] / M
    eye = np.eye(x0.shape[1])
    low = np.linalg.eigvalsh(G + np.exp(x0 - reach)[:, :, None] * eye)[:, 0]
    high = np.linalg.eigvalsh(G + np.exp(x0 + reach)[:, :, None] * eye)[:, -1]
    largest = np.exp(x0 + reach).max(axis=1)
    curvature, third = Unit(1, -2), Unit(1, -3)
    constants = {
        "mu": Certified(low, curvature, Side.EXACT if reach == 0 else Side.LOWER, "smallest eigenvalue of A at the lowest θ of the box"),
        "L": Certified(high, curvature, Side.EXACT if reach == 0 else Side.UPPER, "largest eigenvalue of A at the highest θ of the box"),
        "L_f": Certified(np.linalg.eigvalsh(Q)[:, -1], curvature, Side.EXACT, "largest eigenvalue of V'V/M"),
        "L_A": Certified(0.0, third, Side.EXACT, "A does not depend on w"),
        "L_B": Certified(largest, third, Side.EXACT if reach == 0 else Side.UPPER, "the cross block is diag(e^θ w)"),
    }
    return Ridge(G, h, Q, s, (z * z).sum(axis=1) / M, np.linalg.eigvalsh(G)[:, -1], np.full((len(X), 1), reach), x0, y0, constants)
