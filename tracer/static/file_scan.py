"""One file, parsed by `ast` and kept as a summary.

A file with newer syntax than the interpreter's is parsed with the help of libcst.
"""

from __future__ import annotations

import ast
import warnings

from tracer.static.flat import FileSummary
from tracer.static.lowering.files import lower
from tracer.static.newer_syntax import parse_newer
from tracer.static.sources import SourceText


def scan_file(source: SourceText) -> FileSummary:
    """Summarise one file; whatever is wrong with it stands in `problem`, and nothing is raised."""
    if source.problem:
        return FileSummary((), problem=source.problem)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About the target's escapes and literals, not ours.
            tree = _parse(source.text)
        return lower(tree, source.text)
    except SyntaxError as error:
        return FileSummary((), problem=f"line {error.lineno or 1}: {error.msg}")
    except (RecursionError, MemoryError):
        return FileSummary((), problem="line 1: nested too deeply to be read")
    except ValueError as error:
        return FileSummary((), problem=f"line 1: {error}")


def _parse(text: str) -> ast.Module:
    """The tree; the error is that of `ast`, where libcst does not know better."""
    try:
        return ast.parse(text)
    except SyntaxError:
        tree = parse_newer(text)
        if tree is None:
            raise
        return tree
