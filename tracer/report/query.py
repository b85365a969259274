"""An answer to a query as text: what was asked, the answer, then the lists, one item a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracer.model.query import (
    QueryAnswer,
    QueryChain,
    QueryEdge,
    QueryEffect,
    QueryFunction,
    QueryOpenSite,
)

_LINES_SHOWN = 8
_TITLES = {
    "functions": "names",
    "edges": "calls",
    "effects": "effects",
    "open_sites": "open call sites, which may call more",
    "candidates": "it may be",
}


def render_query(answer: QueryAnswer) -> str:
    """Plain text; nothing is shortened that the answer has not shortened itself."""
    data = answer.data
    quotes = {anchor.at: anchor.quote for anchor in answer.anchors}
    lines = [data.answer]
    lines += [f"  {_function(subject)}" for subject in data.subjects]
    for number, chain in enumerate(data.chains, 1):
        lines += ["", *_chain(chain, number, quotes)]
    for name in ("edges", "functions", "effects", "open_sites", "candidates"):
        items = getattr(data, name)
        if not items:
            continue
        lines += ["", _title(answer, name)]
        for item in items:
            lines += [f"  {line}" for line in _item(item, quotes)]
    lines += _foot(answer)
    return "\n".join(lines) + "\n"


def _title(answer: QueryAnswer, name: str) -> str:
    if name == "edges" and answer.data.command == "path":
        return "whoever leads to both:"
    return f"{_TITLES[name]}:"


def _item(
    item: QueryFunction | QueryEdge | QueryEffect | QueryOpenSite, quotes: Mapping[str, str]
) -> Iterator[str]:
    if isinstance(item, QueryFunction):
        yield _function(item)
    elif isinstance(item, QueryEdge):
        yield from _edge(item, quotes)
    elif isinstance(item, QueryEffect):
        yield from _effect(item, quotes)
    else:
        known = f", {item.known} known beside" if item.known else ""
        detail = f": {item.detail}" if item.detail else ""
        more = f" (and {_count(item.more, 'place')} like it)" if item.more else ""
        also = item.also if len(item.also) == item.more else (*item.also, "…")
        yield f"{item.caller}  {item.at}{more}  `{item.text}`  {item.reason}{detail}{known}"
        yield from (f"    like it: {place}" for place in also)
        yield from _more(item.guards, quotes.get(item.at, ""))


def _function(item: QueryFunction) -> str:
    where = f"  {item.at}" if item.at else ""
    counts = ""
    if item.callers or item.callees:
        counts = f"  {_count(item.callers, 'caller')}, {_count(item.callees, 'callee')}"
    role = f"  [{item.role}]" if item.role else ""
    hops = f"  {_count(item.hops, 'hop')}" if item.hops else ""
    parameters = f"  ({', '.join(item.parameters)})" if item.parameters else ""
    summary = f"  {item.summary}" if item.summary else ""
    return f"{item.id}{where}  {item.kind}{hops}{counts}{role}{parameters}{summary}"


def _edge(item: QueryEdge, quotes: Mapping[str, str]) -> Iterator[str]:
    more = "".join(f",{line}" for line in item.more_lines)
    hops = f"{item.hops}  " if item.hops > 1 else ""
    yield f"{hops}{item.caller} -> {item.callee}  {item.at}{more}  {_found(item)}"
    yield from _more(item.guards, quotes.get(item.at, ""), item.note)


def _found(item: QueryEdge) -> str:
    parts = [item.tier, item.sure, item.kind if item.kind != "call" else ""]
    if item.through:
        parts.append(f"through {item.through}")
    if item.verdict:
        parts.append("; ".join(_verdicts(item)))
    return " ".join(part for part in parts if part)


def _verdicts(item: QueryEdge) -> Iterator[str]:
    """The strongest first, and what differs from it with its lines."""
    lines: dict[str, list[int]] = {}
    for line, verdict in item.verdicts_by_line:
        lines.setdefault(verdict, []).append(line)
    own = lines.pop(item.verdict, [])
    are_counted = {line for line, _ in item.calls_by_line} == set(own)
    at = f" at {_shown(own)}" if own and not are_counted else ""
    yield item.verdict + at + (f" ({_calls(item)})" if item.calls else "")
    for verdict, others in lines.items():
        yield f"{verdict} at {_shown(others)}"


def _shown(lines: Sequence[int]) -> str:
    more = ", …" if len(lines) > _LINES_SHOWN else ""
    return ", ".join(map(str, lines[:_LINES_SHOWN])) + more


def _calls(item: QueryEdge) -> str:
    """Of each line, where the runs tell; else that it is the sum of all lines."""
    told = _count(item.calls, "call")
    if len(item.calls_by_line) == 1:
        return f"{told} at {item.calls_by_line[0][0]}"
    if item.calls_by_line:
        shown = [f"{calls} at {line}" for line, calls in item.calls_by_line[:_LINES_SHOWN]]
        more = ", …" if len(item.calls_by_line) > _LINES_SHOWN else ""
        return f"{told} in all: {', '.join(shown)}{more}"
    return f"{told} in all" if item.more_lines else told


def _effect(item: QueryEffect, quotes: Mapping[str, str]) -> Iterator[str]:
    of = f" of {item.subject}" if item.subject else ""
    payload = f" <- {item.payload}" if item.payload else ""
    keys = f"  keys {', '.join(item.keys)}" if item.keys else ""
    hops = f"  {_count(item.hops, 'call')} away, {item.sure}" if item.hops else ""
    yield f"{item.kind}  {item.operation}{of}{payload}  {item.function}  {item.at}{hops}{keys}"
    if item.via:
        yield f"    by {' -> '.join(item.via)}"
    yield from _more(item.guards, quotes.get(item.at, ""), item.note)


def _chain(chain: QueryChain, number: int, quotes: Mapping[str, str]) -> Iterator[str]:
    note = f", {chain.note}" if chain.note else ""
    yield f"way {number} ({_count(len(chain.hops), 'call')}, {chain.sure}{note}):"
    for hop in chain.hops:
        yield f"  {hop.caller} -> {hop.callee}  {hop.at}  {_found(hop)}"
        yield from (f"  {line}" for line in _more(hop.guards, quotes.get(hop.at, ""), hop.note))


def _more(guards: tuple[str, ...], quote: str, note: str = "") -> Iterator[str]:
    if quote:
        yield f"    | {quote}"
    for guard in guards:
        yield f"    where {guard}"
    if note:
        yield f"    {note}"


def _foot(answer: QueryAnswer) -> Iterator[str]:
    yield ""
    yield from (f"truncated: {text}" for text in answer.truncated)
    for item in answer.unknown:
        yield f"unknown: {item.what} ({item.reason})" + (f": {item.next}" if item.next else "")
    yield from (f"next: {command}" for command in answer.next)
    state = answer.staleness
    parts = []
    if state.commit:
        parts.append(f"commit {state.commit[:12]}{' with changes' if state.dirty else ''}")
    if state.changed_files:
        parts.append(f"STALE: changed since it was read: {', '.join(state.changed_files)}")
    else:
        parts.append(f"Python files {state.tree[:12]}, current")
    if state.bundle:
        parts.append(f"bundle: {state.bundle}")
    yield f"sources: {'; '.join(parts)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
