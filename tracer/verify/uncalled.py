"""Claims that nothing calls a function: nobody calls `b`, `b` has no callers.

`is never called` may speak of a run: it is refused only where a run came there. What no import
settles may be a call all the same, so that nothing of this kind is ever verified.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.source import FunctionKind
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.arrows import hop_of
from tracer.verify.hops import HopJudge
from tracer.verify.marks import Mark
from tracer.verify.names import candidates, is_test, one_function
from tracer.verify.reading import Reading
from tracer.verify.syntax import CallExpression, Definition

_NONE = r"(?:nobody|no\s*one|nothing|no\s+(?:function|code|caller|other\s+function))"
_END = r"[\s*_]*(?:$|[.;)](?:\s|$))"
_BEFORE = re.compile(
    rf"(?:^|[.;:!?—–]\s+)[\s*_]*{_NONE}\s+(?:ever\s+)?(?:calls|invokes)[\s*_]*$", re.IGNORECASE
)
_BEHIND = re.compile(
    rf"[\s*_]*(?:(?:is|are)\s+(?:called|invoked)\s+by\s+{_NONE}|has\s+no\s+callers?){_END}",
    re.IGNORECASE,
)
_NEVER = re.compile(
    rf"[\s*_]*(?:is|are|was|were|gets)\s+never\s+(?:called|invoked){_END}", re.IGNORECASE
)
_CLOSED = re.compile(_END)
_OPEN_CLAUSE = re.compile(r"\b(?:if|unless|when|until|without|would|whether|why)\b", re.IGNORECASE)
_SHOWN = 3


def judge_uncalled(
    reading: Reading, hops: HopJudge, marks: Sequence[Mark], files: Sequence[str]
) -> list[Claim]:
    """Claims of one unit."""
    claims: list[Claim] = []
    for at, mark in enumerate(marks):
        if not mark.is_code or mark.citation is not None:
            continue
        before = marks[at - 1].text if at else ""
        behind = marks[at + 1].text if at + 1 < len(marks) else ""
        is_static = bool(
            (_BEFORE.search(before) and _CLOSED.match(behind)) or _BEHIND.match(behind)
        )
        clause = re.split(r"[.;!?]\s", before)[-1]
        if not (is_static or _NEVER.match(behind)) or _OPEN_CLAUSE.search(clause):
            continue
        hop = hop_of(mark)
        target, _ = one_function(hop.dotted, reading, files) if hop.dotted else (None, "")
        if target is not None and target.is_function:
            claims.append(_judge(reading, hops, target, mark, is_static=is_static))
    return claims


def _judge(
    reading: Reading, hops: HopJudge, target: Definition, mark: Mark, *, is_static: bool
) -> Claim:
    def claim(verdict: ClaimVerdict, ground: Ground | None, detail: str) -> Claim:
        text = f"nobody calls {mark.text}"
        return Claim(ClaimKind.CALLER, text, mark.line, verdict, ground, detail)

    # What a library calls back has no caller in the tree, and ran all the same.
    if not is_static and hops.ran.has_calls and _did_run(hops, target):
        return claim(ClaimVerdict.REFUTED, Ground.RUN, f"{target.qualname} ran")
    places = [
        f"{path}:{call.line}"
        for path, call in hops.callers(target)
        if not is_test(path) and not _may_be_override(reading, target, path, call)
    ]
    if not places:
        detail = "no call of it is settled by imports and definitions; another may be one"
        return claim(ClaimVerdict.NOT_JUDGED, None, detail)
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    detail = f"it is called at {', '.join(places[:_SHOWN])}{more}"
    if not is_static:
        detail += "; whether a run comes there is another question"
    if not is_static or reading.may_be_rebound(target):
        return claim(ClaimVerdict.NOT_JUDGED, None, detail)
    return claim(ClaimVerdict.REFUTED, Ground.SYNTAX, detail)


def _may_be_override(reading: Reading, target: Definition, path: str, call: CallExpression) -> bool:
    """Whether a call on `self` may run a method of that name of another class."""
    file = reading.file(path)
    if file is None or target.kind is not FunctionKind.METHOD:
        return False
    receiver = file.scopes[call.scope].definition.first_parameter
    is_own = bool(receiver) and call.text == f"{receiver}.{target.name}"
    return is_own and len(candidates(target.name, reading)) > 1


def _did_run(hops: HopJudge, target: Definition) -> bool:
    return not hops.ran.moved([target]) and hops.ran.did_run(target)
