"""What is known of a library beyond its names: files of Python, loaded by path in the target.

A recipe is named after its library (`tensorflow.py`). It is run when the library's stand-in is
imported first, as if it were a module of that name. What it may define is told in the folder's
README; names are absolute and dotted.

    VERSION = "2.18.0"                                  # what `__version__` says
    ALIASES = {"tensorflow.compat.v2": "tensorflow"}    # another way to the same things
    ABSENT = ["tensorflow.contrib"]                     # names that the library has not
    DECORATORS = ["tensorflow.function"]                # they give back what they are given
    NAMES = {"tensorflow.constant": constant}           # the real things of the recipe
"""

from __future__ import annotations

import os
import sys
from types import FunctionType, ModuleType
from typing import Any

from ..codes import HAS_QUALNAME
from .bases import TOOLKIT, Base, InventedType, _Lenient
from .invented import Invented
from .uses import Context

_NAMED = "__stand_in_path__"
_open, _read, _close, _fstat = os.open, os.read, os.close, os.fstat


class Recipes:
    """The recipes of a run; of several for one library the later one's entries win."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        self._files = files  # library: the recipes' paths, ours first
        self._loaded: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._absent: set[str] = set()
        self._decorators: set[str] = set()
        self._names: dict[str, Any] = {}
        self._namespaces: set[str] = set()
        self._versions: dict[str, str] = {}

    def knows(self, library: str) -> bool:
        return library in self._files

    def load(self, library: str) -> None:
        """Run the recipes of a library, once."""
        if library in self._loaded:
            return
        self._loaded.add(library)
        if TOOLKIT not in sys.modules:
            sys.modules[TOOLKIT] = _toolkit()
        for path in self._files.get(library, ()):
            try:
                self._run(library, path)
            except Exception as error:
                Context.uses.told(
                    f"the recipe for {library} could not be used: {type(error).__name__}: {error}"
                )

    def canonical(self, path: str) -> str:
        """The one name of a thing that can be reached by several."""
        head = path
        while head:
            known = self._aliases.get(head)
            if known is not None:
                self.load(known.partition(".")[0])
                return self.canonical(known + path[len(head) :])
            head = head.rpartition(".")[0]
        return path

    def is_absent(self, path: str) -> bool:
        return path in self._absent

    def is_decorator(self, path: str) -> bool:
        return path.rstrip("()") in self._decorators

    def given(self, path: str) -> tuple[bool, Any]:
        """Whether a recipe gives this, and what it gives."""
        return path in self._names, self._names.get(path)

    def is_namespace(self, path: str) -> bool:
        """Whether a recipe gives something below this name: then the library has it."""
        return path in self._namespaces

    def version(self, library: str) -> str:
        return self._versions.get(library, "0.0.0")

    def _run(self, library: str, path: str) -> None:
        descriptor = _open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            source = _read(descriptor, _fstat(descriptor).st_size)
        finally:
            _close(descriptor)
        # Its frames bear the library's name, and lie in no file below the target's root.
        scope: dict[str, Any] = {"__name__": library, "__doc__": None, "__package__": library}
        exec(compile(source, _file_of(library), "exec", dont_inherit=True), scope)
        self._versions[library] = str(scope.get("VERSION", self.version(library)))
        self._aliases.update(scope.get("ALIASES", {}))
        self._absent.update(scope.get("ABSENT", ()))
        self._decorators.update(scope.get("DECORATORS", ()))
        for name, thing in scope.get("NAMES", {}).items():
            self._names[name] = thing
            _rename(thing, name, library)
        for name in (*scope.get("NAMES", {}), *scope.get("ALIASES", {})):
            while name := name.rpartition(".")[0]:
                self._namespaces.add(name)


def _toolkit() -> ModuleType:
    """What a recipe imports as `tracer_stand_in`."""
    module = ModuleType(TOOLKIT)
    module.__dict__.update(
        Base=Base,
        InventedType=InventedType,
        _Lenient=_Lenient,
        invent=lambda path: Invented(path),
        is_invented=lambda thing: type(thing) is Invented,
        note=lambda text: Context.uses.told(text),
        use=lambda path: Context.uses.note(path, "recipe"),
    )
    return module


def _rename(thing: Any, name: str, library: str) -> None:
    """Let a class or function be called as the library calls it, in pickles and in frames."""
    if not isinstance(thing, (type, FunctionType)) or thing.__module__ != library:
        return
    if _NAMED in thing.__dict__:
        return  # a second name: the first stands
    qualname = name[len(library) + 1 :]
    thing.__qualname__, thing.__name__ = qualname, qualname.rpartition(".")[2]
    setattr(thing, _NAMED, name)
    if isinstance(thing, FunctionType):
        _name_code(thing, qualname)
        return
    for value in list(thing.__dict__.values()):
        for each in (value, getattr(value, "__func__", None), getattr(value, "fget", None)):
            if isinstance(each, FunctionType) and each.__code__.co_filename == _file_of(library):
                _name_code(each, f"{qualname}.{each.__name__}")


def _name_code(function: FunctionType, qualname: str) -> None:
    names = {"co_name": qualname.rpartition(".")[2]}
    if HAS_QUALNAME:
        names["co_qualname"] = qualname
    function.__code__ = function.__code__.replace(**names)  # type: ignore[arg-type]


def _file_of(library: str) -> str:
    return f"<stand-in {library}>"
