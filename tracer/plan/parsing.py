"""One file as a syntax tree, quietly."""

from __future__ import annotations

import ast
import warnings

from tracer.static.sources import SourceText


def parse_source(file: SourceText) -> ast.Module | None:
    """The tree; None for what this interpreter does not read, as the graph says of such a file."""
    if file.problem:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `"\\d"` in the target is no trouble of ours
        try:
            return ast.parse(file.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
