"""Claimed calls: From/To rows and arrows, each verdict and each ground beside its control."""

from __future__ import annotations

import pytest

from tracer.model.graph import OpenReason
from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedCall, Recording
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground, Verification
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document

FILES = {
    "app/__init__.py": "",
    "app/flow.py": """
        import dill
        import tensorflow as tf
        from app import store
        from app.steps import prepare


        def run(data):
            prepare(data)
            return train(data)


        def train(data):
            return fit(data)


        def fit(data):
            data.adjust()
            return data
    """,
    "app/steps.py": """
        def prepare(data):
            return data
    """,
    "app/store.py": """
        import dill
        import zipfile


        class Store:
            def put(self, model, path):
                model.save(path)
                with open(path) as file:
                    dill.dump(model, file)
                with zipfile.ZipFile(path) as archive:
                    archive.write(path)


        def save(model):
            Store().put(model, "x")
    """,
    "script.py": """
        from app import store
        from app.flow import run


        def main():
            result = run(1)
            store.save(result)


        def other():
            result = run(2)
            store.save(result)
    """,
}
EDGES = [
    ("script.py::main", "app/flow.py::run", 6),
    ("script.py::main", "app/store.py::save", 7),
    ("script.py::other", "app/flow.py::run", 11),
    ("script.py::other", "app/store.py::save", 12),
    ("app/flow.py::run", "app/steps.py::prepare", 8),
    ("app/flow.py::run", "app/flow.py::train", 9),
    ("app/flow.py::train", "app/flow.py::fit", 13),
    ("app/store.py::save", "app/store.py::Store.put", 16),
    ("app/store.py::Store.put", "dill.dump", 9),
]


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


def _table(*rows: str) -> str:
    return "\n".join(["| From | To | Anchor |", "|---|---|---|", *rows])


def _of(verification: Verification, kind: ClaimKind) -> list[Claim]:
    return [claim for claim in verification.claims if claim.kind is kind]


@pytest.mark.parametrize(
    ("row", "ground"),
    [
        ("| `run` | `prepare` | `app/flow.py:8` |", Ground.SYNTAX),
        ("| `run` | `prepare(data)` (×2) | |", Ground.SYNTAX),
        ("| `run` | `app.steps.prepare` | |", Ground.SYNTAX),
        ("| `main` | `store.save` | `script.py:7` |", Ground.SYNTAX),
        ("| `app/flow.py::run` | `train` | |", Ground.SYNTAX),
        ("| `Store.put` | `dill.dump(model, ...)` | `app/store.py:9` |", Ground.SYNTAX),
        ("| `Store.put` | `model.save('x')` | `app/store.py:7` |", Ground.TEXT),
        ("| `Store.put` | `zipfile.ZipFile.write` | `app/store.py:10-11` |", Ground.TEXT),
        ("| `save` | `Store.put` | `app/store.py:15` |", Ground.TEXT),
    ],
)
def test_a_row_that_is_right(tree, row: str, ground: Ground) -> None:
    """The verifier's own reading finds the call: no call graph is needed."""
    verification = verify_document("d", _table(row), tree, None)
    (edge,) = _of(verification, ClaimKind.EDGE)
    assert (edge.verdict, edge.ground) == (ClaimVerdict.VERIFIED, ground), edge.detail
    anchors = _of(verification, ClaimKind.ANCHOR)
    assert all(claim.verdict is ClaimVerdict.VERIFIED for claim in anchors), anchors


def test_a_call_on_another_object_is_another_call(make_tree) -> None:
    """`params.cfg.update` names its object: `seen.update` on the next line is no call of it."""
    tree = make_tree(
        {
            "params.py": "cfg = {}\n",
            "a.py": """
                import params
                def f(x, seen):
                    params.cfg.update(x)
                    seen.update(x)
            """,
        }
    )
    text = _table(*[f"| `f` | `params.cfg.update(x)` | `a.py:{line}` |" for line in (3, 4)])
    verification = verify_document("d", text, tree, None)
    assert {claim.detail for claim in _of(verification, ClaimKind.EDGE)} == {"called at a.py:3"}
    right, wrong = _of(verification, ClaimKind.ANCHOR)
    assert (right.verdict, wrong.verdict) == (ClaimVerdict.VERIFIED, ClaimVerdict.MOVED)


