"""From a claim and an instance to a verdict: is it well posed, what did the run leave behind, what does it say."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from ratecheck.arrays import locked, moved
from ratecheck.contracts import Claim, Evidence, P, S, Status, Verdict
from ratecheck.noise import SeededNoise
from ratecheck.posed import Missing
from ratecheck.readings import LAWFUL, MET, Failed, gather, merged

ROWS = 256  # seeds run at a time


def judge(claim: Claim[P, S], e: Evidence, instance: str, estimated: list[str]) -> Verdict:
    """The verdict of merged evidence: hypotheses, then laws, then the bound, then sharpness."""
    verdict = claim.holds.judge(e)
    observed = f"; observed: {verdict.status.name}, {verdict.why}"
    for name, used in e.given.items():
        b = int(np.argmax(used))
        if not used[b] <= MET:
            factor = f"{used[b]:.4g}" if not used[b] < 1.001 else f"1 + {used[b] - 1:.2g}"
            return verdict._replace(
                status=Status.NOT_APPLICABLE, why=f"hypothesis {name!r} is missed by a factor {factor} in row {b}{observed}"
            )
    for name, residual in e.laws.items():
        b = int(np.argmax(np.where(np.isnan(residual), 0.0, residual)))
        if residual[b] > LAWFUL:
            return verdict._replace(status=Status.UNLAWFUL, why=f"law {name!r} is broken by {residual[b]:.3g} in row {b}{observed}")
    for name, residual in e.laws.items():
        if np.isnan(residual).any() and verdict.status is not Status.REFUTED:  # a refuted run may overflow
            b = int(np.argmax(np.isnan(residual)))
            return verdict._replace(status=Status.FAILED, why=f"{name!r}: not a number in row {b}{observed}")
    if estimated:
        return verdict._replace(
            status=Status.NOT_APPLICABLE, why=f"assumption not certified ({', '.join(estimated)} estimated), conclusion{observed}"
        )
    if verdict.status is Status.CONSISTENT and instance in claim.sharp:
        tight = claim.sharp[instance].judge(e)
        if tight.status is not Status.CONSISTENT:
            return verdict._replace(status=Status.UNSHARP, why=f"not sharp where the theorem is: {tight.why}")
    return verdict


def _where(error: BaseException) -> str:
    """The innermost line of the suite's own code: not the engine's, not a library's."""
    frames = [(Path(f.filename), f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    outside = [f for f in frames if f[0].parent != Path(__file__).parent]
    own = [f for f in outside if "site-packages" not in f[0].parts] or outside
    return f" ({'/'.join(own[-1][0].parts[-3:])}:{own[-1][1]})" if own else ""


def run(
    claim: Claim[P, S], instance: str, seeds: range, xp: ModuleType = np, change: Callable[[P], P] = lambda p: p
) -> tuple[Verdict, Evidence | None, P | None]:
    """The verdict of one claim on one instance, its evidence if the run could be judged, and the (last block of the) problem.

    Errors: none; whatever goes wrong in the suite's code is a FAILED verdict with its place.
    """
    parts: list[Evidence] = []
    estimated: list[str] = []
    problem: P | None = None
    try:
        for start in range(0, len(seeds), ROWS):
            block = seeds[start : start + ROWS]
            drawn = change(claim.instances[instance](block))
            problem = locked(drawn if xp is np else moved(drawn, xp))
            result = gather(claim, problem, SeededNoise(block, xp), len(block))
            if isinstance(result, Verdict):
                return result, None, problem
            parts.append(result[0])
            estimated = sorted({*estimated, *result[1]})
        evidence = merged(parts)
        return judge(claim, evidence, instance, estimated), evidence, problem
    except Failed as failed:
        return failed.verdict, None, problem
    except Missing as missing:
        known = sorted({*(problem.constants if problem is not None else ()), *claim.seen})
        why = f"bound or hypothesis uses the constant {missing.args[0]!r}, which neither the problem nor `seen` supplies; there are: {', '.join(known)}"
        return Verdict(Status.FAILED, why + _where(missing)), None, problem
    except Exception as error:  # a crash in the suite's code is a verdict
        return Verdict(Status.FAILED, f"{type(error).__name__}: {error}{_where(error)}"), None, problem
