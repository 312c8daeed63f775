"""The formula of a bound as it is executed: bound(k, c) is run on symbols and written in LaTeX.

A bound is plain arithmetic over k and c["name"] with NumPy functions; `Formula` stands in for the arrays and builds a sympy
expression. What cannot be run on symbols (a loop over k, indexing, a branch on a value) has no formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partialmethod
from math import pi
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom, BooleanFunction
from sympy.printing.latex import LatexPrinter

LONGEST = 1500  # characters of LaTeX; longer is no help to a reader

_GREEK = frozenset(
    re.findall(
        r"\w+",
        """
    alpha beta gamma delta zeta eta theta kappa lambda mu nu xi pi rho sigma tau chi psi omega varepsilon ell
    Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
""",
    )
)
_WORDS = {"lam": r"\lambda", "eps": r"\varepsilon", "epsilon": r"\varepsilon", "phi": r"\varphi"}
_MARKS = {"star": r"\star", "plus": "+", "minus": "-", "inf": r"\infty", "infty": r"\infty"}  # superscripts
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}


def nice(name: str) -> str:
    r"""LaTeX of a constant's name: mu -> \mu, f_star -> f^{\star}, L_max -> L_{\max}, b1 -> b_{1}, x_0_norm -> x_{0, norm}."""
    pieces = re.findall(r"\w+|\W+", name)
    if name.startswith("sum "):
        return rf"{{\Sigma\, {nice(name.removeprefix('sum '))}}}"
    if len(pieces) > 1:  # "d_in/d_out", "next gap"
        return "".join(nice(piece) if piece[0].isalnum() else piece.replace(" ", r"\,") for piece in pieces)
    head, *tail = [part for part in name.split("_") if part] or [name]
    split = re.fullmatch(r"([A-Za-z]+?)(\d+)", head)
    if split:
        head, tail = split[1], [split[2], *tail]
    accents = [part for part in tail if part in _ACCENTS]
    above = [_MARKS[part] for part in tail if part in _MARKS]
    below = [_letter(part) for part in tail if part not in _MARKS and part not in _ACCENTS]
    text = _letter(head)
    for accent in accents:
        text = f"{_ACCENTS[accent]}{{{text}}}"
    if below:
        text += f"_{{{', '.join(below)}}}"
    if above:
        text += f"^{{{' '.join(above)}}}"
    return text


def _letter(part: str) -> str:
    if part in ("max", "min"):
        return "\\" + part
    if part in _WORDS:
        return _WORDS[part]
    if part in _GREEK:
        return "\\" + part
    return part if len(part) == 1 or part.isdigit() else rf"\mathrm{{{part}}}"


def _number(value: Any) -> Any:
    """Floats that are small fractions become fractions: 0.5 -> 1/2; others keep their digits."""
    if isinstance(value, bool):
        return sp.true if value else sp.false
    if isinstance(value, int):
        return sp.Integer(value)
    x = float(value)
    if x != x or x in (float("inf"), float("-inf")):
        return sp.nan if x != x else sp.oo if x > 0 else -sp.oo
    for scale, symbol in ((1.0, sp.Integer(1)), (pi, sp.pi)):
        near = Fraction(x / scale).limit_denominator(1000)
        if abs(float(near) - x / scale) <= 1e-15 * max(1.0, abs(x)):
            return sp.Rational(near.numerator, near.denominator) * symbol
    return sp.Float(repr(x), 6)


def _expression(value: Any) -> Any:
    if isinstance(value, Formula):
        return value.expression
    if hasattr(value, "shape") and value.shape != ():
        if value.size != 1:
            raise TypeError("an array of several numbers has no formula")
        value = value.reshape(())
    item = value.item() if hasattr(value, "item") else value
    return item.expression if isinstance(item, Formula) else _number(item)


def _amount(expression: Any) -> Any:
    """A comparison that is computed with counts as 1 or 0."""
    return sp.Piecewise((1, expression), (0, True)) if isinstance(expression, (Relational, BooleanFunction, BooleanAtom)) else expression


def _where(condition: Any, yes: Any, no: Any) -> Any:
    return sp.Piecewise((yes, condition), (no, True), evaluate=False)


_OF_SYMPY = """
    sqrt exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sign floor arcsin:asin arccos:acos arctan:atan
    arcsinh:asinh arccosh:acosh arctanh:atanh abs:Abs absolute:Abs fabs:Abs ceil:ceiling maximum:Max minimum:Min fmax:Max fmin:Min
    less:Lt less_equal:Le greater:Gt greater_equal:Ge equal:Eq not_equal:Ne logical_and:And logical_or:Or logical_not:Not
    bitwise_and:And bitwise_or:Or invert:Not remainder:Mod mod:Mod power:Pow pow:Pow float_power:Pow
"""
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(sp, other or name) for name, _, other in (word.partition(":") for word in _OF_SYMPY.split())},
    "add": lambda a, b: _amount(a) + _amount(b),
    "subtract": lambda a, b: _amount(a) - _amount(b),
    "multiply": lambda a, b: _amount(a) * _amount(b),
    "divide": lambda a, b: a / b,
    "floor_divide": lambda a, b: sp.floor(a / b),
    "negative": lambda a: -a,
    "positive": lambda a: a,
    "square": lambda a: a**2,
    "expm1": lambda a: sp.exp(a) - 1,
    "log1p": lambda a: sp.log(1 + a),
    "log2": sp.Function("log_2"),
    "log10": sp.Function("log_10"),
    "clip": lambda a, low, high: sp.Min(sp.Max(a, low), high),
    "where": _where,
}
_THROUGH = {"asarray", "array", "astype", "broadcast_to", "real", "float64", "atleast_1d", "squeeze", "copy", "ascontiguousarray"}


