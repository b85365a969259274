"""What the question asks for stands first, however it names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tracer.model.brief import Brief, QuestionShape
from tracer.model.evidence import (
    NAME_SHARES,
    ArtifactLayout,
    Candidate,
    Chain,
    ChainHop,
    EdgeVerdict,
    Evidence,
    LayoutMember,
    Signal,
)
from tracer.model.graph import EffectKind
from tracer.model.recording import Frame, RaisedException
from tracer.model.source import Anchor, FunctionId
from tracer.report.effect_groups import READS
from tracer.report.leads import find_leads
from tracer.report.names import named_functions
from tracer.report.summary import render_summary
from tracer.report.ways import ways

_UNZIP, _LOAD = FunctionId("shop/zips.py::unzip"), FunctionId("shop/replay.py::load")


@pytest.fixture
def readers(make: Callable[[], Any]) -> Evidence:
    """An archive and a file are read out of one function."""
    maker = make()
    main = maker.function("shop/main.py", "main", 1)
    chains = []
    for path, name, sink, kind in (
        ("shop/zips.py", "unzip", "zipfile.ZipFile", EffectKind.ARCHIVE_READ),
        ("shop/replay.py", "load", "json.load", EffectKind.DESERIALIZE),
    ):
        reader = maker.function(path, name, 10)
        maker.edge(main, reader, 3 if name == "unzip" else 4)
        maker.edge(reader, sink, 12)
        maker.effect(reader, 12, kind, sink)
        hops = (ChainHop(main, reader, 3 if name == "unzip" else 4), ChainHop(reader, sink, 12))
        chains.append(Chain(hops, kind, EdgeVerdict.NOT_RUN))
    return maker.evidence(
        brief=Brief("Who reads the replay file?", QuestionShape.INVENTORY),
        entry_points=(main,),
        chains=tuple(chains),
    )


def _first(evidence: Evidence) -> FunctionId:
    return ways(evidence, READS)[0].trunk.owner


@pytest.mark.parametrize(
    "mention", ["load", "replay.load", "shop/replay.py::load", "replay.py::load"]
)
def test_a_named_reader_comes_before_an_archive(readers: Evidence, mention: str) -> None:
    """By its place as by its dotted name; control: nothing named, the archive is first, and a
    place in another file names nothing."""
    assert _first(readers) == _UNZIP
    asked = replace(readers, brief=replace(readers.brief, mentions=(mention,)))
    assert named_functions(asked) == {_LOAD} and _first(asked) == _LOAD
    other = replace(readers, brief=replace(readers.brief, mentions=("lay.py::load",)))
    assert named_functions(other) == frozenset()


def test_a_word_of_the_question_counts_more_than_the_kind_of_file(readers: Evidence) -> None:
    """`replay.load` has one; that a function leads to effects says nothing of that kind."""
    signal = Signal(f"{NAME_SHARES}replay", 0.75)
    told = replace(readers, candidates=(Candidate(_LOAD, 1.0, (signal,)),))
    assert _first(told) == _LOAD
    sinks = Candidate(_LOAD, 1.0, (Signal("reaches 2 relevant effects", 2.0),))
    assert _first(replace(readers, candidates=(sinks,))) == _UNZIP


def test_who_reads_what_the_answer_writes_comes_first(readers: Evidence) -> None:
    """The two sides of one artefact belong together."""

    def layout(function: str, direction: EffectKind, line: int) -> ArtifactLayout:
        at = Anchor("shop/replay.py", line)
        member = LayoutMember("{name}.json", (at,))
        return ArtifactLayout("{folder}", direction, FunctionId(function), at, (member,))

    read = layout(_LOAD, EffectKind.FILE_READ, 12)
    write = layout("shop/replay.py::dump", EffectKind.FILE_WRITE, 30)
    assert _first(replace(readers, layouts=(write, read))) == _LOAD
    assert _first(replace(readers, layouts=(read,))) == _UNZIP


def test_exceptions_of_named_functions_surprise_first(persistence: Evidence, card: str) -> None:
    """Where a run saw one leave them, told once at its innermost place; control: one that left
    functions which the answer does not speak of is not among what surprised."""
    (run,) = persistence.runs
    step = find_leads(persistence).steps[0]
    function = next(f for f in persistence.functions if f.id == step)
    frame = Frame(function.path, function.module, function.qualname, function.first_line)
    outer = Frame("<script>/rt.py", "__main__", "go", 1)
    raised = (
        RaisedException(outer, 3, "KeyError", 1, 2),
        RaisedException(frame, 77, "json.JSONDecodeError", 2, 4),
        RaisedException(outer, 9, "json.JSONDecodeError", 2, 5),
    )
    text = render_summary(replace(persistence, runs=(replace(run, exceptions=raised),)), card)
    lines = text[text.index("## What surprised") :].splitlines()
    (line,) = (line for line in lines if "exception in run" in line)
    assert line.startswith("- exception in run w1: `json.JSONDecodeError` left ")
    assert line.endswith(f"at `{function.path}:77`, 2 times")
    first_own = next(n for n, each in enumerate(lines) if each.startswith("- hidden input"))
    assert lines.index(line) < first_own
