"""The one page that a supervisor decides from."""

from __future__ import annotations

from collections.abc import Container, Iterable

from tracer.model.brief import QuestionShape
from tracer.model.evidence import Evidence, Finding, FindingKind, StateChange
from tracer.model.flow import HopKind, ValueFlow
from tracer.model.graph import EffectKind
from tracer.model.source import Callee, FunctionId
from tracer.report.artifact_pairs import ArtifactPair
from tracer.report.beside import beside_lines
from tracer.report.core_calls import core_edges
from tracer.report.doubts import doubts_of
from tracer.report.effect_groups import READS, STATE, WRITES
from tracer.report.failures import failure_lines
from tracer.report.file_links import FileLink, file_links, links_of
from tracer.report.first_taps import in_order_of_use
from tracer.report.flows import (
    NO_ARRIVAL,
    crossings,
    end_line,
    ends_of,
    ends_text,
    flow_line,
    wrapped_way,
)
from tracer.report.leads import (
    Lead,
    Leads,
    artifact_names,
    asked_paths,
    find_leads,
    is_of_config,
    lead_artifact,
    other_callers,
    stage_edges,
    state_on_the_way,
)
from tracer.report.ledger import archive_sighting
from tracer.report.lines import (
    artifact_lines,
    caller_lines,
    chain_lines,
    contrast_lines,
    given_lines,
    lead_lines,
    stage_lines,
    state_lines,
    within,
)
from tracer.report.memory import contradiction_line, document_lines, earlier_lines
from tracer.report.names import Names
from tracer.report.next_steps import next_steps
from tracer.report.partings import contrast_lines_of
from tracer.report.phrases import (
    effect_phrase,
    path_phrase,
    tap_phrase,
    tree_phrase,
)
from tracer.report.quoting import MARKDOWN, clipped, code, fenced, prose
from tracer.report.raised import raised_lines
from tracer.report.sections import FittedSection, Section, fit
from tracer.report.state_ledger import by_subject, change_in_short, counted

SUMMARY_LINES = 60
_WIDTH = 190  # of an item; its bullet and its label come in front
_LONG = 240
_QUESTION_CHARACTERS = 270
_CARD_LINES = 14
_EARLIER_SHOWN = 2
_RAISED_FIRST = 3  # exceptions of runs before what the answer itself found
_DOCUMENTS_FIRST = 2  # wrong claims of documents before what the answer itself found
_HOPS_SHOWN = 7  # of a value's way


def render_summary(evidence: Evidence, card: str) -> str:
    """The verifier's card, then the answer in at most 60 short lines.

    Args:
        evidence: What the bundle knows.
        card: The verifier's words, as they stand; not ours to change, only to cut, which is said.
    """
    question = prose(clipped(evidence.brief.question, _QUESTION_CHARACTERS))
    head = [
        f"# Summary: {prose(evidence.brief.initiative_id or evidence.tree.name)}",
        *fenced(_card(card)).split("\n"),
        f"**Question** ({evidence.brief.shape}): {question}",
        f"**Tree**: {tree_phrase(evidence.tree, MARKDOWN)}",
        *(f"**Note**: {within(prose(text), _LONG)}" for text in doubts_of(evidence)),
        *_answered_before(evidence),
    ]
    names, leads = Names(evidence), find_leads(evidence)
    answer = _answer_sections(evidence, names, leads)
    rest = _other_sections(evidence, names, leads)
    furniture = 1 + len(rest)  # a heading for each part; a heading needs no blank line before it
    fitted = fit([*answer, *rest], SUMMARY_LINES - len(head) - furniture)
    lines = [*head, "## Answer"]
    for part in fitted[: len(answer)]:
        lines.extend(_labelled(part))
    for part in fitted[len(answer) :]:
        lines.append(f"## {part.section.title}{part.cut}")
        lines.extend(f"- {item}" for item in part.shown)
    return "\n".join(lines) + "\n"


def _answered_before(evidence: Evidence) -> list[str]:
    """One line for the best earlier answer and each further one that has room; none, where no
    reports folder was looked through."""
    if evidence.memory is None:
        return []
    lines = earlier_lines(evidence.memory, MARKDOWN)
    hidden = len(lines) - _EARLIER_SHOWN
    cut = f" ({_EARLIER_SHOWN} of {len(lines)} shown, what holds first)" if hidden > 0 else ""
    first, *others = (within(line, _LONG) for line in lines[:_EARLIER_SHOWN])
    return [f"**Answered before**{cut}: {first}", *(f"- {line}" for line in others)]


