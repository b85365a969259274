"""Small trees on disk, with a call graph written down by hand."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from tracer.model.graph import (
    CallGraph,
    CallSite,
    Effect,
    EffectKind,
    OpenReason,
    Resolution,
    SiteKind,
    Tier,
)
from tracer.model.source import (
    MODULE_QUALNAME,
    Callee,
    ClassDefinition,
    ExternalId,
    Function,
    FunctionId,
    FunctionKind,
    SourceFile,
    Span,
    function_id,
)
from tracer.static.sources import SourceTree, read_tree

Ends = Mapping[str, str]
Operations = Mapping[str, tuple[EffectKind, str]]


def write_tree(root: Path, files: Mapping[str, str]) -> SourceTree:
    """Write the files and read them back as a tree."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    return read_tree(root)


def graph_of(tree: SourceTree, callees: Ends, effects: Operations) -> CallGraph:
    """A call graph by what the calls say, with no solver in it.

    Args:
        tree: Parsed for definitions and calls.
        callees: What a callee as written stands for: a function's id, or an outside name.
        effects: What a callee as written does: kind and dotted operation. Its subject is the first
            argument as written, of a change of state the operation's receiver.
    """
    functions: list[Function] = []
    classes: list[ClassDefinition] = []
    resolutions: list[Resolution] = []
    found: list[Effect] = []
    for file in tree.files:
        module = file.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        parsed = ast.parse(file.text)
        top = function_id(file.path, MODULE_QUALNAME)
        functions.append(Function(top, module, FunctionKind.MODULE, 1, 1, max(1, file.lines)))
        _define(parsed.body, "", file.path, module, functions, classes)
        for caller, node in _calls(parsed, top, file.path):
            text = ast.unparse(node.func)
            span = Span(
                node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0
            )
            site = CallSite(caller, span, SiteKind.CALL, text)
            if text in callees:
                name = callees[text]
                callee: Callee = FunctionId(name) if "::" in name else ExternalId(name)
                resolutions.append(Resolution(site, (callee,), Tier.DEFINITE))
            else:
                resolutions.append(Resolution(site, open_reason=OpenReason.UNKNOWN_NAME))
            if text in effects:
                kind, operation = effects[text]
                subject = ast.unparse(node.args[0]) if node.args else ""
                if kind is EffectKind.STATE_WRITE:
                    subject = operation.rpartition(".")[0]
                found.append(Effect(caller, span, kind, operation, subject))
    return CallGraph(
        files=tuple(SourceFile(f.path, "", f.lines, f.sha256) for f in tree.files),
        functions=tuple(sorted(functions, key=lambda function: function.id)),
        classes=tuple(classes),
        resolutions=tuple(sorted(resolutions, key=lambda r: (r.site.caller, r.site.span))),
        effects=tuple(sorted(found, key=lambda e: (e.function, e.span))),
    )


def _define(
    body: Sequence[ast.stmt],
    prefix: str,
    path: str,
    module: str,
    functions: list[Function],
    classes: list[ClassDefinition],
) -> list[FunctionId]:
    own: list[FunctionId] = []
    for node in body:
        if isinstance(node, ast.FunctionDef):
            id_ = function_id(path, prefix + node.name)
            kind = FunctionKind.METHOD if prefix else FunctionKind.FUNCTION
            functions.append(
                Function(id_, module, kind, node.lineno, node.lineno, node.end_lineno or 0)
            )
            own.append(id_)
        elif isinstance(node, ast.ClassDef):
            methods = _define(node.body, f"{node.name}.", path, module, functions, classes)
            classes.append(
                ClassDefinition(
                    path, node.name, module, node.lineno, node.end_lineno or 0, (), tuple(methods)
                )
            )
    return own


def _calls(parsed: ast.Module, top: FunctionId, path: str) -> list[tuple[FunctionId, ast.Call]]:
    found: list[tuple[FunctionId, ast.Call]] = []

    def visit(node: ast.AST, owner: FunctionId, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                visit(child, function_id(path, prefix + child.name), prefix)
            elif isinstance(child, ast.ClassDef):
                visit(child, owner, f"{child.name}.")
            else:
                if isinstance(child, ast.Call):
                    found.append((owner, child))
                visit(child, owner, prefix)

    visit(parsed, top, "")
    return found