def test_a_function_in_a_function_by_its_own_name(make_tree) -> None:
    """`outer.<locals>.inner`, as reports write it, and both ways are judged."""
    tree = make_tree(
        {
            "a.py": """
                def outer():
                    def inner():
                        return work()
                    return inner()

                def work():
                    return 1
            """
        }
    )
    rows = ("| `outer.<locals>.inner` | `work` | |", "| `work` | `outer.<locals>.inner` | |")
    right, wrong = _of(verify_document("d", _table(*rows), tree, None), ClaimKind.EDGE)
    assert (right.verdict, wrong.verdict) == (ClaimVerdict.VERIFIED, ClaimVerdict.UNVERIFIABLE)


def test_a_row_whose_anchor_is_off(tree) -> None:
    """The call is right, its place is not: the anchor alone is moved, and says where to."""
    row = "| `run` | `prepare` | `app/flow.py:13` |"
    verification = verify_document("d", _table(row), tree, None)
    (edge,) = _of(verification, ClaimKind.EDGE)
    (anchor,) = _of(verification, ClaimKind.ANCHOR)
    assert edge.verdict is ClaimVerdict.VERIFIED
    assert anchor.verdict is ClaimVerdict.MOVED
    assert "app/flow.py:8" in anchor.detail


@pytest.mark.parametrize("place", ["app/steps.py:1", "app/flow.py:7"])
def test_a_row_may_cite_the_callee_or_the_head_of_the_caller(tree, place: str) -> None:
    """Both are fair places for a call to be cited at."""
    row = f"| `run` | `prepare` | `{place}` |"
    (anchor,) = _of(verify_document("d", _table(row), tree, None), ClaimKind.ANCHOR)
    assert anchor.verdict is ClaimVerdict.VERIFIED, anchor.detail


def test_a_recording_is_the_strongest_ground(tree) -> None:
    """What was seen to be called needs no name to be bound."""
    run = Frame("app/flow.py", "app.flow", "run", 7)
    prepare = Frame("app/steps.py", "app.steps", "prepare", 1)
    call = ObservedCall(run, prepare, 8, None, 1, 1)
    recording = Recording(Workload("w1", ("x.py",)), True, calls=(call,))
    text = _table("| `run` | `prepare` | `app/flow.py:8` |")
    (edge,) = _of(verify_document("d", text, tree, None, [recording]), ClaimKind.EDGE)
    assert edge.ground is Ground.RUN


def test_what_rests_on_the_solver_is_derived(tree, make_graph) -> None:
    """A path whose one step no text shows is not verified, though it holds."""
    graph = make_graph(tree, [*EDGES, ("app/flow.py::fit", "app/store.py::save", 17)])
    (claim,) = verify_document("d", "`train` → `store.save`", tree, graph).claims
    assert (claim.verdict, claim.ground) == (ClaimVerdict.DERIVED, Ground.SOLVER)
    assert "through fit" in claim.detail


def test_a_path_through_others_is_told(tree, make_graph) -> None:
    """A hop that is no direct call is no error; what lies between is named."""
    graph = make_graph(tree, EDGES)
    (claim,) = verify_document("d", "`run` → `fit`", tree, graph).claims
    assert (claim.verdict, claim.ground) == (ClaimVerdict.CALL_PATH, Ground.SYNTAX)
    assert not claim.verdict.is_bad
    assert claim.detail == "call path through train, from line 9"


