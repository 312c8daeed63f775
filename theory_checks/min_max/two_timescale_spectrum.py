"""Chae, Kim, Kim 2024 (arXiv 2305.16242), two-timescale spectrum at a stationary point with singular f_yy; expansion derived.

H = [[A, C], [−Cᵀ, −B]], Λ = diag(I/τ, I), ε = 1/τ; N a basis of ker B, σ_j, u_j singular values and left vectors of C N,
S = A − C B⁺ Cᵀ, S_res its compression to the complement of range(C N). As ε → 0 the eigenvalues of Λ H are
    ε · eig(S_res) + o(ε);    ± i √ε σ_j + (ε/2) u_jᵀ S u_j + o(ε);    −eig(B on its range) + o(1).
Why: eliminate range B by a Schur complement, then perturb the skew block [[0, √ε CN], [−√ε (CN)ᵀ, 0]] by ε S, to first order.
The rows have τ = 10⁴ ... 10⁸; in these games the relative errors of all four kinds fall like ε, the next order of the expansion.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from problems.min_max.local_minimax import LocalGame, planted
from ratecheck import Array, Certified, Claim, Draw, Scaling, Side, Source, Statement, Status, Theorem, Unit, Vanishes, each
from theory_checks.min_max._two_timescale import SPECTRUM


def ladder(seeds: range) -> LocalGame:
    """Row s: one and the same game, τ = 10⁴ · 10^{s/2}."""
    p = planted(range(1))
    tau = 10.0 ** (4 + 0.5 * (np.array(seeds) % 9))
    d1 = int((p.scale[0] < 1).sum())
    B, n = len(seeds), p.H.shape[-1]
    scale = np.where(np.arange(n)[None, :] < d1, 1 / tau[:, None], 1.0)

    def rows(a: Array) -> Array:
        return np.repeat(a[:1], B, axis=0)

    constants = {"tau": Certified(tau, Unit(), Side.EXACT, "chosen: row s has τ = 10^(4 + s/2)")}
    return replace(
        p,
        H=rows(p.H),
        scale=scale,
        slow=rows(p.slow),
        fast=rows(p.fast),
        middle=rows(p.middle),
        damping=rows(p.damping),
        x0=rows(p.x0),
        constants=constants,
    )


def _groups(p: LocalGame, w: Array) -> tuple[Array, Array, Array]:
    """(slow, middle with positive imaginary part, fast) eigenvalues, each sorted like the closed forms."""
    xp = array_namespace(w)
    order = xp.argsort(xp.abs(w), axis=-1)
    w = xp.take_along_axis(w, order, axis=-1)
    r, q = p.slow.shape[-1], p.middle.shape[-1]
    middle = w[:, r : r + 2 * q]
    middle = xp.take_along_axis(middle, xp.argsort(xp.imag(middle), axis=-1), axis=-1)[:, q:]
    return xp.sort(xp.real(w[:, :r]), axis=-1), middle, xp.sort(xp.real(w[:, r + 2 * q :]), axis=-1)


def _relative(a: Array, b: Array) -> Array:
    xp = array_namespace(b)
    return xp.max(xp.abs(a / b - 1), axis=-1)


def slow_error(p: LocalGame, w: Array) -> Array:
    tau = p.constants["tau"].value[:, None]
    return _relative(_groups(p, w)[0] * tau, p.slow)


def frequency_error(p: LocalGame, w: Array) -> Array:
    xp = array_namespace(p.H)
    return _relative(xp.imag(_groups(p, w)[1]) * xp.sqrt(p.constants["tau"].value)[:, None], p.middle)


def damping_error(p: LocalGame, w: Array) -> Array:
    return _relative(array_namespace(p.H).real(_groups(p, w)[1]) * p.constants["tau"].value[:, None], p.damping / 2)


def fast_error(p: LocalGame, w: Array) -> Array:
    return _relative(_groups(p, w)[2], p.fast)


def vanishing(error: Callable[[LocalGame, Array], Array]) -> Claim[LocalGame, Array]:
    return Claim[LocalGame, Array](
        source=Source("chae2024", "eigenvalue expansion", "tt.eig", Statement.DERIVED),
        assumes=frozenset(),
        instances={"one game, τ from 10⁴ to 10⁸": ladder},
        algorithm=SPECTRUM,
        metric=each(error),
        unit=Unit(),
        bound=lambda k, c: 10 / c["tau"],
        holds=Scaling(of=lambda c: c["tau"], within=0.05),
        k=range(1),
        seeds=9,
    )


FINE: Draw[LocalGame] = partial(planted, tau=1e7)
SLOW, FREQUENCY, DAMPING, FAST = map(vanishing, (slow_error, frequency_error, damping_error, fast_error))


def small(claim: Claim[LocalGame, Array]) -> Claim[LocalGame, Array]:
    """Random games at τ = 10⁷: relative error below 2 · 10⁻³."""
    return replace(claim, instances={"τ = 10⁷": FINE}, bound=lambda k, c: 1.0 + 0 * k, holds=Vanishes(2e-3), seeds=16)


THEOREM = Theorem(
    claims={
        "slow": (SLOW, Status.CONSISTENT),
        "frequency": (FREQUENCY, Status.CONSISTENT),
        "damping": (DAMPING, Status.CONSISTENT),
        "fast": (FAST, Status.CONSISTENT),
        "slow, random games": (small(SLOW), Status.CONSISTENT),
        "frequency, random games": (small(FREQUENCY), Status.CONSISTENT),
        "damping, random games": (small(DAMPING), Status.CONSISTENT),
        "fast, random games": (small(FAST), Status.CONSISTENT),
    },
    foils={
        "damping without the half": (
            replace(DAMPING, metric=each(lambda p, w: damping_error(replace(p, damping=2 * p.damping), w))),
            Status.REFUTED,
        ),
        "one time scale": (replace(small(SLOW), instances={"τ = 2": partial(planted, tau=2.0)}), Status.REFUTED),
        "faster than ε²": (replace(FREQUENCY, bound=lambda k, c: 10 / c["tau"] ** 2), Status.REFUTED),
        "√ε for ε in the slow part": (
            replace(SLOW, metric=each(lambda p, w: slow_error(replace(p, slow=p.slow * p.constants["tau"].value[:, None] ** 0.5), w))),
            Status.REFUTED,
        ),
    },
)
