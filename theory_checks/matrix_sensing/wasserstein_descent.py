"""Descent of the Bures–Wasserstein loss with one layer (derived; the setting of Brechet et al. 2023).

L(W) = B²(WWᵀ, Σ_0) = ‖W‖² + tr Σ_0 − 2‖Σ_0^{1/2}W‖_*,  ∇L = 2(I − T)W, T the optimal map.
  bw.pl-equality    W square and invertible: ‖∇L(W)‖_F² = 4 L(W), an equality, so the flow has L(t) = L(0) e^{−4t};
  bw.gd.exact-rate  W_{t+1} = W_t − η∇L(W_t): L_t ≤ (1−2η)^{2t} L_0 for η in (0, 1), with equality for η ≤ 1/2: one step at η = 1/2;
  bw.rank-k.subspace  W ∈ ℝ^{n×k}, η = 1/2: range(W_{t+1}) = Σ_0 range(W_t), orthogonal iteration, so L − Σ_{j>k} λ_j contracts
                    asymptotically by (λ_{k+1}/λ_k)².
Why: ‖2(I−T)W‖² = 4 E|x − Tx|² = 4B²; W⁺ = ((1−2η)I + 2ηT)W is a point of the Wasserstein geodesic to TW if η ≤ 1/2.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import column, constant
from algorithms.matrix_sensing.wasserstein import Descent, Weight
from problems.matrix_sensing.bures import Bures, gapped, random
from ratecheck import Always, Array, Claim, Constants, Equal, Seen, Status, Theorem, Unit, Vanishes, each, each_step, exact
from theory_checks.matrix_sensing._common import FREE_STEP, derived, frobenius, relative, transposed

PAPER = "brechet2023, sharpened"


def loss(p: Bures, s: Weight) -> Array:
    """‖W − TW‖², the loss of a square W without cancellation"""
    D = s.W - p.polar(s.W)
    return array_namespace(D).sum(D * D, axis=(1, 2))


def squared_gradient(p: Bures, s: Weight) -> Array:
    G = p.grad(s.W)
    return array_namespace(G).sum(G * G, axis=(1, 2))


def moves_towards_the_optimal_map(p: Bures, s: Weight, t: Weight) -> Array:
    """(W_{t+1} − (1−2η)W_t)/(2η) = Σ_0^{1/2} O with OᵀO = I and Oᵀ Σ_0^{1/2} W_t symmetric and positive"""
    xp = array_namespace(s.W)
    eta = column(s.step)
    O = xp.linalg.solve(p.root, (t.W - (1 - 2 * eta) * s.W) / (2 * eta))
    S = xp.matmul(transposed(O), xp.matmul(p.root, s.W))
    negative = xp.clip(-xp.linalg.eigvalsh(S + transposed(S)), min=0.0)
    unit = xp.matmul(transposed(O), O) - xp.eye(O.shape[2], dtype=O.dtype)
    return relative(S - transposed(S), S) + relative(unit, O) + xp.max(negative, axis=-1) / frobenius(S)


def above_best(p: Bures, s: Weight) -> Array:
    return p.above_best(s.W)


def rate(k: Array, c: Constants) -> Array:
    return (1 - 2 * c["eta"]) ** (2 * k) * c["L_0"]


def floor(k: Array, c: Constants) -> Array:
    return 1e-14 * c["trace"]


EXACT = Claim[Bures, Weight](
    source=derived("bw.gd.exact-rate", "rate of descent, equality", PAPER),
    assumes=frozenset(),
    instances={"n = 6": random, "n = 3, spread 100": partial(random, n=3, k=3, spread=100.0)},
    algorithm=Descent(constant(0.25)),
    laws={"optimal map": moves_towards_the_optimal_map},
    seen={"eta": FREE_STEP},
    given={"η ≤ 1/2": lambda k, c: 2 * c["eta"]},
    metric=each(loss),
    unit=Unit(x=2),
    bound=rate,
    rounding=floor,
    holds=Equal(within=1e-9),
    k=range(1, 12),
)
LONG = replace(EXACT, algorithm=Descent(constant(0.75)), given={"η ≤ 1": lambda k, c: c["eta"]}, holds=Always())
ONE = replace(EXACT, algorithm=Descent(constant(0.5)), bound=lambda k, c: c["trace"], rounding=exact,
              holds=Vanishes(1e-14), k=range(1, 2))
PL = replace(
    EXACT, source=derived("bw.pl-equality", "Polyak–Łojasiewicz with equality", PAPER), metric=each(squared_gradient),
    seen={"L": Seen(each(lambda p, s: p.value(s.W)), Unit(x=2))}, given={}, laws={}, bound=lambda k, c: 4 * c["L"], rounding=floor,
    k=range(2),
)
SUBSPACE = Claim[Bures, Weight](
    source=derived("bw.rank-k.subspace", "asymptotic rate for rank k", PAPER),
    assumes=frozenset(),
    instances={"n = 6, k = 3": gapped},
    algorithm=Descent(constant(0.5)),
    laws={"optimal map": moves_towards_the_optimal_map},
    seen={"above": Seen(each(above_best), Unit(x=2))},
    metric=each_step(lambda p, s, t: above_best(p, t) / above_best(p, s)),
    unit=Unit(),
    rounding=lambda k, c: 1e-15 * c["trace"] / c["above"],  # tr Σ_0 is what cancels in the excess
    bound=lambda k, c: c["quotient"] ** 2,
    holds=Equal(within=0.01),
    k=range(28, 30),
)

THEOREM = Theorem(
    claims={
        "equality for short steps": (EXACT, Status.CONSISTENT),
        "bound for long steps": (LONG, Status.CONSISTENT),
        "one step": (ONE, Status.CONSISTENT),
        "gradient and loss": (PL, Status.CONSISTENT),
        "orthogonal iteration": (SUBSPACE, Status.CONSISTENT),
    },
    foils={
        "equality for long steps": (replace(LONG, holds=Equal(1e-9)), Status.REFUTED),
        "step 0.2, told 0.25": (replace(EXACT, algorithm=Descent(constant(0.2)),
                                        seen={"eta": Seen(each(lambda p, s: 0.25), Unit())}), Status.REFUTED),
        "step 1.2": (replace(LONG, algorithm=Descent(constant(1.2))), Status.NOT_APPLICABLE),
        "half the exponent": (replace(EXACT, bound=lambda k, c: (1 - 2 * c["eta"]) ** k * c["L_0"]), Status.REFUTED),
        "constant 2": (replace(PL, bound=lambda k, c: 2 * c["L"]), Status.REFUTED),
        "quarter step": (replace(SUBSPACE, algorithm=Descent(constant(0.25))), Status.REFUTED),
        "quotient, not squared": (replace(SUBSPACE, bound=lambda k, c: c["quotient"]), Status.REFUTED),
        "unit": (replace(PL, bound=lambda k, c: 4 * np.sqrt(c["L"])), Status.ILL_POSED),
    },
)
