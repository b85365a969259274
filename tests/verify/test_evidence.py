"""A bundle's evidence: true facts pass with their ground, planted errors do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from tracer.model.brief import Brief, BriefAnchor, QuestionShape
from tracer.model.evidence import (
    EVIDENCE_SCHEMA,
    AnchorVerdict,
    ArtifactLayout,
    Chain,
    ChainHop,
    ChangedKey,
    CheckedAnchor,
    EdgeVerdict,
    Evidence,
    Finding,
    FindingKind,
    LayoutKey,
    LayoutMember,
    OpenSite,
    PathAnswer,
    ReconciledEdge,
    Run,
    SeenBy,
    StateChange,
    TapResult,
    Totals,
    TreeState,
)
from tracer.model.flow import FlowHop, HopKind, ValueFlow
from tracer.model.graph import (
    Effect,
    EffectKind,
    Guard,
    GuardKind,
    OpenReason,
    Raise,
    SiteKind,
    Tier,
)
from tracer.model.parting import (
    Contrasted,
    DecidingCondition,
    Parting,
    PartingOutcome,
    PathSide,
    SideHop,
)
from tracer.model.plan import Tap, Workload
from tracer.model.recording import (
    Frame,
    ObservedCall,
    ObservedExternal,
    Place,
    Recording,
    StateWrite,
    TapReading,
)
from tracer.model.source import Anchor, ExternalId, Function, FunctionId, FunctionKind, Span
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground, Verification
from tracer.static.sources import SourceTree
from tracer.verify.card import WIDTH, make_card
from tracer.verify.evidence import verify_evidence

FILES = {
    "store.py": """
        import dill


        class Store:
            def put(self, model):
                self.check(model)
                model.save("m.keras")
                dill.dump(model, open("m.dill"))

            def check(self, model):
                return model


        def save(model):
            store = Store()
            store.put(model)
    """,
    "main.py": """
        from store import save

        STATE = {}


        def main():
            STATE["x"] = 1
            save(1)
    """,
}
SAVE = FunctionId("store.py::save")
PUT = FunctionId("store.py::Store.put")
CHECK = FunctionId("store.py::Store.check")
MAIN = FunctionId("main.py::main")


def _function(id: FunctionId, line: int, end: int) -> Function:
    return Function(id, id.partition(".")[0], FunctionKind.FUNCTION, line, line, end)


def _edge(
    caller: FunctionId, callee: str, line: int, text: str, tier: Tier | None = Tier.DEFINITE
) -> ReconciledEdge:
    to = FunctionId(callee) if "::" in callee else ExternalId(callee)
    return ReconciledEdge(
        caller, to, line, None, text, SiteKind.CALL, EdgeVerdict.NOT_RUN, tier, tier is not None
    )


TO_SAVE = _edge(MAIN, SAVE, 8, "save")
TO_PUT = _edge(SAVE, PUT, 16, "store.put", Tier.TYPE)
TO_CHECK = _edge(PUT, CHECK, 6, "self.check", Tier.TYPE)
TO_DILL = _edge(PUT, "dill.dump", 8, "dill.dump")


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


@pytest.fixture
def evidence() -> Evidence:
    """All of it true."""
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        tool_version="0",
        brief=Brief("Who saves?", QuestionShape.INVENTORY),
        tree=TreeState("project", "d" * 64, "d" * 64),
        totals=Totals(2, 24, 6, 6, 0, 2, 4, 4),
        brief_anchors=(
            CheckedAnchor(BriefAnchor("store.py", "store.py"), AnchorVerdict.VERIFIED),
            CheckedAnchor(BriefAnchor("gone.py", "gone.py"), AnchorVerdict.MISSING),
        ),
        candidates=(),
        entry_points=(MAIN,),
        functions=(
            _function(MAIN, 6, 8),
            _function(CHECK, 10, 11),
            _function(PUT, 5, 8),
            _function(SAVE, 14, 16),
        ),
        edges=(TO_SAVE, TO_PUT, TO_CHECK, TO_DILL),
        open_sites=(OpenSite(PUT, 7, "model.save", OpenReason.UNKNOWN_RECEIVER),),
        effects=(
            Effect(PUT, Span(8, 8, 8, 40), EffectKind.SERIALIZE, "dill.dump"),
            Effect(MAIN, Span(7, 4, 7, 18), EffectKind.STATE_WRITE, "main.STATE[...] ="),
        ),
        chains=(
            Chain((ChainHop(MAIN, SAVE, 8), ChainHop(SAVE, PUT, 16))),
            Chain((ChainHop(PUT, ExternalId("dill.dump"), 8),), EffectKind.SERIALIZE),
        ),
        paths=(
            PathAnswer(MAIN, SAVE, True, (ChainHop(MAIN, SAVE, 8),)),
            PathAnswer(CHECK, SAVE, False, siblings=(Anchor("main.py", 8),)),
        ),
        layouts=(
            ArtifactLayout(
                "m",
                EffectKind.FILE_WRITE,
                PUT,
                Anchor("store.py", 8),
                (LayoutMember("{x}/m.dill", (Anchor("store.py", 8),)),),
            ),
        ),
        taps=(
            TapResult(Tap("tap_model", "model", "store.py", 8, function="Store.put"), "not run"),
        ),
        runs=(),
        findings=(Finding(FindingKind.STATE_CHANGE, "STATE", (Anchor("main.py", 7),)),),
        unknowns=(),
        why_no_run="no interpreter was given",
    )


def _edge_claims(verification: Verification) -> list[Claim]:
    return [claim for claim in verification.claims if claim.kind is ClaimKind.EDGE]


def test_true_evidence_holds_and_names_its_grounds(tree, evidence) -> None:
    """Imports and definitions bind `save`, `self.check` and `dill.dump`; `store.put` is derived."""
    verification = verify_evidence(evidence, tree)
    assert verification.is_good, [c for c in verification.claims if c.verdict.is_bad]
    found = {c.text.split(" → ")[1]: (c.verdict, c.ground) for c in _edge_claims(verification)}
    assert found == {
        "save at main.py:8": (ClaimVerdict.VERIFIED, Ground.SYNTAX),
        "Store.put at store.py:16": (ClaimVerdict.DERIVED, Ground.SOLVER),
        "Store.check at store.py:6": (ClaimVerdict.VERIFIED, Ground.SYNTAX),
        "dill.dump at store.py:8": (ClaimVerdict.VERIFIED, Ground.SYNTAX),
    }
    chains = [c.verdict for c in verification.claims if c.kind is ClaimKind.CHAIN]
    assert chains == [
        ClaimVerdict.DERIVED,  # as weak as its weakest hop
        ClaimVerdict.VERIFIED,
        ClaimVerdict.VERIFIED,
        ClaimVerdict.DERIVED,  # that there is no path is the solver's word
    ]


PLANTED: dict[str, Callable[[Evidence], Evidence]] = {
    "a call line that holds no such call": lambda e: replace(
        e, edges=(replace(TO_SAVE, line=7), *e.edges[1:])
    ),
    "a line outside the caller": lambda e: replace(
        e, edges=(replace(TO_SAVE, line=1), *e.edges[1:])
    ),
    "a line past the end": lambda e: replace(e, edges=(replace(TO_SAVE, line=99), *e.edges[1:])),
    "a callee that does not exist": lambda e: replace(
        e, edges=(replace(TO_SAVE, callee=FunctionId("store.py::keep")), *e.edges[1:])
    ),
    "a caller that does not exist": lambda e: replace(
        e, edges=(replace(TO_SAVE, caller=FunctionId("main.py::start")), *e.edges[1:])
    ),
    "a callee that the imports rule out": lambda e: replace(
        e, edges=(replace(TO_SAVE, callee=CHECK), *e.edges[1:])
    ),
    "a callee of another name on the line": lambda e: replace(
        e, edges=(replace(TO_DILL, callee=ExternalId("dill.load"), text="dill.load"),)
    ),
    "a call of another function's": lambda e: replace(
        e, edges=(replace(TO_SAVE, caller=FunctionId("main.py::<module>")), *e.edges[1:])
    ),
    "a function at another line": lambda e: replace(
        e, functions=(replace(e.functions[0], def_line=4, first_line=4), *e.functions[1:])
    ),
    "a function that ends elsewhere": lambda e: replace(
        e, functions=(replace(e.functions[0], end_line=7), *e.functions[1:])
    ),
    "a function that is not there": lambda e: replace(
        e, functions=(_function(FunctionId("main.py::gone"), 6, 8),)
    ),
    "an effect where nothing of it stands": lambda e: replace(
        e, effects=(Effect(CHECK, Span(11, 8, 11, 20), EffectKind.SERIALIZE, "dill.dump"),)
    ),
    "an effect outside its function": lambda e: replace(
        e, effects=(replace(e.effects[0], function=CHECK),)
    ),
    "a chain whose hops do not join": lambda e: replace(
        e, chains=(Chain((ChainHop(MAIN, SAVE, 8), ChainHop(PUT, CHECK, 6))),)
    ),
    "a chain over a call that is not there": lambda e: replace(
        e, chains=(Chain((ChainHop(MAIN, PUT, 8),)),)
    ),
    "no path, where one calls the other": lambda e: replace(
        e, paths=(PathAnswer(MAIN, SAVE, False),)
    ),
    "a path that ends elsewhere": lambda e: replace(
        e, paths=(PathAnswer(MAIN, PUT, True, (ChainHop(MAIN, SAVE, 8),)),)
    ),
    "siblings past the end": lambda e: replace(
        e, paths=(PathAnswer(CHECK, SAVE, False, siblings=(Anchor("main.py", 80),)),)
    ),
    "a member at a blank line": lambda e: replace(
        e,
        layouts=(
            replace(e.layouts[0], members=(LayoutMember("m.dill", (Anchor("store.py", 9),)),)),
        ),
    ),
    "a tap outside its function": lambda e: replace(
        e, taps=(TapResult(Tap("t", "x", "store.py", 15, function="Store.put"), "not run"),)
    ),
    "a finding with another quotation": lambda e: replace(
        e,
        findings=(
            Finding(FindingKind.STATE_CHANGE, "s", (Anchor("main.py", 7, quote='STATE["x"] = 2'),)),
        ),
    ),
    "an open site where nothing is called so": lambda e: replace(
        e, open_sites=(OpenSite(CHECK, 11, "model.save", OpenReason.UNKNOWN_RECEIVER),)
    ),
    "a brief anchor that is there and was called missing": lambda e: replace(
        e,
        brief_anchors=(CheckedAnchor(BriefAnchor("store.py", "store.py"), AnchorVerdict.MISSING),),
    ),
    "a call that was seen, and is not recorded": lambda e: replace(
        e,
        edges=(replace(TO_CHECK, verdict=EdgeVerdict.CONFIRMED, seen_by=SeenBy.CALL),),
    ),
    "an edge by recording alone, and not recorded": lambda e: replace(
        e, edges=(replace(TO_CHECK, verdict=EdgeVerdict.DYNAMIC_ONLY, tier=None),)
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_caught(tree, evidence, name: str) -> None:
    """One false fact among true ones makes the bundle bad."""
    recordings = [_recording()]
    assert verify_evidence(evidence, tree, recordings).is_good
    assert not verify_evidence(PLANTED[name](evidence), tree, recordings).is_good


def _flow(*hops: FlowHop) -> tuple[ValueFlow, ...]:
    return (ValueFlow("model", "asked", hops=hops),)


def _parting(*places: Anchor, a: tuple[SideHop, ...] = ()) -> Contrasted:
    b = PathSide("b", MAIN, (SideHop(MAIN, SAVE, 8),))
    parting = Parting(PUT, "why", PathSide("a", MAIN, a), b, PartingOutcome.BOTH, places=places)
    condition = DecidingCondition(SAVE, Guard(GuardKind.IF, "store", 15), ("store",))
    return Contrasted((parting,), conditions=(condition,))


def _key(name: str, line: int) -> LayoutMember:
    key = LayoutKey(name, Anchor("main.py", line))
    return LayoutMember("m.dill", (Anchor("store.py", 8),), keys=(key,))


def _effect(function: FunctionId, line: int, operation: str) -> Effect:
    return Effect(function, Span(line, 4, line, 20), EffectKind.STATE_WRITE, operation)


CHANGE = StateChange(
    "main.STATE",
    Anchor("main.py", 7, symbol="main"),
    (),
    (ChangedKey("x", "added", "", "int 1", 2),),
    2,
    1,
    "exact",
    EdgeVerdict.CONFIRMED,
    "w1",
)
BOUND = FlowHop(HopKind.BOUND, SAVE, 15, "store", quote="store = Store()")
OTHERS: dict[str, Callable[[Evidence], Evidence]] = {
    "all of it true": lambda e: e,
    "no anchor, no function": lambda e: replace(e, brief_anchors=(), functions=(), edges=()),
    "raises": lambda e: replace(
        e, raises=(Raise(CHECK, Span(11, 8, 11, 20), "E"), Raise(CHECK, Span(30, 8, 30, 20), "E"))
    ),
    "keys of members": lambda e: replace(
        e,
        layouts=(
            replace(
                e.layouts[0],
                members=(_key("x", 7), _key("@x", 8), _key("y", 7), _key("from", 5), _key("s", 1)),
            ),
        ),
    ),
    "members of other names": lambda e: replace(
        e,
        layouts=(
            replace(
                e.layouts[0],
                members=(
                    LayoutMember("{a}/{b}", (Anchor("store.py", 8),)),
                    LayoutMember("m.dill/other.txt", (Anchor("store.py", 8),)),
                    LayoutMember("STATE", (Anchor("main.py", 3),)),
                ),
            ),
        ),
    ),
    "effects under other names": lambda e: replace(
        e,
        effects=(
            _effect(PUT, 7, "keras.Model.save"),
            _effect(PUT, 8, "builtins.open"),
            _effect(MAIN, 7, "main.STATE.__setitem__"),
            _effect(MAIN, 7, "main.OTHER[...] ="),
            _effect(CHECK, 11, "main.OTHER[...] ="),
            _effect(SAVE, 16, "pickle.dump"),
        ),
    ),
    "hops of values": lambda e: replace(
        e,
        flows=_flow(
            BOUND,
            BOUND,
            replace(BOUND, holder="shop", quote=""),
            replace(BOUND, quote="store = Shop()"),
            replace(BOUND, quote="store = …"),
            replace(BOUND, quote="store = [redacted]", kind=HopKind.RETURNED, holder="shop"),
            replace(BOUND, line=11),
            FlowHop(HopKind.START, FunctionId("gone.py::f"), 1, "x"),
        ),
    ),
    "two sides": lambda e: replace(
        e,
        contrasted=_parting(
            Anchor("store.py", 7, symbol="save", quote="other"),
            Anchor("store.py", 70, symbol="save"),
            a=(SideHop(MAIN, SAVE, 8), SideHop(SAVE, PUT, 16)),
        ),
    ),
    "findings at places": lambda e: replace(
        e,
        findings=(
            Finding(
                FindingKind.STATE_CHANGE,
                "s",
                (
                    Anchor("main.py", 7, quote='STATE["x"] = 1'),
                    Anchor("main.py", 7, quote="STATE[…"),
                    Anchor("main.py", 7, quote="***"),
                    Anchor("main.py", 6, 8),
                    Anchor("main.py", 2),
                    Anchor("main.py", 80),
                    Anchor("none.py", 1),
                ),
            ),
        ),
    ),
    "taps at places": lambda e: replace(
        e,
        taps=tuple(
            TapResult(Tap(f"t{line}", "x", path, line, function=function), "not run")
            for path, line, function in (
                ("store.py", 8, "Store.put"),
                ("store.py", 8, "Store.gone"),
                ("store.py", 2, ""),
                ("store.py", 1, ""),
                ("none.py", 1, ""),
            )
        ),
    ),
    "paths": lambda e: replace(
        e,
        paths=(
            PathAnswer(MAIN, PUT, True, (ChainHop(MAIN, SAVE, 8), ChainHop(SAVE, PUT, 16))),
            PathAnswer(MAIN, PUT, True, (ChainHop(MAIN, SAVE, 8), ChainHop(PUT, PUT, 16))),
            PathAnswer(MAIN, PUT, True),
            PathAnswer(MAIN, ExternalId("dill.dump"), False),
            PathAnswer(PUT, ExternalId("dill.dump"), False),
            PathAnswer(SAVE, PUT, False, open_sites=2),
        ),
    ),
    "changes of state": lambda e: replace(
        e,
        state_changes=(
            CHANGE,
            replace(CHANGE, times=3),
            replace(CHANGE, keys=(*CHANGE.keys, replace(CHANGE.keys[0], key="y"))),
            replace(CHANGE, anchor=Anchor("main.py", 8, symbol="main")),
            replace(CHANGE, anchor=Anchor("main.py", 99, symbol="main")),
            replace(CHANGE, anchor=None),
            replace(CHANGE, workload="w9"),
            replace(CHANGE, subject="store.STATE"),
            replace(CHANGE, subject="script.STATE", anchor=Anchor("main.py", 3), times=1),
        ),
    ),
    "an empty file, and files that are none": lambda e: replace(
        e,
        findings=(
            Finding(
                FindingKind.STATE_CHANGE,
                "s",
                (
                    Anchor("empty.py", 1),
                    Anchor("empty.py", 1, quote="x"),
                    Anchor("empty.py", 2),
                    Anchor("broken.py", 1),
                    Anchor("<string>", 1),
                    Anchor("main.py", 0),
                    Anchor("main.py", 8, 9),
                ),
            ),
        ),
        functions=(
            _function(FunctionId("broken.py::f"), 1, 2),
            _function(FunctionId("<string>::f"), 1, 2),
            _function(FunctionId("none.py::f"), 1, 2),
            replace(e.functions[0], def_line=5),
            replace(_function(FunctionId("main.py::<module>"), 1, 8), kind=FunctionKind.MODULE),
        ),
    ),
    "callees that cannot be read": lambda e: replace(
        e,
        edges=tuple(
            replace(TO_SAVE, callee=FunctionId(f"{path}::f"))
            for path in ("broken.py", "none.py", "empty.py", "<string>")
        ),
    ),
    "open sites and effects at places": lambda e: replace(
        e,
        open_sites=tuple(
            OpenSite(PUT, line, text, OpenReason.UNKNOWN_RECEIVER)
            for line, text in (
                *((7, "model.save"), (6, "model.save"), (8, "open"), (8, "x.open(1)")),
                *((9, "model.save"), (80, "model.save"), (5, "def")),
            )
        ),
        effects=tuple(_effect(PUT, line, "builtins.open") for line in (5, 6, 7, 9, 80)),
        effect_verdicts=(EdgeVerdict.CONFIRMED,) * 5,
        raises=tuple(Raise(PUT, Span(line, 8, line + 1, 9), "E") for line in (5, 8, 9)),
    ),
    "steps of chains without an edge": lambda e: replace(
        e,
        edges=(),
        chains=(
            Chain((ChainHop(MAIN, ExternalId("main.STATE.__setitem__"), 7),)),
            Chain((ChainHop(PUT, FunctionId("store.py::Store.model"), 7),)),
            Chain((ChainHop(PUT, FunctionId("store.py::Store.check"), 7),)),
            Chain((ChainHop(MAIN, ExternalId("store.x"), 3),)),
        ),
    ),
}


@pytest.mark.parametrize("is_recorded", [False, True], ids=["sources", "recorded"])
def test_all_that_is_said_of_evidence(make_tree, evidence, is_recorded: bool) -> None:
    """Of true facts and of planted errors, to the last word. Look at it, and copy it over."""
    tree = make_tree({**FILES, "empty.py": "", "broken.py": "def f(:\n    pass\n"})
    recordings = [_recording()] if is_recorded else []
    usual = {_line(claim) for claim in verify_evidence(evidence, tree, recordings).claims}
    lines: list[str] = []
    for name, change in {**OTHERS, **PLANTED}.items():
        claims = [_line(c) for c in verify_evidence(change(evidence), tree, recordings).claims]
        lines += [
            "",
            f"## {name}",
            *(c for c in claims if c not in usual or change(evidence) is evidence),
        ]
    golden = Path(__file__).parent / "told" / ("recorded.txt" if is_recorded else "evidence.txt")
    beside = golden.with_suffix(".got")
    told = "\n".join(lines).strip() + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")


def _line(claim: Claim) -> str:
    ground = f" by {claim.ground.value}" if claim.ground else ""
    at = f"{claim.line} " if claim.line else ""
    head = f"{at}{claim.kind.value}: {claim.verdict.value}{ground}: {claim.text}"
    return f"{head} — {claim.detail}" if claim.detail else head


def _recording() -> Recording:
    main = Frame("main.py", "main", "main", 6)
    save = Frame("store.py", "store", "save", 14)
    put = Frame("store.py", "store", "Store.put", 5)
    return Recording(
        Workload("w1", ("main.py",)),
        True,
        calls=(
            ObservedCall(main, save, 8, None, 1, 1),
            ObservedCall(save, put, 16, None, 1, 2),
        ),
        externals=(ObservedExternal(put, 8, None, "dill._dill.dump", 1, 3),),
        state_writes=(
            StateWrite("main:STATE", "x", "initial", "", "", (), "read", 1),
            StateWrite("main:STATE", "x", "added", "", "1", (Place(main, 7),), "exact", 2, 2),
            StateWrite("main:STATE", "z", "added", "", "1", (), "exact", 3),
            StateWrite("__main__:STATE", "x", "added", "", "1", (Place(main, 3),), "exact", 4),
        ),
    )


def test_a_recording_outranks_all_other_grounds(tree, evidence) -> None:
    """What was seen is verified by the run, the solver's typed receiver too."""
    verification = verify_evidence(evidence, tree, [_recording()])
    grounds = {c.text.split(" → ")[1]: c.ground for c in _edge_claims(verification)}
    assert grounds == {
        "save at main.py:8": Ground.RUN,
        "Store.put at store.py:16": Ground.RUN,
        "Store.check at store.py:6": Ground.SYNTAX,
        "dill.dump at store.py:8": Ground.RUN,
    }


