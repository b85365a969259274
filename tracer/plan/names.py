"""What the names in a question stand for: functions, classes, modules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tracer.model.graph import CallGraph
from tracer.model.source import ClassDefinition, FunctionId, FunctionKind, qualname_of
from tracer.static.hierarchy import linearise

_HUMPS = re.compile(r"(?<![\w`.])[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+(?![\w`])")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "s", "e", "y")


@dataclass(frozen=True, slots=True)
class Named:
    """What one name stands for; nothing of it where nothing bears the name."""

    name: str
    functions: tuple[FunctionId, ...] = ()
    class_methods: tuple[FunctionId, ...] = ()  # inherited ones too, as an instance finds them
    module_functions: tuple[FunctionId, ...] = ()
    is_class: bool = False  # a class may have no method at all: `class Late(Exception): pass`

    @property
    def is_found(self) -> bool:
        return bool(self.functions or self.is_class or self.module_functions)


def find_named(
    names: Iterable[str], graph: CallGraph, exports: Mapping[str, str] = MappingProxyType({})
) -> tuple[Named, ...]:
    """Look each name up as a function, else a class, else a module.

    A name matches a dotted name from its end, whole parts only: `ModelManager.save` finds
    `pkg.store.ModelManager.save`, not `pkg.store.ModelManager.save_all`.

    Args:
        exports: What names stand for by which a package gives out what it defines elsewhere.
    """
    functions: dict[str, list[tuple[str, FunctionId]]] = {}
    modules: dict[str, list[FunctionId]] = {}
    for function in graph.functions:
        if function.kind in (FunctionKind.FUNCTION, FunctionKind.METHOD):
            functions.setdefault(function.name, []).append((function.dotted, function.id))
            if "<locals>" not in function.qualname:
                modules.setdefault(function.module, []).append(function.id)
        elif function.kind is FunctionKind.MODULE:
            modules.setdefault(function.module, []).append(function.id)
    known = {function.id for function in graph.functions}
    by_dotted = {definition.dotted: definition for definition in graph.classes}
    classes: dict[str, list[ClassDefinition]] = {}
    for definition in graph.classes:
        classes.setdefault(definition.dotted.rpartition(".")[2], []).append(definition)
    found: list[Named] = []
    for name in dict.fromkeys(names):
        wanted = exports.get(name) or _dotted(name)
        last = wanted.rpartition(".")[2]
        as_functions = [id_ for dotted, id_ in functions.get(last, ()) if _ends(dotted, wanted)]
        bearing = [c for c in classes.get(last, ()) if _ends(c.dotted, wanted)]
        as_class = [
            method
            for definition in bearing
            for method in _methods(definition, by_dotted)
            if method in known
        ]
        as_module = [] if as_functions or bearing else _module(modules, wanted)
        found.append(
            Named(
                name,
                tuple(sorted(as_functions)),
                tuple(sorted(set(as_class))),
                tuple(sorted(as_module)),
                bool(bearing),
            )
        )
    return tuple(found)


def class_like_words(text: str) -> tuple[str, ...]:
    """Words with humps, such as `ModelManager`, that stand in prose; they may be class names."""
    return tuple(dict.fromkeys(_HUMPS.findall(text)))


def name_stems(text: str) -> frozenset[str]:
    """The words of a name or sentence, without their endings: `save_models` has `sav`, `model`."""
    return frozenset(stems_of(text))


def stems_of(text: str) -> dict[str, str]:
    """Each stem with the first word that has it."""
    stems: dict[str, str] = {}
    for word in _WORD.findall(text):
        if len(word) > 2:
            stems.setdefault(_stem(word.lower()), word.lower())
    return stems


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _dotted(name: str) -> str:
    """`path/to/mod.py::Class.method` and `path/to/mod.py` as dotted names."""
    path, separator, symbol = name.partition("::")
    if path.endswith(".py"):
        path = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{path}.{symbol}" if separator else path


def _ends(dotted: str, wanted: str) -> bool:
    return dotted == wanted or dotted.endswith(f".{wanted}")


def _methods(
    definition: ClassDefinition, classes: Mapping[str, ClassDefinition]
) -> list[FunctionId]:
    """The methods that an instance has, as far as the bases stand in the tree."""

    def bases_of(dotted: str) -> list[str]:
        bases = dict.fromkeys(classes[dotted].bases)
        return [base for base in bases if base in classes]

    found: dict[str, list[FunctionId]] = {}
    for dotted in linearise(definition.dotted, bases_of):
        own: dict[str, list[FunctionId]] = {}
        for method in classes[dotted].methods:
            own.setdefault(qualname_of(method).rpartition(".")[2], []).append(method)
        for name, methods in own.items():
            found.setdefault(name, methods)
    return [method for methods in found.values() for method in methods]


def _module(modules: dict[str, list[FunctionId]], wanted: str) -> list[FunctionId]:
    """A module by its full name; by its last parts only where the name has a dot."""
    if wanted in modules:
        return modules[wanted]
    if "." not in wanted:
        return []
    return [id_ for module, ids in modules.items() if module.endswith(f".{wanted}") for id_ in ids]
