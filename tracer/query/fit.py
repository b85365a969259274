"""An answer that fits a number of tokens, and says what it leaves out.

Tokens are estimated: one for each three bytes of the answer as compact JSON in UTF-8. That is more
than tokenizers make of code and paths, so that an answer that fits by the estimate fits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tracer.model.query import (
    Query,
    QueryAnchor,
    QueryAnswer,
    QueryData,
    QueryEdge,
    Staleness,
)
from tracer.query.found import Found

BYTES_A_TOKEN = 3
_LISTS = ("chains", "edges", "functions", "effects", "open_sites", "candidates")
_NOUNS = {
    "chains": "chains",
    "edges": "edges",
    "functions": "functions",
    "effects": "effects",
    "open_sites": "open sites",
    "candidates": "candidates",
}
_RESERVED = 60  # for the sentences that say what was left out


def encode(value: Any) -> Any:
    """Plain JSON values; fields of items that say nothing are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        keeps_all = isinstance(value, (QueryAnswer, QueryData, Staleness))
        return {
            field.name: encode(item)
            for field in fields(value)
            if (item := getattr(value, field.name)) not in ("", (), 0, None)
            or keeps_all
            or isinstance(item, bool)
        }
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return value


def answer_object(answer: QueryAnswer) -> dict[str, Any]:
    """The JSON object of an answer, its schema first."""
    data = encode(answer)
    return {"schema": data.pop("schema"), **data}


def compact(value: Any) -> str:
    """JSON text without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tokens(value: Any) -> int:
    """How many tokens a value takes, estimated."""
    size = len(compact(encode(value)).encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_A_TOKEN)


def fit(
    query: Query, found: Found, staleness: Staleness, quote: Callable[[str], str]
) -> QueryAnswer:
    """The answer, cut to the tokens that were asked for.

    What was asked about, the sentence that answers, what is unknown and the first item are never
    left out; of each list the end is.
    """
    anchors = _anchors_of(query, found, quote)
    fixed = _answer(query, found, staleness, {}, ())
    # What tells why nothing was found, or where the answer may be wrong, comes after the answer.
    order = [found.counted, *(name for name in _LISTS if name != found.counted)]
    kept: dict[str, tuple[Any, ...]] = {}
    shown: list[QueryAnchor] = []
    budget = query.max_tokens
    used = tokens(fixed) + (_RESERVED if budget is not None else 0)
    for place in _subject_places(found):
        anchor = anchors(place)
        shown.append(anchor)
        used += tokens(anchor)
    is_first = True
    for name in order:
        items: list[Any] = []
        for item in getattr(found, name):
            added = [anchors(place) for place in _places(query, item)]
            cost = tokens(item) + sum(map(tokens, added)) + 1
            if budget is not None and used + cost > budget and not is_first:
                break
            used += cost
            is_first = False
            items.append(item)
            shown.extend(added)
        kept[name] = tuple(items)
    truncated = _truncated(query, found, kept)
    if budget is not None and used > budget:
        truncated.append(f"what is never left out takes more than --max-tokens {budget}: {used}")
    unique = tuple(dict.fromkeys(anchor for anchor in shown if anchor.at))
    answer = _answer(query, found, staleness, kept, unique)
    return replace(answer, truncated=tuple(truncated))


def _answer(
    query: Query,
    found: Found,
    staleness: Staleness,
    kept: dict[str, tuple[Any, ...]],
    anchors: Sequence[QueryAnchor],
) -> QueryAnswer:
    data = QueryData(query.command, query.names, found.answer, found.subjects, **kept)
    return QueryAnswer(
        ok=found.ok,
        data=data,
        anchors=tuple(anchors),
        total=len(getattr(found, found.counted)) + found.more,
        returned=len(kept.get(found.counted, ())),
        truncated=(),
        unknown=found.unknown,
        staleness=staleness,
        next=found.next,
    )


def _truncated(query: Query, found: Found, kept: dict[str, tuple[Any, ...]]) -> list[str]:
    told = []
    for name in _LISTS:
        there = len(getattr(found, name)) + (found.more if name == found.counted else 0)
        if len(kept[name]) < there:
            why = f"--max-tokens {query.max_tokens}" if query.max_tokens is not None else "a bound"
            told.append(f"{len(kept[name])} of {there} {_NOUNS[name]} shown, by {why}")
    return told


def _anchors_of(
    query: Query, found: Found, quote: Callable[[str], str]
) -> Callable[[str], QueryAnchor]:
    del query, found
    known: dict[str, QueryAnchor] = {}

    def anchor(place: str) -> QueryAnchor:
        if place not in known:
            known[place] = QueryAnchor(place, quote(place) if place else "")
        return known[place]

    return anchor


def _subject_places(found: Found) -> list[str]:
    return [subject.at for subject in found.subjects if subject.at]


def _places(query: Query, item: Any) -> list[str]:
    """The places of an item that are quoted: in `brief`, those of chains and explanations alone."""
    hops = getattr(item, "hops", None)
    if isinstance(hops, tuple):
        return [hop.at for hop in hops]
    is_quoted = query.detail == "full" or query.command == "explain"
    if is_quoted and item.at:
        lines = item.more_lines if isinstance(item, QueryEdge) and query.detail == "full" else ()
        path = item.at.rpartition(":")[0]
        return [item.at, *(f"{path}:{line}" for line in lines)]
    return []
