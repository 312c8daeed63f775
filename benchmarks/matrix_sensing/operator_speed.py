"""One gradient of matrix sensing: fused and batched against the formula as it is written

n = 64, m = 3000 dense measurements, factor of rank 8: A*(A(XXᵀ) − y)X. Compared: einsum over three operands, two passes over the full
matrices, svec coordinates in one pass, a batch of 32 starts that share the operator; and the certified cosine operator at n = 64 and 1024.
Seconds are the best of three and are shown, not judged; that all agree is judged.
"""

from time import perf_counter
from typing import Any

import numpy as np

from problems.matrix_sensing.operators import cosine
from problems.matrix_sensing.sampling import gaussian
from ratecheck.studies import Finding, Study, Table

N, M, K = 64, 3000, 8


def best(f: Any, times: int = 3) -> tuple[float, Any]:
    seconds = []
    for _ in range(times):
        began = perf_counter()
        value = f()
        seconds.append(perf_counter() - began)
    return min(seconds), value


def study() -> Study:
    g = np.random.default_rng(0)
    operator = gaussian(N, M, 2)
    full = operator.smat(operator.A[0])  # (m, n, n)
    X = g.standard_normal((32, N, K)) / 8
    y = g.standard_normal((32, M))

    def naive() -> Any:
        r = np.einsum("mij,ik,jk->m", full, X[0], X[0]) - y[0]
        return np.einsum("m,mij,jk->ik", r, full, X[0])

    def two_passes() -> Any:
        flat = full.reshape(M, -1)
        r = flat @ (X[0] @ X[0].T).reshape(-1) - y[0]
        return (r @ flat).reshape(N, N) @ X[0]

    def fused() -> Any:
        return operator.slope(X[:1] @ np.swapaxes(X[:1], 1, 2), y[:1])[0] @ X[0]

    def batch() -> Any:
        return operator.slope(X @ np.swapaxes(X, 1, 2), y) @ X

    seconds = {}
    seconds["three operands"], wanted = best(naive, 1)
    seconds["two passes"], a = best(two_passes)
    seconds["svec, one pass"], b = best(fused)
    together, c = best(batch)
    seconds["svec, one pass, 32 starts, each"] = together / 32
    rows: list[list[str | float | int]] = [[name, 1e3 * s, seconds["three operands"] / s] for name, s in seconds.items()]
    for n in (64, 1024):
        dct = cosine(n, 0.1)
        F = g.standard_normal((1, n, K)) / np.sqrt(n)
        s, _ = best(lambda dct=dct, F=F: dct.adjoint(dct.forward(F @ np.swapaxes(F, 1, 2))) @ F)
        rows.append([f"cosine operator, n = {n}", 1e3 * s, float("nan") if n != N else seconds["three operands"] / s])
    scale = np.abs(wanted).max()
    off = max(float(np.abs(v - wanted).max() / scale) for v in (a, b, c[0]))
    return Study(
        findings=(Finding(f"all agree to {off:.1e} (allowed 1e-12)", off < 1e-12),),
        tables=(Table("one gradient", ("implementation", "milliseconds", "times faster than three operands"), rows),),
    )
