"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913), Proposition 2.1 and Lemma 2.3 (after Sun, Tran-Dinh 2019).

f (M, ν)-generalized self-concordant, ν ≥ 2, x, y in its domain, d = d_ν(x, y), d < 1 if ν > 2:

    ω_ν(−d) ‖y − x‖²_x ≤ f(y) − f(x) − ⟨∇f(x), y − x⟩ ≤ ω_ν(d) ‖y − x‖²_x;

ν > 2, x in the domain and d < 1 imply that y is in the domain (Lemma 2.3).
ω₂(t) = (eᵗ − t − 1)/t², ω₃(t) = (−t − ln(1−t))/t², ω₄(t) = ((1−t) ln(1−t) + t)/t². In one dimension both bounds are met by
eˣ (ν = 2), −ln x (3), x ln x − x (4), x^{−q} (2 < ν < 3): the upper one towards the steeper side, the lower one away from it.
"""

from dataclasses import replace
from functools import partial
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.frank_wolfe.pairs import Pair, Pairs, SelfConcordant
from problems.frank_wolfe.design import optimal_design
from problems.frank_wolfe.self_concordant import entropy, exponential, inverse_power, minus_logarithm, symmetric_barrier
from ratecheck import (
    Always,
    Array,
    AtLeast,
    Bound,
    Claim,
    Count,
    Draw,
    Equal,
    Law,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    each,
)
from theory_checks.frank_wolfe._common import inner, norm
from theory_checks.frank_wolfe._self_concordance import distance, omega


class Domain(SelfConcordant, Protocol):
    def value(self, x: Array, /) -> Array: ...
    def grad(self, x: Array, /) -> Array: ...
    def inside(self, x: Array, /) -> Array: ...


def bregman(p: Domain, s: Pair) -> Array:
    return p.value(s.y) - p.value(s.x) - inner(p.grad(s.x), s.y - s.x)


def leaves(p: Domain, s: Pair) -> Array:
    """1 where y is not in the domain"""
    inside = p.inside(s.y)
    xp = array_namespace(inside)
    return xp.astype(~inside, xp.float64)


def bound(nu: float, sign: float) -> Bound:
    return lambda k, c: omega(nu, sign * distance(nu, c["M"], c["length"], c["local"])) * c["local"]


def at_distance(low: float, high: float, nu: float) -> Law[Domain, Pair]:
    def law(p: Domain, s: Pair, t: Pair) -> Array:
        """x in the domain, low ≤ d_ν(x, y) ≤ high"""
        xp = array_namespace(s.x)
        v = s.y - s.x
        d = distance(nu, p.constants["M"].value, norm(v), p.local(s.x, v))
        outside = xp.maximum(xp.maximum(low - d, d - high), 0 * d) / high
        return outside + xp.astype(~p.inside(s.x), d.dtype)

    return law


def claim(nu: float, draw: Draw[Domain], name: str, along: float = 0.0) -> Claim[Domain, Pair]:
    return Claim[Domain, Pair](
        source=Source("carderera2021", f"Proposition 2.1, upper half, ν = {nu:.4g}", "fw.gsc.local-bounds", Statement.VERIFIED),
        assumes=frozenset({Trait.SELF_CONCORDANT}),
        instances={name: draw},
        algorithm=Pairs(0.05, 0.95, along),
        laws={"at distance": at_distance(0.05 - 1e-12, 0.95 + 1e-12, nu)},
        metric=each(bregman),
        unit=Unit(f=1),
        bound=bound(nu, 1.0),
        holds=Equal(1e-9) if along else Always(),
        k=range(100),
        seen={
            "length": Seen(each(lambda p, s: norm(s.y - s.x)), Unit(0, 1)),
            "local": Seen(each(lambda p, s: p.local(s.x, s.y - s.x)), Unit(1, 0)),
        },
    )


def lower(upper: Claim[Domain, Pair], nu: float) -> Claim[Domain, Pair]:
    place = f"Proposition 2.1, lower half, ν = {nu:.4g}"
    return replace(
        upper,
        source=replace(upper.source, place=place, statement=Statement.RECALLED),
        algorithm=Pairs(0.05, 0.95, -upper.algorithm.along) if isinstance(upper.algorithm, Pairs) else upper.algorithm,
        bound=bound(nu, -1.0),
        holds=upper.holds if isinstance(upper.holds, Equal) else AtLeast(),
    )


EXP = claim(2.0, exponential, "eˣ", 1.0)
LOG = claim(3.0, minus_logarithm, "−ln x", -1.0)
ENTROPY = claim(4.0, entropy, "x ln x − x", -1.0)
POWER = claim(2.5, inverse_power, "x⁻²", -1.0)
BARRIER = claim(3.0, symmetric_barrier, "log-barrier")
DESIGN = claim(3.0, optimal_design, "optimal design")
DIKIN = replace(
    BARRIER,
    source=Source("carderera2021", "Lemma 2.3", "fw.gsc.dikin", Statement.VERIFIED),
    instances={"log-barrier": symmetric_barrier, "−ln x": minus_logarithm, "optimal design": optimal_design},
    algorithm=Pairs(0.9, 1 - 1e-9),
    laws={"at distance": at_distance(0.9 - 1e-9, 1.0, 3.0)},
    metric=each(leaves),
    unit=Unit(),
    bound=lambda k, c: 0 * k,
    holds=Count(),
    seen={},
)
FAR = replace(DIKIN, algorithm=Pairs(1 + 1e-9, 1.2), laws={})

THEOREM = Theorem(
    claims={
        "eˣ": (EXP, Status.CONSISTENT),
        "−ln x": (LOG, Status.CONSISTENT),
        "x ln x − x": (ENTROPY, Status.CONSISTENT),
        "x⁻²": (POWER, Status.CONSISTENT),
        "eˣ, below": (lower(EXP, 2.0), Status.CONSISTENT),
        "−ln x, below": (lower(LOG, 3.0), Status.CONSISTENT),
        "x ln x − x, below": (lower(ENTROPY, 4.0), Status.CONSISTENT),
        "x⁻², below": (lower(POWER, 2.5), Status.CONSISTENT),
        "log-barrier": (BARRIER, Status.CONSISTENT),
        "log-barrier, below": (lower(BARRIER, 3.0), Status.CONSISTENT),
        "log-determinant": (DESIGN, Status.CONSISTENT),
        "log-determinant, below": (lower(DESIGN, 3.0), Status.CONSISTENT),
        "Lemma 2.3": (DIKIN, Status.CONSISTENT),
    },
    foils={
        "the other way": (replace(LOG, algorithm=Pairs(0.05, 0.95, 1.0)), Status.REFUTED),
        "too far": (replace(BARRIER, algorithm=Pairs(0.5, 0.99)), Status.UNLAWFUL),
        "½ for ω": (replace(BARRIER, bound=lambda k, c: c["local"] / 2), Status.REFUTED),
        "½ for ω, below": (replace(lower(BARRIER, 3.0), bound=lambda k, c: c["local"] / 2), Status.REFUTED),
        "M = 4 is no extremal": (replace(LOG, instances={"−ln x": partial(minus_logarithm, M=4.0)}), Status.REFUTED),
        "just beyond the distance": (FAR, Status.REFUTED),
        "ω₂ at ν = 3": (replace(LOG, bound=bound(2.0, 1.0)), Status.ILL_POSED),
    },
)
