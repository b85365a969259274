"""The smaller commands, each used once as its user would."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import PROJECT, TARGET, Tracer
from tracer.report.exports import FORMATS

_SUMMARY = PROJECT / "examples/hand_written/ptycho_mini_summary.md"
_SET_SCHEMA = PROJECT / "docs/schemas/verifications-1.json"


def test_the_module_runs_and_says_its_version() -> None:
    """`python -m tracer --version`."""
    done = subprocess.run(
        [sys.executable, "-m", "tracer", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("tracer ")


def test_help_names_every_command(tracer: Tracer) -> None:
    """And no arguments at all is a question, not a crash."""
    done = tracer("--help")
    assert done.status == 0
    for command in ("ask", "run", "callgraph", "trace", "verify", "inspect", "view"):
        assert command in done.out
    assert tracer().status == 2


def test_ask_answers_with_the_place(tracer: Tracer) -> None:
    """The function that writes the archive, with its line, in at most 40 lines."""
    done = tracer("ask", "who writes wts.h5.zip?", "--root", TARGET)
    assert done.status == 0
    assert "ModelManager.save_multiple_models" in done.out
    assert "ptycho/model_manager.py:126" in done.out
    assert len(done.out.splitlines()) <= 40


def test_ask_that_names_nothing_says_so(tracer: Tracer) -> None:
    """Nothing in the tree bears that name: said, not guessed around."""
    done = tracer("ask", "who writes `no_such_thing_anywhere.bin`?", "--root", TARGET)
    assert done.status == 0
    assert "`no_such_thing_anywhere.bin` of the question names nothing in the tree" in done.out


@pytest.mark.parametrize("command", [["ask", "who calls `save`?", "--root", TARGET]])
def test_json_answers_have_one_shape(tracer: Tracer, command: list[object]) -> None:
    """`schema, ok, data, unknown, truncated, staleness`; nothing else on stdout."""
    answer = json.loads(tracer(*command, "--json").out)
    assert list(answer) == ["schema", "ok", "data", "unknown", "truncated", "staleness"]
    assert answer["ok"] is True
    assert len(answer["staleness"]["tree"]) == 64


def test_verify_calls_out_the_planted_errors(tracer: Tracer) -> None:
    """Exit status 1, each with its line; the false path with the siblings' lines."""
    done = tracer("verify", _SUMMARY, "--root", TARGET)
    assert done.status == 1
    planted = json.loads((_SUMMARY.parent / "expected.json").read_text())
    for error in planted:
        assert f"{_SUMMARY.name}:{error['line']}  {error['verdict'].upper()}" in done.out
    assert "scripts/training/train.py::main at lines 41 and 45" in done.out


def test_verify_beside_a_baseline_counts_what_is_new(tracer: Tracer, tmp_path: Path) -> None:
    """Known errors pass wherever their lines went; a new one does not; a mended one is told."""
    note = tmp_path / "note.md"
    wrong = "The end is at `ptycho/params.py:9999`.\n"
    note.write_text(f"# A\n\n{wrong}\nAnd at `ptycho/gone.py:3`.\n")
    first = tracer("verify", note, "--root", TARGET, "--json")
    assert first.status == 1
    baseline = tmp_path / "baseline.json"
    baseline.write_text(first.out)
    note.write_text(f"# A\n\nOne more line.\n\n{wrong}")
    known = tracer("verify", note, "--root", TARGET, "--baseline", baseline)
    assert known.status == 0, known.out
    assert "beside baseline.json: 0 new, 1 known, 1 vanished" in known.out
    assert "ptycho/gone.py:3" in known.out.partition("vanished  ")[2]
    note.write_text(f"# A\n\n{wrong}\nAnd at `ptycho/lost.py:3`.\n")
    new = tracer("verify", note, "--root", TARGET, "--baseline", baseline, "--json")
    assert new.status == 1
    data = json.loads(new.out)["data"]
    jsonschema.validate(data, json.loads(_SET_SCHEMA.read_text("utf-8")))
    assert [p["claim"]["text"] for p in data["baseline"]["new"]] == ["ptycho/lost.py:3"]
    chained = tmp_path / "chained.json"
    chained.write_text(new.out)  # such an answer is a baseline, too
    assert tracer("verify", note, "--root", TARGET, "--baseline", chained).status == 0


