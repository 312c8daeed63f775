"""Bernstein, Newhouse 2024 (arXiv 2409.20325, text read): Newton–Schulz for U Vᵀ; the cubic converges, Muon's quintic does not.

Cubic, X ← (3/2) X − ½ X XᵀX from G/‖G‖_F: every singular value s moves to (3/2) s − ½ s³, so with e = 1 − s

    e_{k+1}  =  e_k² (3 − e_k) / 2       exactly (derived): quadratic convergence to 1 for every 0 < s ≤ 1.

Quintic, (3.4445, −4.775, 2.0315): from singular values in [0.01, 1] they lie in [0.68, 1.14] after 5 iterations and stay spread
over about the same interval for ever (measured: after 105 iterations the largest distance to 1 is still above 0.3).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from array_api_compat import array_namespace

from algorithms.frank_wolfe.duality_maps import NewtonSchulz, Spectrum
from problems.frank_wolfe.matrices import Matrices, of_condition
from ratecheck import Always, Array, AtLeast, Claim, Equal, Seen, Source, Statement, Status, Theorem, Unit, each, each_step

QUINTIC = NewtonSchulz(3.4445, -4.775, 2.0315, start=lambda G: G)
DERIVED = Source("bernstein2024 (arXiv 2409.20325)", "section on Newton–Schulz, cubic", "norm.ns3", Statement.DERIVED)
MEASURED = Source("bernstein2024 (arXiv 2409.20325)", "section on Newton–Schulz, quintic", "norm.ns5", Statement.DERIVED)


def singular(s: Spectrum) -> Array:
    return array_namespace(s.X).linalg.svdvals(s.X)[:, 0, :]


def shortfall(p: Matrices, s: Spectrum) -> Array:
    """1 − the smallest singular value, through ‖I − XᵀX‖ so that it stays accurate near 0."""
    xp = array_namespace(s.X)
    gap = xp.eye(s.X.shape[-1], dtype=s.X.dtype) - xp.matmul(xp.matrix_transpose(s.X), s.X)
    defect = xp.max(xp.linalg.svdvals(gap), axis=-1)[:, 0]
    return defect / (1 + xp.sqrt(xp.abs(1 - defect)))


def spread(p: Matrices, s: Spectrum) -> Array:
    xp = array_namespace(s.X)
    return xp.max(xp.abs(singular(s) - 1), axis=-1)


def polynomial(a: float, b: float, c: float):  # type: ignore[no-untyped-def]
    def law(p: Matrices, s: Spectrum, t: Spectrum) -> Array:
        """X_{k+1} = a X + b X XᵀX + c X (XᵀX)²"""
        xp = array_namespace(s.X)
        right = xp.matmul(xp.matrix_transpose(s.X), s.X)
        cube = xp.matmul(s.X, right)
        miss = t.X - (a * s.X + b * cube + c * xp.matmul(cube, right))
        return xp.max(xp.abs(miss), axis=(1, 2, 3)) / xp.max(xp.abs(s.X), axis=(1, 2, 3))

    return law


CUBIC = Claim[Matrices, Spectrum](
    source=DERIVED,
    assumes=frozenset(),
    instances={"κ = 10": of_condition, "κ = 1000": partial(of_condition, kappa=1000.0)},
    algorithm=NewtonSchulz(),
    metric=each_step(lambda p, s, t: shortfall(p, t)),
    unit=Unit(),
    bound=lambda k, c: c["e"] ** 2 * (3 - c["e"]) / 2,
    holds=Equal(within=1e-9),
    k=range(26),
    seen={"e": Seen(each(shortfall))},
    rounding=lambda k, c: 1e-14 + 0 * k,
    laws={"cubic": polynomial(1.5, -0.5, 0.0)},
    seeds=8,
)
INTERVAL = Claim[Matrices, Spectrum](
    source=MEASURED,
    assumes=frozenset(),
    instances={"[0.01, 1]": partial(of_condition, kappa=100.0, n=64)},
    algorithm=QUINTIC,
    metric=each(spread),
    unit=Unit(),
    bound=lambda k, c: 0.3183 + 0 * k,
    holds=Always(),
    k=range(5, 106),
    laws={"quintic": polynomial(3.4445, -4.775, 2.0315)},
    seeds=2,
)
APART = replace(INTERVAL, bound=lambda k, c: 0.3 + 0 * k, holds=AtLeast(), k=range(105, 106))

THEOREM = Theorem(
    claims={
        "cubic, every step": (CUBIC, Status.CONSISTENT),
        "quintic stays in its interval": (INTERVAL, Status.CONSISTENT),
        "quintic stays apart": (APART, Status.CONSISTENT),
    },
    foils={
        "cubic with 1.45": (replace(CUBIC, algorithm=NewtonSchulz(1.45, -0.5)), Status.UNLAWFUL),
        "cubic with 1.45, no law": (replace(CUBIC, algorithm=NewtonSchulz(1.45, -0.5), laws={}), Status.REFUTED),
        "linear only": (replace(CUBIC, bound=lambda k, c: c["e"] / 2), Status.REFUTED),
        "the quintic converges": (replace(INTERVAL, bound=lambda k, c: 0.3183 * 0.9 ** (k - 5)), Status.REFUTED),
        "the cubic stays apart": (replace(APART, algorithm=NewtonSchulz(start=lambda G: G), laws={}), Status.REFUTED),
    },
)
