"""Xu, Shen, Chi, Ma 2023 (author version, May 2023), Lemmas 3, 4 and Corollaries 1, 2: the phases of ScaledGD(λ), explicit.

S_t = U*ᵀX_t with U* the eigenvectors of M*, Σ*² = diag(s_1 … s_r), λ ≤ s_r/200, η ≤ 1/100, δ ≤ c r^{−1/2} κ^{−C}.
  Lemma 3        y_t = σ_min((Σ*² + λI)^{−1/2} S_t):  y_{t+1} ≥ (1 + η/8) y_t while y_t ≤ 1/3, and ≥ (1 − 2η) y_t always;
  Lemma 4        E_t = ‖Σ*⁻¹(S_tS_tᵀ − Σ*²)Σ*⁻¹‖:  once S_tS_tᵀ ⪰ Σ*²/10,  E_{t+1} ≤ (1 − η) E_t + η/100;
  Corollary 2    from then on, after O(1/η) steps,  0.9 Σ*² ⪯ S_tS_tᵀ ⪯ 1.1 Σ*²,  that is E_t ≤ 1/10.
No condition number anywhere: this is what preconditioning buys. The control violates the hypothesis on δ.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import constant
from algorithms.matrix_sensing.scaled import Scaled, ScaledDescent, fraction_of_s_r
from problems.matrix_sensing.operators import cosine, symmetric
from problems.matrix_sensing.sensing import Sensing, planted
from ratecheck import Always, Array, AtLeast, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.matrix_sensing._common import FREE_STEP, descends_scaled, transposed

PAPER = "xu2023, author version of May 2023"
START = partial(planted, n=12, k=4, alpha=1e-4)
MILD = {
    "κ_X = 2, δ = 1e-4": partial(START, spectrum=(1.0, 0.25), operator=cosine(12, 1e-4)),
    "κ_X = 10, δ = 0": partial(START, spectrum=(1.0, 0.01)),
}
CONTROL = {"κ_X = 50, δ = 0.1": partial(START, spectrum=(1.0, 0.0004), operator=symmetric(12, 0.1, two_points=True))}


def signal(p: Sensing, X: Array) -> tuple[Array, Array]:
    """S = U*ᵀX (B, r, k) and the diagonal of Σ*² (B, r)."""
    r = int(p.constants["r"].value[0])
    return array_namespace(X).matmul(transposed(p.V[:, :, :r]), X), p.spectrum[:, :r]


def strength(p: Sensing, s: Scaled) -> Array:
    """y = σ_min((Σ*² + λI)^{−1/2} S)"""
    S, d = signal(p, s.X)
    xp = array_namespace(S)
    damping = s.damping if isinstance(s.damping, float) else s.damping[:, None]
    return xp.min(xp.linalg.svdvals(S / xp.sqrt(d + damping)[:, :, None]), axis=-1)


def whitened(p: Sensing, s: Scaled) -> Array:
    """Eigenvalues of Σ*⁻¹ S Sᵀ Σ*⁻¹, (B, r), increasing."""
    S, d = signal(p, s.X)
    W = S / array_namespace(S).sqrt(d)[:, :, None]
    return array_namespace(S).linalg.eigvalsh(array_namespace(S).matmul(W, transposed(W)))


def deviation(p: Sensing, s: Scaled) -> Array:
    """E = ‖Σ*⁻¹(SSᵀ − Σ*²)Σ*⁻¹‖"""
    xp = array_namespace(s.X)
    return xp.max(xp.abs(whitened(p, s) - 1), axis=-1)


def growth(k: Array, c: Constants) -> Array:
    return np.where(c["y"] <= 1 / 3, 1 + c["eta"] / 8, 1 - 2 * c["eta"]) * c["y"]


def contraction(k: Array, c: Constants) -> Array:
    return (1 - c["eta"]) * c["E"] + c["eta"] / 100


GROWTH = Claim[Sensing, Scaled](
    source=Source(PAPER, "Lemma 3", "sgdl.signal-growth", Statement.VERIFIED),
    assumes=frozenset({Trait.LOW_RANK, Trait.SYMMETRIC, Trait.RESTRICTED_ISOMETRY}),
    instances=MILD,
    algorithm=ScaledDescent(constant(0.01), fraction_of_s_r(1 / 200)),
    laws={"scaled descent": descends_scaled},
    seen={"eta": FREE_STEP, "y": Seen(each(strength), Unit())},
    metric=each_step(lambda p, s, t: strength(p, t)),
    unit=Unit(),
    bound=growth,
    holds=AtLeast(),
    k=range(1, 200),
    seeds=4,
)
CONTRACTION = replace(
    GROWTH,
    source=Source(PAPER, "Lemma 4", "sgdl.signal-contraction", Statement.VERIFIED),
    given={"S Sᵀ ⪰ Σ²/10": lambda k, c: 0.1 / c["least"]},
    seen={"eta": FREE_STEP, "E": Seen(each(deviation), Unit()), "least": Seen(each(lambda p, s: whitened(p, s)[:, 0]), Unit())},
    metric=each_step(lambda p, s, t: deviation(p, t)),
    bound=contraction,
    holds=Always(),
    k=range(16, 300),
)
SANDWICH = replace(
    CONTRACTION, source=replace(CONTRACTION.source, place="Corollary 2"), metric=each(deviation), bound=lambda k, c: 0.1 + 0 * k,
    k=range(130, 300),
)

THEOREM = Theorem(
    claims={
        "growth": (GROWTH, Status.CONSISTENT),
        "contraction": (CONTRACTION, Status.CONSISTENT),
        "sandwich": (SANDWICH, Status.CONSISTENT),
    },
    foils={
        "growth by 10 eta": (replace(GROWTH, bound=lambda k, c: (1 + 10 * c["eta"]) * c["y"]), Status.REFUTED),
        "growth for ever": (replace(GROWTH, bound=lambda k, c: (1 + c["eta"] / 8) * c["y"]), Status.REFUTED),
        "damping s_r": (replace(CONTRACTION, algorithm=ScaledDescent(constant(0.01), fraction_of_s_r(1.0)), given={}), Status.REFUTED),
        "half the step": (replace(CONTRACTION, algorithm=ScaledDescent(constant(0.003), fraction_of_s_r(1 / 200)), laws={}, given={},
                                  bound=lambda k, c: 0.99 * c["E"] + 1e-4), Status.REFUTED),
        "twice the rate": (replace(CONTRACTION, bound=lambda k, c: (1 - 3 * c["eta"]) * c["E"] + c["eta"] / 100), Status.REFUTED),
        "delta too large for kappa": (replace(CONTRACTION, instances=CONTROL, given={}), Status.REFUTED),
        "sandwich from the start": (replace(SANDWICH, k=range(90, 300), given={}), Status.REFUTED),
    },
)
