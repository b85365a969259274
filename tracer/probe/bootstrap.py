"""`python bootstrap.py JOB.json [stand-ins]`: run a program as the interpreter would, recorded.

This file is the interpreter's script, so what stands in its namespace before the first line is what
the interpreter gives any script; the target's `__main__` is made after that pattern.
"""

_pattern = dict(globals())
__name__ = "_tracer_probe.bootstrap"  # `__main__` is the target's

import sys  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The target's tree stays free of __pycache__; existing caches are still read, so that heavy
# libraries start as fast as ever. A setting of this process only: children start as ever.
sys.dont_write_bytecode = True


def _load_probe() -> "Any":
    """Import the probe under a private name, and leave `sys.modules` as it was.

    The target may have modules of its own named `opcode` or `json`: it must find them, not ours.
    """
    import _frozen_importlib_external

    class Loader(_frozen_importlib_external.SourceFileLoader):
        """Gives our modules built-in functions of their own: the target may replace its own."""

        def exec_module(self, module: "Any") -> None:
            module.__dict__["__builtins__"] = own_builtins
            super().exec_module(module)

    class Finder:
        @staticmethod
        def find_spec(name: str, path: "Any", target: "Any" = None) -> "Any":
            if name.partition(".")[0] != "_tracer_probe":
                return None
            is_package = name in ("_tracer_probe", "_tracer_probe.stand_ins")
            place = folder + name.removeprefix("_tracer_probe").replace(".", "/")
            inner = place
            place += "/__init__.py" if is_package else ".py"
            return _frozen_importlib_external.spec_from_file_location(
                name,
                place,
                loader=Loader(name, place),
                submodule_search_locations=[inner] if is_package else None,
            )

    own_builtins = dict(sys.modules["builtins"].__dict__)
    folder = __file__[: max(__file__.rfind("/"), __file__.rfind("\\"))]
    before = dict(sys.modules)
    path_before = list(sys.path)
    folders_before = set(sys.path_importer_cache)
    sys.path[:] = [each for each in path_before if each != folder]  # our own `values`, `codes` …
    sys.meta_path.insert(0, Finder)
    from _tracer_probe import session  # type: ignore[import-not-found]

    if "stand-ins" in sys.argv[2:]:  # most runs have none, and start without this code
        from _tracer_probe.stand_ins import install_stand_ins  # type: ignore[import-not-found]

        session.install_stand_ins = install_stand_ins

    sys.meta_path.remove(Finder)
    sys.path[:] = path_before
    for folder in sys.path_importer_cache.keys() - folders_before:
        del sys.path_importer_cache[folder]
    private = {name: module for name, module in sys.modules.items() if name not in before}
    for name in private:
        del sys.modules[name]
    return session, private


def follow(given: str) -> None:
    """Record a process that a recorded one started, from now on; see `following/`."""
    session, private_modules = _load_probe()
    session.follow(given, private_modules)


if _pattern["__name__"] == "__main__":
    _session, _private_modules = _load_probe()
    if sys.argv[1] == "--check-accelerator":  # in a process of its own, before anybody relies on it
        _session.check_accelerator(sys.argv[2])
        sys.exit()
    _session.run(sys.argv[1], _pattern, _private_modules)
