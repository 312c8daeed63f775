"""Hao, Gong, Liu 2024: BO-REP, bilevel optimization under unbounded smoothness (constants proved here, rates as shapes).

f is (L_x0, L_x1, L_y0, L_y1)-smooth, ‖∇_y f(x, y*)‖ ≤ M, g μ-strongly convex in y, l_g1-smooth with l_g2-Lipschitz Hessian blocks.
(i)   For ‖x − x'‖ ≤ r = 1/√(2(1 + l_g1²/μ²)(L_x1² + L_y1²)):   ‖∇F(x) − ∇F(x')‖ ≤ (K0 + K1‖∇F(x')‖)‖x − x'‖,
      K1 = √(1 + l_g1²/μ²) L_x1,  K0 = √(1 + l_g1²/μ²)(L_x0 + L_x1 l_g1 M/μ + (l_g1/μ)(L_y0 + L_y1 M) + M(l_g1 l_g2 + l_g2 μ)/μ²).
(ii)  x⁺ = x − η∇F/‖∇F‖ with η ≤ min(r, 1/K1):   (1/K) Σ_{k<K} ‖∇F(x_k)‖ ≤ 2(F(x_0) − F*)/(ηK) + K0 η.
(iii) With momentum, 1 − β = K^{−1/2}, η ~ K^{−3/4} and noise: E avg ‖∇F‖ ~ K^{−1/4}, i.e. O(ε⁻⁴) oracle calls, with the lower
      level and the linear system tracked by a few stochastic steps (BO-REP) as well as with exact hypergradients.
Plain gradient descent with a step that suits the minimiser blows up.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.bilevel.batched import norm
from algorithms.bilevel.implicit import exact_hypergradient, hypergradient
from algorithms.bilevel.normalized import BOREP, Horizoned, Normalized, NormalizedDescent, NormalizedMomentum, Refined
from algorithms.bilevel.oracles import Solvable
from algorithms.bilevel.points import RandomPoints, Sample
from problems.bilevel.relaxed import relaxed
from ratecheck import Always, Array, Claim, Constants, Measure, Scaling, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, mean
from theory_checks.bilevel._common import GRADIENT, agree

LOWER = frozenset({Trait.LOWER_STRONGLY_CONVEX})
LENGTH = Unit(0, 1)


def apart(p: Solvable, s: Sample) -> Array:
    """x at distance at most r from x', the sign and length random"""
    xp = array_namespace(s.x)
    return s.x + p.constants["r"].value * xp.tanh(s.dx)


def change(p: Solvable, s: Sample) -> Array:
    return norm(exact_hypergradient(p, apart(p, s)) - exact_hypergradient(p, s.x))


def smooth(k: Array, c: Constants) -> Array:
    return (c["K0"] + c["K1"] * c["grad"]) * c["dx"]


def gradient(p: Solvable, s: Normalized | Refined) -> Array:
    return norm(exact_hypergradient(p, s.x))


def solves_lower(p: Solvable, s: Sample, t: Sample) -> Array:
    """∇_y g(x, y*) = 0 at both points"""
    return norm(p.lower_y(s.x, p.y_star(s.x))) / (1 + norm(s.x))


def normalized(p: Solvable, s: Normalized, t: Normalized) -> Array:
    """x_{k+1} = x_k − η∇F/‖∇F‖"""
    g = exact_hypergradient(p, s.x)
    return agree((t.x, s.x - s.eta * g / norm(g)[:, None], s.x), (s.m, g))


def steps_along(scale: float, p: Horizoned, s: Normalized | Refined, t: Normalized | Refined) -> Array:
    """x_{k+1} = x_k − η m/‖m‖, η = scale·K^{−3/4}"""
    eta = scale * p.horizon[:, None] ** -0.75
    return agree((t.x, s.x - eta * s.m / norm(s.m)[:, None], s.x), (s.eta, eta))


