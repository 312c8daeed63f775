"""Pethick, Latafat, Patrinos, Fercoq, Cevher 2022; Gorbunov, Taylor, Horváth, Gidel 2023, Theorems 6, 7: games that are weak Minty only.

The theorems for the best and the mean iterate of extragradient (EG+) and of the optimistic gradient need ⟨F(z), z − z*⟩ ≥ −ρ ‖F(z)‖² alone,
and L along the iterates. An affine F cannot tell that from comonotonicity, these games can: in the polar game and in the ring, F(z) = h z + J z
with h a polynomial in ‖z‖², so the modulus ρ = m/(1 + m²) is exact, while comonotonicity needs (derived; here at one ‖z‖)

    ρ' ≥ −λ_min(sym DF⁻¹) = max(−h/(1 + p h), −p/(1 + p h)),   p = (r h)',

11 times ρ in the polar game, and in the ring, where DF is singular, more than any number. There the last-iterate theorems, which assume
comonotonicity, fail: the force of extragradient grows, and FEG leaves its bound. The forsaken game lies outside of them all:
ρ > 1.5 and L > 1.6, so ρL > 2, and the same steps circle for ever there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from array_api_compat import array_namespace

from algorithms.min_max.extragradient import Extragradient
from algorithms.min_max.steps import over_L
from problems.min_max.radial_games import RadialGame, forsaken, polar, ring
from ratecheck import Array, AtLeast, Claim, Constants, Direct, Equal, Seen, Status, Theorem, Trait, Unit, each
from theory_checks.min_max import (
    extragradient_average,
    extragradient_best,
    extragradient_comonotone_last,
    fast_extragradient,
    optimistic_average,
)
from theory_checks.min_max._common import STEP, Game, Misreading, largest, norm2

WEAK = frozenset({Trait.WEAK_MINTY, Trait.SMOOTH})
GAMES: Mapping[str, Any] = {"polar, a = 1/3": polar, "polar, a = 1": partial(polar, a=1.0, ball=1.1), "ring": ring}


class Point(Protocol):
    @property
    def x(self) -> Array: ...
    @property
    def w(self) -> Array: ...


def reach(p: Game, s: Point) -> Array:
    """The larger of ‖x_k‖ and ‖w_k‖"""
    return array_namespace(s.x).maximum(norm2(s.x), norm2(s.w)) ** 0.5


def side(p: Game, s: Point) -> Array:
    """The largest coordinate of x_k and w_k"""
    return array_namespace(s.x).maximum(largest(s.x), largest(s.w))


def inside(claim: Claim[Game, Any], **more: Any) -> Claim[Game, Any]:
    """The same theorem for these games: L is that of a ball, which the iterates must not leave."""
    seen = {**claim.seen, "reach": Seen(each(reach), Unit(0, 1))}
    given = {**claim.given, "in the ball": lambda k, c: c["reach"] / c["ball"]}
    fields = {"assumes": WEAK, "instances": GAMES, "seen": seen, "given": given, "sharp": {}, "seeds": 4, **more}
    return replace(claim, **fields)


@dataclass(frozen=True, eq=False)
class Moduli:
    """Over a grid of ‖z‖: the largest −⟨F, z⟩/‖F‖², and the largest −λ_min(sym DF⁻¹)."""

    minty: Array  # (B,)
    comonotone: Array  # (B,)


def moduli(p: RadialGame) -> Moduli:
    xp = array_namespace(p.x0)
    u = p.u_c[:, None] * xp.linspace(0.01, 1.0, 400, dtype=p.x0.dtype)[None, :]
    slope, h = p.slopes(u)
    det = 1 + slope * h
    needed = xp.maximum(-h / det, -slope / det)
    return Moduli(xp.max(-h / (1 + h * h), axis=-1), xp.max(needed, axis=-1))


MODULUS = Claim[RadialGame, Moduli](
    source=replace(extragradient_best.MONOTONE.source, place="the hypothesis, on radial games"),
    assumes=WEAK,
    instances=GAMES,
    algorithm=Direct(moduli),
    metric=each(lambda p, s: s.minty),
    unit=STEP,
    bound=lambda k, c: c["rho"] + 0 * k,
    holds=Equal(1e-12),
    k=range(1),
    seeds=2,
)


def ten_times(k: Array, c: Constants) -> Array:
    return 10 * c["rho"] + 0 * k


NOT_COMONOTONE = replace(MODULUS, metric=each(lambda p, s: s.comonotone), bound=ten_times, holds=AtLeast(power=1e6))
MEAN = inside(extragradient_average.MEAN)
STEPWISE = inside(extragradient_average.STEPWISE)
BEST = inside(extragradient_best.COMONOTONE)
OPTIMISTIC = inside(optimistic_average.MEAN)
LAST, DECREASE = extragradient_comonotone_last.LAST, extragradient_comonotone_last.DECREASE
RING = {"ring": ring}
WIDE = inside(extragradient_average.MEAN, instances={"forsaken": forsaken}, k=range(2001))
FORSAKEN = replace(WIDE, seen={**WIDE.seen, "reach": Seen(each(side), Unit(0, 1))})
SHORT = inside(extragradient_average.STEPWISE, algorithm=Extragradient(over_L(0.13), over_L(0.01)), instances=RING, given={})

THEOREM = Theorem(
    claims={
        "modulus": (MODULUS, Status.CONSISTENT),
        "comonotone for ten times ρ at best": (NOT_COMONOTONE, Status.CONSISTENT),
        "mean": (MEAN, Status.CONSISTENT),
        "one step": (STEPWISE, Status.CONSISTENT),
        "best": (BEST, Status.CONSISTENT),
        "optimistic, mean": (OPTIMISTIC, Status.CONSISTENT),
    },
    foils={
        "forsaken game": (FORSAKEN, Status.NOT_APPLICABLE),
        "the last iterate, comonotone": (replace(LAST, instances=RING, seeds=4), Status.NOT_APPLICABLE),
        "FEG, comonotone": (replace(fast_extragradient.CLAIM, instances=RING, seeds=4), Status.NOT_APPLICABLE),
        "the force decreases, weak Minty": (inside(DECREASE, instances=RING), Status.REFUTED),
        "FEG, weak Minty": (inside(fast_extragradient.CLAIM, instances=RING), Status.REFUTED),
        "forsaken game, ρ unstated": (replace(FORSAKEN, given={"in the ball": FORSAKEN.given["in the ball"]}), Status.REFUTED),
        "no ρ": (replace(SHORT, bound=lambda k, c: extragradient_average.bound_step(k, {**c, "rho": 0 * c["rho"]})), Status.REFUTED),
        "F misread by 1.1": (replace(MEAN, algorithm=Misreading(MEAN.algorithm, 1.1)), Status.UNLAWFUL),
        "modulus, one per cent more": (replace(MODULUS, bound=lambda k, c: 1.01 * c["rho"]), Status.REFUTED),
        "modulus without unit": (replace(MODULUS, bound=lambda k, c: c["rho"] * c["L"]), Status.ILL_POSED),
    },
)
