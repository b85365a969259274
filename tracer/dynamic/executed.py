"""Lines that coverage.py recorded, as a recording that knows no calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.dynamic.code_lines import FileLines, FunctionLines, code_lines
from tracer.dynamic.coverage_data import MeasuredFile, read_coverage
from tracer.dynamic.measured_paths import map_measured
from tracer.errors import WorkloadError
from tracer.model.plan import Workload
from tracer.model.recording import ContextLines, Executed, Frame, ObservedLines, Recording

_CANNOT_SEE = (
    "Coverage data know lines, not calls: who called whom, how often, with what and in which order"
    " is not told, nor what was raised.",
    "They hold no digests of the sources: that a file is what was measured is told by its time and"
    " its lines alone.",
)


@dataclass(frozen=True, slots=True)
class TreeFile:
    """What is needed of a file of the tree."""

    path: str  # POSIX, relative to the root
    module: str  # dotted
    text: str


def read_executed(data_file: Path, files: Sequence[TreeFile], root: Path) -> Recording:
    """Join a data file of coverage.py with a tree.

    What is newer than the data, or lacks a line that ran, is not what was measured: it is left out,
    with the reason. A line that several functions share tells of the one that makes the others.

    Args:
        data_file: As coverage.py left it.
        files: The tree's.
        root: Of the tree.

    Returns:
        A complete recording without calls. Lines of each function that ran, sorted by frame;
        `executed` says what they are, and what is not known.

    Raises:
        WorkloadError: It is no such file, or none of what it measured is in the tree.
    """
    data = read_coverage(data_file)
    known = {file.path: file for file in files}
    root = root.resolve()
    mapped = map_measured(
        [file.path for file in data.files if file.path.endswith(".py")],
        {path: file.module for path, file in known.items()},
        root,
        data_file.resolve().parent,
    )
    if not mapped.files and not mapped.unclear:
        first = f" (the first: {data.files[0].path})" if data.files else ""
        raise WorkloadError(
            f"--coverage {data_file}: none of the {len(data.files)} files that it measured{first} "
            f"is below {root}"
        )
    joined = _Joined()
    left_out = [(Path(path).name, why) for path, why in mapped.unclear.items()]
    for measured in data.files:
        path = mapped.files.get(measured.path.replace("\\", "/"))
        if path is None:
            continue
        try:
            lines = code_lines(path, known[path].module, known[path].text)
        except (SyntaxError, ValueError, RecursionError) as error:
            what = getattr(error, "msg", "") or type(error).__name__
            left_out.append((path, f"this Python cannot compile it: {what}"))
            continue
        if why := _stale(root / path, measured, lines, data.written_at):
            left_out.append((path, why))
            continue
        joined.add(path, measured, lines)
    contexts = tuple(sorted(joined.contexts - {""}))
    executed = Executed(
        tool=data.tool,
        source=data_file.name,
        has_arcs=data.has_arcs,
        files=tuple(sorted(joined.files)),
        left_out=tuple(sorted(left_out)),
        contexts=contexts,
        by_context=tuple(joined.by_context(contexts)),
        untold=tuple(sorted(joined.untold, key=lambda entry: entry.frame)),
    )
    return Recording(
        workload=Workload("", (), reason=f"lines that {data.tool} recorded in {data_file.name}"),
        is_complete=True,
        backend=data.tool,
        cannot_see=_CANNOT_SEE,
        lines=tuple(
            ObservedLines(frame, 0, tuple(sorted(lines)))
            for frame, lines in sorted(joined.lines.items())
        ),
        asked_taps=(),
        executed=executed,
    )


def _stale(path: Path, measured: MeasuredFile, lines: FileLines, written_at: float) -> str:
    """Why the file is not the one that was measured; empty where nothing speaks against it."""
    ran = frozenset().union(*measured.lines.values())
    if gone := sorted(ran - lines.possible - {0}):
        return f"line {gone[0]} ran, and no code stands there: it was another file then"
    if path.stat().st_mtime > written_at:
        return "it is newer than the data: lines may have moved"
    return ""


class _Joined:
    """What is gathered, file by file."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.lines: dict[Frame, set[int]] = {}
        self.untold: list[ObservedLines] = []
        self.contexts: set[str] = set()
        self._at: defaultdict[Frame, dict[int, set[str]]] = defaultdict(dict)

    def add(self, path: str, measured: MeasuredFile, lines: FileLines) -> None:
        self.files.append(path)
        by_line: defaultdict[int, set[str]] = defaultdict(set)
        for context, ran in measured.lines.items():
            self.contexts.add(context)
            for line in ran:
                by_line[line].add(context)
        for function in lines.functions:
            self._add(function, by_line, measured.entered)

    def _add(
        self,
        function: FunctionLines,
        by_line: Mapping[int, set[str]],
        entered: frozenset[tuple[int, int]],
    ) -> None:
        frame = function.frame
        ran = {line for line in function.own | function.first if line in by_line}
        if function.is_only_at_line:
            ran |= {line for first, line in entered if first == frame.first_line}
        if ran:
            self.lines[frame] = ran
        if untold := {line for line in function.shared if line in by_line} - ran:
            self.untold.append(ObservedLines(frame, 0, tuple(sorted(untold))))
        for line in ran & function.own:
            self._at[frame][line] = by_line[line]

    def by_context(self, contexts: Sequence[str]) -> list[ContextLines]:
        """Lines of a function that ran under the same contexts, together."""
        number = {"": -1, **{context: place for place, context in enumerate(contexts)}}
        found: list[ContextLines] = []
        for frame, lines in sorted(self._at.items()):
            groups: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
            for line, under in lines.items():
                if under != {""}:
                    groups[tuple(sorted(number[each] for each in under))].append(line)
            found += [ContextLines(frame, tuple(sorted(at)), under) for under, at in groups.items()]
        return sorted(found, key=lambda each: (each.frame, each.lines))