def averages(p: Horizoned, s: Normalized, t: Normalized) -> Array:
    """m_{k+1} = m_k + K^{−1/2}(∇F(x_{k+1}) + e − m_k), from ∇F(x_0)"""
    root, first = p.horizon[:, None] ** -0.5, exact_hypergradient(p, p.x0)
    off = agree((t.m, s.m + root * (exact_hypergradient(p, t.x) + t.error - s.m), s.m))
    return off + (agree((s.x, p.x0), (s.m, first + root * s.error)) if s.k == 0 else 0.0)


def refined(p: Horizoned, s: Refined, t: Refined) -> Array:
    """z⁺ = z − 2K^{−1/2}(A z − ∇_y f + e); m from the hypergradient at (y, z); y* and 0 at first"""
    root = p.horizon[:, None] ** -0.5
    z = s.z - 2 * root * (p.hvp(s.x, s.y, s.z) - p.upper_y(s.x, s.y) + s.errors[1])
    off = agree((t.z, z, s.z), (t.m, s.m + root * (hypergradient(p, t.x, t.y, t.z) + t.errors[0] - s.m), s.m))
    if s.k > 0:
        return off
    first = exact_hypergradient(p, p.x0)
    m = first + root * (hypergradient(p, p.x0, s.y, s.z) + s.errors[0] - first)
    return off + agree((s.x, p.x0), (s.y, p.y_star(p.x0)), (s.z, 0 * s.z), (s.m, m))


def refines(a: BOREP, p: Horizoned, s: Refined, t: Refined) -> Array:
    """Every I steps y⁺ is the mean of N steps 2K^{−1/2} of stochastic gradients from y at x⁺; it stays elsewhere"""
    if s.k % a.every:
        return agree((t.y, s.y))
    nu, points = 2 * p.horizon[:, None] ** -0.5, [s.y]
    for j in range(a.steps):
        points.append(points[-1] - nu * (p.lower_y(t.x, points[-1]) + s.errors[2][:, j, :]))
    return agree((t.y, sum(points[2:], points[1]) / a.steps, s.y))


def until_horizon(m: Callable[[Horizoned, Refined | Normalized], Array]) -> Measure[Horizoned, Refined | Normalized]:
    """The mean of m over the first K iterations of a row, K its horizon; constant afterwards"""

    def measure(p: Horizoned, states: Iterator[Refined | Normalized]) -> Iterator[Array]:
        total = 0 * p.horizon
        xp = array_namespace(total)
        for k, s in enumerate(states):
            inside = p.horizon > k
            total = total + xp.where(inside, m(p, s), 0 * total)
            yield total / xp.minimum(p.horizon, 0 * p.horizon + k + 1)

    return measure


SMOOTH = Claim[Solvable, Sample](
    source=Source("hao2024", "relaxed smoothness of the hyperobjective", "borep.relaxed-smoothness", Statement.DERIVED),
    assumes=LOWER,
    instances={"cosh": partial(relaxed, start=1.0), "nearly single level": partial(relaxed, start=1.0, b=0.01, s=0.0, M=0.1)},
    algorithm=RandomPoints(2.0),
    laws={"solves the lower level": solves_lower},
    seen={
        "grad": Seen(each(lambda p, s: norm(exact_hypergradient(p, s.x))), GRADIENT),
        "dx": Seen(each(lambda p, s: norm(apart(p, s) - s.x)), LENGTH),
    },
    given={"‖x − x'‖ ≤ r": lambda k, c: c["dx"] / c["r"]},
    metric=each(change),
    unit=GRADIENT,
    bound=smooth,
    holds=Always(),
    k=range(60),
    rounding=lambda k, c: 1e-13 * (c["grad"] + c["K0"] * c["r"]),
)


def longest_step(p: Solvable) -> Array:
    xp = array_namespace(p.x0)
    return xp.minimum(p.constants["r"].value, 1 / p.constants["K1"].value)


