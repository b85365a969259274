"""What a command found, before it is cut to the size that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.query import (
    QueryChain,
    QueryEdge,
    QueryEffect,
    QueryFunction,
    QueryOpenSite,
    QueryUnknown,
)
from tracer.query.context import Context, class_item
from tracer.query.names import resolve
from tracer.query.subjects import NotClear, Subject


@dataclass(frozen=True, slots=True)
class Found:
    """The whole of an answer. Lists have what matters most first."""

    answer: str
    counted: str = "edges"  # the list that `total` counts
    ok: bool = True
    subjects: tuple[QueryFunction, ...] = ()
    chains: tuple[QueryChain, ...] = ()
    edges: tuple[QueryEdge, ...] = ()
    functions: tuple[QueryFunction, ...] = ()
    effects: tuple[QueryEffect, ...] = ()
    open_sites: tuple[QueryOpenSite, ...] = ()
    candidates: tuple[QueryFunction, ...] = ()
    unknown: tuple[QueryUnknown, ...] = ()
    next: tuple[str, ...] = ()
    more: int = 0  # items of the counted list that were not even gathered


class NotFound(Exception):
    """A name of the question is not clear; carries the answer that says so."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.answer)
        self.found = found


def subject_of(context: Context, name: str) -> Subject:
    """What a name stands for.

    Raises:
        NotFound: It stands for nothing, or for several things.
    """
    found = resolve(context.index, name)
    if isinstance(found, Subject):
        return found
    raise NotFound(_not_clear(context, found, name))


def _not_clear(context: Context, found: NotClear, name: str) -> Found:
    candidates = (
        *context.function_items(found.functions),
        *(class_item(row) for row in found.classes),
        *(QueryFunction(external, "outside") for external in found.externals),
    )
    query = context.query
    asked = [candidate.id for candidate in candidates[:3]]
    following = tuple(
        command_line(query.command, *(other if each == name else each for each in query.names))
        for other in asked
    )
    return Found(
        found.reason,
        counted="candidates",
        ok=False,
        candidates=candidates,
        next=following or (command_line("find", name.rpartition(".")[2]),),
    )


def command_line(command: str, *names: str, options: str = "") -> str:
    """A query as it is typed."""
    typed = " ".join(f"'{name}'" if set(name) & set("<>#* ()") else name for name in names)
    return f"tracer query {command} {typed}{options}".rstrip()


def plural(count: int, noun: str, more: str = "") -> str:
    """A count with its noun."""
    return f"{count} {noun if count == 1 else more or noun + 's'}"
