"""Bernstein, Newhouse 2024 (arXiv 2409.20325, text read), eqs. 22–29: Prodigy without averages is sign descent with a growing step.

Prodigy with b1 = b2 = 0, ε = 0 keeps per step r_t = d_t² ⟨g_t, w_0 − w_t⟩, s_t = d_t² g_t and moves by d_t · d_t g_t/√(d_t² g_t²), with
d_{t+1} = max(d_t, r_t/‖s_t‖₁). The iterates are those of

    w_{t+1} = w_t − η_t sign(g_t),    η_{t+1} = max(η_t, ⟨g_t, w_0 − w_t⟩/‖g_t‖₁),

the step using the old η_t. Metric: the distance of the two iterates; bound: the size of the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from array_api_compat import array_namespace

from problems.frank_wolfe.simplex import LeastSquares, planted
from ratecheck import Array, Claim, Lockstep, Noise, Seen, Source, Statement, Status, Theorem, Unit, Vanishes, each


@dataclass(frozen=True, eq=False)
class Point:
    x: Array  # (B, n)
    step: Array  # (B,)


def safe(a: Array) -> Array:
    """a, or 1 where a is 0: a coordinate without slope stays, as sign(0) = 0 says."""
    return array_namespace(a).where(a > 0, a, 1.0 + 0.0 * a)


@dataclass(frozen=True)
class Prodigy:
    """The recursion in its full form, averages off; d_0 is the first step."""

    d0: float = 1e-3

    def iterates(self, problem: LeastSquares, noise: Noise, /) -> Iterator[Point]:
        xp = array_namespace(problem.x0)
        w = problem.x0
        d = self.d0 + 0 * w[:, 0]
        for _ in count():
            yield Point(w, d)
            g = problem.grad(w)
            m = d[:, None] * g
            v = d[:, None] ** 2 * g * g
            r = d**2 * xp.sum(g * (problem.x0 - w), axis=-1)
            s = d[:, None] ** 2 * g
            w = w - d[:, None] * m / safe(xp.sqrt(v))
            d = xp.maximum(d, r / safe(xp.sum(xp.abs(s), axis=-1)))


@dataclass(frozen=True)
class GrowingSignDescent:
    """w − η sign(g), η the largest ⟨g_i, w_0 − w_i⟩/‖g_i‖₁ so far; `early` uses the new η in the same step."""

    d0: float = 1e-3
    early: bool = False

    def iterates(self, problem: LeastSquares, noise: Noise, /) -> Iterator[Point]:
        xp = array_namespace(problem.x0)
        w = problem.x0
        eta = self.d0 + 0 * w[:, 0]
        for _ in count():
            yield Point(w, eta)
            g = problem.grad(w)
            grown = xp.maximum(eta, xp.sum(g * (problem.x0 - w), axis=-1) / safe(xp.sum(xp.abs(g), axis=-1)))
            w = w - (grown if self.early else eta)[:, None] * xp.sign(g)
            eta = grown


def apart(p: LeastSquares, s: tuple[Point, Point]) -> Array:
    xp = array_namespace(s[0].x)
    return xp.max(xp.abs(s[0].x - s[1].x), axis=-1)


def size(p: LeastSquares, s: tuple[Point, Point]) -> Array:
    xp = array_namespace(s[0].x)
    return xp.max(xp.abs(s[1].x), axis=-1)


def claim(first: Prodigy, second: GrowingSignDescent) -> Claim[LeastSquares, tuple[Point, Point]]:
    return Claim[LeastSquares, tuple[Point, Point]](
        source=Source("bernstein2024 (arXiv 2409.20325)", "eqs. 22–29", "norm.prodigy", Statement.VERIFIED),
        assumes=frozenset(),
        instances={"least squares": planted},
        algorithm=Lockstep(first, second),
        metric=each(apart),
        unit=Unit(x=1),
        bound=lambda k, c: c["size"],
        holds=Vanishes(within=1e-9),
        k=range(1, 200),
        seen={"size": Seen(each(size), Unit(x=1))},
        seeds=8,
    )


CLAIM = claim(Prodigy(), GrowingSignDescent())
THEOREM = Theorem(
    claims={"same iterates": (CLAIM, Status.CONSISTENT)},
    foils={
        "the new step at once": (claim(Prodigy(), GrowingSignDescent(early=True)), Status.REFUTED),
        "another first step": (claim(Prodigy(), GrowingSignDescent(2e-3)), Status.REFUTED),
        "square of the size": (replace(CLAIM, bound=lambda k, c: c["size"] ** 2), Status.ILL_POSED),
    },
)
