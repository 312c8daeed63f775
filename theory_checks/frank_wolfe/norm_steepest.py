"""Bernstein, Newhouse 2024 (arXiv 2409.20325, text read), Propositions 1, 2, 3, 5, 7: steepest descent under a norm.

Give layer l the norm ‖·‖ and the weight s_l > 0. Then

    min_W  Σ_l ⟨G_l, W_l⟩ + (λ/2) (max_l s_l ‖W_l‖)²  =  −(1/2λ) (Σ_l ‖G_l‖* / s_l)²,

attained at W_l = −(η/s_l) argmax_{‖T‖ = 1} ⟨G_l, T⟩ with η = (1/λ) Σ_l ‖G_l‖*/s_l. One layer is Proposition 1; the largest entry
gives sign descent, that is Adam without averages and ε = 0 (Propositions 2, 3); the spectral norm gives U_l V_lᵀ, that is Shampoo
without averages (Proposition 5); any layer norms are Proposition 7. The metrics are the negative values. That nothing is lower is
tested on random steps around the minimiser: index k perturbs it by 10^(−k/4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from array_api_compat import array_namespace

from algorithms.frank_wolfe import duality_maps as maps
from algorithms.frank_wolfe.duality_maps import DualityMap, Layers, Norm, SteepestDescent
from problems.frank_wolfe.matrices import Matrices, layer, layers
from ratecheck import Always, Array, Bound, Claim, Equal, Measure, Noise, Source, Statement, Status, Theorem, Unit, each

NORMS: dict[str, tuple[DualityMap, Norm]] = {
    "entries": (maps.sign, maps.entry_norm),
    "spectral": (maps.polar, maps.spectral_norm),
    "frobenius": (maps.direction, maps.frobenius_norm),
    "columns": (maps.columns, maps.column_norm),
    "rows": (maps.rows, maps.row_norm),
}


def descent(norm: Norm) -> Measure[Matrices, Layers]:
    def minus_model(p: Matrices, s: Layers) -> Array:
        xp = array_namespace(s.W)
        size = xp.max(p.scale * norm(s.W), axis=-1)
        return -xp.sum(p.G * s.W, axis=(1, 2, 3)) - p.lam / 2 * size**2

    return each(minus_model)


def value(name: str) -> Bound:
    return lambda k, c: c[f"dual_{name}"] ** 2 / (2 * c["lam"])


@dataclass(frozen=True)
class Nearby:
    """The step of the base, perturbed by Gaussian noise of relative size 10^(−k/4)."""

    base: SteepestDescent

    def iterates(self, problem: Matrices, noise: Noise, /) -> Iterator[Layers]:
        step = next(self.base.iterates(problem, noise)).W
        size = array_namespace(step).max(array_namespace(step).abs(step), axis=(1, 2, 3), keepdims=True)
        for k, z in enumerate(noise.normals("perturbation", *step.shape[1:])):
            yield Layers(step + 10 ** (-k / 4) * size * z)


def source(place: str, slug: str) -> Source:
    return Source("bernstein2024 (arXiv 2409.20325)", place, slug, Statement.VERIFIED)


def attained(name: str, place: str, slug: str, single: bool = False) -> Claim[Matrices, Layers]:
    towards, norm = NORMS[name]
    return Claim[Matrices, Layers](
        source=source(place, slug),
        assumes=frozenset(),
        instances={"one layer": layer} if single else {"three layers": layers},
        algorithm=SteepestDescent(towards),
        metric=descent(norm),
        unit=Unit(f=1),
        bound=value(name),
        holds=Equal(within=1e-12),
        k=range(1),
        seeds=32,
    )


def optimal(name: str) -> Claim[Matrices, Layers]:
    towards, _ = NORMS[name]
    base = attained(name, "Proposition 7", "norm.modular")
    return replace(base, algorithm=Nearby(SteepestDescent(towards)), holds=Always(signed=True), k=range(40))


ENTRIES = attained("entries", "Proposition 3", "norm.maxmax")
SPECTRAL = attained("spectral", "Proposition 5", "norm.spectral")

THEOREM = Theorem(
    claims={
        **{f"one layer, {n}": (attained(n, "Proposition 1", "norm.steepest", single=True), Status.CONSISTENT) for n in NORMS},
        "Adam without averages": (attained("entries", "Proposition 2", "norm.adam", single=True), Status.CONSISTENT),
        "several layers, sign": (ENTRIES, Status.CONSISTENT),
        "several layers, spectral": (SPECTRAL, Status.CONSISTENT),
        **{f"several layers, {n}": (attained(n, "Proposition 7", "norm.modular"), Status.CONSISTENT) for n in ("frobenius", "columns", "rows")},
        **{f"no better step, {n}": (optimal(n), Status.CONSISTENT) for n in NORMS},
    },
    foils={
        "direction of another norm": (replace(SPECTRAL, algorithm=SteepestDescent(maps.sign)), Status.REFUTED),
        "twice the direction": (replace(SPECTRAL, algorithm=SteepestDescent(lambda G: 2 * maps.polar(G))), Status.REFUTED),
        "no half": (replace(SPECTRAL, bound=lambda k, c: 2 * value("spectral")(k, c)), Status.REFUTED),
        "dual of another norm": (replace(ENTRIES, bound=value("spectral")), Status.REFUTED),
        "1% less can be beaten": (replace(optimal("rows"), bound=lambda k, c: 0.99 * value("rows")(k, c)), Status.REFUTED),
        "first power of the dual": (replace(ENTRIES, bound=lambda k, c: c["dual_entries"] / (2 * c["lam"])), Status.ILL_POSED),
    },
)
