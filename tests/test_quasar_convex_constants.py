"""Constants of the quasar-convex problems, attacked by search and proved again in ball arithmetic; impostors must be refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
from flint import arb

from algorithms.quasar_convex.qasgd import QASGD
from algorithms.quasar_convex.qasgd_sampled import SampledQASGD
from problems.quasar_convex.certificates import largest_proved, positive_on
from problems.quasar_convex.driven_systems import coloured_noise, driven_system, electroencephalogram
from problems.quasar_convex.hinge import hinge
from problems.quasar_convex.homogeneous import petals
from problems.quasar_convex.impostors import cauchy, proximal_sixth_root
from problems.quasar_convex.leaky_neurons import dead_neuron, leaky_neuron
from problems.quasar_convex.linear_systems import LinearSystem, opposite_poles, proved_weight
from problems.quasar_convex.phase_retrieval import phase_retrieval
from problems.quasar_convex.planar import false_cubic, flat, two_centres, valley, welsch
from problems.quasar_convex.powers import separable_powers
from problems.quasar_convex.quadratic_deviations import QuadraticDeviations, blind_deconvolution, phase_retrieval_in_space
from problems.quasar_convex.sigmoid_model import SigmoidModel, breast_cancer_model
from ratecheck import Certified, Side, Trait, Unit
from ratecheck.noise import SeededNoise
from tests.conftest import entries

SEEDS, STEPS = range(4), 400


def _quasar() -> dict[str, Any]:
    """Every instance of a claim of the family whose γ, and perhaps μ, is asserted for all x or on a ball."""
    found: dict[str, Any] = {}
    for entry in entries():
        if not entry.path.startswith("quasar_convex/"):
            continue
        for group, _, claim, _ in entry.groups():
            for name, draw in claim.instances.items():
                key = repr((draw.func, draw.args, draw.keywords)) if isinstance(draw, partial) else repr(draw)
                if group == "claim" and key not in found:
                    found[key] = (f"{entry.path}-{name}", draw)
    kept = {}
    for label, draw in found.values():
        p = draw(SEEDS)
        if Trait.QUASAR_CONVEX in p.traits and "gamma" in p.constants and all(hasattr(p, a) for a in ("grad", "value", "x_star", "f_star")):
            kept[label] = draw
    return kept


QUASAR = _quasar()


def project(p: Any, x: Any) -> Any:
    """Into the ball on which the constants are asserted, where there is one."""
    if isinstance(p, LinearSystem):
        d = x - p.x_star
        return p.x_star + d * np.minimum(1, p.constants["R"].value[:, None] / np.linalg.norm(d, axis=1, keepdims=True))
    if isinstance(p, SigmoidModel):
        return x * np.minimum(1, p.constants["R"].value[:, None] / np.linalg.norm(x, axis=1, keepdims=True))
    return x


def violation(p: Any, x: Any, gamma: Any, mu: Any) -> Any:
    """(γ (f − f*) + γ μ ‖x − x*‖²/2 − ⟨∇f, x − x*⟩) over the scale of its terms: positive where the inequality fails."""
    d = x - p.x_star
    inner, gap, square = np.sum(p.grad(x) * d, axis=1), p.value(x) - p.f_star, np.sum(d * d, axis=1)
    scale = np.abs(inner) + gamma * (np.abs(p.value(x)) + np.abs(p.f_star)) + gamma * mu * square / 2
    return (gamma * gap + gamma * mu * square / 2 - inner) / np.where(scale > 0, scale, 1.0)


def attack(p: Any, gamma: Any, mu: Any, steps: int = STEPS) -> Any:
    """The largest violation found: points at all distances, then a random walk of shrinking and growing steps from the worst."""
    g = np.random.default_rng(51)
    R = np.linalg.norm(p.x0 - p.x_star, axis=1)[:, None]
    best, at = np.full(len(R), -np.inf), p.x0

    def offered(x: Any) -> None:
        nonlocal best, at
        x = project(p, x)
        v = violation(p, x, gamma, mu)
        better = v > best
        best, at = np.where(better, v, best), np.where(better[:, None], x, at)

    for _ in range(steps):
        d = g.standard_normal(p.x0.shape)
        offered(p.x_star + R * 10 ** g.uniform(-3, 1) * d / np.linalg.norm(d, axis=1, keepdims=True))
    for _ in range(steps):
        size = np.linalg.norm(at - p.x_star, axis=1, keepdims=True)
        offered(at + size * 10 ** g.uniform(-4, 0) * g.standard_normal(at.shape))
        offered(p.x_star + (at - p.x_star) * (1 + 10 ** g.uniform(-4, 0) * g.standard_normal()))
    return best


@pytest.mark.parametrize("draw", QUASAR.values(), ids=QUASAR.keys())
def test_gamma_survives_the_search(draw: Any) -> None:
    p = draw(SEEDS)
    c = {name: k.value for name, k in p.constants.items()}
    gamma = np.broadcast_to(c["gamma"], p.f_star.shape)
    strong = "mu" in c and p.constants["mu"].side is not Side.ESTIMATED and tuple(p.constants["mu"].unit) == (1.0, -2.0)
    assert np.all(attack(p, gamma, c["mu"] if strong else 0 * gamma) <= 1e-7)


IMPOSTORS: dict[str, tuple[Callable[[range], Any], float]] = {
    "flat": (flat, 0.01), "Welsch": (welsch, 0.01), "Cauchy": (cauchy, 0.3), "valley": (valley, 0.01), "two centres": (two_centres, 0.3),
    "false cubic": (false_cubic, 0.01), "prox": (proximal_sixth_root, 1 / 3), "ReLU": (dead_neuron, 0.01),
}


@pytest.mark.parametrize("name", IMPOSTORS)
def test_the_search_refuses_impostors(name: str) -> None:
    draw, gamma = IMPOSTORS[name]
    p = draw(SEEDS)
    assert np.any(attack(p, gamma + 0 * p.f_star, 0 * p.f_star) > 1e-3)


def test_the_search_refuses_opposite_poles() -> None:
    p = opposite_poles(range(400))
    assert np.any(violation(p, p.x0, 0.01 + 0 * p.f_star, 0 * p.f_star) > 1e-3)


@pytest.mark.parametrize("name", ["powers", "petals", "leaky"])
def test_the_search_sees_a_constant_ten_per_cent_too_large(name: str) -> None:
    p: Any = {
        "powers": lambda: separable_powers(SEEDS, n=2, p=0.3, R=1e8),
        "petals": lambda: petals(SEEDS, pairs=1, gamma=1.0),
        "leaky": lambda: leaky_neuron(SEEDS, N=1, n=1, slope=0.3),
    }[name]()
    c = {key: k.value for key, k in p.constants.items()}
    mu = c.get("mu", 0 * p.f_star)
    assert np.any(attack(p, 1.1 * c["gamma"], 1.1 * mu) > 1e-6)


def largest(f: Callable[[Any], Any], slope: Callable[[Any], Any], low: float, high: float) -> float:
    """The largest γ for which x f'(x) > γ f(x) is proved on [low, high]."""
    return largest_proved(lambda g: positive_on(lambda x: x * slope(x) - arb(g) * f(x), low, high, boxes=4000), 1e-3, 2.0, steps=12)


