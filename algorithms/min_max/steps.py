"""Steps as functions of the constants of an instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ratecheck import Array, Certified

Step: TypeAlias = Callable[[Mapping[str, Certified]], Array]  # -> (B,)


def over_L(factor: float) -> Step:
    """factor / L."""
    return lambda c: factor / c["L"].value