def test_a_function_that_has_moved_since_the_run_refutes_no_call(make_tree, evidence) -> None:
    """Frames are known by their lines: the sources decide then, and what was seen alone is open."""
    moved = make_tree(
        {**FILES, "store.py": "# One line more.\n" + dedent(FILES["store.py"]).lstrip()}
    )
    confirmed = replace(TO_SAVE, verdict=EdgeVerdict.CONFIRMED, seen_by=SeenBy.CALL)
    alone = replace(TO_SAVE, verdict=EdgeVerdict.DYNAMIC_ONLY, tier=None)
    edited = replace(evidence, edges=(confirmed, alone))
    read, seen = _edge_claims(verify_evidence(edited, moved, [_recording()]))
    assert (read.verdict, read.ground) == (ClaimVerdict.VERIFIED, Ground.SYNTAX)
    assert seen.verdict is ClaimVerdict.UNVERIFIABLE
    assert seen.detail == "since the run save has moved from 14 to 15"
    # Below the definition: the call itself is told where it is now.
    below = make_tree({**FILES, "store.py": FILES["store.py"].replace("Store()", "Store()\n", 1)})
    put = replace(TO_PUT, verdict=EdgeVerdict.CONFIRMED, seen_by=SeenBy.CALL)
    (gone,) = _edge_claims(verify_evidence(replace(evidence, edges=(put,)), below, [_recording()]))
    assert gone.verdict is ClaimVerdict.MOVED
    assert gone.detail.startswith("written at line 17; line 16 reads: ")
    # The control: the same tree, and a recording without that call.
    same = make_tree(FILES)
    other = replace(_recording(), calls=_recording().calls[1:])
    verdicts = [c.verdict for c in _edge_claims(verify_evidence(edited, same, [other]))]
    assert verdicts == [ClaimVerdict.REFUTED, ClaimVerdict.REFUTED]


