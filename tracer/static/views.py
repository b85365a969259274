"""A flat scope as readers of effects and layouts ask for it."""

from __future__ import annotations

from typing import cast

from tracer.model.graph import GuardKind, SiteKind
from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.excerpts import Excerpts
from tracer.static.flat import FlatScope, TypeTree, unpack_span
from tracer.static.kinds import AccessKind, ParameterKind
from tracer.static.quoting import quote
from tracer.static.summary import (
    NOTHING,
    Access,
    Argument,
    Attribute,
    Awaited,
    Binding,
    Called,
    Constant,
    Container,
    Defined,
    Either,
    Element,
    Entered,
    Expr,
    Group,
    GuardSummary,
    ImportedModule,
    ImportedName,
    Item,
    Literal,
    Name,
    Narrowed,
    Operation,
    Parameter,
    ParameterValue,
    Raised,
    Scope,
    Site,
    StarImport,
    Unknown,
)

CALLEE_LIMIT = 80


class ScopeView:
    """One scope, and which node each of its expressions is."""

    def __init__(self, scope: FlatScope, excerpts: Excerpts | None) -> None:
        self._flat = scope
        self._excerpts = excerpts
        self._exprs: dict[int, Expr] = {}
        self.node_of: dict[int, int] = {}  # by the identity of the expression
        self.scope = self._make()

    def expr(self, node: int) -> Expr:
        """The expression that a node is."""
        if node < 0:
            return NOTHING
        known = self._exprs.get(node)
        if known is None:
            known = self._exprs[node] = self._decode(node)
            if known is not NOTHING:
                self.node_of[id(known)] = node
        return known

    def site_text(self, index: int) -> str:
        """The callee of a site as written."""
        return site_text(self._flat, index, self._excerpts)

    def _make(self) -> Scope:
        scope = self._flat
        return Scope(
            kind=FunctionKind(scope.kind),
            name=scope.name,
            qualname=scope.qualname,
            ordinal=scope.ordinal,
            parent=scope.parent,
            first_line=scope.first_line,
            def_line=scope.def_line,
            end_line=scope.end_line,
            parameters=tuple(
                Parameter(
                    name, ParameterKind(kind), None if annotation is None else as_expr(annotation)
                )
                for name, kind, annotation, _ in scope.parameters
            ),
            is_generator=scope.is_generator,
            is_coroutine=scope.is_coroutine,
            docstring_line=scope.docstring_line,
            bindings=tuple(
                Binding(
                    name,
                    self.expr(value),
                    None if annotation is None else as_expr(annotation),
                    line,
                )
                for name, value, annotation, line in scope.bindings
            ),
            exits=scope.exits,
            loops=scope.loops,
            sites=tuple(
                Site(
                    kind=SiteKind(kind),
                    span=unpack_span(span),
                    callee=self.expr(callee),
                    text=self.site_text(index),
                    arguments=tuple(
                        Argument(name, self.expr(value), unpack_span(place))
                        for name, value, place in arguments
                    ),
                    guard=guard,
                    is_conditional=is_conditional,
                    is_unreachable=is_unreachable,
                )
                for index, (
                    kind,
                    span,
                    callee,
                    _,
                    arguments,
                    guard,
                    is_conditional,
                    is_unreachable,
                ) in enumerate(scope.sites)
            ),
            accesses=tuple(
                Access(
                    kind=AccessKind(kind),
                    base=self.expr(base),
                    name=name,
                    key=self.expr(key),
                    value=self.expr(value),
                    value_span=unpack_span(value_span) if value_span else None,
                    span=unpack_span(span),
                    guard=guard,
                    is_unreachable=is_unreachable,
                    annotation=None if annotation is None else as_expr(annotation),
                )
                for (
                    kind,
                    base,
                    name,
                    key,
                    value,
                    value_span,
                    span,
                    guard,
                    is_unreachable,
                    annotation,
                ) in scope.accesses
            ),
            containers=tuple(
                Container(
                    type_name,
                    tuple(
                        self.expr(element)
                        for number, element in enumerate(elements)
                        if not keys or keys[number] >= 0
                    ),
                    tuple(self.expr(key) for key in keys if key >= 0),
                    is_open,
                    is_repeated,
                )
                for type_name, elements, keys, is_open, is_repeated in scope.containers
            ),
            returns=tuple(map(self.expr, scope.returns)),
            yields=tuple(map(self.expr, scope.yields)),
            guards=tuple(
                GuardSummary(
                    parent,
                    GuardKind(kind),
                    text,
                    line,
                    sites,
                    accesses,
                    tuple(map(self.expr, names)),
                    joined,
                    branch_line,
                )
                for (
                    parent,
                    kind,
                    text,
                    line,
                    sites,
                    accesses,
                    names,
                    joined,
                    branch_line,
                ) in scope.guards
            ),
            stars=tuple(StarImport(level, module) for level, module in scope.stars),
            global_names=scope.global_names,
            nonlocal_names=scope.nonlocal_names,
        )

    def _decode(self, node: int) -> Expr:
        parts = self._flat.nodes[node]
        op = parts[0]
        one = cast(int, parts[1]) if len(parts) > 1 else 0
        match op:
            case flat.CONST:
                if parts[1] in ("NoneType", "slice"):
                    return Constant(parts[1])
                return Constant(cast(str, parts[1]), cast("str | int | None", parts[2]))
            case flat.NAME:
                return Name(cast(str, parts[1]), cast("tuple[int, ...]", parts[2]))
            case flat.ATTR:
                return Attribute(self.expr(one), cast(str, parts[2]))
            case flat.CALL:
                return Called(one)
            case flat.ITEM:
                return Item(self.expr(one), self.expr(cast(int, parts[2])))
            case flat.UNPACK:
                if parts[4] == parts[2]:
                    return Unknown("a starred target")
                if cast(int, parts[4]) >= 0:
                    return Element(self.expr(one))
                return Item(self.expr(one), Constant("int", cast(int, parts[2])))
            case flat.ELEMENT:
                return Element(self.expr(one))
            case flat.ENTER:
                return Entered(self.expr(one))
            case flat.AWAIT:
                return Awaited(self.expr(one))
            case flat.RAISED:
                return Raised(self.expr(one))
            case flat.NARROW:
                if parts[3] and cast(TypeTree, parts[2])[0] != "class":
                    return Narrowed(self.expr(one), as_expr(cast(TypeTree, parts[2])))
                return self.expr(one)
            case flat.EITHER:
                return Either(tuple(map(self.expr, cast("tuple[int, ...]", parts[1]))))
            case flat.OPERATE:
                left, right = cast(int, parts[2]), cast(int, parts[3])
                return Operation(cast(str, parts[1]), self.expr(left), self.expr(right))
            case flat.COMPARE:
                return Constant("bool")
            case flat.UNARY:
                return self.expr(cast(int, parts[2]))
            case flat.DEFINED:
                return Defined(one)
            case flat.PARAMETER:
                return ParameterValue(one)
            case flat.IMPORT:
                return ImportedModule(cast(str, parts[1]), cast(bool, parts[2]))
            case flat.FROM:
                return ImportedName(one, cast(str, parts[2]), cast(str, parts[3]))
            case flat.LITERAL:
                return Literal(one)
            case flat.TEXT:
                return Constant("str")
            case flat.SENT:
                return Unknown("what a generator is sent")
            case flat.DELEGATED:
                return Unknown("what a generator returns")
            case flat.UNKNOWN:
                return Unknown(cast(str, parts[1]))
        return Unknown("an expression")


