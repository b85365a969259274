"""The page: one file that loads nothing, runs nothing of the target's, and shows what it knows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracer.model.evidence import EdgeVerdict, Evidence
from tracer.model.source import qualname_of
from tracer.report.html import render_page
from tracer.report.layout import Rank, box_size, place, rank
from tracer.report.page_graph import page_graph

SAVE = "ptycho/model_manager.py::save"


@pytest.fixture(scope="module")
def page_text(persistence: Evidence, sources: dict[str, str], card: str) -> str:
    return render_page(persistence, sources=sources, card=card)


def _data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="evidence">(.*?)</script>', page)
    assert found
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def _packed_data(page: str) -> dict[str, Any]:
    """Of a large page, whose facts are compressed."""
    found = re.search(r'<script type="text/plain" id="evidence">([A-Za-z0-9+/=]*)</script>', page)
    assert found
    loaded: dict[str, Any] = json.loads(zlib.decompress(b64decode(found[1])))
    return loaded


def test_same_evidence_same_page(
    persistence: Evidence, sources: dict[str, str], card: str, page_text: str
) -> None:
    """Equal evidence gives equal bytes, in this process and under another hash seed."""
    assert render_page(persistence, sources=sources, card=card) == page_text
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import conftest as c\n"
        "from tracer.report.html import render_page\n"
        "maker = c.EvidenceMaker(); evidence = c._persistence(maker)\n"
        "text = render_page(evidence, sources=maker.source_of(), card=c.CARD)\n"
        "sys.stdout.buffer.write(text.encode())"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "77", "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    assert made.stdout.decode() == page_text


def test_page_is_one_offline_file(page_text: str) -> None:
    """A doctype, a policy without network, and nothing that loads: no source, no style sheet."""
    assert page_text.startswith("<!doctype html>\n")
    assert (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
    ) in page_text
    outside_scripts = re.sub(r"<script.*?</script>", "", page_text, flags=re.DOTALL)
    assert "http" not in outside_scripts.replace("http-equiv", "")
    assert not re.search(r"<(?:link|img|iframe|script[^>]*\bsrc)\b", page_text)


def test_page_embeds_source_and_card(page_text: str, card: str) -> None:
    """Source is embedded with the line numbers of its file, the card as it stands."""
    data = _data(page_text)
    assert data["card"] == card
    keys = [row[0] for row in data["nodes"]["rows"]]
    ((first, text, runs),) = data["sources"]["of"][str(keys.index(SAVE))]
    assert first == 430
    assert text.startswith("def save():")
    assert sum(runs[::2]) == len(text)


def test_page_says_why_source_is_missing(persistence: Evidence) -> None:
    """A file that nobody gave is told; it is no blank pane."""
    data = _data(render_page(persistence, sources={}))
    assert "the source of ptycho/model_manager.py was not given" in data["sources"]["of"].values()


def test_secrets_of_the_source_stay_out(persistence: Evidence, sources: dict[str, str]) -> None:
    """A literal beside a secret's name is not quoted."""
    lines = sources["ptycho/model_manager.py"].split("\n")
    lines[431] = '    password = "correct horse battery"'
    told = {**sources, "ptycho/model_manager.py": "\n".join(lines)}
    page = render_page(persistence, sources=told)
    assert "correct horse" not in page


def test_hostile_names_cannot_leave_the_data(hostile: Evidence, empty: Evidence) -> None:
    """No name of the target ends a script, opens a tag, or turns the reading direction."""
    page = render_page(hostile, sources={}, card="</script><b>\u202e")
    control = render_page(empty, sources={})
    for tag in ("</script>", "<script", "<img", "<b>", "<!--", "-->"):
        assert page.count(tag) == control.count(tag)
    assert "\u202e" not in page and "\x00" not in page


def test_empty_answer_still_makes_a_page(empty: Evidence) -> None:
    """An answer without a single function is a page that says so."""
    assert "no interpreter with TensorFlow was given" in render_page(empty, sources={})


