"""Filters, folding, paths, copying, editor, theme: what makes a page one's own."""

from __future__ import annotations

import pytest

from tests.report.page.visit import Visit

pytestmark = pytest.mark.browser


def test_legend_switches_hide_lines(sample: Visit) -> None:
    """A verdict that is off is neither drawn nor followed, and the view says so."""
    sample.open()
    before = set(sample.shown())
    sample.page.click("#legend button:has-text('undecided')")
    assert "Lines hidden: undecided." in sample.page.inner_text("#view-note")
    shown = set(sample.shown())
    assert shown < before and "zipfile.ZipFile.writestr" in before - shown
    button = sample.page.locator("#legend button:has-text('undecided')")
    assert button.get_attribute("aria-pressed") == "false"
    sample.page.go_back()
    sample.page.wait_for_function("() => !location.hash.includes('hide')")
    assert set(sample.shown()) == before


def test_filter_by_module(sample: Visit) -> None:
    """Only functions of the module, and what they touch outside."""
    sample.open()
    sample.page.click("#filters summary")
    sample.page.fill("#module", "model_manager")
    sample.page.keyboard.press("Enter")
    sample.page.wait_for_function("() => location.hash.includes('module=')")
    inside = [name for name in sample.shown() if name.startswith(("ptycho.", "scripts."))]
    assert inside and all("model_manager" in name or "params" in name or "ptycho.model." in name
                          for name in inside)  # fmt: skip
    assert "Filters (1)" in sample.page.inner_text("#filters summary")


def test_modules_fold_and_unfold(sample: Visit) -> None:
    """`Z` draws each file as one box, Enter opens one; links between the same two are one line."""
    sample.open()
    functions = set(sample.shown())
    sample.page.keyboard.press("Z")
    folded = set(sample.shown())
    assert "ptycho/model_manager.py" in folded and len(folded) < len(functions)
    assert "ptycho.model_manager.save" not in folded and "dill.dump" in folded
    assert sample.overlaps() == [] and sample.cut_labels() == []
    pairs = sample.page.evaluate(
        "(() => { const { network } = window.tracerPage;"
        " return network.body.edgeIndices.filter((id) => id.endsWith('/0')).length; })()"
    )
    assert pairs < 40
    sample.open("#fold=*&select=module%3Aptycho%2Fmodel_manager.py")
    sample.page.keyboard.press("Enter")
    sample.page.wait_for_function("() => location.hash.includes('fold=*%2Cptycho')")
    assert "ptycho.model_manager.save" in sample.shown()
    assert sample.errors == []


def test_all_shortest_paths(visit: Visit) -> None:
    """Each shortest chain is listed and drawn; their number is told."""
    visit.open()
    visit.find("train.main > h5py.File")
    told = visit.in_view()
    assert "shortest path" in told and "4 steps" in told
    assert len(visit.shown()) >= 5 and visit.overlaps() == []
    visit.page.click("text=Other way round")
    visit.page.wait_for_selector("#no-path")
    assert "The other way round there is one: 4 steps" in visit.body()


def test_state_survives_a_click_on_the_way(visit: Visit) -> None:
    """A box of a path can be read without losing the path."""
    visit.open()
    visit.find("train.main > h5py.File")
    shown = visit.shown()
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_function("() => location.hash.includes('select=')")
    assert visit.shown() == shown


def test_mermaid_of_the_view(visit: Visit) -> None:
    """What is copied is what is drawn, with lines and verdicts."""
    visit.open("#focus=ptycho%2Fmodel_manager.py%3A%3Asave&callers=0&callees=1")
    visit.page.keyboard.press("m")
    visit.page.wait_for_function(
        "() => document.getElementById('hover-note').textContent.startsWith('Copied')"
    )
    text = visit.page.evaluate("navigator.clipboard.readText()")
    lines = text.splitlines()
    assert lines[0] == "flowchart LR"
    assert (
        len([line for line in lines if "-->" in line or "==>" in line or "-.->" in line])
        == len(visit.shown()) - 1
    )
    assert "467 confirmed" in text and "ptycho/model_manager.py:430" in text


def test_editor_is_asked_once_and_kept(visit: Visit) -> None:
    """The page knows no folder of the machine; it asks, keeps it in the browser, and opens."""
    visit.open("#select=ptycho%2Fmodel_manager.py%3A%3Asave")
    page = visit.page
    page.keyboard.press("o")
    page.fill("#editor", "javascript:alert(1)")
    page.fill("#root", "/src/my project/")
    page.click("#dialog button[type=submit]")
    assert page.locator("#dialog").is_visible()  # refused: no address of an editor
    page.fill("#editor", "vscode://file/{root}/{path}:{line}")
    page.click("#dialog button[type=submit]")
    assert not page.locator("#dialog").is_visible()
    address = page.evaluate(
        "(() => { const { nodes, byKey, editorAddress } = window.tracerPage;"
        " return editorAddress(nodes[byKey.get('ptycho/model_manager.py::save')]); })()"
    )
    assert address == "vscode://file//src/my%20project/ptycho/model_manager.py:430"
    page.evaluate("localStorage.clear()")


def test_theme_is_switched_and_kept(visit: Visit) -> None:
    """`t` repaints the canvas, too, and the next visit opens as this one was left."""
    visit.open()
    pixel = "getComputedStyle(document.body).backgroundColor"
    light = visit.page.evaluate(pixel)
    visit.page.keyboard.press("t")
    dark = visit.page.evaluate(pixel)
    assert light != dark and visit.painted_pixels() > 500
    visit.open()
    assert visit.page.evaluate(pixel) == dark
    visit.page.evaluate("localStorage.clear()")


def test_call_tree_folds(sample: Visit) -> None:
    """Deep calls wait behind a button; the tree's own words say what the run was."""
    sample.open("#tab=run")
    page = sample.page
    assert "$ python scripts/mock_train.py" in sample.in_view()
    hidden = page.locator(".tree li[hidden]").count()
    page.locator(".tree button[aria-expanded=false]:visible").first.click()
    assert page.locator(".tree li[hidden]").count() < hidden


def test_times_only_when_given(sample: Visit) -> None:
    """No clock time is in the page; `trace/timings.json` shows them when it is chosen."""
    sample.open("#tab=run")
    file = {
        "name": "timings.json",
        "mimeType": "application/json",
        "buffer": b'{"seconds": {"static": 2.5}}',
    }
    assert "2.5" not in sample.page.inner_text("#pane-body table, #pane-body .quiet")
    sample.page.set_input_files("input[type=file]", file)
    sample.page.wait_for_selector("td:has-text('2.5')")
    sample.page.set_input_files("input[type=file]", {**file, "buffer": b"no"})
    sample.page.wait_for_selector("text=expected trace/timings.json of this bundle")
