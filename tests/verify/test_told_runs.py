"""What a document says that a run showed, beside the recording: each word, and its control."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import (
    Frame,
    ObservedCall,
    ObservedExternal,
    ObservedLines,
    Recording,
    StandIns,
)
from tracer.model.source import Span
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document
from tracer.verify.run_words import (
    RunWord,
    told_before,
    told_behind,
    told_in_cell,
    told_of_function,
)

FILES = {
    "shop.py": """
        import json


        def work(n):
            if n > 100:
                price(n)
            for each in range(n):
                price(
                    each,
                )
            clean(n)
            return json.dumps(n)


        def price(n):
            return n


        def clean(n):
            return price(n) if n > 9 else n


        def never():
            work(3)
            clean(1)


        def stream(n):
            yield n


        class Box:
            @property
            def size(self):
                return price(1)

            @size.setter
            def size(self, value):
                clean(value)


        def main():
            work(3)
            box = Box()
            box.size = 3
            for each in stream(2):
                clean(each)
    """,
}
MODULE = Frame("shop.py", "shop", "<module>", 1)
WORK = Frame("shop.py", "shop", "work", 4)
PRICE = Frame("shop.py", "shop", "price", 15)
CLEAN = Frame("shop.py", "shop", "clean", 19)
STREAM = Frame("shop.py", "shop", "stream", 28)
SETTER = Frame("shop.py", "shop", "Box.size", 37)
MAIN = Frame("shop.py", "shop", "main", 42)
CALLS = (
    ObservedCall(None, MAIN, 0, None, 1, 1, through="program"),
    ObservedCall(MAIN, WORK, 43, None, 1, 2),
    ObservedCall(WORK, PRICE, 8, None, 3, 3),
    ObservedCall(WORK, CLEAN, 11, None, 1, 4),
    ObservedCall(MAIN, SETTER, 45, None, 1, 5),
    ObservedCall(SETTER, CLEAN, 39, None, 1, 6),
    ObservedCall(MAIN, STREAM, 46, None, 2, 7, how="resume"),
    ObservedCall(MAIN, CLEAN, 47, None, 1, 8),
)
LINES = (
    ObservedLines(MAIN, 1, (43, 44, 45, 46, 47)),
    ObservedLines(WORK, 1, (5, 7, 8, 11, 12)),
    ObservedLines(PRICE, 3, (16,)),
    ObservedLines(CLEAN, 3, (20,)),
    ObservedLines(SETTER, 1, (39,)),
    ObservedLines(STREAM, 1, (29,)),
)
RUN = Recording(Workload("w1", ("shop.py",)), True, calls=CALLS, lines=LINES)
OK, MOVED, REFUTED = ClaimVerdict.VERIFIED, ClaimVerdict.MOVED, ClaimVerdict.REFUTED
OPEN, NOT_JUDGED = ClaimVerdict.UNVERIFIABLE, ClaimVerdict.NOT_JUDGED


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


def _runs(text: str, tree: SourceTree, recordings: Sequence[Recording] = (RUN,)) -> list[Claim]:
    found = verify_document("d", text, tree, None, recordings)
    return [claim for claim in found.claims if claim.kind is ClaimKind.RUN]


@pytest.mark.parametrize(
    ("text", "verdict", "detail"),
    [
        ("`work` → `price` at `shop.py:8` (confirmed)", OK, "seen at shop.py:8"),
        ("`work` → `price` at `shop.py:9` (confirmed)", OK, "seen at shop.py:8"),
        ("`work` → `price` at `shop.py:6` (confirmed)", MOVED, "saw it at shop.py:8, and not"),
        ("At `shop.py:6`, `work` calls `price` (confirmed)", MOVED, "saw it at shop.py:8"),
        ("`work` → `price` (`shop.py:6`, seen in the run)", MOVED, "saw it at shop.py:8"),
        ("`work` → `price` at line 6 — confirmed.", MOVED, "saw it at shop.py:8"),
        ("`price` is called by `work` (`shop.py:6`, confirmed)", MOVED, "saw it at shop.py:8"),
        ("`work` → `price` at `shop.py:6,8` (confirmed)", MOVED, "not at line 6"),
        ("`work` → `price` at `shop.py:7-8` (confirmed)", OK, "seen at shop.py:8"),
        ("`work` → `price` (confirmed)", OK, "seen at shop.py:8"),
        ("`never` → `work` (confirmed)", REFUTED, "never never ran"),
        ("`clean` → `price` (confirmed)", REFUTED, "no run saw clean call it"),
        ("`main` → `price` (confirmed)", OK, "seen through others"),
        ("`main` → `Box.size` (confirmed)", OK, "seen at shop.py:45"),
        ("`main` → `stream` at `shop.py:47` (confirmed)", OPEN, "from which line"),
        ("`work` → `json.dumps` (confirmed)", OPEN, "its line ran"),
        ("`work` → `price` at `shop.py:6` (not taken)", OK, "work ran, this call did not"),
        ("`work` → `price` at `shop.py:8` (not taken)", REFUTED, "saw it at shop.py:8, 3 times"),
        ("`work` → `price`: not taken", REFUTED, "saw it at shop.py:8, 3 times"),
        ("`never` → `work` was never reached.", OK, "its caller never ran"),
        ("`main` → `work`: not reached", REFUTED, "saw it at shop.py:43, 1 time"),
        ("`main` → `work` (not seen)", REFUTED, "1 time"),
        ("`work` → `json.dumps`: not taken", OPEN, "no frame"),
        ("Confirmed: `never` → `work`", REFUTED, "never never ran"),
        ("Not taken: `work` → `price`", REFUTED, "3 times"),
        ("`work` → `price` (seen 3 times)", OK, "3 calls"),
        ("`work` → `price` (seen 4 times)", REFUTED, "the run saw 3 calls at shop.py:8"),
        ("`work` → `price` (confirmed, 4 calls)", REFUTED, "3 calls"),
        ("`work` → `price` (×3)", OK, "3 calls"),
        ("`work` → `price` (×2)", OK, "3 calls"),  # two call sites are written
        ("`work` → `price` (×5)", REFUTED, "3 calls"),
        ("`main` → `stream` (seen twice)", OPEN, "a generator"),
        ("`main` → `work` (seen under stand-ins)", REFUTED, "no run under stand-ins"),
        ("`never` was not reached.", OK, "no run entered it"),
        ("`work` was not reached.", REFUTED, "it ran 1 time"),
        ("`work` was exercised in the run", OK, "it ran 1 time"),
        ("`never` was reached.", REFUTED, "no run entered it"),
        ("`never` (seen)", REFUTED, "no run entered it"),
        ("`clean` → `price`: 3 calls", NOT_JUDGED, "call sites"),
        ("`work` → `clean`: 3 calls", REFUTED, "1 call"),
        ("`price` never ran", REFUTED, "it ran 3 times"),
        ("`price` ran 3 times", OK, "entered it 3 times"),
        ("`price` ran 4 times", REFUTED, "entered it 3 times"),
        ("`price` is called 4 times", OK, "entered it 3 times"),  # at so many places
        ("`price` is called 5 times", REFUTED, "entered it 3 times"),
    ],
)
def test_a_word_is_judged_by_the_recording(
    tree, text: str, verdict: ClaimVerdict, detail: str
) -> None:
    """Beside a recording no such word is taken on trust, and what none can show is open."""
    (claim,) = _runs(text, tree)
    assert claim.verdict is verdict, claim
    assert detail in claim.detail
    assert (claim.ground is Ground.RUN) == (verdict in (OK, MOVED, REFUTED))


@pytest.mark.parametrize(
    "text",
    [
        "`work` → `price`, which is confirmed by the schema of the table",
        "`work` → `price`",
        "`work` calls `price` once the list is not empty",
        "The value is confirmed: `work`",
        "`price`: not reached at `shop.py:6`",  # the line is meant, perhaps
    ],
)
def test_other_words_tell_of_no_run(tree, text: str) -> None:
    """A word in the middle of a sentence is prose."""
    assert _runs(text, tree) == []


def test_a_chain_has_the_word_for_all_its_hops(tree) -> None:
    """Every hop of a confirmed chain was seen; one that was not taken was not seen as a whole."""
    right = _runs("`main` → `work` → `price` (confirmed)", tree)
    assert [claim.verdict for claim in right] == [OK, OK]
    wrong = _runs("`never` → `work` → `price` (confirmed)", tree)
    assert [claim.verdict for claim in wrong] == [REFUTED, OK]
    (untaken,) = _runs("`never` → `work` → `price` (not taken)", tree)
    assert untaken.verdict is OK
    (taken,) = _runs("`main` → `work` → `price` (not taken)", tree)
    assert taken.verdict is REFUTED


def test_each_call_has_its_own_word(tree) -> None:
    """A word speaks of what stands before it, and not of the next call."""
    text = "`main` → `work` (confirmed), `never` → `work` (not reached), `never` → `clean` (seen)"
    assert [claim.verdict for claim in _runs(text, tree)] == [OK, OK, REFUTED]


def test_rows_of_tables(tree) -> None:
    """From and To, and an arrow in a cell: the cell with the word speaks of the row's call."""
    rows = [
        "| From | To | Anchor | Verdict |",
        "|---|---|---|---|",
        "| `work` | `price` | `shop.py:6` | confirmed |",
        "| `work` | `price` | `shop.py:8` | confirmed, exact, 3 calls |",
        "| `work` | `price` | `shop.py:8` | not taken: `n > 100` |",
        "",
        "| edge | anchors | verdict |",
        "|---|---|---|",
        "| `work` → `price` | `shop.py:6`, defined `shop.py:15` | confirmed, definite |",
        "| `work` → `price` | `shop.py:8`, defined `shop.py:15` | confirmed, definite, 2 calls |",
    ]
    found = _runs("\n".join(rows), tree)
    assert [claim.verdict for claim in found] == [MOVED, OK, REFUTED, MOVED, REFUTED]


