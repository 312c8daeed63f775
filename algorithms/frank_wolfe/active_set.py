"""A convex combination of vertices, batched: row b holds its own atoms and weights; an atom of weight 0 is a free place."""

from __future__ import annotations

from dataclasses import dataclass

from array_api_compat import array_namespace

from ratecheck import Array


@dataclass(frozen=True, eq=False)
class ActiveSet:
    atoms: Array  # (B, c, n)
    weight: Array  # (B, c), ≥ 0, sums to 1

    @classmethod
    def of(cls, x: Array) -> ActiveSet:
        """The one atom x."""
        return cls(x[:, None, :], array_namespace(x).ones_like(x[:, :1]))

    def point(self) -> Array:  # (B, n)
        return array_namespace(self.weight).sum(self.weight[:, :, None] * self.atoms, axis=1)

    def mask(self, i: Array) -> Array:  # (B,) places -> (B, c) booleans
        return array_namespace(i).arange(self.weight.shape[1])[None, :] == i[:, None]

    def atom(self, i: Array) -> Array:  # (B,) -> (B, n)
        xp = array_namespace(i)
        return xp.sum(xp.where(self.mask(i)[:, :, None], self.atoms, xp.zeros_like(self.atoms)), axis=1)

    def weight_of(self, i: Array) -> Array:  # (B,) -> (B,)
        xp = array_namespace(i)
        return xp.sum(xp.where(self.mask(i), self.weight, xp.zeros_like(self.weight)), axis=1)

    def size(self) -> Array:  # (B,)
        xp = array_namespace(self.weight)
        return xp.sum(xp.astype(self.weight > 0, self.weight.dtype), axis=1)

    def farthest(self, g: Array) -> Array:
        """The place of an atom with the largest ⟨g, ·⟩."""
        xp = array_namespace(g)
        score = xp.sum(self.atoms * g[:, None, :], axis=-1)
        return xp.argmax(xp.where(self.weight > 0, score, xp.full_like(score, -xp.inf)), axis=1)

    def nearest(self, g: Array) -> Array:
        """The place of an atom with the smallest ⟨g, ·⟩."""
        return self.farthest(-g)

    def with_place_for(self, v: Array) -> tuple[ActiveSet, Array, Array]:
        """The set with a place for v: the one it has, or a free one. Also the place, and whether v is new."""
        xp = array_namespace(v)
        atoms, weight = self.atoms, self.weight
        if not xp.all(xp.min(weight, axis=1) <= 0):  # some row is full: everybody gets as many free places again
            grow = weight.shape[1]
            atoms = xp.concat([atoms, xp.zeros((v.shape[0], grow, v.shape[1]), dtype=v.dtype)], axis=1)
            weight = xp.concat([weight, xp.zeros((v.shape[0], grow), dtype=v.dtype)], axis=1)
        same = xp.all(atoms == v[:, None, :], axis=-1) & (weight > 0)
        new = ~xp.any(same, axis=1)
        place = xp.where(new, xp.argmin(weight, axis=1), xp.argmax(xp.astype(same, weight.dtype), axis=1))
        here = xp.arange(weight.shape[1])[None, :] == place[:, None]
        return ActiveSet(xp.where(here[:, :, None], v[:, None, :], atoms), weight), place, new
