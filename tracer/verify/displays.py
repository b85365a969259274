"""Lists, dicts, sets and tuples of a file: what they are called and how much they hold."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True, slots=True)
class Display:
    """One display, class or parameter list that can be counted."""

    name: str  # what it is bound or handed to, as written
    what: str  # `keys`, `items`, `methods`, `parameters`
    first_line: int
    last_line: int
    sizes: tuple[int, ...]  # more than one where a reader may count either way; empty: not known
    keys: tuple[str, ...] = ()  # of a dict: its constant keys

    @property
    def words(self) -> frozenset[str]:
        """The words of its name, in the singular."""
        return frozenset(singular(word) for word in _WORD.findall(self.name))


def singular(word: str) -> str:
    """Lower case, and without a plural's ending."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def displays_of(lines: tuple[str, ...]) -> tuple[Display, ...]:
    """All of a file, outer ones first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(_walk(tree, ""))


def _walk(node: ast.AST, name: str) -> Iterator[Display]:
    if isinstance(node, ast.ClassDef):
        yield _class(node)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield _parameters(node)
    elif isinstance(node, ast.Dict):
        yield _dict(node, name)
    elif isinstance(node, ast.List | ast.Set | ast.Tuple) and _is_loaded(node):
        yield _items(node, name)
    for child, given in _named_children(node, name):
        yield from _walk(child, given)


def _named_children(node: ast.AST, name: str) -> Iterator[tuple[ast.AST, str]]:
    """Children, each with the name that a display there would go by."""
    match node:
        case ast.Assign(targets=[target, *_], value=value):
            yield value, _text(target)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield value, _text(target)
        case ast.Call():
            yield node.func, ""
            for argument in node.args:
                yield argument, name or _text(node.func)
            for keyword in node.keywords:
                yield keyword.value, keyword.arg or name
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    yield key, ""
                yield value, _constant(key)
        case _:
            for child in ast.iter_child_nodes(node):
                yield child, ""


def _dict(node: ast.Dict, name: str) -> Display:
    is_known = None not in node.keys
    keys = tuple(text for key in node.keys if (text := _constant(key)))
    distinct = len({ast.dump(key) for key in node.keys if key is not None})
    return Display(name, "keys", *_lines(node), (distinct,) if is_known else (), keys)


def _items(node: ast.List | ast.Set | ast.Tuple, name: str) -> Display:
    is_known = not any(isinstance(item, ast.Starred) for item in node.elts)
    return Display(name, "items", *_lines(node), (len(node.elts),) if is_known else ())


def _class(node: ast.ClassDef) -> Display:
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = {method.name for method in methods}
    public = {name for name in names if not name.startswith("_")}
    return Display(node.name, "methods", *_lines(node), tuple(sorted({len(names), len(public)})))


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Display:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    every += [extra for extra in (node.args.vararg, node.args.kwarg) if extra is not None]
    own = [parameter for parameter in every if parameter.arg not in ("self", "cls")]
    return Display(node.name, "parameters", *_lines(node), tuple(sorted({len(every), len(own)})))


def _lines(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def _is_loaded(node: ast.List | ast.Set | ast.Tuple) -> bool:
    return isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load)


def _constant(node: ast.AST | None) -> str:
    """A text constant; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def _text(node: ast.AST) -> str:
    """A name as written, without what a call or an index does to it: `custom_objects.update`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            before = _text(value)
            return f"{before}.{attribute}" if before else attribute
        case ast.Subscript(value=value, slice=index):
            key = _constant(index)
            return f"{_text(value)}.{key}" if key else _text(value)
        case _:
            return ""
