"""Places with the line that stands there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracer.model.source import Anchor
from tracer.static.quoting import quote
from tracer.static.sources import SourceTree


class Quotes:
    """The lines of a tree; a place in a file that is not at hand keeps what it has."""

    def __init__(self, tree: SourceTree) -> None:
        self._texts = {source.path: source.text for source in tree.files}
        self._lines: dict[str, list[str]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no source is at hand."""
        return not self._texts

    def all_of(self, anchors: Iterable[Anchor]) -> tuple[Anchor, ...]:
        """The places, each once and in order."""
        return tuple(self.of(anchor) for anchor in dict.fromkeys(anchors))

    def of(self, anchor: Anchor) -> Anchor:
        """The place, with its first line."""
        if anchor.path not in self._texts:
            return anchor
        if anchor.path not in self._lines:
            self._lines[anchor.path] = self._texts[anchor.path].split("\n")
        lines = self._lines[anchor.path]
        text = lines[anchor.line - 1] if 0 < anchor.line <= len(lines) else ""
        return replace(anchor, quote=quote(text))
