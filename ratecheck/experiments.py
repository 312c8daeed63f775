"""Algorithms made of algorithms: a closed form, two in lockstep, counted oracle calls, an exact second moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice, repeat
from typing import Generic, Protocol, TypeAlias, TypeVar

from array_api_compat import array_namespace

from ratecheck.contracts import Algorithm, Array, Noise, P, Problem, S

T = TypeVar("T")
Tally: TypeAlias = Counter[str]


@dataclass(frozen=True)
class Direct(Generic[P, S]):
    """A stream of one state: the answer of a formula or of a solver."""

    solve: Callable[[P], S]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[S]:
        yield self.solve(problem)


@dataclass(frozen=True)
class Lockstep(Generic[P, S, T]):
    """Two algorithms on one problem with the same noise; the states in pairs."""

    first: Algorithm[P, S]
    second: Algorithm[P, T]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[tuple[S, T]]:
        yield from zip(self.first.iterates(problem, noise), self.second.iterates(problem, noise), strict=False)


@dataclass(frozen=True)
class Counted(Generic[S]):
    state: S
    calls: Tally  # oracle -> calls made until this state was yielded, all rows together counting once


@dataclass(frozen=True)
class Counting(Generic[P, S]):
    """The base algorithm on a problem whose oracles count. Metrics and laws see the plain problem: they count nothing."""

    base: Algorithm[P, S]
    counted: Callable[[P, Tally], P]

    def iterates(self, problem: P, noise: Noise, /) -> Iterator[Counted[S]]:
        tally: Tally = Counter()
        for state in self.base.iterates(self.counted(problem, tally), noise):
            yield Counted(state, Counter(tally))


class HasX(Protocol):
    @property
    def x(self) -> Array: ...  # (B, n)


class AffineFiniteSum(Problem, Protocol):
    """A problem on which a memoryless method draws i in {0..size-1} and maps x to an affine function of x."""

    @property
    def size(self) -> int: ...
    @property
    def x_star(self) -> Array: ...  # (B, n) or (1, n)
    def starting(self: Q, x0: Array, /) -> Q: ...


Q = TypeVar("Q", bound=AffineFiniteSum)
X = TypeVar("X", bound=HasX)


@dataclass(frozen=True)
class Moment(Generic[X]):
    """The exact second moment of z_k = (x_k - x*, 1)."""

    k: int
    M: Array  # (B, n+1, n+1), E z z'
    first: X  # the state of the base algorithm at k = 0: its step and other constants


@dataclass(frozen=True)
class _Outcome:
    """Noise that always deals the same outcome i of a uniform draw of an index."""

    outcome: int
    like: Array

    def integers(self, name: str, high: int, /, *shape: int) -> Iterator[Array]:
        xp = array_namespace(self.like)
        if shape or not 0 <= self.outcome < high:
            raise ValueError("SecondMoment needs a method that draws one index below `size` a step")
        return repeat(xp.full((self.like.shape[0],), self.outcome, dtype=xp.int64))

    def normals(self, name: str, /, *shape: int) -> Iterator[Array]:
        raise ValueError("SecondMoment needs finitely many outcomes; this method draws normals")

    def uniforms(self, name: str, /, *shape: int) -> Iterator[Array]:
        raise ValueError("SecondMoment needs finitely many outcomes; this method draws uniforms")


@dataclass(frozen=True)
class SecondMoment(Generic[Q, X]):
    """E z z' of the base algorithm, exactly: its one-step affine maps are read off at x* and x* + e_j, one outcome at a time.

    Errors: ValueError if a step is not affine in x, or is not the same map at every k (a memory or a varying step).
    """

    base: Algorithm[Q, X]

    def iterates(self, problem: Q, noise: Noise, /) -> Iterator[Moment[X]]:
        star = problem.x_star
        xp = array_namespace(star)
        first = next(iter(self.base.iterates(problem, _Outcome(0, problem.x0))))
        start = first.x - star
        star = star + xp.zeros_like(start)
        maps = [self._map(problem, _Outcome(i, start), star) for i in range(problem.size)]
        one = xp.ones((start.shape[0], 1), dtype=start.dtype)
        z = xp.concat([start, one], axis=-1)
        M = z[:, :, None] * z[:, None, :]
        T = xp.stack(maps)  # (N, B, n+1, n+1)
        Tt = xp.matrix_transpose(T)
        for k in count():
            yield Moment(k, M, first)
            M = xp.mean(xp.matmul(xp.matmul(T, M), Tt), axis=0)

    def _map(self, problem: Q, outcome: _Outcome, star: Array) -> Array:
        xp = array_namespace(star)
        B, n = star.shape

        def step(x: Array, steps: int = 1) -> Array:
            return next(islice(self.base.iterates(problem.starting(x), outcome), steps, None)).x - star

        origin = step(star)
        eye = xp.eye(n, dtype=star.dtype)
        columns = [step(star + eye[j, :][None, :]) - origin for j in range(n)]
        A = xp.stack(columns, axis=-1)  # (B, n, n)
        probe = xp.broadcast_to(xp.arange(1, n + 1, dtype=star.dtype) / n, (B, n))

        def image(d: Array) -> Array:
            return xp.squeeze(xp.matmul(A, d[:, :, None]), axis=-1) + origin

        for steps, expected in ((1, image(probe)), (2, image(image(probe)))):
            miss = xp.max(xp.abs(step(star + probe, steps) - expected))
            if not miss <= 1e-9 * (1 + xp.max(xp.abs(expected))):
                raise ValueError(
                    "SecondMoment: the step is not one fixed affine map of x" + (" (it has a memory or varies)" if steps == 2 else "")
                )
        top = xp.concat([A, origin[:, :, None]], axis=-1)
        last = xp.concat([xp.zeros((B, 1, n), dtype=star.dtype), xp.ones((B, 1, 1), dtype=star.dtype)], axis=-1)
        return xp.concat([top, last], axis=-2)
