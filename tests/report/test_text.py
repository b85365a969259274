"""The text reports: complete, bounded, escaped, and the same bytes twice."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tracer.model.brief import QuestionShape
from tracer.model.evidence import (
    Candidate,
    ChangedKey,
    EdgeVerdict,
    Evidence,
    LayoutMember,
    StateChange,
    TapResult,
    Unknown,
)
from tracer.model.graph import Raise
from tracer.model.plan import Tap, Workload
from tracer.model.recording import OpenedFile
from tracer.model.source import Anchor, Span, function_id, is_function, path_of, qualname_of
from tracer.report.artifact_pairs import artifact_pairs
from tracer.report.diagram import render_diagram
from tracer.report.lines import artifact_lines, within
from tracer.report.markdown import (
    render_dynamic,
    render_static,
    render_summary,
    render_tap_points,
    render_terminal,
)
from tracer.report.names import Names, hop_place
from tracer.report.quoting import (
    MARKDOWN,
    cell_code,
    cell_prose,
    fenced,
    mermaid_label,
    prose,
    visible,
)
from tracer.report.stops import Stop, WayVerdicts
from tracer.report.ways import trunks, ways

SECTIONS = (
    "Question",
    "Candidate entry points",
    "Selected entry points and why",
    "Config flow",
    "Stages",
    "Normalisation and scaling chain",
    "Sinks and effects",
    "Artefact layout",
    "Edge list",
    "Units and constants",
    "Device and dtype",
    "Error paths",
    "Findings ledger",
    "Gaps, and how to confirm each",
)


def _tables(markdown: str) -> list[list[list[str]]]:
    """Rows of plain cell texts for each table, as a Markdown reader sees them."""
    tables: list[list[list[str]]] = []
    is_inside = False
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "table_open":
            is_inside = True
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "table_close":
            is_inside = False
        elif token.type == "inline" and is_inside:
            text = "".join(child.content for child in token.children or ())
            tables[-1][-1].append(text)
    return tables


def _html(markdown: str) -> list[str]:
    """Raw HTML that a Markdown reader would pass on."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        children = token.children or ()
        found += [each.content for each in (token, *children) if each.type.startswith("html")]
    return found


@pytest.mark.parametrize("name", ["persistence", "empty", "hostile"])
def test_every_section_stands_in_order(name: str, request: pytest.FixtureRequest) -> None:
    """Sections with nothing to say say so; none is left out, whatever the evidence holds."""
    text = render_static(request.getfixturevalue(name))
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [f"## {n}. {title}" for n, title in enumerate(SECTIONS, 1)]
    for body in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]:
        assert body.strip()


def test_empty_sections_say_why(empty: Evidence) -> None:
    """An answer without edges is fourteen reasons, not fourteen blanks."""
    text = render_static(empty)
    assert "No edge leads from an entry point" in text
    assert "No run: no interpreter with TensorFlow was given" in text
    assert "Not applicable: the question asks for an inventory" in text


def test_static_holds_the_chain_with_its_places(persistence: Evidence) -> None:
    """The produce side reads entry → sink, every hop a code span, every sink with its lines."""
    text = render_static(persistence)
    assert (
        "- `scripts.train.main` → `ptycho.model_manager.save` → "
        "`ptycho.model_manager.ModelManager.save_multiple_models` → "
        "`ptycho.model_manager.ModelManager.save_model`: "
    ) in text
    assert "`dill.dump` `ptycho/model_manager.py:71,78`" in text
    assert (
        "NO PATH from `components.run_workflow` to `model_manager.save`; "
        "siblings, both led to from `train.main`" in text
    )


def test_every_edge_stands_in_the_list(persistence: Evidence) -> None:
    """The edge list drops nothing: one row for each edge, with place and verdict."""
    table = next(rows for rows in _tables(render_static(persistence)) if rows[0][0] == "edge")
    assert table[0] == ["edge", "why", "anchors", "verdict"]
    assert len(table) - 1 == len(persistence.edges)
    for row, edge in zip(table[1:], persistence.edges, strict=True):
        assert f"{edge.caller.partition('::')[0]}:{edge.line}" in row[2]
        assert row[3].startswith(str(edge.verdict))


def test_layout_sets_both_sides_beside_each_other(persistence: Evidence) -> None:
    """An archive that is written and read under differently named holes is one tree."""
    text = render_static(persistence)
    assert "### `{base_path}.zip`, `{path}.zip`" in text
    assert re.search(r"model\.h5\s+written\s+-\n", text)
    assert re.search(r"manifest\.dill\s+written\s+read\n", text)


