"""Wrong twins of a function, made from its source: one small change at a time, as a slip of the pen would make it."""

from __future__ import annotations

import ast
import copy
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from types import FunctionType
from typing import Any, TypeAlias

SHAPES = ("axis", "shape", "reshape", "zeros", "ones", "eye", "full", "arange", "range", "islice", "astype", "take", "ndim", "ord", "dtype")
IDENTITY = ("proj", "prox", "clip", "retract", "truncat", "threshold", "normal")  # parts of names whose call may be left out
Change: TypeAlias = Callable[[Any], ast.AST | list[ast.stmt]]
Site: TypeAlias = tuple[int, str, Change]  # number of the node, what is done to it, how


@dataclass(frozen=True)
class Slip:
    """A wrong twin: where and what, and the function itself."""

    what: str
    function: Callable[..., Any]


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def source(f: Callable[..., Any]) -> ast.FunctionDef | ast.Lambda | None:
    """The definition of a Python function; None for what has no source, or shares its line with another lambda."""
    if not isinstance(f, FunctionType):
        return None
    try:
        tree = _tree(inspect.getsourcefile(f) or "")
    except (OSError, TypeError, SyntaxError):
        return None
    first = f.__code__.co_firstlineno
    found = [
        node
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.FunctionDef)
            and node.name == f.__name__
            and first in (node.lineno, *(d.lineno for d in node.decorator_list))
        )
        or (isinstance(node, ast.Lambda) and f.__name__ == "<lambda>" and node.lineno == first)
    ]
    same = [
        n
        for n in found
        if not isinstance(n, ast.Lambda) or {a.arg for a in n.args.args} == set(f.__code__.co_varnames[: f.__code__.co_argcount])
    ]
    return same[0] if len(same) == 1 else None


def rebuilt(f: FunctionType, node: ast.FunctionDef | ast.Lambda, others: Mapping[str, Any]) -> Callable[..., Any]:
    """`f` with another body, in its own module and closure; the names in `others` mean something else there."""
    node = copy.deepcopy(node)
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            part.annotation = None
    outer = ast.parse(f"def _outer({', '.join(f.__code__.co_freevars)}): pass")
    result: ast.expr = node if isinstance(node, ast.Lambda) else ast.Name(node.name, ast.Load())
    body: list[ast.stmt] = [ast.Return(result)]
    if isinstance(node, ast.FunctionDef):
        node.decorator_list, node.returns = [], None
        body = [node, *body]
    made = outer.body[0]
    assert isinstance(made, ast.FunctionDef)
    made.body = body
    module = ast.fix_missing_locations(outer)
    names = {**f.__globals__, **others}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a slip such as 1[:, None] crashes when it runs
        exec(compile(module, f.__code__.co_filename, "exec", dont_inherit=True), names)
    twin: Callable[..., Any] = names["_outer"](*(cell.cell_contents for cell in f.__closure__ or ()))
    assert isinstance(twin, FunctionType)
    twin.__defaults__, twin.__kwdefaults__ = f.__defaults__, f.__kwdefaults__
    return twin


def slips(f: Callable[..., Any], others: Mapping[str, Any] | None = None) -> Iterator[Slip]:
    """Every wrong twin of `f`; none if its source cannot be found."""
    node = source(f)
    if node is None or not isinstance(f, FunctionType):
        return
    file = "/".join(PurePath(f.__code__.co_filename).parts[-2:])
    for number, what, change in _sites(node):
        yield Slip(f"{file} {what}", rebuilt(f, _changed(node, number, change), others or {}))


def _changed(node: Any, number: int, change: Change) -> Any:
    twin = _At(number, change).visit(copy.deepcopy(node))
    if isinstance(twin, ast.FunctionDef) and any(isinstance(n, ast.Name) and n.id == "_stale" for n in ast.walk(twin)):
        twin.body.insert(0, ast.Assign([ast.Name("_stale", ast.Store())], ast.Constant(None)))
    return twin


class _At(ast.NodeTransformer):
    """Change the node with the given number, counted as `_numbered` counts."""

    def __init__(self, number: int, change: Change) -> None:
        self.left, self.change = number, change

    def visit(self, node: ast.AST) -> Any:
        self.left -= 1
        return self.change(node) if self.left == -1 else self.generic_visit(node)


