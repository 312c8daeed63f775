"""The largest value of a metric over a whole class of problems, as a semidefinite program (performance estimation: Drori, Teboulle 2014).

The unknowns are the Gram matrix of start, gradients and vertices, and the function values. The optimum is a worst instance, in as many
dimensions as G has rank: it is handed back to the engine, which runs the claim on it. The dual is a proof, see `certificate`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from ratecheck.contracts import Certified, Claim, Relation, Status, Trait, Unit, Verdict
from ratecheck.performance.classes import Class, Indicator
from ratecheck.performance.forms import Form, number
from ratecheck.performance.recording import Query, Trace, certified, record
from ratecheck.runner import run

TOLERANCE = 1e-6  # relative: a worst case is above the bound only beyond this
Measured = Callable[[Trace], Form | Sequence[Form]]
Start = Callable[[Trace, Mapping[str, float]], Form]


def distance(name: str = "R") -> Start:
    """‖x_0 − x*‖ ≤ R"""
    return lambda t, c: t.distance2(t.problem.x0) - number(c[name]) * c[name]


def first_gap(name: str = "e0") -> Start:
    """f(x_0) − f* ≤ e0"""
    return lambda t, c: t.value(t.problem.x0) - number(c[name])


@dataclass(frozen=True, eq=False)
class WorstCase:
    """The class over which a claim is put to its worst case, for fixed constants and short horizons.

    `members`: "f" (gradient, force) and, if there is one, "h" (proximal map, projection or vertices). `metric`: the claim's metric in
    forms of the trace up to k; a list stands for its least element. `root`: the claim's metric is the square root of the form.
    That `metric` is the claim's own is checked on the worst instance.
    """

    members: Mapping[str, Class]
    constants: Mapping[str, float]
    metric: Measured
    start: Sequence[Start] = (distance(),)
    root: bool = False
    k: Sequence[int] = (1, 2, 5, 10)

    @property
    def exact(self) -> bool:
        """The worst case is attained in the class; the inequalities of several members are each sufficient."""
        return all(member.exact for member in self.members.values())


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise `objective` subject to every form of `below` being at most 0, over the Gram matrix G of `basis` and m values."""

    objective: Form
    below: Sequence[Form]
    basis: list[int]  # the free vectors that occur in any form
    m: int
    trace: Trace
    stars: Mapping[str, Query]


def program(claim: Claim[Any, Any], over: WorstCase, k: int) -> Program:
    """Errors: NotFixedStep."""
    trace = record(claim.algorithm, over.constants, over.members, k)
    recorder = trace.problem
    wanted = over.metric(trace)
    start = [make(trace, over.constants) for make in over.start]
    zero = 0 * recorder.basis[0]
    balance = recorder.fresh() if len(over.members) > 1 else zero  # ∇f(x*) = −u, u of h
    stars = {name: Query(name, zero, sign * balance, -1, zero, zero, "star") for name, sign in zip(over.members, (1.0, -1.0), strict=False)}
    below = list(start)
    for name, member in over.members.items():
        own = [q for q in recorder.queries if q.member == name]
        below += [form for _, form in member.inequalities([*own, stars[name]], stars[name], over.constants)]
    m = recorder.numbers
    if isinstance(wanted, Form):
        objective = wanted
    else:
        least = Form(values={m: 1})  # type: ignore[dict-item]
        objective, m = least, m + 1
        below += [least - form for form in wanted]
    everywhere = list(range(recorder.used))
    occurs = np.abs(np.stack([form.matrix(everywhere) for form in (objective, *below)])).max(axis=(0, 1)) > 0
    return Program(objective, below, [i for i in everywhere if occurs[i]], m, trace, stars)


def cvxpy() -> Any:
    if find_spec("cvxpy") is None or find_spec("clarabel") is None:
        raise ValueError("worst cases need the packages cvxpy and clarabel: pip install 'ratecheck[suite]'")
    return import_module("cvxpy")


def solve(task: Any) -> None:
    """By Clarabel, as accurately as it can. Errors: ArithmeticError."""
    trouble: Exception | None = None
    for accuracy in (1e-11, 1e-10, 1e-9, 1e-8):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                task.solve(solver="CLARABEL", tol_gap_abs=accuracy, tol_gap_rel=accuracy, tol_feas=accuracy, max_iter=200)
            if task.status == "optimal":
                return
        except cvxpy().error.SolverError as error:
            trouble = error
    if task.status is None:
        raise ArithmeticError(f"Clarabel gave up: {trouble}")


def maximise(p: Program) -> tuple[float, Any, Any]:
    """(value, G, f) by Clarabel. Errors: ArithmeticError if there is no finite optimum."""
    cp = cvxpy()
    n, m = len(p.basis), max(p.m, 1)
    G, f = cp.Variable((n, n), PSD=True), cp.Variable(m)
    A = np.stack([form.matrix(p.basis).ravel() for form in p.below])
    a = np.stack([form.row(m) for form in p.below])
    c = np.array([float(form.constant) for form in p.below])
    flat = cp.reshape(G, (n * n,), order="C")
    goal = p.objective.matrix(p.basis).ravel() @ flat + p.objective.row(m) @ f + float(p.objective.constant)
    task = cp.Problem(cp.Maximize(goal), [A @ flat + a @ f + c <= 0])
    solve(task)
    if task.status not in ("optimal", "optimal_inaccurate"):
        raise ArithmeticError(f"no worst case: the program is {task.status}")
    return float(task.value), G.value, f.value


