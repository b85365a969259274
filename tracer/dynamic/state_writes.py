"""What the log says of watched objects, in the words of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tracer.model.recording import Place, StateWrite, WatchedObject

_Record = Mapping[str, Any]


def watched_objects(records: Iterable[_Record]) -> tuple[WatchedObject, ...]:
    """What became of each watch, sorted; of several words about one the last."""
    latest = {record["object"]: record for record in records}
    return tuple(
        WatchedObject(name, record["how"], record["why"]) for name, record in sorted(latest.items())
    )


def state_writes(
    by_kind: Mapping[str, Sequence[_Record]],
    chain_of: Callable[[Any], tuple[Place, ...]],
    portable: Callable[[str], str],
) -> tuple[StateWrite, ...]:
    """All changes in the order of the run; of those that were only counted, the last and how many.

    Args:
        by_kind: The records of the log; those of kinds `state` and `state_more` are read.
        chain_of: Reads the places of a record.
        portable: Takes this machine's paths out of a summary.
    """
    writes: list[StateWrite] = []
    for record in by_kind.get("state", ()):
        chain = _places(record, chain_of)
        if record["change"] != "initial":
            writes.append(_told(record, chain, portable, len(writes) + 1))
            continue
        for key, text in record["items"]:
            writes.append(
                StateWrite(
                    object=record["object"],
                    key=key,
                    change="initial",
                    old="",
                    new=portable(text),
                    chain=chain,
                    how="read",
                    order=len(writes) + 1,
                )
            )
    last = {
        (record["object"], record["change"], record["key"], str(record["chain"][:1])): record
        for record in by_kind.get("state_more", ())
    }
    for record in last.values():
        chain = _places(record, chain_of)
        write = _told(record, chain, portable, len(writes) + 1)
        writes.append(replace(write, times=record["times"]))
    return tuple(writes)


def cut_sentence(footer: _Record) -> list[str]:
    """How many changes beyond the bound were not kept, as a sentence, where there were any."""
    cut = footer.get("cut", {}).get("state", 0)
    return [f"{cut:,} more changes of watched objects were not kept."] if cut else []


def _places(record: _Record, chain_of: Callable[[Any], tuple[Place, ...]]) -> tuple[Place, ...]:
    """The chain of a record; of the line that was found by diff the columns mean nothing."""
    chain = chain_of(record)
    if record.get("how") == "by diff" and chain:
        return (replace(chain[0], span=None), *chain[1:])
    return chain


def _told(
    record: _Record, chain: tuple[Place, ...], portable: Callable[[str], str], order: int
) -> StateWrite:
    return StateWrite(
        object=record["object"],
        key=record["key"],
        change=record["change"],
        old=portable(record["old"]),
        new=portable(record["new"]),
        chain=chain,
        how=record["how"],
        order=order,
        writer=record.get("writer", "").replace(".<locals>", ""),
        until=record.get("until", 0),
    )
