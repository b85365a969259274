"""Read the probe's log in the words of the model.

The log says what happened in this machine's paths; the recording says it in paths that read the
same anywhere: below the root relative, else `<python>/…`, `<scratch>/…`, `<home>/…`, `<tmp>/…`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from tracer.dynamic.effects import read_effects, temporary_paths
from tracer.dynamic.log.calls import read_calls
from tracer.dynamic.log.files import log_file, logs_of_children
from tracer.dynamic.log.functions import Functions
from tracer.dynamic.log.paths import PortablePaths
from tracer.dynamic.log.ran import lines_that_ran, opened_files, raised_exceptions
from tracer.dynamic.log.records import Log, read_log
from tracer.dynamic.log.stand_ins import stand_ins_of
from tracer.dynamic.log.tree import read_tree
from tracer.dynamic.log.unseen import cannot_see, why_incomplete
from tracer.dynamic.processes import join, sorting_key
from tracer.dynamic.state_writes import state_writes, watched_objects
from tracer.dynamic.tap_records import tap_reading
from tracer.dynamic.timeline import Timeline
from tracer.model.plan import Workload
from tracer.model.recording import Frame, HiddenFunction, Process, Recording, TapReading


def read_recording(place: Path, end: Mapping[str, Any] | None = None) -> Recording:
    """Read one recording, also of a target that was killed while it was writing.

    Comprehensions and generator expressions are folded into the function that holds them, so that
    all interpreters give one graph; that another function resumes a generator expression is no
    edge. Calls of the import system itself are no externals. Logs of the processes that the program
    started lie beside its own and are joined with it.

    Args:
        place: The folder of a recording, or its log; the log may be gzipped.
        end: The last record of the log, where it could not be written.

    Returns:
        Sorted by place; `order` tells the sequence. Equal logs give equal values.

    Raises:
        LogFormatError: There is no log, or it is of another format version.
    """
    first = _Reader(read_log(place, end))
    children = (_Reader(read_log(log)) for log in logs_of_children(log_file(place)))
    others = {reader.process: reader for reader in children}
    if not others and not first.has_children:
        return first.recording()
    started = dict(chain.from_iterable(each.started() for each in (first, *others.values())))
    joined: list[tuple[Process, Recording | None]] = []
    for name in sorted({*started, *others}, key=sorting_key):
        process = started.get(re.sub(r"-\d+$", "", name), Process(name))
        reader = others.get(name)
        if reader is None:
            joined.append((replace(process, is_recorded=False), None))
            continue
        recording = reader.recording()
        about = replace(
            process,
            name=name,
            program=reader.program,
            python=recording.python,
            why_incomplete=recording.why_incomplete,
        )
        joined.append((about, recording))
    return join(first.recording(), joined)


def read_timeline(place: Path) -> Timeline:
    """The call tree with clock times, in the JSON that Perfetto and Chrome's tracing view open.

    Times are of this very run, so they are no part of the recording: another run of the same
    program has the same tree and other times.

    Args:
        place: As for `read_recording`, which see for the errors.

    Returns:
        Complete events (`ph: X`), as they began; `ts` and `dur` in microseconds since the recording
        began. A call whose end was not seen lasts until the last moment that was seen, and says so.
        Calls that run at the same time in several threads lie on tracks of their own.
    """
    return _Reader(read_log(place)).timeline()


class _Reader:
    """The log of one process, in the words of the model."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._functions = Functions(log, PortablePaths(log.header, temporary_paths(log.by_kind)))

    @property
    def process(self) -> str:
        """The name of the process; empty for the first."""
        return str(self._log.header.get("process", ""))

    @property
    def program(self) -> str:
        return self._functions.paths.in_text(str(self._log.header.get("program", "")))

    @property
    def has_children(self) -> bool:
        return bool(self._log.by_kind["started"])

    def started(self) -> Iterator[tuple[str, Process]]:
        """The processes that this one started, and where."""
        for record in self._log.by_kind["started"]:
            places = self._functions.chain(record)
            yield (
                record["process"],
                Process(
                    record["process"],
                    record["how"],
                    record["program"],
                    started_at=places[0] if places else None,
                ),
            )

    def recording(self) -> Recording:
        log, functions, paths = self._log, self._functions, self._functions.paths
        header = log.header
        footer = log.last("footer")
        end = log.last("end")
        why = why_incomplete(log)
        calls, externals, entered = read_calls(log, functions)
        tree, tree_size = read_tree(log.tree_log, functions, calls)
        given = header["workload"]
        return Recording(
            workload=Workload(
                name=given["name"],
                argv=tuple(paths.in_text(word) for word in given["argv"]),
                cwd=None if given["cwd"] is None else paths.normal(given["cwd"]),
                reason=given["reason"],
            ),
            is_complete=not why,
            why_incomplete=why,
            exit_status=end.get("exit_status"),
            python=header["python"],
            implementation=header["implementation"],
            backend=header["backend"],
            accelerator=paths.in_text(header.get("accelerator", "")),
            cannot_see=cannot_see(log),
            calls=calls,
            externals=externals,
            lines=lines_that_ran(log, functions, entered),
            exceptions=raised_exceptions(log, functions),
            opened=opened_files(log, functions),
            effects=read_effects(log.by_kind, functions.chain, paths),
            effects_cut=int(footer.get("cut", {}).get("effect", 0)),
            taps=self._taps(),
            asked_taps=_pairs(header.get("asked_taps")),
            tree=tree,
            tree_cut=max(0, sum(call.calls for call in calls) - tree_size)
            if header["mode"] == "tree"
            else 0,
            dropped=int(footer.get("dropped", 0)),
            changed_sources=tuple(sorted(end.get("changed_sources", ()))),
            namespaces=tuple(header["namespaces"]),
            watched=watched_objects(log.by_kind["watch"]),
            state_writes=state_writes(log.by_kind, functions.chain, paths.in_value),
            presets=tuple(header.get("presets", ())),
            environment=tuple(
                (name, paths.in_text(value)) for name, value in header.get("environment", ())
            ),
            stand_ins=stand_ins_of(log, functions),
            tests=log.tests.names,
            stderr_tail="\n".join(paths.in_text(line) for line in end.get("stderr_tail", ())),
            stdout_tail="\n".join(paths.in_text(line) for line in end.get("stdout_tail", ())),
            converted=tuple(sorted({functions.frame(code) for code in functions.origins})),
            hidden=tuple(
                sorted(
                    {
                        HiddenFunction(each["library"], each["module"], each["name"], each["of"])
                        for each in log.by_kind["hidden"]
                    }
                )
            ),
        )

    def timeline(self) -> Timeline:
        log, functions = self._log, self._functions
        argv = " ".join(functions.paths.in_text(word) for word in log.header["workload"]["argv"])

        def frame_of(code_id: int) -> Frame | None:
            return functions.frame(code_id) if code_id in functions.codes else None

        is_in_caller = cache(functions.is_in_caller)
        return Timeline(f"python {argv}", log.tree_log, frame_of, is_in_caller)

    def _taps(self) -> tuple[TapReading, ...]:
        by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in self._log.by_kind["tap"]:
            by_key[record["key"]].append(record)
        return tuple(
            tap_reading(key, records, self._functions.paths.in_value)
            for key, records in sorted(by_key.items())
        )


def _pairs(given: Any) -> tuple[tuple[str, str], ...] | None:
    return None if given is None else tuple((str(key), str(asked)) for key, asked in given)