def test_a_row_of_a_call_and_its_line(tree) -> None:
    """The caller is the function in which the line stands."""
    rows = [
        "| call | line | verdict |",
        "|---|---|---|",
        "| `price` | `shop.py:6` | confirmed |",
        "| `price` | `shop.py:8` | confirmed |",
        "| `clean` | `shop.py:11` | not taken |",
        "| `work` | `shop.py:4` | confirmed |",  # its definition: of no call
    ]
    found = _runs("\n".join(rows), tree)
    assert [claim.verdict for claim in found] == [MOVED, OK, REFUTED]
    assert found[0].text == "work → price at shop.py:6: confirmed"


def test_without_a_recording_nothing_is_judged(tree) -> None:
    """The word is counted, and not believed."""
    for text in ("`work` → `price` (confirmed)", "`work` was not reached"):
        (claim,) = _runs(text, tree, [])
        assert claim.verdict is NOT_JUDGED
        assert "no recording" in claim.detail


def test_a_tree_that_has_changed_since_the_run(make_tree) -> None:
    """Frames are known by their lines: of a function that moved they say nothing."""
    tree = make_tree({"shop.py": "# two lines\n# more\n" + dedent(FILES["shop.py"])})
    (claim,) = _runs("`never` → `work` (confirmed)", tree)
    assert claim.verdict is OPEN
    assert "another line" in claim.detail


