"""What texts and paths an expression may give, as far as the sources tell.

An abstract evaluator: it parses, it never imports or runs. Every expression gives a bounded set of
alternatives; what cannot be followed is a hole that says why. Two liberties are taken: an alias of
a list or dict is not followed, so that one which is changed through another name is taken as it was
made; and the absolute form of a path counts as the path itself.
"""

from __future__ import annotations

import ast
import itertools
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import PurePosixPath

from tracer.model.graph import CallGraph, EffectKind
from tracer.model.source import FunctionId, path_of, qualname_of
from tracer.static.sources import SourceTree
from tracer.static.text_bindings import Binding, BindingKind, ScopeNode, bindings_before, own_nodes
from tracer.static.text_patterns import (
    SEPARATOR,
    Hole,
    HoleKind,
    Pattern,
    concat,
    join_path,
    literal,
    relative_to,
    split_path,
    tidied,
)
from tracer.static.text_scopes import Link, ParsedModule, Scopes, bind_arguments, parameter_names
from tracer.static.text_syntax import (
    annotation_of,
    attribute_stores,
    changed_containers,
    declared_globals,
    default_of,
    parameter_line,
    slice_parts,
)
from tracer.static.text_values import (
    Constant,
    Entry,
    Items,
    Sweep,
    Table,
    Value,
    Values,
    arithmetic_result,
    as_text,
    formatted,
    is_known,
    is_ordered_value,
    is_small_spec,
    known_text,
    plain_value,
    truth_of,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the evaluator goes; each counts work, never time."""

    alternatives: int = 32  # of one expression
    calls: int = 6  # of a chain of calls, followed up or down
    steps: int = 20_000  # expressions looked at for one request
    depth: int = 80  # expressions that need one another; keeps clear of the interpreter's own limit
    expansions: int = 128  # patterns that one pattern may be expanded into


@dataclass(frozen=True, slots=True)
class Frame:
    """A function under a chain of calls: the last link calls it. Without links: however called."""

    function: FunctionId
    links: tuple[Link, ...] = ()

    @property
    def key(self) -> str:
        """Tells frames apart, and one run of the tool from no other."""
        return " ".join(f"{link.caller}@{link.end[0]}:{link.end[1]}" for link in self.links)


class StringEvaluator:
    """Evaluates expressions of a tree lazily, and remembers what it found."""

    def __init__(self, tree: SourceTree, graph: CallGraph, limits: Limits | None = None) -> None:
        self.scopes = Scopes(tree, graph)
        self._limits = limits or Limits()
        self._written = {
            effect.subject for effect in graph.effects if effect.kind is EffectKind.STATE_WRITE
        }
        self._known: dict[tuple[ast.AST, Frame], Values] = {}
        self._open: dict[tuple[ast.AST, Frame], int] = {}
        self._lowest_cut: float = inf  # depth of the outermost expression that met itself
        self._loops: dict[Hole, tuple[ast.expr, Frame, tuple[int, ...]]] = {}
        self._steps = 0
        # Of a scope's own code, and of a module with all that is in it.
        self._globals: dict[ast.AST, frozenset[str]] = {}
        self._changes: dict[ast.AST, dict[str, int]] = {}

    def texts(self, expression: ast.expr, frame: Frame) -> tuple[Pattern, ...]:
        """The texts that the expression may give; paths and open files count as their paths.

        Returns:
            At least one pattern, sorted. Loop variables, and parameters of a frame without links,
            are holes that `expand` can fill.
        """
        values = self.values(expression, frame)
        patterns = {v for v in values if isinstance(v, Pattern)}
        if not patterns:
            text = _shortened(expression)
            patterns = {self._hole(expression, frame, text, reason="not a text")}
        return tuple(sorted(patterns, key=Pattern.sort_key))

    def values(self, expression: ast.expr, frame: Frame) -> Values:
        """What the expression may give, texts and others, at least one."""
        self._steps = 0
        return self._evaluate(expression, frame)

    def expand(
        self, pattern: Pattern, kinds: Iterable[HoleKind] = (HoleKind.LOOP, HoleKind.PARAMETER)
    ) -> tuple[Pattern, ...]:
        """The patterns that come of filling holes with what loops and callers give.

        Holes of one loop or one call are filled together. A hole stays where what it stands for is
        not known, or not all of it.
        """
        self._steps = 0
        wanted = frozenset(kinds)
        done: list[Pattern] = []
        waiting = [(pattern, 0)]
        while waiting:
            current, depth = waiting.pop(0)
            filled = self._filled(current, wanted) if depth < self._limits.calls else None
            if filled is None:
                done.append(current)
            elif len(done) + len(waiting) + len(filled) > self._limits.expansions:
                return (pattern,)
            else:
                waiting.extend((each, depth + 1) for each in filled)
        return tuple(sorted(set(done), key=Pattern.sort_key))

    def function_frame(self, module: ParsedModule, node: ast.AST, frame: Frame) -> Frame:
        """The frame in which a node runs, seen from a frame of the same or of an inner function."""
        function = self.scopes.function_of(module.scope_of(node))
        return frame if function in (None, frame.function) else Frame(function)

    # Filling holes

    def _filled(self, pattern: Pattern, wanted: frozenset[HoleKind]) -> list[Pattern] | None:
        for hole in pattern.holes:
            if hole.kind not in wanted:
                continue
            group = [other for other in pattern.holes if _group(other) == _group(hole)]
            choices = self._choices(group)
            if choices is not None:
                return [pattern.substitute(choice) for choice in choices]
        return None

    def _choices(self, group: list[Hole]) -> list[Mapping[Hole, Pattern]] | None:
        """The joint values of holes that one loop or one call binds; None where not all known."""
        if group[0].kind is HoleKind.LOOP:
            rows = self._loop_rows(group)
        else:
            rows = self._caller_rows(group)
        if not rows:
            return None
        choices: list[Mapping[Hole, Pattern]] = []
        for row in rows:
            columns = [
                [text for value in values if (text := as_text(value)) is not None] for values in row
            ]
            if not all(columns):
                return None
            choices += [
                dict(zip(group, texts, strict=True)) for texts in itertools.product(*columns)
            ]
            if len(choices) > self._limits.expansions:
                return None
        return choices

    def _loop_rows(self, group: list[Hole]) -> list[list[Values]] | None:
        expression, frame, _ = self._loops[group[0]]
        elements = self._elements(expression, frame)
        if elements is None:
            return None
        rows = []
        for element in elements:
            row = [self._projected(element, self._loops[hole][2]) for hole in group]
            if any(values is None for values in row):
                return None
            rows.append([values for values in row if values is not None])
        return rows

    def _caller_rows(self, group: list[Hole]) -> list[list[Values]] | None:
        function = FunctionId(group[0].frame)
        rows = []
        for link in self.scopes.callers(function):
            frame = Frame(function, (link,))
            row = [self._parameter(hole.name, frame) for hole in group]
            if any(_is_same_hole(values, hole) for values, hole in zip(row, group, strict=True)):
                continue  # a recursive call that hands the parameter on
            rows.append(row)
        return rows

    def _elements(self, expression: ast.expr, frame: Frame) -> list[Values] | None:
        """The elements of an iterable, under each caller where the frame leaves that open."""
        found = self._known_elements(self._evaluate(expression, frame))
        if found is not None or frame.links:
            return found
        collected: list[Values] = []
        for link in self.scopes.callers(frame.function):
            under = self._known_elements(self._evaluate(expression, Frame(frame.function, (link,))))
            if under is None:
                return None
            collected += [values for values in under if values not in collected]
        return collected or None

    def _known_elements(self, values: Values) -> list[Values] | None:
        """The elements of any of the values, each once where there are several values."""
        collected: list[Values] = []
        for value in values:
            if isinstance(value, Items):
                elements: list[Values] | None = list(value.elements)
                if len(values) == 1:
                    return elements
            elif isinstance(value, Table) and not value.state:
                elements = [entry.key for entry in value.entries]
            elif isinstance(value, Pattern) and value.bare_hole in self._loops:
                elements = self._inner_elements(value.bare_hole)
            else:
                elements = None
            if elements is None:
                return None
            collected += [each for each in elements if each not in collected]
        return collected

    def _inner_elements(self, hole: Hole | None) -> list[Values] | None:
        """The elements of a loop variable that is iterated over in its turn."""
        assert hole is not None
        expression, frame, index = self._loops[hole]
        outer = self._elements(expression, frame)
        collected: list[Values] = []
        for element in outer or ():
            inner = self._projected(element, index)
            elements = None if inner is None else self._known_elements(inner)
            if elements is None:
                return None
            collected += elements
        return None if outer is None else collected

    def _exact_elements(self, node: ast.expr, frame: Frame) -> list[Values] | None:
        """The elements in order, where there is one such list."""
        values = self._evaluate(node, frame)
        only = values[0] if len(values) == 1 else None
        if isinstance(only, Items) and not only.is_ordered:
            return None
        return self._known_elements(values) if isinstance(only, Items | Table) else None

    def _projected(self, element: Values, index: tuple[int, ...]) -> Values | None:
        for position in index:
            parts: list[Value] = []
            for value in element:
                if not isinstance(value, Items) or not value.is_ordered:
                    return None
                if not -len(value.elements) <= position < len(value.elements):
                    return None
                parts += value.elements[position]
            element = tuple(dict.fromkeys(parts))
        return element

    # Expressions

    def _evaluate(self, node: ast.expr, frame: Frame) -> Values:
        """Evaluate, with memory; an expression that needs itself is a hole there."""
        key = (node, frame)
        if key in self._known:
            return self._known[key]
        if key in self._open:
            self._lowest_cut = min(self._lowest_cut, self._open[key])
            text = _shortened(node)
            return (self._hole(node, frame, text, reason="defined in terms of itself"),)
        depth = len(self._open)
        self._steps += 1
        if self._steps > self._limits.steps or depth > self._limits.depth:
            # Nothing above this may be remembered: with fewer steps behind it, it might be known.
            self._lowest_cut = -1
            text = _shortened(node)
            return (self._hole(node, frame, text, reason=f"more than {self._limits.steps} steps"),)
        self._open[key] = depth
        try:
            found = self._bounded(self._expression(node, frame), node, frame)
        finally:
            del self._open[key]
        if self._lowest_cut >= depth:
            self._known[key] = found
            self._lowest_cut = inf
        elif depth == 0:
            self._lowest_cut = inf
        return found

    def _bounded(self, values: Iterable[Value], node: ast.expr, frame: Frame) -> Values:
        unique = tuple(dict.fromkeys(values))
        if len(unique) > self._limits.alternatives:
            reason = f"more than {self._limits.alternatives} alternatives"
            return (self._hole(node, frame, _shortened(node), reason=reason),)
        return unique or (self._hole(node, frame, _shortened(node), reason="no value"),)

    def _expression(self, node: ast.expr, frame: Frame) -> Iterable[Value]:
        match node:
            case ast.Constant(value=str() as text):
                return (literal(text),)
            case ast.Constant(value=None | bool() | int() | float() | bytes() as value):
                return (Constant(value),)
            case ast.JoinedStr():
                return self._joined(node, frame)
            case ast.BinOp():
                return self._operation(node.op, node.left, node.right, node, frame)
            case ast.BoolOp():
                return self._either(node, frame)
            case ast.IfExp():
                return self._choice(node, frame)
            case ast.NamedExpr():
                return self._evaluate(node.value, frame)
            case ast.List() | ast.Tuple() | ast.Set():
                if not any(isinstance(item, ast.Starred) for item in node.elts):
                    elements = tuple(self._evaluate(item, frame) for item in node.elts)
                    return (Items(elements, is_ordered=not isinstance(node, ast.Set)),)
            case ast.Dict():
                if all(key is not None for key in node.keys):
                    return (self._table(node, frame),)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self._comprehension(node, frame)
            case ast.Name():
                return self._name(node.id, node, frame)
            case ast.Attribute():
                return self._attribute(node, frame)
            case ast.Subscript():
                return self._item(node, frame)
            case ast.Call():
                return self._call(node, frame)
        return (self._hole(node, frame, _shortened(node), reason="not a text expression"),)

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> Iterator[Value]:
        columns: list[list[Pattern]] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                columns.append([literal(str(part.value))])
            elif isinstance(part, ast.FormattedValue):
                columns.append(self._formatted(part, frame))
        for row in self._product(columns):
            yield concat(*row)

    def _formatted(self, part: ast.FormattedValue, frame: Frame) -> list[Pattern]:
        values = self._evaluate(part.value, frame)
        spec = ""
        if part.format_spec is not None:
            specs = [known_text(v) for v in self._evaluate(part.format_spec, frame)]
            known = specs[0] if len(specs) == 1 else None
            if known is None:
                return [self._formatted_hole(part, frame)]
            spec = known
        found = []
        for value in values:
            text = as_text(value)
            if spec or part.conversion in (ord("r"), ord("a")):
                text = formatted(value, spec, part.conversion)
            found.append(self._formatted_hole(part, frame) if text is None else text)
        return found

    def _formatted_hole(self, part: ast.FormattedValue, frame: Frame) -> Pattern:
        name = _shortened(part.value)
        return self._hole(part, frame, name, reason="formatted value")

    def _operation(
        self, op: ast.operator, left: ast.expr, right: ast.expr, node: ast.expr, frame: Frame
    ) -> Iterator[Value]:
        lefts, rights = self._evaluate(left, frame), self._evaluate(right, frame)
        if isinstance(op, ast.Mod) and any(known_text(value) is not None for value in lefts):
            yield from self._percent(lefts, right, node, frame)
            return
        is_path = self._is_path(left, lefts, frame) or self._is_path(right, rights, frame)
        for one, other in itertools.product(lefts, rights):
            result: Value | None = None
            if isinstance(one, Pattern) and isinstance(other, Pattern):
                if isinstance(op, ast.Add):
                    result = concat(one, other)
                elif isinstance(op, ast.Div) and is_path:
                    result = tidied(join_path(one, other))
            elif isinstance(one, Items) and isinstance(other, Items) and isinstance(op, ast.Add):
                result = Items(one.elements + other.elements)
            elif isinstance(one, Constant) and isinstance(other, Constant):
                result = arithmetic_result(op, one.value, other.value)
            elif (isinstance(one, Constant) and one.value is None) or (
                isinstance(other, Constant) and other.value is None
            ):
                continue  # would raise
            yield (
                self._hole(node, frame, _shortened(node), reason="operands not known")
                if result is None
                else result
            )

    def _percent(
        self, lefts: Values, right: ast.expr, node: ast.expr, frame: Frame
    ) -> Iterator[Value]:
        operands = right.elts if isinstance(right, ast.Tuple) else [right]
        for left in lefts:
            template = known_text(left)
            pieces = None if template is None else _PERCENT.split(template)
            unknown = self._hole(node, frame, _shortened(node), reason="format not followed")
            if (
                template is None
                or pieces is None
                or len(pieces) // 3 != len(operands)
                or any("%" in text for text in pieces[::3])
            ):
                yield unknown
                continue
            columns: list[list[Pattern]] = [[literal(pieces[0])]]
            for position, operand in enumerate(operands):
                flags, letter, text = pieces[1 + position * 3 : 4 + position * 3]
                columns.append(self._percent_operand(flags, letter, operand, frame))
                columns.append([literal(text)])
            for row in self._product(columns):
                yield concat(*row)

    def _percent_operand(
        self, flags: str, letter: str, operand: ast.expr, frame: Frame
    ) -> list[Pattern]:
        found = []
        for value in self._evaluate(operand, frame):
            text = as_text(value) if letter == "s" and not flags else None
            known = value.value if isinstance(value, Constant) else known_text(value)
            if text is None and known is not None and is_small_spec(flags):
                try:
                    text = literal(f"%{flags}{letter}" % known)
                except (TypeError, ValueError, OverflowError):
                    text = None
            if text is None:
                text = self._hole(operand, frame, _shortened(operand), reason="formatted value")
            found.append(text)
        return found

    def _either(self, node: ast.BoolOp, frame: Frame) -> Iterator[Value]:
        for position, operand in enumerate(node.values):
            is_last = position == len(node.values) - 1
            for value in self._evaluate(operand, frame):
                truth = truth_of(value)
                if is_last or truth is None or truth is isinstance(node.op, ast.Or):
                    yield value

    def _choice(self, node: ast.IfExp, frame: Frame) -> Iterator[Value]:
        decided = self._condition(node.test, frame)
        if decided is not False:
            yield from self._evaluate(node.body, frame)
        if decided is not True:
            yield from self._evaluate(node.orelse, frame)

    def _table(self, node: ast.Dict, frame: Frame) -> Table:
        path = path_of(frame.function)
        entries = tuple(
            Entry(self._evaluate(key, frame), self._evaluate(value, frame), path, value.lineno)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        )
        return Table(entries, path=path, line=node.lineno)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
    ) -> Iterable[Value]:
        unknown = (self._hole(node, frame, _shortened(node), reason="comprehension"),)
        if len(node.generators) != 1 or node.generators[0].ifs or node.generators[0].is_async:
            return unknown
        iterable = node.generators[0].iter
        elements = self._exact_elements(iterable, frame)
        results = self._evaluate(node.elt, frame)
        if elements is None or len(results) != 1 or not isinstance(results[0], Pattern):
            return unknown
        pattern = results[0]
        group = [
            hole
            for hole in pattern.holes
            if hole.kind is HoleKind.LOOP and self._loops[hole][0] is iterable
        ]
        if not group:
            return (Items(tuple(results for _ in elements)),)
        choices = self._choices(group)
        if choices is None or len(choices) != len(elements):
            return unknown
        return (Items(tuple((pattern.substitute(choice),) for choice in choices)),)

    # Names

    def _name(self, name: str, use: ast.AST, frame: Frame) -> Iterable[Value]:
        module = self.scopes.module(path_of(frame.function))
        if module is None:
            return (self._hole(use, frame, name, reason="its file was not parsed"),)
        scope = module.scope_of(use)
        if not isinstance(scope, ast.Module) and name in self._declared_globals(scope):
            return self._variable(module, name, use, frame)
        if isinstance(scope, ast.Module):
            return self._at_module_level(module, name, use, frame)
        reaching = bindings_before(name, use, scope, module.parents)
        found: list[Value] = []
        for binding in reaching.bindings:
            found.extend(self._bound(name, binding, use, frame))
        if not reaching.falls_through:
            return self._unless_changed(found, name, use, scope, frame)
        if name in parameter_names(scope):
            found.extend(self._parameter(name, frame))
            return self._unless_changed(found, name, use, scope, frame)
        if reaching.bindings or module.bindings_of(name, scope):
            return self._unless_changed(found, name, use, scope, frame)  # local, unbound elsewhere
        for outer in module.outer_scopes(scope):
            if isinstance(outer, ast.Module):
                return self._variable(module, name, use, frame)
            bindings = module.bindings_of(name, outer)
            function = self.scopes.function_of(outer)
            if function is None:
                break
            if bindings or name in parameter_names(outer):
                outer_frame = Frame(function)
                for binding in bindings:
                    found.extend(self._bound(name, binding, use, outer_frame))
                if name in parameter_names(outer):
                    found.extend(self._parameter(name, outer_frame))
                return self._unless_changed(found, name, use, outer, frame)
        return (self._hole(use, frame, name, reason="its scope was not found"),)

    def _at_module_level(
        self, module: ParsedModule, name: str, use: ast.AST, frame: Frame
    ) -> Iterable[Value]:
        reaching = bindings_before(name, use, module.tree, module.parents)
        found: list[Value] = []
        for binding in reaching.bindings:
            found.extend(self._bound(name, binding, use, frame))
        if reaching.falls_through:
            found.extend(self._variable(module, name, use, frame))
        return self._unless_changed(found, name, use, module.tree, frame)

    def _variable(
        self, module: ParsedModule, name: str, use: ast.AST, frame: Frame
    ) -> Iterable[Value]:
        """A module-level name as functions see it: any of its bindings."""
        bindings = module.bindings_of(name, module.tree)
        dotted = f"{module.name}.{name}" if module.name else name
        if not bindings:
            return (self._hole(use, frame, name, reason="nothing in the file binds it"),)
        owner = self.scopes.function_of(module.tree)
        assert owner is not None
        found: list[Value] = []
        for binding in bindings:
            found.extend(self._bound(name, binding, use, Frame(owner)))
        line = getattr(bindings[0].node, "lineno", 0)
        is_state = (
            dotted in self._written
            or name in self._declared_globals(module.tree)
            or name in self._changed(module.tree)
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
        return (self._hole(use, frame, name, reason="a module-level variable set in many places"),)

    def _bound(self, name: str, binding: Binding, use: ast.AST, frame: Frame) -> Iterable[Value]:
        value, node = binding.value, binding.node
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = self.scopes.module(path_of(frame.function))
            assert module is not None
            return self._dotted_variable(self.scopes.imported(node, name, module), use, frame)
        if value is None or binding.kind is BindingKind.OTHER:
            return (self._hole(use, frame, name, reason=f"bound at line {_line(node)}"),)
        if binding.kind is BindingKind.ITEM:
            return self._item_of_loop(name, binding, value, frame)
        if binding.kind is BindingKind.AUGMENTED:
            assert isinstance(node, ast.AugAssign)
            return self._augmented(name, node, frame)
        found: list[Value] = []
        for each in self._evaluate(value, frame):
            parts = self._projected((each,), binding.index)
            if parts is None:
                text = name
                found.append(self._hole(node, frame, text, reason="part of a value not followed"))
            else:
                found.extend(parts)
        return found

    def _augmented(self, name: str, node: ast.AugAssign, frame: Frame) -> Iterator[Value]:
        operands = self._evaluate(node.value, frame)
        key = (node, frame)
        if key in self._open:
            self._lowest_cut = min(self._lowest_cut, self._open[key])
            yield self._hole(node, frame, name, reason="grows in a loop")
            return
        self._open[key] = len(self._open)
        try:
            before = tuple(self._name(name, node, frame))
        finally:
            del self._open[key]
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
            yield self._hole(node, frame, name, reason="operands not known")

    def _item_of_loop(
        self, name: str, binding: Binding, iterable: ast.expr, frame: Frame
    ) -> Iterator[Value]:
        place = (path_of(frame.function), iterable.lineno, iterable.col_offset)
        sweeps = [v for v in self._evaluate(iterable, frame) if isinstance(v, Sweep)]
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
        self._loops[hole] = (iterable, frame, binding.index)
        yield Pattern((hole,))

    def _parameter(self, name: str, frame: Frame) -> Values:
        node = self.scopes.node(frame.function)
        module = self.scopes.module(path_of(frame.function))
        assert node is not None and module is not None
        line = parameter_line(node, name)
        hole = Hole(name, HoleKind.PARAMETER, module.path, line, frame=str(frame.function))
        if not frame.links:
            return (Pattern((hole,)),)
        link = frame.links[-1]
        call = self.scopes.call(link)
        arguments = None if call is None else bind_arguments(call, node, module.parents)
        if arguments is None:
            return (self._unbound(hole, f"the call at line {link.line} unpacks arguments"),)
        if name in arguments:
            return self._evaluate(arguments[name], Frame(link.caller, frame.links[:-1]))
        default = default_of(node, name)
        if default is None:
            return (self._unbound(hole, f"no argument at {path_of(link.caller)}:{link.line}"),)
        return self._evaluate(default, self.function_frame(module, node, Frame(frame.function)))

    def _unbound(self, hole: Hole, reason: str) -> Pattern:
        return Pattern((replace(hole, kind=HoleKind.OPEN, reason=reason),))

    def _unless_changed(
        self, values: Iterable[Value], name: str, use: ast.AST, scope: ScopeNode, frame: Frame
    ) -> Iterable[Value]:
        """Lists and dicts that the scope goes on changing are not taken as they were made."""
        found = list(values)
        if not any(isinstance(value, Items | Table) for value in found):
            return found
        line = self._changed(scope).get(name)
        if line is None or all(isinstance(v, Table) and v.state for v in found):
            return found
        return (self._hole(use, frame, name, reason=f"changed after it was made, at line {line}"),)

    def _declared_globals(self, scope: ScopeNode) -> frozenset[str]:
        """Names that the scope, or for a module any scope in it, declares global."""
        if scope not in self._globals:
            nodes = ast.walk(scope) if isinstance(scope, ast.Module) else own_nodes(scope)
            self._globals[scope] = declared_globals(nodes)
        return self._globals[scope]

    def _changed(self, scope: ScopeNode) -> dict[str, int]:
        """Containers that the scope, or for a module any scope in it, changes by name."""
        if scope not in self._changes:
            nodes = ast.walk(scope) if isinstance(scope, ast.Module) else own_nodes(scope)
            self._changes[scope] = changed_containers(nodes)
        return self._changes[scope]

    # Attributes and items

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Iterable[Value]:
        module = self.scopes.module(path_of(frame.function))
        dotted = self.scopes.dotted(node, module) if module is not None else ""
        if dotted in _KNOWN_CONSTANTS:
            return (literal(_KNOWN_CONSTANTS[dotted]),)
        if dotted and self.scopes.module_variable(dotted) is not None:
            return self._dotted_variable(dotted, node, frame)
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            found = self._own_attribute(node, frame)
            if found is not None:
                return found
        values: list[Value] = []
        for value in self._evaluate(node.value, frame):
            values.append(
                self._path_attribute(node, value, frame)
                or self._hole(node, frame, _shortened(node), reason="attribute of an object")
            )
        return values

    def _path_attribute(self, node: ast.Attribute, value: Value, frame: Frame) -> Pattern | None:
        if not isinstance(value, Pattern):
            return None
        if (text := value.text) is not None:
            if node.attr not in ("name", "stem", "suffix", "parent"):
                return None
            return literal(str(getattr(PurePosixPath(text), node.attr)))
        if value.bare_hole is not None and not self._is_path(node.value, (value,), frame):
            return None
        if node.attr == "name":
            hole = value.bare_hole
            is_folder = hole is not None and hole.kind is HoleKind.TEMPORARY
            return value if is_folder else self._basename(value, node, frame)
        if node.attr == "parent":
            return self._dirname(value, node, frame)
        if node.attr == "stem":
            return self._without_suffix(self._basename(value, node, frame), node, frame)
        return None

    def _own_attribute(self, node: ast.Attribute, frame: Frame) -> Iterable[Value] | None:
        """`self.x`, from the class itself, where no other class can have a say."""
        module = self.scopes.module(path_of(frame.function))
        method = self.scopes.node(frame.function)
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
                for c in self.scopes.graph.classes
                if c.path == module.path and c.line == owner.lineno
            ),
            None,
        )
        if definition is None or any(related in c.bases for c in self.scopes.graph.classes):
            return None
        if any(base not in ("object", "builtins.object", "abc.ABC") for base in definition.bases):
            return None
        found: list[Value] = []
        class_frame = self.scopes.function_of(owner)
        for binding in module.bindings_of(node.attr, owner):
            if class_frame is None or binding.value is None or binding.index:
                return None
            found.extend(self._evaluate(binding.value, Frame(class_frame)))
        for statement in ast.walk(owner):
            for target, value in attribute_stores(statement, node.attr):
                function = self.scopes.function_of(module.scope_of(target))
                if function is None or value is None:
                    return None
                found.extend(self._evaluate(value, Frame(function)))
        return found or None

    def _dotted_variable(self, dotted: str, use: ast.AST, frame: Frame) -> Iterable[Value]:
        owner = self.scopes.module_variable(dotted)
        if owner is None:
            text = _shortened(use) if isinstance(use, ast.expr) else dotted
            return (self._hole(use, frame, text, reason="defined outside the sources"),)
        return self._variable(*owner, use, frame)

    def _item(self, node: ast.Subscript, frame: Frame) -> Iterator[Value]:
        module = self.scopes.module(path_of(frame.function))
        if module is not None and self.scopes.dotted(node.value, module) == "os.environ":
            yield self._environment(node, node.slice, None, frame)
            return
        bases = self._evaluate(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            bounds = [self._slice_bound(bound, frame) for bound in slice_parts(node.slice)]
            for value in bases:
                text = known_text(value)
                yield (
                    self._hole(node, frame, _shortened(node), reason="part of a text")
                    if text is None or False in bounds
                    else literal(text[slice(*bounds)])
                )
            return
        for value, key in itertools.product(bases, self._evaluate(node.slice, frame)):
            yield from self._looked_up(value, key, node, frame, None)

    def _slice_bound(self, bound: ast.expr | None, frame: Frame) -> int | bool | None:
        """The bound's value; False where it is not known."""
        if bound is None:
            return None
        values = self._evaluate(bound, frame)
        only = values[0] if len(values) == 1 else None
        known = only.value if isinstance(only, Constant) else False
        return known if isinstance(known, int) and not isinstance(known, bool) else False

    def _looked_up(
        self, value: Value, key: Value, node: ast.expr, frame: Frame, default: Values | None
    ) -> Iterable[Value]:
        """`D[k]` or `D.get(k)`."""
        unknown = self._hole(node, frame, _shortened(node), reason="item of a value not followed")
        if isinstance(value, Items) and value.is_ordered and isinstance(key, Constant):
            position = key.value if isinstance(key.value, int) else len(value.elements)
            if -len(value.elements) <= position < len(value.elements):
                return value.elements[position]
        if not isinstance(value, Table):
            return (unknown,)
        if key not in [k for entry in value.entries for k in entry.key] and not is_known(key):
            if value.state:
                return (self._state_item(value, _shortened(node), None, node, frame),)
            return (*(v for entry in value.entries for v in entry.value), *(default or ()), unknown)
        matching = [entry for entry in value.entries if entry.key == (key,)]
        if value.state:
            name = f"{value.state}[{plain_value(key)!r}]"
            return (self._state_item(value, name, matching[-1] if matching else None, node, frame),)
        if matching:
            return matching[-1].value
        if default is not None and all(is_known(k) for e in value.entries for k in e.key):
            return default
        return (unknown,)

    def _state_item(
        self, table: Table, name: str, entry: Entry | None, node: ast.expr, frame: Frame
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
            read=_read_text(node, frame),
        )
        return Pattern((hole,))

    def _environment(
        self, node: ast.expr, key: ast.expr, default: ast.expr | None, frame: Frame
    ) -> Pattern:
        names = [known_text(value) for value in self._evaluate(key, frame)]
        name = names[0] if len(names) == 1 and names[0] is not None else _shortened(key)
        defaults = () if default is None else self._evaluate(default, frame)
        text = known_text(defaults[0]) if len(defaults) == 1 else None
        hole = self._hole(node, frame, f"${name}", kind=HoleKind.ENVIRONMENT).holes[0]
        line = default.lineno if default is not None and text is not None else 0
        path = hole.path if text is not None else ""
        return Pattern((replace(hole, default=text, default_path=path, default_line=line),))

    # Calls

    def _call(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        module = self.scopes.module(path_of(frame.function))
        assert module is not None
        dotted = self.scopes.dotted(node.func, module)
        handler = _HANDLERS.get(dotted)
        if handler is not None and not any(isinstance(a, ast.Starred) for a in node.args):
            return handler(self, node, frame)
        links = self.scopes.links(module.path, node)
        if links:
            return self._returned(node, links, module, frame)
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, frame)
        return (self._hole(node, frame, _shortened(node), HoleKind.CALL, "result of a call"),)

    def _returned(
        self, node: ast.Call, links: Sequence[Link], module: ParsedModule, frame: Frame
    ) -> Iterator[Value]:
        unknown = self._hole(node, frame, _shortened(node), HoleKind.CALL, "result of a call")
        if not self.scopes.is_fully_resolved(module.path, node):
            yield unknown
        for link in links:
            called = {frame.function, *(each.callee for each in frame.links)}
            body = self.scopes.node(link.callee)
            if (
                len(frame.links) >= self._limits.calls
                or link.callee in called
                or link.caller != frame.function
                or not isinstance(body, ast.FunctionDef)
                or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in own_nodes(body))
            ):
                yield unknown
                continue
            inner = Frame(link.callee, (*frame.links, link))
            for value in self._returns(body, inner):
                yield self._read_here(value, node, frame)

    def _returns(self, body: ast.FunctionDef, frame: Frame) -> Iterator[Value]:
        module = self.scopes.module(path_of(frame.function))
        assert module is not None
        for statement in own_nodes(body):
            if not isinstance(statement, ast.Return) or statement.value is None:
                continue
            if self._is_excluded(statement, body, module, frame):
                continue
            yield from self._evaluate(statement.value, frame)

    def _read_here(self, value: Value, node: ast.Call, frame: Frame) -> Value:
        """State that a getter hands out is read where the getter is called."""
        hole = value.bare_hole if isinstance(value, Pattern) else None
        if hole is None or hole.kind is not HoleKind.STATE:
            return value
        return Pattern((replace(hole, read=_read_text(node, frame)),))

    def _is_excluded(
        self, statement: ast.AST, body: ScopeNode, module: ParsedModule, frame: Frame
    ) -> bool:
        """Whether a condition around the statement is known to be the other way."""
        node = statement
        while node is not body:
            parent = module.parents[node]
            if isinstance(parent, ast.If) and node is not parent.test:
                wanted = any(node is each for each in parent.body)
                if self._condition(parent.test, frame) is (not wanted):
                    return True
            node = parent
        return False

    def _condition(self, test: ast.expr, frame: Frame) -> bool | None:
        """Whether a condition holds; None where that is not known."""
        match test:
            case ast.Constant(value=value):
                return bool(value)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._condition(operand, frame)
                return None if inner is None else not inner
            case ast.BoolOp(op=op, values=values):
                decided = [self._condition(each, frame) for each in values]
                stops = isinstance(op, ast.Or)
                if stops in decided:
                    return stops
                return None if None in decided else not stops
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]):
                one, other = self._evaluate(left, frame), self._evaluate(right, frame)
                if len(one) == len(other) == 1 and is_known(one[0]) and is_known(other[0]):
                    return (plain_value(one[0]) == plain_value(other[0])) is isinstance(op, ast.Eq)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[right]):
                if isinstance(right, ast.Constant) and right.value is None:
                    values_here = self._evaluate(left, frame)
                    if all(is_known(value) for value in values_here):
                        are_none = {value == Constant(None) for value in values_here}
                        if len(are_none) == 1:
                            return are_none.pop() is isinstance(op, ast.Is)
        return None

    def _method(self, node: ast.Call, func: ast.Attribute, frame: Frame) -> Iterator[Value]:
        receivers = self._evaluate(func.value, frame)
        unknown = self._hole(node, frame, _shortened(node), HoleKind.CALL, "result of a call")
        for receiver in receivers:
            if isinstance(receiver, Constant) and receiver.value is None:
                continue
            found = self._method_of(receiver, node, func, frame)
            if found is None:
                yield unknown
            else:
                yield from found

    def _method_of(
        self, receiver: Value, node: ast.Call, func: ast.Attribute, frame: Frame
    ) -> Iterable[Value] | None:
        if isinstance(receiver, Table):
            return self._dict_method(receiver, node, func.attr, frame)
        if isinstance(receiver, Items):
            return (receiver,) if func.attr == "copy" else None
        if not isinstance(receiver, Pattern):
            return None
        if (text := receiver.text) is not None:
            found = self._text_method(text, node, func.attr, frame)
            if found is not None:
                return found
        if receiver.bare_hole is not None and not self._is_path(func.value, (receiver,), frame):
            return None
        return self._path_method(receiver, node, func.attr, frame)

    def _dict_method(
        self, table: Table, node: ast.Call, method: str, frame: Frame
    ) -> Iterable[Value] | None:
        if method == "get" and node.args:
            default = (
                self._evaluate(node.args[1], frame) if len(node.args) > 1 else (Constant(None),)
            )
            return tuple(
                value
                for key in self._evaluate(node.args[0], frame)
                for value in self._looked_up(table, key, node, frame, default)
            )
        if table.state:
            return None
        if method == "copy":
            return (table,)
        if method == "keys":
            return (Items(tuple(entry.key for entry in table.entries)),)
        if method == "values":
            return (Items(tuple(entry.value for entry in table.entries)),)
        if method == "items":
            pairs = [(Items((entry.key, entry.value)),) for entry in table.entries]
            return (Items(tuple(pairs)),)
        return None

    def _text_method(
        self, text: str, node: ast.Call, method: str, frame: Frame
    ) -> Iterable[Value] | None:
        if method == "format":
            return self._format_call(text, node, frame)
        if node.keywords:
            return None
        if method == "join" and len(node.args) == 1:
            return self._join_call(text, node.args[0], frame)
        if method not in _PLAIN_TEXT_METHODS:
            return None
        arguments = []
        for argument in node.args:
            values = self._evaluate(argument, frame)
            known = known_text(values[0]) if len(values) == 1 else None
            if known is None:
                return None
            arguments.append(known)
        try:
            return (literal(str(getattr(text, method)(*arguments))),)
        except (TypeError, ValueError):
            return None

    def _join_call(self, text: str, argument: ast.expr, frame: Frame) -> Iterable[Value] | None:
        values = self._evaluate(argument, frame)
        only = values[0] if len(values) == 1 else None
        if not isinstance(only, Items) or not only.is_ordered:
            return None
        columns: list[list[Pattern]] = []
        for position, element in enumerate(only.elements):
            if position:
                columns.append([literal(text)])
            texts = [each for each in element if isinstance(each, Pattern)]
            if len(texts) != len(element):
                return None
            columns.append(texts)
        return [concat(*row) for row in self._product(columns)]

    def _format_call(self, text: str, node: ast.Call, frame: Frame) -> Iterable[Value] | None:
        pieces = _BRACES.split(text)
        if any("{" in piece or "}" in piece for piece in pieces[::2]):
            return None
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        if None in named or any(isinstance(argument, ast.Starred) for argument in node.args):
            return None
        columns: list[list[Pattern]] = [[literal(pieces[0])]]
        automatic = itertools.count()
        for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
            if name and not name.isdigit():
                operand = named.get(name)
            else:
                position = int(name) if name else next(automatic)
                operand = node.args[position] if position < len(node.args) else None
            if operand is None:
                return None
            column = [as_text(value) for value in self._evaluate(operand, frame)]
            hole = self._hole(operand, frame, _shortened(operand), reason="formatted value")
            columns += [[hole if each is None else each for each in column], [literal(after)]]
        return [concat(*row) for row in self._product(columns)]

    def _path_method(
        self, path: Pattern, node: ast.Call, method: str, frame: Frame
    ) -> Iterable[Value] | None:
        if method in ("as_posix", "resolve", "absolute", "expanduser", "open", "__str__"):
            return (path,)
        if method == "joinpath":
            joined = self._joined_paths([path], node.args, frame)
            return [tidied(value) for value in joined if isinstance(value, Pattern)]
        if method in ("rglob", "glob", "iterdir"):
            globs = [known_text(v) for a in node.args for v in self._evaluate(a, frame)]
            glob = globs[0] if len(globs) == 1 and globs[0] is not None else ""
            return (Sweep(path, "paths", "" if glob in ("*", "**/*") else glob),)
        if method == "relative_to" and len(node.args) == 1:
            found = [
                relative_to(path, folder)
                for folder in self._evaluate(node.args[0], frame)
                if isinstance(folder, Pattern)
            ]
            return [each for each in found if each is not None] or None
        if method in ("with_suffix", "with_name") and len(node.args) == 1:
            results: list[Value] = []
            for value in self._evaluate(node.args[0], frame):
                if not isinstance(value, Pattern):
                    return None
                if path.text is not None and value.text is not None:
                    try:
                        known = getattr(PurePosixPath(path.text), method)(value.text)
                    except ValueError:
                        return None
                    results.append(literal(str(known)))
                elif method == "with_suffix":
                    results.append(concat(self._without_suffix(path, node, frame), value))
                else:
                    results.append(join_path(self._dirname(path, node, frame), value))
            return results
        return None

    def _joined_paths(
        self, firsts: list[Pattern], others: Sequence[ast.expr], frame: Frame
    ) -> list[Value]:
        columns = [firsts]
        for other in others:
            values = self._evaluate(other, frame)
            texts = [value for value in values if isinstance(value, Pattern)]
            columns.append(texts or [self._hole(other, frame, _shortened(other), reason="no text")])
        joined: list[Value] = []
        for row in self._product(columns):
            path = row[0]
            for part in row[1:]:
                path = join_path(path, part)
            joined.append(path)
        return joined

    def _basename(self, path: Pattern, node: ast.expr, frame: Frame) -> Pattern:
        _, name = split_path(path)
        bare = name.bare_hole
        if bare is not None and bare.kind is HoleKind.SWEEP:
            return Pattern((replace(bare, is_basename=True),))
        if not name.holes or (bare is not None and name != path):
            return name
        # A hole may hold separators itself; only what is written after the last one is sure.
        last = max(i for i, part in enumerate(name.parts) if isinstance(part, Hole))
        hole = self._hole(node, frame, f"name of {path.render()}", reason="end of a path")
        return concat(hole, Pattern(name.parts[last + 1 :]))

    def _dirname(self, path: Pattern, node: ast.expr, frame: Frame) -> Pattern:
        folder, name = split_path(path)
        if folder is not None and not name.holes:
            return folder or literal(SEPARATOR)
        return self._hole(node, frame, f"folder of {path.render()}", reason="start of a path")

    def _without_suffix(self, path: Pattern, node: ast.expr, frame: Frame) -> Pattern:
        last = path.parts[-1] if path.parts else ""
        if isinstance(last, str):
            # Something stands before it, so that a dot at its start is no hidden file's.
            before = "" if len(path.parts) == 1 else "x"
            stem, suffix = posixpath.splitext(before + last)
            if suffix or SEPARATOR in last or not before:
                return concat(Pattern(path.parts[:-1]), literal(stem.removeprefix(before)))
        folder, name = split_path(path)
        hole = self._hole(node, frame, f"stem of {name.render()}", reason="start of a name")
        return hole if folder is None else concat(folder, literal(SEPARATOR), hole)

    def _is_path(self, node: ast.expr, values: Values, frame: Frame) -> bool:
        """Whether the values are texts or paths, as far as one can tell."""
        for value in values:
            if not isinstance(value, Pattern):
                continue
            hole = value.bare_hole
            if hole is None or hole.kind in (HoleKind.TEMPORARY, HoleKind.SWEEP):
                return True
        if isinstance(node, ast.Name):
            function = self.scopes.node(frame.function)
            annotation = annotation_of(function, node.id)
            if annotation is not None and "Path" in ast.unparse(annotation):
                return True
        module = self.scopes.module(path_of(frame.function))
        if isinstance(node, ast.Call) and module is not None:
            return self.scopes.dotted(node.func, module) in _PATH_CLASSES
        return False

    def _product(self, columns: list[list[Pattern]]) -> Iterator[tuple[Pattern, ...]]:
        """All combinations, or as many as an expression may have and one more."""
        return itertools.islice(itertools.product(*columns), self._limits.alternatives + 1)

    def _hole(
        self,
        node: ast.AST,
        frame: Frame,
        name: str,
        kind: HoleKind = HoleKind.OPEN,
        reason: str = "",
    ) -> Pattern:
        line, column = _line(node), getattr(node, "col_offset", 0)
        path = path_of(frame.function)
        return Pattern((Hole(name, kind, path, line, column, frame.key, reason=reason),))

    # Calls of the standard library that make texts, paths and collections

    def _call_join(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        if not node.args:
            return self._call_unknown(node, frame)
        firsts = [v for v in self._evaluate(node.args[0], frame) if isinstance(v, Pattern)]
        if not firsts:
            text = _shortened(node.args[0])
            firsts = [self._hole(node.args[0], frame, text, reason="not a text")]
        return self._joined_paths(firsts, node.args[1:], frame)

    def _call_path(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        if not node.args:
            return (literal("."),)
        joined = self._call_join(node, frame)
        return [tidied(value) for value in joined if isinstance(value, Pattern)]

    def _call_same(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        """Calls that give the path they are given: `str`, `open`, `os.path.abspath`."""
        if not node.args:
            return (literal(""),) if not node.keywords else self._call_unknown(node, frame)
        texts = [as_text(value) for value in self._evaluate(node.args[0], frame)]
        unknown = self._hole(node, frame, _shortened(node), HoleKind.CALL, "not a text")
        return [unknown if text is None else text for text in texts]

    def _call_basename(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        return self._on_paths(node, frame, self._basename, posixpath.basename)

    def _call_dirname(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        return self._on_paths(node, frame, self._dirname, posixpath.dirname)

    def _call_splitext(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        found: list[Value] = []
        for value in self._on_paths(node, frame, lambda path, *_: path):
            assert isinstance(value, Pattern)
            if value.text is not None:
                known, extension = posixpath.splitext(value.text)
                found.append(Items(((literal(known),), (literal(extension),))))
                continue
            stem = self._without_suffix(value, node, frame)
            name = f"suffix of {value.render()}"
            suffix = self._hole(node, frame, name, reason="end of a name")
            found.append(Items(((stem,), (suffix,))))
        return found

    def _on_paths(
        self,
        node: ast.Call,
        frame: Frame,
        function: Callable[[Pattern, ast.expr, Frame], Pattern],
        exactly: Callable[[str], str] = str,
    ) -> Iterable[Value]:
        """Apply to each path, by `exactly` where the whole text is known."""
        if len(node.args) != 1:
            return self._call_unknown(node, frame)
        return [
            function(value, node, frame) if value.text is None else literal(exactly(value.text))
            for value in self._evaluate(node.args[0], frame)
            if isinstance(value, Pattern)
        ]

    def _call_relpath(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        if len(node.args) != 2:
            return self._call_unknown(node, frame)
        found: list[Value] = []
        for path, folder in itertools.product(*(self._evaluate(a, frame) for a in node.args)):
            result = None
            if isinstance(path, Pattern) and isinstance(folder, Pattern):
                result = relative_to(path, folder)
            hole = self._hole(node, frame, _shortened(node), HoleKind.CALL, "not below the folder")
            found.append(hole if result is None else result)
        return found

    def _call_temporary(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        return (self._hole(node, frame, "temporary folder", HoleKind.TEMPORARY),)

    def _call_collection(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        """`list`, `tuple`, `sorted`, `set`, `reversed` of something known."""
        if not node.args:
            return (Items(()),) if not node.keywords else self._call_unknown(node, frame)
        found: list[Value] = []
        for value in self._evaluate(node.args[0], frame):
            elements = self._known_elements((value,)) if isinstance(value, Items | Table) else None
            if isinstance(value, Sweep):
                found.append(value)
            elif elements is None:
                found.extend(self._call_unknown(node, frame))
            else:
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                keeps_order = name in ("list", "tuple") and is_ordered_value(value)
                found.append(Items(tuple(elements), keeps_order))
        return found

    def _call_dict(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        path = path_of(frame.function)
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            if len(node.args) == 1 and not node.keywords:
                values = self._evaluate(node.args[0], frame)
                if all(isinstance(value, Table) and not value.state for value in values):
                    return values
            return self._call_unknown(node, frame)
        entries = tuple(
            Entry(
                (literal(keyword.arg or ""),),
                self._evaluate(keyword.value, frame),
                path,
                keyword.value.lineno,
            )
            for keyword in node.keywords
        )
        return (Table(entries, path=path, line=node.lineno),)

    def _call_enumerate(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        if len(node.args) != 1 or node.keywords:
            return self._call_unknown(node, frame)
        elements = self._exact_elements(node.args[0], frame)
        if elements is None:
            return self._call_unknown(node, frame)
        pairs = [(Items(((Constant(i),), element)),) for i, element in enumerate(elements)]
        return (Items(tuple(pairs)),)

    def _call_zip(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        columns = []
        for argument in node.args:
            elements = self._exact_elements(argument, frame)
            if elements is None:
                return self._call_unknown(node, frame)
            columns.append(elements)
        return (Items(tuple((Items(row),) for row in zip(*columns, strict=False))),)

    def _call_range(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        bounds = []
        for argument in node.args:
            values = self._evaluate(argument, frame)
            only = values[0] if len(values) == 1 else None
            if not isinstance(only, Constant) or not isinstance(only.value, int):
                return self._call_unknown(node, frame)
            bounds.append(only.value)
        if not 1 <= len(bounds) <= 3 or (len(bounds) == 3 and not bounds[2]):
            return self._call_unknown(node, frame)
        numbers = range(*bounds)
        if len(numbers) > self._limits.alternatives:
            return self._call_unknown(node, frame)
        return (Items(tuple((Constant(number),) for number in numbers)),)

    def _call_walk(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        return self._sweep(node, frame, "walk")

    def _call_listdir(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        return self._sweep(node, frame, "names")

    def _call_glob(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        found: list[Value] = []
        for value in self._on_paths(node, frame, lambda path, *_: path):
            assert isinstance(value, Pattern)
            folder, name = split_path(value)
            if folder is None or name.text is None or any("*" in str(p) for p in folder.parts):
                found.extend(self._call_unknown(node, frame))
            else:
                found.append(Sweep(folder, "paths", "" if name.text == "*" else name.text))
        return found

    def _sweep(self, node: ast.Call, frame: Frame, form: str) -> Iterable[Value]:
        if not node.args:
            return self._call_unknown(node, frame)
        return [
            Sweep(value, form)
            for value in self._evaluate(node.args[0], frame)
            if isinstance(value, Pattern)
        ]

    def _call_getenv(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        if not node.args:
            return self._call_unknown(node, frame)
        default = node.args[1] if len(node.args) > 1 else None
        return (self._environment(node, node.args[0], default, frame),)

    def _call_unknown(self, node: ast.Call, frame: Frame) -> Iterable[Value]:
        return (self._hole(node, frame, _shortened(node), HoleKind.CALL, "result of a call"),)


_Handler = Callable[[StringEvaluator, ast.Call, Frame], Iterable[Value]]

_PATH_CLASSES = frozenset(
    f"pathlib.{name}" for name in ("Path", "PurePath", "PosixPath", "PurePosixPath")
)

_HANDLERS: Mapping[str, _Handler] = {
    "os.path.join": StringEvaluator._call_join,
    **dict.fromkeys(_PATH_CLASSES, StringEvaluator._call_path),
    **dict.fromkeys(
        (
            "builtins.str",
            "builtins.open",
            "io.open",
            "gzip.open",
            "bz2.open",
            "lzma.open",
            "codecs.open",
            "h5py.File",
            "zipfile.ZipFile",
            "zipfile.ZipInfo",
            "tarfile.open",
            "tarfile.TarInfo",
            "os.fspath",
            "os.fsdecode",
            "os.path.abspath",
            "os.path.realpath",
            "os.path.normpath",
            "os.path.expanduser",
            "os.path.expandvars",
        ),
        StringEvaluator._call_same,
    ),
    "os.path.basename": StringEvaluator._call_basename,
    "os.path.dirname": StringEvaluator._call_dirname,
    "os.path.splitext": StringEvaluator._call_splitext,
    "os.path.relpath": StringEvaluator._call_relpath,
    "tempfile.TemporaryDirectory": StringEvaluator._call_temporary,
    "tempfile.mkdtemp": StringEvaluator._call_temporary,
    **dict.fromkeys(
        ("builtins.list", "builtins.tuple", "builtins.sorted", "builtins.set", "builtins.reversed"),
        StringEvaluator._call_collection,
    ),
    "builtins.dict": StringEvaluator._call_dict,
    "builtins.enumerate": StringEvaluator._call_enumerate,
    "builtins.zip": StringEvaluator._call_zip,
    "builtins.range": StringEvaluator._call_range,
    "os.walk": StringEvaluator._call_walk,
    "os.listdir": StringEvaluator._call_listdir,
    "glob.glob": StringEvaluator._call_glob,
    "glob.iglob": StringEvaluator._call_glob,
    "os.getenv": StringEvaluator._call_getenv,
    "os.environ.get": StringEvaluator._call_getenv,
}

_KNOWN_CONSTANTS = {"os.sep": "/", "os.path.sep": "/", "os.extsep": ".", "os.curdir": "."}
_PLAIN_TEXT_METHODS = frozenset(
    ("lower", "upper", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "replace")
)
_PERCENT = re.compile(r"%([-+ 0#]*\d*(?:\.\d+)?)([sdifgexX])")
_BRACES = re.compile(r"\{(\w*)\}")


def _group(hole: Hole) -> tuple[object, ...]:
    """Holes with one group are bound together."""
    if hole.kind is HoleKind.PARAMETER:
        return hole.kind, hole.frame
    return hole.kind, hole.path, hole.line, hole.column, hole.frame


def _is_same_hole(values: Values, hole: Hole) -> bool:
    return len(values) == 1 and isinstance(values[0], Pattern) and values[0].bare_hole == hole


def _shortened(node: ast.AST, limit: int = 60) -> str:
    """The expression on one line; the node may have been deep, the text never is long."""
    try:
        text = " ".join(ast.unparse(node).split())
    except RecursionError:
        return type(node).__name__
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _read_text(node: ast.expr, frame: Frame) -> str:
    return f"`{_shortened(node)}` at {path_of(frame.function)}:{node.lineno}"


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)
