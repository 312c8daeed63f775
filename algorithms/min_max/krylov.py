"""The best that a span method can do: the smallest residual over z_0 + span{F(z_0), …}, derived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from ratecheck import Array, Noise
from ratecheck.oracles import Operator, WithMinimiser


class Affine(Operator, WithMinimiser, Protocol):
    """F affine with a known zero."""


@dataclass(frozen=True, eq=False)
class State:
    k: int  # calls spent
    x: Array  # (B, n)


@dataclass(frozen=True)
class SmallestResidual:
    """x_q minimises ‖F(x_0 + d)‖ over d in span{F(x_0), A F(x_0), …}, q vectors: q calls of F build them."""

    def iterates(self, problem: Affine, noise: Noise, /) -> Iterator[State]:
        x0 = problem.x0
        xp = array_namespace(x0)
        F0 = problem.apply(x0)
        basis: list[Array] = []
        vector = F0
        yield State(0, x0)
        for q in count(1):
            for _ in range(2):  # twice is enough
                for b in basis:
                    vector = vector - xp.sum(b * vector, axis=-1)[:, None] * b
            norm = xp.sqrt(xp.sum(vector * vector, axis=-1))[:, None]
            basis.append(vector / xp.where(norm > 0, norm, xp.ones_like(norm)))  # 0 once the span is the whole space
            K = xp.stack(basis, axis=-1)  # (B, n, q)
            AK = xp.stack([problem.apply(problem.x_star + b) for b in basis], axis=-1)
            d = xp.matmul(K, xp.matmul(xp.linalg.pinv(AK), -F0[:, :, None]))
            yield State(q, x0 + xp.squeeze(d, axis=-1))
            vector = problem.apply(problem.x_star + basis[-1])
