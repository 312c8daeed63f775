"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913): one monotone open loop step (from the proof of Theorem 2.4).

f (M, ν)-generalized self-concordant, y = x_t + γ_t (v_t − x_t) the trial, γ_t = 2/(t+2), d = d_ν(x_t, y), C = ω_ν(½) L_f D²:

    d < 1      f(y) ≤ f(x_t) − γ_t g(x_t) + γ_t² ω_ν(d) ‖v_t − x_t‖²_x            with d ≤ ½ also  … + γ_t² C;
    rejected   g(x_t) < γ_t ω_ν(d) ‖v_t − x_t‖²_x  (derived: f(x_t) < f(y))       with d ≤ ½ also  g(x_t) < γ_t C.

The local forms are met to 1 %; with C the portfolio bound is empty (L_f on the simplex is far above the curvature met).
"""

from dataclasses import replace

from array_api_compat import array_namespace

from algorithms.frank_wolfe.monotone import MonotoneState, Reject, Stateless
from problems.frank_wolfe.design import optimal_design
from problems.frank_wolfe.logistic import synthetic
from problems.frank_wolfe.portfolio import positive_returns
from ratecheck import Always, Array, Bound, Claim, Constants, Draw, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe._common import inner, norm, roundoff
from theory_checks.frank_wolfe._self_concordance import REJECT, Concordant, omega, reached


def met(p: Concordant, s: MonotoneState) -> Array:
    """f(y) − f(x) + γ g(x)"""
    return p.value(s.trial) - s.value + s.gamma * inner(s.g, s.x - s.v)


def gap_if_rejected(p: Concordant, s: MonotoneState) -> Array:
    return array_namespace(s.x).where(s.good, 0 * s.gamma, inner(s.g, s.x - s.v))


def within(nu: float, limit: float) -> dict[str, Bound]:
    return {f"d ≤ {limit:g}": lambda k, c: reached(nu, c) / limit}


def local(nu: float, power: int) -> Bound:
    return lambda k, c: c["gamma"] ** power * omega(nu, reached(nu, c)) * c["local"]


def coarse(nu: float, power: int) -> Bound:
    return lambda k, c: c["gamma"] ** power * omega(nu, 0.5) * c["L"] * c["D"] ** 2


def step(nu: float, draw: Draw[Concordant], name: str, start: int) -> Claim[Concordant, MonotoneState]:
    return Claim[Concordant, MonotoneState](
        source=Source("carderera2021", f"Theorem 2.4, its proof, ν = {nu:g}", "fw.gsc.step", Statement.VERIFIED),
        assumes=frozenset({Trait.SELF_CONCORDANT, Trait.COMPACT}),
        instances={name: draw},
        algorithm=Reject(),
        laws=REJECT,
        metric=each(met),
        unit=Unit(f=1),
        bound=local(nu, 2),
        holds=Always(),
        k=range(start, 120),
        seen={
            "gamma": Seen(each(lambda p, s: s.gamma)),
            "length": Seen(each(lambda p, s: norm(s.v - s.x)), Unit(0, 1)),
            "local": Seen(each(lambda p, s: p.local(s.x, s.v - s.x)), Unit(1, 0)),
        },
        given=within(nu, 0.95),
        rounding=roundoff,
    )


def rejected(of: Claim[Concordant, MonotoneState], nu: float) -> Claim[Concordant, MonotoneState]:
    source = replace(of.source, place=f"Theorem 2.4, derived, ν = {nu:g}", slug="fw.gsc.reject-small-gap", statement=Statement.DERIVED)
    return replace(of, source=source, metric=each(gap_if_rejected), bound=local(nu, 1))


def crude(of: Claim[Concordant, MonotoneState], nu: float, power: int, start: int) -> Claim[Concordant, MonotoneState]:
    return replace(of, bound=coarse(nu, power), given=within(nu, 0.5), k=range(start, 120))


DESIGN = replace(step(3.0, optimal_design, "optimal design", 40), rounding=lambda k, c: 1e-13 * c["local"])
TWO, THREE = step(2.0, synthetic, "logistic", 10), step(3.0, positive_returns, "portfolio", 20)
REJECT_TWO, REJECT_THREE = rejected(TWO, 2.0), rejected(THREE, 3.0)
FIRST = crude(TWO, 2.0, 2, 30)


def too_small(k: Array, c: Constants) -> Array:
    return local(2.0, 2)(k, {**c, "M": c["M"] / 10})


THEOREM = Theorem(
    claims={
        "ν = 2": (TWO, Status.CONSISTENT),
        "ν = 3": (THREE, Status.CONSISTENT),
        "ν = 3, log-determinant": (DESIGN, Status.CONSISTENT),
        "ν = 3, log-determinant, rejected": (rejected(DESIGN, 3.0), Status.CONSISTENT),
        "ν = 2, with C": (FIRST, Status.CONSISTENT),
        "ν = 3, with C": (crude(THREE, 3.0, 2, 60), Status.VACUOUS),
        "ν = 2, rejected": (REJECT_TWO, Status.CONSISTENT),
        "ν = 3, rejected": (REJECT_THREE, Status.CONSISTENT),
        "ν = 2, rejected, with C": (crude(REJECT_TWO, 2.0, 1, 30), Status.CONSISTENT),
        "ν = 3, rejected, with C": (crude(REJECT_THREE, 3.0, 1, 60), Status.VACUOUS),
    },
    foils={
        "stateless": (replace(TWO, algorithm=Stateless()), Status.UNLAWFUL),
        "too early": (replace(TWO, k=range(10)), Status.NOT_APPLICABLE),
        "every gap is small": (replace(REJECT_TWO, metric=each(lambda p, s: inner(s.g, s.x - s.v))), Status.REFUTED),
        "half of ω": (replace(TWO, bound=lambda k, c: TWO.bound(k, c) / 2), Status.REFUTED),
        "γ for γ²": (replace(THREE, bound=lambda k, c: THREE.bound(k, c) * c["gamma"]), Status.REFUTED),
        "a tenth of C": (replace(FIRST, bound=lambda k, c: FIRST.bound(k, c) / 10), Status.REFUTED),
        "D for D²": (replace(FIRST, bound=lambda k, c: FIRST.bound(k, c) / c["D"]), Status.ILL_POSED),
    },
)
