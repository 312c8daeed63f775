"""Kerdreux, d'Aspremont, Pokutta 2021, as in Wirth et al. 2023, Lemma D.1: the gap of a uniformly convex set.

X is (α, q)-uniformly convex in ‖·‖ if γx + (1−γ)y + γ(1−γ)(α/2)‖x − y‖^q z ∈ X for ‖z‖ ≤ 1. With v ∈ argmin_X ⟨g, ·⟩:

    q = 2:   ⟨g, x − v⟩ ≥ (α/2) ‖g‖ ‖x − v‖²            (γ → 0 in the definition; equality on a sphere)
    ℓ_p, p ≥ 2:   ⟨g, x − v⟩ ≥ ‖g‖_{p*} ‖x − v‖_p^p / (p 2^{p−1})     (from Clarkson's inequality)

for all x ∈ X and all g. Read with the left side as the bound.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.frank_wolfe.samples import Sample, Samples
from problems.frank_wolfe.quadratics import Planted, on_sphere
from ratecheck import Always, Array, Claim, Equal, Law, Measure, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import inner, norm

DISTANCE = Unit(0, 1)


def p_norm(a: Array, p: float) -> Array:
    xp = array_namespace(a)
    return xp.sum(xp.abs(a) ** p, axis=-1) ** (1 / p)


def v_is_minimal(q: float) -> Law[Planted, Sample]:
    def law(p: Planted, s: Sample, t: Sample) -> Array:
        """⟨g, v⟩ = −‖g‖_{q*}, v on the sphere, x in the ball: from the norms alone"""
        dual = p_norm(s.g, q / (q - 1))
        xp = array_namespace(dual)
        outside = xp.maximum(p_norm(s.x, q) - 1, 0 * dual)
        return xp.abs(inner(s.g, s.v) + dual) / dual + xp.abs(p_norm(s.v, q) - 1) + outside

    return law


def strong(p: Planted, s: Sample) -> Array:
    """‖g‖ ‖x − v‖² / 2, to be multiplied by α"""
    return norm(s.g) * inner(s.x - s.v, s.x - s.v) / 2


def gap(p: Planted, s: Sample) -> Array:
    return inner(s.g, s.x - s.v)


def clarkson(q: float) -> Measure[Planted, Sample]:
    return each(lambda p, s: p_norm(s.g, q / (q - 1)) * p_norm(s.x - s.v, q) ** q / (q * 2 ** (q - 1)))


# g has the unit of x* here (no f is involved); the modulus of the unit ball carries x^(1−q), so that both sides scale like x^2
BALL = Claim[Planted, Sample](
    source=Source("kerdreux2021", "Lemma 2.5, q = 2", "fw.scaling.unif", Statement.DERIVED),
    assumes=frozenset({Trait.COMPACT}),
    instances={"ball, inside": partial(on_sphere, n=4)},
    algorithm=Samples(depth=1.0),
    laws={"v is minimal": v_is_minimal(2.0)},
    metric=each(strong),
    unit=Unit(1, 1),
    bound=lambda k, c: c["gap"] / c["alpha"],
    holds=Always(),
    k=range(200),
    seen={"gap": Seen(each(gap), Unit(1, 0))},
)
SPHERE = replace(BALL, instances={"sphere": partial(on_sphere, n=4)}, algorithm=Samples(), holds=Equal(1e-9))
SMALL_P = replace(BALL, instances={"ℓ_1.5 ball": partial(on_sphere, n=4, p=1.5)}, laws={"v is minimal": v_is_minimal(1.5)})


def in_lp(q: float) -> Claim[Planted, Sample]:
    return replace(
        BALL,
        source=Source("kerdreux2021", f"Lemma 2.5 with Clarkson, p = {q:g}", "fw.scaling.lp", Statement.DERIVED),
        instances={"n = 2": partial(on_sphere, n=2, p=q)},
        algorithm=Samples(),
        laws={"v is minimal": v_is_minimal(q)},
        metric=each(lambda p, s: p_norm(s.g, q / (q - 1)) * p_norm(s.x - s.v, q) ** q),
        unit=Unit(1, q - 1),
        bound=lambda k, c: c["gap"] / c["kappa_p"],
    )


P3, P4 = in_lp(3.0), in_lp(4.0)

THEOREM = Theorem(
    claims={
        "ball": (BALL, Status.CONSISTENT),
        "sphere, equality": (SPHERE, Status.CONSISTENT),
        "ℓ_1.5 ball": (SMALL_P, Status.CONSISTENT),
        "p = 3": (P3, Status.CONSISTENT),
        "p = 4": (P4, Status.CONSISTENT),
    },
    foils={
        "inside is no equality": (replace(SPHERE, algorithm=Samples(depth=1.0)), Status.REFUTED),
        "oracle of another norm": (replace(P3, laws={"v is minimal": v_is_minimal(4.0)}), Status.UNLAWFUL),
        "α for α/2": (replace(SPHERE, holds=Always(), bound=lambda k, c: c["gap"] / (2 * c["alpha"])), Status.REFUTED),
        "2^p dropped": (replace(P4, bound=lambda k, c: c["gap"] / (8 * c["kappa_p"])), Status.REFUTED),
        "no modulus": (replace(P3, bound=lambda k, c: c["gap"] * 12), Status.ILL_POSED),
    },
)
