"""Jin et al. 2023, incremental learning: how deep each plateau is (derived for δ = 0, inc.plateau.exponent).

Spectrum σ_1 > σ_2 > …, flow from X_0 = α Ubar, Ubar generic with more than s columns, Σ_s the truncation of M* to rank s:

    min_t ‖Z(t) − Σ_s‖_F  =  Θ(α^p),   p = 2(σ_s − σ_{s+1})/(σ_s + σ_{s+1}),

and at that time the next direction is still small (Theorem 4.1, Corollary C.16 in this setting, inc.lowrank-trajectory):

    σ_{s+1}(X_t)  =  Θ(α^{p/2})  ≤  C α^{1/(4 κ*)},    κ* = σ_1/τ,  τ the smallest gap.

The times are in order (inc.plateau.limit), T^s ~ 2 ln(1/α)/(σ_s + σ_{s+1}), so T¹/T² → (σ_2 + σ_3)/(σ_1 + σ_2), up to O(1/ln(1/α)).

Why: at flow time t direction i has weight α² e^{2σ_i t}; the residual of s and the leak of s+1 balance at
t = 2 ln(1/α)/(σ_s + σ_{s+1}), and there both are α^p. Rows sweep α.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.flow import Flow, RiccatiFlow
from problems.matrix_sensing.ladders import starts
from problems.matrix_sensing.sensing import Sensing
from ratecheck import Array, Bound, Claim, Constants, Equal, Measure, Scaling, Status, Theorem, Trait, Unit, best
from theory_checks.matrix_sensing._common import derived, frobenius


def to_truncation(s: int) -> Callable[[Sensing, Flow], Array]:
    def distance(p: Sensing, flow: Flow) -> Array:
        xp = array_namespace(flow.Z)
        n = flow.Z.shape[-1]
        kept = xp.where(xp.arange(n)[None, :] < s, p.spectrum, xp.zeros_like(p.spectrum))
        return frobenius(flow.Z - kept[:, :, None] * xp.eye(n, dtype=flow.Z.dtype))

    return distance


def next_direction(s: int) -> Measure[Sensing, Flow]:
    """σ_{s+1}(X_t) at the t ≤ k where the distance to Σ_s is smallest."""
    distance = to_truncation(s)

    def measure(p: Sensing, states: Iterator[Flow]) -> Iterator[Array]:
        least = kept = None
        for flow in states:
            xp = array_namespace(flow.Z)
            now = distance(p, flow)
            value = xp.sqrt(xp.maximum(xp.linalg.eigvalsh(flow.Z)[:, -1 - s], 0 * now))
            better = now == now if least is None else now < least
            least = now if least is None else xp.where(better, now, least)
            kept = value if kept is None else xp.where(better, value, kept)
            yield kept

    return measure


def quotient_of_times(p: Sensing, states: Iterator[Flow]) -> Iterator[Array]:
    """T¹/T², the times so far of the closest approach to Σ_1 and to Σ_2."""
    distances = [to_truncation(s) for s in (1, 2)]
    least: list[Array] = []
    times: list[Array] = []
    for flow in states:
        now = [d(p, flow) for d in distances]
        xp = array_namespace(now[0])
        t = [flow.t + 0 * d for d in now]
        times = [xp.where(a < b, c, d) for a, b, c, d in zip(now, least, t, times, strict=True)] if least else t
        least = [xp.minimum(a, b) for a, b in zip(now, least, strict=True)] if least else now
        yield times[0] / times[1]


def depth(s: int) -> Bound:
    def bound(k: Array, c: Constants) -> Array:
        a, b = c[f"s_{s}"], c[f"s_{s + 1}"]
        return c["s_1"] * (c["alpha"] / c["s_1"] ** 0.5) ** (2 * (a - b) / (a + b))

    return bound


def leak(k: Array, c: Constants) -> Array:
    return (c["s_1"] * depth(1)(k, c)) ** 0.5 / c["s_1"] ** 0.5


def printed(k: Array, c: Constants) -> Array:
    return c["s_1"] ** 0.5 * (c["alpha"] / c["s_1"] ** 0.5) ** (c["tau"] / (4 * c["s_1"]))


SLOPE = Scaling(of=lambda c: c["alpha"], within=0.02)
FIRST = Claim[Sensing, Flow](
    source=derived("inc.plateau.exponent", "depth of plateau s, δ = 0", "jin2023, derived"),
    assumes=frozenset({Trait.SYMMETRIC, Trait.LOW_RANK}),
    instances={"spectrum 1, 0.5": starts, "spectrum 1, 0.6, 0.3": partial(starts, spectrum=(1.0, 0.6, 0.3), n=6, k=3)},
    algorithm=RiccatiFlow(time=lambda k: 0.08 * (k + 1)),
    metric=best(to_truncation(1)),
    unit=Unit(x=2),
    bound=depth(1),
    holds=SLOPE,
    k=range(450),
    seeds=8,
)
SECOND = replace(
    FIRST, instances={"spectrum 1, 0.6, 0.3": partial(starts, spectrum=(1.0, 0.6, 0.3), n=6, k=3)},
    metric=best(to_truncation(2)), bound=depth(2), k=range(550),
)
LEAK = replace(
    FIRST, source=derived("inc.lowrank-trajectory", "Theorem 4.1 and Corollary C.16, exponent for δ = 0", "jin2023, derived"),
    metric=next_direction(1), unit=Unit(x=1), bound=leak, holds=Scaling(of=lambda c: c["alpha"], within=0.03),
)
PRINTED = replace(LEAK, bound=printed, holds=Scaling(of=lambda c: 1 / c["alpha"], within=0.02, one_sided=True))
ORDER = Claim[Sensing, Flow](
    source=derived("inc.plateau.limit", "Theorem 4.1, times in order, δ = 0", "jin2023, derived"),
    assumes=FIRST.assumes, instances=SECOND.instances, algorithm=RiccatiFlow(time=lambda k: 0.08 * (k + 1)), metric=quotient_of_times,
    unit=Unit(), bound=lambda k, c: (c["s_2"] + c["s_3"]) / (c["s_1"] + c["s_2"]), holds=Equal(within=0.15), k=range(549, 550), seeds=8,
)

THEOREM = Theorem(
    claims={
        "plateaus in order": (ORDER, Status.CONSISTENT),
        "first plateau": (FIRST, Status.CONSISTENT),
        "second plateau": (SECOND, Status.CONSISTENT),
        "next direction": (LEAK, Status.CONSISTENT),
        "next direction, printed exponent": (PRINTED, Status.CONSISTENT),
    },
    foils={
        "times of equal length": (replace(ORDER, bound=lambda k, c: c["s_1"] / c["s_1"]), Status.REFUTED),
        "no gap": (replace(FIRST, instances={"1, 1, 0.4": partial(starts, spectrum=(1.0, 1.0, 0.4), n=6, k=3)},
                           bound=lambda k, c: c["s_1"] ** 0.5 * c["alpha"]), Status.REFUTED),
        "stopped early": (replace(FIRST, k=range(60)), Status.REFUTED),
        "one column": (replace(SECOND, instances={"k = 1": partial(starts, spectrum=(1.0, 0.6, 0.3), n=6, k=1)}), Status.REFUTED),
        "twice the exponent": (replace(FIRST, bound=lambda k, c: depth(1)(k, c) ** 2 / c["s_1"]), Status.REFUTED),
        "sum for difference": (replace(FIRST, bound=lambda k, c: c["alpha"] ** 2), Status.REFUTED),
        "leak alpha^2": (replace(PRINTED, bound=lambda k, c: c["alpha"] ** 2 / c["s_1"] ** 0.5), Status.REFUTED),
        "unit of alpha": (replace(FIRST, bound=lambda k, c: depth(1)(k, c) / c["alpha"]), Status.ILL_POSED),
    },
)
