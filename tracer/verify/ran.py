"""What the program's own runs show of calls and of functions, and what they cannot show."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tracer.model.recording import Frame, ObservedCall, Recording
from tracer.model.source import MODULE_QUALNAME, FunctionKind
from tracer.verify.alternatives import one_function_of
from tracer.verify.reading import Reading
from tracer.verify.recorded import Recorded
from tracer.verify.syntax import Definition, module_name

_Key = tuple[str, int, str]  # path, first line, last name: what a frame and a definition share


@dataclass(frozen=True, slots=True)
class Thrown:
    """An exception that was seen to leave a line."""

    type_name: str  # dotted
    line: int
    times: int


class Ran:
    """The recordings of a bundle, asked about one tree; runs under stand-ins are held apart."""

    def __init__(self, reading: Reading, recordings: Sequence[Recording]) -> None:
        self._reading = reading
        self.is_empty = not recordings
        own = [each for each in recordings if each.stand_ins is None]
        self.recorded = Recorded(recordings)
        self.under_stand_ins = Recorded(recordings, under_stand_ins=True)
        self._runs = [_Run(each) for each in own if each.executed is None]
        self._by_lines = [_Run(each) for each in own if each.executed is not None]
        self._first_lines: dict[tuple[str, str], set[int]] = {}  # by path and last name
        for recording in recordings:
            for path, line, name in map(_key, _frames(recording)):
                self._first_lines.setdefault((path, name), set()).add(line)

    @property
    def has_calls(self) -> bool:
        """Whether a run of the program itself recorded calls."""
        return bool(self._runs)

    def calls(self, source: Definition, target: Definition) -> list[list[ObservedCall]]:
        """Of each run, its calls from one to the other; functions within the first included."""
        ends = [(a, b) for a in self._keys(source) for b in self._same(target)]
        return [[call for end in ends for call in run.calls.get(end, ())] for run in self._runs]

    def thrown(self, path: str, lines: tuple[int, int]) -> list[Thrown]:
        """Exceptions that were seen to leave these lines, or to pass through them."""
        found = [
            Thrown(each.type_name, each.line, each.times)
            for run in self._runs
            for each in run.exceptions
            if each.frame.path == path and lines[0] <= each.line <= lines[1]
        ]
        return sorted(found, key=lambda each: (each.line, each.type_name))

    def knows_type(self, name: str) -> bool:
        """Whether an exception of that last name was seen anywhere."""
        return any(
            each.type_name.rpartition(".")[2] == name
            for run in self._runs
            for each in run.exceptions
        )

    @property
    def counts_all_thrown(self) -> bool:
        """Whether no run lost exceptions, or says that it counted some of them only."""
        return all(run.is_whole for run in self._runs)

    def exactly(self, source: Definition, target: Definition) -> list[ObservedCall]:
        """Calls from this very definition to that one, of all runs."""
        ends = _key_of(source), _key_of(target)
        return [call for run in self._runs for call in run.calls.get(ends, ())]

    def was_entered(self, function: Definition) -> bool:
        """Whether a run noted lines of this very definition."""
        return any(_key_of(function) in run.entered for run in self._runs)

    def line_of(self, function: Definition, lines: tuple[int, int]) -> bool:
        """Whether one of these lines ran in this very definition."""
        key = _key_of(function)
        return any(
            lines[0] <= line <= lines[1] for run in self._runs for line in run.lines_of.get(key, ())
        )

    def entered(self, function: Definition) -> list[int]:
        """Of each run, how often the function's body was entered."""
        keys = self._same(function)
        return [sum(run.entered.get(key, 0) for key in keys) for run in self._runs]

    def did_run(self, function: Definition) -> bool:
        """Whether a frame of the function, or of one within it, was there at all."""
        keys = self._keys(function)
        return any(keys & run.frames for run in [*self._runs, *self._by_lines])

    def line_ran(self, path: str, lines: tuple[int, int]) -> bool:
        """Whether one of these lines ran."""
        return any(
            lines[0] <= line <= lines[1]
            for run in [*self._runs, *self._by_lines]
            for line in run.lines.get(path, ())
        )

    def way(self, source: Definition, target: Definition) -> tuple[str, ...]:
        """The names on a shortest way of calls that a run holds; empty where none does."""
        sources, targets = self._keys(source), self._same(target)
        ways = (run.way(sources, targets) for run in self._runs)
        return next((way for way in ways if way), ())

    def moved(self, functions: Collection[Definition]) -> str:
        """Which of them stands at another line than a run saw it at; empty: none.

        Frames are known by their first line, and say nothing of the function then.
        """
        for each in functions:
            file = self._reading.file(each.path)
            if file is None or each.kind is FunctionKind.MODULE:
                continue
            known = {d.first_line for d in file.definitions if d.name == each.name}
            if self._first_lines.get((each.path, each.name), set()) - known:
                return f"the run saw {each.qualname} at another line than it stands at now"
        return ""

    def hides(self, function: Definition) -> str:
        """Why no run would show a frame of the function; empty: one would."""
        if self.did_run(function):
            return ""
        if any(function.name in run.hidden for run in self._runs):
            return f"{function.qualname} may have run as code that a library made of it"
        module = f".{module_name(function.path)}."
        for run in self._runs:
            is_within = any(f".{name}." in module for name in run.namespaces)
            if not run.namespaces or is_within or function.path in run.arguments:
                return ""
        return f"{function.qualname} lies outside the recorded namespace"

    def _same(self, function: Definition) -> set[_Key]:
        """All definitions that are one function: a property's accessors, what is registered."""
        return {_key_of(each) for each in self._parts(function)}

    def _parts(self, function: Definition) -> tuple[Definition, ...]:
        return one_function_of(function, self._reading.file(function.path)).definitions

    def _keys(self, function: Definition) -> set[_Key]:
        """The same, with the functions that are defined within."""
        file = self._reading.file(function.path)
        if file is None or function.kind is FunctionKind.MODULE:
            return {_key_of(function)}
        parts = self._parts(function)
        return {
            _key_of(each)
            for each in file.definitions
            if each.kind is not FunctionKind.MODULE
            and any(part.covers(each.first_line, each.end_line) for part in parts)
        }


