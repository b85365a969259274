"""The page in a browser: what is drawn, where it stands, what the panes say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit
from tracer.model.evidence import Evidence
from tracer.report.layout import place
from tracer.report.page_graph import page_graph

pytestmark = pytest.mark.browser

SAVE = "ptycho/model_manager.py::save"


@pytest.mark.parametrize(
    ("scheme", "width", "height"),
    [("light", 1280, 800), ("dark", 1280, 800), ("light", 420, 860)],
)
def test_page_paints_without_a_request(
    browser: Any, page_text: str, tmp_path: Path, scheme: str, width: int, height: int
) -> None:
    """Light, dark and narrow: boxes on the canvas, none over another, no request, no error."""
    path = tmp_path / "index.html"
    path.write_text(page_text, encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
    visit = Visit(context.new_page(), path)
    visit.open()
    assert visit.requests == [path.as_uri()]
    assert visit.errors == []
    assert visit.painted_pixels() > 500
    assert len(visit.shown()) >= 15
    assert visit.overlaps() == []
    assert visit.cut_labels() == []
    canvas = visit.page.evaluate(
        "() => { const box = document.querySelector('#graph canvas').getBoundingClientRect();"
        " return [box.width, document.documentElement.scrollWidth]; }"
    )
    assert canvas[0] <= width and canvas[1] <= width
    context.close()


def test_first_view_is_the_chains(visit: Visit) -> None:
    """The page opens on entry points, chains and the state they touch, not on everything."""
    visit.open()
    shown = visit.shown()
    assert "scripts.train.main" in shown and "dill.dump" in shown
    assert "ptycho.params.cfg" in shown
    assert "print" not in shown and "ptycho.nbutils.reconstruct_image" not in shown
    assert "VERDICT verified with gaps" in visit.in_view()


def test_python_and_page_place_alike(visit: Visit, persistence: Evidence) -> None:
    """The placing is written twice; both give the same boxes and bends for the same view."""
    visit.open()
    graph = page_graph(persistence)
    for ids in (graph.first, range(len(graph.nodes))):
        boxes, ways = visit.page.evaluate(
            """(ids) => {
              const { place } = window.tracerPage;
              const { boxes, ways } = place(new Set(ids));
              return [[...boxes].map(([id, { x, y }]) => [id, x, y]), [...ways]];
            }""",
            list(ids),
        )
        placed = place(ids, graph.ranks, graph.sizes, graph.pairs())
        assert {id_: (x, y) for id_, x, y in boxes} == placed.boxes
        assert {
            (graph.links[link].caller, graph.links[link].callee): tuple(map(tuple, points))
            for link, points in ways
        } == placed.ways


def test_search_finds_by_keyboard(visit: Visit) -> None:
    """`/`, a few letters, Enter: the function's neighbourhood, its facts and its source."""
    visit.open()
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type("save_multiple")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('save_multiple_models')")
    body = page.inner_text("#pane-body")
    assert "ptycho.model_manager.ModelManager.save_multiple_models" in body
    assert "Callers (1)" in body and "467" in body and "confirmed" in body
    assert page.inner_text("#pane-body .source [data-line='370']").startswith("370")
    assert "marked" in page.get_attribute("#pane-body .source [data-line='370']", "class")
    assert visit.overlaps() == [] and visit.errors == []
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    assert "Nothing of that name" in page.inner_text("#found")


def test_no_path_is_an_answer(visit: Visit) -> None:
    """From the workflow to `save` there is none; said with siblings and frontier."""
    visit.open()
    page = visit.page
    page.click("#tab-path")
    page.fill("#path-from", "ptycho.workflows.components.run_workflow")
    page.fill("#path-to", "ptycho.model_manager.save")
    page.keyboard.press("Enter")
    page.wait_for_selector("#no-path")
    body = page.inner_text("#pane-body")
    assert "NO PATH from ptycho.workflows.components.run_workflow" in body
    assert "both are led to from train.main" in body
    assert "open call site" in body
    page.fill("#path-from", "scripts.train.main")
    page.fill("#path-to", "h5py.File")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.body.innerText.includes('The shortest path: 4 steps')")
    assert len(visit.shown()) == 5


def test_cones_are_separate(visit: Visit) -> None:
    """Callers off leaves the callees alone, and the other way round."""
    visit.open("#focus=" + SAVE.replace("/", "%2F") + "&callers=0&callees=1&outside=none")
    assert sorted(visit.shown()) == [
        "ptycho.model_manager.ModelManager.save_multiple_models",
        "ptycho.model_manager.save",
        "ptycho.params.get",
    ]
    visit.page.click("#callers-more")
    visit.page.uncheck("#callees-on")
    assert sorted(visit.shown()) == ["ptycho.model_manager.save", "scripts.train.main"]


def test_hash_restores_the_view(visit: Visit) -> None:
    """The address holds the whole state: opened elsewhere it shows the same; back goes back."""
    visit.open()
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type("load_model")
    page.keyboard.press("Enter")
    page.click("#callees-more")
    page.click("#tab-effects")
    fragment = page.evaluate("location.hash")
    shown = visit.shown()
    body = page.inner_text("#pane-body")
    visit.open(fragment)
    assert visit.shown() == shown
    assert page.inner_text("#pane-body") == body
    assert page.inner_text("#callees-depth") == "3"
    page.click("#show-chains")
    assert visit.shown() != shown
    page.go_back()
    page.wait_for_function("() => document.getElementById('callees-depth').textContent === '3'")
    assert visit.shown() == shown
    visit.open("#focus=gone.py::gone&callers=x")
    assert visit.errors == [] and "scripts.train.main" in visit.shown()


def test_every_pane_has_its_facts(visit: Visit) -> None:
    """Effects, artefacts, taps and open sites each stand in a table of their own."""
    visit.open()
    facts = {
        "effects": "ptycho.params.cfg.update",
        "artifacts": "diffraction_to_obj/params.dill",
        "taps": "differs int 18",
        "open": "getattr(layers, name)",
    }
    for tab, fact in facts.items():
        visit.page.click(f"#tab-{tab}")
        assert fact in visit.page.inner_text("#pane-body")
    assert visit.errors == []


def test_without_javascript_the_chains_stand_as_text(
    browser: Any, page_text: str, tmp_path: Path
) -> None:
    """With scripts off the page still tells the chains and where the rest stands."""
    path = tmp_path / "index.html"
    path.write_text(page_text, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    text = page.inner_text("noscript")
    assert "callchain/static.md" in text and "save_multiple_models" in text
    context.close()
