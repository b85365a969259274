"""What a run needs before it can start: arguments without a default, files that nobody made."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracer.model.graph import CallGraph, EffectKind
from tracer.model.source import FunctionId, path_of
from tracer.paths import GraphView, forward_cone
from tracer.plan.early_ends import decorated_by, end_without
from tracer.plan.parsing import parse_source
from tracer.plan.statements import Syntax, syntax_of
from tracer.static.sources import SourceTree

_DEPTH = 3  # calls below the start within which arguments are read and inputs are opened
_MOST_NAMED = 4
_READS = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ})
_WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE})


@dataclass(frozen=True, slots=True)
class RunNeeds:
    """Why a run cannot start unattended, and what else should be known of it."""

    given: tuple[str, ...] = ()  # `needs --data`; empty: nothing is known to be missing
    notes: tuple[str, ...] = ()


def find_scripts(tree: SourceTree) -> tuple[str, ...]:
    """Files with `if __name__ == "__main__":` at module level, and `__main__.py`; sorted."""
    return tuple(
        file.path
        for file in tree.files
        if file.path.rpartition("/")[2] == "__main__.py"
        or ("__main__" in file.text and _has_main_guard(parse_source(file)))
    )


def needs_of(
    graph: CallGraph, view: GraphView, tree: SourceTree, starts: Sequence[FunctionId]
) -> Mapping[FunctionId, RunNeeds]:
    """What each run needs, as far as its own code and three calls below it say."""
    near = {
        start: frozenset(
            function for function, hops in forward_cone(view, (start,)).items() if hops <= _DEPTH
        )
        for start in starts
    }
    concerned = frozenset(function for functions in near.values() for function in functions)
    arguments, computed = _arguments(graph, tree, concerned)
    reads, writes = _literal_files(graph, concerned)
    found: dict[FunctionId, RunNeeds] = {}
    for start, functions in near.items():
        names = [name for function in sorted(functions) for name in arguments.get(function, ())]
        made = {name for function in functions for name in writes.get(function, ())}
        inputs = sorted({name for function in functions for name in reads.get(function, ())} - made)
        given: list[str] = []
        if names:
            given.append(f"needs {_listed(list(dict.fromkeys(names)))}")
        missing = [name for name in inputs if not name.startswith("/")]
        if missing:
            given.append(
                f"reads {_listed([f'`{name}`' for name in missing])} from its working folder, "
                "which is an empty one"
            )
        notes: tuple[str, ...] = ()
        if computed & functions:
            notes = ("the names of its arguments are computed, so some may be required",)
        found[start] = RunNeeds(tuple(given), notes)
    return found


def _has_main_guard(module: ast.Module | None) -> bool:
    return module is not None and any(
        isinstance(node, ast.If)
        and any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test))
        and any(isinstance(n, ast.Constant) and n.value == "__main__" for n in ast.walk(node.test))
        for node in module.body
    )


def _arguments(
    graph: CallGraph, tree: SourceTree, concerned: frozenset[FunctionId]
) -> tuple[dict[FunctionId, list[str]], frozenset[FunctionId]]:
    """Arguments that argparse or click would insist on, and reads of `sys.argv`, by function; and
    the functions that add arguments whose names are computed."""
    sites = [
        resolution.site
        for resolution in graph.resolutions
        if resolution.site.text.rpartition(".")[2]
        in ("add_argument", "add_subparsers", "argument", "option")
    ]
    functions = {(each.path, each.def_line): each.id for each in graph.functions}
    parsed = syntax_of(tree, frozenset(site.path for site in sites))
    found: dict[FunctionId, list[str]] = {}
    computed: set[FunctionId] = set()
    for site in sites:
        hit = parsed[site.path].call_at(site.span) if site.path in parsed else None
        if hit is None:
            continue
        # What a decorator declares belongs to the function below it: the module runs it, too, but
        # whoever calls the function need not lead to the module.
        command = decorated_by(parsed[site.path], hit[1])
        owner = site.caller if command is None else functions.get((site.path, command.lineno))
        if owner is None or owner not in concerned:
            continue
        if name := _required_name(site.text, hit[1]):
            found.setdefault(owner, []).append(name)
        elif _is_empty_by_default(hit[1]) and (end := end_without(parsed[site.path], hit[1])):
            told = f"`{end[0]}` (without it, it ends at {site.path}:{end[1]})"
            found.setdefault(owner, []).append(told)
        if hit[1].args and not isinstance(hit[1].args[0], ast.Constant):
            computed.add(owner)
    _add_argv(graph, tree, concerned, found)
    return found, frozenset(computed)


def _add_argv(
    graph: CallGraph,
    tree: SourceTree,
    concerned: frozenset[FunctionId],
    found: dict[FunctionId, list[str]],
) -> None:
    """`sys.argv[1]` without a word about its absence."""
    texts = {file.path: file for file in tree.files if "sys.argv[" in file.text}
    parsed = syntax_of(tree, frozenset(texts) & {path_of(function) for function in concerned})
    for function in graph.functions:
        if function.id not in concerned or function.path not in parsed:
            continue
        for position in _argv_reads(parsed[function.path], function.def_line, function.end_line):
            found.setdefault(function.id, []).append(f"a command-line argument {position}")


def _argv_reads(syntax: Syntax, first: int, last: int) -> list[int]:
    return sorted(
        {
            node.slice.value
            for statement in syntax.statements
            if first <= statement.node.lineno <= last
            for node in ast.walk(statement.node)
            if isinstance(node, ast.Subscript)
            and ast.unparse(node.value) == "sys.argv"
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
            and node.slice.value > 0
        }
    )


def _required_name(text: str, call: ast.Call) -> str:
    """The argument that must be given; empty where the call declares none."""
    method = text.rpartition(".")[2]
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    is_required = _is_true(keywords.get("required"))
    first = call.args[0] if call.args else None
    name = first.value if isinstance(first, ast.Constant) else None
    if method == "add_subparsers":
        return "a subcommand" if is_required else ""
    if not isinstance(name, str):
        return ""
    if method == "option":
        return name if is_required and text.startswith("click.") else ""
    if method == "argument":
        is_optional = "default" in keywords or _is_false(keywords.get("required"))
        return name if text.startswith("click.") and not is_optional else ""
    if name.startswith("-"):
        return name if is_required else ""
    nargs = keywords.get("nargs")
    is_optional = isinstance(nargs, ast.Constant) and nargs.value in ("?", "*", 0)
    return "" if is_optional else f"`{name}`"


def _is_empty_by_default(call: ast.Call) -> bool:
    """Whether the argument is empty where it is not given."""
    default = next((k.value for k in call.keywords if k.arg == "default"), None)
    return default is None or (isinstance(default, ast.Constant) and not default.value)


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _literal_files(
    graph: CallGraph, concerned: frozenset[FunctionId]
) -> tuple[dict[FunctionId, set[str]], dict[FunctionId, set[str]]]:
    """Paths that are written out as constants, by function: what is read, what is written."""
    reads: dict[FunctionId, set[str]] = {}
    writes: dict[FunctionId, set[str]] = {}
    for effect in graph.effects:
        if effect.function not in concerned or effect.is_unreachable:
            continue
        if any(not guard.is_early_exit for guard in effect.guards):
            continue
        kept = reads if effect.kind in _READS else writes if effect.kind in _WRITES else None
        subject = effect.subject
        if kept is not None and subject[:1] in "\"'" and len(subject) > 2:
            try:
                name = ast.literal_eval(subject)
            except (SyntaxError, ValueError):
                continue
            if isinstance(name, str):
                kept.setdefault(effect.function, set()).add(name)
    return reads, writes


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"
