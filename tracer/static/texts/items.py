"""Attributes, and items of lists, dicts, state and the environment."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracer.model.source import path_of, qualname_of
from tracer.static.texts.context import Frame, TextEvaluation, quoted_read, shortened
from tracer.static.texts.names import dotted_variable
from tracer.static.texts.paths import path_attribute
from tracer.static.texts.patterns import Hole, HoleKind, Pattern, literal
from tracer.static.texts.syntax import attribute_stores, slice_parts
from tracer.static.texts.values import (
    Constant,
    Entry,
    Items,
    Table,
    Value,
    Values,
    as_text,
    is_known,
    known_text,
    plain_value,
)

_KNOWN_CONSTANTS = {"os.sep": "/", "os.path.sep": "/", "os.extsep": ".", "os.curdir": "."}


def read_attribute(
    evaluation: TextEvaluation, node: ast.Attribute, frame: Frame
) -> Iterable[Value]:
    """A known constant, a variable of a module, an object's own attribute, or a part of a path."""
    module = evaluation.scopes.module(path_of(frame.function))
    dotted = evaluation.scopes.dotted(node, module) if module is not None else ""
    if dotted in _KNOWN_CONSTANTS:
        return (literal(_KNOWN_CONSTANTS[dotted]),)
    if dotted and evaluation.scopes.module_variable(dotted) is not None:
        return dotted_variable(evaluation, dotted, node, frame)
    if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        found = _own_attribute(evaluation, node, frame)
        if found is not None:
            return found
    values: list[Value] = []
    for value in evaluation.evaluate(node.value, frame):
        values.append(
            path_attribute(evaluation, node, value, frame)
            or evaluation.hole(node, frame, shortened(node), reason="attribute of an object")
        )
    return values


def read_item(evaluation: TextEvaluation, node: ast.Subscript, frame: Frame) -> Iterator[Value]:
    """`base[key]`, slices of texts among them."""
    module = evaluation.scopes.module(path_of(frame.function))
    if module is not None and evaluation.scopes.dotted(node.value, module) == "os.environ":
        yield environment_variable(evaluation, node, node.slice, None, frame)
        return
    bases = evaluation.evaluate(node.value, frame)
    if isinstance(node.slice, ast.Slice):
        bounds = [_slice_bound(evaluation, bound, frame) for bound in slice_parts(node.slice)]
        for value in bases:
            text = known_text(value)
            yield (
                evaluation.hole(node, frame, shortened(node), reason="part of a text")
                if text is None or False in bounds
                else literal(text[slice(*bounds)])
            )
        return
    for value, key in itertools.product(bases, evaluation.evaluate(node.slice, frame)):
        yield from looked_up(evaluation, value, key, node, frame, None)


def looked_up(
    evaluation: TextEvaluation,
    value: Value,
    key: Value,
    node: ast.expr,
    frame: Frame,
    default: Values | None,
) -> Iterable[Value]:
    """`D[k]` or `D.get(k)`."""
    unknown = evaluation.hole(node, frame, shortened(node), reason="item of a value not followed")
    if isinstance(value, Items) and value.is_ordered and isinstance(key, Constant):
        position = key.value if isinstance(key.value, int) else len(value.elements)
        if -len(value.elements) <= position < len(value.elements):
            return value.elements[position]
    if not isinstance(value, Table):
        return (unknown,)
    if key not in [k for entry in value.entries for k in entry.key] and not is_known(key):
        if value.state:
            return (_state_item(value, shortened(node), None, node, frame),)
        return (*(v for entry in value.entries for v in entry.value), *(default or ()), unknown)
    matching = [entry for entry in value.entries if entry.key == (key,)]
    if value.state:
        name = f"{value.state}[{plain_value(key)!r}]"
        return (_state_item(value, name, matching[-1] if matching else None, node, frame),)
    if matching:
        return matching[-1].value
    if default is not None and all(is_known(k) for e in value.entries for k in e.key):
        return default
    return (unknown,)


def environment_variable(
    evaluation: TextEvaluation,
    node: ast.expr,
    key: ast.expr,
    default: ast.expr | None,
    frame: Frame,
) -> Pattern:
    """An environment variable, with the default that the code gives."""
    names = [known_text(value) for value in evaluation.evaluate(key, frame)]
    name = names[0] if len(names) == 1 and names[0] is not None else shortened(key)
    defaults = () if default is None else evaluation.evaluate(default, frame)
    text = known_text(defaults[0]) if len(defaults) == 1 else None
    hole = evaluation.hole(node, frame, f"${name}", kind=HoleKind.ENVIRONMENT).holes[0]
    line = default.lineno if default is not None and text is not None else 0
    path = hole.path if text is not None else ""
    return Pattern((replace(hole, default=text, default_path=path, default_line=line),))


def _own_attribute(
    evaluation: TextEvaluation, node: ast.Attribute, frame: Frame
) -> Iterable[Value] | None:
    """`self.x`, from the class itself, where no other class can have a say."""
    module = evaluation.scopes.module(path_of(frame.function))
    method = evaluation.scopes.node(frame.function)
    if module is None or method is None:
        return None
    owner = module.parents.get(method)
    if not isinstance(owner, ast.ClassDef):
        return None
    qualname = qualname_of(frame.function).rpartition(".")[0]
    related = f"{module.name}.{qualname}".replace(".<locals>", "")
    definition = next(
        (
            c
            for c in evaluation.scopes.graph.classes
            if c.path == module.path and c.line == owner.lineno
        ),
        None,
    )
    if definition is None or any(related in c.bases for c in evaluation.scopes.graph.classes):
        return None
    if any(base not in ("object", "builtins.object", "abc.ABC") for base in definition.bases):
        return None
    found: list[Value] = []
    class_frame = evaluation.scopes.function_of(owner)
    for binding in module.bindings_of(node.attr, owner):
        if class_frame is None or binding.value is None or binding.index:
            return None
        found.extend(evaluation.evaluate(binding.value, Frame(class_frame)))
    for statement in ast.walk(owner):
        for target, value in attribute_stores(statement, node.attr):
            function = evaluation.scopes.function_of(module.scope_of(target))
            if function is None or value is None:
                return None
            found.extend(evaluation.evaluate(value, Frame(function)))
    return found or None


def _slice_bound(
    evaluation: TextEvaluation, bound: ast.expr | None, frame: Frame
) -> int | bool | None:
    """The bound's value; False where it is not known."""
    if bound is None:
        return None
    values = evaluation.evaluate(bound, frame)
    only = values[0] if len(values) == 1 else None
    known = only.value if isinstance(only, Constant) else False
    return known if isinstance(known, int) and not isinstance(known, bool) else False


def _state_item(
    table: Table,
    name: str,
    entry: Entry | None,
    node: ast.expr,
    frame: Frame,
) -> Pattern:
    only = entry.value[0] if entry is not None and len(entry.value) == 1 else None
    text = None if only is None else as_text(only)
    default = None if text is None else text.text
    hole = Hole(
        name,
        HoleKind.STATE,
        table.path,
        table.line,
        default=default,
        default_path=entry.path if entry is not None and default is not None else "",
        default_line=entry.line if entry is not None and default is not None else 0,
        reason=f"an item of `{table.state}`, which the program may change",
        read=quoted_read(node, frame),
    )
    return Pattern((hole,))
