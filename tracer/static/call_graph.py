"""From a source tree to its call graph."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tracer.model.graph import CallGraph, CallSite, Effect, Guard, Raise, Resolution, SiteKind, Tier
from tracer.model.source import ClassDefinition, Function, FunctionKind, SourceFile
from tracer.static.effects.reader import EffectReader
from tracer.static.excerpts import Excerpts
from tracer.static.flat import FileSummary, unpack_span
from tracer.static.guards import GuardReader
from tracer.static.implicit_guards import guards_by_span
from tracer.static.program import Program
from tracer.static.quoting import quote
from tracer.static.reached import scan_reached
from tracer.static.scan import scan_tree, without_collector
from tracer.static.solver import DEFAULT_TIERS, Solution, solve
from tracer.static.solving.callees import Callees
from tracer.static.sources import SourceTree
from tracer.static.summary import Attribute, Expr, Item, Name
from tracer.static.summary_cache import SummaryCache
from tracer.static.values import ClassValue, External, Ref
from tracer.static.views import CALLEE_LIMIT
from tracer.tables.effects import EffectTable

logger = logging.getLogger(__name__)

_RECURSION_LIMIT = 20_000


def build_call_graph(
    tree: SourceTree,
    table: EffectTable,
    progress: Callable[[int, int], None] | None = None,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    entries: Collection[str] | None = None,
    context: Collection[str] = (),
    with_effects: bool = True,
    most_work: int | None = None,
) -> CallGraph:
    """Read every file, and say of every call site what it may run.

    Args:
        tree: What was read; its order of files is the canonical one.
        progress: Called with (steps done, steps in all); each file counts three steps.
        tiers: Guesses are made only where their tier is among these.
        entries: Paths of the files whose functions count as called by somebody; by default all.
            Other files are read as far as these reach into them.
        context: Paths of files that are read for the values they pass.
        with_effects: Whether effects and guards are read too; they take as long as the rest.
            Without them, call sites are given of `entries` alone.
        most_work: The steps after which values are followed less far, and soon no further; by
            default so many for each call site.

    Returns:
        Everything sorted; files that cannot be read stand in it with their problem.
    """
    graph, solution = solve_call_graph(
        tree, table, progress, tiers, entries, context, with_effects, most_work
    )
    solution.forget()
    return graph


def solve_call_graph(
    tree: SourceTree,
    table: EffectTable,
    progress: Callable[[int, int], None] | None = None,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    entries: Collection[str] | None = None,
    context: Collection[str] = (),
    with_effects: bool = True,
    most_work: int | None = None,
) -> tuple[CallGraph, Solution]:
    """The same, with the solution, for who follows values; it holds much until it is forgotten.

    What is asked of it is asked within `deep_recursion`.
    """
    started = time.perf_counter()
    files = len(tree.files)

    def report(done: int) -> None:
        if progress is not None:
            progress(done, 3 * files)

    with deep_recursion(), without_collector():
        paths = [source.path for source in tree.files]
        if entries is None:
            summaries = scan_tree(tree, lambda done, _: report(done))
        else:
            summaries = _scan_from(tree, {paths.index(path) for path in (*entries, *context)})
            report(files)
        texts = [source.text for source in tree.files]
        program = Program(paths, summaries, tree.root.name, texts)
        starts = None if entries is None else {paths.index(path) for path in entries}
        solution = solve(
            program,
            table,
            lambda done, _: report(files + done),
            tiers=tiers,
            # Effects come along calls, wherever these lead; callees alone need not be known there.
            shown=None if with_effects else starts,
            entries=starts,
            context={paths.index(path) for path in context},
            most_work=most_work,
        )
        excerpts = [program.excerpts(file) for file in range(files)] if with_effects else []
        effects: tuple[Effect, ...] = ()
        guards: _Guards = {}
        if with_effects:
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
            limits=solution.limits,
            raises=_raises(program, guards),
        )
    logger.info(
        "static: %d functions, %d call sites, %d open, %d effects, %.1f s",
        sum(not function.is_holder for function in graph.functions),
        len(graph.resolutions),
        sum(resolution.is_open for resolution in graph.resolutions),
        len(graph.effects),
        time.perf_counter() - started,
    )
    return graph, solution


def _scan_from(tree: SourceTree, starts: set[int]) -> tuple[FileSummary, ...]:
    cache = SummaryCache(tree.root)
    summaries = scan_reached(tree, starts, lambda part: scan_tree(part, cache=cache))
    cache.write(is_partial=True)
    return summaries


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
        scope = program.flat(ref)
        found.append(
            Function(
                id=program.id(ref),
                module=program.names[ref[0]],
                kind=FunctionKind(scope.kind),
                first_line=scope.first_line,
                def_line=scope.def_line,
                end_line=scope.end_line,
                parameters=tuple(parameter[0] for parameter in scope.parameters),
                is_generator=scope.is_generator or scope.is_coroutine,
                summary=scope.docstring_line,
            )
        )
    return tuple(sorted(found, key=lambda function: function.id))


def _classes(solution: Solution) -> tuple[ClassDefinition, ...]:
    program = solution.program
    methods: dict[Ref, list[Ref]] = {}
    for ref in program.refs():
        if program.flat(ref).kind == FunctionKind.METHOD.value:
            methods.setdefault(program.parent(ref), []).append(ref)
    found: list[ClassDefinition] = []
    for ref in program.classes:
        scope = program.flat(ref)
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


def _base_name(solution: Solution, ref: Ref, node: int) -> str:
    found = solution.evaluator.defined(ref, node)
    match found:
        case ClassValue():
            return solution.program.dotted(found.ref)
        case External():
            return found.dotted
    return _as_written(solution.program.view(ref).expr(node))


def _as_written(expr: Expr) -> str:
    match expr:
        case Name():
            return expr.id
        case Attribute():
            return f"{_as_written(expr.base)}.{expr.name}"
        case Item():
            return _as_written(expr.base)
    return "?"


def _resolutions(solution: Solution, guards: _Guards) -> tuple[Resolution, ...]:
    program = solution.program
    found: list[Resolution] = []
    for (ref, number), callees in (*solution.callees.items(), *solution.guessed):
        kind, span, _, _, _, guard, is_conditional, is_unreachable = program.flat(ref).sites[number]
        call_site = CallSite(
            caller=program.id(ref),
            span=unpack_span(span),
            kind=SiteKind(kind),
            text=program.site_text(ref, number),
            guards=guards[ref][guard] if guard >= 0 and guards else (),
            is_conditional=is_conditional,
            is_unreachable=is_unreachable,
        )
        found.append(_resolution(call_site, callees))
    by_span: dict[Ref, dict[int, int]] = {}
    for call in solution.implicit:
        excerpts = program.excerpts(call.ref[0])
        place = unpack_span(call.span)
        text = "" if excerpts is None else quote(excerpts.at(place), CALLEE_LIMIT)
        if guards and call.ref not in by_span:
            by_span[call.ref] = guards_by_span(program.flat(call.ref))
        guard = by_span.get(call.ref, {}).get(call.span, -1)
        call_site = CallSite(
            caller=program.id(call.ref),
            span=place,
            kind=call.kind,
            text=text,
            guards=guards[call.ref][guard] if guard >= 0 else (),
            is_conditional=True,
        )
        found.append(_resolution(call_site, call.callees))
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


def _raises(program: Program, guards: _Guards) -> tuple[Raise, ...]:
    found = [
        Raise(
            function=program.id(ref),
            span=unpack_span(span),
            type_name=text,
            is_again=is_again,
            guards=guards[ref][guard] if guard >= 0 else (),
            is_unreachable=is_unreachable,
        )
        for ref in guards
        for span, text, is_again, guard, is_unreachable in program.flat(ref).raises
    ]
    return tuple(sorted(found, key=lambda each: (each.function, each.span)))


def _resolution(site: CallSite, callees: Callees) -> Resolution:
    return Resolution(
        site,
        callees=callees.ids,
        tier=callees.tier if callees.ids else None,
        open_reason=None if callees.open is None else callees.open.reason,
        open_detail="" if callees.open is None else callees.open.detail,
        through=callees.through,
        is_declared=callees.is_declared and bool(callees.ids),
    )


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for long chains of values; Python frames do not use the C stack since 3.11."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
