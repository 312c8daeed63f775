"""Methods that keep a set around the minimiser: centre of gravity, the ellipsoid, geometric descent (Bubeck, Lee, Singh 2015)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from array_api_compat import array_namespace

from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Region:
    k: int
    x: Array  # (B, n) the centre
    low: Array  # (B, n)
    high: Array  # (B, n)


@dataclass(frozen=True)
class CentreOfGravity:
    """Where every sub-gradient is a multiple of a unit vector the region stays a box, and its centre of gravity is the middle."""

    lean: float = 0.5  # where between low and high the centre is taken

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Region]:
        low, high = problem.low, problem.high
        xp = array_namespace(low)
        for k in count():
            x = (1 - self.lean) * low + self.lean * high
            yield Region(k, x, low, high)
            g = problem.grad(x)
            low, high = xp.where(g < 0, x, low), xp.where(g > 0, x, high)


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    k: int
    x: Array  # (B, n) the centre
    H: Array  # (B, n, n) of {y: (y - x)'H^{-1}(y - x) <= 1}


def cut(x: Array, H: Array, w: Array) -> tuple[Array, Array]:
    """The smallest ellipsoid around the half {y: w'(y − x) ≤ 0} of the ellipsoid (x, H)."""
    xp = array_namespace(x)
    n = x.shape[1]
    Hw = xp.squeeze(xp.matmul(H, w[:, :, None]), axis=-1)
    length = xp.sqrt(xp.sum(w * Hw, axis=-1, keepdims=True))
    b = Hw / length
    return x - b / (n + 1), n * n / (n * n - 1) * (H - 2 / (n + 1) * b[:, :, None] * b[:, None, :])


@dataclass(frozen=True)
class EllipsoidMethod:
    """Cuts with a sub-gradient inside X, with the centre itself, a normal of the ball X, outside; from the ball X."""

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Ellipsoid]:
        x = problem.x0
        xp = array_namespace(x)
        H = problem.radius[:, None, None] ** 2 * xp.eye(x.shape[1], dtype=x.dtype)[None, :, :]
        for k in count():
            yield Ellipsoid(k, x, H)
            w = xp.where(inside(problem, x)[:, None], problem.grad(x), x)
            x, H = cut(x, H, w)


def inside(problem: Any, x: Array) -> Array:
    return array_namespace(x).sum(x * x, axis=-1) <= problem.radius**2


@dataclass(frozen=True, eq=False)
class Ball:
    k: int
    x: Array  # (B, n) where the gradient was taken
    c: Array  # (B, n) the centre
    R2: Array  # (B,) the squared radius


def around(a: Array, A2: Array, b: Array, B2: Array) -> tuple[Array, Array]:
    """The smallest ball around the intersection of the balls (a, A2) and (b, B2), squared radii."""
    xp = array_namespace(a)
    d2 = xp.sum((b - a) ** 2, axis=-1)
    s = (d2 + A2 - B2) / xp.where(d2 > 0, 2 * d2, xp.ones_like(d2))  # the common plane crosses a + s (b − a)
    s = xp.where(d2 > 0, xp.where(s < 0, xp.zeros_like(s), s), xp.where(B2 < A2, xp.ones_like(s), xp.zeros_like(s)))
    second = s >= 1
    between = a + xp.where(second, xp.ones_like(s), s)[:, None] * (b - a)
    return between, xp.where(second, B2, A2 - s * s * d2)


def line_search(problem: Any, c: Array, y: Array) -> Array:
    """The minimiser of a quadratic on the line through c and y."""
    xp = array_namespace(c)
    d, g = y - c, problem.grad(c)
    curved = xp.sum((problem.grad(y) - g) * d, axis=-1)
    step = xp.where(curved > 0, -xp.sum(g * d, axis=-1) / xp.where(curved > 0, curved, xp.ones_like(curved)), xp.zeros_like(curved))
    return c + step[:, None] * d


def shrink(problem: Any, x: Array, c: Array, R2: Array) -> tuple[Array, Array]:
    """The ball around what the gradient at x leaves of (c, R2)."""
    xp = array_namespace(x)
    alpha, beta = problem.constants["mu"].value, problem.constants["L"].value
    g = problem.grad(x)
    g2 = xp.sum(g * g, axis=-1) / alpha**2
    return around(c, R2 - g2 * alpha / beta, x - g / alpha[:, None], g2 * (1 - alpha / beta))


@dataclass(frozen=True)
class GeometricDescent:
    """x_{t+1} on the line through c_t and x_t − ∇f(x_t)/β, then the smallest ball around the intersection of Lemma 3.16."""

    search: bool = True

    def iterates(self, problem: Any, noise: Noise, /) -> Iterator[Ball]:
        x = problem.x0
        xp = array_namespace(x)
        alpha, beta = problem.constants["mu"].value, problem.constants["L"].value
        g = problem.grad(x)
        c, R2 = x - g / alpha[:, None], xp.sum(g * g, axis=-1) / alpha**2 * (1 - alpha / beta)
        for k in count():
            yield Ball(k, x, c, R2)
            y = x - problem.grad(x) / beta[:, None]
            x = line_search(problem, c, y) if self.search else y
            c, R2 = shrink(problem, x, c, R2)
