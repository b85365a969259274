"""Claims of how many functions a function calls: `a` calls 3 functions.

Nobody says whether builtins and classes count, nor whether two calls of one function are two. So a
number is refused only where no way of counting comes to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracer.model.graph import SiteKind
from tracer.model.source import FunctionKind
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.alternatives import one_function_of
from tracer.verify.arrows import hop_of
from tracer.verify.marks import Mark
from tracer.verify.names import one_function
from tracer.verify.numbers import NUMBER, Said, fits, said_number
from tracer.verify.reading import Reading
from tracer.verify.syntax import CallExpression, Definition

_COUNT = re.compile(
    rf"[\s*_]*(?:directly\s+)?(?:calls|invokes)\s+(?:exactly\s+|only\s+|just\s+)?{NUMBER}\s+"
    r"(?:(?:distinct|different|other)\s+)?(?P<noun>functions?|methods?|callees?)"
    r"(?=[\s*_]*(?:$|[.,;:()—–]))",
    re.IGNORECASE,
)
_SHOWN = 4


def judge_callee_counts(
    reading: Reading, marks: Sequence[Mark], files: Sequence[str]
) -> list[Claim]:
    """Claims of one unit: a code span that names one function, and how many it is said to call."""
    claims: list[Claim] = []
    for named, behind in pairwise(marks):
        match = _COUNT.match(behind.text) if named.is_code and not behind.is_code else None
        if match is None:
            continue
        hop = hop_of(named)
        source, _ = one_function(hop.dotted, reading, files) if hop.dotted else (None, "")
        said = said_number(match)
        if source is not None and source.is_function:
            claims += _judge(reading, source, named, said, match["noun"].lower())
    return claims


def _judge(
    reading: Reading, source: Definition, named: Mark, said: Said, noun: str
) -> Iterator[Claim]:
    file = reading.file(source.path)
    if file is None or len(one_function_of(source, file).definitions) > 1:
        return
    calls = [call for call in file.calls_in(source) if call.kind is SiteKind.CALL]
    # What a function defined within calls is a call of the source, or of that function.
    own = [call for call in calls if call.scope == source.scope]
    settled = _settled(reading, source, calls)
    ways = {way for part in (own, calls) for way in _ways(_settled(reading, source, part), part)}
    is_of_methods = noun.startswith("method")
    in_own = _settled(reading, source, own)
    methods = {each for each in in_own if each.kind is FunctionKind.METHOD}
    least = len(methods if is_of_methods else in_own - methods)
    if is_of_methods:
        ways.add(least)
    text = f"{named.text} calls {said.text} {noun}"
    shown = sorted(each.name for each in settled)
    listed = ", ".join(f"`{name}`" for name in shown[:_SHOWN])
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    functions = f"{len(shown)} function{'s' * (len(shown) != 1)} of the tree"
    detail = f"{source.path}:{source.def_line}-{source.end_line} holds {len(calls)} calls; " + (
        f"it calls {functions}: {listed}{more}" if shown else "none is settled by imports"
    )
    if any(fits(said, way) for way in ways):
        yield Claim(ClaimKind.COUNT, text, named.line, ClaimVerdict.VERIFIED, Ground.SYNTAX, detail)
    elif not any(fits(said, way) for way in range(least, len(calls) + 1)):
        yield Claim(ClaimKind.COUNT, text, named.line, ClaimVerdict.REFUTED, Ground.SYNTAX, detail)


def _ways(settled: set[Definition], calls: Sequence[CallExpression]) -> set[int]:
    """How many there are: of the tree, methods apart, by name, each call for one."""
    functions = {each for each in settled if each.kind is not FunctionKind.METHOD}
    return {len(settled), len(functions), len({call.text for call in calls}), len(calls)}


def _settled(
    reading: Reading, source: Definition, calls: Sequence[CallExpression]
) -> set[Definition]:
    """The functions of the tree that imports and definitions alone bind the calls to."""
    found: set[Definition] = set()
    for call in calls:
        targets = reading.callees(call, source.path)
        if len(targets) == 1:
            found |= {t for t in targets if isinstance(t, Definition) and t.is_function}
    return found