def site_text(scope: FlatScope, index: int, excerpts: Excerpts | None) -> str:
    """The callee of a site as written, on one line, at most 80 characters."""
    kind, _, callee, place, *_ = scope.sites[index]
    node = scope.nodes[callee]
    if kind == SiteKind.CLASS_BODY:
        return f"class {_defined_name(scope, node, excerpts, place)}"
    if kind == SiteKind.IMPORT:
        if node[0] == flat.IMPORT:
            return f"import {node[1]}"
        name = f" {node[3]}" if node[3] else ""
        return f"from {'.' * cast(int, node[1])}{node[2]} import{name}"
    return "" if excerpts is None else quote(excerpts.at(unpack_span(place)), CALLEE_LIMIT)


def as_expr(tree: TypeTree) -> Expr:
    """A type expression in the words of a view."""
    match tree[0]:
        case "name":
            return Name(cast(str, tree[1]))
        case "attr":
            return Attribute(as_expr(cast(TypeTree, tree[1])), cast(str, tree[2]))
        case "none":
            return NOTHING
        case "...":
            return Constant("ellipsis")
        case "item":
            items = tuple(as_expr(item) for item in cast("tuple[TypeTree, ...]", tree[2]))
            key = items[0] if len(items) == 1 else Group(items)
            return Item(as_expr(cast(TypeTree, tree[1])), key)
        case "or":
            left, right = cast(TypeTree, tree[1]), cast(TypeTree, tree[2])
            return Operation("__or__", as_expr(left), as_expr(right))
        case "group":
            return Group(tuple(as_expr(item) for item in cast("tuple[TypeTree, ...]", tree[1])))
    return Unknown("a computed type")


def _defined_name(
    scope: FlatScope, node: tuple[object, ...], excerpts: Excerpts | None, place: int
) -> str:
    del scope, node
    if excerpts is None:
        return ""
    words = excerpts.at(unpack_span(place)).split(None, 2)
    return words[1].partition("(")[0].partition(":")[0].partition("[")[0] if len(words) > 1 else ""
