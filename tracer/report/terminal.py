"""An answer that fits a terminal, the answer first."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from tracer.model.evidence import ArtifactLayout, Evidence
from tracer.model.executed import executed_text
from tracer.model.graph import EffectKind, SiteKind
from tracer.model.source import FunctionId
from tracer.report.artifact_pairs import names_same
from tracer.report.beside import beside_lines
from tracer.report.counted import plural
from tracer.report.doubts import doubts_of
from tracer.report.effect_groups import READS, WRITES
from tracer.report.file_links import file_links, links_of
from tracer.report.leads import (
    Lead,
    Leads,
    artifact_names,
    asked_paths,
    find_leads,
    is_of_config,
    lead_artifact,
    state_on_the_way,
)
from tracer.report.lines import (
    artifact_lines,
    chain_lines,
    given_lines,
    lead_lines,
    state_lines,
    within,
)
from tracer.report.names import Names, edge_place
from tracer.report.phrases import command, path_phrase, tree_phrase
from tracer.report.quoting import PLAIN, clipped, one_line
from tracer.report.sections import Section, fit
from tracer.report.strength import verdict_counts

TERMINAL_LINES = 40
_WIDTH = 160
_ITEM = 106  # of an item that may take a little more
_DIRECT = 6
_ABOUT_CALLS = re.compile(r"\bcall(?:s|ed|ers?|ees?)?\b", re.IGNORECASE)
_ENTRIES = 3
_NEIGHBOURS = 5


def render_terminal(evidence: Evidence) -> str:
    """Plain text of at most 40 lines of at most 160 characters.

    The question, what cut the answer, the places that answer it, then who leads there, what is
    beside them, and what is open.
    """
    names, leads = Names(evidence), find_leads(evidence)
    direct = _direct(evidence, names, leads)
    sections = [*([direct] if direct.items else []), *_sections(evidence, names, leads)]
    has_effects = bool(leads.writes or leads.reads or direct.items)
    is_last = has_effects and not _ABOUT_CALLS.search(evidence.brief.question)
    sections.insert(len(sections) - 1 if is_last else 0, _functions(evidence, names))
    foot = _foot(evidence)
    limits = [clipped(f"note: {text}", _WIDTH) for text in doubts_of(evidence)]
    furniture = 1 + len(limits) + len(sections) + 1 + len(foot)
    lines = [clipped(f"{evidence.brief.question} ({evidence.brief.shape})", _WIDTH), *limits]
    for part in fit(sections, TERMINAL_LINES - furniture):
        lines.append(f"{part.section.title}{part.cut}")
        lines.extend(f"  {clipped(item, _WIDTH - 2)}" for item in part.shown)
    return "\n".join([*lines, "", *foot]) + "\n"


def _direct(evidence: Evidence, names: Names, leads: Leads) -> Section:
    """Where the artefact that the question names is written and read."""
    asked = [layout for layout in evidence.layouts if _is_asked(layout, evidence)]
    on_way = list(leads.steps)

    def rank(layout: ArtifactLayout) -> tuple[bool, bool, str, int]:
        anchor = layout.anchor
        return layout.function not in on_way, not _is_write(layout), anchor.path, anchor.line

    lines = [_direct_line(layout, evidence, names) for layout in sorted(asked, key=rank)]
    return Section("ANSWER", tuple(dict.fromkeys(lines)), "", _DIRECT, "on the ways below first")


def _functions(evidence: Evidence, names: Names) -> Section:
    """Where the answer starts, with who calls it and what it calls: the answer to a question that
    asks for no effect."""
    items: list[str] = []
    named = {each.function for each in evidence.candidates if each.role.startswith("named")}
    ordered = sorted(evidence.entry_points, key=lambda entry: entry not in named)
    for entry in ordered[:_ENTRIES]:
        items.append(f"{names.short(entry)}  {names.place(entry)}")
        callers = {
            f"{names.short(edge.caller)} {edge_place(edge)}": None
            for edge in evidence.edges
            if edge.callee == entry and edge.kind is SiteKind.CALL
        }
        callees = {
            f"{names.short(edge.callee)} :{edge.line}": None
            for edge in sorted(evidence.edges, key=lambda edge: edge.line)
            if edge.caller == entry and edge.kind is SiteKind.CALL
        }
        for verb, found in (("called by", callers), ("calls", callees)):
            if found:
                items.append(within(f"  {verb} {_listed(list(found))}", _WIDTH - 2))
    nothing = "no function of the tree bears on the question"
    return Section("FUNCTIONS", tuple(items), nothing, 3, "best first")


def _listed(found: Sequence[str]) -> str:
    more = len(found) - _NEIGHBOURS
    return ", ".join(found[:_NEIGHBOURS]) + (f" and {more} more" if more > 0 else "")


def _direct_line(layout: ArtifactLayout, evidence: Evidence, names: Names) -> str:
    place = f"{layout.anchor.path}:{layout.anchor.line}"
    here = [
        effect
        for effect in evidence.effects
        if effect.function == layout.function
        and effect.span.line == layout.anchor.line
        and effect.kind is layout.direction
    ]
    told = f"  {here[0].operation}({here[0].subject})" if here else ""
    verb = "writes" if _is_write(layout) else "reads"
    return f"{place}  {names.short(layout.function)}  {verb}{told}"


def _is_write(layout: ArtifactLayout) -> bool:
    return layout.direction in WRITES


def _is_asked(layout: ArtifactLayout, evidence: Evidence) -> bool:
    words = (*evidence.brief.mentions, *evidence.brief.question.replace("?", " ").split())
    asked = {word.strip("`'\".,;:()") for word in words}
    names = (layout.artifact, *artifact_names([layout]))
    return any(names_same(name, word) for name in names for word in asked if "." in word)


def _sections(evidence: Evidence, names: Names, leads: Leads) -> list[Section]:
    no_chain = "no chain from an entry point to such a sink"
    sections = [
        _side("WRITES", leads.writes, evidence, names, no_chain, 6, WRITES),
        _side("READS", leads.reads, evidence, names, no_chain, 5, READS),
    ]
    if leads.others and not leads.writes and not leads.reads:
        sections.append(_side("OTHER EFFECTS", leads.others, evidence, names, no_chain, 2))
    pair = lead_artifact(evidence, leads)
    state = state_on_the_way(evidence, leads)
    asked_for = [each for each in state if is_of_config(each[0])]
    changed = [each for each in state if not is_of_config(each[0])]
    links = file_links(evidence)
    seen = links_of(pair, links) if pair else ()
    given = given_lines(pair, names, PLAIN, _WIDTH - 2) if pair else ()
    optional = (
        ("ARTEFACT", artifact_lines(pair, names, PLAIN, _ITEM, seen) if pair else ()),
        ("CONFIG", (*given, *state_lines(asked_for, names, PLAIN, _WIDTH - 2))),
        ("STATE", state_lines(changed, names, PLAIN, _WIDTH - 2)),
        (
            "NOT SO",
            [path_phrase(each, names, PLAIN, links) for each in asked_paths(evidence, leads)],
        ),
        ("FINDINGS", [f"{finding.kind}: {finding.text}" for finding in evidence.findings]),
    )
    sections.extend(
        Section(title, tuple(map(one_line, items)), "", 1) for title, items in optional if items
    )
    unknowns = [
        f"{unknown.text}: {unknown.reason}"
        + (f" → {unknown.next_step}" if unknown.next_step else "")
        for unknown in evidence.unknowns
    ]
    nothing = "nothing stands in the evidence"
    sections.append(Section("UNKNOWN", tuple(map(one_line, unknowns)), nothing, 1))
    return sections


def _side(
    title: str,
    leads: tuple[Lead, ...],
    evidence: Evidence,
    names: Names,
    nothing: str,
    floor: int,
    kinds: Container[EffectKind] = (),
) -> Section:
    lines: list[str] = []
    if leads:
        lines += lead_lines(leads[0], evidence, names, PLAIN, _ITEM)
    seen: set[FunctionId] = set()
    for lead in leads[1:]:
        if lead.holders[-1][0] not in seen:
            lines.append("also " + chain_lines(lead, evidence, names, PLAIN, 4 * _WIDTH)[0])
        seen.add(lead.holders[-1][0])
    if not leads and (beside := beside_lines(evidence, kinds, (), names, PLAIN)):
        lines = [f"{nothing}; without one: {beside[0]}", *beside[1:]]
    return Section(title, tuple(lines), nothing, floor, "named by the question first")


def _foot(evidence: Evidence) -> list[str]:
    totals = evidence.totals
    runs = [
        f"run {run.workload.name}: executed ({executed_text(run.executed)})"
        if run.executed is not None
        else f"run {run.workload.name}: {command(run.workload)}, {plural(run.calls, 'call')}, "
        + ("complete" if run.is_complete else f"incomplete: {run.why_incomplete}")
        for run in evidence.runs[:2]
    ]
    if len(evidence.runs) > 2:
        runs.append(f"2 of {len(evidence.runs)} runs shown")
    if not evidence.runs:
        runs.append(f"no run: {evidence.why_no_run or 'the evidence gives no reason'}")
    return [
        *(clipped(line, _WIDTH) for line in runs),
        clipped(
            f"{plural(totals.shown_edges, 'edge')} shown: "
            f"{verdict_counts(evidence.edges) or 'none'}; {plural(totals.files, 'file')} read, "
            f"{totals.open_sites} of {plural(totals.call_sites, 'call site')} open",
            _WIDTH,
        ),
        clipped(tree_phrase(evidence.tree, PLAIN), _WIDTH),
    ]
