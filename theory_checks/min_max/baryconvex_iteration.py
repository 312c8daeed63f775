"""Achab 2024 (arXiv 2411.00928), iteration of the baryconvex prox z_{k+1} = T z_k; all four statements derived.

z* = (x*, λ*) any saddle point of Σ λ_k f_k(x), D the divergence of φ = ½|x|² + Σ λ_k ln λ_k.
    Fejér:        D(z*, Tz) + D(Tz, z)  ≤  D(z*, z),                          with equality where every f_k is affine;
    ergodic:      max_k f_k(x̄_N) − min_x Σ λ̄_k f_k(x)  ≤  (½|x̂ − x_0|² + ln K)/N   (averages of z_1..z_N, λ_0 uniform, x̂ the minimiser);
    fixed points: Tz* = z*; conversely with X, Λ = Tz,
                  max_k f_k(X) − Σ Λ_k f_k(x*)  ≤  ⟨x − X, X − x*⟩ + ⟨ln λ − ln Λ, Λ⟩ − min_k (ln λ − ln Λ)_k,  0 at a fixed point.
Why: ∇φ(z) − ∇φ(Tz) ∈ M(Tz), M monotone, so L(X, λ') − L(x', Λ) ≤ ⟨∇φ(z) − ∇φ(Tz), Tz − z'⟩ = D(z', z) − D(z', Tz) − D(Tz, z).
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.baryconvex_prox import ProximalPoints, Step, forward
from problems.min_max.baryconvex import Barycentric, affine, planted
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.min_max._baryconvex import continues, divergence, saddle, solves_the_saddle_problem, starts


def after(p: Barycentric, s: Step) -> Array:
    return divergence(saddle(p), s.Tz) + divergence(s.Tz, s.z)


def before(p: Barycentric, s: Step) -> Array:
    return divergence(saddle(p), s.z)


def averages(p: Barycentric, states: Iterator[Step]) -> Iterator[tuple[Array, Array]]:
    """(x̄_N, λ̄_N) over z_1..z_N; reading k has N = k + 1."""
    x, lam = 0 * p.x_star, 0 * p.lam_star
    for n, s in enumerate(states, 1):
        x = x + (s.Tz.x - x) / n
        lam = lam + (array_namespace(x).exp(s.Tz.log_lam) - lam) / n
        yield x, lam


def ergodic_gap(p: Barycentric, states: Iterator[Step]) -> Iterator[Array]:
    for x, lam in averages(p, states):
        yield array_namespace(x).max(p.values(x), axis=-1) - p.lowest(lam)[1]


def half_distance2(p: Barycentric, states: Iterator[Step]) -> Iterator[Array]:
    for _, lam in averages(p, states):
        u = p.lowest(lam)[0] - p.x0
        yield 0.5 * array_namespace(u).sum(u * u, axis=-1)


def gap_at_image(p: Barycentric, s: Step) -> Array:
    xp = array_namespace(s.z.x)
    return xp.max(p.values(s.Tz.x), axis=-1) - xp.sum(xp.exp(s.Tz.log_lam) * p.values(p.x_star), axis=-1)


def residual_pairing(p: Barycentric, s: Step) -> Array:
    xp = array_namespace(s.z.x)
    g = s.z.log_lam - s.Tz.log_lam
    move = xp.sum((s.z.x - s.Tz.x) * (s.Tz.x - p.x_star), axis=-1)
    return move + xp.sum(g * xp.exp(s.Tz.log_lam), axis=-1) - xp.min(g, axis=-1)


def moved(p: Barycentric, s: Step) -> Array:
    xp = array_namespace(s.z.x)
    return xp.max(xp.abs(s.Tz.x - s.z.x), axis=-1) + xp.max(xp.abs(xp.exp(s.Tz.log_lam) - xp.exp(s.z.log_lam)), axis=-1)


FEJER = Claim[Barycentric, Step](
    source=Source("achab2024", "convergence of the iteration", "bary.fejer", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX}),
    instances={"quadratics": planted, "affine": affine},
    algorithm=ProximalPoints(),
    metric=each(after),
    unit=Unit(),
    bound=lambda k, c: c["before"],
    holds=Always(),
    k=range(40),
    seen={"before": Seen(each(before))},
    laws={"saddle": solves_the_saddle_problem, "continues": continues, "start": starts},
    sharp={"affine": Equal(within=1e-9)},
    rounding=lambda k, c: 1e-13 + 0 * k,
    seeds=4,
)
ERGODIC = replace(
    FEJER,
    source=replace(FEJER.source, slug="bary.ergodic"),
    instances={"quadratics": planted},
    metric=ergodic_gap,
    bound=lambda k, c: (c["half"] + np.log(c["K"])) / (k + 1),
    seen={"half": Seen(half_distance2)},
    sharp={},
)
CONVERSE = replace(
    FEJER,
    source=replace(FEJER.source, slug="bary.fixedpoint"),
    metric=each(gap_at_image),
    bound=lambda k, c: c["pairing"],
    seen={"pairing": Seen(each(residual_pairing))},
)
FIXED = replace(
    FEJER,
    source=CONVERSE.source,
    algorithm=ProximalPoints(at_saddle=True),
    metric=each(moved),
    bound=lambda k, c: 1.0 + 0 * k,
    holds=Vanishes(1e-9),
    k=range(3),
    seen={},
    laws={"saddle": solves_the_saddle_problem, "continues": continues},
    sharp={},
)


def longer(k: Array, c: Constants) -> Array:
    return (c["half"] + np.log(c["K"])) / (k + 1) ** 1.5


EXPLICIT = ProximalPoints(forward)
THEOREM = Theorem(
    claims={
        "Fejér": (FEJER, Status.CONSISTENT),
        "ergodic": (ERGODIC, Status.CONSISTENT),
        "saddle points are fixed": (FIXED, Status.CONSISTENT),
        "fixed points are saddle points": (CONVERSE, Status.CONSISTENT),
    },
    foils={
        "explicit step": (replace(FEJER, algorithm=EXPLICIT, instances={"affine": affine}), Status.UNLAWFUL),
        "explicit step, unwatched": (replace(FEJER, algorithm=EXPLICIT, laws={}, instances={"affine": affine}), Status.REFUTED),
        "a tenth more gain": (
            replace(FEJER, metric=each(lambda p, s: after(p, s) + 0.1 * divergence(s.Tz, s.z)), instances={"affine": affine}, sharp={}),
            Status.REFUTED,
        ),
        "explicit averages": (replace(ERGODIC, algorithm=EXPLICIT, laws={}), Status.REFUTED),
        "O(1/N^1.5)": (replace(ERGODIC, bound=longer), Status.REFUTED),
        "a tenth": (replace(ERGODIC, bound=lambda k, c: (c["half"] + np.log(c["K"])) / (10 * (k + 1))), Status.REFUTED),
        "start elsewhere": (replace(FIXED, algorithm=ProximalPoints()), Status.REFUTED),
        "start elsewhere, watched": (replace(FEJER, algorithm=ProximalPoints(at_saddle=True)), Status.UNLAWFUL),
        "half the pairing": (replace(CONVERSE, bound=lambda k, c: c["pairing"] / 2), Status.REFUTED),
    },
)
