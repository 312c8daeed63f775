"""Fu, Xu, Wilson 2023 (weights of the released code; bounds derived): QASGD for strongly quasar-convex functions.

Let f be L-smooth and (γ, μ)-strongly quasar-convex about x*, E‖g‖² ≤ G² along the path, R = ‖x_0 − x*‖.

  const       stage 1, β = 8μ/γ:   E f(x_k) − f*  ≤  (1 + γ²/16)^{−k} [f(x_0) − f* + (μ/2)(1 + γ²/16) R²] + G²/(8μ);
  decreasing  stage 2, β_k = γμ(k+m)²/(4k+4m+2), m ≥ 1:
              E f(x_k) − f*  ≤  [m² (f(x_0) − f* + μR²/2) + 8 k G²/(γ²μ)] / (k + m)².

Inside the proof, with θ = β/(α + β), α = γμ/2, η = 1/(α + β), c = β/μ: R_k = ‖z_k − x*‖², e_k = f(x_k) − f* satisfy
E[R_{k+1} + 2η(γ + θc) e_{k+1} | k]  ≤  θ (R_k + 2ηc e_k) + η² E‖g‖².
The conditional expectation is computed exactly. The gaps are run with exact gradients: there G is the largest on the path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.line_search import Coupling
from algorithms.quasar_convex.qasgd import Accelerated, QASGDStrong, first_stage, second_stage
from algorithms.quasar_convex.stochastic import Schedule, perturbed
from problems.quasar_convex.homogeneous import Petals, bowl, petals
from ratecheck import Always, Array, Claim, Constants, Draw, Law, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from ratecheck.oracles import Smooth
from theory_checks.quasar_convex._common import Searched, drawn_as_stated, gap, on, relative, square, y_passes_the_line_search


def growth(p: Petals, s: Accelerated) -> Array:
    """E‖g‖² at the new point, given the state"""
    return p.constants["xi"].value * square(p.grad(s.coupling.y)) + p.constants["sigma2"].value


def expected_next(p: Petals, s: Accelerated) -> Array:
    """E[R_{k+1} + 2η(γ + θc) e_{k+1} | k]"""
    eta, y = 1 / (s.alpha + s.beta), s.coupling.y
    g = p.grad(y)
    middle = (s.beta[:, None] * s.z + s.alpha[:, None] * y - g) * eta[:, None]
    spread = eta**2 * (growth(p, s) - square(g))
    weight = p.constants["gamma"].value + s.beta * eta * s.c
    return square(middle - p.x_star) + spread + 2 * eta * weight * (p.value(y) - p.f_star)


def largest_growth(p: Petals, states: Iterator[Accelerated]) -> Iterator[Array]:
    """The largest E‖g‖² so far."""
    largest = None
    for s in states:
        new = growth(p, s)
        largest = new if largest is None else array_namespace(new).maximum(largest, new)
        yield largest


def searched(beta: Schedule) -> Searched[Petals, Accelerated]:
    """b = γμ/4, c = β_k/μ, ε = 0"""

    def arguments(p: Petals, s: Accelerated) -> tuple[Array, Array, Array, Array, Array]:
        gamma, mu = (p.constants[name].value for name in ("gamma", "mu"))
        return s.x, s.z, gamma * mu / 4, beta(p.constants, s.k) / mu, 0 * mu

    return arguments


def z_mixes(beta: Schedule) -> Law[Petals, Accelerated]:
    """(α + β_k) z⁺ = β_k z + α x⁺ − (ξ∇f(x⁺) + ε),  x⁺ = y;  ξ and ε as stated"""

    def law(p: Petals, s: Accelerated, t: Accelerated) -> Array:
        b, a = beta(p.constants, s.k)[:, None], (p.constants["gamma"].value * p.constants["mu"].value / 2)[:, None]
        g = perturbed(p, s.coupling.y, s.d)
        moved = relative((a + b) * t.z - b * s.z - a * t.x + g, b * s.z, a * t.x, (a + b) * t.z, g)
        return array_namespace(moved).maximum(moved, relative(t.x - s.coupling.y, t.x) + drawn_as_stated(p, s.d))

    return law


def one_step(k: Array, c: Constants) -> Array:
    eta = 1 / (c["alpha"] + c["beta"])
    return c["beta"] * eta * (c["r2"] + 2 * eta * c["beta"] / c["mu"] * c["gap"]) + eta**2 * c["g2"]


def constant_stage(k: Array, c: Constants) -> Array:
    q = 1 + c["gamma"] ** 2 / 16
    return q**-k * (c["e0"] + c["mu"] / 2 * q * c["R"] ** 2) + c["G2"] / (8 * c["mu"])


def decreasing_stage(k: Array, c: Constants) -> Array:
    """G on the path up to k."""
    m = 48 / c["gamma"] ** 2
    start = m**2 * (c["e0"] + c["mu"] * c["R"] ** 2 / 2)
    return (start + 8 * k * c["G2"] / (c["gamma"] ** 2 * c["mu"])) / (k + m) ** 2


def staying(p: Smooth, x: Array, v: Array, b: Array, c: Array, eps: Array, L: Array) -> Coupling:
    """α = 1: x never moves."""
    return Coupling(1 + 0 * c, x, 0 * c)


def source(slug: str) -> Source:
    return Source("fu2023 (released code)", "QASGD, strongly quasar-convex; bound derived", slug, Statement.DERIVED)


INSTANCES: Mapping[str, Draw[Petals]] = {
    "six petals, additive": partial(petals, sigma=0.3),
    "two petals, gamma 1, both": partial(petals, pairs=1, m=2, gamma=1.0, sigma=0.3, xi=2.0),
    "flat bowl": partial(bowl, gamma=0.5, kappa=100.0),
}
EXACT: Mapping[str, Draw[Petals]] = {"two petals": partial(petals, pairs=1, m=2, gamma=1.0), "flat bowl": INSTANCES["flat bowl"]}
STAGES: Mapping[str, Schedule] = {"qc.qasgd.strong.const": first_stage, "qc.qasgd.strong.decreasing": second_stage()}


def claim(slug: str) -> Claim[Petals, Accelerated]:
    beta = STAGES[slug]
    return Claim[Petals, Accelerated](
        source=source(slug),
        assumes=frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX}),
        instances=INSTANCES,
        algorithm=QASGDStrong(beta),
        metric=each(expected_next),
        unit=Unit(x=2),
        bound=one_step,
        holds=Always(),
        k=range(120),
        seen={
            "r2": Seen(each(lambda p, s: square(s.z - p.x_star)), Unit(x=2)),
            "gap": Seen(each(gap), Unit(f=1)),
            "g2": Seen(each(growth), Unit(2, -2)),
            "alpha": Seen(each(lambda p, s: s.alpha), Unit(1, -2)),
            "beta": Seen(each(lambda p, s: s.beta), Unit(1, -2)),
            "G2": Seen(largest_growth, Unit(2, -2)),
        },
        given={"γ ≤ 1": lambda k, c: c["gamma"]},
        laws={"y passes the line search": y_passes_the_line_search(searched(beta)), "z mixes": z_mixes(beta)},
        seeds=4,
    )


CONST, DECREASING = (claim(slug) for slug in STAGES)
NOISELESS = {**CONST.given, "exact gradients": lambda k, c: 1e30 * (c["sigma2"] / (c["L"] * c["e0"]) + c["xi"] - 1)}
CONST_GAP = replace(CONST, given=NOISELESS, instances=EXACT, metric=each(gap), unit=Unit(f=1), bound=constant_stage, k=range(1, 121))
DECREASING_GAP = replace(DECREASING, given=NOISELESS, instances=EXACT, metric=each(gap), unit=Unit(f=1), bound=decreasing_stage, k=range(1, 121))
FLAT = on(CONST, "flat bowl")

THEOREM = Theorem(
    claims={
        "constant, one step": (CONST, Status.CONSISTENT),
        "decreasing, one step": (DECREASING, Status.CONSISTENT),
        "constant, gap": (CONST_GAP, Status.CONSISTENT),
        "decreasing, gap": (DECREASING_GAP, Status.CONSISTENT),
    },
    foils={
        "the other stage": (replace(FLAT, algorithm=QASGDStrong(second_stage())), Status.UNLAWFUL),
        "no coupling": (replace(FLAT, algorithm=QASGDStrong(first_stage, search=staying)), Status.UNLAWFUL),
        "no coupling, unseen": (replace(CONST_GAP, algorithm=QASGDStrong(first_stage, search=staying), laws={}), Status.REFUTED),
        "no noise term": (replace(CONST, bound=lambda k, c: one_step(k, {**c, "g2": 0 * c["g2"]})), Status.REFUTED),
        "1/(k + m)^2, no noise": (
            replace(on(CONST_GAP, "flat bowl"), bound=lambda k, c: constant_stage(k, {**c, "e0": 0.0, "R": 0.0, "G2": c["G2"] / 50})),
            Status.REFUTED,
        ),
        "mu for gamma mu": (replace(DECREASING, bound=lambda k, c: one_step(k, {**c, "alpha": 30 * c["alpha"]})), Status.REFUTED),
        "G for G^2": (replace(CONST, bound=lambda k, c: one_step(k, {**c, "g2": c["g2"] ** 0.5})), Status.ILL_POSED),
    },
)
