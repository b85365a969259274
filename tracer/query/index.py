"""Reading the index: rows in the order of the sources, and the graph's arrows as a whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from tracer.model.graph import SiteKind
from tracer.query.arrows import PackedArrows, unpack

_MOST_PARAMETERS = 500  # of one statement; SQLite allows 999 in old versions


class FunctionRow(NamedTuple):
    """A function of the sources."""

    node: int
    id: str
    path: str
    qualname: str
    name: str
    dotted: str
    kind: str
    first_line: int
    def_line: int
    end_line: int
    parameters: str
    is_generator: int
    summary: str

    @property
    def at(self) -> str:
        return f"{self.path}:{self.def_line}"

    @property
    def is_holder(self) -> bool:
        return self.kind in ("module", "class body")


class ClassRow(NamedTuple):
    """A class of the sources."""

    path: str
    qualname: str
    name: str
    dotted: str
    line: int
    end_line: int
    bases: str

    @property
    def id(self) -> str:
        return f"{self.path}::{self.qualname}"


class SiteRow(NamedTuple):
    """A call site."""

    site: int
    caller: int
    line: int
    column: int
    kind: str
    text: str
    name: str  # the last name of the text; empty where the text does not end in one
    tier: str
    is_exact: int
    is_declared: int
    is_open: int
    reason: str
    detail: str
    known: int
    guards: str
    is_unreachable: int
    end_line: int


class EdgeRow(NamedTuple):
    """A call site and one callee."""

    caller: int
    callee: int
    site: SiteRow
    through: str
    is_followed: int


class EffectRow(NamedTuple):
    """What a line of a function does to the world."""

    function: int
    line: int
    kind: str
    operation: str
    subject: str
    payload: str
    keys: str
    note: str
    guards: str
    is_unreachable: int
    is_auxiliary: int


class FileProblem(NamedTuple):
    """A file of which nothing is known."""

    path: str
    module: str  # its dotted name
    reason: str


class GraphIndex:
    """A call graph that was written by `build.fill_index`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def close(self) -> None:
        """Nothing can be asked afterwards."""
        self._database.close()

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """What stands for the whole."""
        return dict(self._rows("SELECT key, value FROM meta"))

    @cached_property
    def files(self) -> Mapping[str, tuple[str, str, int, str]]:
        """Digest, what the disk said, lines and problem of each file, by path."""
        rows = self._rows("SELECT path, sha256, stat, lines, problem FROM files ORDER BY path")
        return {path: (sha256, stat, lines, problem) for path, sha256, stat, lines, problem in rows}

    @cached_property
    def problems(self) -> tuple[FileProblem, ...]:
        """Files that could not be read or parsed, sorted by path."""
        text = "SELECT path, module, problem FROM files WHERE problem != '' ORDER BY path"
        return tuple(FileProblem(*row) for row in self._rows(text))

    def functions(self, nodes: Iterable[int]) -> dict[int, FunctionRow]:
        """Rows of those nodes that are functions."""
        rows = self._among("SELECT * FROM functions WHERE node IN ({})", nodes)
        return {row[0]: FunctionRow(*row) for row in rows}

    def functions_where(self, column: str, value: object) -> list[FunctionRow]:
        """Functions by `id`, `name`, `path`, `dotted` or `kind`, in the order of the sources."""
        assert column in ("id", "name", "path", "dotted", "kind")
        text = f"SELECT * FROM functions WHERE {column} = ? ORDER BY node"
        return [FunctionRow(*row) for row in self._rows(text, (value,))]

    def all_functions(self) -> list[FunctionRow]:
        return [FunctionRow(*row) for row in self._rows("SELECT * FROM functions ORDER BY node")]

    def classes_where(self, column: str, value: object) -> list[ClassRow]:
        """Classes by `name`, `dotted` or `path`."""
        assert column in ("name", "dotted", "path")
        text = f"SELECT * FROM classes WHERE {column} = ? ORDER BY path, line"
        return [ClassRow(*row) for row in self._rows(text, (value,))]

    def all_classes(self) -> list[ClassRow]:
        return [ClassRow(*row) for row in self._rows("SELECT * FROM classes ORDER BY path, line")]

    def externals_where(self, column: str, value: str) -> list[tuple[int, str]]:
        """Node and dotted name of callees outside, by `id` or `name`."""
        assert column in ("id", "name")
        return self._rows(
            f"SELECT node, id FROM externals WHERE {column} = ? ORDER BY id", (value,)
        )

    def all_externals(self) -> list[tuple[int, str]]:
        return self._rows("SELECT node, id FROM externals ORDER BY id")

    def names(self, nodes: Iterable[int]) -> dict[int, str]:
        """The id of each node, function or not."""
        wanted = tuple(dict.fromkeys(nodes))
        found = dict(self._among("SELECT node, id FROM functions WHERE node IN ({})", wanted))
        rest = [node for node in wanted if node not in found]
        found.update(self._among("SELECT node, id FROM externals WHERE node IN ({})", rest))
        return found

    def edges(
        self, *, callers: Collection[int] | None = None, callees: Collection[int] | None = None
    ) -> list[EdgeRow]:
        """Edges out of the callers, or into the callees, or both; by site, then callee."""
        if callers is not None and callees is not None:
            into = frozenset(callees)
            return [edge for edge in self.edges(callers=callers) if edge.callee in into]
        column, nodes = ("caller", callers) if callers is not None else ("callee", callees)
        rows = self._among(
            "SELECT e.caller, e.callee, e.through, e.is_followed, s.* FROM edges e "
            f"JOIN sites s ON s.site = e.site WHERE e.{column} IN ({{}})",
            nodes or (),
        )
        found = [EdgeRow(row[0], row[1], SiteRow(*row[4:]), row[2], row[3]) for row in rows]
        return sorted(found, key=lambda edge: (edge.site.site, edge.callee))

    def sites(self, callers: Collection[int], *, is_open: bool = False) -> list[SiteRow]:
        """Sites of the callers in order; those that are open and can run, if only these count."""
        also = " AND is_open AND NOT is_unreachable" if is_open else ""
        rows = self._among(f"SELECT * FROM sites WHERE caller IN ({{}}){also}", callers)
        return sorted(SiteRow(*row) for row in rows)

    def decorators(self, row: FunctionRow) -> frozenset[str]:
        """What decorates a function, dotted; empty text for what is not known."""
        found = self._rows(
            "SELECT externals.id FROM functions JOIN sites ON sites.caller = functions.node"
            " LEFT JOIN edges ON edges.site = sites.site"
            " LEFT JOIN externals ON externals.node = edges.callee"
            " WHERE functions.path = ? AND sites.kind = ? AND sites.line >= ? AND sites.line < ?",
            (row.path, SiteKind.DECORATOR.value, row.first_line, row.def_line),
        )
        return frozenset(name or "" for (name,) in found)

    def open_sites(self, name: str | None = None) -> list[SiteRow]:
        """Open sites whose text ends in a name, or all of them; those that can run."""
        text = "SELECT * FROM sites WHERE is_open AND NOT is_unreachable"
        if name is None:
            return [SiteRow(*row) for row in self._rows(f"{text} ORDER BY site")]
        return [SiteRow(*row) for row in self._rows(f"{text} AND name = ? ORDER BY site", (name,))]

    def open_for(self, reasons: Collection[str]) -> frozenset[int]:
        """The numbers of open sites that can run and are open for one of the reasons."""
        text = "SELECT site FROM sites WHERE is_open AND NOT is_unreachable AND reason IN ({})"
        marks = ", ".join("?" * len(reasons))
        return frozenset(row[0] for row in self._rows(text.format(marks), sorted(reasons)))

    def count_open(self) -> dict[int, int]:
        """Open sites that can run, by caller."""
        text = "SELECT caller, COUNT(*) FROM sites WHERE is_open AND NOT is_unreachable"
        return dict(self._rows(f"{text} GROUP BY caller"))

    def effects(self, functions: Collection[int]) -> list[EffectRow]:
        """Effects of functions, in the order of the sources; code that cannot run has none."""
        rows = self._among("SELECT * FROM effects WHERE function IN ({})", functions)
        return sorted(EffectRow(*row) for row in rows if not row[9])

    @cached_property
    def successors(self) -> PackedArrows:
        """Who calls whom: calls that run, each pair once, sorted."""
        return self._arrows("successors")

    @cached_property
    def predecessors(self) -> PackedArrows:
        """Who is called by whom."""
        return self._arrows("predecessors")

    @cached_property
    def with_imports(self) -> PackedArrows:
        """Calls, and the module bodies that imports set off."""
        return self._arrows("with imports")

    @cached_property
    def exact_successors(self) -> PackedArrows:
        """Calls that run and that can go nowhere else."""
        return self._arrows("exact")

    @cached_property
    def function_count(self) -> int:
        """Nodes below are functions, the others lie outside."""
        return int(self._rows("SELECT COUNT(*) FROM functions")[0][0])

    def count(self, table: str, where: str = "1") -> int:
        """Rows of a table; `where` is our own text."""
        return int(self._rows(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0])

    def _arrows(self, name: str) -> PackedArrows:
        text = "SELECT starts, firsts, ends FROM arrows WHERE name = ?"
        return unpack(*self._rows(text, (name,))[0])

    def _among(self, text: str, values: Iterable[int]) -> list[Any]:
        wanted = sorted(set(values))
        found: list[Any] = []
        for start in range(0, len(wanted), _MOST_PARAMETERS):
            part = wanted[start : start + _MOST_PARAMETERS]
            found.extend(self._rows(text.format(", ".join("?" * len(part))), part))
        return found

    def _rows(self, text: str, values: Sequence[object] = ()) -> list[Any]:
        return self._database.execute(text, values).fetchall()


def listed(text: str) -> tuple[str, ...]:
    """A column that holds a list."""
    return tuple(json.loads(text)) if text else ()
