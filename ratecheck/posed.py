"""Is a claim well posed: units, sides of constants, certified constants. Asked of numbers, before the run is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ratecheck.contracts import Bound, Certified, Claim, P, Relation, S, Side, Status, Unit, Verdict
from ratecheck.orders import Scaling
from ratecheck.quantifiers import Threshold


class Missing(KeyError):
    """A bound asks for a name that neither the problem nor the run supplies."""


class _Names(Mapping[str, Any]):
    """The constants that a bound may use; remembers which it used."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_ = values
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name not in self.values_:
            raise Missing(name)
        self.used.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def evaluate(f: Bound, k: Any, values: Mapping[str, Any], shape: tuple[int, ...]) -> Any:
    """f(k, values) on the host, broadcast to (K, B)."""
    return np.broadcast_to(np.asarray(f(np.asarray(k, dtype=float)[:, None], values)), shape)


def _asserted(claim: Claim[P, S]) -> list[tuple[str, Bound, Unit, Relation]]:
    """Everything that must scale rightly and may only err on the safe side."""
    parts: list[tuple[str, Bound, Unit, Relation]] = [("bound", claim.bound, claim.unit, claim.holds.relation)]
    parts += [(f"given {name!r}", f, Unit(), Relation.AT_MOST) for name, f in claim.given.items()]
    parts += [("rounding", claim.rounding, claim.unit, Relation.ORDER), ("gap", claim.gap, claim.unit, Relation.ORDER)]
    return parts


def _differs(a: Any, b: Any) -> bool:
    with np.errstate(all="ignore"):
        wrong = np.abs(a - b) > 1e-6 * np.maximum(np.abs(a), np.abs(b))
    return bool((wrong & np.isfinite(a) & np.isfinite(b)).any())


def flaw(claim: Claim[P, S], certified: Mapping[str, Certified], k: Any, values: Mapping[str, Any], applies: bool) -> Verdict | None:
    """A wrong unit, or a constant on the wrong side, at the indices k, (2,); None if the claim is well posed there.

    Sides say nothing where the hypotheses do not hold (`applies`): a bound may then be anything.
    """
    units = {name: c.unit for name, c in certified.items()} | {name: s.unit for name, s in claim.seen.items()}
    rows = np.broadcast_shapes(*(np.shape(v)[-1:] for v in values.values())) if values else (1,)
    shape = (len(k), *(rows or (1,)))
    for label, f, unit, relation in _asserted(claim):
        names = _Names(values)
        base = evaluate(f, k, names, shape)
        for what, lf, lx in (("f", 16.0, 1.0), ("x", 1.0, 16.0)):
            scaled = {n: v * lf ** units[n].f * lx ** units[n].x for n, v in values.items()}
            wanted = base * lf**unit.f * lx**unit.x
            got = evaluate(f, k, scaled, shape)
            if _differs(got, wanted):
                with np.errstate(all="ignore"):
                    found = float(np.nanmedian(np.log(np.abs(got / base)))) / np.log(16.0)
                have = f"{what}^{found:.3g}" if np.isfinite(found) else "no power of it"
                return Verdict(
                    Status.ILL_POSED, f"{label} scales like {have}, the unit asks for {what}^{unit.f if what == 'f' else unit.x:g}"
                )
        for name in sorted(names.used & set(certified)) if applies else ():
            side = certified[name].side
            if relation is Relation.ORDER or side in (Side.EXACT, Side.ESTIMATED):
                continue
            truth = 0.99 if side is Side.UPPER else 1.01  # where the true value may lie
            moved_ = evaluate(f, k, {**values, name: values[name] * truth}, shape)
            with np.errstate(all="ignore"):
                change = (moved_ - base) / np.maximum(np.abs(base), np.finfo(float).tiny)
            wrong = {Relation.AT_MOST: change > 1e-12, Relation.AT_LEAST: change < -1e-12, Relation.EQUAL: np.abs(change) > 1e-12}[relation]
            if wrong.any():
                return Verdict(Status.ILL_POSED, f"{label} uses {name}, an {side.value}, on the wrong side for '{relation.value}'")
    return None


def uncertified(claim: Claim[P, S], certified: Mapping[str, Certified], values: Mapping[str, Any]) -> list[str]:
    """The ESTIMATED constants that the bound, its gap, a hypothesis or the quantifier uses."""
    names = _Names(values)
    for f in (claim.bound, claim.gap, *claim.given.values()):
        f(np.asarray([[float(claim.k.start)]]), names)
    for quantifier in (claim.holds, *claim.sharp.values()):
        if isinstance(quantifier, Scaling | Threshold):
            quantifier.of(names)
    return sorted(n for n in names.used if n in certified and certified[n].side is Side.ESTIMATED)
