"""The tools that are compared: how each is run, and what it printed."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.limited import Limits
from benchmarks.static.definitions import Graph
from benchmarks.static.measuring import Measured, measure
from benchmarks.static.plain import without_folders

PROJECT = Path(__file__).resolve().parents[2]
_PEERS = Path(__file__).resolve().parent / "peers"
NOT_SUPPORTED = "not supported"
# PyCG's and pyan3's graphs change with the seed; one seed gives the same figures again.
_ENVIRONMENT = {"PYTHONHASHSEED": "0"}

# {python} is the peer's interpreter, which `--python-of-peer NAME=EXE` gives.
_KNOWN = {
    "pyan3": f"{{python}} {_PEERS}/pyan3.py {{root}} {{list}}",
    "code2flow": f"{{python}} {_PEERS}/code2flow.py {{root}} {{list}}",
    "ty": f"{{python}} {_PEERS}/definitions.py ty {{root}} {{list}}",
    "pyrefly": f"{{python}} {_PEERS}/definitions.py pyrefly {{root}} {{list}}",
    "pyright": f"{{python}} {_PEERS}/definitions.py basedpyright {{root}} {{list}}",
    "cgg": f"{{python}} {_PEERS}/cgg.py {{root}} {{list}}",
    "pycg": "{python} -m pycg --package {root} {entries}",
}


@dataclass(frozen=True, slots=True)
class Program:
    """What a tool is given: files, and the folder that their names are relative to.

    Attributes:
        context: For `--context`: the tests, say.
        project: The folder above both the root and the context; a command with context is given it
            as its root, since the tests of a `src` layout lie beside `src`.
    """

    name: str
    root: Path
    files: tuple[Path, ...]
    context: tuple[Path, ...] = ()
    project: Path | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A command that prints `{caller: [callees]}`.

    Attributes:
        template: Words in which `{root}` and `{list}` are replaced; a word `{entries}` becomes the
            files, `{context}` becomes `--context PATH` for each, `{root}` then being the project.
            With neither `{list}` nor `{entries}`, the files are appended. The command runs in our
            own working directory, so that `-m` finds no module of the program under test.
        absent: Why it cannot run at all; tables say so.
    """

    name: str
    template: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    is_own: bool = False
    absent: str = ""

    @property
    def needs_context(self) -> bool:
        return "{context}" in shlex.split(self.template)


@dataclass(frozen=True, slots=True)
class Run:
    """A tool's run on a program: a graph, or a note why there is none."""

    graph: Graph | None = None
    note: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    output: str = ""


class Bench:
    """Runs every tool on every program once, and remembers the graphs."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._runs: dict[tuple[str, str, Program], Run] = {}

    def run(self, tool: Tool, program: Program) -> Run:
        key = (tool.name, tool.template, program)
        if key not in self._runs:
            print(f"{tool.name} on {program.name}", file=sys.stderr)
            self._runs[key] = run_tool(tool, program, self.limits)
        return self._runs[key]


def own_tool(python: str, arguments: str = "", form: str = "pycg") -> Tool:
    """`tracer callgraph`, from the sources beside this benchmark."""
    words = f"-m tracer callgraph --format {form} {arguments} --root {{root}} @{{list}}"
    return Tool(
        name=f"tracer {arguments}".strip().replace("{context}", "--context tests"),
        template=f"{shlex.quote(python)} {words}",
        environment={"PYTHONPATH": str(PROJECT)},
        is_own=True,
    )


def peer_tool(given: str, pythons: Mapping[str, str]) -> Tool:
    """A peer by its name, or by `NAME=COMMAND TEMPLATE`."""
    name, _, template = given.partition("=")
    if template:
        return Tool(name, template)
    if name not in _KNOWN:
        known = ", ".join(sorted(_KNOWN))
        return Tool(name, absent=f"unknown: give {name}=COMMAND TEMPLATE, or one of {known}")
    if name not in pythons:
        return Tool(name, absent=f"absent: give --python-of-peer {name}=EXE")
    if not Path(pythons[name]).exists():
        return Tool(name, absent=f"absent: no {without_folders(pythons[name])}")
    python = shlex.quote(pythons[name])
    return Tool(name, _KNOWN[name].replace("{python}", python))


def run_tool(
    tool: Tool,
    program: Program,
    limits: Limits,
    environment: Mapping[str, str] | None = None,
    cores: Sequence[int] = (),
) -> Run:
    """One run of its own process, without any memory of earlier ones."""
    if tool.absent:
        return Run(note=tool.absent)
    if tool.needs_context and not program.context:
        return Run(note="no context given")
    with tempfile.TemporaryDirectory(prefix="static-suite-") as folder:
        listing = Path(folder, "files.txt")
        listing.write_text("".join(f"{file}\n" for file in program.files), "utf-8")
        measured = measure(
            _command(tool, program, listing),
            limits,
            {**_ENVIRONMENT, "XDG_CACHE_HOME": folder, **tool.environment, **(environment or {})},
            cores,
        )
    graph = parse_graph(measured.output) if not measured.killed_for else None
    if graph is not None and tool.needs_context:
        graph = relative_names(graph, program)
    return Run(
        graph=graph,
        note="" if graph is not None else why_none(measured, limits),
        wall_s=measured.wall_s,
        cpu_s=measured.cpu_s,
        peak_mb=measured.peak_mb,
        output=measured.output,
    )


def parse_graph(text: str) -> Graph | None:
    """The last JSON object `{caller: [callees]}` on the stream; tools log before it."""
    for candidate in (text, *reversed(text.splitlines())):
        if not candidate.lstrip().startswith("{"):
            continue
        try:
            found = json.loads(candidate)
        except ValueError:
            continue
        if isinstance(found, dict) and all(isinstance(value, list) for value in found.values()):
            return found
    return None


def relative_names(graph: Graph, program: Program) -> Graph:
    """Names that are relative to the project, `src.click.core`, as those below the root are."""
    if program.project in (None, program.root):
        return graph
    assert program.project is not None
    prefix = ".".join(program.root.relative_to(program.project).parts) + "."
    return {
        caller.removeprefix(prefix): [callee.removeprefix(prefix) for callee in callees]
        for caller, callees in graph.items()
    }


def why_none(measured: Measured, limits: Limits) -> str:
    """A few words for a table: what ended the run, or its last words."""
    if measured.killed_for == "timeout":
        return f"timeout {limits.timeout_s:g} s"
    if measured.killed_for == "memory":
        return f"over {limits.memory_mb:.0f} MB"
    if "No such option" in measured.errors:  # click's words
        return NOT_SUPPORTED
    lines = [line for line in without_folders(measured.errors).splitlines() if line.strip()]
    return f"failed: {lines[-1].strip()[:80]}" if lines else f"failed: status {measured.status}"


def _command(tool: Tool, program: Program, listing: Path) -> Sequence[str]:
    command: list[str] = []
    files = [str(file) for file in program.files]
    root = program.project if tool.needs_context and program.project else program.root
    is_placed = False
    for word in shlex.split(tool.template):
        if word == "{entries}":
            command += files
            is_placed = True
        elif word == "{context}":
            for path in program.context:
                command += ["--context", str(path)]
        else:
            is_placed = is_placed or "{list}" in word
            command.append(word.replace("{root}", str(root)).replace("{list}", str(listing)))
    return command if is_placed else [*command, *files]
