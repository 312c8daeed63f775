"""Garrigos, Gower 2023 (v1), Theorem 6.8, Corollary 6.9(1), Theorem 6.11: minibatch SGD.

f = (1/N) Σ f_i, f_i convex and L_max-smooth, f L-smooth; x_{t+1} = x_t − s_t (1/b) Σ_{i ∈ S} ∇f_i(x_t), S uniform of size b,
without replacement. With

    L_b = [N (b − 1) L + (N − b) L_max] / (b (N − 1)),    σ_b = (N − b)/(b (N − 1)) · σ*,    a_T = mean of E f(x_t) − f*, t < T:

    6.8      s_t < 1/(2 L_b), weights p_t = s_t (1 − 2 s_t L_b), W = Σ p_t:    a_T ≤ R²/(2W) + σ_b Σ s_t²/W
    6.9(1)   s_t = s < 1/(2 L_b):                                  a_T ≤ R²/(2 s (1 − 2 s L_b) T) + s σ_b/(1 − 2 s L_b)
    6.11     s ≤ 1/(2 L_b), f μ-strongly convex:                   E ‖x_t − x*‖² ≤ (1 − s μ)^t R² + 2 s σ_b/μ

The second moments are exact; their law averages over all the subsets, one by one. b = 1 is SGD, b = N gradient descent.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from algorithms.quasar_convex.second_moments import MomentsOfSGD, SecondMoments
from problems.quasar_convex.finite_sums import Ridge, ridge
from ratecheck import Always, Array, Bound, Claim, Constants, Seen, Status, Theorem, Trait, Unit, each, mean, total
from theory_checks.quasar_convex._common import has_its_weights, on
from theory_checks.quasar_convex._handbook import (
    SEEN_STEP,
    SEEN_SUMS,
    STEP,
    averages_over_subsets,
    expected_distance2,
    expected_gap,
    source,
)

N = 6


def smoothness(c: Constants, b: int) -> Array:
    """L_b"""
    return (N * (b - 1) * c["L"] + (N - b) * c["L_max"]) / (b * (N - 1))


def noise(c: Constants, b: int) -> Array:
    """σ_b"""
    return (N - b) / (b * (N - 1)) * c["sigma"]


def batched(share: float, b: int, root: bool = False) -> MomentsOfSGD:
    """The step `share` / L_b, over √(t + 1) if `root`."""

    def step(c: Constants, k: int) -> Array:
        values = {name: c[name].value for name in ("L", "L_max")}
        return share / smoothness(values, b) / ((k + 1) ** 0.5 if root else 1.0)

    return MomentsOfSGD(step, b)


def fixed(b: int) -> Bound:
    def bound(k: Array, c: Constants) -> Array:
        rest = 1 - 2 * c["s"] * smoothness(c, b)
        return c["R"] ** 2 / (2 * c["s"] * rest * (k + 1)) + c["s"] * noise(c, b) / rest

    return bound


def general(b: int) -> Bound:
    return lambda k, c: c["R"] ** 2 / (2 * c["W"]) + noise(c, b) * c["sum s^2"] / c["W"]


def strong(b: int) -> Bound:
    return lambda k, c: (1 - c["s"] * c["mu"]) ** k * c["R"] ** 2 + 2 * c["s"] * noise(c, b) / c["mu"]


def weight(t: float) -> float:
    s = 0.25 / float(t + 1) ** 0.5
    return float(s * (1 - 2 * s))


def convex(b: int) -> Claim[Ridge, SecondMoments]:
    return Claim[Ridge, SecondMoments](
        source=source("Corollary 6.9(1)", "mb.convex"),
        assumes=frozenset({Trait.CONVEX, Trait.SMOOTH, Trait.FINITE_SUM}),
        instances={"ridge": partial(ridge, N=N, n=3), "noisy": partial(ridge, N=N, n=3, noise=10.0)},
        algorithm=batched(0.25, b),
        metric=mean(expected_gap),
        unit=Unit(f=1),
        bound=fixed(b),
        holds=Always(),
        k=range(200),
        seen=SEEN_STEP,
        given={"s ≤ 1/(2 L_b)": lambda k, c: 2 * c["s"] * smoothness(c, b)},
        laws={"averages over the subsets": averages_over_subsets(b)},
        seeds=4,
    )


def weighed(b: int) -> Callable[[Ridge, SecondMoments], Array]:
    """p_t of the step that was taken"""

    def w(p: Ridge, s: SecondMoments) -> Array:
        values = {name: p.constants[name].value for name in ("L", "L_max")}
        return s.step * (1 - 2 * s.step * smoothness(values, b))

    return w


def scheduled(b: int) -> Claim[Ridge, SecondMoments]:
    return replace(
        convex(b),
        source=source("Theorem 6.8", "mb.convex"),
        algorithm=batched(0.25, b, root=True),
        metric=mean(expected_gap, weight),
        bound=general(b),
        seen={"W": Seen(total(weighed(b)), STEP), **SEEN_SUMS, **SEEN_STEP},
    )


def linear(b: int) -> Claim[Ridge, SecondMoments]:
    return replace(
        convex(b),
        source=source("Theorem 6.11", "mb.sc"),
        assumes=frozenset({Trait.STRONGLY_CONVEX, Trait.FINITE_SUM}),
        algorithm=batched(0.5, b),
        metric=each(expected_distance2),
        unit=Unit(x=2),
        bound=strong(b),
        k=range(1, 201),
        rounding=lambda k, c: 1e-15 * c["R"] ** 2,
    )


LONE = {"one long row": partial(ridge, N=N, n=3, stretch=10.0)}
THEOREM = Theorem(
    claims={
        "any schedule, b = 3": (scheduled(3), Status.CONSISTENT),
        "any schedule, b = 3: the weights": (has_its_weights(scheduled(3), expected_gap, weighed(3)), Status.CONSISTENT),
        "constant step, b = 2": (convex(2), Status.CONSISTENT),
        "constant step, b = 5": (convex(5), Status.CONSISTENT),
        **{f"strongly convex, b = {b}": (linear(b), Status.CONSISTENT) for b in (1, 2, 4, N)},
    },
    foils={
        "b = 3: the weights of a constant step": (
            has_its_weights(replace(on(scheduled(3), "ridge"), metric=mean(expected_gap)), expected_gap, weighed(3)), Status.REFUTED
        ),
        "b = 3: no noise": (replace(on(scheduled(3), "noisy"), bound=lambda k, c: c["R"] ** 2 / (2 * c["W"])), Status.REFUTED),
        "b = 2: a fifth": (replace(convex(2), bound=lambda k, c: fixed(2)(k, c) / 5), Status.REFUTED),
        "b = 2: one component at a time": (replace(convex(2), algorithm=replace(batched(0.25, 2), batch=1)), Status.UNLAWFUL),
        "b = 2: step 5/L_b": (replace(linear(2), algorithm=batched(5.0, 2)), Status.NOT_APPLICABLE),
        "b = 2: step 5/L_b, unstated": (replace(linear(2), instances=LONE, algorithm=batched(5.0, 2), given={}), Status.REFUTED),
        "b = 1: the noise of b = 5": (replace(on(linear(1), "noisy"), bound=strong(5)), Status.REFUTED),
        "b = 2: no noise": (replace(on(linear(2), "noisy"), bound=strong(N)), Status.REFUTED),
        "b = 2: mu^2": (replace(on(linear(2), "noisy"), bound=lambda k, c: strong(2)(k, c) / c["mu"]), Status.ILL_POSED),
    },
)
