"""Uzan, Weinberger 2024: best pure and mixed representations, the least favourable prior, smoothed fictitious play."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class Game(Problem, Protocol):
    @property
    def sigma(self) -> Array: ...  # (B, d, d)
    @property
    def spread(self) -> Array: ...  # (B, d, d)
    @property
    def rank(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Pure:
    k: int
    R: Array  # (B, d, r)


@dataclass(frozen=True, eq=False)
class Mixed:
    weights: Array  # (B, J), a probability over the atoms
    atoms: list[Array]  # J of (B, d, r)


@dataclass(frozen=True, eq=False)
class Prior:
    C: Array  # (B, d, d), covariance Σ q_i f_i f_iᵀ of the adversary's random response
    R: Array  # (B, d, r), the representation played against it


@dataclass(frozen=True, eq=False)
class Play:
    k: int
    W: Array  # (B, d, d), the mean of I − P over the atoms so far, in whitened coordinates
    A: Array  # (B, d, d), the smoothed worst response to W (trace 1)
    P: Array  # (B, d, d), projection of the next atom
    mu: Array  # (B,)
    gamma: float


def whitened(p: Game) -> tuple[Array, Array, Array]:
    """Σ^{-1/2}, and the eigenvalues (descending) and eigenvectors of M = Σ^{1/2} S Σ^{1/2}."""
    xp = array_namespace(p.sigma)
    w, u = xp.linalg.eigh(p.sigma)
    ut = xp.matrix_transpose(u)
    half = xp.matmul(u * xp.sqrt(w)[:, None, :], ut)
    lam, v = xp.linalg.eigh(xp.matmul(half, xp.matmul(p.spread, half)))
    return xp.matmul(u / xp.sqrt(w)[:, None, :], ut), xp.flip(lam, axis=-1), xp.flip(v, axis=-1)


def best_pure(p: Game) -> Pure:
    """R* = Σ^{-1/2} (v_1, ..., v_r)."""
    back, _, v = whitened(p)
    return Pure(0, array_namespace(v).matmul(back, v[:, :, : p.rank]))


def principal_components(p: Game) -> Pure:
    """The top eigenvectors of Σ: the adversary's S is ignored."""
    xp = array_namespace(p.sigma)
    return Pure(0, xp.flip(xp.linalg.eigh(p.sigma)[1], axis=-1)[:, :, : p.rank])


def one_coordinate_late(p: Game) -> Pure:
    """Σ^{-1/2} (v_2, ..., v_{r+1})."""
    back, _, v = whitened(p)
    return Pure(0, array_namespace(v).matmul(back, v[:, :, 1 : p.rank + 1]))


@dataclass(frozen=True)
class Neighbours:
    """Representations at random, at distances 0, then 0.01 to 10 from the best pure one."""

    def iterates(self, problem: Game, noise: Noise, /) -> Iterator[Pure]:
        best = best_pure(problem).R
        yield Pure(0, best)
        for k, g in zip(count(1), noise.normals("representation", *best.shape[1:]), strict=False):
            yield Pure(k, best + 10.0 ** (-2 + 3 * (k % 50) / 50) * g)


def best_mixed(p: Game) -> Mixed:
    """Water-filling: E[I − P] = V diag(min(1, t/λ_i)) Vᵀ, dealt to at most d + 1 coordinate projections by systematic sampling.

    With c_i = w_1 + ... + w_i and u uniform, coordinate i is left out of P iff an integer lies in (c_{i−1} − u, c_i − u].
    """
    back, lam, v = whitened(p)
    xp = array_namespace(lam)
    d, r = lam.shape[-1], p.rank
    index = xp.arange(1, d + 1, dtype=lam.dtype)
    level = xp.max((index - r)[None, :] / xp.cumulative_sum(1 / lam, axis=-1), axis=-1)
    w = xp.minimum(xp.ones_like(lam), level[:, None] / lam)
    c = xp.cumulative_sum(w, axis=-1, include_initial=True)  # 0, ..., d − r
    cuts = xp.sort(xp.concat([c[:, 1:] - xp.floor(c[:, 1:]), xp.zeros_like(c[:, :1]), xp.ones_like(c[:, :1])], axis=-1), axis=-1)
    weights, middle = cuts[:, 1:] - cuts[:, :-1], (cuts[:, 1:] + cuts[:, :-1]) / 2
    atoms = []
    basis = xp.matmul(back, v)
    for j in range(d + 1):
        steps = xp.floor(c - middle[:, j][:, None])
        kept = xp.argsort(steps[:, 1:] - steps[:, :-1], axis=-1, stable=True)[:, :r]  # P keeps what is not left out
        chosen = xp.astype(kept[:, None, :] == xp.arange(d)[None, :, None], lam.dtype)
        atoms.append(xp.matmul(basis, chosen))
    return Mixed(weights, atoms)


