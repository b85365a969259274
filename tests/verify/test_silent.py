"""Each sentence of a document is judged, or listed as not judged."""

from __future__ import annotations

import pytest

from tracer.report.verdicts import render_annotated, render_verification
from tracer.verify.documents import verify_document
from tracer.verify.markdown import read_units
from tracer.verify.marks import marks_of
from tracer.verify.sentences import sentences_of

SHOP = "def read(path):\n    return open(path).read()\n\n\ndef show(path):\n    print(read(path))\n"


@pytest.fixture
def tree(make_tree):
    return make_tree({"shop.py": SHOP})


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("`read` (`shop.py:1`) is there. Nothing is lost on the way.", ["Nothing is lost on the"]),
        ("Nothing is lost. `read` (`shop.py:1`) is there.", ["Nothing is lost."]),
        ("`show` calls `read`. Much else is said of `read`.", ["Much else is said of `read`."]),
        ("See `shop.py:1`. See `shop.py:1` again.", []),
        ("It is two things, e.g. `read` (`shop.py:1`), i.e. `shop.py:5`.", []),
        ("Calls `show` → `read`; all else is of no use.", []),
        ("Nothing here.\n\n- nor here\n", ["Nothing here.", "nor here"]),
        ("## A heading says nothing\n\n---\n", []),
        ("```\nsome text\nof a terminal\n```\n", ["some text of a terminal"]),
        ("| a | b |\n|---|---|\n| `shop.py:1` | why it is so |\n", []),
        ("| a | b |\n|---|---|\n| this | that |\n", ["this", "that"]),
        (
            "| a | b |\n|---|---|\n| `shop.py:1` | It reads. By `shop.py:2`. So be it. |\n",
            ["It reads.", "So be it."],
        ),
    ],
)
def test_what_holds_no_claim_is_listed(tree, text: str, silent: list[str]) -> None:
    """A place in one sentence does not speak for the next; what is listed is what is counted."""
    found = verify_document("d.md", text, tree, None)
    assert found.not_judged == len(found.silent) == len(silent)
    assert all(each.text.startswith(told) for each, told in zip(found.silent, silent, strict=True))


def test_a_sentence_is_listed_with_its_line_and_cut(tree) -> None:
    """The line is that of the sentence, not that of the paragraph."""
    text = f"`read` (`shop.py:1`) is there.\nAnd {'more ' * 40}is said.\n"
    (silent,) = verify_document("d.md", text, tree, None).silent
    assert silent.line == 2
    assert len(silent.text) == 100
    assert silent.text.endswith("…")


def test_both_forms_of_the_report_list_them(tree) -> None:
    """The short one with the reason, and no more than twenty; the annotated one all, in order."""
    text = "Nothing here.\n\n`shop.py:1`\n\n`nowhere.txt:3`\n" + "\nNor here.\n" * 25
    found = verify_document("d.md", text, tree, None)
    short, annotated = render_verification(found), render_annotated(found)
    assert "  d.md:1  Nothing here.  — no form that can be judged\n" in short
    assert "  d.md:5  NOT JUDGED  nowhere.txt:3  — no file `nowhere.txt` in the tree\n" in short
    assert short.count("Nor here.") == 18
    assert "… 20 of 27 shown; --format annotated shows all" in short
    assert "judged   1 of 28 claims, sentences and cells; 26 hold no form that can be" in short
    assert annotated.index("Nothing here.") < annotated.index("shop.py:1") < annotated.index("Nor")
    assert annotated.count("Nor here.") == 25


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two? Three!", ["One. ", "Two? ", "Three!"]),
        ("It is `a`. `b` is next.", ["It is `a`. ", "`b` is next."]),
        ("See a.py:3. See e.g. `b`, cf. `c`.", ["See a.py:3. ", "See e.g. `b`, cf. `c`."]),
        ("Version 3.11 of it, about 2.5 s.", ["Version 3.11 of it, about 2.5 s."]),
        ("(One.) Two.", ["(One.) ", "Two."]),
        ("It etc. goes on.", ["It etc. goes on."]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    """No character is lost; a sentence may begin with a code span, never in lower case."""
    (unit,) = read_units(text)
    found = sentences_of(marks_of(unit.pieces))
    said = [
        "".join(f"`{mark.text}`" if mark.is_code else mark.text for mark in each) for each in found
    ]
    assert said == parts
