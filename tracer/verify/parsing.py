"""From a file's text to what the verifier reads in it.

Written on stdlib `ast` alone, and on purpose apart from the reading of `static`: a verifier that
shared its reader with the solver would share its mistakes.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence

from tracer.model.graph import SiteKind
from tracer.model.source import MODULE_QUALNAME, FunctionKind
from tracer.verify.syntax import (
    Binding,
    CallExpression,
    Definition,
    FileReading,
    ImportBinding,
    OtherBinding,
    Scope,
    Store,
    ValueUse,
)

_STORING_CALLS = frozenset({"setattr", "patch", "object"})  # of builtins, of mocks
_TRANSPARENT_DECORATORS = frozenset({"staticmethod", "classmethod", "abstractmethod", "override"})


def read_file(path: str, text: str) -> FileReading:
    """Read one file; a file that does not parse keeps its lines and says why."""
    lines = tuple(text.split("\n"))
    if lines and not lines[-1]:
        lines = lines[:-1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        reader = _Reader(path, len(lines))
        reader.read(tree)
    except SyntaxError as error:
        return FileReading(path, lines, problem=f"line {error.lineno}: {error.msg}")
    except (RecursionError, ValueError) as error:
        return FileReading(path, lines, problem=str(error))
    return FileReading(
        path,
        lines,
        tuple(reader.scopes),
        tuple(reader.calls),
        tuple(reader.values),
        tuple(reader.statements),
        tuple(reader.stores),
    )


def dotted_text(node: ast.expr) -> str:
    """`a.b.c` for a plain chain of names, else the empty string."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "super"
        and parts
    ):
        return ".".join(["super()", *reversed(parts)])
    return ""


