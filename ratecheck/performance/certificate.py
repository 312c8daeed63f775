"""The proof behind a worst case: multipliers of the inequalities, in fractions, checked without rounding.

If every inequality C_i ≤ 0 has a multiplier λ_i ≥ 0 such that Σ λ_i C_i − metric = ⟨S, G⟩ − τ with S positive semidefinite, then
metric ≤ τ on the whole class. The multipliers come from Clarabel, with S away from the boundary; they are read as fractions, the linear
part is repaired exactly, and S is factorised exactly. What comes out is a theorem about the coefficients that the code used.

Where f is one of two members, a linear function may move from one to the other and nothing changes: S must vanish along that shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from scipy.linalg import qr
from scipy.optimize import linprog

from ratecheck.performance import program
from ratecheck.performance.forms import Form
from ratecheck.performance.program import Program, cvxpy

MARGINS = (1e-9, 1e-8, 1e-7, 1e-6)
Matrix = list[list[Fraction]]


@dataclass(frozen=True)
class Certificate:
    """metric ≤ value on the whole class, exactly (its square, where the program is of the square)."""

    value: Fraction
    multipliers: int  # those that are not 0
    order: int  # of S


def positive_definite(S: Matrix) -> bool:
    """All leading minors are positive, by elimination in integers (Bareiss 1968)."""
    common = lcm(*(x.denominator for row in S for x in row))
    A = [[x.numerator * (common // x.denominator) for x in row] for row in S]
    before = 1
    for k in range(len(A)):
        pivot = A[k][k]
        if pivot <= 0:
            return False
        for i in range(k + 1, len(A)):
            for j in range(i, len(A)):
                A[i][j] = A[j][i] = (A[i][j] * pivot - A[k][i] * A[k][j]) // before
        before = pivot
    return True


def solve(A: Matrix, b: list[Fraction]) -> list[Fraction]:
    """A x = b by exact elimination. Errors: ArithmeticError if A is singular."""
    n = len(b)
    M = [[*row, b[i]] for i, row in enumerate(A)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if M[i][k]), None)
        if pivot is None:
            raise ArithmeticError("the inequalities do not determine the multipliers: no certificate")
        M[k], M[pivot] = M[pivot], M[k]
        for i in range(n):
            if i != k and M[i][k]:
                c = M[i][k] / M[k][k]
                M[i] = [x - c * y for x, y in zip(M[i], M[k], strict=True)]
    return [M[k][n] / M[k][k] for k in range(n)]


def shift(p: Program) -> Any:
    """(n,) of 0, 1, −1: a common vector added to all gradients of f and taken from those of h, if no form feels its square; else None."""
    if len(p.stars) < 2:
        return None
    z = np.zeros(len(p.trace.problem.basis))
    for q in (*p.trace.problem.queries, *p.stars.values()):
        sign = 1.0 if q.member == "f" else -1.0
        if np.count_nonzero(q.g) == 1:
            z[np.argmax(np.abs(q.g))] = sign * q.g[np.argmax(np.abs(q.g))]
    z = z[p.basis]
    return None if any(abs(z @ form.matrix(p.basis) @ z) > 1e-12 for form in (*p.below, p.objective)) else z


@dataclass(frozen=True, eq=False)
class Equations:
    """Exact linear conditions on the multipliers: the function values cancel, S vanishes along the shift."""

    rows: Matrix  # one for each condition, one entry for each inequality
    wanted: list[Fraction]

    @classmethod
    def of(cls, p: Program, z: Any) -> Equations:
        zero = Fraction(0)
        forms: list[Form] = [*p.below, p.objective]
        used = sorted({j for form in forms for j in form.values})
        table = [[form.values.get(j, zero) for form in forms] for j in used]
        if z is not None:
            along = [[sum((a * int(t) for a, t in zip(row, z, strict=True) if t), zero) for row in form.exact_matrix(p.basis)] for form in forms]
            table += [list(row) for row in zip(*along, strict=True)]
        table = [row for row in table if any(row)]
        return cls([row[:-1] for row in table], [row[-1] for row in table])

    def floats(self) -> tuple[Any, Any]:
        return np.array([[float(v) for v in row] for row in self.rows]), np.array([float(v) for v in self.wanted])

    def repaired(self, lam: Any) -> list[Fraction]:
        """The multipliers as fractions, changed where they are largest so that every condition holds. Errors: ArithmeticError."""
        found = [Fraction(float(v)) for v in lam]
        if not self.rows:
            return found
        kept = self.independent(lam > 0)
        _, _, columns = qr(self.floats()[0][kept] * np.sqrt(lam), pivoting=True, mode="economic")
        chosen = [int(i) for i in columns[: len(kept)]]
        change = solve([[self.rows[r][i] for i in chosen] for r in kept], [self.off(r, found) for r in kept])
        for i, d in zip(chosen, change, strict=True):
            found[i] += d
        if any(self.off(r, found) for r in range(len(self.rows))):
            raise ArithmeticError("the multipliers cannot be repaired exactly: no certificate")
        if min(found) < 0:
            raise ArithmeticError(f"a multiplier became {float(min(found)):.3g} when it was repaired: no certificate")
        return found

    def independent(self, support: Any) -> list[int]:
        """As many conditions as the inequalities of `support` can tell apart."""
        _, R, order = qr((self.floats()[0] * support).T, pivoting=True, mode="economic")
        size = np.abs(np.diag(R))
        return [int(i) for i in order[: int(np.sum(size > 1e-9 * size[0]))]]

    def free(self, count: int) -> Any:
        """(count,) of truth values: the multipliers that may be positive; the conditions force the others to be 0."""
        if not self.rows:
            return np.ones(count, dtype=bool)
        rows, wanted = self.floats()  # largest number of s_i = 1 with s ≤ λ, rows λ = t wanted
        m = len(wanted)
        equal = np.hstack([np.zeros((m, count)), rows, -wanted[:, None]])
        below = np.hstack([np.eye(count), -np.eye(count), np.zeros((count, 1))])
        goal = np.concatenate([-np.ones(count), np.zeros(count + 1)])
        found = linprog(goal, below, np.zeros(count), equal, np.zeros(m), [(0, 1)] * count + [(0, None)] * (count + 1))
        return found.x[:count] > 0.5 if found.success else np.ones(count, dtype=bool)

    def off(self, r: int, lam: list[Fraction]) -> Fraction:
        return self.wanted[r] - sum((v * a for v, a in zip(lam, self.rows[r], strict=True) if a), Fraction(0))


def multipliers(p: Program, equations: Equations, kept: list[int], margin: float) -> Any:
    """(number of inequalities,) floats: the dual, S ⪰ margin · I over the basis vectors `kept`. Errors: ArithmeticError."""
    cp = cvxpy()
    basis, n = [p.basis[i] for i in kept], len(kept)
    lam = cp.Variable(len(p.below))
    A = np.stack([form.matrix(basis).ravel() for form in p.below], axis=1)
    c = np.array([float(form.constant) for form in p.below])
    free = equations.free(len(p.below)) * 1.0
    rules = [cp.multiply(1 - free, lam) == 0, cp.reshape(A @ lam - p.objective.matrix(basis).ravel(), (n, n), order="C") >> margin * np.eye(n), lam >= margin * free]
    if equations.rows:
        rows, wanted = equations.floats()
        kept_rows = equations.independent(free)
        rules.append(rows[kept_rows] @ lam == wanted[kept_rows])
    task = cp.Problem(cp.Minimize(-c @ lam), rules)
    program.solve(task)
    if lam.value is None:
        raise ArithmeticError(f"no multipliers: the dual is {task.status}")
    return np.maximum(lam.value, 0.0) * free


def certify(p: Program) -> Certificate:
    """Errors: ArithmeticError if no repaired multipliers prove anything."""
    z = shift(p)
    kept = list(range(len(p.basis)))
    if z is not None:
        kept.remove(int(np.flatnonzero(z)[-1]))  # S z = 0: the rest of S decides
    equations = Equations.of(p, z)
    trouble = ArithmeticError("no certificate")
    for margin in MARGINS:
        try:
            lam = equations.repaired(multipliers(p, equations, kept, margin))
        except ArithmeticError as error:
            trouble = error
            continue
        basis = [p.basis[i] for i in kept]
        S = [[-x for x in row] for row in p.objective.exact_matrix(basis)]
        value = p.objective.constant
        for v, form in zip(lam, p.below, strict=True):
            if v:
                value -= v * form.constant
                for i, row in enumerate(form.exact_matrix(basis)):
                    S[i] = [x + v * y if y else x for x, y in zip(S[i], row, strict=True)]
        if positive_definite(S):
            return Certificate(value, sum(1 for v in lam if v), len(basis))
        trouble = ArithmeticError("the matrix of the certificate is not positive definite: no certificate")
    raise trouble
