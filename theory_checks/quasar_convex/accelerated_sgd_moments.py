"""Li et al. 2024 (arXiv 2311.14222), setting; derived: the exact second moments of accelerated SGD on Gaussian least squares.

a ~ N(0, diag λ), b = ⟨a, x*⟩ + ε, E ε² = σ², x* = 0; y = αx + (1 − α)v, α = 1/(1 + β), g = a(⟨a, y⟩ − b), x⁺ = y − δg,
v⁺ = βy + (1 − β)v − γg. The second moment C_i of (x_i, v_i) obeys, for every k and every i,

    C_i⁺ = M_i C_i M_iᵀ + [λ_i Σ_j λ_j E y_j² + λ_i² E y_i² + σ² λ_i] (δ, γ)ᵀ(δ, γ),

M_i the mean step. So the expected excess risk ½ Σ λ_i E x_i² costs O(d) a step, without sampling.

Why: E a_i²⟨a, y⟩² = λ_i Σ_j λ_j y_j² + 2 λ_i² y_i² for a Gaussian a independent of y, less the square of the mean λ_i y_i.
Only moments up to order 4 enter, so the three-point law with those moments must give the same numbers: it is averaged here over
all 3^d outcomes with full 2d × 2d matrices. The second claim compares with Gaussian samples.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated_sgd import AcceleratedMoments, AcceleratedSGD, EnumeratedMoments, Moments, Sampled
from problems.quasar_convex.gaussian_regression import GaussianRegression, power_law
from ratecheck import Always, Array, Claim, InExpectation, Lockstep, Seen, Source, Statement, Status, Theorem, Trait, Unit, Vanishes, each
from theory_checks.quasar_convex._common import on, relative, square

Two = tuple[Moments, Moments]
Compared = tuple[Sampled, Moments]


def apart(p: GaussianRegression, s: Two) -> Array:
    xp = array_namespace(s[0].xx)
    return square(xp.concat([s[0].xx - s[1].xx, s[0].xv - s[1].xv, s[0].vv - s[1].vv], axis=-1)) ** 0.5


def size(p: GaussianRegression, s: Two) -> Array:
    return square(array_namespace(s[0].xx).concat([s[0].xx, s[0].xv, s[0].vv], axis=-1)) ** 0.5


def excess(p: GaussianRegression, s: Compared) -> Array:
    """½ Σ λ_i x_i²"""
    return 0.5 * array_namespace(s[0].x).sum(p.spectrum * s[0].x ** 2, axis=-1)


def expected(p: GaussianRegression, s: Compared) -> Array:
    return 0.5 * array_namespace(s[1].xx).sum(p.spectrum * s[1].xx, axis=-1)


def steps_along_one_sample(p: GaussianRegression, s: Compared, t: Compared) -> Array:
    """v⁺ − x⁺ = (1 − β)(v − y) − (γ − δ) g and x⁺ = y − δ g, (1 + β) y = x + β v"""
    xp = array_namespace(p.x0)
    delta, gamma, beta = (p.constants[name].value[:, None] for name in ("delta", "gamma", "beta"))
    now, then = s[0], t[0]
    y = (now.x + beta * now.v) / (1 + beta)
    g = now.a * (xp.sum(now.a * y, axis=-1) - now.e)[:, None]
    first = relative(then.x - y + delta * g, now.x, then.x, now.v)
    return xp.maximum(first, relative(then.v - then.x - (1 - beta) * (now.v - y) + (gamma - delta) * g, now.v, then.v, now.x))


EXACT = Claim[GaussianRegression, Two](
    source=Source("li2024 v1", "Section 2, setting; moments derived", "asgd.exact", Statement.DERIVED),
    assumes=frozenset({Trait.UNBIASED}),
    instances={
        "bias and variance": partial(power_law, d=3, cut=1),
        "bias": partial(power_law, d=3, cut=2, sigma=0.0, decay=1.0),
        "variance": partial(power_law, d=2, cut=1, R=0.0),
    },
    algorithm=Lockstep(EnumeratedMoments(), AcceleratedMoments()),
    metric=each(apart),
    unit=Unit(x=2),
    bound=lambda k, c: c["size"],
    holds=Vanishes(1e-12),
    k=range(1, 101),
    seen={"size": Seen(each(size), Unit(x=2))},
    seeds=3,
)
SAMPLED = Claim[GaussianRegression, Compared](
    source=EXACT.source,
    assumes=EXACT.assumes,
    instances={"long tail": partial(power_law, d=20), "short tail": partial(power_law, d=8, decay=1.0, cut=2)},
    algorithm=Lockstep(AcceleratedSGD(), AcceleratedMoments()),
    metric=each(excess),
    unit=Unit(f=1),
    bound=lambda k, c: c["expected"],
    holds=InExpectation(),
    k=range(1, 101),
    seen={"expected": Seen(each(expected), Unit(f=1))},
    laws={"steps along one sample": steps_along_one_sample},
    seeds=512,
)


def against(second: AcceleratedMoments) -> Lockstep[GaussianRegression, Moments, Moments]:
    return Lockstep(EnumeratedMoments(), second)


THEOREM = Theorem(
    claims={"all outcomes": (EXACT, Status.CONSISTENT), "Gaussian samples": (SAMPLED, Status.CONSISTENT)},
    foils={
        "no fourth moment": (replace(on(EXACT, "bias"), algorithm=against(AcceleratedMoments(fourth=0.0))), Status.REFUTED),
        "2 lambda_i^2 y_i^2": (replace(on(EXACT, "bias"), algorithm=against(AcceleratedMoments(fourth=2.0))), Status.REFUTED),
        "gamma of another run": (replace(on(EXACT, "variance"), algorithm=against(AcceleratedMoments(stretch=1.01))), Status.REFUTED),
        "SGD": (replace(on(EXACT, "bias"), algorithm=against(AcceleratedMoments(plain=True))), Status.REFUTED),
        "half of it": (replace(on(SAMPLED, "long tail"), bound=lambda k, c: 0.5 * c["expected"]), Status.REFUTED),
        "in every run": (replace(on(SAMPLED, "long tail"), holds=Always(), seeds=16), Status.REFUTED),
        "gamma doubled": (
            replace(on(SAMPLED, "long tail"), algorithm=Lockstep(AcceleratedSGD(stretch=2.0), AcceleratedMoments()), seeds=8),
            Status.UNLAWFUL,
        ),
        "the root of it": (replace(on(SAMPLED, "long tail"), bound=lambda k, c: c["expected"] ** 0.5), Status.ILL_POSED),
    },
)
