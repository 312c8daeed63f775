"""Lee, Lyu, Yao 2023 (LPGD; threshold read in the authors' slides, constants re-derived): contraction of a truncated gradient step.

F is μ-strongly convex and L-smooth, K = L/μ, δ = (K−1)/(K+1), τ = 2/(μ+L), Z_{t+1} = P_r(Z_t − τ∇F(Z_t)), rank(Z*) ≤ r.
  rate     ∇F(Z*) = 0:  ‖Z_t − Z*‖_F ≤ ρ^t ‖Z_0 − Z*‖_F,  ρ = 2δ < 1 if and only if K < 3;
  golden   the factor 2 may be replaced by φ = (1+√5)/2, the sharp constant of ‖P_r(Y) − Z*‖ ≤ φ‖Y − Z*‖: linear for K < 2+√5;
  noisy    ∇F(Z*) = g:  ‖Z_t − Z*‖_F ≤ ρ^t ‖Z_0 − Z*‖_F + 2τ√(2r)‖g‖/(1−ρ).
Why: the gradient map contracts by δ, the projection costs at most 2 (‖P_r(Y) − Y‖ ≤ ‖Y − Z*‖); for the noise project on the span
of (Z_{t+1}, Z*), of dimension 2r. The golden constant is met by one step from diag(0, z) to diag(x, x).
"""

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.low_rank_projected_gradient import LPGD, Truncated
from algorithms.matrix_sensing.oracles import constant
from problems.matrix_sensing.rectangular import GOLDEN, Rectangular, certified, golden
from ratecheck import Always, Array, Claim, Constants, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.matrix_sensing._common import derived, frobenius, relative, transposed


def distance(p: Rectangular, s: Truncated) -> Array:
    return frobenius(s.Z - p.M)


def truncates_a_gradient_step(p: Rectangular, s: Truncated, t: Truncated) -> Array:
    """Y = Z_{t+1} + rest with orthogonal column and row spaces, Y = Z_t − τ∇F(Z_t), and the rest is no larger"""
    xp = array_namespace(s.Z)
    tau = s.step if isinstance(s.step, float) else s.step[:, None, None]
    Y = s.Z - tau * p.gradient(s.Z)
    R = Y - t.Z
    r = int(p.constants["r"].value[0])
    kept = xp.linalg.svdvals(t.Z)
    over = xp.maximum(xp.max(xp.linalg.svdvals(R), axis=-1) - kept[:, r - 1], 0 * kept[:, 0]) / kept[:, 0]
    scale = xp.matmul(transposed(Y), Y)
    return relative(xp.matmul(transposed(R), t.Z), scale) + relative(xp.matmul(R, transposed(t.Z)), scale) + over


def rate(k: Array, c: Constants) -> Array:
    return (2 * c["delta"]) ** k * c["d_0"]


def golden_rate(k: Array, c: Constants) -> Array:
    return (GOLDEN * c["delta"]) ** k * c["d_0"]


def noisy_bound(k: Array, c: Constants) -> Array:
    return rate(k, c) + 2 * c["tau"] * (2 * c["r"]) ** 0.5 * c["g"] / (1 - 2 * c["delta"])


def best_step(p: Rectangular) -> Array:
    """2/(μ + L) = 1: the spectrum is centred at 1"""
    return p.constants["delta"].value * 0 + 1.0


RATE = Claim[Rectangular, Truncated](
    source=Source("lee2023, author slides", "LPGD converges for K < 3", "sdl.lpgd.rate", Statement.VERIFIED),
    assumes=frozenset({Trait.LOW_RANK}),
    instances={"golden": golden},
    algorithm=LPGD(1, best_step),
    laws={"truncated step": truncates_a_gradient_step},
    given={"2δ < 1": lambda k, c: 2 * c["delta"]},
    metric=each(distance),
    unit=Unit(x=2),
    bound=rate,
    rounding=lambda k, c: 1e-13 * c["s_1"],
    holds=Always(),
    k=range(1, 25),
    seeds=8,
)
LARGE = replace(RATE, instances={"8 x 9, δ = 0.45": partial(certified, delta=0.45, two_points=True)}, algorithm=LPGD(2, best_step))
SHARP = replace(
    RATE, source=derived("sdl.lpgd.golden", "the golden ratio for 2", "lee2023, improved"), bound=golden_rate,
    given={"φδ < 1": lambda k, c: GOLDEN * c["delta"]}, holds=Always(power=0.99),
)
NOISY = replace(
    LARGE, source=derived("sdl.lpgd.noisy", "noise floor, constant derived", "lee2023, re-derived"), bound=noisy_bound,
    instances={"8 x 9, δ = 0.1, noise 0.3": partial(certified, delta=0.1, noise=0.3)},
    seen={"tau": Seen(each(lambda p, s: s.step), Unit())},
)

THEOREM = Theorem(
    claims={
        "rate, worst step": (RATE, Status.CONSISTENT),
        "rate, 8 x 9": (LARGE, Status.CONSISTENT),
        "golden ratio": (SHARP, Status.CONSISTENT),
        "noise floor": (NOISY, Status.CONSISTENT),
    },
    foils={
        "K > 3": (replace(LARGE, instances={"δ = 0.6": partial(certified, delta=0.6)}), Status.NOT_APPLICABLE),
        "step 1/20": (replace(LARGE, algorithm=LPGD(2, constant(0.05))), Status.REFUTED),
        "rank 1 for 2": (replace(LARGE, algorithm=LPGD(1, best_step), laws={}), Status.REFUTED),
        "factor 3/2": (replace(RATE, bound=lambda k, c: (1.5 * c["delta"]) ** k * c["d_0"]), Status.REFUTED),
        "no factor": (replace(SHARP, bound=lambda k, c: c["delta"] ** k * c["d_0"]), Status.REFUTED),
        "no noise": (replace(NOISY, bound=rate), Status.REFUTED),
        "a tenth of the noise": (replace(NOISY, bound=lambda k, c: noisy_bound(k, {**c, "g": c["g"] / 10})), Status.REFUTED),
        "unit": (replace(NOISY, bound=lambda k, c: rate(k, c) + c["g"] * c["tau"] * c["g"]), Status.ILL_POSED),
    },
)
