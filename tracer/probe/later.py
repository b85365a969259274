"""Who handed over what runs later: a thread's target, what a pool is given, a task's coroutine.

A function that was handed over is known by its code, so that all places that did so are named where
several did.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from types import CodeType, CoroutineType, FrameType
from typing import Any

from .callables import function_behind

identity = object.__hash__
_mro = type.__dict__["__mro__"].__get__
_fields = type.__dict__["__dict__"].__get__
HAS_QUALNAME = sys.version_info >= (3, 11)
_MOST_PLACES = 10_000


class Later:
    """What the functions that take another were given, and where."""

    def __init__(self, table: Mapping[str, list[str]]) -> None:
        self.takers: dict[int, list[str]] = {}  # identity of code -> where the other one is found
        self.given: dict[tuple[int, int, int], CodeType] = {}  # what, who, at which offset
        self._table = table
        self._modules = {  # `a.b` for `a.b.function` and `a.b.Class.method`
            name.rsplit(".", parts)[0] for name in table for parts in range(1, name.count(".") + 1)
        }

    def may_be_in(self, module: str) -> bool:
        """Whether a module has functions that take another."""
        return module in self._modules

    def meet(self, code_id: int, module: str, qualname: str) -> None:
        """Look whether a function outside is one that takes another."""
        places = self._table.get(f"{module}.{qualname}")
        if places is None and not HAS_QUALNAME and not qualname.startswith("__"):
            named = (each for each in self._table if each.startswith(module + "."))
            places = next((self._table[n] for n in named if n.endswith("." + qualname)), None)
        if places:
            self.takers[code_id] = places

    def take(self, frame: FrameType, inside: Collection[int]) -> None:
        """Such a function was called from inside."""
        back = frame.f_back
        if back is None or len(self.given) >= _MOST_PLACES:
            return
        caller_id = identity(back.f_code)
        if caller_id not in inside:
            return
        for place in self.takers[identity(frame.f_code)]:
            name, _, attribute = place.partition(".")
            try:
                value = frame.f_locals[name]
            except KeyError:
                continue
            if attribute:
                value = _stored(value, attribute)
            for each in value if type(value) is tuple else (value,):
                if type(each) is CoroutineType:
                    code = each.cr_code
                elif (function := function_behind(each)) is not None:
                    code = function.__code__
                else:
                    continue
                self.given.setdefault((identity(code), caller_id, back.f_lasti), code)


def _stored(value: Any, name: str) -> Any:
    """An attribute as it is stored, in the object or in its class."""
    for base in _mro(type(value)):
        slot = _fields(base).get("__dict__")
        if slot is not None and type(slot).__name__ == "getset_descriptor":
            fields = slot.__get__(value)
            if type(fields) is dict and name in fields:
                return dict.get(fields, name)
            break
    for base in _mro(type(value)):
        fields = _fields(base)
        if name in fields:
            return fields[name]
    return None