def test_a_callee_that_was_generated_is_known_by_the_recording_alone(tree, evidence) -> None:
    """`dataclass` makes its `__init__` from text: there is no file to look into."""
    init = FunctionId("<string>::make.<locals>.__init__")
    edge = replace(TO_SAVE, callee=init, verdict=EdgeVerdict.DYNAMIC_ONLY, tier=None)
    made = replace(evidence, edges=(edge,))
    recording = _recording()
    frame = Frame("<string>", "store", "make.<locals>.__init__", 1)
    seen = replace(recording, calls=(replace(recording.calls[0], callee=frame),))
    found = [
        _edge_claims(verify_evidence(made, tree, recordings))[0].verdict
        for recordings in ([seen], [], [recording])
    ]
    assert found == [ClaimVerdict.VERIFIED, ClaimVerdict.UNVERIFIABLE, ClaimVerdict.REFUTED]


def test_without_the_recording_what_was_seen_alone_is_unverifiable(tree, evidence) -> None:
    """Neither believed nor refuted."""
    edge = replace(TO_CHECK, verdict=EdgeVerdict.DYNAMIC_ONLY, tier=None)
    (claim,) = _edge_claims(verify_evidence(replace(evidence, edges=(edge,)), tree))
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE


@pytest.mark.parametrize(
    ("source", "kind", "callee", "line"),
    [
        ("import low\nx = 1\n", SiteKind.IMPORT, "low.py::<module>", 1),
        ("from low import deco\nx = 1\n", SiteKind.IMPORT, "low.py::<module>", 1),
        ("from low import deco\n\n@deco\ndef f(): ...\n", SiteKind.DECORATOR, "low.py::deco", 3),
        ("class A:\n    x = 1\n", SiteKind.CLASS_BODY, "a.py::A", 1),
    ],
)
def test_calls_that_are_not_written_as_calls(
    make_tree, evidence, source: str, kind: SiteKind, callee: str, line: int
) -> None:
    """Imports, decorators and class bodies run code at a place of their own."""
    tree = make_tree({"a.py": source, "low.py": "def deco(f):\n    return f\n"})
    edge = replace(
        _edge(FunctionId("a.py::<module>"), callee, line, callee.rpartition("::")[2]), kind=kind
    )
    bare = replace(
        evidence,
        brief_anchors=(),
        functions=(),
        open_sites=(),
        effects=(),
        chains=(),
        paths=(),
        layouts=(),
        taps=(),
        findings=(),
    )
    (claim,) = verify_evidence(replace(bare, edges=(edge,)), tree).claims
    assert (claim.verdict, claim.ground) == (ClaimVerdict.VERIFIED, Ground.SYNTAX), claim.detail
    off = replace(edge, line=tree.files[0].lines if line < 3 else 2)
    (claim,) = verify_evidence(replace(bare, edges=(off,)), tree).claims
    assert claim.verdict in (ClaimVerdict.REFUTED, ClaimVerdict.MOVED)


