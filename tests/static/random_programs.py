"""A grammar of random programs that run: every name is bound, every value has the shape it needs.

A program has two files, `lib.py` and `main.py`. Its values have shapes, so that a call finds a
callable and an attribute its object:

    any     may be passed and returned, and tested for truth; nothing else
    fn      can be called with up to two arguments; gives `any`
    obj     an instance of a class of the program, all of which share one protocol
    cls     such a class
    fns     a list of `fn`, not empty
    table   a dictionary from "a" and "b" to `fn`
    many    something to loop over, once, that gives `fn`

Programs may recurse without an end and may raise; a recorder has to stop them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

_SHAPES = ("any", "fn", "fn", "obj", "obj", "cls", "fns", "table", "many")
_METHODS = ("first", "second", "third")
_OPERATORS = {
    "__add__": "{} + {}",
    "__radd__": "1 + {}",
    "__lt__": "{} < {}",
    "__eq__": "{} == {}",
    "__contains__": "{1} in {0}",
    "__getitem__": "{}[0]",
    "__len__": "len({})",
    "__bool__": "not {}",
    "__neg__": "-{}",
    "__str__": "str({})",
    "__format__": 'f"{{{}}}"',
}
_RESULTS = {
    "__contains__": "True",
    "__len__": "1",
    "__bool__": "True",
    "__str__": '"text"',
    "__format__": '"text"',
    "__lt__": "True",
    "__eq__": "True",
}


@dataclass(frozen=True)
class _Typed:
    """A function whose parameters have shapes."""

    parameters: tuple[tuple[str, str], ...]
    defaults: int  # that many of the last may be left out
    result: str
    is_generator: bool = False


@dataclass
class _Scope:
    """The names that an expression may use."""

    names: dict[str, str] = field(default_factory=dict)  # with their shapes
    typed: dict[str, _Typed] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)  # names bound here, which may be bound again
    level: int = 0  # of functions around
    method: str = ""  # the method whose body this is
    has_base: bool = False
    of_module: frozenset[str] = frozenset()  # names of `own` that are declared `global`

    def closed(self) -> _Scope:
        """The same names, none of which may be bound again: what comprehensions ask for."""
        return _Scope(dict(self.names), dict(self.typed), {}, self.level)

    def inner(self) -> _Scope:
        return _Scope(dict(self.names), dict(self.typed), {}, self.level + 1)


class _Writer:
    def __init__(self, random: Random, room: int, is_tame: bool) -> None:
        self._random = random
        self._is_tame = is_tame
        self._lines: list[str] = []
        self._indent = 0
        self._count = 0
        self._room = room  # statements
        self.classes: list[str] = []
        self._bound: dict[str, str] = {}  # attributes of the modules of a program
        self._decorators: list[tuple[str, bool]] = []  # and whether it takes arguments
        self.operators: list[str] = []

    # What is drawn

    def pick(self, items: Sequence[str]) -> str:
        return self._random.choice(items)

    def chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    # Lines

    def line(self, text: str) -> None:
        self._lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.line(head)
        self._indent += 1
        yield
        self._indent -= 1

    def take(self) -> str:
        text = "\n".join(self._lines) + "\n"
        self._lines = []
        return text

    # Expressions

    def expr(self, shape: str, scope: _Scope, depth: int = 2) -> str:
        names = [name for name, of in scope.names.items() if of == shape]
        names += [f"{name}" for name in names[-3:]]  # what is near is used more often
        makers: list[Callable[[_Scope, int], str | None]] = []
        if depth > 0:
            makers = getattr(self, f"_{shape}_makers")()
        if names and (not makers or self.chance(50)):
            return self.pick(names)
        for _ in range(3):
            if not makers:
                break
            maker = makers[self.number(0, len(makers) - 1)]
            made = maker(scope, depth - 1)
            if made is not None:
                return made
        return self.pick(names) if names else self._simplest(shape, scope)

    def _simplest(self, shape: str, scope: _Scope) -> str:
        match shape:
            case "any":
                return str(self.number(0, 1))
            case "fn":
                parameter = self.fresh("p")
                return f"(lambda {parameter}=None, *rest: {parameter})"
            case "cls":
                return self.classes[0] if self.classes else "None"
            case "obj":
                return f"{self._simplest('cls', scope)}()"
            case "fns" | "many":
                return f"[{self.expr('fn', scope, 0)}]"
            case _:
                return f'{{"a": {self.expr("fn", scope, 0)}, "b": {self.expr("fn", scope, 0)}}}'

    def _arguments(self, scope: _Scope, depth: int) -> str:
        given = [self.expr("any", scope, depth) for _ in range(self.number(0, 2))]
        if given and self.chance(10):
            return f"*({', '.join(given)},)"
        return ", ".join(given)

    def _typed_call(self, shape: str, scope: _Scope, depth: int) -> str | None:
        names = [
            name
            for name, typed in scope.typed.items()
            if typed.result == shape or (typed.is_generator and shape == "many")
        ]
        if not names:
            return None
        name = self.pick(names)
        typed = scope.typed[name]
        left_out = self.number(0, typed.defaults)
        parameters = typed.parameters[: len(typed.parameters) - left_out]
        values = [(key, self.expr(of, scope, depth)) for key, of in parameters]
        if values and self.chance(15):
            return f"{name}(*[{', '.join(value for _, value in values)}])"
        if self.chance(15):
            pairs = ", ".join(f'"{key}": {value}' for key, value in values)
            return f"{name}(**{{{pairs}}})"
        keywords = self.chance(25)
        return f"{name}({', '.join(f'{k}={v}' if keywords else v for k, v in values)})"

    def _choice(self, shape: str, scope: _Scope, depth: int) -> str:
        one, other = self.expr(shape, scope, depth), self.expr(shape, scope, depth)
        if self.chance(25) and shape not in ("any", "many"):
            return f"({one} or {other})"
        return f"({one} if {self.condition(scope, depth)} else {other})"

    def condition(self, scope: _Scope, depth: int) -> str:
        return self.expr("any", scope, min(depth, 1))

    def _any_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def call(scope: _Scope, depth: int) -> str:
            return f"{self.expr('fn', scope, depth)}({self._arguments(scope, depth)})"

        def method(scope: _Scope, depth: int) -> str | None:
            if not self.classes:
                return None
            receiver = self.expr("obj", scope, depth)
            name = self.pick((*_METHODS, "hook", "plain", "of_class"))
            return f"{receiver}.{name}({self._arguments(scope, depth)})"

        def through_class(scope: _Scope, depth: int) -> str | None:
            if not self.classes:
                return None
            cls, obj = self.expr("cls", scope, depth), self.expr("obj", scope, depth)
            if self.chance(50):
                return f"{cls}.{self.pick(('plain', 'of_class'))}()"
            return f"{cls}.{self.pick(_METHODS)}({obj})"

        def operator(scope: _Scope, depth: int) -> str | None:
            if not self.operators or not self.classes:
                return None
            text = _OPERATORS[self.pick(self.operators)]
            one, other = self.expr("obj", scope, depth), self.expr("obj", scope, depth)
            return f"({text.format(one, other)})"

        def attribute(scope: _Scope, depth: int) -> str | None:
            return f"{self.expr('obj', scope, depth)}.value" if self.classes else None

        def of_super(scope: _Scope, depth: int) -> str | None:
            return f"super().{scope.method}()" if scope.method and scope.has_base else None

        def comprehension(scope: _Scope, depth: int) -> str:
            scope = scope.closed()
            name = self.fresh("c")
            inner = _Scope({**scope.names, name: "fn"}, scope.typed)
            shape = self.pick(("fns", "many"))
            form = self.pick(("[{}]", "dict", "list({})", "tuple({})", "any({})"))
            items = self.expr(shape, scope, depth)
            value = self.expr("any", inner, depth)
            result = f"{value} for {name} in {items}" + f" if {name}()" * self.chance(20)
            if form == "dict":
                return f"len({{id({value}): 0 for {name} in {items}}})"
            return form.format(result)

        def builtin(scope: _Scope, depth: int) -> str:
            fn = self.expr("fn", scope, depth)
            return self.pick(
                (
                    f"sorted([1], key={fn})",
                    f"list(map({fn}, [1]))",
                    f"max([1, 2], key=lambda {self.fresh('p')}: id({fn}()))",
                    f"functools.reduce({fn}, [1, 2])",
                    f"list(filter({fn}, [1]))",
                )
            )

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("any", scope, depth)

        def choice(scope: _Scope, depth: int) -> str:
            return self._choice("any", scope, depth)

        def other(scope: _Scope, depth: int) -> str:
            return self.expr(self.pick(("fn", "obj")) if self.classes else "fn", scope, depth)

        return [
            call,
            call,
            call,
            method,
            method,
            through_class,
            operator,
            attribute,
            of_super,
            comprehension,
            builtin,
            typed,
            choice,
            other,
        ]

    def _fn_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def function(scope: _Scope, depth: int) -> str:
            parameter = self.fresh("p")
            names = {**scope.names, parameter: "any"}
            if self.chance(15):
                kept = self.fresh("k")
                value = self.expr("fn", scope, depth)
                inner = _Scope({**names, kept: "fn"}, scope.typed)
                head = f"{parameter}=None, *rest, {kept}={value}"
                return f"(lambda {head}: {self.expr('any', inner, depth)})"
            body = self.expr("any", _Scope(names, scope.typed), depth)
            return f"(lambda {parameter}=None, *rest: {body})"

        def bound(scope: _Scope, depth: int) -> str | None:
            if not self.classes:
                return None
            name = self.pick((*_METHODS, "hook", "plain", "of_class", "chosen"))
            receiver = self.expr("obj", scope, depth)
            if self.chance(15):
                return f'getattr({receiver}, "{name}")'
            return f"{receiver}.{name}"

        def instance(scope: _Scope, depth: int) -> str | None:
            return self.expr("obj", scope, depth) if self.classes else None

        def item(scope: _Scope, depth: int) -> str:
            if self.chance(50):
                return f"{self.expr('fns', scope, depth)}[{self.pick(('0', '-1'))}]"
            table = self.expr("table", scope, depth)
            if self.chance(40):
                return f'{table}.get("{self.pick(("a", "b", "c"))}", {self.expr("fn", scope, 0)})'
            return f'{table}["{self.pick(("a", "b"))}"]'

        def next_of(scope: _Scope, depth: int) -> str:
            return f"next(iter({self.expr('many', scope, depth)}))"

        def popped(scope: _Scope, depth: int) -> str:
            return f"list({self.expr('fns', scope, depth)}).pop()"

        def partial(scope: _Scope, depth: int) -> str:
            return f"functools.partial({self.expr('fn', scope, depth)}, 1)"

        def decorated(scope: _Scope, depth: int) -> str | None:
            if not self._decorators:
                return None
            names = [name for name, takes in self._decorators if not takes]
            if not names:
                return None
            return f"{self.pick(names)}({self.expr('fn', scope, depth)})"

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("fn", scope, depth)

        def choice(scope: _Scope, depth: int) -> str:
            return self._choice("fn", scope, depth)

        def walrus(scope: _Scope, depth: int) -> str | None:
            names = [name for name, of in scope.own.items() if of == "fn" and "." not in name]
            if not names or (self._is_tame and not scope.level):
                return None
            return f"({self.pick(names)} := {self.expr('fn', scope, depth)})"

        return [
            function,
            bound,
            bound,
            instance,
            item,
            item,
            next_of,
            popped,
            partial,
            decorated,
            typed,
            typed,
            choice,
            walrus,
        ]

    def _obj_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def made(scope: _Scope, depth: int) -> str:
            given = self.expr("fn", scope, depth) if self.chance(40) else ""
            return f"{self.expr('cls', scope, depth)}({given})"

        def by_class(scope: _Scope, depth: int) -> str:
            return f"{self.expr('cls', scope, depth)}.make()"

        def same(scope: _Scope, depth: int) -> str:
            return f"{self.expr('obj', scope, depth)}.same()"

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("obj", scope, depth)

        def choice(scope: _Scope, depth: int) -> str:
            return self._choice("obj", scope, depth)

        return [made, made, made, by_class, same, typed, choice]

    def _cls_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def of_object(scope: _Scope, depth: int) -> str:
            text = self.expr("obj", scope, depth)
            return f"type({text})" if self.chance(60) else f"{text}.__class__"

        def choice(scope: _Scope, depth: int) -> str:
            return self._choice("cls", scope, depth)

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("cls", scope, depth)

        return [of_object, choice, typed]

    def _fns_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def display(scope: _Scope, depth: int) -> str:
            items = [self.expr("fn", scope, depth) for _ in range(self.number(1, 3))]
            if self.chance(20):
                items.append(f"*{self.expr('fns', scope, depth)}")
            form = self.pick(("[{}]", "[{}]", "({},)"))
            return form.format(", ".join(items))

        def comprehension(scope: _Scope, depth: int) -> str:
            scope = scope.closed()
            name = self.fresh("c")
            inner = _Scope({**scope.names, name: "fn"}, scope.typed)
            items = self.expr(self.pick(("fns", "many")), scope, depth)
            return f"[{self.expr('fn', inner, depth)} for {name} in {items}]"

        def values(scope: _Scope, depth: int) -> str:
            return f"list({self.expr('table', scope, depth)}.values())"

        def listed(scope: _Scope, depth: int) -> str:
            return f"list({self.expr('many', scope, depth)})"

        def joined(scope: _Scope, depth: int) -> str:
            one, other = (f"list({self.expr('fns', scope, depth)})" for _ in range(2))
            return f"({one} + {other})"

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("fns", scope, depth)

        return [display, display, display, comprehension, values, listed, joined, typed]

    def _table_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def display(scope: _Scope, depth: int) -> str:
            one, other = self.expr("fn", scope, depth), self.expr("fn", scope, depth)
            if self.chance(25):
                return f"dict(a={one}, b={other})"
            return f'{{"a": {one}, "b": {other}}}'

        def merged(scope: _Scope, depth: int) -> str:
            table, fn = self.expr("table", scope, depth), self.expr("fn", scope, depth)
            return self.pick((f'{{**{table}, "b": {fn}}}', f'({table} | {{"a": {fn}}})'))

        def comprehension(scope: _Scope, depth: int) -> str:
            scope = scope.closed()
            name, value = self.fresh("c"), self.fresh("c")
            inner = _Scope({**scope.names, value: "fn"}, scope.typed)
            table = self.expr("table", scope, depth)
            made = self.expr("fn", inner, depth)
            return f"{{{name}: {made} for {name}, {value} in {table}.items()}}"

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("table", scope, depth)

        return [display, display, merged, comprehension, typed]

    def _many_makers(self) -> list[Callable[[_Scope, int], str | None]]:
        def fns(scope: _Scope, depth: int) -> str:
            return self.expr("fns", scope, depth)

        def obj(scope: _Scope, depth: int) -> str | None:
            return self.expr("obj", scope, depth) if self.classes else None

        def generator(scope: _Scope, depth: int) -> str:
            scope = scope.closed()
            name = self.fresh("c")
            inner = _Scope({**scope.names, name: "fn"}, scope.typed)
            items = self.expr("fns", scope, depth)
            return f"({self.expr('fn', inner, depth)} for {name} in {items})"

        def typed(scope: _Scope, depth: int) -> str | None:
            return self._typed_call("many", scope, depth)

        return [fns, obj, generator, typed, typed]

    # Statements

    def shape(self) -> str:
        shapes = _SHAPES if self.classes else [s for s in _SHAPES if s not in ("obj", "cls")]
        return self.pick(shapes)

    def body(self, scope: _Scope, low: int, high: int) -> None:
        """So many statements, at least one line."""
        before = len(self._lines)
        for _ in range(self.number(low, high)):
            if self._room > 0:
                self._room -= 1
                self.statement(scope)
        if len(self._lines) == before:
            self.line("pass")

    def statement(self, scope: _Scope) -> None:
        makers = (
            [self._assign] * 4
            + [self._again] * 3
            + [self._bare] * 4
            + [self._if, self._for, self._try, self._with, self._unpack, self._while]
            + [self._patch, self._grow, self._nested, self._match]
        )
        makers[self.number(0, len(makers) - 1)](scope)

    def _bind(self, scope: _Scope, name: str, shape: str) -> None:
        scope.names[name] = shape
        scope.own[name] = shape

    def _assign(self, scope: _Scope) -> None:
        shape = self.shape()
        name = self.fresh("v")
        self.line(f"{name} = {self.expr(shape, scope)}")
        self._bind(scope, name, shape)

    def _again(self, scope: _Scope) -> None:
        names = [name for name, of in scope.own.items() if of != "any"]
        if not names or (self._is_tame and not scope.level):
            return self._assign(scope)
        name = self.pick(names)
        return self.line(f"{name} = {self.expr(scope.own[name], scope)}")

    def _bare(self, scope: _Scope) -> None:
        self.line(self.expr("any", scope))

    def _unpack(self, scope: _Scope) -> None:
        one, other = self.fresh("v"), self.fresh("v")
        if self.chance(50):
            of_one, of_other = self.shape(), self.shape()
            values = f"{self.expr(of_one, scope)}, {self.expr(of_other, scope)}"
            self.line(f"{one}, {other} = {values}")
        else:
            of_one, of_other = "fn", "any"
            self.line(f"{one}, *{other} = {self.expr('fns', scope)}")
        self._bind(scope, one, of_one)
        self._bind(scope, other, of_other)

    def _if(self, scope: _Scope) -> None:
        name, shape = self.fresh("v"), self.shape()
        condition = self.condition(scope, 2)
        for head in (f"if {condition}:", "else:"):
            with self.block(head):
                inner = self._within(scope)
                self.body(inner, 0, 2)
                if shape == "fn" and self.chance(50):
                    self._function(inner, name)
                else:
                    self.line(f"{name} = {self.expr(shape, inner)}")
        self._bind(scope, name, shape)

    def _within(self, scope: _Scope) -> _Scope:
        """A block that may not run: it binds names for itself."""
        return _Scope(
            dict(scope.names),
            dict(scope.typed),
            dict(scope.own),
            scope.level,
            scope.method,
            scope.has_base,
            scope.of_module,
        )

    def _for(self, scope: _Scope) -> None:
        name = self.fresh("v")
        inner = self._within(scope)
        items = self.expr(self.pick(("fns", "many")), scope)
        if self.chance(25):
            with self.block(f"for {self.fresh('i')}, {name} in enumerate({items}):"):
                self._bind(inner, name, "fn")
                self.body(inner, 1, 2)
            return
        with self.block(f"for {name} in {items}:"):
            self._bind(inner, name, "fn")
            self.body(inner, 1, 2)
            if self.chance(20):
                self.line(self.pick(("break", "continue")))

    def _while(self, scope: _Scope) -> None:
        name = self.fresh("i")
        self.line(f"{name} = 2")
        with self.block(f"while {name}:"):
            self.line(f"{name} -= 1")
            self.body(self._within(scope), 1, 3)

    def _try(self, scope: _Scope) -> None:
        name, error = self.fresh("v"), self.fresh("e")
        with self.block("try:"):
            inner = self._within(scope)
            self.body(inner, 0, 2)
            self.line(f"{name} = {self.expr('fn', inner)}")
            self.line(
                self.pick(
                    (f"raise ValueError({self.expr('any', inner)})", "pass", "[][0]", "int('x')")
                )
            )
        with self.block(f"except Exception as {error}:"):
            inner = self._within(scope)
            self.body(inner, 0, 2)
            self.line(f"{name} = {self.expr('fn', inner)}")
        if self.chance(30):
            with self.block("finally:"):
                self.body(self._within(scope), 1, 2)
        self._bind(scope, name, "fn")

    def _with(self, scope: _Scope) -> None:
        if not self.classes:
            return self._bare(scope)
        name = self.fresh("v")
        with self.block(f"with {self.expr('obj', scope)} as {name}:"):
            inner = self._within(scope)
            self._bind(inner, name, "fn")
            self.body(inner, 1, 2)
        return self._bind(scope, name, "fn")

    def _match(self, scope: _Scope) -> None:
        name, shape = self.fresh("v"), self.shape()
        with self.block(f"match {self.expr('any', scope)}:"):
            for pattern in ("0 | None", "int()", "_"):
                with self.block(f"case {pattern}:"):
                    self.line(f"{name} = {self.expr(shape, scope)}")
        self._bind(scope, name, shape)

    def _patch(self, scope: _Scope) -> None:
        """Somebody else's attribute is bound again."""
        if self._is_tame:
            self._bare(scope)
        elif self._bound and self.chance(40):
            name = self.pick(list(self._bound))
            self.line(f"{name} = {self.expr(self._bound[name], scope)}")
        elif not self.classes:
            self._bare(scope)
        elif self.chance(60):
            obj = self.expr("obj", scope)
            name = self.pick(("hook", *_METHODS))
            if self.chance(20):
                self.line(f'setattr({obj}, "{name}", {self.expr("fn", scope)})')
            else:
                self.line(f"{obj}.{name} = {self.expr('fn', scope)}")
        else:
            cls, name = self.expr("cls", scope), self.pick(("hook", *_METHODS))
            self.line(f"{cls}.{name} = {self.expr('fn', scope)}")

    def _grow(self, scope: _Scope) -> None:
        names = [name for name, of in scope.names.items() if of in ("fns", "table")]
        if not names:
            return self._assign(scope)
        name = self.pick(names)
        fn = self.expr("fn", scope)
        if scope.names[name] == "table":
            return self.line(
                self.pick(
                    (
                        f'{name}["{self.pick(("a", "b", "d"))}"] = {fn}',
                        f"{name}.update(b={fn})",
                        f'{name}.setdefault("d", {fn})',
                    )
                )
            )
        copy = self.fresh("v")
        self.line(f"{copy} = list({name})")
        self.line(
            self.pick(
                (
                    f"{copy}.append({fn})",
                    f"{copy}.insert(0, {fn})",
                    f"{copy}[0] = {fn}",
                    f"{copy}.extend([{fn}])",
                    f"{copy} += [{fn}]",
                )
            )
        )
        return self._bind(scope, copy, "fns")

    def _nested(self, scope: _Scope) -> None:
        if scope.level > 2:
            return self._bare(scope)
        if self.chance(60):
            return self._function(scope, self.fresh("f"))
        return self._typed_function(scope, self.fresh("g"))

    # Definitions

    def _function(self, scope: _Scope, name: str) -> None:
        """One that can be called with up to two arguments."""
        parameter = self.fresh("p")
        for _ in range(self.number(0, 1) if self.chance(35) else 0):
            self._decorate(scope)
        head = self.pick((f"{parameter}=None, *rest", f"{parameter}=None, *rest, **named"))
        with self.block(f"def {name}({head}):"):
            inner = scope.inner()
            inner.names[parameter] = "any"
            self._rebind_outer(scope, inner)
            self.body(inner, 0, 3)
            self._leave("any", inner)
        self._bind(scope, name, "fn")

    def _decorate(self, scope: _Scope) -> None:
        if self._decorators:
            index = self.number(0, len(self._decorators) - 1)
            name, takes = self._decorators[index]
            self.line(f"@{name}({self.expr('fn', scope, 1)})" if takes else f"@{name}")

    def _rebind_outer(self, scope: _Scope, inner: _Scope) -> None:
        """A name of the scope around, which this function may bind again."""
        names = [name for name, of in scope.own.items() if of != "any" and "." not in name]
        if names and self.chance(20):
            name = self.pick(names)
            is_global = not scope.level or name in scope.of_module
            if is_global and self._is_tame:
                return
            self.line(f"{'global' if is_global else 'nonlocal'} {name}")
            inner.own[name] = inner.names[name]
            inner.of_module = frozenset([name] if is_global else [])

    def _leave(self, shape: str, scope: _Scope) -> None:
        if self.chance(15):
            with self.block(f"if {self.condition(scope, 1)}:"):
                self.line(f"return {self.expr(shape, scope)}")
        self.line(f"return {self.expr(shape, scope)}")

    def _typed_function(self, scope: _Scope, name: str) -> None:
        parameters = tuple((self.fresh("q"), self.shape()) for _ in range(self.number(0, 3)))
        defaults = self.number(0, len(parameters)) if self.chance(40) else 0
        required = len(parameters) - defaults
        head = [key for key, _ in parameters[:required]]
        head += [f"{key}={self.expr(of, scope, 1)}" for key, of in parameters[required:]]
        is_generator = self.chance(25)
        result = "many" if is_generator else self.shape()
        with self.block(f"def {name}({', '.join(head)}):"):
            inner = scope.inner()
            inner.names.update(parameters)
            self._rebind_outer(scope, inner)
            self.body(inner, 0, 3)
            if is_generator:
                self.line(f"yield {self.expr('fn', inner)}")
                if self.chance(40):
                    self.line(f"yield from {self.expr('fns', inner)}")
            else:
                self._leave(result, inner)
        scope.typed[name] = _Typed(parameters, defaults, result, is_generator)

    def decorator(self, scope: _Scope) -> None:
        name, takes = self.fresh("d"), self.chance(30)
        fn, inner_name, argument = self.fresh("q"), self.fresh("w"), self.fresh("q")
        inner = scope.inner()
        if takes:
            self.line(f"def {name}({argument}):")
            self._indent += 1
            inner.names[argument] = "fn"
        with self.block(f"def {inner_name if takes else name}({fn}):"):
            inner.names[fn] = "fn"
            wrapper = self.fresh("w")
            if self.chance(70):
                if self.chance(40):
                    self.line(f"@functools.wraps({fn})")
                with self.block(f"def {wrapper}(*args, **named):"):
                    self.body(inner.inner(), 0, 1)
                    self.line(f"return {fn}(*args, **named)")
                self.line(f"return {wrapper}")
            else:
                self.body(inner, 0, 2)
                self.line(f"return {fn if self.chance(60) else self.expr('fn', inner)}")
        if takes:
            self.line(f"return {inner_name}")
            self._indent -= 1
        self._decorators.append((name, takes))

    def class_(self, scope: _Scope, bases: Sequence[str] = ()) -> str:
        name = self.fresh("C")
        base = f"({', '.join(bases)})" if bases else ""
        is_root = not bases
        with self.block(f"class {name}{base}:"):
            methods = [m for m in _METHODS if is_root or self.chance(40)]
            if is_root:
                self.line(f"hook = {self.expr('fn', scope, 1)}")
                self.line(f"value = {self.number(0, 1)}")
            elif not methods:
                self.line("pass")
            if is_root or self.chance(25):
                with self.block("def __init__(self, given=None):"):
                    if not is_root:
                        self.line("super().__init__(given)")
                    with self.block("if given is not None:"):
                        self.line("self.hook = given")
            inner = scope.inner()
            inner.names["self"] = "obj"
            inner.has_base = not is_root
            self.classes.append(name)  # its methods may make it
            inner.names[name] = "cls"
            for method in methods:
                self._method(inner, method)
            self._protocol(inner, is_root)
        self._bind(scope, name, "cls")
        return name

    def _method(self, scope: _Scope, name: str) -> None:
        parameter = self.fresh("p")
        with self.block(f"def {name}(self, {parameter}=None, *rest):"):
            inner = _Scope(
                {**scope.names, parameter: "any"},
                dict(scope.typed),
                level=scope.level,
                method=name,
                has_base=scope.has_base,
            )
            self.body(inner, 0, 2)
            self._leave("any", inner)

    def _protocol(self, scope: _Scope, is_root: bool) -> None:
        own = [(name, is_root or self.chance(15)) for name in self.operators]
        for name in [name for name, is_given in own if is_given]:
            with self.block(f"def {name}(self, *other):"):
                self.line(self.expr("any", scope, 2))
                self.line(f"return {_RESULTS.get(name) or self.expr('any', scope, 1)}")
        simple = (
            ("", "__call__(self, given=None, *rest)", f"return {self.expr('any', scope, 2)}"),
            ("@property", "chosen(self)", f"return {self.expr('fn', scope, 2)}"),
            ("@staticmethod", "plain(given=None, *rest)", "return given"),
            ("@classmethod", "of_class(cls, given=None, *rest)", "return cls.make().first()"),
            ("@classmethod", "make(cls)", "return cls()"),
            ("", "same(self)", f"return {self.pick(('self', 'type(self)()', 'self.make()'))}"),
            ("", "__iter__(self)", f"yield {self.expr('fn', scope, 2)}"),
            ("", "__enter__(self)", f"return {self.expr('fn', scope, 2)}"),
            ("", "__exit__(self, *error)", self.expr("any", scope, 1)),
        )
        for decorator, head, body in simple:
            if is_root or self.chance(15):
                if decorator:
                    self.line(decorator)
                with self.block(f"def {head}:"):
                    self.line(body)

    def enter_main(self, lib: _Scope, scope: _Scope) -> None:
        """What `lib` defines goes by other names from here on."""
        self.classes = [name for name, shape in scope.names.items() if shape == "cls"]
        self._decorators = [(f"lib.{name}", takes) for name, takes in self._decorators]
        self._bound = {
            f"lib.{name}": shape for name, shape in lib.own.items() if shape not in ("any", "cls")
        }

    def definitions(self, scope: _Scope, low: int, high: int) -> None:
        for _ in range(self.number(low, high)):
            match self.number(0, 6):
                case 0 | 1:
                    self._function(scope, self.fresh("f"))
                case 2 | 3:
                    self._typed_function(scope, self.fresh("g"))
                case 4:
                    self.decorator(scope)
                case 5 if self.classes:
                    bases = [name for name in self.classes if "." in name or name in scope.own]
                    self.class_(scope, [self.pick(bases or self.classes)])
                case _:
                    self.class_(scope)


