"""The first picture is drawn before vis-network is read, where the living graph will stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.page.visit import Visit

pytestmark = pytest.mark.browser

_TILES = """() => {
  const canvas = document.querySelector('#graph canvas');
  const { width, height } = canvas;
  const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const tiles = new Set();
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (data[4 * (y * width + x) + 3] > 60) tiles.add(`${x >> 3},${y >> 3}`);
  return [...tiles];
}"""
_SIZE = (
    "(() => { const { clientWidth, clientHeight } = graph; return [clientWidth, clientHeight]; })()"
)


def _held(text: str) -> str:
    """The page with a library that never comes."""
    start = text.index('id="vis-network">') + len('id="vis-network">')
    end = text.index("</script>", start)
    return f"{text[:start]}throw new Error('held');{text[end:]}"


@pytest.mark.parametrize("page_name", ["sample_text", "page_text"])
def test_first_picture_is_the_living_one(
    browser: Any, request: pytest.FixtureRequest, tmp_path: Path, page_name: str
) -> None:
    """Nine of ten tiles of eight pixels are the same, and the frame does not move."""
    text = request.getfixturevalue(page_name)
    inked, sizes = [], []
    for name, content in (("held", _held(text)), ("living", text)):
        path = tmp_path / f"{name}.html"
        path.write_text(content, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri())
        if name == "living":
            page.wait_for_selector("html[data-painted=yes]")
        page.wait_for_function("() => performance.getEntriesByName('painted').length")
        assert page.evaluate("document.querySelectorAll('#graph canvas').length") == 1
        inked.append(set(page.evaluate(_TILES)))
        sizes.append(page.evaluate(_SIZE))
        page.close()
    assert sizes[0] == sizes[1]
    assert len(inked[0]) > 200
    assert len(inked[0] & inked[1]) > 0.9 * len(inked[0] | inked[1])


def test_first_picture_comes_before_the_library(
    browser: Any, sample_text: str, tmp_path: Path
) -> None:
    """Shown before the library is there; an address with a view of its own has none."""
    path = tmp_path / "index.html"
    path.write_text(
        sample_text.replace(
            'id="vis-network">', 'id="vis-network">performance.mark("library");', 1
        ),
        encoding="utf-8",
    )
    for fragment, is_early in (("", True), ("#tab=edges&outside=all", False)):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri() + fragment)
        page.wait_for_selector("html[data-painted=yes]")
        painted, library, living = page.evaluate(
            "['painted', 'library', 'living'].map((name) =>"
            " performance.getEntriesByName(name).map((mark) => mark.startTime))"
        )
        assert len(painted) == len(library) == len(living) == 1
        assert (painted[0] < library[0]) is is_early
        assert library[0] < living[0]
        page.close()


def test_an_address_opens_as_well_fitted(sample: Visit) -> None:
    """What takes its room while the page opens does not leave the graph at another scale."""
    scale = "window.tracerPage.network.getScale()"
    sample.open()
    fitted = sample.page.evaluate(scale)
    sample.open("#tab=run")
    assert sample.page.evaluate(scale) == fitted
    sample.page.mouse.move(400, 400)
    sample.page.mouse.wheel(0, -200)
    sample.page.wait_for_function(f"() => {scale} > {fitted}")
    own = sample.page.evaluate(scale)
    sample.page.keyboard.press("w")  # what the reader chose is left alone
    sample.page.wait_for_function("() => graph.clientWidth > 1300")
    assert sample.page.evaluate(scale) != fitted and own != fitted
