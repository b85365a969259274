"""Read the probe's log in the words of the model.

The log says what happened in this machine's paths; the recording says it in paths that read the
same anywhere: below the root relative, else `<python>/…`, `<scratch>/…`, `<home>/…`, `<tmp>/…`.
"""

from __future__ import annotations

import gc
import gzip
import json
import posixpath
import re
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from tracer.dynamic.effects import OPEN, read_effects, temporary_paths, times_of_effects
from tracer.dynamic.folding import folded
from tracer.dynamic.processes import join, sorting_key
from tracer.dynamic.state_writes import cut_sentence, state_writes, watched_objects
from tracer.dynamic.stream import read_stream
from tracer.dynamic.tap_records import tap_reading
from tracer.dynamic.test_counts import TestCounts
from tracer.dynamic.timeline import Timeline
from tracer.dynamic.tree_log import TreeLog
from tracer.errors import LogFormatError
from tracer.model.plan import Workload
from tracer.model.recording import (
    Frame,
    HiddenFunction,
    InventedUse,
    ObservedCall,
    ObservedExternal,
    ObservedLines,
    OpenedFile,
    Place,
    Process,
    RaisedException,
    Recording,
    StandIns,
    TapReading,
    TreeCall,
)
from tracer.model.source import Span
from tracer.probe.arguments import split_options
from tracer.tables.outside import load_outside_table

