"""A deterministic training run whose data weights are to be differentiated: heavy-ball steps on weighted logistic regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace

from problems.bilevel.batched import apply, apply_t
from problems.bilevel.logistic import sigmoid
from ratecheck import Array, Certified, Tally, Trait, Unit
from ratecheck.contracts import Side


@dataclass(frozen=True, eq=False)
class WeightedTraining:
    """s = (w, v): v⁺ = 0.8 v + (1/b) Σ_{i in batch t} e^{z_i} ∇loss_i(w) + 0.1 w/b, w⁺ = w − lr v⁺; batch t = rows t, t+1, ... cyclically."""

    X: Array  # (B, N, d), rows times labels
    V: Array  # (B, M, d) validation rows times labels
    batch: int
    lr: float
    x0: Array  # (B, N) logarithms z of the data weights
    y0: Array  # (B, 2d) s_0
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})

    def _batch(self, t: int) -> Array:
        """1 for the rows of batch t, else 0, (N,)"""
        xp = array_namespace(self.X)
        N = self.X.shape[1]
        return xp.astype((xp.arange(N) - t * self.batch) % N < self.batch, self.X.dtype)

    def step(self, s: Array, z: Array, t: int, /) -> Array:
        xp = array_namespace(s)
        d = self.X.shape[-1]
        w, v = s[:, :d], s[:, d:]
        pull = -apply_t(self.X, self._batch(t)[None, :] * xp.exp(z) * sigmoid(-apply(self.X, w))) + 0.1 * w
        v = 0.8 * v + pull / self.batch
        return xp.concat([w - self.lr * v, v], axis=-1)

    def vjp(self, s: Array, z: Array, t: int, a: Array, /) -> tuple[Array, Array]:
        """(∂step/∂s)'a and (∂step/∂z)'a"""
        xp = array_namespace(s)
        d = self.X.shape[-1]
        w = s[:, :d]
        along_v = a[:, d:] - self.lr * a[:, :d]
        weight = self._batch(t)[None, :] * xp.exp(z) / self.batch
        low = sigmoid(-apply(self.X, w))
        inner = apply(self.X, along_v)
        along_w = a[:, :d] + apply_t(self.X, weight * low * (1 - low) * inner) + 0.1 / self.batch * along_v
        return xp.concat([along_w, 0.8 * along_v], axis=-1), -weight * low * inner

    def loss(self, s: Array, /) -> Array:
        xp = array_namespace(s)
        u = -apply(self.V, s[:, : self.X.shape[-1]])
        return xp.mean(xp.where(u > 0, u, 0 * u) + xp.log1p(xp.exp(-xp.abs(u))), axis=-1)

    def loss_grad(self, s: Array, /) -> Array:
        xp = array_namespace(s)
        w = s[:, : self.X.shape[-1]]
        g = -apply_t(self.V, sigmoid(-apply(self.V, w))) / self.V.shape[1]
        return xp.concat([g, xp.zeros_like(g)], axis=-1)


@dataclass(frozen=True, eq=False)
class CountedTraining:
    """The oracles of `base`, counted; a call on the whole batch of instances counts once."""

    base: Any
    tally: Tally
    x0: Array
    y0: Array
    constants: Mapping[str, Certified]
    traits: frozenset[Trait]

    def step(self, s: Array, z: Array, t: int, /) -> Array:
        self.tally["step"] += 1
        return self.base.step(s, z, t)

    def vjp(self, s: Array, z: Array, t: int, a: Array, /) -> tuple[Array, Array]:
        self.tally["vjp"] += 1
        found: tuple[Array, Array] = self.base.vjp(s, z, t, a)
        return found

    def loss(self, s: Array, /) -> Array:
        self.tally["loss"] += 1
        return self.base.loss(s)

    def loss_grad(self, s: Array, /) -> Array:
        self.tally["loss_grad"] += 1
        return self.base.loss_grad(s)


def counted(base: Any, tally: Tally) -> CountedTraining:
    return CountedTraining(base, tally, base.x0, base.y0, base.constants, base.traits)


def planted(seeds: range, d: Annotated[int, (1, 10)] = 4, rows: Annotated[int, (4, 40)] = 24, batch: Annotated[int, (1, 4)] = 3) -> WeightedTraining:
    """Gaussian rows, labels from a planted model, z and s_0 random."""
    parts = []
    for seed in seeds:
        r = np.random.default_rng([seed, 104])
        w = r.standard_normal(d)
        X, V = r.standard_normal((rows, d)), r.standard_normal((rows, d))
        X, V = X * np.sign(X @ w + r.standard_normal(rows))[:, None], V * np.sign(V @ w)[:, None]
        parts.append((X, V, 0.3 * r.standard_normal(rows), np.concatenate([r.standard_normal(d), np.zeros(d)])))
    X, V, x0, y0 = (np.stack(p) for p in zip(*parts, strict=True))
    return WeightedTraining(X, V, batch, 0.3, x0, y0, {"one": Certified(1.0, Unit(), Side.EXACT, "-")})


def breast_cancer(seeds: range, rows: Annotated[int, (8, 200)] = 64) -> WeightedTraining:
    """scikit-learn's breast cancer data, standardised: `rows` random patients to train on, 100 to validate."""
    from sklearn.datasets import load_breast_cancer

    X, label = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0) * (2.0 * label - 1)[:, None]
    chosen = [np.random.default_rng([seed, 105]).permutation(len(X)) for seed in seeds]
    train, valid = np.stack([X[c[:rows]] for c in chosen]), np.stack([X[c[rows : rows + 100]] for c in chosen])
    B, d = len(seeds), X.shape[1]
    return WeightedTraining(train, valid, 8, 0.05, np.zeros((B, rows)), np.zeros((B, 2 * d)), {"one": Certified(1.0, Unit(), Side.EXACT, "-")})