def power(base: Any, p: float) -> Any:
    return (arb(p) * base.log()).exp()


@pytest.mark.parametrize("p", [0.3, 0.7, 1.0])
def test_powers_are_proved(p: float) -> None:
    """(1 + x²)^{p/2} − 1 has γ = p on R; on [0.05, 50] the infimum is at 50, in closed form."""
    D = 50.0
    exact = p * D**2 * (1 + D**2) ** (p / 2 - 1) / ((1 + D**2) ** (p / 2) - 1)
    proved = largest(lambda x: power(1 + x * x, p / 2) - 1, lambda x: arb(p) * x * power(1 + x * x, p / 2 - 1), 0.05, D)
    assert p < exact and exact - 2e-3 < proved <= exact


@pytest.mark.parametrize("alpha", [0.2, 0.5, 1.0])
def test_the_one_sided_loss_is_proved(alpha: float) -> None:
    """φ_α = (t^α − 1)/α + ½ beyond 1: t φ'/φ falls to α; on [0, 1] it is 2."""
    a = arb(alpha)
    assert positive_on(lambda t: power(t, alpha) - a * ((power(t, alpha) - 1) / a + 0.5), 1.0, 1e3)
    assert not positive_on(lambda t: power(t, alpha) - 1.2 * a * ((power(t, alpha) - 1) / a + 0.5), 1.0, 1e6)