def test_page_is_small_at_1300_functions(
    wide: Callable[[int], Evidence], make: Callable[[], Any]
) -> None:
    """At most 1.5 MB, with as much source as there is room for; the rest is told to be left out."""
    evidence = wide(1300)
    text = "def step(first, second):\n" + "    value = first.method(second, 'text')  # why\n" * 900
    sources = {function.path: text for function in evidence.functions}
    page = render_page(evidence, sources=sources, card="card")
    assert len(page.encode()) <= 1_500_000
    data = _packed_data(page)
    shown = data["sources"]["of"].values()
    assert any(isinstance(each, list) for each in shown) and 0 in shown
    assert "room for source is used up" in data["sources"]["noRoom"]


def test_calls_lead_to_the_right() -> None:
    """Each callee stands right of its caller, a cycle's closing link excepted."""
    links = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 1), (4, 0), (4, 3)]
    ranks = rank(5, links, [0])
    layers = [each.layer for each in ranks]
    assert layers == [0, 1, 2, 3, -1]


@pytest.mark.parametrize("count", [1, 40, 400])
def test_boxes_never_overlap(wide: Callable[[int], Evidence], count: int) -> None:
    """However many boxes are shown, none touches another, and no line passes under one."""
    graph = page_graph(wide(count))
    placed = place(range(len(graph.nodes)), graph.ranks, graph.sizes, graph.pairs())
    boxes = [
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for node, (x, y) in placed.boxes.items()
        for width, height in [graph.sizes[node]]
    ]
    boxes.sort()
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            if other[0] >= one[2]:
                break
            assert one[3] <= other[1] or other[3] <= one[1]
    if count > 40:
        return
    for points in placed.ways.values():
        for (left, y), (right, _) in zip(points[::2], points[1::2], strict=True):
            assert not any(
                box[0] < right and left < box[2] and box[1] < y < box[3] for box in boxes
            )


def test_hidden_boxes_leave_no_hole() -> None:
    """What is not shown takes no column: two shown layers stand side by side."""
    ranks = [Rank(0, 0), Rank(5, 0)]
    sizes = [box_size("", "main", "a.py:1"), box_size("Class", "save_model", "a.py:9")]
    placed = place([0, 1], ranks, sizes, [(0, 1)])
    assert placed.ways == {}
    gap = placed.boxes[1][0] - sizes[1][0] / 2 - (placed.boxes[0][0] + sizes[0][0] / 2)
    assert 0 < gap < 120


def test_text_reports_do_without_pyvis() -> None:
    """pyvis pulls IPython, so that nothing but the making of a page imports it."""
    program = (
        "import sys, tracer.report.html, tracer.report.markdown\n"
        "assert 'pyvis' not in sys.modules and 'IPython' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


def test_effects_without_a_call_are_drawn(persistence: Evidence) -> None:
    """A store to module state has no callee, and still a line to the state that it changes."""
    graph = page_graph(persistence)
    state = graph.index["state:ptycho.params.cfg"]
    writers = {graph.nodes[link.caller].name for link in graph.links if link.callee == state}
    assert "ptycho.config.config.update_legacy_dict" in writers
    lonely = replace(persistence, edges=(), chains=())
    kinds = {node.kind for node in page_graph(lonely).nodes}
    assert {"function", "file", "state"} <= kinds


def test_a_way_of_the_page_tells_the_call_that_was_not_taken(
    persistence: Evidence, sources: dict[str, str], card: str
) -> None:
    """With its place and condition, where scripts run and where they do not."""
    cause = "line 370 did not run: `not names` (line 368) was always true"
    edges = tuple(
        replace(edge, verdict=EdgeVerdict.NOT_TAKEN, cause=cause)
        if edge.line == 370 or qualname_of(edge.caller) == "ModelManager.save_model"
        else replace(edge, verdict=EdgeVerdict.CONFIRMED)
        for edge in persistence.edges
    )
    barred = replace(persistence, edges=edges, effect_verdicts=())
    page = render_page(barred, sources=sources, card=card)
    told = "not taken at {0}ptycho/model_manager.py:370{0} (`not names` (line 368) was always true)"
    stops = [chain["stop"] for chain in _data(page)["chains"]]
    assert any(told.format("`") in stop for stop in stops)
    assert told.format("") in page.partition("<noscript>")[2]
    whole = _data(render_page(persistence, sources=sources, card=card))
    assert not any("370" in chain["stop"] for chain in whole["chains"])
