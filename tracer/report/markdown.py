"""The Markdown files of a bundle, and the other text reports by the same door.

The templates arrange; what they arrange is shaped here. Every foreign text passes through
`prose` or `code` on its way into a template.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracer.model.agreement import agreement_of, origins_text
from tracer.model.brief import QuestionShape
from tracer.model.evidence import Evidence, ReconciledEdge, TapResult
from tracer.model.executed import executed_text, tests_text
from tracer.model.graph import Effect, GuardKind
from tracer.model.parting import Parting
from tracer.model.source import Callee, FunctionId, path_of
from tracer.report.artifact_pairs import MemberPair, archive_readers, artifact_pairs
from tracer.report.call_tree import render_dynamic
from tracer.report.conditions import guards_text, hidden_inputs
from tracer.report.counted import limit_text, plural
from tracer.report.effect_groups import STATE
from tracer.report.file_links import FileLink, file_links, links_of
from tracer.report.flows import (
    SURENESS_MEANING,
    crossings,
    end_line,
    ends_of,
    ends_text,
    flow_line,
    flow_rows,
)
from tracer.report.joined import anchor_places, left_rows, left_unknowns
from tracer.report.ledger import member_rows, missed_effects, where
from tracer.report.lines import within
from tracer.report.loops import Loop, inherited_loops, loops_on
from tracer.report.member_tree import member_tree
from tracer.report.memory import ledger_lines
from tracer.report.names import Names, edge_place
from tracer.report.nearest import (
    first_edges,
    first_effects,
    first_open_sites,
    first_raises,
    near_functions,
)
from tracer.report.obstacles import obstacles
from tracer.report.partings import guard_lines, outcome_line, pairs_text, side_line
from tracer.report.phrases import (
    candidate_phrase,
    command,
    path_phrase,
    sinks_phrase,
    tree_phrase,
)
from tracer.report.quoting import (
    MARKDOWN,
    TABLE,
    cell_code,
    cell_prose,
    clipped,
    code,
    fenced,
    prose,
)
from tracer.report.state_ledger import callers, keys, place, writes_without_change
from tracer.report.stops import WayVerdicts
from tracer.report.strength import VERDICT_MEANING, verdict_counts
from tracer.report.summary import render_summary
from tracer.report.terminal import render_terminal
from tracer.report.ways import Stage, Trunk, stages, trunks

__all__ = [
    "render_static",
    "render_tap_points",
    "render_taps",
    "render_summary",
    "render_dynamic",
    "render_terminal",
]

# A table longer than this is cut, and says so: an agent reads the whole file at once.
_CHAINS_SHOWN = 60  # for each entry point
_EDGES_SHOWN = 150
_SINKS_SHOWN = 100
_SEEN_SHOWN = 60
_LEFT_SHOWN = 120
_STATE_SHOWN = 40
_CHANGES_SHOWN = 60
_GAPS_SHOWN = 40
_SITES_SHOWN = 25
_RAISES_SHOWN = 60
_FINDINGS_SHOWN = 30
_ARTIFACTS_SHOWN = 12
_LINKS_SHOWN = 6  # of one artefact
_OBSTACLES_SHOWN = 40
_ENDS_SHOWN = 12  # of one value
_HOPS_SHOWN = 60
_NORMALISATION = re.compile(r"normal|scal|whiten|standardi|rescale|amplitude|photon", re.IGNORECASE)
_DEVICE = re.compile(
    r"(?:^|\.)(?:astype|cast|to|cuda|cpu|device|float|double|half|to_tensor|set_default_dtype"
    r"|as_tensor|from_numpy|convert_to_tensor|set_visible_devices|mixed_precision)$"
    r"|(?:^|\.)(?:float|int|complex|bfloat)(?:16|32|64|128)$|dtype|device",
    re.IGNORECASE,
)


def render_static(evidence: Evidence) -> str:
    """`callchain/static.md`: all sections of the contract; one with nothing to say tells why."""
    names = Names(evidence)
    brief = evidence.brief
    edges = first_edges(evidence, _EDGES_SHOWN)
    touching_state = [effect for effect in evidence.effects if effect.kind in STATE]
    others = [effect for effect in evidence.effects if effect.kind not in STATE]
    near = near_functions(evidence)
    state = first_effects(touching_state, near, _STATE_SHOWN)
    sinks = first_effects(others, near, _SINKS_SHOWN)
    artifacts = artifact_pairs(evidence)
    links = file_links(evidence)
    missed, members = missed_effects(evidence), member_rows(evidence)
    left = left_rows(evidence)
    template = _environment().get_template("static.md.j2")
    return template.render(
        evidence=evidence,
        brief=brief,
        names=names,
        way_verdicts=WayVerdicts(evidence),
        title=brief.initiative_id or evidence.tree.name,
        tree=tree_phrase(evidence.tree, MARKDOWN),
        selected=[
            candidate_phrase(each, names, MARKDOWN)
            for each in evidence.candidates
            if each.is_selected
        ],
        paths=[path_phrase(answer, names, MARKDOWN, links) for answer in evidence.paths],
        state=_grouped(state, lambda effect: effect.subject or effect.operation),
        state_cut=_cut(state, touching_state, "effects", _BY_NEARNESS),
        effects=_grouped(sinks, lambda effect: str(effect.kind)),
        effects_cut=_cut(sinks, others, "effects", _BY_NEARNESS),
        changes=[
            (each, *(tell(each, TABLE) for tell in (place, callers, keys)))
            for each in evidence.state_changes[:_CHANGES_SHOWN]
        ],
        changes_cut=_cut(
            evidence.state_changes[:_CHANGES_SHOWN],
            evidence.state_changes,
            "lines that changed state",
            "in order",
        ),
        quiet_writes=writes_without_change(evidence)[:_STATE_SHOWN],
        missed_effects=missed[:_SEEN_SHOWN],
        missed_cut=_cut(missed[:_SEEN_SHOWN], missed, "effects", "in the order of the runs"),
        members=members[:_SEEN_SHOWN],
        left=left[:_LEFT_SHOWN],
        left_cut=_cut(
            left[:_LEFT_SHOWN], left, "members and keys", "those without agreement first"
        ),
        left_unknown=left_unknowns(evidence)[:_SEEN_SHOWN],
        members_cut=_cut(members[:_SEEN_SHOWN], members, "members", "in the order of the runs"),
        hidden_inputs=hidden_inputs(evidence),
        entries=_entries(evidence),
        normalisation=_normalisation(evidence),
        is_normalisation_asked=brief.shape is not QuestionShape.INVENTORY,
        artifacts=[
            (
                pair,
                archive_readers(pair, evidence),
                (seen := links_of(pair, links))[:_LINKS_SHOWN],
                _cut_links(seen),
            )
            for pair in artifacts[:_ARTIFACTS_SHOWN]
        ],
        artifacts_cut=_cut(
            artifacts[:_ARTIFACTS_SHOWN], artifacts, "artefacts", "named by the question first"
        ),
        edges=edges,
        edges_cut=_cut(
            edges,
            evidence.edges,
            "edges",
            "on a chain, then out of named functions and entry points, then those that ran",
        ),
        findings=evidence.findings[:_FINDINGS_SHOWN],
        findings_cut=_cut(
            evidence.findings[:_FINDINGS_SHOWN], evidence.findings, "findings", _BY_NEARNESS
        ),
        unknowns=evidence.unknowns[:_GAPS_SHOWN],
        unknowns_cut=_cut(
            evidence.unknowns[:_GAPS_SHOWN], evidence.unknowns, "gaps", "the most decisive first"
        ),
        open_sites=(sites := first_open_sites(evidence, near, _SITES_SHOWN)),
        open_sites_cut=_cut(sites, evidence.open_sites, "call sites", _BY_NEARNESS),
        device=[edge for edge in evidence.edges if _DEVICE.search(str(edge.callee))],
        units=[result.tap for result in evidence.taps if result.tap.unit or result.tap.expected],
        loops=inherited_loops(evidence),
        raises=(raises := first_raises(evidence.raises, near, _RAISES_SHOWN)),
        raises_cut=_cut(raises, evidence.raises, "raise statements", _BY_NEARNESS),
        handlers=_handlers(evidence),
        raised=[(run.workload.name, raised) for run in evidence.runs for raised in run.exceptions],
        counts=verdict_counts(evidence.edges),
        agreement=agreement_of(evidence.edges).text,
        origins=origins_text(evidence.edges),
        barred=(barred := obstacles(evidence))[:_OBSTACLES_SHOWN],
        barred_cut=_cut(
            barred[:_OBSTACLES_SHOWN], barred, "conditions", "those on hidden inputs first"
        ),
        meanings=VERDICT_MEANING,
        contrasted=evidence.contrasted,
        flows=[
            (
                flow,
                (rows := flow_rows(flow, number, _HOPS_SHOWN)),
                ends_of(flow)[:_ENDS_SHOWN],
                _cut(rows, flow.hops, "hops", "those on the ways to ends first"),
            )
            for number, flow in enumerate(evidence.flows, start=1)
        ],
        sureness_meanings=SURENESS_MEANING,
        ledgers=[f"Ledger {line}" for line in ledger_lines(evidence, MARKDOWN)],
    )


def render_tap_points(evidence: Evidence) -> str:
    """`trace/tap_points.md`: what was or is to be read, where, and what came of it."""
    return render_taps(evidence.taps)


def render_taps(results: Sequence[TapResult]) -> str:
    """The same of taps alone, as `trace` has them."""
    return _environment().get_template("tap_points.md.j2").render(taps=results)


_BY_NEARNESS = "the nearest to the answer first"


def _cut_links(links: Sequence[FileLink]) -> str:
    return _cut(links[:_LINKS_SHOWN], links, "reads", "in the order of the runs")


def _cut(shown: Sequence[object], every: Sequence[object], what: str, by: str) -> str:
    cut = limit_text(len(shown), len(every), what, by)
    return f"{cut}; `evidence.json` holds all" if cut else ""


def _entries(evidence: Evidence) -> list[tuple[FunctionId, list[Stage], list[Trunk], str]]:
    """For each start of a chain: its stages, its trunks, and what a limit cut."""
    by_entry: dict[FunctionId, list[Trunk]] = {entry: [] for entry in evidence.entry_points}
    for trunk in trunks(evidence):
        by_entry.setdefault(trunk.entry, []).append(trunk)
    of_entry: dict[FunctionId, list[Stage]] = defaultdict(list)
    for stage in stages(evidence):
        of_entry[stage.entry].append(stage)
    return [
        (
            entry,
            of_entry[entry],
            found[:_CHAINS_SHOWN],
            limit_text(
                min(len(found), _CHAINS_SHOWN), len(found), "chains", "in the evidence's order"
            ),
        )
        for entry, found in by_entry.items()
    ]


def _grouped(
    effects: Iterable[Effect], key: Callable[[Effect], str]
) -> list[tuple[str, list[Effect]]]:
    groups: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        groups[key(effect)].append(effect)
    return sorted(groups.items())


def _normalisation(evidence: Evidence) -> list[ReconciledEdge]:
    return [
        edge
        for edge in evidence.edges
        if _NORMALISATION.search(str(edge.callee).rpartition("::")[2].rpartition(".")[2])
    ]


def _handlers(evidence: Evidence) -> list[tuple[str, str, str, str]]:
    """(place, what runs there, in which function, under which handlers): behind an `except`."""
    rows = {
        (edge_place(edge), edge.text, edge.caller, guards_text(edge.guards, edge.line))
        for edge in evidence.edges
        if any(guard.kind is GuardKind.EXCEPT for guard in edge.guards)
    } | {
        (
            str(effect.anchor),
            effect.operation,
            effect.function,
            guards_text(effect.guards, effect.span.line),
        )
        for effect in evidence.effects
        if any(guard.kind is GuardKind.EXCEPT for guard in effect.guards)
    }
    return sorted(rows)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tracer.report", "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # Markdown: `prose` and `code` escape what is foreign
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        text=prose,
        span=code,
        spans=lambda texts: _listed(texts, code),
        cell=cell_prose,
        clip=clipped,
        short=_short_cell,
        code=cell_code,
        codes=lambda texts: _listed(texts, cell_code),
        fenced=fenced,
        plural=plural,
        guards=guards_text,
        edge_place=edge_place,
        command=command,
        executed=executed_text,
        tests=tests_text,
        sinks=lambda trunk: sinks_phrase(trunk.sinks, MARKDOWN),
        way=_way,
        fared=lambda trunk, verdicts, names: verdicts.whole_phrase(trunk, names, MARKDOWN),
        looped=_looped,
        each=_each,
        tree=member_tree,
        reads=_reads,
        function_path=path_of,
        outcome=lambda parting, names: outcome_line(parting, names, MARKDOWN),
        side=_side,
        guard_lines=lambda parting, names: guard_lines(parting, names, MARKDOWN),
        pairs=lambda pairs: pairs_text(pairs, TABLE),
        flow_line=lambda flow, names: flow_line(flow, names, MARKDOWN),
        ends=ends_text,
        crossings=crossings,
        end_line=lambda hop, names: end_line(hop, names, MARKDOWN),
        where=where,
        anchors=anchor_places,
    )
    return environment


def _short_cell(text: str, characters: int) -> str:
    """Prose inside a table, cut between words; no code span is torn."""
    return within(prose(text), characters).replace("|", "\\|")


def _side(parting: Parting, name: str, names: Names) -> str:
    side = parting.a if name == "A" else parting.b
    return side_line(name, side, len(parting.shared), names, MARKDOWN)


def _listed(texts: Iterable[object], mark: Callable[[str], str]) -> str:
    return ", ".join(mark(str(text)) for text in texts)


def _reads(member: MemberPair) -> str:
    """The places that read it; those that only ask whether it is there say so."""
    return ", ".join(
        cell_code(str(anchor)) + (" (only tests for it)" if anchor in member.tested else "")
        for anchor in member.read
    )


def _looped(function: FunctionId, loops: Mapping[FunctionId, Sequence[Loop]]) -> str:
    """For a table: the loops around the calls of the function."""
    told = [
        f"{cell_code(clipped(f'for {text}', 60))} ({cell_code(place)})"
        for text, place in loops.get(function, ())
    ]
    return f" called in {', '.join(told)}" if told else ""


def _each(trunk: Trunk, evidence: Evidence) -> str:
    """For a way: the loops around its calls."""
    told = [
        f"{code(clipped(f'for {text}', 80))} ({code(place)})"
        for text, place in loops_on(evidence, trunk.hops)
    ]
    return f" · once for each element: {', '.join(told)}" if told else ""


def _way(trunk: Trunk, names: Names) -> str:
    steps: list[Callee] = [trunk.entry, *(hop.callee for hop in trunk.hops)]
    return " → ".join(code(names.dotted(step)) for step in steps)
