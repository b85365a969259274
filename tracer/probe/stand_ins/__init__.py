"""Stand-ins for modules that are not installed: a program's control flow runs without them.

A finder at the end of `sys.meta_path` fabricates modules whose names mean something wherever code
expects something: a class to inherit from, a decorator, a context, a number. Every use is told to
the recorder, since from the first invented value on a run is no longer the program's own.
"""

from .install import install_stand_ins

__all__ = ["install_stand_ins"]