def test_static_tells_a_writer_once_that_several_callers_fill(persistence: Evidence) -> None:
    """A layout for each caller, and one line for the place that they share."""
    write, read = persistence.layouts
    text = render_static(replace(persistence, layouts=(write, write, read)))
    assert text.count("- Written by ") == render_static(persistence).count("- Written by ") == 1


def test_tap_points_show_expected_beside_observed(persistence: Evidence) -> None:
    """A tap that differs shows what was expected, what was seen, and how often."""
    (table,) = _tables(render_tap_points(persistence))
    assert table[0] == [
        "key", "purpose", "owning function", "anchor",
        "expression", "expected", "observed", "unit",
    ]  # fmt: skip
    assert table[1][5:] == ["> 20", "differs: int 18, 1 hit, run w1", "objects"]


@pytest.mark.parametrize("renderer", [render_static, render_tap_points])
def test_hostile_names_break_no_table(
    renderer: Callable[[Evidence], str], hostile: Evidence
) -> None:
    """Pipes, backticks, tags and bidi marks stay inside their cell, readable and inert."""
    text = renderer(hostile)
    for table in _tables(text):
        assert {len(row) for row in table} == {len(table[0])}
    assert _html(text) == []
    assert "\u202e" not in text and "\x00" not in text
    assert r"\u202e" in text
    seen = "".join(cell for table in _tables(text) for row in table for cell in row)
    assert "a|b `c` </script><img src=x onerror=alert(1)>" in seen


def test_hostile_summary_and_terminal(hostile: Evidence) -> None:
    """The one-page reports keep their lines, whatever the names hold."""
    summary = render_summary(hostile, "VERDICT ```\n# not a heading\u202e")
    assert _html(summary) == []
    assert "\u202e" not in summary + render_terminal(hostile)
    headings = [
        token
        for token in MarkdownIt("commonmark").parse(summary)
        if token.type == "heading_open" and token.tag == "h1"
    ]
    assert len(headings) == 1


def test_summary_starts_with_the_card(persistence: Evidence, card: str) -> None:
    """The verifier's words come first and unchanged."""
    lines = render_summary(persistence, card).splitlines()
    assert lines[0].startswith("# Summary")
    assert lines[1:8] == ["```text", *card.splitlines(), "```"]


def test_summary_answers_in_order(persistence: Evidence, card: str) -> None:
    """Entry, config, stages, then the produce and the consume side."""
    text = render_summary(persistence, card)
    labels = re.findall(r"^- \*\*(\w[\w ]*)\*\*", text, flags=re.MULTILINE)
    assert list(dict.fromkeys(labels)) == [
        "Entry", "Config", "Stages", "Produce", "Consume", "Artefact", "Not so",
    ]  # fmt: skip
    for fact in ("`model.h5` (written line 81; not read here)",
                 "expected `> 20`: differs, observed",
                 "Gate: Phase D3.B/C may not start", "Ledger: `docs/fix_plan.md`: not checked",
                 "**Answered before**",
                 "(run scripts/train.py --fast, exit 0): no longer valid, 1 of 61 anchors changed",
                 "`docs/findings.md:7` SAVE-001 says ptycho/model_manager.py:463-464: missing",
                 "`other` (`/taps/4`) says expects == 18"):  # fmt: skip
        assert fact in text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.integers(0, 30),
    card_lines=st.integers(0, 40),
    seed=st.integers(0, 99),
)
def test_summary_stays_one_page(
    persistence: Evidence, times: int, card_lines: int, seed: int
) -> None:
    """At most 60 lines and the terminal at most 40, however much there is; a cut says so."""
    grow = random.Random(seed)
    size: Callable[[], int] = lambda: grow.randrange(times + 1)  # noqa: E731
    memory = persistence.memory
    assert memory is not None
    big = replace(
        persistence,
        candidates=persistence.candidates * size(),
        effects=persistence.effects * size(),
        chains=persistence.chains * size(),
        paths=persistence.paths * size(),
        layouts=persistence.layouts * size(),
        taps=persistence.taps * size(),
        findings=persistence.findings * size(),
        unknowns=persistence.unknowns * size(),
        runs=persistence.runs * size(),
        ledgers=persistence.ledgers * size(),
        memory=replace(memory, earlier=memory.earlier * size()),
        brief=replace(persistence.brief, gating=persistence.brief.gating * size()),
    )
    summary = render_summary(big, "\n".join(f"line {n}" for n in range(card_lines)))
    assert len(summary.splitlines()) <= 60
    assert max(map(len, summary.splitlines())) <= 300
    assert len(render_terminal(big).splitlines()) <= 40
    assert max(map(len, render_terminal(big).splitlines())) <= 160
    if len(big.findings) > 30:
        every = len(big.findings) + len(big.ledgers) + 1  # the contradiction with another bundle
        assert re.search(rf"## What surprised \(\d+ of {every} shown", summary)
    if card_lines > 20:
        assert f"of {card_lines} lines of the card shown" in summary


