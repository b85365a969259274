"""Fabricated modules, and the finder that comes after all others."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .bytecode import global_names
from .importing import importers, is_dispensable, is_only_asked
from .invented import VALUE_MAKER, is_stand_in, look_up, value_maker
from .uses import Context

AUTO = "auto"
_get_frame = sys._getframe


class StandInModule(ModuleType):
    """A module that has whatever name is looked up in it. It has no `__file__`."""

    stand_in_mark = True

    def __getattr__(self, name: str) -> Any:
        path = self.__name__
        if name == "__version__":
            return Context.recipes.version(path.partition(".")[0])
        if name == "__all__":
            return _wanted_names(_get_frame(1))
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module {path!r} has no attribute {name!r}")
        return look_up(f"{path}.{name}", path.partition(".")[0])

    def __dir__(self) -> list[str]:
        return sorted(name for name in self.__dict__ if not name.startswith("_"))

    def __reduce_ex__(self, _protocol: Any) -> Any:
        import importlib  # the target's

        return importlib.import_module, (self.__name__,)

    def __repr__(self) -> str:
        return f"<module {self.__name__!r} (stand-in)>"


class StandInFinder:
    """Asked when nobody else has found a module.

    A name that was asked for is fabricated always. With `auto`, a module is fabricated where the
    program would end without it: it is imported for good (`find_spec` only asks), by the target's
    own code or as a library that a recipe knows, and nobody on the way takes the ImportError and
    goes on. Modules of the tree, of the standard library and private ones are never fabricated.
    """

    def __init__(self, wanted: list[str], own_modules: list[str], is_own: Any) -> None:
        self._names = frozenset(wanted) - {AUTO}
        self._is_auto = AUTO in wanted
        self._own_modules = frozenset(own_modules)
        self._is_own = is_own

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        root, _, rest = name.partition(".")
        if rest:
            owner = sys.modules.get(root)
            recipes = Context.recipes
            if owner is None or not is_stand_in(owner) or recipes.is_absent(name):
                return None
        elif not (
            root in self._names
            or (self._is_auto and self._is_needed(root))
            or (Context.recipes.knows(root) and _is_recipe(_get_frame(1)))
        ):
            return None
        loader: Any = StandInLoader()
        return ModuleSpec(name, loader, origin="stand-in", is_package=True)

    def may_fabricate(self, name: str) -> bool:
        """Whether this is a library that was asked for, or that a recipe knows."""
        return name in self._names or (self._is_auto and Context.recipes.knows(name))

    def _is_needed(self, name: str) -> bool:
        if name.startswith("_") or name in sys.stdlib_module_names:
            return False
        frame = _get_frame(1)
        if is_only_asked(frame):
            return False
        frames = list(importers(frame))
        if not frames:
            return False
        if not (Context.recipes.knows(name) or self._is_own(frames[0])):
            return False
        if is_dispensable(frames, self._is_own):
            return False
        if name in self._own_modules:
            Context.uses.told(
                f"module {name} is missing, and the tree has one of that name: no stand-in"
            )
            return False
        return True


class NamespaceFinder:
    """Asked first, for a library that is missing while a mere folder bears its name.

    A folder `torch` without `__init__` beside a program is no PyTorch. Where that is installed, it
    wins; where it is not, the import system would take the folder for an empty package.
    """

    def __init__(self, finder: StandInFinder) -> None:
        self._finder = finder

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if "." in name or not self._finder.may_fabricate(name):
            return None
        for other in sys.meta_path:
            if other is self or other is self._finder:
                continue
            spec = other.find_spec(name, path, target)
            if spec is not None:
                is_folder = spec.origin is None and spec.submodule_search_locations is not None
                return self._finder.find_spec(name, path, target) if is_folder else spec
        return None


class StandInLoader:
    """Makes the module that the finder promised."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        if "." in name:
            return
        module.__dict__[VALUE_MAKER] = value_maker(name)
        frame = next(importers(_get_frame(1)), None)
        Context.uses.imported(name, frame, Context.recipes.knows(name))
        Context.recipes.load(name)


def _is_recipe(frame: Any) -> bool:
    """Whether a recipe imports, which stands on the recipe of another library."""
    importer = next(importers(frame), None)
    return importer is not None and importer.f_code.co_filename.startswith("<stand-in ")


def _wanted_names(frame: Any) -> list[str]:
    """For `from lib import *`: the names that the importing module uses and does not have."""
    if frame is None or frame.f_code.co_name != "<module>":
        raise AttributeError("__all__")
    return [name for name in global_names(frame.f_code) if name not in frame.f_globals]
