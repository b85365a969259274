"""The one kind of thing that stands for whatever is not there.

Its dotted name says where it came from: `tensorflow.keras.Model`, `tensorflow.random.normal()`. A
name of a module can be called, inherited from, subscripted, pickled by reference; what a call gives
goes on as a number, a sequence, a context, an array. Answers are fixed: the same program gets the
same ones in every run.
"""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

from .bases import CLASSES, make_base, make_exception, needs_plain_base
from .bytecode import answer_that_goes_on, names_metaclass, unpacked_length
from .names import attribute_of, call_of, is_class_like, is_exception, item_of
from .uses import Context

_get_frame = sys._getframe
VALUE_MAKER = "stand_in_value"
_LENGTH = 2  # of what is iterated: the second round shows what the first has changed
_KEY_TYPES = (str, int, bool, float, tuple, type(None))


class Invented:
    """A name or a value that somebody needed and nobody has."""

    def __init__(self, path: str, root: str = "", maker: Any = None) -> None:
        fields = self.__dict__
        fields["_path"] = path
        fields["_root"] = root  # the module from which attributes alone lead here; "": a value
        fields["_maker"] = maker  # what was called to get this
        fields["_items"] = {}
        fields["_bases"] = {}
        fields["_left"] = _LENGTH
        fields["__name__"] = path.rpartition(".")[2]
        fields["__module__"] = root or path.partition(".")[0]
        fields["__qualname__"] = path.partition(".")[2] or path
        fields["__doc__"] = None

    # Attributes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"stand-in {self._path} has no attribute {name!r}")
        path = attribute_of(self._path, name)
        is_dtype = name == "dtype" and (self._root or self._path.endswith(".dtype"))
        if is_dtype and "numpy" in sys.modules:  # which wants to know what it is
            return sys.modules["numpy"].dtype(float)
        if name in CLASSES:
            return self.stand_in_classes(is_plain=name != CLASSES[0])[0]
        if self._root:
            return look_up(path, self._root)
        Context.uses.note(path, "attribute")
        found = self.__dict__[name] = self if path == self._path else Invented(path)
        return found

    @property
    def __bases__(self) -> tuple[type, ...]:
        return (object,)

    # Calls and classes

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        path = self._path
        Context.uses.note(path, "call")
        if len(arguments) == 1 and not keywords:
            decorated = arguments[0]
            if _is_decorated(decorated, path, _get_frame(1)):
                return decorated
        if len(arguments) == 3 and type(arguments[0]) is str and type(arguments[2]) is dict:
            name, bases, namespace = arguments
            if "__qualname__" in namespace:  # `class X(metaclass=lib.Meta)`
                return type(name, bases, namespace)
        return Invented(call_of(path), "", self)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        Context.uses.note(self._path, "inherit")
        is_plain = needs_plain_base(bases) or names_metaclass(_get_frame(1).f_code)
        return self.stand_in_classes(is_plain)

    def stand_in_classes(self, is_plain: bool) -> tuple[type, ...]:
        """The real classes behind this name, the same ones each time."""
        if is_plain not in self._bases:
            self._bases[is_plain] = make_base(self._path, is_plain)
        found: tuple[type, ...] = self._bases[is_plain]
        return found

    def __instancecheck__(self, instance: Any) -> bool:
        Context.uses.note(self._path, "isinstance")
        if type(instance) is Invented:
            return instance._maker is self
        return any(isinstance(instance, bases) for bases in self._bases.values())

    def __subclasscheck__(self, subclass: Any) -> bool:
        if type(subclass) is Invented:
            return subclass is self
        return any(issubclass(subclass, bases) for bases in self._bases.values())

    # Truth, text, numbers

    def __bool__(self) -> bool:
        Context.uses.note(self._path, "truth")
        goes_on = answer_that_goes_on(_get_frame(1))
        return Context.uses.answer(self._path) if goes_on is None else goes_on

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return hash(self._path)

    def __repr__(self) -> str:
        return f"<stand-in {self._path}>"

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        for value in (repr(self), 1.0, 1):
            try:
                return format(value, form)
            except (ValueError, TypeError):
                continue
        return repr(self)

    def __fspath__(self) -> str:
        return "stand-in-" + "".join(c if c.isalnum() else "_" for c in self._path)

    def __int__(self) -> int:
        Context.uses.note(self._path, "convert")
        return 1

    __index__ = __trunc__ = __floor__ = __ceil__ = __int__

    def __round__(self, _digits: int = 0) -> int:
        return int(self)

    def __float__(self) -> float:
        Context.uses.note(self._path, "convert")
        return 1.0

    def __complex__(self) -> complex:
        Context.uses.note(self._path, "convert")
        return 1 + 0j

    # Sequences and mappings

    def __len__(self) -> int:
        Context.uses.note(self._path, "length")
        return _LENGTH

    def __length_hint__(self) -> int:
        return _LENGTH

    def __iter__(self) -> Any:
        Context.uses.note(self._path, "iterate")
        wanted = unpacked_length(_get_frame(1))
        path = item_of(self._path)
        return iter([Invented(path) for _ in range(_LENGTH if wanted is None else wanted)])

    __reversed__ = __iter__

    def __next__(self) -> Any:
        Context.uses.note(self._path, "iterate")
        if not self._left:
            self.__dict__["_left"] = _LENGTH
            raise StopIteration
        self.__dict__["_left"] -= 1
        return Invented(item_of(self._path))

    def __contains__(self, item: object) -> bool:
        Context.uses.note(self._path, "contains")
        return type(item) in _KEY_TYPES and _hashable(item) and item in self._items

    def __getitem__(self, key: Any) -> Any:
        Context.uses.note(self._path, "item")
        if type(key) in _KEY_TYPES and _hashable(key) and key in self._items:
            return self._items[key]
        return Invented(item_of(self._path), "", self._maker)

    def __setitem__(self, key: Any, value: Any) -> None:
        Context.uses.note(self._path, "item")
        if type(key) in _KEY_TYPES and _hashable(key):
            self._items[key] = value

    def __delitem__(self, key: Any) -> None:
        if type(key) in _KEY_TYPES and _hashable(key):
            self._items.pop(key, None)

    # Contexts and asynchronous use

    def __enter__(self) -> Any:
        Context.uses.note(self._path, "enter")
        return self

    def __exit__(self, *_error: Any) -> None:
        return None

    async def __aenter__(self) -> Any:
        Context.uses.note(self._path, "enter")
        return self

    async def __aexit__(self, *_error: Any) -> None:
        return None

    def __await__(self) -> Any:
        Context.uses.note(self._path, "await")
        yield from ()
        return self if self._maker is None else Invented(self._path)

    def __aiter__(self) -> Any:
        Context.uses.note(self._path, "iterate")
        return _AsynchronousItems(item_of(self._path))

    # Copies and pickles

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, _memo: Any) -> Any:
        return self

    def __reduce_ex__(self, _protocol: Any) -> Any:
        if self._root:
            return self.__qualname__  # by reference: where the library is, the real thing is read
        return sys.modules[self.__module__].__dict__[VALUE_MAKER], (self._path,)

    # NumPy

    __array_priority__ = 1e6

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        Context.uses.note(self._path, "array")
        numpy = sys.modules["numpy"]
        return numpy.ones(_LENGTH, dtype=dtype)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        Context.uses.note(self._path, "arithmetic")
        if keywords.get("out") is not None:
            return keywords["out"][0]
        if function.__name__ in ("isnan", "isinf"):
            return False
        return Invented(self._path)

    def __array_function__(self, function: Any, *_how: Any) -> Any:
        Context.uses.note(self._path, "arithmetic")
        return Invented(self._path)


