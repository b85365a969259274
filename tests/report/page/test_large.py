"""Large graphs: small files, an early first paint, and only what is in focus on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit
from tracer.model.evidence import Evidence
from tracer.report.html import render_page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("count", "most_bytes"), [(1300, 800_000), (20_000, 2_500_000)])
def test_large_page_paints_soon(
    browser: Any,
    wide: Callable[[int], Evidence],
    tmp_path: Path,
    count: int,
    most_bytes: int,
) -> None:
    """First paint within a second or two (six on a busy machine), and a refocus at once."""
    path = tmp_path / "index.html"
    path.write_text(render_page(wide(count), sources={}), encoding="utf-8")
    assert path.stat().st_size <= most_bytes
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    visit = Visit(page, path)
    visit.open()
    painted = page.evaluate("performance.getEntriesByName('painted')[0].startTime")
    assert painted < 6000
    assert visit.painted_pixels() > 500 and visit.overlaps() == []
    page.evaluate(
        "() => { const { nodes, change } = window.tracerPage;"
        " const start = nodes.find((each) => each.name.endsWith('.step_0'));"
        " change({ focus: start.key, callers: '3', callees: '6' }); }"
    )
    page.wait_for_function(
        "() => document.getElementById('view-note').textContent.includes('Around')"
    )
    assert 2 < len(visit.shown()) <= 150 and visit.overlaps() == []
    assert "more within these steps are not drawn" in page.inner_text("#view-note")
    visit.find("step_1299")
    assert "big.module_64.step_1299" in visit.in_view() and visit.errors == []
    page.close()
