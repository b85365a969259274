"""Parsed files for those questions that need expressions, not only call sites.

A file is parsed when it is first asked for. What the running interpreter's `ast` refuses is
absent here; the graph says so elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tracer.model.graph import CallGraph, Resolution, SiteKind
from tracer.model.source import FunctionId, FunctionKind, function_id, is_function, path_of
from tracer.static.sources import SourceTree
from tracer.static.texts.bindings import Binding, ScopeNode, all_bindings, own_nodes
from tracer.tables.words import load_words

_SCOPE_NODES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LONGEST_REEXPORT = 5


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A call site and one function that it calls."""

    caller: FunctionId
    line: int
    end: tuple[int, int]  # of the call expression
    callee: FunctionId


@dataclass(eq=False, slots=True)
class ParsedModule:
    """One file's tree, with the ways up."""

    path: str
    name: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST]
    calls: dict[tuple[int, int], ast.Call]  # by end line and end column, in bytes
    bindings: dict[ast.AST, dict[str, tuple[Binding, ...]]] = field(default_factory=dict)

    def scope_of(self, node: ast.AST) -> ScopeNode:
        """The scope in whose frame the node runs."""
        below, above = node, self.parents.get(node)
        while above is not None:
            if isinstance(above, _SCOPE_NODES) and _runs_inside(below, above):
                return above
            below, above = above, self.parents.get(above)
        return self.tree

    def outer_scopes(self, scope: ScopeNode) -> Iterator[ScopeNode]:
        """The scopes around this one in which its free names are looked up, innermost first."""
        while scope is not self.tree:
            scope = self.scope_of(scope)
            if not isinstance(scope, ast.ClassDef):
                yield scope

    def bindings_of(self, name: str, scope: ScopeNode) -> tuple[Binding, ...]:
        """Every binding of the name in the scope."""
        if scope not in self.bindings:
            self.bindings[scope] = all_bindings(scope)
        return self.bindings[scope].get(name, ())