def test_outside_the_namespace_nothing_is_seen(tree) -> None:
    """A run that recorded another package says nothing of this one."""
    call = ObservedCall(None, Frame("other.py", "other", "f", 1), 0, None, 1, 1)
    run = Recording(Workload("w", ("other.py",)), True, calls=(call,), namespaces=("other",))
    for text in ("`main` → `work` (confirmed)", "`work` was not reached"):
        (claim,) = _runs(text, tree, [run])
        assert claim.verdict is OPEN
        assert "outside the recorded namespace" in claim.detail


def test_a_run_under_stand_ins_confirms_nothing(tree) -> None:
    """What fabricated modules made happen is told under its own name alone."""
    run = Recording(
        Workload("w1", ("shop.py",)), True, calls=CALLS, lines=LINES, stand_ins=StandIns((), ())
    )
    (confirmed,) = _runs("`main` → `work` (confirmed)", tree, [run])
    assert confirmed.verdict is OPEN
    (told,) = _runs("`main` → `work` (seen under stand-ins)", tree, [run])
    assert told.verdict is OK


def test_what_is_outside_the_tree(tree) -> None:
    """A function in Python has a frame; its line tells of one in C."""
    seen = ObservedExternal(WORK, 12, None, "json.dumps", 1, 9)
    run = Recording(Workload("w1", ("shop.py",)), True, calls=CALLS, externals=(seen,), lines=LINES)
    (right,) = _runs("`work` → `json.dumps` (confirmed)", tree, [run])
    assert right.verdict is OK
    (wrong,) = _runs("`work` → `json.dumps` (not taken)", tree, [run])
    assert wrong.verdict is REFUTED
    early = Recording(
        Workload("w1", ("shop.py",)), True, calls=CALLS, lines=(ObservedLines(WORK, 1, (5,)),)
    )
    (not_there,) = _runs("`work` → `json.dumps` at `shop.py:12` (confirmed)", tree, [early])
    assert (not_there.verdict, not_there.detail) == (REFUTED, "line 12 did not run")


