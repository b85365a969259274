"""The stub modules of the standard library, parsed, and where their names are defined."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from typeshed_client import (
    ImportedName,
    InvalidStub,
    NameDict,
    NameInfo,
    OverloadedName,
    get_all_stub_files,
    get_search_context,
    get_stub_names,
)
from typeshed_client.finder import get_typeshed_versions
from typeshed_client.parser import get_dunder_all_from_info

# In the stubs of `typing` these are `_Alias()`: type checkers know them by heart.
_TYPING_ALIASES = {
    "ChainMap": ("collections", "ChainMap"),
    "Counter": ("collections", "Counter"),
    "DefaultDict": ("collections", "defaultdict"),
    "Deque": ("collections", "deque"),
    "Dict": ("builtins", "dict"),
    "FrozenSet": ("builtins", "frozenset"),
    "List": ("builtins", "list"),
    "OrderedDict": ("collections", "OrderedDict"),
    "Set": ("builtins", "set"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A name where a stub defines it; `path` leads from the module, through classes, to it."""

    module: str
    path: tuple[str, ...]
    info: NameInfo

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """What is written for the name, in order: more than one for overloads and setters."""
        written = self.info.ast
        if isinstance(written, OverloadedName):
            return tuple(node for node in written.definitions if isinstance(node, ast.AST))
        return (written,) if isinstance(written, ast.AST) else ()

    @property
    def class_node(self) -> ast.ClassDef | None:
        """The class statement, when it is one."""
        node = self.nodes[0] if self.nodes else None
        return node if isinstance(node, ast.ClassDef) else None

    @property
    def assigned(self) -> ast.expr | None:
        """The right side of the assignment, when it is one."""
        match self.nodes:
            case (ast.Assign(value=value) | ast.AnnAssign(value=value), *_):
                return value
            case _:
                return None

    @property
    def scope(self) -> Scope:
        """Where the definition is written."""
        return Scope(self.module, self.path[:-1])


@dataclass(frozen=True, slots=True)
class Scope:
    """A place where names are looked up: a module, and the classes around it."""

    module: str
    path: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()  # PEP 695: those declared in brackets


Found: TypeAlias = Definition | str | None  # a string is a module's name


