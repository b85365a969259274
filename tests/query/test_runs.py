"""Verdicts and counts of a bundle, beside the calls."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tracer.errors import BundleError
from tracer.model.query import Query, QueryAnswer
from tracer.pipeline.query import query
from tracer.report.query import render_query

PROJECT = Path(__file__).parents[2]
TREE, BUNDLE = PROJECT / "examples" / "ptycho_mini", PROJECT / "reports" / "ptycho_mini"
_SAVED = Query("callers", ("ModelManager.save_model",))


def _told(answer: QueryAnswer) -> list[tuple[str, str, int]]:
    edges = answer.data.edges
    return [(edge.caller.rpartition("::")[2], edge.verdict, edge.calls) for edge in edges]


def test_an_edge_bears_the_verdict_of_the_bundle() -> None:
    """And how often its runs made the call; without a bundle there is none."""
    answer = query(_SAVED, TREE, bundle=BUNDLE)
    assert answer.staleness.bundle == "current"
    assert _told(answer) == [("ModelManager.save_multiple_models", "confirmed", 2)]
    assert _told(query(_SAVED, TREE)) == [("ModelManager.save_multiple_models", "", 0)]


def test_a_function_that_changed_since_has_no_verdict(tmp_path: Path) -> None:
    """What a bundle says of other lines is not said of these; functions that stayed keep theirs."""
    root = tmp_path / "tree"
    shutil.copytree(TREE, root)
    manager = root / "ptycho" / "model_manager.py"
    call = "            ModelManager.save_model("
    assert call in manager.read_text()
    manager.write_text(manager.read_text().replace(call, f"            pass\n{call}", 1))
    answer = query(_SAVED, root, bundle=BUNDLE)
    assert answer.staleness.bundle.startswith("made of other sources")
    assert _told(answer) == [("ModelManager.save_multiple_models", "", 0)]
    above = query(Query("callers", ("model_manager.py::save",)), root, bundle=BUNDLE)
    assert ("mock_train", "confirmed", 1) in _told(above)


def test_a_call_that_only_a_run_saw_is_an_edge(tmp_path: Path) -> None:
    """It has no tier; and ways lead over it."""
    bundle = tmp_path / "bundle"
    shutil.copytree(BUNDLE, bundle)
    file = next((bundle / "trace").glob("*/edges.json"))
    data = json.loads(file.read_text())
    places = {edge["callee"]["qualname"]: edge["callee"] for edge in data["edges"]}
    seen = {"call_lines": [9], "count": 3, "how": "call", "through": None}
    one, other = places["ModelManager.save_model"], places["main"]
    data["edges"].append({"caller": one, "callee": other, **seen})
    file.write_text(json.dumps(data))
    answer = query(Query("callers", ("mock_train.py::main",)), TREE, bundle=bundle)
    (edge,) = (e for e in answer.data.edges if e.caller.endswith("save_model"))
    assert (edge.verdict, edge.calls, edge.tier, edge.sure) == ("dynamic only", 3, "", "")
    way = query(Query("path", ("ModelManager.save_model", "mock_train")), TREE, bundle=bundle)
    assert [hop.verdict for hop in way.data.chains[0].hops] == ["dynamic only", "confirmed"]


def _with_recorded(tmp_path: Path, line: int, *, is_under_stand_ins: bool = False) -> Path:
    """The sample, where a call that its answer does not judge was recorded at another line."""
    bundle = tmp_path / "bundle"
    shutil.copytree(BUNDLE, bundle)
    file = next((bundle / "trace").glob("*/edges.json"))
    data = json.loads(file.read_text())
    (edge,) = (e for e in data["edges"] if e["callee"]["qualname"] == "validate_training_config")
    edge["call_lines"] = [line]
    if is_under_stand_ins:
        data["stand_ins"] = {"asked": ["numpy"]}
    file.write_text(json.dumps(data))
    return bundle


@pytest.mark.parametrize(
    ("line", "is_under_stand_ins", "verdict", "note"),
    [
        (46, False, "confirmed", ""),
        (45, False, "dynamic only", "seen at line 45"),
        (46, True, "seen under stand-ins", ""),
    ],
)
def test_a_call_outside_the_answer_has_a_verdict_of_the_contract(
    tmp_path: Path, line: int, is_under_stand_ins: bool, verdict: str, note: str
) -> None:
    """What was read and recorded on the same lines is confirmed; on others, reading missed it."""
    bundle = _with_recorded(tmp_path, line, is_under_stand_ins=is_under_stand_ins)
    answer = query(Query("callers", ("validate_training_config",)), TREE, bundle=bundle)
    (edge,) = answer.data.edges
    assert (edge.at, edge.verdict, edge.note) == ("ptycho/config/config.py:46", verdict, note)


def _calls(answer: QueryAnswer, caller: str) -> tuple[str, int, tuple[tuple[int, int], ...]]:
    (edge,) = (e for e in answer.data.edges if e.caller.endswith(f"::{caller}"))
    (line,) = (t for t in render_query(answer).splitlines() if f"::{caller} -> " in t)
    return line.partition("confirmed ")[2], edge.calls, edge.calls_by_line


def test_calls_of_several_lines_are_told_line_by_line() -> None:
    """The sum is no count of any line; control: one line needs no more than its count."""
    answer = query(Query("callers", ("params.get",)), TREE, bundle=BUNDLE)
    assert _calls(answer, "create_model_with_gridsize") == (
        "(8 calls in all: 4 at 110, 4 at 118)",
        8,
        ((110, 4), (118, 4)),
    )
    # Three calls on line 26: the edges of the answer are three, and none has the count of all.
    assert _calls(answer, "_initial_log_scale") == ("(9 calls)", 9, ())


def _with_another_call(tmp_path: Path, caller: str) -> Path:
    """The sample, where the recording counted one more call than its lines account for."""
    bundle = tmp_path / "bundle"
    shutil.copytree(BUNDLE, bundle)
    file = next((bundle / "trace").glob("*/edges.json"))
    data = json.loads(file.read_text())
    for edge in data["edges"]:
        if edge["caller"]["qualname"] == caller:
            edge["count"] += 1
    file.write_text(json.dumps(data))
    return bundle


def test_where_a_run_does_not_tell_lines_apart_the_sum_says_so(tmp_path: Path) -> None:
    """The recording counted more calls than its lines account for."""
    bundle = _with_another_call(tmp_path, "create_model_with_gridsize")
    answer = query(Query("callers", ("params.get",)), TREE, bundle=bundle)
    assert _calls(answer, "create_model_with_gridsize") == ("(9 calls in all)", 9, ())


def test_an_import_that_ran_is_confirmed() -> None:
    """Ways are not made of imports; where a run saw one, it is listed as what it is."""
    answer = query(Query("callees", ("scripts/mock_train.py",)), TREE, bundle=BUNDLE)
    imports = [edge for edge in answer.data.edges if edge.callee.endswith("::<module>")]
    assert {(e.kind, e.verdict, e.note) for e in imports} == {("import", "confirmed", "")}
    assert len(imports) == 6


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "tracer/evidence/0"}'])
def test_what_is_no_bundle_is_refused(tmp_path: Path, text: str) -> None:
    """One line, with what was expected."""
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "evidence.json").write_text(text)
    with pytest.raises(BundleError, match=r"evidence\.json: expected"):
        query(_SAVED, TREE, bundle=tmp_path)


def _places(answer: QueryAnswer) -> list[tuple[str, str, int]]:
    return [(edge.at.rpartition(":")[2], edge.verdict, edge.calls) for edge in answer.data.edges]


def test_each_place_of_an_explanation_has_its_own_verdict_and_count() -> None:
    """Not those of the edge: of two calls of one function, one was made and the other was not."""
    answer = query(Query("explain", ("mock_train", "load_data")), TREE, bundle=BUNDLE)
    assert _places(answer) == [("34", "confirmed", 1), ("35", "not taken", 0)]
    assert "the callee was not entered" in answer.data.edges[1].note
    assert "not entered" not in answer.data.edges[0].note
    answer = query(Query("explain", ("create_model_with_gridsize", "get")), TREE, bundle=BUNDLE)
    assert _places(answer) == [("110", "confirmed", 4), ("118", "confirmed", 4)]
    answer = query(Query("explain", ("_initial_log_scale", "get")), TREE, bundle=BUNDLE)
    assert _places(answer) == [("26", "confirmed", 3)] * 3


def test_an_item_for_several_places_tells_where_another_verdict_holds() -> None:
    """The strongest is that of the edge; control: where all have it, no lines are told."""
    answer = query(Query("callers", ("load_data",)), TREE, bundle=BUNDLE)
    (edge,) = (e for e in answer.data.edges if e.caller.endswith("::mock_train"))
    assert edge.verdicts_by_line == ((34, "confirmed"), (35, "not taken"))
    assert "35  definite exact confirmed (1 call at 34); not taken at 35\n" in render_query(answer)
    answer = query(Query("callers", ("params.get",)), TREE, bundle=BUNDLE)
    assert not any(edge.verdicts_by_line for edge in answer.data.edges)


def test_where_places_share_a_count_none_has_it(tmp_path: Path) -> None:
    """The recording counted more calls than the places account for."""
    bundle = _with_another_call(tmp_path, "create_model_with_gridsize")
    answer = query(Query("explain", ("create_model_with_gridsize", "get")), TREE, bundle=bundle)
    assert _places(answer) == [("110", "confirmed", 0), ("118", "confirmed", 0)]
    assert all("9 calls at all places together" in edge.note for edge in answer.data.edges)


@pytest.mark.parametrize(
    ("line", "verdict", "calls", "note"),
    [(46, "confirmed", 1, ""), (45, "", 0, "the runs saw this call at line 45")],
)
def test_a_recorded_call_is_told_of_the_place_that_made_it(
    tmp_path: Path, line: int, verdict: str, calls: int, note: str
) -> None:
    """The answer does not judge it: its lines decide, and a place on others has no verdict."""
    bundle = _with_recorded(tmp_path, line)
    callers = query(Query("callers", ("validate_training_config",)), TREE, bundle=bundle)
    pair = callers.data.edges[0].caller, "validate_training_config"
    (edge,) = query(Query("explain", pair), TREE, bundle=bundle).data.edges
    assert (edge.at, edge.verdict, edge.calls) == ("ptycho/config/config.py:46", verdict, calls)
    assert note in edge.note


def test_verdicts_move_with_a_function_that_only_moved(tmp_path: Path) -> None:
    """It reads as it did, two lines further down; one that got a blank line has lines no longer."""
    root = tmp_path / "tree"
    shutil.copytree(TREE, root)
    script = root / "scripts" / "mock_train.py"
    text = script.read_text()
    script.write_text(text.replace("def mock_train(", "_A = 1\n_B = 2\n\n\ndef mock_train(", 1))
    told = Query("explain", ("mock_train", "load_data"))
    answer = query(told, root, bundle=BUNDLE)
    assert _places(answer) == [("38", "confirmed", 1), ("39", "not taken", 0)]
    lines = text.splitlines(keepends=True)
    script.write_text("".join([*lines[:33], "\n", *lines[33:]]))
    answer = query(told, root, bundle=BUNDLE)
    assert _places(answer) == [("35", "", 0), ("36", "", 0)]
    assert "has other lines than the bundle tells of" in answer.data.edges[0].note
    callers = query(Query("callers", ("load_data",)), root, bundle=BUNDLE)
    (edge,) = (e for e in callers.data.edges if e.caller.endswith("::mock_train"))
    assert (edge.verdict, edge.calls, edge.calls_by_line) == ("confirmed", 1, ())