LOG_NAME = "recording.jsonl"
LOG_SCHEMA = "tracer/log/1"
LOG_TROUBLE = "the log could not be written"
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_COMPREHENSION_PART = re.compile(
    r"^<(?:list|set|dict)comp>\.?|^<genexpr>\.?|\.<(?:list|set|dict)comp>|\.<genexpr>"
)
_IMPORT_SYSTEM = {  # the same modules, before and after `import importlib`
    "_frozen_importlib": "importlib._bootstrap",
    "_frozen_importlib_external": "importlib._bootstrap_external",
}
_NOT_OUTSIDE = ("importlib._bootstrap", "_tracer_probe.")  # the import system, and our own hooks
_RANDOM_NAME = re.compile(  # as `tempfile` makes them, also to see whether a folder can be used
    r"(?<=/)tmp[a-z0-9_]{8}(?=[/.'\"]|$)|(?<=<tmp>/)[a-z0-9_]{8}(?=[/'\"]|$)"
)
_RANDOM_CHARACTERS = 8  # in the names that `tempfile` makes
_TEXT_LENGTH = re.compile(r"\b(str|bytes) len \d+ (?=b?['\"])")
_CHILD_LOG = re.compile(r"recording\.\d[\d.-]*\.jsonl(\.gz)?")
_UNKNOWN, _IN_CALLER = -1, -2  # calls that the tree does not show, instead of a kind
_SIGNALS = {2: "SIGINT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}


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
    first = _reader(place, end)
    others = {reader.process: reader for reader in map(_reader, logs_of_children(_log_file(place)))}
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
    return _reader(place).timeline()


def logs_of_children(first: Path) -> list[Path]:
    """The logs beside the first one: `recording.2.1.jsonl`, perhaps gzipped."""
    if not first.name.startswith(LOG_NAME) or not first.parent.is_dir():
        return []
    return sorted(
        log
        for log in first.parent.iterdir()
        if _CHILD_LOG.fullmatch(log.name) and log.stat().st_size
    )


def _reader(place: Path, end: Mapping[str, Any] | None = None) -> _Reader:
    """Args: `end` stands for the last record, where it could not be written."""
    records = chain(_records(_log_file(place)), () if end is None else (dict(end),))
    header = next(records, {})
    if header.get("t") != "header":
        raise LogFormatError(f"{place}: no header: this is no recording")
    schema = header.get("schema")
    if schema != LOG_SCHEMA:
        raise LogFormatError(f"{place}: format {schema}, expected {LOG_SCHEMA}")
    with _no_collection():  # nothing here forms a cycle, and it would look at all again and again
        return _Reader(header, records)


@contextmanager
def _no_collection() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _log_file(place: Path) -> Path:
    if place.is_dir():
        for name in (LOG_NAME, LOG_NAME + ".gz"):
            if (place / name).is_file():
                return place / name
        raise LogFormatError(f"{place}: no {LOG_NAME} in this folder")
    if not place.is_file():
        raise LogFormatError(f"{place}: no such recording")
    return place


def _records(log: Path) -> Iterator[dict[str, Any]]:
    """All whole records; the one that a kill cut in two is left out."""
    opener = gzip.open if log.suffix == ".gz" else open
    with opener(log, "rt", encoding="utf-8") as lines:
        try:
            for line in lines:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise LogFormatError(f"{log}: cannot be read: {error}") from error


class _Reader:
    """One pass over the records, and what it gathers."""

    def __init__(self, header: dict[str, Any], records: Iterable[dict[str, Any]]) -> None:
        self._by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._tree_log = TreeLog()
        self._counts: dict[int, int] = defaultdict(int)
        self._tests = TestCounts()
        streamed: list[dict[str, Any]] = []  # in the order of the log
        for record in records:
            kind = record.get("t", "")
            if kind == "count":
                for number, count in record["add"]:
                    self._counts[number] += count
                self._tests.add(record["add"])
            elif kind == "test":
                self._tests.begin(record["id"])
            elif not self._tree_log.add(record):
                self._by_kind[kind].append(record)
                if kind.startswith("stream"):
                    streamed.append(record)
        self._tree_log.close()
        most = header.get("tree_calls", 0) if header.get("mode") == "tree" else 0
        self._stream = read_stream(streamed, most)
        self._tree_log.take_stream(self._stream.tree)
        self._header = header
        self._paths = _Paths(self._header, temporary_paths(self._by_kind))
        self._codes = {code["id"]: code for code in self._by_kind["code"]}
        self._places = {(each["code"], each["at"]): each["is"] for each in self._by_kind["pos"]}
        self._frames: dict[int, Frame] = {}
        self._origins = {record["code"]: record for record in self._by_kind["origin"]}
        self._origin_lines = {code: dict(record["lines"]) for code, record in self._origins.items()}

    @property
    def process(self) -> str:
        """The name of the process; empty for the first."""
        return str(self._header.get("process", ""))

    @property
    def program(self) -> str:
        return self._paths.in_text(str(self._header.get("program", "")))

    @property
    def has_children(self) -> bool:
        return bool(self._by_kind["started"])

    def started(self) -> Iterator[tuple[str, Process]]:
        """The processes that this one started, and where."""
        for record in self._by_kind["started"]:
            places = self._chain(record)
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
        header = self._header
        footer = self._last("footer")
        end = self._last("end")
        why = self._why_incomplete(footer, end)
        calls, externals, entered = self._edges()
        tree, tree_size = self._tree(calls)
        given = header["workload"]
        return Recording(
            workload=Workload(
                name=given["name"],
                argv=tuple(self._paths.in_text(word) for word in given["argv"]),
                cwd=None if given["cwd"] is None else self._paths.normal(given["cwd"]),
                reason=given["reason"],
            ),
            is_complete=not why,
            why_incomplete=why,
            exit_status=end.get("exit_status"),
            python=header["python"],
            implementation=header["implementation"],
            backend=header["backend"],
            accelerator=self._paths.in_text(header.get("accelerator", "")),
            cannot_see=self._cannot_see(),
            calls=calls,
            externals=externals,
            lines=self._lines(entered),
            exceptions=self._exceptions(),
            opened=self._opened(),
            effects=read_effects(self._by_kind, self._chain, self._paths),
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
            watched=watched_objects(self._by_kind["watch"]),
            state_writes=state_writes(self._by_kind, self._chain, self._portable),
            presets=tuple(header.get("presets", ())),
            environment=tuple(
                (name, self._paths.in_text(value)) for name, value in header.get("environment", ())
            ),
            stand_ins=self._stand_ins(),
            tests=self._tests.names,
            stderr_tail="\n".join(self._paths.in_text(line) for line in end.get("stderr_tail", ())),
            converted=tuple(sorted({self._frame(code) for code in self._origins})),
            hidden=tuple(
                sorted(
                    {
                        HiddenFunction(each["library"], each["module"], each["name"], each["of"])
                        for each in self._by_kind["hidden"]
                    }
                )
            ),
        )

    def timeline(self) -> Timeline:
        argv = " ".join(self._paths.in_text(word) for word in self._header["workload"]["argv"])

        def frame_of(code_id: int) -> Frame | None:
            return self._frame(code_id) if code_id in self._codes else None

        is_in_caller = cache(self._is_in_caller)
        return Timeline(f"python {argv}", self._tree_log, frame_of, is_in_caller)

    def _last(self, kind: str) -> dict[str, Any]:
        found = self._by_kind[kind]
        return found[-1] if found else {}

    def _defined(self, kind: str) -> Iterable[dict[str, Any]]:
        """What the numbers of the counts are about, each once."""
        return {record["n"]: record for record in self._by_kind[kind]}.values()

    def _why_incomplete(self, footer: dict[str, Any], end: dict[str, Any]) -> str:
        if end.get("why_ended"):
            return f"the target was {end['why_ended']}"
        if footer:
            return str(footer["why_incomplete"])
        if end.get("log_trouble"):
            return str(end["log_trouble"])
        number = end.get("signal")
        if number:
            name = _SIGNALS.get(number)
            named = f"signal {number} ({name})" if name else f"signal {number}"
            return f"the target was killed by {named}"
        return "the log has no footer: the target ended without our hearing of it"

    def _cannot_see(self) -> tuple[str, ...]:
        sentences = [
            "Functions in C have no frame: what they call is seen, they themselves are not.",
            "Files that C libraries open by themselves raise no event; calls of libraries that are"
            " known to do so (the effect table) are told with their arguments instead.",
            "Effects are told when they are tried: one that fails is told as well.",
            "Reads of the environment are told where they go through `os.environ` and `os.getenv`,"
            " and the program itself asks; C reads it unheard.",
        ]
        if self._header["backend"] == "settrace":
            sentences.append(
                "Effects of functions in C are heard by audit events alone: not of `pickle.dump`"
                " or `numpy.random.seed`, but of the files that are opened for them."
            )
        else:
            sentences.append(
                "Of effects of functions in C that the namespace calls itself, the first argument"
                " is known, and others where they are plain names (locals: from Python 3.13 on); of"
                " such calls by others, what audit events tell."
            )
        if self._header["backend"] == "monitoring":
            sentences.append(
                "Of calls into libraries the first ones of each line are seen: their counts are"
                " too low, and what only operators, items and conversions call may be missing."
            )
        if self._stream.pairs or self._stream.roots:
            sentences.append(
                "Of a function that was called often the first calls were looked at; later ones"
                " are counted for each pair of caller and callee, without a look at the line that"
                " called, at functions outside in between, or at threads of native code."
            )
        if self._stream.lost:
            sentences.append(
                f"{self._stream.lost} calls had no caller with a name yet when the target ended."
            )
        if self._stream.trouble:
            sentences.append(
                "Calls of functions that are called often are counted too low: the rest of their"
                f" stream was not read, since {self._stream.trouble}."
            )
        if not self._header["has_columns"]:
            sentences.append("This interpreter has no columns: call sites are known by line.")
            sentences.append("Objects in the locals of a traced function live until it returns.")
        if cut := self._last("footer").get("cut", {}).get("effect", 0):
            sentences.append(f"{cut} effects came after those that are kept, and are not told.")
        for library in sorted({record["library"] for record in self._by_kind["hidden"]}):
            number = sum(record["library"] == library for record in self._by_kind["hidden"])
            functions = "1 function that" if number == 1 else f"{number} functions that"
            sentences.append(f"{functions} {library} made at run time: not recorded themselves.")
        sentences += [
            record["text"][:1].upper() + record["text"][1:] + "."
            for record in self._by_kind["note"]
        ]
        sentences += cut_sentence(self._last("footer"))
        return tuple(sentences)

    def _frame(self, code_id: int) -> Frame:
        """The function of a code object; of a comprehension, the function that holds it."""
        frame = self._frames.get(code_id)
        if frame is None:
            code = self._codes[self._holder(code_id)]
            qualname = code["qualname"]
            if _COMPREHENSION_PART.search(qualname):  # a lambda in one, or its holder was not met
                qualname = _without_comprehensions(qualname)
            frame = self._frames[code_id] = Frame(
                path=self._paths.normal(code["path"]),
                module="__main__" if code["module"] == "__mp_main__" else code["module"],
                qualname=qualname,
                first_line=code["first_line"],
            )
        return frame

    def _holder(self, code_id: int) -> int:
        """The code that a code stands for: what holds a comprehension, what made code is of."""
        if code_id in self._origins:
            return self._holder(self._origins[code_id]["of"])
        while self._codes[code_id]["holder"] and _is_comprehension(
            self._codes[code_id]["qualname"]
        ):
            code_id = self._codes[code_id]["holder"]
        return code_id

    def _is_folded(self, code_id: int) -> bool:
        """Whether a code is a part of the function that it stands for."""
        if code_id in self._origins:
            return bool(self._origins[code_id]["folded"])
        return _is_comprehension(self._codes[code_id]["qualname"])

    def _place(self, code_id: int, offset: int) -> tuple[int, Span | None]:
        line, end_line, column, end_column = self._places.get(
            (code_id, offset), (0, None, None, None)
        )
        if code_id in self._origins:
            return self._origin_lines[code_id].get(line, 0), None
        if end_line is None or column is None or end_column is None:
            return line or 0, None
        return line, Span(line, column, end_line, end_column)

    def _chain(self, record: dict[str, Any]) -> tuple[Place, ...]:
        """Where something happened, and who had called: the nearest first, of the namespace."""
        return tuple(
            Place(self._frame(code_id), *self._place(code_id, offset))
            for code_id, offset in record["chain"]
            if code_id in self._codes
        )

    def _dotted(self, code_id: int) -> str:
        code = self._codes[code_id]
        module = _IMPORT_SYSTEM.get(code["module"], code["module"])
        return f"{module}.{code['qualname']}".replace(".<locals>", "")

    def _edges(
        self,
    ) -> tuple[tuple[ObservedCall, ...], tuple[ObservedExternal, ...], dict[Frame, int]]:
        calls: dict[tuple[Any, ...], tuple[int, int]] = {}
        externals: dict[tuple[Any, ...], tuple[int, int]] = {}
        entered: dict[Frame, int] = defaultdict(int)
        numbers: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        givers = self._givers()
        for record in self._defined("edge"):
            count, order = self._counts[record["n"]], record["n"]
            if not count or record["callee"] not in self._codes:
                continue
            how = record.get("how", "call")
            caller_id, callee_id = record.get("caller", 0), record["callee"]
            line, span = self._place(caller_id, record.get("at", 0)) if caller_id else (0, None)
            caller = self._frame(caller_id) if caller_id else None
            if how == "site":
                _add(calls, (caller, self._frame(callee_id), line, span, "call", None), 0, order)
                continue
            if how == "external":
                dotted = self._dotted(callee_id)
                runtime = self._origins.get(caller_id, {}).get("runtime", ())
                if not dotted.startswith((*_NOT_OUTSIDE, *runtime)):
                    _add(externals, (caller, line, span, dotted), count, order)
                continue
            if self._is_folded(callee_id):
                continue
            callee = self._frame(callee_id)
            if how == "call":
                entered[callee] += count
            through = record.get("why")
            if record.get("through"):
                through = self._dotted(record["through"])
            _add(calls, (caller, callee, line, span, how, through), count, order)
            numbers[caller, callee, line, span, how, through].append(order)
        self._add_stream(calls, entered)
        for record in self._defined("invented"):
            if record["by"] == "call" and record["code"]:
                line, span = self._place(record["code"], record["at"])
                key = (self._frame(record["code"]), line, span, record["name"].rstrip("()"))
                _add(externals, key, self._counts[record["n"]], record["n"])
        return (
            tuple(
                sorted(
                    (
                        ObservedCall(
                            caller,
                            callee,
                            line,
                            span,
                            calls,
                            order,
                            how,
                            through,
                            by_test=self._tests.of(
                                numbers[caller, callee, line, span, how, through]
                            ),
                            started_by=() if caller and not through else givers.get(callee, ()),
                        )
                        for (caller, callee, line, span, how, through), (
                            calls,
                            order,
                        ) in calls.items()
                    ),
                    key=lambda call: (
                        call.caller is not None,
                        call.caller or call.callee,
                        call.line,
                        call.order,
                    ),
                )
            ),
            tuple(
                sorted(
                    (
                        ObservedExternal(caller, line, span, callee, calls, order)
                        for (caller, line, span, callee), (calls, order) in externals.items()
                    ),
                    key=lambda call: (call.caller, call.line, call.order),
                )
            ),
            entered,
        )

    def _add_stream(
        self, calls: dict[tuple[Any, ...], tuple[int, int]], entered: dict[Frame, int]
    ) -> None:
        """Add the calls at which nobody looked; to the line that calls, where there is but one."""
        lines: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for key in calls:
            caller, callee, _, _, how, through = key
            if caller is not None and through is None:
                lines[caller, callee, how].append(key)
        order = max((record["n"] for record in self._by_kind["edge"]), default=0)
        pairs = [(caller, *callee, count) for (caller, callee), count in self._stream.pairs.items()]
        roots = [(0, *callee, count) for callee, count in self._stream.roots.items()]
        for caller_id, callee_id, is_resumed, count in (*pairs, *roots):
            if self._is_folded(callee_id):
                continue
            caller = self._frame(caller_id) if caller_id else None
            callee = self._frame(callee_id)
            how = "resume" if is_resumed else "call"
            if not is_resumed:
                entered[callee] += count
            known = lines[caller, callee, how]
            if len(known) == 1:
                _add(calls, known[0], count, calls[known[0]][1])
                continue
            order += 1
            why = None if caller_id else "called too often to look"
            lines_known = {key[2] for key in known}
            line = lines_known.pop() if len(lines_known) == 1 else 0
            _add(calls, (caller, callee, line, None, how, why), count, order)
        for key in [key for key, (count, _) in calls.items() if not count]:  # named, and not seen
            del calls[key]

    def _givers(self) -> dict[Frame, tuple[Place, ...]]:
        """By function: who handed it over to be run later."""
        found: dict[Frame, set[Place]] = defaultdict(set)
        for record in self._by_kind["later"]:
            by = record["by"]
            place = Place(self._frame(by), *self._place(by, record["at"]))
            found[self._frame(record["code"])].add(place)
        return {
            frame: tuple(sorted(places, key=lambda place: (place.frame, place.line)))
            for frame, places in found.items()
        }

    def _lines(self, entered: dict[Frame, int]) -> tuple[ObservedLines, ...]:
        lines: dict[Frame, set[int]] = defaultdict(set)
        for frame in entered:
            lines[frame] = set()
        for record in self._by_kind["lines"]:
            code_id, ran = record["code"], record["add"]
            if code_id in self._origins:
                of_origin = self._origin_lines[code_id]
                ran = [of_origin[line] for line in ran if of_origin.get(line)]
            lines[self._frame(code_id)].update(ran)
        return tuple(
            ObservedLines(frame, entered.get(frame, 0), tuple(sorted(found)))
            for frame, found in sorted(lines.items())
        )

    def _exceptions(self) -> tuple[RaisedException, ...]:
        found: dict[tuple[Any, ...], tuple[int, int]] = {}
        for record in self._defined("raised"):
            line = record["line"]
            if record["code"] in self._origins:
                line = self._origin_lines[record["code"]].get(line, 0)
            key = (self._frame(record["code"]), line, record["type"])
            _add(found, key, self._counts[record["n"]], record["n"])
        return tuple(
            RaisedException(frame, line, name, times, order)
            for (frame, line, name), (times, order) in sorted(found.items())
        )

    def _opened(self) -> tuple[OpenedFile, ...]:
        found: dict[tuple[Any, ...], tuple[int, int]] = {}
        for record in self._defined("opened"):  # logs of earlier versions
            code_id = record["code"]
            line, _ = self._place(code_id, record["at"]) if code_id else (0, None)
            caller = self._frame(code_id) if code_id else None
            key = (self._paths.normal(record["path"]), record["mode"], caller, line)
            _add(found, key, self._counts[record["n"]], record["n"])
        times = times_of_effects(self._by_kind)
        for record in self._by_kind["effect"]:
            if record["op"] == OPEN:
                place = next(iter(self._chain(record)), None)
                caller, line = (None, 0) if place is None else (place.frame, place.line)
                key = (self._paths.normal(record["path"]), record["mode"], caller, line)
                _add(found, key, times.get(record["n"], 1), record["n"])
        opened = [
            OpenedFile(path, mode, caller, line, times, order)
            for (path, mode, caller, line), (times, order) in found.items()
        ]
        return tuple(sorted(opened, key=lambda file: (file.path, file.mode, file.order)))

    def _stand_ins(self) -> StandIns | None:
        modules = tuple(dict.fromkeys(record["name"] for record in self._by_kind["stand_in"]))
        if not modules:
            return None
        found: dict[tuple[Any, ...], tuple[int, int]] = {}
        for record in self._defined("invented"):
            code_id = record["code"]
            line, _ = self._place(code_id, record["at"]) if code_id else (0, None)
            caller = self._frame(code_id) if code_id else None
            key = (record["name"], record["by"], caller, line)
            _add(found, key, self._counts[record["n"]], record["n"])
        uses = [
            InventedUse(name, operation, caller, line, times, order)
            for (name, operation, caller, line), (times, order) in found.items()
        ]
        asked_for = tuple(self._header.get("stand_ins", ()))
        return StandIns(asked_for, modules, tuple(sorted(uses, key=lambda use: use.order)))

    def _taps(self) -> tuple[TapReading, ...]:
        by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in self._by_kind["tap"]:
            by_key[record["key"]].append(record)
        return tuple(
            tap_reading(key, records, self._portable) for key, records in sorted(by_key.items())
        )

    def _portable(self, value: str) -> str:
        """A summary without the paths of this machine; a text that held one has no length of its
        own any more, since that was the length of the path here."""
        shown = self._paths.in_text(value)
        return value if shown == value else _TEXT_LENGTH.sub(r"\1 ", shown)

    def _tree(self, observed: tuple[ObservedCall, ...]) -> tuple[tuple[TreeCall, ...], int]:
        """The call tree, equal neighbours folded, and how many counted calls it stands for."""
        log = self._tree_log
        lines: dict[tuple[Frame, Frame, str], set[int]] = defaultdict(set)
        for call in observed:
            if call.caller is not None and call.line and call.through is None:
                lines[call.caller, call.callee, call.how].add(call.line)
        met: dict[tuple[Any, ...], tuple[int, int]] = {}
        kinds: dict[TreeCall, int] = {}
        kind_of, parents, hangs = array("i"), array("i"), array("i")  # `hangs`: where children go
        counted = 0
        for position, code_id in enumerate(log.codes):
            parent = log.parents[position]
            above = hangs[parent] if parent >= 0 else -1
            parent_code = log.codes[parent] if parent >= 0 else 0
            through, raised = log.throughs[position], log.raised.get(position, "")
            how = "resume" if position in log.resumed else "call"
            key = (code_id, parent_code, log.offsets[position], through, raised, how)
            known = met.get(key)
            if known is None:
                known = met[key] = self._kind(key, kinds, lines)
            kind, is_counted = known
            counted += is_counted
            kind_of.append(kind)
            parents.append(above)
            hangs.append(position if kind >= 0 else above if kind == _IN_CALLER else -1)
        calls = list(kinds)
        return (
            tuple(
                replace(calls[kind], parent=parent, repeats=repeats)
                for kind, parent, repeats in folded(kind_of, parents)
            ),
            counted,
        )

    def _kind(
        self,
        key: tuple[int, int, int, int, str, str],
        kinds: dict[TreeCall, int],
        lines: Mapping[tuple[Frame, Frame, str], set[int]],
    ) -> tuple[int, int]:
        """The number of a kind of call in the tree, and 1 where such calls are counted as edges."""
        code_id, parent_code, offset, through, raised, how = key
        if code_id not in self._codes:
            return _UNKNOWN, 0
        if self._is_in_caller(code_id, parent_code):
            return _IN_CALLER, 0
        frame, line = self._frame(code_id), 0
        if parent_code in self._codes and offset >= 0:
            line, _ = self._place(parent_code, offset)
        elif parent_code in self._codes:  # nobody looked: where only one line calls, it was that
            known = lines.get((self._frame(parent_code), frame, how), set())
            line = min(known) if len(known) == 1 else 0
        call = TreeCall(
            parent=-1,
            frame=frame,
            line=line,
            through=self._dotted(through) if through else None,
            exception=raised,
        )
        return kinds.setdefault(call, len(kinds)), int(not self._is_folded(code_id))

    def _is_in_caller(self, code_id: int, caller: int) -> bool:
        """Whether this is a comprehension, run by the function that holds it."""
        if code_id not in self._codes or caller not in self._codes:
            return False
        return self._is_folded(code_id) and self._holder(code_id) == self._holder(caller)


def _add(
    found: dict[tuple[Any, ...], tuple[int, int]], key: tuple[Any, ...], count: int, order: int
) -> None:
    """Add to a sum, and keep the first sighting."""
    before, first = found.get(key, (0, order))
    found[key] = before + count, min(first, order)


def _is_comprehension(qualname: str) -> bool:
    return qualname.endswith(_COMPREHENSIONS)


def _without_comprehensions(qualname: str) -> str:
    """The qualname as Python 3.12 gives it, where comprehensions have no scope of their own."""
    return _COMPREHENSION_PART.sub("", qualname).removesuffix(".<locals>") or "<module>"


class _Paths:
    """This machine's paths, made to read the same on any other."""

    def __init__(self, header: dict[str, Any], temporary: Iterable[str] = ()) -> None:
        pairs: dict[str, str] = {}
        for folder in _each(tempfile.gettempdir(), header.get("tmp")):
            pairs[folder] = "<tmp>"
        pairs[header["home"]] = "<home>"
        for folder in header["python_folders"]:
            outer = [
                base
                for base in header["python_folders"]
                if folder.startswith(base.rstrip("/") + "/")
            ]
            pairs[folder] = "<python>" + folder.removeprefix(min(outer, key=len, default=folder))
        parted = split_options(header["workload"]["argv"])
        script = parted[1][0] if parted and parted[1] else ""
        roots = (header["root"].rstrip("/") + "/", header["real_root"].rstrip("/") + "/")
        if posixpath.isabs(script) and not script.startswith(roots):
            # A script elsewhere: where it lies is this machine's affair.
            pairs[posixpath.dirname(script)] = "<script>"
        pairs.update(_given_folders(header))
        pairs[header["root"]] = ""
        pairs[header["real_root"]] = ""
        if header["scratch"]:
            pairs[header["scratch"]] = "<scratch>"
        self._pairs = sorted(
            ((folder.rstrip("/"), name) for folder, name in pairs.items() if len(folder) > 1),
            key=lambda pair: (-len(pair[0]), pair),
        )
        self._known: dict[str, str] = {}
        self._hide_names_of(temporary)

    def normal(self, path: str) -> str:
        """A path in its portable form; what names no file stays as it is."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._normal(path)
        return known

    def _hide_names_of(self, temporary: Iterable[str]) -> None:
        """Temporary files and folders of which the run told that it made them, under any prefix."""
        shown = {path: self._normal(path) for path in temporary}
        for path, name in shown.items():
            folder, separator, last = name.rpartition("/")
            stem, dot, suffix = last.rpartition(".") if "." in last[1:] else (last, "", "")
            if len(stem) > _RANDOM_CHARACTERS:
                hidden = stem[:-_RANDOM_CHARACTERS] + "*"
                self._pairs.append((path, f"{folder}{separator}{hidden}{dot}{suffix}"))
        self._pairs.sort(key=lambda pair: (-len(pair[0]), pair))

    def in_text(self, text: str) -> str:
        """A line of text with the paths in it made portable."""
        for folder, name in self._pairs:
            text = text.replace(folder + "/", name + "/" if name else "")
            text = re.sub(re.escape(folder) + r"(?![\w./-])", name or ".", text)
        return _RANDOM_NAME.sub("tmp*", text)

    def _normal(self, path: str) -> str:
        path = path.encode("utf-8", "backslashreplace").decode("utf-8").replace("\\\\", "/")
        for folder, name in self._pairs:
            if path == folder:
                return name or "."
            if path.startswith(folder + "/"):
                rest = posixpath.normpath(path[len(folder) + 1 :])
                shown = f"{name}/{rest}" if name else rest
                if not name:
                    return shown
                return _without_random_part(_RANDOM_NAME.sub("tmp*", shown))
        return path


@cache
def _names_of_made_files() -> tuple[str, ...]:
    """What libraries call the files of code that they make, with `*` for what is random."""
    patterns = (pattern for made in load_outside_table().code for pattern in made.files)
    return tuple(pattern[1:] for pattern in patterns if pattern[:1] == "*" and "*" in pattern[1:])


def _without_random_part(path: str) -> str:
    folder, _, name = path.rpartition("/")
    for pattern in _names_of_made_files():
        if fnmatchcase(name, pattern):
            return f"{folder}/{pattern}"
    return path


def _given_folders(header: dict[str, Any]) -> dict[str, str]:
    """Folders that were named for this run only: where it ran, and what its arguments lie in."""
    known = [
        folder for folder in (header["root"], header["real_root"], header["scratch"]) if folder
    ]
    found: dict[str, str] = {}

    def add(folder: str, name: str) -> None:
        is_known = any(f"{folder}/".startswith(f"{each.rstrip('/')}/") for each in known)
        if not is_known and folder.count("/") > 1:  # `/data` may hold anything
            found.setdefault(folder, name)

    add(header.get("cwd", ""), "<cwd>")
    for word in header["workload"]["argv"][1:]:
        path = word.partition("=")[2] if word.startswith("-") else word
        if posixpath.isabs(path):
            number = sum(name.startswith("<given") for name in found.values())
            add(posixpath.dirname(path), f"<given {number + 1}>" if number else "<given>")
    return found


def _each(*folders: str | None) -> Iterable[str]:
    for folder in folders:
        if folder:
            yield folder
            yield str(Path(folder).resolve())


def _pairs(given: Any) -> tuple[tuple[str, str], ...] | None:
    return None if given is None else tuple((str(key), str(asked)) for key, asked in given)