class _Run:
    """One recording, by what its frames and today's definitions share."""

    def __init__(self, recording: Recording) -> None:
        self.namespaces = recording.namespaces
        self.arguments = recording.workload.argv  # the script's own file is always recorded
        self.exceptions = recording.exceptions
        is_cut = any("of the exceptions" in told for told in recording.cannot_see)
        self.is_whole = recording.is_complete and not recording.dropped and not is_cut
        self.hidden = {name for each in recording.hidden for name in (each.name, each.made_of)}
        self.frames = {_key(frame) for frame in _frames(recording)}
        self.calls: dict[tuple[_Key, _Key], list[ObservedCall]] = {}
        self.entered: dict[_Key, int] = {}
        self.lines: dict[str, set[int]] = {}
        self.lines_of: dict[_Key, set[int]] = {}
        self._out: dict[_Key, set[_Key]] = {}
        for call in recording.calls:
            if call.caller is not None:
                ends = _key(call.caller), _key(call.callee)
                self.calls.setdefault(ends, []).append(call)
                self._out.setdefault(ends[0], set()).add(ends[1])
        for entry in recording.lines:
            key = _key(entry.frame)
            self.entered[key] = self.entered.get(key, 0) + entry.calls
            self.lines.setdefault(entry.frame.path, set()).update(entry.lines)
            self.lines_of.setdefault(key, set()).update(entry.lines)

    def way(self, sources: set[_Key], targets: set[_Key]) -> tuple[str, ...]:
        queue = deque(sorted(sources))
        came: dict[_Key, _Key | None] = dict.fromkeys(queue)
        while queue:
            at = queue.popleft()
            for key in sorted(self._out.get(at, ())):
                if key not in came:
                    came[key] = at
                    queue.append(key)
                if key in targets:
                    return self._names_to(key, at, came)
        return ()

    def _names_to(self, end: _Key, before: _Key, came: dict[_Key, _Key | None]) -> tuple[str, ...]:
        names = [end[2]]
        at: _Key | None = before
        while at is not None:
            names.append(at[2])
            at = came[at]
        return tuple(reversed(names))


def _frames(recording: Recording) -> Iterator[Frame]:
    for call in recording.calls:
        if call.caller is not None:
            yield call.caller
        yield call.callee
    for entry in recording.lines:
        yield entry.frame


def _key(frame: Frame) -> _Key:
    if frame.qualname == MODULE_QUALNAME:
        return frame.path, 0, MODULE_QUALNAME
    return frame.path, frame.first_line, frame.qualname.rpartition(".")[2]


def _key_of(definition: Definition) -> _Key:
    if definition.kind is FunctionKind.MODULE:
        return definition.path, 0, MODULE_QUALNAME
    return definition.path, definition.first_line, definition.name
