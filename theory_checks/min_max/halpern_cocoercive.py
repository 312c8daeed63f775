"""Halpern's iteration on a cocoercive operator: Lieder 2021, as in Lee, Kim 2021 (read), section 4.3; tight.

⟨F(x) − F(y), x − y⟩ ≥ c ‖F(x) − F(y)‖², x_{k+1} = x_0/(k+2) + (1 − 1/(k+2)) (x_k − 2c F(x_k)), R = ‖x_0 − z*‖. For every k ≥ 0

    ‖F(x_k)‖ ≤ R / (c (k + 1)),

met at k = N by the rotation T = I − 2cF through π/(N+1): a linear T makes x_k the mean of x_0, T x_0, …, T^k x_0 (derived).
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.anchored import Halpern, State
from problems.min_max.anchored_worst_cases import halpern_worst
from problems.min_max.linear_operators import nonnormal, normal
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Trait, each
from ratecheck.performance import Operators, WorstCase, last_force2
from theory_checks.min_max._common import FORCE, STEP, Game, Misreading, relative, residual


def bound(k: Array, c: Constants) -> Array:
    return 2 * c["R"] / (c["a"] * (k + 1))


def is_pulled_to_the_start(p: Game, s: State, t: State) -> Array:
    """x_{k+1} = x_0/(k+2) + (1 − 1/(k+2)) (x_k − a F(x_k))"""
    return relative(p.x0 / (s.k + 2) + (1 - 1 / (s.k + 2)) * (s.x - s.a[:, None] * p.apply(s.x)), t.x)


CLAIM = Claim[Game, State](
    source=Source("lieder2021", "Theorem 2.1", "vi.halpern.coco", Statement.VERIFIED),
    assumes=frozenset({Trait.COCOERCIVE}),
    instances={
        "normal": partial(normal, rho_L=-0.3),
        "non-normal": partial(nonnormal, rho_L=-0.2),
        "slowest for 30": partial(halpern_worst, N=30),
    },
    algorithm=Halpern(lambda c: -2 * c["rho"].value),
    metric=each(residual),
    unit=FORCE,
    bound=bound,
    holds=Always(),
    k=range(1, 101),
    seen={"a": Seen(each(lambda p, s: s.a), STEP)},
    given={"a ≤ 2c": lambda k, c: c["a"] / (-2 * c["rho"])},
    laws={"is pulled to the start": is_pulled_to_the_start},
    seeds=8,
)


def attained(N: int) -> Claim[Game, State]:
    return replace(CLAIM, instances={"slowest": partial(halpern_worst, N=N)}, holds=Equal(1e-11), k=range(N, N + 1), seeds=2)


THEOREM = Theorem(
    claims={"every k": (CLAIM, Status.CONSISTENT), **{f"attained, N = {N}": (attained(N), Status.CONSISTENT) for N in (1, 2, 10, 100)}},
    foils={
        "one per cent less": (replace(attained(10), bound=lambda k, c: 0.99 * bound(k, c), holds=Always()), Status.REFUTED),
        "attained one step later": (replace(attained(10), k=range(11, 12)), Status.REFUTED),
        "c² for c": (replace(CLAIM, bound=lambda k, c: bound(k, c) / c["a"]), Status.ILL_POSED),
        "a = 4c": (replace(CLAIM, algorithm=Halpern(lambda c: -4 * c["rho"].value)), Status.NOT_APPLICABLE),
        "a = 4c, unstated": (replace(CLAIM, algorithm=Halpern(lambda c: -4 * c["rho"].value), given={}), Status.REFUTED),
        "F misread by 1.01": (replace(CLAIM, algorithm=Misreading(CLAIM.algorithm, 1.01)), Status.UNLAWFUL),
    },
    worst={"every k": WorstCase({"f": Operators(rho="rho")}, {"L": 2.0, "R": 1.0, "rho": -0.5}, last_force2, root=True)},
)
