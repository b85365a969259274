"""The wide reading: every file of a tree, parsed once by `ast` and kept as a summary.

A file with newer syntax than the interpreter's is parsed with the help of libcst.
"""

from __future__ import annotations

import ast
import gc
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tracer.static.flat import FileSummary
from tracer.static.lowering.files import lower
from tracer.static.newer_syntax import parse_newer
from tracer.static.sources import SourceText, SourceTree

logger = logging.getLogger(__name__)


def scan_tree(
    tree: SourceTree, progress: Callable[[int, int], None] | None = None
) -> tuple[FileSummary, ...]:
    """Summarise every file, in the tree's order.

    Args:
        progress: Called with (files done, files in all).
    """
    summaries: list[FileSummary] = []
    with without_collector():
        for done, source in enumerate(tree.files, start=1):
            summaries.append(scan_file(source))
            if progress is not None:
                progress(done, len(tree.files))
    return tuple(summaries)


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


@contextmanager
def without_collector() -> Iterator[None]:
    """Reading makes no cycles worth collecting, and takes thrice as long with the collector."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What was read lives as long as the graph does: the collector need not walk it, now or at
        # the end of the process, which took a third of the time on 100 kLoC.
        gc.freeze()
        if was_enabled:
            gc.enable()
