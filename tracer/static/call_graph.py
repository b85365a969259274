"""From a source tree to its call graph."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tracer.model.graph import CallGraph, CallSite, Effect, Guard, Resolution
from tracer.model.source import (
    ClassDefinition,
    Function,
    FunctionKind,
    SourceFile,
)
from tracer.static.effects.reader import EffectReader
from tracer.static.excerpts import Excerpts
from tracer.static.guards import GuardReader
from tracer.static.program import Program
from tracer.static.scan import scan_tree, without_collector
from tracer.static.solver import Solution, solve
from tracer.static.sources import SourceTree
from tracer.static.summary import Attribute, Expr, Item, Name
from tracer.static.values import ClassValue, External, Ref
from tracer.tables.load import EffectTable

logger = logging.getLogger(__name__)

_RECURSION_LIMIT = 20_000


def build_call_graph(
    tree: SourceTree, table: EffectTable, progress: Callable[[int, int], None] | None = None
) -> CallGraph:
    """Read every file, and say of every call site what it may run.

    Args:
        tree: What was read; its order of files is the canonical one.
        progress: Called with (steps done, steps in all); each file counts three steps.

    Returns:
        Everything sorted; files that cannot be read stand in it with their problem.
    """
    started = time.perf_counter()
    files = len(tree.files)

    def report(done: int) -> None:
        if progress is not None:
            progress(done, 3 * files)

    with _deep_recursion(), without_collector():
        summaries = scan_tree(tree, lambda done, _: report(done))
        paths = [source.path for source in tree.files]
        program = Program(paths, summaries, tree.root.name)
        solution = solve(program, table, lambda done, _: report(files + done))
        excerpts = [
            Excerpts(source.text) if summary.scopes else None
            for source, summary in zip(tree.files, summaries, strict=True)
        ]
        effects, guards = _read_effects(solution, table, excerpts)
        graph = CallGraph(
            files=tuple(
                SourceFile(source.path, name, source.lines, source.sha256, summary.problem)
                for source, name, summary in zip(tree.files, program.names, summaries, strict=True)
            ),
            functions=_functions(program),
            classes=_classes(solution),
            resolutions=_resolutions(solution, guards),
            effects=effects,
            unread=tree.unread,
        )
    logger.info(
        "static: %d functions, %d call sites, %d open, %d effects, %.1f s",
        len(graph.functions),
        len(graph.resolutions),
        sum(resolution.open_reason is not None for resolution in graph.resolutions),
        len(graph.effects),
        time.perf_counter() - started,
    )
    return graph


_Guards = dict[Ref, list[tuple[Guard, ...]]]


def _read_effects(
    solution: Solution, table: EffectTable, excerpts: Sequence[Excerpts | None]
) -> tuple[tuple[Effect, ...], _Guards]:
    # Guards name state that something writes, so the effects come first; and effects have guards.
    reader = EffectReader(solution, table, excerpts)
    located = reader.read()
    guard_reader = GuardReader(solution, table, reader)
    guards = {ref: guard_reader.of_scope(ref) for ref in solution.program.refs()}
    effects = [
        effect if guard < 0 else replace(effect, guards=guards[ref][guard])
        for ref, guard, effect in located
    ]
    return tuple(sorted(set(effects), key=_effect_order)), guards


def _effect_order(effect: Effect) -> tuple[object, ...]:
    return (
        effect.function,
        effect.span,
        effect.kind,
        effect.operation,
        effect.subject,
        effect.keys,
        effect.payload,
        effect.note,
    )


def _functions(program: Program) -> tuple[Function, ...]:
    found: list[Function] = []
    for ref in program.refs():
        scope = program.scope(ref)
        found.append(
            Function(
                id=program.id(ref),
                module=program.names[ref[0]],
                kind=scope.kind,
                first_line=scope.first_line,
                def_line=scope.def_line,
                end_line=scope.end_line,
                parameters=tuple(parameter.name for parameter in scope.parameters),
                is_generator=scope.is_generator or scope.is_coroutine,
                summary=scope.docstring_line,
            )
        )
    return tuple(sorted(found, key=lambda function: function.id))


def _classes(solution: Solution) -> tuple[ClassDefinition, ...]:
    program = solution.program
    methods: dict[Ref, list[Ref]] = {}
    for ref in program.refs():
        if program.scope(ref).kind is FunctionKind.METHOD:
            methods.setdefault(program.parent(ref), []).append(ref)
    found: list[ClassDefinition] = []
    for ref in program.classes:
        scope = program.scope(ref)
        found.append(
            ClassDefinition(
                path=program.paths[ref[0]],
                qualname=scope.qualname,
                module=program.names[ref[0]],
                line=scope.def_line,
                end_line=scope.end_line,
                bases=tuple(
                    _base_name(solution, program.parent(ref), base) for base in scope.bases
                ),
                methods=tuple(program.id(method) for method in methods.get(ref, ())),
            )
        )
    return tuple(sorted(found, key=lambda cls: (cls.path, cls.line, cls.qualname)))


def _base_name(solution: Solution, ref: Ref, base: Expr) -> str:
    while isinstance(base, Item):
        base = base.base
    for item in solution.evaluator.value(ref, base).items:
        match item:
            case ClassValue():
                return solution.program.dotted(item.ref)
            case External():
                return item.dotted
    return _as_written(base)


def _as_written(expr: Expr) -> str:
    match expr:
        case Name():
            return expr.id
        case Attribute():
            return f"{_as_written(expr.base)}.{expr.name}"
    return "?"


def _resolutions(solution: Solution, guards: _Guards) -> tuple[Resolution, ...]:
    program = solution.program
    found: list[Resolution] = []
    for (ref, number), callees in solution.callees.items():
        site = program.scope(ref).sites[number]
        found.append(
            Resolution(
                CallSite(
                    caller=program.id(ref),
                    span=site.span,
                    kind=site.kind,
                    text=site.text,
                    guards=guards[ref][site.guard] if site.guard >= 0 else (),
                    is_conditional=site.is_conditional,
                    is_unreachable=site.is_unreachable,
                ),
                callees=callees.ids,
                tier=callees.rank.tier if callees.ids else None,
                open_reason=None if callees.open is None else callees.open.reason,
                open_detail="" if callees.open is None else callees.open.detail,
            )
        )
    return tuple(
        sorted(
            found,
            key=lambda resolution: (
                resolution.site.caller,
                resolution.site.span,
                resolution.site.kind,
                resolution.callees,
            ),
        )
    )


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Room for long chains of values; Python frames do not use the C stack since 3.11."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
