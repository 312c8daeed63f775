"""Jaggi 2013 (PMLR v28), Lemma 5: what one step towards a vertex does, with an oracle of accuracy δ.

For f with curvature C_f over C, any γ ∈ [0, 1] and any v ∈ C with ⟨∇f(x), v⟩ ≤ min_C ⟨∇f(x), ·⟩ + δ γ C_f / 2,

    f(x + γ (v − x)) ≤ f(x) − γ g(x) + γ² C_f (1 + δ) / 2 .

Read as   f(x_{k+1}) − f(x_k) + γ_k g(x_k) ≤ γ_k² C_f (1 + δ)/2.   Equality for ‖x‖² on the simplex between two vertices.
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.frank_wolfe.inexact import InexactFrankWolfe
from algorithms.frank_wolfe.vanilla import FrankWolfe, State, open_loop
from problems.frank_wolfe.logistic import breast_cancer
from problems.frank_wolfe.nearest_point import OVER_SETS
from problems.frank_wolfe.simplex import planted, squared_norm
from ratecheck import Always, Array, Claim, Constants, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.oracles import SmoothOverCompact
from theory_checks.frank_wolfe._common import frank_wolfe, fw_gap, inner, moves_towards_v, roundoff, scaled, step_is

DELTA = 1.0


def met(p: SmoothOverCompact, s: State, t: State) -> Array:
    return p.value(t.x) - p.value(s.x) + scaled(s.gamma, s.x)[:, 0] * fw_gap(p, s)


def gamma(p: SmoothOverCompact, s: State) -> Array:
    return scaled(s.gamma, s.x)[:, 0]


def bound(k: Array, c: Constants) -> Array:
    return c["gamma"] ** 2 * c["C_f"] / 2


def approximate(delta: float) -> Law[SmoothOverCompact, State]:
    def law(p: SmoothOverCompact, s: State, t: State) -> Array:
        """⟨∇f(x_k), v_k⟩ = min + min(g(x_k), δ γ_k C_f/2)"""
        xp = array_namespace(s.x)
        g = p.grad(s.x)
        gap, lost = fw_gap(p, s), inner(g, s.v - p.lmo(g))
        allowed = delta * gamma(p, s) * p.constants["C_f"].value / 2
        scale = xp.sum(xp.abs(g * (s.x - s.v)) + xp.abs(g * s.v), axis=-1)  # 0 where the start is a minimiser
        return xp.abs(lost - xp.minimum(gap, allowed)) / xp.where(scale > 0, scale, 1.0 + 0.0 * scale)

    return law


EXACT = Claim[SmoothOverCompact, State](
    source=Source("jaggi2013", "Lemma 5, δ = 0", "fw.jaggi.step", Statement.VERIFIED),
    assumes=frozenset({Trait.SMOOTH, Trait.COMPACT}),
    instances={"least squares": planted, "squared norm": squared_norm},
    algorithm=FrankWolfe(open_loop),
    laws=frank_wolfe(lambda k: 2 / (k + 2)),
    metric=each_step(met),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(100),
    seen={"gamma": Seen(each(gamma))},
    rounding=roundoff,
)
INEXACT = replace(
    EXACT,
    source=replace(EXACT.source, place="Lemma 5, δ = 1"),
    algorithm=InexactFrankWolfe(DELTA),
    laws={"towards v": moves_towards_v, "v is as bad as allowed": approximate(DELTA), "the step": step_is(lambda k: 2 / (k + 2))},
    bound=lambda k, c: bound(k, c) * (1 + DELTA),
    k=range(2, 100),
)
SETS = replace(EXACT, instances=OVER_SETS, k=range(30), seeds=6)

THEOREM = Theorem(
    claims={
        "exact": (EXACT, Status.CONSISTENT),
        "approximate": (INEXACT, Status.CONSISTENT),
        "over seventeen sets": (SETS, Status.CONSISTENT),
        "exact, on data": (replace(EXACT, instances={"breast cancer": breast_cancer}), Status.CONSISTENT),
    },
    foils={
        "exact oracle": (replace(INEXACT, algorithm=FrankWolfe(open_loop)), Status.UNLAWFUL),
        "δ forgotten": (replace(INEXACT, bound=bound), Status.REFUTED),
        "no γ²": (replace(EXACT, bound=lambda k, c: bound(k, c) * c["gamma"]), Status.REFUTED),
        "0.9 C_f": (replace(EXACT, bound=lambda k, c: 0.9 * bound(k, c)), Status.REFUTED),
        "L D": (replace(EXACT, bound=lambda k, c: c["gamma"] ** 2 * c["L"] * c["D"] / 2), Status.ILL_POSED),
    },
)