@dataclass(frozen=True, eq=False)
class Tabulated:
    """The worst instance: what its oracles answer where the method asks, and the nearest such answer elsewhere. One row."""

    traits: frozenset[Trait]
    constants: Mapping[str, Certified]
    x0: Any  # (1, d)
    x_star: Any  # (1, d), the origin
    f_star: Any  # (1,), 0
    asked: Mapping[str, Any]  # oracle -> (Q, d)
    answers: Mapping[str, Any]  # oracle -> (Q, d)
    places: Mapping[str, Any]  # member -> (Q, d), the minimiser among them
    forces: Any  # (Q, d) of "f"
    values: Mapping[str, Any]  # member -> (Q,)

    def _nearest(self, known: Any, x: Any) -> int:
        return int(np.argmin(np.sum((known - x[0]) ** 2, axis=-1)))

    def _answer(self, kind: str, x: Any) -> Any:
        return self.answers[kind][self._nearest(self.asked[kind], x)][None].copy()

    def grad(self, x: Any, /) -> Any:
        return self.forces[self._nearest(self.places["f"], x)][None].copy()

    def apply(self, z: Any, /) -> Any:
        return self.grad(z)

    def resolvent(self, z: Any, step: Any, /) -> Any:
        return self._answer("resolvent", z)

    def prox(self, x: Any, step: Any, /) -> Any:
        return self._answer("prox", x) if "prox" in self.asked else x

    def project(self, x: Any, /) -> Any:
        return self._answer("project", x) if "project" in self.asked else x

    def lmo(self, g: Any, /) -> Any:
        return self._answer("lmo", g)

    def value(self, x: Any, /) -> Any:
        return np.asarray([sum(self.values[name][self._nearest(self.places[name], x)] for name in self.values)])

    def gap(self, x: Any, /) -> Any:
        return self.value(x)


def units(claim: Claim[Any, Any], over: WorstCase) -> dict[str, Unit]:
    """Of the constants, as the claim's own problems have them. Errors: ValueError for a constant that they do not have."""
    own = next(iter(claim.instances.values()))(range(1)).constants
    stray = [name for name in over.constants if name not in own]
    if stray:
        raise ValueError(f"the problems of the claim have no constant {', '.join(stray)}; they have {', '.join(own)}")
    return {name: own[name].unit for name in over.constants}


def tabulated(claim: Claim[Any, Any], over: WorstCase, p: Program, G: Any, f: Any) -> Tabulated:
    """Vectors with the Gram matrix G; directions below 1e-9 of the largest are dropped."""
    used = p.trace.problem.used
    whole = np.eye(used)  # what no form mentions is free: a direction of its own
    whole[np.ix_(p.basis, p.basis)] = (G + G.T) / 2
    size, turn = np.linalg.eigh(whole)
    kept = size > 1e-9 * size[-1]
    vectors = turn[:, kept] * np.sqrt(size[kept])  # (used, d)

    def place(v: Any) -> Any:
        return v[:used] @ vectors

    queries = p.trace.problem.queries
    kinds = {q.kind for q in queries}
    valued = [name for name, member in over.members.items() if not isinstance(member, Indicator)]
    own = {name: [*(q for q in queries if q.member == name), p.stars[name]] for name in over.members}
    return Tabulated(
        claim.assumes, certified(over.constants, units(claim, over)), place(p.trace.problem.x0[0])[None], 0 * vectors[:1], np.zeros(1),
        {kind: np.stack([place(q.asked) for q in queries if q.kind == kind]) for kind in kinds},
        {kind: np.stack([place(q.answer) for q in queries if q.kind == kind]) for kind in kinds},
        {name: np.stack([place(q.x) for q in own[name]]) for name in own},
        np.stack([place(q.g) for q in own["f"]]),
        {name: np.array([f[q.number] if q.number >= 0 else 0.0 for q in own[name]]) for name in valued},
    )  # fmt: skip


@dataclass(frozen=True)
class Found:
    """The worst case at one k. `ratio` = value/bound; `replayed`: the engine's own verdict on the worst instance."""

    k: int
    value: float
    bound: float
    ratio: float
    exact: bool
    replayed: Verdict

    @property
    def above(self) -> bool:
        return self.ratio > 1 + TOLERANCE


def worst(claim: Claim[Any, Any], over: WorstCase, k: int) -> tuple[Found, Program]:
    """Errors: NotFixedStep; ArithmeticError if the program has no finite optimum, or its metric is not the claim's; ValueError."""
    if claim.holds.relation is not Relation.AT_MOST:
        raise ValueError(f"a worst case is of an upper bound; this claim says {claim.holds.relation.value!r}")
    if k not in claim.k:
        raise ValueError(f"k = {k} is not among the indices {claim.k} of the claim")
    p = program(claim, over, k)
    value, G, f = maximise(p)
    value = float(np.sqrt(max(value, 0.0))) if over.root else value
    table = tabulated(claim, over, p, G, f)
    alone = replace(claim, instances={"worst": lambda seeds: table}, k=range(k, k + 1), sharp={}, seeds=1)
    verdict, evidence, _ = run(alone, "worst", range(1))
    if evidence is None:
        raise ArithmeticError(f"the claim does not run on its worst instance: {verdict.why}")
    metric, bound = float(evidence.metric[-1, 0]), float(evidence.bound[-1, 0])
    if not abs(metric - value) <= 1e-4 * max(abs(value), abs(metric)):
        raise ArithmeticError(f"the metric of the program is {value:.6g}, the claim's on the same instance {metric:.6g}: they are not the same")
    return Found(k, value, bound, value / bound, over.exact, verdict), p


def refuted(found: Found) -> bool:
    """An instance of the class above the bound, on which the engine agrees."""
    return found.above and found.exact and found.replayed.status is Status.REFUTED
