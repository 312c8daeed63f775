"""Loo, Hasani, Lechner, Rus 2023: distillation of data through the last layer, a kernel ridge regression (the convex part of RCIG)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply, apply_t, dot
from algorithms.bilevel.linear import cg
from ratecheck import Array, Noise, Problem


class Distillable(Problem, Protocol):
    @property
    def y0(self) -> Array: ...  # (B, p) weights
    @property
    def Xt(self) -> Array: ...
    @property
    def yt(self) -> Array: ...
    @property
    def lam(self) -> Array: ...
    def split(self, x: Array, /) -> tuple[Array, Array]: ...
    def features(self, X: Array, /) -> Array: ...
    def features_t(self, X: Array, G: Array, /) -> Array: ...


@dataclass(frozen=True, eq=False)
class Distilled:
    k: int
    x: Array  # (B, n_s·d + n_s) images and labels of the support
    w: Array  # (B, p) ≈ weights of the regression on the support
    q: Array  # (B, p) ≈ (Φ_s'Φ_s + λI)⁻¹∇_w outer
    z: Array  # (B, n_s·d + n_s)


@dataclass(frozen=True)
class DistillationDescent:
    """x −= step·z; w and q by `solves` steps of conjugate gradients from the last ones. `residual` False drops (Φ_s w − y_s)q'."""

    step: float = 0.1
    solves: int = 10
    residual: bool = True

    def iterates(self, problem: Distillable, noise: Noise, /) -> Iterator[Distilled]:
        xp = array_namespace(problem.x0)
        x, w = problem.x0, problem.y0
        q, target = 0 * w, problem.features(problem.Xt)
        for k in count():
            X, y = problem.split(x)
            Phi = problem.features(X)

            def gram(v: Array, Phi: Array = Phi) -> Array:
                return apply_t(Phi, apply(Phi, v)) + problem.lam[:, None] * v

            w = cg(gram, apply_t(Phi, y), self.solves, w)
            q = cg(gram, apply_t(target, apply(target, w) - problem.yt), self.solves, q)
            along = apply(Phi, q)
            slope = -along[:, :, None] * w[:, None, :]
            if self.residual:
                slope = slope - (apply(Phi, w) - y)[:, :, None] * q[:, None, :]
            z = xp.concat([xp.reshape(problem.features_t(X, slope), (x.shape[0], -1)), along], axis=-1)
            yield Distilled(k, x, w, q, z)
            x = x - self.step * z


def outer_loss(p: Distillable, w: Array) -> Array:
    """½‖Φ_t w − y_t‖², (B,)"""
    r = apply(p.features(p.Xt), w) - p.yt
    return 0.5 * dot(r, r)
