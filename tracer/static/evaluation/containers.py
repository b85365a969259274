"""What containers, iterators and objects from outside give: items, and types that a table names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tracer.model.graph import OpenReason
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.returns import returned_by
from tracer.static.summary import Constant, Element, Expr, Item, Site, Unknown
from tracer.static.values import (
    NONE,
    ClassValue,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Rank,
    Ref,
    Value,
    Values,
    assigned,
    each,
    one,
    union,
    unknown,
)
from tracer.tables.load import TypeTemplate

_SEQUENCES = frozenset(
    ["builtins.list", "builtins.set", "builtins.frozenset", "builtins.generator", "typing.Iterable"]
)


def read_item(evaluation: Evaluation, ref: Ref, expr: Item) -> Values:
    """What `base[key]` may be."""
    return each(evaluation.value(ref, expr.base), lambda item: item_of(evaluation, item, expr.key))


def read_element(evaluation: Evaluation, ref: Ref, expr: Element) -> Values:
    """What iteration over an expression gives."""
    return each(evaluation.value(ref, expr.base), partial(element_of, evaluation))


def item_of(evaluation: Evaluation, item: Value, key: Expr) -> Values:
    """What `item[key]` may be."""
    match item:
        case ExternalInstance():
            if isinstance(key, Constant) and key.type_name == "slice":
                return one(item, Rank.TYPE)
            return _container_item(evaluation, item, key)
        case ClassValue():
            return one(item)
        case Instance():
            return method_result(evaluation, item, "__getitem__")
        case External():
            known = evaluation.returned_type(f"{item.dotted}.__getitem__")
            if known is not None:
                return from_template(evaluation, known, None, None, None)
            return unknown(OpenReason.UNKNOWN_VALUE, f"an item of `{item.dotted}`")
    return unknown(OpenReason.UNKNOWN_VALUE, "an item")


def element_of(evaluation: Evaluation, item: Value) -> Values:
    """What iteration over `item` gives."""
    match item:
        case ExternalInstance(container=container) if container is not None:
            return evaluation.solve(
                ("element", container), lambda: _element_of_display(evaluation, container)
            )
        case ExternalInstance(dotted="builtins.tuple"):
            return any_of(item.arguments)
        case ExternalInstance(dotted=name, arguments=(first, *_)) if (
            name in _SEQUENCES or name == "builtins.dict"
        ):
            return any_of((first,))
        case ExternalInstance():
            known = evaluation.returned_type(f"{item.dotted}.__iter__")
            if known is not None:
                return from_template(evaluation, known, item, None, None)
            return unknown(OpenReason.UNKNOWN_VALUE, f"an item of `{item.dotted}`")
        case Instance():
            made = method_result(evaluation, item, "__iter__")
            parts = []
            for iterator in made.items:
                if isinstance(iterator, Instance):
                    parts.append(method_result(evaluation, iterator, "__next__"))
                else:
                    parts.append(element_of(evaluation, iterator))
            if made.open is not None or not parts:
                parts.append(unknown(OpenReason.UNKNOWN_VALUE, "an item of an iterator"))
            return union(parts)
    return unknown(OpenReason.UNKNOWN_VALUE, "an item of an iterator")


def from_template(
    evaluation: Evaluation,
    template: TypeTemplate,
    receiver: ExternalInstance | None,
    ref: Ref | None,
    site: Site | None,
) -> Values:
    """What a table's type means for one call."""
    name = template.name
    if name == "None":
        return NONE
    if name == "?":
        return unknown(OpenReason.UNKNOWN_VALUE, "a type that no table gives")
    if name == "{self}":
        return NONE if receiver is None else one(receiver, Rank.TYPE)
    arguments: list[Expr] = []
    if site is not None:
        arguments = [argument.value for argument in site.arguments if not argument.name]
    if name == "{item}":
        if receiver is None:
            return unknown(OpenReason.UNKNOWN_VALUE, "an item")
        key = arguments[0] if arguments else Unknown("any")
        found = _container_item(evaluation, receiver, key)
        if ref is not None and len(arguments) > 1:
            found = union([found, evaluation.value(ref, arguments[1])])
        return found
    if name == "{0}":
        return NONE if receiver is None else element_of(evaluation, receiver)
    if name == "{1}":
        return NONE if receiver is None else _dict_values(evaluation, receiver)
    if name == "=0" or name.startswith("{element"):
        index = 0 if name == "=0" else int(name[-2])
        if ref is None or index >= len(arguments):
            return unknown(OpenReason.UNKNOWN_VALUE, "an argument that is not there")
        values = evaluation.value(ref, arguments[index])
        return values if name == "=0" else each(values, partial(element_of, evaluation))
    types = tuple(
        from_template(evaluation, argument, receiver, ref, site).items
        for argument in template.arguments
    )
    return one(ExternalInstance(name, types), Rank.TYPE)