def test_sixth_root_is_proved() -> None:
    """(x² + 1/8)^{1/6} − (1/8)^{1/6}: at least ½ on [0, 9.45], and not on [0, 9.47]."""
    low = power(arb(1) / 8, 1 / 6)

    def N(x: Any) -> Any:
        return x * x * power(x * x + 0.125, -5 / 6) / 3 - 0.5 * (power(x * x + 0.125, 1 / 6) - low)

    assert positive_on(N, 0.05, 9.45) and not positive_on(N, 0.05, 9.47)


@pytest.mark.parametrize("D", [1.0, 2.0, 4.0])
def test_flattening_functions_have_the_constant_of_their_interval(D: float) -> None:
    for f, slope, exact in (
        (lambda x: 1 - (-x * x).exp(), lambda x: 2 * x * (-x * x).exp(), 2 * D**2 * np.exp(-(D**2)) / -np.expm1(-(D**2))),
        (lambda x: (1 + x * x).log(), lambda x: 2 * x / (1 + x * x), 2 * D**2 / ((1 + D**2) * np.log1p(D**2))),
    ):
        proved = largest(f, slope, 0.05, D)
        if exact > 1e-3:
            assert exact - 2e-3 < proved <= exact
        else:
            assert np.isnan(proved)


def test_ball_arithmetic_refuses_impostors() -> None:
    flat_slope = lambda x: x * x * (x - 1) * (x - 1) - 0.01 * (x**4 / 4 - 2 * x**3 / 3 + x * x / 2)
    star = float(proximal_sixth_root(range(1)).x_star[0, 0])

    def prox_slope(d: Any) -> Any:
        x = arb(star) + d
        return d * (x * power(x * x + 0.125, -5 / 6) / 3 + (x + 12.23) / 50)

    assert not positive_on(flat_slope, 0.5, 2.0)
    assert not positive_on(prox_slope, 1.0, 8.0)
    assert positive_on(prox_slope, 0.1, 5.5)


@pytest.mark.parametrize("slope", [0.05, 0.3, 0.5])
def test_leaky_ratio_is_at_least_twice_the_slope(slope: float) -> None:
    """By homogeneity v = ±1: 2σ'(u)(u − v) (σ(u) − σ(v)) − g (σ(u) − σ(v))² ≥ 0, proved on each side of the kink for g just below 2s."""
    g = arb(2 * slope * (1 - 1e-6))

    def N(u: Any, v: int, on: bool) -> Any:
        rise = (u if on else slope * u) - (v if v > 0 else slope * v)
        return 2 * (1 if on else slope) * (u - v) * rise - g * rise * rise

    assert positive_on(lambda u: N(-u, 1, False), 2.0**-40, 50.0)
    assert positive_on(lambda u: N(u, -1, True), 2.0**-40, 50.0)


@pytest.mark.parametrize("inputs", [electroencephalogram, coloured_noise])
def test_driven_system_in_its_ball(inputs: Any) -> None:
    """γ by arcs on the whole circle, L and L_max by random pairs, at points of the ball."""
    p = driven_system(SEEDS, n=2, share=0.4, inputs=inputs)
    c = {name: k.value for name, k in p.constants.items()}
    g = np.random.default_rng(52)

    def inside() -> Any:
        d = g.standard_normal(p.x0.shape)
        return p.x_star + c["R"][:, None] * g.random((4, 1)) ** 0.25 * d / np.linalg.norm(d, axis=1, keepdims=True)

    for _ in range(3):
        x = inside()
        for b in range(len(x)):
            assert proved_weight(x[b], p.x_star[b]) >= c["weight"][b] * (1 - 2e-3)
    for _ in range(100):
        x, y = inside(), inside()
        far = np.linalg.norm(x - y, axis=1)
        i = g.integers(p.size, size=len(x))
        assert np.all(np.linalg.norm(p.grad(x) - p.grad(y), axis=1) <= c["L_ball"] * far)
        assert np.all(np.linalg.norm(p.grad_one(x, i) - p.grad_one(y, i), axis=1) <= c["L_max_ball"] * far)
        one = np.eye(p.size)[i]
        assert np.allclose(p.grad_batch(x, one), p.grad_one(x, i), rtol=1e-12, atol=1e-14)


