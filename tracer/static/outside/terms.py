"""Types as plain tuples, which `marshal` stores and a dict finds.

The first item says the kind:

    ("C", dotted, args)     an object of that class; `args` are its type arguments, as written
    ("V", name)             a type variable, of the function or of the owner class
    ("S",)                  the receiver itself
    ("Y", type)             the class object of that type
    ("U", types)            one of these; of none at all for `Never` and `NoReturn`
    ("N",)                  None
    ("F", params, ret)      a callable; `params` is None where any arguments will do
    ("T", items, rest)      a tuple of these items, or, with no items, of any number of `rest`
    ("L", value)            this very str, int or bool
    ("?",)                  anything: `Any`, or not modelled
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

Type: TypeAlias = tuple[Any, ...]

UNKNOWN: Type = ("?",)
NONE: Type = ("N",)
RECEIVER: Type = ("S",)
NEVER: Type = ("U", ())


def instance(dotted: str, *args: Type) -> Type:
    """An object of a class, with these type arguments."""
    return ("C", dotted, args)


def union(types: Iterable[Type]) -> Type:
    """One of these types: unions in it are opened, repetitions dropped, the order kept."""
    flat: dict[str, Type] = {}
    for one in types:
        for item in one[1] if one[0] == "U" else (one,):
            flat.setdefault(repr(item), item)  # repr: Literal[1] equals Literal[True] otherwise.
    return next(iter(flat.values())) if len(flat) == 1 else ("U", tuple(flat.values()))


def parts(term: Type) -> tuple[Type, ...]:
    """The types that a type is made of, one level down, in the order of writing."""
    match term:
        case ("C", _, args):
            return tuple(args)
        case ("U", types):
            return tuple(types)
        case ("Y", inner):
            return (inner,)
        case ("F", params, returns):
            return (*(params or ()), returns)
        case ("T", items, rest):
            return (*items, rest) if rest else tuple(items)
        case _:
            return ()


def variables(term: Type) -> Iterator[str]:
    """The names of the type variables in a type, in order, repetitions included."""
    if term[0] == "V":
        yield term[1]
    for part in parts(term):
        yield from variables(part)


def substitute(term: Type, given: Mapping[str, Type]) -> Type:
    """The type with its variables replaced where one is given; `Self` stands for the receiver."""
    if not given:
        return term
    match term:
        case ("V", name):
            return given.get(name, term)
        case ("S",):
            return given.get("Self", term)
        case ("C", dotted, args) if args:
            return ("C", dotted, tuple(substitute(arg, given) for arg in args))
        case ("U", types):
            return union(substitute(one, given) for one in types)
        case ("Y", inner):
            return ("Y", substitute(inner, given))
        case ("F", params, returns):
            known = None if params is None else tuple(substitute(one, given) for one in params)
            return ("F", known, substitute(returns, given))
        case ("T", items, rest):
            filled = tuple(substitute(item, given) for item in items)
            return ("T", filled, substitute(rest, given) if rest else None)
        case _:
            return term