def test_a_path_that_does_not_exist_names_the_siblings(tree, make_graph) -> None:
    """The script calls both; neither leads to the other, by whatever way."""
    graph = make_graph(tree, EDGES)
    text = "**Flow:** `run` → `train` → `store.save` → `Store.put` → the zip"
    claims = verify_document("d", text, tree, graph).claims
    assert [claim.verdict for claim in claims] == [
        ClaimVerdict.VERIFIED,
        ClaimVerdict.ORDER_ONLY,
        ClaimVerdict.VERIFIED,
    ]
    assert claims[1].text == "train → store.save"
    assert claims[1].detail == (
        "no path: siblings led to from script.py::main at lines 6 and 7; "
        "siblings led to from script.py::other at lines 11 and 12"
    )


def test_a_row_without_a_path_is_wrong_too(tree, make_graph) -> None:
    """A From/To row claims what an arrow claims."""
    text = _table("| `train` | `store.save` | `app/store.py:15` |")
    (edge,) = _of(verify_document("d", text, tree, make_graph(tree, EDGES)), ClaimKind.EDGE)
    assert edge.verdict is ClaimVerdict.ORDER_ONLY
    assert edge.verdict.is_bad


def test_a_call_outside_the_tree_that_nothing_makes_is_refuted(tree, make_graph) -> None:
    """`prepare` opens no archive, and calls nothing that could."""
    graph = make_graph(tree, EDGES)
    text = _table("| `prepare` | `zipfile.ZipFile.extractall` | |", "| `save` | `dill.dump` | |")
    wrong, right = _of(verify_document("d", text, tree, graph), ClaimKind.EDGE)
    assert wrong.verdict is ClaimVerdict.REFUTED
    assert right.verdict is ClaimVerdict.DERIVED  # `Store().put`: the solver's word
    assert "through Store.put" in right.detail


@pytest.mark.parametrize(
    ("text", "reason", "verdict"),
    [
        ("data.adjust", OpenReason.UNKNOWN_RECEIVER, ClaimVerdict.ORDER_ONLY),
        ("data.save", OpenReason.UNKNOWN_RECEIVER, ClaimVerdict.NOT_FOUND),
        ("hook", OpenReason.UNKNOWN_VALUE, ClaimVerdict.ORDER_ONLY),
        ("save", OpenReason.UNKNOWN_NAME, ClaimVerdict.NOT_FOUND),
        ("getattr(m, n)", OpenReason.DYNAMIC_ATTRIBUTE, ClaimVerdict.NOT_FOUND),
        ("eval", OpenReason.CODE_FROM_TEXT, ClaimVerdict.NOT_FOUND),
    ],
)
def test_open_sites_that_could_lead_there_leave_it_open(
    tree, make_graph, text: str, reason: OpenReason, verdict: ClaimVerdict
) -> None:
    """`data.adjust()` cannot be a call of `save`; `data.save()` can: then nothing is refuted."""
    graph = make_graph(tree, EDGES, [("app/flow.py::fit", 17, text, reason)])
    (claim,) = verify_document("d", "`train` → `store.save`", tree, graph).claims
    assert claim.verdict is verdict, claim.detail
    if verdict is ClaimVerdict.ORDER_ONLY:
        assert "1 open call site on the way cannot be calls of it" in claim.detail


def test_an_unknown_value_may_be_a_function_that_is_handed_on(make_tree, make_graph) -> None:
    """Where some file reads `save` as a value, a call of a value may be a call of it."""
    tree = make_tree({**FILES, "register.py": "from app.store import save\nHOOKS = [save]\n"})
    site = ("app/flow.py::fit", 17, "hook", OpenReason.UNKNOWN_VALUE)
    graph = make_graph(tree, EDGES, [site])
    (claim,) = verify_document("d", "`train` → `store.save`", tree, graph).claims
    assert claim.verdict is ClaimVerdict.NOT_FOUND


