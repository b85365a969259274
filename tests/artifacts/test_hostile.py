"""Hostile files: each is refused or bounded, nothing runs, and the report says what it did not do.

One process inspects them all, under limits of the operating system that are generous for an honest
file and small for what these would like to have.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.artifacts.hostile import CASES, SECRET, Case

ROOT = Path(__file__).resolve().parents[2]
_MEMORY = 1536 * 1024 * 1024  # address space; Python alone takes a fifth
_SECONDS = 15.0  # of processor time, for one file
_INSPECT = """
import json, os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from pathlib import Path
from tracer.artifacts.inspection import inspect_artifact
from tracer.errors import TracerError
from tracer.report.artifact import render_artifact
for line in sys.stdin:
    begun = sum(os.times()[:4])
    try:
        said = render_artifact(inspect_artifact(Path(json.loads(line))))
    except TracerError as error:
        said = str(error)
    print(json.dumps([said, sum(os.times()[:4]) - begun]), flush=True)
"""


@dataclass(frozen=True)
class _Inspected:
    said: dict[str, str]
    seconds: dict[str, float]
    ran: dict[str, bool]  # whether the canary was there afterwards


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> _Inspected:
    base = tmp_path_factory.mktemp("hostile")
    canaries, paths = {}, {}
    for number, case in enumerate(CASES):
        folder = base / str(number)
        folder.mkdir()
        canaries[_id(case)] = base / f"ran{number}"
        paths[_id(case)] = case.make(folder, canaries[_id(case)])
    done = subprocess.run(
        [sys.executable, "-c", _INSPECT, str(_MEMORY)],
        input="".join(json.dumps(str(path)) + "\n" for path in paths.values()),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(CASES), f"{list(paths)[len(answers)]}: {done.stderr[-2000:]}"
    found = dict(zip(paths, answers, strict=True))
    return _Inspected(
        {name: said for name, (said, _) in found.items()},
        {name: seconds for name, (_, seconds) in found.items()},
        {name: canary.exists() for name, canary in canaries.items()},
    )


def _id(case: Case) -> str:
    return f"{case.group}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_a_hostile_file_is_told_and_does_nothing(case: Case, inspected: _Inspected) -> None:
    """The report says what was not done; no command ran, no other file was read."""
    said = inspected.said[_id(case)]
    assert case.says in said
    assert not inspected.ran[_id(case)]
    assert SECRET not in said and SECRET[:16] not in said
    assert "safe" not in said.replace("a safe one", "").replace("safetensors", "")
    assert all(char.isprintable() or char == "\n" for char in said)
    assert inspected.seconds[_id(case)] < _SECONDS


def test_the_canary_sings_where_a_file_is_loaded(tmp_path: Path) -> None:
    """The control: what the cases would like to run does run in the hands of a loader."""
    canary = tmp_path / "ran"
    makers = [case for case in CASES if case.says == "posix.system" and case.group == "pickle"]
    assert len(makers) == 4
    for number, case in enumerate(makers):
        folder = tmp_path / str(number)
        folder.mkdir()
        with case.make(folder, canary).open("rb") as file:
            while file.peek(1):
                pickle.load(file)
        assert canary.exists()
        canary.unlink()


def test_the_documented_table_is_this_one() -> None:
    """docs/artefacts.md lists each case, with what the report says of it."""
    text = (ROOT / "docs" / "artefacts.md").read_text("utf-8")
    begun = text.index("| kind | file | the report says |")
    found = text[begun:].split("\n\n")[0].splitlines()[2:]
    expected = [f"| {case.group} | {_cell(case.name)} | `{_cell(case.says)}` |" for case in CASES]
    assert found == expected


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|")
