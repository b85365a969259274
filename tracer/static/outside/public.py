"""Under which public name a definition of the stubs is usually written."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from tracer.static.outside.stubs import Definition, Stubs

Names: TypeAlias = dict[tuple[str, str], str]  # from a module and a name in it

# Public modules that implement another one: `os.path.join` is what everybody writes.
_IMPLEMENTATIONS = frozenset({"genericpath", "nt", "ntpath", "posix", "posixpath"})


class PublicNames:
    """The public name of each definition that a private module or a submodule holds."""

    def __init__(self, names: Mapping[tuple[str, str], str]) -> None:
        self._names = names

    def of(self, definition: Definition) -> str:
        """The dotted public name; that of the defining module where nothing passes it on."""
        first, *rest = definition.path
        outer = self._names.get((definition.module, first), f"{definition.module}.{first}")
        return ".".join([outer, *rest])


def collect_public_names() -> Names:
    """The public names that differ from where the definition is.

    Of all public modules that pass a definition on, the one counts that keeps its name, then the
    one with the fewest parts, the shortest, the first by the alphabet.
    """
    stubs = Stubs()  # Of its own: the trees of all stub modules need not be kept.
    best: dict[tuple[str, str], tuple[bool, int, int, str]] = {}
    with _no_collector():
        for module in sorted(filter(_is_public, stubs.modules)):
            for name in stubs.public_names(module):
                found = None if name.startswith("_") else stubs.follow(stubs.find(module, name))
                if isinstance(found, Definition) and _may_be_renamed(found):
                    dotted = f"{module}.{name}"
                    rank = (name != found.path[0], dotted.count("."), len(dotted), dotted)
                    key = (found.module, found.path[0])
                    best[key] = min(best.get(key, rank), rank)
    names = {key: rank[-1] for key, rank in best.items()}
    return {key: name for key, name in names.items() if name != ".".join(key)}


@contextmanager
def _no_collector() -> Iterator[None]:
    """Trees that live on are no garbage: looking for it takes three times as long as parsing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_public(module: str) -> bool:
    return module not in _IMPLEMENTATIONS and not any(
        part.startswith("_") for part in module.split(".")
    )


def _may_be_renamed(definition: Definition) -> bool:
    module = definition.module
    if len(definition.path) > 1 or module.split(".")[0] == "_typeshed":
        return False
    return "." in module or not _is_public(module)