def test_the_card_counts_grounds_apart_and_fits_a_screen(tree, evidence) -> None:
    """Derived is never counted as verified; at most 12 lines of 110 columns."""
    verification = verify_evidence(evidence, tree)
    card = make_card(evidence, verification, recheck="tracer verify reports/x")
    lines = card.splitlines()
    assert lines[0].startswith("VERDICT   verified with gaps   tree dddddddddddd")
    assert "edges     3/4 verified (3 by syntax), 1 derived by the solver alone, 0 refuted" in lines
    assert any("Store.check ⇒ save: NO PATH" in line for line in lines)
    assert any(line.startswith("dynamic   none: no interpreter was given") for line in lines)
    assert lines[-1] == "recheck   tracer verify reports/x"
    assert len(lines) <= 12
    assert all(len(line) <= WIDTH for line in lines)


def test_the_card_tells_of_what_is_unknown_in_whole_words(tree, evidence) -> None:
    """Reasons are left out before anything is cut; many limits are counted."""
    reasons = (OpenReason.UNKNOWN_RECEIVER, OpenReason.UNKNOWN_MEMBER, OpenReason.GENERATED)
    limit = "20 of 25 candidates shown: the selected, then by score, and a good many words more"
    e = replace(
        evidence,
        open_sites=tuple(OpenSite(CHECK, 11, "model.save", reason) for reason in reasons),
        totals=replace(evidence.totals, limits=(limit,)),
    )
    card = make_card(e, verify_evidence(e, tree), recheck="tracer verify")
    (line,) = (line for line in card.splitlines() if line.startswith("unknown"))
    assert line.startswith("unknown   3 open call sites (1 ")
    assert line.endswith("1 limit") and len(line) <= WIDTH and "…" not in line


