"""From a syntax tree to a summary: one walk, statement by statement, in source order."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracer.model.graph import GuardKind, SiteKind
from tracer.model.source import MODULE_QUALNAME, FunctionKind, Span
from tracer.static.constants import constant_truth
from tracer.static.excerpts import Excerpts
from tracer.static.quoting import quote
from tracer.static.reaching import Environment, merged, reaching
from tracer.static.summary import (
    NOTHING,
    Access,
    AccessKind,
    Argument,
    Attribute,
    Awaited,
    Binding,
    Called,
    Constant,
    Container,
    Defined,
    Either,
    Element,
    Entered,
    Expr,
    FileSummary,
    Group,
    GuardSummary,
    ImportedModule,
    ImportedName,
    Item,
    Literal,
    Name,
    Narrowed,
    Operation,
    Parameter,
    ParameterKind,
    ParameterValue,
    Raised,
    Scope,
    Site,
    StarImport,
    Unknown,
)

_CALLEE_LIMIT = 80
_GUARD_LIMIT = 120
_LONGEST_CHAIN = 40  # attributes in one dotted name; longer ones are generated code
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
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.FloorDiv: "__floordiv__",
    ast.Mod: "__mod__",
    ast.Pow: "__pow__",
    ast.MatMult: "__matmul__",
    ast.BitOr: "__or__",
    ast.BitAnd: "__and__",
    ast.BitXor: "__xor__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
}


def lower(tree: ast.Module, text: str) -> FileSummary:
    """Summarise a parsed file.

    Args:
        text: What `tree` was parsed from; callees and guards are quoted from it.
    """
    file = _File(text)
    module = _ScopeReader(
        file,
        _Header(FunctionKind.MODULE, "<module>", MODULE_QUALNAME, -1, 1, 1, max(file.lines, 1)),
        None,
    )
    module.read_body(tree.body)
    file.scopes[module.index] = module.finished(docstring=ast.get_docstring(tree, clean=True))
    assert all(scope is not None for scope in file.scopes)
    scopes = tuple(scope for scope in file.scopes if scope is not None)
    return FileSummary(scopes, _exported_names(tree))


def _exported_names(tree: ast.Module) -> tuple[str, ...] | None:
    """The names in `__all__`, where every statement on it is a plain list or tuple."""
    names: list[str] | None = None
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                names = []
            case ast.AugAssign(target=ast.Name(id="__all__"), op=ast.Add(), value=value):
                names = [] if names is None else names
            case _:
                continue
        if not isinstance(value, ast.List | ast.Tuple):
            return None
        for element in value.elts:
            if not (isinstance(element, ast.Constant) and isinstance(element.value, str)):
                return None
            names.append(element.value)
    return None if names is None else tuple(names)


class _File:
    """What the scopes of one file share while they are read."""

    def __init__(self, text: str) -> None:
        self._excerpts = Excerpts(text)
        self.lines = self._excerpts.lines
        self.scopes: list[Scope | None] = []
        self.ordinals: Counter[str] = Counter()
        self.renamed: list[dict[str, str]] = []  # variables of the comprehensions around here

    def source(self, node: ast.expr | ast.pattern, limit: int) -> str:
        """The source of a node, quoted."""
        return quote(self._excerpts.at(_span(node)), limit)


@dataclass(slots=True)
class _Header:
    """What is known of a scope before its body is read."""

    kind: FunctionKind
    name: str
    qualname: str
    parent: int
    first_line: int
    def_line: int
    end_line: int
    parameters: tuple[Parameter, ...] = ()
    returns_annotation: Expr | None = None
    bases: tuple[Expr, ...] = ()
    decorators: tuple[Expr, ...] = ()
    is_coroutine: bool = False


@dataclass(slots=True)
class _Loop:
    number: int
    first_binding: int
    at_break: list[Environment] = field(default_factory=list)
    at_continue: list[Environment] = field(default_factory=list)


def _span(node: ast.stmt | ast.expr | ast.alias | ast.pattern) -> Span:
    return Span(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
    )


class _ScopeReader:
    """Reads one scope; nested scopes are read by readers of their own when their turn comes."""

    def __init__(self, file: _File, header: _Header, outer: _ScopeReader | None) -> None:
        self.file = file
        self.header = header
        self.outer = outer
        self.index = len(file.scopes)
        file.scopes.append(None)
        file.ordinals[header.qualname] += 1
        self.ordinal = file.ordinals[header.qualname]
        self.bindings: list[Binding] = []
        self.sites: list[Site] = []
        self.accesses: list[Access] = []
        self.containers: list[Container] = []
        self.returns: list[Expr] = []
        self.yields: list[Expr] = []
        self.guards: list[GuardSummary] = []
        self.loop_ranges: list[tuple[int, int]] = []
        self.stars: list[StarImport] = []
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self.is_generator = False
        self._environment: Environment = {}
        self._loops: list[_Loop] = []
        self._guard = -1
        self._is_dead = False
        self._conditional_depth = 0
        self._names: dict[tuple[str, tuple[int, ...]], Name] = {}
        self._condition_names: list[Expr] | None = None

    # -- the whole scope ---------------------------------------------------------------------

    def read_body(self, body: Sequence[ast.stmt]) -> None:
        self._block(body)

    def finished(self, docstring: str | None = None) -> Scope:
        header = self.header
        first_lines = (docstring or "").strip().splitlines()
        keeps_exits = header.kind in (FunctionKind.MODULE, FunctionKind.CLASS_BODY)
        exits = {
            name: tuple(binding for binding in bindings if binding >= 0)
            for name, bindings in self._environment.items()
        }
        return Scope(
            kind=header.kind,
            name=header.name,
            qualname=header.qualname,
            ordinal=self.ordinal,
            parent=header.parent,
            first_line=header.first_line,
            def_line=header.def_line,
            end_line=header.end_line,
            parameters=header.parameters,
            returns_annotation=header.returns_annotation,
            bases=header.bases,
            decorators=header.decorators,
            is_generator=self.is_generator,
            is_coroutine=header.is_coroutine,
            docstring_line=quote(first_lines[0], 200) if first_lines else "",
            bindings=tuple(self.bindings),
            exits=tuple(exits.items()) if keeps_exits else (),
            loops=tuple(self.loop_ranges),
            sites=tuple(self.sites),
            accesses=tuple(self.accesses),
            containers=tuple(self.containers),
            returns=tuple(self.returns),
            yields=tuple(self.yields),
            guards=tuple(self.guards),
            stars=tuple(self.stars),
            global_names=tuple(sorted(self.global_names)),
            nonlocal_names=tuple(sorted(self.nonlocal_names)),
        )

    def bind_parameters(self) -> None:
        for index, parameter in enumerate(self.header.parameters):
            self._bind(parameter.name, ParameterValue(index), line=self.header.def_line)

    def read_lambda(self, body: ast.expr) -> None:
        self.returns.append(self._value(body))

    # -- bindings and guards -----------------------------------------------------------------

    def _bind(self, name: str, value: Expr, annotation: Expr | None = None, line: int = 0) -> None:
        self.bindings.append(Binding(name, value, annotation, line))
        self._environment[name] = (len(self.bindings) - 1,)

    def _bind_target(self, target: ast.expr, value: Expr, value_node: ast.expr | None) -> None:
        """Assign to a target of any form."""
        match target:
            case ast.Name():
                self._bind_name(target, value, value_node)
            case ast.Tuple() | ast.List():
                has_star = any(isinstance(element, ast.Starred) for element in target.elts)
                for index, element in enumerate(target.elts):
                    if isinstance(element, ast.Starred):
                        self._bind_target(element.value, Unknown("a starred target"), None)
                    elif has_star:
                        self._bind_target(element, Element(value), None)
                    else:
                        self._bind_target(element, Item(value, Constant("int", index)), None)
            case ast.Attribute():
                base = self._value(target.value)
                self._access(AccessKind.SET_ATTRIBUTE, target, base, target.attr, value, value_node)
            case ast.Subscript():
                base = self._value(target.value)
                key = self._value(target.slice)
                self._access(AccessKind.SET_ITEM, target, base, "", value, value_node, key)
            case ast.Starred():
                self._bind_target(target.value, value, None)

    def _bind_name(self, target: ast.Name, value: Expr, value_node: ast.expr | None) -> None:
        name = target.id
        if name in self.global_names:
            self._access(AccessKind.SET_GLOBAL, target, NOTHING, name, value, value_node)
        elif name in self.nonlocal_names:
            self._access(AccessKind.SET_NONLOCAL, target, NOTHING, name, value, value_node)
        else:
            self._bind(self._renamed(name), value, line=target.lineno)

    def _access(
        self,
        kind: AccessKind,
        node: ast.expr,
        base: Expr,
        name: str,
        value: Expr = NOTHING,
        value_node: ast.expr | None = None,
        key: Expr = NOTHING,
    ) -> None:
        self.accesses.append(
            Access(
                kind,
                base,
                name,
                key,
                value,
                None if value_node is None else _span(value_node),
                _span(node),
                self._guard,
                self._is_dead,
            )
        )

    def _site(
        self,
        kind: SiteKind,
        node: ast.stmt | ast.expr | ast.alias,
        callee: Expr,
        text: str,
        arguments: tuple[Argument, ...] = (),
    ) -> int:
        self.sites.append(
            Site(
                kind,
                _span(node),
                callee,
                text,
                arguments,
                self._guard,
                self._conditional_depth > 0,
                self._is_dead,
            )
        )
        return len(self.sites) - 1

    def _renamed(self, name: str) -> str:
        for names in reversed(self.file.renamed):
            if name in names:
                return names[name]
        return name

    def _add_guard(
        self,
        kind: GuardKind,
        text: str,
        line: int,
        reads: tuple[tuple[int, int], tuple[int, int], tuple[Expr, ...]],
    ) -> int:
        self.guards.append(GuardSummary(self._guard, kind, text, line, *reads))
        return len(self.guards) - 1

    def _condition(
        self, node: ast.expr
    ) -> tuple[tuple[int, int], tuple[int, int], tuple[Expr, ...]]:
        """Read a condition, and say which sites, accesses and names it holds."""
        first_site, first_access = len(self.sites), len(self.accesses)
        outer, self._condition_names = self._condition_names, []
        self._value(node)
        names = tuple(dict.fromkeys(self._condition_names))
        self._condition_names = outer
        return (first_site, len(self.sites)), (first_access, len(self.accesses)), names

    # -- statements --------------------------------------------------------------------------

    def _block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            reader = _STATEMENTS.get(type(statement))
            if reader is not None:
                reader(self, statement)

    def _branch(
        self, body: Sequence[ast.stmt], guard: int, start: Environment, is_dead: bool
    ) -> tuple[Environment, bool]:
        """Read a block on its own path; answer what holds at its end, and whether that is dead."""
        outer_guard, outer_dead = self._guard, self._is_dead
        self._guard, self._is_dead = guard, outer_dead or is_dead
        self._environment = start
        self._block(body)
        end, is_dead_at_end = self._environment, self._is_dead
        self._guard, self._is_dead = outer_guard, outer_dead
        return end, is_dead_at_end

    def _join(self, ends: Sequence[tuple[Environment, bool]]) -> None:
        """Go on after several paths; dead ones bring nothing, unless all are dead."""
        alive = [environment for environment, is_dead in ends if not is_dead]
        self._environment = merged(alive or [environment for environment, _ in ends])
        self._is_dead = self._is_dead or not alive

    def _if(self, node: ast.If) -> None:
        # An `elif` chain is a chain of `else` branches: walked in a loop, since generated code
        # has thousands of them.
        outer_guard, outer_dead = self._guard, self._is_dead
        ends: list[tuple[Environment, bool]] = []
        while True:
            reads = self._condition(node.test)
            truth = constant_truth(node.test)
            text = self.file.source(node.test, _GUARD_LIMIT)
            start = self._environment
            guard = self._add_guard(GuardKind.IF, text, node.lineno, reads)
            self._environment = dict(start)
            self._narrow(node.test, True)
            ends.append(self._branch(node.body, guard, self._environment, truth is False))
            self._environment = dict(start)
            self._narrow(node.test, False)
            guard = self._add_guard(GuardKind.ELSE, text, node.lineno, reads)
            next_if = node.orelse[0] if len(node.orelse) == 1 else None
            if isinstance(next_if, ast.If):
                self._guard, self._is_dead = guard, self._is_dead or truth is True
                node = next_if
                continue
            ends.append(self._branch(node.orelse, guard, self._environment, truth is True))
            break
        self._guard, self._is_dead = outer_guard, outer_dead
        self._join(ends)

    def _narrow(self, test: ast.expr, holds: bool) -> None:
        """Learn from `isinstance(name, classes)` where the test holds, or does not."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                self._narrow(test.operand, not holds)
            case ast.BoolOp(op=ast.And()) if holds:
                for value in test.values:
                    self._narrow(value, True)
            case ast.BoolOp(op=ast.Or()) if not holds:
                for value in test.values:
                    self._narrow(value, False)
            case ast.Call(
                func=ast.Name(id="isinstance"), args=[ast.Name() as subject, classes]
            ) if holds and subject.id in self._environment:
                narrowed = Narrowed(self._name(subject.id), self._annotation(classes))
                self._bind(subject.id, narrowed, line=test.lineno)

    def _while(self, node: ast.While) -> None:
        truth = constant_truth(node.test)
        loop = self._open_loop()
        reads = self._condition(node.test)
        text = self.file.source(node.test, _GUARD_LIMIT)
        guard = self._add_guard(GuardKind.WHILE, text, node.lineno, reads)
        before = dict(self._environment)
        self._narrow(node.test, True)
        end, _ = self._branch(node.body, guard, self._environment, truth is False)
        self._close_loop(loop)
        after_test = merged([before, end, *loop.at_continue])
        ends = [self._branch(node.orelse, self._guard, after_test, truth is True)]
        ends.extend((environment, False) for environment in loop.at_break)
        self._join(ends)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        iterated = self._value(node.iter)
        text = quote(
            f"{self.file.source(node.target, 60)} in {self.file.source(node.iter, 80)}",
            _GUARD_LIMIT,
        )
        guard = self._add_guard(GuardKind.FOR, text, node.lineno, ((0, 0), (0, 0), ()))
        loop = self._open_loop()
        before = dict(self._environment)
        self._bind_target(node.target, Element(iterated), None)
        end, _ = self._branch(node.body, guard, self._environment, False)
        self._close_loop(loop)
        after = merged([before, end, *loop.at_continue])
        ends = [self._branch(node.orelse, self._guard, after, False)]
        ends.extend((environment, False) for environment in loop.at_break)
        self._join(ends)

    def _open_loop(self) -> _Loop:
        loop = _Loop(len(self.loop_ranges), len(self.bindings))
        self.loop_ranges.append((len(self.bindings), len(self.bindings)))
        self._loops.append(loop)
        return loop

    def _close_loop(self, loop: _Loop) -> None:
        self._loops.pop()
        self.loop_ranges[loop.number] = (loop.first_binding, len(self.bindings))

    def _break(self, node: ast.Break) -> None:
        if self._loops and not self._is_dead:
            self._loops[-1].at_break.append(dict(self._environment))
        self._is_dead = True

    def _continue(self, node: ast.Continue) -> None:
        if self._loops and not self._is_dead:
            self._loops[-1].at_continue.append(dict(self._environment))
        self._is_dead = True

    def _try(self, node: ast.Try) -> None:
        before = dict(self._environment)
        first = len(self.bindings)
        guard = self._guard
        body_end, body_dead = self._branch(node.body, guard, self._environment, False)
        # A handler may start after any statement of the body.
        anywhere = dict(before)
        for index in range(first, len(self.bindings)):
            name = self.bindings[index].name
            anywhere[name] = (*anywhere.get(name, (-1,)), index)
        ends: list[tuple[Environment, bool]] = []
        if node.orelse:
            ends.append(self._branch(node.orelse, guard, body_end, body_dead))
        else:
            ends.append((body_end, body_dead))
        for handler in node.handlers:
            self._environment = dict(anywhere)
            text = ""
            if handler.type is not None:
                text = self.file.source(handler.type, _GUARD_LIMIT)
                caught = self._value(handler.type)
                if handler.name:
                    self._bind(handler.name, Raised(caught), line=handler.lineno)
            handler_guard = self._add_guard(
                GuardKind.EXCEPT, text, handler.lineno, ((0, 0), (0, 0), ())
            )
            ends.append(self._branch(handler.body, handler_guard, self._environment, False))
        if not node.finalbody:
            self._join(ends)
            return
        # The `finally` block runs on every path, so it is alive; what follows it need not be.
        is_dead_after = all(is_dead for _, is_dead in ends)
        entry = merged([anywhere, *(environment for environment, _ in ends)])
        end, is_dead = self._branch(node.finalbody, guard, entry, False)
        alive = [environment for environment, dead in ends if not dead]
        if alive:
            rebound = {
                name: bindings for name, bindings in end.items() if entry.get(name) != bindings
            }
            end = merged(alive) | rebound
        self._environment = end
        self._is_dead = self._is_dead or is_dead or is_dead_after

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        is_transparent = True
        for item in node.items:
            context = self._value(item.context_expr)
            self._site(
                SiteKind.WITH,
                item.context_expr,
                context,
                self.file.source(item.context_expr, _CALLEE_LIMIT),
            )
            if item.optional_vars is not None:
                self._bind_target(item.optional_vars, Entered(context), None)
            is_transparent &= _is_transparent_context(item.context_expr)
        end, is_dead = self._branch(node.body, self._guard, self._environment, False)
        self._environment = end
        self._is_dead = self._is_dead or (is_dead and is_transparent)

    def _match(self, node: ast.Match) -> None:
        subject = self._value(node.subject)
        subject_text = self.file.source(node.subject, 60)
        start = self._environment
        ends: list[tuple[Environment, bool]] = []
        is_exhaustive = False
        for case in node.cases:
            self._environment = dict(start)
            self._pattern(case.pattern, subject)
            text = quote(f"{subject_text}: {self.file.source(case.pattern, 60)}", _GUARD_LIMIT)
            reads: tuple[tuple[int, int], tuple[int, int], tuple[Expr, ...]]
            reads = ((0, 0), (0, 0), ())
            if case.guard is not None:
                reads = self._condition(case.guard)
            guard = self._add_guard(GuardKind.CASE, text, case.pattern.lineno, reads)
            ends.append(self._branch(case.body, guard, self._environment, False))
            is_exhaustive |= case.guard is None and _is_irrefutable(case.pattern)
        if not is_exhaustive:
            ends.append((start, False))
        self._join(ends)

    def _pattern(self, pattern: ast.pattern, subject: Expr) -> None:
        match pattern:
            case ast.MatchAs():
                if pattern.pattern is not None:
                    self._pattern(pattern.pattern, subject)
                if pattern.name is not None:
                    value = subject
                    if isinstance(pattern.pattern, ast.MatchClass):
                        value = Narrowed(subject, self._annotation(pattern.pattern.cls))
                    self._bind(pattern.name, value, line=pattern.lineno)
            case ast.MatchStar() if pattern.name is not None:
                self._bind(pattern.name, Unknown("a starred pattern"), line=pattern.lineno)
            case ast.MatchMapping() if pattern.rest is not None:
                self._bind(pattern.rest, Unknown("the rest of a mapping"), line=pattern.lineno)
        for child in ast.iter_child_nodes(pattern):
            if isinstance(child, ast.pattern) and not isinstance(pattern, ast.MatchAs):
                inner = subject if isinstance(pattern, ast.MatchOr) else Unknown("part of a match")
                self._pattern(child, inner)

    def _return(self, node: ast.Return) -> None:
        value = NOTHING if node.value is None else self._value(node.value)
        if not self._is_dead:
            self.returns.append(value)
        self._is_dead = True

    def _raise(self, node: ast.Raise) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                self._value(part)
        self._is_dead = True

    def _assert(self, node: ast.Assert) -> None:
        self._value(node.test)
        if node.msg is not None:
            self._conditionally(node.msg)
        self._narrow(node.test, True)

    def _assign(self, node: ast.Assign) -> None:
        value = self._value(node.value)
        for target in node.targets:
            self._bind_target(target, value, node.value)

    def _annotated_assign(self, node: ast.AnnAssign) -> None:
        annotation = self._annotation(node.annotation)
        value = None if node.value is None else self._value(node.value)
        if isinstance(node.target, ast.Name):
            if node.target.id in self.global_names | self.nonlocal_names:
                self._bind_target(node.target, value or NOTHING, node.value)
            elif value is not None or self.header.kind is FunctionKind.CLASS_BODY:
                self._bind(node.target.id, value or NOTHING, annotation, node.lineno)
        elif value is not None:
            # `self.x: Model = load()`: the annotation says more than the value.
            self._bind_target(node.target, value, node.value)
            if isinstance(node.target, ast.Attribute):
                self.accesses[-1] = replace(self.accesses[-1], annotation=annotation)

    def _augmented_assign(self, node: ast.AugAssign) -> None:
        method = _OPERATORS[type(node.op)]
        right = self._value(node.value)
        match node.target:
            case ast.Name():
                left: Expr = self._name(node.target.id)
                self._bind_name(node.target, Operation(method, left, right), node.value)
            case ast.Attribute() | ast.Subscript():
                self._bind_target(node.target, Unknown("an augmented assignment"), node.value)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            match target:
                case ast.Name():
                    self._environment.pop(target.id, None)
                case ast.Attribute():
                    base = self._value(target.value)
                    self._access(AccessKind.DELETE_ATTRIBUTE, target, base, target.attr)
                case ast.Subscript():
                    base, key = self._value(target.value), self._value(target.slice)
                    self._access(AccessKind.DELETE_ITEM, target, base, "", key=key)

    def _global(self, node: ast.Global) -> None:
        if self.header.kind is not FunctionKind.MODULE:
            self.global_names.update(node.names)

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        self.nonlocal_names.update(node.names)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = ImportedModule(alias.name, alias.asname is not None)
            self._site(
                SiteKind.IMPORT, alias, ImportedModule(alias.name, True), f"import {alias.name}"
            )
            name = alias.asname or alias.name.partition(".")[0]
            self._bind_import(name, bound, alias)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        text = f"from {'.' * node.level}{module} import"
        # `name=""` stands for the module itself; a name is a site of its own, since it may be a
        # submodule, whose body then runs too.
        self._site(SiteKind.IMPORT, node, ImportedName(node.level, module, ""), text)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(StarImport(node.level, module))
                continue
            bound = ImportedName(node.level, module, alias.name)
            self._site(SiteKind.IMPORT, alias, bound, f"{text} {alias.name}")
            self._bind_import(alias.asname or alias.name, bound, alias)

    def _bind_import(self, name: str, value: Expr, alias: ast.alias) -> None:
        if name in self.global_names:
            self.accesses.append(
                Access(
                    AccessKind.SET_GLOBAL,
                    NOTHING,
                    name,
                    NOTHING,
                    value,
                    None,
                    _span(alias),
                    self._guard,
                    self._is_dead,
                )
            )
        else:
            self._bind(name, value, line=alias.lineno)

    def _expression(self, node: ast.Expr) -> None:
        self._value(node.value)

    def _type_alias(self, node: ast.stmt) -> None:
        # PEP 695; the class exists from Python 3.12.
        name = getattr(node, "name", None)
        value = getattr(node, "value", None)
        if isinstance(name, ast.Name) and isinstance(value, ast.expr):
            self._bind(name.id, self._annotation(value), line=node.lineno)

    # -- definitions -------------------------------------------------------------------------

    def _nested_qualname(self, name: str) -> str:
        if self.header.kind is FunctionKind.MODULE or name in self.global_names:
            return name
        if self.header.kind is FunctionKind.CLASS_BODY:
            return f"{self.header.qualname}.{name}"
        return f"{self.header.qualname}.<locals>.{name}"

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators, sites = self._decorators(node.decorator_list)
        parameters = self._parameters(node.args)
        returns = None if node.returns is None else self._annotation(node.returns)
        in_class = self.header.kind is FunctionKind.CLASS_BODY
        reader = _ScopeReader(
            self.file,
            _Header(
                FunctionKind.METHOD if in_class else FunctionKind.FUNCTION,
                node.name,
                self._nested_qualname(node.name),
                self.index,
                min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]),
                node.lineno,
                node.end_lineno or node.lineno,
                parameters,
                returns,
                decorators=decorators,
                is_coroutine=isinstance(node, ast.AsyncFunctionDef),
            ),
            self,
        )
        reader.bind_parameters()
        reader.read_body(node.body)
        self.file.scopes[reader.index] = reader.finished(ast.get_docstring(node, clean=True))
        defined = self._decorated(node.decorator_list, reader.index, sites)
        # `@x.setter def x` adds to the property and does not replace its getter.
        is_accessor = any(
            isinstance(decorator, ast.Attribute)
            and decorator.attr in ("setter", "deleter")
            and isinstance(decorator.value, ast.Name)
            and decorator.value.id == node.name
            for decorator in node.decorator_list
        )
        if not is_accessor or node.name not in self._environment:
            self._bind_definition(node.name, defined, node)

    def _class(self, node: ast.ClassDef) -> None:
        decorators, sites = self._decorators(node.decorator_list)
        bases = tuple(self._value(base) for base in node.bases if not isinstance(base, ast.Starred))
        for keyword in node.keywords:
            self._value(keyword.value)
        reader = _ScopeReader(
            self.file,
            _Header(
                FunctionKind.CLASS_BODY,
                node.name,
                self._nested_qualname(node.name),
                self.index,
                min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]),
                node.lineno,
                node.end_lineno or node.lineno,
                bases=bases,
                decorators=decorators,
            ),
            self,
        )
        self._site(SiteKind.CLASS_BODY, node, Defined(reader.index), f"class {node.name}")
        reader.read_body(node.body)
        self.file.scopes[reader.index] = reader.finished(ast.get_docstring(node, clean=True))
        defined = self._decorated(node.decorator_list, reader.index, sites)
        self._bind_definition(node.name, defined, node)

    def _bind_definition(
        self, name: str, value: Expr, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ) -> None:
        if name in self.global_names or name in self.nonlocal_names:
            kind = AccessKind.SET_GLOBAL if name in self.global_names else AccessKind.SET_NONLOCAL
            span = Span(node.lineno, node.col_offset, node.lineno, node.col_offset + 3)
            self.accesses.append(
                Access(kind, NOTHING, name, NOTHING, value, None, span, self._guard, self._is_dead)
            )
        else:
            self._bind(name, value, line=node.lineno)

    def _decorators(self, nodes: Sequence[ast.expr]) -> tuple[tuple[Expr, ...], list[int]]:
        """Read decorator expressions; their sites learn later what they decorate."""
        values = tuple(self._value(node) for node in nodes)
        sites = [
            self._site(SiteKind.DECORATOR, node, value, self.file.source(node, _CALLEE_LIMIT))
            for node, value in zip(nodes, values, strict=True)
        ]
        return values, sites

    def _decorated(self, nodes: Sequence[ast.expr], scope: int, sites: list[int]) -> Defined:
        for depth, (node, site) in enumerate(zip(nodes, sites, strict=True)):
            known = self.sites[site]
            inner = Defined(scope, tuple(sites[depth + 1 :]))
            self.sites[site] = Site(
                known.kind,
                known.span,
                known.callee,
                known.text,
                (Argument("", inner, _span(node)),),
                known.guard,
                known.is_conditional,
                known.is_unreachable,
            )
        return Defined(scope, tuple(sites))

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        positional = [*arguments.posonlyargs, *arguments.args]
        first_default = len(positional) - len(arguments.defaults)
        parameters: list[Parameter] = []

        def add(argument: ast.arg, kind: ParameterKind, default: ast.expr | None) -> None:
            annotation = argument.annotation
            parameters.append(
                Parameter(
                    argument.arg,
                    kind,
                    None if annotation is None else self._annotation(annotation),
                    None if default is None else self._value(default),
                )
            )

        for index, argument in enumerate(positional):
            default = arguments.defaults[index - first_default] if index >= first_default else None
            is_only = index < len(arguments.posonlyargs)
            kind = ParameterKind.POSITIONAL_ONLY if is_only else ParameterKind.POSITIONAL
            add(argument, kind, default)
        if arguments.vararg is not None:
            add(arguments.vararg, ParameterKind.REST, None)
        for argument, keyword_default in zip(
            arguments.kwonlyargs, arguments.kw_defaults, strict=True
        ):
            add(argument, ParameterKind.KEYWORD_ONLY, keyword_default)
        if arguments.kwarg is not None:
            add(arguments.kwarg, ParameterKind.KEYWORDS, None)
        return tuple(parameters)

    # -- expressions -------------------------------------------------------------------------

    def _value(self, node: ast.expr) -> Expr:
        """Read an expression: its sites are kept, its value is the answer."""
        reader = _EXPRESSIONS.get(type(node))
        if reader is not None:
            return reader(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._value(child)
        return Unknown(type(node).__name__)

    def _conditionally(self, node: ast.expr) -> Expr:
        self._conditional_depth += 1
        value = self._value(node)
        self._conditional_depth -= 1
        return value

    def _name(self, name: str) -> Name:
        name = self._renamed(name)
        bindings: tuple[int, ...] = ()
        if name in self._environment or self._loops:
            bindings = reaching(
                name,
                self._environment,
                ((loop.number, loop.first_binding) for loop in reversed(self._loops)),
            )
        key = (name, bindings)
        known = self._names.get(key)
        if known is None:
            known = self._names[key] = Name(name, bindings)
        return known

    def _read_name(self, node: ast.Name) -> Expr:
        value = self._name(node.id)
        if self._condition_names is not None:
            self._condition_names.append(value)
        return value

    def _read_attribute(self, node: ast.Attribute) -> Expr:
        names, self._condition_names = self._condition_names, None
        chain: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            chain.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self._condition_names = names
        value = self._value(inner)
        self._condition_names = names
        if len(chain) > _LONGEST_CHAIN:
            return Unknown("a very long dotted name")
        for name in reversed(chain):
            value = Attribute(value, name)
        if names is not None and isinstance(inner, ast.Name):
            names.append(value)
        return value

    def _read_call(self, node: ast.Call) -> Expr:
        callee = self._value(node.func)
        arguments = [
            Argument("*", self._value(argument.value), _span(argument))
            if isinstance(argument, ast.Starred)
            else Argument("", self._value(argument), _span(argument))
            for argument in node.args
        ]
        arguments.extend(
            Argument(keyword.arg or "**", self._value(keyword.value), _span(keyword.value))
            for keyword in node.keywords
        )
        text = self.file.source(node.func, _CALLEE_LIMIT)
        return Called(self._site(SiteKind.CALL, node, callee, text, tuple(arguments)))

    def _read_constant(self, node: ast.Constant) -> Expr:
        value = node.value
        if isinstance(value, str | int) and not isinstance(value, bool):
            is_short = isinstance(value, int) or len(value) <= 200
            return Constant(type(value).__name__, value if is_short else None)
        return NOTHING if value is None else Constant(type(value).__name__)

    def _read_formatted(self, node: ast.JoinedStr) -> Expr:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self._value(part.value)
                if part.format_spec is not None:
                    self._value(part.format_spec)
        return Constant("str")

    def _read_display(self, node: ast.List | ast.Tuple | ast.Set) -> Expr:
        is_open = False
        elements: list[Expr] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                is_open = True
                elements.append(Element(self._value(element.value)))
            else:
                elements.append(self._value(element))
        return self._container(type(node).__name__.lower(), elements, is_open=is_open)

    def _read_dict(self, node: ast.Dict) -> Expr:
        keys: list[Expr] = []
        elements: list[Expr] = []
        is_open = False
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self._value(value)
                is_open = True
            else:
                keys.append(self._value(key))
                elements.append(self._value(value))
        return self._container("dict", elements, keys, is_open)

    def _container(
        self,
        type_name: str,
        elements: Sequence[Expr],
        keys: Sequence[Expr] = (),
        is_open: bool = False,
        is_repeated: bool = False,
    ) -> Literal:
        self.containers.append(
            Container(type_name, tuple(elements), tuple(keys), is_open, is_repeated)
        )
        return Literal(len(self.containers) - 1)

    def _read_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Expr:
        # Its variables live in a frame of their own (or, since 3.12, in names of their own).
        names: dict[str, str] = {}
        self.file.renamed.append(names)
        tag = f"@{node.lineno}:{node.col_offset}"
        for depth, generator in enumerate(node.generators):
            if depth:
                self._conditional_depth += 1
            iterated = self._value(generator.iter)
            names.update(
                (target.id, target.id + tag)
                for target in ast.walk(generator.target)
                if isinstance(target, ast.Name)
            )
            self._bind_target(generator.target, Element(iterated), None)
            for condition in generator.ifs:
                self._conditionally(condition)
        self._conditional_depth += 1
        if isinstance(node, ast.DictComp):
            keys = [self._value(node.key)]
            answer = self._container("dict", [self._value(node.value)], keys, is_repeated=True)
        else:
            type_name = {ast.ListComp: "list", ast.SetComp: "set"}.get(type(node), "generator")
            answer = self._container(type_name, [self._value(node.elt)], is_repeated=True)
        self._conditional_depth -= len(node.generators)
        self.file.renamed.pop()
        return answer

    def _read_lambda(self, node: ast.Lambda) -> Expr:
        parameters = self._parameters(node.args)
        reader = _ScopeReader(
            self.file,
            _Header(
                FunctionKind.LAMBDA,
                "<lambda>",
                self._nested_qualname("<lambda>"),
                self.index,
                node.lineno,
                node.lineno,
                node.end_lineno or node.lineno,
                parameters,
            ),
            self,
        )
        # A parameter hides a comprehension's variable of the same name.
        self.file.renamed.append({parameter.name: parameter.name for parameter in parameters})
        reader.bind_parameters()
        reader.read_lambda(node.body)
        self.file.renamed.pop()
        self.file.scopes[reader.index] = reader.finished()
        return Defined(reader.index)

    def _read_subscript(self, node: ast.Subscript) -> Expr:
        base = self._value(node.value)
        key = self._value(node.slice)
        if isinstance(node.value, ast.Name | ast.Attribute):
            self._access(AccessKind.GET_ITEM, node, base, "", key=key)
        return Item(base, key)

    def _read_operation(self, node: ast.BinOp) -> Expr:
        # Walked in a loop: `a + b + c + …` nests to the left, thousands deep in generated code.
        spine: list[ast.BinOp] = []
        inner: ast.expr = node
        while isinstance(inner, ast.BinOp):
            spine.append(inner)
            inner = inner.left
        left = self._value(inner)
        answer: Expr | None = None
        for operation in reversed(spine):
            right = self._value(operation.right)
            if answer is None:
                answer = Operation(_OPERATORS[type(operation.op)], left, right)
        assert answer is not None
        return answer

    def _read_unary(self, node: ast.UnaryOp) -> Expr:
        value = self._value(node.operand)
        if isinstance(node.op, ast.Not):
            return Constant("bool")
        return Constant(value.type_name) if isinstance(value, Constant) else value

    def _read_bool(self, node: ast.BoolOp) -> Expr:
        options = [self._value(node.values[0])]
        is_dead = self._is_dead
        for previous, value in zip(node.values, node.values[1:], strict=False):
            truth = constant_truth(previous)
            self._is_dead = self._is_dead or truth is isinstance(node.op, ast.Or)
            options.append(self._conditionally(value))
        self._is_dead = is_dead
        return Either(tuple(options))

    def _read_conditional(self, node: ast.IfExp) -> Expr:
        self._value(node.test)
        before = self._environment
        self._environment = dict(before)
        self._narrow(node.test, True)
        body = self._conditionally(node.body)
        self._environment = dict(before)
        self._narrow(node.test, False)
        orelse = self._conditionally(node.orelse)
        self._environment = before
        return Either((body, orelse))

    def _read_compare(self, node: ast.Compare) -> Expr:
        left = self._value(node.left)
        for index, (operator, comparator) in enumerate(
            zip(node.ops, node.comparators, strict=True)
        ):
            right = self._value(comparator) if index == 0 else self._conditionally(comparator)
            if isinstance(operator, ast.In | ast.NotIn) and isinstance(
                comparator, ast.Name | ast.Attribute
            ):
                self._access(AccessKind.CONTAINS, node, right, "", key=left)
            left = right
        return Constant("bool")

    def _read_walrus(self, node: ast.NamedExpr) -> Expr:
        value = self._value(node.value)
        renamed, self.file.renamed = self.file.renamed, []  # PEP 572: binds outside comprehensions
        self._bind_target(node.target, value, node.value)
        self.file.renamed = renamed
        return value

    def _read_await(self, node: ast.Await) -> Expr:
        return Awaited(self._value(node.value))

    def _read_yield(self, node: ast.Yield) -> Expr:
        self.is_generator = True
        self.yields.append(NOTHING if node.value is None else self._value(node.value))
        return Unknown("what a generator is sent")

    def _read_yield_from(self, node: ast.YieldFrom) -> Expr:
        self.is_generator = True
        self.yields.append(Element(self._value(node.value)))
        return Unknown("what a generator returns")

    def _read_slice(self, node: ast.Slice) -> Expr:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self._value(part)
        return Constant("slice")

    # -- annotations -------------------------------------------------------------------------

    def _annotation(self, node: ast.expr) -> Expr:
        """Read a type expression: it calls nothing, and its names may be bound later."""
        match node:
            case ast.Name():
                return Name(self._renamed(node.id))
            case ast.Attribute():
                return Attribute(self._annotation(node.value), node.attr)
            case ast.Constant(value=None):
                return NOTHING
            case ast.Constant() if node.value is ...:
                return Constant("ellipsis")
            case ast.Constant(value=str() as text):
                try:
                    parsed = ast.parse(text.strip(), mode="eval").body
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return Unknown("a string that is no type")
                if isinstance(parsed, ast.Constant):
                    return Unknown("a string that is no type")
                return self._annotation(parsed)
            case ast.Subscript():
                return Item(self._annotation(node.value), self._annotation(node.slice))
            case ast.Tuple() | ast.List():
                return Group(tuple(self._annotation(element) for element in node.elts))
            case ast.BinOp(op=ast.BitOr()):
                return Operation(
                    "__or__", self._annotation(node.left), self._annotation(node.right)
                )
        return Unknown("a computed type")


def _is_transparent_context(node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else node
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _TRANSPARENT_CONTEXTS


def _is_irrefutable(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _is_irrefutable(inner)
        case ast.MatchOr():
            return any(_is_irrefutable(option) for option in pattern.patterns)
    return False


_STATEMENTS: dict[type[ast.stmt], Callable[[_ScopeReader, Any], None]] = {
    ast.FunctionDef: _ScopeReader._function,
    ast.AsyncFunctionDef: _ScopeReader._function,
    ast.ClassDef: _ScopeReader._class,
    ast.Return: _ScopeReader._return,
    ast.Delete: _ScopeReader._delete,
    ast.Assign: _ScopeReader._assign,
    ast.AugAssign: _ScopeReader._augmented_assign,
    ast.AnnAssign: _ScopeReader._annotated_assign,
    ast.For: _ScopeReader._for,
    ast.AsyncFor: _ScopeReader._for,
    ast.While: _ScopeReader._while,
    ast.If: _ScopeReader._if,
    ast.With: _ScopeReader._with,
    ast.AsyncWith: _ScopeReader._with,
    ast.Match: _ScopeReader._match,
    ast.Raise: _ScopeReader._raise,
    ast.Try: _ScopeReader._try,
    ast.TryStar: _ScopeReader._try,
    ast.Assert: _ScopeReader._assert,
    ast.Import: _ScopeReader._import,
    ast.ImportFrom: _ScopeReader._import_from,
    ast.Global: _ScopeReader._global,
    ast.Nonlocal: _ScopeReader._nonlocal,
    ast.Expr: _ScopeReader._expression,
    ast.Break: _ScopeReader._break,
    ast.Continue: _ScopeReader._continue,
}
if sys.version_info >= (3, 12):
    _STATEMENTS[ast.TypeAlias] = _ScopeReader._type_alias
_EXPRESSIONS: dict[type[ast.expr], Callable[[_ScopeReader, Any], Expr]] = {
    ast.Name: _ScopeReader._read_name,
    ast.Attribute: _ScopeReader._read_attribute,
    ast.Call: _ScopeReader._read_call,
    ast.Constant: _ScopeReader._read_constant,
    ast.JoinedStr: _ScopeReader._read_formatted,
    ast.List: _ScopeReader._read_display,
    ast.Tuple: _ScopeReader._read_display,
    ast.Set: _ScopeReader._read_display,
    ast.Dict: _ScopeReader._read_dict,
    ast.ListComp: _ScopeReader._read_comprehension,
    ast.SetComp: _ScopeReader._read_comprehension,
    ast.GeneratorExp: _ScopeReader._read_comprehension,
    ast.DictComp: _ScopeReader._read_comprehension,
    ast.Lambda: _ScopeReader._read_lambda,
    ast.Subscript: _ScopeReader._read_subscript,
    ast.BinOp: _ScopeReader._read_operation,
    ast.UnaryOp: _ScopeReader._read_unary,
    ast.BoolOp: _ScopeReader._read_bool,
    ast.IfExp: _ScopeReader._read_conditional,
    ast.Compare: _ScopeReader._read_compare,
    ast.NamedExpr: _ScopeReader._read_walrus,
    ast.Await: _ScopeReader._read_await,
    ast.Yield: _ScopeReader._read_yield,
    ast.YieldFrom: _ScopeReader._read_yield_from,
    ast.Slice: _ScopeReader._read_slice,
}
