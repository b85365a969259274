"""The tools that are compared: how each is run, and what it records."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TARGET = Path(__file__).resolve().parent / "target"
_TAP = re.compile(r"# tap (\w+): (.+)$")
TESTS = "tests of "  # how the names of such workloads begin

EDGES, TREE, VALUES, LINES = "edges", "tree", "tree and values", "lines"

# What follows `{python}` is what the peer's documentation gives for its namespace filter.
_FILTER = "--include_files {file} {folder} --ignore_c_function"
_PEERS = {
    "viztracer": (
        "{python} -m viztracer --quiet " + _FILTER + " -o {out}/trace.json -- {script} {args}",
        TREE,
    ),
    "viztracer-values": (
        "{python} -m viztracer --quiet " + _FILTER + " --log_func_args --log_func_retval"
        " -o {out}/trace.json -- {script} {args}",
        VALUES,
    ),
    "kolo": ("env KOLO_PATH={out} HOME={out} {python} -m kolo run {script} {args}", VALUES),
    "hunter": (
        "env \"PYTHONHUNTER=module='{namespace}', kind_in=('call', 'return'),"
        ' threading_support=True" {python} {script} {args}',
        VALUES,
    ),
    "coverage-ctrace": (
        "env COVERAGE_CORE=ctrace {python} -m coverage run --include {file}"
        " --data-file {out}/coverage {script} {args}",
        LINES,
    ),
    "coverage-sysmon": (
        "env COVERAGE_CORE=sysmon {python} -m coverage run --include {file}"
        " --data-file {out}/coverage {script} {args}",
        LINES,
    ),
    "cprofile": ("{python} -m cProfile -o {out}/profile {script} {args}", EDGES),
}
_MODULES = {
    "viztracer-values": "viztracer",
    "coverage-ctrace": "coverage",
    "coverage-sysmon": "coverage",
    "cprofile": "cProfile",
}
_SINCE = {"coverage-sysmon": (3, 12)}
# One stack for all threads, or the first thread alone: the edges are not those of the program.
_BLIND = {"cprofile": frozenset({"threads"})}


@dataclass(frozen=True, slots=True)
class Workload:
    """What a tool is run on.

    Attributes:
        script: What is run, with the arguments; `{scale}` in them is replaced.
        root: The tree that holds the namespace.
        file: The file or folder of the namespace, for tools that filter by path.
        has_scale: Whether there is less of it at a smaller scale.
    """

    name: str
    script: Path
    arguments: tuple[str, ...]
    root: Path
    namespace: str
    file: Path
    has_scale: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """A way to run a script.

    Attributes:
        template: Words in which `{python}`, `{script}`, `{folder}` (the script's), `{out}`,
            `{root}`, `{namespace}` and `{file}` are replaced; a word `{args}` becomes the script's
            arguments, `{taps}` our options for the expressions of the workload.
        records: What it keeps: EDGES, TREE, VALUES or LINES; nothing for no tool at all.
        backend: Of ours, which one.
        is_in_c: Of ours: with hooks in C, where they compile, as a user has it without asking.
        absent: Why it cannot run; tables say so.
        blind: Workloads on which it is known not to record what it records elsewhere.
    """

    name: str
    template: str
    records: str = ""
    backend: str = ""
    is_in_c: bool = False
    absent: str = ""
    blind: frozenset[str] = frozenset()

    @property
    def is_own(self) -> bool:
        return bool(self.backend)

    @property
    def needs_taps(self) -> bool:
        return "{taps}" in self.template.split()

    def command(self, python: str, workload: Workload, scale: float, out: Path) -> list[str]:
        """The words to run."""
        values = {
            "python": python,
            "script": str(workload.script),
            "folder": str(workload.script.parent),
            "out": str(out),
            "root": str(workload.root),
            "namespace": workload.namespace,
            "file": str(workload.file),
        }
        words: list[str] = []
        for word in shlex.split(self.template):
            if word == "{args}":
                words += [
                    argument.replace("{scale}", f"{scale:g}") for argument in workload.arguments
                ]
            elif word == "{taps}":
                words += [f"--tap={tap}" for tap in taps_of(workload.name)]
            else:
                words.append(re.sub(r"\{(\w+)\}", lambda name: values[name[1]], word))
        return words


UNTRACED = Tool("untraced", "{python} {script} {args}")


def own_tools(tracer_python: str, version: tuple[int, ...], backends: Sequence[str]) -> list[Tool]:
    """Each mode of ours with each back end that the version has, with hooks in C and without.

    Where there are two, the one that nobody gets without asking is not run without C as well: that
    takes longest and answers nobody's question.
    """
    found = []
    usual = default_backend(version)
    for backend, accelerator in product(backends, ("auto", "off")):
        if backend == "monitoring" and version < (3, 12):
            continue
        if accelerator == "off" and backend != usual and usual in backends:
            continue
        how = f"{backend} in C" if accelerator == "auto" else backend
        for mode, taps, records in (
            ("edges", "", EDGES),
            ("tree", "", TREE),
            ("tree", "{taps}", VALUES),
        ):
            name = f"tracer {mode}{' and taps' if taps else ''}, {how}"
            template = (
                f"{shlex.quote(tracer_python)} -m tracer trace --root {{root}}"
                f" --namespace {{namespace}} --mode {mode} --backend {backend}"
                f" --accelerator {accelerator}"
                f" --python {{python}} {taps} -o {{out}}/trace -- {{script}} {{args}}"
            )
            found.append(Tool(name, template, records, backend, accelerator == "auto"))
    return found


def peer_tool(given: str, python: str, version: tuple[int, ...]) -> Tool:
    """A peer by its name, or `NAME=TEMPLATE` for any other; `NAME:RECORDS=TEMPLATE` says more."""
    label, has_template, template = given.partition("=")
    name, _, records = label.partition(":")
    if has_template:
        return Tool(name, template, records)
    if name not in _PEERS:
        return Tool(name, "", absent="no template of this name is known")
    template, records = _PEERS[name]
    if version < _SINCE.get(name, (3,)):
        wanted = ".".join(map(str, _SINCE[name]))
        return Tool(name, template, records, absent=f"needs Python {wanted}")
    module = _MODULES.get(name, name)
    if not _can_import(python, module):
        return Tool(name, template, records, absent=f"not installed: no module {module}")
    return Tool(name, template, records, blind=_BLIND.get(name, frozenset()))


def known_peers() -> tuple[str, ...]:
    return tuple(_PEERS)


def default_backend(version: tuple[int, ...]) -> str:
    """What `--backend auto` takes."""
    return "monitoring" if version >= (3, 12) else "settrace"


def own_workload(name: str) -> Workload:
    """One of `target/workloads.py`."""
    return Workload(
        name,
        TARGET / "run_workload.py",
        (name, "{scale}"),
        TARGET,
        "workloads",
        TARGET / "workloads.py",
    )


def suite_workload(given: str) -> Workload:
    """`NAMESPACE=PROJECT`, a folder with `tests` in it; words after it are pytest's arguments.

    Raises:
        ValueError: There is no such folder, or none of the namespace in it.
    """
    namespace, _, rest = given.partition("=")
    words = shlex.split(rest)
    if not words or not Path(words[0]).is_dir():
        raise ValueError(f"{given}: expected NAMESPACE=PROJECT, a folder")
    project = Path(words[0]).resolve()
    places = (project / "src" / namespace, project / namespace)
    file = next((place for place in places if place.is_dir()), None)
    if file is None:
        raise ValueError(f"{given}: no folder {namespace} in {project} or its src")
    arguments = (str(project), *words[1:])
    return Workload(
        f"{TESTS}{namespace}", TARGET / "run_tests.py", arguments, project, namespace, file, False
    )


@cache
def workload_names() -> tuple[str, ...]:
    """All workloads of ours, in order: each has one mark of a tap."""
    return tuple(_marks())


def taps_of(workload: str) -> list[str]:
    """Our options for the expression that a mark in the source names; none for tests."""
    return [f"{workload}={tap}" for tap in [_marks().get(workload)] if tap]


@cache
def _marks() -> Mapping[str, str]:
    source = TARGET / "workloads.py"
    found = {}
    for number, line in enumerate(source.read_text("utf-8").splitlines(), 1):
        if mark := _TAP.search(line):
            found[mark[1]] = f"{mark[2]}@{source.name}:{number}"
    return found


@cache
def _can_import(python: str, module: str) -> bool:
    question = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
    return not subprocess.run([python, "-c", question], capture_output=True, check=False).returncode