def test_the_card_tells_what_ran_and_which_tap_differs(tree, evidence) -> None:
    """The run, its verdicts, the first tap that differs, and a cut recording, each on its line."""
    run = Run(
        Workload("w1", ("train.py", "--fast")),
        False,
        "time budget of 2 s reached",
        0,
        "3.11",
        "settrace",
        1204,
        3,
        3,
        (),
        (),
        (),
    )
    tap = Tap("objects", "len(x)", "store.py", 8, function="Store.put", expected="> 20")
    ran = replace(
        evidence,
        runs=(run, run),
        taps=(TapResult(tap, "differs", ("int 18",), 1), TapResult(tap, "as expected")),
        edges=(replace(TO_SAVE, verdict=EdgeVerdict.CONFIRMED, seen_by=SeenBy.CALL), TO_DILL),
        tree=replace(evidence.tree, commit="a" * 40, is_dirty=True, changed=("x.txt",)),
    )
    readings = (TapReading("objects", 1, ("int 18",)), TapReading("objects", 0, ()))
    recorded = replace(_recording(), taps=readings)
    lines = make_card(ran, verify_evidence(ran, tree, [recorded]), recheck="r").splitlines()
    told = {line[:10].strip(): line[10:] for line in lines}
    assert told["VERDICT"].endswith("commit aaaaaaaaaaaa dirty   the run CHANGED 1 file")
    assert told["edges"].startswith("2/2 verified (2 by run), 0 derived")
    assert told["run"] == "1 confirmed, 1 not run"
    assert told["taps"] == ("2: 1 as expected, 1 DIFFER (objects expected > 20, observed int 18)")
    assert told["dynamic"] == (
        "CUT (time budget of 2 s reached): train.py --fast, 1 204 calls, exit 0; 1 more run"
    )


