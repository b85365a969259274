"""A question and an index in, one answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tracer.errors import QueryError
from tracer.model.query import Query, QueryAnswer, Staleness
from tracer.query.changes import Changes
from tracer.query.context import Context
from tracer.query.effects import effects
from tracer.query.explain import explain
from tracer.query.fit import fit
from tracer.query.found import Found, NotFound, plural
from tracer.query.impact import impact
from tracer.query.index import GraphIndex
from tracer.query.listing import find, unresolved
from tracer.query.neighbours import callees, callers
from tracer.query.runs import Runs
from tracer.query.unread import with_unread
from tracer.query.ways import path

_COMMANDS: Mapping[str, tuple[Callable[[Context], Found], int, int]] = {
    "callers": (callers, 1, 1),
    "callees": (callees, 1, 1),
    "path": (path, 2, 2),
    "effects": (effects, 1, 2),
    "find": (find, 1, 1),
    "unresolved": (unresolved, 0, 1000),
    "explain": (explain, 2, 2),
    "impact": (impact, 0, 1000),
}
"""How each is answered, and how many names it takes."""


def answer_query(
    index: GraphIndex,
    query: Query,
    *,
    staleness: Staleness,
    quote: Callable[[str], str] = lambda place: "",
    runs: Runs | None = None,
    changes: Changes | None = None,
) -> QueryAnswer:
    """Answer a question.

    Args:
        quote: The line at `path:line` as it stands, as a quotation; empty where it cannot be had.
        runs: What a bundle tells of edges.
        changes: Of `impact`: what has changed besides what the question names.

    Raises:
        QueryError: The command does not exist, or takes another number of names.
    """
    if query.command not in _COMMANDS:
        raise QueryError(f"{query.command}: expected one of {', '.join(_COMMANDS)}")
    find_answer, least, most = _COMMANDS[query.command]
    if not least <= len(query.names) <= most or not all(name.strip() for name in query.names):
        expected = plural(most, "name") if least == most else f"{least} to {most} names"
        given = ", ".join(f"`{name}`" for name in query.names) or "none"
        raise QueryError(f"query {query.command}: expected {expected}, found {given}")
    if query.command == "impact" and not query.names and changes is None:
        raise QueryError("query impact: expected files, functions or a commit (--since)")
    context = Context(index, query, runs, changes)
    try:
        found = find_answer(context)
    except NotFound as unclear:
        found = unclear.found
    return fit(query, with_unread(index, query, found), staleness, quote)
