"""Code that libraries make at run time, and functions that only hand a call on.

Where a library says what it made its code of, the code stands for that; else it is hidden: not
recorded, and counted. All that is known of libraries comes with the job.
"""

from __future__ import annotations

from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

identity = object.__hash__
_fields = type.__dict__["__dict__"].__get__
_mro = type.__dict__["__mro__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_MOST_PATHS = 50_000
_LONGEST_WAY = 8  # wrappers around one function


class Origin:
    """What a library made a code object of."""

    __slots__ = ("code", "is_folded", "lines", "made", "runtime")

    def __init__(
        self,
        made: CodeType,
        code: CodeType,
        lines: dict[int, int],
        runtime: list[str],
        is_folded: bool = False,
    ) -> None:
        self.made = made
        self.code = code
        self.lines = lines  # of the made code -> of the code that it was made of
        self.runtime = runtime  # beginnings of names that only the made code calls
        self.is_folded = is_folded  # a part of the function around it: the branch of an `if`


class Generated:
    """What was met of such code."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.origins: dict[int, Origin] = {}  # identity of the made code ->
        self.hidden: dict[int, tuple[CodeType, dict[str, Any]]] = {}  # -> the code, its rule
        self.met: list[tuple[CodeType, str, dict[str, Any]]] = []  # hidden and called; its module
        self.names: dict[int, str] = {}  # of hidden methods: `Point.__init__`
        self._by_path: dict[str, list[dict[str, Any]]] = {}
        self._rules: list[dict[str, Any]] = table.get("code", [])
        self._wrappers: dict[str, str] = table.get("wrappers", {})

    def is_hidden(self, frame: FrameType) -> bool:
        """Whether a function of a module in scope is a library's, of which no more is known."""
        code = frame.f_code
        code_id = identity(code)
        if code_id in self.hidden:
            self._meet(frame, code, self.hidden[code_id][1])
            return True
        if code_id in self.origins:
            return False
        for rule in self._rules_of(code):
            makers = rule["makers"]
            if not makers:
                if not self._find_origin(frame, code, rule):
                    self.hidden[code_id] = code, rule
                    self._meet(frame, code, rule)
                    return True
                return False
            back = frame.f_back
            if code.co_name == "<module>" and back is not None and _module_of(back) in makers:
                for each in (code, *_codes_in(code)):
                    self.hidden[identity(each)] = each, rule
                return True
        return False

    def source_of(self, frame: FrameType) -> CodeType | None:
        """What the code of a frame was made of, where its library says so."""
        origin = self.origins.get(identity(frame.f_code))
        return None if origin is None else origin.code

    def is_known(self, code: CodeType) -> bool:
        """Whether the name of a code's file is that of code which libraries make."""
        return bool(self._rules_of(code))

    def _rules_of(self, code: CodeType) -> list[dict[str, Any]]:
        path = code.co_filename
        rules = self._by_path.get(path)
        if rules is None:
            if len(self._by_path) > _MOST_PATHS:
                self._by_path.clear()
            rules = self._by_path[path] = [
                rule
                for rule in self._rules
                if any(_fits(path, pattern) for pattern in rule["files"])
            ]
        return rules

    def wrapped_as(self, module: str, qualname: str) -> str:
        """The variable that holds the function behind a function that only hands calls on."""
        return self._wrappers.get(f"{module}.{qualname}", "")

    def is_wrapper(self, function: FunctionType) -> bool:
        """Whether what stands behind a function is another one, each time perhaps."""
        code = function.__code__
        module = dict.get(function.__globals__, "__name__")
        qualname = getattr(code, "co_qualname", code.co_name)
        return type(module) is str and bool(self.wrapped_as(module, qualname))

    def behind(self, frame: FrameType, variable: str) -> tuple[CodeType, str] | None:
        """The function behind the wrapper that a frame runs, and its module."""
        try:
            return self.behind_function(frame.f_locals[variable])
        except KeyError:
            return None

    def behind_function(self, function: Any) -> tuple[CodeType, str] | None:
        """A function, or what stands behind it where it is a wrapper, and its module."""
        for _ in range(_LONGEST_WAY):
            if type(function) is MethodType:
                function = function.__func__
            if type(function) is not FunctionType:
                return None
            code = function.__code__
            module = dict.get(function.__globals__, "__name__")
            if type(module) is not str:
                module = ""
            variable = self.wrapped_as(module, getattr(code, "co_qualname", code.co_name))
            if not variable:
                return code, module
            function = _closed_over(function, variable)
        return None

    def _meet(self, frame: FrameType, code: CodeType, rule: dict[str, Any]) -> None:
        name = code.co_name
        if name == "<module>" or name in rule["support"] or not name.startswith(rule["prefix"]):
            return  # no function that a program calls
        self._name(frame, identity(code))
        if all(each is not code for each, _, _ in self.met):
            self.met.append((code, _module_of(frame), rule))

    def _name(self, frame: FrameType, code_id: int) -> None:
        """Give a hidden method the name that its class has for it."""
        code = frame.f_code
        if code_id in self.names or not code.co_argcount:
            return
        try:
            kind = type(frame.f_locals[code.co_varnames[0]])
        except KeyError:
            return
        for base in _mro(kind):
            for name, value in _fields(base).items():
                while type(value) is FunctionType:
                    if value.__code__ is code:
                        self.names[code_id] = f"{_qualname(base)}.{name}"
                        return
                    value = dict.get(value.__dict__, "__wrapped__")

    def _find_origin(self, frame: FrameType, code: CodeType, rule: dict[str, Any]) -> bool:
        back = frame.f_back
        if back is None or not rule["found_as"]:
            return False
        try:
            made, source = back.f_locals[rule["found_as"]], back.f_locals[rule["made_of"]]
        except KeyError:
            return False
        if type(source) is MethodType:
            source = source.__func__
        if type(made) is not FunctionType or type(source) is not FunctionType:
            return False
        if made.__code__ is not code:
            return False
        source_map = dict.get(made.__dict__, rule["source_map"])
        original = source.__code__
        if type(source_map) is not dict:
            return False
        lines: dict[int, int] = {}
        for place, told in list(source_map.items()):
            origin = _item(told, 0)
            path, line, made_line = _item(origin, 0), _item(origin, 1), _item(place, 1)
            if type(path) is str and type(line) is int and type(made_line) is int:
                lines[made_line] = line if path == original.co_filename else 0
        self._map(Origin(code, original, lines, rule["runtime"]))
        return True

    def _map(self, origin: Origin) -> None:
        """Keep where a code object comes from, and those in it."""
        made, original = origin.made, origin.code
        self.origins[identity(made)] = origin
        by_name: dict[str, list[CodeType]] = {}
        for each in original.co_consts:
            if type(each) is CodeType and not each.co_name.startswith("<"):
                by_name.setdefault(each.co_name, []).append(each)
        for inner in made.co_consts:
            if type(inner) is CodeType:
                known = by_name.get(inner.co_name, [])
                is_folded = len(known) != 1
                source = original if is_folded else known[0]
                self._map(Origin(inner, source, origin.lines, origin.runtime, is_folded))


def _item(value: Any, index: int) -> Any:
    """An item of a tuple, also of a named one."""
    if issubclass(type(value), tuple) and tuple.__len__(value) > index:
        return tuple.__getitem__(value, index)
    return None


def _closed_over(function: FunctionType, variable: str) -> Any:
    """What a function's closure holds under a name."""
    cells = function.__closure__ or ()
    for name, cell in zip(function.__code__.co_freevars, cells, strict=False):
        if name == variable:
            try:
                return cell.cell_contents
            except ValueError:  # empty
                return None
    return None


def _codes_in(code: CodeType) -> list[CodeType]:
    found = []
    for each in code.co_consts:
        if type(each) is CodeType:
            found += [each, *_codes_in(each)]
    return found


def _fits(text: str, pattern: str) -> bool:
    """Whether a text is as a pattern says, in which `*` stands for any text."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    position = len(first)
    for part in rest[:-1]:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= position


def _module_of(frame: FrameType) -> str:
    name = dict.get(frame.f_globals, "__name__")
    return name if type(name) is str else ""
