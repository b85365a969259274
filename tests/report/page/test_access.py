"""For those who do not see it, do not point at it, or see it small, large or on paper."""

from __future__ import annotations

import pytest

from tests.report.page.visit import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(sample: Visit, scheme: str) -> None:
    """axe-core, WCAG 2.1 A and AA: on the first view, a function, a table, and the help."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = sample.page
    page.emulate_media(color_scheme=scheme)
    rules = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
        "resultTypes": ["violations"],
    }
    views = (
        ("", ""),
        ("#focus=ptycho%2Fmodel_manager.py%3A%3Asave&tab=function&"
         "select=ptycho%2Fmodel_manager.py%3A%3Asave", ""),
        ("#tab=edges&row=not+taken", ""),
        ("#tab=run", ""),
        ("#tab=artifacts&row=autoencoder%2Fparams.dill", ""),
        ("#tab=path", "?"),
    )  # fmt: skip
    for fragment, key in views if scheme == "light" else views[1::3]:  # colours only
        sample.open(fragment)
        if key:
            page.keyboard.press(key)
        found = axe.run(page, options=rules).response["violations"]
        told = [(each["id"], each["nodes"][0]["html"][:160]) for each in found]
        assert told == [], f"{scheme} {fragment}"
    page.emulate_media(color_scheme=None)


def test_focus_goes_through_in_reading_order(sample: Visit) -> None:
    """Tab: search, tools, graph, legend, panes, facts; each has a visible mark."""
    sample.open()
    stops = []
    for _ in range(40):
        sample.page.keyboard.press("Tab")
        stop, outline = sample.page.evaluate(
            "(() => { const at = document.activeElement;"
            " return [at.id || at.closest('[id]')?.id || '',"
            " getComputedStyle(at).outlineStyle]; })()"
        )
        if not stops or stops[-1] != stop:
            stops.append(stop)
            assert outline != "none", stop
    wanted = ["search", "help", "show-chains", "graph", "legend", "tab-answer", "pane-body"]
    assert [stop for stop in stops if stop in wanted] == wanted


@pytest.mark.parametrize(("width", "height"), [(720, 450), (390, 840), (1024, 700)])
def test_small_screens_and_zoom(sample: Visit, width: int, height: int) -> None:
    """At 200 % of a laptop's screen, on a phone, on a tablet: nothing sticks out sideways."""
    sample.page.set_viewport_size({"width": width, "height": height})
    sample.open("#select=ptycho%2Fmodel_manager.py%3A%3Asave&tab=function")
    wide = sample.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert sample.painted_pixels() > 500
    assert "Callers (5)" in sample.body()
    sample.page.evaluate("document.getElementById('pane-body').lastElementChild.scrollIntoView()")
    top = sample.page.evaluate("document.getElementById('tabs').getBoundingClientRect().top")
    assert 0 <= top < height  # the panes stay at hand
    sample.page.set_viewport_size({"width": 1440, "height": 900})


def test_paper_is_white(sample: Visit) -> None:
    """Printed from a dark screen: dark ink on white, the facts in full, no buttons."""
    sample.page.emulate_media(color_scheme="dark")
    sample.open("#tab=edges")
    sample.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sample.page.emulate_media(media="print")
    background, tools, overflow = sample.page.evaluate(
        "['body', '#tools', '#pane-body'].map((name, index) => getComputedStyle("
        "document.querySelector(name))[['backgroundColor', 'display', 'overflow'][index]])"
    )
    assert (background, tools, overflow) == ("rgb(255, 255, 255)", "none", "visible")
    sample.page.emulate_media(media="screen", color_scheme=None)
    sample.page.evaluate("dispatchEvent(new Event('afterprint'))")
