"""Objects that live in modules and classes, and so outlast the calls that touch them."""

from __future__ import annotations

from tracer.model.source import FunctionKind
from tracer.static.solver import Evaluator
from tracer.static.summary import Attribute, Defined, Expr, ImportedModule, ImportedName, Name
from tracer.static.values import ClassValue, Instance, ModuleValue, Ref


class Places:
    """Names the module-level or class-level variable that an expression reads."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._program = evaluator.program
        self._known: dict[tuple[Ref, Expr], str | None] = {}
        self._followed: set[tuple[int, ImportedName]] = set()  # imports in circles

    def of(self, ref: Ref, expr: Expr) -> str | None:
        """The dotted name of the variable: `ptycho.params.cfg`; None for anything else.

        A local name counts where one plain assignment or import makes it another name for the
        same object.
        """
        key = (ref, expr)
        if key not in self._known:
            self._known[key] = None  # An alias of itself is no place.
            match expr:
                case Name():
                    self._known[key] = self._name(ref, expr)
                case Attribute():
                    self._known[key] = self._attribute(ref, expr)
                case ImportedName():
                    self._known[key] = self._imported(ref[0], expr)
        return self._known[key]

    def variable(self, file: int, name: str) -> str | None:
        """The variable that a module binds under the name; imports are followed."""
        ref = (file, 0)
        scope = self._program.scope(ref) if self._program.summaries[file].scopes else None
        if scope is None:
            return None
        own = f"{self._program.names[file]}.{name}"
        bindings = self._program.exits(ref, name) or self._program.bindings(ref, name)
        for index in bindings:
            value = scope.bindings[index].value
            if isinstance(value, ImportedName):
                return self._imported(file, value)
            if isinstance(value, Defined | ImportedModule):
                return None
        if bindings or (file, name) in self._program.global_stores:
            return own
        return None

    def _name(self, ref: Ref, expr: Name) -> str | None:
        scope = self._program.scope(ref)
        bindings = self._program.reaching(ref, expr)
        if scope.kind is FunctionKind.MODULE or expr.id in scope.global_names:
            return self.variable(ref[0], expr.id)
        while not bindings:
            bindings = self._program.bindings(ref, expr.id)
            if bindings:
                break
            ref = self._enclosing(ref)
            scope = self._program.scope(ref)
            if ref[1] == 0:
                return self.variable(ref[0], expr.id)
        if len(bindings) != 1:
            return None
        value = scope.bindings[bindings[0]].value
        return self.of(ref, value) if isinstance(value, Name | Attribute | ImportedName) else None

    def _enclosing(self, ref: Ref) -> Ref:
        """The next scope in which a name is looked up; class bodies are passed over."""
        ref = self._program.parent(ref)
        while self._program.scope(ref).kind is FunctionKind.CLASS_BODY:
            ref = self._program.parent(ref)
        return ref

    def _attribute(self, ref: Ref, expr: Attribute) -> str | None:
        items = self._evaluator.value(ref, expr.base).items
        if len(items) != 1:
            return None
        match items[0]:
            case ModuleValue(location=location):
                file = self._program.modules.file_of(location)
                return None if file is None else self.variable(file, expr.name)
            case ClassValue(ref=owner):
                return self._class_variable(owner, expr.name)
            case Instance(ref=owner):
                outer = self.of(ref, expr.base)
                if outer is not None:
                    return f"{outer}.{expr.name}"
                if not self._is_stored(owner, expr.name):
                    return self._class_variable(owner, expr.name)
        return None

    def _class_variable(self, owner: Ref, name: str) -> str | None:
        for cls in self._evaluator.order(owner):
            if isinstance(cls, str):
                continue
            bindings = self._program.exits(cls, name)
            if bindings:
                values = [self._program.scope(cls).bindings[index] for index in bindings]
                if any(isinstance(binding.value, Defined) for binding in values):
                    return None
                return f"{self._program.dotted(cls)}.{name}"
        return None

    def _is_stored(self, owner: Ref, name: str) -> bool:
        """Whether objects of the class have an attribute of their own under the name."""
        return any(
            (cls, name) in self._program.own_stores
            for cls in self._evaluator.order(owner)
            if not isinstance(cls, str)
        ) or "dataclass" in self._evaluator.roles(owner)

    def _imported(self, file: int, expr: ImportedName) -> str | None:
        target = self._program.modules.resolve_relative(file, expr.level, expr.module)
        if target.location is None:
            return None
        source = self._program.modules.file_of(target.location)
        key = (file, expr)
        if source is None or key in self._followed:
            return None
        self._followed.add(key)
        found = self.variable(source, expr.name)
        self._followed.discard(key)
        return found
