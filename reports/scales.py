"""Axes: where a number stands on a linear, logarithmic or symmetric-logarithmic axis, and which ticks it has."""

from __future__ import annotations

import math
from dataclasses import dataclass

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Scale:
    """An axis from low to high. `knee`: symmetric logarithm, linear within ±knee; 0 is a plain logarithm, None is linear."""

    low: float
    high: float
    knee: float | None = None

    def _warp(self, v: float) -> float:
        if self.knee is None:
            return v
        if self.knee == 0:
            return math.log10(v) if v > 0 else -math.inf
        return math.copysign(math.log10(1 + abs(v) / self.knee * 9) if abs(v) < self.knee else 1 + math.log10(abs(v) / self.knee), v)

    def at(self, v: float) -> float:
        """0 at low, 1 at high; -inf for what a logarithm cannot show."""
        low, high = self._warp(self.low), self._warp(self.high)
        return (self._warp(v) - low) / (high - low) if high > low else 0.5

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most about `most` labelled places."""
        if self.knee is None:
            return _even(self.low, self.high, most)
        if self.knee == 0:
            return _decades(self.low, self.high, most)
        up = _decades(self.knee, self.high, most) if self.high > self.knee else []
        down = [(-v, "−" + t) for v, t in _decades(self.knee, -self.low, most)] if self.low < -self.knee else []
        return [*reversed(down), *([(0.0, "0")] if self.low <= 0 <= self.high else []), *up]

    def minor(self) -> list[float]:
        """The multiples 2..9 of the powers of ten, where decades are few enough to see them."""
        if self.knee is None or self.high <= 0:
            return []
        start = math.floor(math.log10(max(self.knee, self.low))) if max(self.knee, self.low) > 0 else 0
        stop = math.ceil(math.log10(self.high))
        if stop - start > 5:
            return []
        return [m * 10.0**e for e in range(start, stop) for m in range(2, 10) if self.low <= m * 10.0**e <= self.high]


def linear(low: float, high: float) -> Scale:
    """With a margin; a single value stands in the middle."""
    span = high - low
    if span <= 1e-12 * max(abs(low), abs(high)):
        pad = abs(low) * 0.1 or 1.0
        return Scale(low - pad, high + pad)
    return Scale(low - 0.04 * span if low < 0 or low > 0.3 * high else 0.0, high + 0.06 * span)


def fitting(values: list[float]) -> Scale:
    """The axis that shows these values: linear within a decade, logarithmic above, symmetric if signs differ."""
    if not values:
        return Scale(0.0, 1.0)
    low, high = min(values), max(values)
    largest = max(abs(low), abs(high))
    if low < -1e-12 * largest:
        sizes = sorted(abs(v) for v in values if v)
        knee = 10.0 ** math.floor(math.log10(sizes[len(sizes) // 10]))
        if largest <= 30 * knee:
            return linear(low, high)
        return Scale(low * 1.5 if low < 0 else 0.0, high * 1.5 if high > 0 else 0.0, max(knee, largest * 1e-6))
    positive = [v for v in values if v > 0]
    if not positive or (max(positive) < 10 * min(positive) and low > 0):
        return linear(low, high)
    return logarithmic(min(positive), max(positive))


def logarithmic(low: float, high: float) -> Scale:
    """With a margin that is a part of the span."""
    low = max(low, 1e-307)
    margin = max(0.05, 0.05 * (math.log10(high) - math.log10(low)))
    return Scale(10 ** max(-307.0, math.log10(low) - margin), 10 ** min(307.0, math.log10(high) + margin), 0.0)


def indices(ks: list[float]) -> Scale:
    """The axis of k: logarithmic once it spans more than a decade, with room for k = 0."""
    if not ks:
        return Scale(0.0, 1.0)
    low, high = min(ks), max(ks)
    if len(ks) == 1:
        return linear(low, high)
    if high >= 20 * max(low, 1.0):
        return Scale(low, high, 0.0) if low >= 1 else Scale(low, high, 1.0)
    return Scale(low, high)


def _decades(low: float, high: float, most: int) -> list[tuple[float, str]]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 2:
        multiples = [m * 10.0**e for e in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [(v, plain(v)) for v in multiples if low <= v <= high]
    step = max(1, math.ceil((last - first + 1) / most))
    return [
        (10.0**e, plain(10.0**e) if first >= -2 and last <= 3 else f"10{str(e).translate(_SUPERSCRIPT)}")
        for e in range(first, last + 1)
        if e % step == 0
    ]


def _even(low: float, high: float, most: int) -> list[tuple[float, str]]:
    raw = (high - low) / max(1, most)
    size = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [(i * step, plain(i * step, step)) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def plain(v: float, step: float = 0.0) -> str:
    """Short decimal, as precise as `step` asks; powers of ten where that is shorter."""
    if v == 0:
        return "0"
    if abs(v) >= 1e5 or abs(v) < 1e-3:
        digits, exponent = f"{v:.6e}".split("e")
        mantissa = f"{float(digits):g}".replace("-", "−")
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPT)
        return power if mantissa == "1" else f"{mantissa}·{power}"
    places = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
    return (f"{v:.{places}f}" if step else f"{v:g}").replace("-", "−")