def _numbered(node: ast.AST, parents: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    yield node, parents
    for child in ast.iter_child_nodes(node):
        yield from _numbered(child, (*parents, node))


def _sites(node: ast.AST) -> Iterator[Site]:
    outside, inside = _assigned(node, False), _assigned(node, True)
    for number, (part, parents) in enumerate(_numbered(node)):
        place = f"line {getattr(part, 'lineno', 0)}: {ast.unparse(part)[:60]!r} " if isinstance(part, ast.expr | ast.stmt) else ""
        for what, change in _slips_of(part, parents, outside, inside):
            yield number, place + what, change


def _assigned(node: ast.AST, looped: bool) -> set[str]:
    """Names assigned inside (or before) the loops of a function."""
    return {
        part.id
        for part, parents in _numbered(node)
        if isinstance(part, ast.Name)
        and isinstance(part.ctx, ast.Store)
        and any(isinstance(p, ast.While | ast.For) for p in parents) == looped
    }


def _slips_of(part: ast.AST, parents: tuple[ast.AST, ...], before: set[str], looped: set[str]) -> Iterator[tuple[str, Change]]:
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
        other = ast.Sub() if isinstance(part.op, ast.Add) else ast.Add()
        yield "with the other sign", lambda n: ast.BinOp(n.left, other, n.right)
        yield "without its last term", lambda n: n.left
        if isinstance(part.op, ast.Add):
            yield "without its first term", lambda n: n.right
    elif isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub) and not isinstance(part.operand, ast.Constant):
        yield "without its sign", lambda n: n.operand
    elif isinstance(part, ast.Constant) and isinstance(part.value, int | float) and _counts(part.value, parents):
        value = part.value
        steps = (2 * value, value / 2) if isinstance(value, float) else (value + 1, value - 1)
        for other_value in steps[:1] if _power(parents) else steps:
            yield f"is {other_value}", lambda n, v=other_value: ast.Constant(v)  # type: ignore[misc]
    elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id == "k" and not _recorded(parents):
        yield "is k + 1", lambda n: ast.BinOp(n, ast.Add(), ast.Constant(1))
    elif isinstance(part, ast.Compare) and len(part.ops) == 1 and type(part.ops[0]) in FLIPS:
        flip = FLIPS[type(part.ops[0])]
        yield "turned round", lambda n: ast.Compare(n.left, [flip()], n.comparators)
    elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute | ast.Name) and part.args:
        name = part.func.attr if isinstance(part.func, ast.Attribute) else part.func.id
        if any(word in name.lower() for word in IDENTITY):
            yield "left out", lambda n: n.args[0]
        if isinstance(part.func, ast.Attribute) and isinstance(part.func.value, ast.Name) and part.func.value.id == "problem":
            yield "with the wrong sign", lambda n: ast.UnaryOp(ast.USub(), n)
    elif isinstance(part, ast.Assign) and any(isinstance(p, ast.While | ast.For) for p in parents):
        yield from _slips_of_assignment(part, before, looped)


FLIPS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


def _counts(value: float, parents: tuple[ast.AST, ...]) -> bool:
    return not isinstance(value, bool) and value != 0 and not _shapes(parents)


def _shapes(parents: tuple[ast.AST, ...]) -> bool:
    """Whether a number is an axis, an index or a length: changing it breaks shapes, not mathematics."""
    for p in parents:
        if isinstance(p, ast.Subscript) or (isinstance(p, ast.keyword) and p.arg in SHAPES):
            return True
        if isinstance(p, ast.Call) and (getattr(p.func, "attr", None) or getattr(p.func, "id", "")) in SHAPES:
            return True
    return False


def _power(parents: tuple[ast.AST, ...]) -> bool:
    return bool(parents) and isinstance(parents[-1], ast.BinOp) and isinstance(parents[-1].op, ast.Pow)


def _recorded(parents: tuple[ast.AST, ...]) -> bool:
    """Whether a number is only written down in the state that is yielded."""
    return len(parents) >= 2 and isinstance(parents[-1], ast.Call) and isinstance(parents[-2], ast.Yield)


def _slips_of_assignment(part: ast.Assign, before: set[str], looped: set[str]) -> Iterator[tuple[str, Change]]:
    if len(part.targets) != 1:
        return
    target, value = part.targets[0], part.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = list(zip(target.elts, value.elts, strict=True))
    for i, (name, _) in enumerate(pairs):
        if not isinstance(name, ast.Name):
            continue
        x = name.id
        if x in before:
            for factor in (2.0, 0.5):
                yield f"moves {x} {factor:g} times as far", lambda n, i=i, x=x, c=factor: _further(n, i, x, c)  # type: ignore[misc]
        yield f"takes effect in {x} one iteration late", lambda n, x=x: [n, *ast.parse(LATE.format(x=x)).body]  # type: ignore[misc]


LATE = "_fresh = {x}\nif _stale is not None: {x} = _stale\n_stale = _fresh"


def _further(n: ast.Assign, i: int, x: str, c: float) -> ast.Assign:
    """x <- x + c (value - x)."""
    several = isinstance(n.value, ast.Tuple) and isinstance(n.targets[0], ast.Tuple)
    value: Any = n.value.elts[i] if several and isinstance(n.value, ast.Tuple) else n.value
    name = ast.Name(x, ast.Load())
    moved = ast.BinOp(name, ast.Add(), ast.BinOp(ast.Constant(c), ast.Mult(), ast.BinOp(value, ast.Sub(), name)))
    if several and isinstance(n.value, ast.Tuple):
        n.value.elts[i] = moved
    else:
        n.value = moved
    return n