def _card(card: str) -> str:
    lines = card.strip("\n").split("\n") if card.strip() else ["no card: nothing was verified"]
    if len(lines) <= _CARD_LINES:
        return "\n".join(lines)
    kept = lines[: _CARD_LINES - 1]
    return "\n".join([*kept, f"({len(kept)} of {len(lines)} lines of the card shown)"])


def _labelled(part: FittedSection) -> list[str]:
    first, *others = part.shown
    return [
        f"- **{part.section.title}**{part.cut}: {first}",
        *(f"  - {item}" for item in others),
    ]


def _shape_sections(evidence: Evidence, names: Names) -> list[Section]:
    """What a question of another shape than an inventory asks for, first of all."""
    sections = []
    if evidence.contrasted is not None:
        lines = contrast_lines_of(evidence.contrasted, names, MARKDOWN)
        sections.append(
            Section("Two paths", tuple(within(line, _LONG) for line in lines), _NO_SIDES, 8)
        )
    if evidence.flows or evidence.brief.shape is QuestionShape.VALUE_FLOW:
        sections.append(
            Section("Values", _value_lines(evidence, names), _NO_VALUES, 8, "in the order found")
        )
    return sections


def _value_lines(evidence: Evidence, names: Names) -> tuple[str, ...]:
    """For each value its way to the end that tells most, then how the others end."""
    lines: list[str] = []
    for flow in evidence.flows:
        lines += wrapped_way(flow_line(flow, names, MARKDOWN, _HOPS_SHOWN), _LONG)
        if flow.has_aim and all(hop.kind is not HopKind.ARRIVES for hop in flow.hops):
            far = f", within the {len(flow.hops)} hops that were followed" if flow.limits else ""
            lines[-1] += f"; {NO_ARRIVAL}{far}"
        for function in flow.untouched_in:
            lines.append(
                f"{code(flow.name)}: neither {code(names.short(function))} "
                f"{code(names.place(function))} nor what it calls stands on a way of it"
            )
        if flow is evidence.flows[0] or len(evidence.flows) <= _VALUES_IN_FULL:
            lines += _further_lines(flow, names)
    return tuple(lines)


def _further_lines(flow: ValueFlow, names: Names) -> list[str]:
    """Where a value goes from file to file, and how its other ways end."""
    lines = []
    if crossed := crossings(flow):
        listed = ", ".join(code(each) for each in crossed[:4])
        more = f" and {len(crossed) - 4} more" if len(crossed) > 4 else ""
        lines.append(within(f"{code(flow.name)} goes from file to file at {listed}{more}", _LONG))
    is_asked = HopKind.CHANGED in flow.asked_ends
    others = [hop for hop in ends_of(flow)[1:] if is_asked or hop.kind is not HopKind.CHANGED]
    if others:
        told = within(f"{code(flow.name)} {end_line(others[0], names, MARKDOWN)}", _LONG)
        lines.append(within(f"{told}; all ends: {ends_text(flow)}" if others[1:] else told, _LONG))
    return lines


_VALUES_IN_FULL = 2
_NO_SIDES = "the two sides of the question were not found"
_NO_VALUES = "no value bears a name of the question, or a mark of what it asks for"


