"""Looking things up without asking them: no `__getattribute__`, no metaclass, no descriptor.

Types are compared with `is` and `issubclass` alone: `kind in (dict, list)` would ask a metaclass
for its `__eq__`, and a set of types for its `__hash__`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

is_subclass = issubclass  # of a class whose metaclass is `type`: then nobody else is asked
identity = object.__hash__
"""The address of an object in another form: `id` raises an audit event."""

MISSING = object()
"""No such thing: `None` is a value."""

_function = type(os.getenv)
GETSET: Any = type(_function.__dict__["__code__"])
"""The type of attributes that C computes."""
MEMBER: Any = type(_function.__dict__["__globals__"])
"""The type of slots."""
METHOD: Any = type(str.__dict__["upper"])
"""The type of methods that are written in C."""
MODULE: Any = type(os)

mro: Any = type.__dict__["__mro__"].__get__
fields_of: Any = type.__dict__["__dict__"].__get__
module_name_of: Any = type.__dict__["__module__"].__get__
qualname_of: Any = type.__dict__["__qualname__"].__get__


def type_name(kind: type) -> str:
    """The dotted name of a type; of a built-in type the bare name."""
    module, name = module_name_of(kind), qualname_of(kind)
    if type(module) is not str or type(name) is not str:
        return "?"
    return name if module == "builtins" else f"{module}.{name}"


def own(kind: type, name: str) -> Any:
    """What a class or its bases hold under a name, without the descriptor protocol."""
    for each in mro(kind):
        found = fields_of(each).get(name, MISSING)
        if found is not MISSING:
            return found
    return MISSING


def overrides(kind: type, base: type, method: str) -> bool:
    """Whether a class has a method of its own in place of its base's."""
    for each in mro(kind):
        if each is base:
            return False
        if method in fields_of(each):
            return True
    return False


def instance_fields(value: Any) -> Any:
    """The `__dict__` of an object where C keeps it, else `MISSING`."""
    storage = own(type(value), "__dict__")
    if type(storage) is GETSET:
        names = storage.__get__(value)
        if is_subclass(type(names), dict):
            return names
    return MISSING


def stored(value: Any, name: str) -> Any:
    """What an object holds under a name in a slot or in its `__dict__`, else `MISSING`."""
    of_class = own(type(value), name)
    if type(of_class) is MEMBER:
        try:
            return of_class.__get__(value)
        except AttributeError:  # the slot is empty
            return MISSING
    names = instance_fields(value)
    return MISSING if names is MISSING else dict.get(names, name, MISSING)


def in_module(module: str, name: str) -> Any:
    """What a module that the target has imported holds under a name, else `MISSING`."""
    found = sys.modules.get(module)
    return dict.get(found.__dict__, name, MISSING) if type(found) is MODULE else MISSING
