"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022 (arXiv 2206.06015, read), Proposition 1: OptDA+ against arbitrary opponents.

‖g_t‖ ≤ G whatever the opponents do, γ_t = Θ(t^{−(1/2−q)}), η_t = Θ(t^{−1/2}), q ∈ (0, 1/4]: the regret after T rounds is O(T^{1/2+q}).
An opponent who turns around in every round makes it so large: each round costs ⟨g_t, −γ_t g_{t−1}⟩ = γ_t G², in all T^{1/2+q}.
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.min_max.separated_learner import SeparatedLearner
from algorithms.min_max.unconstrained_learners import Round, Stream
from problems.min_max.alternating_stream import alternating
from ratecheck import Array, AtMostOrder, Claim, SameOrder, Source, Statement, Status, Theorem, Trait, Unit
from theory_checks.min_max._unconstrained import regret_on_sphere


def plays(p: Stream, s: Round, t: Round) -> Array:
    """w_t = −(ρ/G)(t^{−1/2} Σ_{s<t} g_s + t^{−1/4} g_{t−1}), recomputed for the first 40 rounds; the losses here are linear"""
    xp = array_namespace(s.w)
    scale = p.constants["rho"].value / p.constants["G"].value
    total = 0 * s.g
    for j in range(min(t.k, 40)):
        total = total + p.grad_at(s.w, j)
    wanted = -(scale * (t.k + 1) ** -0.5)[:, None] * total - (scale * (t.k + 1) ** -0.25)[:, None] * s.g
    off = xp.max(xp.abs(wanted - t.w), axis=-1) / (xp.max(xp.abs(wanted), axis=-1) + xp.max(xp.abs(t.w), axis=-1))
    return off if t.k <= 40 else 0 * off


CLAIM = Claim[Stream, Round](
    source=Source("hsieh2022", "Proposition 1", "ogp.adversarial", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"turning around": alternating},
    algorithm=SeparatedLearner(),
    metric=regret_on_sphere,
    unit=Unit(1, 0),
    bound=lambda k, c: c["G"] * c["rho"] * (k + 1) ** 0.75,
    holds=AtMostOrder(0.1),
    k=range(20, 1901),
    laws={"plays": plays},
    seeds=16,
)
SHARP = replace(CLAIM, holds=SameOrder(0.1))

THEOREM = Theorem(
    claims={"order": (CLAIM, Status.CONSISTENT), "it is reached": (SHARP, Status.CONSISTENT)},
    foils={
        "order √T": (replace(CLAIM, bound=lambda k, c: c["G"] * c["rho"] * (k + 1) ** 0.5), Status.REFUTED),
        "no G": (replace(CLAIM, bound=lambda k, c: c["rho"] * (k + 1) ** 0.75), Status.ILL_POSED),
        "another schedule": (replace(CLAIM, algorithm=SeparatedLearner(q=0.0)), Status.UNLAWFUL),
        "γ constant": (replace(CLAIM, algorithm=SeparatedLearner(q=0.5), laws={}), Status.REFUTED),
    },
)
