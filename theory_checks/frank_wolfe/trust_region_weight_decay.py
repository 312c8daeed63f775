"""After Kovalev 2025 (arXiv 2503.12645v2; order read in public reviews, constants derived): trust-region steps with weight decay.

f star-convex at x*, L-smooth in ‖·‖, x_{k+1} the minimiser of ⟨m_k, ·⟩ over the ball of radius η around (1 − b)x_k, and
η ≥ b max(‖x_0‖, ‖x*‖). With m_k = ∇f(x_k), h = f − f*:

    h_{k+1} ≤ (1 − b)h_k + 4Lη²,    so    h_K ≤ (1 − b)^K h_0 + 4Lη²/b.

Why: ‖x_k‖ ≤ η/b is kept, so X = (1 − b)x_k + bx* is in that ball, and X − x_k, x_{k+1} − x_k, x_{k+1} − X have norms at most 2η; use
smoothness twice and ⟨∇f(x_k), x_{k+1}⟩ ≤ ⟨∇f(x_k), X⟩. With m_k = (1 − al)m_{k−1} + al g_k, E‖g − ∇f‖₂² ≤ σ², ‖·‖* ≤ ρ‖·‖₂:

    E h_K ≤ (1 − b)^K h_0 + 4Lη²/b + (2η/b)(√al ρσ + 2Lη/al) + 2ηρσ/al.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from algorithms.frank_wolfe.trust_region import Momentum, TrustRegion
from problems.frank_wolfe.targets import target
from ratecheck import Always, Array, Claim, InExpectation, Seen, Status, Theorem, Trait, Unit, each, each_step
from theory_checks.frank_wolfe._trust_region import NORMS, at_least_the_size, height, kovalev, laws

B, AL = 0.05, 0.2
PLAIN = partial(target, p=3, q=2, kappa=1.0, start=3.0, reach=1.0, sigma=0.0)


def whole(name: str) -> Claim[Any, Momentum]:
    method = TrustRegion(NORMS[name], at_least_the_size(name, B), b=B)
    return Claim[Any, Momentum](
        source=kovalev(f"weight decay, {name}", "ntr.wd.star"),
        assumes=frozenset({Trait.SMOOTH, Trait.STAR_CONVEX}),
        instances={"isotropic": PLAIN},
        algorithm=method,
        laws=laws(method),
        metric=each(height),
        unit=Unit(f=1),
        bound=lambda k, c: (1 - B) ** k * c["gap_0"] + 4 * c[f"L_{name}"] * (B * c[f"size_{name}"]) ** 2 / B,
        holds=Always(),
        k=range(100),
        seeds=8,
    )


def one(name: str) -> Claim[Any, Momentum]:
    return replace(
        whole(name),
        source=kovalev(f"weight decay, one step, {name}", "ntr.wd.star.step"),
        metric=each_step(lambda p, s, t: height(p, t)),
        seen={"h": Seen(each(height), Unit(f=1))},
        bound=lambda k, c: (1 - B) * c["h"] + 4 * c[f"L_{name}"] * (B * c[f"size_{name}"]) ** 2,
    )


WHOLE, STEP = {name: whole(name) for name in NORMS}, {name: one(name) for name in NORMS}
MOMENTUM = TrustRegion(NORMS["spectral"], at_least_the_size("spectral", B), AL, B)


def stochastic(k: Array, c: Any) -> Array:
    eta, L, noise = B * c["size_spectral"], c["L_spectral"], c["rho_spectral"] * c["sigma"]
    drift = 4 * L * eta**2 / B + 2 * eta / B * (AL**0.5 * noise + 2 * L * eta / AL) + 2 * eta * noise / AL
    return (1 - B) ** k * c["gap_0"] + drift


STOCHASTIC = replace(
    WHOLE["spectral"],
    source=kovalev("weight decay and momentum", "ntr.wd.star.stoch"),
    assumes=WHOLE["spectral"].assumes | {Trait.UNBIASED},
    instances={"noisy": partial(PLAIN, sigma=0.5, shared=True)},
    algorithm=MOMENTUM,
    laws=laws(MOMENTUM),
    bound=stochastic,
    holds=InExpectation(),
    k=range(60),
    seeds=64,
)
FAR = partial(target, p=3, q=2, kappa=1.0, start=0.5, reach=2.0)
SMALL = {name: TrustRegion(NORMS[name], at_least_the_size(name, B, 0.3), b=B) for name in NORMS}

THEOREM = Theorem(
    claims={
        **{f"one step, {name}": (claim, Status.CONSISTENT) for name, claim in STEP.items()},
        **{f"K steps, {name}": (claim, Status.CONSISTENT) for name, claim in WHOLE.items()},
        "momentum and noise": (STOCHASTIC, Status.CONSISTENT),
    },
    foils={
        "radius 0.3 b‖x*‖": (
            replace(
                WHOLE["frobenius"],
                algorithm=SMALL["frobenius"],
                laws={},
                instances={"far": FAR},
                bound=lambda k, c: (1 - B) ** k * c["gap_0"] + 4 * c["L_frobenius"] * (0.3 * B * c["size_frobenius"]) ** 2 / B,
            ),
            Status.REFUTED,
        ),
        "radius 0.3 b‖x*‖, with laws": (replace(WHOLE["spectral"], algorithm=SMALL["spectral"]), Status.UNLAWFUL),
        "no weight decay": (
            replace(STEP["spectral"], algorithm=TrustRegion(NORMS["spectral"], at_least_the_size("spectral", B))),
            Status.UNLAWFUL,
        ),
        "twice the decay": (replace(WHOLE["spectral"], bound=lambda k, c: (1 - 2 * B) ** k * c["gap_0"]), Status.REFUTED),
        "a hundredth of the drift": (
            replace(STEP["spectral"], bound=lambda k, c: (1 - B) * c["h"] + 0.04 * c["L_spectral"] * (B * c["size_spectral"]) ** 2),
            Status.REFUTED,
        ),
        "a tenth": (replace(STOCHASTIC, bound=lambda k, c: stochastic(k, c) / 10), Status.REFUTED),
        "η for η²": (
            replace(WHOLE["spectral"], bound=lambda k, c: (1 - B) ** k * c["gap_0"] + 4 * c["L_spectral"] * c["size_spectral"]),
            Status.ILL_POSED,
        ),
    },
)
