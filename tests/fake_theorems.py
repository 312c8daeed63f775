"""Theorems to imitate in the tests of the report: real statements, invented numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Rate = Callable[[float], float]


@dataclass(frozen=True)
class Kind:
    """A theorem to imitate."""

    family: str
    name: str
    title: str
    statement: str
    formula: str | None
    bound: Rate
    first: int
    last: int
    paper: str
    place: str
    status: str = "CONSISTENT"
    tightness: float = 0.4
    relation: str = "at most"
    holds: str = "Always"
    level: str = "verified"
    problems: tuple[str, ...] = ("random", "squared norm", "breast cancer, ℓ₁ ball")
    assumes: tuple[str, ...] = ("convex", "smooth", "compact domain")


KINDS = (
    Kind(
        "frank_wolfe",
        "jaggi_primal",
        "Jaggi 2013, Theorem 1, with an exact oracle and C_f ≤ L D².",
        "Let f be convex and L-smooth over a compact convex C of diameter D. The iterates of\nFrank–Wolfe with γ_k = 2/(k+2) satisfy,"
        " for every k ≥ 1,\n\n    f(x_k) − f* ≤ 2 L D² / (k + 2).\n\n"
        "The step needs no constant; the bound is met in order on the squared norm.",
        r"\frac{2 D^{2} L}{k + 2}",
        lambda k: 4 / (k + 2),
        1,
        200,
        "Jaggi 2013",
        "Theorem 1",
    ),
    Kind(
        "frank_wolfe",
        "jaggi_lower",
        "Jaggi 2013, Lemma 3: no method that adds one vertex a step is faster.",
        "For f(x) = ‖x‖² over the unit simplex of ℝⁿ and every x with card(x) ≤ k, k ≤ n,\n\n    f(x) ≥ 1 / k,\n\n"
        "and the Frank–Wolfe gap at such x is at least 2/k (Lemma 4).",
        r"\frac{1}{k}",
        lambda k: 1 / k,
        1,
        100,
        "Jaggi 2013",
        "Lemma 3",
        tightness=1.0,
        relation="at least",
        holds="AtLeast",
    ),
    Kind(
        "min_max",
        "gda_bilinear_growth",
        "Folklore: simultaneous gradient descent–ascent on min_x max_y ⟨x, A y⟩ leaves.",
        "With step s and all singular values of A equal to σ,\n\n    ‖z_k‖² = (1 + s² σ²)^k ‖z_0‖²   for every k,\n\nso no step converges.",
        r"R^{2} \left(1 + \sigma^{2} s^{2}\right)^{k}",
        lambda k: 1.01**k,
        0,
        2000,
        "derived",
        "two lines",
        tightness=1.0,
        relation="equal",
        holds="Equal",
        level="derived",
        problems=("orthogonal 8 × 8",),
        assumes=("bilinear", "convex-concave"),
    ),
    Kind(
        "min_max",
        "extragradient_best",
        "Korpelevich 1976 in the form of Gorbunov et al. 2022, best residual.",
        "F monotone and L-Lipschitz, 0 < γ ≤ 1/(√2 L). Extragradient satisfies, for every K ≥ 0,\n\n"
        "    min_{k ≤ K} ‖F(x_k)‖² ≤ ‖x_0 − x*‖² / (γ² (1 − γ²L²) (K + 1)).",
        r"\frac{R^{2}}{\gamma^{2} \left(1 - L^{2} \gamma^{2}\right) \left(k + 1\right)}",
        lambda k: 3 / (k + 1),
        0,
        1000,
        "Gorbunov et al. 2022",
        "Theorem 2.1",
        tightness=0.939,
        assumes=("monotone operator", "Lipschitz"),
    ),
    Kind(
        "quasar_convex",
        "sgd_strongly_convex",
        "Garrigos, Gower 2023 (v1), Theorem 5.7: SGD with a constant step, in expectation.",
        "f = (1/N) Σ f_i, each f_i convex and L_max-smooth, f μ-strongly convex, 0 < s ≤ 1/(2 L_max) (the proof allows =):\n\n"
        "    E ‖x_k − x*‖²  ≤  (1 − s μ)^k ‖x_0 − x*‖² + 2 s σ* / μ,        σ* = E ‖∇f_i(x*)‖².",
        r"R^{2} \left(1 - \mu s\right)^{k} + \frac{2 s \sigma}{\mu}",
        lambda k: 0.99**k + 1e-3,
        1,
        2000,
        "Garrigos, Gower 2023 (v1)",
        "Theorem 5.7",
        tightness=0.97,
        holds="InExpectation",
        problems=("ridge", "one long row"),
        assumes=("strongly convex", "finite sum"),
    ),
    Kind(
        "matrix_sensing",
        "svp_contraction",
        "Jain, Meka, Dhillon 2010, Theorem 1.2: singular value projection contracts.",
        "Let 𝒜 satisfy the RIP of order 2r with δ_{2r} < 1/3. SVP with step η = 1/(1 + δ_{2r}) from X_0 = 0 satisfies\n\n"
        "    ψ(X_{k+1}) ≤ (2 δ_{2r} / (1 − δ_{2r})) ψ(X_k),    ψ(X) = ½ ‖𝒜(X) − b‖².\n\nHence a linear rate down to ε.",
        r"\psi_{0} \left(\frac{2 \delta}{1 - \delta}\right)^{k}",
        lambda k: 0.4**k,
        0,
        700,
        "Jain, Meka, Dhillon 2010",
        "Theorem 1.2",
        tightness=0.6,
        problems=("certified, n = 6", "certified, n = 10"),
        assumes=("restricted isometry", "low rank"),
    ),
    Kind(
        "matrix_sensing",
        "plateau_exponent",
        "Jin et al. 2023, the depth of the first plateau as the start shrinks.",
        "min_t ‖Z(t) − σ_1 e_1e_1ᵀ‖_F = Θ(α^p),  p = 2 (σ_1 − σ_2)/(σ_1 + σ_2),  α the scale of the start. Rows sweep α.",
        r"\sigma_{1} \left(\frac{\alpha}{\sqrt{\sigma_{1}}}\right)^{\frac{2 \sigma_{1} - 2 \sigma_{2}}{\sigma_{1} + \sigma_{2}}}",
        lambda k: 0.05,
        800,
        801,
        "Jin et al. 2023",
        "section 4",
        relation="of the order of",
        holds="Scaling",
        level="derived",
        problems=("4 × 4",),
        assumes=("low rank",),
    ),
    Kind(
        "bilevel",
        "krmd_bias",
        "Shaban et al. 2019, Proposition 3.1: truncated back-propagation, bias of the hypergradient.",
        "With a μ-strongly convex and L-smooth lower level and step γ ≤ 1/L,\n\n"
        "    ‖h_{T−K} − dF‖ ≤ (1 − γ μ)^K ‖∇_y f‖ M_B / (γ μ).\n\nThe index is K, the number of kept terms.",
        r"\frac{M_{B} \left(1 - \gamma \mu\right)^{k} \left\|g\right\|}{\gamma \mu}",
        lambda k: 3 * 0.8**k,
        1,
        60,
        "Shaban et al. 2019",
        "Proposition 3.1",
        tightness=1.0,
        problems=("isotropic", "random", "ridge on diabetes"),
        assumes=("strongly convex lower level",),
    ),
    Kind(
        "quasar_convex",
        "agd_strong",
        "Hinder, Sidford, Sohoni 2020, Theorem 1: accelerated descent for strongly quasar-convex f.",
        "f is L-smooth and (γ, μ)-strongly quasar-convex. Then, with κ = L/μ,\n\n"
        "    f(x_k) − f* ≤ (1 − γ/√(2κ))^k · (f(x_0) − f* + ½ μ ‖x_0 − x*‖²).",
        None,
        lambda k: 0.8**k,
        0,
        3000,
        "Hinder, Sidford, Sohoni 2020",
        "Theorem 1",
        status="VACUOUS",
        tightness=0.0004,
        level="recalled",
        problems=("star-shaped",),
        assumes=("quasar-convex", "smooth"),
    ),
    Kind(
        "quasar_convex",
        "adam_step",
        "Kingma, Ba 2014, section 2.1: how long can a step of Adam be? The printed bound is false.",
        "With ε = 0 and b1² < b2, for every sequence of gradients,  |m̂_t| / √v̂_t  is at most\n"
        "    printed (arXiv 1412.6980, read):   (1−b1)/√(1−b2)  if (1−b1) > √(1−b2), else 1;\n"
        "    sharp, as t → ∞:                   (1−b1)/√((1−b2)(1−b1²/b2)),  attained for g_t = (b2/b1)^t.",
        r"\frac{\left(1 - b_{1}\right) \sqrt{1 - b_{2}^{k + 1}}}"
        r"{\left(1 - b_{1}^{k + 1}\right) \sqrt{\left(1 - b_{2}\right) \left(1 - \frac{b_{1}^{2}}{b_{2}}\right)}}",
        lambda k: 7.27 * (1 - 0.999 ** (k + 1)) ** 0.5 / (1 - 0.9 ** (k + 1)) / 3,
        0,
        3088,
        "Kingma, Ba 2014 (arXiv 1412.6980)",
        "section 2.1",
        tightness=0.999,
        problems=("geometric",),
        assumes=(),
    ),
)
