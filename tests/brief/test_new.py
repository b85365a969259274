"""A new brief reads back as what was given, in both forms."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tracer.brief.new import FORMS, Outline, new_brief
from tracer.brief.read import parse_brief, read_closely
from tracer.brief.schema import brief_schema
from tracer.errors import BriefError
from tracer.tables.words import load_words

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "brief-1.json"
SUFFIX = {"markdown": "brief.md", "yaml": "brief.yaml"}

FULL = Outline(
    question="How does `save` write `out.zip`, and who reads it?",
    initiative_id="STORE-7",
    scope_hints=("Archive", "load model"),
    roi_hint='the "mock" run; not the training',
    namespaces=("shop", "shop_web"),
    time_budget_minutes=2.5,
    anchors=("shop/store.py:12-40 - the writer", "shop/store.py::Store.load", "docs/spec.md §4.5"),
    tasks=("List the members of the archive.", "Say who reads each."),
    ledgers=("docs/findings.md",),
    gating=("Phase 2 may not start until `docs/plan.md` refers to the summary.",),
)


@pytest.mark.parametrize("form", FORMS)
def test_everything_that_was_given_is_read(form: str) -> None:
    """Fields, places with their rationale, sentences; and nothing is left a placeholder."""
    close = read_closely(Path(SUFFIX[form]), new_brief(FULL, form).encode())
    brief = close.brief
    assert (brief.question, brief.initiative_id) == (FULL.question, "STORE-7")
    assert (brief.scope_hints, brief.roi_hint) == (FULL.scope_hints, FULL.roi_hint)
    assert (brief.namespaces, brief.time_budget_minutes) == (("shop", "shop_web"), 2.5)
    places = [(anchor.path, anchor.line, anchor.symbol) for anchor in brief.anchors]
    assert places[:2] == [("shop/store.py", 12, ""), ("shop/store.py", None, "Store.load")]
    assert (brief.anchors[0].note, brief.anchors[2].section) == ("the writer", "§4.5")
    assert (brief.tasks, brief.gating) == (FULL.tasks, FULL.gating)
    assert "docs/findings.md" in brief.ledgers
    assert (close.unfilled, close.unknown) == ((), ())


@pytest.mark.parametrize("form", FORMS)
def test_what_was_not_given_is_a_placeholder_and_counts_as_nothing(form: str) -> None:
    """A template with a question is a brief; without one it is none until somebody asks."""
    close = read_closely(Path(SUFFIX[form]), new_brief(Outline("who calls `f`?"), form).encode())
    bare = parse_brief(Path("bare.md"), b"who calls `f`?")
    for field in ("question", "shape", "mentions", "initiative_id", "scope_hints", "roi_hint"):
        assert getattr(close.brief, field) == getattr(bare, field)
    assert close.brief.anchors == close.brief.tasks == close.brief.gating == ()
    assert {"initiative_id", "roi_hint", "time_budget_minutes"} <= {f for f, _ in close.unfilled}
    with pytest.raises(BriefError, match="expected an analysis question"):
        parse_brief(Path(SUFFIX[form]), new_brief(Outline(), form).encode())


@given(question=st.text(max_size=40), hint=st.text(min_size=1, max_size=10))
def test_it_reads_back_or_is_refused(question: str, hint: str) -> None:
    """Whatever the text: never a brief that asks something else."""
    for form in FORMS:
        try:
            text = new_brief(Outline(question, scope_hints=(hint,)), form)
        except BriefError as error:
            assert len(str(error).splitlines()) == 1
            continue
        if question.strip():
            brief = parse_brief(Path(SUFFIX[form]), text.encode())
            assert (brief.question, brief.scope_hints) == (" ".join(question.split()), (hint,))


def test_a_heading_is_no_question_in_markdown() -> None:
    """What a form cannot say is refused, with the form; YAML can say it."""
    with pytest.raises(BriefError, match="markdown"):
        new_brief(Outline("# who calls?"), "markdown")
    assert "# who calls?" in new_brief(Outline("# who calls?"), "yaml")


def test_the_schema_is_the_one_of_the_code() -> None:
    """What is published is what the table of words says today."""
    assert json.loads(SCHEMA.read_text("utf-8")) == brief_schema(load_words())


_GOOD = """
question: ["how is it saved?", "by whom?"]
inputs: {initiative: 7, hints: a}
anchors: [a.py:3, {file: b.py, lines: 3-4, why: there}]
outputs: [{path: x/summary.md, optional: true}]
some_other_tool: {key: [1, 2]}
"""


@pytest.mark.parametrize(
    "text", [_GOOD, new_brief(FULL, "yaml"), "parameters: {analysis question: x}", "question: q"]
)
def test_what_is_read_fits_the_schema(text: str) -> None:
    """Every spelling with `_` for a space; what other tools add is allowed."""
    parse_brief(Path("b.yaml"), text.encode())
    data = yaml.safe_load(text.replace("analysis question", "analysis_question"))
    jsonschema.validate(data, brief_schema(load_words()))


@pytest.mark.parametrize(
    "text",
    [
        "initiative_id: x",
        "question: {a: b}",
        "question: q\nanchors: [{lines: 3}]",
        "question: q\nscope_hints: {a: b}",
        "question: q\ntime_budget_minutes: -1",
    ],
)
def test_what_is_refused_does_not_fit_it(text: str) -> None:
    """The control: reader and schema refuse the same."""
    with pytest.raises(BriefError):
        parse_brief(Path("b.yaml"), text.encode())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), brief_schema(load_words()))