def test_windows_are_normalised() -> None:
    u = electroencephalogram(100)
    assert u.shape == (32, 100) and abs((u**2).mean() - 1) < 1e-12 and np.abs(u.mean(axis=1)).max() < 1e-12


WEAK: dict[str, Callable[[range], QuadraticDeviations]] = {
    "phase retrieval": partial(phase_retrieval_in_space, N=12),
    "outliers": partial(phase_retrieval_in_space, outliers=0.3),
    "blind deconvolution": partial(blind_deconvolution, N=12),
    "blind, outliers": partial(blind_deconvolution, outliers=0.3),
}


@pytest.mark.parametrize("name", WEAK)
def test_weak_convexity_lipschitz_and_sharpness(name: str) -> None:
    p = WEAK[name](SEEDS)
    c = {key: k.value for key, k in p.constants.items()}
    g = np.random.default_rng(53)
    for _ in range(400):
        x, y = (g.standard_normal(p.x0.shape) * 10.0 ** g.uniform(-2, 0) for _ in range(2))
        near = x + 10.0 ** g.uniform(-5, 0) * (y - x)
        t = g.random()
        middle = t * x + (1 - t) * near
        chord = t * p.value(x) + (1 - t) * p.value(near) + c["rho"] / 2 * t * (1 - t) * np.sum((x - near) ** 2, axis=1)
        assert np.all(p.value(middle) <= chord + 1e-12 * (1 + chord))
        a, b = (z * np.minimum(1, c["radius"] / np.linalg.norm(z, axis=1))[:, None] for z in (x, near))
        assert np.all(np.abs(p.value(a) - p.value(b)) <= c["lipschitz"] * np.linalg.norm(a - b, axis=1) + 1e-12)
        _, slopes = p.models(a)
        assert np.all((slopes**2).sum(axis=2).mean(axis=1) <= c["L"] ** 2 * (1 + 1e-12))
        if "outliers" not in name:
            apart = x[:, :, None] * x[:, None, :] - p.x_star[:, :, None] * p.x_star[:, None, :]
            n = apart.shape[1] // 2
            seen = apart if name == "phase retrieval" else apart[:, :n, n:] * 2**0.5
            assert np.all(p.value(x) >= c["sharp"] * np.linalg.norm(seen, axis=(1, 2)) - 1e-12)


def test_envelope_agrees_with_the_line() -> None:
    """The dual method against the exact envelope of the piecewise quadratic function of one variable."""
    line = phase_retrieval(SEEDS, N=12, radius=10.0)
    H = 2 * line.a2[:, :, None, None]
    p = QuadraticDeviations(H, line.b, line.x0, 0 * line.x0, line.constants)
    x = np.random.default_rng(54).uniform(-3, 3, (4, 9))
    rb = line.constants["rb"].value
    low, point = line.nearest(x, rb)
    e = p.nearest(x[:, :, None], rb)
    assert np.all(np.abs(e.high - e.low) <= 1e-9) and np.allclose(e.high, low, atol=1e-9) and np.allclose(e.point[:, :, 0], point, atol=1e-5)


def test_sampled_qasgd_of_one_component_is_qasgd() -> None:
    p = hinge(SEEDS, N=1, n=3, R=3.0)
    zero, ones = np.zeros(4), np.ones(4)
    more = {
        "eps": Certified(1e-6 * ones, Unit(1, 0), Side.EXACT, "as chosen"),
        "sigma2": Certified(zero, Unit(2, -2), Side.EXACT, "no noise"),
        "xi": Certified(ones, Unit(), Side.EXACT, "no noise"),
    }
    q = type(p)(p.A, p.alpha, p.ridge, p.offset, p.x0, p.x_star, p.f_star, {**p.constants, **more})
    eta = lambda c: 0.1 / c["L"].value
    pairs = zip(SampledQASGD(eta).iterates(q, SeededNoise(SEEDS)), QASGD(eta).iterates(q, SeededNoise(SEEDS)), strict=False)
    for a, b in islice(pairs, 30):
        assert np.allclose(a.x, b.x, rtol=1e-12) and np.allclose(a.z, b.z, rtol=1e-12)


def test_planted_parameters_on_data() -> None:
    p = breast_cancer_model(range(2))
    assert np.all(p.f_star == 0) and np.abs(p.grad(p.x_star)).max() == 0 and p.size == 190
