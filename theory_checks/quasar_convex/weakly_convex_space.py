"""Davis, Drusvyatskiy 2019 (arXiv 1803.06523 v3), Theorems 3.1 and 4.3 in R^n: phase retrieval and blind deconvolution.

f(x) = (1/N) Σ |½⟨x, H_i x⟩ − b_i| is ρ-weakly convex; E ‖G‖² ≤ L² where the iterates are (a ball, a hypothesis here), rb > ρ, no r.

  projsub  (3.4)   weights a_t:   E‖∇f_{1/rb}‖² ≤ (rb/(rb − ρ)) [f_{1/rb}(x_0) − min f + (rb L²/2) Σ a_t²]/Σ a_t;
  steps    inside the proofs, the expectation over all components (a = a_t, and 1/b_t = a for the prox-linear method):
           E f_{1/rb}(x_{t+1}) ≤ f_{1/rb}(x_t) − a ((rb − ρ)/rb) ‖∇f_{1/rb}(x_t)‖² + a² rb L²/2           sub-gradient
           E f_{1/rb}(x_{t+1}) ≤ f_{1/rb}(x_t) − a ((rb − ρ)/(2rb)) ‖∇f_{1/rb}(x_t)‖² + 2 rb L² a²/(1 − rb a)   prox-linear
  blind    ρ ≤ min{(1/N) Σ ‖u_i‖ ‖v_i‖, ‖U‖ ‖V‖/N}, spectral norms of the matrices with rows u_i and v_i; the second is derived.

The envelope has no closed form in R^n: it lies between a dual and a primal value, and their difference is granted to both sides.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.model_based import Drawn, ModelBased, Update, chosen
from algorithms.quasar_convex.model_based_space import prox_linear_steps, subgradient_steps
from algorithms.quasar_convex.stochastic import Schedule
from problems.quasar_convex.quadratic_deviations import QuadraticDeviations, blind_deconvolution, phase_retrieval_in_space
from ratecheck import Always, Array, Certified, Claim, Constants, Draw, InExpectation, Law, Seen, Status, Theorem, Trait, Unit, each, total
from theory_checks.quasar_convex._common import on, relative, square
from theory_checks.quasar_convex.weakly_convex import model_step, one_step, source


def rb(p: QuadraticDeviations) -> Array:
    return p.constants["rb"].value


def stationarity2(p: QuadraticDeviations, s: Drawn) -> Array:
    """‖∇f_{1/rb}(x)‖² = rb² ‖x − prox‖²"""
    return rb(p) ** 2 * square(s.x - p.nearest(s.x[:, None, :], rb(p)).point[:, 0, :])


def envelope(p: QuadraticDeviations, s: Drawn) -> Array:
    return p.nearest(s.x[:, None, :], rb(p)).high[:, 0]


def doubt(p: QuadraticDeviations, s: Drawn) -> Array:
    """What the duality gap δ leaves open in f_{1/rb}(x) and, through ‖prox − y‖² ≤ 2δ/(rb − ρ), in a ‖∇f_{1/rb}(x)‖²."""
    e = p.nearest(s.x[:, None, :], rb(p))
    gap = array_namespace(s.x).abs(e.high - e.low)[:, 0] + 1e-14 * e.high[:, 0]
    off = (2 * gap / (rb(p) - p.constants["rho"].value)) ** 0.5
    return gap + s.step * rb(p) ** 2 * off * (off + 2 * square(s.x - e.point[:, 0, :]) ** 0.5)


def weighted_mean(p: QuadraticDeviations, states: Iterator[Drawn]) -> Iterator[Array]:
    amount: Array = 0.0
    weights: Array = 0.0
    for s in states:
        amount, weights = amount + s.step * stationarity2(p, s), weights + s.step
        yield amount / weights


def expected_envelope(update: Update) -> Callable[[QuadraticDeviations, Drawn], Array]:
    def reading(p: QuadraticDeviations, s: Drawn) -> Array:
        """E[f_{1/rb}(x_{t+1}) | t] over all components, by the dual values"""
        values = p.nearest(update(p, s.x, s.step), rb(p)).low
        return array_namespace(values).mean(values, axis=-1)

    return reading


def takes(update: Update, step: Schedule) -> Law[QuadraticDeviations, Drawn]:
    """x_{t+1} is the step of component i with the step size of the statement"""

    def law(p: QuadraticDeviations, s: Drawn, t: Drawn) -> Array:
        length = array_namespace(s.x).asarray(step(p.constants, s.k))
        return relative(t.x - chosen(update(p, s.x, length), s.i), t.x, s.x)

    return law


def projected(k: Array, c: Constants) -> Array:
    return c["rb"] / (c["rb"] - c["rho"]) * (c["gap_0"] + c["rb"] * c["L"] ** 2 / 2 * c["a2"]) / c["a"]


def decreasing(c: Mapping[str, Certified], k: int) -> Array:
    """a_t = 1/(20 rb √(t+1))"""
    return 0.05 / c["rb"].value / (k + 1) ** 0.5


def small(c: Mapping[str, Certified], k: int) -> Array:
    """a_t = 1/(50 rb √(t+1))"""
    return 0.4 * decreasing(c, k)


STEP = Unit(-1, 2)
WITHIN = Seen[QuadraticDeviations, Drawn](each(lambda p, s: square(s.x) ** 0.5), Unit(x=1))
GIVEN = {"rb > ρ": lambda k, c: c["rho"] / c["rb"], "in the ball of L": lambda k, c: c["r"] / c["radius"]}
BLIND: Mapping[str, Draw[QuadraticDeviations]] = {"blind deconvolution": blind_deconvolution}
INSTANCES: Mapping[str, Draw[QuadraticDeviations]] = {
    "phase retrieval": phase_retrieval_in_space,
    "phase retrieval, outliers": partial(phase_retrieval_in_space, outliers=0.2),
    **BLIND,
    "blind deconvolution, outliers": partial(blind_deconvolution, outliers=0.2),
}
ONE_STEP = Claim[QuadraticDeviations, Drawn](
    source=source("Theorem 3.1, inside the proof", "wc.projsub"),
    assumes=frozenset({Trait.WEAKLY_CONVEX}),
    instances=INSTANCES,
    algorithm=ModelBased(decreasing, subgradient_steps),
    metric=each(expected_envelope(subgradient_steps)),
    unit=Unit(f=1),
    bound=one_step(0.5),
    holds=Always(),
    k=range(15),
    seen={
        "s": Seen(each(lambda p, s: s.step), STEP),
        "envelope": Seen(each(envelope), Unit(f=1)),
        "stationarity2": Seen(each(stationarity2), Unit(2, -2)),
        "doubt": Seen(each(doubt), Unit(f=1)),
        "r": WITHIN,
    },
    given=GIVEN,
    laws={"steps": takes(subgradient_steps, decreasing)},
    rounding=lambda k, c: 2 * c["doubt"],
    seeds=4,
)
LINEAR_STEP = replace(
    ONE_STEP,
    source=source("Theorem 4.3, inside the proof", "wc.model"),
    algorithm=ModelBased(small, prox_linear_steps),
    metric=each(expected_envelope(prox_linear_steps)),
    bound=model_step,
    given={**GIVEN, "b_t > rb": lambda k, c: c["s"] * c["rb"]},
    laws={"steps": takes(prox_linear_steps, small)},
)
MEAN = replace(
    ONE_STEP,
    source=source("Theorem 3.1, (3.4)", "wc.projsub"),
    instances={"phase retrieval": phase_retrieval_in_space, **BLIND},
    metric=weighted_mean,
    unit=Unit(2, -2),
    bound=projected,
    holds=InExpectation(),
    k=range(100),
    seen={"a": Seen(total(lambda p, s: s.step), STEP), "a2": Seen(total(lambda p, s: s.step**2), Unit(-2, 4)), "r": WITHIN},
    rounding=lambda k, c: 0.0 * k,
    seeds=64,
)
ONE = replace(on(ONE_STEP, "blind deconvolution, outliers"), k=range(60), seeds=16)

THEOREM = Theorem(
    claims={
        "sub-gradient, one step": (ONE_STEP, Status.CONSISTENT),
        "prox-linear, one step": (LINEAR_STEP, Status.CONSISTENT),
        "sub-gradient, mean": (MEAN, Status.CONSISTENT),
    },
    foils={
        "sub-gradient for prox-linear": (
            replace(on(LINEAR_STEP, "phase retrieval"), algorithm=ModelBased(lambda c, k: 20 * small(c, k), subgradient_steps)),
            Status.UNLAWFUL,
        ),
        "a step 5 times as long": (
            replace(ONE, algorithm=ModelBased(lambda c, k: 5 * decreasing(c, k), subgradient_steps)),
            Status.UNLAWFUL,
        ),
        "no noise term": (replace(ONE, bound=one_step(0.0)), Status.REFUTED),
        "prox-linear: no noise, ten times the decrease": (
            replace(
                on(LINEAR_STEP, "blind deconvolution"), bound=lambda k, c: one_step(0.0)(k, {**c, "stationarity2": 10 * c["stationarity2"]})
            ),
            Status.REFUTED,
        ),
        "a tenth of the mean": (replace(MEAN, bound=lambda k, c: projected(k, c) / 10), Status.REFUTED),
        "L for L^2": (replace(MEAN, bound=lambda k, c: projected(k, {**c, "L": c["L"] ** 0.5})), Status.ILL_POSED),
    },
)
