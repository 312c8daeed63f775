"""Achab 2024 (arXiv 2411.00928), the baryconvex prox is Bregman firmly nonexpansive; statement of the abstract, proof ours.

f_1, ..., f_K convex, φ(x, λ) = ½|x|² + Σ λ_k ln λ_k, T z the saddle point of Σ Λ_k f_k(X) + ½|X − x|² − KL(Λ‖λ). For all z, z':
    ⟨∇φ(Tz) − ∇φ(Tz'), Tz − Tz'⟩  ≤  ⟨∇φ(z) − ∇φ(z'), Tz − Tz'⟩,       with equality where every f_k is affine.
Why: ∇φ(z) − ∇φ(Tz) ∈ M(Tz) with M = (Σ λ_k ∂f_k, −f + N_simplex) monotone, and M is skew plus a constant where f is affine.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.min_max.baryconvex_prox import RandomPoints, Step, forward
from problems.min_max.baryconvex import Barycentric, affine, planted
from ratecheck import Always, Array, Claim, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, each_step
from theory_checks.min_max._baryconvex import pairing, solves_the_saddle_problem


def after(p: Barycentric, s: Step, t: Step) -> Array:
    return pairing(s.Tz, t.Tz, s.Tz, t.Tz)


def before(p: Barycentric, s: Step, t: Step) -> Array:
    return pairing(s.z, t.z, s.Tz, t.Tz)


def euclidean(first: bool) -> "Seen[Barycentric, Step]":
    def product(p: Barycentric, s: Step, t: Step) -> Array:
        xp = array_namespace(s.z.x)
        a, b = (s.Tz, t.Tz) if first else (s.z, t.z)
        lam = (xp.exp(a.log_lam) - xp.exp(b.log_lam)) * (xp.exp(s.Tz.log_lam) - xp.exp(t.Tz.log_lam))
        return xp.sum((a.x - b.x) * (s.Tz.x - t.Tz.x), axis=-1) + xp.sum(lam, axis=-1)

    return Seen(each_step(product))


CLAIM = Claim[Barycentric, Step](
    source=Source("achab2024", "main theorem", "bary.bfne", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"quadratics": planted, "nearly affine": partial(planted, bend=0.05), "affine": affine},
    algorithm=RandomPoints(),
    metric=each_step(after),
    unit=Unit(),
    bound=lambda k, c: c["before"],
    holds=Always(),
    k=range(40),
    seen={"before": Seen(each_step(before))},
    laws={"saddle": solves_the_saddle_problem},
    sharp={"affine": Equal(within=1e-9)},
    rounding=lambda k, c: 1e-12 + 0 * k,
    seeds=4,
)

QUICK = replace(CLAIM, instances={"affine": affine}, seeds=2)
THEOREM = Theorem(
    claims={"every pair": (CLAIM, Status.CONSISTENT)},
    foils={
        "explicit step": (replace(QUICK, algorithm=RandomPoints(forward)), Status.UNLAWFUL),
        "explicit step, unwatched": (replace(QUICK, algorithm=RandomPoints(forward), laws={}), Status.REFUTED),
        "concave in part": (
            replace(CLAIM, assumes=frozenset(), instances={"shifted": partial(planted, shift=0.6)}, sharp={}),
            Status.REFUTED,
        ),
        "Euclidean": (
            replace(QUICK, metric=euclidean(True).measure, seen={"before": euclidean(False)}, holds=Always(signed=True), sharp={}),
            Status.REFUTED,
        ),
        "strongly nonexpansive": (replace(QUICK, bound=lambda k, c: 0.99 * c["before"]), Status.REFUTED),
        "only nonexpansive": (replace(QUICK, bound=lambda k, c: 1.5 * c["before"]), Status.UNSHARP),
    },
)
