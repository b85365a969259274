"""What is true of a tree, as its syntax and its call graph have it, not as `verify` reads it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.planting.trees import Tree
from tracer.model.graph import Resolution, SiteKind, Tier
from tracer.model.source import Function, FunctionKind, is_function

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Edge:
    """A call that the graph is sure of."""

    caller: Function
    callee: Function
    path: str  # where it stands
    line: int


@dataclass(frozen=True, slots=True)
class Count:
    """A display with a name, and how much it holds."""

    name: str
    what: str
    path: str
    first_line: int
    last_line: int
    size: int


@dataclass(frozen=True, slots=True)
class Callees:
    """A function each of whose calls is of another function of the tree."""

    function: Function
    count: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a function."""

    path: str
    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that documents are made of."""

    functions: tuple[Function, ...]
    edges: tuple[Edge, ...]
    siblings: tuple[tuple[Edge, Edge], ...]  # of one caller; the one does not lead to the other
    counts: tuple[Count, ...]
    callees: tuple[Callees, ...]
    uncalled: tuple[Function, ...]  # no edge of the graph leads there
    excerpts: tuple[Excerpt, ...]
    lines: dict[str, tuple[str, ...]]  # of each file
    names: dict[str, str]  # of each function: what a writer calls it
    out: dict[str, set[str]]  # every edge of the graph, guesses too

    def has_path(self, source: Function, target: Function) -> bool:
        """Whether any edges of the graph lead there: then it is no error to say so."""
        return leads(source.id, target.id, self.out)

    def called(self, function: Function) -> str:
        """Its name as a writer would have it: no longer than it must be."""
        return self.names[function.id]


def facts_of(tree: Tree) -> Facts:
    """Facts of one tree, in the order of its files."""
    functions = {f.id: f for f in tree.graph.functions if f.kind in _WRITTEN and f.qualname}
    functions = {i: f for i, f in functions.items() if "<" not in f.qualname and "#" not in i}
    lines = {s.path: tuple(s.text.splitlines()) for s in tree.sources.files if not s.problem}
    edges: list[Edge] = []
    out: dict[str, set[str]] = {}
    for resolution in tree.graph.resolutions:
        site = resolution.site
        for callee in resolution.callees:
            if is_function(callee):
                out.setdefault(site.caller, set()).add(callee)
        is_sure = (
            len(resolution.callees) == 1
            and not resolution.is_open
            and resolution.tier in (Tier.DEFINITE, Tier.TYPE)
            and site.kind is SiteKind.CALL
            and not str(resolution.callees[0]).rpartition(".")[2].startswith("__")
        )  # nobody writes of `C.__init__`: they write of `C`
        callee = resolution.callees[0] if resolution.callees else None
        if is_sure and callee in functions and site.caller in functions and callee != site.caller:
            caller, target = functions[site.caller], functions[callee]
            edges.append(Edge(caller, target, caller.path, site.span.line))
    names = _names(list(functions.values()))
    known = tuple(e for e in edges if e.caller.id in names and e.callee.id in names)
    return Facts(
        tuple(f for f in functions.values() if f.id in names),
        known,
        tuple(_siblings(known, out)),
        tuple(_counts(lines)),
        tuple(_callees(tree, functions, names)),
        tuple(_uncalled(functions, names, out)),
        tuple(_excerpts([f for f in functions.values() if f.id in names], lines)),
        lines,
        names,
        out,
    )


_WRITTEN = (FunctionKind.FUNCTION, FunctionKind.METHOD)


def _names(functions: list[Function]) -> dict[str, str]:
    """`f`, `C.f` or `module.f`: the shortest that means one function."""
    endings: Counter[str] = Counter()
    for function in functions:
        endings.update(_endings(function))
    found: dict[str, str] = {}
    for function in functions:
        whole = _endings(function)
        least = 2 if function.kind is FunctionKind.METHOD else 1
        fitting = [name for name in whole[least - 1 :] if endings[name] == 1]
        if fitting:
            found[function.id] = fitting[0]
    return found


def _endings(function: Function) -> list[str]:
    module = function.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    parts = f"{module}.{function.qualname}".split(".")
    return [".".join(parts[-length:]) for length in range(1, len(parts) + 1)]


def leads(source: str, target: str, out: dict[str, set[str]]) -> bool:
    """Whether the graph has a path from the one function to the other."""
    seen, stack = {source}, [source]
    while stack:
        for callee in out.get(stack.pop(), ()):
            if callee == target:
                return True
            if callee not in seen:
                seen.add(callee)
                stack.append(callee)
    return False


def _callees(
    tree: Tree, functions: dict[str, Function], names: dict[str, str]
) -> Iterator[Callees]:
    """Functions whose calls are all settled, and of as many functions as there are calls."""
    by_caller: dict[str, list[Resolution]] = {}
    for resolution in tree.graph.resolutions:
        if resolution.site.kind is SiteKind.CALL:
            by_caller.setdefault(resolution.site.caller, []).append(resolution)
    for caller, found in by_caller.items():
        callees = [each.callees[0] for each in found if len(each.callees) == 1 and not each.is_open]
        inside = {each for each in callees if each in functions}
        is_whole = len(inside) == len(found) and all(e.tier is Tier.DEFINITE for e in found)
        if caller in names and is_whole and len(inside) > 1:
            yield Callees(functions[caller], len(inside))


def _uncalled(
    functions: dict[str, Function], names: dict[str, str], out: dict[str, set[str]]
) -> Iterator[Function]:
    called = set().union(*out.values()) if out else set()
    yield from (f for f in functions.values() if f.id in names and f.id not in called)


def _siblings(edges: tuple[Edge, ...], out: dict[str, set[str]]) -> Iterator[tuple[Edge, Edge]]:
    by_caller: dict[str, list[Edge]] = {}
    for edge in edges:
        by_caller.setdefault(edge.caller.id, []).append(edge)
    for group in by_caller.values():
        ordered = sorted(group, key=lambda edge: edge.line)
        for first, second in pairwise(ordered):
            ends = first.callee.id, second.callee.id
            if first.line < second.line and ends[0] != ends[1] and not leads(*ends, out):
                yield first, second


def _counts(lines: dict[str, tuple[str, ...]]) -> Iterator[Count]:
    for path, text in lines.items():
        try:
            body = ast.parse("\n".join(text))
        except SyntaxError:
            continue
        for node in ast.walk(body):
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target, value = node.targets[0], node.value
            if not isinstance(target, ast.Name) or "_" not in target.id.strip("_"):
                continue
            last = value.end_lineno or value.lineno
            if isinstance(value, ast.Dict) and None not in value.keys:
                distinct = len({ast.dump(key) for key in value.keys if key is not None})
                count = Count(target.id, "keys", path, value.lineno, last, distinct)
            elif isinstance(value, ast.List | ast.Tuple | ast.Set) and not any(
                isinstance(item, ast.Starred) for item in value.elts
            ):
                count = Count(target.id, "items", path, value.lineno, last, len(value.elts))
            else:
                continue
            if count.size >= _FEWEST:
                yield count


def _excerpts(functions: list[Function], lines: dict[str, tuple[str, ...]]) -> Iterator[Excerpt]:
    for function in functions:
        text = lines.get(function.path, ())[function.def_line - 1 : function.end_line]
        if 4 <= len(text) <= 12 and not any('"""' in line or "'''" in line for line in text):
            yield Excerpt(function.path, function.def_line, text[:6])
