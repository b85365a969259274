"""From a syntax tree to a summary: one walk, statement by statement, in source order."""

from __future__ import annotations

import ast

from tracer.model.source import MODULE_QUALNAME, FunctionKind
from tracer.static.flat import FileSummary
from tracer.static.lowering.branches import BRANCHING_STATEMENTS
from tracer.static.lowering.definitions import ANONYMOUS_DEFINITIONS, DEFINITIONS
from tracer.static.lowering.expressions import EXPRESSIONS
from tracer.static.lowering.scope import FileReader, Grammar, Header, ScopeReader
from tracer.static.lowering.statements import SIMPLE_STATEMENTS


def lower(tree: ast.Module, text: str) -> FileSummary:
    """Summarise a parsed file.

    Args:
        text: What `tree` was parsed from; callees and guards are quoted from it.
    """
    file = FileReader(text, _GRAMMAR)
    module = ScopeReader(
        file,
        Header(FunctionKind.MODULE, "<module>", MODULE_QUALNAME, -1, 1, 1, max(file.lines, 1)),
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


_GRAMMAR = Grammar(
    statements={**SIMPLE_STATEMENTS, **BRANCHING_STATEMENTS, **DEFINITIONS},
    expressions={**EXPRESSIONS, **ANONYMOUS_DEFINITIONS},
)
