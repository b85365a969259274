"""A scope while it is read: nodes, bindings, sites and guards, and the way control takes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tracer.model.graph import GuardKind, SiteKind
from tracer.model.source import FunctionKind
from tracer.static.excerpts import Excerpts
from tracer.static.flat import (
    CONST,
    LITERAL,
    NAME,
    PARAMETER,
    PROTOCOL,
    UNKNOWN,
    FlatAccess,
    FlatBinding,
    FlatContainer,
    FlatGuard,
    FlatParameter,
    FlatRaise,
    FlatScope,
    FlatSite,
    TypeTree,
    pack_span,
    unpack_span,
)
from tracer.static.kinds import AccessKind
from tracer.static.lowering.docstrings import documented_types
from tracer.static.lowering.exits import Exit, ExitKind, conditions_of_exits
from tracer.static.quoting import quote
from tracer.static.reaching import Environment, merged, reaching

Reads = tuple[tuple[int, int], tuple[int, int], tuple[int, ...]]
"""Of a condition: its first site and the one after its last, the same of accesses; its names."""

NO_READS: Reads = ((0, 0), (0, 0), ())
NO_NODE = -1
GUARD_LIMIT = 120  # characters of a condition


@dataclass(frozen=True, slots=True)
class Grammar:
    """Who reads a statement or an expression, by the type of its node.

    The readers stand in modules above this one; each calls back into the scope it is given.
    """

    statements: Mapping[type[ast.stmt], Callable[[ScopeReader, Any], None]]
    expressions: Mapping[type[ast.expr], Callable[[ScopeReader, Any], int]]


class FileReader:
    """What the scopes of one file share while they are read."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        self.grammar = grammar
        self._excerpts = Excerpts(text)
        self.lines = self._excerpts.lines
        self.scopes: list[FlatScope | None] = []
        self.ordinals: Counter[str] = Counter()
        self.renamed: list[dict[str, str]] = []  # variables of the comprehensions around here

    def source(self, node: ast.expr | ast.pattern, limit: int) -> str:
        """The source of a node, quoted."""
        return quote(self._excerpts.at(unpack_span(span_of(node))), limit)


