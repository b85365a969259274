"""From a class statement in a stub to its entry."""

from __future__ import annotations

import ast

from tracer.static.outside.annotations import Annotations, literal
from tracer.static.outside.public import PublicNames
from tracer.static.outside.signatures import FunctionNode, decorators, signatures
from tracer.static.outside.stubs import Definition, Scope, Stubs, declaring, dotted_name, inside
from tracer.static.outside.tables import Entry, RawMember
from tracer.static.outside.terms import RECEIVER, UNKNOWN, Type, instance

_PROPERTIES = frozenset(
    {"property", "cached_property", "abstractproperty", "DynamicClassAttribute"}
    | {"_magic_enum_attr"}
)
_CLASS_METHODS = frozenset({"__class_getitem__", "__init_subclass__"})


class Classes:
    """Lowers class statements with their members."""

    def __init__(self, stubs: Stubs, public: PublicNames, annotations: Annotations) -> None:
        self._stubs = stubs
        self._public = public
        self._annotations = annotations
        self._known: dict[tuple[str, tuple[str, ...]], tuple[tuple[str, Type | None], ...]] = {}

    def lower(self, definition: Definition) -> Entry:
        """The entry of a class, nested classes included."""
        node = definition.class_node
        assert node is not None
        children = definition.info.child_nodes or {}
        nested: dict[str, Entry] = {}
        for name in children:
            child = self._stubs.child(definition, name)
            assert child is not None
            if child.class_node:
                nested[name] = self.lower(child)
        bases = self._annotations.bases(node, declaring(definition.scope, node))
        has_fields = any(base[1] == "typing.NamedTuple" for base in bases)
        names = dict.fromkeys((*children, "__new__") if has_fields else children)
        return (
            "class",
            self._public.of(definition),
            self._parameters(definition),
            bases,
            (definition.module, definition.path, tuple(names)),
            nested,
        )

    def member(self, definition: Definition, name: str) -> RawMember:
        """What a name of a class is; it is one of those that its entry lists."""
        node = definition.class_node
        assert node is not None
        scope = inside(definition.scope, definition.path[-1], node)
        child = self._stubs.child(definition, name)
        if child is None:
            return self._fields(definition, scope)
        if child.class_node:
            return ("value", (), ("Y", instance(self._public.of(child))))
        parameters = (("V", name) for name, _ in self._parameters(definition))
        return self._member(child, scope, instance(self._public.of(definition), *parameters))

    def _parameters(self, definition: Definition) -> tuple[tuple[str, Type | None], ...]:
        key = (definition.module, definition.path)
        if key not in self._known:
            node = definition.class_node
            assert node is not None
            outer = declaring(definition.scope, node)
            self._known[key] = self._annotations.parameters(node, outer)
        return self._known[key]

    def declared(self, node: ast.AnnAssign, scope: Scope) -> Type:
        """The type of an annotated name; that of its value for a bare `Final`."""
        declared = self._annotations.lower(node.annotation, scope)
        if declared != UNKNOWN or node.value is None:
            return declared
        match node.value:
            case ast.Attribute(value=owner):
                holder = self._stubs.resolve(dotted_name(owner) or "", scope)
                is_member = isinstance(holder, Definition) and self._is_enum(
                    Scope(holder.module, holder.path), ()
                )
                return self._annotations.lower(owner, scope) if is_member else UNKNOWN
            case value:
                return literal(value)

    def _member(self, child: Definition, scope: Scope, owner: Type) -> RawMember:
        functions = [
            node for node in child.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        if functions:
            return self._function(child.path[-1], functions, scope, owner)
        for node in child.nodes:
            if isinstance(node, ast.AnnAssign):
                return ("value", (), self.declared(node, scope))
        return self._assigned(child, scope, owner)

    def _function(
        self, name: str, nodes: list[FunctionNode], scope: Scope, owner: Type
    ) -> RawMember:
        marks = decorators(nodes[0])
        if marks & _PROPERTIES:
            lowered = signatures(nodes[:1], scope, self._annotations, owner)
            return ("property", (), lowered[0][1])
        if "staticmethod" in marks:
            return ("static", signatures(nodes, scope, self._annotations), None)
        kind = "method"
        if name == "__new__":
            kind = "static"
        elif "classmethod" in marks or name in _CLASS_METHODS:
            kind = "class"
        return (kind, signatures(nodes, scope, self._annotations, owner), None)

    def _assigned(self, child: Definition, scope: Scope, owner: Type) -> RawMember:
        value = child.assigned
        name = child.path[-1]
        constant = literal(value)
        if constant != UNKNOWN:
            is_member = not name.startswith("_") and self._is_enum(scope, ())
            return ("value", (), instance(owner[1]) if is_member else constant)
        if isinstance(value, ast.Name) and value.id != name:
            found = self._stubs.resolve(value.id, scope)
            if isinstance(found, Definition) and found.class_node:
                return ("value", (), ("Y", self._annotations.lower(value, scope)))
            return ("same", value.id)
        is_member = not name.startswith("_") and self._is_enum(scope, ())
        return ("value", (), instance(owner[1]) if is_member else UNKNOWN)

    def _is_enum(self, scope: Scope, seen: tuple[Scope, ...]) -> bool:
        definition = self._stubs.at(scope.module, scope.path)
        node = definition.class_node if definition else None
        if definition is None or node is None or scope in seen:
            return False
        if (definition.module, definition.path) == ("enum", ("Enum",)):
            return True
        bases = [self._stubs.resolve(dotted_name(b) or "", definition.scope) for b in node.bases]
        return any(
            self._is_enum(Scope(base.module, base.path), (*seen, scope))
            for base in bases
            if isinstance(base, Definition)
        )

    def _fields(self, definition: Definition, scope: Scope) -> RawMember:
        """The constructor that `NamedTuple` makes of a class's fields."""
        children = (self._stubs.child(definition, n) for n in definition.info.child_nodes or {})
        fields = tuple(
            (
                child.path[-1],
                "positional",
                self._annotations.lower(node.annotation, scope),
                node.value is not None,
            )
            for child in children
            if child
            for node in child.nodes[:1]
            if isinstance(node, ast.AnnAssign)
        )
        return ("static", ((fields, RECEIVER, None),), None)
