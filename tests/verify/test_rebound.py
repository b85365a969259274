"""A script puts another function in the place of one: what that makes possible is not refuted."""

from __future__ import annotations

import pytest

from tracer.model.evidence import EdgeVerdict, ReconciledEdge, SeenBy
from tracer.model.graph import SiteKind, Tier
from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedCall, Recording
from tracer.model.source import FunctionId
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.documents import verify_document
from tracer.verify.edges import EdgeChecker
from tracer.verify.reading import Reading

CORE = """
    def plain(x):
        return x


    def other(x):
        return x + 1


    def third(x):
        return x
"""
CLASSES = """
    class Base:
        def step(self):
            return 1


    class Till(Base):
        def go(self):
            return self.step()


    def faster(self):
        return 2
"""
SCRIPT = """
    import functools
    from unittest import mock
    from pkg import core


    def run(x):
        return core.plain(x)


    def main():
        {rebinding}
        run(1)
"""
RUN, PLAIN, OTHER, THIRD = (
    FunctionId(text)
    for text in (
        "script.py::run",
        "pkg/core.py::plain",
        "pkg/core.py::other",
        "pkg/core.py::third",
    )
)


def _tree(make_tree, rebinding: str):
    script = SCRIPT.replace("{rebinding}", rebinding)
    return make_tree({"pkg/__init__.py": "", "pkg/core.py": CORE, "script.py": script})


def _edge(callee: FunctionId, verdict: EdgeVerdict = EdgeVerdict.NOT_TAKEN) -> ReconciledEdge:
    is_seen = verdict is EdgeVerdict.CONFIRMED
    return ReconciledEdge(
        RUN,
        callee,
        7,
        None,
        "core.plain",
        SiteKind.CALL,
        verdict,
        Tier.DEFINITE,
        is_exact=False,
        seen_by=SeenBy.CALL if is_seen else None,
    )


def _check(tree, edge: ReconciledEdge, *recordings: Recording) -> Claim:
    return EdgeChecker(Reading(tree), recordings, {}).check(edge)


@pytest.mark.parametrize(
    "rebinding",
    [
        "core.plain = core.other",
        "core.plain, rest = core.other, 1",
        'setattr(core, "plain", core.other)',
        'setattr(core, "plain", functools.partial(core.other))',
        'core.__dict__["plain"] = core.other',
        'mock.patch.object(core, "plain", core.other).start()',
        'mock.patch("pkg.core.plain", core.other).start()',
        'mock.patch("pkg.core.plain").start()',
        "for core.plain in (core.other,): pass",
    ],
)
def test_what_a_rebinding_makes_possible_is_not_refuted(make_tree, rebinding: str) -> None:
    """Control: the same edge in a tree that binds nothing anew is refuted, by syntax."""
    claim = _check(_tree(make_tree, rebinding), _edge(OTHER))
    assert (claim.verdict, claim.ground) == (ClaimVerdict.DERIVED, Ground.SOLVER)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "pass",
        "core.third = core.other",  # another name
        "main.plain = core.other",  # of something else
        "core.plain = core.third",  # another function is put there
        'print(core, "plain", core.other)',
        'core.plain.__doc__ = "plain"',
        "del core.plain",
    ],
)
def test_other_code_puts_nothing_in_doubt(make_tree, elsewhere: str) -> None:
    """The name is bound to one function, and not to the one that the edge tells."""
    claim = _check(_tree(make_tree, elsewhere), _edge(OTHER))
    assert (claim.verdict, claim.ground) == (ClaimVerdict.REFUTED, Ground.SYNTAX)
    assert claim.detail == "imports and definitions bind the name to pkg/core.py::plain"


