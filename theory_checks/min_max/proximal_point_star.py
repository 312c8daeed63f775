"""The last proximal step need not shrink under the star condition alone (derived; the worst-case SDP has the same value for every N).

For every N ≥ 1, ρ ≥ 0 and g > 2ρ there is an F with ⟨F(x), x − x*⟩ ≥ −ρ ‖F(x)‖² and a start at distance R from x* such that

    ‖x_N − x_{N−1}‖² = R² / (1 − ρ/g)²    (up to 1e-11 here),

so the bound of order 1/N for negatively comonotone F is false for it: the proximal point creeps away from a false zero, then jumps.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.proximal_point import ProximalPoint, State
from problems.min_max.star_operators import Creep, creep
from ratecheck import Always, Array, Claim, Constants, Equal, Source, Statement, Status, Theorem, Trait, each_step
from theory_checks.min_max._common import LENGTH2, norm2, relative


def bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (1 - c["rho"] / c["g"]) ** 2


def resolves(p: Creep, s: State, t: State) -> Array:
    return relative(p.resolvent(s.x, s.g), t.x)


def last(N: int, rho: float) -> Claim[Creep, State]:
    return Claim[Creep, State](
        source=Source("gorbunov2023", "Theorem 4, last iterate, under the star condition", "nc.pp.star-no-last", Statement.DERIVED),
        assumes=frozenset({Trait.WEAK_MINTY}),
        instances={"creep": partial(creep, N=N, rho=rho, g_over_rho=1 / rho if rho else 3.0)},
        algorithm=ProximalPoint(lambda c: c["g"].value),
        metric=each_step(lambda p, s, t: norm2(t.x - s.x)),
        unit=LENGTH2,
        bound=bound,
        holds=Equal(1e-9),
        k=range(N - 1, N),
        laws={"resolves": resolves},
        seeds=1,
    )


TEN = last(10, 0.4)

THEOREM = Theorem(
    claims={f"N = {N}, ρ = {rho}": (last(N, rho), Status.CONSISTENT) for N, rho in ((1, 0.4), (2, 0.1), (10, 0.4), (100, 0.0), (100, 0.4))},
    foils={
        "the bound for comonotone F": (
            replace(TEN, bound=lambda k, c: c["g"] * c["R"] ** 2 / ((c["g"] - 2 * c["rho"]) * (k + 1)), holds=Always()),
            Status.REFUTED,
        ),
        "never longer than R": (replace(TEN, bound=lambda k, c: c["R"] ** 2, holds=Always()), Status.REFUTED),
        "R for R²": (replace(TEN, bound=lambda k, c: bound(k, c) / c["R"]), Status.ILL_POSED),
        "relaxed": (replace(TEN, algorithm=ProximalPoint(lambda c: c["g"].value, 0.5)), Status.UNLAWFUL),
    },
)
