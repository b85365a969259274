"""What a bundle says of its runs, and of paths, beside its own recordings and edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.verify.test_evidence import (
    CHECK,
    FILES,
    MAIN,
    PUT,
    SAVE,
    TO_CHECK,
    TO_DILL,
    TO_PUT,
    TO_SAVE,
    evidence,  # noqa: F401
)
from tracer.model.evidence import (
    Chain,
    ChainHop,
    EdgeVerdict,
    Evidence,
    PathAnswer,
    SeenBy,
    TapResult,
)
from tracer.model.graph import Tier
from tracer.model.plan import Tap, Workload
from tracer.model.recording import (
    ContextLines,
    Executed,
    Frame,
    HiddenFunction,
    ObservedCall,
    ObservedExternal,
    ObservedLines,
    Recording,
    StandIns,
    TapReading,
)
from tracer.model.source import ExternalId, Span
from tracer.model.verification import Claim, ClaimVerdict, Ground
from tracer.static.sources import SourceTree
from tracer.verify.evidence import verify_evidence

CONFIRMED, NOT_TAKEN = EdgeVerdict.CONFIRMED, EdgeVerdict.NOT_TAKEN
NOT_REACHED, UNDECIDED = EdgeVerdict.NOT_REACHED, EdgeVerdict.UNDECIDED
_MAIN = Frame("main.py", "main", "main", 6)
_SAVE = Frame("store.py", "store", "save", 14)
_PUT = Frame("store.py", "store", "Store.put", 5)
TAP = Tap("t", "model", "store.py", 8, function="Store.put")
RUN = Recording(
    Workload("w1", ("main.py",)),
    True,
    calls=(ObservedCall(_MAIN, _SAVE, 8, None, 2, 1), ObservedCall(_SAVE, _PUT, 16, None, 2, 2)),
    externals=(ObservedExternal(_PUT, 8, None, "dill._dill.dump", 1, 3),),
    lines=(
        ObservedLines(_MAIN, 1, (7, 8)),
        ObservedLines(_SAVE, 2, (15, 16)),
        ObservedLines(_PUT, 2, (6, 7, 8)),
    ),
    taps=(TapReading("t", 2, ("int 1",)),),
)
TOLD = {
    TO_SAVE: replace(TO_SAVE, verdict=CONFIRMED, seen_by=SeenBy.CALL, calls=2),
    TO_PUT: replace(TO_PUT, verdict=CONFIRMED, seen_by=SeenBy.CALL, calls=2),
    TO_CHECK: replace(TO_CHECK, verdict=NOT_TAKEN),
    TO_DILL: replace(TO_DILL, verdict=CONFIRMED, seen_by=SeenBy.LINE),
}


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


@pytest.fixture
def told(evidence) -> Evidence:  # noqa: F811
    """True beside the recording."""
    return replace(
        evidence,
        edges=tuple(TOLD.values()),
        effect_verdicts=(CONFIRMED, CONFIRMED),
        taps=(TapResult(TAP, "read", ("int 1",), 2, "w1"),),
        chains=(),
    )


def _bad(evidence: Evidence, tree: SourceTree, *recordings: Recording) -> list[Claim]:  # noqa: F811
    return [c for c in verify_evidence(evidence, tree, recordings).claims if c.verdict.is_bad]


def test_what_is_told_rightly_holds(told, tree) -> None:
    """Every word of it, beside the recording and without it."""
    assert _bad(told, tree, RUN) == []
    assert _bad(told, tree) == []


def test_of_two_calls_on_a_line_one_may_have_its_own_count(told, tree) -> None:
    """As many as end there, at the least; as many as the line has, at the most."""
    span = Span(8, 4, 8, 11)
    calls = (
        ObservedCall(_MAIN, _SAVE, 8, span, 2, 1),
        ObservedCall(_MAIN, _SAVE, 8, Span(8, 14, 8, 30), 3, 2),
        *RUN.calls[1:],
    )
    run = replace(RUN, calls=calls)

    def bad(count: int) -> list[str]:
        edge = replace(TOLD[TO_SAVE], span=span, calls=count)
        others = tuple(each for read, each in TOLD.items() if read != TO_SAVE)
        return [claim.detail for claim in _bad(replace(told, edges=(edge, *others)), tree, run)]

    assert [bad(count) for count in (2, 3, 5)] == [[], [], []]
    assert bad(1) == ["told with 1 calls; the recording holds 5"]
    assert bad(6) == ["told with 6 calls; the recording holds 5"]


def _edges(**changes: object) -> Callable[[Evidence], Evidence]:
    """An edge of the evidence told otherwise; `which` of them."""
    which = changes.pop("which")
    return lambda e: replace(
        e,
        edges=tuple(
            replace(told, **changes) if read == which else told  # type: ignore[arg-type]
            for read, told in TOLD.items()
        ),
    )


PLANTED: dict[str, tuple[Callable[[Evidence], Evidence], str]] = {
    "a seen caller is told as not reached": (
        _edges(which=TO_SAVE, verdict=NOT_REACHED, seen_by=None),
        "told as not reached; the recording holds 2 calls there",
    ),
    "a caller that ran is told as not reached": (
        _edges(which=TO_CHECK, verdict=NOT_REACHED),
        "told as not reached; Store.put ran",
    ),
    "more calls than there were": (
        _edges(which=TO_SAVE, calls=3),
        "told with 3 calls; the recording holds 2",
    ),
    "an effect that ran is told as not taken": (
        lambda e: replace(e, effect_verdicts=(NOT_TAKEN, CONFIRMED)),
        "told as not taken; the recording has its line",
    ),
    "a function that ran is told as not reached by its effect": (
        lambda e: replace(e, effect_verdicts=(NOT_REACHED, CONFIRMED)),
        "told as not reached; the recording has its line",
    ),
    "another value of a tap": (
        lambda e: replace(e, taps=(TapResult(TAP, "read", ("int 9",), 2, "w1"),)),
        "the recording does not hold these values",
    ),
    "more hits of a tap": (
        lambda e: replace(e, taps=(TapResult(TAP, "as expected", ("int 1",), 5, "w1"),)),
        "the recording does not hold these values",
    ),
    "a tap that was hit is told as not reached": (
        lambda e: replace(e, taps=(TapResult(TAP, "not reached"),)),
        "told as not reached; the recording has 2 hits",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_wrong_word_is_refuted_by_the_run(told, tree, what: str) -> None:
    """One claim is bad, by ground `run`; without the recording nobody can tell."""
    plant, detail = PLANTED[what]
    (claim,) = _bad(plant(told), tree, RUN)
    assert (claim.verdict, claim.ground, claim.detail) == (
        ClaimVerdict.REFUTED,
        Ground.RUN,
        detail,
    )
    assert _bad(plant(told), tree) == []


def test_a_run_that_never_came_there(told, tree) -> None:
    """Without the lines of the store, what is told of them is wrong, word for word."""
    calls = RUN.calls[:1]
    short = replace(RUN, calls=calls, externals=(), lines=RUN.lines[:1], taps=())
    details = {claim.detail for claim in _bad(told, tree, short)}
    assert details == {
        "the recording does not hold this call",  # save → Store.put
        "told as not taken; Store.put never ran",
        "told as confirmed; line 8 did not run",
        "told as confirmed; the recording does not have its line",
        "the recording does not hold these values",
    }


@pytest.mark.parametrize(
    "run",
    [
        replace(RUN, hidden=(HiddenFunction("dataclasses", "store", "put"),)),
        replace(RUN, converted=(_PUT,)),
        replace(
            RUN,
            executed=Executed("coverage.py 7", "x", False, ("main.py",), by_context=()),
        ),
        replace(RUN, lines=()),
    ],
    ids=["hidden code", "converted code", "coverage data", "no lines"],
)
def test_a_run_that_cannot_tell_refutes_no_word(told, tree, run: Recording) -> None:
    """That a function ran, or did not, is then not known to the end."""
    assert isinstance(run.executed, Executed | None) and not isinstance(run, ContextLines)
    wrong = _edges(which=TO_CHECK, verdict=NOT_REACHED)(told)
    assert not any("Store.put ran" in claim.detail for claim in _bad(wrong, tree, run))


def test_a_run_under_stand_ins_reaches_functions_too(told, tree) -> None:
    """`not reached` is said of all runs; what is confirmed, of the program's own alone."""
    fake = replace(RUN, stand_ins=StandIns((), ()))
    wrong = _edges(which=TO_CHECK, verdict=NOT_REACHED)(told)
    assert "told as not reached; Store.put ran" in {c.detail for c in _bad(wrong, tree, fake)}


