"""Liu, Liu, Ghosh, Han, Scarlett 2022, generative principal components: the projected power method (deterministic form derived).

x_{t+1} = P_K(V x_t), V = Vbar + E, xbar in K a leading eigenvector of Vbar, γ = max_{i≥2}|λ_i|/λ_1, μ_t = ⟨x_t, xbar⟩ > 0:

    ‖x_{t+1} − xbar‖  ≤  (2γ/μ_t) √(1 − μ_t²) + 2 ‖E x_t‖ / (λ_1 μ_t)        for every t;

a contraction while μ_t > 2γ, which is the condition of the paper (gpca.ppower.theorem, recalled: from ⟨x_0, xbar⟩ ≥ 2γ + ν linear
convergence to a ball of radius C√(k log(nLr)/m)). Why: optimality of the projection gives ⟨xbar − x⁺, Vx⟩ ≤ 0, and
⟨xbar − x⁺, xbar⟩ = ‖x⁺ − xbar‖²/2.
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.projected_power import ProjectedPower, Vector
from problems.matrix_sensing.generative import OnPoints, OnSubspace, curve, spiked_covariance, subspace
from ratecheck import Always, Array, Claim, Constants, Scaling, Seen, Source, Statement, Status, Theorem, Unit, each, each_step
from theory_checks.matrix_sensing._common import at_start, derived
from theory_checks.matrix_sensing.generative_optimum import length

Prior = OnPoints | OnSubspace


def distance(p: Prior, s: Vector) -> Array:
    return length(s.x - p.xbar)


def cosine(p: Prior, s: Vector) -> Array:
    return array_namespace(s.x).sum(s.x * p.xbar, axis=-1)


def disturbance(p: Prior, s: Vector) -> Array:
    """‖E x‖"""
    return length(array_namespace(s.x).matmul(p.E, s.x[:, :, None])[:, :, 0])


def projects_the_image(p: Prior, s: Vector, t: Vector) -> Array:
    """x_{t+1} is the point of the set nearest to V x_t: no gain in ⟨·, V x_t⟩ is left"""
    y = p.image(s.x)
    xp = array_namespace(y)
    return xp.abs(xp.sum((p.nearest(y) - t.x) * y, axis=-1)) / length(y) + xp.abs(length(t.x) - 1)


def step(k: Array, c: Constants) -> Array:
    return 2 * c["gamma"] / c["mu"] * (1 - c["mu"] ** 2) ** 0.5 + 2 * c["Ex"] / (c["lam_1"] * c["mu"])


CLAIM = Claim[Prior, Vector](
    source=derived("gpca.ppower.contraction", "one step", "liu2022generative, sharpened"),
    assumes=frozenset(),
    instances={"subspace": subspace, "curve": curve},
    algorithm=ProjectedPower(),
    laws={"projected image": projects_the_image},
    seen={"mu": Seen(each(cosine), Unit()), "Ex": Seen(each(disturbance), Unit(f=1))},
    given={"μ > 0": lambda k, c: 1 - c["mu"]},
    metric=each_step(lambda p, s, t: distance(p, t)),
    unit=Unit(),
    bound=step,
    rounding=lambda k, c: 1e-12 + 0 * k,
    holds=Always(),
    k=range(12),
    seeds=32,
)
BALL = replace(
    CLAIM, source=Source("liu2022generative, as recalled", "convergence of PPower", "gpca.ppower.theorem", Statement.RECALLED),
    instances={"spiked covariance, m from 200 to 6400": spiked_covariance},
    seen={"mu_0": Seen(at_start(cosine), Unit())},
    given={"⟨x_0, xbar⟩ ≥ 2γ + 1/2": lambda k, c: (2 * c["gamma"] + 0.5) / c["mu_0"]}, metric=each(distance),
    bound=lambda k, c: (c["k"] / c["m"]) ** 0.5, rounding=lambda k, c: 0 * k, holds=Scaling(of=lambda c: c["m"], within=0.1),
    k=range(30, 31), seeds=64,
)
RADIUS = replace(BALL, bound=lambda k, c: 2 * (c["k"] / c["m"]) ** 0.5, holds=Always())


THEOREM = Theorem(
    claims={"one step": (CLAIM, Status.CONSISTENT), "ball": (BALL, Status.CONSISTENT), "radius, C = 2": (RADIUS, Status.CONSISTENT)},
    foils={
        "gamma forgotten": (replace(CLAIM, instances={"little noise": partial(subspace, noise=1e-3)},
                                    bound=lambda k, c: 2 * c["Ex"] / (c["lam_1"] * c["mu"])), Status.REFUTED),
        "noise forgotten": (replace(CLAIM, bound=lambda k, c: step(k, {**c, "Ex": 0 * c["Ex"]})), Status.REFUTED),
        "a step behind": (replace(CLAIM, metric=each(distance)), Status.REFUTED),
        "1/m": (replace(BALL, bound=lambda k, c: c["k"] / c["m"]), Status.REFUTED),
        "C = 1/2": (replace(RADIUS, bound=lambda k, c: (c["k"] / c["m"]) ** 0.5 / 2), Status.REFUTED),
        "unit": (replace(CLAIM, bound=lambda k, c: step(k, c) * c["Ex"]), Status.ILL_POSED),
    },
)
