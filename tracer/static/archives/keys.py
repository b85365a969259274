"""The keys of a dict that goes into a file, and those that are asked of one that comes out.

Only what is written with the dict's own name counts. What cannot be followed is told, so that
nothing in a file is called extra where the code may have put it there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracer.model.evidence import LayoutKey
from tracer.model.source import Anchor, AnchorKind, path_of, qualname_of
from tracer.static.archives.context import LayoutReading, one_line, place_of
from tracer.static.texts.bindings import (
    Binding,
    BindingKind,
    ScopeNode,
    bindings_before,
    own_nodes,
)
from tracer.static.texts.context import Frame
from tracer.static.texts.scopes import ParsedModule, bind_arguments, parameter_names
from tracer.static.texts.values import Table, known_text

_MOST_STEPS = 6  # from a name to where its dict is made
_ADDS = frozenset({"update", "setdefault"})
_REMOVES = frozenset({"pop", "popitem", "clear", "__delitem__"})
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.IfExp, ast.match_case)


@dataclass(slots=True)
class FoundKeys:
    """Keys with their lines, and why there may be others."""

    keys: list[LayoutKey] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    # Calls that hand the dict on to where it is written: what they do with it is followed there.
    chain: list[ast.Call] = field(default_factory=list)


def written_keys(reading: LayoutReading, payload: ast.expr, frame: Frame) -> FoundKeys:
    """The keys of the dict that an expression gives, where it is evidently one."""
    found = FoundKeys()
    _follow(reading, payload, frame, found, 0)
    return found


def read_keys(reading: LayoutReading, call: ast.Call, frame: Frame) -> tuple[LayoutKey, ...]:
    """The constant keys that the function asks of what a call gives."""
    module, scope = _place(reading, frame)
    parent = None if module is None else module.parents.get(call)
    if module is None or scope is None or not isinstance(parent, ast.Assign):
        return ()
    names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
    keys: dict[tuple[str, bool], LayoutKey] = {}
    for node, name, is_tested in _asked(scope):
        if name.id not in names or not _is_bound_to(name, call, scope, module):
            continue
        key = _key(reading, node, frame, "", scope, module)
        made = LayoutKey(key.name, key.anchor, key.condition, is_tested)
        keys.setdefault((made.name, is_tested), made)
    return tuple(sorted(keys.values(), key=lambda each: (each.anchor, each.name)))


def _follow(
    reading: LayoutReading, node: ast.expr, frame: Frame, found: FoundKeys, steps: int
) -> None:
    module, scope = _place(reading, frame)
    if module is None or scope is None or steps > _MOST_STEPS:
        found.open.append(f"`{one_line(node)}` is not followed")
        return
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                _follow(reading, value, frame, found, steps + 1)
            elif isinstance(key, ast.Constant):
                found.keys.append(_key(reading, value, frame, str(key.value), scope, module))
            else:
                found.open.append(f"the key `{one_line(key)}` at {place_of(key, frame)}")
    elif isinstance(node, ast.Call) and _is_dict(node):
        for keyword in node.keywords:
            if keyword.arg is None:
                _follow(reading, keyword.value, frame, found, steps + 1)
            else:
                found.keys.append(_key(reading, keyword.value, frame, keyword.arg, scope, module))
        for argument in node.args:
            _follow(reading, argument, frame, found, steps + 1)
    elif isinstance(node, ast.Name):
        _follow_name(reading, node, frame, found, steps)
    elif (copied := _copied(node)) is not None:
        _follow(reading, copied, frame, found, steps + 1)
    else:
        _evaluate(reading, node, frame, found)


def _copied(node: ast.expr) -> ast.expr | None:
    """`d` of `d.copy()` and `copy.deepcopy(d)`."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="copy"), args=[], keywords=[]):
            return value
        case ast.Call(func=ast.Attribute(attr="copy" | "deepcopy"), args=[value], keywords=[]):
            return value
        case ast.Call(func=ast.Name(id="copy" | "deepcopy"), args=[value], keywords=[]):
            return value
    return None


def _evaluate(reading: LayoutReading, node: ast.expr, frame: Frame, found: FoundKeys) -> None:
    """A dict of a module, or of another expression that the evaluator knows."""
    text = f"`{one_line(node)}` at {place_of(node, frame)}"
    for value in reading.evaluator.values(node, frame):
        if not isinstance(value, Table):
            found.open.append(f"{text} is not followed")
            continue
        for entry in value.entries:
            names = [known_text(key) for key in entry.key]
            for name in names:
                if name is not None:
                    found.keys.append(LayoutKey(name, Anchor(entry.path, entry.line)))
            if not names or None in names:
                found.open.append(f"a key at {entry.path}:{entry.line}")
        if value.state:
            found.open.append(f"`{value.state}` is changed while the program runs")


def _follow_name(
    reading: LayoutReading, node: ast.Name, frame: Frame, found: FoundKeys, steps: int
) -> None:
    module, scope = _place(reading, frame)
    assert module is not None and scope is not None
    reaching = bindings_before(node.id, node, scope, module.parents)
    for binding in reaching.bindings:
        if binding.kind is not BindingKind.VALUE or binding.value is None or binding.index:
            found.open.append(f"`{node.id}` at {place_of(binding.node, frame)} is not followed")
        else:
            _follow(reading, binding.value, frame, found, steps + 1)
    if len(reaching.bindings) > 1:
        found.open.append(f"`{node.id}` is bound in {len(reaching.bindings)} places")
    if reaching.falls_through and node.id not in parameter_names(scope):
        _evaluate(reading, node, frame, found)
        return
    if reaching.falls_through:
        _follow_argument(reading, node, frame, found, steps)
    _changes(reading, node, frame, found, reaching.bindings)