class Scopes:
    """The functions of a graph as syntax, and what imports bind in them."""

    def __init__(self, tree: SourceTree, graph: CallGraph) -> None:
        self.graph = graph
        self._texts = {source.path: source for source in tree.files}
        self._module_names = {file.path: file.module for file in graph.files}
        self.module_paths = {file.module: file.path for file in reversed(graph.files)}
        self._functions = graph.function_index()
        self._in_file: dict[str, list[FunctionId]] = {}
        for function in graph.functions:
            self._in_file.setdefault(function.path, []).append(function.id)
        self._parsed: dict[str, ParsedModule | None] = {}
        self._nodes: dict[str, dict[tuple[int, str], ScopeNode]] = {}
        self._ids: dict[ast.AST, FunctionId] = {}
        self._calls: dict[FunctionId, tuple[ast.Call, ...]] = {}
        self._by_end: dict[tuple[str, tuple[int, int]], list[Resolution]] = {}
        self._callers: dict[FunctionId, list[Link]] = {}
        self._words = load_words()
        for resolution in graph.resolutions:
            self._index(resolution)

    def module(self, path: str) -> ParsedModule | None:
        """The parsed file; None where it cannot be parsed."""
        if path not in self._parsed:
            self._parsed[path] = self._parse(path)
        return self._parsed[path]

    def node(self, function: FunctionId) -> ScopeNode | None:
        """The syntax of a function; None for lambdas and for files that cannot be parsed."""
        known = self._functions.get(function)
        module = self.module(path_of(function))
        if known is None or module is None or known.kind is FunctionKind.LAMBDA:
            return None
        if known.kind is FunctionKind.MODULE:
            return module.tree
        return self._nodes[known.path].get((known.def_line, known.name))

    def function_of(self, scope: ast.AST) -> FunctionId | None:
        """The id of a scope that belongs to a parsed file."""
        return self._ids.get(scope)

    def own_calls(self, function: FunctionId) -> tuple[ast.Call, ...]:
        """The call expressions that run in the function's own frame, in source order."""
        if function not in self._calls:
            node = self.node(function)
            nodes = () if node is None else own_nodes(node)
            self._calls[function] = tuple(each for each in nodes if isinstance(each, ast.Call))
        return self._calls[function]

    def call(self, link: Link) -> ast.Call | None:
        """The call expression of a link."""
        module = self.module(path_of(link.caller))
        return None if module is None else module.calls.get(link.end)

    def callers(self, function: FunctionId) -> tuple[Link, ...]:
        """The call expressions that may call the function, sorted."""
        return tuple(sorted(set(self._callers.get(function, ()))))

    def shipped_callers(self, function: FunctionId) -> tuple[Link, ...]:
        """Those that tell what the program does: what tests alone pass is of their making.

        Of a function of the tests all are.
        """
        links = self.callers(function)
        if self._is_of_tests(path_of(function)):
            return links
        return tuple(link for link in links if not self._is_of_tests(path_of(link.caller)))

    def _is_of_tests(self, path: str) -> bool:
        role = self._words.folder_role(path)
        return role is not None and role.role == "tests"

    def callees(self, path: str, call: ast.Call) -> tuple[str, ...]:
        """What the graph says that a call expression may call."""
        end = (call.end_lineno or 0, call.end_col_offset or 0)
        found = {
            str(callee)
            for resolution in self._by_end.get((path, end), ())
            for callee in resolution.callees
        }
        return tuple(sorted(found))

    def links(self, path: str, call: ast.Call) -> tuple[Link, ...]:
        """The functions of the tree that a call expression may call."""
        end = (call.end_lineno or 0, call.end_col_offset or 0)
        found = {
            Link(resolution.site.caller, resolution.site.span.line, end, callee)
            for resolution in self._by_end.get((path, end), ())
            for callee in resolution.callees
            if is_function(callee)
        }
        return tuple(sorted(found))

    def is_unreachable(self, path: str, call: ast.Call) -> bool:
        """Whether the graph says that control never comes to the call expression."""
        end = (call.end_lineno or 0, call.end_col_offset or 0)
        found = self._by_end.get((path, end), ())
        return bool(found) and all(resolution.site.is_unreachable for resolution in found)

    def is_fully_resolved(self, path: str, call: ast.Call) -> bool:
        """Whether nothing is open about whom the call expression calls."""
        end = (call.end_lineno or 0, call.end_col_offset or 0)
        found = self._by_end.get((path, end), ())
        return bool(found) and not any(resolution.is_open for resolution in found)

    def dotted(self, expression: ast.expr, module: ParsedModule) -> str:
        """The dotted name that imports give the expression; empty where they give none.

        Names that nothing in the file binds are builtins: `builtins.open`.
        """
        attributes: list[str] = []
        while isinstance(expression, ast.Attribute):
            attributes.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return ""
        base = self._bound_by_import(expression, module)
        return ".".join([base, *reversed(attributes)]) if base else ""

    def module_variable(self, dotted: str) -> tuple[ParsedModule, str] | None:
        """The file and name that a dotted name stands for, re-exports followed."""
        for _ in range(_LONGEST_REEXPORT):
            owner, _, name = dotted.rpartition(".")
            path = self.module_paths.get(owner)
            module = None if path is None else self.module(path)
            if module is None:
                return None
            bindings = module.bindings_of(name, module.tree)
            imports = [
                binding.node
                for binding in bindings
                if isinstance(binding.node, ast.Import | ast.ImportFrom)
            ]
            if not imports:
                return (module, name) if bindings else None
            dotted = self.imported(imports[0], name, module)
        return None

    def _index(self, resolution: Resolution) -> None:
        site = resolution.site
        if site.kind is not SiteKind.CALL:
            return
        end = (site.span.end_line, site.span.end_column)
        self._by_end.setdefault((site.path, end), []).append(resolution)
        if site.is_unreachable:
            return
        for callee in resolution.callees:
            if is_function(callee):
                link = Link(site.caller, site.span.line, end, callee)
                self._callers.setdefault(callee, []).append(link)

    def _parse(self, path: str) -> ParsedModule | None:
        source = self._texts.get(path)
        if source is None or source.problem:
            return None
        try:
            tree = ast.parse(source.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        parents: dict[ast.AST, ast.AST] = {}
        calls: dict[tuple[int, int], ast.Call] = {}
        nodes: dict[tuple[int, str], ScopeNode] = {}
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Call):
                calls[node.end_lineno or 0, node.end_col_offset or 0] = node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                nodes[node.lineno, node.name] = node
            for child in ast.iter_child_nodes(node):
                parents[child] = node
                stack.append(child)
        self._nodes[path] = nodes
        for function_in_file in self._in_file.get(path, ()):
            function = self._functions[function_in_file]
            scope = nodes.get((function.def_line, function.name))
            if scope is not None:
                self._ids[scope] = function.id
        self._ids[tree] = function_id(path, "<module>")
        return ParsedModule(path, self._module_names.get(path, ""), tree, parents, calls)

    def _bound_by_import(self, name: ast.Name, module: ParsedModule) -> str:
        scope = module.scope_of(name)
        for candidate in (scope, *module.outer_scopes(scope)):
            if name.id in parameter_names(candidate):
                return ""
            bindings = module.bindings_of(name.id, candidate)
            if not bindings:
                continue
            first = bindings[0].node
            if all(isinstance(b.node, ast.Import | ast.ImportFrom) for b in bindings):
                assert isinstance(first, ast.Import | ast.ImportFrom)
                return self.imported(first, name.id, module)
            if candidate is module.tree and module.name:
                return f"{module.name}.{name.id}"
            return ""
        return f"builtins.{name.id}"

    def imported(
        self, statement: ast.Import | ast.ImportFrom, name: str, module: ParsedModule
    ) -> str:
        """The dotted name that an import statement gives to a name."""
        for alias in statement.names:
            if isinstance(statement, ast.Import):
                if alias.asname == name:
                    return alias.name
                if alias.asname is None and alias.name.partition(".")[0] == name:
                    return name
            elif (alias.asname or alias.name) == name:
                base = _absolute(statement, module)
                return f"{base}.{alias.name}" if base else ""
        return ""


