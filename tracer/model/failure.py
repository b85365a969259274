"""Why a program failed, by the last lines that it printed."""

from __future__ import annotations

import re

# `package.Error: what it says`, as a traceback ends; a message may go on for lines.
_RAISED = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?::(?: .*)?)?")
_NO_METADATA = re.compile(
    r"PackageNotFoundError: (?:No package metadata was found for )?(?P<name>[\w.-]+)"
)
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'")


def failure_line(stderr_tail: str, stdout_tail: str = "") -> str:
    """The exception that ended it, else its last word; empty where it said nothing.

    A program that prints its failure itself, as test runners do, says it on standard output.
    """
    for tail in (stderr_tail, stdout_tail):
        lines = [line.rstrip() for line in tail.splitlines() if line.strip()]
        if not lines:
            continue
        is_traceback = any(line.startswith("Traceback ") for line in lines)
        raised = [line for line in lines if is_traceback and _RAISED.fullmatch(line)]
        frames = [n for n, line in enumerate(lines) if line.startswith("  File ")]
        after = lines[frames[-1] :] if frames else lines
        last = [line for line in after if line in raised]
        return (last or [lines[-1].strip()])[0]
    return ""


def missing_module(stderr_tail: str) -> str:
    """The module that was not there; empty where this is not why."""
    found = _NO_MODULE.search(stderr_tail)
    return found["name"] if found else ""


def missing_distribution(stderr_tail: str) -> str:
    """The package whose metadata, such as its version, was asked for and is not installed."""
    found = _NO_METADATA.search(stderr_tail)
    return found["name"] if found else ""
