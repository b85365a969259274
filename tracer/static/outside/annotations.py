"""From an annotation in a stub to a type."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tracer.static.outside.public import PublicNames
from tracer.static.outside.stubs import Definition, Found, Scope, Stubs, dotted_name, is_alias
from tracer.static.outside.terms import (
    NEVER,
    NONE,
    RECEIVER,
    UNKNOWN,
    Type,
    instance,
    substitute,
    union,
)

_TYPING = frozenset({"typing", "typing_extensions"})
_TRANSPARENT = frozenset(
    {"Annotated", "ClassVar", "Final", "InitVar", "NotRequired", "ReadOnly", "Required"}
)
_ALONE = {
    "Any": UNKNOWN,
    "Callable": ("F", None, UNKNOWN),
    "LiteralString": instance("builtins.str"),
    "Never": NEVER,
    "NoReturn": NEVER,
    "Self": RECEIVER,
    "Tuple": ("T", (), UNKNOWN),
    "Type": ("Y", UNKNOWN),
    "TypedDict": instance("typing._TypedDict"),
}
_OF_BUILTINS = {"tuple": "Tuple", "type": "Type"}
_VARIABLES = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})


class Annotations:
    """Lowers annotations; aliases are expanded, and known from the second time on."""

    def __init__(self, stubs: Stubs, public: PublicNames) -> None:
        self._stubs = stubs
        self._public = public
        self._aliases: dict[tuple[str, tuple[str, ...]], Type] = {}
        self._expanding: list[tuple[str, tuple[str, ...]]] = []
        self._cut_at: int | None = None  # how deep the alias lies that turned out to hold itself

    def lower(self, node: ast.expr | None, scope: Scope) -> Type:
        """The type that an annotation says; unknown where there is none."""
        match node:
            case ast.Constant(value=None):
                return NONE
            case ast.Constant(value=str(text)):
                return self.lower(_parsed(text), scope)
            case ast.Name() | ast.Attribute():
                return self._named(node, scope)
            case ast.Subscript(value=head, slice=index):
                items = index.elts if isinstance(index, ast.Tuple) else [index]
                return self._subscript(head, items, scope)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return union((self.lower(left, scope), self.lower(right, scope)))
            case _:
                return UNKNOWN

    def bases(self, node: ast.ClassDef, scope: Scope) -> tuple[Type, ...]:
        """The classes that a class statement names as its bases; `Generic` is not one of them."""
        lowered = (_as_class(self.lower(base, scope)) for base in node.bases)
        return tuple(base for base in lowered if base is not None)

    def parameters(self, node: ast.ClassDef, scope: Scope) -> tuple[tuple[str, Type | None], ...]:
        """The type variables of a class with their defaults: declared, or in order of writing."""
        declared = getattr(node, "type_params", None)
        if declared:
            return tuple(
                (parameter.name, self._default(getattr(parameter, "default_value", None), scope))
                for parameter in declared
            )
        for base in node.bases:
            # `Generic` is a plain class in some versions of the stubs, and a form in others.
            head = (dotted_name(base.value) or "") if isinstance(base, ast.Subscript) else ""
            if isinstance(base, ast.Subscript) and head.rpartition(".")[2] in (
                "Generic",
                "Protocol",
            ):
                return tuple(self._variables(base.slice, scope).items())
        found: dict[str, Type | None] = {}
        for base in node.bases:
            found = self._variables(base, scope) | found
        order = [name for base in node.bases for name in self._variables(base, scope)]
        return tuple((name, found[name]) for name in dict.fromkeys(order))

    def alias(self, definition: Definition) -> Type:
        """What an alias stands for, its own type variables kept."""
        key = (definition.module, definition.path)
        if key in self._aliases:
            return self._aliases[key]
        if key in self._expanding:
            depth = self._expanding.index(key)
            self._cut_at = depth if self._cut_at is None else min(self._cut_at, depth)
            return UNKNOWN
        self._expanding.append(key)
        expanded = self.lower(_alias_value(definition), definition.scope)
        self._expanding.pop()
        depth = len(self._expanding)
        if self._cut_at is None or self._cut_at >= depth:
            # Within an alias that holds itself, what was cut depends on where reading began.
            self._aliases[key] = expanded
            self._cut_at = None
        return expanded

    def variable(self, definition: Definition) -> bool:
        """Whether the definition is that of a type variable."""
        match definition.assigned:
            case ast.Call(func=func):
                return (dotted_name(func) or "").rpartition(".")[2] in _VARIABLES
            case _:
                return False

    def _named(self, node: ast.expr, scope: Scope) -> Type:
        special = self._special(node, scope)
        if special is not None:
            return _ALONE.get(special, UNKNOWN)
        dotted = dotted_name(node) or ""
        if dotted in scope.variables:
            return ("V", dotted)
        found = self._stubs.resolve(dotted, scope)
        if not isinstance(found, Definition):
            return UNKNOWN
        if found.class_node:
            return self._class(found, ())
        if self.variable(found):
            return ("V", found.path[-1])
        if _alias_value(found) is None:
            return UNKNOWN
        free = self._variables(_alias_value(found), found.scope)
        return substitute(self.alias(found), dict.fromkeys(free, UNKNOWN))

    def _class(self, definition: Definition, args: tuple[Type, ...]) -> Type:
        dotted = self._public.of(definition)
        return NONE if dotted == "types.NoneType" else instance(dotted, *args)

    def _special(self, node: ast.expr, scope: Scope) -> str | None:
        """The name in `typing` of a form that is not simply a class."""
        dotted = dotted_name(node)
        found = self._stubs.resolve(dotted, scope) if dotted else None
        if not isinstance(found, Definition) or len(found.path) != 1:
            return None
        name = found.path[0]
        if found.module == "builtins":
            return _OF_BUILTINS.get(name)
        if found.module == "dataclasses" and name == "InitVar":
            return name
        if found.module in _TYPING and (name == "Any" or _is_form(found)):
            return name
        return None

    def _subscript(self, head: ast.expr, items: Sequence[ast.expr], scope: Scope) -> Type:
        special = self._special(head, scope)
        if special is not None:
            return self._special_subscript(special, items, scope)
        found = self._stubs.resolve(dotted_name(head) or "", scope)
        if not isinstance(found, Definition):
            return UNKNOWN
        args = tuple(self.lower(item, scope) for item in items)
        if found.class_node:
            return self._class(found, args)
        if _alias_value(found) is None:
            return UNKNOWN
        free = self._variables(_alias_value(found), found.scope)
        given = dict.fromkeys(free, UNKNOWN) | dict(zip(free, args, strict=False))
        return substitute(self.alias(found), given)

    def _special_subscript(self, name: str, items: Sequence[ast.expr], scope: Scope) -> Type:
        if name == "Literal":
            return union(self._literal(item, scope) for item in items)
        if name == "Tuple":
            return self._tuple(items, scope)
        if name == "Callable" and len(items) == 2:
            listed = items[0].elts if isinstance(items[0], ast.List) else None
            params = None if listed is None else tuple(self.lower(one, scope) for one in listed)
            return ("F", params, self.lower(items[1], scope))
        if name == "Union":
            return union(self.lower(item, scope) for item in items)
        if name == "Optional":
            return union((self.lower(items[0], scope), NONE))
        if name == "Type":
            return ("Y", self.lower(items[0], scope))
        if name in {"TypeGuard", "TypeIs"}:
            return instance("builtins.bool")
        return self.lower(items[0], scope) if name in _TRANSPARENT else UNKNOWN

    def _tuple(self, items: Sequence[ast.expr], scope: Scope) -> Type:
        match items:
            case [ast.Tuple(elts=[])] | []:
                return ("T", (), None)
            case [item, ast.Constant(value=value)] if value is ...:
                return ("T", (), self.lower(item, scope))
        lowered: list[Type] = []
        is_open = False
        for item in items:
            unpacked = self._unpacked(item, scope)
            if unpacked is None:
                lowered.append(self.lower(item, scope))
            else:
                is_open = True
                lowered.append(unpacked)
        return ("T", (), union(lowered)) if is_open else ("T", tuple(lowered), None)

    def _unpacked(self, node: ast.expr, scope: Scope) -> Type | None:
        """What `*Ts` or `Unpack[Ts]` may hold; None for any other item."""
        match node:
            case ast.Starred(value=value):
                pass
            case ast.Subscript(value=head, slice=value) if self._special(head, scope) == "Unpack":
                pass
            case _:
                return None
        inner = self.lower(value, scope)
        return union([*inner[1], *([inner[2]] if inner[2] else [])]) if inner[0] == "T" else UNKNOWN

    def _literal(self, node: ast.expr, scope: Scope) -> Type:
        match node:
            case ast.Constant(value=None):
                return NONE
            case ast.Constant(value=str() | int() as value):
                return ("L", value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
                return ("L", -value)
            case ast.Constant(value=bytes()):
                return instance("builtins.bytes")
            case ast.Attribute(value=owner):  # a member of an enumeration
                return self.lower(owner, scope)
            case _:
                return self.lower(node, scope)

    def _variables(self, node: ast.expr | None, scope: Scope) -> dict[str, Type | None]:
        """The type variables that are written in an expression, in order, with their defaults."""
        found: dict[str, Type | None] = {}
        for dotted in _names(node):
            if dotted in scope.variables:
                found.setdefault(dotted, None)
                continue
            definition: Found = self._stubs.resolve(dotted, scope)
            if isinstance(definition, Definition) and self.variable(definition):
                call = definition.assigned
                assert isinstance(call, ast.Call)
                default = next((one.value for one in call.keywords if one.arg == "default"), None)
                known = self._default(default, definition.scope)
                found.setdefault(definition.path[-1], known)
        return found

    def _default(self, node: ast.expr | None, scope: Scope) -> Type | None:
        return None if node is None else self.lower(node, scope)


def literal(node: ast.expr | None) -> Type:
    """The type of a constant that a stub assigns."""
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str() | int() as value):
            return ("L", value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return ("L", -value)
        case ast.Constant(value=bytes() | float() | complex() as value):
            return instance(f"builtins.{type(value).__name__}")
        case ast.Tuple(elts=items):
            return ("T", tuple(literal(item) for item in items), None)
        case _:
            return UNKNOWN


def _alias_value(definition: Definition) -> ast.expr | None:
    """What an alias is assigned; None when the definition is not one."""
    node = definition.nodes[0] if definition.nodes else None
    if type(node).__name__ == "TypeAlias":  # PEP 695; `ast` has it from Python 3.12 on.
        value = getattr(node, "value", None)
        return value if isinstance(value, ast.expr) else None
    if not is_alias(definition):
        return None
    match definition.assigned:
        case ast.Call(func=func, args=[_, value]) if (dotted_name(func) or "").rpartition(".")[
            2
        ] in {"NewType", "TypeAliasType"}:
            return value
        case ast.Call():
            return None
        case assigned:
            return assigned


def _as_class(base: Type) -> Type | None:
    match base:
        case ("C", *_):
            return base
        case ("T", items, rest):
            held = [*items, rest] if rest else items
            return instance("builtins.tuple", union(held) if held else NEVER)
        case ("Y", _):
            return instance("builtins.type")
        case ("F", *_):
            return instance("builtins.object")
        case _:
            return None


def _is_form(definition: Definition) -> bool:
    match definition.nodes:
        case (ast.AnnAssign(annotation=annotation, value=None), *_):
            return dotted_name(annotation) in {"_SpecialForm", "object"}
        case (ast.ClassDef(), *_):
            return definition.path[0] == "Any"
        case _:
            return False


def _names(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _names(_parsed(node.value))
    elif isinstance(node, ast.expr) and (dotted := dotted_name(node)):
        yield dotted
    elif node is not None:
        for child in ast.iter_child_nodes(node):
            yield from _names(child)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
