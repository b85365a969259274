"""Statements that take control more than one way, and how the ways meet again."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tracer.model.graph import GuardKind, SiteKind
from tracer.static.constants import constant_truth
from tracer.static.flat import ATTR, ELEMENT, ENTER, ITEM, NAME, NARROW, RAISED, UNPACK
from tracer.static.lowering.annotations import narrow, read_type
from tracer.static.lowering.exits import ExitKind
from tracer.static.lowering.scope import GUARD_LIMIT, NO_READS, ScopeReader, span_of
from tracer.static.lowering.targets import bind_target
from tracer.static.quoting import quote
from tracer.static.reaching import Environment, merged

# Context managers that never swallow an exception, by the last part of their name. With any
# other one the statement after the `with` may run although the body ends in `return` or `raise`.
_TRANSPARENT_CONTEXTS = frozenset(
    [
        "open",
        "ZipFile",
        "TarFile",
        "File",
        "TemporaryDirectory",
        "NamedTemporaryFile",
        "Lock",
        "RLock",
        "no_grad",
        "errstate",
        "GradientTape",
        "inference_mode",
        "device",
        "Session",
        "Pool",
        "ThreadPoolExecutor",
        "ProcessPoolExecutor",
        "catch_warnings",
        "closing",
        "name_scope",
        "autocast",
        "enable_grad",
        "start_run",
    ]
)


def _if(scope: ScopeReader, node: ast.If) -> None:
    # An `elif` chain is a chain of `else` branches: walked in a loop, since generated code
    # has thousands of them.
    outer_guard, outer_dead, outer_tests = scope.guard, scope.is_dead, scope.none_tests
    ends: list[tuple[Environment, bool]] = []
    while True:
        reads = scope.condition(node.test)
        truth = constant_truth(node.test)
        if truth is not None:
            reads = NO_READS  # `False and os.path.exists(p)`: what it reads decides nothing
        text = scope.file.source(node.test, GUARD_LIMIT)
        start = scope.environment
        guard = scope.add_guard(
            GuardKind.IF,
            text,
            node.lineno,
            reads,
            branch_line=_first_line(node.body, _end(node.test)),
        )
        tests = scope.none_tests
        scope.environment = dict(start)
        narrow(scope, node.test, True)
        ends.append(scope.branch(node.body, guard, scope.environment, truth is False))
        scope.none_tests = tests
        scope.environment = dict(start)
        narrow(scope, node.test, False)
        guard = scope.add_guard(
            GuardKind.ELSE,
            text,
            node.lineno,
            reads,
            branch_line=_first_line(node.orelse, _end(node.test)),
        )
        next_if = node.orelse[0] if len(node.orelse) == 1 else None
        if isinstance(next_if, ast.If):
            scope.guard, scope.is_dead = guard, scope.is_dead or truth is True
            node = next_if
            continue
        ends.append(scope.branch(node.orelse, guard, scope.environment, truth is True))
        break
    scope.guard, scope.is_dead = outer_guard, outer_dead
    # After `if x is None: return`, what the last `else` told still holds.
    if not all(is_dead for _, is_dead in ends[:-1]):
        scope.none_tests = outer_tests
    scope.join(ends)


def _while(scope: ScopeReader, node: ast.While) -> None:
    truth = constant_truth(node.test)
    loop = scope.open_loop()
    reads = scope.condition(node.test)
    text = scope.file.source(node.test, GUARD_LIMIT)
    guard = scope.add_guard(
        GuardKind.WHILE,
        text,
        node.lineno,
        reads,
        branch_line=_first_line(node.body, _end(node.test)),
    )
    before = dict(scope.environment)
    exits = len(scope.exits)
    narrow(scope, node.test, True)
    end, _ = scope.branch(node.body, guard, scope.environment, truth is False)
    exits_of_body = len(scope.exits)
    scope.close_loop(loop)
    after_test = merged([before, end, *loop.at_continue])
    ends = [scope.branch(node.orelse, scope.guard, after_test, truth is True)]
    scope.end_loop_exits(exits, exits_of_body, ends[0][1])
    ends.extend((environment, False) for environment in loop.at_break)
    scope.join(ends)


def _for(scope: ScopeReader, node: ast.For | ast.AsyncFor) -> None:
    iterated = scope.value(node.iter)
    text = quote(
        f"{scope.file.source(node.target, 60)} in {scope.file.source(node.iter, 80)}",
        GUARD_LIMIT,
    )
    guard = scope.add_guard(
        GuardKind.FOR,
        text,
        node.lineno,
        NO_READS,
        branch_line=_first_line(node.body, _end(node.iter)),
    )
    loop = scope.open_loop()
    before = dict(scope.environment)
    element = scope.node(ELEMENT, iterated, span_of(node.iter), isinstance(node, ast.AsyncFor))
    bind_target(scope, node.target, element, None)
    exits = len(scope.exits)
    end, _ = scope.branch(node.body, guard, scope.environment, False)
    exits_of_body = len(scope.exits)
    scope.close_loop(loop)
    after = merged([before, end, *loop.at_continue])
    ends = [scope.branch(node.orelse, scope.guard, after, False)]
    scope.end_loop_exits(exits, exits_of_body, ends[0][1])
    ends.extend((environment, False) for environment in loop.at_break)
    scope.join(ends)


def _break(scope: ScopeReader, node: ast.Break) -> None:
    if scope.loops and not scope.is_dead:
        scope.loops[-1].at_break.append(dict(scope.environment))
    scope.leave(ExitKind.BREAK)


def _continue(scope: ScopeReader, node: ast.Continue) -> None:
    if scope.loops and not scope.is_dead:
        scope.loops[-1].at_continue.append(dict(scope.environment))
    scope.leave(ExitKind.CONTINUE)


def _try(scope: ScopeReader, node: ast.Try) -> None:
    before = dict(scope.environment)
    first = len(scope.bindings)
    guard = scope.guard
    exits = len(scope.exits)
    body_end, body_dead = scope.branch(node.body, guard, scope.environment, False)
    exits_of_body = len(scope.exits)
    # A handler may start after any statement of the body.
    anywhere = dict(before)
    for index in range(first, len(scope.bindings)):
        name = scope.bindings[index][0]
        anywhere[name] = (*anywhere.get(name, (-1,)), index)
    ends: list[tuple[Environment, bool]] = []
    if node.orelse:
        rest = guard if body_dead else scope.guard_after(exits, guard)
        ends.append(scope.branch(node.orelse, rest, body_end, body_dead))
    else:
        ends.append((body_end, body_dead))
    for handler in node.handlers:
        scope.environment = dict(anywhere)
        text = ""
        if handler.type is not None:
            text = scope.file.source(handler.type, GUARD_LIMIT)
            caught = scope.value(handler.type)
            if handler.name:
                scope.bind(handler.name, scope.node(RAISED, caught), line=handler.lineno)
        handler_guard = scope.add_guard(
            GuardKind.EXCEPT,
            text,
            handler.lineno,
            NO_READS,
            branch_line=_first_line(
                handler.body, _end(handler.type) if handler.type else handler.lineno
            ),
        )
        ends.append(scope.branch(handler.body, handler_guard, scope.environment, False))
    if any(not is_dead for _, is_dead in ends[1:]):
        scope.forget_exits(ExitKind.RAISE, exits, exits_of_body)  # caught, and gone on after
    if not node.finalbody:
        scope.join(ends)
        return
    # The `finally` block runs on every path, so it is alive; what follows it need not be.
    is_dead_after = all(is_dead for _, is_dead in ends)
    entry = merged([anywhere, *(environment for environment, _ in ends)])
    end, is_dead = scope.branch(node.finalbody, guard, entry, False)
    alive = [environment for environment, dead in ends if not dead]
    if alive:
        rebound = {name: bindings for name, bindings in end.items() if entry.get(name) != bindings}
        end = merged(alive) | rebound
    scope.environment = end
    scope.is_dead = scope.is_dead or is_dead or is_dead_after


def _with(scope: ScopeReader, node: ast.With | ast.AsyncWith) -> None:
    is_transparent = True
    for item in node.items:
        context = scope.value(item.context_expr)
        scope.site(SiteKind.WITH, item.context_expr, context, item.context_expr)
        if item.optional_vars is not None:
            entered = scope.node(ENTER, context, isinstance(node, ast.AsyncWith))
            bind_target(scope, item.optional_vars, entered, None)
        is_transparent &= _is_transparent_context(item.context_expr)
    exits = len(scope.exits)
    end, is_dead = scope.branch(node.body, scope.guard, scope.environment, False)
    if not is_transparent:
        scope.forget_exits(ExitKind.RAISE, exits, len(scope.exits))
    scope.environment = end
    scope.is_dead = scope.is_dead or (is_dead and is_transparent)


def _match(scope: ScopeReader, node: ast.Match) -> None:
    subject = scope.value(node.subject)
    subject_text = scope.file.source(node.subject, 60)
    start = scope.environment
    ends: list[tuple[Environment, bool]] = []
    is_exhaustive = False
    for case in node.cases:
        scope.environment = dict(start)
        _pattern(scope, case.pattern, subject)
        text = quote(f"{subject_text}: {scope.file.source(case.pattern, 60)}", GUARD_LIMIT)
        reads = NO_READS
        if case.guard is not None:
            reads = scope.condition(case.guard)
        line = _first_line(case.body, _end(case.guard or case.pattern))
        guard = scope.add_guard(GuardKind.CASE, text, case.pattern.lineno, reads, branch_line=line)
        ends.append(scope.branch(case.body, guard, scope.environment, False))
        is_exhaustive |= case.guard is None and _is_irrefutable(case.pattern)
    if not is_exhaustive:
        ends.append((start, False))
    scope.join(ends)


def _pattern(scope: ScopeReader, pattern: ast.pattern, subject: int) -> None:
    match pattern:
        case ast.MatchAs():
            inner = subject
            if pattern.pattern is not None:
                if isinstance(pattern.pattern, ast.MatchClass):
                    inner = scope.node(NARROW, subject, read_type(scope, pattern.pattern.cls), True)
                _pattern(scope, pattern.pattern, subject)
            if pattern.name is not None:
                scope.bind(pattern.name, inner, line=pattern.lineno)
        case ast.MatchStar():
            if pattern.name is not None:
                value = scope.unknown("a starred pattern")
                scope.bind(pattern.name, value, line=pattern.lineno)
        case ast.MatchMapping():
            for key, value_pattern in zip(pattern.keys, pattern.patterns, strict=True):
                item = scope.node(ITEM, subject, scope.value(key), span_of(pattern))
                _pattern(scope, value_pattern, item)
            if pattern.rest is not None:
                value = scope.unknown("the rest of a mapping")
                scope.bind(pattern.rest, value, line=pattern.lineno)
        case ast.MatchSequence():
            count = len(pattern.patterns)
            star = next(
                (i for i, part in enumerate(pattern.patterns) if isinstance(part, ast.MatchStar)),
                -1,
            )
            for index, part in enumerate(pattern.patterns):
                value = scope.node(UNPACK, subject, index, count, star, span_of(pattern))
                if isinstance(part, ast.MatchStar):
                    if part.name is not None:
                        scope.bind(part.name, value, line=part.lineno)
                else:
                    _pattern(scope, part, value)
        case ast.MatchClass():
            narrowed = scope.node(NARROW, subject, read_type(scope, pattern.cls), True)
            _narrow_matched(scope, subject, narrowed, pattern.lineno)
            for part in pattern.patterns:
                _pattern(scope, part, scope.unknown("a positional part of a class pattern"))
            for name, part in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
                _pattern(scope, part, scope.node(ATTR, narrowed, name, span_of(pattern)))
        case ast.MatchOr():
            for part in pattern.patterns:
                _pattern(scope, part, subject)
        case ast.MatchValue():
            scope.value(pattern.value)


def _narrow_matched(scope: ScopeReader, subject: int, narrowed: int, line: int) -> None:
    """`case C(): …` tells the type of the name that is matched."""
    node = scope.nodes[subject]
    if node[0] == NAME and str(node[1]) in scope.environment:
        scope.bind(str(node[1]), narrowed, line=line)


def _is_transparent_context(node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else node
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _TRANSPARENT_CONTEXTS


def _first_line(body: Sequence[ast.stmt], after: int) -> int:
    """The first line of a block that runs as code; 0 where it is not behind the last of `after`."""
    for statement in body:
        is_quiet = isinstance(statement, ast.Global | ast.Nonlocal) or (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        )
        if is_quiet:
            continue
        decorators = getattr(statement, "decorator_list", ())
        line = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
        return line if line > after else 0
    return 0


def _end(node: ast.expr | ast.pattern) -> int:
    return node.end_lineno or node.lineno


def _is_irrefutable(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _is_irrefutable(inner)
        case ast.MatchOr():
            return any(_is_irrefutable(option) for option in pattern.patterns)
    return False


BRANCHING_STATEMENTS: Mapping[type[ast.stmt], Callable[[ScopeReader, Any], None]] = {
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.If: _if,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Break: _break,
    ast.Continue: _continue,
}
