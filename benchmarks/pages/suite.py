"""Medians of several loads in a real Chromium, one row for each graph and way of drawing it."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pages.floors import library_alone, same_bytes
from benchmarks.pages.graphs import Drawn, generated, of_package
from benchmarks.pages.peers import MOST_PYVIS, cytoscape_library, cytoscape_page, pyvis_page
from tracer.report.html import render_page
from tracer.report.page_graph import PageGraph, page_graph

REPORT = Path(__file__).resolve().parents[1] / "PAGE.md"
# Of our page: the first picture is shown, vis-network has drawn, keys and panes answer.
_MARKS = ("painted", "living", "interactive")
_REFOCUS = """([ids, steps]) => new Promise(async (done) => {
  const times = [];
  for (const id of ids) {
    const start = performance.now();
    const drawn = new Promise((go) => tracerPage.network.once('afterDrawing', go));
    tracerPage.change({ focus: tracerPage.nodes[id].key, select: tracerPage.nodes[id].key,
      callees: steps, tab: 'function' });
    await drawn;
    times.push(performance.now() - start);
  }
  done(times);
})"""
_CYTOSCAPE_REFOCUS = """(ids) => new Promise(async (done) => {
  const times = [];
  for (const id of ids) times.push(await window.refocus(String(id)));
  done(times);
})"""


@dataclass(frozen=True, slots=True)
class Row:
    """One graph, drawn one way; times in milliseconds, None where it did not come to that."""

    graph: str
    way: str
    megabytes: float | None
    painted: float | None
    interactive: float | None
    refocus: float | None
    note: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, action="append", default=[], help="a folder")
    parser.add_argument("--generated", type=int, action="append", default=[])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--longest", type=float, default=60.0, help="seconds for one load")
    parser.add_argument("--out", type=Path, default=REPORT)
    chosen = parser.parse_args(arguments)
    graphs = [of_package(each) for each in chosen.package]
    graphs += [generated(count) for count in chosen.generated]
    if not graphs:
        parser.error("give --package FOLDER or --generated COUNT")
    library = cytoscape_library()
    rows: list[Row] = []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = os.environ.get("TRACER_BROWSER") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for drawn in graphs:
            for row in _rows(browser, drawn, Path(folder) / "page.html", library, chosen):
                print(_line(row), flush=True)
                rows.append(row)
        version = browser.version
        browser.close()
    chosen.out.write_text(_report(rows, version, chosen.repeats, library is None), "utf-8")
    return 0


def _rows(
    browser: Any, drawn: Drawn, page: Path, library: str | None, chosen: argparse.Namespace
) -> list[Row]:
    start = time.perf_counter()
    text = render_page(drawn.evidence, sources=drawn.sources)
    built = time.perf_counter() - start
    graph = page_graph(drawn.evidence)
    name = f"{drawn.name}: {len(drawn.evidence.functions):,} functions, {len(graph.links):,} lines"
    functions = [number for number, node in enumerate(graph.nodes) if node.kind == "function"]
    ids = functions[:: max(1, len(functions) // 21)][:21]

    def measured(
        way: str,
        text: str,
        refocus: Callable[[Any], list[float]] | None,
        marks: Sequence[str] = ("painted",),
    ) -> Row:
        page.write_text(text, encoding="utf-8")
        size = len(text.encode()) / 1e6
        kept: list[tuple[float, float, list[float]]] = []
        for _ in range(chosen.repeats):
            load = _load(browser, page, marks, refocus, chosen.longest)
            if load is None:
                note = f"not drawn to rest in {chosen.longest:.0f} s"
                return Row(name, way, size, None, None, None, note)
            kept.append(load)
        painted, interactive = (statistics.median(each[part] for each in kept) for part in (0, 1))
        times = [spent for load in kept for spent in load[2]]
        return Row(
            name, way, size, painted, interactive, statistics.median(times) if times else None
        )

    rows = [
        measured(
            f"tracer (built in {built:.1f} s)",
            text,
            lambda tab: list(tab.evaluate(_REFOCUS, [ids, "2"])),
            _MARKS,
        )
    ]
    rows.append(measured("floor: as many bytes, nothing drawn", same_bytes(text), None))
    rows.append(measured("floor: vis-network alone", library_alone(text), None))
    rows.append(_pyvis(name, graph, measured))
    if library is not None:
        rows.append(
            measured(
                "cytoscape.js, preset",
                cytoscape_page(graph, library),
                lambda tab: list(tab.evaluate(_CYTOSCAPE_REFOCUS, ids)),
            )
        )
    return rows


def _pyvis(name: str, graph: PageGraph, measured: Callable[..., Row]) -> Row:
    if len(graph.nodes) > MOST_PYVIS:
        return Row(name, "pyvis defaults", None, None, None, None, "not tried: above its size")
    return measured("pyvis defaults", pyvis_page(graph), None)


def _load(
    browser: Any,
    page: Path,
    marks: Sequence[str],
    refocus: Callable[[Any], list[float]] | None,
    longest: float,
) -> tuple[float, float, list[float]] | None:
    """First mark, last mark and refocus times of one load; None where it took too long."""
    from playwright.sync_api import TimeoutError as TookTooLong

    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    tab = context.new_page()
    try:
        tab.goto(page.as_uri(), timeout=longest * 1000, wait_until="commit")
        tab.wait_for_function(
            "(marks) => marks.every((mark) => performance.getEntriesByName(mark).length)",
            arg=marks,
            timeout=longest * 1000,
        )
        times = tab.evaluate(
            "(marks) => marks.map((mark) => performance.getEntriesByName(mark)[0].startTime)", marks
        )
        spent = refocus(tab) if refocus else []
    except TookTooLong:
        return None
    finally:
        context.close()
    return times[0], max(times), spent


def _line(row: Row) -> str:
    def spent(value: float | None) -> str:
        return "" if value is None else f"{value:,.0f} ms"

    size = "" if row.megabytes is None else f"{row.megabytes:.2f} MB"
    cells = (row.graph, row.way, size, spent(row.painted), spent(row.interactive))
    return f"| {' | '.join((*cells, spent(row.refocus), row.note))} |"


def _report(rows: Sequence[Row], version: str, repeats: int, lacks_cytoscape: bool) -> str:
    lines = [
        "# How soon the page paints and answers",
        "",
        "Written by `benchmarks/page.py`; what is measured stands in [README.md](README.md).",
        f"Chromium {version}, headless, 1440 × 900, no network; medians of {repeats} loads, refocus"
        f" of 21 functions in each. {sys.platform}, {os.cpu_count()} processors, load"
        f" {os.getloadavg()[0]:.1f}: on a machine that does other work, times are upper bounds.",
        "",
        "| graph | drawn by | file | first paint | interactive | refocus | |",
        "|---|---|---|---|---|---|---|",
        *map(_line, rows),
    ]
    if lacks_cytoscape:
        lines += ["", "npm gave no cytoscape, so that it has no row."]
    return "\n".join(lines) + "\n"