DESCENT = Claim[Solvable, Normalized](
    source=Source("hao2024", "normalized descent, derived", "borep.normalized-gd", Statement.DERIVED),
    assumes=LOWER,
    instances={"cosh": relaxed},
    algorithm=NormalizedDescent(longest_step),
    laws={"normalized": normalized},
    seen={"eta": Seen(each(lambda p, s: s.eta[:, 0]), LENGTH)},
    given={"η ≤ r": lambda k, c: c["eta"] / c["r"], "η ≤ 1/K1": lambda k, c: c["eta"] * c["K1"]},
    metric=mean(gradient),
    unit=GRADIENT,
    bound=lambda k, c: 2 * c["Delta"] / (c["eta"] * (k + 1)) + c["K0"] * c["eta"],
    holds=Always(),
    k=range(5, 200),
    seeds=4,
)
PLAIN = NormalizedDescent(lambda p: 0.735 + 0 * p.x0[:, 0], normalizes=False)
SHORT = NormalizedDescent(lambda p: 0.01 + 0 * p.x0[:, 0], normalizes=False)
TUNED = partial(relaxed, start=1.5, longest=1600)
SHAPE = Claim[Horizoned, Normalized](
    source=Source("hao2024", "normalized momentum, shape", "borep.nsgdm-shape", Statement.DERIVED),
    assumes=LOWER,
    instances={"cosh": TUNED},
    algorithm=NormalizedMomentum(),
    laws={"steps along m": partial(steps_along, 0.5), "averages": averages},
    seen={"unit": Seen(each(lambda p, s: 0 * s.x[:, 0] + 1), GRADIENT)},
    metric=until_horizon(gradient),
    unit=GRADIENT,
    bound=lambda k, c: c["unit"] * c["horizon"] ** -0.25,
    holds=Scaling(of=lambda c: c["horizon"], within=0.1),
    k=range(1599, 1600),
    seeds=32,
)
COMPLEXITY = Claim[Horizoned, Refined](
    source=Source("hao2024", "abstract: O(ε⁻⁴) oracle calls", "borep.complexity", Statement.VERIFIED),
    assumes=LOWER,
    instances={"cosh": partial(relaxed, start=1.5, longest=800)},
    algorithm=BOREP(),
    laws={"steps along m": partial(steps_along, 0.5), "refined": refined, "refines": partial(refines, BOREP())},
    seen={"unit": Seen(each(lambda p, s: 0 * s.x[:, 0] + 1), GRADIENT)},
    metric=until_horizon(gradient),
    unit=GRADIENT,
    bound=lambda k, c: c["unit"] * c["horizon"] ** -0.25,
    holds=Scaling(of=lambda c: c["horizon"], within=0.1, one_sided=True),
    k=range(799, 800),
    seeds=32,
)

THEOREM = Theorem(
    claims={
        "relaxed smoothness": (SMOOTH, Status.CONSISTENT),
        "normalized descent": (DESCENT, Status.CONSISTENT),
        "with momentum": (SHAPE, Status.CONSISTENT),
        "complexity": (COMPLEXITY, Status.CONSISTENT),
    },
    foils={
        "smooth with K0 alone": (replace(SMOOTH, bound=lambda k, c: c["K0"] * c["dx"]), Status.REFUTED),
        "K1 without a unit": (replace(SMOOTH, bound=lambda k, c: (c["K0"] + c["K0"] * c["grad"]) * c["dx"]), Status.ILL_POSED),
        "descent without the floor": (replace(DESCENT, k=range(5, 800), seeds=1, bound=lambda k, c: c["Delta"] / (c["eta"] * (k + 1))), Status.REFUTED),
        "plain gradient descent": (replace(DESCENT, algorithm=SHORT, given={}, seeds=1, k=range(5, 9)), Status.UNLAWFUL),
        "plain gradient descent, unstated": (
            replace(DESCENT, algorithm=PLAIN, given={}, laws={}, seen={"eta": Seen(each(lambda p, s: longest_step(p)), LENGTH)}, k=range(5, 8), seeds=1),
            Status.FAILED,  # overflow: 6, −142, 3e61
        ),
        "order K^−1/2": (replace(SHAPE, bound=lambda k, c: c["unit"] * c["horizon"] ** -0.5), Status.REFUTED),
        "steps twice as long": (replace(SHAPE, algorithm=NormalizedMomentum(scale=1.0), k=range(20), seeds=4), Status.UNLAWFUL),
        "no momentum": (replace(SHAPE, algorithm=NormalizedMomentum(momentum=False), k=range(200), seeds=4), Status.UNLAWFUL),
    },
)
