"""What a name holds: what binds it where it is read, its callers, the state of a module."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracer.model.source import path_of
from tracer.static.texts.bindings import Binding, BindingKind, ScopeNode, bindings_before
from tracer.static.texts.context import Frame, TextEvaluation, line_of, shortened
from tracer.static.texts.elements import projected
from tracer.static.texts.patterns import Hole, HoleKind, Pattern, concat, join_path, tidied
from tracer.static.texts.scopes import ParsedModule, bind_arguments, parameter_names
from tracer.static.texts.syntax import default_of, parameter_line
from tracer.static.texts.values import Items, Sweep, Table, Value, Values, as_text


def read_name(evaluation: TextEvaluation, name: str, use: ast.AST, frame: Frame) -> Iterable[Value]:
    """What a name may hold where it is used."""
    module = evaluation.scopes.module(path_of(frame.function))
    if module is None:
        return (evaluation.hole(use, frame, name, reason="its file was not parsed"),)
    scope = module.scope_of(use)
    if not isinstance(scope, ast.Module) and name in evaluation.declared_globals(scope):
        return _variable(evaluation, module, name, use, frame)
    if isinstance(scope, ast.Module):
        return _at_module_level(evaluation, module, name, use, frame)
    reaching = bindings_before(name, use, scope, module.parents)
    found: list[Value] = []
    for binding in reaching.bindings:
        found.extend(_bound(evaluation, name, binding, use, frame))
    if not reaching.falls_through:
        return _unless_changed(evaluation, found, name, use, scope, frame)
    if name in parameter_names(scope):
        found.extend(parameter_values(evaluation, name, frame))
        return _unless_changed(evaluation, found, name, use, scope, frame)
    if reaching.bindings or module.bindings_of(name, scope):
        # It is local, and unbound on this way.
        return _unless_changed(evaluation, found, name, use, scope, frame)
    for outer in module.outer_scopes(scope):
        if isinstance(outer, ast.Module):
            return _variable(evaluation, module, name, use, frame)
        bindings = module.bindings_of(name, outer)
        function = evaluation.scopes.function_of(outer)
        if function is None:
            break
        if bindings or name in parameter_names(outer):
            outer_frame = Frame(function)
            for binding in bindings:
                found.extend(_bound(evaluation, name, binding, use, outer_frame))
            if name in parameter_names(outer):
                found.extend(parameter_values(evaluation, name, outer_frame))
            return _unless_changed(evaluation, found, name, use, outer, frame)
    return (evaluation.hole(use, frame, name, reason="its scope was not found"),)


def parameter_values(evaluation: TextEvaluation, name: str, frame: Frame) -> Values:
    """What the caller of the frame passes; a hole where the frame leaves callers open."""
    node = evaluation.scopes.node(frame.function)
    module = evaluation.scopes.module(path_of(frame.function))
    assert node is not None and module is not None
    line = parameter_line(node, name)
    hole = Hole(name, HoleKind.PARAMETER, module.path, line, frame=str(frame.function))
    if not frame.links:
        return (Pattern((hole,)),)
    link = frame.links[-1]
    call = evaluation.scopes.call(link)
    arguments = None if call is None else bind_arguments(call, node, module.parents)
    if arguments is None:
        return (_unbound(hole, f"the call at line {link.line} unpacks arguments"),)
    if name in arguments:
        return evaluation.evaluate(arguments[name], Frame(link.caller, frame.links[:-1]))
    default = default_of(node, name)
    if default is None:
        return (_unbound(hole, f"no argument at {path_of(link.caller)}:{link.line}"),)
    return evaluation.evaluate(
        default, evaluation.function_frame(module, node, Frame(frame.function))
    )


def dotted_variable(
    evaluation: TextEvaluation, dotted: str, use: ast.AST, frame: Frame
) -> Iterable[Value]:
    """A module-level variable, from wherever it is named."""
    owner = evaluation.scopes.module_variable(dotted)
    if owner is None:
        text = shortened(use) if isinstance(use, ast.expr) else dotted
        return (evaluation.hole(use, frame, text, reason="defined outside the sources"),)
    return _variable(evaluation, *owner, use, frame)


def _at_module_level(
    evaluation: TextEvaluation, module: ParsedModule, name: str, use: ast.AST, frame: Frame
) -> Iterable[Value]:
    reaching = bindings_before(name, use, module.tree, module.parents)
    found: list[Value] = []
    for binding in reaching.bindings:
        found.extend(_bound(evaluation, name, binding, use, frame))
    if reaching.falls_through:
        found.extend(_variable(evaluation, module, name, use, frame))
    return _unless_changed(evaluation, found, name, use, module.tree, frame)


def _variable(
    evaluation: TextEvaluation, module: ParsedModule, name: str, use: ast.AST, frame: Frame
) -> Iterable[Value]:
    """A module-level name as functions see it: any of its bindings."""
    bindings = module.bindings_of(name, module.tree)
    dotted = f"{module.name}.{name}" if module.name else name
    if not bindings:
        return (evaluation.hole(use, frame, name, reason="nothing in the file binds it"),)
    owner = evaluation.scopes.function_of(module.tree)
    assert owner is not None
    found: list[Value] = []
    for binding in bindings:
        found.extend(_bound(evaluation, name, binding, use, Frame(owner)))
    line = getattr(bindings[0].node, "lineno", 0)
    is_state = (
        dotted in evaluation.written
        or name in evaluation.declared_globals(module.tree)
        or name in evaluation.changed_containers(module.tree)
    )
    if not is_state:
        return found
    if len(found) == 1:
        only = found[0]
        if isinstance(only, Table):
            return (replace(only, state=dotted, path=module.path, line=line),)
        default = as_text(only)
        text = None if default is None else default.text
        hole = Hole(
            dotted,
            HoleKind.STATE,
            module.path,
            line,
            default=text,
            default_path=module.path if text is not None else "",
            default_line=line if text is not None else 0,
            reason="a module-level variable that the program sets",
        )
        return (Pattern((hole,)),)
    return (evaluation.hole(use, frame, name, reason="a module-level variable set in many places"),)


def _bound(
    evaluation: TextEvaluation, name: str, binding: Binding, use: ast.AST, frame: Frame
) -> Iterable[Value]:
    value, node = binding.value, binding.node
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = evaluation.scopes.module(path_of(frame.function))
        assert module is not None
        return dotted_variable(
            evaluation, evaluation.scopes.imported(node, name, module), use, frame
        )
    if value is None or binding.kind is BindingKind.OTHER:
        return (evaluation.hole(use, frame, name, reason=f"bound at line {line_of(node)}"),)
    if binding.kind is BindingKind.ITEM:
        return _item_of_loop(evaluation, name, binding, value, frame)
    if binding.kind is BindingKind.AUGMENTED:
        assert isinstance(node, ast.AugAssign)
        return _augmented(evaluation, name, node, frame)
    found: list[Value] = []
    for each in evaluation.evaluate(value, frame):
        parts = projected((each,), binding.index)
        if parts is None:
            text = name
            found.append(evaluation.hole(node, frame, text, reason="part of a value not followed"))
        else:
            found.extend(parts)
    return found


def _augmented(
    evaluation: TextEvaluation, name: str, node: ast.AugAssign, frame: Frame
) -> Iterator[Value]:
    operands = evaluation.evaluate(node.value, frame)
    if evaluation.meets_itself(node, frame):
        yield evaluation.hole(node, frame, name, reason="grows in a loop")
        return
    with evaluation.under_way(node, frame):
        before = tuple(read_name(evaluation, name, node, frame))
    for one, other in itertools.product(before, operands):
        if isinstance(node.op, ast.Add) and isinstance(one, Pattern | Items):
            if isinstance(one, Pattern) and isinstance(other, Pattern):
                yield concat(one, other)
                continue
            if isinstance(one, Items) and isinstance(other, Items):
                yield Items(one.elements + other.elements)
                continue
        is_join = isinstance(node.op, ast.Div) and isinstance(one, Pattern)
        if is_join and isinstance(one, Pattern) and isinstance(other, Pattern):
            yield tidied(join_path(one, other))
            continue
        yield evaluation.hole(node, frame, name, reason="operands not known")


def _item_of_loop(
    evaluation: TextEvaluation, name: str, binding: Binding, iterable: ast.expr, frame: Frame
) -> Iterator[Value]:
    place = (path_of(frame.function), iterable.lineno, iterable.col_offset)
    sweeps = [v for v in evaluation.evaluate(iterable, frame) if isinstance(v, Sweep)]
    for sweep in sweeps:
        hole = Hole(
            name, HoleKind.SWEEP, *place, frame=frame.key, folder=sweep.folder, glob=sweep.glob
        )
        if sweep.form == "walk":
            if binding.index == (0,):
                yield concat(sweep.folder, Pattern((hole,)))
            elif binding.index:
                yield Sweep(sweep.folder, "walked names", sweep.glob)
            else:
                yield Pattern((replace(hole, kind=HoleKind.OPEN, folder=None),))
        elif binding.index:
            yield Pattern((replace(hole, kind=HoleKind.OPEN, folder=None),))
        elif sweep.form == "paths":
            yield join_path(sweep.folder, Pattern((hole,)))
        else:
            is_basename = sweep.form == "walked names"
            yield Pattern((replace(hole, is_basename=is_basename),))
    if sweeps:
        return
    hole = Hole(name, HoleKind.LOOP, *place, frame=frame.key)
    evaluation.loops[hole] = (iterable, frame, binding.index)
    yield Pattern((hole,))


def _unbound(hole: Hole, reason: str) -> Pattern:
    return Pattern((replace(hole, kind=HoleKind.OPEN, reason=reason),))


def _unless_changed(
    evaluation: TextEvaluation,
    values: Iterable[Value],
    name: str,
    use: ast.AST,
    scope: ScopeNode,
    frame: Frame,
) -> Iterable[Value]:
    """Lists and dicts that the scope goes on changing are not taken as they were made."""
    found = list(values)
    if not any(isinstance(value, Items | Table) for value in found):
        return found
    line = evaluation.changed_containers(scope).get(name)
    if line is None or all(isinstance(v, Table) and v.state for v in found):
        return found
    return (evaluation.hole(use, frame, name, reason=f"changed after it was made, at line {line}"),)
