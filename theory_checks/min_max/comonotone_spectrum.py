"""Gorbunov, Taylor, Horváth, Gidel 2023 (authors' poster read), Theorem 1: negative comonotonicity and the spectrum.

F(z) = A z, ρ* = −λ_min(sym A⁻¹) the best modulus. Then   max over eigenvalues λ of −Re(1/λ)  ≤  ρ*,   with equality for normal A.
The poster prints an equivalence with Re(1/λ) ≥ −ρ. We could only confirm the direction above: for A⁻¹ = [[1, c], [0, 1]] both eigenvalues
have Re(1/λ) = 1, yet ρ* = c/2 − 1, so c = 24 is not even 10-negatively comonotone. For a differentiable F with normal Jacobians, and
as a necessary condition for all, the printed statement stands. Plane operators; the eigenvalues of A⁻¹ come from trace and determinant.
"""

from dataclasses import dataclass, replace
from functools import partial

from array_api_compat import array_namespace

from problems.min_max.linear_operators import LinearOperator, nonnormal, normal, sheared
from ratecheck import Always, Array, Claim, Direct, Equal, Seen, Source, Statement, Status, Theorem, Trait, each
from theory_checks.min_max._common import STEP


@dataclass(frozen=True)
class Shadow:
    """The spectrum of A⁻¹ seen from the left."""

    leftmost: Array  # (B,) max −Re(1/λ)
    rho: Array  # (B,) −λ_min(sym A⁻¹), computed afresh


def shadow(p: LinearOperator) -> Shadow:
    xp = array_namespace(p.A)
    inverse = xp.linalg.inv(p.A)
    a, b, c, d = (inverse[:, i, j] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
    half = (a + d) / 2
    split = half**2 - (a * d - b * c)
    root = xp.sqrt(xp.where(split > 0, split, xp.zeros_like(split)))
    gap = xp.sqrt(((a - d) / 2) ** 2 + ((b + c) / 2) ** 2)
    return Shadow(root - half, gap - half)


CLAIM = Claim[LinearOperator, Shadow](
    source=Source("gorbunov2023", "Theorem 1, one direction", "nc.spectral", Statement.VERIFIED),
    assumes=frozenset({Trait.NEGATIVE_COMONOTONE, Trait.AFFINE}),
    instances={"normal": partial(normal, pairs=1, rho_L=0.6), "non-normal": partial(nonnormal, pairs=1, rho_L=0.6)},
    algorithm=Direct(shadow),
    metric=each(lambda p, s: s.leftmost),
    unit=STEP,
    bound=lambda k, c: c["rho"],
    holds=Always(signed=True),
    k=range(1),
    seeds=64,
)
MODULUS = replace(CLAIM, metric=each(lambda p, s: s.rho), holds=Equal(1e-9))
NORMAL = replace(CLAIM, instances={"normal": CLAIM.instances["normal"]}, holds=Equal(1e-9))
WITNESS = replace(
    CLAIM,
    source=replace(CLAIM.source, place="Theorem 1, as printed on the poster: the converse"),
    instances={"c = 24": partial(sheared, shear=24.0)},
    metric=each(lambda p, s: s.rho),
    bound=lambda k, c: c["leftmost"],
    seen={"leftmost": Seen(each(lambda p, s: s.leftmost), STEP)},
)

THEOREM = Theorem(
    claims={
        "the spectrum obeys": (CLAIM, Status.CONSISTENT),
        "equality for normal": (NORMAL, Status.CONSISTENT),
        "the modulus": (MODULUS, Status.CONSISTENT),
        "the witness": (replace(MODULUS, instances={"c = 24": partial(sheared, shear=24.0)}), Status.CONSISTENT),
    },
    printed={"the converse": (WITNESS, Status.REFUTED)},
    foils={
        "half of ρ": (replace(NORMAL, bound=lambda k, c: 0.5 * c["rho"]), Status.REFUTED),
        "equality for all": (replace(CLAIM, holds=Equal(1e-9)), Status.REFUTED),
        "ρ² for ρ": (replace(CLAIM, bound=lambda k, c: c["rho"] ** 2), Status.ILL_POSED),
        "the modulus from the spectrum, non-normal": (replace(MODULUS, metric=each(lambda p, s: s.leftmost)), Status.REFUTED),
    },
)
