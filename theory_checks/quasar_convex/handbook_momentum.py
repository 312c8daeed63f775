"""Garrigos, Gower 2023 (v1), Theorem 7.4: SGD with momentum, the last iterate in expectation.

f = (1/N) Σ f_i, f_i convex and L_max-smooth, m_t = β_t m_{t−1} + ∇f_i(x_t), m_{−1} = 0, x_{t+1} = x_t − γ_t m_t,
β_t = t/(t+2), γ_t = 2η/(t+3), 0 < η ≤ 1/(4 L_max). For every t ≥ 0:

    E f(x_t) − f*  ≤  R²/(η (t + 1)) + 2 η σ*

The law recomputes the step in the equivalent form of (7.3): z_t = z_{t−1} − η ∇f_i(x_t), x_{t+1} = ((t+1)/2 x_t + z_t)/((t+3)/2),
that is z_{t−1} = ((t+2)/2) x_t − (t/2) x_{t−1}, with z_{−1} = x_0 (7.3 prints z_{−1} = 0).
"""

from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.averaged_momentum import AveragedMomentum, Heavy
from problems.quasar_convex.finite_sums import Ridge, ridge
from ratecheck import Always, Array, Claim, Constants, InExpectation, Seen, Status, Theorem, Trait, Unit, each
from theory_checks.quasar_convex._common import Misinformed, on, relative
from theory_checks.quasar_convex._handbook import STEP, source


def momentum(share: float, beta: float | None = None) -> AveragedMomentum:
    """η = `share` / L_max."""
    return AveragedMomentum(lambda c, k: share / c["L_max"].value, beta)


def gap(p: Ridge, s: Heavy) -> Array:
    return p.gap(s.x)


def bound(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (c["eta"] * (k + 1)) + 2 * c["eta"] * c["sigma"]


def averages_z(p: Ridge, s: Heavy, t: Heavy) -> Array:
    """m_{t+1} = β m_t + ∇f_i(x_{t+1}), and z_t = z_{t−1} − η ∇f_i(x_t) where z is read off the momentum"""
    k, eta = s.k, s.eta[:, None]
    remembered = relative(t.m - (k + 1) / (k + 3) * s.m - p.grad_one(t.x, t.i), t.m, s.m)
    last = s.m - p.grad_one(s.x, s.i)  # β_t m_{t−1} = −β_t (x_t − x_{t−1}) / γ_{t−1}
    z = s.x - eta * last  # z_{t−1} = x_t + (t/2)(x_t − x_{t−1})
    following = (0.5 * (k + 1) * s.x + z - eta * p.grad_one(s.x, s.i)) / (0.5 * (k + 3))
    both = relative(t.x - following, s.x, t.x)
    return both + remembered


SAMPLED = Claim[Ridge, Heavy](
    source=source("Theorem 7.4", "sgdm.convex"),
    assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
    instances={"two unknowns": partial(ridge, N=4, n=1, lam=1e-3), "noisy": partial(ridge, N=4, n=1, noise=10.0, R=10.0)},
    algorithm=momentum(0.25),
    metric=each(gap),
    unit=Unit(f=1),
    bound=bound,
    holds=InExpectation(),
    k=range(200),
    seen={"eta": Seen(each(lambda p, s: s.eta), STEP)},
    given={"eta ≤ 1/(4 L_max)": lambda k, c: 4 * c["eta"] * c["L_max"]},
    laws={"averages z": averages_z},
    seeds=128,
)
CERTAIN = replace(SAMPLED, instances={"one row": partial(ridge, N=1, n=1, lam=1e-3, noise=0.0)}, holds=Always(), bound=bound, seeds=4)
THEOREM = Theorem(
    claims={"over seeds": (SAMPLED, Status.CONSISTENT), "one component": (CERTAIN, Status.CONSISTENT)},
    foils={
        "beta = 0.9": (replace(CERTAIN, algorithm=momentum(0.25, 0.9)), Status.UNLAWFUL),
        "step 10/L": (replace(CERTAIN, algorithm=momentum(10.0)), Status.NOT_APPLICABLE),
        "step 10/L, unstated": (replace(CERTAIN, algorithm=momentum(10.0), given={}), Status.REFUTED),
        "gradient without its ridge": (
            replace(on(SAMPLED, "noisy"), algorithm=Misinformed(momentum(0.25), lambda p: replace(p, ridge=0 * p.ridge)), seeds=4),
            Status.UNLAWFUL,
        ),
        "a tenth": (replace(CERTAIN, bound=lambda k, c: bound(k, c) / 10), Status.REFUTED),
        "1/k^2 and no noise": (replace(on(SAMPLED, "noisy"), bound=lambda k, c: c["R"] ** 2 / (c["eta"] * (k + 1) ** 2)), Status.REFUTED),
        "R": (replace(CERTAIN, bound=lambda k, c: c["R"] / (c["eta"] * (k + 1))), Status.ILL_POSED),
    },
)
