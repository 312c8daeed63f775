"""Carderera, Besançon, Pokutta 2021 (arXiv 2105.13913, submission), Theorems 2.9 and 2.10: backtracking on uniformly convex sets.

X (κ, q)-uniformly convex in ℓ₂ (y + γ(x−y) + γ(1−γ)κ‖x−y‖^q z ∈ X), L̃ = max{τ L_f, L_{−1}}. Each step has

    h_{t+1} ≤ h_t max{1/2, 1 − h_t^a ρ/(2 L̃)},      with ‖∇f‖ ≥ c on X:  a = (q−2)/q, ρ = (κ c)^{2/q}      (2.9)
                                                     f μ-strongly convex:  a = (q−1)/q, ρ = (κ² μ)^{1/q}      (2.10)

q = 2 in (2.9): h_t ≤ h_0 (1 − ½ min{1, κ c/L̃})^t. Else, with H = (L̃/ρ)^{1/a} (where the share of a step falls below ½):

    safe       h_t ≤ max{h_0/2^t, H} for t ≤ t_0 = max{0, ⌈log₂(h_0/H)⌉},    then h_t ≤ H (1 + a (t − t_0)/2)^{−1/a}
    printed    h_t ≤ h_0/2^t for 1 ≤ t ≤ t_0 = max{1, ⌊log₂(h_0/H)⌋},        then the same curve

Two indices are off by one in the printed form, we believe: for h_0 < H it says that the first step halves h, which near the solution
it does not; for h_0/H just below a power of two it leaves the halving phase one step early. The recursion with equality meets the safe
form and passes the printed one by 1.6, and so does a run of the method that is started near x*. On real runs both are loose.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.frank_wolfe.backtracking import BacktrackingFrankWolfe, BacktrackingState
from algorithms.frank_wolfe.recursion import Height, Recursion
from problems.frank_wolfe.quadratics import Planted, on_sphere
from problems.frank_wolfe.recursions import Recurrence, uniformly_convex
from ratecheck import Always, Array, Bound, Claim, Constants, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._common import before, gain, primal_gap, roundoff
from theory_checks.frank_wolfe.backtracking import ETA, LAWS, TAU


def bounded(q: float) -> tuple[float, Callable[[Constants], Array]]:
    """a and ρ of Theorem 2.9"""
    return (q - 2) / q, lambda c: (c["kappa"] * c["c"]) ** (2 / q)


def strong(q: float) -> tuple[float, Callable[[Constants], Array]]:
    """a and ρ of Theorem 2.10"""
    return (q - 1) / q, lambda c: (c["kappa"] ** 2 * c["mu"]) ** (1 / q)


Case = tuple[float, Callable[[Constants], Array]]


def phases(case: Case, first: int, rounded: Callable[[Array], Array], hold: bool) -> Bound:
    a, rho = case

    def bound(k: Array, c: Constants) -> Array:
        H = (c["L"] / rho(c)) ** (1 / a)
        t0 = np.maximum(first, rounded(np.log2(c["h_0"] / H)))
        halving = c["h_0"] / 2**k
        curve = H * (1 + a * np.maximum(k - t0, 0) / 2) ** (-1 / a)
        return np.where(k <= t0, np.maximum(halving, H) if hold else halving, curve)

    return bound


def safe(case: Case) -> Bound:
    return phases(case, 0, np.ceil, hold=True)


def printed(case: Case) -> Bound:
    return phases(case, 1, np.floor, hold=False)


def with_equality(case: Case) -> Recursion:
    a, rho = case

    def step(h: Array, c: Constants) -> Array:
        share = 1 - h**a * rho(c) / (2 * c["L"])
        return h * array_namespace(h).maximum(0.5 + 0 * share, share)

    return Recursion(step)


def keeps(case: Case) -> Law[Recurrence, Height]:
    a, rho = case

    def law(p: Recurrence, s: Height, t: Height) -> Array:
        """h_{t+1} = h_t max{1/2, 1 − h_t^a ρ/(2 L̃)}"""
        c = {name: value.value for name, value in p.constants.items()}
        share = 1 - s.h**a * rho(c) / (2 * c["L"])
        return abs(t.h / s.h - array_namespace(s.h).maximum(0.5 + 0 * share, share))

    return law


def recursion(place: str, slug: str, case: Case, bound: Bound, status: Statement) -> Claim[Recurrence, Height]:
    return Claim[Recurrence, Height](
        source=Source("carderera2021", place, slug, status),
        assumes=frozenset({Trait.COMPACT}),
        instances={"q = 3": uniformly_convex},
        algorithm=with_equality(case),
        laws={"keeps": keeps(case)},
        metric=each(lambda p, s: s.h),
        unit=Unit(f=1),
        bound=bound,
        holds=Always(),
        k=range(1, 200),
        seeds=32,
    )


NINE = recursion("Theorem 2.9, corrected", "fw.gsc.bfw.uniform", bounded(3.0), safe(bounded(3.0)), Statement.DERIVED)
TEN = recursion("Theorem 2.10, corrected", "fw.gsc.bfw.uniform-general", strong(3.0), safe(strong(3.0)), Statement.DERIVED)
PRINTED_NINE = recursion("Theorem 2.9", "fw.gsc.bfw.uniform", bounded(3.0), printed(bounded(3.0)), Statement.VERIFIED)
PRINTED_TEN = recursion("Theorem 2.10", "fw.gsc.bfw.uniform-general", strong(3.0), printed(strong(3.0)), Statement.VERIFIED)


def on_ball(k: Array, c: Constants) -> Array:
    """q = 2, κ = ½ on the unit ball"""
    top = np.maximum(TAU * c["L"], c["start"])
    return c["h_0"] * (1 - np.minimum(1, c["c"] * c["alpha"] / 2 / top) / 2) ** k


def run_of(case: Case) -> Bound:
    """the bound of the recursion with the constants of a real run: κ, c in ℓ₂ and L̃"""
    return lambda k, c: safe(case)(k, {**c, "kappa": c["kappa_2"], "c": c["c_2"], "L": TAU * c["L"]})


def printed_run(case: Case) -> Bound:
    return lambda k, c: printed(case)(k, {**c, "kappa": c["kappa_2"], "c": c["c_2"], "L": TAU * c["L"]})


def share(case: Case, c: Constants) -> Array:
    a, rho = case
    return np.minimum(0.5, c["h"] ** a * rho({**c, "kappa": c["kappa_2"], "c": c["c_2"]}) / (2 * c["local"]))


BALL = Claim[Planted, BacktrackingState](
    source=Source("carderera2021", "Theorem 2.9, q = 2", "fw.gsc.bfw.uniform", Statement.VERIFIED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.COMPACT}),
    instances={"ball": partial(on_sphere, n=4, kappa=1.0, slope=2.0)},
    algorithm=BacktrackingFrankWolfe(TAU, ETA),
    laws=LAWS,
    metric=each(primal_gap),
    unit=Unit(f=1),
    bound=on_ball,
    holds=Always(),
    k=range(1, 30),
    seen={"start": Seen(each(lambda p, s: 0.01 * p.constants["L"].value), Unit(1, -2))},
    rounding=roundoff,
)
CUBIC = {"ℓ₃ ball": partial(on_sphere, n=2, kappa=1.0, slope=2.0, p=3.0)}
RUN = replace(BALL, source=NINE.source, instances=CUBIC, bound=run_of(bounded(3.0)), seen={})
RUN_STRONG = replace(RUN, source=TEN.source, bound=run_of(strong(3.0)))
WARM = replace(
    RUN, source=PRINTED_NINE.source, instances={"from near x*": partial(on_sphere, n=2, kappa=1.0, slope=2.0, p=3.0, warm=3)},
    bound=printed_run(bounded(3.0)),
)
STEP = replace(
    RUN,
    source=replace(NINE.source, place="Theorem 2.9, one step"),
    metric=each_step(before(primal_gap)),
    bound=lambda k, c: np.maximum(c["gain"], 0.0) / share(bounded(3.0), c),
    k=range(6),
    seen={
        "gain": Seen(each_step(gain), Unit(f=1)),
        "h": Seen(each(primal_gap), Unit(f=1)),
        "local": Seen(each(lambda p, s: s.local), Unit(1, -2)),
    },
    rounding=lambda k, c: roundoff(k, c) / share(bounded(3.0), c),
)
STEP_STRONG = replace(
    STEP,
    source=replace(TEN.source, place="Theorem 2.10, one step"),
    bound=lambda k, c: np.maximum(c["gain"], 0.0) / share(strong(3.0), c),
    rounding=lambda k, c: roundoff(k, c) / share(strong(3.0), c),
)

THEOREM = Theorem(
    claims={
        "2.9, its recursion": (NINE, Status.CONSISTENT),
        "2.10, its recursion": (TEN, Status.CONSISTENT),
        "2.9, q = 2": (BALL, Status.CONSISTENT),
        "2.9, one step": (STEP, Status.CONSISTENT),
        "2.10, one step": (STEP_STRONG, Status.CONSISTENT),
        "2.9, a run": (RUN, Status.VACUOUS),
        "2.10, a run": (RUN_STRONG, Status.VACUOUS),
    },
    printed={
        "Theorem 2.9": (PRINTED_NINE, Status.REFUTED),
        "Theorem 2.10": (PRINTED_TEN, Status.REFUTED),
        "Theorem 2.9, a run": (WARM, Status.REFUTED),
    },
    foils={
        "another recursion": (replace(NINE, algorithm=with_equality(strong(3.0))), Status.UNLAWFUL),
        "η = 0.5": (replace(STEP, algorithm=BacktrackingFrankWolfe(TAU, 0.5)), Status.UNLAWFUL),
        "t_0 rounded down": (replace(NINE, bound=phases(bounded(3.0), 0, np.floor, hold=True)), Status.REFUTED),
        "a fifth faster": (replace(TEN, bound=lambda k, c: TEN.bound(1.2 * k, c)), Status.REFUTED),
        "a tenth of h_0": (replace(BALL, bound=lambda k, c: on_ball(k, c) / 10), Status.REFUTED),
        "a tenth of a step": (replace(STEP, bound=lambda k, c: STEP.bound(k, c) / 10), Status.REFUTED),
        "q = 4 for q = 3": (replace(NINE, bound=safe(bounded(4.0))), Status.ILL_POSED),
    },
)