def test_terminal_answers_first(persistence: Evidence) -> None:
    """After the question come the places that answer it, then who leads there."""
    lines = render_terminal(persistence).splitlines()
    assert lines[1] == "ANSWER"
    assert lines[2] == (
        "  ptycho/model_manager.py:378 ModelManager.save_multiple_models writes "
        "zipfile.ZipFile.write(zip_path)"
    )
    assert lines[4] == "WRITES"
    assert "train.main → model_manager.save → ModelManager.save_multiple_models" in lines[5]
    assert any(line.startswith("READS") for line in lines)


def test_terminal_says_how_far_it_may_be_trusted(persistence: Evidence) -> None:
    """What was chosen for want of a name stands under the question; figures stay below."""
    doubt = "the brief names nothing that stands in the tree; chosen by words and effects"
    totals = replace(persistence.totals, limits=("3 of 9 chains shown, by nearness", doubt))
    lines = render_terminal(replace(persistence, totals=totals)).splitlines()
    assert lines[1] == f"note: {doubt}"
    assert lines[2] == "ANSWER"
    summary = render_summary(replace(persistence, totals=totals), "").splitlines()
    (note,) = (line for line in summary if line.startswith("**Note**"))
    assert note == f"**Note**: {doubt}"
    assert summary.index(note) < summary.index("## Answer")
    assert len(summary) <= 60


def test_no_run_says_why_and_what_would_help(persistence: Evidence) -> None:
    """`dynamic.txt` without a run holds the reason, the candidates and no claim of dead code."""
    told = replace(
        persistence,
        runs=(),
        why_no_run="tensorflow is not installed in <python>",
        unknowns=(Unknown("whether line 716 runs", "no run", "run with --stitch"),),
        workload_candidates=(Workload("w1", ("-m", "ptycho.train", "a b"), reason="5 sinks"),),
    )
    text = render_dynamic(told, ())
    assert "Why: tensorflow is not installed in <python>" in text
    assert "1. python -m ptycho.train 'a b'" in text
    assert "run with --stitch" in text
    assert "dead" not in text


def test_dynamic_has_the_command_on_top(persistence: Evidence) -> None:
    """The call tree comes with its command; what else the run showed stands below."""
    text = render_dynamic(persistence, ["$ python scripts/train.py --fast\n\nmain\n  run_workflow"])
    assert text.startswith("$ python scripts/train.py --fast\n\nmain\n  run_workflow\n\nRun w1: ")
    assert "h5py opens files in C" in text
    assert render_dynamic(persistence, []).startswith("$ python scripts/train.py --fast\n\nNo call")


def test_files_of_imports_are_counted_not_listed(persistence: Evidence) -> None:
    """What importing opens is noise: the archive stands in the list, the rest is a figure."""
    (run,) = persistence.runs
    noise = tuple(
        OpenedFile(path, "r", None, 0, 1, order)
        for order, path in enumerate(("<python>/lib/x.pyc", "ptycho/params.py"))
    )
    told = replace(persistence, runs=(replace(run, opened=(*run.opened, *noise)),))
    text = render_dynamic(told, ["$ x"])
    assert "Opened: <scratch>/wts.h5.zip (w) ×1 by ptycho/workflows/components.py:169" in text
    assert "params.py" not in text
    assert "not listed: 2 files of imports and Python" in text


def test_one_line_for_each_writer(persistence: Evidence, card: str) -> None:
    """Several ways to one writer are one line: the way that ran, and where the others start."""
    chain = persistence.chains[3]
    other = persistence.entry_points[1]
    again = replace(chain, hops=(replace(chain.hops[0], caller=other), *chain.hops[1:]))
    told = replace(persistence, chains=(*persistence.chains, again))
    lines = [
        line
        for line in render_summary(told, card).splitlines()
        if "→ `ModelManager.save_model`" in line
    ]
    assert len(lines) == 1
    assert "`train.main` → `model_manager.save`" in lines[0]
    assert "  - also led to from `infer.main`" in render_summary(told, card)


