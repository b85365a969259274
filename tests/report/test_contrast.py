"""The report of a comparison: as it stands, and with names that others wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.contrast.conftest import PAIRS, compared
from tracer.model.contrast import ComparedSide, Contrast, Fact, Role, Row, RowVerdict
from tracer.model.evidence import EdgeVerdict
from tracer.model.source import Anchor, FunctionId
from tracer.report.contrast import render_contrast, render_contrast_markdown

_GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("name", ["contrast.md", "contrast.txt"])
def test_golden(name: str) -> None:
    """The report of the pair `bundles`, read line by line when it was put there.

    One that differs is left beside it, to compare and to copy over.
    """
    render = render_contrast_markdown if name.endswith(".md") else render_contrast
    found, golden = render(compared("bundles")), _GOLDEN / name
    beside = golden.with_name(f"{name}.got")
    if golden.is_file() and golden.read_text() == found:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(found)
    pytest.fail(f"{golden}: differs from what came out, {beside}")


@pytest.mark.parametrize("pair", PAIRS)
def test_every_row_is_told_with_its_places(pair: str) -> None:
    """Both documents name every main place and every verdict."""
    contrast = compared(pair)
    for text in (render_contrast(contrast), render_contrast_markdown(contrast)):
        for row in contrast.rows:
            assert row.verdict in text
            for fact in (*row.a, *row.b):
                assert str(fact.anchors[0]).partition("-")[0] in text


def test_hostile_names_stay_text() -> None:
    """Markup, pipes and line breaks in names neither open a tag, nor a cell, nor a line."""
    bad = "<script>x</script> | `y` \n# z"
    fact = Fact(bad, bad, (Anchor("m.py", 1, quote=bad),), seen=EdgeVerdict.CONFIRMED)
    row = Row("t", Role.SAVE, bad, RowVerdict.ONLY_A, (fact,), ())
    side = ComparedSide(bad, "brief", "0" * 64, (FunctionId("m.py::f"),), (), 0, 0)
    contrast = Contrast("s", "1", side, side, (row,), (), ())
    text = render_contrast_markdown(contrast)
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script>" not in page
    assert page.count("<h1>") == 1
    assert page.count("<td>") == 6
    assert "[confirmed]" in text
    assert "\n# z" not in render_contrast(contrast)
