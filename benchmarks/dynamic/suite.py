"""One command, a table an interpreter: `python benchmarks/overhead.py --python EXE ..`."""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.dynamic.goals import READING_NS, Found, verdicts
from benchmarks.dynamic.kept import Kept
from benchmarks.dynamic.rows import Limits, Row, measure, runner
from benchmarks.dynamic.sizes import SIZE_HEAD, SIZED, Size, measure_size
from benchmarks.dynamic.target.workloads import READINGS
from benchmarks.dynamic.tools import (
    PROJECT,
    TARGET,
    TESTS,
    UNTRACED,
    Tool,
    Workload,
    default_backend,
    known_peers,
    own_tools,
    own_workload,
    peer_tool,
    suite_workload,
    workload_names,
)
from benchmarks.static.plain import without_folders
from benchmarks.static.tables import Table

_BACKENDS = ("monitoring", "settrace")
_SHOWN = ("recursive", "training")  # of these the process as a whole is told, too


@dataclass(slots=True)
class _Measured:
    """One interpreter, and what is known of it so far."""

    python: str
    name: str = ""
    version: tuple[int, ...] = ()
    absent: str = ""
    tools: list[Tool] = field(default_factory=list)
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    sizes: list[Size] = field(default_factory=list)
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the tables after each row, so that an end too early loses one."""
    options = _parse(arguments)
    kept = Kept(options.json, options.resume)
    kept.settings = {
        "tracer": _commit(),
        "scale": options.scale,
        "pairs": options.pairs,
        "cores": os.cpu_count(),
    }
    with tempfile.TemporaryDirectory(prefix="overhead-bytecode-") as bytecode:
        found = [_interpreter(python, options) for python in options.python]
        environment = {
            "PYTHONHASHSEED": "0",
            # For `-m tracer`, and for tools that leave the script's folder out; on both sides.
            "PYTHONPATH": os.pathsep.join((str(PROJECT), str(TARGET))),
            "PYTHONPYCACHEPREFIX": bytecode,  # tools find their bytecode, trees stay as they are
            "PYTHONDONTWRITEBYTECODE": "",
            **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        }
        try:
            for each in found:
                _measure(each, options, kept, environment, lambda: _write(options, found))
        except KeyboardInterrupt:
            print(
                f"stopped: {options.out} and {options.json} hold what was measured; "
                "--resume goes on",
                file=sys.stderr,
            )
            _write(options, found)
            return 130
    _write(options, found)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{options.out}: {len(found)} interpreters, {sum(each.seconds for each in found):.0f} s, "
        f"{used.ru_utime + used.ru_stime:.0f} s of CPU"
    )
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measures `tracer trace` beside peers; benchmarks/README.md says what and how."
    )
    parser.add_argument(
        "--python", action="append", default=[], metavar="EXE",
        help="an interpreter to measure, with its peers installed; may be given again",
    )  # fmt: skip
    parser.add_argument("--tracer-python", default=sys.executable, help="has tracer's dependencies")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME[[:RECORDS]=TEMPLATE]",
        help=f"{', '.join(known_peers())}; or a command with {{python}} {{script}} {{args}}",
    )  # fmt: skip
    parser.add_argument("--backend", action="append", default=[], choices=_BACKENDS)
    parser.add_argument("--workloads", default="", help=f"some of {','.join(workload_names())}")
    parser.add_argument(
        "--tests", action="append", default=[], metavar="NAMESPACE='PROJECT [ARGUMENT..]'",
        help="a project whose tests are a workload, too; arguments are pytest's",
    )  # fmt: skip
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--pairs", type=int, default=3, help="untraced and traced, in turn")
    parser.add_argument(
        "--most-pairs", type=int, default=0, metavar="N",
        help="goes on, up to so many, until the two best of each side lie within 2 %%",
    )  # fmt: skip
    parser.add_argument(
        "--longest", type=float, default=2.0, metavar="SECONDS",
        help="tools that would need more CPU for a workload run a tenth or a fiftieth of it",
    )  # fmt: skip
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--no-sizes", action="store_true", help="leaves the table of sizes out")
    parser.add_argument("--resume", action="store_true", help="takes over rows that --json holds")
    parser.add_argument("--out", type=Path, default=PROJECT / "benchmarks" / "OVERHEAD.md")
    parser.add_argument("--json", type=Path, help="the rows; beside --out unless given")
    options = parser.parse_args(arguments)
    # Runs have folders of their own.
    options.python = [_from_anywhere(each) for each in options.python or [sys.executable]]
    options.tracer_python = _from_anywhere(options.tracer_python)
    options.json = options.json or options.out.with_suffix(".json")
    options.backend = options.backend or list(_BACKENDS)
    names = options.workloads.split(",") if options.workloads else list(workload_names())
    if unknown := sorted(set(names) - {*workload_names(), "none"}):
        parser.error(
            f"--workloads: expected some of {', '.join(workload_names())}, found {unknown[0]}"
        )
    options.chosen = [own_workload(name) for name in workload_names() if name in names]
    try:
        options.chosen += [suite_workload(given) for given in options.tests]
    except ValueError as error:
        parser.error(f"--tests: {error}")
    known = {"python", "script", "folder", "args", "out", "root", "namespace", "file"}
    for peer in options.peer:
        if unknown := sorted(set(re.findall(r"\{(\w+)\}", peer.partition("=")[2])) - known):
            parser.error(f"--peer: {{{unknown[0]}}}: expected some of {', '.join(sorted(known))}")
    if options.pairs < 1 or options.scale <= 0:
        parser.error("--pairs and --scale: expected more than 0")
    return options


def _from_anywhere(executable: str) -> str:
    """A path that holds in any folder; what is looked for in PATH stays as it is."""
    return os.path.abspath(executable) if os.path.dirname(executable) else executable


def _interpreter(python: str, options: argparse.Namespace) -> _Measured:
    question = "import platform as p; print(p.python_implementation(), p.python_version())"
    try:
        asked = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return _Measured(python, Path(python).name, absent=f"cannot be run: {error}")
    name = asked.stdout.strip()
    version = tuple(int(part) for part in re.findall(r"\d+", name)[:3])
    tools = [
        UNTRACED,
        *own_tools(options.tracer_python, version, options.backend),
        *(peer_tool(given, python, version) for given in options.peer),
    ]
    return _Measured(python, name, version, tools=tools)


def _measure(
    found: _Measured,
    options: argparse.Namespace,
    kept: Kept,
    environment: Mapping[str, str],
    write: Callable[[], None],
) -> None:
    if found.absent:
        return
    began = time.perf_counter()
    limits = Limits(options.pairs, options.most_pairs, options.longest, options.timeout)
    present = [tool for tool in found.tools if not tool.absent]
    for workload in options.chosen:
        one = runner(found.python, workload, limits, environment)
        is_warm = workload.has_scale  # then each tool is tried on a part of the work first
        for tool in _tools_for(workload, present):
            key = _key(found, tool, workload, options)
            row = kept.get(key, Row)
            if row is None:
                if not is_warm:
                    one(UNTRACED, options.scale)
                    is_warm = True
                row = measure(tool, workload, options.scale, limits, one)
                kept.put(key, found.name, row)
                ratio = f"{row.body_ratio:.2f}" if row.body_ratio is not None else "-"
                print(
                    f"{time.perf_counter() - began:5.0f} s  {found.name}  {workload.name}  "
                    f"{tool.name}  {ratio}  {row.problem}",
                    file=sys.stderr,
                )
            found.rows[tool.name, workload.name] = row
            found.seconds = time.perf_counter() - began
            write()
    if not options.no_sizes:
        own = [tool for tool in present if tool.is_own and not tool.needs_taps]
        for tool in own:
            key = _key(found, tool, SIZED, options)
            size = kept.get(key, Size)
            if size is None:
                size = measure_size(found.python, tool, options.scale, environment)
                kept.put(key, found.name, size)
                seconds = time.perf_counter() - began
                print(f"{seconds:5.0f} s  {found.name}  sizes  {tool.name}", file=sys.stderr)
            found.sizes.append(size)
            write()
    found.seconds = time.perf_counter() - began


def _tools_for(workload: Workload, tools: Sequence[Tool]) -> list[Tool]:
    if workload.name in READING_NS:  # these are about taps
        return [tool for tool in tools if tool.needs_taps]
    if workload.name.startswith(TESTS):  # no expression of theirs is marked
        return [tool for tool in tools if not tool.needs_taps]
    return list(tools)


def _key(found: _Measured, tool: Tool, workload: Workload, options: argparse.Namespace) -> str:
    """What must be equal for a row to be taken over; ours are those of one state of the sources."""
    template = tool.template.replace(shlex.quote(options.tracer_python), "{tracer}")
    parts = [
        found.name,
        tool.name,
        template,
        workload.name,
        f"{options.scale:g}",
        f"{options.pairs} {options.most_pairs}",
    ]
    if tool.is_own:
        parts.append(_sources())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _write(options: argparse.Namespace, measured: Sequence[_Measured]) -> None:
    blocks = [_heading(options)]
    for found in measured:
        blocks += [table.markdown() for table in _tables(found, options)]
    options.out.write_text(without_folders("\n".join(blocks)), "utf-8")


def _heading(options: argparse.Namespace) -> str:
    command = "python benchmarks/overhead.py" + " --python EXE" * len(options.python)
    command += "".join(f" --peer {shlex.quote(peer)}" for peer in options.peer)
    for name in ("workloads", "scale", "pairs", "most_pairs", "longest", "timeout"):
        if value := getattr(options, name):
            option = name.replace("_", "-")
            command += f" --{option} {value if isinstance(value, str) else format(value, 'g')}"
    command += " --tests NAMESPACE=PROJECT" * len(options.tests)
    return (
        "# What the probe costs: results\n\n"
        f"`{command}`\n\n"
        f"tracer {_commit()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}, load "
        f"{os.getloadavg()[0]:.1f} when this was written. Ratios are CPU time of the body, all its "
        "threads, traced over untraced: runs in turn, the best of each side, so that what else the "
        "machine does counts least. The row *untraced* is no tool against none: what it is away "
        "from 1.00 is noise. `(1/10)`: too slow for all of the work, run on that part of it.\n"
    )


def _tables(found: _Measured, options: argparse.Namespace) -> list[Table]:
    most = max(options.pairs, options.most_pairs)
    pairs = f"{options.pairs} to {most}" if most > options.pairs else f"{most}"
    title = f"{found.name}, best of {pairs} pairs, {found.seconds:.0f} s"
    if found.absent:
        return [Table(title, (), notes=[f"not measured: {found.absent}"])]
    names = [each.name for each in options.chosen if each.name not in READING_NS]
    shown = [name for name in _SHOWN if name in names]
    head = ["tool", "records", *names]
    for name in shown:
        head += [f"{name}: +CPU s", "+wall s", "+MB", "written"]
    table = Table(f"{title}: body, traced / untraced", [*head, "result"])
    floors = [_floor(found, name) for name in names]
    if any(floors):
        cells = [f"{floor[0]:.3f} s ±{100 * floor[1]:.0f} %" if floor else "-" for floor in floors]
        table.add("*untraced body*", "", *cells, *[""] * (4 * len(shown)), "")
    for tool in found.tools:
        if tool.absent:
            table.add_note_row(tool.name, tool.records, note=tool.absent)
            continue
        rows = [found.rows.get((tool.name, name)) for name in names]
        if not any(rows):
            continue
        ratios = [_ratio(row, name in tool.blind) for name, row in zip(names, rows, strict=True)]
        process: list[str] = []
        for name in shown:
            process += _process_cells(found.rows.get((tool.name, name)))
        problems = dict.fromkeys(
            f"{name}: {row.problem}"
            for name, row in zip(names, rows, strict=True)
            if row and row.problem
        )
        table.add(tool.name, tool.records, *ratios, *process, "; ".join(problems) or "the same")
    if blind := [tool.name for tool in found.tools if not tool.absent and tool.blind & {*names}]:
        table.notes.append(
            f"‡ {', '.join(blind)}: with several threads the edges are not those of the program."
        )
    if any(row.is_empty for row in found.rows.values()):
        table.notes.append(
            "† It wrote no more for all of the work than for a small part of it, or next to "
            "nothing: it recorded nothing of what the body calls, and is no measure for those "
            "that do."
        )
    return [table, _goal_table(found, options), *_size_tables(found)]


def _floor(found: _Measured, workload: str) -> tuple[float, float] | None:
    """The best untraced body of all rows at full size, and the median spread within a row."""
    rows = [
        row
        for (_, name), row in found.rows.items()
        if name == workload and row.share == 1 and row.plain_body_s
    ]
    if not rows:
        return None
    return min(row.plain_body_s for row in rows), statistics.median(row.spread for row in rows)


def _ratio(row: Row | None, is_blind: bool = False) -> str:
    if row is None or row.body_ratio is None:
        return "-"
    shown = f"{row.body_ratio:.2f}" if row.body_ratio < 20 else f"{row.body_ratio:.0f}"
    if row.is_empty:
        shown += " †"
    if is_blind:
        shown += " ‡"
    return shown if row.share == 1 else f"{shown} (1/{1 / row.share:.0f})"


def _process_cells(row: Row | None) -> list[str]:
    if row is None or row.body_ratio is None:
        return ["-"] * 4
    return [
        f"{row.extra_cpu_s:.2f}",
        f"{row.extra_wall_s:.2f}",
        f"{row.extra_mb:.0f}",
        _bytes(row.written),
    ]


def _bytes(count: int) -> str:
    for unit, size in (("MB", 10**6), ("kB", 10**3)):
        if abs(count) >= size:
            return f"{count / size:.1f} {unit}"
    return f"{max(0, count)} B"


def _goal_table(found: _Measured, options: argparse.Namespace) -> Table:
    backend = default_backend(found.version)
    tools = [
        tool
        for tool in found.tools
        if not tool.is_own or (tool.backend == backend and tool.is_in_c)
    ]
    workloads = [each.name for each in options.chosen]
    readings = {name: READINGS[name](options.scale) for name in READING_NS}
    table = Table(
        f"{found.name}: what was asked",
        ("of", "tool", "asked", "measured", "met"),
        intro=f"Ours as this version gets it by itself: {backend}, in C where that compiles.",
    )
    given = Found(found.version, tools, found.rows, found.sizes, readings, workloads)
    for verdict in verdicts(given):
        table.add(*verdict.cells())
    return table


def _size_tables(found: _Measured) -> list[Table]:
    if not found.sizes:
        return []
    return [
        Table(
            f"{found.name}: what is written and read back, `recursive`",
            SIZE_HEAD,
            rows=[size.cells() for size in found.sizes],
            notes=[
                "Bytes are per call of the run, those of `trace.json` per call of the tree. The "
                "target's peak is over the untraced one.",
            ],
        )
    ]


@cache
def _sources() -> str:
    """The digest of the package that is measured."""
    files = sorted(
        file for kind in ("*.py", "*.c", "*.h") for file in (PROJECT / "tracer").rglob(kind)
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@cache
def _commit() -> str:
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return f"of an unknown commit, Python {platform.python_version()}"
    return done.stdout.strip()