class _Reader(ast.NodeVisitor):
    """Walks one file once, with the scope, statement and `with` block at hand."""

    def __init__(self, path: str, lines: int) -> None:
        self.path = path
        self.scopes: list[Scope] = []
        self.calls: list[CallExpression] = []
        self.values: list[ValueUse] = []
        self.statements: list[tuple[int, int]] = []
        self.stores: list[Store] = []
        self._lines = lines
        self._scope = 0
        self._statement = (1, 1)
        self._with: tuple[int, int] | None = None
        self._globals: set[tuple[int, str]] = set()
        self._stored = ""  # what an assignment puts into its targets
        self._is_conditional = False  # within `if`, `try` and the like of the scope at hand

    def read(self, tree: ast.Module) -> None:
        module = Definition(
            self.path, MODULE_QUALNAME, FunctionKind.MODULE, 1, 1, max(self._lines, 1), 0
        )
        self.scopes.append(Scope(module, None))
        self._body(tree.body)

    # Statements

    def _body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._visit_statement(statement)

    def _visit_statement(self, node: ast.stmt) -> None:
        outer = self._statement
        self._statement = (node.lineno, _header_end(node))
        self.statements.append(self._statement)
        self.visit(node)
        self._statement = outer

    def generic_visit(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                outer = self._with, self._is_conditional
                self._with = None  # directly within `if` or `for`: no longer the `with` block's
                self._is_conditional = True
                self._visit_statement(child)
                self._with, self._is_conditional = outer
            else:
                self.visit(child)

    def visit_With(self, node: ast.With) -> None:
        self._visit_with(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self._visit_with(node)

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item)
            self._add_site(item.context_expr, "", SiteKind.WITH)
        outer, self._with = self._with, self._statement
        self._body(node.body)
        self._with = outer

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self._bind(alias.asname, ImportBinding(alias.name, None))
            else:
                top = alias.name.partition(".")[0]
                self._bind(top, ImportBinding(top, None))
            self._add_site(node, alias.name, SiteKind.IMPORT)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.scopes[self._scope].stars.append(ImportBinding(module, None, node.level))
            else:
                binding = ImportBinding(module, alias.name, node.level)
                self._bind(alias.asname or alias.name, binding)
        self._add_site(node, "." * node.level + module, SiteKind.IMPORT)

    def visit_Global(self, node: ast.Global) -> None:
        self._globals.update((self._scope, name) for name in node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            self._bind(name, OtherBinding())

    def visit_Assign(self, node: ast.Assign) -> None:
        is_none = isinstance(node.value, ast.Constant) and node.value.value is None
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._bind(target.id, OtherBinding(is_none))
            else:
                self._stored = dotted_text(node.value)
                self.visit(target)
                self._stored = ""
        self.visit(node.value)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, OtherBinding())
        if node.type:
            self.visit(node.type)
        outer, self._is_conditional = self._is_conditional, True
        self._body(node.body)
        self._is_conditional = outer

    # Definitions

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node.decorator_list)
        self._defaults(node.args)
        for annotation in _annotations(node):
            self.visit(annotation)
        holder = self.scopes[self._scope].definition
        is_method = holder.kind is FunctionKind.CLASS_BODY
        decorators = {_decorator_name(decorator) for decorator in node.decorator_list}
        parameters = [*node.args.posonlyargs, *node.args.args]
        is_bound = is_method and "staticmethod" not in decorators and parameters
        definition = self._enter(
            node.name,
            FunctionKind.METHOD if is_method else FunctionKind.FUNCTION,
            node,
            first_line=min([node.lineno, *(d.lineno for d in node.decorator_list)]),
            owner_class=self._scope if is_method else None,
            first_parameter=parameters[0].arg if is_bound else "",
            is_wrapped=not decorators <= _TRANSPARENT_DECORATORS,
            decorators=tuple(_decorator_text(decorator) for decorator in node.decorator_list),
        )
        self._inside(definition, node.args, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node.args)
        definition = self._enter("<lambda>", FunctionKind.LAMBDA, node, binds=False)
        outer = self._scope, self._with
        self._scope, self._with = definition.scope, None
        self._parameters(node.args)
        self.visit(node.body)
        self._scope, self._with = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
            self.visit(base)
        definition = self._enter(
            node.name,
            FunctionKind.CLASS_BODY,
            node,
            first_line=min([node.lineno, *(d.lineno for d in node.decorator_list)]),
            bases=tuple(dotted_text(base) for base in node.bases),
        )
        self._add_site(node, node.name, SiteKind.CLASS_BODY)
        self._inside(definition, None, node.body)

    def _enter(
        self,
        name: str,
        kind: FunctionKind,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda,
        *,
        first_line: int | None = None,
        owner_class: int | None = None,
        first_parameter: str = "",
        is_wrapped: bool = False,
        bases: tuple[str, ...] = (),
        decorators: tuple[str, ...] = (),
        binds: bool = True,
    ) -> Definition:
        definition = Definition(
            self.path,
            self._qualname(name),
            kind,
            first_line or node.lineno,
            node.lineno,
            node.end_lineno or node.lineno,
            len(self.scopes),
            owner_class,
            first_parameter,
            is_wrapped,
            bases,
            _docstring(node),
            decorators,
            self._is_conditional,
        )
        if binds:
            self._bind(name, definition)
        self.scopes.append(Scope(definition, self._scope))
        return definition

    def _inside(
        self, definition: Definition, arguments: ast.arguments | None, body: Sequence[ast.stmt]
    ) -> None:
        outer = self._scope, self._with, self._statement, self._is_conditional
        self._scope, self._with, self._is_conditional = definition.scope, None, False
        if arguments is not None:
            self._parameters(arguments)
        self._body(body)
        self._scope, self._with, self._statement, self._is_conditional = outer

    def _qualname(self, name: str) -> str:
        holder = self.scopes[self._scope].definition
        if (self._scope, name) in self._globals or holder.kind is FunctionKind.MODULE:
            return name
        # PEP 3155: a nested function's qualname keeps <locals>.
        middle = "" if holder.kind is FunctionKind.CLASS_BODY else ".<locals>"
        return f"{holder.qualname}{middle}.{name}"

    def _decorators(self, decorators: Sequence[ast.expr]) -> None:
        for decorator in decorators:
            self.visit(decorator)
            self._add_site(decorator, dotted_text(decorator), SiteKind.DECORATOR)

    def _defaults(self, arguments: ast.arguments) -> None:
        for default in [*arguments.defaults, *arguments.kw_defaults]:
            if default is not None:
                self.visit(default)

    def _parameters(self, arguments: ast.arguments) -> None:
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
        for parameter in every:
            self._bind(parameter.arg, OtherBinding())

    # Expressions

    def visit_Call(self, node: ast.Call) -> None:
        self._add_site(node, dotted_text(node.func), SiteKind.CALL, node.func)
        if isinstance(node.func, ast.Attribute):
            if not isinstance(node.func.value, ast.Name):
                self.visit(node.func.value)
        elif not isinstance(node.func, ast.Name):
            self.visit(node.func)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.visit(argument)
        self._store_by_call(node)

    def _store_by_call(self, node: ast.Call) -> None:
        """`setattr(core, "plain", other)`, `patch.object(core, "plain")`, `patch("core.plain")`."""
        if _last_name(node.func) not in _STORING_CALLS or not node.args:
            return
        texts = [_text_of(argument) for argument in node.args[:2]]
        if texts[0]:
            value = dotted_text(node.args[1]) if len(node.args) > 1 else ""
            self._store("", texts[0].rpartition(".")[2], value)
        elif texts[1:] and texts[1]:
            value = dotted_text(node.args[2]) if len(node.args) > 2 else ""
            self._store(dotted_text(node.args[0]), texts[1], value)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.values.append(ValueUse(node.id, node.id, self._scope))
        else:
            self._bind(node.id, OtherBinding())

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            text = dotted_text(node) or f"(…).{node.attr}"
            self.values.append(ValueUse(text, node.attr, self._scope))
        else:
            if isinstance(node.ctx, ast.Store):
                self._store(dotted_text(node.value), node.attr, self._stored)
            if isinstance(node.value, ast.Name):
                self._note_instance_attribute(node.value.id, node.attr)
        if not isinstance(node.value, ast.Name):  # the base of an attribute is not passed on
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store) and (name := _text_of(node.slice)):
            self._store("", name, self._stored)  # `globals()["plain"] = other`
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind(node.name, OtherBinding())
        self.generic_visit(node)

    def _note_instance_attribute(self, receiver: str, attribute: str) -> None:
        definition = self.scopes[self._scope].definition
        if definition.owner_class is not None and definition.first_parameter == receiver:
            self.scopes[definition.owner_class].instance_attributes.add(attribute)

    def _store(self, receiver: str, name: str, value: str) -> None:
        self.stores.append(Store(receiver, name, value, self._scope))

    def _bind(self, name: str, binding: Binding) -> None:
        scope = 0 if (self._scope, name) in self._globals else self._scope
        self.scopes[scope].bindings.setdefault(name, []).append(binding)

    def _add_site(
        self,
        node: ast.expr | ast.stmt,
        text: str,
        kind: SiteKind,
        callee: ast.expr | None = None,
    ) -> None:
        name = text.rpartition(".")[2]
        if not text and isinstance(callee, ast.Attribute):
            name = callee.attr
            text = f"(…).{name}"
        end_line = node.end_lineno or node.lineno
        end_column = node.end_col_offset or 0
        self.calls.append(
            CallExpression(
                self._scope,
                text,
                name,
                node.lineno,
                node.col_offset,
                end_line,
                end_column,
                (min(self._statement[0], node.lineno), max(self._statement[1], node.lineno)),
                self._with,
                kind,
            )
        )