def test_a_verdict_that_is_allowed_is_told_and_does_not_fail(
    tracer: Tracer, tmp_path: Path
) -> None:
    """The control has another verdict beside it, and that one still fails."""
    note = tmp_path / "note.md"
    note.write_text("See `run_cdi_example` at `ptycho/workflows/components.py:12`.\n")
    assert tracer("verify", note, "--root", TARGET).status == 1
    allowed = tracer("verify", note, "--root", TARGET, "--allow", "moved", "--json")
    assert allowed.status == 0, allowed.out
    answer = json.loads(allowed.out)
    assert answer["ok"] is True
    assert [claim["verdict"] for claim in answer["data"]["claims"]] == ["moved"]
    note.write_text(note.read_text() + "\nSee `ptycho/lost.py:3`.\n")
    assert tracer("verify", note, "--root", TARGET, "--allow", "moved").status == 1


def test_a_baseline_that_is_none_is_one_clear_line(tracer: Tracer, tmp_path: Path) -> None:
    """Another JSON, or no JSON at all."""
    note = tmp_path / "note.md"
    note.write_text("# A\n")
    for text, told in (("{}", "expected schema"), ("no", "expected JSON")):
        (tmp_path / "b.json").write_text(text)
        done = tracer("verify", note, "--root", TARGET, "--baseline", tmp_path / "b.json")
        assert done.status == 2
        assert told in done.trouble


def test_several_documents_at_once(tracer: Tracer, tmp_path: Path) -> None:
    """The sources are read once; each document has its own claims, and all decide together."""
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("It is `ptycho/params.py:1`.\n")
    bad.write_text("It is `ptycho/gone.py:1`.\n")
    done = tracer("verify", good, bad, "--root", TARGET)
    assert done.status == 1
    assert "2 documents: 1 of 2 judged claims do not hold" in done.out
    assert done.err.count("static ") == 1
    told = json.loads(tracer("verify", good, bad, "--root", TARGET, "--json").out)
    assert [v["subject"] for v in told["data"]["verifications"]] == [str(good), str(bad)]
    assert tracer("verify", good, good, "--root", TARGET).status == 0


def test_the_annotated_list_has_every_claim(tracer: Tracer) -> None:
    """In the order of the document, the good ones too, with their grounds."""
    done = tracer("verify", _SUMMARY, "--root", TARGET, "--format", "annotated")
    rows = [line for line in done.out.splitlines() if line[:5].strip().isdigit()]
    told = json.loads(tracer("verify", _SUMMARY, "--root", TARGET, "--json").out)["data"]
    assert len(rows) == len(told["claims"]) + len(told["silent"])
    assert len(told["silent"]) == told["not_judged"] == 3
    assert any("verified (syntax)" in row for row in rows)
    assert "judged   " in done.out


def test_verify_without_claims_says_so(tracer: Tracer, tmp_path: Path) -> None:
    """Nothing judged is not the same as all well."""
    note = tmp_path / "note.md"
    note.write_text("# Nothing\n\nNo claim stands here.\n")
    done = tracer("verify", note, "--root", TARGET)
    assert done.status == 0
    assert "no claim of a form that can be judged" in done.out


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_call_graph_in_every_form(tracer: Tracer, form: str) -> None:
    """Each names the edge from `save` to `save_multiple_models`."""
    done = tracer("callgraph", "--root", TARGET, "--format", form)
    assert done.status == 0
    assert "save_multiple_models" in done.out
    if form in ("json", "pycg"):
        assert json.loads(done.out)
    if form == "json":
        schema = json.loads((PROJECT / "docs/schemas/callgraph-1.json").read_text())
        jsonschema.validate(json.loads(done.out), schema)
    if form == "pycg":
        assert (
            "ptycho.model_manager.ModelManager.save_multiple_models"
            in json.loads(done.out)["ptycho.model_manager.save"]
        )


