"""Linear dynamical systems driven by a recorded series: the electroencephalogram that ships with matplotlib.

The file mpl-data/sample_data/eeg.dat holds four channels of 800 samples, standardised; it comes with the wheel, for its examples, without
a notice of its own. Each channel is cut into windows, and each window, centred and continued periodically, is one input. The system that
answers is planted. A system fitted to a recorded output would leave f* > 0, and then the identity behind quasar-convexity is false.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np

from problems.quasar_convex.linear_systems import LinearSystem, circle, denominator
from ratecheck import Array, Certified, Side, Trait, Unit

TRAITS = frozenset({Trait.SMOOTH, Trait.QUASAR_CONVEX, Trait.FINITE_SUM, Trait.INTERPOLATION})


def electroencephalogram(window: int) -> Array:
    """Windows of the four channels, centred, their mean square over all windows 1, (N, window)."""
    from matplotlib.cbook import get_sample_data

    file = Path(get_sample_data("eeg.dat", asfileobj=False))
    channels = np.frombuffer(file.read_bytes(), dtype="<f8").reshape(800, 4).T
    windows = channels[:, : 800 // window * window].reshape(-1, window)
    return _normalised(windows)


def coloured_noise(window: int) -> Array:
    """As many windows of the same length, u_t = 0.9 u_{t−1} + e_t with e_t normal, from rest 100 steps before."""
    e = np.random.default_rng(47).standard_normal((4 * (800 // window), window + 100))
    for t in range(1, e.shape[1]):
        e[:, t] += 0.9 * e[:, t - 1]
    return _normalised(e[:, 100:])


def _normalised(windows: Array) -> Array:
    windows = windows - windows.mean(axis=1, keepdims=True)
    return windows / np.sqrt((windows**2).mean())


def driven_system(
    seeds: range,
    n: Annotated[int, (2, 6)] = 2,
    radius: Annotated[float, (0.1, 0.7)] = 0.6,
    share: Annotated[float, (0.05, 0.9)] = 0.3,
    window: Annotated[int, (50, 200)] = 100,
    inputs: Callable[[int], Array] = electroencephalogram,
) -> LinearSystem:
    """Poles of modulus at most `radius`; ‖x_0 − x*‖ = R = share · m/√n, m = min |p| on the circle, and everything is certified for
    ‖x − x*‖ ≤ R: hence the names L_ball, L_max_ball. With p̂ = p + δ, |δ| ≤ √n R = share · m: Re(p/p̂) ≥ 1/(1 + share) > ½, so f
    and every f_i are star-convex there.

    Gradient descent with the step 1/L stays there: as long as x − t g, t ≤ 1/L, is inside, f(x) ≥ t (1 − L t/2) ‖g‖² and
    ‖x − t g − x*‖² ≤ ‖x − x*‖² − t f(x) (2γ − 1/(1 − L t/2)), which does not grow.
    """
    power = np.abs(np.fft.fft(inputs(window), axis=1)) ** 2 / window
    cosines, sines = circle(n, window)
    truth, away = [], []
    for seed in seeds:
        g = np.random.default_rng([seed, 39])
        pairs = max(1, n // 2)
        p = denominator(radius * (0.5 + 0.5 * g.random(pairs)), np.pi * g.random(pairs))
        p = np.pad(p, (0, n - 2 * pairs))
        d = g.standard_normal(2 * n)
        truth.append(np.concatenate([p, g.standard_normal(n)]))
        away.append(d / np.linalg.norm(d))
    star = np.stack(truth)
    bare = LinearSystem(cosines, sines, star, star, np.zeros(len(star)), power, {}, TRAITS)
    pr, pi, sr, si = bare.polynomials(star)
    modulus, top = np.hypot(pr, pi), np.hypot(sr, si)  # |p|, |s|
    m = modulus.min(axis=1)
    off = share * m[:, None]  # |p̂ − p|, |ŝ − s| ≤ √n R
    low = modulus - off
    gain = (top + off) / low  # |Ĝ|
    error = off * np.sqrt(1 + (top / modulus) ** 2) / low  # |Ĝ − G|
    curvature = 2 * n * ((1 + gain**2) + 2 * error * np.sqrt(1 + gain**2)) / low**2
    each = curvature @ power.T / window  # (B, N)
    R = share * m / n**0.5
    x0 = star + R[:, None] * np.stack(away)
    smooth = Unit(1, -2)
    proof = "|DĜ| ≤ √(n (1 + |Ĝ|²))/|p̂|, |D²Ĝ| ≤ 2 (√n/|p̂|) |DĜ|, and bounds of |p̂|, |Ĝ|, |Ĝ − G| at every frequency of the window"
    constants = {
        "gamma": Certified(np.ones(len(star)), Unit(), Side.LOWER, "2 Re(p/p̂) ≥ 2/(1 + share) ≥ 1 in the ball"),
        "weight": Certified(np.full(len(star), 2 / (1 + share)), Unit(), Side.LOWER, "2 Re(1/(1 + w)) ≥ 2/(1 + |w|), w = (p̂ − p)/p"),
        "modulus": Certified(m, Unit(), Side.EXACT, "smallest |p| over the frequencies of the window"),
        "L_ball": Certified(each.mean(axis=1), smooth, Side.UPPER, proof),
        "L_max_ball": Certified(each.max(axis=1), smooth, Side.UPPER, proof),
        "R": Certified(R, Unit(0, 1), Side.EXACT, "‖x_0 − x*‖ as drawn, and the radius of the ball"),
        "e0": Certified(bare.value(x0), Unit(1, 0), Side.EXACT, "f(x_0), f* = 0"),
    }
    return LinearSystem(cosines, sines, x0, star, bare.f_star, power, constants, TRAITS)
