"""Pages that live elsewhere in the repository, and links that hold both there and on the site.

A link in a page is written as it holds in the repository (`../benchmarks/RESULTS.md`). On the site
a mounted page has another place, and what is no page of it has none: there the path is told.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).resolve().parents[2]
MOUNTED = (
    *("README.md", "RESULTS.md", "OVERHEAD.md", "PLANTED.md", "BY_EYE.md", "ROBUSTNESS.md"),
    *("USEFULNESS.md", "PAGE.md"),
)
PROMPTS = ("README.md", "callchain.md", "supervisor_review.md")
_PAGES = {
    **{f"prompts/{name}": f"prompts/{name}" for name in PROMPTS},
    **{f"benchmarks/{name}": f"benchmarks/{name}" for name in MOUNTED},
    "CHANGELOG.md": "CHANGELOG.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
}
_LINK = re.compile(
    r"\[(?P<text>[^\]\[]*)\]\((?P<path>(?![a-z]+:)[^()\s#]+)(?P<anchor>#[^()\s]*)?\)"
)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_FENCE = re.compile(r"\s*(```|~~~)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Mount the pages, as they stand."""
    for path, uri in _PAGES.items():
        files.append(File.generated(config, uri, abs_src_path=str(REPOSITORY / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point every link of a page to where its target stands on the site."""
    uri = page.file.src_uri
    place = next((path for path, mounted in _PAGES.items() if mounted == uri), f"docs/{uri}")
    is_code = False
    lines: list[str] = []
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        lines.append(line if is_code else _respelled(line, place, uri))
    return "\n".join(lines)


def _respelled(line: str, place: str, uri: str) -> str:
    code = [match.span() for match in _CODE.finditer(line)]

    def respell(match: re.Match[str]) -> str:
        if any(first < match.start() < last for first, last in code):
            return match[0]
        return _link(match, place, uri)

    return _LINK.sub(respell, line)


def _link(match: re.Match[str], place: str, uri: str) -> str:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(place), match["path"]))
    on_site = _PAGES.get(target) or (
        target.removeprefix("docs/") if target.startswith("docs/") else None
    )
    if on_site is not None and (REPOSITORY / target).is_file():
        path = posixpath.relpath(on_site, posixpath.dirname(uri) or ".")
        return f"[{match['text']}]({path}{match['anchor'] or ''})"
    if not (REPOSITORY / target).exists():
        return match[0]  # dead: the strict build says so
    text = match["text"].strip("`")
    return f"`{target}`" if text == target else f"{match['text']} (`{target}`)"