def test_without_a_graph_a_path_is_not_refused(tree) -> None:
    """No direct call, no graph: unverifiable, with the reason."""
    (claim,) = verify_document("d", "`train` → `store.save`", tree, None).claims
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE
    assert "no call graph" in claim.detail


@pytest.mark.parametrize(
    "text",
    [
        "`path` → `data`",  # no functions
        "`Store` → `run`",  # a class is converted, not called along
        "`run` leads to `store.save`",  # no arrow
        "`run` → writes the file",
        "`train` — `store.save`",
    ],
)
def test_other_arrows_are_not_judged(tree, make_graph, text: str) -> None:
    """Arrows between things that are no functions say something else."""
    claims = verify_document("d", text, tree, make_graph(tree, EDGES)).claims
    assert all(claim.verdict is ClaimVerdict.NOT_JUDGED for claim in claims)


def test_a_chain_is_not_judged_across_prose(tree, make_graph) -> None:
    """A hop in prose may stand for anything; what the graph says without it is told."""
    text = "`run` → training loop → `store.save` → writes"
    (claim,) = verify_document("d", text, tree, make_graph(tree, EDGES)).claims
    assert claim.verdict is ClaimVerdict.NOT_JUDGED
    assert "siblings led to from script.py::main at lines 6 and 7" in claim.detail


def test_a_chain_of_calls_is_one_across_prose_too(tree, make_graph) -> None:
    """Where its other hops are calls, prose in between does not make siblings callers."""
    text = "`run` → training loop → `store.save` → `Store.put`"
    first, second = verify_document("d", text, tree, make_graph(tree, EDGES)).claims
    assert first.verdict is ClaimVerdict.ORDER_ONLY
    assert first.text == "run → training loop → store.save"
    assert second.verdict is ClaimVerdict.VERIFIED


def test_a_chain_of_siblings_alone_is_an_order(make_tree, make_graph) -> None:
    """`load` → `prepare` → `train` as one function does them: right, and no calls."""
    tree = make_tree(
        {
            "a.py": """
                def load(): ...
                def prepare(): ...
                def train(): ...
                def main():
                    load()
                    prepare()
                    train()
            """
        }
    )
    edges = [("a.py::main", f"a.py::{n}", 5 + at) for at, n in enumerate(["load", "prepare"])]
    graph = make_graph(tree, [*edges, ("a.py::main", "a.py::train", 7)])
    claims = verify_document("d", "`load` → `prepare` → `train`", tree, graph).claims
    assert {c.verdict for c in claims} == {ClaimVerdict.DERIVED}
    assert claims[0].detail == "an order, no call: a.py::main calls one after the other"
    (single,) = verify_document("d", "`load` → `prepare`", tree, graph).claims
    assert single.verdict is ClaimVerdict.ORDER_ONLY  # one arrow is no chain
    (backwards,) = verify_document("d", "`train` → `load`", tree, graph).claims
    assert backwards.verdict is ClaimVerdict.NO_PATH


def test_what_is_true_instead_is_told(tree, make_graph) -> None:
    """The other way round, or who calls it."""
    graph = make_graph(tree, EDGES)
    (swapped,) = verify_document("d", "`train` → `run`", tree, graph).claims
    assert swapped.verdict is ClaimVerdict.NO_PATH
    assert "the other way round: run calls it at app/flow.py:9" in swapped.detail
    (other,) = verify_document("d", "`prepare` → `fit`", tree, graph).claims
    assert "it is called at app/flow.py:13" in other.detail or "siblings" in other.detail


def test_a_name_that_is_nowhere_in_a_row_is_missing(tree, make_graph) -> None:
    """In a table of calls, or with brackets in a chain; a plain word in a chain may be a noun."""
    graph = make_graph(tree, EDGES)
    (edge,) = _of(
        verify_document("d", _table("| `run` | `refund` | |"), tree, graph), ClaimKind.EDGE
    )
    assert (edge.verdict, edge.detail) == (
        ClaimVerdict.MISSING,
        "no `refund` anywhere in the tree",
    )
    (call,) = verify_document("d", "`run` → `refund()`", tree, graph).claims
    assert call.verdict is ClaimVerdict.MISSING
    (noun,) = verify_document("d", "`run` → `refund`", tree, graph).claims
    assert noun.verdict is ClaimVerdict.NOT_JUDGED


