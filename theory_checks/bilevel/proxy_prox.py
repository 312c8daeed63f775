"""Woodworth, Mishchenko, Bach 2023: two losses, one of them cheap (abstract read; the rates proved here).

F = F̂ + D, D δ-smooth, x_{t+1} = argmin_u F̂(u) + ⟨∇D(x_t), u − x_t⟩ + ‖u − x_t‖²/(2η), s = 1/(ηδ), Δ = F(x_0) − F*.
(i)   Any F̂ with an exact prox, s > 1:   min_{1≤t≤T} ‖∇F(x_t)‖² ≤ 2(s+1)²/(s−1) · δ(F(x_0) − F(x_T))/T  (≤ the same with Δ).
(ii)  F̂ convex, s > 1/2:   min_{1≤t≤T} ‖∇F(x_t)‖² ≤ τ(s) δ (F(x_0) − F(x_T))/T,   τ(s) = max((s+1)²/(s+½), (s−1)²/(s−½)).
      Attained for T = 1 by F̂ linear and D = −δx²/2.
(iii) F̂ convex, gradient noise of variance σ², α = η ≤ 1/(2δ):
      (1/T) Σ_{t<T} E‖∇env_{1/(2δ)}F(x_t)‖² ≤ 4(env(x_0) − F*)/(αT) + 4δασ².    (env ≤ F is used for env(x_0).)
(iv)  Nothing depends on the smoothness of F̂ or F: "matches SGD on a δ-smooth objective". The gradient norm itself, instead
      of the envelope's, does depend on it when there is noise.
(i): minimality and the descent lemma on D give F⁺ ≤ F − (1/(2η) − δ/2)‖Δx‖², optimality ‖∇F(x⁺)‖ ≤ (1/η + δ)‖Δx‖.
(ii): convexity of F̂ and interpolation of D, maximised over ∇D(x⁺) − ∇D(x) collinear with Δx.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from algorithms.bilevel.batched import dot
from algorithms.bilevel.proxy_prox import Iterate, Proxy, ProxyProx
from problems.bilevel import proxy
from ratecheck import (
    Always,
    Array,
    Claim,
    Constants,
    Equal,
    InExpectation,
    Scaling,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    best,
    each,
    mean,
)
from theory_checks.bilevel._common import relative

ENERGY, SQUARED = Unit(1, 0), Unit(2, -2)


def squared_gradient(p: Proxy, s: Iterate) -> Array:
    g = p.grad(s.x)
    return dot(g, g)


def squared_envelope_gradient(p: Proxy, s: Iterate) -> Array:
    g = p.envelope_grad(s.x)
    return dot(g, g)


def drop(p: Proxy, s: Iterate) -> Array:
    """F(x_0) − F(x_T)"""
    return p.value(s.first) - p.value(s.x)


def optimal(p: Proxy, s: Iterate, t: Iterate) -> Array:
    """∇F̂(x⁺) + ∇D(x) + e + (x⁺ − x)/η = 0"""
    proxy_gradient = p.grad(t.x) - p.grad_difference(t.x)
    residual = s.eta[:, None] * (proxy_gradient + p.grad_difference(s.x) + s.error) + t.x - s.x
    return relative(residual, s.eta[:, None] * proxy_gradient, t.x, s.x)


def nonconvex(k: Array, c: Constants) -> Array:
    return 2 * (c["s"] + 1) ** 2 / (c["s"] - 1) * c["delta"] * c["drop"] / k


def tau(s: Array) -> Array:
    return np.maximum((s + 1) ** 2 / (s + 0.5), (s - 1) ** 2 / (s - 0.5))


def convex(k: Array, c: Constants) -> Array:
    return tau(c["s"]) * c["delta"] * c["drop"] / k


def ratio(p: Proxy, s: Iterate) -> Array:
    """s = 1/(ηδ)"""
    return 1 / (s.eta * p.constants["delta"].value)


S = Seen(each(ratio))
NONCONVEX = Claim[Proxy, Iterate](
    source=Source("woodworth2023", "exact steps, derived", "proxy.det-rate-nonconvex", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH}),
    instances={"concave proxy": proxy.doubly_concave},
    algorithm=ProxyProx(3.0),
    laws={"optimal": optimal},
    seen={"s": S, "drop": Seen(each(drop), ENERGY)},
    given={"s > 1": lambda k, c: 1 / c["s"]},
    metric=best(squared_gradient, start=1),
    unit=SQUARED,
    bound=nonconvex,
    holds=Always(),
    k=range(1, 4),
)
CONVEX = replace(
    NONCONVEX,
    source=Source("woodworth2023", "exact steps, convex proxy, derived", "proxy.det-rate-convex", Statement.DERIVED),
    assumes=frozenset({Trait.SMOOTH, Trait.CONVEX}),
    instances={"cosines": proxy.wavy, "one dimension": proxy.one_dimension},
    algorithm=ProxyProx(0.6),
    given={"s > 1/2": lambda k, c: 0.5 / c["s"]},
    k=range(1, 60),
    bound=convex,
    holds=Always(),
    rounding=lambda k, c: 1e-14 * c["delta"] * c["drop"],
)
WORST = replace(CONVEX, instances={"F̂ linear, D concave": proxy.concave}, algorithm=ProxyProx(3.0), holds=Equal(1e-9), k=range(1, 2))
NOISY = Claim[Proxy, Iterate](
    source=Source("woodworth2023", "noisy steps, derived", "proxy.stoch-rate", Statement.DERIVED),
    assumes=CONVEX.assumes,
    instances={"one dimension": partial(proxy.one_dimension, a=2.0, delta=0.5, start=3.0)},
    algorithm=ProxyProx(2.0, sigma=1.0),
    laws={"optimal": optimal},
    seen={"alpha": Seen(each(lambda p, s: s.eta), Unit(-1, 2)), "sigma2": Seen(each(lambda p, s: 0 * s.eta + 1.0), SQUARED)},
    given={"α ≤ 1/(2δ)": lambda k, c: 2 * c["alpha"] * c["delta"]},
    metric=mean(squared_envelope_gradient),
    unit=SQUARED,
    bound=lambda k, c: 4 * c["Delta"] / (c["alpha"] * (k + 1)) + 4 * c["delta"] * c["alpha"] * c["sigma2"],
    holds=InExpectation(),
    k=range(1, 60),
    seeds=256,
)
RATE = Claim[Proxy, Iterate](
    source=Source("woodworth2023", "abstract: as SGD on a δ-smooth objective", "proxy.rate", Statement.VERIFIED),
    assumes=CONVEX.assumes,
    instances={"L = δ·10 .. δ·56000": proxy.ladder},
    algorithm=ProxyProx(2.0, sigma=0.2),
    laws={"optimal": optimal},
    seen={"sigma2": Seen(each(lambda p, s: 0 * s.eta + 0.04), SQUARED)},
    metric=mean(squared_envelope_gradient),
    unit=SQUARED,
    bound=lambda k, c: c["sigma2"] + 0 * k,
    holds=Scaling(of=lambda c: c["stiffness"], within=0.05, one_sided=True),
    k=range(299, 300),
    seeds=64,
)

THEOREM = Theorem(
    claims={
        "any proxy": (NONCONVEX, Status.CONSISTENT),
        "convex proxy": (CONVEX, Status.CONSISTENT),
        "convex proxy, T = 1, attained": (WORST, Status.CONSISTENT),
        "noise": (NOISY, Status.CONSISTENT),
        "no dependence on L": (RATE, Status.CONSISTENT),
    },
    foils={
        "a quarter": (replace(NONCONVEX, bound=lambda k, c: nonconvex(k, c) / 4), Status.REFUTED),
        "(s+1)² alone": (replace(WORST, bound=lambda k, c: (c["s"] + 1) ** 2 * c["delta"] * c["drop"] / k), Status.REFUTED),
        "half of τ": (replace(WORST, holds=Always(), bound=lambda k, c: convex(k, c) / 2), Status.REFUTED),
        "without δ": (replace(CONVEX, bound=lambda k, c: convex(k, c) / c["delta"]), Status.ILL_POSED),
        "a tenth of the way": (replace(CONVEX, algorithm=ProxyProx(0.6, exactly=0.1)), Status.UNLAWFUL),
        "a hundredth of the way, unstated": (
            replace(CONVEX, algorithm=ProxyProx(0.6, exactly=0.01), laws={}, instances={"quadratic": proxy.quadratic}), Status.REFUTED,
        ),
        "s = 0.4": (replace(CONVEX, algorithm=ProxyProx(0.4)), Status.NOT_APPLICABLE),
        "noise without its floor": (replace(NOISY, bound=lambda k, c: c["Delta"] / (c["alpha"] * (k + 1) ** 2)), Status.REFUTED),
        "noise, raw gradient": (replace(RATE, metric=mean(squared_gradient)), Status.REFUTED),
    },
)
