"""Which values to read in a live frame, and what is claimed of them.

Nothing is claimed that the source does not say: the number of entries of a dictionary is expected
only where a literal spells them out and nothing between there and the place of use can change it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.plan import Tap, TapMoment
from tracer.model.source import FunctionId, is_function, path_of, qualname_of
from tracer.paths import GraphView, forward_cone, view_of
from tracer.plan.literals import counted_arguments
from tracer.plan.scope import Scope
from tracer.plan.statements import Statement, Syntax, syntax_of
from tracer.static.sources import SourceTree

MOST_TAPS = 12
_MOST_OF_KIND = 3
_FAR = 100
_BESIDE = 10  # who calls a named function comes after what the named functions lead to

_PURPOSES = {
    EffectKind.SERIALIZE: "what is serialised by `{}`",
    EffectKind.DESERIALIZE: "what `{}` gives back",
    EffectKind.ARCHIVE_WRITE: "what `{}` is told to write",
    EffectKind.ARCHIVE_READ: "what `{}` is told to read",
    EffectKind.STATE_WRITE: "the state after `{}`",
    EffectKind.FILE_WRITE: "what `{}` is told to write",
    EffectKind.FILE_READ: "what `{}` is told to read",
    EffectKind.ENVIRONMENT: "the state after `{}`",
}
# Opening a file by name tells little: these fill up what places are left.
_FILLERS = frozenset({EffectKind.FILE_WRITE, EffectKind.FILE_READ, EffectKind.ENVIRONMENT})
_BEFORE = frozenset(
    {
        EffectKind.SERIALIZE,
        EffectKind.ARCHIVE_WRITE,
        EffectKind.ARCHIVE_READ,
        EffectKind.FILE_WRITE,
        EffectKind.FILE_READ,
    }
)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A tap before it has a key, with what decides whether it is kept."""

    kind: str
    distance: int  # from the named functions
    function: FunctionId
    statement: Statement
    expression: str
    moment: TapMoment
    purpose: str
    expected: str = ""
    unit: str = ""


def propose_taps(scope: Scope, graph: CallGraph, tree: SourceTree) -> tuple[Tap, ...]:
    """At most twelve taps at the sinks of the answer, in order of place.

    Kinds take turns, nearest to the named functions first, so that no busy function takes all
    places. Effects whose arguments are not plain names or attributes are passed over: a tap must
    not run code of its own.
    """
    parsed = syntax_of(tree, frozenset(path_of(function) for function in scope.functions))
    distance = _distances(scope, view_of(graph))
    proposals = [
        *_counted(scope, graph, parsed, distance),
        *(
            proposal
            for effect in scope.sinks
            for proposal in _at_effect(effect, parsed, distance.get(effect.function, _FAR))
        ),
    ]
    return _with_keys(_taking_turns(proposals))


