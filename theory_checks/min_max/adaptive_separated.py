"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022 (arXiv 2206.06015, read), Theorems 3, 5, Proposition 2: OptDA+ with adaptive rates.

Player by player, from what it hears alone, q ∈ (0, 1/4], here q = 1/4: γ_t = (1 + Σ_{s ≤ t−2} ‖g_s‖²)^{−(1/2−q)},
η_t = (1 + Σ_{s ≤ t−2} (‖g_s‖² + ‖X_s − X_{s+1}‖²))^{−1/2}, X_t = X_1 − η_t Σ_{s<t} g_s, played X_{t+1/2} = X_t − γ_t g_{t−1}, g_0 = 0.
Bounded forces, noise bounded almost surely. Expected regret O(√T) in a variationally stable game; O(1) in T when the noise is
multiplicative, with a constant exp(1/(2q)), and Σ‖V‖² < ∞; O(T^{1/2+q}) against any opponents. The orders are fitted on the later half
of log T: a logarithm cannot be told from a constant there.

The proof's first step, with constants (derived; it needs no game and no law of noise). For all falling η, all γ, all g and ‖p − X_1‖ ≤ R

    Σ_{t ≤ T} ⟨g_t, X_{t+1/2} − p⟩  ≤  R²/(2 η_{T+1}) + ½ Σ η_t ‖g_t‖² − Σ γ_t ⟨g_t, g_{t−1}⟩.

Why: X_{t+1} minimises Φ_t(x) = Σ_{s ≤ t} ⟨g_s, x⟩ + ‖x − X_1‖²/(2η_{t+1}), a quadratic, so Φ_t(X_{t+1}) − Φ_{t−1}(X_t) = ⟨g_t, X_{t+1}⟩ +
‖X_{t+1} − X_t‖²/(2η_t) + (1/η_{t+1} − 1/η_t)‖X_{t+1} − X_1‖²/2. Sum, use Φ_T(X_{T+1}) ≤ Φ_T(p), and ⟨g_t, X_t − X_{t+1}⟩ ≤ η_t‖g_t‖²/2 +
‖X_{t+1} − X_t‖²/(2η_t). Before anything is dropped this is an equality, the first claim. With the adaptive rates, ‖g_t‖ ≤ G and
A = Σ_{t ≤ T} ‖g_t‖², sums against integrals (each round of delay costs G² at most) give, whatever the others do,

    regret  ≤  R²/(2 η_{T+1}) + √(1 + A) − 1 + ((1 + A)^{1/2+q} − 1)/(1/2 + q) + 5G²/2.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from algorithms.min_max.adaptive_separated import Feedback, Round, SeparatedPlayers, fixed, long, short
from problems.min_max.saturated_rotation import opponent, saturated
from ratecheck import (
    Always,
    Array,
    AtMostOrder,
    Claim,
    Constants,
    Equal,
    Measure,
    Seen,
    Source,
    Statement,
    Status,
    Theorem,
    Trait,
    Unit,
    total,
)
from ratecheck.orders import arithmetic
from theory_checks.min_max._common import FORCE2, STEP

VALUE, Q = Unit(1, 0), 0.25


def of(u: Array, v: Array) -> Array:
    """⟨u, v⟩ of the first player"""
    return array_namespace(u).sum(u[:, 0, :] * v[:, 0, :], axis=-1)


def heard_regret(p: Feedback, states: Iterator[Round]) -> Iterator[Array]:
    """sup over ‖p − X_1‖ ≤ R of Σ ⟨g_t, X_{t+1/2} − p⟩, of the first player"""
    R = p.constants["R"].value
    paid, Y = 0 * R, 0 * p.x0
    for s in states:
        paid, Y = paid + of(s.g, s.w - p.x0), Y + s.g
        yield paid + R * of(Y, Y) ** 0.5


