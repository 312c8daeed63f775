"""Negative logarithms of sums of log-concave functions: F = −log Σ_i e^{−f_i} with f_i convex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class SumLogConcave:
    """f_i(x) = ½ ⟨x − m_i, H_i (x − m_i)⟩ + ⟨a_i, x⟩ + b_i + Σ_l log(1 + e^{⟨c_il, x⟩}); w_i(x) = e^{−f_i(x) + F(x)}.

    ∇F = Σ w_i ∇f_i. x* is a stationary point at which w(x*) = `mix`; F* = F(x*).
    """

    H: Array  # (B, m, n, n), positive semi-definite
    centre: Array  # (B, m, n)
    slope: Array  # (B, m, n)
    height: Array  # (B, m)
    logits: Array  # (B, m, l, n)
    mix: Array  # (B, m)
    x0: Array  # (B, n)
    x_star: Array  # (B, n)
    f_at_star: Array  # (B,) f(x_star): the lowest value only where all parts are convex and curved
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})

    def parts(self, x: Array, /) -> Array:
        """f_i(x), (B, m)."""
        xp = array_namespace(x)
        d = x[:, None, :] - self.centre
        pull = xp.squeeze(xp.matmul(self.H, d[:, :, :, None]), axis=-1)
        u = xp.sum(self.logits * x[:, None, None, :], axis=-1)
        soft = xp.maximum(u, xp.zeros_like(u)) + xp.log1p(xp.exp(-xp.abs(u)))
        return 0.5 * xp.sum(d * pull, axis=-1) + xp.sum(self.slope * x[:, None, :], axis=-1) + self.height + xp.sum(soft, axis=-1)

    def part_grads(self, x: Array, /) -> Array:
        """∇f_i(x), (B, m, n)."""
        xp = array_namespace(x)
        pull = xp.squeeze(xp.matmul(self.H, (x[:, None, :] - self.centre)[:, :, :, None]), axis=-1)
        u = xp.sum(self.logits * x[:, None, None, :], axis=-1)
        return pull + self.slope + xp.sum(self.logits / (1 + xp.exp(-u))[:, :, :, None], axis=2)

    def log_weights(self, x: Array, /) -> Array:
        """log w_i(x), (B, m)."""
        xp = array_namespace(x)
        f = self.parts(x)
        low = xp.min(f, axis=-1, keepdims=True)
        return -(f - low) - xp.log(xp.sum(xp.exp(low - f), axis=-1, keepdims=True))

    def value(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        f = self.parts(x)
        low = xp.min(f, axis=-1)
        return low - xp.log(xp.sum(xp.exp(low[:, None] - f), axis=-1))

    def mixed_grad(self, x: Array, weights: Array, /) -> Array:
        """The cross gradient Σ μ_i ∇f_i(x), weights (B, m)."""
        return array_namespace(x).sum(weights[:, :, None] * self.part_grads(x), axis=1)

    def grad(self, x: Array, /) -> Array:
        return self.mixed_grad(x, array_namespace(x).exp(self.log_weights(x)))


def _problem(
    H: Array, centre: Array, slope: Array, height: Array, logits: Array, mix: Array, away: Array, constants: Mapping[str, Certified]
) -> SumLogConcave:
    star = np.zeros_like(away)
    bare = SumLogConcave(H, centre, slope, height, logits, mix, away, star, np.zeros(len(away)), {})
    R = Certified(np.linalg.norm(away, axis=1), Unit(0, 1), Side.EXACT, "‖x_0 − x*‖ as drawn")
    return SumLogConcave(H, centre, slope, height, logits, mix, away, star, bare.value(star), {**constants, "R": R})


def mixture(
    seeds: range,
    n: Annotated[int, (1, 6)] = 3,
    m: Annotated[int, (2, 6)] = 3,
    spread: Annotated[float, (0.1, 10.0)] = 3.0,
    R: Annotated[float, (0.1, 100.0)] = 4.0,
) -> SumLogConcave:
    """A Gaussian mixture: the heights are set so that w(0) = mix, and the last centre so that 0 is stationary.

    The start is in the direction in which the parts are flattest.
    """
    B = len(seeds)
    H, centre, height = np.empty((B, m, n, n)), np.empty((B, m, n)), np.empty((B, m))
    mix, away = np.empty((B, m)), np.empty((B, n))
    for b, seed in enumerate(seeds):
        g = np.random.default_rng([seed, 32])
        Q = np.linalg.qr(g.standard_normal((n, n)))[0]
        for i in range(m):
            H[b, i] = Q @ np.diag(np.geomspace(1.0, 0.1, n) * (1 + 0.3 * g.random(n))) @ Q.T
        centre[b] = spread * g.standard_normal((m, n))
        mix[b] = g.dirichlet(np.ones(m)) * 0.7 + 0.3 / m
        pull = sum(mix[b, i] * H[b, i] @ centre[b, i] for i in range(m - 1))
        centre[b, -1] = -np.linalg.solve(mix[b, -1] * H[b, -1], pull)
        quadratic = 0.5 * np.einsum("in,ink,ik->i", centre[b], H[b], centre[b])
        height[b] = -np.log(mix[b]) - quadratic
        away[b] = R * Q[:, -1] * (-1) ** seed
    L = np.linalg.eigvalsh((mix[:, :, None, None] * H).sum(axis=1))[:, -1]
    constants = {"L_G": Certified(L, Unit(1, -2), Side.EXACT, "largest eigenvalue of Σ w_i(x*) H_i, the Hessian of Σ w_i(x*) f_i")}
    return _problem(H, centre, np.zeros((B, m, n)), height, np.zeros((B, m, 1, n)), mix, away, constants)


def affine_parts(
    seeds: range, n: Annotated[int, (1, 6)] = 3, m: Annotated[int, (2, 6)] = 4, R: Annotated[float, (0.1, 100.0)] = 2.0
) -> SumLogConcave:
    """f_i affine: every Bregman distance is 0, so the inequalities of the family are equalities."""
    B = len(seeds)
    slope, height, away = np.empty((B, m, n)), np.empty((B, m)), np.empty((B, n))
    for b, seed in enumerate(seeds):
        g = np.random.default_rng([seed, 33])
        slope[b], height[b], away[b] = g.standard_normal((m, n)), g.standard_normal(m), g.standard_normal(n)
    away *= R / np.linalg.norm(away, axis=1, keepdims=True)
    zeros = np.zeros((B, m, n))
    return _problem(np.zeros((B, m, n, n)), zeros, slope, height, np.zeros((B, m, 1, n)), np.full((B, m), 1 / m), away, {})


def checkered(seeds: range, kappa: Annotated[float, (-3.0, 3.0)] = 1.0, R: Annotated[float, (0.1, 100.0)] = 4.0) -> SumLogConcave:
    """F = −log(s(a)s(b) + s(−a)s(−b)), s the logistic function, x = (a, b): f_1, f_2 are √2-Lipschitz.

    mix = (s(kappa), s(−kappa)) are the weights on the line a + b = kappa, so x* = (kappa/2, kappa/2) is a point of comparison.
    """
    B = len(seeds)
    away = np.stack([np.random.default_rng([seed, 34]).standard_normal(2) for seed in seeds])
    away *= R / np.linalg.norm(away, axis=1, keepdims=True)
    # log(1 + e^u) with u = −a, −b for f_1 and u = a, b for f_2
    logits = np.tile(np.stack([-np.eye(2), np.eye(2)]), (B, 1, 1, 1))
    s = 1 / (1 + np.exp(-kappa))
    empty = np.zeros((B, 2, 2))
    bare = SumLogConcave(
        np.zeros((B, 2, 2, 2)), empty, empty, np.zeros((B, 2)), logits, np.tile([s, 1 - s], (B, 1)),
        away + kappa / 2, np.full((B, 2), kappa / 2), np.zeros(B), {},
    )
    constants = {
        "B": Certified(np.full(B, 2**0.5), Unit(1, -1), Side.EXACT, "each part is a sum of two 1-Lipschitz functions of one coordinate"),
        "R": Certified(np.full(B, float(R)), Unit(0, 1), Side.EXACT, "‖x_0 − y‖ as drawn"),
    }
    return SumLogConcave(
        bare.H, empty, empty, bare.height, logits, bare.mix, bare.x0, bare.x_star, bare.value(bare.x_star), constants
    )
