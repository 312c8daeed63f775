"""The gradient flow of symmetric factorisation in closed form (C3.1 of the common facts, ms.flow.closed-form).

X' = (M* − XXᵀ)X, M* = V diag(s) Vᵀ of rank r, any X₀ ∈ ℝ^{n×k}. In the basis V, Z = XXᵀ is, for every t ≥ 0,

    Z(t) = E X₀ (I + X₀ᵀ D X₀)⁻¹ X₀ᵀ E,    E = exp(St),    D = diag( (e^{2 s_i t} − 1)/s_i,  or 2t where s_i = 0 ).

Why: Z' = SZ + ZS − 2Z², a Riccati equation; where Z is invertible, (Z⁻¹)' = −Z⁻¹S − SZ⁻¹ + 2I is linear.
Held against a Runge–Kutta integration of X' in the original basis.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.flow import Flow, IntegratedFlow, RiccatiFlow
from problems.matrix_sensing.sensing import Sensing, planted
from ratecheck import Array, Claim, Lockstep, Seen, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.matrix_sensing._common import derived, frobenius, transposed

H = 0.01
Pair = tuple[Flow, Flow]


def difference(p: Sensing, pair: Pair) -> Array:
    """‖V Z(t) Vᵀ − XXᵀ‖"""
    xp = array_namespace(p.V)
    return frobenius(xp.matmul(xp.matmul(p.V, pair[0].Z), transposed(p.V)) - pair[1].Z)


def against(closed: RiccatiFlow, h: float = H) -> Lockstep[Sensing, Flow, Flow]:
    return Lockstep(closed, IntegratedFlow(h))


CLAIM = Claim[Sensing, Pair](
    source=derived("ms.flow.closed-form", "C3.1"),
    assumes=frozenset({Trait.SYMMETRIC}),
    instances={
        "k = 2 < r": partial(planted, spectrum=(1.0, 0.6, 0.3), n=6, k=2, alpha=0.3),
        "k = n > r": partial(planted, spectrum=(1.0, 0.6, 0.3), n=6, k=6, alpha=0.3),
        "equal eigenvalues": partial(planted, spectrum=(1.0, 1.0, 0.4), n=5, k=3, alpha=0.3),
    },
    algorithm=against(RiccatiFlow(time=lambda k: H * (k + 1))),
    seen={"|Z|": Seen(each(lambda p, s: frobenius(s[1].Z)), Unit(x=2))},
    metric=each(difference),
    unit=Unit(x=2),
    bound=lambda k, c: c["|Z|"],
    holds=Vanishes(within=1e-8),
    k=range(1500),
    seeds=8,
)

THEOREM = Theorem(
    claims={"closed form = integration": (CLAIM, Status.CONSISTENT)},
    foils={
        "one step late": (replace(CLAIM, algorithm=against(RiccatiFlow(time=lambda k: H * (k + 2))), k=range(300)), Status.REFUTED),
        "twice the speed": (replace(CLAIM, algorithm=against(RiccatiFlow(time=lambda k: 2 * H * (k + 1))), k=range(300)), Status.REFUTED),
        "large steps": (replace(CLAIM, algorithm=against(RiccatiFlow(time=lambda k: 0.5 * (k + 1)), 0.5), k=range(30)), Status.REFUTED),
        "to 1e-13": (replace(CLAIM, holds=Vanishes(within=1e-13), k=range(300)), Status.REFUTED),
        "squared size": (replace(CLAIM, bound=lambda k, c: c["|Z|"] ** 2, k=range(30)), Status.ILL_POSED),
    },
)
