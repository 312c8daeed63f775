"""Xiong, Ding, Du 2024 (abstract read), asymmetric descent is linear, at a rate set by the imbalance of the start.

F_0 = α F~, G_0 = (α/3) G~ Gaussian, k > r, δ = 0. Measured is the log-slope −d log‖F_tG_tᵀ − M*‖/dt at late t.
  xdd.asym.linear          exp(−Ω(α² T)): the steps from error 10⁻⁵ to 10⁻⁷ grow like 1/(η α²);
  xdd.asym.slope           it is −log(1 − η d), d the smallest eigenvalue of FᵀF or GᵀG that does not die (derived: near the
                           limit E → E − η(E GGᵀ + FFᵀE), on the tangent space of the products; the estimate by the
                           imbalance FᵀF − GᵀG on the null directions is 2 to 35 % lower);
  xdd.exact.linear         k = r: the local factor is 1 − η s_r, symmetric or not (recalled as exp(−Ω(T)), derived here);
  xdd.modified.alpha-free  one change F = ASBᵀ → βA, G → GBS/β near the solution: slope ~ η β² for every α (recalled).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.asymmetric import AsymmetricDescent, Pair
from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.asymmetric import Asymmetric, balanced, imbalanced_ladder
from problems.matrix_sensing.near import all_modes
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Always, Array, Claim, Equal, Scaling, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.matrix_sensing._common import STEP, derived, descends, frobenius
from theory_checks.matrix_sensing.asymmetric_pair import steps_both_factors

PAPER = "xiong2024, abstract"


def distance(p: Asymmetric, s: Pair) -> Array:
    return frobenius(s.Z - p.M)


def slope(p: Asymmetric, states: Iterator[Pair]) -> Iterator[Array]:
    """−log of the last contraction factor, averaged over 50 steps."""
    kept: list[Array] = []
    for s in states:
        kept.append(distance(p, s))
        del kept[:-51]
        yield array_namespace(kept[0]).log(kept[0] / kept[-1]) / max(len(kept) - 1, 1)


def smallest_alive(p: Asymmetric, s: Pair) -> Array:
    """The smallest eigenvalue of FᵀF or GᵀG that does not die: of the 2k the largest r + k survive."""
    xp = array_namespace(s.F)
    w = xp.sort(xp.concat([xp.linalg.svdvals(s.F), xp.linalg.svdvals(s.G)], axis=-1) ** 2, axis=-1)
    return w[:, s.F.shape[-1] - 3]


def two_decades(p: Asymmetric, states: Iterator[Pair]) -> Iterator[Array]:
    """Steps, so far, at which the error lies between 10⁻⁵ and 10⁻⁷."""
    steps = None
    for s in states:
        d = distance(p, s)
        xp = array_namespace(d)
        steps = xp.zeros_like(d) if steps is None else steps
        steps = steps + xp.astype((d < 1e-5) & (d > 1e-7), d.dtype)
        yield steps


def ratio(p: Asymmetric | Sensing, s: Pair | Factor, t: Pair | Factor) -> Array:
    return frobenius(t.Z - p.M) / frobenius(s.Z - p.M)


ALPHA = Claim[Asymmetric, Pair](
    source=Source(PAPER, "asymmetric upper bound", "xdd.asym.linear", Statement.VERIFIED),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"α from 0.1 to 0.25": imbalanced_ladder},
    algorithm=AsymmetricDescent(constant(0.8)),
    laws={"both factors": steps_both_factors},
    seen={"eta": STEP},
    metric=two_decades,
    unit=Unit(),
    bound=lambda k, c: 1 / (c["eta"] * c["alpha"] ** 2),
    holds=Scaling(of=lambda c: c["alpha"], within=0.15),
    k=range(4000, 4001),
    seeds=8,
)
SLOPE = replace(
    ALPHA, source=derived("xdd.asym.slope", "late slope", "xiong2024, derived"),
    instances={"k = r + 2": partial(imbalanced_ladder, low=0.25, high=0.4)},
    seen={"eta": STEP, "d": Seen(each(smallest_alive), Unit(x=2))}, algorithm=AsymmetricDescent(constant(0.2)), metric=slope,
    bound=lambda k, c: -np.log(1 - c["eta"] * c["d"]), holds=Equal(within=1e-3), k=range(1000, 1001),
)
EXACT = Claim[Asymmetric, Pair](
    source=Source("xiong2024, as recalled; factor derived", "k = r", "xdd.exact.linear", Statement.RECALLED),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"asymmetric, k = r": partial(balanced, k=3)},
    algorithm=AsymmetricDescent(constant(0.1)),
    laws={"both factors": steps_both_factors},
    seen={"eta": STEP},
    metric=each_step(ratio),
    unit=Unit(),
    bound=lambda k, c: 1 - c["eta"] * c["s_r"],
    holds=Equal(within=1e-3),
    k=range(380, 400),
    seeds=8,
)
SYMMETRIC = Claim[Sensing, Factor](
    source=EXACT.source, assumes=EXACT.assumes, instances={"symmetric, k = r": partial(all_modes, least=0.5)},
    algorithm=FactoredDescent(constant(0.1)), laws={"descent": descends}, seen={"eta": STEP}, metric=each_step(ratio),
    unit=Unit(), bound=EXACT.bound, holds=EXACT.holds, k=range(240, 250), seeds=8,
)
MODIFIED = replace(
    ALPHA, source=Source("xiong2024, as recalled", "Section 5", "xdd.modified.alpha-free", Statement.RECALLED), laws={},
    algorithm=AsymmetricDescent(constant(0.2), modify=(500, 0.6)), metric=slope, bound=lambda k, c: c["eta"] * 0.36 * c["s_1"],
    holds=Scaling(of=lambda c: c["alpha"], within=0.1), k=range(570, 571),
)
MODIFIED_SIZE = replace(MODIFIED, bound=lambda k, c: 1.3 * c["eta"] * 0.36 * c["s_1"], holds=Always(power=0.6))

THEOREM = Theorem(
    claims={
        "slope grows like α²": (ALPHA, Status.CONSISTENT),
        "late slope": (SLOPE, Status.CONSISTENT),
        "exact rank, asymmetric": (EXACT, Status.CONSISTENT),
        "exact rank, symmetric": (SYMMETRIC, Status.CONSISTENT),
        "modified: no α": (MODIFIED, Status.CONSISTENT),
        "modified: about ηβ²": (MODIFIED_SIZE, Status.CONSISTENT),
    },
    foils={
        "almost balanced start": (replace(SLOPE, instances={"G_0 = 0.99 F_0": partial(balanced, tilt=0.01)}), Status.REFUTED),
        "k > r": (replace(EXACT, instances={"k = r + 2": balanced}), Status.REFUTED),
        "never modified": (replace(MODIFIED, algorithm=AsymmetricDescent(constant(0.2))), Status.REFUTED),
        "alpha^4": (replace(ALPHA, bound=lambda k, c: (c["eta"] * c["alpha"] ** 2) ** -2), Status.REFUTED),
        "alpha": (replace(ALPHA, bound=lambda k, c: 1 / (c["eta"] * c["alpha"]), k=range(2, 3)), Status.ILL_POSED),
        "2 eta d": (replace(SLOPE, bound=lambda k, c: -np.log(1 - 2 * c["eta"] * c["d"])), Status.REFUTED),
        "2 eta s_r": (replace(EXACT, bound=lambda k, c: 1 - 2 * c["eta"] * c["s_r"]), Status.REFUTED),
    },
)
