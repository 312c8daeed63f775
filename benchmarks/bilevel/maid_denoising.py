"""Learning to denoise by total variation: which accuracies and steps MAID chooses

The weight and the smoothing of a total-variation penalty are learnt from a noisy and a clean photograph (a part of the cameraman,
48 × 48, and one of its rows, 64 pixels; noise 0.1). MAID (Salehi et al. 2023) sets the accuracy of the lower level and the step by
itself. How do they move, does the loss fall at every accepted step, and what does the learnt penalty do to the picture?
"""

from itertools import islice
from typing import Any

import numpy as np

from algorithms.bilevel.inexact import solve_lower
from algorithms.bilevel.maid import MAID, Trial
from benchmarks.bilevel._runs import Counted, counted
from problems.bilevel.denoising import image, signal
from ratecheck.noise import SeededNoise
from ratecheck.studies import Curve, Finding, Image, Panel, Study, Style, Table

START = 1.0  # the accuracy MAID is given


def trials(p: Counted, number: int) -> tuple[list[Trial], Any]:
    """Trials of the line search and the oracle calls made until each."""
    found, calls = [], []
    for s in islice(MAID(eps0=START, alpha0=0.5).iterates(p, SeededNoise(range(1))), number):
        found.append(s)
        calls.append(p.oracle_calls)
    return found, np.array(calls)


def psnr(a: Any, b: Any) -> float:
    return float(-10 * np.log10(((a - b) ** 2).mean()))


def exactly(p: Counted, x: Any) -> Any:
    return solve_lower(p, x, p.base.noisy, np.full(1, 1e-8))


def study() -> Study:
    panels, rows, findings, pictures = [], [], [], []
    settings: dict[str, tuple[Any, int, float]] = {"image": (image(range(1), reach=1.8), 50, 1.8), "row": (signal(range(5, 6), reach=2.6), 80, 2.6)}
    for name, (base, number, reach) in settings.items():
        p = counted(base, reach, L_F=1.0)
        states, calls = trials(p, number)
        eps, alpha = (np.array([getattr(s, key)[0] for s in states]) for key in ("eps", "alpha"))
        passed = np.array([s.passed[0] > 0 for s in states])
        x = np.concatenate([s.x for s in states])
        points = [states[0].x] + [s.x_trial for s in states if s.passed[0] > 0]
        F = np.array([float(p.upper(u, exactly(p, u))[0]) for u in points])
        inside = float(np.abs(np.concatenate(points) - base.x0).max())
        k = np.arange(len(states))
        panels += [
            Panel(f"{name}: accuracy of the lower level", "oracle calls", "ε", (Curve("ε", calls, eps),)),
            Panel(f"{name}: step", "trial", "α", (Curve("tried", k, alpha), Curve("accepted", k[passed], alpha[passed], style=Style.POINTS)), x_log=False),
            Panel(f"{name}: loss", "accepted steps", "½‖y*(θ) − clean‖²", (Curve("F", np.arange(len(F)), F),), x_log=False),
        ]
        noisy, clean = base.noisy, base.clean
        before, after = exactly(p, base.x0), exactly(p, points[-1])
        rows.append((name, psnr(noisy, clean), psnr(before, clean), psnr(after, clean), *np.exp(points[-1][0]).tolist(), int(passed.sum()), len(states), int(calls[-1])))
        findings += [
            Finding(f"{name}: the exact loss falls at each of the {int(passed.sum())} accepted steps, from {F[0]:.4g} to {F[-1]:.4g}", bool((np.diff(F) < 0).all())),
            Finding(f"{name}: θ stays within {inside:.2f} of θ_0, where the constants of the certificate hold ({reach})", inside <= reach),
            Finding(f"{name}: from ε = {START:.0f} the certificate first asks for {eps[0]:.1e}, at worst for {eps.min():.1e}; in between ε is raised by up to {(eps / np.minimum.accumulate(eps)).max():.1f} times",
                    bool((eps / np.minimum.accumulate(eps)).max() > 1.2)),
            Finding(f"{name}: {rows[-1][1]:.1f} dB noisy, {rows[-1][2]:.1f} dB at θ_0, {rows[-1][3]:.1f} dB learnt", rows[-1][3] > max(rows[-1][1], rows[-1][2])),
        ]
        if name == "image":
            pictures = [Image(title, np.reshape(v, (48, 48))) for title, v in (("clean", clean), ("noisy", noisy), ("θ_0", before), ("learnt", after))]
        else:
            at = np.arange(clean.shape[1])
            panels.append(Panel("row: signal", "pixel", "grey level", [Curve(title, at, v[0], style=style) for title, v, style in (
                ("noisy", noisy, Style.POINTS), ("clean", clean, Style.BOUND), ("learnt", after, Style.LINE))], x_log=False, y_log=False))
        panels.append(Panel(f"{name}: parameters", "oracle calls", "e^θ", (Curve("weight", calls, np.exp(x[:, 0])), Curve("smoothing ν", calls, np.exp(x[:, 1])))))
    columns = ("data", "dB noisy", "dB at θ_0", "dB learnt", "weight", "ν", "steps", "trials", "oracle calls")
    return Study(findings, panels, (Table("peak signal to noise ratio", columns, rows),), pictures)