def _distances(scope: Scope, view: GraphView) -> Mapping[FunctionId, int]:
    """Calls below what the brief names; what only lies below a driver comes after all of it."""
    below = forward_cone(view, scope.entry_points)
    distances = {function: _FAR // 2 + hops for function, hops in below.items()}
    distances.update(forward_cone(view, scope.named))
    for function in scope.named:
        for hop in view.callers.get(function, ()):
            distances[hop.caller] = min(distances.get(hop.caller, _FAR), _BESIDE)
    return distances


def _counted(
    scope: Scope,
    graph: CallGraph,
    parsed: Mapping[str, Syntax],
    distance: Mapping[FunctionId, int],
) -> Iterator[_Proposal]:
    wanted = frozenset(scope.functions)
    for resolution in graph.resolutions:
        site = resolution.site
        if site.caller not in wanted or site.is_unreachable or site.path not in parsed:
            continue
        inside = [callee for callee in resolution.callees if is_function(callee)]
        if not inside or not wanted.intersection(inside):
            continue
        found = parsed[site.path].call_at(site.span)
        if found is None:
            continue
        statement, call = found
        for name, count in counted_arguments(statement, call):
            yield _Proposal(
                kind="count",
                distance=distance.get(site.caller, _FAR),
                function=site.caller,
                statement=statement,
                expression=f"len({name})",
                moment=TapMoment.BEFORE,
                purpose=f"entries of `{name}` as they go into `{site.text}`",
                expected=f"== {count}",
                unit="entries",
            )


def _at_effect(effect: Effect, parsed: Mapping[str, Syntax], distance: int) -> Iterator[_Proposal]:
    purpose = _PURPOSES.get(effect.kind)
    syntax = parsed.get(path_of(effect.function))
    if purpose is None or syntax is None or effect.is_unreachable:
        return
    found = syntax.call_at(effect.span)
    statement = found[0] if found else syntax.statement_at(effect.span.line)
    if statement is None:
        return
    call = found[1] if found else None
    for expression in _expressions(effect, statement, call):
        yield _Proposal(
            kind=effect.kind,
            distance=distance,
            function=effect.function,
            statement=statement,
            expression=expression,
            moment=TapMoment.BEFORE if effect.kind in _BEFORE else TapMoment.AFTER,
            purpose=purpose.format(effect.operation),
        )


def _expressions(effect: Effect, statement: Statement, call: ast.Call | None) -> list[str]:
    match effect.kind:
        case EffectKind.SERIALIZE:
            candidates = call.args[:1] if call else []
        case EffectKind.DESERIALIZE:
            candidates = _targets(statement, call)
        case EffectKind.STATE_WRITE | EffectKind.ENVIRONMENT:
            candidates = _state(effect.subject, statement, call)
        case EffectKind.ARCHIVE_WRITE | EffectKind.FILE_WRITE:
            # The name within the archive stands behind the file: `write(file, name)`.
            candidates = [*call.args[1:2], *call.args[:1]] if call else []
        case _:
            candidates = call.args[:1] if call else []
    readable = (text for node in candidates if (text := readable_expression(node)))
    return list(readable)[:1]


def readable_expression(node: ast.expr) -> str:
    """The source of names, attributes and constant items; empty for all that would run code."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            inner = readable_expression(value)
            return f"{inner}.{attribute}" if inner else ""
        case ast.Subscript(value=value, slice=ast.Constant(value=str() | int() as key)):
            inner = readable_expression(value)
            return f"{inner}[{key!r}]" if inner else ""
        case _:
            return ""


def _targets(statement: Statement, call: ast.Call | None) -> list[ast.expr]:
    """The name to which the call's own result is bound."""
    match statement.node:
        case ast.Assign(targets=[target], value=value) if value is call:
            return [target]
        case ast.AnnAssign(target=target, value=value) if value is call:
            return [target]
        case _:
            return []


def _state(subject: str, statement: Statement, call: ast.Call | None) -> list[ast.expr]:
    """The expression that names the changed object: the receiver, an argument, or a store's holder.

    Where the effect names its subject, only an expression that ends in the same name counts:
    `update_legacy_dict(params.cfg, config)` changes its argument, not its receiver.
    """
    if call is not None:
        receiver = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        candidates = [*receiver, *call.args]
    else:
        candidates = _stores(statement.node)
    if not subject:
        return candidates[:1]
    name = subject.rpartition(".")[2]
    return [node for node in candidates if readable_expression(node).rpartition(".")[2] == name]


def _stores(node: ast.stmt) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            stores = list(targets)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            stores = [target]
        case _:
            stores = []
    return [*stores, *(node.value for node in stores if isinstance(node, ast.Subscript))]


def _taking_turns(proposals: list[_Proposal]) -> list[_Proposal]:
    """The nearest of each kind, then the second of each, up to the limits; equal ones once."""
    by_kind: dict[str, list[_Proposal]] = {}
    seen: set[tuple[FunctionId, str, TapMoment, int]] = set()
    for proposal in sorted(proposals, key=_rank):
        place = proposal.statement.lines[0]
        key = (proposal.function, proposal.expression, proposal.moment, place)
        if key not in seen:
            seen.add(key)
            by_kind.setdefault(proposal.kind, []).append(proposal)
    turns = [
        by_kind[kind][turn]
        for kinds in (by_kind.keys() - _FILLERS, by_kind.keys() & _FILLERS)
        for turn in range(_MOST_OF_KIND)
        for kind in _in_turn(kinds)
        if turn < len(by_kind[kind])
    ]
    chosen = turns[:MOST_TAPS]
    return sorted(chosen, key=lambda p: (path_of(p.function), p.statement.lines[0], p.expression))


def _in_turn(kinds: Iterable[str]) -> list[str]:
    order = ["count", *(kind.value for kind in _PURPOSES)]
    return sorted(kinds, key=lambda kind: (order.index(kind) if kind in order else 99, kind))


def _rank(proposal: _Proposal) -> tuple[int, str, int, str]:
    return proposal.distance, proposal.function, proposal.statement.lines[0], proposal.expression


def _with_keys(proposals: list[_Proposal]) -> tuple[Tap, ...]:
    """Keys from function and expression, so that they stay when lines move."""
    taken: dict[str, int] = {}
    taps: list[Tap] = []
    for proposal in proposals:
        qualname = qualname_of(proposal.function).replace(".<locals>", "")
        owner = qualname if "<" not in qualname else _module_name(path_of(proposal.function))
        base = f"{owner}.{_slug(proposal.expression)}"
        taken[base] = taken.get(base, 0) + 1
        lines = proposal.statement.lines
        taps.append(
            Tap(
                key=base if taken[base] == 1 else f"{base}.{taken[base]}",
                expression=proposal.expression,
                path=path_of(proposal.function),
                line=lines[0],
                moment=proposal.moment,
                function=qualname_of(proposal.function),
                statement_lines=lines,
                purpose=proposal.purpose,
                expected=proposal.expected,
                unit=proposal.unit,
            )
        )
    return tuple(taps)


def _module_name(path: str) -> str:
    return path.removesuffix(".py").rpartition("/")[2]


def _slug(expression: str) -> str:
    if expression.startswith("len("):
        return f"{_slug(expression[4:-1])}.count"
    return expression.replace("['", ".").replace("']", "").replace("[", ".").replace("]", "")