def test_what_the_run_saw_is_verified_by_the_run(make_tree) -> None:
    """With the call recorded; control: a call that it does not hold is refused, rebinding or no."""
    tree = _tree(make_tree, "core.plain = core.other")
    caller = Frame("script.py", "script", "run", 6)
    callee = Frame("pkg/core.py", "pkg.core", "other", 5)
    call = ObservedCall(caller, callee, 7, None, calls=1, order=1)
    recording = Recording(Workload("w1", ("script.py",)), True, calls=(call,))
    seen = _check(tree, _edge(OTHER, EdgeVerdict.CONFIRMED), recording)
    assert (seen.verdict, seen.ground) == (ClaimVerdict.VERIFIED, Ground.RUN)
    unseen = _check(tree, _edge(THIRD, EdgeVerdict.CONFIRMED), recording)
    assert (unseen.verdict, unseen.ground) == (ClaimVerdict.REFUTED, Ground.RUN)


@pytest.mark.parametrize(
    ("rebinding", "verdict"),
    [("Base.step = faster", ClaimVerdict.DERIVED), ("main.step = faster", ClaimVerdict.REFUTED)],
)
def test_a_method_of_a_class_is_put_anew(make_tree, rebinding: str, verdict: ClaimVerdict) -> None:
    """Of the base, though the call is of a subclass."""
    script = f"from till import Base, faster\n\n\ndef main():\n    {rebinding}\n"
    tree = make_tree({"till.py": CLASSES, "script.py": script})
    edge = ReconciledEdge(
        FunctionId("till.py::Till.go"),
        FunctionId("till.py::faster"),
        8,
        None,
        "self.step",
        SiteKind.CALL,
        EdgeVerdict.NOT_RUN,
        Tier.DEFINITE,
    )
    assert _check(tree, edge).verdict is verdict


@pytest.mark.parametrize(
    ("text", "plain", "rebound"),
    [
        ("`run` does not call `plain`.", "refuted", "not judged"),
        ("`plain` is only called by `main`.", "no path", "no path"),
        ("`plain` is only called by `more`.", "refuted", "derived"),
        ("`run` calls `core.plain`.", "verified", "verified"),
    ],
)
def test_documents_may_say_so(make_tree, make_graph, text: str, plain: str, rebound: str) -> None:
    """Nobody can refuse what hangs on whether the rebinding came first."""
    for rebinding, expected in (("pass", plain), ("core.plain = core.other", rebound)):
        tree = _tree(make_tree, f"{rebinding}\n\n\n    def more():\n        core.plain(2)\n")
        graph = make_graph(tree, [("script.py::run", PLAIN, 7), ("script.py::more", PLAIN, 14)])
        found = verify_document("d.md", text, tree, graph)
        claims = [claim for claim in found.claims if claim.kind is ClaimKind.CALLER]
        assert claims[-1].verdict.value == expected, claims


OVERRIDES = """
    class Base:
        def go(self):
            self.step()
            Base.step(self)

        def step(self):
            return 1


    class Till(Base):
        def step(self):
            return super().step()


    class Other:
        def step(self):
            return 3


    class Odd(unknown):
        def step(self):
            return 4
"""


@pytest.mark.parametrize(
    ("caller", "callee", "line", "verdict"),
    [
        ("Base.go", "Till.step", 3, ClaimVerdict.DERIVED),
        ("Base.go", "Odd.step", 3, ClaimVerdict.DERIVED),  # nobody knows its base
        ("Base.go", "Other.step", 3, ClaimVerdict.REFUTED),
        ("Base.go", "Base.step", 3, ClaimVerdict.VERIFIED),
        ("Base.go", "Till.step", 4, ClaimVerdict.REFUTED),  # the class itself is named
        ("Till.step", "Base.step", 12, ClaimVerdict.VERIFIED),
        ("Till.step", "Other.step", 12, ClaimVerdict.DERIVED),  # in a class with both bases
    ],
)
def test_self_may_be_of_a_subclass(
    make_tree, caller: str, callee: str, line: int, verdict: ClaimVerdict
) -> None:
    """What `self.step()` runs, the class of the object decides, not the one around the call."""
    tree = make_tree({"till.py": OVERRIDES})
    edge = ReconciledEdge(
        FunctionId(f"till.py::{caller}"),
        FunctionId(f"till.py::{callee}"),
        line,
        None,
        "step",
        SiteKind.CALL,
        EdgeVerdict.NOT_RUN,
        Tier.DEFINITE,
    )
    assert _check(tree, edge).verdict is verdict
