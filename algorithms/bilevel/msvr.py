"""Hu, Qiu, Guo, Zhang, Yang 2023: multi-block variance reduction (MSVR) and the method built on it (BSVRB, second version)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise, Problem


class ManyBlocks(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # (B, m, d)
    @property
    def horizon(self) -> Array: ...
    def lower_y(self, x: Array, y: Array, /) -> Array: ...
    def adjoint(self, x: Array, y: Array, v: Array, /) -> Array: ...
    def block_gradients(self, x: Array, v: Array, /) -> Array: ...
    def hypergrad(self, x: Array, /) -> Array: ...


Weight = Callable[[Array, int, int], Array]  # a, m, I -> γ


def corrected(a: Array, m: int, sampled: int) -> Array:
    """γ = (m − I)/(I(1 − a)) + 1 − a"""
    return (m - sampled) / (sampled * (1 - a)) + 1 - a


def plain(a: Array, m: int, sampled: int) -> Array:
    """γ = 1 − a: STORM, right only if I = m"""
    return 1 - a


def msvr(s: Array, new: Array, old: Array, mask: Array, a: Array, gamma: Array) -> Array:
    """s_i⁺ = (1−a)s_i + a h_i(x) + γ(h_i(x) − h_i(x_prev)) where block i is sampled, s_i elsewhere; mask (..., m, 1)"""
    return s + mask * (a * (new - s) + gamma * (new - old))


@dataclass(frozen=True, eq=False)
class Estimate:
    """A tracker s of h(x), at random: s, h(x_prev) and h(x) of every block."""

    k: int
    s: Array  # (B, m, d)
    old: Array  # (B, m, d)
    new: Array  # (B, m, d)


@dataclass(frozen=True)
class RandomTrackers:
    """Gaussian s, h(x_prev), h(x)."""

    def iterates(self, problem: ManyBlocks, noise: Noise, /) -> Iterator[Estimate]:
        shape = problem.y0.shape[1:]
        for k, numbers in enumerate(noise.normals("trackers", 3, *shape)):
            yield Estimate(k, numbers[:, 0, ...], numbers[:, 1, ...], numbers[:, 2, ...])


@dataclass(frozen=True, eq=False)
class Tracked:
    k: int
    x: Array  # (B, n)
    before: tuple[Array, Array, Array]  # x, y, v one step earlier
    y: Array  # (B, m, d)
    v: Array  # (B, m, d)
    s: Array  # (B, m, d) estimates ∇_y g_i
    u: Array  # (B, m, d) estimates A_i v_i − ∇_y f_i
    z: Array  # (B, n) estimates ∇F
    mask: Array  # (B, m, 1) blocks sampled in this step
    errors: tuple[Array, Array, Array]  # added to ∇_y g_i, to A_i v_i − ∇_y f_i, to the block gradients


@dataclass(frozen=True)
class BSVRB:
    """s, u by MSVR and z by STORM on I sampled blocks; y_i −= τ s_i, v_i −= τ u_i where sampled, x −= η z.

    η = 0.2 e, τ = 2 e, a = 4 e², e = K^{−1/3}, K the horizon of the row; noise common to both evaluations of a difference.
    """

    sampled: int = 2
    weight: Weight = corrected
    noise: float = 0.3

    def iterates(self, problem: ManyBlocks, noise: Noise, /) -> Iterator[Tracked]:
        xp = array_namespace(problem.x0)
        m, d, n = problem.y0.shape[1], problem.y0.shape[2], problem.x0.shape[-1]
        e = problem.horizon ** (-1 / 3)
        a, tau, eta = (4 * e**2)[:, None, None], (2 * e)[:, None, None], (0.2 * e)[:, None]
        gamma = self.weight(a, m, self.sampled)
        x, y, v = problem.x0, problem.y0, 0 * problem.y0
        before = (x, y, v)
        s, u, z = problem.lower_y(x, y), problem.adjoint(x, y, v), xp.mean(problem.block_gradients(x, v), axis=1)
        streams = zip(noise.uniforms("blocks", m), noise.normals("g", m, d), noise.normals("u", m, d), noise.normals("z", m, n), strict=False)
        for k, (draw, eg, eu, ez) in zip(count(), streams, strict=False):
            rank = xp.argsort(xp.argsort(draw, axis=-1), axis=-1)
            mask = xp.astype(rank < self.sampled, x.dtype)[:, :, None]
            eg, eu, ez = self.noise * eg, self.noise * eu, self.noise * ez
            s = msvr(s, problem.lower_y(x, y) + eg, problem.lower_y(before[0], before[1]) + eg, mask, a, gamma)
            u = msvr(u, problem.adjoint(x, y, v) + eu, problem.adjoint(*before) + eu, mask, a, gamma)
            new, old = (xp.sum(mask * (problem.block_gradients(*w) + ez), axis=1) / self.sampled for w in ((x, v), (before[0], before[2])))
            z = new + (1 - a[:, :, 0]) * (z - old)
            yield Tracked(k, x, before, y, v, s, u, z, mask, (eg, eu, ez))
            before = (x, y, v)
            x, y, v = x - eta * z, y - tau * mask * s, v - tau * mask * u