def any_of(arguments: Iterable[tuple[Value, ...]]) -> Values:
    """Any object of any type argument."""
    items = tuple(dict.fromkeys(item for values in arguments for item in values))
    if not items:
        return unknown(OpenReason.UNKNOWN_VALUE, "an item of a container of unknown content")
    return Values(items, Rank.TYPE)


def method_result(evaluation: Evaluation, item: Instance, name: str) -> Values:
    """What a method of the tree returns."""
    methods = evaluation.attribute(item, name)
    parts = [
        returned_by(evaluation, method.ref)
        for method in methods.items
        if isinstance(method, FunctionValue)
    ]
    if len(parts) < len(methods.items) or methods.open is not None:
        detail = f"result of `{name}` of `{evaluation.program.dotted(item.ref)}`"
        parts.append(unknown(OpenReason.UNKNOWN_VALUE, detail))
    return union(parts).at_least(Rank.TYPE)


def _container_item(evaluation: Evaluation, item: ExternalInstance, key: Expr) -> Values:
    constant = key.value if isinstance(key, Constant) else None
    if item.container is not None:
        return _display_item(evaluation, item.container, constant)
    match item.dotted, item.arguments:
        case "builtins.tuple", arguments if arguments:
            if isinstance(constant, int) and constant < len(arguments):
                return Values(arguments[constant], Rank.TYPE)
            return any_of(arguments)
        case "builtins.dict", (_, values):
            return any_of((values,))
        case name, (values, *_) if name in _SEQUENCES:
            return any_of((values,))
    known = evaluation.returned_type(f"{item.dotted}.__getitem__")
    if known is not None:
        return from_template(evaluation, known, item, None, None)
    return unknown(OpenReason.UNKNOWN_VALUE, f"an item of `{item.dotted}`")


def _display_item(
    evaluation: Evaluation, container: tuple[Ref, int], constant: str | int | None
) -> Values:
    return evaluation.solve(
        ("item", container, constant), lambda: _item_of_display(evaluation, container, constant)
    )


def _item_of_display(
    evaluation: Evaluation, container: tuple[Ref, int], constant: str | int | None
) -> Values:
    ref, index = container
    display = evaluation.program.scope(ref).containers[index]
    parts: list[Values] = []
    is_found = False
    for position, element in enumerate(display.elements):
        where: str | int | None = position
        if display.type_name == "dict":
            key = display.keys[position]
            where = key.value if isinstance(key, Constant) else None
        if display.is_repeated or constant is None or where is None or where == constant:
            is_found = True
            parts.append(assigned(evaluation.value(ref, element)))
    for key, owner, expr in evaluation.facts.container_items.get(container, ()):
        where = key.value if isinstance(key, Constant) else None
        if constant is None or where is None or where == constant:
            is_found = True
            parts.append(assigned(evaluation.value(owner, expr)))
    if not is_found or display.is_open:
        parts.append(unknown(OpenReason.UNKNOWN_VALUE, "an item stored elsewhere"))
    return union(parts)


def _element_of_display(evaluation: Evaluation, container: tuple[Ref, int]) -> Values:
    ref, index = container
    display = evaluation.program.scope(ref).containers[index]
    is_dict = display.type_name == "dict"
    elements = display.keys if is_dict else display.elements
    parts = [assigned(evaluation.value(ref, element)) for element in elements]
    for key, owner, expr in evaluation.facts.container_items.get(container, ()):
        parts.append(assigned(evaluation.value(owner, key if is_dict else expr)))
    if display.is_open or not parts:
        parts.append(unknown(OpenReason.UNKNOWN_VALUE, "an item stored elsewhere"))
    return union(parts)


def _dict_values(evaluation: Evaluation, item: ExternalInstance) -> Values:
    """The values of a dict."""
    if item.container is not None:
        return _display_item(evaluation, item.container, None)
    if len(item.arguments) == 2:
        return any_of((item.arguments[1],))
    return unknown(OpenReason.UNKNOWN_VALUE, "a value of a dict of unknown content")
