"""What names stand for by imports and definitions alone: modules, classes, functions, type aliases.

Nothing is solved here, so classes have their bases and annotations their meaning before any value
flows. What only a run of values tells is not found, and left to the solver.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import cast

from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.flat import ATTR, CALL, DEFINED, FROM, ITEM, LITERAL, FlatScope, TypeTree
from tracer.static.hierarchy import linearise
from tracer.static.program import Program
from tracer.static.solving.objects import Kind, Objects, Ref
from tracer.tables.effects import EffectTable

UNKNOWN_BASE = "?"
_BUILTINS = frozenset(dir(builtins))
_DEEPEST = 40

Alias = tuple[Ref, TypeTree]
"""A type alias: the scope in which it is read, and what it stands for."""


class Definitions:
    """Answers by imports and definitions alone."""

    def __init__(self, program: Program, objects: Objects, table: EffectTable) -> None:
        self.program = program
        self.objects = objects
        self.table = table
        self._names: dict[tuple[Ref, str], int] = {}
        self._under_way: set[tuple[Ref, str]] = set()
        self._orders: dict[Ref, tuple[Ref | str, ...]] = {}
        self._roles: dict[Ref, frozenset[str]] = {}
        self._subclasses: dict[Ref, list[Ref]] | None = None
        self._members: dict[Ref, dict[str, tuple[int, ...]]] = {}
        self._members_under_way: set[tuple[Ref, str]] = set()
        self._reading_bases: set[Ref] = set()
        self._one_names: dict[str, str] = {}

    def flat(self, ref: Ref) -> FlatScope:
        """The scope."""
        return self.program.summaries[ref[0]].scopes[ref[1]]

    def name(self, ref: Ref, name: str) -> int:
        """The object that a name means in a scope, at the end of the scope that binds it; or 0."""
        key = (ref, name)
        known = self._names.get(key)
        if known is not None:
            return known
        if key in self._under_way:
            return 0
        self._under_way.add(key)
        found = self._look_up(ref, name)
        self._under_way.discard(key)
        self._names[key] = found
        return found

    def node(self, ref: Ref, node: int, depth: int = 0) -> int:
        """The object that a node means, or 0."""
        if node < 0 or depth > _DEEPEST:
            return 0
        parts = self.flat(ref).nodes[node]
        match parts[0]:
            case flat.NAME:
                return self._read_name(ref, parts, depth)
            case flat.ATTR:
                base = self.node(ref, cast(int, parts[1]), depth + 1)
                return self.attribute(base, cast(str, parts[2])) if base else 0
            case flat.DEFINED:
                return self.defined((ref[0], cast(int, parts[1])))
            case flat.IMPORT:
                return self.imported_module(ref[0], cast(str, parts[1]), cast(bool, parts[2]))
            case flat.FROM:
                return self.imported_name(
                    ref[0], cast(int, parts[1]), cast(str, parts[2]), cast(str, parts[3])
                )
            case flat.ITEM:  # a generic class with arguments is the class
                return self.node(ref, cast(int, parts[1]), depth + 1)
        return 0

    def tree(self, ref: Ref, tree: TypeTree) -> int:
        """The class or module that a plain type expression names, or 0."""
        if tree[0] == "name":
            return self.name(ref, cast(str, tree[1]))
        if tree[0] == "attr":
            base = self.tree(ref, cast(TypeTree, tree[1]))
            return self.attribute(base, cast(str, tree[2])) if base else 0
        if tree[0] == "item":
            return self.tree(ref, cast(TypeTree, tree[1]))
        return 0

    def alias(self, ref: Ref, tree: TypeTree) -> Alias | None:
        """The type expression that a name of a module or class stands for."""
        if tree[0] == "name":
            name = cast(str, tree[1])
            scope_ref = ref
            while True:
                scope = self.flat(scope_ref)
                bindings = self._bindings(scope_ref, name)
                if bindings or scope.parent < 0:
                    break
                scope_ref = (scope_ref[0], scope.parent)
            return self._alias_of(scope_ref, bindings)
        if tree[0] == "attr":
            base = self.tree(ref, cast(TypeTree, tree[1]))
            item = self.objects.all[base]
            if item.kind is Kind.MODULE:
                file = self.program.modules.file_of(cast(str, item.a))
                if file is not None and self.program.summaries[file].scopes:
                    module = (file, 0)
                    return self._alias_of(module, self._bindings(module, cast(str, tree[2])))
        return None

    def attribute(self, base: int, name: str) -> int:
        """What `base.name` means by definition, or 0."""
        item = self.objects.all[base]
        if item.kind is Kind.MODULE:
            return self.module_attribute(cast(str, item.a), name)
        if item.kind is Kind.EXTERNAL:
            return self.external(f"{item.a}.{name}")
        if item.kind is Kind.CLASS:
            for cls in self.order(cast(Ref, item.a)):
                if isinstance(cls, str):
                    return 0
                bindings = self.members(cls).get(name)
                if bindings:
                    return self._one_member(cls, name, bindings)
        return 0

    def _one_member(self, cls: Ref, name: str, bindings: tuple[int, ...]) -> int:
        """The one object that a class binds; none where it is bound to itself: `b = C.b`."""
        key = (cls, name)
        if key in self._members_under_way:
            return 0
        self._members_under_way.add(key)
        found = {self._binding(cls, binding) for binding in bindings}
        self._members_under_way.discard(key)
        return found.pop() if len(found) == 1 else 0

    def module_attribute(self, location: str, name: str) -> int:
        """What a module binds under the name by definition, or 0."""
        file = self.program.modules.file_of(location)
        if file is not None and self.program.summaries[file].scopes:
            found = self.name((file, 0), name)
            if found and not self._is_builtin(found, name):
                return found
        submodule = self.program.modules.submodule(location, name)
        return self.objects.number(Kind.MODULE, submodule) if submodule is not None else 0

    def imported_name(self, file: int, level: int, module: str, name: str) -> int:
        """What `from module import name` binds, or 0."""
        target = self.program.modules.resolve_relative(file, level, module)
        if target.location is None:
            if target.is_missing:
                return 0
            dotted = f"{target.dotted}.{name}" if name else target.dotted
            return self.external(dotted)
        if not name:
            return self.objects.number(Kind.MODULE, target.location)
        return self.module_attribute(target.location, name)

    def external(self, dotted: str) -> int:
        """Something from outside, under its one name."""
        return self.objects.number(Kind.EXTERNAL, self.one_name(dotted))

    def one_name(self, dotted: str) -> str:
        """The spelling of a name from outside by which callees go."""
        known = self._one_names.get(dotted)
        if known is None:
            known = self._one_names[dotted] = self.table.name(dotted)
        return known

    def defined(self, ref: Ref) -> int:
        """A class or function as its body makes it, decorators aside."""
        if self.flat(ref).kind == FunctionKind.CLASS_BODY.value:
            return self.objects.number(Kind.CLASS, ref, True)
        return self.objects.number(Kind.FUNCTION, ref, None)

    def members(self, ref: Ref) -> dict[str, tuple[int, ...]]:
        """The bindings that hold at the end of a class body or module, by name."""
        known = self._members.get(ref)
        if known is None:
            known = self._members[ref] = dict(self.flat(ref).exits)
        return known

    def order(self, ref: Ref) -> tuple[Ref | str, ...]:
        """The method resolution order; external bases by dotted name, `?` for unknown ones."""
        known = self._orders.get(ref)
        if known is None:
            known = linearise(ref, self._bases)
            if not self._reading_bases:
                self._orders[ref] = known
        return known

    def subclasses(self, ref: Ref) -> Sequence[Ref]:
        """All classes below, in canonical order."""
        if self._subclasses is None:
            found: dict[Ref, list[Ref]] = {}
            for cls in self.program.classes:
                for base in self.order(cls)[1:]:
                    if not isinstance(base, str):
                        found.setdefault(base, []).append(cls)
            self._subclasses = found
        return self._subclasses.get(ref, ())

    def is_subclass(self, ref: Ref, other: Ref | str) -> bool:
        """Whether the class is the other one or below it."""
        return other in self.order(ref)

    def roles(self, ref: Ref) -> frozenset[str]:
        """`static`, `class`, `property`, `context`, `abstract`, `dataclass`: from decorators."""
        scope = self.flat(ref)
        if not scope.decorators:
            return frozenset()
        known = self._roles.get(ref)
        if known is None:
            around = (ref[0], scope.parent)
            known = frozenset(
                role for decorator in scope.decorators for role in self._role(around, decorator)
            )
            self._roles[ref] = known
        return known

    def _bases(self, ref: Ref | str) -> list[Ref | str]:
        if isinstance(ref, str) or ref in self._reading_bases:
            return []
        self._reading_bases.add(ref)
        scope = self.flat(ref)
        around = (ref[0], scope.parent)
        found: list[Ref | str] = []
        for base in scope.bases:
            item = self.objects.all[self.node(around, base)]
            if item.kind is Kind.CLASS and item.a != ref:
                found.append(cast(Ref, item.a))
            elif item.kind is Kind.EXTERNAL and item.a != UNKNOWN_BASE:
                if item.a not in self.table.memberless_bases:
                    found.append(cast(str, item.a))
            else:
                found.append(UNKNOWN_BASE)
        self._reading_bases.discard(ref)
        return list(dict.fromkeys(found))

    def _look_up(self, ref: Ref, name: str) -> int:
        while True:
            scope = self.flat(ref)
            bindings = self._bindings(ref, name)
            if bindings:
                found = {self._binding(ref, binding) for binding in bindings}
                if len(found) == 1:
                    return found.pop()
                found.discard(0)
                return found.pop() if len(found) == 1 and self._is_module(ref) else 0
            if scope.parent < 0:
                return self._module_fallback(ref[0], name)
            ref = (ref[0], scope.parent)

    def _module_fallback(self, file: int, name: str) -> int:
        for location, _ in self.program.starred(file, name):
            found = self.module_attribute(location, name)
            if found:
                return found
        if name in _BUILTINS:
            return self.external(f"builtins.{name}")
        return 0

    def _bindings(self, ref: Ref, name: str) -> tuple[int, ...]:
        return self.members(ref).get(name) or self.program.bindings(ref, name)

    def _binding(self, ref: Ref, binding: int) -> int:
        node = self.flat(ref).bindings[binding][1]
        parts = self.flat(ref).nodes[node]
        if parts[0] == ITEM:
            return 0  # An alias with arguments, not the class itself.
        if parts[0] == DEFINED and parts[2] and self._is_function((ref[0], cast(int, parts[1]))):
            return 0  # What decorators make of it is not known here.
        return self.node(ref, node)

    def _read_name(self, ref: Ref, parts: tuple[object, ...], depth: int) -> int:
        bindings = cast("tuple[int, ...]", parts[2])
        name = cast(str, parts[1])
        if bindings and bindings[0] < 0:
            bindings = self.program.spelled_out(ref, name, bindings)
        if not bindings:
            scope = self.flat(ref)
            if scope.parent < 0:
                return self.name(ref, name)
            if scope.kind == FunctionKind.CLASS_BODY.value and self._bindings(ref, name):
                return self.name(ref, name)
            return self.name((ref[0], scope.parent), name)
        if len(bindings) != 1 or bindings[0] < 0:
            return 0
        node = self.flat(ref).bindings[bindings[0]][1]
        inner = self.flat(ref).nodes[node]
        if inner[0] == DEFINED and inner[2] and self._is_function((ref[0], cast(int, inner[1]))):
            return 0
        return self.node(ref, node, depth + 1)

    def imported_module(self, file: int, dotted: str, is_whole: bool) -> int:
        """What `import a.b` binds, or 0."""
        target = self.program.modules.resolve(file, dotted)
        if target.location is None and target.is_missing and is_whole:
            return 0
        if not is_whole:
            dotted = dotted.partition(".")[0]
            target = self.program.modules.resolve(file, dotted)
        if target.location is not None:
            return self.objects.number(Kind.MODULE, target.location)
        return self.external(dotted)

    def _alias_of(self, ref: Ref, bindings: tuple[int, ...]) -> Alias | None:
        if len(bindings) != 1:
            return None
        _, node, annotation, _ = self.flat(ref).bindings[bindings[0]]
        if annotation is not None and annotation[0] == "alias":
            return ref, cast(TypeTree, annotation[1])
        parts = self.flat(ref).nodes[node]
        if parts[0] == FROM:
            target = self.program.modules.resolve_relative(
                ref[0], cast(int, parts[1]), cast(str, parts[2])
            )
            if target.location is None:
                return None
            file = self.program.modules.file_of(target.location)
            if file is None or not self.program.summaries[file].scopes or (file, 0) == ref:
                return None
            return self._alias_of((file, 0), self._bindings((file, 0), cast(str, parts[3])))
        if parts[0] == CALL:
            return self._type_variable(ref, cast(int, parts[1]))
        tree = self._as_tree(ref, node)
        return None if tree is None or tree[0] in ("name", "attr") else (ref, tree)

    def _type_variable(self, ref: Ref, site: int) -> Alias | None:
        """`TypeVar("T", bound=C)` allows C; `NewType("N", C)` makes a C."""
        _, _, callee, _, arguments, *_ = self.flat(ref).sites[site]
        item = self.objects.all[self.node(ref, callee)]
        if item.kind is not Kind.EXTERNAL:
            return None
        name = cast(str, item.a).rpartition(".")[2]
        for index, (keyword, node, _) in enumerate(arguments):
            if (name == "TypeVar" and keyword == "bound") or (
                name == "NewType" and index == 1 and not keyword
            ):
                tree = self._as_tree(ref, node)
                return None if tree is None else (ref, tree)
        if name == "TypeVar":
            trees = [
                tree
                for keyword, node, _ in arguments[1:]
                if not keyword and (tree := self._as_tree(ref, node)) is not None
            ]
            return ref, ("group", tuple(trees))
        return None

    def _as_tree(self, ref: Ref, node: int) -> TypeTree | None:
        """A type expression that was read as a value."""
        scope = self.flat(ref)
        parts = scope.nodes[node]
        match parts[0]:
            case flat.NAME:
                return ("name", parts[1])
            case flat.ATTR:
                base = self._as_tree(ref, cast(int, parts[1]))
                return None if base is None else ("attr", base, parts[2])
            case flat.ITEM:
                base = self._as_tree(ref, cast(int, parts[1]))
                key = cast(int, parts[2])
                inner = scope.nodes[key]
                if inner[0] == LITERAL:
                    elements = scope.containers[cast(int, inner[1])][1]
                    items = [self._as_tree(ref, element) for element in elements]
                else:
                    items = [self._as_tree(ref, key)]
                if base is None:
                    return None
                return ("item", base, tuple(item or ("?", "") for item in items))
            case flat.OPERATE:
                if parts[1] != "__or__":
                    return None
                left = self._as_tree(ref, cast(int, parts[2]))
                right = self._as_tree(ref, cast(int, parts[3]))
                return ("or", left, right) if left and right else None
            case flat.CONST:
                if parts[1] == "NoneType":
                    return ("none",)
                if parts[1] == "str" and isinstance(parts[2], str) and parts[2].isidentifier():
                    return ("name", parts[2])
            case flat.LITERAL:
                elements = scope.containers[cast(int, parts[1])][1]
                return (
                    "group",
                    tuple(self._as_tree(ref, element) or ("?", "") for element in elements),
                )
        return None

    def _role(self, ref: Ref, decorator: int) -> list[str]:
        scope = self.flat(ref)
        parts = scope.nodes[decorator]
        if parts[0] == ATTR and parts[2] in ("setter", "deleter", "getter"):
            return ["property"]
        if parts[0] == CALL:
            decorator = scope.sites[cast(int, parts[1])][2]
        item = self.objects.all[self.node(ref, decorator)]
        if item.kind is not Kind.EXTERNAL:
            return []
        found: list[str] = []
        spellings = self.table.spellings(cast(str, item.a))
        for name in spellings:
            role = _ROLES.get(name)
            if role is not None:
                found.append(role)
        if any(name in self.table.property_decorators for name in spellings):
            found.append("property")
        if any(name in self.table.context_decorators for name in spellings):
            found.append("context")
        if any(name in self.table.dataclass_decorators for name in spellings):
            found.append("dataclass")
        return found

    def _is_module(self, ref: Ref) -> bool:
        return self.flat(ref).parent < 0

    def _is_function(self, ref: Ref) -> bool:
        return self.flat(ref).kind != FunctionKind.CLASS_BODY.value

    def _is_builtin(self, number: int, name: str) -> bool:
        return self.objects.all[number].a == f"builtins.{name}"


_ROLES = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "abc.abstractmethod": "abstract",
    "abc.abstractproperty": "abstract",
    "abc.abstractclassmethod": "class",
    "abc.abstractstaticmethod": "static",
    "functools.total_ordering": "ordering",
    "typing.overload": "overload",
    "typing.final": "final",
}
