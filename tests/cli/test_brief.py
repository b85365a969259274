"""`tracer brief`, as its user has it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import BRIEF, PROJECT, TARGET, Tracer

_SCHEMA = PROJECT / "docs/schemas/brief-check-1.json"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package with one function and one document."""
    root = tmp_path / "tree"
    (root / "shop").mkdir(parents=True)
    (root / "shop/store.py").write_text("def save():\n    return 1\n", "utf-8")
    (root / "findings.md").write_text("# Findings\n", "utf-8")
    return root


def _written(tracer: Tracer, tmp_path: Path, *options: str) -> Path:
    path = tmp_path / "brief.md"
    done = tracer("brief", "new", "who calls `save`?", "-o", path, *options)
    assert (done.status, done.out) == (0, "")
    return path


def test_new_then_check(tracer: Tracer, tmp_path: Path, tree: Path) -> None:
    """A brief whose places are there: status 0, and each field as it was understood."""
    options = ["--anchor", "shop/store.py::save", "--namespace", "shop", "--ledger", "findings.md"]
    brief = _written(tracer, tmp_path, *options)
    done = tracer("brief", "check", brief, "--root", tree)
    assert done.status == 0, done.out
    assert "brief.md: usable, 0 problems, 4 notes" in done.out
    assert "question     who calls `save`?\nshape        inventory\n" in done.out
    assert "  verified     shop/store.py::save: function save at 1-2\n" in done.out
    assert "ledgers      findings.md (there)\n" in done.out


def test_what_is_not_there_is_one_line_each_and_status_1(
    tracer: Tracer, tmp_path: Path, tree: Path
) -> None:
    """An anchor past the end, a ledger and a package that are not there, a moved symbol."""
    (tree / "shop/other.py").write_text("def load():\n    return 2\n", "utf-8")
    brief = _written(
        tracer,
        tmp_path,
        *("--anchor", "shop/store.py:10-12", "--anchor", "shop/store.py::load"),
        *("--namespace", "shopp", "--ledger", "gone.md", "--hint", "Warehouse"),
    )
    done = tracer("brief", "check", brief, "--root", tree)
    problems, notes = done.out.partition("\nproblems\n")[2].split("\nnotes\n")
    assert done.status == 1
    told = problems.splitlines()
    assert len([line for line in told if line]) == 4
    assert "shop/store.py:10-12: missing: shop/store.py has 2 lines" in told[0]
    assert "defined at shop/other.py:1" in told[1]
    assert told[2:4] == [
        "  ledger gone.md: no such file under the root",
        "  namespace shopp: no module under the root is in it; there are shop",
    ]
    assert "`Warehouse` among the scope hints: no Python file has the word `warehouse`" in notes
    assert "initiative_id: still a placeholder" in notes


def test_what_is_not_read_is_said(tracer: Tracer, tmp_path: Path, tree: Path) -> None:
    """A misspelt field would else be as good as not written."""
    brief = tmp_path / "b.yaml"
    brief.write_text("question: who calls `save`?\nscoop_hints: [a]\n", "utf-8")
    done = tracer("brief", "check", brief, "--root", tree)
    assert done.status == 0
    assert "  line 2: scoop_hints: no field of a brief has this name; it is not read" in done.out


@pytest.mark.parametrize("text", ["", "# Only a title\n", "question: [unclosed"])
def test_a_brief_that_asks_nothing_is_status_2(
    tracer: Tracer, tmp_path: Path, tree: Path, text: str
) -> None:
    """One line, which names the file and the line."""
    brief = tmp_path / ("b.yaml" if text.startswith("question") else "b.md")
    brief.write_text(text, "utf-8")
    done = tracer("brief", "check", brief, "--root", tree)
    assert (done.status, done.out) == (2, "")
    assert f"{brief}:1: expected" in done.trouble and len(done.err.splitlines()) == 1


def test_the_json_fits_its_schema(tracer: Tracer) -> None:
    """On the brief of the embedded target, whose anchors all stand."""
    done = tracer("brief", "check", BRIEF, "--root", TARGET, "--json")
    answer = json.loads(done.out)
    assert (done.status, answer["ok"]) == (0, True)
    jsonschema.validate(answer["data"], json.loads(_SCHEMA.read_text("utf-8")))
    verdicts = [each["verdict"] for each in answer["data"]["anchors"]]
    assert verdicts.count("verified") == 7 and verdicts.count("unverifiable") == 1


def test_new_overwrites_nothing(tracer: Tracer, tmp_path: Path) -> None:
    """And a question that the form cannot say is refused with status 2."""
    brief = _written(tracer, tmp_path)
    before = brief.read_bytes()
    assert tracer("brief", "new", "x?", "-o", brief).status == 2
    assert brief.read_bytes() == before
    assert tracer("brief", "new", "# x?").status == 2


def test_no_template_without_a_question_asks(tracer: Tracer, tmp_path: Path, tree: Path) -> None:
    """`brief new` alone gives the template; to check it is to be told what is missing."""
    done = tracer("brief", "new", "--format", "yaml")
    brief = tmp_path / "empty.yaml"
    brief.write_text(done.out, "utf-8")
    checked = tracer("brief", "check", brief, "--root", tree)
    assert checked.status == 2 and "expected an analysis question" in checked.trouble