def test_one_writer_filled_by_several_callers_is_told_once(
    persistence: Evidence, card: str
) -> None:
    """A helper has a layout for each caller; the page names the helper's place once."""
    write, read = persistence.layouts
    told = replace(persistence, layouts=(write, replace(write, unknown=("other keys",)), read))
    line = next(line for line in render_summary(told, card).splitlines() if "Artefact" in line)
    assert line.count("written by") == 1


def test_named_by_the_question_comes_first(persistence: Evidence, card: str) -> None:
    """What the question names leads the page, wherever its chain stands in the evidence."""
    asked = replace(persistence.brief, mentions=("ModelManager.save_model",))
    told = replace(persistence, brief=asked, chains=tuple(reversed(persistence.chains)))
    first = next(line for line in render_summary(told, card).splitlines() if "Produce" in line)
    assert "`ModelManager.save_model`: " in first


def test_artefacts_are_joined_only_where_shown(
    persistence: Evidence, make: Callable[[], Any]
) -> None:
    """`{path}` is everybody's name: without a common member two layouts stay two."""
    write, read = persistence.layouts
    stranger = replace(read, artifact="{other}.zip", members=(LayoutMember("config.json", ()),))
    apart = artifact_pairs(replace(persistence, layouts=(write, stranger)))
    assert [len(pair.names) for pair in apart] == [1, 1]
    (one,) = artifact_pairs(persistence)
    assert one.names == ("{base_path}.zip", "{path}.zip")


def test_a_hole_is_shown_at_the_names_that_fill_it(persistence: Evidence) -> None:
    """A reader's `{model_name}/params.dill` is the writer's `autoencoder/params.dill`."""
    write, read = persistence.layouts
    general = LayoutMember("{model_name}/params.dill", (Anchor("ptycho/model_manager.py", 61),))
    (pair,) = artifact_pairs(
        replace(persistence, layouts=(write, replace(read, members=(general,))))
    )
    found = {member.path: member for member in pair.members}
    assert general.path not in found
    for model in ("autoencoder", "diffraction_to_obj"):
        assert found[f"{model}/params.dill"].read == general.anchors
        assert found[f"{model}/params.dill"].also == (general.path,)
    assert found["autoencoder/model.h5"].read == ()


def test_diagram_is_wellformed_bounded_and_stable(
    persistence: Evidence, hostile: Evidence, wide: Callable[[int], Evidence]
) -> None:
    """Every line is a node, an edge, a class or a comment; ids do not depend on the rest."""
    line = re.compile(
        r'^    (?:%% [\w ,]+|n[0-9a-f]{10}[\[\({]{1,2}"[^"]*"[\]\)}]{1,2}'
        r'|n[0-9a-f]{10} (?:==>|-->|-\.->)\|"[^"]*"\| n[0-9a-f]{10}'
        r"|classDef \w+ [\w:, -]+|class [\w,]+ \w+)$"
    )
    for evidence in (persistence, hostile, wide(2000)):
        first, *rest = render_diagram(evidence).splitlines()
        assert first == "flowchart LR"
        assert [text for text in rest if not line.match(text)] == []
    edges = [text for text in render_diagram(wide(2000)).splitlines() if "==>" in text]
    assert len(edges) <= 80
    assert "edges shown" in render_diagram(wide(2000))
    one = replace(persistence, chains=persistence.chains[:1])
    ids = set(re.findall(r'^    (n[0-9a-f]{10})\["', render_diagram(one), re.MULTILINE))
    assert ids <= set(re.findall(r"n[0-9a-f]{10}", render_diagram(persistence)))


@given(st.text())
def test_code_spans_hold_any_text(text: str) -> None:
    """Whatever a name holds, a Markdown reader sees one code span with its visible form."""
    expected = " ".join(visible(text).split())
    tokens = (
        MarkdownIt("commonmark").enable("table").parse(f"| a |\n| - |\n| x {cell_code(text)} x |\n")
    )
    cells = [token for token in tokens if token.type == "inline"]
    assert len(cells) == 2
    spans = [child.content for child in cells[1].children or () if child.type == "code_inline"]
    assert spans == ([expected] if expected else [])


