"""What an expression may be: definitions, imports, types and simple values, on demand.

Reading is flow-sensitive within a scope (the summary holds which bindings reach a name) and
insensitive to contexts. A function has one answer for all its callers, except that a parameter
which it returns as it is comes back as the argument of the call at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.static.evaluation.attributes import attribute_of, read_attribute
from tracer.static.evaluation.bindings import read_parameter
from tracer.static.evaluation.callees import Callees, callees_of
from tracer.static.evaluation.calls import read_called
from tracer.static.evaluation.classes import resolution_order, roles_of
from tracer.static.evaluation.containers import read_element, read_item
from tracer.static.evaluation.context import Evaluation, Facts, Reader
from tracer.static.evaluation.decorators import read_defined
from tracer.static.evaluation.expressions import (
    read_awaited,
    read_constant,
    read_either,
    read_entered,
    read_group,
    read_literal,
    read_narrowed,
    read_operation,
    read_raised,
    read_unknown,
)
from tracer.static.evaluation.modules import read_imported_module, read_imported_name
from tracer.static.evaluation.names import read_name
from tracer.static.program import Program
from tracer.static.summary import (
    Attribute,
    Awaited,
    Called,
    Constant,
    Defined,
    Either,
    Element,
    Entered,
    Expr,
    Group,
    ImportedModule,
    ImportedName,
    Item,
    Literal,
    Name,
    Narrowed,
    Operation,
    ParameterValue,
    Raised,
    Site,
    Unknown,
)
from tracer.static.values import Ref, Value, Values
from tracer.tables.load import EffectTable


class Evaluator:
    """Answers questions about expressions; the same question is solved once."""

    def __init__(self, program: Program, table: EffectTable, facts: Facts | None = None) -> None:
        self.program = program
        self._evaluation = Evaluation(
            program, table, Facts() if facts is None else facts, _READERS, attribute_of
        )

    def value(self, ref: Ref, expr: Expr) -> Values:
        """What the expression of the scope may be."""
        return self._evaluation.value(ref, expr)

    def attribute(self, item: Value, name: str) -> Values:
        """What `item.name` may be."""
        return self._evaluation.attribute(item, name)

    def callees(self, ref: Ref, site: Site) -> Callees:
        """What the call site may run."""
        return callees_of(self._evaluation, ref, site)

    def order(self, ref: Ref) -> tuple[Ref | str, ...]:
        """The method resolution order; external bases by dotted name, `?` for unknown ones."""
        return resolution_order(self._evaluation, ref)

    def roles(self, ref: Ref) -> frozenset[str]:
        """`static`, `class`, `property`, `context`, `abstract`, `dataclass`: from decorators."""
        return roles_of(self._evaluation, ref)


_READERS: Mapping[type[Any], Reader] = {
    Name: read_name,
    Attribute: read_attribute,
    Called: read_called,
    Constant: read_constant,
    Literal: read_literal,
    Group: read_group,
    Item: read_item,
    Element: read_element,
    Entered: read_entered,
    Awaited: read_awaited,
    Raised: read_raised,
    Narrowed: read_narrowed,
    Either: read_either,
    Operation: read_operation,
    Defined: read_defined,
    ParameterValue: read_parameter,
    ImportedModule: read_imported_module,
    ImportedName: read_imported_name,
    Unknown: read_unknown,
}
