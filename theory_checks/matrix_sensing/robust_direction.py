"""Ma, Fattahi 2023, robust recovery: the mean of the sub-gradient (derived).

A standard Gaussian, outliers s = 0 with probability 1 − p, else s ~ P; D = (1/m) Σ sign(⟨A_i, X⟩ − s_i) A_i. Then

    E D = φ(X) X/‖X‖_F,    φ(X) = √(2/π) ( 1 − p + p E_{s~P} exp(−s²/(2‖X‖²)) ),    = 1/√(1 + v²/‖X‖²) inside for s ~ N(0, v²).

So the mean of the method with step η‖X‖/φ is gradient descent with step 2η on ¼‖UUᵀ − M*‖² (rob.population-is-GD): everything that
is known of the factorisation applies. Why: E[sign(‖X‖g − s) g | s] = √(2/π) exp(−s²/(2‖X‖²)), the orthogonal part averages to 0.
An expectation is tested from both sides: E⟨D, X⟩/‖X‖ ≤ φ, and E(2 − ⟨D, X⟩/‖X‖) ≤ 2 − φ (the metric is positive, m = 150).
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.descent import Factor, FactoredDescent
from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.subgradient import Signs, SubgradientMethod, residual_rule
from problems.matrix_sensing.robust import MeanSign, Outliers, mean_sign, one_direction
from ratecheck import Array, Claim, Direct, InExpectation, Lockstep, Seen, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.matrix_sensing._common import derived, frobenius, relative

SAME_STEP = FactoredDescent(constant(0.2))
PI = 3.141592653589793


def start(p: Outliers) -> Array:
    """D at x_0, where the difference to the truth is X"""
    return p.sign_direction(0 * p.M)


def along(p: Outliers, D: Array) -> Array:
    """⟨D, X⟩/‖X‖"""
    return array_namespace(D).sum(-D * p.M, axis=(1, 2)) / frobenius(p.M)


def difference(p: MeanSign, pair: tuple[Signs, Factor]) -> Array:
    return frobenius(pair[0].X - pair[1].X)


def follows_the_signs(p: MeanSign, s: tuple[Signs, Factor], t: tuple[Signs, Factor]) -> Array:
    """X_{t+1} = X_t − 2η_t D X_t"""
    a, b = s[0], t[0]
    xp = array_namespace(a.X)
    return relative(b.X - a.X + 2 * a.step[:, None, None] * xp.matmul(p.sign_direction(a.Z), a.X), a.X, b.X)


ABOVE = Claim[Outliers, Array](
    source=derived("rob.mean-direction", "mean of the sub-gradient", "ma2023, derived"),
    assumes=frozenset(),
    instances={
        "p = 0.3, small outliers": one_direction,
        "p = 0.8, as large as X": partial(one_direction, share=0.8, size=1.0),
        "no outliers": partial(one_direction, share=0.0),
    },
    algorithm=Direct(start),
    metric=each(along),
    unit=Unit(),
    bound=lambda k, c: c["phi"],
    holds=InExpectation(power=0.8),
    k=range(1),
    seeds=256,
)
BELOW = replace(ABOVE, metric=each(lambda p, D: 2 - along(p, D)), bound=lambda k, c: 2 - c["phi"])
SAME = Claim[MeanSign, tuple[Signs, Factor]](
    source=derived("rob.population-is-GD", "mean of the method", "ma2023, derived"),
    assumes=frozenset({Trait.SYMMETRIC}),
    instances={"α from 1e-5 to 1e-2": mean_sign},
    # η φ ‖E‖ with η φ² = 0.1 · …: 2 · (0.1 π/2 · √(2/π)‖E‖) · √(2/π) E/‖E‖ = 0.2 E
    algorithm=Lockstep(SubgradientMethod(residual_rule(0.1 * PI / 2)), SAME_STEP),
    laws={"signs": follows_the_signs},
    seen={"|X|": Seen(each(lambda p, s: frobenius(s[1].X)), Unit(x=1))},
    metric=each(difference),
    unit=Unit(x=1),
    bound=lambda k, c: c["|X|"],
    holds=Vanishes(within=1e-10),
    k=range(120),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "mean, from above": (ABOVE, Status.CONSISTENT),
        "mean, from below": (BELOW, Status.CONSISTENT),
        "the mean method is descent": (SAME, Status.CONSISTENT),
    },
    foils={
        "phi without outliers": (replace(BELOW, bound=lambda k, c: 2 - (2 / PI) ** 0.5 + 0 * c["phi"]), Status.REFUTED),
        "1 - p alone": (replace(ABOVE, bound=lambda k, c: 0.7 * (2 / PI) ** 0.5 + 0 * c["phi"]), Status.REFUTED),
        "10 % less": (replace(ABOVE, bound=lambda k, c: 0.9 * c["phi"]), Status.REFUTED),
        "half the step": (replace(SAME, algorithm=Lockstep(SubgradientMethod(residual_rule(0.05 * PI / 2)), SAME_STEP)), Status.REFUTED),
        "squared size": (replace(SAME, bound=lambda k, c: c["|X|"] ** 2), Status.ILL_POSED),
    },
)
