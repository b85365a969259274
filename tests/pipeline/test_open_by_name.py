"""A call of a fitting name whose callee nobody knows: a path was not found, and is not denied."""

from __future__ import annotations

from pathlib import Path

import tracer
from tracer.cli.main import main

_PROGRAM = """\
class Page:
    def render(self, config):
        return config


def populate(page, config):
    page.render(config)


def load(config):
    return config


def build(config):
    populate(load(config).plugins.page, config)
"""


def test_no_path_is_not_said_where_an_open_call_has_the_name(tmp_path: Path) -> None:
    """The place stands beside; that Markdown escapes the file's name does not hide it."""
    (tmp_path / "tree" / "shop").mkdir(parents=True)
    (tmp_path / "tree" / "shop" / "__main__.py").write_text(_PROGRAM, "utf-8")
    (tmp_path / "b.md").write_text(
        "How does `populate` lead to `Page.render`, and does `load` lead to `Page.render`?\n",
        "utf-8",
    )
    out = tmp_path / "out"
    made = tracer.run_brief(
        tmp_path / "b.md", tmp_path / "tree", out, flat=True, runs=tracer.RunRequest(is_off=True)
    )
    told = {path.source.rpartition("::")[2]: path for path in made.evidence.paths}
    assert [str(anchor) for anchor in told["populate"].fitting] == ["shop/__main__.py:7"]
    summary = (out / "summary.md").read_text("utf-8")
    assert "populate ⇒ Page.render: NOT FOUND (open by its name at shop/__main__.py:7)" in summary
    assert "NO PATH from `__main__.populate`" not in summary
    assert "shop/\\_\\_main\\_\\_.py:7" in (out / "callchain" / "static.md").read_text("utf-8")
    assert main(["verify", str(out), "--root", str(tmp_path / "tree")]) == 0