def balance(falling: float = 1.0) -> Measure[Feedback, Round]:
    """R ‖Y‖ − η_{T+1}‖Y‖²/2 + Σ ⟨g_t, X_{t+1/2} − X_{t+1}⟩ − ‖X_{t+1} − X_t‖²/(2η_t) − (1/η_{t+1} − 1/η_t)‖X_{t+1} − X_1‖²/2, Y = Σ g_t"""

    def measure(p: Feedback, states: Iterator[Round]) -> Iterator[Array]:
        R = p.constants["R"].value
        rest, Y = 0 * R, 0 * p.x0
        for s, t in pairwise(states):
            move, away, eta, after = t.x - s.x, t.x - p.x0, s.eta[:, 0, 0], t.eta[:, 0, 0]
            rest = rest + of(s.g, s.w - t.x) - of(move, move) / (2 * eta) - falling * (1 / after - 1 / eta) * of(away, away) / 2
            Y = Y + s.g
            yield R * of(Y, Y) ** 0.5 - after * of(Y, Y) / 2 + rest

    return measure


def next_eta(p: Feedback, states: Iterator[Round]) -> Iterator[Array]:
    for _, t in pairwise(states):
        yield t.eta[:, 0, 0]


def regret(p: Feedback, states: Iterator[Round]) -> Iterator[Array]:
    """The larger of the players' regrets Σ ⟨V^i, X^i_{t+1/2} − p⟩ against the ball of radius R about X_1"""
    xp = array_namespace(p.x0)
    paid, slope = 0 * p.x0[:, :, 0], 0 * p.x0
    for s in states:
        paid, slope = paid + xp.sum(s.V * (s.w - p.x0), axis=-1), slope + s.V
        yield xp.max(paid + p.constants["R"].value[:, None] * xp.sum(slope * slope, axis=-1) ** 0.5, axis=-1)


def force2(p: Feedback, s: Round) -> Array:
    return array_namespace(s.V).sum(s.V * s.V, axis=(-1, -2))


def off(wanted: Array, found: Array) -> Array:
    xp = array_namespace(found)
    return xp.max(xp.abs(wanted - found), axis=(-1, -2)) / (xp.max(xp.abs(found), axis=(-1, -2)) + 1)


def remembers(p: Feedback, s: Round, t: Round) -> Array:
    """A and D grow by what is two rounds old: ‖g_{t−1}‖², ‖X_{t−1} − X_t‖²"""
    xp = array_namespace(s.x)
    A, D = (xp.sum(v * v, axis=-1, keepdims=True) for v in (s.past, s.x - s.before))
    return off(s.A + A, t.A) + off(s.D + D, t.D) + off(s.x, t.before) + off(s.g, t.past)


def has_rates(p: Feedback, s: Round, t: Round) -> Array:
    """η² (1 + A + D) = 1, γ⁴ (1 + A) = 1 for q = 1/4"""
    return off(t.eta**2 * (1 + t.A + t.D), 1 + 0 * t.A) + off(t.gamma**4 * (1 + t.A), 1 + 0 * t.A)


def plays(p: Feedback, s: Round, t: Round) -> Array:
    """(X_1 − X_{t+1})/η_{t+1} = (X_1 − X_t)/η_t + g_t, X_{t+1/2} = X_t − γ_t g_{t−1}; g_t differs from V(X_{t+1/2}) by the noise"""
    xp = array_namespace(s.x)
    step = off(p.x0 - t.eta * ((p.x0 - s.x) / s.eta + s.g), t.x) + off(s.x - s.gamma * s.past, s.w)
    V, sigma_M, sigma_A = p.force(s.w, s.k), p.constants["sigma_M"].value, p.constants["sigma_A"].value[:, None, None]
    noise, loud = xp.abs(s.g - V), sigma_M[:, None, None] * xp.abs(V)
    strange = xp.minimum(xp.abs(noise - xp.abs(loud - sigma_A)), xp.abs(noise - loud - sigma_A))
    return step + off(V, s.V) + off(0 * V, strange)


