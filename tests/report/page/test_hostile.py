"""A target that names things to break the page: nothing runs, everything is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit
from tracer.model.evidence import Evidence
from tracer.report.html import render_page

pytestmark = pytest.mark.browser


def test_hostile_target_runs_nothing(browser: Any, hostile: Evidence, tmp_path: Path) -> None:
    """Names that hold tags, quotes and bidi marks are shown on every pane and run nowhere."""
    path = tmp_path / "index.html"
    text = "x = '</script><script>alert(1)</script>' # \u202e\n" * 20
    page_text = render_page(
        hostile,
        sources={each.path: text for each in hostile.functions},
        card="</script>",
        trees=["$ python </script>\n# x\n\n</script><b> (a\u202eb.py:1) from line 3\n"],
    )
    path.write_text(page_text, encoding="utf-8")
    page = browser.new_page()
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    visit = Visit(page, path)
    visit.open()
    for key in (each.id for each in hostile.functions):
        page.evaluate(
            "(name) => { const { nodes, change } = window.tracerPage;"
            " const node = nodes.find((each) => each.name.includes(name));"
            " change({ focus: node.key, select: node.key, tab: 'function' }); }",
            "main" if key.endswith("::main") else "odd",
        )
        page.wait_for_timeout(50)
        assert "alert(1)" in page.inner_text("#pane-body")
    page.keyboard.press("Z")  # names of files become boxes
    for tab in page.evaluate("[...document.querySelectorAll('[role=tab]')].map((each) => each.id)"):
        page.click(f"#{tab}")
        assert page.inner_text("#pane-body").strip()
    page.keyboard.press("/")
    page.keyboard.type("<img")
    assert "<img src=x onerror=alert(1)>" in page.inner_text("#found")
    page.keyboard.press("Escape")
    mermaid = page.evaluate("window.tracerPage.mermaidText()")
    assert mermaid.startswith("flowchart LR") and "<img" not in mermaid and "#60;img" in mermaid
    assert alerts == [] and visit.errors == []
    assert page.query_selector("img") is None
    page.close()
