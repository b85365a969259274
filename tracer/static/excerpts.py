"""The source text at a span, as it stands."""

from __future__ import annotations

import re

from tracer.model.source import Span

_LINE_END = re.compile("\r\n|\r|\n")  # What Python's tokenizer takes for one; no form feeds.


class Excerpts:
    """One file's text, by line."""

    def __init__(self, text: str) -> None:
        self._lines = _LINE_END.split(text)
        self.lines = len(self._lines) - (not self._lines[-1])

    def at(self, span: Span) -> str:
        """The text of a span; columns are UTF-8 bytes."""
        if span.line == span.end_line:
            line = self._lines[span.line - 1]
            if line.isascii():
                return line[span.column : span.end_column]
            return _decoded(_encoded(line)[span.column : span.end_column])
        lines = [_encoded(line) for line in self._lines[span.line - 1 : span.end_line]]
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        return _decoded(b"\n".join(lines))


def _encoded(line: str) -> bytes:
    return line.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")
