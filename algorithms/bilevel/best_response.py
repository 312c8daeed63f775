"""MacKay, Vicol, Lorraine, Duvenaud, Grosse 2019: self-tuning networks, the best response as a gated or an affine function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply_t, solve
from algorithms.bilevel.oracles import Solvable
from ratecheck import Array, Noise, Problem


class Decomposed(Problem, Protocol):
    @property
    def X(self) -> Array: ...
    @property
    def t(self) -> Array: ...
    @property
    def U(self) -> Array: ...
    @property
    def s(self) -> Array: ...
    @property
    def Wt(self) -> Array: ...


@dataclass(frozen=True, eq=False)
class Gated:
    k: int
    lam: float
    Q: Array  # (B, d, d) gated rows
    s: Array  # (B, d) output weights


@dataclass(frozen=True)
class GatedResponse:
    """Q(λ) = diag(σ(c − λ)) W', s = (U't)/d with c_i = 2 log d_i; predictor s'Qx. λ = −6 + 0.4 k. shared: one gate for all rows."""

    power: float = 2.0
    shared: bool = False

    def iterates(self, problem: Decomposed, noise: Noise, /) -> Iterator[Gated]:
        xp = array_namespace(problem.s)
        for k in count():
            lam = -6 + 0.4 * k
            offset = self.power * xp.log(problem.s)
            offset = xp.mean(offset, axis=-1, keepdims=True) + 0 * offset if self.shared else offset
            gate = 0.5 * (1 + xp.tanh(0.5 * (offset - lam)))
            yield Gated(k, lam, gate[:, :, None] * problem.Wt, apply_t(problem.U, problem.t) / problem.s)


@dataclass(frozen=True, eq=False)
class Affine:
    k: int
    P: Array  # (B, m, 1 + n): intercept and slope
    gamma: Array  # (B, 1, 1)


@dataclass(frozen=True)
class AffineResponse:
    """Gradient descent on the mean of g(x0 + e_j, P(1, e_j)) over `samples` perturbations e_j ~ N(0, σ²I), preconditioned by the
    second moment of (1, e): converges linearly, factor 1 − μ/L."""

    sigma: float = 1.0
    samples: int = 16

    def perturbations(self, problem: Solvable, noise: Noise) -> list[Array]:
        xp = array_namespace(problem.x0)
        ones = xp.ones((problem.x0.shape[0], 1), dtype=problem.x0.dtype)
        return [xp.concat([ones, self.sigma * e], axis=-1) for e in islice(noise.normals("perturb", problem.x0.shape[-1]), self.samples)]

    def iterates(self, problem: Solvable, noise: Noise, /) -> Iterator[Affine]:
        xp = array_namespace(problem.x0)
        E = self.perturbations(problem, noise)
        moment = sum((e[:, :, None] * e[:, None, :] for e in E[1:]), E[0][:, :, None] * E[0][:, None, :])
        gamma = (1 / problem.constants["L"].value + 0 * problem.x0[:, 0])[:, None, None]
        P = 0 * problem.y0[:, :, None] * E[0][:, None, :]
        for k in count():
            yield Affine(k, P, gamma)
            gradient = 0 * P
            for e in E:
                y = xp.squeeze(xp.matmul(P, e[:, :, None]), axis=-1)
                g = problem.lower_y(problem.x0 + e[:, 1:], y)
                gradient = gradient + g[:, :, None] * solve(moment, e)[:, None, :]
            P = P - gamma * gradient
