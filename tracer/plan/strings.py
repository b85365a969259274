"""Where the sources spell a name that a question asks for, also by way of a key.

`wts.h5.zip` may be written by code that only says `params.get('h5_path')`: then the key under which
the sources keep `wts.h5` leads there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracer.model.source import FunctionId
from tracer.plan.parsing import parse_source
from tracer.plan.places import Places
from tracer.static.sources import SourceText

_SHORTEST_KEY = 4


@dataclass(frozen=True, slots=True, order=True)
class Spelling:
    """A function that spells a name, or reads the key under which the name is kept."""

    function: FunctionId
    line: int
    text: str  # the name as found, or the key
    is_whole: bool  # the string constant is the name, nothing else
    key_of: str = ""  # the name whose key this is


def find_spellings(
    names: Sequence[str], files: Iterable[SourceText], places: Places
) -> tuple[Spelling, ...]:
    """Functions that hold one of the names in a string constant, docstrings excepted.

    Args:
        names: File names and other literals of the question, and their stems.
        files: The files to search; those that do not parse are left out, as in the graph.
        places: Who owns a line.

    Returns:
        Sorted; one item per function, line and text.
    """
    files = tuple(files)
    found: set[Spelling] = set()
    keys: dict[str, str] = {}
    for file in files:
        if not any(name in file.text for name in names):
            continue
        tree = parse_source(file)
        if tree is None:
            continue
        for node in _strings(tree):
            text = str(node.value)
            for name in names:
                if text == name or _holds(text, name):
                    _add(found, places, file.path, node.lineno, name, text == name)
                    break
        for key, value in _kept(tree):
            if value in names and len(key) >= _SHORTEST_KEY:
                keys.setdefault(key, value)
    for file in files:
        wanted = {key: name for key, name in keys.items() if key in file.text}
        tree = parse_source(file) if wanted else None
        if tree is None:
            continue
        for line, key in _uses(tree, wanted.keys()):
            _add(found, places, file.path, line, key, False, wanted[key])
    return tuple(sorted(found))


def file_names(mentions: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
    """The mentions that name a data file, each followed by its stems: `a.h5.zip`, `a.h5`."""
    known = frozenset(suffixes)
    names: list[str] = []
    for mention in mentions:
        name = mention.rpartition("/")[2]
        while "." in name and name.rpartition(".")[2].lower() in known:
            names.append(name)
            name = name.rpartition(".")[0]
    return tuple(dict.fromkeys(names))


def _add(
    found: set[Spelling],
    places: Places,
    path: str,
    line: int,
    text: str,
    is_whole: bool,
    key_of: str = "",
) -> None:
    owner = places.owner(path, line)
    if owner is not None:
        found.add(Spelling(owner.id, line, text, is_whole, key_of))


def _strings(tree: ast.Module) -> Iterator[ast.Constant]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        if id(node) not in docstrings:
            yield node


def _holds(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text) is not None


def _kept(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names under which string constants are kept: keys, keywords, defaults, assignments."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield from _pair(key.value, value)
            case (
                ast.Assign(targets=[target], value=value)
                | ast.AnnAssign(target=target, value=value)
            ):
                yield from _pair(_target_name(target), value)
            case ast.Call(args=args, keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "default" and args:
                        yield from _pair(_option_name(args[0]), keyword.value)
                    elif keyword.arg:
                        yield from _pair(keyword.arg, keyword.value)
            case ast.arguments():
                positional = [*node.posonlyargs, *node.args]
                for arg, default in zip(
                    reversed(positional), reversed(node.defaults), strict=False
                ):
                    yield from _pair(arg.arg, default)
                for arg, kw_default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                    yield from _pair(arg.arg, kw_default)


def _pair(key: str, value: ast.expr | None) -> Iterator[tuple[str, str]]:
    if key and isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield key, value.value


def _target_name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case _:
            return ""


def _option_name(option: ast.expr) -> str:
    """`--h5-path` is read as `args.h5_path`."""
    if isinstance(option, ast.Constant) and isinstance(option.value, str):
        return option.value.lstrip("-").replace("-", "_")
    return ""


def _uses(tree: ast.Module, keys: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Places that read a key: as a string in a call or subscript, as an attribute or a name."""
    wanted = frozenset(keys)
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=[ast.Constant(value=str(key)), *_]) if key in wanted:
                yield node.lineno, key
            case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Load()) if key in wanted:
                yield node.lineno, key
            case ast.Attribute(attr=key, ctx=ast.Load()) if key in wanted:
                yield node.lineno, key
            case ast.Name(id=key, ctx=ast.Load()) if key in wanted and key.isupper():
                yield node.lineno, key
            case _:
                pass