def _answer_sections(evidence: Evidence, names: Names, leads: Leads) -> list[Section]:
    pair = lead_artifact(evidence, leads)
    if evidence.brief.shape is not QuestionShape.INVENTORY and not leads.writes and not leads.reads:
        pair = None  # nothing of the answer leads to it, and it was not asked for
    denied = asked_paths(evidence, leads)
    links = file_links(evidence)
    callers = caller_lines(other_callers(evidence, leads), names, MARKDOWN, _WIDTH)
    no_chain = "no chain of the answer ends in such a sink"
    state = state_on_the_way(evidence, leads)
    asked = [each for each in state if is_of_config(each[0])]
    asked.sort(key=lambda each: each[0].kind is EffectKind.ENVIRONMENT)  # told, and told last
    config = (
        *(given_lines(pair, names, MARKDOWN, _WIDTH) if pair else ()),
        *state_lines(asked, names, MARKDOWN, _WIDTH),
    )
    failed = tuple(within(line, _LONG) for line in failure_lines(evidence, MARKDOWN))
    sections = [
        Section(
            "Entry",
            _entries(evidence, names, leads),
            "no entry point was selected",
            1,
            "those of the ways below first",
        ),
        Section(
            "Config",
            config,
            "no function on the ways below reads module state or the environment by itself; what "
            "else these call was not asked (`tracer query effects`)",
            1,
            "in the order of the ways below",
        ),
        Section(
            "Stages",
            stage_lines(
                (*core_edges(evidence, leads), *stage_edges(evidence, leads)),
                names,
                MARKDOWN,
                _WIDTH,
            ),
            "no call of an entry point leads to what the answer speaks of",
            2,
        ),
        _side("Produce", leads.writes, evidence, names, no_chain, WRITES),
        _side("Consume", leads.reads, evidence, names, no_chain, READS),
        Section(
            "Artefact",
            _artifact(evidence, pair, names, links) if pair else (),
            "no member names were derived",
            5,
        ),
        Section(
            "Not so",
            tuple(within(path_phrase(each, names, MARKDOWN, links), _LONG) for each in denied),
            "every path that was asked about is there" if evidence.paths else "nothing was asked",
            1,
            "nearest to the answer first",
        ),
    ]
    if not leads.writes and not leads.reads and leads.others:
        sections[3:5] = [_side("Effects", leads.others, evidence, names, no_chain)]
    if callers:
        sections.append(Section("Other callers", callers, "", 2))
    if not any(section.items for section in sections[3:6]):
        nothing = "no chain of the answer ends in a file, an archive or a serialiser"
        sections[3:6] = [Section("Produce, consume, artefact", (), nothing, 1)]
    if evidence.brief.shape is not QuestionShape.INVENTORY:
        # What is not asked for is told where there is something, and never that there is nothing.
        sections = [section for section in sections if section.items]
        sections = [*_shape_sections(evidence, names), *sections]
    for contrast in leads.contrasts:
        lines = contrast_lines(contrast, evidence, names, MARKDOWN, _WIDTH)
        nothing = f"{code(contrast.module)} is read, and none of its effects is of the answer"
        sections.append(Section("Contrast", lines, nothing, 2, "its own effects first"))
    if failed:  # before all that it leaves open
        sections.insert(0, Section("Run failed", failed, "", 3))
    return sections


def _artifact(
    evidence: Evidence, pair: ArtifactPair, names: Names, links: tuple[FileLink, ...]
) -> tuple[str, ...]:
    """The artefact as the code names it, and what the runs saw of it."""
    first, *others = artifact_lines(pair, names, MARKDOWN, _WIDTH, links_of(pair, links))
    seen = archive_sighting(evidence, artifact_names((*pair.writers, *pair.readers)))
    return (first, *([within(prose(seen), _WIDTH)] if seen else []), *others)


def _side(
    title: str,
    leads: tuple[Lead, ...],
    evidence: Evidence,
    names: Names,
    nothing: str,
    kinds: Container[EffectKind] = (),
) -> Section:
    """The first way whole; of each other one only the way.

    Args:
        kinds: What to look for in the answer's functions where no way leads to it.
    """
    lines: list[str] = []
    if leads:
        lines += lead_lines(leads[0], evidence, names, MARKDOWN, _WIDTH)
    floor = max(1, min(len(lines), 6))
    for lead in leads[1:]:
        lines.append(
            within("also " + chain_lines(lead, evidence, names, MARKDOWN, 2 * _WIDTH)[0], _WIDTH)
        )
    holders = {owner for lead in leads for owner, _ in lead.holders}
    beside = beside_lines(evidence, kinds, holders, names, MARKDOWN)
    if beside and leads:
        lines.append(within(f"without a chain of the answer: {'; '.join(beside)}", _LONG))
    elif beside:
        lines = [
            within(line, _LONG) for line in (f"{nothing}; without one: {beside[0]}", *beside[1:])
        ]
        floor = min(len(lines), 3)
    return Section(title, tuple(lines), nothing, floor, "named by the question first")


def _entries(evidence: Evidence, names: Names, leads: Leads) -> tuple[str, ...]:
    candidates = {candidate.function: candidate for candidate in evidence.candidates}
    selected = [each for each in candidates if candidates[each].is_selected]
    starts = [lead.trunk.entry for lead in leads.first]
    lines: dict[FunctionId, str] = {}
    for entry in dict.fromkeys((*starts, *selected, *evidence.entry_points)):
        candidate = candidates.get(entry)
        role = candidate.role if candidate else ""
        lines[entry] = f"{code(names.short(entry))} {code(names.place(entry))}" + (
            f": {prose(role)}" if role else ""
        )
    if len(starts) == 2 and starts[0] != starts[1]:
        both = f"{lines[starts[0]]}; {lines.pop(starts[1])}"
        lines[starts[0]] = both
    return tuple(within(line, _LONG) for line in lines.values())


