"""What the readers of expressions share: the program, and the way to one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracer.static.evaluation.rounds import Rounds
from tracer.static.program import Program
from tracer.static.summary import Expr
from tracer.static.values import Ref, Value, Values
from tracer.tables.load import EffectTable, TypeTemplate


@dataclass(slots=True)
class Facts:
    """What only the call sites and stores of the whole tree tell; gathered by a first pass."""

    arguments: dict[tuple[Ref, int], list[tuple[Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    module_stores: dict[tuple[str, str], list[tuple[Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    instance_stores: dict[tuple[Ref, str], list[tuple[Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    container_items: dict[tuple[Ref, int], list[tuple[Expr, Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )


@dataclass(slots=True)
class ClassMemory:
    """What was found out about classes."""

    orders: dict[Ref, tuple[Ref | str, ...]] = field(default_factory=dict)
    under_way: set[Ref] = field(default_factory=set)  # classes whose bases are being read
    subclasses: dict[Ref, list[Ref]] | None = None
    roles: dict[Ref, frozenset[str]] = field(default_factory=dict)


class Evaluation:
    """The program, and the questions that lead from any kind of expression to any other.

    Which function reads a kind of expression is told from above, so that the readers can stand in
    modules of their own and ask each other through here.
    """

    def __init__(
        self,
        program: Program,
        table: EffectTable,
        facts: Facts,
        readers: Mapping[type[Any], Reader],
        read_member: Callable[[Evaluation, Value, str], Values],
    ) -> None:
        self.program = program
        self.table = table
        self.facts = facts
        self.classes = ClassMemory()
        self.solve = Rounds().solve
        self._readers = readers
        self._read_member = read_member
        self._returned: dict[str, TypeTemplate | None] = {}
        self._attributes: dict[str, TypeTemplate | None] = {}

    def value(self, ref: Ref, expr: Expr) -> Values:
        """What the expression of the scope may be."""
        return self._readers[type(expr)](self, ref, expr)

    def attribute(self, item: Value, name: str) -> Values:
        """What `item.name` may be."""
        return self._read_member(self, item, name)

    def returned_type(self, dotted: str) -> TypeTemplate | None:
        """What the table says that a call from outside gives."""
        if dotted not in self._returned:
            self._returned[dotted] = self.table.returned(dotted)
        return self._returned[dotted]

    def attribute_type(self, dotted: str) -> TypeTemplate | None:
        """What the table says of an attribute from outside."""
        if dotted not in self._attributes:
            self._attributes[dotted] = self.table.attribute(dotted)
        return self._attributes[dotted]


Reader = Callable[[Evaluation, Ref, Any], Values]
"""Answers for the expressions of one kind, in a scope."""
