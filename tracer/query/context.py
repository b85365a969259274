"""What every answer needs: the index, the question, and the graph with what runs have seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from tracer.model.graph import Sure, how_sure
from tracer.model.query import Query, QueryEdge, QueryEffect, QueryFunction, QueryOpenSite
from tracer.query.changes import Changes
from tracer.query.index import (
    ClassRow,
    EdgeRow,
    EffectRow,
    FunctionRow,
    GraphIndex,
    SiteRow,
    listed,
)
from tracer.query.runs import Runs, SeenEdge
from tracer.query.subjects import Subject

Arrows = Mapping[int, Sequence[int]]
_MOST_ALSO = 3  # places of one item, unless the answer is full
_SEEN_VERDICTS = ("confirmed", "seen under stand-ins", "dynamic only")


class Context:
    """One question over one index; caches what several parts of the answer look up."""

    def __init__(
        self,
        index: GraphIndex,
        query: Query,
        runs: Runs | None = None,
        changes: Changes | None = None,
    ) -> None:
        self.index = index
        self.query = query
        self.runs = runs or Runs()
        self.changes = changes
        self._rows: dict[int, FunctionRow] = {}
        self._names: dict[int, str] = {}

    @property
    def is_full(self) -> bool:
        return self.query.detail == "full"

    def rows(self, nodes: Iterable[int]) -> dict[int, FunctionRow]:
        """Those of the nodes that are functions."""
        wanted = tuple(nodes)
        self._rows.update(self.index.functions(n for n in wanted if n not in self._rows))
        return {node: self._rows[node] for node in wanted if node in self._rows}

    def names(self, nodes: Iterable[int]) -> Mapping[int, str]:
        self._names.update(self.index.names(n for n in nodes if n not in self._names))
        return self._names

    @cached_property
    def seen_only(self) -> tuple[tuple[int, int, SeenEdge], ...]:
        """Calls between functions of the sources that a run saw and reading did not."""
        nodes = self.nodes_by_id
        found = []
        for (caller, callee), seen in sorted(self.runs.edges.items()):
            pair = nodes.get(caller), nodes.get(callee)
            if seen.verdict not in _SEEN_VERDICTS or pair[0] is None or pair[1] is None:
                continue
            if pair[1] not in self.index.successors.get(pair[0], ()):
                found.append((pair[0], pair[1], seen))
        return tuple(found)

    @cached_property
    def nodes_by_id(self) -> Mapping[str, int]:
        return {row.id: row.node for row in self.index.all_functions()}

    @cached_property
    def successors(self) -> Arrows:
        return self._with_seen(self.index.successors, is_forward=True)

    @cached_property
    def predecessors(self) -> Arrows:
        return self._with_seen(self.index.predecessors, is_forward=False)

    def _with_seen(self, arrows: Arrows, *, is_forward: bool) -> Arrows:
        if not self.runs.edges or not self.seen_only:
            return arrows
        joined = {node: list(others) for node, others in arrows.items()}
        for caller, callee, _ in self.seen_only:
            start, end = (caller, callee) if is_forward else (callee, caller)
            joined.setdefault(start, []).append(end)
        return {node: sorted(set(others)) for node, others in joined.items()}

    def is_function(self, node: int) -> bool:
        return node < self.index.function_count

    def edge_items(
        self, pairs: Mapping[tuple[int, int], int], *, with_imports: bool = False
    ) -> list[QueryEdge]:
        """One item for each pair of caller and callee, the nearest first, then by place.

        Args:
            pairs: With the number of hops that each is away from what was asked about.
        """
        rows: dict[tuple[int, int], list[EdgeRow]] = {}
        starts, ends = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
        is_narrow = len(ends) < len(starts)  # who calls one function has many callees besides
        near = self.index.edges(callees=ends) if is_narrow else self.index.edges(callers=starts)
        for edge in near:
            pair = edge.caller, edge.callee
            counts = edge.is_followed or (with_imports and not edge.site.is_unreachable)
            if pair in pairs and counts:
                rows.setdefault(pair, []).append(edge)
        functions = self.rows(node for pair in pairs for node in pair)
        names = self.names(node for pair in pairs for node in pair)
        items: list[tuple[tuple[int, str, int], QueryEdge]] = []
        seen = (
            {(one, other): edge for one, other, edge in self.seen_only} if self.runs.edges else {}
        )
        for pair, hops in pairs.items():
            caller = functions[pair[0]]
            callee = names[pair[1]]
            if pair in rows:
                item = self._edge_item(caller, callee, rows[pair], hops)
            elif pair in seen:
                item = _seen_item(caller, callee, seen[pair], hops)
            else:
                continue
            items.append(((hops, caller.path, int(item.at.rpartition(":")[2])), item))
        return [item for _, item in sorted(items, key=lambda each: (each[0], each[1].callee))]

    def _edge_item(
        self, caller: FunctionRow, callee: str, rows: list[EdgeRow], hops: int
    ) -> QueryEdge:
        order = list(Sure)
        best = min(rows, key=lambda row: (order.index(_sure(row)), row.site.line))
        lines = sorted({row.site.line for row in rows} - {best.site.line})
        seen = self.runs.edges.get((caller.id, callee))
        return QueryEdge(
            caller=caller.id,
            callee=callee,
            at=f"{caller.path}:{best.site.line}",
            text=best.site.text,
            tier=best.site.tier or "definite",
            sure=_sure(best),
            hops=hops,
            kind=best.site.kind,
            more_lines=tuple(lines),
            through=best.through,
            guards=listed(best.site.guards) if self.is_full else (),
            note=_note(best, seen, is_full=self.is_full),
            verdict=seen.verdict if seen else "",
            calls=seen.calls if seen else 0,
            calls_by_line=_beside(seen.by_line, best.site.line, lines) if seen else (),
            verdicts_by_line=_verdicts(seen, rows) if seen else (),
        )

    def open_item(self, site: SiteRow, hops: int = 0) -> QueryOpenSite:
        caller = self.rows((site.caller,))[site.caller]
        return QueryOpenSite(
            caller=caller.id,
            at=f"{caller.path}:{site.line}",
            text=site.text,
            reason=site.reason,
            detail=site.detail,
            known=site.known,
            hops=hops,
            guards=listed(site.guards) if self.is_full else (),
        )

    def open_items(
        self, sites: Iterable[SiteRow], hops: Mapping[int, int] | None = None
    ) -> tuple[QueryOpenSite, ...]:
        """One item for all places that read the same and are open for the same reason: a method
        that a hundred lines call would hide the rest.

        Args:
            hops: Of the callers, from what was asked about.
        """
        groups: dict[tuple[str, str, str], list[SiteRow]] = {}
        for site in sites:
            groups.setdefault((site.text, site.reason, site.detail), []).append(site)
        return tuple(
            replace(
                self.open_item(group[0], hops[group[0].caller] + 1 if hops else 0),
                more=len(group) - 1,
                also=tuple(map(self._place, group[1 : None if self.is_full else _MOST_ALSO + 1])),
            )
            for group in groups.values()
        )

    def _place(self, site: SiteRow) -> str:
        caller = self.rows((site.caller,))[site.caller]
        return f"{caller.id} {caller.path}:{site.line}"

    def effect_item(
        self, row: EffectRow, hops: int, via: tuple[str, ...], sure: str
    ) -> QueryEffect:
        function = self.rows((row.function,))[row.function]
        return QueryEffect(
            function=function.id,
            at=f"{function.path}:{row.line}",
            kind=row.kind,
            operation=row.operation,
            subject=row.subject,
            payload=row.payload,
            keys=listed(row.keys),
            hops=hops,
            via=via if self.is_full and hops else (),
            sure=sure,
            guards=listed(row.guards) if self.is_full else (),
            note=row.note if self.is_full else "",
        )

    def function_item(self, row: FunctionRow, *, hops: int = 0, role: str = "") -> QueryFunction:
        return QueryFunction(
            id=row.id,
            at=row.at,
            kind=row.kind,
            hops=hops,
            role=role,
            callers=len(self.predecessors.get(row.node, ())),
            callees=len(self.successors.get(row.node, ())),
            parameters=listed(row.parameters) if self.is_full else (),
            summary=row.summary if self.is_full else "",
        )

    def subject_items(self, subject: Subject) -> tuple[QueryFunction, ...]:
        """What a name stands for; several definitions of one name are one item."""
        if not subject.functions:
            callers = len(self.predecessors.get(subject.nodes[0], ()))
            kind, at = "outside", ""
            # A constructor that is made from fields stands in no file, but its class does.
            for found in self.index.classes_where("dotted", subject.label.rpartition(".")[0]):
                kind, at = "made from fields", f"{found.path}:{found.line}"
            return (QueryFunction(subject.label, kind, at, role=subject.note, callers=callers),)
        return self.function_items(subject.functions, role=subject.note)

    def function_items(
        self, rows: Sequence[FunctionRow], role: str = ""
    ) -> tuple[QueryFunction, ...]:
        """An item for each qualified name; of several definitions the last is the one that is
        called, unless a condition decides, so that its place is given."""
        groups: dict[tuple[str, str], list[FunctionRow]] = {}
        for row in rows:
            groups.setdefault((row.path, row.qualname), []).append(row)
        items: list[QueryFunction] = []
        for group in groups.values():
            each = [self.function_item(row, role=role) for row in group]
            if len(each) > 1:
                lines = ", ".join(str(row.def_line) for row in group)
                several = f"{len(each)} definitions, at lines {lines}"
                each[-1] = replace(
                    each[-1],
                    id=group[0].id.partition("#")[0],
                    role="; ".join(part for part in (several, role) if part),
                    callers=sum(item.callers for item in each),
                    callees=sum(item.callees for item in each),
                )
            items.append(each[-1])
        return tuple(items)


def class_item(row: ClassRow, role: str = "") -> QueryFunction:
    return QueryFunction(row.id, "class", f"{row.path}:{row.line}", role=role)


def distances(
    arrows: Arrows,
    starts: Collection[int],
    depth: int | None = None,
    beside: Collection[int] = (),
) -> dict[int, int]:
    """How many hops away each node is that the starts lead to, themselves included; in order.

    Ways through the nodes `beside` do not count.
    """
    found = dict.fromkeys(sorted(starts), 0)
    level = list(found)
    hops = 0
    while level and (depth is None or hops < depth):
        hops += 1
        following: list[int] = []
        for node in level:
            for other in arrows.get(node, ()):
                if other not in found and other not in beside:
                    found[other] = hops
                    following.append(other)
        level = following
    return found


def _note(edge: EdgeRow, seen: SeenEdge | None, *, is_full: bool) -> str:
    if seen is not None and seen.verdict == "dynamic only":
        lines = ", ".join(map(str, seen.lines))  # others than reading has: the verdict is of these
        return f"seen at line {lines}" + f": {seen.cause}" * bool(seen.cause)
    return edge.site.detail if is_full or _is_made(edge) else ""


def _beside(
    by_line: tuple[tuple[int, int], ...], line: int, more_lines: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Nothing where the one place that is told had all calls."""
    return () if not more_lines and [at for at, _ in by_line] == [line] else by_line


