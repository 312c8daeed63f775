"""Moving frozen dataclasses of arrays between namespaces and precisions, and to the host; making them read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import numpy as np
from array_api_compat import array_namespace, is_array_api_obj, is_cupy_array, is_numpy_array

from ratecheck.contracts import Array

T = TypeVar("T")


def host(a: Array) -> Any:
    """A NumPy array with the numbers of `a`, in its own precision."""
    if isinstance(a, np.ndarray):
        return a
    return a.get() if is_cupy_array(a) else np.asarray(a)


def mapped(value: T, f: Callable[[Any], Any]) -> T:
    """`value` with f applied to every array in it: dataclasses, mappings, tuples and lists are walked."""
    result: Any = value
    if is_array_api_obj(value):
        result = f(value)
    elif is_dataclass(value) and not isinstance(value, type):
        # not dataclasses.replace: a derived field must be moved as it is, not computed again
        result = object.__new__(type(value))
        for field in fields(value):
            object.__setattr__(result, field.name, mapped(getattr(value, field.name), f))
    elif isinstance(value, Mapping):
        result = MappingProxyType({key: mapped(item, f) for key, item in value.items()})
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        result = type(value)(*(mapped(item, f) for item in value))
    elif isinstance(value, tuple | list):
        result = type(value)(mapped(item, f) for item in value)
    moved_: T = result
    return moved_


def moved(value: T, xp: ModuleType) -> T:
    """`value` with every array in the namespace xp."""
    return mapped(value, lambda a: xp.asarray(np.array(host(a))))


def promoted(value: T, dtype: Any) -> T:
    """`value` with every floating array in the given NumPy precision."""
    return mapped(value, lambda a: a.astype(dtype) if is_numpy_array(a) and np.issubdtype(a.dtype, np.floating) else a)


def has_nan(value: Any) -> bool:
    """Whether an array or a number somewhere in `value` is NaN."""
    found = False

    def look(a: Array) -> Array:
        nonlocal found
        xp = array_namespace(a)
        found = found or (xp.isdtype(a.dtype, ("real floating", "complex floating")) and bool(xp.any(xp.isnan(a))))
        return a

    mapped(value, look)
    return found


def _lock(a: Array) -> Array:
    """The array and what it is a view of."""
    base: Any = a
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            base.flags.writeable = False
        base = base.base
    return a


def locked(value: T) -> T:
    """`value` itself, its NumPy arrays made read-only: what was yielded or borrowed is not changed in place."""
    if isinstance(value, np.ndarray):
        _lock(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            item = getattr(value, field.name)
            if not isinstance(item, int | float):
                locked(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            locked(item)
    elif isinstance(value, tuple | list):
        for item in value:
            locked(item)
    return value
