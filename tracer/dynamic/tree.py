"""The call tree of a run as text."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tracer.dynamic.folding import folded
from tracer.model.recording import Frame, Process, Recording, TreeCall

MOST_BYTES = 1_000_000
_INDENT = "  "
_DEEPEST = 60  # beyond it the text says how deep it is, and indents no more


def render_tree(recording: Recording, most_bytes: int = MOST_BYTES) -> str:
    """The call tree with the command on top; equal neighbours are folded into one, `xN`.

    Says at its head whether the recording is complete, and what was cut where something was.
    """
    if recording.executed is not None:
        executed = recording.executed
        ran = sum(len(entry.lines) for entry in recording.lines)
        return (
            f"# {executed.tool}: lines alone, so that there is no call tree\n"
            f"# {len(executed.files):,} files, {len(recording.lines):,} functions,"
            f" {ran:,} lines, {len(executed.contexts):,} contexts\n"
        )
    head = [
        f"$ python {shlex.join(recording.workload.argv)}",
        f"# {recording.implementation} {recording.python}, {recording.backend}"
        f", {sum(call.calls for call in recording.calls):,} calls"
        f", {len(recording.calls):,} distinct"
        f", exit status {'unknown' if recording.exit_status is None else recording.exit_status}",
    ]
    if recording.stand_ins is not None:
        head.append(
            f"# run with --stand-in {','.join(recording.stand_ins.asked_for)}: "
            f"{', '.join(recording.stand_ins.modules)} stood in; nothing below is confirmed"
        )
    if not recording.is_complete:
        head.append(f"# incomplete: {recording.why_incomplete}")
    if recording.environment:
        words = [f"{name}={shlex.quote(value)}" for name, value in recording.environment]
        head.append(f"# environment: {' '.join(words)}")
    head += [_process_line(process) for process in recording.processes]
    if recording.dropped:
        head.append(f"# {recording.dropped:,} events could not be recorded")
    if not recording.tree:
        head.append("# no call tree was kept; edges.json holds the calls, counted")
    if recording.tree_cut:
        head.append(
            f"# the tree holds the first {count_calls(recording.tree):,} calls; "
            f"{recording.tree_cut:,} more are counted in edges.json only"
        )
    head = [_printable(line) for line in head]
    calls = fold(recording.tree)
    lines: list[str] = []
    size = sum(len(line.encode("utf-8", "replace")) + 1 for line in head)
    for shown, (depth, call) in enumerate(_with_depth(calls)):
        line = _line(depth, call)
        size += len(line.encode("utf-8", "replace")) + 1
        if size > most_bytes - 200:
            lines.append(
                f"# {shown:,} of {len(calls):,} lines shown, in call order: {most_bytes:,} bytes"
            )
            break
        lines.append(line)
    return "\n".join([*head, "", *lines]) + "\n"


def _process_line(process: Process) -> str:
    text = f"# process {process.name}: {process.program or 'not known'}"
    if process.how:
        text += f", by {process.how}"
    if process.started_at is not None:
        frame = process.started_at.frame
        text += f" from {frame.qualname} ({frame.path}:{process.started_at.line})"
    if not process.is_recorded:
        text += "; not recorded"
    elif process.why_incomplete:
        text += f"; incomplete: {process.why_incomplete}"
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def fold(calls: tuple[TreeCall, ...]) -> tuple[TreeCall, ...]:
    """Fold equal neighbours, with all below them, into one call with `repeats`."""
    kinds: dict[tuple[Frame, int, str | None, str, str], int] = {}
    found = folded(
        [
            kinds.setdefault(
                (call.frame, call.line, call.through, call.exception, call.process), len(kinds)
            )
            for call in calls
        ],
        [call.parent for call in calls],
        [call.repeats for call in calls],
    )
    known = list(kinds)
    return tuple(
        TreeCall(parent, *known[kind][:4], repeats=repeats, process=known[kind][4])
        for kind, parent, repeats in found
    )


def count_calls(calls: tuple[TreeCall, ...]) -> int:
    """How many calls a tree stands for when it is written out."""
    times: list[int] = []
    for call in calls:
        times.append(call.repeats * (times[call.parent] if call.parent >= 0 else 1))
    return sum(times)


def _with_depth(calls: tuple[TreeCall, ...]) -> Iterator[tuple[int, TreeCall]]:
    depths: list[int] = []
    for call in calls:
        depths.append(0 if call.parent < 0 else depths[call.parent] + 1)
        yield depths[-1], call


def _line(depth: int, call: TreeCall) -> str:
    shown = _INDENT * min(depth, _DEEPEST) + (f"[{depth}] " if depth > _DEEPEST else "")
    frame = call.frame
    text = f"{shown}{frame.qualname} ({frame.path}:{frame.first_line})"
    if call.line:
        text += f" from line {call.line}"
    if call.process:
        text += f" in process {call.process}"
    if call.through:
        text += f" through {call.through}"
    if call.exception:
        text += f" !{call.exception}"
    if call.repeats > 1:
        text += f" x{call.repeats:,}"
    return _printable(text)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