@given(st.text())
def test_prose_renders_as_it_reads(text: str) -> None:
    """Escaped prose makes no markup: a Markdown reader sees its text, and code spans at most."""
    cells = [
        token
        for token in MarkdownIt("commonmark")
        .enable("table")
        .parse(f"| a |\n| - |\n| x {cell_prose(text)} x |\n")
        if token.type == "inline"
    ]
    assert len(cells) == 2
    kinds = {child.type for child in cells[1].children or ()}
    assert kinds <= {"text", "code_inline", "text_special", "entity"}
    shown = "".join(child.content for child in cells[1].children or ())
    assert shown.replace("`", "").split() == f"x {visible(text)} x".replace("`", "").split()


@given(st.text() | st.text(alphabet="-+#>=~|:[]()*_`\\\\<&!1. ab", max_size=12))
def test_prose_opens_nothing(text: str) -> None:
    """At the start of a list item and of a paragraph, prose is one paragraph of plain text."""
    if not text.split():
        return
    markdown = MarkdownIt("gfm-like", {"linkify": False})
    for lead in ("- ", ""):
        tokens = markdown.parse(f"{lead}{prose(text)}\n")
        kinds = [token.type for token in tokens if token.type.endswith("_open")]
        assert kinds == (["bullet_list_open", "list_item_open"] if lead else []) + [
            "paragraph_open"
        ]
        (inline,) = [token for token in tokens if token.type == "inline"]
        shown = "".join(child.content for child in inline.children or ())
        assert shown.replace("`", "").split() == visible(text).replace("`", "").split()


@given(st.text())
def test_mermaid_labels_cannot_leave_their_quotes(text: str) -> None:
    """A label holds no quote, bracket, newline or pipe."""
    assert not set(mermaid_label(text)) & set('"[](){}|<>\n`&%')


def test_fences_outgrow_what_they_hold() -> None:
    """A quoted fence cannot close ours."""
    assert fenced("a\n````\nb").startswith("`````text\n")


@pytest.mark.parametrize(
    "render",
    [
        render_static,
        render_tap_points,
        render_terminal,
        render_diagram,
        lambda evidence: render_summary(evidence, "card"),
        lambda evidence: render_dynamic(evidence, ()),
    ],
)
def test_same_evidence_same_bytes(render: Callable[[Any], str], persistence: Evidence) -> None:
    """A report is a pure function: two calls, one text, with one newline at its end."""
    text = render(persistence)
    assert text == render(persistence)
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert "=None" not in text and ": None" not in text.replace("is not None", "")


def test_a_long_static_page_is_cut_and_says_so(wide: Callable[[int], Evidence]) -> None:
    """An agent reads all of it: edges are cut by relevance, and the page tells of how many."""
    evidence = wide(600)
    text = render_static(evidence)
    table = next(rows for rows in _tables(text) if rows[0][0] == "edge")
    assert len(table) - 1 < len(evidence.edges)
    cut = f"{len(table) - 1} of {len(evidence.edges)} edges shown, on a chain, then out of named"
    assert cut in text
    assert "`evidence.json` holds all" in text
    shown = {row[2].partition(",")[0] for row in table[1:]}
    hops = [hop for chain in evidence.chains for hop in chain.hops]
    wanted = {f"{hop.caller.partition('::')[0]}:{hop.line}" for hop in hops}
    assert len(wanted & shown) >= min(len(wanted), 100)


def test_a_way_begins_where_the_run_begins(persistence: Evidence) -> None:
    """A script that did not run takes nothing from what a run saw below it."""
    confirmed = {"ModelManager.load_multiple_models", "ModelManager.load_model"}
    edges = tuple(
        replace(edge, verdict=EdgeVerdict.CONFIRMED)
        if qualname_of(edge.caller) in confirmed | {"load_bundle"}
        else edge
        for edge in persistence.edges
    )
    found = {qualname_of(way.trunk.owner): way for way in ways(replace(persistence, edges=edges))}
    way = found["ModelManager.load_model"]
    assert qualname_of(way.trunk.entry) == "load_bundle"
    assert way.trunk.verdict is EdgeVerdict.CONFIRMED
    assert [qualname_of(entry) for entry in way.other_entries] == ["main"]
    assert way.other_ways == 1
    whole = {qualname_of(way.trunk.owner): way for way in ways(persistence)}
    assert qualname_of(whole["ModelManager.load_model"].trunk.entry) == "main"