def _verdicts(seen: SeenEdge, rows: Sequence[EdgeRow]) -> tuple[tuple[int, str], ...]:
    """Nothing where every place has the verdict of the edge."""
    told = {(row.site.line, seen.at(row, rows).verdict) for row in rows}
    if {verdict for _, verdict in told} == {seen.verdict}:
        return ()
    return tuple(sorted((line, verdict) for line, verdict in told if verdict))


def _sure(edge: EdgeRow) -> Sure:
    is_exact = bool(edge.site.is_exact) or _is_made(edge)
    return how_sure(is_exact=is_exact, is_declared=bool(edge.site.is_declared))


def _is_made(edge: EdgeRow) -> bool:
    """Whether the callee is a constructor that stands in no file: there is no other."""
    return edge.site.reason == "generated code" and not edge.site.known


def _seen_item(caller: FunctionRow, callee: str, seen: SeenEdge, hops: int) -> QueryEdge:
    lines = seen.lines or (caller.def_line,)
    note = seen.cause or "seen in a run; reading does not tell of it"
    is_import = seen.verdict == "confirmed" and callee.endswith("::<module>")
    if seen.verdict == "confirmed":  # read, and not among the calls that ways are made of
        note = "" if is_import else "reading has it, and does not follow it"
    return QueryEdge(
        caller=caller.id,
        callee=callee,
        at=f"{caller.path}:{lines[0]}",
        text="",
        hops=hops,
        kind="import" if is_import else "call",
        more_lines=lines[1:],
        through=seen.through,
        note=note,
        verdict=seen.verdict,
        calls=seen.calls,
        calls_by_line=_beside(seen.by_line, lines[0], lines[1:]),
    )