# Paths

NO_PATH = PathAnswer(MAIN, PUT, False)


def _with_path(evidence: Evidence, *paths: PathAnswer, **more: object) -> Evidence:  # noqa: F811
    return replace(evidence, paths=paths, **more)  # type: ignore[arg-type]


def test_no_path_where_a_run_went(told, tree) -> None:
    """The strongest ground; without the recording the edges speak, as firmly as the weakest."""
    (claim,) = _bad(_with_path(told, NO_PATH), tree, RUN)
    assert (claim.ground, claim.detail) == (Ground.RUN, "a run went there: main → save → put")
    (claim,) = _bad(_with_path(told, NO_PATH), tree)
    assert (claim.verdict, claim.ground) == (ClaimVerdict.REFUTED, Ground.SOLVER)
    assert claim.detail == "edges of the bundle lead there: main → save → Store.put"


def test_no_path_where_syntax_binds_every_hop(evidence, tree) -> None:  # noqa: F811
    """`put` calls `self.check` by its definitions alone, and `dill.dump` by its imports."""
    for target in (CHECK, ExternalId("dill.dump")):
        wrong = _with_path(evidence, PathAnswer(PUT, target, False))
        (claim,) = _bad(wrong, tree)
        assert (claim.verdict, claim.ground) == (ClaimVerdict.REFUTED, Ground.SYNTAX)


