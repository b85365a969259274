"""The pages of reference are held to the code, and the hooks that build the site to their word."""

from __future__ import annotations

import importlib.util
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest

from tracer.model.evidence import AnchorVerdict, EdgeVerdict, FindingKind, SeenBy
from tracer.model.graph import EffectKind, OpenReason, Tier
from tracer.model.verification import ClaimVerdict, Ground

PROJECT = Path(__file__).resolve().parents[2]
WORDS = PROJECT / "docs/reference/words.md"

pytest.importorskip("mkdocs", reason="the site is built with the extra `docs`")


@pytest.mark.parametrize(
    "words",
    [
        *(AnchorVerdict, ClaimVerdict, EdgeVerdict, EffectKind, FindingKind, Ground),
        *(OpenReason, SeenBy, Tier),
    ],
    ids=lambda words: words.__name__,
)
def test_every_word_of_the_model_is_explained(words: type[StrEnum]) -> None:
    """A new verdict, reason or kind needs its line on the page."""
    text = WORDS.read_text("utf-8")
    assert [word.value for word in words if f"`{word.value}`" not in text] == []


def test_which_verdicts_fail_is_what_the_model_says() -> None:
    """The column `fails` of the page."""
    text = WORDS.read_text("utf-8")
    section = text[text.index("## Verdicts on claims") : text.index("## Grounds")]
    for verdict in ClaimVerdict:
        (row,) = [
            line for line in section.splitlines() if line.startswith(f"| `{verdict.value}` |")
        ]
        assert row.rstrip(" |").endswith("yes") == verdict.is_bad, row


def test_links_hold_in_the_repository_and_on_the_site() -> None:
    """A mounted page, a page of the docs, a file that is no page, a dead link, code."""
    mounting = _hook("mounting")

    def link(text: str, place: str) -> str:
        return str(mounting._respelled(text, place, place.removeprefix("docs/")))

    assert (
        link("[a](../benchmarks/RESULTS.md#x)", "docs/index.md") == "[a](benchmarks/RESULTS.md#x)"
    )
    assert link("[a](../docs/guest.md)", "benchmarks/README.md") == "[a](../guest.md)"
    assert link("[a](../LICENSE)", "docs/index.md") == "a (`LICENSE`)"
    assert link("[`LICENSE`](../LICENSE)", "docs/index.md") == "`LICENSE`"
    assert link("[a](../gone.md)", "docs/index.md") == "[a](../gone.md)"
    assert link("`[a](../LICENSE)` [b](https://e.org)", "docs/index.md") == (
        "`[a](../LICENSE)` [b](https://e.org)"
    )


@pytest.mark.parametrize(
    ("text", "is_load"),
    [
        ('<script src="https://e.org/a.js"></script>', True),
        ('<link rel="stylesheet" href="//e.org/a.css">', True),
        ("a { background: url(https://e.org/a.png) }", True),
        ('<a href="https://e.org">a reader may follow it</a>', False),
        ('<script src="assets/a.js"></script>', False),
    ],
)
def test_a_site_that_loads_from_the_network_is_none(
    text: str, is_load: bool, tmp_path: Path
) -> None:
    """The last hook refuses it, and names the page."""
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.exceptions import PluginError

    (tmp_path / "page.html").write_text(text, "utf-8")
    config = MkDocsConfig()
    config.site_dir = str(tmp_path)
    local = _hook("local")
    if is_load:
        with pytest.raises(PluginError, match=r"page\.html: loads from the network"):
            local.on_post_build(config)
    else:
        local.on_post_build(config)


def _hook(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / f"docs/hooks/{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
