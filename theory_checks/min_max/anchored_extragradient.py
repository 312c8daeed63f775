"""Yoon, Ryu 2021 (constants as in Lee, Kim 2021, read): the extra anchored gradient, constant (EAG-C) and falling (EAG-V) step.

F monotone and L-Lipschitz, b = x_k + (x_0 − x_k)/(k+2), w_k = b − a_k F(x_k), x_{k+1} = b − a_k F(w_k). For every k ≥ 0

    EAG-C, a = 1/(8L):                          ‖F(x_k)‖² ≤ 260 L² R² / (k+1)²
    EAG-C, any a with 1 − 3h − h² − h³ ≥ 0 and
      1 − 8h + h² − 2h³ ≥ 0, h = aL:            ‖F(x_k)‖² ≤ 4 (1 + h + h²) R² / (a² (1 + h) (k+1)²)
    EAG-V, a_0 = 0.618/L, a_k → a_∞ ≈ 0.437/L:  ‖F(x_k)‖² ≤ 4 (1 + a_0 a_∞ L²)/a_∞² · R² / ((k+1)(k+2))  ≤  27 L² R² / ((k+1)(k+2))

and for EAG-V  (a_k/2)(k+1)(k+2) ‖F(x_k)‖² + (k+1) ⟨F(x_k), x_k − x_0⟩  does not grow.
"""

from dataclasses import replace
from functools import partial

from algorithms.min_max.anchored import AnchoredExtragradient, State
from algorithms.min_max.steps import over_L
from problems.min_max.linear_operators import nonnormal, skew, spectrum
from ratecheck import Always, Array, Claim, Constants, SameOrder, Seen, Source, Statement, Status, Theorem, Trait, Unit, each, each_step
from ratecheck.performance import Operators, WorstCase, last_force2
from theory_checks.min_max._common import FORCE2, STEP, Game, Misreading, dot, relative, residual2, worst_row


def limit(h: float) -> float:
    """lim L a_k of EAG-V from L a_0 = h"""
    for k in range(100000):
        h *= 1 - h**2 / ((k + 1) * (k + 3) * (1 - h**2))
    return h


def constant(k: Array, c: Constants) -> Array:
    return 260 * (c["L"] * c["R"] / (k + 1)) ** 2


def constant_any(k: Array, c: Constants) -> Array:
    h = c["a"] * c["L"]
    return 4 * (1 + h + h**2) / (c["a"] ** 2 * (1 + h)) * c["R"] ** 2 / (k + 1) ** 2


def falling(k: Array, c: Constants) -> Array:
    return 4 * (1 + 0.618 * LIMIT) / LIMIT**2 * (c["L"] * c["R"]) ** 2 / ((k + 1) * (k + 2))


def pull(p: Game, s: State) -> Array:
    return (s.k + 1) * dot(p.apply(s.x), s.x - p.x0)


def potential(p: Game, s: State) -> Array:
    return s.a / 2 * (s.k + 1) * (s.k + 2) * residual2(p, s) + pull(p, s)


def is_anchored(p: Game, s: State, t: State) -> Array:
    """x_{k+1} = b − a F(b − a F(x_k)), b = x_k + (x_0 − x_k)/(k+2)"""
    b, a = s.x + (p.x0 - s.x) / (s.k + 2), s.a[:, None]
    return relative(b - a * p.apply(b - a * p.apply(s.x)), t.x)


def step_falls(p: Game, s: State, t: State) -> Array:
    """a_{k+1} = a_k/(1 − h²) · (1 − (k+2)²/((k+1)(k+3)) h²), h = a_k L"""
    h2 = (s.a * p.constants["L"].value) ** 2
    return abs(s.a / (1 - h2) * (1 - (s.k + 2) ** 2 / ((s.k + 1) * (s.k + 3)) * h2) - t.a) / s.a


LIMIT = limit(0.618)
GENERAL = AnchoredExtragradient(over_L(0.1))
EAG_V = AnchoredExtragradient(over_L(0.618), falling=True)

