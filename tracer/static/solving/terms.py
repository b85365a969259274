"""The words of the solver: origins, targets, arguments, boxes, edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from tracer.static.solving.objects import Ref

Origin = tuple[Ref, str, int]
"""Where something is called: a scope; `site` and the number of the site, or the kind of an implicit
call and its packed span."""


Target = Ref | str
"""Who is called: a scope of the tree, or a dotted name."""


SITE = "site"
FIELDS = ("field", "exact field")
"""Attributes of objects of a class and those below it, and of this class alone."""


class Args(NamedTuple):
    """What a call passes, as variables."""

    positional: tuple[int, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()
    stars: tuple[tuple[int, int], ...] = ()  # position, variable of what is spread
    doubles: tuple[int, ...] = ()  # variables of mappings that are spread
    nodes: tuple[int, ...] = ()  # of the positional ones, where a site gives them
    named: tuple[int, ...] = ()  # nodes of the keywords, likewise


NO_ARGS = Args()


@dataclass(eq=False, slots=True)
class Box:
    """What a container holds, by position or key as far as they are constants."""

    number: int
    type_name: str
    arguments: dict[int, int] = field(default_factory=dict)  # per type parameter, a variable
    items: dict[str | int, int] = field(default_factory=dict)
    loose: int = 0  # a variable: what stands under keys that nobody knows
    is_open: bool = False
    on_item: list[Callable[[str | int, int], None]] = field(default_factory=list)


class SliceKey(NamedTuple):
    """`x[start:]`, whatever the end."""

    start: int | None  # not negative; None: not known, or with a step


ConstantKey: TypeAlias = str | int | SliceKey | None  # None: no constant


class Edge(NamedTuple):
    """How a callee was first found."""

    phase: int
    through: str  # the function from outside that calls it, if one does
    is_bound: bool  # whether its first parameter is filled by a receiver
    is_once: bool = False  # it runs once an object: a cached property
