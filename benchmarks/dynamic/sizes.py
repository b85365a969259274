"""What a recording weighs, and what reading it back takes: `tracer trace` on `recursive`."""

from __future__ import annotations

import gzip
import json
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.dynamic.measuring import run
from benchmarks.dynamic.target.reported import MARK
from benchmarks.dynamic.tools import UNTRACED, Tool, own_workload

SIZE_HEAD = (
    "mode", "calls", "in the tree", "recording.jsonl B/call", "gzipped B/call", "dynamic.txt",
    "trace.json B/call", "edges.json", "target +MB", "`tracer trace` MB", "read back s",
    "read back MB", "result",
)  # fmt: skip
SIZED = replace(own_workload("recursive"), name="sizes of recursive")
_READ_BACK = Path(__file__).with_name("read_back.py")
_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """What one run left and took; sizes in bytes, 0 where there is no such file.

    Attributes:
        extra_mb: Peak of the target over the untraced one.
        parent_mb: Peak of `tracer trace` itself, which reads the log in the end.
        reading_s: Log to recording, tree as text and edges, in a process of its own.
        reading_mb: Peak of that, over its imports.
    """

    tool: str
    calls: int = 0
    in_tree: int = 0
    log: int = 0
    log_gzipped: int = 0
    dynamic_txt: int = 0
    trace_json: int = 0
    edges_json: int = 0
    extra_mb: float = 0.0
    parent_mb: float = 0.0
    reading_s: float = 0.0
    reading_mb: float = 0.0
    problem: str = ""

    def cells(self) -> list[str]:
        if not self.calls:
            return [self.tool, *["-"] * (len(SIZE_HEAD) - 2), self.problem]
        return [
            self.tool,
            f"{self.calls:,}",
            f"{self.in_tree:,}",
            f"{self.log / self.calls:.1f}",
            f"{self.log_gzipped / self.calls:.1f}",
            _kilobytes(self.dynamic_txt),
            f"{self.trace_json / self.in_tree:.1f}" if self.trace_json and self.in_tree else "-",
            _kilobytes(self.edges_json),
            f"{self.extra_mb:.0f}",
            f"{self.parent_mb:.0f}",
            f"{self.reading_s:.2f}",
            f"{self.reading_mb:.0f}",
            self.problem or "the same",
        ]


def measure_size(python: str, tool: Tool, scale: float, environment: Mapping[str, str]) -> Size:
    """Run `recursive` untraced and traced, and read back what the traced run left."""
    folder = Path(tempfile.mkdtemp(prefix="overhead-"))
    try:
        return _measured(python, tool, scale, environment, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(
    python: str, tool: Tool, scale: float, environment: Mapping[str, str], folder: Path
) -> Size:
    runs = []
    for each in (UNTRACED, tool):
        place = folder / each.name.replace(" ", "-")
        out = place / "out"
        out.mkdir(parents=True)
        command = each.command(python, SIZED, scale, out)
        runs.append(run(command, place, MARK, _TIMEOUT_S, environment=environment))
    plain, traced = runs
    written = out / "trace"
    if plain.body is None or traced.body is None or not (written / "edges.json").exists():
        problem = f"no recording, exit status {traced.status}: {traced.last_error}"
        return Size(tool.name, problem=traced.killed_for or problem)
    edges = json.loads((written / "edges.json").read_text("utf-8"))["edges"]
    back = _read_back(tool, written, environment, folder)
    log = (written / "recording.jsonl").read_bytes()
    others = [peak for who, peak in traced.peaks_mb.items() if who != str(traced.body["pid"])]
    is_same = traced.body["result"] == plain.body["result"]
    return Size(
        tool=tool.name,
        calls=sum(edge["count"] for edge in edges),
        in_tree=back["tree"],
        log=len(log),
        log_gzipped=len(gzip.compress(log, 6)),
        dynamic_txt=_bytes(written / "callgraph" / "dynamic.txt"),
        trace_json=_bytes(written / "trace.json"),
        edges_json=_bytes(written / "edges.json"),
        extra_mb=traced.target_mb - plain.target_mb,
        parent_mb=max(others, default=0.0),
        reading_s=back["seconds"],
        reading_mb=back["extra_mb"],
        problem="" if is_same else "another result",
    )


def _read_back(
    tool: Tool, written: Path, environment: Mapping[str, str], folder: Path
) -> dict[str, Any]:
    """What `read_back.py` says, under the interpreter that has tracer's dependencies."""
    place = folder / "back"
    place.mkdir()
    command = [shlex.split(tool.template)[0], str(_READ_BACK), str(written)]
    done = run(command, place, MARK, _TIMEOUT_S, environment=environment)
    if done.body is None:
        raise RuntimeError(f"{_READ_BACK.name}: {done.last_error}")
    return dict(done.body["result"])


def _bytes(place: Path) -> int:
    return place.stat().st_size if place.exists() else 0


def _kilobytes(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count else "-"
