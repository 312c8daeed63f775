"""Hyper-cleaning of digits: which labels are wrong, and what a classifier gains from finding them

300 training digits (16 principal components), 30 % of the labels wrong, 300 clean ones to validate, 600 others to test. Each training
sample has a weight σ(x_i), learnt by warm-started implicit differentiation (conjugate gradients), by SABA on minibatches of 30, and by
F2SA with ten lower steps. Do the wrong labels lose their weight, does the classifier trained with these weights recover, and how near
does it come to one trained without the wrong labels? Steps set after a first look.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.bilevel.descent import ByConjugateGradients, HypergradientDescent, Implicit
from algorithms.bilevel.penalty_loops import PenaltySteps
from algorithms.bilevel.sampling import Steps
from algorithms.bilevel.single_loop import SABA
from benchmarks.bilevel._runs import steepness
from benchmarks.bilevel._sampled import CleaningSum
from benchmarks.bilevel._sums import CountedSum, summed, trace
from problems.bilevel import softmax
from problems.bilevel.hyper_cleaning import HyperCleaning, digits
from ratecheck.studies import Curve, Finding, Image, Panel, Study, Style, Table

TRAIN, VALID, BUDGET, CLASSES = 300, 300, 4e5, 10
SOLVERS: dict[str, Any] = {
    "CG, warm": HypergradientDescent(Implicit(ByConjugateGradients(5), 10), True, 3.0),
    "SABA": SABA(Steps(0.3, 1.0), 30, 30),
    "F2SA, T = 10": PenaltySteps(Steps(1.0, 1.0), lam=10.0, lower=10),
}


def unseen(p: HyperCleaning, seed: int) -> tuple[Any, Any, Any]:
    """Test features, test labels, and the pixels of the training digits, by the draws of the instance."""
    from sklearn.datasets import load_digits

    pixels, label = load_digits(return_X_y=True)
    order = np.random.default_rng([seed, 112]).permutation(len(label))
    X = softmax.principal(pixels, p.X.shape[2] - 1)
    if not np.array_equal(X[order[:TRAIN]], p.X[0]):
        raise ValueError("the test digits are not apart from the training digits")
    rest = order[TRAIN + VALID : TRAIN + VALID + 600]
    return X[rest], label[rest], pixels[order[:TRAIN]]


def accuracy(X: Any, label: Any, y: Any) -> float:
    """Of the classifier y, (C·d,)"""
    return float((np.argmax(X @ y.reshape(CLASSES, -1).T, axis=1) == label).mean())


def strip(digits_: Any) -> Any:
    """8 × 8 digits in a row, four times enlarged, a grey line after each"""
    framed = [np.concatenate([d.reshape(8, 8) / 16, np.full((8, 1), 0.5)], axis=1) for d in digits_]
    return np.kron(np.concatenate(framed, axis=1), np.ones((4, 4)))


def counted(p: HyperCleaning) -> CountedSum:
    return summed(p, CleaningSum(p), L_F=steepness(p, 2.0, 6))


def study() -> Study:
    corruption, one = 0.3, range(1)
    base = digits(one, TRAIN, VALID, corruption=corruption)
    X, label, pixels = unseen(base, 0)
    wrong = base.wrong[0] > 0
    p = counted(base)
    plain = base.y_star(base.x0)
    oracle = base.y_star(np.where(base.wrong > 0, -30.0, 30.0))
    reference = {"all labels, equal weights": accuracy(X, label, plain[0]), "right labels alone": accuracy(X, label, oracle[0])}
    falls, gains, parted, rows, end = [], [], [], [], {}
    for name, a in SOLVERS.items():
        t = trace(a, p, np.concatenate([[0.0], np.geomspace(3e3, BUDGET, 14)]), one)
        y = np.concatenate([base.y_star(x) for x in t.x])
        F = np.array([float(base.upper(x, w[None])[0]) for x, w in zip(t.x, y, strict=True)])
        found = [accuracy(X, label, w) for w in y]
        weight = base.weights(t.x[-1])[0]
        rank = np.argsort(np.argsort(weight))
        auc = float((rank[~wrong].mean() - (np.count_nonzero(~wrong) - 1) / 2) / np.count_nonzero(wrong))
        end[name] = (float(F[-1] / F[0]), found[-1], float(np.median(weight[wrong])), float(np.median(weight[~wrong])), auc)
        falls.append(Curve(name, t.calls[1:], F[1:] / F[0]))
        gains.append(Curve(name, t.calls[1:], found[1:]))
        rows.append((name, *end[name], float(t.seconds[-1])))
        if name == "CG, warm":
            final, logit = weight, t.x[-1, 0]
    share = np.linspace(0, 1, TRAIN)
    for title, mask in (("wrong labels", wrong), ("right labels", ~wrong)):
        parted.append(Curve(title, np.sort(logit[mask]), np.linspace(0, 1, int(mask.sum()))))
    order = np.argsort(final)
    precision = np.cumsum(wrong[order]) / np.arange(1, TRAIN + 1)
    gains += [Curve(name, [3e3, BUDGET], [v, v], style=style) for (name, v), style in zip(reference.items(), (Style.LINE, Style.BOUND), strict=True)]
    best = max(v[1] for v in end.values())
    low = min(reference.values())
    lightest, heaviest = (strip(pixels[some]) for some in (order[:12], order[-12:]))
    given = np.argmax(base.T[0], axis=1)
    images = [
        Image(f"least weight; given labels {' '.join(str(given[i]) for i in order[:12])}", lightest),
        Image(f"most weight; given labels {' '.join(str(given[i]) for i in order[-12:])}", heaviest),
    ]
    levels = []
    for c in (0.1, 0.3, 0.5):
        q = digits(one, TRAIN, VALID, corruption=c)
        t = trace(SOLVERS["CG, warm"], counted(q), np.array([BUDGET / 2]), one)
        before, after = (accuracy(X, label, q.y_star(x)[0]) for x in (q.x0, t.x[-1]))
        clean = accuracy(X, label, q.y_star(np.where(q.wrong > 0, -30.0, 30.0))[0])
        levels.append((c, before, after, clean))
    return Study(
        findings=(
            Finding(f"the weights tell wrong labels from right ones: median weight {end['CG, warm'][2]:.2f} against {end['CG, warm'][3]:.2f}; a wrong label has the smaller weight in "
                    f"{100 * end['CG, warm'][4]:.1f} % of the pairs", end["CG, warm"][4] > 0.95),
            Finding(f"the {int(wrong.sum())} samples of least weight hold {int(wrong[order[: int(wrong.sum())]].sum())} of the {int(wrong.sum())} wrong labels", bool(precision[int(wrong.sum()) - 1] > 0.8)),
            Finding(f"test accuracy {100 * low:.1f} % with equal weights, {100 * best:.1f} % with learnt ones, {100 * reference['right labels alone']:.1f} % with the right labels alone, weight 1", best > low + 0.01),
            Finding("at every share of wrong labels the learnt weights gain accuracy: " + ", ".join(f"{100 * c:.0f} %: {100 * b:.1f} to {100 * a:.1f} %" for c, b, a, _ in levels),
                    all(a > b for _, b, a, _ in levels)),
        ),
        panels=(
            Panel("learnt weights σ(x_i), CG", "x_i (0: weight ½)", "share of the samples below", parted, x_log=False, y_log=False),
            Panel("what the lightest samples are", "share of all samples, lightest first", "share of wrong labels among them",
                  (Curve("CG, warm", share, precision), Curve("all are wrong, then none", share, np.minimum(1, wrong.mean() / np.maximum(share, 1e-9)), style=Style.BOUND)), x_log=False, y_log=False),
            Panel("value", "component calls", "F(x) / F(x_0)", falls, y_log=False),
            Panel("test accuracy", "component calls", "share of 600 digits", gains, y_log=False),
        ),
        tables=(
            Table(f"after {BUDGET:.0g} component calls", ("solver", "F(x) / F(x_0)", "test accuracy", "median weight, wrong labels", "median weight, right labels", "pairs in order", "seconds"), rows),
            Table("test accuracy of CG, warm", ("share of wrong labels", "equal weights", "learnt weights", "right labels alone"), levels),
        ),
        images=images,
    )
