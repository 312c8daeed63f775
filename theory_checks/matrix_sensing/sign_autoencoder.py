"""Shevchenko, Kögler, Hassani, Mondelli 2023: what a two-layer sign autoencoder can reach, x ~ N(0, I_d), rate r = n/d.

x̂ = A sign(Bx), R = (1/d) E‖x − x̂‖², in closed form: with unit rows, G = BBᵀ, M = (2/π) arcsin G,
    R = 1 + (tr AMAᵀ − 2√(2/π) tr AB)/d;       floor(r) = 1 − 2r/π for r ≤ 1,   1 − r/(r + π/2 − 1) for r ≥ 1.
  ae.sign.lower       R ≥ floor for every A, B (recalled), with equality for r ≤ 1 at orthonormal rows;
  ae.sign.tied.lower  the same for A = βBᵀ and every finite d, n: Σ G_ijM_ij ≥ n, and ≥ (2/π)n²/d + (1−2/π)n by Welch (derived);
  ae.haar.gap         r = 2: for a Haar frame (R − floor)·d tends to a constant, 0.15, in probability (observed only: one frame strays by
                      about 10 % at d = 25 and 6 % at d = 50, so that 25 % is asked from d = 50 on);
  ae.gd.tied          projected gradient descent from a random start reaches the floor: exactly for r < 1, to O(1/d) above (recalled).
"""

from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.matrix_sensing.frames import Frame, TiedDescent
from problems.matrix_sensing.sign_autoencoder import SignAutoencoder, gaussian, haar_frame
from ratecheck import Array, AtLeast, Claim, Direct, Equal, Source, Statement, Status, Theorem, Unit, each
from theory_checks.matrix_sensing._common import derived, relative

PAPER = "shevchenko2023, as recalled"
HALF = partial(haar_frame, d=8, n=4)


@dataclass(frozen=True, eq=False)
class Coder:
    A: Array  # (B, d, n)
    Bm: Array  # (B, n, d)


def best(p: SignAutoencoder) -> Coder:
    return Coder(p.best_decoder(p.x0), p.x0)


def tied(p: SignAutoencoder) -> Coder:
    return Coder(array_namespace(p.x0).matrix_transpose(p.x0), p.x0)


def risk(p: SignAutoencoder, s: Coder) -> Array:
    return p.risk(s.A, s.Bm)


def linear(p: SignAutoencoder, s: Coder) -> Array:
    """The risk of the identity activation with orthonormal rows, 1 − r"""
    return 1 - p.constants["r"].value


def slides_on_the_sphere(p: SignAutoencoder, s: Frame, t: Frame) -> Array:
    """B_{t+1} has unit rows along B_t − η ∇"""
    xp = array_namespace(s.Bm)
    Y = s.Bm - 0.2 * p.crowding_slope(s.Bm)
    along = t.Bm * xp.sum(t.Bm * Y, axis=-1)[:, :, None]
    return relative(Y - along, Y) + relative(along - t.Bm * xp.sqrt(xp.sum(Y * Y, axis=-1))[:, :, None], Y)


LOWER = Claim[SignAutoencoder, Coder](
    source=Source(PAPER, "lower bounds, r ≤ 1 and r > 1", "ae.sign.lower", Statement.RECALLED),
    assumes=frozenset(),
    instances={
        "Gaussian, r = 1/2": gaussian, "Haar, r = 2": partial(haar_frame, n=16), "two rows of three": partial(gaussian, d=3, n=2),
    },
    algorithm=Direct(best),
    metric=each(risk),
    unit=Unit(),
    bound=lambda k, c: c["floor"],
    holds=AtLeast(power=1.1),
    k=range(1),
    seeds=32,
)
ORTHONORMAL = replace(LOWER, instances={"orthonormal, r = 1/2": HALF, "orthonormal, r = 1": partial(haar_frame, d=8, n=8)},
                      holds=Equal(1e-12))
TIED = replace(
    LOWER, source=derived("ae.sign.tied.lower", "weight-tied, all d and n", "shevchenko2023, derived"),
    metric=each(lambda p, s: p.tied_risk(s.Bm)), holds=AtLeast(power=1.2),
)
GAP = replace(
    LOWER, source=Source("shevchenko2023", "Haar frames, observed", "ae.haar.gap", Statement.RECALLED),
    instances={f"d = {d}": partial(haar_frame, d=d, n=2 * d) for d in (50, 100, 200)},
    metric=each(lambda p, s: risk(p, s) - p.constants["floor"].value),
    bound=lambda k, c: 0.15 / c["d"], holds=Equal(within=0.25), seeds=4,
)
LEARNED = Claim[SignAutoencoder, Frame](
    source=Source(PAPER, "gradient methods reach the floor", "ae.gd.tied", Statement.RECALLED),
    assumes=frozenset(),
    instances={"r = 1/2": partial(gaussian, d=8, n=4)},
    algorithm=TiedDescent(0.2),
    laws={"sphere": slides_on_the_sphere},
    metric=each(lambda p, s: p.tied_risk(s.Bm)),
    unit=Unit(),
    bound=lambda k, c: c["floor"],
    holds=Equal(within=1e-9),
    k=range(400, 401),
    seeds=8,
)
ABOVE = replace(LEARNED, instances={"d = 20, r = 2": partial(gaussian, d=20, n=40)}, holds=Equal(within=0.02), k=range(300, 301), seeds=4)

THEOREM = Theorem(
    claims={
        "any decoder": (LOWER, Status.CONSISTENT),
        "orthonormal rows": (ORTHONORMAL, Status.CONSISTENT),
        "weight-tied": (TIED, Status.CONSISTENT),
        "gap of Haar frames": (GAP, Status.CONSISTENT),
        "learned, r = 1/2": (LEARNED, Status.CONSISTENT),
        "learned, r = 2": (ABOVE, Status.CONSISTENT),
    },
    foils={
        "identity activation": (replace(LOWER, metric=each(linear)), Status.REFUTED),
        "decoder not optimal": (replace(ORTHONORMAL, algorithm=Direct(tied)), Status.REFUTED),
        "Gaussian frames": (replace(GAP, instances={"d = 25": partial(gaussian, d=25, n=50)}), Status.REFUTED),
        "stopped early": (replace(LEARNED, k=range(10, 11)), Status.REFUTED),
        "uphill": (replace(LEARNED, algorithm=TiedDescent(-0.2)), Status.UNLAWFUL),
        "floor 5 % higher": (replace(TIED, bound=lambda k, c: 1.05 * c["floor"]), Status.REFUTED),
        "gap 1/d^2": (replace(GAP, bound=lambda k, c: 3.75 / c["d"] ** 2), Status.REFUTED),
    },
)
