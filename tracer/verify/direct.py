"""Whether one function calls another on the spot, as the verifier's own reading has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model.graph import SiteKind
from tracer.model.recording import ObservedCall
from tracer.model.source import FunctionKind, Span
from tracer.model.verification import Ground
from tracer.verify.reading import Reading, Targets
from tracer.verify.recorded import Recorded
from tracer.verify.syntax import CallExpression, Definition, FileReading, module_name

STRENGTH = {
    Ground.RUN: 0,
    Ground.SYNTAX: 1,
    Ground.TEXT: 2,
    Ground.EXECUTED: 3,
    Ground.SOLVER: 4,
}

_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})


@dataclass(frozen=True, slots=True)
class DirectCall:
    """A call expression, and how well it is known to be the one that was claimed."""

    call: CallExpression
    ground: Ground


def direct_calls(
    caller: Definition, callee: Definition | str, reading: Reading, recorded: Recorded
) -> list[DirectCall]:
    """Calls in the caller, functions within it included, of the callee; in source order.

    Args:
        callee: A definition, or a dotted name of something outside the tree, as imported or as
            written in the caller's file.
    """
    file = reading.file(caller.path)
    if file is None or not file.scopes:
        return []
    if isinstance(callee, Definition) and callee.kind is FunctionKind.MODULE:
        return [
            DirectCall(site, Ground.SYNTAX)
            for site in file.calls_in(caller)
            if site.kind is SiteKind.IMPORT and callee in reading.imported(site, file)
        ]
    names = written_names(callee)
    seen = recorded.calls(caller, callee) if isinstance(callee, Definition) else ()
    bound = reading.bound(callee, file, caller.scope) if isinstance(callee, str) else frozenset()
    found: list[DirectCall] = []
    for call in file.calls_in(caller):
        if call.name not in names and not _is_the_one_seen(call, names, seen, file):
            continue
        ground = _ground(call, caller, callee, bound, seen, reading, recorded)
        if ground is not None:
            found.append(DirectCall(call, ground))
    return sorted(found, key=lambda item: (item.call.line, item.call.column))


def best(calls: Iterable[DirectCall]) -> DirectCall | None:
    """The one that rests on the strongest ground, first in source."""
    return min(calls, key=lambda item: STRENGTH[item.ground], default=None)


def is_binding_to(targets: Targets, callee: Definition) -> bool:
    """Whether a name bound to these targets runs the callee, and nothing else, when called."""
    if len(targets) > 1:  # of one name, under conditions: to a reader they are one function
        names = {(t.path, t.qualname) for t in targets if isinstance(t, Definition)}
        is_one = names == {(callee.path, callee.qualname)}
        return is_one and callee in targets and not any(_may_be_another(t) for t in targets)
    if not targets:
        return False
    (target,) = targets
    if target == callee:
        return not callee.is_wrapped
    return (
        isinstance(target, Definition)
        and target.kind is FunctionKind.CLASS_BODY
        and callee.name in _CONSTRUCTORS - {"__call__"}
        and callee.path == target.path
        and callee.owner_class == target.scope
    )


def _may_be_another(target: object) -> bool:
    return not isinstance(target, Definition) or target.is_wrapped


def may_be_written(text: str, callee: Definition) -> bool:
    """Whether an unsettled name can stand for the callee.

    A method is called on any object. A function of a module is called by its bare name or through
    its module: `model.save(…)` is no call of `model_manager.save`.
    """
    receiver = text.rpartition(".")[0].rpartition(".")[2]
    if callee.kind is FunctionKind.METHOD:
        return True
    return not receiver or receiver == module_name(callee.path).rpartition(".")[2]


def _is_the_one_seen(
    call: CallExpression,
    names: frozenset[str],
    seen: Sequence[ObservedCall],
    file: FileReading,
) -> bool:
    """Whether a call by another name is the one that a run saw to be of the callee.

    Calls end where no other does, so the column tells. Without one, as on Python 3.10, it must not
    hold a call by the callee's name, nor one that begins later: `cart.update(` around `price(n)` on
    the next line is none of `price`.
    """
    for each in seen:
        if each.span is not None:
            if _ends_with(call, each.span):
                return True
            continue
        around = [c for c in file.calls if c.line <= each.line <= c.end_line]
        is_named = any(c.name in names for c in around)
        if call in around and not is_named and call == max(around, key=lambda c: c.line):
            return True
    return False


def _is_at(call: CallExpression, seen: ObservedCall, file: FileReading) -> bool:
    """Whether a call by the callee's name is the one that a run saw, as far as columns tell."""
    if seen.span is not None and any(_ends_with(each, seen.span) for each in file.calls):
        return _ends_with(call, seen.span)
    return call.line <= seen.line <= call.end_line


def _ends_with(call: CallExpression, span: Span) -> bool:
    return (call.end_line, call.end_column) == (span.end_line, span.end_column)


def _ground(
    call: CallExpression,
    caller: Definition,
    callee: Definition | str,
    bound: Targets,
    seen: tuple[ObservedCall, ...],
    reading: Reading,
    recorded: Recorded,
) -> Ground | None:
    """What says that this call is of the callee; None where it is of something else."""
    targets = reading.callees(call, caller.path)
    if isinstance(callee, str):
        if recorded.saw_external(caller, _imported(bound, callee), call.line, call.end_line):
            return Ground.RUN
        return _external_ground(call, callee, bound, targets)
    file = reading.file(caller.path)
    if file is not None and any(_is_at(call, each, file) for each in seen):
        return Ground.RUN
    if is_binding_to(targets, callee):
        return Ground.SYNTAX
    if callee in targets:
        return Ground.TEXT
    if targets or call.name not in written_names(callee):
        return None  # imports bind the name to something else
    return Ground.TEXT if may_be_written(call.text, callee) else None


def _external_ground(
    call: CallExpression, callee: str, bound: Targets, targets: Targets
) -> Ground | None:
    if targets and (targets == bound or targets == frozenset({callee})):
        return Ground.SYNTAX
    if call.text == callee:
        return Ground.TEXT
    if targets:
        names = {target for target in targets if isinstance(target, str)}
        ends = (f".{callee}", callee)
        return Ground.SYNTAX if any(name.endswith(ends) for name in names) else None
    return Ground.TEXT if _is_of_a_class(callee, bound) and "." in call.text else None


def _is_of_a_class(callee: str, bound: Targets) -> bool:
    """`zipfile.ZipFile.write`: a method named by its class, so called on some object.

    `params.cfg.update` is none: it names the object, and then the call must be written so.
    """
    owner = callee.rpartition(".")[0].rpartition(".")[2]
    return owner[:1].isupper() or any(isinstance(target, str) for target in bound)


def _imported(bound: Targets, written: str) -> str:
    names = [target for target in bound if isinstance(target, str)]
    return names[0] if len(bound) == 1 and names else written


def written_names(callee: Definition | str) -> frozenset[str]:
    """Names that a call of it may be written with."""
    if isinstance(callee, str):
        return frozenset({callee.rpartition(".")[2]})
    if callee.name in _CONSTRUCTORS and callee.kind is FunctionKind.METHOD:
        return frozenset({callee.qualname.split(".")[-2], callee.name, "cls"})
    return frozenset({callee.name})
