"""Run a program as `python SCRIPT`, `python -m MODULE` or `python -c CODE` would."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

_module = type(sys)


class Undecodable(Exception):
    """A script that `compile` refuses in other words than the interpreter."""


class Program:
    """What is to be run, and the `__main__` it runs as."""

    def __init__(
        self,
        argv: list[str],
        pattern: dict[str, Any],
        module_folder: str | None,
        options: list[str],
    ) -> None:
        self._argv = argv
        self._options = options  # of the interpreter, which has taken them already
        self._pattern = pattern
        self._module_folder = module_folder
        self._is_path_safe = bool(getattr(sys.flags, "safe_path", False) or sys.flags.isolated)

    def prepare(self) -> Callable[[], None]:
        """Set up `sys` and `__main__`; returns what runs the program."""
        argv = self._argv
        main = _module("__main__")
        for name in ("__annotations__",):
            if name in self._pattern:
                main.__dict__[name] = {}
        main.__dict__["__builtins__"] = sys.modules["builtins"]
        sys.modules["__main__"] = main
        if hasattr(sys, "orig_argv"):
            sys.orig_argv[:] = [sys.orig_argv[0], *self._options, *argv]
        if argv[0] == "-m":
            return self._prepare_module(main)
        if argv[0] == "-c":
            sys.argv[:] = ["-c", *argv[2:]]
            self._set_path("")
            main.__dict__["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter
            return lambda: exec(
                compile(argv[1], "<string>", "exec", dont_inherit=True), main.__dict__
            )
        if argv[0] == "-":
            return self._prepare_input(main)
        return self._prepare_script(main)

    def _set_path(self, first: str) -> None:
        if not self._is_path_safe:
            sys.path[0] = first

    def _prepare_module(self, main: Any) -> Callable[[], None]:
        name = self._argv[1]
        sys.argv[:] = ["-m", *self._argv[2:]]
        self._set_path(self._module_folder or os.getcwd())
        main.__dict__["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter

        def run() -> None:
            import runpy

            runpy._run_module_as_main(name)  # type: ignore[attr-defined]

        return run

    def _prepare_input(self, main: Any) -> Callable[[], None]:
        sys.argv[:] = self._argv
        self._set_path("")
        loader = sys.modules["_frozen_importlib"].BuiltinImporter
        main.__dict__.update(__loader__=loader, __file__="<stdin>")
        if "__cached__" in self._pattern:
            main.__dict__["__cached__"] = None

        def run() -> None:
            source = sys.stdin.buffer.read()
            exec(compile(source, "<stdin>", "exec", dont_inherit=True), main.__dict__)

        return run

    def _prepare_script(self, main: Any) -> Callable[[], None]:
        script = self._argv[0]
        sys.argv[:] = self._argv
        if os.path.isdir(script) or _is_archive(script):
            folder = os.path.join(os.getcwd(), script)
            if self._is_path_safe:
                sys.path.insert(0, folder)
            else:
                sys.path[0] = folder

            def run_folder() -> None:
                import runpy

                runpy._run_module_as_main("__main__", False)  # type: ignore[attr-defined]

            return run_folder
        self._set_path(os.path.dirname(os.path.realpath(script)))
        path = script if os.path.isabs(script) else os.path.join(os.getcwd(), script)
        loader = sys.modules["_frozen_importlib_external"].SourceFileLoader("__main__", path)
        main.__dict__.update(__loader__=loader, __file__=path)
        if "__cached__" in self._pattern:
            main.__dict__["__cached__"] = None

        with open(path, "rb") as file:
            source = file.read()

        def run_script() -> None:
            try:
                code = compile(source, path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                if _is_refused_otherwise(source, error):
                    raise Undecodable from error
                raise
            exec(code, main.__dict__)

        return run_script

    def hand_over(self) -> None:
        """Let the interpreter itself run the script: it says in its own words what is wrong."""
        os.execv(sys.executable, sys.orig_argv)


def _is_refused_otherwise(source: bytes, error: Exception) -> bool:
    """Whether the interpreter reads a file in another way than `compile` reads bytes."""
    return not source.isascii() or b"\0" in source or "encoding" in str(error)


def _is_archive(script: str) -> bool:
    """A zip file with a `__main__`: it starts as one, or ends as one."""
    if script.endswith((".py", ".pyw")) or not os.path.isfile(script):
        return False
    import zipimport

    try:
        zipimport.zipimporter(script)
    except ImportError:
        return False
    return True
