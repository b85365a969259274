"""The same fields in other forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.brief.anchors import anchors_in_cell, anchors_in_item
from tracer.brief.draft import list_of, unquoted
from tracer.brief.question import mentions_of, question_brief, question_shape
from tracer.brief.read import read_brief
from tracer.errors import BriefError
from tracer.model.brief import Brief, QuestionShape
from tracer.tables.words import load_words


def read(tmp_path: Path, text: str, name: str = "brief.md") -> Brief:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_brief(path)


FENCED = """\
# Run this prompt

Run it with variables:

```
analysis_question: "Why are normalized values higher than reference? Focus: scaling."
initiative_id: "cli-scaling"
scope_hints: ["CLI flags", "normalization"]
namespace_filter: "<project primary package>"
time_budget_minutes: 30
```
"""
BOLD = """\
**Analysis Question:** Why are normalized values
higher than reference? Focus: scaling.

**initiative_id**: cli-scaling
**scope_hints:** CLI flags, normalization
**time_budget_minutes:** 30 min
"""
FRONT = """\
---
analysis_question: "Why are normalized values higher than reference? Focus: scaling."
initiative_id: cli-scaling
scope_hints: [CLI flags, normalization]
time_budget_minutes: 30
---
# Any text
"""
NESTED = """\
## Question
> Why are normalized values higher than reference? Focus: scaling.

## Inputs
- `initiative_id` (required): cli-scaling
- `scope_hints`:
  - CLI flags
  - normalization
- <time_budget_minutes> (optional): 30
"""
TABLE = """\
## Question
Why are normalized values higher than reference? Focus: scaling.

## Parameters
| Name | Value |
| --- | --- |
| initiative_id | `cli-scaling` |
| scope_hints | `["CLI flags", "normalization"]` |
| time_budget_minutes | 30 |
"""
YAML = """\
question: "Why are normalized values higher than reference? Focus: scaling."
parameters:
  initiative-id: cli-scaling
  scope_hints:
    - CLI flags
    - normalization
  time_budget_minutes: 30
