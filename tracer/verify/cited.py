"""The verdict on a cited place, from what the document says around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.source import MODULE_QUALNAME, FunctionKind
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.citations import Citation, Lines, range_text
from tracer.verify.marks import Mark
from tracer.verify.names import candidates, parse_span
from tracer.verify.places import (
    PlaceVerdict,
    changed_value,
    definitions_in,
    elsewhere,
    is_past_end,
    is_quotation,
    line_exists,
    quoted_elsewhere,
    standing,
    what_reads,
)
from tracer.verify.reading import Reading
from tracer.verify.section_signs import judge_sections
from tracer.verify.sections import Sections
from tracer.verify.sentences import span_of_sentence
from tracer.verify.syntax import FileReading

# Between a code span and the place that it is said to stand at, or the other way round.
JOINS = re.compile(
    r"[\s*_]*(?:\(|at|on|in|@|:|,|—|–|-)?[\s*_]*(?:at|on)?[\s*_]*\(?"
    r"|[\s*_]*(?:is |are )?(?:defined|declared|located|found|implemented|lives|stands|sits|starts"
    r"|begins)\s+(?:at|in|on)[\s*_]*",
    re.IGNORECASE,
)
_IN = re.compile(r"[\s*_]*(?:in|of)(?: the file)?[\s*_]*", re.IGNORECASE)
_COMMA = re.compile(r"[\s*_]*,[\s*_]*")
_LEADS = re.compile(r"[\s*_]*(?:→|->|=>|⇒)[\s*_]*")
_DENIED = re.compile(
    r"\b(?:no|not|never|none|without|lack\w*|missing|absent|instead of|than|nor|neither)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_NEAR = 40  # characters before a code span in which a denial is one of it
_VERIFIED = ClaimVerdict.VERIFIED
_OPENS = re.compile(r"[\s*_]*\([\s*_]*")


def judge_citation(
    reading: Reading,
    sections: Sections,
    marks: Sequence[Mark],
    at: int,
    beside: Sequence[Mark] = (),
    behind: Sequence[Mark] = (),
    said: str = "",
) -> list[Claim]:
    """Judge one cited place, with one claim for each of its line ranges.

    Args:
        marks: The marks of the unit.
        at: Which of them is the place.
        beside: Code spans that may say what stands there besides those near it: of a table row.
        behind: Marks that follow those of the unit: the further cells of a table row.
        said: What stands there as the table says it: the one function of the row.
    """
    mark = marks[at]
    citation = mark.citation
    assert citation is not None
    if not citation.path and citation.symbol:
        return _symbol_lines(reading, sections, mark, citation)
    symbol = citation.symbol
    if not citation.path and (named := _named_behind(marks, at)) is not None:
        path, why = sections.resolve(named)
        if not path:
            return [_not_judged(mark, why)]
        is_sure, is_implied, symbol = True, True, named.symbol
    elif not citation.path:
        path, is_sure = sections.implied()
        is_named_later = any(m.citation and m.citation.path for m in (*marks[at + 1 :], *behind))
        if called := _called_there(reading, marks, at):
            said, is_named_later = called, False
        if not path or (is_named_later and not sections.is_named_in_unit):
            return [_not_judged(mark, "which file is meant is not settled by what stands before")]
        is_implied = True
    else:
        path, why = sections.resolve(citation)
        is_sure, is_implied = True, False
        if not path:
            return [_no_file(reading, mark, citation, why)]
    if not citation.lines:
        sections_named = judge_sections(reading, path, marks, at)
        return sections_named or [_whole_file(reading, mark, citation, path)]
    near = [_said_by(m) for m in _near(marks, at)] + [m.text for m in beside if m is not mark]
    bound = symbol or said or _bound(marks, at)
    is_denied = not symbol and not said and _is_denied(marks, at)
    claims = []
    for lines in citation.lines:
        is_named = bool(citation.path)
        verdict = _place(
            reading, path, lines, bound, near, bool(symbol or said), is_named, is_denied
        )
        if is_implied and not is_sure and not (bound and standing(reading, path, lines, bound)):
            why = "several files are named before, and nothing beside it settles which is meant"
            claims.append(_not_judged(mark, why))
            continue
        if is_implied and not sections.is_named_in_unit and is_past_end(reading, path, lines):
            why = f"{path} is named before, and has no such line: another file may be meant"
            claims.append(_not_judged(mark, why))
            continue
        text = _claim_text(citation, path, lines, is_implied)
        claims.append(
            Claim(
                ClaimKind.ANCHOR, text, mark.line, verdict.verdict, verdict.ground, verdict.detail
            )
        )
    return claims


def place_verdict(
    reading: Reading, path: str, lines: Lines, bound: str, near: Sequence[str] = ()
) -> PlaceVerdict:
    """The verdict on some lines of a file at which a symbol is said to stand."""
    return _place(reading, path, lines, bound, near, is_explicit=True)


def _place(
    reading: Reading,
    path: str,
    lines: Lines,
    bound: str,
    near: Sequence[str],
    is_explicit: bool,
    is_named: bool = False,  # the file stands with the line, and is not implied
    is_denied: bool = False,  # the document says that it does not stand there
) -> PlaceVerdict:
    """Right if anything said around it stands there; wrong if a bound symbol stands elsewhere."""
    file = reading.file(path)
    if file is not None and file.problem:
        return PlaceVerdict(
            ClaimVerdict.UNVERIFIABLE, None, f"{path} cannot be read: {file.problem}"
        )
    if reading.lines(path) is None:
        return PlaceVerdict(ClaimVerdict.UNVERIFIABLE, None, f"{path} is no text that can be read")
    past = is_past_end(reading, path, lines)
    if not past and bound and (changed := changed_value(reading, path, lines, bound)):
        verdict, reads = changed
        ground = Ground.TEXT if verdict is ClaimVerdict.CHANGED else None
        return PlaceVerdict(verdict, ground, reads)
    if not past:
        is_alone = bound and (is_explicit or is_quotation(bound))
        spans = [bound] if is_alone else [*([bound] if bound else []), *near]
        for span in spans:
            found = standing(reading, path, lines, span, is_strict=span != bound)
            if found is not None and span == bound:
                other = _beside_definition(file, lines, span)
                if other:
                    return PlaceVerdict(ClaimVerdict.MOVED, Ground.SYNTAX, other)
            if found is not None:
                return PlaceVerdict(ClaimVerdict.VERIFIED, found.ground, found.detail)
    other = _other_place(reading, path, bound, is_explicit, is_named)
    if other:
        return PlaceVerdict(ClaimVerdict.MOVED, Ground.TEXT, "; ".join(filter(None, (past, other))))
    if past:
        return PlaceVerdict(ClaimVerdict.MISSING, Ground.TEXT, past)
    if bound and is_explicit and file is not None and not _is_word_in(file.lines, bound):
        return PlaceVerdict(ClaimVerdict.MISSING, Ground.TEXT, f"no `{bound}` in {path}")
    exists = line_exists(reading, path, lines)
    is_module = bound.endswith(MODULE_QUALNAME)  # stands on no line, and on all of them
    if bound and exists.verdict is _VERIFIED and not is_module and not is_denied:
        how = " as quoted" if is_quotation(bound) else ""
        reads = what_reads(reading.lines(path) or (), lines)
        detail = f"`{bound}` does not stand there{how}; {reads}"
        return PlaceVerdict(ClaimVerdict.UNVERIFIABLE, None, detail)
    return exists


def _beside_definition(file: FileReading | None, lines: Lines, span: str) -> str:
    """Where a function is defined, if the one line cited for it is blank or in its docstring."""
    written = parse_span(span)
    if file is None or written is None or lines[0] != lines[1]:
        return ""
    for definition in definitions_in(file, written.dotted):
        is_within = definition.covers(*lines) and lines[0] > definition.def_line
        if is_within and definition.is_in_docstring(lines[0]):
            place = f"{file.path}:{definition.def_line}-{definition.end_line}"
            return f"line {lines[0]} is in its docstring; {written.dotted} is defined at {place}"
    return ""


def _named_behind(marks: Sequence[Mark], at: int) -> Citation | None:
    """The file of `line 3 in `a.py``, with the symbol that it may name."""
    if at + 2 >= len(marks) or not _IN.fullmatch(marks[at + 1].text):
        return None
    citation = marks[at + 2].citation
    return citation if citation is not None and citation.path and not citation.lines else None


def _called_there(reading: Reading, marks: Sequence[Mark], at: int) -> str:
    """`Line 706 → a.py:288`: the function that is defined there, which the line must call."""
    if at + 2 >= len(marks) or not _LEADS.fullmatch(marks[at + 1].text):
        return ""
    citation = marks[at + 2].citation
    paths = reading.find_paths(citation.path) if citation and citation.path else ()
    file = reading.file(paths[0]) if len(paths) == 1 else None
    if citation is None or file is None or len(citation.lines) != 1:
        return ""
    first = citation.lines[0][0]
    found = [d for d in file.definitions if d.is_function and d.def_line == first]
    return found[0].name if len(found) == 1 else ""


def _other_place(
    reading: Reading, path: str, bound: str, is_explicit: bool, is_named: bool = False
) -> str:
    written = parse_span(bound) if bound else None
    if written is None:
        line = quoted_elsewhere(reading, path, bound)
        return f"the quoted text stands at {path}:{line}" if line else ""
    # `len(x)` at a line may be what is to be read there. A function of the tree is no such thing.
    defined = candidates(written.dotted, reading)
    if (is_explicit or defined) and (found := elsewhere(reading, path, written.dotted)):
        return found
    if not is_explicit and not defined:
        line = quoted_elsewhere(reading, path, bound)
        return f"the quoted text stands at {path}:{line}" if line else ""
    is_module = any(d.kind is FunctionKind.MODULE for d in defined)
    is_nowhere = (
        is_named and not is_module and not _is_word_in(reading.lines(path) or (), written.dotted)
    )
    if len(defined) == 1 and (is_explicit or written.has_arguments or is_nowhere):
        place = f"{defined[0].path}:{defined[0].def_line}-{defined[0].end_line}"
        return f"{written.dotted} is defined at {place}"
    return ""


def _symbol_lines(
    reading: Reading, sections: Sections, mark: Mark, citation: Citation
) -> list[Claim]:
    """`load_model:105-106`: lines within the function, or of a call of it."""
    found = candidates(citation.symbol, reading, sections.named())
    if not found:
        return [_not_judged(mark, f"no function `{citation.symbol}` in the tree")]
    name = citation.symbol.rpartition(".")[2]
    claims = []
    for lines in citation.lines:
        within = [d for d in found if d.covers(*lines)]
        text = f"{citation.symbol}:{range_text(lines)}"
        if within:
            stands = standing(reading, within[0].path, lines, citation.symbol)
            detail = stands.detail if stands else f"within {within[0].qualname}"
            ground = stands.ground if stands else Ground.TEXT
            detail = f"{within[0].path}: {detail}"
            claims.append(
                Claim(ClaimKind.ANCHOR, text, mark.line, ClaimVerdict.VERIFIED, ground, detail)
            )
            continue
        callers = [
            f"{file.path}:{call.line}"
            for file in reading.mentions(name)
            for call in file.calls
            if call.name == name and call.touches(*lines)
        ]
        if callers:
            detail = f"called at {callers[0]}"
            claims.append(
                Claim(ClaimKind.ANCHOR, text, mark.line, ClaimVerdict.VERIFIED, Ground.TEXT, detail)
            )
        elif len(found) == 1:
            place = f"{found[0].path}:{found[0].def_line}-{found[0].end_line}"
            detail = f"{citation.symbol} is defined at {place}, and called at no such line"
            claims.append(
                Claim(ClaimKind.ANCHOR, text, mark.line, ClaimVerdict.MOVED, Ground.TEXT, detail)
            )
        else:
            claims.append(_not_judged(mark, f"`{citation.symbol}` is ambiguous"))
    return claims


def _no_file(reading: Reading, mark: Mark, citation: Citation, why: str) -> Claim:
    if "ambiguous" in why:
        return _not_judged(mark, why)
    name = citation.path.rpartition("/")[2]
    same_name = reading.find_paths(name) if "/" in citation.path else ()
    if not citation.lines and not citation.symbol:
        # A path alone may be one that is yet to be written: nothing is claimed about it.
        if "/" not in citation.path:
            return _not_judged(mark, why)
        return Claim(ClaimKind.ANCHOR, mark.text, mark.line, ClaimVerdict.UNVERIFIABLE, None, why)
    detail = why
    if same_name:
        detail += f"; of that name: {', '.join(same_name[:3])}"
    verdict = ClaimVerdict.MISSING
    if citation.symbol:
        defined = [d for d in candidates(citation.symbol, reading) if d.path in same_name]
        if len(defined) == 1:
            verdict = ClaimVerdict.MOVED
            place = f"{defined[0].path}:{defined[0].def_line}-{defined[0].end_line}"
            detail = f"{why}; {citation.symbol} is defined at {place}"
    if "/" not in citation.path and not citation.path.endswith(".py"):
        return _not_judged(mark, why)  # an output file, an example, a file of another project
    return Claim(ClaimKind.ANCHOR, mark.text, mark.line, verdict, Ground.TEXT, detail)


def _whole_file(reading: Reading, mark: Mark, citation: Citation, path: str) -> Claim:
    def claim(verdict: ClaimVerdict, ground: Ground, detail: str) -> Claim:
        return Claim(ClaimKind.ANCHOR, mark.text, mark.line, verdict, ground, detail)

    if not citation.symbol:
        return claim(ClaimVerdict.VERIFIED, Ground.TEXT, f"file exists: {path}")
    file = reading.file(path)
    if file is not None and file.problem:
        return claim(ClaimVerdict.UNVERIFIABLE, Ground.TEXT, f"{path}: {file.problem}")
    defined = definitions_in(file, citation.symbol) if file is not None else []
    if defined:
        places = ", ".join(f"{path}:{d.def_line}-{d.end_line}" for d in defined[:3])
        return claim(ClaimVerdict.VERIFIED, Ground.SYNTAX, f"defined at {places}")
    if _is_word_in(reading.lines(path) or (), citation.symbol):
        return claim(ClaimVerdict.VERIFIED, Ground.TEXT, f"the name stands in {path}")
    other = _other_place(reading, path, citation.symbol, is_explicit=True)
    if other:
        return claim(ClaimVerdict.MOVED, Ground.TEXT, other)
    return claim(ClaimVerdict.MISSING, Ground.TEXT, f"no `{citation.symbol}` in {path}")


def _near(marks: Sequence[Mark], at: int) -> list[Mark]:
    """Code spans of the sentence that may say what stands at the place, nearest first.

    What is said to stand at another place of the sentence says nothing of this one: in «opens at
    line 3, fills it with `dump` at line 4» line 3 is none of a `dump`.
    """
    first, last = span_of_sentence(marks, at)
    elsewhere = {
        bound
        for other in range(first, last + 1)
        if _is_another_place(marks[other], marks[at])
        if (bound := _bound_mark(marks, other)) is not None
    }
    near = [n for n in range(first, last + 1) if n not in elsewhere and _may_stand(marks[n])]
    before = [marks[n] for n in reversed(near) if n < at]
    return before + [marks[n] for n in near if n > at]


def _is_another_place(mark: Mark, than: Mark) -> bool:
    other, here = mark.citation, than.citation
    if other is None or here is None or not other.lines:
        return False
    return (other.path, other.lines) != (here.path, here.lines)


def _may_stand(mark: Mark) -> bool:
    """Whether a mark names or quotes code: a span, or the symbol of a place without lines."""
    if mark.citation is None:
        return mark.is_code
    return bool(mark.citation.symbol) and not mark.citation.lines


def _said_by(mark: Mark) -> str:
    return mark.citation.symbol if mark.citation is not None else mark.text


def _bound(marks: Sequence[Mark], at: int) -> str:
    """The code span that says beyond doubt what stands at the place; empty where none does.

    It stands directly before it (`f(x)` at line 3, `f` (line 3)) or in brackets behind it.
    """
    found = _bound_mark(marks, at)
    return "" if found is None else marks[found].text


def _is_denied(marks: Sequence[Mark], at: int) -> bool:
    """Whether what is bound to the place is said not to be there: «no key `a` (line 3)»."""
    found = _bound_mark(marks, at)
    before = marks[found - 1].text if found else ""
    return _DENIED.search(before[-_NEAR:]) is not None


def _bound_mark(marks: Sequence[Mark], at: int) -> int | None:
    if at >= 1 and _is_bindable(marks[at - 1]):
        return at - 1
    if at >= 2 and _is_bindable(marks[at - 2]) and JOINS.fullmatch(marks[at - 1].text):
        # `line 3 `f`, line 4 `g``: behind a comma the next thing begins, and its place comes first.
        is_next = _COMMA.fullmatch(marks[at - 1].text) and _is_directly_before_code(marks, at)
        return at + 2 if is_next else at - 2
    if at + 2 < len(marks) and _is_bindable(marks[at + 2]) and _OPENS.fullmatch(marks[at + 1].text):
        return at + 2
    return None


def _is_directly_before_code(marks: Sequence[Mark], at: int) -> bool:
    return at + 2 < len(marks) and not marks[at + 1].text.strip() and _is_bindable(marks[at + 2])


def _is_bindable(mark: Mark) -> bool:
    if not mark.is_code or mark.citation is not None:
        return False
    return parse_span(mark.text) is not None or is_quotation(mark.text)


def _is_word_in(lines: Sequence[str], symbol: str) -> bool:
    written = parse_span(symbol)
    name = written.name if written else symbol
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(word.search(line) for line in lines)


def _claim_text(citation: Citation, path: str, lines: Lines, is_implied: bool) -> str:
    if is_implied:
        return f"{citation.text.strip()} ({path}:{range_text(lines)})"
    symbol = f"::{citation.symbol}" if citation.symbol else ""
    return f"{citation.path}:{range_text(lines)}{symbol}"


def _not_judged(mark: Mark, why: str) -> Claim:
    return Claim(ClaimKind.ANCHOR, mark.text.strip(), mark.line, ClaimVerdict.NOT_JUDGED, None, why)