def _other_sections(evidence: Evidence, names: Names, leads: Leads) -> list[Section]:
    state = state_on_the_way(evidence, leads)
    writes = [each for each in state if not is_of_config(each[0])]
    shown = WRITES | READS | STATE
    others = [effect for effect in evidence.effects if effect.kind not in shown]
    changed = _changed_state(evidence, leads)
    documents = [
        within(f"contradiction with a document: {line}", _LONG)
        for line in document_lines(evidence.ledgers, MARKDOWN)
    ]
    raised = raised_lines(evidence, leads, names, MARKDOWN)
    side_effects = (
        *changed[:1],
        *state_lines(writes, names, MARKDOWN, _WIDTH),
        *changed[1:],
        *(within(effect_phrase(effect, names, MARKDOWN), _WIDTH) for effect in others),
    )
    return [
        Section(
            "Side effects",
            side_effects,
            "No state of a module is changed or copied on the ways above, and no other effect is "
            "of the answer; what becomes of attributes of objects was not asked.",
            3,
            "on the ways above first",
        ),
        Section(
            "What surprised",
            (
                *_contradictions(evidence),
                *documents[:_DOCUMENTS_FIRST],
                *(within(line, _LONG) for line in raised[:_RAISED_FIRST]),
                *(
                    _with_places(
                        f"{finding.kind}: {prose(finding.text)}",
                        ["· see", *(code(str(anchor)) for anchor in finding.anchors[:2])]
                        if finding.anchors
                        else [],
                    )
                    for finding in _told_once(evidence)
                ),
                *documents[_DOCUMENTS_FIRST:],
                *(within(line, _LONG) for line in raised[_RAISED_FIRST:]),
            ),
            "No finding.",
            4,
            "nearest to the answer first",
        ),
        Section(
            "First taps",
            tuple(
                within(tap_phrase(result, MARKDOWN), _WIDTH)
                for result in in_order_of_use(evidence, leads)
            ),
            "No tap was proposed.",
            2,
            "those that differ first, then those that were read, then those on the ways above",
        ),
        Section(
            "Open questions, each with the cheapest run that decides it",
            tuple(
                _with_places(
                    f"{prose(unknown.text)}: {prose(unknown.reason)}",
                    [f"→ {prose(clipped(unknown.next_step, 80))}"] if unknown.next_step else [],
                )
                for unknown in evidence.unknowns
            ),
            "None stands in the evidence.",
            2,
            "the most decisive first",
        ),
        Section(
            "Gating and next step",
            next_steps(evidence, _WIDTH, _LONG),
            "The brief names no gate.",
            3,
        ),
    ]


def _changed_state(evidence: Evidence, leads: Leads) -> tuple[str, ...]:
    """What the runs changed, one line an object: those changed most often first.

    Of the places of an object, those on the ways of the answer come first: the rest may be cut.
    """
    ways = {step for lead in (*leads.writes, *leads.reads, *leads.others) for step in lead.steps}
    found = []
    for subject, changes in by_subject(evidence.state_changes):
        made = [each for each in changes if any(key.change != "bound" for key in each.keys)]
        if made:
            made.sort(key=lambda each: (not _is_in(each, leads.steps), not _is_in(each, ways)))
            listed = "; ".join(change_in_short(each, MARKDOWN) for each in made)
            line = f"{code(subject)}: {counted(made)}: {listed}"
            found.append((sum(each.times for each in made), within(line, _LONG)))
    return tuple(line for _, line in sorted(found, key=lambda item: -item[0]))


def _is_in(change: StateChange, functions: Container[Callee]) -> bool:
    return change.anchor is not None and (
        f"{change.anchor.path}::{change.anchor.symbol}" in functions
    )


def _told_once(evidence: Evidence) -> list[Finding]:
    """The findings; that there is no path stands above, so it waits."""
    return sorted(evidence.findings, key=lambda finding: finding.kind is FindingKind.NO_PATH)


def _with_places(text: str, places: Iterable[str]) -> str:
    """What fits of the text, then the places whole."""
    tail = "".join(f" {place}" for place in places)
    return within(text, max(_LONG - len(tail), _WIDTH // 2)) + tail


def _contradictions(evidence: Evidence) -> tuple[str, ...]:
    found = evidence.memory.contradictions if evidence.memory else ()
    return tuple(
        within(f"contradiction with an earlier bundle: {contradiction_line(each, MARKDOWN)}", _LONG)
        for each in found
    )