def _header_end(node: ast.stmt) -> int:
    """The last line of a statement; of a compound one, the last line before its body."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.lineno
        case ast.With() | ast.AsyncWith():
            return max([node.lineno, *(item.context_expr.end_lineno or 0 for item in node.items)])
        case ast.For() | ast.AsyncFor():
            return node.iter.end_lineno or node.lineno
        case ast.If() | ast.While():
            return node.test.end_lineno or node.lineno
        case ast.Match():
            return node.subject.end_lineno or node.lineno
        case ast.Try():
            return node.lineno
        case _:
            if hasattr(node, "body"):  # TryStar, and what later versions add
                return node.lineno
            return node.end_lineno or node.lineno


def _docstring(node: ast.AST) -> tuple[int, int] | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    is_text = isinstance(first.value.value, str)
    return (first.lineno, first.end_lineno or first.lineno) if is_text else None


def _text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _decorator_name(decorator: ast.expr) -> str:
    return _decorator_text(decorator).rpartition(".")[2]


def _decorator_text(decorator: ast.expr) -> str:
    return dotted_text(decorator.func if isinstance(decorator, ast.Call) else decorator)


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    every += [extra for extra in (node.args.vararg, node.args.kwarg) if extra]
    found = [parameter.annotation for parameter in every if parameter.annotation]
    return found + ([node.returns] if node.returns else [])
