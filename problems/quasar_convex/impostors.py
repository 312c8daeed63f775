"""More functions that look quasar-convex and are not: a slowly flattening one, and the subproblem of a proximal point method."""

from __future__ import annotations

from array_api_compat import array_namespace

from problems.quasar_convex.planar import Explicit, explicit
from ratecheck import Array


def _cauchy(c: tuple[float, ...], x: Array) -> Array:
    xp = array_namespace(x)
    return xp.sum(xp.log1p(x * x), axis=-1)


def _cauchy_grad(c: tuple[float, ...], x: Array) -> Array:
    return 2 * x / (1 + x * x)


def _proximal(c: tuple[float, ...], x: Array) -> Array:
    step, centre = c
    return array_namespace(x).sum((x * x + 1 / 8) ** (1 / 6) + (x - centre) ** 2 / (2 * step), axis=-1)


def _proximal_grad(c: tuple[float, ...], x: Array) -> Array:
    step, centre = c
    return x * (x * x + 1 / 8) ** (-5 / 6) / 3 + (x - centre) / step


def cauchy(seeds: range) -> Explicit:
    """log(1 + x²): γ on [−D, D] is 2D²/((1 + D²) log(1 + D²)), which tends to 0 like 1/log D; claimed with γ = 0.1 for every x."""
    return explicit(seeds, (), _cauchy, _cauchy_grad, 1, 1.0, 0.1, "claimed, false")


def proximal_sixth_root(seeds: range, step: float = 50.0, centre: float = -12.23) -> Explicit:
    """(x² + 1/8)^{1/6} + (x − centre)²/(2 step), a quasar-convex function and a parabola: minimal near −8.2, with a second local minimum
    near −0.14 and a local maximum near −2 between them. Claimed with the γ = 1/3 of the function without the parabola."""
    c = (step, centre)
    at = -8.2
    for _ in range(60):  # fixed-point steps: at the minimiser the parabola is the steeper of the two
        at = centre - step * at * (at * at + 1 / 8) ** (-5 / 6) / 3
    lowest = (at * at + 1 / 8) ** (1 / 6) + (at - centre) ** 2 / (2 * step)
    return explicit(seeds, c, _proximal, _proximal_grad, 1, 8.0, 1 / 3, "claimed, false", at, lowest)
