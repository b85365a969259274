"""How a brief was understood, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tracer.model.brief_check import BriefCheck, BriefProblem
from tracer.model.evidence import CheckedAnchor
from tracer.report.counted import plural
from tracer.report.quoting import one_line

_LABEL = 13


def render_brief_check(check: BriefCheck) -> str:
    """What was understood, field by field; then what is wrong and what was not read.

    No line is cut: whoever mends the brief needs all of it.
    """
    wrong, noted = plural(len(check.problems), "problem"), plural(len(check.notes), "note")
    lines = [f"{check.brief.source}: usable, {wrong}, {noted}", *_fields(check)]
    lines += _listed("problems", check.problems)
    lines += _listed("notes", check.notes)
    return "\n".join(lines) + "\n"


def _fields(check: BriefCheck) -> Iterator[str]:
    brief = check.brief
    minutes = brief.time_budget_minutes
    for label, told in (
        ("question", brief.question),
        ("shape", str(brief.shape)),
        ("names", ", ".join(brief.mentions)),
        ("initiative", brief.initiative_id),
        ("hints", ", ".join(brief.scope_hints)),
        ("region", brief.roi_hint),
        ("namespaces", ", ".join(brief.namespaces)),
        ("time budget", "" if minutes is None else f"{minutes:g} min"),
    ):
        yield _field(label, told or "none given")
    yield from _anchors(check.anchors)
    ledgers = [
        f"{each.path} ({'' if each.is_there else 'not '}there{', a gate' * each.is_gate})"
        for each in check.ledgers
    ]
    yield _field("ledgers", ", ".join(ledgers) or "none named")
    folder = brief.output_folder or "none named; the default layout"
    names = [f"{each.path}{' (optional)' * each.is_optional}" for each in brief.deliverables]
    yield _field("deliverables", ", ".join(names) or "none named; the default files")
    yield _field("folder", folder)
    for label, sentences in (("gating", brief.gating), ("tasks", brief.tasks)):
        yield _field(label, f"{len(sentences)}" if sentences else "none given")
        yield from (f"  {one_line(sentence)}" for sentence in sentences)


def _anchors(anchors: Sequence[CheckedAnchor]) -> Iterator[str]:
    counts = Counter(str(each.verdict) for each in anchors)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    yield _field("anchors", f"{len(anchors)}: {told}" if anchors else "none named")
    for each in anchors:
        stands = each.found or each.detail
        told = f"{each.anchor.text}{f': {stands}' if stands else ''}"
        yield f"  {each.verdict:<12} {one_line(told)}"


def _field(label: str, told: str) -> str:
    return f"{label:<{_LABEL}}{one_line(told)}"


def _listed(title: str, problems: Sequence[BriefProblem]) -> list[str]:
    if not problems:
        return []
    told = []
    for each in problems:
        place = f"line {each.line}: " if each.line else ""
        told.append(f"  {place}{one_line(each.text)}")
    return ["", title, *told]
