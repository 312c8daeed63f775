"""Performance estimation: the worst case of a claim over a whole class of problems, and its proof in fractions."""

from ratecheck.performance.classes import Class, Convex, Indicator, Operators, PolyakLojasiewicz, QuasarConvex, Smooth
from ratecheck.performance.forms import Form
from ratecheck.performance.program import WorstCase, distance, first_gap
from ratecheck.performance.recording import NotFixedStep, Trace, last_distance2, last_force2, last_gap, least_force2, mean_force2

__all__ = [
    "Class", "Convex", "Form", "Indicator", "NotFixedStep", "Operators", "PolyakLojasiewicz", "QuasarConvex", "Smooth", "Trace", "WorstCase",
    "distance", "first_gap", "last_distance2", "last_force2", "last_gap", "least_force2", "mean_force2",
]  # fmt: skip
