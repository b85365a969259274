"""`callgraph --format html`: the page of a tree that was only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit
from tracer.pipeline.callgraph import callgraph

SHOP = """
import json


def main(path):
    \"\"\"Write the cart.\"\"\"
    if path:
        store(path, isinstance(path, str))
    unknown.thing(path)


def store(path, is_text):
    if isinstance(path, str): json.dump({}, open(path, "w"))


def never():
    return store
"""


@pytest.fixture
def page_path(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/cart.py").write_text(SHOP, encoding="utf-8")
    out = tmp_path / "page.html"
    text = callgraph(tmp_path / "shop", (), "html", output=out)
    assert out.read_text(encoding="utf-8") == text
    assert callgraph(tmp_path / "shop", (), "html") == text
    return out


@pytest.mark.browser
def test_page_of_a_graph(browser: Any, page_path: Path) -> None:
    """It opens on what nobody calls, shows source, and says that nothing was run."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    visit = Visit(context.new_page(), page_path)
    visit.open()
    assert "cart.main" in visit.shown() and "cart.store" in visit.shown()
    assert "No run: a call graph is read, nothing is run" in visit.body()
    visit.find("cart.store")
    body = visit.body()
    assert "not run" in body and "json.dump({}, open(path" in body
    assert visit.requests == [page_path.as_uri()] and visit.errors == []
    context.close()


@pytest.mark.browser
def test_an_effect_belongs_to_its_own_callee(browser: Any, page_path: Path) -> None:
    """Of several calls on one line, the one that writes is the file, not its neighbour."""
    context = browser.new_context()
    visit = Visit(context.new_page(), page_path)
    visit.open()
    kinds = visit.page.evaluate(
        "Object.fromEntries(window.tracerPage.nodes.map(({ name, kind }) => [name, kind]))"
    )
    assert kinds["builtins.isinstance"] == "external"
    assert kinds["builtins.open"] == "file" and kinds["json.dump"] == "file"
    context.close()
