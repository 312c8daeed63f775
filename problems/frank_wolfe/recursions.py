"""The constants of a one-step inequality, without a function: rows sweep the start h_0 around a power of two times H."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ratecheck import Array, Certified, Side, Trait, Unit


@dataclass(frozen=True, eq=False)
class Recurrence:
    x0: Array  # (B, 1), not used
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.COMPACT})


def uniformly_convex(
    seeds: range, q: float = 3.0, L: Annotated[float, (0.1, 10.0)] = 1.5, mu: Annotated[float, (0.1, 10.0)] = 0.7
) -> Recurrence:
    """Row s: h_0 = H 2^{(s − 12)/4 − 0.01}, so that some rows start just below a power of two, some below H.

    H is where the share of one step falls below 1/2 if the gradients are at least c.
    """
    B = len(seeds)
    kappa, c = 0.25, 0.8
    bounded = L ** (q / (q - 2)) / (kappa * c) ** (2 / (q - 2))
    start = bounded * 2.0 ** ((np.array(seeds) % 32 - 12) / 4 - 0.01)
    proof = "chosen"
    constants = {
        "L": Certified(np.full(B, L), Unit(1, -2), Side.EXACT, proof),
        "mu": Certified(np.full(B, mu), Unit(1, -2), Side.EXACT, proof),
        "kappa": Certified(np.full(B, kappa), Unit(0, 1 - q), Side.EXACT, proof),
        "c": Certified(np.full(B, c), Unit(1, -1), Side.EXACT, proof),
        "h_0": Certified(start, Unit(1, 0), Side.EXACT, proof),
    }
    return Recurrence(np.zeros((B, 1)), constants)
