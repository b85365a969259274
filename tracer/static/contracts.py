"""What a function takes and gives, which errors it catches, and how its calls are written.

Read from the syntax of the few functions that an answer is about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.model.graph import Raise
from tracer.model.source import FunctionId, Span, path_of
from tracer.static.quoting import quote
from tracer.static.texts.bindings import (
    BindingKind,
    ScopeNode,
    all_bindings,
    bindings_before,
    own_nodes,
)
from tracer.static.texts.displays import bound_to, displayed_texts
from tracer.static.texts.scopes import Scopes, parameter_names

_LIMIT = 80
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter as it is declared."""

    name: str
    default: str  # as written; empty: there is none


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One `return` of a function."""

    line: int
    end_line: int
    text: str  # as written
    shape: str  # `tuple of 2`, `dict`, `list`, `None`, `value`
    parts: tuple[str, ...]  # of each part, what it was bound to, or itself
    keys: tuple[str, ...] = ()  # of a dict display


@dataclass(frozen=True, slots=True)
class HandlerView:
    """One `except` of a function."""

    line: int
    type_name: str  # as written; `BaseException` where none is
    around: str  # the first line of what is tried
    outcome: str  # `is raised again`, `becomes ValueError`, `ends the function`, `the code goes on`


class Contracts:
    """Reads functions as syntax; what cannot be parsed gives nothing."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes

    def is_read(self, function: FunctionId) -> bool:
        """Whether the function's syntax is at hand."""
        return self._scopes.node(function) is not None

    def local_names(self, function: FunctionId) -> frozenset[str]:
        """Parameters and names that the function itself binds, imports left out."""
        node = self._scopes.node(function)
        if node is None or isinstance(node, ast.Module):
            return frozenset()
        bound = {
            name
            for name, bindings in all_bindings(node).items()
            if not any(isinstance(each.node, ast.Import | ast.ImportFrom) for each in bindings)
        }
        return frozenset(bound) | frozenset(parameter_names(node))

    def parameters(self, function: FunctionId) -> tuple[ParameterView, ...]:
        """In the order of the definition, with a bare `*`; `self` and `cls` are left out."""
        node = self._scopes.node(function)
        if not isinstance(node, _FUNCTIONS):
            return ()
        given = node.args
        positional = [*given.posonlyargs, *given.args]
        first_default = len(positional) - len(given.defaults)
        found = [
            ParameterView(
                each.arg,
                _text(given.defaults[at - first_default]) if at >= first_default else "",
            )
            for at, each in enumerate(positional)
        ]
        if self._is_bound(node) and found:
            found = found[1:]
        if given.vararg is not None:
            found.append(ParameterView(f"*{given.vararg.arg}", ""))
        elif given.kwonlyargs:
            found.append(ParameterView("*", ""))
        for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            found.append(ParameterView(argument.arg, "" if default is None else _text(default)))
        if given.kwarg is not None:
            found.append(ParameterView(f"**{given.kwarg.arg}", ""))
        return tuple(found)

    def annotation(self, function: FunctionId) -> str:
        """Of what the function returns, as written; empty where there is none."""
        node = self._scopes.node(function)
        if not isinstance(node, _FUNCTIONS) or node.returns is None:
            return ""
        return _text(node.returns)

    def returns(self, function: FunctionId) -> tuple[ReturnView, ...]:
        """Those that control can come to, in order of the source."""
        node = self._scopes.node(function)
        module = self._scopes.module(path_of(function))
        if module is None or not isinstance(node, _FUNCTIONS):
            return ()
        return tuple(
            self._return(each, node, module.parents)
            for each in own_nodes(node)
            if isinstance(each, ast.Return) and not _is_behind_exit(each, node, module.parents)
        )

    def handlers(self, function: FunctionId) -> tuple[HandlerView, ...]:
        """Those that control can come to, in order of the source."""
        node = self._scopes.node(function)
        module = self._scopes.module(path_of(function))
        if module is None or node is None:
            return ()
        return tuple(
            HandlerView(
                handler.lineno,
                "BaseException" if handler.type is None else _text(handler.type),
                _tried(each.body[0]),
                _outcome(handler),
            )
            for each in own_nodes(node)
            if isinstance(each, ast.Try | ast.TryStar)
            and not _is_behind_exit(each, node, module.parents)
            for handler in each.handlers
        )

    def message(self, raised: Raise) -> str:
        """The constant beginning of an error's message; holes of an f-string are `…`."""
        node = self._scopes.node(raised.function)
        for each in () if node is None else own_nodes(node):
            if not isinstance(each, ast.Raise) or each.lineno != raised.span.line:
                continue
            if isinstance(each.exc, ast.Call) and each.exc.args:
                return quote(_message(each.exc.args[0]), _LIMIT)
        return ""

    def options(self, function: FunctionId, span: Span) -> tuple[str, ...]:
        """Arguments of a call that are constants, names of modules, or keywords, as written.

        What a keyword gets is left out where it is no constant: the name of a local says nothing.
        """
        call = self.call(function, span)
        module = self._scopes.module(path_of(function))
        if call is None or module is None:
            return ()
        found: list[str] = []
        for argument in call.args:
            is_name = isinstance(argument, ast.Attribute) and self._scopes.dotted(argument, module)
            if is_name or (isinstance(argument, ast.Constant) and not _is_path(argument)):
                found.append(_text(argument))
        for keyword in call.keywords:
            if keyword.arg is not None:
                is_told = isinstance(keyword.value, ast.Constant)
                found.append(f"{keyword.arg}={_text(keyword.value) if is_told else '…'}")
        return tuple(found)

    def call(self, function: FunctionId, span: Span) -> ast.Call | None:
        """The call expression that ends where the span does."""
        module = self._scopes.module(path_of(function))
        return None if module is None else module.calls.get((span.end_line, span.end_column))

    def tested(self, function: FunctionId, line: int) -> Iterator[tuple[str, ast.expr]]:
        """Calls in a condition that begins at a line: the callee's last name, and what it is about.

        That is the first argument, else the object before the dot.
        """
        node = self._scopes.node(function)
        for each in () if node is None else own_nodes(node):
            if not isinstance(each, ast.If | ast.While | ast.IfExp | ast.Assert):
                continue
            if each.test.lineno != line:
                continue
            for inner in ast.walk(each.test):
                if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                    subject = inner.args[0] if inner.args else inner.func.value
                    yield inner.func.attr, subject

    def asked(self, function: FunctionId, line: int) -> tuple[str, ...]:
        """The keys on which a condition that begins at a line depends, sorted.

        Names are followed to what they are bound to in the function; a key is a constant text that
        an item, `get`, `pop` or `in` asks for, or one of a display that is gone through.
        """
        scope = self._scopes.node(function)
        module = self._scopes.module(path_of(function))
        found: set[str] = set()
        if scope is None or module is None:
            return ()
        for each in own_nodes(scope):
            if isinstance(each, ast.If | ast.While | ast.Assert) and each.test.lineno == line:
                found |= _keys_of(each.test, scope, module.parents)
        return tuple(sorted(found))

    def _is_bound(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        function = self._scopes.function_of(node)
        module = None if function is None else self._scopes.module(path_of(function))
        owner = None if module is None else module.parents.get(node)
        decorators = {_text(each) for each in node.decorator_list}
        return isinstance(owner, ast.ClassDef) and "staticmethod" not in decorators

    def _return(
        self, node: ast.Return, scope: ScopeNode, parents: dict[ast.AST, ast.AST]
    ) -> ReturnView:
        value = node.value
        shape = "value"
        keys: tuple[str, ...] = ()
        parts: list[ast.expr] = [] if value is None else [value]
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            shape, parts = "None", []
        elif isinstance(value, ast.Tuple | ast.List):
            parts = list(value.elts)
            shape = f"{'tuple' if isinstance(value, ast.Tuple) else 'list'} of {len(parts)}"
        elif isinstance(value, ast.Dict):
            shape, parts = "dict", list(value.values)
            keys = tuple("**" if key is None else _text(key) for key in value.keys)
        return ReturnView(
            node.lineno,
            node.end_lineno or node.lineno,
            "None" if value is None else _text(value),
            shape,
            tuple(_origin(part, scope, parents) for part in parts),
            keys,
        )


def level_names(text: str, names: frozenset[str], *, is_loop: bool = False) -> str:
    """The text with the given names as `_1`, `_2` in order of their first use.

    Two conditions that differ in nothing but the names of locals become equal. What does not parse,
    since it was cut, stays as it is.
    """
    try:
        tree = ast.parse(f"for {text}: pass" if is_loop else text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    known: dict[str, str] = {}
    # `ast.walk` goes by depth; the order of the text is that of places.
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in names]
    for node in sorted(found, key=lambda each: (each.lineno, each.col_offset)):
        node.id = known.setdefault(node.id, f"_{len(known) + 1}")
    return ast.unparse(tree)


def _text(node: ast.AST) -> str:
    try:
        return quote(ast.unparse(node), _LIMIT)
    except RecursionError:
        return type(node).__name__


def _origin(part: ast.expr, scope: ScopeNode, parents: dict[ast.AST, ast.AST]) -> str:
    """What a name was bound to, where one assignment alone can have; else the part itself."""
    if not isinstance(part, ast.Name):
        return _text(part)
    reaching = bindings_before(part.id, part, scope, parents)
    if reaching.falls_through or len(reaching.bindings) != 1:
        return _text(part)
    (binding,) = reaching.bindings
    if binding.kind is not BindingKind.VALUE or binding.value is None:
        return _text(part)
    items = "".join(f"[{index}]" for index in binding.index)
    return _text(binding.value) + items


def _keys_of(
    expression: ast.expr, scope: ScopeNode, parents: dict[ast.AST, ast.AST]
) -> frozenset[str]:
    """The constant keys that an expression and what its names are bound to ask for."""
    found: set[str] = set()
    waiting: list[ast.AST] = [expression]
    known: set[ast.AST] = set()
    while waiting:
        for node in ast.walk(waiting.pop()):
            match node:
                case ast.Subscript(slice=ast.Constant(value=str(asked))):
                    found.add(asked)
                case ast.Call(
                    func=ast.Attribute(attr="get" | "pop"),
                    args=[ast.Constant(value=str(asked)), *_],
                ):
                    found.add(asked)
                case ast.Compare(
                    left=ast.Constant(value=str(asked)), ops=[ast.In() | ast.NotIn(), *_]
                ):
                    found.add(asked)
                case ast.comprehension(iter=iterated):
                    found.update(displayed_texts(iterated, scope, parents))
                case ast.Name(ctx=ast.Load()):
                    value = bound_to(node, scope, parents)
                    if value is not None and value not in known:
                        known.add(value)
                        waiting.append(value)
    return frozenset(found)


def _is_behind_exit(node: ast.AST, scope: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an earlier statement of a block around the node always leaves the block."""
    while node is not scope:
        above = parents[node]
        for block in (getattr(above, name, None) for name in ("body", "orelse", "finalbody")):
            if not isinstance(block, list) or not any(each is node for each in block):
                continue
            for each in block:
                if each is node:
                    break
                if isinstance(each, _ENDS):
                    return True
        node = above
    return False


def _tried(statement: ast.stmt) -> str:
    lines = _text(statement) if not hasattr(statement, "body") else _header(statement)
    return quote(lines, _LIMIT)


def _header(statement: ast.stmt) -> str:
    return ast.unparse(statement).split("\n", 1)[0].rstrip(":")


def _outcome(handler: ast.ExceptHandler) -> str:
    raised = [node for node in _inside(handler) if isinstance(node, ast.Raise)]
    last = handler.body[-1]
    if isinstance(last, ast.Raise):
        if last.exc is None or (isinstance(last.exc, ast.Name) and last.exc.id == handler.name):
            return "is raised again"
        raised_type = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        return f"becomes {_text(raised_type)}"
    if isinstance(last, ast.Return):
        return "ends the function" if last.value is None else f"gives {_text(last.value)}"
    if isinstance(last, ast.Continue | ast.Break):
        return "goes on with the next round" if isinstance(last, ast.Continue) else "ends the loop"
    return "the code goes on, or raises" if raised else "the code goes on"


def _inside(handler: ast.ExceptHandler) -> Iterator[ast.AST]:
    """All that runs in the handler's own frame."""
    waiting: list[ast.AST] = list(handler.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def _message(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return _message(node.left)
    return ""


def _is_path(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and len(node.value) > 3
