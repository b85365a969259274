"""From a stub module to its table."""

from __future__ import annotations

import ast

from tracer.static.outside.annotations import Annotations, literal
from tracer.static.outside.classes import Classes
from tracer.static.outside.public import PublicNames
from tracer.static.outside.signatures import signatures
from tracer.static.outside.stubs import Definition, Stubs, dotted_name, is_alias
from tracer.static.outside.tables import Entry, RawMember
from tracer.static.outside.terms import UNKNOWN, Type, instance


class Lowering:
    """Lowers stub modules; what one needs of others is parsed on the way."""

    def __init__(self) -> None:
        self._stubs = Stubs()
        self._public = PublicNames(self._stubs)
        self._annotations = Annotations(self._stubs, self._public)
        self._classes = Classes(self._stubs, self._public, self._annotations)
        self._names: dict[str, frozenset[str]] = {}

    @property
    def modules(self) -> frozenset[str]:
        """The names of all stub modules."""
        return self._stubs.modules

    def entry(self, module: str, name: str) -> Entry | None:
        """The entry of a name that a module defines or passes on; None for any other name."""
        if module not in self._names:
            self._names[module] = frozenset(self._stubs.public_names(module)) - {"__all__"}
        return self._entry(module, name) if name in self._names[module] else None

    def member(self, module: str, path: tuple[str, ...], name: str) -> RawMember:
        """What a name of a class is: one of those that the entry of the class lists."""
        definition = self._stubs.at(module, path)
        assert definition is not None
        return self._classes.member(definition, name)

    def names(self, module: str) -> list[str]:
        """The names of a module that have entries."""
        return [name for name in self._stubs.public_names(module) if self.entry(module, name)]

    def _entry(self, module: str, name: str) -> Entry | None:
        found = self._stubs.follow(self._stubs.find(module, name))
        if found is None:
            return None
        if isinstance(found, str):
            return ("module", found)
        if len(found.path) > 1 and not found.class_node:  # `register = ForkingPickler.register`
            owner = self._stubs.at(found.module, found.path[:-1])
            dotted = f"{module}.{name}"
            return ("bound", dotted, self._public.of(owner), found.path[-1]) if owner else None
        if (found.module, found.path) != (module, (name,)):
            return ("elsewhere", found.module, found.path)
        return self._defined(found)

    def _defined(self, definition: Definition) -> Entry:
        if definition.class_node:
            return self._classes.lower(definition)
        dotted = self._public.of(definition)
        functions = [
            node
            for node in definition.nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        if functions:
            lowered = signatures(functions, definition.scope, self._annotations)
            return ("function", dotted, lowered)
        return self._bound(dotted, definition) or self._value(dotted, definition)

    def _bound(self, dotted: str, definition: Definition) -> Entry | None:
        """`seed = _inst.seed`: the method of an object that the module keeps."""
        match definition.assigned:
            case ast.Attribute(value=owner, attr=attr) if is_alias(definition):
                holder = self._stubs.resolve(dotted_name(owner) or "", definition.scope)
                if not isinstance(holder, Definition):
                    return None
                if holder.class_node:
                    return ("bound", dotted, self._public.of(holder), attr)
                term = self._value("", holder)[2]
                return ("bound", dotted, term[1], attr) if term[0] == "C" else None
            case _:
                return None

    def _value(self, dotted: str, definition: Definition) -> tuple[str, str, Type]:
        if self._annotations.variable(definition):
            return ("value", dotted, instance("typing.TypeVar"))
        if type(definition.nodes[0]).__name__ == "TypeAlias":
            return ("value", dotted, ("Y", self._annotations.alias(definition)))
        for node in definition.nodes:
            if isinstance(node, ast.AnnAssign):
                return ("value", dotted, self._annotated(node, definition))
        constant = literal(definition.assigned)
        if constant == UNKNOWN:
            expanded = self._annotations.alias(definition)
            return ("value", dotted, UNKNOWN if expanded == UNKNOWN else ("Y", expanded))
        return ("value", dotted, constant)

    def _annotated(self, node: ast.AnnAssign, definition: Definition) -> Type:
        if is_alias(definition):
            return ("Y", self._annotations.alias(definition))
        declared = self._classes.declared(node, definition.scope)
        if declared != UNKNOWN:
            return declared
        other = self._stubs.resolve(dotted_name(node.value) or "", definition.scope)
        match other:
            case Definition(nodes=(ast.AnnAssign(), *_)) if other is not definition:
                return self._value("", other)[2]
            case _:
                return UNKNOWN
