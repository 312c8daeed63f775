"""Kingma, Ba 2014 (arXiv 1412.6980, read), section 2.1: how long can a step of Adam be? The printed bound is exceeded; the sharp one.

Take ε = 0, α = 1 and b1² < b2. For every sequence of gradients the length |m̂_t| / √v̂_t of the t-th step is claimed to be at most

    printed:  (1−b1)/√(1−b2)  if (1−b1) > √(1−b2), else 1.

Gradients that grow like (b2/b1)^t exceed it 2.25 times at the default betas (0.9, 0.999). What holds, and is attained by that
sequence as t → ∞, is

    sharp:    |m̂_t| / √v̂_t  ≤  √(1−b2^t)/(1−b1^t) · (1−b1) / √((1−b2)(1−b1²/b2)).

Proof: Cauchy–Schwarz on m_t = (1−b1) Σ b1^{t−i} g_i with the weights b2^{t−i} of v_t; Σ (b1²/b2)^j ≤ 1/(1−b1²/b2).
The index is k = t − 1. The printed case distinction would be right if all gradients before the last were zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.neighbours.adam import Adam, Gradients, Moments
from problems.neighbours.gradient_sequences import GradientSequence, gaussian, geometric
from ratecheck import Always, Array, Claim, Constants, Noise, Seen, Source, Statement, Status, Theorem, Unit, each


def length(p: GradientSequence, s: Moments) -> Array:
    xp = array_namespace(s.m_hat)
    return xp.max(xp.abs(s.m_hat) / xp.sqrt(s.v_hat), axis=-1)


def sharp(k: Array, c: Constants) -> Array:
    b1, b2 = c["b1"], c["b2"]
    correction = np.sqrt(1 - b2 ** (k + 1)) / (1 - b1 ** (k + 1))
    return correction * (1 - b1) / np.sqrt((1 - b2) * (1 - b1**2 / b2))


def printed(k: Array, c: Constants) -> Array:
    return np.maximum((1 - c["b1"]) / np.sqrt(1 - c["b2"]), 1.0)


def _averages(of: Callable[[Moments], Array], power: int, rate: Callable[[Moments], float]) -> Callable[..., Array]:
    def law(p: GradientSequence, s: Moments, t: Moments) -> Array:
        xp = array_namespace(s.m)
        wanted = rate(s) * of(s) + (1 - rate(s)) * p.grad_at(t.k + 1) ** power
        return xp.max(xp.abs(of(t) - wanted) / (xp.abs(of(s)) + xp.abs(of(t))), axis=-1)

    return law


def corrected(p: GradientSequence, s: Moments, t: Moments) -> Array:
    """m̂_t = m_t/(1−b1^t), v̂_t = v_t/(1−b2^t)"""
    xp = array_namespace(s.m)
    m = xp.abs(t.m_hat * (1 - t.b1 ** (t.k + 1)) - t.m) / xp.abs(t.m)
    v = xp.abs(t.v_hat * (1 - t.b2 ** (t.k + 1)) - t.v) / t.v
    return xp.max(m + v, axis=-1)


@dataclass(frozen=True)
class Uncorrected:
    """Adam without the division by 1 − b^t."""

    base: Adam

    def iterates(self, problem: Gradients, noise: Noise, /):  # type: ignore[no-untyped-def]
        for s in self.base.iterates(problem, noise):
            yield replace(s, m_hat=s.m, v_hat=s.v)


CLAIM = Claim[GradientSequence, Moments](
    source=Source("kingma2014 (arXiv 1412.6980)", "section 2.1, corrected", "nb.adam.step-bound", Statement.DERIVED),
    assumes=frozenset(),
    instances={"geometric": partial(geometric, growth=0.999 / 0.9)},
    algorithm=Adam(0.9, 0.999),
    metric=each(length),
    unit=Unit(),
    bound=sharp,
    holds=Always(),
    k=range(3089),
    seen={"b1": Seen(each(lambda p, s: s.b1)), "b2": Seen(each(lambda p, s: s.b2))},
    given={"b1² < b2": lambda k, c: c["b1"] ** 2 / c["b2"]},
    laws={
        "first moment": _averages(lambda s: s.m, 1, lambda s: s.b1),
        "second moment": _averages(lambda s: s.v, 2, lambda s: s.b2),
        "bias corrected": corrected,
    },
    sharp={"geometric": Always(power=0.9999)},
    seeds=1,
)
RANDOM = replace(CLAIM, instances={"Gaussian": gaussian}, k=range(2000), sharp={}, seeds=8)
READ = replace(CLAIM.source, place="section 2.1, as printed", statement=Statement.VERIFIED)

THEOREM = Theorem(
    claims={"sharp": (CLAIM, Status.CONSISTENT), "random gradients": (RANDOM, Status.CONSISTENT)},
    printed={"section 2.1": (replace(CLAIM, source=READ, bound=printed, sharp={}), Status.REFUTED)},
    foils={
        "no bias correction": (replace(CLAIM, algorithm=Uncorrected(Adam())), Status.UNLAWFUL),
        "b2 forgotten": (
            replace(CLAIM, bound=lambda k, c: sharp(k, c) * np.sqrt(1 - c["b1"] ** 2 / c["b2"]), sharp={}),
            Status.REFUTED,
        ),
        "1% less": (replace(CLAIM, bound=lambda k, c: 0.99 * sharp(k, c), sharp={}), Status.REFUTED),
        "growth 1.05": (replace(CLAIM, instances={"geometric": partial(geometric, growth=1.05)}), Status.UNSHARP),
        "b1² > b2": (replace(CLAIM, algorithm=Adam(0.9, 0.8), k=range(200)), Status.NOT_APPLICABLE),
    },
)
