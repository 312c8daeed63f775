"""What one hypergradient costs: implicit differentiation here and with other tools

One penalty a coordinate, ridge and logistic regression, n = 2000 rows, d = 500 weights, float64, the lower-level solution given: what is
timed is the vector q ≈ A⁻¹∇_y f and −B'q. Methods take turns, 9 rounds, medians. Conjugate gradients stop at a residual of 10⁻⁸, warm starts
are from the q of a point 0.05 away in every coordinate, a kept inverse of A is the one there (its cost has a row of its own; it serves many
points). The default of jaxopt stops at a residual of 10⁻⁵ of the normal equations; against it ours stop at 10⁻⁴ too. Ridge regression keeps X'X, formed once with the problem, for every method.
Finite differences, two solves to rounding each, are taken in 2 coordinates and counted 250 times. If jaxopt can be imported it is compiled
and added, its normal equations with the library's tolerance and its conjugate gradients with ours; the suite does not need it. The figure has
residuals of 10⁻¹ to 10⁻¹⁰, least of 5.
Times are shown and not judged.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import LinearOperator
from scipy.sparse.linalg import cg as scipy_cg

from algorithms.bilevel.batched import apply, norm, solve
from algorithms.bilevel.implicit import exact_hypergradient, hypergradient
from algorithms.bilevel.inexact import solve_linear
from problems.bilevel import logistic, ridge
from ratecheck.studies import Curve, Finding, Panel, Study, Style, Table

ROWS, WEIGHTS, ROUNDS, TOLERANCE, COORDINATES = 2000, 500, 9, 1e-8, 2
TOLERANCES = 10.0 ** -np.array([1, 2, 3, 4, 6, 8, 10])
Method = Callable[[], Any]  # -> (d,)
Tolerant = Callable[[float], Any]  # a tolerance -> (d,)
COARSE = 1e-4
OURS, WARM, KEPT, LOOSE, DIRECT = "conjugate gradients", "the same, warm", "the same, warm, kept inverse", "the same, warm, to 1e-4", "direct"
DEFAULT, NORMAL, JAXOPT = "jaxopt, default", "jaxopt, normal equations", "jaxopt, conjugate gradients"


@dataclass(frozen=True, eq=False)
class Case:
    p: Any
    y: Any  # (1, d) y*(x0)
    near: Any  # (1, d) q at a point nearby
    inverse: Any  # (1, d, d) of A at this point
    exact: Any  # (d,) ∇F(x0)
    condition: float


def cases() -> dict[str, Case]:
    g = np.random.default_rng(0)
    U = np.linalg.qr(g.standard_normal((WEIGHTS, WEIGHTS)))[0]
    mix = U * np.geomspace(1, 0.03, WEIGHTS) @ U.T
    w, x0 = g.standard_normal(WEIGHTS), g.uniform(-7, -4, WEIGHTS)[None]
    X, V = (g.standard_normal((rows, WEIGHTS)) @ mix for rows in (ROWS, ROWS // 4))
    t, z = X @ w + 0.1 * g.standard_normal(ROWS), V @ w
    start = 0 * x0
    made = {
        "ridge": ridge.assembled(0.0, X[None], t[None], V[None], z[None], x0, start),
        "logistic": logistic.assembled(0.0, (X * np.sign(t)[:, None])[None], (V * np.sign(z)[:, None])[None], x0, start),
    }
    step = 0.05 * g.choice([-1.0, 1.0], x0.shape)
    return {name: case(p, step) for name, p in made.items()}


def case(p: Any, step: Any) -> Case:
    y, there = p.y_star(p.x0), p.y_star(p.x0 + step)
    A = p.hessian(p.x0 + step, there)
    near = solve(A, p.upper_y(p.x0, there))
    eig = np.linalg.eigvalsh(p.hessian(p.x0, y)[0])
    return Case(p, y, near, np.linalg.inv(A), exact_hypergradient(p, p.x0)[0], float(eig[-1] / eig[0]))


def iterative(c: Case, q: Any, inverse: Any, tolerance: float) -> Any:
    v = c.p.upper_y(c.p.x0, c.y)
    q = solve_linear(c.p.hvp_at(c.p.x0, c.y), v, q, tolerance * norm(v), inverse)
    return hypergradient(c.p, c.p.x0, c.y, q)[0]


def direct(c: Case) -> Any:
    q = solve(c.p.hessian(c.p.x0, c.y), c.p.upper_y(c.p.x0, c.y))
    return hypergradient(c.p, c.p.x0, c.y, q)[0]


def inverted(c: Case) -> Any:
    return np.linalg.inv(c.p.hessian(c.p.x0, c.y))


def with_scipy(c: Case) -> Any:
    v, A = c.p.upper_y(c.p.x0, c.y), c.p.hvp_at(c.p.x0, c.y)
    q, _ = scipy_cg(LinearOperator((WEIGHTS, WEIGHTS), lambda u: A(u[None])[0]), v[0], rtol=TOLERANCE)
    return hypergradient(c.p, c.p.x0, c.y, q[None])[0]


def cholesky(c: Case) -> Any:
    q = cho_solve(cho_factor(c.p.hessian(c.p.x0, c.y)[0]), c.p.upper_y(c.p.x0, c.y)[0])
    return hypergradient(c.p, c.p.x0, c.y, q[None])[0]


def differences(c: Case) -> Any:
    """Central, in the first coordinates only"""
    steps = 1e-4 * np.eye(COORDINATES, WEIGHTS)
    F = [float(c.p.upper(x, c.p.y_star(x))[0]) for e in steps for x in (c.p.x0 + e, c.p.x0 - e)]
    return (np.array(F[::2]) - np.array(F[1::2])) / 2e-4


def with_jaxopt(name: str, c: Case) -> tuple[dict[str, Method], dict[str, Tolerant]]:
    """Compiled; empty where jaxopt is not installed"""
    try:
        jax, jaxopt = importlib.import_module("jax"), importlib.import_module("jaxopt")
    except ImportError:
        return {}, {}
    jax.config.update("jax_enable_x64", True)
    jnp, p = jax.numpy, c.p

    def ridge_lower(w: Any, x: Any, G: Any, h: Any) -> Any:
        return 0.5 * w @ (G @ w) - h @ w + 0.5 * (jnp.exp(x) * w * w).sum()

    def logistic_lower(w: Any, x: Any, X: Any) -> Any:
        return jax.nn.softplus(-(X @ w)).mean() + 0.5 * (jnp.exp(x) * w * w).sum()

    lower: Any = ridge_lower if name == "ridge" else logistic_lower
    data = [jnp.asarray(a[0]) for a in ((p.G, p.h) if name == "ridge" else (p.X,))]
    upper: Any = (lambda w, Q, s: 0.5 * w @ (Q @ w) - s @ w) if name == "ridge" else (lambda w, V: jax.nn.softplus(-(V @ w)).mean())
    valid = [jnp.asarray(a[0]) for a in ((p.Q, p.s) if name == "ridge" else (p.V,))]

    def found(w: Any, x: Any, data: Any, valid: Any, **options: Any) -> Any:
        optimal = jax.grad(lower)
        return jaxopt.implicit_diff.root_vjp(lambda w, x: optimal(w, x, *data), w, (x,), jax.grad(upper)(w, *valid), **options)[0]

    def to(solver: Any, tolerance: Any, *arguments: Any) -> Any:
        return found(*arguments, solve=partial(solver, tol=tolerance))

    at = jnp.asarray(c.y[0]), jnp.asarray(p.x0[0]), data, valid
    solvers = {NORMAL: jaxopt.linear_solve.solve_normal_cg, JAXOPT: jaxopt.linear_solve.solve_cg}
    compiled = {key: jax.jit(partial(to, solver)) for key, solver in solvers.items()}
    tolerant: dict[str, Tolerant] = {key: partial(after, f, at) for key, f in compiled.items()}
    return {DEFAULT: partial(waited, jax.jit(found), *at), JAXOPT: partial(tolerant[JAXOPT], TOLERANCE)}, tolerant


def after(f: Any, at: Any, tolerance: float) -> Any:
    return waited(f, tolerance, *at)


def waited(f: Any, *arguments: Any) -> Any:
    return np.asarray(f(*arguments).block_until_ready())


def distance(c: Case, found: Any) -> float:
    return float(np.linalg.norm(found - c.exact) / np.linalg.norm(c.exact))


def by_tolerance(c: Case, key: str, f: Tolerant) -> Curve:
    """Milliseconds against error, one point a tolerance"""
    spent, error = [], []
    for tolerance in TOLERANCES:
        runs = [timed(partial(f, float(tolerance))) for _ in range(6)]
        spent.append(1e3 * min(seconds for seconds, _ in runs[1:]))
        error.append(distance(c, runs[0][1]))
    return Curve(key, np.array(error), np.array(spent))


def timed(f: Method) -> tuple[float, Any]:
    began = perf_counter()
    found = f()
    return perf_counter() - began, found


def study() -> Study:
    rows: list[tuple[Any, ...]] = []
    panels: list[Panel] = []
    findings: list[Finding] = []
    for name, c in cases().items():
        given, also = with_jaxopt(name, c)
        zero, kept = 0 * c.y, partial(apply, c.inverse)
        tolerant: dict[str, Tolerant] = {OURS: partial(iterative, c, zero, None), WARM: partial(iterative, c, c.near, None), KEPT: partial(iterative, c, c.near, kept), **also}
        made: dict[str, Method] = {
            **{key: partial(tolerant[key], TOLERANCE) for key in (OURS, WARM, KEPT)},
            LOOSE: partial(tolerant[WARM], COARSE),
            DIRECT: partial(direct, c),
            "SciPy, conjugate gradients": partial(with_scipy, c),
            "SciPy, Cholesky": partial(cholesky, c),
            **given,
        }
        results = {key: f() for key, f in made.items()}  # compiles what is compiled
        seconds: dict[str, list[float]] = {key: [] for key in made}
        for _ in range(ROUNDS):
            for key, f in made.items():
                seconds[key].append(timed(f)[0])
        spent = {key: float(np.median(s)) for key, s in seconds.items()}
        error = {key: distance(c, h) for key, h in results.items()}
        difference, slopes = timed(partial(differences, c))
        spent["finite differences"] = difference * WEIGHTS / COORDINATES
        error["finite differences"] = float(np.linalg.norm(slopes - c.exact[:COORDINATES]) / np.linalg.norm(c.exact[:COORDINATES]))
        form = float(np.median([timed(partial(inverted, c))[0] for _ in range(3)]))
        rows += [(name, key, 1e3 * spent[key], spent[key] / spent[OURS], error[key]) for key in spent]
        rows.append((name, "(to form and invert A)", 1e3 * form, form / spent[OURS], ""))
        panels.append(Panel(f"{name}, κ = {c.condition:.0f}", "relative error", "milliseconds", [
            *(by_tolerance(c, key, f) for key, f in tolerant.items()),
            Curve(DIRECT, np.array([1e-10, 1.0]), np.full(2, 1e3 * spent[DIRECT]), style=Style.BOUND),
        ]))
        iteratives = [error[key] for key in (OURS, WARM, KEPT, "SciPy, conjugate gradients")]
        findings += [
            Finding(f"{name}: at a residual of {TOLERANCE:.0e} conjugate gradients, cold, warm, with a kept inverse or SciPy's, have a relative error of at most {max(iteratives):.1e}",
                    max(iteratives) <= c.condition * TOLERANCE),
            Finding(f"{name}: SciPy's Cholesky factor gives the same hypergradient as a direct solve ({error['SciPy, Cholesky']:.0e})", error["SciPy, Cholesky"] < 1e-10),
            Finding(f"{name}: so do differences of the exact F ({error['finite differences']:.0e})", error["finite differences"] < 1e-5),
        ]
        if DEFAULT in error:
            findings.append(Finding(f"{name}: jaxopt's default, normal equations, is off by {error[DEFAULT]:.1e}, its conjugate gradients by {error[JAXOPT]:.1e}",
                                    error[DEFAULT] > error[JAXOPT]))
    columns = ("problem", "method", "milliseconds", "relative to the first", "relative error")
    return Study(findings, panels, (Table(f"one hypergradient, n = {ROWS}, d = {WEIGHTS}, y* given", columns, rows),))