def _follow_argument(
    reading: LayoutReading, node: ast.Name, frame: Frame, found: FoundKeys, steps: int
) -> None:
    """The argument that the last call of the frame hands over under this name."""
    link = frame.links[-1] if frame.links else None
    call = None if link is None else reading.scopes.call(link)
    callee, module = (
        reading.scopes.node(frame.function),
        reading.scopes.module(path_of(frame.function)),
    )
    if link is None or call is None or callee is None or module is None:
        found.open.append(f"`{node.id}` comes from outside of `{qualname_of(frame.function)}`")
        return
    argument = (bind_arguments(call, callee, module.parents) or {}).get(node.id)
    if argument is None:
        found.open.append(f"`{node.id}` comes from outside of `{qualname_of(frame.function)}`")
        return
    found.chain.append(call)
    _follow(reading, argument, Frame(link.caller, frame.links[:-1]), found, steps + 1)


def _changes(
    reading: LayoutReading,
    node: ast.Name,
    frame: Frame,
    found: FoundKeys,
    bindings: tuple[Binding, ...],
) -> None:
    """What the function does to the dict under this name: stores, `update`, calls that get it."""
    module, scope = _place(reading, frame)
    assert module is not None and scope is not None
    path = path_of(frame.function)
    for each in own_nodes(scope):
        if isinstance(each, ast.Subscript) and _names(each.value, node.id):
            if isinstance(each.ctx, ast.Del):
                found.open.append(f"`del` at {place_of(each, frame)}")
            elif isinstance(each.ctx, ast.Store) and isinstance(each.slice, ast.Constant):
                name = str(each.slice.value)
                found.keys.append(_key(reading, each, frame, name, scope, module))
            elif isinstance(each.ctx, ast.Store):
                text = one_line(each.slice)
                found.open.append(f"the key `{text}` at {place_of(each, frame)}")
        elif isinstance(each, ast.AugAssign) and _names(each.target, node.id):
            found.open.append(f"`{one_line(each.target)} |=` at {place_of(each, frame)}")
        elif isinstance(each, ast.Call):
            _changed_by(reading, each, node.id, path, frame, found)


def _changed_by(
    reading: LayoutReading, call: ast.Call, name: str, path: str, frame: Frame, found: FoundKeys
) -> None:
    module, scope = _place(reading, frame)
    assert module is not None and scope is not None
    if isinstance(call.func, ast.Attribute) and _names(call.func.value, name):
        method = call.func.attr
        if method in _REMOVES:
            found.open.append(f"`{name}.{method}` at {place_of(call, frame)}")
        elif method == "setdefault" and call.args and isinstance(call.args[0], ast.Constant):
            key = str(call.args[0].value)
            found.keys.append(_key(reading, call, frame, key, scope, module))
        elif method in _ADDS:
            found.open.append(f"`{name}.{method}` at {place_of(call, frame)}")
    elif call in found.chain:
        return
    elif any(_names(each, name) for each in _arguments(call)) and any(
        link.callee != frame.function for link in reading.scopes.links(path, call)
    ):
        text = one_line(call.func)
        found.open.append(f"`{text}` at {place_of(call, frame)} gets `{name}`")


def _asked(scope: ScopeNode) -> Iterator[tuple[ast.AST, ast.Name, bool]]:
    """(where, the name, whether it is a mere question) of `d["k"]`, `d.get("k")`, `"k" in d`."""
    for node in own_nodes(scope):
        match node:
            case ast.Subscript(value=ast.Name() as name, slice=ast.Constant(), ctx=ast.Load()):
                yield node, name, False
            case ast.Call(
                func=ast.Attribute(value=ast.Name() as name, attr="get" | "pop" as method),
                args=[ast.Constant(), *rest],
            ):
                yield node, name, method == "get" or bool(rest)
            case ast.Compare(
                left=ast.Constant(),
                ops=[ast.In() | ast.NotIn()],
                comparators=[ast.Name() as name],
            ):
                yield node, name, True


def _key(
    reading: LayoutReading,
    node: ast.AST,
    frame: Frame,
    name: str,
    scope: ScopeNode,
    module: ParsedModule,
) -> LayoutKey:
    match node:
        case ast.Subscript(slice=ast.Constant(value=value)) if not name:
            name = str(value)
        case ast.Call(args=[ast.Constant(value=value), *_]) if not name:
            name = str(value)
        case ast.Compare(left=ast.Constant(value=value)) if not name:
            name = str(value)
    line = getattr(node, "lineno", 0)
    anchor = Anchor(
        path_of(frame.function), line, symbol=qualname_of(frame.function), kind=AnchorKind.STATEMENT
    )
    return LayoutKey(name, anchor, _branch(node, scope, module))


def _branch(node: ast.AST, scope: ScopeNode, module: ParsedModule) -> str:
    """The nearest statement that decides whether the node runs; empty where none does."""
    current: ast.AST = node
    while current is not scope:
        below, current = current, module.parents[current]
        # What stands in the body of a `try` runs, or what follows in it does not either.
        runs = isinstance(current, ast.Try) and below in (*current.body, *current.finalbody)
        if isinstance(current, _BRANCHES) and not runs:
            word = type(current).__name__.lower().removeprefix("async")
            return f"`{word}` at line {getattr(current, 'lineno', 0)}"
    return ""


def _is_bound_to(name: ast.Name, call: ast.Call, scope: ScopeNode, module: ParsedModule) -> bool:
    reaching = bindings_before(name.id, name, scope, module.parents)
    return any(binding.value is call for binding in reaching.bindings)


def _place(reading: LayoutReading, frame: Frame) -> tuple[ParsedModule | None, ScopeNode | None]:
    return reading.scopes.module(path_of(frame.function)), reading.scopes.node(frame.function)


def _is_dict(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "dict"


def _names(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
