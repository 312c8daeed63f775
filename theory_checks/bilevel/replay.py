"""Engstrom, Ilyas, Chen, Feldmann, Moses, Madry 2025: REPLAY (orders read in public implementations; the counts proved here).

Training s_{t+1} = h_t(s_t, z), t < T, loss φ(s_T); reverse mode visits s_{T−1}, ..., s_0. A k-ary tree of depth D = log_k T keeps in
each node the start states of its children, recomputed by replaying forward. If h_t is deterministic, for T = k^D:
  · the metagradient is bit for bit that of storing every state;
  · replayed steps  T D (k−1)/k  (and one more to reach s_T), one vector-Jacobian product a step:
    fwd(D) = (k−1)k^{D−1} + k fwd(D−1);
  · peak number of states kept  1 + (k−1)D.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.bilevel.batched import dot, norm
from algorithms.bilevel.replay import Metagradient, Replay, StoreAll, Training
from problems.bilevel import training
from ratecheck import (
    Array,
    Claim,
    Count,
    Counted,
    Counting,
    Lockstep,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    Vanishes,
    each,
)

Pair = tuple[Metagradient, Metagradient]
H = 1e-4


def calls(name: str, p: Training, states: Iterator[Counted[Metagradient]]) -> Iterator[Array]:
    """Calls of one oracle for this D alone"""
    before = 0
    for s in states:
        yield float(s.calls[name] - before)
        before = s.calls[name]


def grows(arity: int, p: Training, s: Pair, t: Pair) -> Array:
    """T is multiplied by the arity, and s_T is reached by T steps from s_0"""
    end = p.y0
    for k in range(s[0].T):
        end = p.step(end, p.x0, k)
    xp = array_namespace(end)
    return xp.max(xp.abs(end - s[0].end), axis=-1) + abs(t[0].T - arity * s[0].T)


def difference(p: Training, states: Iterator[Pair]) -> Iterator[Array]:
    """|⟨metagradient, u⟩ − a central difference of φ(s_T)| along u = (1, −1, 1, ...)"""
    xp = array_namespace(p.x0)
    u = 1 - 2 * xp.astype(xp.arange(p.x0.shape[-1]) % 2, p.x0.dtype)[None, :] + 0 * p.x0
    for s, _ in states:
        ends = []
        for z in (p.x0 + H * u, p.x0 - H * u):
            state = p.y0
            for t in range(s.T):
                state = p.step(state, z, t)
            ends.append(p.loss(state))
        yield xp.abs((ends[0] - ends[1]) / (2 * H) - dot(s.g, u))


def exact(arity: int) -> Claim[Training, Pair]:
    return Claim(
        source=Source("engstrom2025", "REPLAY, exactness", "replay.exact", Statement.DERIVED),
        assumes=frozenset({Trait.SMOOTH}),
        instances={"logistic": training.planted, "breast cancer": training.breast_cancer},
        algorithm=Lockstep(Replay(arity), StoreAll(arity)),
        laws={"grows": partial(grows, arity)},
        seen={"size": Seen(each(lambda p, s: norm(s[1].g)))},
        metric=each(lambda p, s: norm(s[0].g - s[1].g)),
        unit=Unit(),
        bound=lambda D, c: c["size"],
        holds=Vanishes(0.0),
        k=range(1, 7 if arity == 2 else 4),
        seeds=2,
    )


def counting(arity: int, slug: str, statement: Statement) -> Claim[Training, Counted[Metagradient]]:
    return Claim(
        source=Source("engstrom2025", "REPLAY, cost", slug, statement),
        assumes=frozenset({Trait.SMOOTH}),
        instances={"logistic": training.planted},
        algorithm=Counting(Replay(arity), training.counted),
        metric=partial(calls, "step"),
        unit=Unit(),
        bound=lambda D, c: arity**D * D * (arity - 1) / arity + 1,
        holds=Count(),
        k=range(1, 8 if arity == 2 else 5),
        seeds=1,
    )


TWO, THREE = counting(2, "replay.forward-count", Statement.DERIVED), counting(3, "replay.forward-count", Statement.DERIVED)
PRODUCTS = replace(TWO, metric=partial(calls, "vjp"), bound=lambda D, c: 2**D)
MEMORY = replace(
    counting(3, "replay.memory", Statement.DERIVED), metric=each(lambda p, s: float(s.state.peak)), bound=lambda D, c: 1 + 2 * D,
)
MEMORY_TWO = replace(
    counting(2, "replay.memory", Statement.DERIVED), metric=each(lambda p, s: float(s.state.peak)), bound=lambda D, c: 1 + D,
)
STRAYS = replace(exact(2), algorithm=Lockstep(Replay(2, remembers=False), StoreAll(2)))
FORGETS = replace(exact(2), algorithm=Lockstep(Replay(2), StoreAll(2, forgets=True)))

THEOREM = Theorem(
    claims={
        "bitwise, k = 2": (exact(2), Status.CONSISTENT),
        "bitwise, k = 3": (exact(3), Status.CONSISTENT),
        "finite differences": (replace(exact(2), metric=difference, holds=Vanishes(1e-5)), Status.CONSISTENT),
        "steps, k = 2": (TWO, Status.CONSISTENT),
        "steps, k = 3": (THREE, Status.CONSISTENT),
        "products": (PRODUCTS, Status.CONSISTENT),
        "memory, k = 3": (MEMORY, Status.CONSISTENT),
        "memory, k = 2": (MEMORY_TWO, Status.CONSISTENT),
    },
    foils={
        "other minibatches when replayed": (STRAYS, Status.UNLAWFUL),
        "other minibatches, unstated": (replace(STRAYS, laws={}), Status.REFUTED),
        "state derivative forgotten": (FORGETS, Status.REFUTED),
        "T steps less": (replace(TWO, bound=lambda D, c: 2**D * (D - 1) / 2 + 1), Status.REFUTED),
        "T log T steps": (replace(THREE, bound=lambda D, c: 3**D * D + 1), Status.REFUTED),
        "k D states": (replace(MEMORY, bound=lambda D, c: 3 * D), Status.REFUTED),
        "√T states": (replace(MEMORY_TWO, bound=lambda D, c: np.rint(2 ** (D / 2))), Status.REFUTED),
    },
)
