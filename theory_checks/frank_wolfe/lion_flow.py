"""Chen, Liu, Liang, Liu 2024 (arXiv 2310.05898), continuous time. Derived: the Lyapunov identity of the Lion-K flow.

ẋ = ∇K(m̃) − λx,  m̃ = m − ε(α∇f + γm),  ṁ = −α∇f − γm,  εγ ≤ 1, K* the conjugate of a smooth convex K, C = (1 − εγ)/(1 + ελ),

    H = αf(x) + (γ/λ)K*(λx) + C(K*(λx) + K(m) − λ⟨x, m⟩)
    dH/dt = −((γ + λ)/(1 + ελ))⟨m̃ − ∇K*(λx), ∇K(m̃) − λx⟩ − ((1 − εγ)/(ε(1 + ελ)))⟨∇K(m̃) − ∇K(m), m̃ − m⟩ ≤ 0.

The left side is the chain rule ⟨∇_x H, ẋ⟩ + ⟨∇_m H, ṁ⟩ at random x and m, K(z) = Σ|z_i|^p/p and K*(y) = Σ|y_i|^q/q, 1/p + 1/q = 1.
All quantities are pure numbers here; index k is a draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from array_api_compat import array_namespace

from problems.frank_wolfe.targets import target
from ratecheck import Array, Claim, Equal, Noise, Seen, Source, Statement, Status, Theorem, Trait, Unit, each
from theory_checks.frank_wolfe.lion_lyapunov import inner

ALPHA, GAMMA, EPS, LAM = 0.7, 0.9, 0.4, 1.3
C = (1 - EPS * GAMMA) / (1 + EPS * LAM)


@dataclass(frozen=True, eq=False)
class Phase:
    x: Array  # (B, p, q)
    m: Array  # (B, p, q)


@dataclass(frozen=True)
class RandomPhases:
    """Gaussian x and m."""

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Phase]:
        shape = problem.x0.shape[1:]
        for x, m in zip(noise.normals("x", *shape), noise.normals("m", *shape), strict=False):
            yield Phase(x, m)


def slope(z: Array, p: float) -> Array:
    """The gradient of Σ|z|^p/p."""
    xp = array_namespace(z)
    return xp.sign(z) * xp.abs(z) ** (p - 1)


def flow(problem: Any, s: Phase, p: float) -> tuple[Array, Array, Array]:
    """m̃, ẋ, ṁ"""
    force = ALPHA * problem.grad(s.x) + GAMMA * s.m
    tilde = s.m - EPS * force
    return tilde, slope(tilde, p) - LAM * s.x, -force


def chain_rule(problem: Any, s: Phase, p: float) -> Array:
    _, x_dot, m_dot = flow(problem, s, p)
    inverse = slope(LAM * s.x, p / (p - 1))
    by_x = ALPHA * problem.grad(s.x) + GAMMA * inverse + C * LAM * (inverse - s.m)
    by_m = C * (slope(s.m, p) - LAM * s.x)
    return inner(by_x, x_dot) + inner(by_m, m_dot)


def dissipation(problem: Any, s: Phase, p: float) -> Array:
    tilde, x_dot, _ = flow(problem, s, p)
    first = inner(tilde - slope(LAM * s.x, p / (p - 1)), x_dot)
    second = inner(slope(tilde, p) - slope(s.m, p), tilde - s.m)
    return -(GAMMA + LAM) / (1 + EPS * LAM) * first - C / EPS * second


def claim(p: float) -> Claim[Any, Phase]:
    return Claim[Any, Phase](
        source=Source("chen2024 (arXiv 2310.05898)", f"continuous time, p = {p:g}", "lion.ct", Statement.DERIVED),
        assumes=frozenset({Trait.SMOOTH}),
        instances={"quadratic": target, "wave": partial(target, wave=1.0)},
        algorithm=RandomPhases(),
        metric=each(lambda problem, s: chain_rule(problem, s, p)),
        unit=Unit(),
        seen={"dissipation": Seen(each(lambda problem, s: dissipation(problem, s, p)))},
        bound=lambda k, c: c["dissipation"],
        holds=Equal(within=1e-10),
        rounding=lambda k, c: 1e-11 + 0 * k,
        k=range(50),
        seeds=8,
    )


CUBIC = claim(3.0)

THEOREM = Theorem(
    claims={"p = 2": (claim(2.0), Status.CONSISTENT), "p = 3": (CUBIC, Status.CONSISTENT), "p = 3/2": (claim(1.5), Status.CONSISTENT)},
    foils={
        "without the second term": (
            replace(
                CUBIC,
                seen={
                    "dissipation": Seen(
                        each(
                            lambda problem, s: (
                                -(GAMMA + LAM)
                                / (1 + EPS * LAM)
                                * inner(flow(problem, s, 3.0)[0] - slope(LAM * s.x, 1.5), flow(problem, s, 3.0)[1])
                            )
                        )
                    )
                },
            ),
            Status.REFUTED,
        ),
        "the wrong conjugate": (replace(CUBIC, metric=each(lambda problem, s: chain_rule(problem, s, 2.5))), Status.REFUTED),
        "0.1% more": (replace(CUBIC, bound=lambda k, c: 1.001 * c["dissipation"]), Status.REFUTED),
    },
)
