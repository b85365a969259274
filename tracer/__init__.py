"""Answer a question about how Python code runs, with evidence that anybody can check.

`analyze`, `ask`, `query`, `run_brief`, `verify`, `contrast`, `inspect` and `read_bundle` do what
the commands of these names do; `tracer.library` documents them. Importing this package loads none
of it: each name is loaded when it is first used.
"""

import sys

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers know it; importing `typing` would cost more than all else
if TYPE_CHECKING:
    from tracer.errors import TracerError
    from tracer.library import (
        Asked,
        Bundle,
        BundleResult,
        Launch,
        RunRequest,
        analyze,
        ask,
        contrast,
        inspect,
        query,
        read_bundle,
        run_brief,
        verify,
    )

__all__ = [
    "analyze",
    "ask",
    "query",
    "run_brief",
    "verify",
    "contrast",
    "inspect",
    "read_bundle",
    "Asked",
    "Bundle",
    "BundleResult",
    "RunRequest",
    "Launch",
    "TracerError",
    "__version__",
]

_HOMES = {
    **dict.fromkeys(__all__, "tracer.library"),
    "TracerError": "tracer.errors",
}
del _HOMES["__version__"]


class _Package(type(sys)):  # type: ignore[misc]  # ModuleType, without importing `types`
    """`tracer.verify` is a function, and a room of the house (`tracer.verify.card`) has that name.

    Importing anything of the room binds the room to this package's attribute, as it does for every
    submodule; for the public names that binding is dropped, or the function would be gone as soon
    as it was used. `from tracer.verify.card import …` does not need it.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, type(sys))):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:  # PEP 562
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
