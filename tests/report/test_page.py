"""The page: one file that loads nothing, runs nothing of the target's, and shows what it knows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracer.model.evidence import Evidence
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
    data = _data(page)
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


# ------------------------------------------------------------------------- in a real browser


class Visit:
    """A page as a person sees it, with everything that went wrong noted."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.path = path
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and self.errors.append(message.text)
            ),
        )

    def open(self, fragment: str = "") -> None:
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(self.path.as_uri() + fragment)
        self.page.wait_for_selector("html[data-painted=yes]")

    def painted_pixels(self) -> int:
        """Pixels of the canvas that are not blank."""
        return int(
            self.page.evaluate(
                """() => {
                  const canvas = document.querySelector('#graph canvas');
                  const data = canvas.getContext('2d')
                    .getImageData(0, 0, canvas.width, canvas.height).data;
                  let painted = 0;
                  for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
                  return painted;
                }"""
            )
        )

    def overlaps(self) -> list[list[str]]:
        """Pairs of boxes that touch, as vis-network itself measures them."""
        found: list[list[str]] = self.page.evaluate(
            """() => {
              const { network, nodes } = window.tracerPage;
              const boxes = network.body.nodeIndices.filter((id) => nodes[id])
                .map((id) => [nodes[id].name, network.getBoundingBox(id)]);
              const found = [];
              boxes.forEach(([name, a], index) => boxes.slice(index + 1).forEach(([other, b]) => {
                if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                  found.push([name, other]);
              }));
              return found;
            }"""
        )
        return found

    def shown(self) -> list[str]:
        """Names of the boxes that are drawn."""
        found: list[str] = self.page.evaluate(
            "() => { const { network, nodes } = window.tracerPage;"
            " return network.body.nodeIndices.filter((id) => nodes[id])"
            ".map((id) => nodes[id].name); }"
        )
        return found


@pytest.fixture
def visit(browser: Any, page_text: str, tmp_path: Path) -> Iterator[Visit]:
    path = tmp_path / "index.html"
    path.write_text(page_text, encoding="utf-8", newline="\n")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Visit(context.new_page(), path)
    context.close()


@pytest.mark.browser
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
    canvas = visit.page.evaluate(
        "() => { const box = document.querySelector('#graph canvas').getBoundingClientRect();"
        " return [box.width, document.documentElement.scrollWidth]; }"
    )
    assert canvas[0] <= width and canvas[1] <= width
    context.close()


@pytest.mark.browser
def test_first_view_is_the_chains(visit: Visit) -> None:
    """The page opens on entry points, chains and the state they touch, not on everything."""
    visit.open()
    shown = visit.shown()
    assert "scripts.train.main" in shown and "dill.dump" in shown
    assert "ptycho.params.cfg" in shown
    assert "print" not in shown and "ptycho.nbutils.reconstruct_image" not in shown
    assert "VERDICT  verified with gaps" in visit.page.inner_text("#pane-body")


@pytest.mark.browser
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


@pytest.mark.browser
def test_search_finds_by_keyboard(visit: Visit) -> None:
    """`/`, a few letters, Enter: the function's neighbourhood, its facts and its source."""
    visit.open()
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type("save_multiple")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('save_multiple_models')")
    body = page.inner_text("#pane-body")
    assert "ptycho.model_manager.ModelManager.save_multiple_models" in body
    assert "Callers (1)" in body and "467" in body and "confirmed" in body
    assert page.inner_text("#pane-body .source [data-line='370']").startswith("370")
    assert "marked" in page.get_attribute("#pane-body .source [data-line='370']", "class")
    assert visit.overlaps() == [] and visit.errors == []
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    assert "Nothing of that name" in page.inner_text("#found")


@pytest.mark.browser
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
    assert "both are called by train.main" in body
    assert "open call site" in body
    page.fill("#path-from", "scripts.train.main")
    page.fill("#path-to", "h5py.File")
    page.keyboard.press("Enter")
    page.wait_for_function("document.body.innerText.includes('The shortest path: 4 steps')")
    assert len(visit.shown()) == 5


@pytest.mark.browser
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


@pytest.mark.browser
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
    page.wait_for_function("document.getElementById('callees-depth').textContent === '3'")
    assert visit.shown() == shown
    visit.open("#focus=gone.py::gone&callers=x")
    assert visit.errors == [] and "scripts.train.main" in visit.shown()


@pytest.mark.browser
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


@pytest.mark.browser
def test_hostile_target_runs_nothing(browser: Any, hostile: Evidence, tmp_path: Path) -> None:
    """Names that hold tags, quotes and bidi marks are shown on every pane and run nowhere."""
    path = tmp_path / "index.html"
    text = "x = '</script><script>alert(1)</script>' # \u202e\n" * 20
    page_text = render_page(
        hostile, sources={each.path: text for each in hostile.functions}, card="</script>"
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
    for tab in ("answer", "path", "effects", "artifacts", "taps", "open"):
        page.click(f"#tab-{tab}")
    assert alerts == [] and visit.errors == []
    assert page.query_selector("img") is None
    page.close()


@pytest.mark.browser
def test_large_page_paints_soon(
    browser: Any, wide: Callable[[int], Evidence], tmp_path: Path
) -> None:
    """1 300 functions: first paint within a second (three on a busy machine), refocus at once."""
    path = tmp_path / "index.html"
    path.write_text(render_page(wide(1300), sources={}), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    visit = Visit(page, path)
    visit.open()
    painted = page.evaluate("performance.getEntriesByName('painted')[0].startTime")
    assert painted < 3000
    assert visit.painted_pixels() > 500 and visit.overlaps() == []
    page.evaluate(
        "() => { const { nodes, change } = window.tracerPage;"
        " change({ focus: nodes[700].key, callers: '3', callees: '4' }); }"
    )
    page.wait_for_function("document.getElementById('view-note').textContent.includes('Around')")
    assert len(visit.shown()) <= 150 and visit.overlaps() == []
    page.close()


@pytest.mark.browser
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


def test_effects_without_a_call_are_drawn(persistence: Evidence) -> None:
    """A store to module state has no callee, and still a line to the state that it changes."""
    graph = page_graph(persistence)
    state = graph.index["state:ptycho.params.cfg"]
    writers = {graph.nodes[link.caller].name for link in graph.links if link.callee == state}
    assert "ptycho.config.config.update_legacy_dict" in writers
    lonely = replace(persistence, edges=(), chains=())
    kinds = {node.kind for node in page_graph(lonely).nodes}
    assert {"function", "file", "state"} <= kinds
