"""Xiong, Ding, Du 2024, why imbalance drives asymmetric descent: a null pair, from both sides (derived, xdd.asym.scalar).

a_{t+1} = a_t(1 − η b_t²), b_{t+1} = b_t(1 − η a_t²), a_0 > b_0 > 0, η a_0² ≤ 1, Δ_0 = a_0² − b_0². For every t,

    b_0 √(Δ_0(1 − η b_0²)) (1 − η a_0²)^t  ≤  a_t b_t  ≤  a_0 b_0 (1 − η Δ_0(1 − η b_0²))^t.

So the rate is Θ(η α²): the dependence on the scale of the start cannot be avoided.
Why: Δ_{t+1} = Δ_t(1 − η²a_t²b_t²) and Σ η a_t²b_t² ≤ b_0² (telescope b²), so Δ_t ≥ Δ_0(1 − η b_0²); then a_t² ∈ [Δ_t, a_0²].
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.matrix_sensing.asymmetric import AsymmetricDescent, Pair, moved
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.asymmetric import Asymmetric, null_pair
from ratecheck import Always, Array, AtLeast, Claim, Constants, Seen, Status, Theorem, Unit, each
from theory_checks.matrix_sensing._common import STEP, derived, relative


def product(p: Asymmetric, s: Pair) -> Array:
    return s.Z[:, 0, 0]


def steps_both_factors(p: Asymmetric, s: Pair, t: Pair) -> Array:
    """F_{t+1} = F_t − η E G_t,  G_{t+1} = G_t − η Eᵀ F_t"""
    xp = array_namespace(s.F)
    F, G = moved(s.F, s.G, p.gradient(xp.matmul(s.F, xp.matrix_transpose(s.G))), s.step)
    return relative(t.F - F, s.F, t.F) + relative(t.G - G, s.G, t.G)


def gap(c: Constants) -> Array:
    return (c["a_0"] ** 2 - c["b_0"] ** 2) * (1 - c["eta"] * c["b_0"] ** 2)


def upper(k: Array, c: Constants) -> Array:
    return c["a_0"] * c["b_0"] * (1 - c["eta"] * gap(c)) ** k


def lower(k: Array, c: Constants) -> Array:
    return c["b_0"] * gap(c) ** 0.5 * (1 - c["eta"] * c["a_0"] ** 2) ** k


UPPER = Claim[Asymmetric, Pair](
    source=derived("xdd.asym.scalar", "two-sided bound for a null pair", "xiong2024, derived"),
    assumes=frozenset(),
    instances={"null pair": null_pair, "almost balanced": lambda seeds: null_pair(seeds, 1.0, 0.98)},
    algorithm=AsymmetricDescent(constant(0.1)),
    laws={"both factors": steps_both_factors},
    seen={"eta": STEP},
    given={"η a_0² ≤ 1": lambda k, c: c["eta"] * c["a_0"] ** 2},
    metric=each(product),
    unit=Unit(x=2),
    bound=upper,
    holds=Always(),
    k=range(5, 400),
    seeds=8,
)
LOWER = replace(UPPER, bound=lower, holds=AtLeast())

THEOREM = Theorem(
    claims={"from above": (UPPER, Status.CONSISTENT), "from below": (LOWER, Status.CONSISTENT)},
    foils={
        "step 1.2": (replace(LOWER, algorithm=AsymmetricDescent(constant(1.2)), instances={"large": lambda seeds: null_pair(seeds, 2.0)}, k=range(2, 5)),
                     Status.NOT_APPLICABLE),
        "half the step": (replace(UPPER, algorithm=AsymmetricDescent(constant(0.05)),
                                  seen={"eta": Seen(each(lambda p, s: 2 * s.step), Unit(x=-2))}), Status.REFUTED),
        "a_0^2 from above": (replace(UPPER, bound=lambda k, c: c["a_0"] * c["b_0"] * (1 - c["eta"] * c["a_0"] ** 2) ** k), Status.REFUTED),
        "gap from below": (replace(LOWER, bound=upper), Status.REFUTED),
        "no eta b^2": (replace(LOWER, bound=lambda k, c: 1.3 * lower(k, c)), Status.REFUTED),
        "unit": (replace(UPPER, bound=lambda k, c: upper(k, c) / c["a_0"]), Status.ILL_POSED),
    },
)
