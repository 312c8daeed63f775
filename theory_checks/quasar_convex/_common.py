"""Metrics and residuals that several theorems of the family share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeAlias, TypeVar

from array_api_compat import array_namespace

from algorithms.quasar_convex.accelerated import Pair
from algorithms.quasar_convex.descent import Point
from algorithms.quasar_convex.line_search import Coupling, excess
from algorithms.quasar_convex.stochastic import Perturbation
from ratecheck import Algorithm, Array, Claim, Equal, HasX, Law, Noise, Problem, Seen, Source, Statement, Unit, total
from ratecheck.contracts import P, S, exact
from ratecheck.oracles import Smooth, WithMinimiser

Q = TypeVar("Q", bound=Smooth)
STEP = Unit(-1, 2)


class Minimised(Smooth, Protocol):
    """A smooth function with a known minimiser and minimum."""

    @property
    def x_star(self) -> Array: ...  # (B, n)
    @property
    def f_star(self) -> Array: ...  # (B,)


def square(a: Array) -> Array:
    """‖a‖², (B, n) -> (B,)."""
    return array_namespace(a).sum(a * a, axis=-1)


def inner(a: Array, b: Array) -> Array:
    """⟨a, b⟩, (B, n) -> (B,)."""
    return array_namespace(a).sum(a * b, axis=-1)


def distance2(p: WithMinimiser, s: HasX) -> Array:
    """‖x_k − x*‖²"""
    return square(s.x - p.x_star)


def gap(p: Minimised, s: HasX) -> Array:
    """f(x_k) − f*"""
    return p.value(s.x) - p.f_star


def relative(residual: Array, *scales: Array) -> Array:
    """max |residual| over the largest entry of the scales, (B, n) -> (B,); 0 where both are 0."""
    xp = array_namespace(residual)
    scale = xp.max(xp.abs(xp.concat(scales, axis=-1)), axis=-1)
    size = xp.max(xp.abs(residual), axis=-1)
    return xp.where(scale > 0, size / xp.where(scale > 0, scale, 1.0), size)


@dataclass(frozen=True)
class Misinformed(Generic[P, S]):
    """A foil: the base algorithm asks a changed problem, while metric and laws see the true one."""

    base: Algorithm[P, S]
    change: Callable[[P], P]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        yield from self.base.iterates(self.change(problem), noise)


def drawn_as_stated(p: Problem, d: Perturbation) -> Array:
    """ξ = xi with probability 1/xi, else 0, and ε = σ e/√n: E ξ = 1, E‖ε‖² = σ²; 0 if so"""
    xp = array_namespace(d.e)
    xi, sigma2 = p.constants["xi"].value, p.constants["sigma2"].value
    shift = xp.sqrt(sigma2 / d.e.shape[-1])[:, None] * d.e
    return relative(d.shift - shift, shift, d.e) + abs(d.factor - xp.where(d.u < 1 / xi, xi, 0.0 * xi)) / xi


def moves_along_the_gradient(step: Callable[[Mapping[str, Array]], Array]) -> Law[Smooth, Point]:
    """x_{k+1} = x_k − step · ∇f(x_k), the step computed again from the constants."""

    def law(p: Smooth, s: Point, t: Point) -> Array:
        xp = array_namespace(s.x)
        length = xp.asarray(step({name: c.value for name, c in p.constants.items()}))
        return relative(t.x - s.x + length[..., None] * p.grad(s.x), s.x, t.x)

    return law


class Stepped(Protocol):
    @property
    def k(self) -> int: ...
    @property
    def step(self) -> Array: ...  # (B,)


def takes_the_steps(step: Callable[[Mapping[str, Array], int], Array]) -> Law[Problem, Stepped]:
    """s_k as stated, computed again from the constants"""

    def law(p: Problem, s: Stepped, t: Stepped) -> Array:
        wanted = step({name: c.value for name, c in p.constants.items()}, s.k)
        return abs(s.step - wanted) / abs(wanted)

    return law


def steps_decay_as(shape: Callable[[int], float]) -> Law[Problem, Stepped]:
    """s_{k+1}/s_k as stated: the steps are a multiple of the schedule"""

    def law(p: Problem, s: Stepped, t: Stepped) -> Array:
        return abs(t.step / s.step * (shape(s.k) / shape(t.k)) - 1)

    return law


def has_its_weights(claim: Claim[P, S], m: Callable[[P, S], Array], weight: Callable[[P, S], Array], unit: Unit = STEP) -> Claim[P, S]:
    """An identity: the mean of the claim is Σ w m / Σ w, w the weights that belong to the steps which were taken."""
    return replace(
        claim,
        source=Source("derived", "the mean has its weights", claim.source.slug, Statement.DERIVED),
        bound=lambda k, c: c["sum w m"] / c["sum w"],
        holds=Equal(within=1e-9),
        seen={
            "sum w m": Seen(total(lambda p, s: weight(p, s) * m(p, s)), Unit(claim.unit.f + unit.f, claim.unit.x + unit.x)),
            "sum w": Seen(total(weight), unit),
        },
        given={},
        rounding=exact,
        sharp={},
        seeds=min(claim.seeds, 4),
    )


def on(claim: Claim[P, S], *names: str) -> Claim[P, S]:
    """The claim on some of its instances: foils need only one."""
    return replace(
        claim,
        instances={name: claim.instances[name] for name in names},
        sharp={name: q for name, q in claim.sharp.items() if name in names},
    )


def raw_gamma(p: Minimised, s: HasX) -> Array:
    """⟨∇f(x), x − x*⟩ / (f(x) − f*)"""
    return inner(p.grad(s.x), s.x - p.x_star) / gap(p, s)


class HasCoupling(Protocol):
    @property
    def coupling(self) -> Coupling: ...
    @property
    def b(self) -> Array: ...  # (B,) b, c and the tolerance that the line search was given
    @property
    def c(self) -> Array: ...
    @property
    def eps(self) -> Array: ...


C = TypeVar("C", bound=HasCoupling)
Searched: TypeAlias = Callable[[Q, C], tuple[Array, Array, Array, Array, Array]]  # x, v, b, c, ε as the theorem says


def y_passes_the_line_search(searched: Searched[Q, C]) -> Law[Q, C]:
    """y = α x + (1 − α) v with c f(y) + α (⟨∇f(y), x − v⟩ − α b ‖x − v‖²) ≤ c f(x) + ε, found with the same b, c, ε"""

    def law(p: Q, s: C, t: C) -> Array:
        x, v, b, c, eps = searched(p, s)
        xp = array_namespace(x)
        a = s.coupling.alpha[:, None]
        off = relative(s.coupling.y - a * x - (1 - a) * v, x, v)
        above = excess(p, x, v, s.coupling, b, c, eps)
        # below 1e-14 of the first gap the rounding of x − x* is all that is left of f
        scale = c * (p.value(x) + 1e-14 * p.constants["e0"].value) + b * square(x - v) + eps
        told = sum(relative((a - b)[:, None], b[:, None]) for a, b in ((s.b, b), (s.c, c), (s.eps, eps)))
        return xp.maximum(off + told, above / xp.where(scale > 0, scale, 1.0))

    return law


def x_is_a_gradient_step_from_y(p: Smooth, s: Pair, t: Pair) -> Array:
    """x⁺ = y − ∇f(y)/L"""
    return relative(t.x - s.coupling.y + p.grad(s.coupling.y) / p.constants["L"].value[:, None], s.coupling.y, t.x)
