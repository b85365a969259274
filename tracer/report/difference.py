"""In what two runs or bundles differ, for the terminal: to be read in a minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracer.model.difference import (
    BundleDifference,
    Change,
    Counted,
    Divergence,
    ListDifference,
    NextCall,
    PartDifference,
    RunDifference,
    TapDifference,
)
from tracer.model.recording import Frame

_MOST = 8  # of each kind
_LONGEST = 160
_CHAIN_ENDS = 4  # of a long chain: so many at either end


def render_difference(difference: RunDifference) -> str:
    """The first divergence first, then how the runs ended, taps, edges, and all else by kind."""
    lines = [
        f"A  {difference.name_a}: {difference.calls_a:,} calls",
        f"B  {difference.name_b}: {difference.calls_b:,} calls",
        "",
        "The same." if difference.is_same else _headline(difference),
    ]
    lines += [f"  note: {note}" for note in difference.notes]
    lines += ["", "first divergence", *_first(difference)]
    if difference.outcome:
        lines += ["", "how they ended"]
        lines += [f"  {what}: A {a}, B {b}" for what, a, b in difference.outcome]
    lines += _taps(difference.taps, difference.taps_same)
    for each in difference.lists:
        lines += _list(each)
    return "\n".join(_printable(line) for line in lines) + "\n"


def render_bundle_difference(difference: BundleDifference) -> str:
    """What changed, went and came, part by part; what is the same is counted."""
    lines = [f"A  {difference.name_a}", f"B  {difference.name_b}", ""]
    lines.append("The same evidence." if difference.is_same else _bundle_headline(difference.parts))
    lines += [f"  note: {note}" for note in difference.notes]
    for part in difference.parts:
        lines += _part(part)
    return "\n".join(_printable(line) for line in lines) + "\n"


def _bundle_headline(parts: Sequence[PartDifference]) -> str:
    told = []
    for part in parts:
        counts = (
            (part.changed, "changed"),
            (part.only_a, "went"),
            (part.only_b, "came"),
            (part.moved, "moved"),
        )
        words = [f"{len(found)} {word}" for found, word in counts if found]
        if words:
            told.append(f"{part.kind} {', '.join(words)}")
    return f"They differ: {'; '.join(told)}."


def _part(part: PartDifference) -> list[str]:
    if part.is_same:
        return []
    lines = ["", f"{part.kind}: {part.same:,} the same"]
    for title, found, told in (
        ("changed", part.changed, lambda each: f"A {each.a or '–'}, B {each.b or '–'}"),
        ("only in A", part.only_a, lambda each: each.a),
        ("only in B", part.only_b, lambda each: each.b),
    ):
        lines += _changes(title, found, told)
    if part.moved:
        lines.append(f"  told the same at other lines: {len(part.moved):,}; --json has them")
    return lines


def _changes(title: str, found: Sequence[Change], told: Callable[[Change], str]) -> list[str]:
    if not found:
        return []
    lines = [f"  {title}: {len(found):,}"]
    lines += [_clipped(f"    {each.what}", _behind(told(each))) for each in found[:_MOST]]
    return lines + ["  " + line for line in _cut(len(found))]


def _behind(told: str) -> str:
    return f": {_clipped(told, room=_LONGEST // 2)}" if told else ""


def _headline(difference: RunDifference) -> str:
    parts = []
    if difference.first is not None:
        parts.append(f"they part after {difference.first.call:,} equal calls")
    apart = [tap for tap in difference.taps if not tap.is_within]
    if apart:
        parts.append(f"{len(apart)} of {len(difference.taps) + difference.taps_same} taps differ")
    for each in difference.lists:
        if not each.is_same:
            count = len(each.entries)
            kind = each.kind.replace("_", " ")
            parts.append(f"{count} {kind} differ" if count else f"the order of {kind} differs")
    if difference.outcome:
        parts.append("they ended differently")
    return "They differ: " + "; ".join(parts) + "."


def _first(difference: RunDifference) -> list[str]:
    first = difference.first
    if first is None:
        return [f"  {difference.why_no_first}"]
    lines = _chain(first)
    indent = "  " * (min(len(lines), 2 * _CHAIN_ENDS + 1) + 1)
    lines.append(f"{indent}A: {_next(first.a)}")
    lines.append(f"{indent}B: {_next(first.b)}")
    for side, only in (("A", first.lines_only_a), ("B", first.lines_only_b)):
        if only:
            lines.append(f"{indent}lines that ran in {side} alone: {_stretches(only)}")
    return lines


def _chain(first: Divergence) -> list[str]:
    shown: list[str] = []
    for position, step in enumerate(first.chain):
        if len(first.chain) > 2 * _CHAIN_ENDS + 1:
            if position == _CHAIN_ENDS:
                left_out = len(first.chain) - 2 * _CHAIN_ENDS
                shown.append("  " * (_CHAIN_ENDS + 1) + f"… {left_out:,} calls deep")
            if _CHAIN_ENDS <= position < len(first.chain) - _CHAIN_ENDS:
                continue
        text = "  " * (len(shown) + 1) + _function(step.frame)
        if step.line_a or step.line_b:
            is_one = step.line_a == step.line_b
            text += f" from line {step.line_a}" + ("" if is_one else f" (B: {step.line_b})")
        shown.append(text)
    return shown


def _next(call: NextCall) -> str:
    if call.frame is None:
        return "nothing more is called here"
    text = _function(call.frame)
    if call.line:
        text += f" from line {call.line}"
    if call.through:
        text += f" through {call.through}"
    if call.exception:
        text += f", ended by {call.exception}"
    if call.repeats > 1:
        text += f", {call.repeats:,} times"
    if call.guards:
        text += "; " + ", ".join(call.guards)
    return text


def _taps(taps: Sequence[TapDifference], same: int) -> list[str]:
    if not taps and not same:
        return []
    lines = ["", f"taps: {same} the same, {len(taps)} not"]
    for tap in sorted(taps, key=lambda tap: tap.is_within)[:_MOST]:
        within = "  (within the tolerance)" if tap.is_within else ""
        lines.append(
            _clipped(f"  {tap.key}, {tap.what}: A {tap.a or '–'}, B {tap.b or '–'}{within}")
        )
    return lines + _cut(len(taps))


def _list(difference: ListDifference) -> list[str]:
    if difference.is_same:
        return []
    kind = difference.kind.replace("_", " ")
    lines = ["", f"{kind}: {difference.same:,} the same"]
    if difference.first is not None:
        position, a, b = difference.first
        lines.append(f"  in order, the first that differs is number {position:,}")
        lines.append(_clipped(f"    A: {a or 'nothing more'}"))
        lines.append(_clipped(f"    B: {b or 'nothing more'}"))
    lines += _section("only in A", difference.only_a, lambda each: _times(each.a, each.lines_a))
    lines += _section("only in B", difference.only_b, lambda each: _times(each.b, each.lines_b))
    lines += _section(
        "through others", difference.through, lambda each: f"A {each.a:,}, B {each.b:,}"
    )
    lines += _section("not as often", difference.counts, lambda each: f"A {each.a:,}, B {each.b:,}")
    lines += _section(
        "from other lines",
        difference.lines,
        lambda each: f"A {_stretches(each.lines_a)}, B {_stretches(each.lines_b)}",
    )
    return lines


def _section(title: str, entries: Sequence[Counted], told: object) -> list[str]:
    if not entries:
        return []
    assert callable(told)
    lines = [f"  {title}: {len(entries):,}"]
    lines += [_clipped(f"    {each.what}", f"  {told(each)}") for each in entries[:_MOST]]
    return lines + ["  " + line for line in _cut(len(entries))]


def _times(count: int, lines: tuple[int, ...]) -> str:
    often = "once" if count == 1 else f"{count:,} times"
    return f"{often}, line {_stretches(lines)}" if any(lines) else often


def _stretches(lines: Sequence[int]) -> str:
    """`3–5, 9` of lines in order."""
    found: list[list[int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in found]
    return ", ".join(shown[:_MOST]) + (", …" if len(shown) > _MOST else "")


def _function(frame: Frame) -> str:
    return f"{frame.qualname} ({frame.path}:{frame.first_line})"


def _cut(count: int) -> list[str]:
    return [f"  {_MOST} of {count:,} shown; --json has all"] if count > _MOST else []


def _clipped(text: str, behind: str = "", *, room: int = _LONGEST) -> str:
    room -= len(behind)
    return (text if len(text) <= room else text[: room - 1] + "…") + behind


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