def test_the_words() -> None:
    """The forms, each with its number."""
    behind = {
        " (confirmed)": (RunWord.CONFIRMED, None),
        " - confirmed": (RunWord.CONFIRMED, None),
        " at \0 (not taken)": (RunWord.NOT_TAKEN, None),
        " (**confirmed**, 1,234 calls)": (RunWord.CONFIRMED, 1234),
        " was observed twice.": (RunWord.CONFIRMED, 2),
        " (called three times)": (RunWord.COUNTED, 3),
        ": unconfirmed": (RunWord.UNSEEN, None),
        " (seen only under stand-ins)": (RunWord.STAND_INS, None),
    }
    for text, wanted in behind.items():
        told = told_behind(text)
        assert told is not None and (told.word, told.times) == wanted, text
    assert told_behind(", as seen by the caller") is None
    cell = told_in_cell("confirmed, definite exact, 3 calls")
    assert cell is not None and (cell.word, cell.times) == (RunWord.CONFIRMED, 3)
    assert told_in_cell("seen by nobody") is None
    before = told_before("It is so. Not reached: ")
    assert before is not None and before.word is RunWord.NOT_REACHED
    of_function = told_of_function(" ran twice")
    assert of_function is not None and of_function.times == 2
    assert told_of_function(": not reached") is not None
    assert told_of_function(": not reached", needs_verb=True) is None


AROUND = """
    def price(n):
        return n


    def fill(found, look):
        found.update(
            price(found)
        )
        found.update(look(found)); found.clear()
"""
FILL = Frame("fill.py", "fill", "fill", 5)
SPANNED = Frame("fill.py", "fill", "price", 1)


def _spanned(line: int, column: int, end_column: int) -> ObservedCall:
    span = Span(line, column, line, end_column)
    return ObservedCall(FILL, SPANNED, line, span, 1, 1)


@pytest.mark.parametrize(
    ("seen", "text", "told"),
    [
        # The call around it stands one line above, and is another.
        (_spanned(7, 8, 20), "`fill` → `price` at `fill.py:7`", "`price` is called at line 7"),
        (_spanned(9, 17, 28), "`fill` → `price` at `fill.py:9`", "`look` is called at line 9"),
        # Where no columns tell, a line of several calls does not say which of them it was.
        (ObservedCall(FILL, SPANNED, 7, None, 1, 1), "`fill` → `price` at `fill.py:7`", "`price`"),
    ],
)
def test_the_call_that_a_run_saw_is_no_other_of_its_line(
    make_tree, seen: ObservedCall, text: str, told: str
) -> None:
    """The ground of a call's place is that call, by another name perhaps, and no neighbour."""
    lines = (ObservedLines(FILL, 1, (6, 7, 9)), ObservedLines(SPANNED, 1, (2,)))
    run = Recording(Workload("w1", ("fill.py",)), True, calls=(seen,), lines=lines)
    tree = make_tree({"fill.py": AROUND})
    found = verify_document("d", f"{text} (confirmed)", tree, None, [run]).claims
    (place,) = [claim for claim in found if claim.kind is ClaimKind.ANCHOR]
    assert (place.verdict, place.ground) == (OK, Ground.RUN)
    assert place.detail.startswith(told)


def test_a_way_over_others_is_not_the_call_at_a_place(make_tree) -> None:
    """The call that stands there did not run; without a place the way is what is meant."""
    tree = make_tree(
        {
            "q.py": """
                def low(n):
                    return n
                def mid(n):
                    return low(n)
                def top(n):
                    if n:
                        low(n)
                    mid(n)
            """
        }
    )
    low, mid, top = (
        Frame("q.py", "q", name, line) for name, line in (("low", 1), ("mid", 3), ("top", 5))
    )
    calls = (
        ObservedCall(None, top, 0, None, 1, 1, through="program"),
        ObservedCall(top, mid, 8, None, 1, 2),
        ObservedCall(mid, low, 4, None, 1, 3),
    )
    lines = tuple(
        ObservedLines(frame, 1, (line,)) for frame, line in ((low, 2), (mid, 4), (top, 8))
    )
    run = Recording(Workload("w1", ("q.py",)), True, calls=calls, lines=lines)
    (through,) = _runs("`top` → `low` (confirmed)", tree, (run,))
    assert (through.verdict, through.detail) == (OK, "seen through others: top → mid → low")
    (at_place,) = _runs("`top` → `low` at `q.py:7` (confirmed)", tree, (run,))
    assert (at_place.verdict, at_place.detail) == (REFUTED, "low ran, but no run saw top call it")
