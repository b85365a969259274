"""Two implementations side by side, as Markdown and for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tracer.model.contrast import ComparedSide, Contrast, Difference, Fact, Role, Row, RowVerdict
from tracer.model.evidence import EdgeVerdict
from tracer.model.source import Anchor, FunctionId, path_of, qualname_of
from tracer.report.counted import plural
from tracer.report.quoting import (
    MARKDOWN,
    PLAIN,
    Style,
    cell_code,
    cell_prose,
    clipped,
    prose,
    visible,
)

_MOST_ANCHORS = 4
_MOST_PARTS = 12
_MOST_CORE = 12
_LONGEST = 400
_LONGEST_QUOTE = 100
# Of a fact without a partner.
_TOLD = frozenset({"callers", "condition", "options", "made of", "folder"})
_NOTHING = frozenset({"", "none around it", "none"})


def render_contrast(contrast: Contrast) -> str:
    """Plain text: what B lacks first, then every row, then what is open."""
    lines = [
        *_sides(contrast, PLAIN),
        _count(contrast),
        *(f"note: {limit}" for limit in contrast.limits),
        "",
        _hooks_title(contrast),
        *(f"  {line}" for line in _hooks(contrast, PLAIN)),
        "",
        "touchpoints",
    ]
    for number, row in enumerate(contrast.rows, 1):
        lines.append(f"{number:>3} {_head(row, PLAIN)}")
        lines += [f"      {line}" for line in _body(row, PLAIN)]
    for title, found in _tail(contrast, PLAIN):
        lines += ["", title, *(f"  {line}" for line in found)]
    return "\n".join(visible(line).replace("\n", " ") for line in lines) + "\n"


def render_contrast_markdown(contrast: Contrast) -> str:
    """A document: sides, what B lacks, a table of all rows, each row with its places, the rest."""
    blocks = [
        "# Contrast",
        "\n".join(f"- {line}" for line in _sides(contrast, MARKDOWN)),
        _count(contrast),
    ]
    if contrast.limits:
        blocks.append("\n".join(f"- Note: {prose(limit)}" for limit in contrast.limits))
    blocks.append(f"## {_hooks_title(contrast)[0].upper()}{_hooks_title(contrast)[1:]}")
    blocks.append("\n".join(f"- {line}" for line in _hooks(contrast, MARKDOWN)))
    blocks += ["## Touchpoints", _table(contrast.rows), "## Row by row"]
    for number, row in enumerate(contrast.rows, 1):
        head = f"**{number}.** {_head(row, MARKDOWN)}"
        blocks.append("\n".join([head, "", *(f"- {line}" for line in _body(row, MARKDOWN))]))
    for title, found in _tail(contrast, MARKDOWN):
        blocks.append(f"## {title[0].upper()}{title[1:]}")
        blocks.append("\n".join(f"- {line}" for line in found))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _sides(contrast: Contrast, style: Style) -> list[str]:
    return [_side("A", contrast.a, style), _side("B", contrast.b, style)]


def _side(name: str, side: ComparedSide, style: Style) -> str:
    entries = ", ".join(style.code(each) for each in side.entries)
    others = [each for each in side.core if each not in side.entries]
    more = len(others) - _MOST_CORE
    core = _listed((_function(each, style) for each in others[:_MOST_CORE]), more)
    given = "" if side.kind == "entry points" else f" {style.text(side.name)},"
    leads = f", which lead to {core}" if core else ""
    return (
        f"{name}:{given} {side.kind} {entries}{leads}"
        f" ({plural(side.below, 'function')} further down; "
        f"{plural(side.open_sites, 'call')} not known in full; tree {style.code(side.tree[:12])})"
    )


def _function(function: FunctionId, style: Style) -> str:
    return style.code(f"{path_of(function)}::{qualname_of(function)}")


def _count(contrast: Contrast) -> str:
    counts = Counter(row.verdict for row in contrast.rows)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in RowVerdict)
    return f"{plural(len(contrast.rows), 'row')}: {told}"


def _hooks_title(contrast: Contrast) -> str:
    return f"what A has and B lacks: {plural(len(contrast.hooks), 'hook')}"


def _hooks(contrast: Contrast, style: Style) -> list[str]:
    if not contrast.hooks:
        return ["nothing that the touchpoints of the table tell"]
    return [
        f"{style.text(clipped(hook.text, _LONGEST))} ({_anchors(hook.anchors, style)})"
        for hook in contrast.hooks
    ]


def _head(row: Row, style: Style) -> str:
    role = "" if row.role is Role.BOTH else f", {row.role}"
    subject = f" {style.code(row.subject)}" if row.subject else ""
    verdict = f"{row.verdict}, because {style.text(row.why)}" if row.why else f"{row.verdict}"
    return f"{style.text(row.touchpoint)}{role}:{subject} {verdict}"


def _body(row: Row, style: Style) -> list[str]:
    is_aligned = bool(row.a and row.b) and row.verdict is not RowVerdict.UNKNOWN
    lines = [
        line
        for name, facts in (("A", row.a), ("B", row.b))
        for fact in facts
        for line in _fact(name, fact, is_aligned, style)
    ]
    return lines + [_difference(each, style) for each in row.differences]


def _fact(name: str, fact: Fact, is_aligned: bool, style: Style) -> list[str]:
    seen = "" if fact.seen is EdgeVerdict.NOT_RUN else f" [{fact.seen}]"
    first = fact.anchors[0]
    quoted = f" — {style.code(clipped(first.quote, _LONGEST_QUOTE))}" if first.quote else ""
    text = style.text(clipped(fact.text, _LONGEST))
    line = f"{name}: {text} {_anchors(fact.anchors, style)}{seen}{quoted}"
    traits = [] if is_aligned else [each for each in fact.traits if _is_told(each.name)]
    told = [
        f"{trait.name}{f' ({len(trait.parts)})' if trait.parts else ''}: "
        + (_parts(trait.parts, style) if trait.parts else style.code(trait.value))
        for trait in traits
        if trait.value not in _NOTHING and trait.value not in fact.text
    ]
    return [line + (f"; {'; '.join(told)}" if told else "")]


def _is_told(name: str) -> bool:
    return name in _TOLD or name.startswith("keys")


def _difference(difference: Difference, style: Style) -> str:
    a, b = (style.code(clipped(text, _LONGEST)) for text in (difference.a, difference.b))
    return f"{difference.what}: A {a or 'nothing more'}; B {b or 'nothing more'}"


def _parts(parts: Sequence[str], style: Style) -> str:
    shown = (style.code(part) for part in parts[:_MOST_PARTS])
    return _listed(shown, len(parts) - _MOST_PARTS)


def _listed(shown: Iterable[str], more: int) -> str:
    text = ", ".join(shown)
    return f"{text} and {more} more" if more > 0 else text


def _anchors(anchors: Sequence[Anchor], style: Style) -> str:
    """The places; neighbours in one file share its path."""
    shown: list[str] = []
    before = ""
    for anchor in anchors[:_MOST_ANCHORS]:
        place = str(anchor)
        shown.append(place.removeprefix(f"{anchor.path}:") if anchor.path == before else place)
        before = anchor.path
    joined = ""
    for text in shown:
        joined += ("," if ":" not in text else ", ") + text if joined else text
    spans = ", ".join(style.code(part) for part in joined.split(", ")) if joined else ""
    more = len(anchors) - _MOST_ANCHORS
    return spans + (f" and {more} more" if more > 0 else "")


def _table(rows: Sequence[Row]) -> str:
    lines = ["| # | touchpoint | subject | verdict | A | B |", "|---|---|---|---|---|---|"]
    for number, row in enumerate(rows, 1):
        role = "" if row.role is Role.BOTH else f", {row.role}"
        cells = [
            str(number),
            cell_prose(f"{row.touchpoint}{role}"),
            cell_code(clipped(row.subject, 60)),
            row.verdict,
            _places(row.a),
            _places(row.b),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _places(facts: Sequence[Fact]) -> str:
    anchors = [fact.anchors[0] for fact in facts]
    shown = ", ".join(cell_code(str(anchor)) for anchor in anchors[:_MOST_ANCHORS])
    more = len(anchors) - _MOST_ANCHORS
    return (shown + (f" and {more} more" if more > 0 else "")) or "–"


def _tail(contrast: Contrast, style: Style) -> list[tuple[str, list[str]]]:
    """The sections behind the rows, those that have something to say."""
    own = [
        f"{name}: {style.text(each.text)} ({_anchors(each.anchors, style)})"
        for name, side in (("A", contrast.a), ("B", contrast.b))
        for each in side.findings
    ]
    exchange = [
        f"{style.text(each.text)} ({_anchors(each.anchors, style)})" for each in contrast.exchange
    ]
    questions = [
        f"{style.text(clipped(each.text, _LONGEST))} ({_anchors(each.anchors, style)}). "
        f"Cheapest run: {style.text(each.next_step)}"
        for each in contrast.questions
    ]
    sections = [
        ("a side that does not agree with itself", own),
        ("where the files of one side do not fit the other", exchange),
        ("open questions", questions),
    ]
    return [(title, found) for title, found in sections if found]
