"""Brechet, Papagiannouli, An, Montufar 2023 (author copy), Theorems 5.5, 5.7: N balanced layers, Bures–Wasserstein loss.

W = W_N … W_1 square, balanced (W_{j+1}ᵀW_{j+1} = W_jW_jᵀ), with the margin c = √λ_min(Σ_0) − √L(0) > 0.
  margin   flow: σ_min(W(t)) ≥ c and L(t) ≤ L(0) exp(−4N c^{2(N−1)/N} t)   (derived: PL equality in place of strong
           convexity; for N = 1 an equality);
  5.5      flow: L(t) ≤ L(0) exp(−8N c^{2(2N−1)/N} K t),  K = c√λ_min/(2C²),  C = 2(L(0) + tr Σ_0)   (loss gap as in the proof);
  5.7      descent with η at most a three-term bound (see the problem): L_k ≤ L(0) exp(−2ηN c^{2(N−1)/N} k) for every k.
The rate of 5.5 is 70 to 600 times slower than the derived one. The step of 5.7 is tiny (3·10⁻⁴ at N = 2, 10⁻⁶ at N = 5): its
inequality is tested on a prefix, and the foil shows that 8 times the rate would be caught there.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.wasserstein import DeepDescent, DeepFlow, Layers, layer_gradients
from problems.matrix_sensing.bures import Bures, deep
from ratecheck import Always, Array, AtLeast, Claim, Constants, Equal, Seen, Source, Statement, Status, Theorem, Unit, each
from theory_checks.matrix_sensing._common import derived, relative

PAPER = "brechet2023, author copy"
H = 2e-3


def loss(p: Bures, s: Layers) -> Array:
    """‖W − TW‖²"""
    D = s.W - p.polar(s.W)
    return array_namespace(D).sum(D * D, axis=(1, 2))


def smallest(p: Bures, s: Layers) -> Array:
    return array_namespace(s.W).linalg.svdvals(s.W)[:, -1]


def steps_every_layer(p: Bures, s: Layers, t: Layers) -> Array:
    """W_j ← W_j − η ∂L/∂W_j"""
    xp = array_namespace(s.layers)
    D = t.layers - s.layers + s.step[:, None, None, None] * layer_gradients(p, s.layers)
    B = D.shape[0]
    return relative(xp.reshape(D, (B, 1, -1)), xp.reshape(s.layers, (B, 1, -1)))


def margin(k: Array, c: Constants) -> Array:
    return c["L_0"] * np.exp(-4 * c["N"] * c["c"] ** (2 * (c["N"] - 1) / c["N"]) * c["h"] * k)


def printed_rate(k: Array, c: Constants) -> Array:
    K = c["c"] * c["lam_min"] ** 0.5 / (8 * (c["L_0"] + c["trace"]) ** 2)
    return c["L_0"] * np.exp(-8 * c["N"] * c["c"] ** (2 * (2 * c["N"] - 1) / c["N"]) * K * c["h"] * k)


def descent_rate(k: Array, c: Constants, times: float = 2.0) -> Array:
    return c["L_0"] * np.exp(-times * c["eta"] * c["N"] * c["c"] ** (2 * (c["N"] - 1) / c["N"]) * k)


def seconds(N: int) -> Seen[Bures, Layers]:
    return Seen(each(lambda p, s: s.step), Unit(x=2 / N - 2))


def flow(N: int) -> Claim[Bures, Layers]:
    return Claim[Bures, Layers](
        source=derived("bw.deep.margin", f"rate of the flow, N = {N}", "brechet2023, sharpened"),
        assumes=frozenset(),
        instances={f"N = {N}": partial(deep, N=N)},
        algorithm=DeepFlow(H),
        seen={"h": seconds(N)},
        metric=each(loss),
        unit=Unit(x=2),
        bound=margin,
        rounding=lambda k, c: 1e-13 * c["trace"],
        holds=Always(),
        k=range(1, 120),
        seeds=4,
    )


def stays(N: int) -> Claim[Bures, Layers]:
    return replace(flow(N), metric=each(smallest), unit=Unit(x=1), bound=lambda k, c: c["c"], rounding=lambda k, c: 0 * k, holds=AtLeast())


def printed(N: int) -> Claim[Bures, Layers]:
    return replace(flow(N), source=Source(PAPER, "Theorem 5.5", "bw.deep.flow", Statement.VERIFIED), bound=printed_rate)


def descent(N: int) -> Claim[Bures, Layers]:
    return Claim[Bures, Layers](
        source=Source(PAPER, "Theorem 5.7", "bw.deep.gd", Statement.VERIFIED),
        assumes=frozenset(),
        instances={f"N = {N}": partial(deep, N=N)},
        algorithm=DeepDescent(lambda p: p.constants["allowed"].value),
        laws={"every layer": steps_every_layer},
        seen={"eta": seconds(N)},
        given={"three-term bound on the step": lambda k, c: c["eta"] / c["allowed"]},
        metric=each(loss),
        unit=Unit(x=2),
        bound=descent_rate,
        rounding=lambda k, c: 1e-15 * c["trace"],
        holds=Always(),
        k=range(1, 150),
        seeds=4,
    )


THEOREM = Theorem(
    claims={
        "flow, equality for N = 1": (replace(flow(1), holds=Equal(within=1e-7)), Status.CONSISTENT),
        **{f"flow, derived rate, N = {N}": (flow(N), Status.CONSISTENT) for N in (2, 3)},
        "margin stays": (stays(3), Status.CONSISTENT),
        **{f"flow, Theorem 5.5, N = {N}": (printed(N), Status.CONSISTENT) for N in (2, 3)},
        **{f"descent, N = {N}": (descent(N), Status.CONSISTENT) for N in (1, 2, 3)},
    },
    foils={
        "step 0.01": (replace(descent(2), algorithm=DeepDescent(lambda p: 0 * p.constants["c"].value + 0.01)), Status.NOT_APPLICABLE),
        "uphill": (replace(descent(2), algorithm=DeepDescent(lambda p: -p.constants["allowed"].value)), Status.REFUTED),
        "flow backwards": (replace(flow(2), algorithm=DeepFlow(-H)), Status.REFUTED),
        "8 times the rate": (replace(descent(2), bound=partial(descent_rate, times=16.0)), Status.REFUTED),
        "rate 8 N": (replace(flow(1), bound=lambda k, c: margin(2 * k, c)), Status.REFUTED),
        "margin of the target": (replace(stays(3), bound=lambda k, c: c["lam_min"] ** 0.5), Status.REFUTED),
        "exponent 2N": (replace(flow(2), bound=lambda k, c: c["L_0"] * np.exp(-8 * c["c"] ** 2 * c["h"] * k)), Status.ILL_POSED),
        "plain step": (replace(descent(2), algorithm=DeepDescent(constant(1e-5)), laws={}, given={},
                               bound=lambda k, c: c["L_0"] * np.exp(-1e-2 * k)), Status.REFUTED),
    },
)
