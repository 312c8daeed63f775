"""Lee, Kim 2021 (NeurIPS submission read), Theorem 6.1: the stochastic fast extragradient S-FEG.

F monotone, L-Lipschitz, independent unbiased noise with variances σ_k² at x_k and σ_{k+1/2}² at w_k. For every k ≥ 1

    E‖F(x_k)‖² ≤ 4L²R²/k² + (6/k²) [σ_0² + Σ_{1 ≤ l < k} (l² σ_l² + (l + 1)² σ_{l+1/2}²)].

Constant noise accumulates like k; noise that falls like 1/k does not.
"""

from dataclasses import replace

from algorithms.min_max.noisy_anchored import NoisyFastExtragradient, State, constant, falling
from problems.min_max.noisy_operators import NoisyOperator, turning
from ratecheck import Array, AtMostOrder, Claim, Constants, InExpectation, Law, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import FORCE2, relative, residual2


def steady(k: Array, c: Constants) -> Array:
    """σ_l = σ: Σ l² + (l + 1)² in closed form"""
    squares = (k - 1) * k * (2 * k - 1) / 6 + k * (k + 1) * (2 * k + 1) / 6 - 1
    return (4 * (c["L"] * c["R"]) ** 2 + 6 * c["sigma"] ** 2 * (1 + squares)) / k**2


def fading(k: Array, c: Constants) -> Array:
    """σ_0 = σ, σ_l = σ/l, σ_{l+1/2} = σ/(l + 1)"""
    return (4 * (c["L"] * c["R"]) ** 2 + 6 * c["sigma"] ** 2 * (2 * k - 1)) / k**2


def anchors(p: NoisyOperator, s: State, t: State) -> Array:
    """x⁺ = x + β (x_0 − x) − (F(w) + noise)/L, w = x + β (x_0 − x) − (1 − β)(F(x) + noise)/L, β = 1/(k + 1)"""
    L, beta = p.constants["L"].value[:, None], 1 / (s.k + 1)
    b = (1 - beta) * s.x + beta * p.x0
    w = b - (1 - beta) / L * (p.apply(s.x) + s.shift)
    return relative(b - (p.apply(w) + s.shift_w) / L, t.x, s.x)


def sized(fades: bool) -> Law[NoisyOperator, State]:
    def law(p: NoisyOperator, s: State, t: State) -> Array:
        """Noise ξ σ_l/√n at x_l and w_l, one standard normal draw a coordinate"""
        sigma = p.sigma[:, None] / p.x0.shape[-1] ** 0.5
        if s.draw.shape != (*p.x0.shape[:1], 2, p.x0.shape[-1]):
            return 1 + 0 * p.sigma
        first = s.draw[:, 0, :] * sigma / (s.k if fades and s.k else 1)
        second = s.draw[:, 1, :] * sigma / (s.k + 1 if fades else 1)
        return relative(first, s.shift) + relative(second, s.shift_w)

    return law


STEADY = Claim[NoisyOperator, State](
    source=Source("lee2021", "Theorem 6.1", "vi.sfeg", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.UNBIASED}),
    instances={"skew": turning},
    algorithm=NoisyFastExtragradient(constant),
    metric=each(residual2),
    unit=FORCE2,
    bound=steady,
    holds=InExpectation(),
    k=range(1, 201),
    laws={"anchors": anchors, "noise": sized(fades=False)},
    seeds=256,
)
FADING = replace(STEADY, algorithm=NoisyFastExtragradient(falling), bound=fading, laws={"anchors": anchors, "noise": sized(fades=True)})

THEOREM = Theorem(
    claims={"constant noise": (STEADY, Status.CONSISTENT), "falling noise": (FADING, Status.CONSISTENT)},
    foils={
        "noise twice as large": (replace(STEADY, algorithm=NoisyFastExtragradient(lambda k: 2.0)), Status.UNLAWFUL),
        "a twelfth": (replace(STEADY, bound=lambda k, c: steady(k, c) / 12), Status.REFUTED),
        "falling noise, a twelfth": (replace(FADING, bound=lambda k, c: fading(k, c) / 12), Status.REFUTED),
        "constant noise held to the falling bound": (replace(STEADY, bound=fading), Status.REFUTED),
        "no noise": (replace(STEADY, bound=lambda k, c: steady(k, {**c, "sigma": 0 * c["sigma"]})), Status.REFUTED),
        "σ for σ²": (replace(STEADY, bound=lambda k, c: steady(k, {**c, "sigma": c["sigma"] ** 0.5})), Status.ILL_POSED),
        "it does not accumulate": (replace(STEADY, bound=lambda k, c: c["sigma"] ** 2 + 0 * k, holds=AtMostOrder(0.1)), Status.REFUTED),
    },
)
