"""Which classes pytest collects tests from, as it is configured by default.

`Test…` by name, and whatever is below `unittest.TestCase` (pytest's documentation, "Conventions for
Python test discovery"). A mixin is none of both: its tests run under the name of a class below.
"""

from __future__ import annotations

from collections.abc import Mapping

from tracer.model.source import ClassDefinition


class Collected:
    """Asked by file and qualified name."""

    def __init__(self, classes: Mapping[tuple[str, str], ClassDefinition]) -> None:
        self._classes = classes
        self._by_dotted = {found.dotted: found for found in classes.values()}

    def has(self, path: str, qualname: str) -> bool:
        """Whether tests of a class, and of all classes around it, are found."""
        parts = qualname.split(".")
        around = [".".join(parts[: count + 1]) for count in range(len(parts))]
        return all(self._is_collected(self._classes.get((path, name))) for name in around)

    def _is_collected(self, found: ClassDefinition | None) -> bool:
        if found is None:
            return False
        name = found.qualname.rpartition(".")[2]
        return name.startswith("Test") or self._is_case(found, frozenset())

    def _is_case(self, found: ClassDefinition, seen: frozenset[str]) -> bool:
        if found.dotted in seen:
            return False
        above = [(base, self._by_dotted.get(base)) for base in found.bases]
        return any(
            base.endswith("TestCase") if cls is None else self._is_case(cls, seen | {found.dotted})
            for base, cls in above
        )
