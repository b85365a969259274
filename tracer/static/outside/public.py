"""Under which public name a definition of the stubs is usually written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tracer.static.outside.stubs import Definition, Stubs

Key: TypeAlias = tuple[str, str]
"""A module, and a name that it defines."""

# Public modules that implement another one: `os.path.join` is what everybody writes.
_IMPLEMENTATIONS = frozenset({"genericpath", "nt", "ntpath", "posix", "posixpath"})


class PublicNames:
    """The public name of each definition that a private module or a submodule holds.

    Of all public modules that pass a definition on, the one counts that keeps its name, then the
    one with the fewest parts, the shortest, the first by the alphabet.
    """

    def __init__(self, stubs: Stubs) -> None:
        self._stubs = stubs
        self._mentions: Mentions | None = None
        self._ranked: set[str] = set()  # modules whose names are in `_best`
        self._best: dict[Key, tuple[bool, int, int, str]] = {}

    def of(self, definition: Definition) -> str:
        """The dotted public name; that of the defining module where nothing passes it on."""
        module, (first, *rest) = definition.module, definition.path
        outer = f"{module}.{first}"
        if _may_be_renamed(module):
            if self._mentions is None:
                self._mentions = read_mentions(self._stubs)
            # Only modules whose text has the name are parsed: all 700 would take 0.6 s.
            others = {module, *self._mentions.passing_on(first)} - self._ranked
            if others:
                with self._stubs.forgetting():
                    for other in sorted(others):
                        self._rank(other)
            if best := self._best.get((module, first)):
                outer = best[-1]
        return ".".join([outer, *rest])

    def _rank(self, module: str) -> None:
        """Let the names of a module compete with those that are known."""
        self._ranked.add(module)
        if not _is_public(module):
            return
        for name in self._stubs.public_names(module):
            if name.startswith("_"):
                continue
            found = self._stubs.follow(self._stubs.find(module, name))
            if isinstance(found, Definition) and len(found.path) == 1:
                dotted = f"{module}.{name}"
                rank = (name != found.path[0], dotted.count("."), len(dotted), dotted)
                key = (found.module, found.path[0])
                self._best[key] = min(self._best.get(key, rank), rank)


@dataclass(frozen=True, slots=True)
class Mentions:
    """What the texts of all stubs say of names that are imported, or assigned to another name.

    More than is so: a text does not tell what a version has, or what is passed on to others.
    """

    modules: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By a name, the modules that import it or give it another name."""
    renamed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By a name, the other names that a module gives to what is called so."""

    def passing_on(self, name: str) -> list[str]:
        """Modules that may pass on what is called so elsewhere; repetitions included."""
        names = dict.fromkeys((name,))
        for known in (waiting := [name]):
            for other in sorted(self.renamed.get(known, ())):
                if other not in names:
                    names[other] = None
                    waiting.append(other)
        # A public name has no underscore in front.
        public = [known for known in names if not known.startswith("_")]
        return [module for known in public for module in self.modules.get(known, ())]


def read_mentions(stubs: Stubs) -> Mentions:
    """Search all stubs, as text."""
    mentions = Mentions()
    texts = {module: stubs.text(module) for module in sorted(stubs.modules)}
    for module, text in texts.items():
        names: set[str] = set()
        listed = set(_QUOTED.findall(text)) if "__all__" in text else set()
        for source, what in _IMPORT.findall(text):
            if what.strip(" ()") == "*":
                names |= _star_words(_absolute(source, module, stubs), texts, stubs)
                continue
            # PEP 484: an import is passed on where it says `as`, or where `__all__` lists it.
            names.update(listed.intersection(_WORD.findall(what)))
            for name, other in _AS.findall(what):
                names.update((name, other))
                mentions.renamed[name].add(other)
        for name, value in _ALIAS.findall(text):
            parts = value.split(".")
            names.update((name, *parts))
            mentions.renamed[parts[-1]].add(name)
        if _is_public(module):
            for name in names:
                mentions.modules[name].append(module)
    return mentions


_IMPORT = re.compile(r"^[ ]*(?:from[ ]+([\w.]+)[ ]+)?import[ ]+(\([^)]*\)|[^#\n]*)", re.MULTILINE)
_AS = re.compile(r"(\w+)[ ]+as[ ]+(\w+)")
_ALIAS = re.compile(
    r"^[ ]*(\w+)(?:[ ]*:[ ]*[\w.]*TypeAlias)?[ ]*=[ ]*([A-Za-z_][\w.]*)[ ]*(?:#.*)?$",
    re.MULTILINE,
)
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r'"(\w+)"')


def _star_words(module: str, texts: Mapping[str, str], stubs: Stubs) -> set[str]:
    """Every word of a stub, and of those from which it imports everything."""
    text = texts.get(module, "")
    words = set(_WORD.findall(text))
    for source, what in _IMPORT.findall(text):
        if what.strip(" ()") == "*":
            words |= _star_words(_absolute(source, module, stubs), texts, stubs)
    return words


def _absolute(source: str, module: str, stubs: Stubs) -> str:
    """The module that `from source` means in a module."""
    rest = source.lstrip(".")
    level = len(source) - len(rest)
    if not level:
        return source
    around = module.split(".")
    kept = len(around) - level + stubs.is_package(module)
    return ".".join([*around[:kept], *([rest] if rest else [])])


def _is_public(module: str) -> bool:
    return module not in _IMPLEMENTATIONS and not any(
        part.startswith("_") for part in module.split(".")
    )


def _may_be_renamed(module: str) -> bool:
    if module.split(".")[0] == "_typeshed":
        return False
    return "." in module or not _is_public(module)
