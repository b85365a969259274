"""What attributes and methods of paths give."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tracer.model.source import path_of
from tracer.static.texts.context import Frame, TextEvaluation, shortened
from tracer.static.texts.patterns import (
    SEPARATOR,
    Hole,
    HoleKind,
    Pattern,
    concat,
    join_path,
    literal,
    relative_to,
    split_path,
    tidied,
)
from tracer.static.texts.syntax import annotation_of
from tracer.static.texts.values import Sweep, Value, Values, known_text

PATH_CLASSES = frozenset(
    f"pathlib.{name}" for name in ("Path", "PurePath", "PosixPath", "PurePosixPath")
)


def looks_like_path(
    evaluation: TextEvaluation, node: ast.expr, values: Values, frame: Frame
) -> bool:
    """Whether the values are texts or paths, as far as one can tell."""
    for value in values:
        if not isinstance(value, Pattern):
            continue
        hole = value.bare_hole
        if hole is None or hole.kind in (HoleKind.TEMPORARY, HoleKind.SWEEP):
            return True
    if isinstance(node, ast.Name):
        function = evaluation.scopes.node(frame.function)
        annotation = annotation_of(function, node.id)
        if annotation is not None and "Path" in ast.unparse(annotation):
            return True
    module = evaluation.scopes.module(path_of(frame.function))
    if isinstance(node, ast.Call) and module is not None:
        return evaluation.scopes.dotted(node.func, module) in PATH_CLASSES
    return False


def basename_of(evaluation: TextEvaluation, path: Pattern, node: ast.expr, frame: Frame) -> Pattern:
    """The last component."""
    _, name = split_path(path)
    bare = name.bare_hole
    if bare is not None and bare.kind is HoleKind.SWEEP:
        return Pattern((replace(bare, is_basename=True),))
    if not name.holes or (bare is not None and name != path):
        return name
    # A hole may hold separators itself; only what is written after the last one is sure.
    last = max(i for i, part in enumerate(name.parts) if isinstance(part, Hole))
    hole = evaluation.hole(node, frame, f"name of {path.render()}", reason="end of a path")
    return concat(hole, Pattern(name.parts[last + 1 :]))


def dirname_of(evaluation: TextEvaluation, path: Pattern, node: ast.expr, frame: Frame) -> Pattern:
    """All but the last component."""
    folder, name = split_path(path)
    if folder is not None and not name.holes:
        return folder or literal(SEPARATOR)
    return evaluation.hole(node, frame, f"folder of {path.render()}", reason="start of a path")


def without_suffix(
    evaluation: TextEvaluation, path: Pattern, node: ast.expr, frame: Frame
) -> Pattern:
    """The path without its last extension."""
    last = path.parts[-1] if path.parts else ""
    if isinstance(last, str):
        # Something stands before it, so that a dot at its start is no hidden file's.
        before = "" if len(path.parts) == 1 else "x"
        stem, suffix = posixpath.splitext(before + last)
        if suffix or SEPARATOR in last or not before:
            return concat(Pattern(path.parts[:-1]), literal(stem.removeprefix(before)))
    folder, name = split_path(path)
    hole = evaluation.hole(node, frame, f"stem of {name.render()}", reason="start of a name")
    return hole if folder is None else concat(folder, literal(SEPARATOR), hole)


def joined_paths(
    evaluation: TextEvaluation, firsts: list[Pattern], others: Sequence[ast.expr], frame: Frame
) -> list[Value]:
    """Paths joined as `os.path.join` does."""
    columns = [firsts]
    for other in others:
        values = evaluation.evaluate(other, frame)
        texts = [value for value in values if isinstance(value, Pattern)]
        columns.append(texts or [evaluation.hole(other, frame, shortened(other), reason="no text")])
    joined: list[Value] = []
    for row in evaluation.product(columns):
        path = row[0]
        for part in row[1:]:
            path = join_path(path, part)
        joined.append(path)
    return joined


def path_attribute(
    evaluation: TextEvaluation, node: ast.Attribute, value: Value, frame: Frame
) -> Pattern | None:
    """`name`, `parent`, `stem` or `suffix` of a path; None where it is none of these."""
    if not isinstance(value, Pattern):
        return None
    if (text := value.text) is not None:
        if node.attr not in ("name", "stem", "suffix", "parent"):
            return None
        return literal(str(getattr(PurePosixPath(text), node.attr)))
    if value.bare_hole is not None and not looks_like_path(evaluation, node.value, (value,), frame):
        return None
    if node.attr == "name":
        hole = value.bare_hole
        is_folder = hole is not None and hole.kind is HoleKind.TEMPORARY
        return value if is_folder else basename_of(evaluation, value, node, frame)
    if node.attr == "parent":
        return dirname_of(evaluation, value, node, frame)
    if node.attr == "stem":
        return without_suffix(evaluation, basename_of(evaluation, value, node, frame), node, frame)
    return None


def path_method(
    evaluation: TextEvaluation, path: Pattern, node: ast.Call, method: str, frame: Frame
) -> Iterable[Value] | None:
    """What a method of a path gives; None where it is not known."""
    if method in ("as_posix", "resolve", "absolute", "expanduser", "open", "__str__"):
        return (path,)
    if method == "joinpath":
        joined = joined_paths(evaluation, [path], node.args, frame)
        return [tidied(value) for value in joined if isinstance(value, Pattern)]
    if method in ("rglob", "glob", "iterdir"):
        globs = [known_text(v) for a in node.args for v in evaluation.evaluate(a, frame)]
        glob = globs[0] if len(globs) == 1 and globs[0] is not None else ""
        return (Sweep(path, "paths", "" if glob in ("*", "**/*") else glob),)
    if method == "relative_to" and len(node.args) == 1:
        found = [
            relative_to(path, folder)
            for folder in evaluation.evaluate(node.args[0], frame)
            if isinstance(folder, Pattern)
        ]
        return [each for each in found if each is not None] or None
    if method in ("with_suffix", "with_name") and len(node.args) == 1:
        results: list[Value] = []
        for value in evaluation.evaluate(node.args[0], frame):
            if not isinstance(value, Pattern):
                return None
            if path.text is not None and value.text is not None:
                try:
                    known = getattr(PurePosixPath(path.text), method)(value.text)
                except ValueError:
                    return None
                results.append(literal(str(known)))
            elif method == "with_suffix":
                results.append(concat(without_suffix(evaluation, path, node, frame), value))
            else:
                results.append(join_path(dirname_of(evaluation, path, node, frame), value))
        return results
    return None
