"""The observed call graph as `edges.json`."""

from __future__ import annotations

import ast
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tracer.dynamic.tap_results import reading_fields, tap_results, taps_document
from tracer.model.plan import Tap
from tracer.model.recording import Frame, ObservedCall, Recording, StateWrite

EDGES_SCHEMA = "tracer/edges/1"


def edges_document(
    recording: Recording, root: Path | None = None, taps: Sequence[Tap] = ()
) -> dict[str, Any]:
    """The observed edges in the form of schema `tracer/edges/1`.

    Args:
        recording: One run.
        root: Where its relative paths lie. With it, `line` is that of the `def`; without it, or
            where the file cannot be read, that of the first decorator.
        taps: What was planned; without it the taps stand with their readings alone.

    Returns:
        Edges sorted by caller and callee, one for each pair, `how` and `through`; roots likewise.
        Where tests were told apart, `by_test` of an edge holds places in `tests`, with calls.
    """
    definitions = _DefinitionLines(root)
    has_children = bool(recording.processes)
    edges: dict[tuple[Any, ...], dict[str, Any]] = {}
    roots: dict[tuple[Any, ...], dict[str, Any]] = {}
    by_test: defaultdict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for call in sorted(recording.calls, key=_sorting_key):
        if call.caller is None:
            key: tuple[Any, ...] = (call.callee, call.through)
            found = roots.setdefault(
                key,
                {
                    "callee": definitions.function(call.callee),
                    "why": call.through or "",
                    "count": 0,
                    "how": call.how,
                },
            )
            found["count"] += call.calls
            _add_processes(found, call, has_children)
            _add_givers(found, call, definitions)
            continue
        key = (call.caller, call.callee, call.how, call.through)
        found = edges.setdefault(
            key,
            {
                "caller": definitions.function(call.caller),
                "callee": definitions.function(call.callee),
                "call_lines": [],
                "count": 0,
                "how": call.how,
                "through": call.through,
            },
        )
        found["count"] += call.calls
        _add_givers(found, call, definitions)
        lines = found["call_lines"]  # calls come by line; 0 where nobody looked
        if call.line and (not lines or lines[-1] != call.line):
            lines.append(call.line)
        _add_processes(found, call, has_children)
        for test, count in call.by_test:
            by_test[key][test] += count
    for key, counts in by_test.items():
        edges[key]["by_test"] = [list(item) for item in sorted(counts.items())]
    return {
        "schema": EDGES_SCHEMA,
        **({"tests": list(recording.tests)} if recording.tests else {}),
        "complete": recording.is_complete,
        "why_incomplete": recording.why_incomplete or None,
        "exit_status": recording.exit_status,
        "python": recording.python,
        "backend": recording.backend,
        "accelerator": recording.accelerator,
        "dropped": recording.dropped,
        "stand_ins": _stand_ins(recording, definitions),
        "cannot_see": list(recording.cannot_see),
        "edges": list(edges.values()),
        "roots": list(roots.values()),
        "externals": [
            {
                "caller": definitions.function(external.caller),
                "callee": external.callee,
                "line": external.line,
                "count": external.calls,
            }
            for external in recording.externals
        ],
        "watched": [
            {"object": each.name, "how": each.how or None, "why": each.why or None}
            for each in recording.watched
        ],
        "state_writes": [_state_write(write, definitions) for write in recording.state_writes],
        "taps": _taps(recording, taps),
        **({"processes": _processes(recording, definitions)} if has_children else {}),
    }


def _state_write(write: StateWrite, definitions: _DefinitionLines) -> dict[str, Any]:
    return {
        "object": write.object,
        "key": write.key,
        "change": write.change,
        "old": write.old or None,
        "new": write.new or None,
        "how": write.how,
        "count": write.times,
        "order": write.order,
        "function": definitions.function(write.chain[0].frame) if write.chain else None,
        "line": write.chain[0].line if write.chain else None,
        "callers": [f"{place.frame.path}:{place.line}" for place in write.chain[1:]],
        "writer": write.writer or None,
        "until": write.until or None,
    }


def _add_processes(found: dict[str, Any], call: ObservedCall, has_children: bool) -> None:
    if has_children:
        found["processes"] = list(dict.fromkeys((*found.get("processes", ()), *call.processes)))


def _processes(recording: Recording, definitions: _DefinitionLines) -> list[dict[str, Any]]:
    return [
        {
            "name": process.name,
            "how": process.how,
            "program": process.program,
            "python": process.python or None,
            "started_by": process.started_at and definitions.function(process.started_at.frame),
            "started_line": process.started_at and process.started_at.line,
            "recorded": process.is_recorded,
            "why_incomplete": process.why_incomplete or None,
        }
        for process in recording.processes
    ]


def _taps(recording: Recording, taps: Sequence[Tap]) -> list[dict[str, Any]]:
    planned = {tap.key for tap in taps}
    described: list[dict[str, Any]] = taps_document(tap_results(taps, [recording]), recording.taps)[
        "taps"
    ]
    return [
        *described,
        *(
            {"key": reading.key, **reading_fields(reading)}
            for reading in recording.taps
            if reading.key not in planned
        ),
    ]


def _stand_ins(recording: Recording, definitions: _DefinitionLines) -> dict[str, Any] | None:
    """What stood in for missing modules; None: the edges are the program's own."""
    stand_ins = recording.stand_ins
    if stand_ins is None:
        return None
    return {
        "asked_for": list(stand_ins.asked_for),
        "modules": list(stand_ins.modules),
        "uses": [
            {
                "name": use.name,
                "operation": use.operation,
                "caller": None if use.caller is None else definitions.function(use.caller),
                "line": use.line,
                "count": use.times,
            }
            for use in stand_ins.uses
        ],
    }


def _sorting_key(call: ObservedCall) -> tuple[Any, ...]:
    nobody = Frame("", "", "", 0)
    return (call.caller or nobody, call.callee, call.how, call.through or "", call.line)


def _add_givers(found: dict[str, Any], call: ObservedCall, definitions: _DefinitionLines) -> None:
    """Say who handed the callee over, where somebody did."""
    if call.started_by:
        found["started_by"] = [
            {**definitions.function(place.frame), "call_line": place.line}
            for place in call.started_by
        ]


class _DefinitionLines:
    """The line of the `def` behind a first line, which is that of the first decorator."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._by_path: dict[str, dict[tuple[int, str], int]] = {}

    def function(self, frame: Frame) -> dict[str, Any]:
        name = frame.qualname.rpartition(".")[2]
        line = self._of(frame.path).get((frame.first_line, name), frame.first_line)
        return {
            "path": frame.path,
            "module": frame.module,
            "qualname": frame.qualname,
            "line": max(1, line),
        }

    def _of(self, path: str) -> dict[tuple[int, str], int]:
        found = self._by_path.get(path)
        if found is None:
            found = self._by_path[path] = dict(self._read(path))
        return found

    def _read(self, path: str) -> Iterable[tuple[tuple[int, str], int]]:
        if self._root is None or path.startswith("<"):
            return
        try:
            with tokenize.open(self._root / path) as source:
                tree = ast.parse(source.read())
        except (OSError, SyntaxError, ValueError, RecursionError):
            return
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                lines = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
                yield (min(lines), node.name), node.lineno