def template(k: Array, c: Constants) -> Array:
    return c["R"] ** 2 / (2 * c["eta"]) + c["steps"] / 2 - c["turn"]


def explicit(k: Array, c: Constants, q: float = Q) -> Array:
    sum_ = 1 + c["A"] / c["u"] ** 2
    rest = sum_**0.5 - 1 + (sum_ ** (0.5 + q) - 1) / (0.5 + q) + 2.5 * (c["G"] / c["u"]) ** 2
    return c["R"] ** 2 / (2 * c["eta"]) + c["u"] * c["ell"] * rest


ADAPTIVE = SeparatedPlayers(long(Q), short)
RATE: dict[str, Seen[Feedback, Round]] = {"eta": Seen(next_eta, STEP)}
SEEN: dict[str, Seen[Feedback, Round]] = {
    **RATE,
    "steps": Seen(total(lambda p, s: s.eta[:, 0, 0] * of(s.g, s.g)), VALUE),
    "turn": Seen(total(lambda p, s: s.gamma[:, 0, 0] * of(s.g, s.past)), VALUE),
    "A": Seen(total(lambda p, s: of(s.g, s.g)), FORCE2),
}
ANY: dict[str, Any] = {
    "turning opponent": opponent,
    "half turning": partial(opponent, turning=0.5),
    "game, σ_A = 1": partial(saturated, sigma_A=1.0),
    "game, σ_M = 1": partial(saturated, sigma_M=1.0),
}
TEMPLATE = Claim[Feedback, Round](
    source=Source("hsieh2022", "the regret template behind Theorems 3 and 5, with constants", "ogp.adaptive", Statement.DERIVED),
    assumes=frozenset({Trait.LIPSCHITZ}),
    instances=ANY,
    algorithm=ADAPTIVE,
    metric=heard_regret,
    unit=VALUE,
    bound=template,
    holds=Always(signed=True),
    k=range(20, 250),
    seen=SEEN,
    laws={"remembers": remembers, "has rates": has_rates, "plays": plays},
    rounding=lambda k, c: 1e-13 * c["R"] ** 2 / c["eta"],
    seeds=8,
)
EQUALITY = replace(TEMPLATE, bound=lambda k, c: c["right"], seen={"right": Seen(balance(), VALUE), **RATE}, holds=Equal(1e-10))
EXPLICIT = replace(TEMPLATE, bound=explicit, k=range(800), instances={n: ANY[n] for n in ("turning opponent", "half turning")}, seeds=4)
LOUD = replace(EXPLICIT, instances={n: ANY[n] for n in ("game, σ_A = 1", "game, σ_M = 1")}, k=range(250))
ADDITIVE = replace(
    TEMPLATE,
    source=replace(TEMPLATE.source, place="Theorem 3", statement=Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.LIPSCHITZ, Trait.UNBIASED}),
    instances={"σ_A = 1": partial(saturated, sigma_A=1.0), "σ_A = 0.3": partial(saturated, sigma_A=0.3)},
    metric=regret,
    bound=lambda k, c: c["R"] * c["G"] * (k + 1) ** 0.5,
    holds=AtMostOrder(0.1, across=arithmetic),
    k=range(20, 1201),
    seen={},
    rounding=lambda k, c: 0 * k,
    seeds=64,
)
MULTIPLICATIVE = replace(
    ADDITIVE,
    source=replace(ADDITIVE.source, place="Theorem 5"),
    instances={"σ_M = 0.5": partial(saturated, sigma_M=0.5), "σ_M = 1": partial(saturated, sigma_M=1.0)},
    bound=lambda k, c: c["R"] * c["G"] + 0 * k,
    k=range(20, 2401),
    given={"σ_A = 0": lambda k, c: np.where(c["sigma_A"] > 0, np.inf, 0.0) + 0 * k},
    seeds=48,
)
HARD = {"σ_M = 1": partial(saturated, sigma_M=1.0)}
FORCES = replace(MULTIPLICATIVE, instances=HARD, metric=total(force2), unit=FORCE2, bound=lambda k, c: c["G"] ** 2 + 0 * k)
ADVERSARIAL = replace(
    EXPLICIT,
    source=replace(ADDITIVE.source, place="Proposition 2"),
    instances={"turning opponent": partial(opponent, turning=1.0)},  # the order needs a regret that grows steadily, not a random walk
    bound=lambda k, c: c["R"] * c["G"] * (k + 1) ** (0.5 + Q),
    holds=AtMostOrder(0.05),
    seen={},
    rounding=lambda k, c: 0 * k,
    k=range(20, 800),
)
SWAPPED, EQUAL = SeparatedPlayers(short, long(Q)), SeparatedPlayers(short, short)
CONSTANT = SeparatedPlayers(fixed("step"), fixed("step"))