EAG_C = Claim[Game, State](
    source=Source("yoon2021", "Theorem 2 (EAG-C)", "vi.eag-c", Statement.VERIFIED),
    assumes=frozenset({Trait.MONOTONE, Trait.SMOOTH}),
    instances={"skew": partial(skew, pairs=4, L=1.0, floor=0.02), "plane": skew, "continuum": spectrum},
    algorithm=AnchoredExtragradient(over_L(1 / 8)),
    metric=each(residual2),
    unit=FORCE2,
    bound=constant,
    holds=Always(),
    k=range(1, 301),
    laws={"is anchored": is_anchored},
    sharp={"continuum": SameOrder(0.15, 0.3, worst_row)},
    seeds=64,
)
ANY = replace(
    EAG_C,
    algorithm=GENERAL,
    bound=constant_any,
    seen={"a": Seen(each(lambda p, s: s.a), STEP)},
    given={
        "1 − 3h − h² − h³ ≥ 0": lambda k, c: 3 * c["a"] * c["L"] + (c["a"] * c["L"]) ** 2 + (c["a"] * c["L"]) ** 3,
        "1 − 8h + h² − 2h³ ≥ 0": lambda k, c: (8 * c["a"] * c["L"] + 2 * (c["a"] * c["L"]) ** 3) / (1 + (c["a"] * c["L"]) ** 2),
    },
)
V = replace(
    EAG_C,
    source=replace(EAG_C.source, place="Theorem 3 (EAG-V)", slug="vi.eag-v"),
    algorithm=EAG_V,
    bound=falling,
    laws={"is anchored": is_anchored, "step falls": step_falls},
)
LYAPUNOV = replace(
    V,
    instances={"skew": EAG_C.instances["skew"], "non-normal": nonnormal},
    metric=each_step(lambda p, s, t: potential(p, t) - pull(p, t)),
    unit=Unit(1, 0),
    bound=lambda k, c: c["potential"] - c["next pull"],
    holds=Always(power=0.9),
    seen={"potential": Seen(each(potential), Unit(1, 0)), "next pull": Seen(each_step(lambda p, s, t: pull(p, t)), Unit(1, 0))},
    rounding=lambda k, c: 1e-14 * c["L"] * c["R"] ** 2,
    sharp={},
    k=range(101),
    seeds=8,
)

THEOREM = Theorem(
    claims={
        "EAG-C": (EAG_C, Status.CONSISTENT),
        "EAG-C, another step": (ANY, Status.CONSISTENT),
        "EAG-V": (V, Status.CONSISTENT),
        "EAG-V, 27": (replace(V, bound=lambda k, c: 27 * (c["L"] * c["R"]) ** 2 / ((k + 1) * (k + 2))), Status.CONSISTENT),
        "EAG-V, Lyapunov": (LYAPUNOV, Status.CONSISTENT),
    },
    foils={
        "a hundred": (replace(EAG_C, bound=lambda k, c: constant(k, c) * 100 / 260), Status.REFUTED),
        "1/k": (replace(EAG_C, bound=lambda k, c: constant(k, c) * (k + 1) / 20), Status.UNSHARP),
        "h for h²": (replace(ANY, bound=lambda k, c: constant_any(k, c) * c["a"]), Status.ILL_POSED),
        "a = 1/(2L)": (replace(ANY, algorithm=AnchoredExtragradient(over_L(0.5))), Status.NOT_APPLICABLE),
        "EAG-V is EAG-C": (replace(V, algorithm=AnchoredExtragradient(over_L(0.618))), Status.UNLAWFUL),
        "EAG-V, 8": (replace(V, bound=lambda k, c: falling(k, c) * 8 / 26.6), Status.REFUTED),
        "EAG-V, a_0 = 1.1/L": (replace(V, algorithm=AnchoredExtragradient(over_L(1.1)), laws={}), Status.REFUTED),
        "F misread by 1.1": (replace(EAG_C, algorithm=Misreading(EAG_C.algorithm, 1.1)), Status.UNLAWFUL),
    },
    worst={
        "EAG-C": WorstCase({"f": Operators(L="L")}, {"L": 1.0, "R": 1.0}, last_force2),
        "EAG-V": WorstCase({"f": Operators(L="L")}, {"L": 1.0, "R": 1.0}, last_force2),
    },
)
