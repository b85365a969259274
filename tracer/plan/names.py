"""What the names in a question stand for: functions, classes, modules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracer.model.graph import CallGraph
from tracer.model.source import FunctionId, FunctionKind

_HUMPS = re.compile(r"(?<![\w`.])[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+(?![\w`])")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "s", "e", "y")


@dataclass(frozen=True, slots=True)
class Named:
    """What one name stands for; all three empty where nothing bears the name."""

    name: str
    functions: tuple[FunctionId, ...] = ()
    class_methods: tuple[FunctionId, ...] = ()
    module_functions: tuple[FunctionId, ...] = ()

    @property
    def is_found(self) -> bool:
        return bool(self.functions or self.class_methods or self.module_functions)


def find_named(names: Iterable[str], graph: CallGraph) -> tuple[Named, ...]:
    """Look each name up as a function, else a class, else a module.

    A name matches a dotted name from its end, whole parts only: `ModelManager.save` finds
    `pkg.store.ModelManager.save`, not `pkg.store.ModelManager.save_all`.
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
    classes: dict[str, list[tuple[str, tuple[FunctionId, ...]]]] = {}
    for definition in graph.classes:
        last = definition.dotted.rpartition(".")[2]
        classes.setdefault(last, []).append((definition.dotted, definition.methods))
    found: list[Named] = []
    for name in dict.fromkeys(names):
        wanted = _dotted(name)
        last = wanted.rpartition(".")[2]
        as_functions = [id_ for dotted, id_ in functions.get(last, ()) if _ends(dotted, wanted)]
        as_class = [
            method
            for dotted, methods in classes.get(last, ())
            if _ends(dotted, wanted)
            for method in methods
        ]
        as_module = [] if as_functions or as_class else _module(modules, wanted)
        found.append(
            Named(
                name,
                tuple(sorted(as_functions)),
                tuple(sorted(set(as_class))),
                tuple(sorted(as_module)),
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


def _module(modules: dict[str, list[FunctionId]], wanted: str) -> list[FunctionId]:
    """A module by its full name; by its last parts only where the name has a dot."""
    if wanted in modules:
        return modules[wanted]
    if "." not in wanted:
        return []
    return [id_ for module, ids in modules.items() if module.endswith(f".{wanted}") for id_ in ids]