def by(claim: Claim[Feedback, Round], algorithm: SeparatedPlayers, **more: Any) -> Claim[Feedback, Round]:
    return replace(claim, algorithm=algorithm, laws={}, **more)


THEOREM = Theorem(
    claims={
        "equality": (EQUALITY, Status.CONSISTENT),
        "template": (TEMPLATE, Status.CONSISTENT),
        "explicit constants": (EXPLICIT, Status.CONSISTENT),
        "explicit constants, noise": (LOUD, Status.CONSISTENT),
        "additive noise": (ADDITIVE, Status.CONSISTENT),
        "multiplicative noise": (MULTIPLICATIVE, Status.CONSISTENT),
        "multiplicative noise, forces": (FORCES, Status.CONSISTENT),
        "any opponents": (ADVERSARIAL, Status.CONSISTENT),
    },
    foils={
        "equality, as if η were constant": (replace(EQUALITY, seen={"right": Seen(balance(0.0), VALUE), **RATE}), Status.REFUTED),
        "template without γ": (replace(TEMPLATE, bound=lambda k, c: template(k, c) + c["turn"]), Status.REFUTED),
        "template, half the steps": (replace(TEMPLATE, bound=lambda k, c: template(k, c) - c["steps"] / 4), Status.REFUTED),
        "template, G for G²": (replace(TEMPLATE, bound=lambda k, c: template(k, c) + c["G"]), Status.ILL_POSED),
        "template, plain descent": (replace(TEMPLATE, algorithm=SeparatedPlayers(long(Q), short, dual=False)), Status.UNLAWFUL),
        "explicit, q = 0": (replace(EXPLICIT, bound=partial(explicit, q=0.0)), Status.REFUTED),
        "explicit, constant steps": (by(EXPLICIT, CONSTANT), Status.REFUTED),
        "additive, order T^0.3": (replace(ADDITIVE, bound=lambda k, c: c["R"] * c["G"] * (k + 1) ** 0.3), Status.REFUTED),
        "additive, constant steps": (by(ADDITIVE, CONSTANT), Status.REFUTED),
        "additive, rates swapped": (by(ADDITIVE, SWAPPED), Status.REFUTED),
        "multiplicative, rates swapped": (by(MULTIPLICATIVE, SWAPPED, instances=HARD), Status.REFUTED),
        "multiplicative, constant steps": (by(MULTIPLICATIVE, CONSTANT, instances=HARD), Status.REFUTED),
        "forces, equal rates, σ_M = 2": (by(FORCES, EQUAL, instances={"σ_M = 2": partial(saturated, sigma_M=2.0)}), Status.REFUTED),
        "forces, σ_A = 0.3": (
            replace(FORCES, instances={"σ_A = 0.3": ADDITIVE.instances["σ_A = 0.3"]}, given={}), Status.REFUTED
        ),
        "any opponents, √T": (replace(ADVERSARIAL, bound=lambda k, c: c["R"] * c["G"] * (k + 1) ** 0.5), Status.REFUTED),
    },
)
