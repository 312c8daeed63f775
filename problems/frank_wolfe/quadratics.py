"""Strongly convex quadratics over classic sets with a planted minimiser: f* = 0 exactly, the spectrum of the Hessian known.

f(x) = ½ (x − x*)'H(x − x*) + w'(x − x*) with −w in the normal cone of C at x*; written so, f − f* has no cancellation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, TypeAlias

import numpy as np
from array_api_compat import array_namespace

from problems.frank_wolfe.oracles import Box, CompactSet, L1Ball, L2Ball, LpBall, Simplex
from ratecheck import Array, Certified, Side, Trait, Unit

STRONG = frozenset({Trait.CONVEX, Trait.STRONGLY_CONVEX, Trait.SMOOTH, Trait.COMPACT})
Kappa: TypeAlias = Annotated[float, (1.0, 1e3)]
Dimension: TypeAlias = Annotated[int, (2, 30)]


@dataclass(frozen=True, eq=False)
class Planted:
    H: Array  # (B, n, n)
    w: Array  # (B, n), gradient at x*
    x_star: Array  # (B, n)
    x0: Array  # (B, n), a vertex
    f_star: Array  # (B,), zeros
    over: CompactSet
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def value(self, x: Array, /) -> Array:  # (B, n) -> (B,)
        d = x - self.x_star
        return array_namespace(x).sum(self.w * d, axis=-1) + 0.5 * self.curvature(d)

    def grad(self, x: Array, /) -> Array:  # (B, n) -> (B, n)
        return self._image(x - self.x_star) + self.w

    def lmo(self, g: Array, /) -> Array:  # (B, n) -> (B, n)
        return self.over.vertex(g)

    def curvature(self, d: Array, /) -> Array:  # (B, n) -> (B,)
        return array_namespace(d).sum(d * self._image(d), axis=-1)

    def _image(self, d: Array) -> Array:
        xp = array_namespace(d)
        return xp.squeeze(xp.matmul(self.H, d[:, :, None]), axis=-1)


Place: TypeAlias = Callable[[np.random.Generator], tuple[Array, Array, Array]]  # x*, w, x0, each (n,)


def drawn(
    seeds: range, n: int, kappa: float, over: CompactSet, place: Place, extra: Mapping[str, Certified], traits: frozenset[Trait]
) -> Planted:
    """Row b: spectrum of H spread over [1, kappa], both ends attained, in a random basis."""
    H, W, X, X0, h0 = [], [], [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 3])
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        H.append((Q * np.concatenate([[1.0], rng.uniform(1.0, kappa, n - 2), [kappa]])) @ Q.T)
        x, w, x0 = place(rng)
        X.append(x)
        W.append(w)
        X0.append(x0)
        h0.append(w @ (x0 - x) + (x0 - x) @ H[-1] @ (x0 - x) / 2)
    B, D = len(seeds), over.diameter(n)
    constants = {
        "L": Certified(np.full(B, kappa), Unit(1, -2), Side.EXACT, "largest eigenvalue of H, by construction"),
        "mu": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "smallest eigenvalue of H, by construction"),
        "D": Certified(np.full(B, D), Unit(0, 1), Side.EXACT, "Euclidean diameter of the set"),
        "C_f": Certified(np.full(B, kappa * D * D), Unit(1, 0), Side.UPPER, "L D²"),
        "h_0": Certified(np.array(h0), Unit(1, 0), Side.EXACT, "f(x0) − f*"),
        "f_gap": Certified(np.zeros(B), Unit(1, 0), Side.EXACT, "f* = 0 by construction"),
        **extra,
    }
    return Planted(np.stack(H), np.stack(W), np.stack(X), np.stack(X0), np.zeros(B), over, constants, STRONG | traits)


def _length(B: int, name: str, value: float, proof: str) -> dict[str, Certified]:
    return {name: Certified(np.full(B, value), Unit(0, 1), Side.EXACT, proof)}


def on_simplex(seeds: range, n: Dimension = 20, kappa: Kappa = 10.0, support: Annotated[int, (1, 30)] = 5) -> Planted:
    """x* has min(support, n) positive entries and positive multipliers elsewhere."""

    def place(rng: np.random.Generator) -> tuple[Array, Array, Array]:
        chosen = rng.permutation(n)[: min(support, n)]
        x, w = np.zeros(n), rng.uniform(0.1, 1.0, n)
        x[chosen], w[chosen] = rng.dirichlet(np.ones(len(chosen))), 0.0
        return x, w, np.eye(n)[rng.integers(n)]

    width = 2 / n**0.5 if n % 2 == 0 else 2 / (n - 1 / n) ** 0.5
    extra = _length(len(seeds), "delta", width, "pyramidal width of the simplex: distance of the two halves of its vertices")
    return drawn(seeds, n, kappa, Simplex(), place, extra, frozenset({Trait.POLYTOPE}))


def on_l1_ball(seeds: range, n: Dimension = 10, kappa: Kappa = 10.0, support: Annotated[int, (1, 30)] = 3) -> Planted:
    """x* on the face of min(support, n) entries."""

    def place(rng: np.random.Generator) -> tuple[Array, Array, Array]:
        chosen, sign = rng.permutation(n)[: min(support, n)], rng.choice([-1.0, 1.0], n)
        x, w = np.zeros(n), rng.uniform(-0.8, 0.8, n)
        x[chosen], w[chosen] = sign[chosen] * rng.dirichlet(np.ones(len(chosen))), -sign[chosen]
        return x, w, rng.choice([-1.0, 1.0]) * np.eye(n)[rng.integers(n)]

    extra = _length(len(seeds), "delta", 1 / (n - 1) ** 0.5, "pyramidal width of the ℓ₁ ball, n ≥ 2")
    return drawn(seeds, n, kappa, L1Ball(), place, extra, frozenset({Trait.POLYTOPE}))


def on_cube(seeds: range, n: Dimension = 8, kappa: Kappa = 10.0) -> Planted:
    """Over [0, 1]ⁿ; each entry of x* is at 0, at 1 or inside."""

    def place(rng: np.random.Generator) -> tuple[Array, Array, Array]:
        where = rng.integers(0, 3, n)
        x = np.where(where == 2, rng.uniform(0.2, 0.8, n), where.astype(float))
        w = np.where(where == 2, 0.0, np.where(where == 0, 1.0, -1.0) * rng.uniform(0.1, 1.0, n))
        return x, w, rng.integers(0, 2, n).astype(float)

    extra = _length(len(seeds), "delta", n**-0.5, "pyramidal width of the cube")
    return drawn(seeds, n, kappa, Box(np.zeros(n), np.ones(n)), place, extra, frozenset({Trait.POLYTOPE}))


def inside_l2_ball(seeds: range, n: Dimension = 10, kappa: Kappa = 10.0, depth: Annotated[float, (0.05, 1.0)] = 0.5) -> Planted:
    """x* with the ball of radius `depth` around it inside the unit ball."""

    def place(rng: np.random.Generator) -> tuple[Array, Array, Array]:
        u, start = rng.standard_normal(n), rng.standard_normal(n)
        return (1 - depth) * u / np.linalg.norm(u), np.zeros(n), start / np.linalg.norm(start)

    extra = _length(len(seeds), "r", depth, "distance of x* to the sphere")
    return drawn(seeds, n, kappa, L2Ball(), place, extra, frozenset())


def on_sphere(
    seeds: range,
    n: Dimension = 10,
    kappa: Kappa = 10.0,
    slope: Annotated[float, (0.01, 10.0)] = 1.0,
    p: float = 2.0,
    warm: int = 0,
) -> Planted:
    """x* on the boundary of the unit ℓ_p ball, ∇f(x*) = −slope ∇‖x*‖_p; slope 0 lets the gradient vanish there.

    `warm` short steps are taken before the start. (p and warm change what is claimed: they are not searched.)
    """

    def place(rng: np.random.Generator) -> tuple[Array, Array, Array]:
        x, x0 = rng.standard_normal((2, n))
        x, x0 = x / np.linalg.norm(x, ord=p), x0 / np.linalg.norm(x0, ord=p)
        return x, -slope * np.sign(x) * np.abs(x) ** (p - 1), x0

    B, extra = len(seeds), {}
    if p <= 2:
        alpha, proof = (p - 1) * n ** (0.5 - 1 / p), "strong convexity of the unit ℓ_p ball in ℓ₂, p ≤ 2: (p − 1) n^(1/2 − 1/p)"
        extra["alpha"] = Certified(np.full(B, alpha), Unit(0, -1), Side.EXACT if p == 2 else Side.LOWER, proof)
    else:
        extra["L_p"] = Certified(np.full(B, kappa * n ** (1 - 2 / p)), Unit(1, -2), Side.UPPER, "L n^(1 − 2/p): ‖·‖₂ ≤ n^(1/2 − 1/p) ‖·‖_p")
        flat = 1 / (p * 2 ** (p - 1)) * n ** (1 - p / 2)
        extra["kappa_2"] = Certified(np.full(B, flat), Unit(0, 1 - p), Side.LOWER, "that of ℓ_p, with ‖·‖_p ≥ n^(1/p − 1/2) ‖·‖₂")
        extra["kappa_p"] = Certified(np.full(B, 1 / (p * 2 ** (p - 1))), Unit(0, 1 - p), Side.LOWER, "uniform convexity of ℓ_p, Clarkson")
    if kappa == 1 and p >= 2:  # ⟨∇f, −x*⟩ = slope + ‖x*‖² − ⟨x, x*⟩
        proof = "dual norm of ∇f ≥ ⟨∇f, −x*⟩ ≥ slope − max_a (n^(1/2 − 1/p) a − a²)"
        low = slope if p == 2 else max(slope - n ** (1 - 2 / p) / 4, 0.0)
        extra["c"] = Certified(np.full(B, low), Unit(1, -1), Side.EXACT if p == 2 else Side.LOWER, proof)
        euclid = "‖∇f‖₂ ≥ n^(1/p − 1/2) times the dual norm"
        extra["c_2"] = Certified(np.full(B, low * n ** (1 / p - 0.5)), Unit(1, -1), Side.EXACT if p == 2 else Side.LOWER, euclid)
    over: CompactSet = L2Ball() if p == 2 else LpBall(p)
    return _warmed(drawn(seeds, n, kappa, over, place, extra, frozenset()), warm, kappa)


def _warmed(start: Planted, steps: int, L: float) -> Planted:
    x = start.x0
    for _ in range(steps):
        g = start.grad(x)
        d = start.lmo(g) - x
        slope, square = -(g * d).sum(axis=1), (d * d).sum(axis=1)
        x = x + np.clip(slope / np.maximum(L * square, 1e-300), 0.0, 1.0)[:, None] * d
    h0 = Certified(start.value(x), Unit(1, 0), Side.EXACT, "f(x0) − f*")
    return replace(start, x0=x, constants={**start.constants, "h_0": h0})


def figure_1a(seeds: range, n: Annotated[int, (4, 200)] = 100, rho: Annotated[float, (0.05, 4.0)] = 0.25) -> Planted:
    """Wirth et al. 2023, Fig. 1a: ½‖x − rho·1̄‖² on the simplex, 1̄ = ones on the last half, from e_1.

    x* = 2/n on that half; the gradient is 2/n − rho there and 0 elsewhere: strictly complementary for rho > 2/n.
    """
    m, B = n // 2, len(seeds)
    last = (np.arange(n) >= n - m).astype(float)
    slope = max(rho - 1 / m, 0.0)
    x, w = last / m, slope * (1 - last)  # the gradient plus a constant, which no direction in the simplex sees
    x0 = np.eye(n)[0]
    constants = {
        "L": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "the Hessian is I"),
        "mu": Certified(np.ones(B), Unit(1, -2), Side.EXACT, "the Hessian is I"),
        "D": Certified(np.full(B, 2**0.5), Unit(0, 1), Side.EXACT, "Euclidean distance of two vertices of the simplex"),
        "C_f": Certified(np.full(B, 2.0), Unit(1, 0), Side.EXACT, "L D², met by two vertices"),
        "h_0": Certified(np.full(B, slope + (1 + 1 / m) / 2), Unit(1, 0), Side.EXACT, "f(e_1) − f*"),
        "f_gap": Certified(np.zeros(B), Unit(1, 0), Side.EXACT, "f* = 0 by construction"),
    }
    one = np.ones((B, 1))
    return Planted(np.ones((B, 1, 1)) * np.eye(n), one * w, one * x, one * x0, np.zeros(B), Simplex(), constants, STRONG | {Trait.POLYTOPE})