def test_the_place_of_a_row_names_the_true_caller(make_tree, make_graph) -> None:
    """No path is known for the claim, since a site is open; the call stands elsewhere."""
    tree = make_tree(
        {
            "a.py": """
                def work(): ...
                def right():
                    work()
                def wrong(hook, name):
                    getattr(hook, name)()
            """
        }
    )
    site = ("a.py::wrong", 5, "getattr(hook, name)", OpenReason.DYNAMIC_ATTRIBUTE)
    graph = make_graph(tree, [("a.py::right", "a.py::work", 3)], [site])
    (edge,) = _of(
        verify_document("d", _table("| `wrong` | `work` | |"), tree, graph), ClaimKind.EDGE
    )
    assert edge.verdict is ClaimVerdict.NOT_FOUND
    row = _table("| `wrong` | `work` | `a.py:3` |")
    (edge,) = _of(verify_document("d", row, tree, graph), ClaimKind.EDGE)
    assert (edge.verdict, edge.ground) == (ClaimVerdict.REFUTED, Ground.SYNTAX)
    assert edge.detail == "the call at a.py:3 is in right"


def test_an_ambiguous_name_is_not_judged_and_says_so(make_tree) -> None:
    """Two functions of one name; a call of one of them, or its file in the row, settles which."""
    tree = make_tree(
        {
            "a.py": "def load(): ...\ndef f():\n    load()\n",
            "b.py": "def load(): ...\ndef g(): ...\n",
        }
    )
    (claim,) = verify_document("d", "`load` → `g`", tree, None).claims
    assert claim.verdict is ClaimVerdict.NOT_JUDGED
    assert "ambiguous: a.py::load, b.py::load" in claim.detail
    (claim,) = verify_document("d", "`f` → `load`", tree, None).claims
    assert claim.verdict is ClaimVerdict.VERIFIED


def test_functions_of_tests_do_not_make_a_name_ambiguous(make_tree) -> None:
    """A helper of the same name in a test is not what a document means."""
    tree = make_tree(
        {
            "a.py": "def load(): ...\ndef f():\n    load()\n",
            "tests/test_a.py": "def f(): ...\n",
        }
    )
    (claim,) = verify_document("d", "`f` → `load`", tree, None).claims
    assert claim.verdict is ClaimVerdict.VERIFIED


def test_a_method_of_an_object_is_no_function_of_a_module(make_tree, make_graph) -> None:
    """`model.save(…)` is no call of `store.save`, although the last name agrees."""
    tree = make_tree(
        {
            "store.py": "def save(model): ...\n",
            "base.py": "def main(model):\n    model.save('x')\n",
        }
    )
    graph = make_graph(tree, [])
    (claim,) = verify_document("d", "`main` → `store.save`", tree, graph).claims
    assert claim.verdict is ClaimVerdict.NO_PATH


def test_a_graph_of_other_sources_is_noted(tree, make_graph, make_tree) -> None:
    """The reader learns that paths were judged on something else."""
    graph = make_graph(tree, EDGES)
    assert verify_document("d", "", tree, graph).notes == ()
    changed = make_tree({"app/steps.py": "def prepare(data): ...\n"})
    assert verify_document("d", "", changed, graph).notes


