"""Metagradients of long training runs: memory against time of replaying a k-ary tree

Reverse mode through T training steps (breast cancer data, one weight a patient) keeps T states. A lazy k-ary tree (Engstrom et al. 2025)
keeps 1 + (k−1) log_k T and replays T log_k T (k−1)/k steps. What are the counts, what does it cost in seconds, and is the gradient
the same to the last bit?
"""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np

from algorithms.bilevel.replay import Metagradient, Replay, StoreAll
from problems.bilevel.training import breast_cancer, counted
from ratecheck import Tally
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

DEPTHS = {2: 11, 3: 7, 4: 6, 8: 4}


def measured(algorithm: Any, depths: int) -> list[tuple[Metagradient, int, float]]:
    """(state, training steps, seconds) for depths 1, 2, ..."""
    tally = Tally()
    p = counted(breast_cancer(range(1)), tally)
    states: Iterator[Metagradient] = algorithm.iterates(p, SeededNoise(range(1)))
    next(states)
    found = []
    for _ in range(depths - 1):
        tally.clear()
        began = perf_counter()
        s = next(states)
        found.append((s, tally["step"], perf_counter() - began))
    return found


def study() -> Study:
    peaks, seconds, trade, rows = [], [], [], []
    same = exact_memory = exact_steps = True
    for arity, depths in DEPTHS.items():
        tree, whole = measured(Replay(arity), depths), measured(StoreAll(arity), depths)
        T = np.array([s.T for s, _, _ in tree])
        D = np.array([s.k for s, _, _ in tree])
        peak, steps = np.array([s.peak for s, _, _ in tree]), np.array([n for _, n, _ in tree])
        same &= all(bool((a.g == b.g).all()) for (a, _, _), (b, _, _) in zip(tree, whole, strict=True))
        exact_memory &= bool((peak == 1 + (arity - 1) * D).all())
        exact_steps &= bool((steps == T * D * (arity - 1) // arity + 1).all())
        peaks.append(Curve(f"k = {arity}", T, peak))
        seconds.append(Curve(f"k = {arity}", T, [t for _, _, t in tree]))
        trade.append(Curve(f"k = {arity}, T = {T[-1]}", [peak[-1]], [steps[-1] / T[-1]], style=Style.POINTS))
        rows.append((arity, int(T[-1]), int(peak[-1]), int(steps[-1]), float(steps[-1] / T[-1]), tree[-1][2], whole[-1][2]))
        if arity == 2:
            peaks.append(Curve("every state", T, T, style=Style.BOUND))
            seconds.append(Curve("every state", T, [t for _, _, t in whole]))
            trade.append(Curve(f"every state, T = {T[-1]}", [T[-1]], [1.0], style=Style.POINTS))
            saved = T[-1] / peak[-1]
    return Study(
        findings=(
            Finding("the metagradient is bit for bit that of storing every state, for every k and T", same),
            Finding("states alive at the same time: exactly 1 + (k−1) log_k T", exact_memory),
            Finding("training steps: exactly T log_k T (k−1)/k + 1", exact_steps),
            Finding(f"k = 2, T = {rows[0][1]}: {saved:.0f} times fewer states for {rows[0][4]:.1f} times the training steps", saved > 50 and rows[0][4] < 6),
        ),
        panels=(
            Panel("memory", "training steps T", "states kept", peaks),
            Panel("time", "training steps T", "seconds", seconds),
            Panel("memory against time", "states kept", "training steps run / T", trade),
        ),
        tables=(Table("the longest run of each arity", ("k", "T", "states", "steps run", "steps run / T", "seconds", "seconds, every state kept"), rows),),
    )