def pure_as_mixed(p: Game) -> Mixed:
    best = best_pure(p).R
    return Mixed(array_namespace(best).ones((best.shape[0], 1), dtype=best.dtype), [best])


def _prior(p: Game, waterline: bool) -> Array:
    """Σ_i q_i f_i f_iᵀ, f_i = S Σ^{1/2} v_i / √λ_i; q_i ∝ 1/λ_i on the l coordinates under water (or on all)."""
    back, lam, v = whitened(p)
    xp = array_namespace(lam)
    d = lam.shape[-1]
    index = xp.arange(1, d + 1, dtype=lam.dtype)[None, :]
    values = (index - p.rank) / xp.cumulative_sum(1 / lam, axis=-1)
    last = xp.astype(xp.argmax(values, axis=-1)[:, None] + 1, lam.dtype) if waterline else d
    q = xp.where(index <= last, 1 / lam, xp.zeros_like(lam))
    q = q / xp.sum(q, axis=-1, keepdims=True)
    f = xp.matmul(p.spread, xp.matmul(xp.linalg.inv(back), v)) / xp.sqrt(lam)[:, None, :]
    return xp.matmul(f * q[:, None, :], xp.matrix_transpose(f))


@dataclass(frozen=True)
class AgainstPrior:
    """Every neighbour of the best pure representation against the least favourable random response."""

    waterline: bool = True

    def iterates(self, problem: Game, noise: Noise, /) -> Iterator[Prior]:
        C = _prior(problem, self.waterline)
        for s in Neighbours().iterates(problem, noise):
            yield Prior(C, s.R)


def open_loop(k: int) -> float:
    """2/(k+2), k from 0."""
    return 2 / (k + 2)


@dataclass(frozen=True)
class SmoothedPlay:
    """The adversary answers W by A ∝ exp(M^{1/2} W M^{1/2}/μ); the player adds the best projection against A with weight γ_k."""

    smoothing: Callable[[Array, int], Array]  # (λ_1, d) -> μ
    step: Callable[[int], float] = open_loop

    def iterates(self, problem: Game, noise: Noise, /) -> Iterator[Play]:
        _, lam, v = whitened(problem)
        xp = array_namespace(lam)
        vt = xp.matrix_transpose(v)
        half = xp.matmul(v * xp.sqrt(lam)[:, None, :], vt)
        d, r = lam.shape[-1], problem.rank
        mu = self.smoothing(lam[:, 0], d)
        W = xp.eye(d, dtype=lam.dtype)[None, :, :] - xp.matmul(v[:, :, :r], xp.matrix_transpose(v[:, :, :r]))
        for k in count():
            e, u = xp.linalg.eigh(xp.matmul(half, xp.matmul(W, half)))
            a = xp.exp((e - e[:, -1:]) / mu[:, None])
            a = a / xp.sum(a, axis=-1, keepdims=True)
            A = xp.matmul(u * a[:, None, :], xp.matrix_transpose(u))
            top = xp.linalg.eigh(xp.matmul(half, xp.matmul(A, half)))[1][:, :, d - r :]
            P = xp.matmul(top, xp.matrix_transpose(top))
            gamma = self.step(k)
            yield Play(k, W, A, P, mu, gamma)
            W = W + gamma * (xp.eye(d, dtype=lam.dtype)[None, :, :] - P - W)
