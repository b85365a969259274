"""One command, all tables: `python benchmarks/static_suite.py --suite DIR`."""

from __future__ import annotations

import argparse
import math
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.limited import Limits
from benchmarks.static.chains import chain_table
from benchmarks.static.corpus import units
from benchmarks.static.curve import curve_table
from benchmarks.static.edits import edit_table
from benchmarks.static.executed import executed_table
from benchmarks.static.macro import macro_tables
from benchmarks.static.micro import micro_tables
from benchmarks.static.minute import minute_table
from benchmarks.static.misses import miss_table
from benchmarks.static.packages import Package, read_packages
from benchmarks.static.parts import keep_part, kept_part
from benchmarks.static.plain import without_folders
from benchmarks.static.reading import reading_table
from benchmarks.static.speed import SpeedOptions, cold_table
from benchmarks.static.tables import Table
from benchmarks.static.tiers import tier_table
from benchmarks.static.tools import PROJECT, Bench, Tool, own_tool, peer_tool

PARTS = (
    "executed", "tiers", "misses", "chains", "micro", "macro", "speed", "edits", "reading", "curve",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the tables; after each part, so that an end too early loses one."""
    options = _parse(arguments)
    began = time.perf_counter()
    if options.parts:
        _compile(options.tracer_python)
    sections: dict[str, _Section] = {}
    for part in PARTS:
        kept = kept_part(options.parts_in, part) if options.parts_in else None
        empty = _Section("", [Table(f"{part}: not run (--only)", ())])
        sections[part] = _Section(*kept) if kept else empty
    for part, section in _measure(options):
        sections[part] = section
        if options.parts_in:
            keep_part(options.parts_in, part, section.measured, section.tables)
        _write(options, sections.values())
    if not options.parts:
        _write(options, sections.values())
    count = sum(len(section.tables) for section in sections.values())
    print(f"{options.out}: {count} tables, {time.perf_counter() - began:.0f} s")
    return 0


@dataclass(frozen=True, slots=True)
class _Section:
    """One part of the results, and what it was measured with."""

    measured: str
    tables: list[Table]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measures `tracer callgraph` beside peers; benchmarks/README.md has the layout."
    )
    parser.add_argument("--suite", type=Path, required=True, help="the folder with all the inputs")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}; or none of them")
    parser.add_argument(
        "--parts-in", type=Path, metavar="DIR",
        help="keeps finished parts there, and takes those from there that are not run now",
    )  # fmt: skip
    parser.add_argument("--package", action="append", default=[], help="only these packages")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME[=TEMPLATE]",
        help="a command that prints {caller: [callees]}, with {root} and {list} or {entries}",
    )  # fmt: skip
    parser.add_argument("--python-of-peer", action="append", default=[], metavar="NAME=EXE")
    parser.add_argument("--tracer-python", default=sys.executable, help="has tracer's dependencies")
    parser.add_argument("--timeout", type=float, default=150.0, metavar="SECONDS")
    parser.add_argument("--memory", type=float, default=4000.0, metavar="MB")
    parser.add_argument("--runs", type=int, default=3, help="of each cold run in `speed`")
    parser.add_argument("--max-kloc", type=int, default=200, help="the end of the size curve")
    parser.add_argument(
        "--corpus", type=Path, action="append", default=[], metavar="DIR",
        help="more packages and modules for the size curve: a standard library, a site-packages",
    )  # fmt: skip
    parser.add_argument("--curve-timeout", type=float, default=600.0, metavar="SECONDS")
    parser.add_argument(
        "--curve-budget", type=float, default=math.inf, metavar="SECONDS",
        help="for the size curve as a whole",
    )  # fmt: skip
    parser.add_argument("--curve-memory", type=float, default=8000.0, metavar="MB")
    parser.add_argument("--core", type=int, default=0, help="of `speed`; -1 pins to none")
    parser.add_argument("--out", type=Path, default=PROJECT / "benchmarks" / "RESULTS.md")
    options = parser.parse_args(arguments)
    asked = options.only.split(",") if options.only else list(PARTS)
    options.parts = [part for part in PARTS if part in asked]
    unknown = sorted(set(asked) - {*PARTS, "none"})
    if unknown:
        parser.error(f"--only: expected some of {', '.join(PARTS)}, found {', '.join(unknown)}")
    if not options.suite.is_dir():
        parser.error(f"--suite: no folder {options.suite}")
    if missing := [corpus for corpus in options.corpus if not corpus.is_dir()]:
        parser.error(f"--corpus: no folder {missing[0]}")
    if any("=" not in given for given in options.python_of_peer):
        parser.error("--python-of-peer: expected NAME=EXE")
    return options


def _measure(options: argparse.Namespace) -> Iterator[tuple[str, _Section]]:
    pythons = dict(given.split("=", 1) for given in options.python_of_peer)
    peers = [peer_tool(given, pythons) for given in options.peer]
    own = own_tool(options.tracer_python)
    variants = [
        own,
        own_tool(options.tracer_python, "--tiers all"),
        own_tool(options.tracer_python, "{context}"),
    ]
    limits = Limits(options.timeout, options.memory)
    bench = Bench(limits)
    packages = read_packages(options.suite, tuple(options.package))
    for part in options.parts:
        began, load = time.perf_counter(), os.getloadavg()[0]
        tables = _part(part, options, bench, own, variants, peers, packages)
        seconds = time.perf_counter() - began
        yield part, _Section(_measured(options, seconds, load), tables)


def _part(
    part: str,
    options: argparse.Namespace,
    bench: Bench,
    own: Tool,
    variants: Sequence[Tool],
    peers: Sequence[Tool],
    packages: Sequence[Package],
) -> list[Table]:
    if part == "executed":
        return [executed_table(bench, [*variants, *peers], packages)]
    if part == "tiers":
        json_tools = [
            own_tool(options.tracer_python, arguments, "json") for arguments in ("", "--tiers all")
        ]
        return [tier_table(bench, json_tools, packages)]
    if part == "misses":
        return [miss_table(bench, [own, *peers], packages)]
    if part == "chains":
        return [chain_table(bench, [*variants, *peers], packages)]
    if part == "micro":
        return micro_tables(bench, [own, *peers], options.suite)
    if part == "macro":
        own_json = own_tool(options.tracer_python, form="json")
        return macro_tables(bench, [own, *peers], own_json, options.suite)
    return [_speed(part, options, bench.limits, [own, *peers], packages)]


def _speed(
    part: str,
    options: argparse.Namespace,
    limits: Limits,
    tools: Sequence[Tool],
    packages: Sequence[Package],
) -> Table:
    speed = SpeedOptions(
        runs=options.runs,
        max_kloc=options.max_kloc,
        core=None if options.core < 0 else options.core,
        limits=limits,
        curve_limits=Limits(options.curve_timeout, options.curve_memory),
        curve_budget_s=options.curve_budget,
    )
    if part == "speed":
        return cold_table(tools, packages, speed)
    sources = units(packages, [corpus.resolve() for corpus in options.corpus], speed.max_kloc)
    if part == "edits":
        return edit_table(tools, packages, sources, speed)
    if part == "reading":
        return reading_table(options.tracer_python, tools[0], sources, speed)
    return curve_table(tools, sources, speed)


def _compile(python: str) -> None:
    """Have the bytecode of our sources, as an installation does; that of peers is there."""
    try:
        subprocess.run([python, "-m", "compileall", "-q", str(PROJECT / "tracer")], check=True)
    except OSError:
        return  # There is no such interpreter, as every table will say.


def _write(options: argparse.Namespace, sections: Iterable[_Section]) -> None:
    text = _heading(options) + _text(sections)
    options.out.write_text(without_folders(text), "utf-8")


def _text(sections: Iterable[_Section]) -> str:
    found = list(sections)
    minute = minute_table([table for section in found for table in section.tables])
    blocks = [minute.markdown()]
    for section in found:
        if section.measured:
            blocks.append(f"*{section.measured}*\n")
        blocks += [table.markdown() for table in section.tables]
    return "\n".join(blocks)


def _heading(options: argparse.Namespace) -> str:
    command = "python benchmarks/static_suite.py --suite DIR"
    for name in ("timeout", "memory", "runs", "max_kloc", "curve_timeout", "curve_memory"):
        command += f" --{name.replace('_', '-')} {getattr(options, name):g}"
    command += " --corpus DIR" * len(options.corpus)
    command += "".join(f" --peer {shlex.quote(peer)}" for peer in options.peer)
    return (
        "# Static call graph: results\n\n"
        f"`{command}`\n\n"
        "Every row of a table is from the same run, which the line above the table names. All "
        "commands ran with `PYTHONHASHSEED=0`: some peers' graphs change with the seed. "
        "Tools find their bytecode written, as after an installation.\n\n"
    )


def _measured(options: argparse.Namespace, seconds: float, load: float) -> str:
    """Of one part: by what, when, how long, and how much else this machine did."""
    return (
        f"tracer {_commit()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{time.strftime('%Y-%m-%d')}, {seconds:.0f} s, load {load:.1f} before; each command "
        f"stopped at {options.timeout:g} s or {options.memory:.0f} MB"
    )


def _commit() -> str:
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "of an unknown commit"
    return done.stdout.strip()
