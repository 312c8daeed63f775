"""The smoothness constant of F that the constants of the two levels imply."""

from __future__ import annotations

from typing import Any


def hyper_smoothness(mu: Any, B: Any, L_A: Any, L_B: Any, A_x: Any, B_x: Any, l_f0: Any, L_f: Any) -> Any:
    """L_F for an upper level f(y) that does not depend on x, each constant valid along y*(x): (B,), unit (1, -2).

    ‖∂²_yx g‖ ≤ B; A = ∂²_yy g is A_x-Lipschitz in x and L_A-Lipschitz in y, ∂²_yx g is B_x- and L_B-Lipschitz; ‖∇f‖ ≤ l_f0.
    ∇F = −B'q with Aq = ∇f. Per unit of x, y* moves by at most r = B/μ, so B by B_x + L_B r, A by A_x + L_A r, ∇f by L_f r; hence
    q, of norm at most l_f0/μ, by ((A_x + L_A r) l_f0/μ + L_f r)/μ.
    """
    r, q = B / mu, l_f0 / mu
    return (B_x + L_B * r) * q + B * ((A_x + L_A * r) * q + L_f * r) / mu