def test_a_row_that_cites_the_callee_elsewhere_in_its_file(make_tree, make_graph) -> None:
    """A place in the callee's file that is not the callee's is moved; the control is right."""
    tree = make_tree(
        {
            "det.py": "class Det:\n    def a(self): ...\n\n    def coords(self):\n        pass\n",
            "sim.py": "def run(det):\n    return det.coords()\n",
        }
    )
    rows = [f"| `run` | `det.coords()` | `det.py:{line}` |" for line in (2, 4)]
    graph = make_graph(tree, [("sim.py::run", "det.py::Det.coords", 2)])
    verification = verify_document("d", _table(*rows), tree, graph)
    assert [edge.verdict for edge in _of(verification, ClaimKind.EDGE)] == [
        ClaimVerdict.VERIFIED,
        ClaimVerdict.VERIFIED,
    ]
    wrong, right = _of(verification, ClaimKind.ANCHOR)
    assert (wrong.verdict, right.verdict) == (ClaimVerdict.MOVED, ClaimVerdict.VERIFIED)
    assert "Det.coords is defined at det.py:4-5" in wrong.detail


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("There is no path `train` → `store.save`.", ClaimVerdict.DERIVED),
        ("`train` ⇒ `store.save`: NO PATH", ClaimVerdict.DERIVED),
        ("There is no path `run` → `train`.", ClaimVerdict.REFUTED),
        ("`run` ⇒ `fit`: no path", ClaimVerdict.REFUTED),
        ("It does not go `train` → `store.save`", ClaimVerdict.NOT_JUDGED),
        ("It is not slow. `run` → `train`", ClaimVerdict.VERIFIED),
    ],
)
def test_a_denied_path_is_the_opposite_claim(
    tree, make_graph, text: str, verdict: ClaimVerdict
) -> None:
    """«No path» is right where there is none, and refuted where there is one."""
    (claim,) = verify_document("d", text, tree, make_graph(tree, EDGES)).claims
    assert claim.verdict is verdict, claim.detail


def test_a_method_called_by_name_is_not_ruled_out_by_the_solver(make_tree, make_graph) -> None:
    """The graph knows one class for `layer`; the verifier does not take its word for no other."""
    tree = make_tree(
        {
            "a.py": """
                class A:
                    def back(self): ...
                class B:
                    def back(self): ...
                def fit(layer):
                    layer.back()
                def train(layer):
                    fit(layer)
            """
        }
    )
    edges = [("a.py::train", "a.py::fit", 8), ("a.py::fit", "a.py::A.back", 6, "layer.back")]
    (claim,) = verify_document("d", "`train` → `B.back`", tree, make_graph(tree, edges)).claims
    assert claim.verdict is ClaimVerdict.NOT_FOUND, claim.detail


def test_modules_are_hops_too(make_tree, make_graph) -> None:
    """`pkg.mod.<module>` is the module's own code, which an import runs."""
    tree = make_tree({"pkg/__init__.py": "", "pkg/low.py": "x = 1\n", "run.py": "import pkg.low\n"})
    text = _table("| `run.<module>` | `pkg.low.<module>` | `run.py:1` |")
    (edge,) = _of(verify_document("d", text, tree, None), ClaimKind.EDGE)
    assert (edge.verdict, edge.ground) == (ClaimVerdict.VERIFIED, Ground.SYNTAX)


def test_an_id_means_no_method_of_that_name(make_tree, make_graph) -> None:
    """`a.py::mark` is the function; written without its file it may be either."""
    tree = make_tree(
        {
            "a.py": """
                def mark(x): ...
                class A:
                    def mark(self, x):
                        return mark(x)
                class B:
                    def mark(self, x): ...
            """
        }
    )
    text = "`a.py::A.mark` → `a.py::mark`\\n\\n`a.py::B.mark` → `a.py::mark`"
    edges = [("a.py::A.mark", "a.py::mark", 5)]
    chains = _of(verify_document("d", text, tree, make_graph(tree, edges)), ClaimKind.CHAIN)
    assert [claim.verdict for claim in chains] == [ClaimVerdict.VERIFIED, ClaimVerdict.NO_PATH]
