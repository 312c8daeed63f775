"""Measures: of which states a metric is taken, and in which words."""

import numpy as np
import pytest

from ratecheck import at_average, best, best_within, change, each, each_step, mean, total

VALUES = np.array([[5.0, 1.0], [2.0, 4.0], [3.0, 3.0], [4.0, 0.5], [1.0, 2.0]])  # (k, rows)


def reading(p: object, s: object) -> object:
    """f(x_k) − f*

    and more."""
    return s


def taken(measure: object) -> np.ndarray:
    return np.stack(list(measure(None, iter(VALUES))))  # type: ignore[operator]


def test_what_each_measure_reads() -> None:
    assert np.array_equal(taken(each(reading)), VALUES)
    assert np.array_equal(taken(each_step(lambda p, s, t: t - s)), np.diff(VALUES, axis=0))
    assert np.array_equal(taken(change(reading)), np.diff(VALUES, axis=0))
    assert np.array_equal(taken(best(reading)), np.minimum.accumulate(VALUES, axis=0))
    assert np.allclose(taken(total(reading)), np.cumsum(VALUES, axis=0))
    assert np.allclose(taken(mean(reading)), np.cumsum(VALUES, axis=0) / np.arange(1, 6)[:, None])
    assert np.allclose(taken(at_average(lambda p, x: x, lambda s: s)), taken(mean(reading)))


def test_best_within_a_moving_window() -> None:
    window = [0, 0, 1, 2, 4]
    wanted = [VALUES[w : k + 1].min(axis=0) for k, w in enumerate(window)]
    assert np.array_equal(taken(best_within(reading, lambda k: window[k])), wanted)


def test_a_window_that_begins_after_k_is_told() -> None:
    with pytest.raises(ValueError, match=r"the window of k = 0 begins at 2, after it"):
        taken(best_within(reading, lambda k: 2))


def test_a_measure_says_what_it_reads() -> None:
    assert each(reading).__doc__ == "f(x_k) − f*"
    assert best(reading).__doc__ == "the smallest so far of f(x_k) − f*"
    assert mean(reading).__doc__ == "the mean so far of f(x_k) − f*"
    assert each(lambda p, s: s).__doc__ is None