def test_no_path_where_a_chain_of_the_bundle_goes(evidence, tree) -> None:  # noqa: F811
    """A chain is as good as the edges that it stands for."""
    chain = Chain((ChainHop(MAIN, SAVE, 8), ChainHop(SAVE, PUT, 16)))
    wrong = _with_path(evidence, NO_PATH, chains=(chain,), edges=())
    (claim,) = _bad(wrong, tree)
    assert claim.detail == "edges of the bundle lead there: main → save → Store.put"


@pytest.mark.parametrize(
    "edge",
    [
        replace(TO_PUT, tier=Tier.NAME),
        replace(TO_PUT, is_unreachable=True),
        replace(TO_PUT, tier=None, verdict=EdgeVerdict.STAND_INS),
    ],
    ids=["by name alone", "behind a return", "under stand-ins alone"],
)
def test_what_answers_no_path(evidence, tree, edge) -> None:  # noqa: F811
    """A guess, what cannot run, and what only fabricated modules made happen."""
    right = _with_path(evidence, NO_PATH, edges=(TO_SAVE, edge), chains=())
    assert not any("NO PATH" in claim.text for claim in _bad(right, tree))


def test_no_path_that_is_true(told, tree) -> None:
    """Nothing of the bundle leads from the check to the save: it stays derived."""
    true = _with_path(told, PathAnswer(CHECK, SAVE, False))
    (claim,) = [c for c in verify_evidence(true, tree, [RUN]).claims if "NO PATH" in c.text]
    assert (claim.verdict, claim.ground) == (ClaimVerdict.DERIVED, Ground.SOLVER)