class _AsynchronousItems:
    """`async for` over something invented."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._left = _LENGTH

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        return Invented(self._path)


_named: dict[str, Any] = {}


def look_up(path: str, root: str) -> Any:
    """The thing of a dotted name, the same one each time; what a recipe gives comes first.

    Raises:
        AttributeError: A recipe says that the library has no such name.
    """
    recipes = Context.recipes
    path = recipes.canonical(path)
    if recipes.is_absent(path):
        owner, _, name = path.rpartition(".")
        raise AttributeError(f"module {owner!r} has no attribute {name!r} (stand-in)")
    is_given, given = recipes.given(path)
    if is_given:
        Context.uses.note(path, "recipe")
        return given
    module = sys.modules.get(path)
    if module is not None and is_stand_in(module):
        return module
    if not recipes.is_namespace(path):
        Context.uses.note(path, "attribute")
    found = _named.get(path)
    if found is None:
        root = path.partition(".")[0]
        if is_exception(path):
            found = make_exception(path, root, path.partition(".")[2])
        else:
            found = Invented(path, root)
        _named[path] = found
    return found


def value_maker(module: str) -> Any:
    """The function that a pickle of an invented value names, in a module that is fabricated.

    Where the library is installed there is none, so that the pickle says what it holds.
    """

    def make(path: str) -> Any:
        return Invented(path)

    make.__module__, make.__name__, make.__qualname__ = module, VALUE_MAKER, VALUE_MAKER
    return make


def is_stand_in(thing: Any) -> bool:
    return type(thing).__name__ == "StandInModule" and hasattr(type(thing), "stand_in_mark")


Context.invent = Invented


def _hashable(key: Any) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


def _is_decorated(thing: Any, path: str, frame: Any) -> bool:
    """Whether a call decorates what it is given: then the program gets that back as it is.

    A function is decorated where its definition stands, or by what a recipe calls a decorator.
    """
    is_class = isinstance(thing, type)
    if not is_class and type(thing) not in (FunctionType, staticmethod, classmethod, property):
        return False
    if Context.recipes.is_decorator(path):
        return True
    if is_class:
        return not is_class_like(path)
    function = thing if type(thing) is FunctionType else getattr(thing, "__func__", None)
    function = getattr(thing, "fget", function)
    if type(function) is not FunctionType:
        return False
    code = function.__code__
    if code.co_name == "<lambda>" or code.co_filename != frame.f_code.co_filename:
        return False
    first: int = code.co_firstlineno  # of the first decorator
    body = min([line for _, _, line in code.co_lines() if line and line > first], default=first)
    return bool(first <= frame.f_lineno <= body)


def _arithmetic(name: str) -> Any:
    def operate(self: Invented, *_others: Any) -> Any:
        Context.uses.note(self._path, "arithmetic")
        return Invented(self._path)

    operate.__name__ = name
    return operate


for _name in (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow"),
    *("lshift", "rshift", "and", "xor", "or"),
):
    for _prefix in ("", "r", "i") if _name != "divmod" else ("", "r"):
        setattr(Invented, f"__{_prefix}{_name}__", _arithmetic(f"__{_prefix}{_name}__"))
for _name in ("neg", "pos", "abs", "invert", "lt", "le", "gt", "ge"):
    setattr(Invented, f"__{_name}__", _arithmetic(f"__{_name}__"))
del _name, _prefix
