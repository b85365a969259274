"""Constant texts behind a name: what it is bound to, and displays that are gone through."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from tracer.static.texts.bindings import BindingKind, bindings_before


def bound_to(name: ast.Name, scope: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | None:
    """The one expression that a name is bound to as a whole; None where there is no such."""
    reaching = bindings_before(name.id, name, scope, parents)
    if reaching.falls_through or len(reaching.bindings) != 1:
        return None
    (binding,) = reaching.bindings
    return binding.value if binding.kind is BindingKind.VALUE and not binding.index else None


def displayed_texts(
    node: ast.expr, scope: ast.AST, parents: Mapping[ast.AST, ast.AST]
) -> tuple[str, ...]:
    """The items of a list, tuple or set, or of a name for one; empty where one is no text."""
    value = bound_to(node, scope, parents) if isinstance(node, ast.Name) else node
    if not isinstance(value, ast.List | ast.Tuple | ast.Set):
        return ()
    texts = [
        each.value
        for each in value.elts
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return tuple(texts) if len(texts) == len(value.elts) else ()


def texts_of_item(
    name: ast.Name, scope: ast.AST, parents: Mapping[ast.AST, ast.AST]
) -> tuple[str, ...]:
    """What a name stands for, one after the other, that a loop or a comprehension binds."""
    reaching = bindings_before(name.id, name, scope, parents)
    if reaching.falls_through or len(reaching.bindings) != 1:
        return ()
    (binding,) = reaching.bindings
    if binding.kind is not BindingKind.ITEM or binding.index or binding.value is None:
        return ()
    return displayed_texts(binding.value, scope, parents)