def test_the_card_keeps_how_a_run_ended(tree, evidence) -> None:
    """A run that failed is never called captured, however long its command is."""
    run = Run(
        Workload("w1", ("-m", "pytest", *("tests/test_something_long.py",) * 4)),
        True,
        "",
        4,
        "3.11",
        "settrace",
        1,
        0,
        1,
        (),
        (),
        (),
    )
    ran = replace(evidence, runs=(run, replace(run, exit_status=0), run))
    card = make_card(ran, verify_evidence(ran, tree, [_recording()]), recheck="r").splitlines()
    (line,) = (line for line in card if line.startswith("dynamic"))
    assert line.startswith("dynamic   FAILED: -m pytest tests/")
    assert line.endswith("…, 1 call, exit 4; 2 more runs, 1 FAILED")
    assert len(line) <= WIDTH


def test_a_tap_belongs_to_the_definition_that_holds_it(make_tree, evidence) -> None:
    """Two functions of one name, each under a branch of an `if`: the tap's lines say which."""
    tree = make_tree(
        {
            "two.py": """
                import os

                if os.name == "nt":
                    def move(a, b):
                        os.rename(a, b)
                else:
                    def move(a, b):
                        os.replace(a, b)
            """
        }
    )

    def verdict_at(line: int) -> ClaimVerdict:
        tap = Tap("t", "b", "two.py", line, function="move")
        bare = replace(evidence, taps=(TapResult(tap, "not run"),))
        claims = verify_evidence(bare, tree).claims
        return next(claim.verdict for claim in claims if claim.text.startswith("tap t"))

    assert verdict_at(5) is verdict_at(8) is ClaimVerdict.VERIFIED
    assert verdict_at(1) is ClaimVerdict.MOVED


