"""What has changed in a tree since a commit: the functions, by old lines and by new ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tracer.errors import QueryError
from tracer.pipeline.git import run_git
from tracer.query.changes import Changes

_HUNK = re.compile(r"^@@ -(?P<old>\d+)(?:,\d+)? \+(?P<new>\d+)(?:,\d+)? @@")


def changes_since(root: Path, commit: str) -> Changes:
    """Lines and functions below the root that differ from a commit; new files as a whole.

    Raises:
        QueryError: The root is in no work tree of git, or the commit is not known there.
    """
    if run_git(root, "rev-parse", "--is-inside-work-tree") != "true":
        raise QueryError(f"--since {commit}: expected a root in a work tree of git, found {root}")
    known = run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^0")
    if not known:
        raise QueryError(f"--since {commit}: expected a commit of {root}, found none of that name")
    options = ("-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--relative")
    prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
    added: dict[str, tuple[tuple[int, int], ...]] = {}
    touched: set[tuple[str, str]] = set()
    diff = run_git(
        root, "-c", "core.quotePath=false", "diff", *options, *prefixes, known, "--", "*.py"
    )
    for path, gone, new in _files(diff or ""):
        added[path] = tuple((line, line) for line in new)
        if gone:
            before = run_git(root, "show", f"{known}:./{path}", strips=False) or ""
            touched.update((path, name) for name in _owners(before, gone))
    others = run_git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", "*.py") or ""
    for path in filter(None, others.split("\0")):
        added[path] = tuple((line, line) for line in _lines_of(root / path))
    return Changes(added, tuple(sorted(touched)))


def _files(diff: str) -> Iterator[tuple[str, list[int], list[int]]]:
    """Each file of a diff, with the old lines that are gone and the new ones; blank lines and
    comments change nothing that runs."""
    path, old_path = "", ""
    gone, new = list[int](), list[int]()
    old_line = new_line = 0  # of the hunk that is being read; 0: still in the head of the file
    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            if path:
                yield path, gone, new
            path, old_path, gone, new, old_line, new_line = "", "", [], [], 0, 0
        elif found := _HUNK.match(line):
            old_line, new_line = int(found["old"]), int(found["new"])
        elif not (old_line or new_line):
            if line.startswith("--- "):
                old_path = _path_of(line, "a/")
            elif line.startswith("+++ "):
                path = _path_of(line, "b/") or old_path
        elif line.startswith("-"):
            gone.extend([old_line] if _runs(line[1:]) else [])
            old_line += 1
        elif line.startswith("+"):
            new.extend([new_line] if _runs(line[1:]) else [])
            new_line += 1
    if path:
        yield path, gone, new


def _runs(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _lines_of(file: Path) -> list[int]:
    try:
        lines = file.read_text("utf-8", "replace").split("\n")
    except OSError:
        return []
    return [number for number, line in enumerate(lines, 1) if _runs(line)]


def _path_of(line: str, prefix: str) -> str:
    path = line[4:].rstrip("\t")
    return "" if path == "/dev/null" else path.strip('"').removeprefix(prefix)


def _owners(text: str, removed: list[int]) -> set[str]:
    """Qualified names of what held the lines; none where the old text cannot be parsed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    spans = [*_spans(tree, ""), (0, 1 << 30, "<module>")]
    return {
        min((last - first, name) for first, last, name in spans if first <= line <= last)[1]
        for line in removed
    }


def _spans(node: ast.AST, prefix: str) -> Iterator[tuple[int, int, str]]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _spans(child, prefix)
            continue
        name = f"{prefix}{child.name}"
        first = min((each.lineno for each in child.decorator_list), default=child.lineno)
        yield first, child.end_lineno or child.lineno, name
        inner = "." if isinstance(child, ast.ClassDef) else ".<locals>."
        yield from _spans(child, name + inner)
