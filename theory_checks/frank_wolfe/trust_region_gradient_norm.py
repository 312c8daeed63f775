"""Kovalev 2025 (arXiv 2503.12645v2, constants as quoted by a public reader; proofs here): gradient norm of trust-region steps.

‖∇f(x) − ∇f(y)‖* ≤ L‖x − y‖, Δ = f(x_0) − inf f, steps of length η to the minimiser of ⟨m_k, ·⟩, E‖g − ∇f‖₂² ≤ σ², ‖·‖* ≤ ρ‖·‖₂.

    m = ∇f:      min_{k<K} ‖∇f(x_k)‖* ≤ Δ/(ηK) + Lη/2;      min_{1≤k≤K} ‖∇f(x_k)‖* ≤ Δ/(ηK) + 3Lη/2
    m_k = (1 − al)m_{k−1} + al g_k, m_0 = g_0:
                 E‖m_k − ∇f(x_k)‖* ≤ (1 − al)^k ρσ + √al ρσ + Lη/al                                          (Lemma 3)
                 E min_{1≤k≤K} ‖∇f(x_k)‖* ≤ Δ/(ηK) + 2ρσ/(al K) + 2√al ρσ + 3Lη/2 + 2Lη/al                   (Theorem 2)

Why: f(x_{k+1}) ≤ f(x_k) − η‖∇f(x_k)‖* + 2η‖m_k − ∇f(x_k)‖* + Lη²/2; the error is a geometric sum of noises and of drifts of at most Lη.
With g_k taken at x_k + (1/al − 1)(x_k − x_{k−1}) and ‖(∇²f(x) − ∇²f(y))d‖* ≤ H‖x − y‖‖d‖ the drift of first order cancels:

                 E‖m_k − ∇f(x_k)‖* ≤ (1 − al)^k ρσ + √al ρσ + Hη²(1 − al)/(2al²).

Index k; with K = k in the minima from 1, K = k + 1 in those from 0.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from algorithms.frank_wolfe.duality_maps import direction
from algorithms.frank_wolfe.trust_region import Momentum, TrustRegion
from problems.frank_wolfe.targets import target
from ratecheck import Always, Bound, Claim, InExpectation, Statement, Status, Theorem, Trait, Unit, best, each
from theory_checks.frank_wolfe._trust_region import NORMS, error, kovalev, laws, radius, slope

AL = 0.2
PLAIN = partial(target, p=3, q=2, kappa=1.0, start=3.0, reach=1.0, eps=0.05, sigma=0.0)
NOISY = partial(target, p=3, q=2, kappa=1.0, start=3.0, reach=1.0, eps=0.02, sigma=1.0, shared=True)


def deterministic(name: str) -> Claim[Any, Momentum]:
    method = TrustRegion(NORMS[name], radius)
    return Claim[Any, Momentum](
        source=kovalev(f"deterministic, {name}", "ntr.det"),
        assumes=frozenset({Trait.SMOOTH}),
        instances={"isotropic": PLAIN, "wave": partial(PLAIN, wave=1.0, kappa=5.0)},
        algorithm=method,
        laws=laws(method),
        metric=best(slope(NORMS[name])),
        unit=Unit(f=1, x=-1),
        bound=lambda k, c: c["gap_0"] / (c["eps"] * (k + 1)) + c[f"L_{name}"] * c["eps"] / 2,
        holds=Always(),
        k=range(80),
        seeds=8,
    )


DET = {name: deterministic(name) for name in NORMS}
RECALLED = replace(
    DET["spectral"],
    source=kovalev("deterministic, from k = 1", "ntr.det", Statement.RECALLED),
    metric=best(slope(NORMS["spectral"]), start=1),
    bound=lambda k, c: c["gap_0"] / (c["eps"] * k) + 1.5 * c["L_spectral"] * c["eps"],
    k=range(1, 80),
)


def noisy(name: str, place: str, slug: str, bound: Bound, ahead: bool = False) -> Claim[Any, Momentum]:
    method = TrustRegion(NORMS[name], radius, AL, ahead=ahead)
    return replace(
        DET[name],
        source=kovalev(place, slug),
        assumes=frozenset({Trait.SMOOTH, Trait.UNBIASED}),
        instances={"noisy": NOISY},
        algorithm=method,
        laws=laws(method),
        metric=each(error(NORMS[name])),
        bound=bound,
        holds=InExpectation(),
        k=range(40),
        seeds=128,
    )


def lemma(name: str) -> Bound:
    return lambda k, c: c[f"rho_{name}"] * c["sigma"] * ((1 - AL) ** k + AL**0.5) + c[f"L_{name}"] * c["eps"] / AL


def rate(name: str) -> Bound:
    def bound(k: Any, c: Any) -> Any:
        noise, drift = c[f"rho_{name}"] * c["sigma"], c[f"L_{name}"] * c["eps"]
        return c["gap_0"] / (c["eps"] * k) + 2 * noise / (AL * k) + 2 * AL**0.5 * noise + 1.5 * drift + 2 * drift / AL

    return bound


LEMMA = noisy("spectral", "Lemma 3", "ntr.lemma3", lemma("spectral"))
FROBENIUS = noisy("frobenius", "Lemma 3, Frobenius", "ntr.lemma3", lemma("frobenius"))
THEOREM2 = replace(
    noisy("spectral", "Theorem 2", "ntr.thm2", rate("spectral")), metric=best(slope(NORMS["spectral"]), start=1), k=range(1, 100), seeds=64
)
EXTRAPOLATED = replace(
    noisy(
        "frobenius",
        "with extrapolation",
        "ntr.extrap",
        lambda k, c: c["sigma"] * ((1 - AL) ** k + AL**0.5) + c["third"] * c["eps"] ** 2 * (1 - AL) / (2 * AL**2),
        ahead=True,
    ),
    instances={"noisy wave": partial(NOISY, wave=1.0, kappa=5.0, eps=0.1)},
)
# without noise the error is the drift alone: the first order is gone
DRIFT = replace(
    EXTRAPOLATED,
    instances={"wave": partial(target, p=1, q=1, kappa=1.0, wave=2.0, start=3.0, reach=0.0, eps=0.05, sigma=0.0)},
    holds=Always(),
    k=range(2, 60),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        **{f"deterministic, {name}": (claim, Status.CONSISTENT) for name, claim in DET.items()},
        "deterministic, from k = 1": (RECALLED, Status.CONSISTENT),
        "Lemma 3, spectral": (LEMMA, Status.CONSISTENT),
        "Lemma 3, Frobenius": (FROBENIUS, Status.CONSISTENT),
        "Theorem 2": (THEOREM2, Status.CONSISTENT),
        "extrapolation": (EXTRAPOLATED, Status.CONSISTENT),
        "extrapolation, no noise": (DRIFT, Status.CONSISTENT),
    },
    foils={
        "half the radius": (
            replace(DET["spectral"], algorithm=TrustRegion(NORMS["spectral"], lambda p, k: radius(p, k) / 2)),
            Status.UNLAWFUL,
        ),
        "a tenth of the radius": (
            replace(DET["spectral"], algorithm=TrustRegion(NORMS["spectral"], lambda p, k: radius(p, k) / 10), laws={}),
            Status.REFUTED,
        ),
        "no extrapolation": (replace(DRIFT, algorithm=TrustRegion(direction, radius, AL), laws={}), Status.REFUTED),
        "another al": (replace(LEMMA, algorithm=TrustRegion(NORMS["spectral"], radius, 0.5)), Status.UNLAWFUL),
        "Euclidean L": (
            replace(DET["entries"], bound=lambda k, c: c["gap_0"] / (c["eps"] * (k + 1)) + c["L"] * c["eps"] / 2, k=range(0, 2000, 40)),
            Status.REFUTED,
        ),
        "a third of the lemma": (replace(LEMMA, bound=lambda k, c: lemma("spectral")(k, c) / 3), Status.REFUTED),
        "a tenth of Theorem 2": (replace(THEOREM2, bound=lambda k, c: rate("spectral")(k, c) / 10), Status.REFUTED),
        "η for η²": (replace(DRIFT, bound=lambda k, c: c["third"] * c["eps"] * (1 - AL) / (2 * AL**2)), Status.ILL_POSED),
    },
)
