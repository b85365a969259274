"""`tracer callgraph`: the static graph alone, in a form that others read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tracer.errors import SourceError
from tracer.model.graph import CallGraph
from tracer.model.source import path_of
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import read_sources
from tracer.report.exports import FORMATS


def callgraph(
    root: Path,
    paths: Sequence[str],
    form: str,
    tables: Sequence[Path] = (),
    output: Path | None = None,
    progress: Progress | None = None,
) -> str:
    """The graph's text; written to `output` as well, where one is given.

    Args:
        root: The whole tree is read, whatever is shown.
        paths: Files and folders below the root whose functions are shown as callers, or `@FILE`
            with one path a line; empty shows all.
        form: A key of `report.exports.FORMATS`.

    Raises:
        SourceError: A path is not below the root, or the output cannot be written.
    """
    reading = read_sources(root, tables, StageClock(progress or Silent()))
    wanted = _expand(paths, reading.tree.root)
    text = FORMATS[form](_only(reading.graph, wanted))
    if output is not None:
        _write(output, text)
    return text


def _expand(paths: Sequence[str], root: Path) -> tuple[str, ...]:
    found: list[str] = []
    for path in paths:
        if path.startswith("@"):
            try:
                lines = Path(path[1:]).read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise SourceError(
                    f"{path}: expected a file with one path a line: {error}"
                ) from error
            found.extend(line.strip() for line in lines if line.strip())
        else:
            found.append(path)
    return tuple(_relative(path, root) for path in found)


def _relative(path: str, root: Path) -> str:
    for base in (Path.cwd(), root):
        absolute = (base / path).resolve()
        if absolute.exists() and absolute.is_relative_to(root):
            relative = absolute.relative_to(root).as_posix()
            return "" if relative == "." else relative
    raise SourceError(f"{path}: expected a file or folder below {root}")


def _only(graph: CallGraph, paths: tuple[str, ...]) -> CallGraph:
    if not paths or "" in paths:
        return graph

    def is_wanted(path: str) -> bool:
        return any(path == prefix or path.startswith(f"{prefix}/") for prefix in paths)

    return replace(
        graph,
        files=tuple(file for file in graph.files if is_wanted(file.path)),
        functions=tuple(function for function in graph.functions if is_wanted(function.path)),
        classes=tuple(found for found in graph.classes if is_wanted(found.path)),
        resolutions=tuple(r for r in graph.resolutions if is_wanted(r.site.path)),
        effects=tuple(e for e in graph.effects if is_wanted(path_of(e.function))),
    )


def _write(output: Path, text: str) -> None:
    beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}.partial")
    try:
        beside.write_text(text, "utf-8")
        os.replace(beside, output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceError(f"{output}: cannot be written: {error.strerror}") from error
