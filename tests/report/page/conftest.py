"""Pages in a real Chromium: one tab for each module of tests, since starting one takes long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit
from tracer.bundle.recordings import decode_recording
from tracer.bundle.store import read_evidence, read_verification
from tracer.model.evidence import Evidence
from tracer.pipeline.render import report_files
from tracer.report.html import render_page

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "reports/ptycho_mini"


@pytest.fixture(scope="session")
def page_text(persistence: Evidence, sources: dict[str, str], card: str) -> str:
    """The page of the realistic case."""
    trees = ["$ python train.py\n# CPython\n\nmain (scripts/train.py:150)\n  gone (x.py:1) x2\n"]
    return render_page(persistence, sources=sources, card=card, trees=trees)


@pytest.fixture(scope="session")
def sample_text() -> str:
    """The page of the bundle that lies in `reports/`, from its evidence and its recording."""
    evidence = read_evidence(SAMPLE)
    recordings = [decode_recording(path) for path in sorted(SAMPLE.glob("trace/*/*.jsonl.gz"))]
    target = ROOT / "examples/ptycho_mini"
    texts = {
        each.path: (target / each.path).read_text(encoding="utf-8")
        for each in evidence.functions
        if (target / each.path).is_file()
    }
    files = report_files(evidence, read_verification(SAMPLE), recordings, texts)
    return files["callgraph/index.html"]


def _visits(browser: Any, text: str, folder: Path) -> Iterator[Visit]:
    path = folder / "index.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Visit(context.new_page(), path)
    context.close()


@pytest.fixture(scope="module")
def visit(
    browser: Any, page_text: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """The realistic case; each test opens it anew."""
    yield from _visits(browser, page_text, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def sample(
    browser: Any, sample_text: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """The bundle of `reports/`; each test opens it anew."""
    yield from _visits(browser, sample_text, tmp_path_factory.mktemp("sample"))