class _Namespace:
    """What `array_namespace(c["L"])` answers: the array functions, on symbols."""

    __name__ = "symbols"
    pi, e, inf, nan = float(sp.pi), float(sp.E), float("inf"), float("nan")
    float64, int64, bool = float, int, bool
    newaxis = None

    def __getattr__(self, name: str) -> Any:
        if name in _THROUGH:
            return lambda value, *_args, **_keywords: value
        if name in ("ones_like", "zeros_like"):
            return lambda _value, **_keywords: Formula(sp.Integer(int(name == "ones_like")))
        if name in _FUNCTIONS:
            return lambda *values, **_keywords: Formula.of(name, *values)
        raise AttributeError(f"{name} has no symbolic form")


class Formula:
    """Stands in for the arrays of a bound and records what is done with them."""

    __slots__ = ("expression",)
    __hash__ = None  # type: ignore[assignment]
    shape: tuple[int, ...] = ()
    ndim = 0
    dtype = float

    def __init__(self, expression: Any) -> None:
        self.expression = expression

    @staticmethod
    def of(name: str, *values: Any) -> Formula:
        return Formula(_FUNCTIONS[name](*[_expression(v) for v in values]))

    def _apply(self, name: str, *others: Any) -> Formula:
        return Formula.of(name, self, *others)

    def _reflected(self, name: str, other: Any) -> Formula:
        return Formula.of(name, other, self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_keywords: Any) -> Any:
        return Formula.of(ufunc.__name__, *inputs) if method == "__call__" and ufunc.__name__ in _FUNCTIONS else NotImplemented

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        try:
            return getattr(_Namespace(), function.__name__)(*args, **kwargs)
        except AttributeError:
            return NotImplemented

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        return _Namespace()

    def __bool__(self) -> bool:
        raise TypeError("a bound that branches on a value has no formula; use np.where")

    def __getitem__(self, index: Any) -> Formula:
        parts = index if isinstance(index, tuple) else (index,)
        if all(part is None or part is ... or part == slice(None) for part in parts):
            return self
        raise TypeError("a bound that indexes its constants has no formula")

    def astype(self, *_: Any, **__: Any) -> Formula:
        return self

    reshape = astype

    def __getattr__(self, name: str) -> Any:
        if name in _FUNCTIONS:  # np.sqrt of an object array calls the element's own sqrt()
            return lambda *values: Formula.of(name, self, *values)
        raise AttributeError(name)


_BINARY = "add sub:subtract mul:multiply truediv:divide floordiv:floor_divide pow:power mod and:logical_and or:logical_or"
_OTHERS = "lt:less le:less_equal gt:greater ge:greater_equal eq:equal ne:not_equal neg:negative pos:positive abs invert"
for _short, _, _name in (word.partition(":") for word in _BINARY.split()):
    setattr(Formula, f"__{_short}__", partialmethod(Formula._apply, _name or _short))
    setattr(Formula, f"__r{_short}__", partialmethod(Formula._reflected, _name or _short))
for _short, _, _name in (word.partition(":") for word in _OTHERS.split()):
    setattr(Formula, f"__{_short}__", partialmethod(Formula._apply, _name or _short))


class _Printer(LatexPrinter):  # type: ignore[misc]
    """Positive terms first: 1 - mu s, not -mu s + 1; roots above the third as powers."""

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> Any:
        terms = super()._as_ordered_terms(expr, order)
        return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))

    def _print_Pow(self, expr: Any) -> str:
        self._settings["root_notation"] = expr.exp.is_Rational and expr.exp.q == 2
        return str(super()._print_Pow(expr))

    def _print_Piecewise(self, expr: Any) -> str:
        return str(super()._print_Piecewise(expr)).replace(r"\text{for}\:", r"\text{if }\;").replace(r"\\", r" \\ ")


class _Symbols(Mapping[str, Formula]):
    """Every constant is a positive symbol (f_star and its like only real) that remembers its name."""

    def __init__(self, names: Iterable[str]) -> None:
        self.symbols = {n: sp.Symbol(n, real=True) if re.match("f(_|$)", n) else sp.Symbol(n, positive=True) for n in sorted(set(names))}

    def __getitem__(self, name: str) -> Formula:
        return Formula(self.symbols[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.symbols)

    def __len__(self) -> int:
        return len(self.symbols)


def latex(bound: Callable[..., Any], names: Iterable[str]) -> str | None:
    """LaTeX of bound(k, c), where c has `names`; None where the bound cannot be run on symbols."""
    c = _Symbols(names)
    k = sp.Symbol("k", nonnegative=True)
    try:
        expression = _expression(bound(Formula(k), c))
        written = {symbol: nice(name) for name, symbol in c.symbols.items()}
        text = str(_Printer({"symbol_names": written}).doprint(expression))
    except Exception:  # whatever a foreign bound does, the report goes on without its formula
        return None
    return text if len(text) <= LONGEST else None


def plain(amount: Callable[..., Any], names: Iterable[str]) -> str | None:
    """amount(c) as one would type it, "eta/edge", where c has `names`; None where it cannot be run on symbols."""
    try:
        return str(_expression(amount(_Symbols(names))))
    except Exception:  # as in `latex`
        return None
