"""The verifier's own reading of a tree: what names are bound to, by imports and definitions alone.

Lazy: a file is parsed when something is asked of it. Which files define a name is found by a text
scan first, so that one document on a large tree costs little.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from tracer.model.source import MODULE_QUALNAME, FunctionId, FunctionKind, path_of, qualname_of
from tracer.static.sources import SourceTree
from tracer.verify.other_files import OtherFiles
from tracer.verify.parsing import read_file
from tracer.verify.syntax import (
    Binding,
    CallExpression,
    Definition,
    FileReading,
    ImportBinding,
    OtherBinding,
    Store,
    ValueUse,
    module_name,
)

_DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_DEEPEST = 20  # steps through re-exports and base classes
_IMPORT_ROOTS = ("", "src/", "lib/")


@dataclass(frozen=True, slots=True)
class Package:
    """A folder that imports as a package without an `__init__.py`."""

    path: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class: what `self` is."""

    of: Definition


@dataclass(frozen=True, slots=True)
class Bases:
    """The bases of a class: what `super()` looks in."""

    of: Definition


Target = Definition | Package | Instance | Bases | str  # str: dotted name outside the tree
Targets = frozenset[Target]
NOTHING: Targets = frozenset()


class Reading:
    """Answers about one tree, each file read at most once."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._sources = {source.path: source for source in tree.files}
        self._files: dict[str, FileReading] = {}
        self._definers: dict[str, list[str]] | None = None
        self._by_name: dict[str, list[str]] | None = None
        self._others = OtherFiles(tree.root)
        self._below: dict[str, Targets] = {}
        self._folders = {
            parent.as_posix() for path in self._sources for parent in PurePosixPath(path).parents
        }

    # Files

    @property
    def paths(self) -> Iterable[str]:
        """All Python files, sorted."""
        return self._sources

    def file(self, path: str) -> FileReading | None:
        """The reading of a Python file of the tree."""
        if path not in self._files:
            source = self._sources.get(path)
            if source is None:
                return None
            if source.problem:
                self._files[path] = FileReading(path, (), problem=source.problem)
            else:
                self._files[path] = read_file(path, source.text)
        return self._files[path]

    def lines(self, path: str) -> tuple[str, ...] | None:
        """The lines of any text file below the root; None where there is none that can be read."""
        if path in self._sources:
            reading = self.file(path)
            return reading.lines if reading else None
        return self._others.lines(path)

    def text(self, path: str) -> str:
        """The text of a Python file of the tree."""
        return self._sources[path].text

    def is_word(self, name: str) -> bool:
        """Whether any Python file of the tree holds the word, in code or text."""
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return any(name in s.text and word.search(s.text) for s in self._sources.values())

    def find_paths(self, text: str) -> tuple[str, ...]:
        """Files that a citation can mean: this path, else all whose path ends so, sorted."""
        text = text.removeprefix("./")
        if text in self._sources or self._others.is_file(text):
            return (text,)
        if self._by_name is None:
            self._by_name = {}
            for path in self._sources:
                self._by_name.setdefault(path.rpartition("/")[2], []).append(path)
        name = text.rpartition("/")[2]
        found = self._by_name.get(name, []) if name.endswith(".py") else self._others.named(name)
        return tuple(path for path in found if path == text or path.endswith(f"/{text}"))

    def exists(self, path: str) -> bool:
        """Whether a file or folder stands there."""
        return path in self._sources or self._others.is_file(path) or self._others.is_folder(path)

    # Definitions

    def defined(self, dotted: str) -> list[Definition]:
        """Functions, methods and classes of the tree whose dotted name ends so, sorted."""
        if self._definers is None:
            self._definers = {}
            for path, source in self._sources.items():
                for name in set(_DEFINES.findall(source.text)):
                    self._definers.setdefault(name, []).append(path)
        parts = [part for part in dotted.split(".") if part != "<locals>"]
        found: list[Definition] = []
        for path in sorted(self._definers.get(parts[-1], ())):
            reading = self.file(path)
            if reading is not None:
                found += [
                    definition
                    for definition in reading.named(parts[-1])
                    if definition.dotted.split(".")[-len(parts) :] == parts
                ]
        return found

    def modules(self, dotted: str) -> list[Definition]:
        """Modules whose dotted name ends so, the nearest to the root first."""
        parts = dotted.split(".")
        paths = [p for p in self._sources if module_name(p).split(".")[-len(parts) :] == parts]
        readings = [self.file(path) for path in sorted(paths, key=lambda p: (p.count("/"), p))]
        found = [r.scopes[0].definition for r in readings if r is not None and r.scopes]
        exact = [definition for definition in found if definition.dotted == dotted]
        return exact or found

    def definition(self, function: FunctionId, def_line: int | None = None) -> Definition | None:
        """The definition of a function; `def_line` chooses among several of one qualname."""
        reading = self.file(path_of(function))
        if reading is None:
            return None
        qualname = qualname_of(function)
        found = [d for d in reading.definitions if d.qualname == qualname]
        ordinal = function.partition("::")[2].partition("#")[2]
        index = int(ordinal) - 1 if ordinal.isdigit() else 0
        by_number = found[index] if index < len(found) else None
        there = [definition for definition in found if definition.def_line == def_line]
        if by_number in there:  # two lambdas of one line have that line in common
            return by_number
        return there[0] if there else by_number

    def mentions(self, name: str) -> list[FileReading]:
        """Readings of all files whose text holds the word."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        holding = [p for p, s in self._sources.items() if name in s.text and word.search(s.text)]
        return [reading for path in holding if (reading := self.file(path)) is not None]

    def is_handed_on(self, target: Definition | str) -> bool:
        """Whether some code may hand a function on as a value, so that an unknown value may be it.

        Names that imports and definitions bind to something else do not count, nor do variables:
        what they hold was handed on elsewhere. An attribute of an unknown object may be a method;
        a function of a module is one only where the module itself is handed on.
        """
        name = target.name if isinstance(target, Definition) else target.rpartition(".")[2]
        for reading in self.mentions(name):
            for use in reading.values:
                if use.name == name and self._may_hand_on(use, reading, target):
                    return True
        return False

    def may_be_rebound(self, target: Definition, other: Definition | str | None = None) -> bool:
        """Whether some code may put a function in the place of this one; `other`, where given.

        What imports and definitions bind the name to is then not all that a call of it may run.
        """
        return any(
            store.name == target.name
            and self._is_in_place_of(store, reading, target)
            and self._may_store(store, reading, other)
            for reading in self.mentions(target.name)
            for store in reading.stores
        )

    def may_override(self, method: Definition, other: Definition, site: CallExpression) -> bool:
        """Whether a call of the one through an object may run the other, of a subclass.

        Not where the class itself is named: `Base.step(self)` is no look-up in the object.
        """
        file = self.file(other.path)
        if method == other or method.name != other.name or file is None:
            return False
        if method.owner_class is None or other.owner_class is None:
            return False
        receiver = site.text.rpartition(".")[0]
        owner = file.scopes[other.owner_class].definition
        if receiver == owner.name or receiver.endswith(f".{owner.name}"):
            return False
        reading = self.file(method.path)
        return reading is not None and self._may_descend(
            reading.scopes[method.owner_class].definition, owner, 0
        )

    def _may_descend(self, derived: Definition, base: Definition, depth: int) -> bool:
        """Whether a class is below another; a base that nobody knows may be anything."""
        reading = self.file(derived.path)
        if derived == base or depth > _DEEPEST or reading is None:
            return True
        scope = reading.scopes[derived.scope].parent or 0
        for written in derived.bases:
            targets = self._dotted(reading, scope, written, 0) if written else NOTHING
            known = [t for t in targets if isinstance(t, Definition)]
            if not targets or any(self._may_descend(each, base, depth + 1) for each in known):
                return True
        return False

    def _is_in_place_of(self, store: Store, reading: FileReading, target: Definition) -> bool:
        holders = self.bound(store.receiver, reading, store.scope) if store.receiver else NOTHING
        if not holders:
            return True  # nobody knows of what it is an attribute
        for holder in holders:
            is_class = isinstance(holder, Instance | Bases)
            if isinstance(holder, Definition):
                is_class = holder.kind is FunctionKind.CLASS_BODY
                if target in self._attribute(frozenset({holder}), store.name, 0):
                    return True
            if is_class and target.kind is FunctionKind.METHOD:
                return True  # of a base or a subclass, perhaps
        return False

    def _may_store(
        self, store: Store, reading: FileReading, other: Definition | str | None
    ) -> bool:
        values = self.bound(store.value, reading, store.scope) if store.value else NOTHING
        known = [v for v in values if isinstance(v, Definition) and v.is_function]
        if other is None or not known or len(known) < len(values):
            return True
        return any(value == other or value.is_wrapped for value in known)

    def _may_hand_on(self, use: ValueUse, reading: FileReading, target: Definition | str) -> bool:
        is_chain = not use.text.startswith("(")
        targets = self.bound(use.text, reading, use.scope) if is_chain else NOTHING
        if targets:
            return target in targets
        if isinstance(target, str):
            return use.text == target
        if use.text == use.name:
            return self._is_imported_or_defined(reading, use.scope, use.name)
        if target.kind is FunctionKind.METHOD:
            return True
        module = module_name(target.path).rpartition(".")[2]
        return use.text.endswith(f"{module}.{use.name}") or any(
            value.name == module and value.text == module
            for other in self.mentions(module)
            for value in other.values
            if self.bound(module, other, value.scope) == frozenset(self._module_of(target))
        )

    def _is_imported_or_defined(self, reading: FileReading, scope: int, name: str) -> bool:
        at: int | None = scope
        while at is not None:
            bindings = reading.scopes[at].bindings.get(name)
            if bindings:
                return any(not isinstance(binding, OtherBinding) for binding in bindings)
            at = reading.scopes[at].parent
        return bool(reading.scopes and reading.scopes[0].stars)

    def _module_of(self, definition: Definition) -> list[Definition]:
        reading = self.file(definition.path)
        return [reading.scopes[0].definition] if reading and reading.scopes else []

    # Binding

    def callees(self, call: CallExpression, path: str) -> Targets:
        """What imports and definitions bind the callee to; nothing where they do not settle it."""
        reading = self.file(path)
        if reading is None:
            return NOTHING
        return self.bound(call.text, reading, call.scope)

    def imported(self, site: CallExpression, reading: FileReading) -> Targets:
        """The module whose body an import statement runs, submodules named in it included."""
        level = len(site.text) - len(site.text.lstrip("."))
        module = site.text.lstrip(".")
        targets = set(self._module(reading.path, ImportBinding(module, None, level)))
        parts = module.split(".")
        for upto in range(1, len(parts)):
            targets |= self._module(
                reading.path, ImportBinding(".".join(parts[:upto]), None, level)
            )
        for scope in reading.scopes:
            for bindings in scope.bindings.values():
                for binding in bindings:
                    if (
                        isinstance(binding, ImportBinding)
                        and binding.attribute is not None
                        and (binding.module, binding.level) == (module, level)
                    ):
                        found = self._attribute(
                            self._module(reading.path, binding), binding.attribute, 0
                        )
                        targets |= {
                            target
                            for target in found
                            if isinstance(target, Definition) and target.kind is FunctionKind.MODULE
                        }
        return frozenset(targets)

    def bound(self, dotted: str, reading: FileReading, scope: int) -> Targets:
        """What a dotted name is bound to in a scope."""
        if not reading.scopes:
            return NOTHING
        first, *rest = dotted.split(".")
        targets = self._name(reading, scope, first, 0)
        for attribute in rest:
            targets = self._attribute(targets, attribute, 0)
        return targets

    def _name(self, reading: FileReading, scope: int, name: str, depth: int) -> Targets:
        at: int | None = scope
        if name == "super()":
            holder = self._class_around(reading, scope)
            return frozenset({Bases(holder)}) if holder else NOTHING
        while at is not None:
            current = reading.scopes[at]
            is_visible = at == scope or current.definition.kind is not FunctionKind.CLASS_BODY
            if is_visible and name in current.bindings:
                owner = current.definition.owner_class
                if name == current.definition.first_parameter and owner is not None:
                    if len(current.bindings[name]) == 1:
                        return frozenset({Instance(reading.scopes[owner].definition)})
                    return NOTHING
                return self._bindings(reading, current.bindings[name], depth)
            at = current.parent
        for star in reading.scopes[0].stars:
            found = self._attribute(self._module(reading.path, star), name, depth + 1)
            if any(not isinstance(target, str) for target in found):
                return found
            if found:
                return NOTHING  # a star import from outside may bind anything
        return frozenset({f"builtins.{name}"}) if hasattr(builtins, name) else NOTHING

    def _class_around(self, reading: FileReading, scope: int) -> Definition | None:
        at: int | None = scope
        while at is not None:
            owner = reading.scopes[at].definition.owner_class
            if owner is not None:
                return reading.scopes[owner].definition
            at = reading.scopes[at].parent
        return None

    def _bindings(self, reading: FileReading, bindings: list[Binding], depth: int) -> Targets:
        if depth > _DEEPEST:
            return NOTHING
        found: set[Target] = set()
        stubs = [b for b in bindings if isinstance(b, Definition) and b.is_overload]
        for binding in bindings:
            if binding in stubs and len(stubs) < len(bindings):
                continue  # never called: the definition behind them is
            if isinstance(binding, OtherBinding):
                if binding.is_none and len(bindings) > 1:
                    continue
                return NOTHING
            if isinstance(binding, Definition):
                found.add(binding)
                continue
            targets = self._module(reading.path, binding)
            if binding.attribute is not None:
                targets = self._attribute(targets, binding.attribute, depth + 1)
            if not targets:
                return NOTHING
            found |= targets
        return frozenset(found)

    def _attribute(self, targets: Targets, name: str, depth: int) -> Targets:
        if depth > _DEEPEST or not targets:
            return NOTHING
        found: set[Target] = set()
        for target in targets:
            step = self._attribute_of(target, name, depth)
            if not step:
                return NOTHING
            found |= step
        return frozenset(found)

    def _attribute_of(self, target: Target, name: str, depth: int) -> Targets:
        if isinstance(target, str):
            return frozenset({f"{target}.{name}"})
        if isinstance(target, Package):
            return self._submodule(target.path, name)
        if isinstance(target, Bases):
            return self._in_bases(target.of, name, depth)
        if isinstance(target, Instance):
            reading = self.file(target.of.path)
            if reading and name in reading.scopes[target.of.scope].instance_attributes:
                return NOTHING
            return self._in_class(target.of, name, depth)
        if target.kind is FunctionKind.CLASS_BODY:
            return self._in_class(target, name, depth)
        if target.kind is FunctionKind.MODULE:
            return self._in_module(target, name, depth)
        return NOTHING

    def _in_module(self, module: Definition, name: str, depth: int) -> Targets:
        reading = self.file(module.path)
        if reading is None or not reading.scopes:
            return NOTHING
        if name in reading.scopes[0].bindings:
            return self._bindings(reading, reading.scopes[0].bindings[name], depth + 1)
        if module.path.endswith("__init__.py"):
            submodule = self._submodule(module.path.removesuffix("/__init__.py"), name)
            if submodule:
                return submodule
        for star in reading.scopes[0].stars:
            found = self._attribute(self._module(module.path, star), name, depth + 1)
            if any(not isinstance(target, str) for target in found):
                return found
        return NOTHING

    def _in_class(self, holder: Definition, name: str, depth: int) -> Targets:
        reading = self.file(holder.path)
        if reading is None or depth > _DEEPEST:
            return NOTHING
        bindings = reading.scopes[holder.scope].bindings
        if name in bindings:
            last = bindings[name][-1]  # the last one in a class body wins
            return self._bindings(reading, [last], depth + 1)
        return self._in_bases(holder, name, depth + 1)

    def _in_bases(self, holder: Definition, name: str, depth: int) -> Targets:
        reading = self.file(holder.path)
        if reading is None or depth > _DEEPEST:
            return NOTHING
        scope = reading.scopes[holder.scope].parent or 0
        for base in holder.bases:
            targets = self._dotted(reading, scope, base, depth + 1) if base else NOTHING
            classes = [t for t in targets if isinstance(t, Definition)]
            if len(targets) != 1 or len(classes) != 1:
                return NOTHING  # a base outside the tree may have it first
            found = self._in_class(classes[0], name, depth + 1)
            if found:
                return found
        return NOTHING

    def _dotted(self, reading: FileReading, scope: int, dotted: str, depth: int) -> Targets:
        first, *rest = dotted.split(".")
        targets = self._name(reading, scope, first, depth)
        for attribute in rest:
            targets = self._attribute(targets, attribute, depth)
        return targets

    # Modules

    def _module(self, importer: str, binding: ImportBinding) -> Targets:
        """The module that an import statement names, seen from the importing file."""
        folder = importer.rpartition("/")[0]
        parts = binding.module.split(".") if binding.module else []
        if binding.level:
            above = folder.split("/") if folder else []
            drop = binding.level - 1
            if drop > len(above):
                return NOTHING
            at = "/".join([*above[: len(above) - drop], *parts])
            return self._module_at(at) or NOTHING
        relative = "/".join(parts)
        roots = list(_IMPORT_ROOTS)
        if folder and f"{folder}/__init__.py" not in self._sources:
            roots.insert(0, f"{folder}/")  # a script's own folder comes first on its path
        for root in roots:
            if found := self._module_at(f"{root}{relative}"):
                return found
        return self._module_below(parts) or frozenset({binding.module})

    def _module_at(self, path: str) -> Targets:
        for candidate in (f"{path}/__init__.py" if path else "__init__.py", f"{path}.py"):
            reading = self.file(candidate)
            if reading is not None:
                if reading.scopes:
                    return frozenset({reading.scopes[0].definition})
                whole = Definition(candidate, MODULE_QUALNAME, FunctionKind.MODULE, 1, 1, 1, 0)
                return frozenset({whole})
        if path and path in self._folders:
            return frozenset({Package(path)})
        return NOTHING

    def _module_below(self, parts: list[str]) -> Targets:
        """A package deeper in the tree, where there is exactly one such: `lib/python/pkg`."""
        relative = "/".join(parts)
        if relative not in self._below:
            ends = (f"/{relative}.py", f"/{relative}/__init__.py")
            found = [path for path in self._sources if path.endswith(ends)]
            tops = [path for path in found if self._is_import_root(path, relative)]
            at = self._module_at(_stem(tops[0])) if len(tops) == 1 else NOTHING
            self._below[relative] = at
        return self._below[relative]

    def _is_import_root(self, path: str, relative: str) -> bool:
        above = _stem(path).removesuffix(relative).rstrip("/")
        return f"{above}/__init__.py" not in self._sources

    def _submodule(self, package: str, name: str) -> Targets:
        return self._module_at(f"{package}/{name}")


def _stem(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")
