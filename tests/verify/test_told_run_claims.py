"""One document of what runs showed, beside recordings of many kinds: to the last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import (
    Frame,
    HiddenFunction,
    ObservedCall,
    ObservedExternal,
    ObservedLines,
    Recording,
    StandIns,
)
from tracer.model.verification import ClaimKind
from tracer.static.sources import read_tree
from tracer.verify.documents import verify_document

RUNS = Path(__file__).parent / "told" / "runs"
TREE = read_tree(RUNS / "tree")


def _frame(path: str, name: str) -> Frame:
    """The frame of a function as the interpreter names it: its last name stands on its line."""
    last = f"def {name.rpartition('.')[2]}("
    lines = (RUNS / "tree" / path).read_text("utf-8").splitlines()
    at = [number for number, line in enumerate(lines, start=1) if last in line]
    first = at[-1] if name == "Box.size" else at[0]
    while first > 1 and lines[first - 2].lstrip().startswith("@"):
        first -= 1
    return Frame(path, path.removesuffix(".py").replace("/", "."), name, first)


WORK, PRICE, CLEAN, MAIN, STREAM, OFTEN, FIVE, PACKED, SIZE, OUTER, WAIT = (
    _frame("shop/work.py", name)
    for name in (
        *("work", "price", "clean", "main", "stream", "often", "five", "packed", "Box.size"),
        *("outer", "wait"),
    )
)
INNER = _frame("shop/work.py", "outer.<locals>.inner")
INIT = _frame("shop/work.py", "Box.__init__")
PACK, SEALED = (_frame("lib/tools.py", name) for name in ("pack", "sealed"))
MODULE = Frame("shop/work.py", "shop.work", "<module>", 1)


def _call(caller: Frame, callee: Frame, line: int, calls: int = 1, how: str = "call"):  # type: ignore[no-untyped-def]
    return ObservedCall(caller, callee, line, None, calls, 1, how=how)


CALLS = (
    ObservedCall(None, MODULE, 0, None, 1, 1, through="program"),
    _call(MODULE, MAIN, 122),
    _call(MODULE, WORK, 121),
    _call(MAIN, WORK, 108),
    _call(WORK, PRICE, 15, 3),
    _call(WORK, PRICE, 18, 2),
    _call(WORK, CLEAN, 18, 2),
    _call(MAIN, INIT, 109),
    _call(MAIN, SIZE, 110),
    _call(SIZE, CLEAN, 61),
    _call(MAIN, STREAM, 112, 3, "resume"),
    _call(MAIN, CLEAN, 113, 2),
    _call(STREAM, PRICE, 44),
    _call(MAIN, OUTER, 115),
    _call(OUTER, INNER, 0),
    _call(INNER, PRICE, 70),
    _call(MAIN, OFTEN, 116),
    *(_call(OFTEN, PRICE, line) for line in range(77, 84)),
    _call(MAIN, FIVE, 117),
    *(_call(FIVE, CLEAN, line) for line in range(87, 92)),
    _call(MAIN, PACKED, 118),
)
LINES = (
    ObservedLines(MODULE, 1, (3, 121)),
    ObservedLines(MAIN, 1, tuple(range(108, 119))),
    ObservedLines(WORK, 2, (12, 14, 15, 18, 19)),
    ObservedLines(PRICE, 14, (23,)),
    ObservedLines(CLEAN, 10, (27, 30)),
    ObservedLines(INIT, 1, (53,)),
    ObservedLines(SIZE, 1, (61,)),
    ObservedLines(STREAM, 1, (43, 44)),
    ObservedLines(OUTER, 1, (69, 72, 73)),
    ObservedLines(INNER, 1, (70,)),
    ObservedLines(OFTEN, 1, tuple(range(77, 84))),
    ObservedLines(FIVE, 1, tuple(range(87, 92))),
    ObservedLines(_frame("shop/work.py", "again"), 1, (128, 129, 130)),
    ObservedLines(_frame("shop/work.py", "once"), 1, (124,)),
    ObservedLines(WAIT, 1, (48,)),
    ObservedLines(_frame("shop/work.py", "spread"), 1, (134,)),
    ObservedLines(PACKED, 1, (95, 96, 97, 98, 101, 102)),
)
OUTSIDE = (
    ObservedExternal(PACKED, 96, None, "lib.tools.pack", 1, 9),
    ObservedExternal(PACKED, 97, None, "lib.tools.pack", 2, 9),
    ObservedExternal(PACKED, 101, None, "json.dumps", 2, 9),
    ObservedExternal(WORK, 19, None, "simplejson.dumps", 1, 9),
)
WHOLE = Recording(
    Workload("w1", ("shop/work.py",)),
    True,
    calls=CALLS,
    externals=OUTSIDE,
    lines=LINES,
    namespaces=("shop",),
)
SHORT = Recording(
    Workload("w2", ("-m", "shop.work")),
    True,
    calls=(
        _call(MODULE, WORK, 121),
        _call(WORK, PRICE, 18),
        _call(WORK, PRICE, 13, 2),
        _call(OUTER, INNER, 0),
        _call(PACK, SEALED, 2),
    ),
    lines=(ObservedLines(WORK, 1, (12, 13, 14, 18)), ObservedLines(PRICE, 3, (23,))),
    hidden=(HiddenFunction("tensorflow", "shop.work", "tf__never", "never"),),
)
CASES = {
    "whole": (WHOLE,),
    "both": (WHOLE, SHORT),
    "short": (SHORT,),
    "stand-ins": (replace(WHOLE, stand_ins=StandIns(("auto",), ("heavy",))), SHORT),
    "stand-ins alone": (replace(WHOLE, stand_ins=StandIns(("auto",), ("heavy",))),),
    "elsewhere": (
        Recording(
            Workload("w3", ("lib/tools.py",)),
            True,
            calls=(_call(PACK, SEALED, 2),),
            namespaces=("lib",),
        ),
    ),
    "moved": (replace(WHOLE, calls=(_call(replace(MAIN, first_line=9), WORK, 10),)),),
    "none": (),
}


def _told() -> Iterator[str]:
    """The first case in whole lines; of the others what is said, and of which lines."""
    text = (RUNS / "document.md").read_text("utf-8")
    for number, (case, recordings) in enumerate(CASES.items()):
        yield f"## {case}"
        claims = verify_document("d", text, TREE, None, recordings).claims
        lines: dict[str, list[int]] = {}
        for claim in claims:
            if claim.kind is not ClaimKind.RUN:
                continue
            ground = f" by {claim.ground.value}" if claim.ground else ""
            said = f"{claim.verdict.value}{ground} — {claim.detail}"
            if number:
                lines.setdefault(said, []).append(claim.line)
            else:
                yield f"{claim.line:3} {claim.text}: {said}"
        yield from (f"{said}: {_ranges(at)}" for said, at in lines.items())


def _ranges(numbers: list[int]) -> str:
    """`3-5, 9`; a line of which it is said twice stands twice."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in ranges)


def test_all_that_is_said_of_runs() -> None:
    """Each claim with line, verdict, ground and words. Look at what changed, and copy it over."""
    golden = RUNS / "claims.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(_told()) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")


def test_what_monitoring_counted_outside_is_a_lower_bound(make_tree) -> None:
    """It stops counting once a callee is known at its place: no number is right or wrong by it."""
    tree = make_tree({"shop.py": "import json\n\n\ndef pack(x):\n    return json.dumps(x)\n"})
    seen = ObservedExternal(Frame("shop.py", "shop", "pack", 4), 5, None, "json.dumps", 16, 1)
    run = Recording(Workload("w1", ("x.py",)), True, externals=(seen,), backend="settrace")
    text = "`pack` → `json.dumps` ran 16 times at `shop.py:5`.\n"

    def verdicts(recording: Recording) -> list[str]:
        found = verify_document("d.md", text, tree, None, [recording]).claims
        return [str(claim.verdict) for claim in found if claim.kind is ClaimKind.RUN]

    assert verdicts(run) == ["verified"]
    assert verdicts(replace(run, backend="monitoring")) == ["unverifiable"]
