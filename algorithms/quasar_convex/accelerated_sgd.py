"""Li et al. 2024: accelerated SGD on least squares; sampled, and its exact second moments computed in two ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Gaussian(Problem, Protocol):
    @property
    def spectrum(self) -> Array: ...  # (B, d)
    @property
    def sigma2(self) -> Array: ...  # (B,)


@dataclass(frozen=True, eq=False)
class Steps:
    """δ, γ and the couplings α = 1/(1 + β), β, each (B, 1)."""

    delta: Array
    gamma: Array
    alpha: Array
    beta: Array


def steps(problem: Gaussian, stretch: float) -> Steps:
    """`stretch` multiplies γ."""
    delta, gamma, beta = (problem.constants[name].value[:, None] for name in ("delta", "gamma", "beta"))
    return Steps(delta, stretch * gamma, 1 / (1 + beta), beta)


@dataclass(frozen=True, eq=False)
class Sampled:
    k: int
    x: Array  # (B, d)
    v: Array  # (B, d)
    a: Array  # (B, d) the feature drawn
    e: Array  # (B,) σ times the noise drawn


@dataclass(frozen=True)
class AcceleratedSGD:
    """y = αx + (1 − α)v, g = a(⟨a, y⟩ − b); x⁺ = y − δg; v⁺ = βy + (1 − β)v − γg."""

    stretch: float = 1.0

    def iterates(self, problem: Gaussian, noise: Noise, /) -> Iterator[Sampled]:
        x = v = problem.x0
        xp = array_namespace(x)
        s = steps(problem, self.stretch)
        features, errors = noise.normals("feature", x.shape[-1]), noise.normals("error")
        for k in count():
            a, e = next(features) * problem.spectrum**0.5, next(errors) * problem.sigma2**0.5
            yield Sampled(k, x, v, a, e)
            y = s.alpha * x + (1 - s.alpha) * v
            g = a * (xp.sum(a * y, axis=-1) - e)[:, None]
            x, v = y - s.delta * g, s.beta * y + (1 - s.beta) * v - s.gamma * g


@dataclass(frozen=True, eq=False)
class Moments:
    """E x_i², E x_i v_i, E v_i², each (B, d): for a diagonal H the others are not needed."""

    k: int
    xx: Array
    xv: Array
    vv: Array


@dataclass(frozen=True)
class AcceleratedMoments:
    """C_i⁺ = M_i C_i M_iᵀ + [λ_i⟨λ, E y²⟩ + λ_i² E y_i² + σ²λ_i] (δ, γ)(δ, γ)ᵀ, O(d) a step. `fourth`: the weight of λ_i² E y_i²."""

    stretch: float = 1.0
    fourth: float = 1.0
    plain: bool = False  # SGD with the step δ

    def iterates(self, problem: Gaussian, noise: Noise, /) -> Iterator[Moments]:
        lam = problem.spectrum
        xp = array_namespace(lam)
        s = steps(problem, self.stretch)
        one = 1 + 0 * s.alpha
        alpha, beta, gamma = (one, one, s.delta) if self.plain else (s.alpha, s.beta, s.gamma)
        xx = xv = vv = problem.x0**2
        for k in count():
            yield Moments(k, xx, xv, vv)
            yy = alpha**2 * xx + 2 * alpha * (1 - alpha) * xv + (1 - alpha) ** 2 * vv
            yv = alpha * xv + (1 - alpha) * vv
            spread = lam * xp.sum(lam * yy, axis=-1, keepdims=True) + self.fourth * lam**2 * yy + problem.sigma2[:, None] * lam
            p, q = 1 - s.delta * lam, beta - gamma * lam  # x⁺ = p y, v⁺ = q y + (1 − β) v in the mean
            xx, xv, vv = (
                p**2 * yy + s.delta**2 * spread,
                p * (q * yy + (1 - beta) * yv) + s.delta * gamma * spread,
                q**2 * yy + 2 * q * (1 - beta) * yv + (1 - beta) ** 2 * vv + gamma**2 * spread,
            )


@dataclass(frozen=True)
class EnumeratedMoments:
    """The same moments by averaging over every outcome of a three-point law with the Gaussian moments up to order 5."""

    stretch: float = 1.0

    def iterates(self, problem: Gaussian, noise: Noise, /) -> Iterator[Moments]:
        x0, lam = problem.x0, problem.spectrum
        d = x0.shape[-1]
        xp = array_namespace(x0)
        s = steps(problem, self.stretch)
        laws = xp.asarray(list(product(*[((3**0.5), -(3**0.5), 0.0)] * d)), dtype=x0.dtype)  # (3^d, d)
        chance = xp.prod(xp.where(xp.abs(laws) > 1, 1 / 6 + 0 * laws, 2 / 3 + 0 * laws), axis=-1)
        a = laws[:, None, :] * (lam**0.5)[None, :, :]  # (O, B, d)
        eye = xp.eye(d, dtype=x0.dtype)[None, None, :, :]
        alpha, beta, delta, gamma = (t[None, :, :, None] for t in (s.alpha, s.beta, s.delta, s.gamma))
        outer = a[:, :, :, None] * a[:, :, None, :]
        toX, toV = eye - delta * outer, beta * eye - gamma * outer  # from y
        T = xp.concat(
            [xp.concat([alpha * toX, (1 - alpha) * toX], axis=-1), xp.concat([alpha * toV, (1 - alpha) * toV + (1 - beta) * eye], axis=-1)],
            axis=-2,
        )  # (O, B, 2d, 2d)
        kick = xp.concat([s.delta[None, :, :] * a, s.gamma[None, :, :] * a], axis=-1)  # (O, B, 2d), times the error
        w = chance[:, None, None, None]
        push = problem.sigma2[:, None, None] * xp.sum(w * kick[:, :, :, None] * kick[:, :, None, :], axis=0)
        z = xp.concat([x0, x0], axis=-1)
        C = z[:, :, None] * z[:, None, :]
        for k in count():
            parts = (C[:, :d, :d], C[:, :d, d:], C[:, d:, d:])
            yield Moments(k, *(xp.sum(part * eye[0, :, :, :], axis=-1) for part in parts))
            C = xp.sum(w * xp.matmul(xp.matmul(T, C[None, :, :, :]), xp.matrix_transpose(T)), axis=0) + push


@dataclass(frozen=True, eq=False)
class Direction:
    """The mean step in the k-th eigen-direction: the images of (x, v) = (1, 0) and (0, 1)."""

    k: int
    of_x: tuple[Array, Array]  # each (B,)
    of_v: tuple[Array, Array]
    eigenvalue: Array  # (B,)


@dataclass(frozen=True)
class MeanSteps:
    """One state for each eigen-direction, the largest eigenvalue first."""

    stretch: float = 1.0

    def iterates(self, problem: Gaussian, noise: Noise, /) -> Iterator[Direction]:
        s = steps(problem, self.stretch)
        delta, gamma, alpha, beta = (t[:, 0] for t in (s.delta, s.gamma, s.alpha, s.beta))
        for k in range(problem.spectrum.shape[-1]):
            lam = problem.spectrum[:, k]

            def image(x: float, v: float, lam: Array = lam) -> tuple[Array, Array]:
                y = alpha * x + (1 - alpha) * v
                return y - delta * lam * y, beta * y + (1 - beta) * v - gamma * lam * y

            yield Direction(k, image(1.0, 0.0), image(0.0, 1.0), lam)