def test_a_path_limits_whose_calls_are_shown(tracer: Tracer, tmp_path: Path) -> None:
    """`@FILE` gives one path a line; `-o` writes the same text to a file."""
    listed = tmp_path / "paths.txt"
    listed.write_text("ptycho/params.py\n")
    out = tmp_path / "graph.json"
    done = tracer("callgraph", f"@{listed}", "--root", TARGET, "-o", out)
    assert (done.status, done.out) == (0, "")
    graph = json.loads(out.read_text())
    told = [line for line in done.err.splitlines() if line.startswith(("static", "reported"))]
    assert re.match(r"static +1 of \d+ files, 5 functions, 10 call sites", told[0])
    assert re.match(r"reported +1 of the files read, 5 functions, 10 call sites", told[1])
    assert {file["path"] for file in graph["files"]} == {"ptycho/params.py"}


def test_an_entry_limits_the_graph_to_what_it_leads_to(tracer: Tracer) -> None:
    """Of the functions above it and beside it, none; a name that is not clear is refused."""
    done = tracer("callgraph", "--entry", "model_manager.save", "--root", TARGET)
    graph = json.loads(done.out)
    names = {function["id"].partition("::")[2] for function in graph["functions"]}
    assert {"save", "ModelManager.save_multiple_models", "ModelManager.save_model"} <= names
    assert not names & {"mock_train", "ModelManager.load_model", "load_inference_bundle"}
    assert {site["caller"] for site in graph["sites"]} <= {f["id"] for f in graph["functions"]}
    refused = tracer("callgraph", "--entry", "no_such_function", "--root", TARGET)
    assert (refused.status, refused.out) == (2, "")
    assert "expected `path::function` or a dotted name of the tree" in refused.trouble


def test_inspect_runs_nothing(tracer: Tracer, tmp_path: Path) -> None:
    """A pickle that would write a canary file is listed, and the canary is not there."""
    canary = tmp_path / "canary"
    payload = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    archive = tmp_path / "model.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("params.pkl", payload)
    done = tracer("inspect", archive)
    assert done.status == 0
    assert "params.pkl" in done.out
    assert "os.system" in done.out
    assert not canary.exists()
    assert json.loads(tracer("inspect", archive, "--json").out)["data"]["kind"] == "zip"


def test_an_effect_table_of_the_users_own_is_used(tracer: Tracer, tmp_path: Path) -> None:
    """A call of a library that nobody knows becomes a sink."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "job.py").write_text("import vault\n\n\ndef keep(x):\n    vault.store(x)\n")
    table = tmp_path / "mine.toml"
    table.write_text('[[effect]]\ncalls = ["vault.store"]\nkind = "serialize"\npayload = "0:x"\n')
    question = ("ask", "who saves with `keep`?", "--root", tree)
    assert "vault.store" not in tracer(*question).out
    assert "vault.store" in tracer(*question, "--effects", table).out


def test_a_question_about_calls_is_answered_with_calls(tracer: Tracer) -> None:
    """Callers with their lines, then callees, before anything about effects."""
    done = tracer("ask", "Who calls `ModelManager.save_model`?", "--root", TARGET)
    assert done.status == 0
    lines = done.out.splitlines()
    at = lines.index(next(line for line in lines if line.startswith("FUNCTIONS")))
    assert lines[at + 1].split() == ["ModelManager.save_model", "ptycho/model_manager.py:26"]
    assert "ModelManager.save_multiple_models ptycho/model_manager.py:124" in lines[at + 2]
    assert at < lines.index(next(line for line in lines if line.startswith("WRITES")))
