"""Answers of one shape and of a bounded size, whatever the tool."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tracer.query.fit import BYTES_A_TOKEN

MCP_SCHEMA = "tracer/mcp/1"
_SHORTEST_TEXT = 200  # characters that are kept of a text that is cut
_RESERVED = 80  # tokens for the sentences that say what was cut


def answer(
    tool: str,
    data: Mapping[str, Any],
    *,
    ok: bool = True,
    unknown: Sequence[Any] = (),
    truncated: Sequence[str] = (),
    staleness: Any = None,
    next_steps: Sequence[str] = (),
) -> dict[str, Any]:
    """One answer; `ok` is false where something in it is refuted, contradicts or is not there."""
    return {
        "schema": MCP_SCHEMA,
        "tool": tool,
        "ok": ok,
        "data": dict(data),
        "unknown": list(unknown),
        "truncated": list(truncated),
        "staleness": staleness,
        "next": list(next_steps),
    }


def text_of(value: Any) -> str:
    """JSON as an agent gets it: one item a line, no other white space."""
    return json.dumps(value, ensure_ascii=False, indent=0, separators=(",", ":"))


def tokens(value: Any) -> int:
    """How many tokens a value takes, estimated."""
    return -(-len(text_of(value).encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN)


def bounded(given: dict[str, Any], max_tokens: int) -> dict[str, Any]:
    """The answer, cut to a number of tokens; `truncated` says of each list what is shown.

    The largest list loses its end first, and none its first item; then the longest text does. What
    says how far the answer may be trusted (`ok`, `staleness`, `next`) is never cut.
    """
    whole = tokens(given)
    if whole <= max_tokens:
        return given
    cut: dict[str, Any] = json.loads(json.dumps(given))
    totals = {place: len(items) for place, items, _ in _lists(cut)}
    budget = max(max_tokens - _RESERVED, 1)
    while tokens(cut) > budget and _cut_once(cut):
        pass
    for place, items, _ in _lists(cut):
        if len(items) < totals.get(place, 0):
            told = f"{place}: the first {len(items)} of {totals[place]} shown, by max_tokens"
            cut["truncated"].append(told)
    left = tokens(cut)
    if left > max_tokens:
        cut["truncated"].append(f"what is never cut takes more than max_tokens: {left}")
    return cut


_Place = tuple[str, list[Any], int]


def _lists(given: Mapping[str, Any]) -> list[_Place]:
    """Lists that may be cut, with their place and size: of the data, two levels deep, and what is
    unknown."""
    found: list[_Place] = []

    def look(place: str, value: Any, depth: int) -> None:
        if isinstance(value, list):
            found.append((place, value, tokens(value)))
        elif isinstance(value, dict) and depth:
            for name, item in value.items():
                look(f"{place}.{name}" if place else name, item, depth - 1)

    look("data", given["data"], 3)
    look("unknown", given["unknown"], 0)
    return found


def _cut_once(given: dict[str, Any]) -> bool:
    """Take something away; False where there is nothing left to take."""
    lists = [each for each in _lists(given) if len(each[1]) > 1]
    if lists:
        _, items, _ = max(lists, key=lambda each: each[2])
        del items[max(1, len(items) * 9 // 10) :]
        return True
    return _cut_text(given["data"])


def _cut_text(value: Any) -> bool:
    """Halve the longest text, wherever it stands."""
    best: tuple[int, Any, Any] | None = None
    stack = [value]
    while stack:
        here = stack.pop()
        entries = here.items() if isinstance(here, dict) else enumerate(here)
        for key, item in entries:
            if isinstance(item, str) and len(item) > (best[0] if best else _SHORTEST_TEXT):
                best = (len(item), here, key)
            elif isinstance(item, dict | list):
                stack.append(item)
    if best is None:
        return False
    length, here, key = best
    here[key] = here[key][: max(_SHORTEST_TEXT // 2, length // 2)] + "… [cut]"
    return True
