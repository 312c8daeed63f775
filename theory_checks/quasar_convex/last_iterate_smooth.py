"""Cf. Liu, Zhou 2024 (arXiv 2312.08531), derived: the last iterate of SGD on a smooth convex function, constant step.

f convex and L-smooth, x_{t+1} = x_t − η g_t, t = 1, …, T, E g_t = ∇f(x_t), E‖g_t − ∇f(x_t)‖² ≤ σ², 0 < η < 1/L. For every T,
with H_T = 1 + ½ + … + 1/T and x_{T+1} after T steps (index k = T)

    E f(x_{T+1}) − f*  ≤  D²/(2ηT) + η σ² H_T/(2(1 − ηL)).

Why: one step gives 2η E[f(x_{t+1}) − f(z)] ≤ E‖x_t − z‖² − E‖x_{t+1} − z‖² + η²σ²/(1 − ηL) for any past z; and the last value is
the mean plus Σ_k 1/(k(k + 1)) Σ_{t > T−k}(f(x_t) − f(x_{T−k})). On diagonal quadratics the expectation is exact:
E x_i² ← (1 − ηλ_i)² E x_i² + η² s_i².
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np

from problems.quasar_convex.noisy_quadratics import NoisyQuadratic, noisy_quadratic
from ratecheck import Always, Array, Claim, Constants, Noise, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import on, relative


@dataclass(frozen=True, eq=False)
class Squares:
    k: int
    squares: Array  # (B, d), E x_i²


@dataclass(frozen=True)
class ExpectedSGD:
    """The recursion of E x_i²; `times` multiplies the step."""

    times: float = 1.0

    def iterates(self, problem: NoisyQuadratic, noise: Noise, /) -> Iterator[Squares]:
        squares = problem.x0**2
        eta = self.times * problem.constants["eta"].value[:, None]
        for k in count():
            yield Squares(k, squares)
            squares = (1 - eta * problem.spectrum) ** 2 * squares + eta**2 * problem.noise2


def recursion(p: NoisyQuadratic, s: Squares, t: Squares) -> Array:
    """E x_i²⁺ = E x_i² − 2ηλ_i E x_i² + η² (λ_i² E x_i² + s_i²)"""
    eta, lam = p.constants["eta"].value[:, None], p.spectrum
    new = s.squares - 2 * eta * lam * s.squares + eta**2 * (lam**2 * s.squares + p.noise2)
    return relative(t.squares - new, s.squares, t.squares, 1e-290 * p.x0**2)  # below, squares are not normal numbers


def noise_term(k: Array, c: Constants) -> Array:
    harmonic = np.cumsum(1 / np.arange(1.0, 4001.0))[k.astype(int) - 1]
    return c["eta"] * c["sigma2"] * harmonic / (2 * (1 - c["eta"] * c["L"]))


def bound(k: Array, c: Constants) -> Array:
    return c["D"] ** 2 / (2 * c["eta"] * k) + noise_term(k, c)


SMOOTH = Claim[NoisyQuadratic, Squares](
    source=Source("liu2024last v1", "cf. Theorem 3.1; constant ours", "li.smooth.const", Statement.DERIVED),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.UNBIASED}),
    instances={
        "drawn": partial(noisy_quadratic, sigma=0.01),
        "no noise": partial(noisy_quadratic, sigma=0.0),
        "short steps": partial(noisy_quadratic, eta=0.02, kappa=100.0, sigma=0.3),
        "nothing but noise": partial(noisy_quadratic, R=0.0, d=1, kappa=1.0),
    },
    algorithm=ExpectedSGD(),
    metric=each(lambda p, s: p.value_of_squares(s.squares)),
    unit=Unit(f=1),
    bound=bound,
    holds=Always(),
    k=range(1, 2001),
    given={"η < 1/L": lambda k, c: c["eta"] * c["L"] / (1 - 1e-12)},
    laws={"recursion": recursion},
    seeds=4,
)

THEOREM = Theorem(
    claims={"constant step": (SMOOTH, Status.CONSISTENT)},
    foils={
        "no noise term": (replace(SMOOTH, bound=lambda k, c: c["D"] ** 2 / (2 * c["eta"] * k)), Status.REFUTED),
        "an eighth of the first term": (
            replace(on(SMOOTH, "no noise"), bound=lambda k, c: c["D"] ** 2 / (16 * c["eta"] * k)),
            Status.REFUTED,
        ),
        "a fifth of the noise term": (replace(on(SMOOTH, "nothing but noise"), bound=lambda k, c: noise_term(k, c) / 5), Status.REFUTED),
        "half the step": (replace(on(SMOOTH, "drawn"), algorithm=ExpectedSGD(0.5)), Status.UNLAWFUL),
        "1/k^2": (replace(on(SMOOTH, "no noise"), bound=lambda k, c: c["D"] ** 2 / (2 * c["eta"] * k**2)), Status.REFUTED),
        "sigma for sigma^2": (replace(SMOOTH, bound=lambda k, c: bound(k, {**c, "sigma2": c["sigma2"] ** 0.5})), Status.ILL_POSED),
        "eta above 1/L": (
            replace(SMOOTH, instances={"too long": lambda seeds: noisy_quadratic(seeds, eta=1.5)}, holds=Always(signed=True)),
            Status.NOT_APPLICABLE,
        ),
    },
)