def test_the_way_says_how_far_it_was_seen(persistence: Evidence, card: str) -> None:
    """A way of which a run saw the beginning is confirmed so far, and no farther."""
    edges = tuple(
        replace(edge, verdict=EdgeVerdict.NOT_TAKEN, cause=_BARRED * (edge.line == 370))
        if edge.line == 370 or qualname_of(edge.caller) == "ModelManager.save_model"
        else edge
        for edge in persistence.edges
    )
    text = render_summary(replace(persistence, edges=edges), card)
    assert "confirmed to `ModelManager.save_multiple_models`, then not taken at " in text
    assert "`ptycho/model_manager.py:370` (`not names` (line 368) was always true)" in text


def _not_taken(evidence: Evidence, *places: int, cause: str = "") -> Evidence:
    """All of it seen, but for the calls and stores at these lines."""
    edges = tuple(
        replace(edge, verdict=EdgeVerdict.NOT_TAKEN, cause=cause)
        if edge.line in places
        else replace(edge, verdict=EdgeVerdict.CONFIRMED)
        for edge in evidence.edges
    )
    effects = tuple(
        EdgeVerdict.NOT_TAKEN if effect.span.line in places else EdgeVerdict.CONFIRMED
        for effect in evidence.effects
    )
    return replace(evidence, edges=edges, effect_verdicts=effects)


_BARRED = "line 370 did not run: `not names` (line 368) was always true; depends on os.environ"


def _stop_at(evidence: Evidence, owner: str) -> tuple[Stop | None, str]:
    trunk = next(t for t in trunks(evidence) if qualname_of(t.owner) == owner)
    verdicts = WayVerdicts(evidence)
    return verdicts.stop(trunk), verdicts.whole_phrase(trunk, Names(evidence), MARKDOWN)


def test_a_way_tells_the_call_that_was_not_taken_and_why(persistence: Evidence) -> None:
    """Its own place and condition, not those of the first call; control: all of it was seen."""
    evidence = _not_taken(persistence, 370, cause=_BARRED)
    stop, told = _stop_at(evidence, "ModelManager.save_model")
    assert stop is not None and stop.place == "ptycho/model_manager.py:370"
    assert told == (
        "confirmed to `ModelManager.save_multiple_models`, then not taken at "
        "`ptycho/model_manager.py:370` (`not names` (line 368) was always true)"
    )
    assert told in render_static(evidence)
    assert _stop_at(_not_taken(persistence), "ModelManager.save_model")[0] is None


def test_what_ran_behind_the_call_that_was_not_taken_is_said(persistence: Evidence) -> None:
    """The first call of the way did not happen; the others did, from elsewhere."""
    trunk = next(
        t for t in trunks(persistence) if qualname_of(t.owner) == "ModelManager.save_model"
    )
    stop, told = _stop_at(_not_taken(persistence, trunk.hops[0].line), "ModelManager.save_model")
    assert stop is not None and stop.seen_to is None
    assert told.startswith(f"not taken at `{hop_place(trunk.hops[0])}`")
    assert told.endswith("; the calls behind it ran, from elsewhere")


def test_a_way_that_ran_to_its_end_says_which_sink_did_not(persistence: Evidence) -> None:
    """One sink of several: the way is confirmed; all of them: the place of the first is told."""
    trunk = next(
        t for t in trunks(persistence) if qualname_of(t.owner) == "ModelManager.save_model"
    )
    first, *others = sorted({sink.line for sink in trunk.sinks})
    assert others
    _, told = _stop_at(_not_taken(persistence, first), "ModelManager.save_model")
    assert told == f"confirmed, but not taken at `ptycho/model_manager.py:{first}`"
    _, told = _stop_at(_not_taken(persistence, first, *others), "ModelManager.save_model")
    assert told == (
        "confirmed to `ModelManager.save_model`, then not taken at "
        f"`ptycho/model_manager.py:{trunk.sinks[0].line}`"
    )


def test_that_nothing_reads_state_is_said_of_what_was_looked_at(
    persistence: Evidence, card: str
) -> None:
    """A function that the answer does not show may read it; control: one that is shown does."""
    none = [e for e in persistence.effects if not e.kind.value.startswith(("state", "env"))]
    bare = replace(
        persistence,
        effects=tuple(none),
        effect_verdicts=(),
        state_changes=(),
        layouts=(),
    )
    static, summary = render_static(bare), render_summary(bare, card)
    beyond = "what they call beyond these was not asked"
    assert "None of the functions that are shown here reads or writes module state" in static
    assert beyond in static and beyond not in render_static(persistence)
    assert "reads module state or the environment by itself; what else these call was" in summary