def _seen_from_main(writer: _Writer, lib: _Scope) -> tuple[list[str], _Scope]:
    """The imports of `main.py`, and the names that they bind."""
    lines = ["import functools", "import lib"]
    scope = _Scope()
    everything = writer.chance(15)
    if everything:
        lines.append("from lib import *")
    for name, shape in lib.names.items():
        way = writer.number(0, 3)
        if everything or way == 0:
            if not everything:
                lines.append(f"from lib import {name}")
            scope.names[name] = shape
        elif way == 1:
            lines.append(f"from lib import {name} as {name}_")
            scope.names[f"{name}_"] = shape
        else:
            scope.names[f"lib.{name}"] = shape
    for name, typed in lib.typed.items():
        scope.typed[f"lib.{name}"] = typed
    return lines, scope


def random_program(seed: int, room: int, is_tame: bool = False) -> dict[str, str]:
    """The text of each file.

    Args:
        room: How many statements there are within blocks, at most.
        is_tame: Names of modules are bound once, and nobody patches classes, objects and modules.
    """
    writer = _Writer(Random(seed), room, is_tame)
    writer.operators = [name for name in _OPERATORS if writer.chance(25)]
    lib = _Scope()
    writer.line("import functools")
    writer.line("")
    if writer.chance(75):
        writer.class_(lib)
    writer.definitions(lib, 0, 4)
    writer.body(lib, 0, 2)
    files = {"lib.py": writer.take()}
    imports, scope = _seen_from_main(writer, lib)
    for line in imports:
        writer.line(line)
    writer.line("")
    writer.enter_main(lib, scope)
    writer.definitions(scope, 0, 4)
    writer.body(scope, 3, 8)
    files["main.py"] = writer.take()
    return files
