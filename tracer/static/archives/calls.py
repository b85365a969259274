"""The calls that open or make archives, and what is done with the objects they give."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tracer.model.graph import CallGraph, EffectKind
from tracer.model.source import FunctionId, path_of
from tracer.static.archives.context import (
    NPZ_READERS,
    NPZ_WRITERS,
    Archive,
    LayoutReading,
    argument_of,
)
from tracer.static.archives.read import member_effects
from tracer.static.texts.bindings import bindings_before
from tracer.static.texts.context import Frame
from tracer.static.texts.scopes import Link, bind_arguments

_ZIP_CLASSES = frozenset({"zipfile.ZipFile", "zipfile.PyZipFile"})
_TAR_CLASSES = frozenset({"tarfile.open", "tarfile.TarFile", "tarfile.TarFile.open"})
_SHUTIL = frozenset({"shutil.make_archive", "shutil.unpack_archive"})
# A call of one of these is written with one of these words, whatever its module was imported as.
_WORDS = re.compile(r"\b(?:PyZipFile|ZipFile|tarfile|TarFile|make_archive|unpack_archive)\b")
_ARRAY_WORDS = re.compile(r"\b(?:savez|savez_compressed|load)\b")
_EXTENSIONS = {"zip": "zip", "tar": "tar", "gztar": "tar.gz", "bztar": "tar.bz2", "xztar": "tar.xz"}


def opening_callers(graph: CallGraph, *, with_arrays: bool = True) -> frozenset[FunctionId]:
    """Functions that the graph has calling what opens or makes an archive, under any name."""
    names = _ZIP_CLASSES | _TAR_CLASSES | _SHUTIL
    names |= (NPZ_WRITERS | NPZ_READERS) if with_arrays else frozenset()
    return frozenset(
        resolution.site.caller
        for resolution in graph.resolutions
        if any(callee.removesuffix(".__init__") in names for callee in resolution.callees)
    )


def may_open(text: str, *, with_arrays: bool = True) -> bool:
    """Whether a file's text can hold a call that opens or makes an archive, by its own imports."""
    return bool(_WORDS.search(text) or (with_arrays and _ARRAY_WORDS.search(text)))


def archive_calls(
    reading: LayoutReading, function: FunctionId, *, with_arrays: bool = True
) -> Iterator[Archive]:
    """The archives that calls in the function itself open or make.

    Args:
        with_arrays: Archives of arrays too: what `numpy.load` reads is dear to find out.
    """
    module = reading.scopes.module(path_of(function))
    if module is None:
        return
    for node in reading.scopes.own_calls(function):
        if reading.scopes.is_unreachable(module.path, node):
            continue
        names = reading.names(node, function)
        if names & (_ZIP_CLASSES | _TAR_CLASSES):
            path = argument_of(node, 0, "file" if names & _ZIP_CLASSES else "name")
            if path is not None:
                yield Archive(node, path, _direction(reading, node, function))
        elif "shutil.make_archive" in names:
            path, form = argument_of(node, 0, "base_name"), argument_of(node, 1, "format")
            if path is not None and isinstance(form, ast.Constant):
                suffix = "." + _EXTENSIONS.get(str(form.value), str(form.value))
                yield Archive(node, path, EffectKind.ARCHIVE_WRITE, suffix)
        elif "shutil.unpack_archive" in names:
            if (path := argument_of(node, 0, "filename")) is not None:
                yield Archive(node, path, EffectKind.ARCHIVE_READ)
        elif not with_arrays:
            continue
        elif names & NPZ_WRITERS and (path := argument_of(node, 0, "file")) is not None:
            yield Archive(node, path, EffectKind.ARCHIVE_WRITE, ".npz", adds_always=False)
        elif names & NPZ_READERS:
            path = argument_of(node, 0, "file")
            if path is not None and any(member_effects(reading, path, function)):
                yield Archive(node, path, EffectKind.ARCHIVE_READ)


def uses_of(
    reading: LayoutReading, made: ast.Call, frame: Frame
) -> Iterator[tuple[ast.Call, str, Frame]]:
    """The method calls on the object that a call makes, in functions it is handed to, too."""
    module = reading.scopes.module(path_of(frame.function))
    scope = reading.scopes.node(frame.function)
    if module is None or scope is None:
        return

    def is_it(node: ast.expr) -> bool:
        if node is made:
            return True
        if not isinstance(node, ast.Name) or module is None or scope is None:
            return False
        reaching = bindings_before(node.id, node, scope, module.parents)
        return any(binding.value is made for binding in reaching.bindings)

    yield from _uses_where(reading, is_it, frame, 0)


def _direction(reading: LayoutReading, call: ast.Call, function: FunctionId) -> EffectKind:
    mode = argument_of(call, 1, "mode")
    texts = ["r"]
    if mode is not None:
        texts = [
            each.text or ""
            for pattern in reading.evaluator.texts(mode, Frame(function))
            for each in reading.evaluator.expand(pattern)
        ]
    is_write = any(text[:1] in "wxa" for text in texts if text)
    return EffectKind.ARCHIVE_WRITE if is_write else EffectKind.ARCHIVE_READ


def _uses_where(
    reading: LayoutReading, is_it: Callable[[ast.expr], bool], frame: Frame, depth: int
) -> Iterator[tuple[ast.Call, str, Frame]]:
    path = path_of(frame.function)
    for node in reading.scopes.own_calls(frame.function):
        if reading.scopes.is_unreachable(path, node):
            continue
        if isinstance(node.func, ast.Attribute) and is_it(node.func.value):
            yield node, node.func.attr, frame
        handed = [*node.args, *(keyword.value for keyword in node.keywords)]
        if depth < 3 and any(is_it(argument) for argument in handed):
            for link in reading.scopes.links(path, node):
                yield from _uses_in_callee(reading, link, node, is_it, frame, depth)


def _uses_in_callee(
    reading: LayoutReading,
    link: Link,
    call: ast.Call,
    is_it: Callable[[ast.expr], bool],
    frame: Frame,
    depth: int,
) -> Iterator[tuple[ast.Call, str, Frame]]:
    node = reading.scopes.node(link.callee)
    module = reading.scopes.module(path_of(link.callee))
    if node is None or module is None or link.callee == frame.function:
        return
    bound = bind_arguments(call, node, module.parents) or {}
    names = {name for name, argument in bound.items() if is_it(argument)}

    def is_parameter(each: ast.expr) -> bool:
        if not isinstance(each, ast.Name) or each.id not in names:
            return False
        assert node is not None and module is not None
        reaching = bindings_before(each.id, each, node, module.parents)
        return reaching.falls_through and not reaching.bindings

    inner = Frame(link.callee, (*frame.links, link))
    yield from _uses_where(reading, is_parameter, inner, depth + 1)
