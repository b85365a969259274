"""Calls of the standard library that make texts, paths and collections."""

from __future__ import annotations

import ast
import itertools
import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from tracer.static.texts.containers import (
    call_collection,
    call_dict,
    call_enumerate,
    call_range,
    call_zip,
)
from tracer.static.texts.context import Frame, TextEvaluation, shortened, unknown_result
from tracer.static.texts.items import environment_variable
from tracer.static.texts.paths import (
    PATH_CLASSES,
    basename_of,
    dirname_of,
    joined_paths,
    without_suffix,
)
from tracer.static.texts.patterns import HoleKind, Pattern, literal, relative_to, split_path, tidied
from tracer.static.texts.values import Items, Sweep, Value, as_text

_Handler = Callable[[TextEvaluation, ast.Call, Frame], Iterable[Value]]


def _call_join(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    if not node.args:
        return unknown_result(evaluation, node, frame)
    firsts = [v for v in evaluation.evaluate(node.args[0], frame) if isinstance(v, Pattern)]
    if not firsts:
        text = shortened(node.args[0])
        firsts = [evaluation.hole(node.args[0], frame, text, reason="not a text")]
    return joined_paths(evaluation, firsts, node.args[1:], frame)


def _call_path(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    if not node.args:
        return (literal("."),)
    joined = _call_join(evaluation, node, frame)
    return [tidied(value) for value in joined if isinstance(value, Pattern)]


def _call_same(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """Calls that give the path they are given: `str`, `open`, `os.path.abspath`."""
    if not node.args:
        return (literal(""),) if not node.keywords else unknown_result(evaluation, node, frame)
    texts = [as_text(value) for value in evaluation.evaluate(node.args[0], frame)]
    unknown = evaluation.hole(node, frame, shortened(node), HoleKind.CALL, "not a text")
    return [unknown if text is None else text for text in texts]


def _call_basename(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    return _on_paths(evaluation, node, frame, partial(basename_of, evaluation), posixpath.basename)


def _call_dirname(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    return _on_paths(evaluation, node, frame, partial(dirname_of, evaluation), posixpath.dirname)


def _call_splitext(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    found: list[Value] = []
    for value in _on_paths(evaluation, node, frame, lambda path, *_: path):
        assert isinstance(value, Pattern)
        if value.text is not None:
            known, extension = posixpath.splitext(value.text)
            found.append(Items(((literal(known),), (literal(extension),))))
            continue
        stem = without_suffix(evaluation, value, node, frame)
        name = f"suffix of {value.render()}"
        suffix = evaluation.hole(node, frame, name, reason="end of a name")
        found.append(Items(((stem,), (suffix,))))
    return found


def _on_paths(
    evaluation: TextEvaluation,
    node: ast.Call,
    frame: Frame,
    function: Callable[[Pattern, ast.expr, Frame], Pattern],
    exactly: Callable[[str], str] = str,
) -> Iterable[Value]:
    """Apply to each path, by `exactly` where the whole text is known."""
    if len(node.args) != 1:
        return unknown_result(evaluation, node, frame)
    return [
        function(value, node, frame) if value.text is None else literal(exactly(value.text))
        for value in evaluation.evaluate(node.args[0], frame)
        if isinstance(value, Pattern)
    ]


def _call_relpath(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    if len(node.args) != 2:
        return unknown_result(evaluation, node, frame)
    found: list[Value] = []
    for path, folder in itertools.product(*(evaluation.evaluate(a, frame) for a in node.args)):
        result = None
        if isinstance(path, Pattern) and isinstance(folder, Pattern):
            result = relative_to(path, folder)
        hole = evaluation.hole(node, frame, shortened(node), HoleKind.CALL, "not below the folder")
        found.append(hole if result is None else result)
    return found


def _call_temporary(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    return (evaluation.hole(node, frame, "temporary folder", HoleKind.TEMPORARY),)


def _call_walk(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    return _sweep(evaluation, node, frame, "walk")


def _call_listdir(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    return _sweep(evaluation, node, frame, "names")


def _call_glob(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    found: list[Value] = []
    for value in _on_paths(evaluation, node, frame, lambda path, *_: path):
        assert isinstance(value, Pattern)
        folder, name = split_path(value)
        if folder is None or name.text is None or any("*" in str(p) for p in folder.parts):
            found.extend(unknown_result(evaluation, node, frame))
        else:
            found.append(Sweep(folder, "paths", "" if name.text == "*" else name.text))
    return found


def _sweep(evaluation: TextEvaluation, node: ast.Call, frame: Frame, form: str) -> Iterable[Value]:
    if not node.args:
        return unknown_result(evaluation, node, frame)
    return [
        Sweep(value, form)
        for value in evaluation.evaluate(node.args[0], frame)
        if isinstance(value, Pattern)
    ]


def _call_getenv(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    if not node.args:
        return unknown_result(evaluation, node, frame)
    default = node.args[1] if len(node.args) > 1 else None
    return (environment_variable(evaluation, node, node.args[0], default, frame),)


LIBRARY: Mapping[str, _Handler] = {
    "os.path.join": _call_join,
    **dict.fromkeys(PATH_CLASSES, _call_path),
    **dict.fromkeys(
        (
            "builtins.str",
            "builtins.open",
            "io.open",
            "gzip.open",
            "bz2.open",
            "lzma.open",
            "codecs.open",
            "h5py.File",
            "zipfile.ZipFile",
            "zipfile.ZipInfo",
            "tarfile.open",
            "tarfile.TarInfo",
            "os.fspath",
            "os.fsdecode",
            "os.path.abspath",
            "os.path.realpath",
            "os.path.normpath",
            "os.path.expanduser",
            "os.path.expandvars",
        ),
        _call_same,
    ),
    "os.path.basename": _call_basename,
    "os.path.dirname": _call_dirname,
    "os.path.splitext": _call_splitext,
    "os.path.relpath": _call_relpath,
    "tempfile.TemporaryDirectory": _call_temporary,
    "tempfile.mkdtemp": _call_temporary,
    **dict.fromkeys(
        ("builtins.list", "builtins.tuple", "builtins.sorted", "builtins.set", "builtins.reversed"),
        call_collection,
    ),
    "builtins.dict": call_dict,
    "builtins.enumerate": call_enumerate,
    "builtins.zip": call_zip,
    "builtins.range": call_range,
    "os.walk": _call_walk,
    "os.listdir": _call_listdir,
    "glob.glob": _call_glob,
    "glob.iglob": _call_glob,
    "os.getenv": _call_getenv,
    "os.environ.get": _call_getenv,
}
