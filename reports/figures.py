"""The figures: metric, bound and foils of a claim on a problem; the panels of a study."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence

from reports import words
from reports.plot import BLUE, GREY, INK, ORANGE, Plot, Series, look
from reports.records import Curve, Panel, Spread
from reports.scales import Scale, fitting, indices, linear, logarithmic

DECADES_FOR_FOILS = 2.0  # how far above metric and bound a foil may stretch the axis
FEW = 12  # points are marked where there are no more than this


def verdict_figure(curve: Curve, foils: Sequence[tuple[str, str, Curve]], reached: int | None, ratio: str, equal: bool) -> str:
    """SVG of one claim on one problem. `foils`: letter, name, curve; `reached`: where the largest ratio is; `equal`: bound over metric."""
    metric, bound = curve.metric, curve.bound
    few = len(curve.k) <= FEW
    series = [_foil(letter, name, foil, curve) for letter, name, foil in foils if foil.along == curve.along]
    spread = _spread(metric)
    label = "metric (median, range)" if spread else "metric"
    series.append(Series(label, curve.k, metric.mid, metric.low if spread else None, metric.high if spread else None, BLUE, dots=few))
    name = "bound (median, range)" if _spread(bound) else "bound"
    series.append(Series(name, curve.k, bound.mid, *_edges(bound), ORANGE, "7 4", 1.8 if not equal else 1.4, dots=few, filled=False))
    y = _y_axis(curve, [s.y for s in series[:-2]])
    floor = [v for v in curve.slack if v is not None and v > 0]
    if floor and y.knee == 0 and max(floor) > y.low:
        series.append(Series("resolution", curve.k, [*curve.slack], colour=INK, dash="1 3", width=1.0))
    if curve.along is not None:
        return _swept(curve, curve.along, series, y)
    mark = (
        (float(reached), f"ratio {ratio} at k = {reached}") if reached is not None and reached >= min(curve.k, default=math.inf) else None
    )
    return Plot(indices(curve.k), y, series, "k", "metric and bound", mark=mark).svg()


def _swept(curve: Curve, along: str, series: list[Series], y: Scale) -> str:
    """Against the swept constant: an exponent as lines on logarithms, a threshold as points with 0 on the axis."""
    values = _finite([*curve.metric.low, *curve.metric.high, *curve.bound.low, *curve.bound.high])
    if curve.log and min(values, default=0.0) > 0:
        y = y if y.knee == 0 else logarithmic(min(values), max(values))
    else:
        y = linear(0.0, max(values, default=1.0))
        series = [dataclasses.replace(s, dots=True, joined=False) for s in series]
    return Plot(_chosen(curve.k, curve.log, True), y, series, words.expression(along), "metric and bound").svg()


def study_figure(panel: Panel) -> str:
    """SVG of one panel of a study."""
    series = []
    cycle = 0
    for drawn in panel.curves:
        pairs = [(x, i) for i, x in enumerate(drawn.x) if x is not None]
        xs, at = [x for x, _ in pairs], [i for _, i in pairs]
        ys = [drawn.y[i] for i in at]
        low = [drawn.low[i] for i in at] if drawn.low else None
        high = [drawn.high[i] for i in at] if drawn.high else None
        if drawn.style == "bound":
            colour, dash = INK, "7 4"
        else:
            colour, dash = look(cycle)
            cycle += 1
        series.append(Series(drawn.label, xs, ys, low, high, colour, dash, dots=drawn.style == "points", joined=drawn.style != "points"))
    ys_all = [v for s in series for part in (s.y, s.low or [], s.high or []) for v in _finite(part)]
    return Plot(
        _chosen([x for s in series for x in s.x], panel.x_log, False),
        _chosen(ys_all, panel.y_log, True),
        series,
        panel.x_label,
        panel.y_label,
        panel.title,
    ).svg()


def _chosen(values: list[float], log: bool, margin: bool) -> Scale:
    if not values:
        return Scale(0.0, 1.0)
    positive = [v for v in values if v > 0]
    if log and positive:
        return logarithmic(min(positive), max(positive)) if margin else Scale(min(positive), max(positive), 0.0)
    return linear(min(values), max(values)) if margin or min(values) == max(values) else Scale(min(values), max(values))


def _foil(letter: str, name: str, foil: Curve, claim: Curve) -> Series:
    """A wrong algorithm shows its metric, solid; a wrong bound, on the same metric, shows its bound, dashed."""
    same = foil.k == claim.k and all(_close(a, b) for a, b in zip(foil.metric.mid, claim.metric.mid, strict=False))
    values, dash = (foil.bound.mid, "5 3") if same else (foil.metric.mid, "")
    return Series(name, foil.k, values, colour=GREY, dash=dash, width=1.0, tag=letter)


def _close(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(abs(a), abs(b)))


def _spread(s: Spread) -> bool:
    return any(not _close(a, b) for a, b in zip(s.low, s.high, strict=False))


def _edges(s: Spread) -> tuple[list[float | None] | None, list[float | None] | None]:
    return (s.low, s.high) if _spread(s) else (None, None)


def _finite(values: Iterable[float | None]) -> list[float]:
    return [v for v in values if v is not None and math.isfinite(v)]


def _y_axis(curve: Curve, foils: list[list[float | None]]) -> Scale:
    """Fits metric and bound, cut far below the resolution; foils stretch it a little."""
    own = _finite([*curve.metric.low, *curve.metric.high, *curve.bound.low, *curve.bound.high])
    if len(curve.k) == 1 and min(own, default=0.0) >= 0 and max(own, default=0.0) < 1e3 * min((v for v in own if v > 0), default=0.0):
        return linear(min(own), max(own))  # a limit: 0 is a value like any other
    floor = min((v for v in curve.slack if v is not None and v > 0), default=0.0)
    if min(own, default=0.0) >= 0 and floor > 0 and max(own, default=0.0) > floor:
        own = [max(v, floor / 10) for v in own if v > 0]
    scale = fitting(own)
    extra = _finite(v for foil in foils for v in foil)
    if scale.knee == 0 and extra:
        high = min(max(max(extra), scale.high), scale.high * 10**DECADES_FOR_FOILS)
        low = max(min((v for v in extra if v > 0), default=scale.low), scale.low / 10**DECADES_FOR_FOILS)
        return Scale(min(low, scale.low), high, 0.0)
    if scale.knee is None and extra:
        span = scale.high - scale.low
        return Scale(max(min(*extra, scale.low), scale.low - span / 2), min(max(*extra, scale.high), scale.high + span / 2))
    return scale
