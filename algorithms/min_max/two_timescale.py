"""Chae, Kim, Kim 2024: gradient descent ascent and extragradient with two time scales (the scaling Λ_τ is in the oracle)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Algorithm, Array, Noise
from ratecheck.oracles import Operator


@dataclass(frozen=True, eq=False)
class Iterate:
    k: int
    z: Array  # (B, n)
    eta: Array  # (B,)


@dataclass(frozen=True)
class TwoTimescaleGDA:
    """z' = z − η Λ_τ F(z); η = factor times the problem's own step."""

    factor: float = 1.0

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[Iterate]:
        z = problem.x0
        eta = self.factor * problem.constants["eta"].value
        for k in count():
            yield Iterate(k, z, eta)
            z = z - eta[:, None] * problem.apply(z)


@dataclass(frozen=True)
class TwoTimescaleEG:
    """z̃ = z − η Λ_τ F(z), z' = z − η Λ_τ F(z̃)."""

    factor: float = 1.0

    def iterates(self, problem: Operator, noise: Noise, /) -> Iterator[Iterate]:
        z = problem.x0
        eta = self.factor * problem.constants["eta"].value
        for k in count():
            yield Iterate(k, z, eta)
            z = z - eta[:, None] * problem.apply(z - eta[:, None] * problem.apply(z))


class Restartable(Operator, Protocol):
    def starting(self, x0: Array, /) -> Restartable: ...


@dataclass(frozen=True, eq=False)
class StepMatrix:
    T: Array  # (B, n, n): z_{k+1} = T z_k
    eta: Array  # (B,)


@dataclass(frozen=True)
class Linearised:
    """The matrix of one step of a memoryless linear method, read off at e_1, ..., e_n and confirmed at one more point."""

    base: Algorithm[Operator, Iterate]

    def iterates(self, problem: Restartable, noise: Noise, /) -> Iterator[StepMatrix]:
        x = problem.x0
        xp = array_namespace(x)

        def step(z: Array) -> Iterate:
            return next(islice(self.base.iterates(problem.starting(z), noise), 1, None))

        eye = xp.eye(x.shape[-1], dtype=x.dtype)
        T = xp.stack([step(eye[j, :][None, :] + 0 * x).z for j in range(x.shape[-1])], axis=-1)
        probe = step(x)
        if not xp.max(xp.abs(probe.z - xp.squeeze(xp.matmul(T, x[:, :, None]), axis=-1))) <= 1e-12 * xp.max(xp.abs(x)):
            raise ValueError("Linearised: the step is not linear in z")
        yield StepMatrix(T, probe.eta)
