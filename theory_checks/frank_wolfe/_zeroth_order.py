"""Laws and metrics of zeroth-order Frank–Wolfe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from array_api_compat import array_namespace

from algorithms.frank_wolfe.zeroth_order import NoisyValues, ZerothState
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


@dataclass(frozen=True)
class Table:
    """A row of the paper's table: ρ_t and c_t as functions of (t, n), and the number of directions, the axes if None."""

    rho: Callable[[int, int], float]
    length: Callable[[int, int], float]
    directions: int | None


AXES = Table(lambda t, n: 4 / (t + 8) ** (2 / 3), lambda t, n: 2 / (n ** (1 / 2) * (t + 8) ** (1 / 3)), None)
ONE = Table(lambda t, n: 4 / (n ** (1 / 3) * (t + 8) ** (2 / 3)), lambda t, n: 2 / (n ** (3 / 2) * (t + 8) ** (1 / 3)), 1)


def several(m: int) -> Table:
    return Table(
        lambda t, n: 4 / ((1 + n / m) ** (1 / 3) * (t + 8) ** (2 / 3)), lambda t, n: 2 * m ** (1 / 2) / (n ** (3 / 2) * (t + 8) ** (1 / 3)), m
    )


def estimates(row: Table, constant: bool) -> Law[NoisyValues, ZerothState]:
    def law(p: NoisyValues, s: ZerothState, t: ZerothState) -> Array:
        """g_t is the mean (over the axes the sum) of (F(x + c z; y) − F(x; y))/c z, with c_t, ρ_t, γ_t of the row, and fresh y and z"""
        xp = array_namespace(s.x)
        n, c = s.x.shape[1], row.length(s.k, s.x.shape[1])
        slopes = (p.values(s.x[:, None, :] + c * s.z, s.y) - p.values(s.x[:, None, :], s.y)) / c
        g = xp.sum(slopes[:, :, None] * s.z, axis=1) / (row.directions or 1)
        gamma = p.constants["T"].value ** (-3 / 4) if constant else 2 / (s.k + 8)
        miss = xp.max(xp.abs(s.g - g), axis=-1) / xp.max(xp.abs(g), axis=-1) + xp.abs(s.gamma / gamma - 1)
        axes = xp.max(xp.abs(s.z - xp.eye(n, dtype=s.z.dtype)[None, :, :]), axis=(1, 2)) if row.directions is None else 0.0
        stale = xp.all(s.y == t.y, axis=-1) | (xp.all(s.z == t.z, axis=(1, 2)) if row.directions else xp.all(s.y == t.y, axis=-1))
        miss = miss + axes + xp.astype(stale, s.x.dtype)
        return miss + abs(s.rho / row.rho(s.k, n) - 1) + abs(s.c / c - 1) + abs(s.z.shape[1] - (row.directions or n))

    return law


def laws(row: Table, constant: bool = False) -> dict[str, Law[NoisyValues, ZerothState]]:
    return {"towards v": moves_towards_v, "averages": averages, "estimates": estimates(row, constant)}
