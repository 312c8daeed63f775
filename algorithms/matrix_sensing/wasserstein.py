"""Descent and flow of the Bures–Wasserstein loss, one layer or N (Brechet, Papagiannouli, An, Montufar 2023)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from array_api_compat import array_namespace

from algorithms.matrix_sensing.oracles import Step, column
from ratecheck import Array, Noise, Problem


class Differentiable(Problem, Protocol):
    def grad(self, W: Array, /) -> Array: ...  # (B, n, k) -> (B, n, k)


class Layered(Differentiable, Protocol):
    @property
    def layers(self) -> Array: ...  # (B, N, n, n), W_1 first


@dataclass(frozen=True, eq=False)
class Weight:
    k: int
    W: Array  # (B, n, k)
    step: Array  # (B,) or a number


@dataclass(frozen=True, eq=False)
class Layers:
    k: int
    layers: Array  # (B, N, n, n), W_1 first
    W: Array  # (B, n, n), W_N … W_1
    step: Array  # (B,) or a number


@dataclass(frozen=True)
class Descent:
    """W_{t+1} = W_t − η ∇L(W_t)."""

    step: Step

    def iterates(self, problem: Differentiable, noise: Noise, /) -> Iterator[Weight]:
        W = problem.x0
        eta = self.step(problem)
        for k in count():
            yield Weight(k, W, eta)
            W = W - column(eta) * problem.grad(W)


def product(layers: Array) -> Array:
    """W_N … W_1."""
    W = layers[:, 0, :, :]
    for j in range(1, layers.shape[1]):
        W = array_namespace(W).matmul(layers[:, j, :, :], W)
    return W


def layer_gradients(problem: Layered, layers: Array) -> Array:
    """∂L/∂W_j = (W_N … W_{j+1})ᵀ ∇L(W) (W_{j−1} … W_1)ᵀ, all layers."""
    xp = array_namespace(layers)
    N, n = layers.shape[1], layers.shape[2]
    before = [xp.broadcast_to(xp.eye(n, dtype=layers.dtype), (layers.shape[0], n, n))]
    for j in range(N):
        before.append(xp.matmul(layers[:, j, :, :], before[-1]))
    G = problem.grad(before[-1])
    parts = []
    for j in reversed(range(N)):
        parts.append(xp.matmul(G, xp.matrix_transpose(before[j])))
        G = xp.matmul(xp.matrix_transpose(layers[:, j, :, :]), G)
    return xp.stack(parts[::-1], axis=1)


@dataclass(frozen=True)
class DeepDescent:
    """W_j ← W_j − η ∂L/∂W_j, all layers at once."""

    step: Step

    def iterates(self, problem: Layered, noise: Noise, /) -> Iterator[Layers]:
        layers = problem.layers
        eta = self.step(problem)
        move = eta if isinstance(eta, float) else eta[:, None, None, None]
        for k in count():
            yield Layers(k, layers, product(layers), eta)
            layers = layers - move * layer_gradients(problem, layers)


@dataclass(frozen=True)
class DeepFlow:
    """W_j' = −∂L/∂W_j by the Runge–Kutta method of order 4; state k is at time h k."""

    h: float

    def iterates(self, problem: Layered, noise: Noise, /) -> Iterator[Layers]:
        x = problem.layers
        h = self.h
        for k in count():
            yield Layers(k, x, product(x), h)
            a = -layer_gradients(problem, x)
            b = -layer_gradients(problem, x + h / 2 * a)
            c = -layer_gradients(problem, x + h / 2 * b)
            d = -layer_gradients(problem, x + h * c)
            x = x + h / 6 * (a + 2 * b + 2 * c + d)