def test_a_place_outside_the_tree_is_unverifiable(tree, evidence) -> None:
    """A recording names frames of Python itself; no tree holds them, so none refutes them."""
    seen = Finding(FindingKind.DYNAMIC_ONLY, "s", (Anchor("<python>/lib/pytest/__main__.py", 9),))
    claims = verify_evidence(replace(evidence, findings=(seen,)), tree).claims
    (claim,) = (claim for claim in claims if "<python>" in claim.text)
    assert (claim.verdict, claim.ground) == (ClaimVerdict.UNVERIFIABLE, None)


def test_the_card_says_what_is_wrong(tree, evidence) -> None:
    """Something is allowed to be red, and then it stands on the first line and by name."""
    planted = PLANTED["a callee that does not exist"](evidence)
    card = make_card(planted, verify_evidence(planted, tree), recheck="r")
    assert card.splitlines()[0].startswith("VERDICT   FAILED: 1 claim of 21 wrong")
    assert "wrong     refuted: main → keep at main.py:8" in card


def test_what_the_target_says_cannot_break_the_card(tree, evidence) -> None:
    """Long and many-lined reasons are cut to one line."""
    noisy = replace(evidence, why_no_run="it\nfailed \x1b[31m" + "x" * 300)
    card = make_card(noisy, verify_evidence(noisy, tree), recheck="r")
    assert len(card.splitlines()) <= 12
    assert all(len(line) <= WIDTH for line in card.splitlines())
    assert "\x1b" not in card
