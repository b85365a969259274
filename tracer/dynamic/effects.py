"""What a run did to the world: the plan in the probe's words, and the log in the model's.

Joins are made here, on the paths of the machine: normalised, two temporary files may read the same.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, Protocol

from tracer.model.effect_plan import EffectCall, EffectPlan
from tracer.model.graph import EffectKind
from tracer.model.recording import ObservedEffect, Place

OPEN = "open"
READING = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ, EffectKind.DESERIALIZE})
WRITING = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})
_TEMPORARY = ("tempfile.mkdtemp", "tempfile.mkstemp")
REMOVING = ("os.remove", "os.rmdir", "shutil.rmtree")
MAKING = ("os.mkdir", "tempfile.mkdtemp", "tempfile.mkstemp")
MOVING = ("os.rename", "shutil.move")
"""Audit events that say more than that a path was written."""

_EPHEMERAL_PORT = re.compile(
    r"(?<=:)(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|6\d{4})$"
)
_DEFAULTS = {
    field.name: field.default for field in fields(EffectCall) if field.default is not MISSING
}

_Record = dict[str, Any]


class Paths(Protocol):
    """This machine's paths, made to read the same on any other."""

    def normal(self, path: str) -> str: ...

    def in_text(self, text: str) -> str: ...


def describe_effects(plan: EffectPlan) -> dict[str, Any]:
    """The plan as the probe reads it: what is as usual is left out."""
    return {
        "calls": [
            {
                field.name: getattr(call, field.name)
                for field in fields(call)
                if getattr(call, field.name) != _DEFAULTS.get(field.name, MISSING)
            }
            for call in plan.calls
        ],
        "named_by": [list(pair) for pair in plan.named_by],
        "part_of": [list(pair) for pair in plan.part_of],
    }


def times_of_effects(by_kind: Mapping[str, Sequence[_Record]]) -> dict[int, int]:
    """How often each effect happened, of those that happened more than once."""
    return {
        number: times
        for record in by_kind.get("effect_times", ())
        for number, times in record["are"]
    }


def temporary_paths(by_kind: Mapping[str, Sequence[_Record]]) -> tuple[str, ...]:
    """The files and folders to which `tempfile` gave a name, as the machine has them."""
    return tuple(
        dict.fromkeys(
            record["path"]
            for record in by_kind.get("effect", ())
            if record["op"] in _TEMPORARY and record.get("by") == "audit" and "path" in record
        )
    )


def read_effects(
    by_kind: Mapping[str, Sequence[_Record]],
    chain: Callable[[_Record], tuple[Place, ...]],
    paths: Paths,
) -> tuple[ObservedEffect, ...]:
    """All effects of a log, in order, joined: who wrote the file that is read or goes in.

    Args:
        by_kind: The records of a log.
        chain: Reads the places of a record.
        paths: Of the machine that the log is from.
    """
    records = _merged(sorted(by_kind.get("effect", ()), key=lambda record: int(record["n"])))
    times = times_of_effects(by_kind)
    made_by, origins = _Files(records).join()
    files: dict[str, int] = {}
    return tuple(
        ObservedEffect(
            number=number,
            kind=record["kind"],
            operation=record["op"],
            subject=_subject(record, paths),
            file=files.setdefault(record["path"], len(files) + 1) if "path" in record else 0,
            payload=paths.normal(record["from"])
            if "from" in record
            else paths.in_text(record.get("payload", "")),
            keys=tuple(paths.in_text(key) for key in record.get("keys", ())),
            part=record.get("part", ""),
            mode=record.get("mode", ""),
            chain=chain(record),
            through=record.get("through", "").replace(".<locals>", ""),
            within=record.get("within", 0),
            made_by=made_by.get(number, 0),
            origin="!".join(
                (paths.normal(origins[number][0]), origins[number][1]) if number in origins else ()
            ),
            times=times.get(number, 1),
            heard_by=record.get("by", "call"),
        )
        for number, record in records.items()
    )


def _subject(record: _Record, paths: Paths) -> str:
    if "path" in record:
        return paths.normal(record["path"])
    text = paths.in_text(record.get("subject", ""))
    return _EPHEMERAL_PORT.sub("*", text) if record["kind"] == EffectKind.NETWORK else text


