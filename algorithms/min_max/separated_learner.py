"""Hsieh, Antonakopoulos, Cevher, Mertikopoulos 2022: OptDA+ of one player, with fixed schedules, against any opponents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from array_api_compat import array_namespace

from algorithms.min_max.unconstrained_learners import Round, Stream
from ratecheck import Noise


@dataclass(frozen=True)
class SeparatedLearner:
    """X_t = X_1 − η_t Σ g, played X_t − γ_t g_{t−1/2}; η_t = ρ/(G √t), γ_t = (ρ/G) t^{−(1/2 − q)}. `eta` of the state is η_t."""

    q: float = 0.25

    def iterates(self, problem: Stream, noise: Noise, /) -> Iterator[Round]:
        c = problem.constants
        scale = c["rho"].value / c["G"].value + 0 * array_namespace(problem.x0).sum(problem.x0, axis=-1)
        total, past = 0 * problem.x0, 0 * problem.x0
        for k in count():
            eta = scale * (k + 1) ** -0.5
            w = problem.x0 - eta[:, None] * total - (scale * (k + 1) ** (self.q - 0.5))[:, None] * past
            g = problem.grad_at(w, k)
            yield Round(k, w, g, eta)
            total, past = total + g, g
