"""Exceptions that a document says left a place: each form, each verdict, its control."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedLines, RaisedException, Recording
from tracer.model.verification import Claim, ClaimKind
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document

SHOP = """
    class ShopError(LookupError):
        pass


    class SoldOut(ShopError):
        pass


    def take(stock, item):
        try:
            return stock[item]
        except KeyError as error:
            raise SoldOut(item) from error


    def check(item):
        if not item:
            raise ValueError("nothing")
        return item


    def read(path):
        with open(path) as file:
            return file.read()
"""
# Lines: 1 ShopError, 5 SoldOut, 9 take, 11 the item, 13 raise, 16 check, 18 raise, 22 read.
TAKE, READ = Frame("shop.py", "shop", "take", 9), Frame("shop.py", "shop", "read", 22)
RUN = Recording(
    Workload("w1", ("shop.py",)),
    True,
    lines=(ObservedLines(TAKE, 2, (11, 13)), ObservedLines(READ, 1, (23,))),
    exceptions=(
        RaisedException(TAKE, 11, "KeyError", 2, 1),
        RaisedException(TAKE, 13, "shop.SoldOut", 2, 2),
        RaisedException(READ, 23, "FileNotFoundError", 1, 3),
        RaisedException(READ, 24, "some.library.DecodeError", 1, 4),
    ),
)


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree({"shop.py": SHOP})


def _told(text: str, tree: SourceTree, *runs: Recording) -> list[Claim]:
    found = verify_document("d.md", text, tree, None, runs).claims
    return [claim for claim in found if claim.kind is ClaimKind.EXCEPTION]


SEEN = "verified by run: the run saw it leave line"
READS = "verified by syntax: line 18 reads: raise ValueError("


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("`KeyError` left `shop.py:11`.", f"{SEEN} 11, 2 times"),
        ("`SoldOut` (of the shop) then left `shop.py:13`", f"{SEEN} 13, 2 times"),
        ("`shop.SoldOut` was raised at `shop.py:13`", f"{SEEN} 13"),
        ("Then `take` raised `SoldOut` at `shop.py:13`.", f"{SEEN} 13"),
        ("`shop.py:13` raised `SoldOut`.", f"{SEEN} 13"),
        ("`take` raised a `KeyError`.", f"{SEEN} 11"),
        (
            "`IOError` left `shop.py:23`",
            "unverifiable: the run saw FileNotFoundError leave line 23",
        ),
        (
            "`OSError` left `shop.py:23`",
            "unverifiable: the run saw FileNotFoundError leave line 23",
        ),
        ("`PermissionError` left `shop.py:23`", "refuted by run: the run saw FileNotFoundError"),
        ("`SoldOut` left `shop.py:11`", "refuted by run: the run saw KeyError leave line 11"),
        ("`LookupError` left `shop.py:13`", "unverifiable: the run saw shop.SoldOut leave line 13"),
        (
            "`ValueError` left `shop.py:13`",
            "refuted by run: the run saw shop.SoldOut leave line 13",
        ),
        ("`ValueError` left `shop.py:24`", "unverifiable: the run saw some.library.DecodeError"),
        ("`check` raises `ValueError`.", READS),
        ("`check` raises `ValueError` (`shop.py:18`).", READS),
        (
            "`check` raises `KeyError` (`shop.py:18`).",
            "refuted by syntax: line 18 reads: raise Val",
        ),
        ("`check` may raise `KeyError` (`shop.py:18`).", "refuted by syntax: line 18 reads: raise"),
        ("`ValueError` left `shop.py:18`", "unverifiable: line 18 raises it, and no run was seen"),
        ("`TypeError` left `shop.py:19`", "unverifiable: no `raise` of it stands there"),
        ("If it is empty, `check` raised `ValueError` at `shop.py:18`.", READS),
        # What is denied or caught, and what is no exception at all.
        ("No `TypeError` left `shop.py:11`.", ""),
        ("It never raised `TypeError` at `shop.py:11`.", ""),
        ("`take` left `shop.py:11`.", ""),
        ("`TypeError` is what `shop.py:11` is about.", ""),
    ],
)
def test_an_exception_at_a_place(tree, text: str, told: str) -> None:
    """What the run saw leave a line decides, then what a `raise` there says."""
    found = _told(text, tree, RUN)
    if not told:
        assert not found
        return
    (claim,) = found
    ground = f" by {claim.ground.value}" if claim.ground else ""
    assert f"{claim.verdict.value}{ground}: {claim.detail}".startswith(told)


def test_without_a_run_what_was_seen_is_not_judged(tree) -> None:
    """A `raise` is there to read; what left a line is not, and another class is still refuted."""
    verdicts = [
        _told(text, tree)[0].verdict.value
        for text in (
            "`ValueError` left `shop.py:18`",
            "`KeyError` left `shop.py:11`",
            "`KeyError` left `shop.py:18`",
        )
    ]
    assert verdicts == ["verified", "not judged", "refuted"]


@pytest.mark.parametrize(
    "run",
    [
        replace(RUN, is_complete=False),
        replace(RUN, dropped=1),
        replace(RUN, cannot_see=("of the exceptions in one function the first 9 are counted",)),
    ],
)
def test_a_run_that_lost_some_refutes_nothing(tree, run: Recording) -> None:
    """An exception may be among what was not counted; the control is a run that counted all."""
    text = "`PermissionError` left `shop.py:23`"
    assert _told(text, tree, RUN)[0].verdict.value == "refuted"
    assert _told(text, tree, run)[0].verdict.value == "unverifiable"
