"""Of which states a metric is taken: each maps a stream of states to a stream of readings (B,), lazily."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise

from array_api_compat import array_namespace

from ratecheck.contracts import Array, Measure, P, S


def _told(measure: Measure[P, S], prefix: str, m: Callable[..., Array]) -> Measure[P, S]:
    """The measure says what it reads: the first line of the docstring of m, for the report."""
    words = (getattr(m, "func", m).__doc__ or "").strip().partition("\n")[0].rstrip(".")
    measure.__doc__ = prefix + words if words else None
    return measure


def each(m: Callable[[P, S], Array]) -> Measure[P, S]:
    """m(x_k)."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        for state in states:
            yield m(problem, state)

    return _told(measure, "", m)


def each_step(m: Callable[[P, S, S], Array]) -> Measure[P, S]:
    """m(x_k, x_{k+1})."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        for state, following in pairwise(states):
            yield m(problem, state, following)

    return _told(measure, "", m)


def best(m: Callable[[P, S], Array], start: int = 0) -> Measure[P, S]:
    """The smallest m(x_j), start <= j <= k. Readings before `start` are m(x_k) itself; NaN stays."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        smallest = None
        for k, state in enumerate(states):
            value = m(problem, state)
            smallest = value if smallest is None or k <= start else array_namespace(value).minimum(smallest, value)
            yield smallest

    return _told(measure, "the smallest so far of ", m)


def best_within(m: Callable[[P, S], Array], window: Callable[[int], int]) -> Measure[P, S]:
    """Exists: the smallest m(x_j), window(k) <= j <= k, where `window` never decreases. NaN stays."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        kept: deque[tuple[int, Array]] = deque()
        for k, state in enumerate(states):
            value = m(problem, state)
            xp = array_namespace(value)
            kept.append((k, value))
            if window(k) > k:
                raise ValueError(f"best_within: the window of k = {k} begins at {window(k)}, after it; start the claim's k later or the window earlier")
            while kept[0][0] < window(k):
                kept.popleft()
            smallest = kept[0][1]
            for _, other in kept:
                smallest = xp.minimum(smallest, other)
            yield smallest

    return _told(measure, "the smallest within the window of ", m)


def total(m: Callable[[P, S], Array]) -> Measure[P, S]:
    """The sum of m(x_j), j <= k."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        amount: Array = 0.0
        for state in states:
            amount = amount + m(problem, state)
            yield amount

    return _told(measure, "the sum so far of ", m)


def mean(m: Callable[[P, S], Array], weight: Callable[[int], float] = lambda k: 1.0) -> Measure[P, S]:
    """The weighted mean of m(x_j), j <= k."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        amount: Array = 0.0
        weights = 0.0
        for k, state in enumerate(states):
            w = weight(k)
            weights += w
            amount = amount + w * m(problem, state)
            yield amount / weights

    return _told(measure, "the mean so far of ", m)


def at_average(m: Callable[[P, Array], Array], of: Callable[[S], Array], weight: Callable[[int], float] = lambda k: 1.0) -> Measure[P, S]:
    """m at the weighted mean of the points of(x_j), j <= k (ergodic average)."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        weights = 0.0
        average: Array = None
        for k, state in enumerate(states):
            point, w = of(state), weight(k)
            weights += w
            if average is None or weights == w:
                average = point
            else:
                average = average + (w / weights) * (point - average)
            yield m(problem, average)

    return _told(measure, "at the average point so far, ", m)


def change(m: Callable[[P, S], Array]) -> Measure[P, S]:
    """m(x_{k+1}) - m(x_k), each evaluated once."""

    def measure(problem: P, states: Iterator[S]) -> Iterator[Array]:
        for before, after in pairwise(m(problem, state) for state in states):
            yield after - before

    return _told(measure, "the change of ", m)
