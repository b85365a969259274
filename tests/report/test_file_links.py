"""What one function writes and another reads, where no call joins them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tracer.model.evidence import (
    ArtifactLayout,
    Evidence,
    LayoutArgument,
    LayoutMember,
    PathAnswer,
)
from tracer.model.graph import EffectKind
from tracer.model.ledger import FileDeed, Ledger
from tracer.model.recording import Frame, Place
from tracer.model.source import Anchor, FunctionId
from tracer.report.components import components, folder_and_name
from tracer.report.file_links import file_links
from tracer.report.markdown import render_static
from tracer.report.summary import render_summary
from tracer.report.terminal import render_terminal

_PATH = "ptycho/model_manager.py"
_DUMP = Place(Frame(_PATH, "ptycho.model_manager", "dump", 500), 505)
_LOAD = Place(Frame(_PATH, "ptycho.model_manager", "load", 510), 512)
_WRITER, _READER = FunctionId(f"{_PATH}::dump"), FunctionId(f"{_PATH}::load")
_FILE = "<tmp>/tmp*/replay/tpl.json"


def _layout(function: FunctionId, direction: EffectKind, line: int, name: str) -> ArtifactLayout:
    at = Anchor(_PATH, line)
    return ArtifactLayout(
        "{replay_dir}", direction, function, at, (LayoutMember(name, (at,), "context"),)
    )


@pytest.fixture
def written(make: Callable[[], Any]) -> Evidence:
    """`dump` writes a file of the answer; a path from it to `load` was asked for."""
    maker = make()
    for name, line in (("dump", 500), ("load", 510)):
        maker.function(_PATH, name, line)
    return maker.evidence(
        layouts=(_layout(_WRITER, EffectKind.FILE_WRITE, 505, "{name}.json"),),
        paths=(PathAnswer(_WRITER, _READER, False), PathAnswer(_READER, _WRITER, False)),
    )


def _seen(evidence: Evidence, persistence: Evidence, reader: Place = _LOAD) -> Evidence:
    files = (
        FileDeed(29, "wrote", _FILE, "json.dump", _DUMP),
        FileDeed(41, "read", _FILE, "json.load", reader, source_place=_DUMP),
    )
    (run,) = persistence.runs
    return replace(evidence, runs=(replace(run, ledger=Ledger((), files)),))


def test_a_run_tells_who_read_what_was_written(
    written: Evidence, persistence: Evidence, card: str
) -> None:
    """Where reading found no reader, the artefact has one of the run; control: without the run
    there is none, and what a function reads of its own is none."""
    assert "- No read side stands in the evidence." in render_static(written)
    evidence = _seen(written, persistence)
    text = render_static(evidence)
    assert "No read side stands in the evidence" not in text
    assert (
        f"- Read back in run w1: `{_FILE}`, written at `{_PATH}:505`, read by "
        f"`model_manager.load` at `{_PATH}:512`"
    ) in text
    summary = render_summary(evidence, card)
    assert f"read by `model_manager.load` `{_PATH}:512` in run w1" in summary
    assert "no read side in this answer" not in summary
    own = _seen(written, persistence, reader=replace(_DUMP, line=507))
    assert file_links(own) == ()


def test_no_path_says_what_the_two_share(written: Evidence, persistence: Evidence) -> None:
    """In both directions, once; control: without a common file nothing is said of one."""
    assert "NO PATH from `model_manager.dump` to `model_manager.load` (" in render_static(written)
    text = render_static(_seen(written, persistence))
    told = (
        f" by calls; `model_manager.dump` writes `{_FILE}` at `{_PATH}:505`, which "
        f"`model_manager.load` reads at `{_PATH}:512` in run w1"
    )
    assert f"NO PATH from `model_manager.dump` to `model_manager.load`{told}" in text
    assert f"NO PATH from `model_manager.load` to `model_manager.dump`{told}" in text


def test_reading_tells_the_same_where_no_run_did(written: Evidence) -> None:
    """By the names of both sides; the terminal has it, too. What no reader names is no link."""
    reader = _layout(_READER, EffectKind.FILE_READ, 512, "{name}.json")
    both = replace(written, layouts=(*written.layouts, reader))
    told = f"`{{replay_dir}}/{{name}}.json` at `{_PATH}:505`, which `model_manager.load` reads at"
    assert f"{told} `{_PATH}:512` by reading" in render_static(both)
    assert "by calls; model_manager.dump writes {replay_dir}/{name}.json" in render_terminal(both)
    other = replace(reader, members=(LayoutMember("{name}.toml", (reader.anchor,)),))
    assert file_links(replace(written, layouts=(*written.layouts, other))) == ()


def test_a_stranger_under_a_name_that_says_nothing_is_no_side(
    persistence: Evidence, card: str
) -> None:
    """`{clone_to_dir}` and `{replay_dir}` are two artefacts, though no word tells them apart."""
    write, _ = persistence.layouts
    one, other = (
        replace(write, artifact=name, members=(LayoutMember(member, (write.anchor,)),))
        for name, member in (("{clone_to_dir}", "{url.rsplit('/', 1)[1]}"), ("{out}", "a.json"))
    )
    summary = render_summary(replace(persistence, layouts=(one, other)), card)
    (line,) = (line for line in summary.splitlines() if "**Artefact**" in line)
    assert "{clone_to_dir}" in line and "{out}" not in line
    assert "`{url.rsplit('/', 1)[1]}` (written" in summary


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/{b}.json", ["a", "{b}.json"]),
        ("{url.rsplit('/', 1)[1]}", ["{url.rsplit('/', 1)[1]}"]),
        ("{{x}}/y", ["{{x}}", "y"]),
        ("{{{a/b}}}/c", ["{{{a/b}}}", "c"]),
    ],
)
def test_a_separator_within_a_hole_is_none(path: str, expected: list[str]) -> None:
    """Literal braces are doubled, and hold no hole."""
    assert components(path) == expected
    assert folder_and_name(path) == ("/".join(expected[:-1]), expected[-1])


def test_what_is_opened_as_an_archive_has_no_missing_read_side(written: Evidence) -> None:
    """A file that is written byte by byte, and opened under the same name by the same file."""
    at = Anchor(_PATH, 620)
    archive = ArtifactLayout(
        "{replay_dir}/{name}.json | {local}", EffectKind.ARCHIVE_READ, _READER, at, ()
    )
    text = render_static(replace(written, layouts=(*written.layouts, archive)))
    assert f"- Opened as an archive by `ptycho.model_manager.load` at `{_PATH}:620`" in text
    assert "No read side" not in text
    other = replace(archive, artifact="{local}")
    assert "No read side" in render_static(replace(written, layouts=(*written.layouts, other)))


def test_a_looked_up_folder_is_configuration(written: Evidence, card: str) -> None:
    """It is told under Config, with both places; control: without one nothing is."""
    assert "config['replay_dir']" not in render_summary(written, card)
    (layout,) = written.layouts
    given = tuple(
        LayoutArgument("replay_dir", "config['replay_dir']", Anchor("ptycho/main.py", line))
        for line in (103, 181)
    )
    evidence = replace(written, layouts=(replace(layout, given=given),))
    told = (
        "`config['replay_dir']` is `replay_dir` of `model_manager.dump`, at `ptycho/main.py:103`, "
        "`ptycho/main.py:181`"
    )
    assert told in render_summary(evidence, card)
    assert "- `replay_dir` of `model_manager.dump` is `config['replay_dir']` at " in render_static(
        evidence
    )