def parameter_names(scope: ast.AST) -> tuple[str, ...]:
    """The parameters of a function or lambda, in order; `*args` and `**kwargs` last."""
    arguments = getattr(scope, "args", None)
    if not isinstance(arguments, ast.arguments):
        return ()
    names = [item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [item.arg for item in (arguments.vararg, arguments.kwarg) if item is not None]
    return tuple(names)


def bind_arguments(
    call: ast.Call, function: ScopeNode, parents: Mapping[ast.AST, ast.AST]
) -> Mapping[str, ast.expr] | None:
    """Which expression of the call goes to which parameter; None where that is not evident.

    Parameters that the call leaves to their defaults are absent.

    Args:
        parents: Of the nodes of the function's module.
    """
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    arguments = function.args
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    positional = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    if _binds_first(call, function, parents):
        positional = positional[1:]
    bound: dict[str, ast.expr] = dict(zip(positional, call.args, strict=False))
    if len(call.args) > len(positional) and arguments.vararg is None:
        return None
    for keyword in call.keywords:
        if keyword.arg is not None:
            bound[keyword.arg] = keyword.value
    return bound


def _binds_first(
    call: ast.Call,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    parents: Mapping[ast.AST, ast.AST],
) -> bool:
    """Whether the first parameter is the object or class, which the call does not write out."""
    owner = parents.get(function)
    if not isinstance(owner, ast.ClassDef):
        return False
    decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
    if "staticmethod" in decorators:
        return False
    if "classmethod" in decorators or not isinstance(call.func, ast.Attribute):
        return True
    receiver = call.func.value
    last = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    return last != owner.name


def _runs_inside(below: ast.AST, above: ast.AST) -> bool:
    """Whether a direct child of a scope runs in that scope's frame."""
    if isinstance(above, ast.Module):
        return True
    if isinstance(above, ast.Lambda):
        return below is above.body
    body = getattr(above, "body", [])
    return any(below is statement for statement in body)


def _absolute(statement: ast.ImportFrom, module: ParsedModule) -> str:
    if not statement.level:
        return statement.module or ""
    is_package = module.path.rpartition("/")[2] == "__init__.py"
    parts = module.name.split(".") if module.name else []
    drop = statement.level - is_package
    if drop > len(parts):
        return ""
    kept = parts[: len(parts) - drop]
    return ".".join([*kept, statement.module] if statement.module else kept)
