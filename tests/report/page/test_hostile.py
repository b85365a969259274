"""A target that names things to break the page: nothing runs, everything is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit
from tracer.model.evidence import Evidence
from tracer.report.html import render_page
from tracer.report.quoting import visible

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


@pytest.mark.parametrize(
    "name",
    [
        "${alert(1)}`${alert(1)}`",
        "<!--<script>alert(1)//-->",
        "]]>alert(1)<![CDATA[",
        "a\u2028alert(1)\u2029b",
        "\ud800lone\udfff",
        "n" * 500,
        "w_" * 250,
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "</title></textarea><svg onload=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
        "*,a&focus=b#tab=run,%00",
        "'onclick=alert(1) \"onfocus=alert(1)",
        "\U0001f469\u200d\U0001f680\u0301\ufe0f",
    ],
    ids=lambda name: ascii(name[:12]),
)
def test_odd_names_are_shown_as_they_are(
    browser: Any, hostile_named: Callable[[str], Evidence], tmp_path: Path, name: str
) -> None:
    """Each name on the graph, in every pane, in addresses, and folded: none runs or errs."""
    evidence = hostile_named(name)
    path = tmp_path / "index.html"
    text = f"def f():\n    pass  # {name}\n" * 8
    page_text = render_page(
        evidence,
        sources={each.path: text for each in evidence.functions},
        card=name,
        trees=[f"$ python {name}\n# x\n\n{name} (a.py:1) from line 3\n"],
    )
    path.write_text(page_text, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    visit = Visit(page, path)
    visit.open()
    shown = visible(name)
    assert visit.overlaps() == [] and visit.cut_labels() == []
    keys = page.evaluate("window.tracerPage.nodes.map(({ key }) => key)")
    assert any(shown in key for key in keys)
    for key in keys:
        page.evaluate(
            "(key) => window.tracerPage.change({ focus: key, select: key, tab: 'function' })", key
        )
        address = page.url
        assert _words(shown) in _words(page.inner_text("#pane-body"))
        assert visit.overlaps() == [] and visit.cut_labels() == []
        visit.open(address.partition("index.html")[2])
        focus = page.evaluate("new URLSearchParams(location.hash.slice(1)).get('focus')")
        assert focus == key and "Around" in page.inner_text("#view-note")
    for tab in page.evaluate("[...document.querySelectorAll('[role=tab]')].map((each) => each.id)"):
        page.click(f"#{tab}")
        assert page.inner_text("#pane-body").strip()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.click("#show-chains")
    for _ in range(2):  # names of files become boxes, and functions again
        before = set(visit.shown())
        page.keyboard.press("Z")
        assert set(visit.shown()) != before and visit.overlaps() == []
    page.keyboard.press("Z")
    group = page.evaluate(
        "window.tracerPage.nodes.find("
        "({ kind, path }) => kind === 'group' && path !== 'pkg/odd.py').key"
    )
    page.evaluate("(key) => window.tracerPage.change({ select: key, tab: 'function' })", group)
    page.focus("#graph")
    page.keyboard.press("z")  # this one opens alone
    assert "pkg/odd.py" in visit.shown()
    assert group.removeprefix("module:") not in visit.shown()
    assert alerts == [] and visit.errors == []
    assert page.query_selector("img, svg, #pane-body [onclick], #pane-body [onfocus]") is None
    page.close()


def _words(text: str) -> str:
    """The text without the places where a line may break."""
    return "".join(text.split())
