"""Which line changed which key: a real run of a small tree, joined with what was read of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.dynamic.launch import record
from tracer.dynamic.recording import read_recording
from tracer.model.evidence import EdgeVerdict, StateChange
from tracer.model.graph import CallGraph
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording
from tracer.model.verification import ClaimVerdict, Ground
from tracer.plan.watched import MOST_WATCHED, watched_state
from tracer.reconcile.state_changes import state_changes
from tracer.reconcile.state_ledger import state_ledger, unread_changes
from tracer.report.quoting import PLAIN
from tracer.report.state_ledger import change_phrase, counted
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table
from tracer.verify.state_changes import check_change

FILES = {
    "params.py": "cfg = {'N': 64}\nmode = 'a'\n",
    "bridge.py": """\
def update(target, values):
    for key, value in values.items():
        target[key] = value
""",
    "main.py": """\
import bridge
import params

mine = {}

def hidden():
    getattr(params, "gfc"[::-1])["x"] = 1

def never():
    params.cfg["never"] = 1

def main():
    global mine
    params.cfg["N"] = 64
    bridge.update(params.cfg, {"N": 65, "q": 2})
    params.cfg["N"] = 66
    hidden()
    params.mode = "b"
    mine["k"] = 1

if __name__ == "__main__":
    main()
""",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    root = tmp_path_factory.mktemp("tree")
    for name, text in FILES.items():
        (root / name).write_text(text)
    return build_call_graph(read_tree(root), load_effect_table())


@pytest.fixture(scope="module")
def recording(graph: CallGraph, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    root = tmp_path_factory.mktemp("run")
    for name, text in FILES.items():
        (root / name).write_text(text)
    workload = Workload("w1", ("main.py",), None)
    watched = watched_state(graph, [each.id for each in graph.functions], workload)
    plan = TracePlan(root=str(root), namespaces=(), workload=workload, watched=watched)
    made = record(plan, root.parent / "out")
    assert read_recording(root.parent / "out") == made
    return made


def test_the_plan_watches_what_the_answer_touches(graph: CallGraph) -> None:
    """By module and name, the script's module as `__main__`; what the answer leaves out is not."""
    everyone = [each.id for each in graph.functions]
    script = Workload("w1", ("main.py",))
    assert watched_state(graph, everyone, script) == (
        "params:cfg",
        "__main__:mine",
        "params:mode=",
    )
    module = Workload("w1", ("-m", "main"))
    assert "main:mine" in watched_state(graph, everyone, module)
    one = [each for each in everyone if each.endswith("::never")]
    assert watched_state(graph, one, script) == ("params:cfg",)
    assert watched_state(graph, [], script) == ()
    assert MOST_WATCHED >= 8


def _by_place(changes: tuple[StateChange, ...]) -> dict[tuple[str, str], StateChange]:
    return {
        (change.subject, f"{change.anchor.path}:{change.anchor.line}"): change
        for change in changes
        if change.anchor is not None
    }


def test_changes_are_joined_with_the_writes_that_were_read(
    graph: CallGraph, recording: Recording
) -> None:
    """A line, and who handed the object over; what reading cannot know is dynamic only."""
    changes = state_ledger(graph, [recording])
    found = _by_place(changes)
    bridge = found["params.cfg", "bridge.py:3"]
    assert [(key.key, key.old, key.new) for key in bridge.keys] == [
        ("N", "int 64", "int 65"),
        ("q", "", "int 2"),
    ]
    assert [f"{each.path}:{each.line}" for each in bridge.callers] == ["main.py:15", "main.py:22"]
    verdicts = {place: change.verdict for (_, place), change in found.items()}
    assert verdicts == {
        "params.py:1": EdgeVerdict.CONFIRMED,
        "params.py:2": EdgeVerdict.CONFIRMED,
        "bridge.py:3": EdgeVerdict.CONFIRMED,
        "main.py:4": EdgeVerdict.CONFIRMED,
        "main.py:16": EdgeVerdict.CONFIRMED,
        "main.py:7": EdgeVerdict.DYNAMIC_ONLY,
        "main.py:18": EdgeVerdict.CONFIRMED,
        "main.py:19": EdgeVerdict.CONFIRMED,
    }
    assert ("main.mine", "main.py:19") in found  # named as in the sources, not `__main__`
    (finding,) = unread_changes(changes)
    assert (
        finding.text == "`params.cfg` changed 1× in `hidden` (`x`): no write to it was read there"
    )
    assert state_ledger(graph, ()) == ()


def test_counts_stand_beside_what_was_read(graph: CallGraph, recording: Recording) -> None:
    """The finding on an object says how often the runs changed it."""
    changes = state_ledger(graph, [recording])
    everyone = [each.id for each in graph.functions]
    texts = [each.text for each in state_changes(graph, graph.effects, everyone, changes)]
    (told,) = [text for text in texts if "params.cfg" in text]
    assert "; changed 5× in the runs, at " in told and told.endswith(" and 3 more")
    of_cfg = [change for change in changes if change.subject == "params.cfg"]
    assert counted(of_cfg).startswith("5 changes at 4 lines, ")
    assert change_phrase(_by_place(changes)["params.cfg", "bridge.py:3"], PLAIN) == (
        "bridge.py:3 update from main.py:15, main.py:22: N int 64 → int 65; q = int 2"
    )


def test_the_verifier_asks_the_recording(graph: CallGraph, recording: Recording) -> None:
    """What the recording holds is verified by run; another count, key or line is refuted."""
    changes = state_ledger(graph, [recording])
    for change in changes:
        claim = check_change(change, [recording], None)
        assert (claim.verdict, claim.ground) == (ClaimVerdict.VERIFIED, Ground.RUN)
    change = _by_place(changes)["params.cfg", "bridge.py:3"]
    assert change.anchor is not None
    wrong = (
        replace(change, times=7),
        replace(change, keys=change.keys[:1]),
        replace(change, anchor=replace(change.anchor, line=2)),
        replace(change, subject="params.mode"),
    )
    for each in wrong:
        assert check_change(each, [recording], None).verdict is ClaimVerdict.REFUTED
    assert check_change(change, [], None).verdict is ClaimVerdict.UNVERIFIABLE
