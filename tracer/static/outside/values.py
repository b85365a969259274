"""What the library answers: symbols, members and signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tracer.static.outside.terms import Type

SymbolKind = Literal["module", "class", "function", "value"]
MemberKind = Literal["method", "static", "class", "property", "value"]
ParameterKind = Literal["positional only", "positional", "*", "keyword only", "**"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; the type of `*` and `**` is that of one item."""

    name: str
    kind: ParameterKind
    type: Type
    has_default: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function; `self` and `cls` are left out of the parameters."""

    parameters: tuple[Parameter, ...]
    returns: Type
    receiver: Type | None = None  # what `self` must be, where the stub narrows it for an overload


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of a module, under its usual public name."""

    kind: SymbolKind
    dotted: str
    signatures: tuple[Signature, ...] = ()  # of a function: the overloads, in order
    type: Type | None = None  # of a value


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of a class, in terms of the type variables of the class that was asked for.

    A type variable of the method itself that has the name of one of those gets a `'` behind.
    """

    kind: MemberKind
    owner: str  # the class that defines it
    signatures: tuple[Signature, ...] = ()  # of a method, static and class: the overloads
    type: Type | None = None  # of a property and a value: what reading it gives
