"""What a developer asks, by keyboard alone: three interactions, and the answer is on the screen.

An interaction is a key or a word that is typed. The bundle is that of `reports/ptycho_mini`.
"""

from __future__ import annotations

import pytest

from tests.report.page.visit import Visit

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def opened(sample: Visit) -> Visit:
    sample.open()
    return sample


def test_who_calls_save(sample: Visit) -> None:
    """`/ save Enter`: the callers with their lines, the run's one confirmed."""
    sample.find("model_manager.save")
    seen = sample.in_view()
    assert "Callers (5)" in seen
    for caller in ("mock_train 39", "trained 22", "train_model 14", "training.train.main 45"):
        assert caller in seen
    assert "confirmed, 1 call" in seen


def test_path_from_a_to_b(sample: Visit) -> None:
    """`/ A > B Enter`: the chain, step by step with lines and verdicts."""
    sample.find("mock_train.main > ModelManager.save_model")
    assert "The shortest path: 4 steps" in sample.in_view()
    assert sample.in_view().count("confirmed") >= 4
    assert len(sample.shown()) == 5


def test_no_path_and_why(sample: Visit) -> None:
    """The workflow does not lead to the saving: siblings, and the frontier of the whole tree."""
    sample.find("run_cdi_example > model_manager.save")
    seen = sample.in_view()
    assert "NO PATH from ptycho.workflows.components.run_cdi_example" in seen
    assert "Siblings: both are led to from" in seen and "mock_train" in seen
    assert "Over the whole tree: no path. 14 calls on the way are open" in seen


def test_which_line_writes_a_member(sample: Visit) -> None:
    """`/ params.dill Enter`: the member's row is marked, with place and value."""
    sample.find("params.dill")
    row = sample.page.inner_text(".chosen")
    assert "params.dill" in row and "ptycho/model_manager.py:45" in row and "params_dict" in row
    assert "params_dict" in sample.in_view()


def test_what_changed_the_state_while_loading(sample: Visit) -> None:
    """`/ params.cfg Enter`: each change that the run saw, with keys, values and callers."""
    sample.find("params.cfg")
    seen = sample.in_view()
    assert "Changes that runs saw, in their order" in seen
    assert "ptycho/model_manager.py:72" in seen and "ModelManager.load_multiple_models" in seen


def test_which_edges_were_not_taken_and_why(sample: Visit) -> None:
    """`/ not taken Enter`: the edges with the reason beside each."""
    sample.find("not taken")
    seen = sample.in_view()
    assert "Edges not taken (13)" in seen
    assert "line 98 did not run" in seen and "was always true" in seen


def test_what_was_verified(sample: Visit) -> None:
    """The card stands there from the start."""
    seen = sample.in_view()
    assert "VERDICT verified with gaps" in seen
    assert "NO PATH" in seen and "open call sites" in seen


def test_which_sites_are_open(sample: Visit) -> None:
    """`8`: the open call sites, each with its reason."""
    sample.page.keyboard.press("8")
    seen = sample.in_view()
    assert "Call sites with no known callee" in seen and "unknown receiver" in seen


def test_what_leads_to_an_effect(sample: Visit) -> None:
    """`/ archive.write Enter`: only what leads there is drawn, and the lines are listed."""
    sample.find("archive.write")
    assert "What leads from entry points to archive.write" in sample.in_view()
    shown = sample.shown()
    assert "zipfile.ZipFile.write" in shown and "torch.load" not in shown
    assert "zipfile.ZipFile.write" in sample.in_view().replace(" ", "")


def test_when_it_ran(sample: Visit) -> None:
    """`/ save Enter 9`: four keys would do it by hand, three when the function is chosen."""
    sample.open("#select=ptycho%2Fmodel_manager.py%3A%3Asave")
    sample.page.keyboard.press("9")
    sample.page.wait_for_selector(".tree .chosen")
    seen = sample.in_view()
    assert "save from line 39" in seen and "ModelManager.save_multiple_models from line 215" in seen


def test_what_a_tap_read(sample: Visit) -> None:
    """`7`: expected beside observed, what differs first."""
    sample.page.keyboard.press("7")
    seen = sample.in_view()
    assert "Values read in live frames" in seen and "as expected" in seen


def test_walk_along_a_chain(sample: Visit) -> None:
    """Arrows: from an entry point to what it calls; the pane follows."""
    sample.page.keyboard.press("ArrowDown")
    sample.page.keyboard.press("ArrowDown")
    sample.page.keyboard.press("ArrowRight")
    assert "scripts.mock_train.mock_train scripts/mock_train.py:29" in sample.in_view()


def test_source_with_its_call_lines(sample: Visit) -> None:
    """`s` on a chosen function: its source, the calls marked and linked."""
    sample.open("#select=ptycho%2Fmodel_manager.py%3A%3AModelManager.save_multiple_models")
    sample.page.keyboard.press("s")
    line = sample.page.locator(".source [data-line='124']")
    assert "marked" in (line.get_attribute("class") or "")
    assert "→ ModelManager.save_model ✓" in line.inner_text()
    box = line.bounding_box()
    assert box and 0 < box["y"] < 900


def test_copy_a_place(sample: Visit) -> None:
    """`y` on a chosen function: `path:line` is on the clipboard, and the page says so."""
    sample.open("#select=ptycho%2Fmodel_manager.py%3A%3Asave")
    sample.page.keyboard.press("y")
    sample.page.wait_for_function(
        "() => document.getElementById('hover-note').textContent.startsWith('Copied')"
    )
    assert sample.page.evaluate("navigator.clipboard.readText()") == "ptycho/model_manager.py:172"


def test_help_tells_the_keys(sample: Visit) -> None:
    """`?`: every key; Escape closes."""
    sample.page.keyboard.press("?")
    assert "copy the view as Mermaid" in sample.in_view()
    sample.page.keyboard.press("Escape")
    assert not sample.page.locator("#dialog").is_visible()
    assert sample.errors == []
