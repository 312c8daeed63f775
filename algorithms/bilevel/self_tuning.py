"""MacKay, Vicol, Lorraine, Duvenaud, Grosse 2019: self-tuning, an affine model of the best response learnt beside x."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.bilevel.batched import apply, apply_t, dot
from algorithms.bilevel.sampling import Draw, Started, Steps, whole
from ratecheck import Array, Noise


@dataclass(frozen=True, eq=False)
class Tuned:
    k: int
    x: Array  # (B, n)
    a: Array  # (B, m) response at x
    W: Array  # (B, m, n) slope of the response
    z: Array  # (B, n) ∇_x f + W'∇_y f at (x, a)
    gamma: Array  # (B, 1)


@dataclass(frozen=True)
class SelfTuning:
    """ŷ(x + e) = a + W e. `lower` times, e ~ N(0, σ²I): (a, W) −= ρ ∇_y g(x+e, ŷ(x+e)) (1, e/σ²)/(1 + ‖e/σ‖²), then x −= γ(∇_x f + W'∇_y f).

    The normalised step decreases g(x + e, ·) for ρ ≤ 1/L whatever e is; (1, e/σ²) is the gradient in (a, σW) scaled back.
    No second derivative is asked for. After the step of x the model is the same function: a += W Δx.
    """

    steps: Steps = Steps()
    draw: Draw = whole
    sigma: float = 0.3
    lower: int = 10
    first: int = 40  # steps on a alone, at x0, before x moves

    def iterates(self, problem: Started, noise: Noise, /) -> Iterator[Tuned]:
        xp = array_namespace(problem.x0)
        x, a, views = problem.x0, problem.y0, self.draw(problem, noise)
        W = 0 * a[:, :, None] * x[:, None, :]
        rho, _ = self.steps.at(problem, 0)
        for _ in range(self.first):
            a = a - rho * next(views).lower_y(x, a)
        shifts = noise.normals("shift", x.shape[-1])
        for k in count():
            rho, gamma = self.steps.at(problem, k)
            for _ in range(self.lower):
                e = self.sigma * next(shifts)
                g = next(views).lower_y(x + e, a + apply(W, e))
                g = rho * g / (1 + dot(e, e) / self.sigma**2)[:, None]
                a, W = a - g, W - g[:, :, None] * xp.expand_dims(e, axis=1) / self.sigma**2
            view = next(views)
            z = view.upper_x(x, a) + apply_t(W, view.upper_y(x, a))
            yield Tuned(k, x, a, W, z, gamma)
            x, a = x - gamma * z, a - apply(W, gamma * z)