def test_sinks_of_a_way_stand_by_line_with_their_members(persistence: Evidence, card: str) -> None:
    """What each function on the way writes, where, and into which member."""
    text = render_summary(persistence, card)
    assert (
        "`ModelManager.save_multiple_models` `ptycho/model_manager.py:340`: line 364 "
        "`dill.dump(manifest)` `manifest.dill`, line 378 `ZipFile.write(arcname)`"
    ) in text
    assert "line 71 `dill.dump(custom_objects)` `custom_objects.dill`" in text
    assert "`{autoencoder, diffraction_to_obj}/`: " in text


def test_state_of_the_way_leads_the_side_effects(persistence: Evidence, card: str) -> None:
    """The snapshot on saving and the update on loading; other configuration is not beside them."""
    text = render_summary(persistence, card)
    body = text.partition("## Side effects")[2].partition("\n## ")[0]
    assert "`ModelManager.save_model`: `cfg.copy` `ptycho/model_manager.py:74`" in body
    assert "`ModelManager.load_model`: `cfg.update` `ptycho/model_manager.py:119`" in body
    assert "config.py" not in body


@given(st.text(alphabet="ab` |\\→", max_size=80), st.integers(20, 60))
def test_a_cut_tears_no_code_span(text: str, width: int) -> None:
    """A line that is cut has no more than its width, and every span is closed."""
    line = prose(text)
    cut = within(line, width)
    assert len(cut) <= max(width, 1)
    tokens = MarkdownIt("commonmark").parseInline(cut)[0].children or []
    spans = [token.content for token in tokens if token.type == "code_inline"]
    whole = MarkdownIt("commonmark").parseInline(line)[0].children or []
    assert spans == [token.content for token in whole if token.type == "code_inline"][: len(spans)]


def test_strangers_under_one_name_keep_their_own_trees(persistence: Evidence) -> None:
    """Another package's writer and reader stand apart, unless one function calls both writers."""
    write, read = persistence.layouts
    other = function_id("other/store.py", "save")
    theirs = replace(write, function=other, unknown=("3 of 4 call sites were not followed",))
    reader = replace(read, function=function_id("other/store.py", "load"))
    told = replace(persistence, layouts=(write, theirs, read, reader))
    pairs = artifact_pairs(told)
    assert [
        ([each.function for each in pair.writers], [each.function for each in pair.readers])
        for pair in pairs
    ] == [([write.function], [read.function]), ([other], [reader.function])]
    assert pairs[1].unknown[0] == (other, "3 of 4 call sites were not followed")
    edge = next(edge for edge in persistence.edges if edge.callee == write.function)
    both = (*persistence.edges, replace(edge, callee=other))
    assert len(artifact_pairs(replace(told, edges=both))) == 1


def test_what_only_tests_for_a_member_says_so(persistence: Evidence) -> None:
    """A line that asks whether a file is there does not read it."""
    write, read = persistence.layouts
    member = read.members[0]
    asks = Anchor("ptycho/model_manager.py", 4)
    asked = replace(member, anchors=(*member.anchors, asks), tested=(asks,))
    told = replace(read, members=(asked, *read.members[1:]))
    page = render_static(replace(persistence, layouts=(write, told)))
    assert "`ptycho/model_manager.py:4` (only tests for it)" in page
    only = replace(member, anchors=(asks,), tested=(asks,))
    page = render_static(replace(persistence, layouts=(write, replace(told, members=(only,)))))
    assert "tested for" in page


def test_every_raise_of_the_answer_is_told(persistence: Evidence) -> None:
    """With its type; what a handler raises again, and what cannot run, says so."""
    function = persistence.functions[0].id
    raises = (
        Raise(function, Span(3, 0, 3, 9), "ValueError"),
        Raise(function, Span(5, 0, 5, 9), "OSError", is_again=True),
        Raise(function, Span(7, 0, 7, 9), "", is_again=True, is_unreachable=True),
    )
    page = render_static(replace(persistence, raises=raises))
    section = page.partition("## 12. Error paths")[2].partition("## 13.")[0]
    assert "| `ValueError` | " in section
    assert "| `OSError` again | " in section
    assert re.search(r"`whatever was caught` again \| .*unreachable", section)
    assert "No function of the answer has a raise statement." in render_static(persistence)