colour: green
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fenced.md", FENCED),
        ("bold.md", BOLD),
        ("front.md", FRONT),
        ("nested.md", NESTED),
        ("table.md", TABLE),
        ("brief.yaml", YAML),
        ("crlf.md", FENCED.replace("\n", "\r\n")),
    ],
)
def test_every_form_says_the_same(tmp_path: Path, name: str, text: str) -> None:
    """Fences, bold names, front matter, lists, tables and YAML give one brief."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    brief = read_brief(path)
    assert brief.question == ("Why are normalized values higher than reference? Focus: scaling.")
    assert brief.initiative_id == "cli-scaling"
    assert brief.scope_hints == ("CLI flags", "normalization")
    assert brief.time_budget_minutes == 30.0
    assert brief.namespaces == ()  # a placeholder was never filled in
    assert brief.shape is QuestionShape.DIVERGENCE


def test_yaml_lists(tmp_path: Path) -> None:
    """YAML has anchors and deliverables as texts or as mappings."""
    brief = read(
        tmp_path,
        "question: who calls save?\n"
        "anchors:\n"
        "  - shop/a.py:3-9\n"
        "  - {path: shop/b.py, symbol: B.save, note: writes it}\n"
        "deliverables: [summary.md, {path: dynamic.txt, optional: true}]\n"
        "namespaces: [shop, tools]\n"
        "gating: [nothing starts before]\n",
        "brief.yml",
    )
    assert [
        (a.path, a.line, a.end_line, a.symbol, a.note, a.brief_line) for a in brief.anchors
    ] == [
        ("shop/a.py", 3, 9, "", "", 3),
        ("shop/b.py", None, None, "B.save", "writes it", 4),
    ]
    assert [(d.path, d.is_optional) for d in brief.deliverables] == [
        ("summary.md", False),
        ("dynamic.txt", True),
    ]
    assert brief.namespaces == ("shop", "tools")
    assert brief.gating == ("nothing starts before",)


def test_several_questions(tmp_path: Path) -> None:
    """A list under the heading is one question; prose that asks nothing is not part of it."""
    brief = read(tmp_path, "## Question\n\n1. Who saves?\n2. Who loads?\n\nBackground.\n")
    assert brief.question == "Who saves? Who loads?"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("`a/b.py`", [("a/b.py", None, None, "", "")]),
        ("`a/b.py:7`", [("a/b.py", 7, None, "", "")]),
        ("`a/b.py:7-9`", [("a/b.py", 7, 9, "", "")]),
        ("`a/b.py:7\u20139`", [("a/b.py", 7, 9, "", "")]),
        ("`a/b.py:9-7`", [("a/b.py", 7, 9, "", "")]),
        ("`a/b.py:7,12-14`", [("a/b.py", 7, None, "", ""), ("a/b.py", 12, 14, "", "")]),
        ("`a/b.py::C.m:74`", [("a/b.py", 74, None, "C.m", "")]),
        ("`a/b.py::C.m`", [("a/b.py", None, None, "C.m", "")]),
        ("`a/b.py#L3-L5`", [("a/b.py", 3, 5, "", "")]),
        ("`a/b.md \u00a74.5`", [("a/b.md", None, None, "", "\u00a74.5")]),
        ("`a/b.md` \u00a74.5", [("a/b.md", None, None, "", "\u00a74.5")]),
        ("`a/b.md` (D3 rows)", [("a/b.md", None, None, "", "D3 rows")]),
        ("`a/b.py` (lines 70-71)", [("a/b.py", 70, 71, "", "")]),
        ("b.py", [("b.py", None, None, "", "")]),
        ("`a.py`, `b.py:2`", [("a.py", None, None, "", ""), ("b.py", 2, None, "", "")]),
        ("`Manager.save`", []),
        ("the loader", []),
    ],
)
def test_forms_of_anchors(
    written: str, expected: list[tuple[str, int | None, int | None, str, str]]
) -> None:
    """Each form in which authors write a place; what is no path is no anchor."""
    found = anchors_in_cell(written, "", 1)
    assert [(a.path, a.line, a.end_line, a.symbol, a.section) for a in found] == expected


def test_anchor_of_an_item() -> None:
    """Behind the dash stands the rationale."""
    (anchor,) = anchors_in_item("`a/b.py:7` \u2014 where it is saved", 4)
    assert (anchor.path, anchor.line, anchor.note) == ("a/b.py", 7, "where it is saved")


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("How does the workflow produce and consume `a.zip`?", QuestionShape.INVENTORY),
        ("who writes wts.h5.zip?", QuestionShape.INVENTORY),
        ("Where does the forward model apply FFT?", QuestionShape.INVENTORY),
        ("Capture the orchestration callchain of `run_cdi_example`.", QuestionShape.INVENTORY),
        (
            "Why does the CLI run miss the /steps normalization while targeted tests pass?",
            QuestionShape.DIVERGENCE,
        ),
        (
            "Stage A vs reconstruction: why does raw output differ by 18 %?",
            QuestionShape.DIVERGENCE,
        ),
        (
            "Why do Stage B modifiers and Stage C offsets fail to reduce chi-squared?",
            QuestionShape.VALUE_FLOW,
        ),
        (
            "Map the path from gradcheck to loss; where do gradient tensors cross modules?",
            QuestionShape.VALUE_FLOW,
        ),
    ],
)
def test_shape_of_a_question(question: str, shape: QuestionShape) -> None:
    """The wording tells what kind of answer is wanted."""
    assert question_shape(question, load_words()) is shape


def test_mentions() -> None:
    """Code spans, and what looks like code in prose; products, versions and `e.g.` do not."""
    found = mentions_of(
        "Does TensorFlow (e.g. 2.18) call `save()`, Manager.load, load_bundle() or `a b` "
        "for wts.h5.zip in src/shop/io.py?"
    )
    assert found == ("save", "Manager.load", "load_bundle", "a b", "wts.h5.zip", "src/shop/io.py")


def test_bare_question() -> None:
    """A question needs nothing else."""
    brief = question_brief("who writes\n wts.h5.zip?", hints=("save",), namespaces=("shop",))
    assert brief.question == "who writes wts.h5.zip?"
    assert brief.mentions == ("wts.h5.zip",)
    assert (brief.scope_hints, brief.namespaces) == (("save",), ("shop",))
    with pytest.raises(BriefError, match=r"^question: expected a sentence, found an empty one$"):
        question_brief("  ")


def test_own_words(tmp_path: Path) -> None:
    """A user's table adds to ours."""
    table = tmp_path / "words.toml"
    table.write_text('[headings]\nquestion = ["frage"]\n', encoding="utf-8")
    path = tmp_path / "brief.md"
    path.write_text("## Unsere Frage\nHow save is called\n", encoding="utf-8")
    assert read_brief(path, tables=[table]).question == "How save is called"
    with pytest.raises(BriefError, match="expected an analysis question"):
        read_brief(path)


@given(st.lists(st.text(alphabet="abc XYZ_.-", min_size=1).map(str.strip).filter(bool), min_size=1))
def test_lists_come_back(items: list[str]) -> None:
    """A list as JSON comes back item by item."""
    import json

    assert list_of(f"`{json.dumps(items)}`") == tuple(items)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail otherwise than with one line."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name in ("brief.md", "brief.yaml"):
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8", errors="ignore")
            try:
                assert read_brief(path).question
            except BriefError as error:
                assert "\n" not in str(error)


@given(st.text(max_size=30))
def test_unquoting_twice_changes_nothing(text: str) -> None:
    """What encloses the whole text is taken off at once."""
    assert unquoted(unquoted(text)) == unquoted(text)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("How does `save` write?\n", "How does `save` write?"),
        ("# Analysis question\n\nHow does `save` write\n", "How does `save` write"),
        ("# T\n\nSome words.\n\nWho calls `save`?\n\n- scope_hints: save\n", "Who calls `save`?"),
        ("# T\n\nSo what?\n\n## Question\nWho calls `save`\n", "Who calls `save`"),
        ("So what?\n\n- analysis_question: Who calls `save`?\n", "Who calls `save`?"),
    ],
)
def test_a_short_brief_needs_no_heading(tmp_path: Path, text: str, question: str) -> None:
    """A title `Question`, or the one sentence that asks, will do; a heading or a field of ours
    comes before."""
    path = tmp_path / "brief.md"
    path.write_text(text, encoding="utf-8")
    assert read_brief(path).question == question


def test_which_of_two_questions_is_not_guessed(tmp_path: Path) -> None:
    """Two sentences that ask, and no word which is meant: the author must say."""
    path = tmp_path / "brief.md"
    path.write_text("Who calls `save`?\n\nWho calls `load`?\n", encoding="utf-8")
    with pytest.raises(BriefError, match="expected an analysis question"):
        read_brief(path)
