"""Learning a linear dynamical system from its inputs and outputs: the idealised risk, exactly, on the unit circle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from array_api_compat import array_namespace
from flint import arb

from problems.quasar_convex.certificates import largest_proved, positive_on
from ratecheck import Array, Certified, Side, Trait, Unit

CIRCLE = 512  # quadrature points; the error is the largest pole to the power 512


@dataclass(frozen=True, eq=False)
class LinearSystem:
    """x = (â_1 … â_n, ĉ_1 … ĉ_n), Ĝ(z) = ŝ(z)/p̂(z), p̂ = zⁿ + Σ â_j z^{n−j}, ŝ = Σ ĉ_j z^{n−j}.

    f = (1/N) Σ f_i, f_i(x) = (1/2π) ∫ |Ĝ − G|² S_i dθ, S_i ≥ 0 the spectrum of input i: the mean square error of the output. One input
    with S = 1, white noise, gives Σ_t (ĥ_t − h_t)², h the impulse response. f* = f_i(x*) = 0 at x* = (a, c). Not convex; its
    smoothness is local; ⟨∇f_i(x), x − x*⟩ = (1/2π) ∫ 2 Re(p/p̂) |Ĝ − G|² S_i dθ wherever p̂ has no zero on the circle.
    """

    cosines: Array  # (n, M), cos jθ
    sines: Array  # (n, M), sin jθ
    x0: Array  # (B, 2n)
    x_star: Array  # (B, 2n)
    f_star: Array  # (B,)
    power: Array  # (N, M), S_i on the circle, shared by the rows
    constants: Mapping[str, Certified]
    traits: frozenset[Trait] = frozenset({Trait.SMOOTH})

    @property
    def size(self) -> int:
        return int(self.power.shape[0])

    @property
    def order(self) -> int:
        return int(self.cosines.shape[0])

    def polynomials(self, x: Array, /) -> tuple[Array, Array, Array, Array]:
        """Real and imaginary parts of p/zⁿ and of s/zⁿ on the circle, (B, M)."""
        xp = array_namespace(x)
        a, c = x[:, : self.order], x[:, self.order :]
        return 1 + xp.matmul(a, self.cosines), -xp.matmul(a, self.sines), xp.matmul(c, self.cosines), -xp.matmul(c, self.sines)

    def transfer(self, x: Array, /) -> tuple[Array, Array]:
        pr, pi, sr, si = self.polynomials(x)
        size = pr * pr + pi * pi
        return (sr * pr + si * pi) / size, (si * pr - sr * pi) / size

    def error2(self, x: Array, /) -> Array:
        """|Ĝ − G|² on the circle, (B, M)."""
        (gr, gi), (hr, hi) = self.transfer(x), self.transfer(self.x_star)
        return (gr - hr) ** 2 + (gi - hi) ** 2

    def weight(self, x: Array, /) -> Array:
        """2 Re(p/p̂) on the circle, (B, M): its minimum is a quasar-convexity constant at x."""
        pr, pi, _, _ = self.polynomials(self.x_star)
        qr, qi, _, _ = self.polynomials(x)
        return 2 * (pr * qr + pi * qi) / (qr * qr + qi * qi)

    def value(self, x: Array, /) -> Array:
        return self.average(self.error2(x))

    def average(self, h: Array, /) -> Array:
        """(1/2π) ∫ h S dθ, S the mean of the S_i, (B, M) -> (B,)."""
        xp = array_namespace(h)
        return xp.mean(h * xp.mean(self.power, axis=0), axis=-1)

    def grad(self, x: Array, /) -> Array:
        xp = array_namespace(x)
        return self._grad(x, xp.mean(self.power, axis=0)[None, :])

    def grad_one(self, x: Array, i: Array, /) -> Array:
        return self._grad(x, array_namespace(x).take(self.power, i, axis=0))

    def grad_batch(self, x: Array, w: Array, /) -> Array:
        """Σ w_i ∇f_i(x) for weights w, (B, N), of sum 1."""
        return self._grad(x, array_namespace(x).matmul(w, self.power))

    def _grad(self, x: Array, spectrum: Array) -> Array:
        """Ĝ moves by e^{−ijθ}/p̂ in ĉ_j and by −Ĝ e^{−ijθ}/p̂ in â_j; f moves by 2 Re of its product with the conjugate of Ĝ − G."""
        xp = array_namespace(x)
        pr, pi, _, _ = self.polynomials(x)
        (gr, gi), (hr, hi) = self.transfer(x), self.transfer(self.x_star)
        er, ei = gr - hr, gi - hi
        size = pr * pr + pi * pi
        ur, ui = spectrum * (er * pr - ei * pi) / size, -spectrum * (er * pi + ei * pr) / size  # S conj(Ĝ − G)/p̂
        vr, vi = -(ur * gr - ui * gi), -(ur * gi + ui * gr)  # −S Ĝ conj(Ĝ − G)/p̂

        def along(r: Array, i: Array) -> Array:
            C, S = xp.matrix_transpose(self.cosines), xp.matrix_transpose(self.sines)
            return 2 * (xp.matmul(r, C) + xp.matmul(i, S)) / r.shape[-1]

        return xp.concat([along(vr, vi), along(ur, ui)], axis=-1)


def proved_weight(model: Array, truth: Array) -> float:
    """The largest τ for which Re(p p̂*) > τ/2 |p̂|² is proved on the whole circle in ball arithmetic."""
    n = len(model) // 2
    p, q = [1.0, *map(float, truth[:n])], [1.0, *map(float, model[:n])]

    def cosine_series(u: list[float], v: list[float]) -> list[arb]:
        """Re(u v*) = Σ_l r_l cos lθ."""
        r = [arb(0)] * (n + 1)
        for i, ui in enumerate(u):
            for j, vj in enumerate(v):
                r[abs(i - j)] += arb(ui) * arb(vj)
        return r

    top, bottom = cosine_series(p, q), cosine_series(q, q)

    def proves(tau: float) -> bool:
        series = [t - arb(tau) / 2 * b for t, b in zip(top, bottom, strict=True)]
        return positive_on(lambda t: sum((c * (l * t).cos() for l, c in enumerate(series)), arb(0)), 0.0, 3.2)

    return largest_proved(proves, 0.0, 4.0, steps=14)


def linear_system(
    seeds: range,
    n: Annotated[int, (2, 6)] = 4,
    radius: Annotated[float, (0.1, 0.8)] = 0.7,
    noise: Annotated[float, (0.0, 0.3)] = 0.1,
    steps: Annotated[int, (0, 400)] = 0,
) -> LinearSystem:
    """Poles of modulus at most `radius` (an even number, in conjugate pairs); the model's poles are moved by `noise`.

    The step s is the largest 4^{−j} for which the descent lemma holds on a path of `steps` gradient steps.
    """
    truth, model = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 29])
        pairs = max(1, n // 2)
        r, angle = radius * g.random(pairs), np.pi * g.random(pairs)
        moved = np.minimum(r * (1 + noise * g.standard_normal(pairs)), 0.9), angle + noise * g.standard_normal(pairs)
        c = g.standard_normal(2 * pairs)
        truth.append(np.concatenate([denominator(r, angle), c]))
        model.append(np.concatenate([denominator(*moved), c * (1 + noise * g.standard_normal(2 * pairs))]))
    return _system(np.stack(model), np.stack(truth), steps)


def opposite_poles(seeds: range) -> LinearSystem:
    """Poles at 0.9, 0.81 and a model with poles at −0.9, −0.81: min Re(p/p̂) = −19.96, so no γ > 0 is left."""
    numerators = np.stack([np.random.default_rng([seed, 30]).standard_normal((2, 2)) for seed in seeds])
    one = np.ones((len(seeds), 1))
    truth = np.concatenate([one * [-1.71, 0.729], numerators[:, 0]], axis=1)
    return _system(np.concatenate([one * [1.71, 0.729], numerators[:, 1]], axis=1), truth, 0)


def denominator(r: Array, angle: Array) -> Array:
    p = np.ones(1)
    for ri, ti in zip(r, angle, strict=True):
        p = np.convolve(p, [1.0, -2 * ri * np.cos(ti), ri**2])
    return p[1:]


def _safe_step(p: LinearSystem, steps: int) -> Array:
    s, e0 = np.ones(len(p.x0)), p.value(p.x0)
    for _ in range(12):
        x, f, safe = p.x0, e0, np.full(len(s), True)
        for _ in range(steps):
            g = p.grad(x)
            x = x - s[:, None] * g
            lower = p.value(x)
            safe &= lower <= f - s / 2 * (g * g).sum(axis=1) + 1e-15 * e0
            f = lower
        if safe.all():
            break
        s = np.where(safe, s, s / 4)
    return s


def circle(n: int, points: int) -> tuple[Array, Array]:
    """cos jθ and sin jθ, j = 1 … n, (n, M) each."""
    turn = np.outer(np.arange(1, n + 1), 2 * np.pi * np.arange(points) / points)
    return np.cos(turn), np.sin(turn)


def _system(model: Array, truth: Array, steps: int) -> LinearSystem:
    n = truth.shape[1] // 2
    bare = LinearSystem(*circle(n, CIRCLE), model, truth, np.zeros(len(truth)), np.ones((1, CIRCLE)), {})
    constants = {
        "R": Certified(np.linalg.norm(model - truth, axis=1), Unit(0, 1), Side.EXACT, "‖x_0 − x*‖ as drawn"),
        "e0": Certified(bare.value(model), Unit(1, 0), Side.EXACT, "f(x_0), f* = 0"),
        "s": Certified(_safe_step(bare, steps), Unit(-1, 2), Side.EXACT, "the step; that it is short enough is seen on the path"),
    }
    return replace(bare, constants=constants)