class Stubs:
    """The stubs for the running Python on Linux, each parsed when first asked for."""

    def __init__(self) -> None:
        # An empty search path: stubs of the standard library alone, and no interpreter is started.
        self._context = get_search_context(search_path=[], platform="linux")
        versions = get_typeshed_versions(self._context.typeshed)
        # get_all_stub_files looks only at the version of the first name part.
        self._files = {
            name: file
            for name, file in get_all_stub_files(self._context)
            if all(
                span.min <= self._context.version
                and (span.max is None or self._context.version <= span.max)
                for part in _prefixes(name)
                if (span := versions.get(part))
            )
        }
        self.modules = frozenset(self._files)
        self._names: dict[str, NameDict] = {}

    def text(self, module: str) -> str:
        """The stub of a module as it is written."""
        return self._files[module].read_text("utf-8")

    def is_package(self, module: str) -> bool:
        """Whether a module may hold others."""
        return self._files[module].name == "__init__.pyi"

    def names(self, module: str) -> NameDict:
        """What a module binds at its top; nothing for a module without a stub."""
        if module not in self._names:
            known = module in self.modules
            names = get_stub_names(module, search_context=self._context) if known else None
            self._names[module] = names or {}
        return self._names[module]

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Do not keep what is parsed in this block, which is not looked at again."""
        known = self._names
        self._names = known.copy()
        try:
            yield
        finally:
            self._names = known

    def public_names(self, module: str) -> list[str]:
        """The names that a module defines, or imports in order to pass them on."""
        names = self.names(module)
        passed_on = frozenset(_listed(names))
        return [
            name
            for name, info in names.items()
            if not isinstance(info.ast, ImportedName) or info.is_exported or name in passed_on
        ]

    def find(self, module: str, name: str) -> Found:
        """The definition of a module's name, through imports, or the submodule of that name."""
        seen: set[tuple[str, str]] = set()
        while (module, name) not in seen:
            seen.add((module, name))
            info = self.names(module).get(name)
            if info is None:
                break
            written = info.ast
            if isinstance(written, OverloadedName) and written.definitions:
                written = written.definitions[0]
            if not isinstance(written, ImportedName):
                return Definition(module, (name,), info)
            source = ".".join(written.module_name)
            if written.name is None:
                return source if source in self.modules else None
            module, name = source, written.name
        submodule = f"{module}.{name}"
        return submodule if submodule in self.modules else None

    def child(self, owner: Definition, name: str) -> Definition | None:
        """What a class statement binds under this name."""
        info = (owner.info.child_nodes or {}).get(name)
        return Definition(owner.module, (*owner.path, name), info) if info else None

    def at(self, module: str, path: tuple[str, ...]) -> Definition | None:
        """The definition at a path of a module."""
        found = self.find(module, path[0]) if path else None
        for name in path[1:]:
            found = self.child(found, name) if isinstance(found, Definition) else None
        return found if isinstance(found, Definition) else None

    def resolve(self, dotted: str, scope: Scope) -> Found:
        """What a name, with attributes behind, stands for at a place, through plain aliases."""
        first, *rest = dotted.split(".")
        found = self._look_up(first, scope)
        for name in rest:
            if isinstance(found, str):
                found = self.find(found, name)
            elif found is not None:
                found = self.follow(found)
                found = self.child(found, name) if isinstance(found, Definition) else None
        return self.follow(found)

    def follow(self, found: Found) -> Found:
        """What `name = other` stands for in the end; the last one that is known."""
        seen: set[tuple[str, tuple[str, ...]]] = set()
        while isinstance(found, Definition) and (found.module, found.path) not in seen:
            seen.add((found.module, found.path))
            match found.assigned:
                case ast.Call(func=ast.Name(id="_Alias")) if found.path[0] in _TYPING_ALIASES:
                    return self.find(*_TYPING_ALIASES[found.path[0]])
            alias = dotted_name(found.assigned) if is_alias(found) else None
            if alias is None or alias == found.path[-1]:
                break
            first, *rest = alias.split(".")
            target = self._look_up(first, found.scope)
            for name in rest:
                if isinstance(target, str):
                    target = self.find(target, name)
                else:
                    target = self.child(target, name) if target else None
            if target is None:
                break
            found = target
        return found

    def _look_up(self, name: str, scope: Scope) -> Found:
        owner = self.at(scope.module, scope.path) if scope.path else None
        inner = self.child(owner, name) if owner else None
        # A method or attribute called `list` does not hide the class from its annotations.
        if inner and (inner.class_node or is_alias(inner)):
            return inner
        return self.find(scope.module, name) or self.find("builtins", name)


def _listed(names: NameDict) -> Iterable[str]:
    """The names in `__all__`; none where it is imported, since a star imports those as well."""
    if "__all__" not in names:
        return ()
    try:
        return get_dunder_all_from_info(names["__all__"]) or ()
    except InvalidStub:
        return ()


def dotted_name(node: ast.expr | None) -> str | None:
    """`a.b.c` as written; None for any other expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = dotted_name(value)
            return f"{before}.{attr}" if before else None
        case _:
            return None


def is_alias(definition: Definition) -> bool:
    """Whether the name is assigned without a type, or declared to be an alias."""
    match definition.nodes:
        case (ast.Assign(), *_):
            return True
        case (ast.AnnAssign(annotation=annotation, value=value), *_) if value is not None:
            return (dotted_name(annotation) or "").rpartition(".")[2] == "TypeAlias"
        case _:
            return False


def inside(scope: Scope, name: str, node: ast.AST) -> Scope:
    """The scope within a class statement."""
    return replace(declaring(scope, node), path=(*scope.path, name))


def declaring(scope: Scope, node: ast.AST) -> Scope:
    """The scope with the type variables that a statement declares in brackets (PEP 695)."""
    declared = {parameter.name for parameter in getattr(node, "type_params", ())}
    return replace(scope, variables=scope.variables | declared) if declared else scope


def _prefixes(dotted: str) -> list[str]:
    names = dotted.split(".")
    return [".".join(names[: count + 1]) for count in range(len(names))]