def _merged(ordered: Sequence[_Record]) -> dict[int, _Record]:
    """By number; an event that only repeats the call around it goes into this one.

    `tempfile.mkdtemp` does not know at its entry what it is going to make; the event of the same
    name does. `ZipFile.write` may leave the member's name to the method that it calls.
    """
    records: dict[int, _Record] = {}
    gone: dict[int, int] = {}
    for given in ordered:
        record = dict(given)
        outer = record.get("within", 0)
        outer = gone.get(outer, outer)
        around = records.get(outer)
        if around is None:
            record.pop("within", None)
        else:
            record["within"] = outer
            if record.get("by") == "audit" and record["op"] == around["op"]:
                for name in ("path", "subject", "from"):
                    if name in record and not around.get("path" if name == "subject" else name):
                        around.setdefault(name, record[name])
                gone[record["n"]] = outer
                _name_made(records, outer)
                continue
            if _names_member_of(record, around):
                around["keys"] = record["keys"]
        records[record["n"]] = record
    return records


def _name_made(records: dict[int, _Record], number: int) -> None:
    """`TemporaryDirectory` touches what `mkdtemp`, which it calls, has made."""
    made = records[number]
    while made["op"] in MAKING and made.get("within") in records:
        around = records[made["within"]]
        if "path" in around or "path" not in made:
            return
        around["path"] = made["path"]
        made = around


def _names_member_of(record: _Record, around: _Record) -> bool:
    return (
        bool(record.get("keys"))
        and not around.get("keys")
        and record["kind"] == around["kind"] == EffectKind.ARCHIVE_WRITE
        and record.get("path") == around.get("path")
        and "from" in around
    )


class _Files:
    """Who wrote which file last, as the run goes on."""

    def __init__(self, records: Mapping[int, _Record]) -> None:
        self._records = records
        self._writers: dict[str, int] = {}
        self._member_writers: dict[tuple[str, ...], int] = {}
        self._made_by: dict[int, int] = {}
        self._origins: dict[int, tuple[str, str]] = {}

    def join(self) -> tuple[dict[int, int], dict[int, tuple[str, str]]]:
        """By the number of an effect: who wrote what it reads; archive and member that this was."""
        for number, record in self._records.items():
            source = record.get("from") or ""
            path = record.get("path", "")
            read = source if record["kind"] in WRITING else path
            if record["kind"] not in READING and not source:
                read = ""
            writer = self._member_writers.get(_member(record), 0) if read == path else 0
            writer = writer or self._writers.get(read, 0)
            if writer and not self._is_within(number, writer):
                self._made_by[number] = writer
                self._find_origin(number, read, writer)
            self._write(number, record, path, source)
        return self._made_by, self._origins

    def _write(self, number: int, record: _Record, path: str, source: str) -> None:
        operation = record["op"]
        if operation in REMOVING:
            for each in [p for p in self._writers if p == path or p.startswith(path + "/")]:
                del self._writers[each]
        elif path and record["kind"] in WRITING and operation not in MAKING:
            if record.get("keys"):
                before = self._member_writers.get(_member(record), 0)
                if not (before and self._is_within(number, before)):
                    self._member_writers[_member(record)] = number
            if operation in MOVING:
                self._writers.pop(source, None)
            before = self._writers.get(path, 0)
            if not (before and self._is_within(number, before)):
                self._writers[path] = number

    def _find_origin(self, number: int, path: str, writer: int) -> None:
        """A file that was extracted: from which member."""
        at = writer
        while at:
            record = self._records[at]
            folder = record.get("from", "")
            if record["kind"] == EffectKind.ARCHIVE_READ and folder and "path" in record:
                member = posixpath.relpath(path, folder)
                if not member.startswith(".."):
                    self._origins[number] = record["path"], member
                return
            at = record.get("within", 0)

    def _is_within(self, number: int, outer: int) -> bool:
        while number:
            if number == outer:
                return True
            number = self._records[number].get("within", 0) if number in self._records else 0
        return False


def _member(record: _Record) -> tuple[str, ...]:
    return record.get("path", ""), record.get("part", ""), *record.get("keys", ())
