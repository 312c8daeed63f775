"""Laws and metrics of zeroth-order Frank–Wolfe."""

from __future__ import annotations

from collections.abc import Callable

from array_api_compat import array_namespace

from algorithms.frank_wolfe.zeroth_order import NoisyValues, Scheme, ZerothState, differences
from problems.frank_wolfe.noisy import NoisyQuadratic
from ratecheck import Array, Law
from theory_checks.frank_wolfe._common import TINY, inner, norm


def error2(p: NoisyQuadratic, s: ZerothState) -> Array:
    """‖∇f(x_t) − d_t‖²"""
    e = p.grad(s.x) - s.d
    return inner(e, e)


def moves_towards_v(p: NoisyValues, s: ZerothState, t: ZerothState) -> Array:
    """x_{t+1} = x_t + γ_t (v_t − x_t), v_t minimal for the average d_t"""
    xp = array_namespace(s.x)
    miss = xp.max(xp.abs(t.x - s.x - s.gamma[:, None] * (s.v - s.x)), axis=-1) / (xp.max(xp.abs(s.v) + xp.abs(s.x), axis=-1) + TINY)
    return miss + xp.abs(inner(s.d, s.v - p.lmo(s.d))) / (norm(s.d) * norm(s.v) + TINY)


def averages(p: NoisyValues, s: ZerothState, t: ZerothState) -> Array:
    """d_{t+1} = (1 − ρ_{t+1}) d_t + ρ_{t+1} g_{t+1}"""
    xp = array_namespace(s.x)
    return xp.max(xp.abs(t.d - (1 - t.rho) * s.d - t.rho * t.g), axis=-1) / xp.max(xp.abs(s.d) + xp.abs(t.g), axis=-1)


def estimates(scheme: Scheme, step: Callable[[int], float] | None) -> Law[NoisyValues, ZerothState]:
    def law(p: NoisyValues, s: ZerothState, t: ZerothState) -> Array:
        """g_t from differences of length c_t, with c_t, ρ_t, γ_t and the directions of the scheme"""
        xp = array_namespace(s.x)
        n = s.x.shape[1]
        c, rho = scheme.length(s.k, n), scheme.rho(s.k, n)
        g = differences(p, s.x, s.y, s.z, c, scheme.directions is None)
        wanted = p.constants["T"].value ** -0.75 if step is None else step(s.k)
        miss = xp.max(xp.abs(s.g - g), axis=-1) / xp.max(xp.abs(g), axis=-1) + xp.abs(s.gamma / wanted - 1)
        return miss + abs(s.rho / rho - 1) + abs(s.c / c - 1) + abs(s.z.shape[1] - (scheme.directions or n))

    return law


def laws(scheme: Scheme, step: Callable[[int], float] | None) -> dict[str, Law[NoisyValues, ZerothState]]:
    return {"towards v": moves_towards_v, "averages": averages, "estimates": estimates(scheme, step)}