def test_the_summary_tells_reading_from_testing(persistence: Evidence, card: str) -> None:
    """One line that only asks is no reader; where nothing reads, that is said."""
    write, read = persistence.layouts
    member = next(each for each in read.members if each.path.endswith("params.dill"))
    asks = Anchor("ptycho/model_manager.py", 4)

    def page(changed: LayoutMember) -> str:
        members = tuple(changed if each == member else each for each in read.members)
        told = (write, replace(read, members=members))
        return render_summary(replace(persistence, layouts=told), card)

    both = replace(member, anchors=(*member.anchors, asks), tested=(asks,))
    assert re.search(r"`params.dill` \(written line \d+; read \d+; tested at 4\)", page(both))
    only = replace(member, anchors=(asks,), tested=(asks,))
    assert re.search(r"`params.dill` \(written line \d+; only tested at line 4\)", page(only))


def test_what_is_written_stands_before_the_name_and_before_what_is_only_looked_for(
    persistence: Evidence,
) -> None:
    """So that the members of an archive are not what one page leaves out."""
    write, read = persistence.layouts
    write = replace(write, hidden_inputs=("cfg['h5_path'] gives it",))
    odd = replace(read.members[0], path="{model_name}/saved_model.pb")
    pair = artifact_pairs(
        replace(persistence, layouts=(write, replace(read, members=(odd, *read.members))))
    )[0]
    lines = artifact_lines(pair, Names(persistence), MARKDOWN, 190)
    order = [
        next(place for place, line in enumerate(lines) if text in line)
        for text in ("`manifest.dill`", "`params.dill`", "its name: ", "`saved_model.pb`")
    ]
    assert order == sorted(order)


def test_changes_on_the_way_stand_first(persistence: Evidence, card: str) -> None:
    """An object that changes everywhere is told by the lines of the answer; the rest is cut."""
    way = persistence.layouts[1].function

    def change(path: str, symbol: str, line: int) -> StateChange:
        key = ChangedKey(f"key{line}", "set", "1", "2", 1)
        at = Anchor(path, line, symbol=symbol)
        return StateChange("pkg.cfg", at, (), (key,), 1, line, "exact", EdgeVerdict.CONFIRMED, "w1")

    changes = (
        change("far/away.py", "elsewhere", 1),
        change(path_of(way), qualname_of(way), 119),
    )
    text = render_summary(replace(persistence, state_changes=changes), card)
    (line,) = [each for each in text.splitlines() if "`pkg.cfg`: 2 changes" in each]
    assert line.index("`key119`") < line.index("`key1`")


def test_taps_on_the_way_come_before_those_with_an_expectation(
    persistence: Evidence, card: str
) -> None:
    """Where none was read yet; one that was read comes first wherever it stands."""
    way = persistence.layouts[0].function
    on = Tap("on", "a", path_of(way), 3, function=qualname_of(way))
    off = Tap("off", "b", "far/away.py", 3, function=qualname_of(way), expected="== 1")

    def first(*taps: TapResult) -> str:
        text = render_summary(replace(persistence, taps=taps), card)
        return text.partition("## First taps")[2].partition("- `")[2].partition("`")[0]

    assert first(TapResult(off, "not run"), TapResult(on, "not run")) == "on"
    assert first(TapResult(on, "not run"), TapResult(off, "as expected", ("1",), 1)) == "off"


def test_what_the_brief_fits_best_is_told_where_no_way_leads_over_it(
    persistence: Evidence, card: str
) -> None:
    """Its calls, what ran first; control: on a way it stands there already, and once."""
    edges = [edge for edge in persistence.edges if edge.verdict is EdgeVerdict.CONFIRMED]
    edge = next(edge for edge in edges if is_function(edge.callee))
    off = function_id("far/away.py", "decide")
    ran = replace(edge, caller=off, line=9)
    missed = replace(ran, line=4, verdict=EdgeVerdict.NOT_TAKEN)
    function = replace(persistence.functions[0], id=off)
    told = replace(
        persistence,
        edges=(*persistence.edges, missed, ran),
        functions=(*persistence.functions, function),
        candidates=(Candidate(off, 99, (), True), *persistence.candidates),
    )

    def stages(evidence: Evidence) -> str:
        (line,) = [x for x in render_summary(evidence, card).splitlines() if "**Stages**" in x]
        return line

    assert "decide` `far/away.py:" in stages(told)
    assert re.search(r"line 9 \(confirmed\), .* line 4 \(not taken\)", stages(told))
    assert "far/away.py" not in stages(persistence)
    other = replace(persistence.brief, shape=QuestionShape.DIVERGENCE)
    assert "far/away.py" not in stages(replace(told, brief=other))
