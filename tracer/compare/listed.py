"""Lists of what happened: what stands in one of two alone, what not as often, where orders part.

Entries are compared by all that they say but for figures that differ from run to run; a kind that
is not known here is compared the same way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracer.model.difference import Counted, ListDifference

_COUNTS = ("count", "calls", "times")
_LINES = ("line", "lines", "call_lines", "span", "first_line")
_NOT_COMPARED = frozenset(
    {*_COUNTS, *_LINES, "order", "at", "began", "ended", "thread", "pid", "n"}
)
_NOT_LISTS = frozenset({"edges", "roots", "taps", "cannot_see"})
_NAMES = ("path", "qualname")  # what a function is told by, in every kind


@dataclass(slots=True)
class _Entry:
    what: str
    count: int
    lines: tuple[int, ...]
    ends: str = ""  # of a call: who calls whom, whatever it went through
    through: str = ""


def edge_difference(
    a: Mapping[str, Any], b: Mapping[str, Any], *, same_lines: bool
) -> tuple[ListDifference, ...]:
    """Edges and roots of two `edges.json`, and whatever else these list."""
    found = [
        _difference("edges", a, b, _edge, same_lines),
        _difference("roots", a, b, _root, False),
    ]
    kinds = [
        kind
        for kind in dict.fromkeys([*a, *b])
        if kind not in _NOT_LISTS and (_is_list(a.get(kind)) or _is_list(b.get(kind)))
    ]
    for kind in kinds:
        if kind in a and kind in b:
            difference = _difference(kind, a, b, _anything, same_lines)
            found.append(difference)
    return tuple(found)


def kinds_of_one(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Kinds that only one of the recordings tells of, each with `A` or `B`."""
    return tuple(
        (kind, "A" if kind in a else "B")
        for kind in sorted({*a, *b})
        if (kind in a) != (kind in b) and (_is_list(a.get(kind)) or _is_list(b.get(kind)))
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _difference(
    kind: str,
    a: Mapping[str, Any],
    b: Mapping[str, Any],
    told: Callable[[Mapping[str, Any]], str],
    same_lines: bool,
) -> ListDifference:
    entries_a, entries_b = a.get(kind) or [], b.get(kind) or []
    by_a, by_b = _entries(entries_a, told), _entries(entries_b, told)
    rerouted = _rerouted(by_a, by_b)
    by_a, by_b = (
        {what: entry for what, entry in side.items() if entry.ends not in rerouted}
        for side in (by_a, by_b)
    )
    both = [what for what in by_a if what in by_b]
    counts = [_counted(what, by_a, by_b) for what in both if by_a[what].count != by_b[what].count]
    lines = [
        _counted(what, by_a, by_b)
        for what in both
        if same_lines
        and by_a[what].count == by_b[what].count
        and by_a[what].lines != by_b[what].lines
    ]
    only_a = [_counted(what, by_a, by_b) for what in by_a if what not in by_b]
    only_b = [_counted(what, by_a, by_b) for what in by_b if what not in by_a]
    return ListDifference(
        kind=kind,
        same=len(both) - len(counts) - len(lines),
        only_a=tuple(only_a),
        only_b=tuple(only_b),
        counts=tuple(counts),
        lines=tuple(lines),
        first=_first(entries_a, entries_b, told),
        through=tuple(rerouted.values()),
    )


def _rerouted(a: Mapping[str, _Entry], b: Mapping[str, _Entry]) -> dict[str, Counted]:
    """Calls that both have, by other ways: one entry for each, by their ends.

    Told one by one they would stand under both sides, as if each had what the other lacks.
    """
    found = {}
    ways = [_by_ends(side) for side in (a, b)]
    for ends, in_a in ways[0].items():
        in_b = ways[1].get(ends)
        if in_b is None or [each.through for each in in_a] == [each.through for each in in_b]:
            continue
        routes = (" and ".join(each.through or "nothing" for each in side) for side in (in_a, in_b))
        what = f"{ends} through {' in A, '.join(routes)} in B"
        found[ends] = Counted(
            what,
            sum(each.count for each in in_a),
            sum(each.count for each in in_b),
            tuple(sorted({line for each in in_a for line in each.lines})),
            tuple(sorted({line for each in in_b for line in each.lines})),
        )
    return found


def _by_ends(side: Mapping[str, _Entry]) -> dict[str, list[_Entry]]:
    found: dict[str, list[_Entry]] = {}
    for entry in sorted(side.values(), key=lambda each: each.through):
        if entry.ends:
            found.setdefault(entry.ends, []).append(entry)
    return found


def _counted(what: str, a: Mapping[str, _Entry], b: Mapping[str, _Entry]) -> Counted:
    nothing = _Entry(what, 0, ())
    in_a, in_b = a.get(what, nothing), b.get(what, nothing)
    return Counted(what, in_a.count, in_b.count, in_a.lines, in_b.lines)


def _entries(
    listed: Iterable[Mapping[str, Any]], told: Callable[[Mapping[str, Any]], str]
) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for item in listed:
        what = told(item)
        count = next((item[name] for name in _COUNTS if isinstance(item.get(name), int)), 1)
        lines = {
            line
            for name in ("call_lines", "line")
            for line in _each(item.get(name))
            if isinstance(line, int)
        }
        before = found.get(what, _Entry(what, 0, ()))
        found[what] = _Entry(
            what,
            before.count + count,
            tuple(sorted({*before.lines, *lines})),
            _ends(item) if _is_call(item) else "",
            item.get("through") or "",
        )
    return found


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _first(
    a: Sequence[Mapping[str, Any]],
    b: Sequence[Mapping[str, Any]],
    told: Callable[[Mapping[str, Any]], str],
) -> tuple[int, str, str] | None:
    """Where two sequences part; of lists that are no sequence of events nothing is said."""
    if not any("order" in item for item in [*a, *b]):
        return None
    told_a = [told(item) for item in sorted(a, key=_order)]
    told_b = [told(item) for item in sorted(b, key=_order)]
    for position, (left, right) in enumerate(zip(told_a, told_b, strict=False), 1):
        if left != right:
            return position, left, right
    if len(told_a) == len(told_b):
        return None
    position = min(len(told_a), len(told_b))
    rest = [*told_a[position : position + 1], ""], [*told_b[position : position + 1], ""]
    return position + 1, rest[0][0], rest[1][0]


def _order(item: Mapping[str, Any]) -> int:
    order = item.get("order")
    return order if isinstance(order, int) else 0


def _is_call(item: Mapping[str, Any]) -> bool:
    return item.get("caller") is not None and item.get("callee") is not None


def _ends(item: Mapping[str, Any]) -> str:
    text = f"{_function(item.get('caller'))} → {_function(item.get('callee'))}"
    return text if item.get("how", "call") == "call" else f"{text} ({item['how']})"


def _edge(item: Mapping[str, Any]) -> str:
    return _ends(item) + (f" through {item['through']}" if item.get("through") else "")


def _root(item: Mapping[str, Any]) -> str:
    how = "" if item.get("how", "call") == "call" else f" ({item['how']})"
    return f"{_function(item.get('callee'))}{how}: {item.get('why', '')}"


def _anything(item: Mapping[str, Any]) -> str:
    if _is_call(item):
        return _edge(item)
    # Chains of callers are long and often the same: what tells two entries apart comes before them.
    fields = sorted(_compared(item).items(), key=lambda each: (isinstance(each[1], list), each[0]))
    return ", ".join(f"{name} {_shown(value)}" for name, value in fields if value is not None)


def _compared(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in _NOT_COMPARED}


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        if all(name in value for name in _NAMES):
            return _function(value)
        return (
            "{" + ", ".join(f"{n} {_shown(v)}" for n, v in sorted(_compared(value).items())) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return json.dumps(value)


def _function(value: Any) -> str:
    if isinstance(value, dict) and all(isinstance(value.get(name), str) for name in _NAMES):
        return f"{value['path']}::{value['qualname']}"
    return str(value)