@dataclass(slots=True)
class Header:
    """What is known of a scope before its body is read."""

    kind: FunctionKind
    name: str
    qualname: str
    parent: int
    first_line: int
    def_line: int
    end_line: int
    parameters: tuple[FlatParameter, ...] = ()
    returns_annotation: TypeTree | None = None
    bases: tuple[int, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()
    decorators: tuple[int, ...] = ()
    is_coroutine: bool = False


@dataclass(slots=True)
class Loop:
    """A loop around the statement that is read."""

    number: int
    first_binding: int
    at_break: list[Environment] = field(default_factory=list)
    at_continue: list[Environment] = field(default_factory=list)


def span_of(node: ast.stmt | ast.expr | ast.alias | ast.pattern) -> int:
    """Where the node stands, packed."""
    return pack_span(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
    )


class ScopeReader:
    """One scope while it is read: what was found so far, and what holds at this statement.

    Nested scopes are read by readers of their own when their turn comes.
    """

    def __init__(self, file: FileReader, header: Header) -> None:
        self.file = file
        self.header = header
        self.index = len(file.scopes)
        file.scopes.append(None)
        file.ordinals[header.qualname] += 1
        self.ordinal = file.ordinals[header.qualname]
        self.nodes: list[tuple[object, ...]] = []
        self.bindings: list[FlatBinding] = []
        self.sites: list[FlatSite] = []
        self.accesses: list[FlatAccess] = []
        self.containers: list[FlatContainer] = []
        self.returns: list[int] = []
        self.return_lines: list[int] = []
        self.return_tests: list[tuple[tuple[int, bool], ...]] = []
        self.none_tests: tuple[tuple[int, bool], ...] = ()  # what tests told of `None` so far
        self.yields: list[int] = []
        self.guards: list[FlatGuard] = []
        self.loop_ranges: list[tuple[int, int]] = []
        self.stars: list[tuple[int, str]] = []
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self.dead_nodes: list[tuple[int, int]] = []
        self.declared: dict[str, TypeTree] = {}  # `x: C` without a value
        self.is_generator = False
        self.environment: Environment = {}
        self.has_narrowed_paths = False  # whether a dotted name was ever narrowed
        self.has_items = False  # whether items of a display are followed by their keys
        self.loops: list[Loop] = []
        self._guard = -1
        self.guard_starts: list[tuple[int, int]] = []
        self.raises: list[FlatRaise] = []
        self.exits: list[Exit] = []  # that were read so far, and may leave what is around here
        self.is_dead = False
        self.conditional_depth = 0
        self.condition_names: list[int] | None = None
        self._expressions = file.grammar.expressions
        self._none = NO_NODE

    @property
    def guard(self) -> int:
        """The number of the innermost condition that holds here."""
        return self._guard

    @guard.setter
    def guard(self, number: int) -> None:
        if number == self._guard:
            return
        if self.guard_starts and self.guard_starts[-1][0] == len(self.nodes):
            self.guard_starts.pop()
        self.guard_starts.append((len(self.nodes), number))
        self._guard = number

    def read_body(self, body: Sequence[ast.stmt]) -> None:
        """Read the whole scope."""
        self.block(body)

    def bind_parameters(self) -> None:
        """Bind the parameters, before the body is read."""
        for index, parameter in enumerate(self.header.parameters):
            self.bind(parameter[0], self.node(PARAMETER, index), line=self.header.def_line)

    def finished(self, docstring: str | None = None) -> FlatScope:
        """What is kept of the scope."""
        header = self.header
        first_lines = (docstring or "").strip().splitlines()
        keeps_exits = header.kind in (FunctionKind.MODULE, FunctionKind.CLASS_BODY)
        exits = {
            name: tuple(binding for binding in bindings if binding >= 0)
            for name, bindings in self.environment.items()
        }
        documented: tuple[tuple[str, str], ...] = ()
        if docstring and header.kind in (FunctionKind.FUNCTION, FunctionKind.METHOD):
            names = [name for name, _, annotation, _ in header.parameters if annotation is None]
            documented = documented_types(docstring, names)
        return FlatScope(
            kind=header.kind.value,
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
            keywords=header.keywords,
            decorators=header.decorators,
            is_generator=self.is_generator,
            is_coroutine=header.is_coroutine,
            docstring_line=quote(first_lines[0], 200) if first_lines else "",
            documented_types=documented,
            nodes=self._nodes_read(),
            bindings=tuple(self.bindings),
            exits=tuple(exits.items()) if keeps_exits else (),
            loops=tuple(self.loop_ranges),
            sites=tuple(self.sites),
            accesses=tuple(self.accesses),
            containers=tuple(self.containers),
            returns=tuple(self.returns),
            return_tests=tuple(self.return_tests),
            yields=tuple(self.yields),
            guards=tuple(self.guards),
            stars=tuple(self.stars),
            global_names=tuple(sorted(self.global_names)),
            nonlocal_names=tuple(sorted(self.nonlocal_names)),
            dead_nodes=tuple(self.dead_nodes),
            raises=tuple(self.raises),
            guard_starts=tuple(self.guard_starts),
            return_lines=tuple(self.return_lines),
        )

    def _nodes_read(self) -> tuple[tuple[object, ...], ...]:
        """The nodes, with no loop among what may reach a name that the loop does not bind.

        That is known once the loop was read: `self` in a loop is the parameter, nothing else.
        """
        if not self.loop_ranges:
            return tuple(self.nodes)
        bound = [{self.bindings[at][0] for at in range(*span)} for span in self.loop_ranges]
        return tuple(
            (NAME, parts[1], tuple(at for at in parts[2] if at >= 0 or parts[1] in bound[~at]))
            if parts[0] == NAME and any(at < 0 for at in cast("tuple[int, ...]", parts[2]))
            else parts
            for parts in cast(Any, self.nodes)
        )

    def node(self, *parts: object) -> int:
        """Add a node; the answer is its index."""
        self.nodes.append(parts)
        return len(self.nodes) - 1

    def none(self) -> int:
        """The node of `None`, one a scope."""
        if self._none == NO_NODE:
            self._none = self.node(CONST, "NoneType", None)
        return self._none

    def unknown(self, why: str) -> int:
        """A node for what is not modelled."""
        return self.node(UNKNOWN, why)

    def value(self, node: ast.expr) -> int:
        """Read an expression: its sites are kept, its value is the answer."""
        reader = self._expressions.get(type(node))
        if reader is not None:
            return reader(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return self.unknown(type(node).__name__)

    def conditionally(self, node: ast.expr) -> int:
        """Read an expression that is not always evaluated."""
        self.conditional_depth += 1
        value = self.value(node)
        self.conditional_depth -= 1
        return value

    def tested(self, node: ast.expr) -> int:
        """Read an expression whose truth is asked for."""
        value = self.value(node)
        self._ask_truth(node, value)
        return value

    def _ask_truth(self, node: ast.expr, value: int) -> None:
        """Of `a or b` the last operand is asked as a whole; the others were asked on the way."""
        if isinstance(node, ast.BoolOp):
            options = cast("tuple[int, ...]", self.nodes[value][1])
            self._ask_truth(node.values[-1], options[-1])
        elif not isinstance(node, ast.Compare | ast.Constant) and not (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        ):
            self.node(PROTOCOL, "__bool__", value, span_of(node))

    def name(self, name: str) -> int:
        """A read of a name, with the bindings that reach it."""
        name = self.renamed(name)
        bindings: tuple[int, ...] = ()
        if name in self.environment or self.loops:
            bindings = reaching(
                name,
                self.environment,
                [(loop.number, loop.first_binding) for loop in reversed(self.loops)],
            )
        self.nodes.append((NAME, name, bindings))
        return len(self.nodes) - 1

    def narrowed_path(self, path: str) -> int:
        """The node of a dotted name that a test has narrowed for certain; else `NO_NODE`."""
        bindings = self.environment.get(path)
        if bindings is None or bindings[0] < 0:
            return NO_NODE
        if self.loops and bindings[0] < self.loops[-1].first_binding:
            return NO_NODE  # Something in the loop may have changed it.
        self.nodes.append((NAME, path, bindings))
        return len(self.nodes) - 1

    def renamed(self, name: str) -> str:
        """The name itself, or what a comprehension calls it."""
        for names in reversed(self.file.renamed):
            if name in names:
                return names[name]
        return name

    def bind(self, name: str, value: int, annotation: TypeTree | None = None, line: int = 0) -> int:
        """Bind a name here; from now on nothing else reaches it."""
        if annotation is None and name in self.declared:
            annotation = self.declared[name]
        self.bindings.append((name, value, annotation, line))
        self.environment[name] = (len(self.bindings) - 1,)
        if self.has_narrowed_paths and "." not in name:
            self.forget_paths(name)
        if self.has_items and not name.endswith("]"):
            self.forget_items(name)
        return len(self.bindings) - 1

    def forget_paths(self, path: str) -> None:
        """Forget what tests told of dotted names that begin with this one."""
        for key in [key for key in self.environment if key.startswith(f"{path}.")]:
            del self.environment[key]

    def forget_items(self, name: str = "") -> None:
        """Forget the items of a display: of this name, or of all when anybody may have run."""
        for key in [key for key in self.environment if key.endswith("]")]:
            if key.startswith(f"{name}[" if name else ""):
                del self.environment[key]

    def access(
        self,
        kind: AccessKind,
        node: ast.expr | ast.alias,
        base: int,
        name: str,
        value: int = NO_NODE,
        value_node: ast.expr | None = None,
        key: int = NO_NODE,
        annotation: TypeTree | None = None,
    ) -> None:
        """Note a store or a read of something that is no plain name."""
        self.accesses.append(
            (
                kind.value,
                base,
                name,
                key,
                value,
                0 if value_node is None else span_of(value_node),
                span_of(node),
                self.guard,
                self.is_dead,
                annotation,
            )
        )

    def site(
        self,
        kind: SiteKind,
        node: ast.stmt | ast.expr | ast.alias,
        callee: int,
        callee_node: ast.stmt | ast.expr | ast.alias,
        arguments: tuple[tuple[str, int, int], ...] = (),
    ) -> int:
        """Note a call site; the answer is its number."""
        self.sites.append(
            (
                kind.value,
                span_of(node),
                callee,
                span_of(callee_node),
                arguments,
                self.guard,
                self.conditional_depth > 0,
                self.is_dead,
            )
        )
        return len(self.sites) - 1

    def container(
        self,
        type_name: str,
        elements: Sequence[int],
        keys: Sequence[int] = (),
        is_open: bool = False,
        is_repeated: bool = False,
    ) -> int:
        """Note a display; the answer stands for its object."""
        self.containers.append((type_name, tuple(elements), tuple(keys), is_open, is_repeated))
        return self.node(LITERAL, len(self.containers) - 1)

    def add_guard(
        self,
        kind: GuardKind,
        text: str,
        line: int,
        reads: Reads,
        joined: tuple[int, ...] = (),
        branch_line: int = 0,
    ) -> int:
        """Note a condition; the answer is its number."""
        self.guards.append((self.guard, kind.value, text, line, *reads, joined, branch_line))
        return len(self.guards) - 1

    def leave(self, kind: ExitKind) -> None:
        """Control leaves here; what follows in the block does not run."""
        if not self.is_dead:
            self.exits.append((kind, self.guard))
        self.is_dead = True

    def guard_after(self, first: int, base: int) -> int:
        """The guard of what follows a statement whose exits, from number `first` on, it has.

        Args:
            base: The guard that held where the statement began.
        """
        outer = self.guard
        for text, line, joined in conditions_of_exits(self.exits[first:], self.guards, base):
            leaves_at = self.guards[joined[-1]][8]
            self.guard = self.add_guard(GuardKind.UNLESS, text, line, NO_READS, joined, leaves_at)
        guard, self.guard = self.guard, outer
        return guard

    def end_loop_exits(self, first: int, last: int, is_left_by_break: bool) -> None:
        """After a loop: its own exits lead here, and where nothing else does, they say when.

        Args:
            first: Number of the first exit in the loop's body.
            last: The number after that of its last one; `else` is no part of the body.
            is_left_by_break: Whether only `break` leads to what follows.
        """
        own = (ExitKind.BREAK, ExitKind.CONTINUE)
        breaks = [each for each in self.exits[first:last] if each[0] is ExitKind.BREAK]
        self.exits[first:last] = [each for each in self.exits[first:last] if each[0] not in own]
        found = conditions_of_exits(breaks, self.guards, self.guard) if is_left_by_break else []
        if found and len(found) == len({guard for _, guard in breaks}):
            text = quote(" or ".join(text for text, _, _ in found), GUARD_LIMIT)
            joined = tuple(number for _, _, numbers in found for number in numbers)
            self.guard = self.add_guard(GuardKind.AFTER, text, found[0][1], NO_READS, joined)

    def forget_exits(self, kind: ExitKind, first: int, last: int) -> None:
        """Exits of a kind, from number `first` to before `last`, lead to no further than here."""
        self.exits[first:last] = [each for each in self.exits[first:last] if each[0] is not kind]

    def condition(self, node: ast.expr) -> Reads:
        """Read a condition, and say which sites, accesses and names it holds."""
        first_site, first_access = len(self.sites), len(self.accesses)
        outer, self.condition_names = self.condition_names, []
        self.tested(node)
        names = tuple(dict.fromkeys(self.condition_names))
        self.condition_names = outer
        return (first_site, len(self.sites)), (first_access, len(self.accesses)), names

    def block(self, body: Iterable[ast.stmt]) -> None:
        """Read statements, each by the reader for its type."""
        statements = self.file.grammar.statements
        for statement in body:
            reader = statements.get(type(statement))
            if reader is None:
                continue
            exits = len(self.exits)
            if self.is_dead:
                first = len(self.nodes)
                reader(self, statement)
                self.dead_nodes.append((first, len(self.nodes)))
            else:
                base = self.guard
                reader(self, statement)
                if len(self.exits) > exits and not self.is_dead:
                    self.guard = self.guard_after(exits, base)

    def branch(
        self, body: Sequence[ast.stmt], guard: int, start: Environment, is_dead: bool
    ) -> tuple[Environment, bool]:
        """Read a block on its own path; answer what holds at its end, and whether that is dead."""
        outer_guard, outer_dead, outer_tests = self.guard, self.is_dead, self.none_tests
        self.guard, self.is_dead = guard, outer_dead or is_dead
        self.environment = start
        self.block(body)
        end, is_dead_at_end = self.environment, self.is_dead
        self.guard, self.is_dead, self.none_tests = outer_guard, outer_dead, outer_tests
        return end, is_dead_at_end

    def join(self, ends: Sequence[tuple[Environment, bool]]) -> None:
        """Go on after several paths; dead ones bring nothing, unless all are dead."""
        alive = [environment for environment, is_dead in ends if not is_dead]
        self.environment = merged(alive or [environment for environment, _ in ends])
        self.is_dead = self.is_dead or not alive

    def open_loop(self) -> Loop:
        """Begin a loop: bindings from here on may hold at its start."""
        loop = Loop(len(self.loop_ranges), len(self.bindings))
        self.loop_ranges.append((len(self.bindings), len(self.bindings)))
        self.loops.append(loop)
        return loop

    def close_loop(self, loop: Loop) -> None:
        """End a loop."""
        self.loops.pop()
        self.loop_ranges[loop.number] = (loop.first_binding, len(self.bindings))

    def nested_qualname(self, name: str) -> str:
        """The qualname of what is defined here under the name."""
        if self.header.kind is FunctionKind.MODULE or name in self.global_names:
            return name
        if self.header.kind is FunctionKind.CLASS_BODY:
            return f"{self.header.qualname}.{name}"
        return f"{self.header.qualname}.<locals>.{name}"
