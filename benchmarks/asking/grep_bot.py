"""A bot that greps and reads, as an agent without a call graph would.

It goes from the end upwards: `grep` for the name, reads as much above each hit as it takes
to see in which function that stands (`sed`), and does the same for these, breadth first, until it
meets the start. It believes what the text says: what bears that name is that function,
unless `self.`, a class or a module before the dot says otherwise. It stops after so many calls or
tokens, and then says that it does not know.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from pathlib import Path

from benchmarks.asking.answers import Hop, Said
from benchmarks.asking.questions import Question

MOST_CALLS = 40
MOST_TOKENS = 20_000
_MOST_LINES = 60  # that it reads above a hit
_NO_CALL = re.compile(r"^\s*(?:(?:async\s+)?(?:def|class|import|from)\s|#|\"|\'|@)")


class GrepBot:
    """One tree, read once; what is counted is what the bot would have printed."""

    def __init__(self, root: Path) -> None:
        self._lines = {
            path.relative_to(root).as_posix(): path.read_text("utf-8").splitlines()
            for path in sorted(root.rglob("*.py"))
        }
        self._holders = {path: _holders(lines) for path, lines in self._lines.items()}

    def ask(self, question: Question) -> Said:
        """The first chain that it meets, or the callers that it sees."""
        said = Said()
        if question.start is None:
            said.callers = self._callers(said, question.end.id)
            return said
        start, end = question.start.id, question.end.id
        after: dict[str, Hop | None] = {end: None}
        queue = deque([end])
        while queue and said.calls < MOST_CALLS and said.tokens < MOST_TOKENS:
            callee = queue.popleft()
            for hit in self._callers(said, callee):
                if hit.caller not in after:
                    after[hit.caller] = hit
                    queue.append(hit.caller)
            if start in after:
                said.chains = [_chain(after, start)]
                return said
        return said  # it gave up, or found nothing: neither says that there is no way

    def _callers(self, said: Said, callee: str) -> list[Hop]:
        path, _, qualname = callee.partition("::")
        parts = qualname.split(".")
        name = parts[-1]
        owner = parts[-2] if len(parts) > 1 and parts[-2] != "<locals>" else ""
        word = owner if name == "__init__" and owner else name
        found = self._grep(said, word, f"{word}(") or self._grep(said, word, word)
        hits: list[Hop] = []
        for file, number, line in found:
            if said.calls >= MOST_CALLS or said.tokens >= MOST_TOKENS:
                break
            if not self._may_be(line, owner, word, path):
                continue
            holder, first = self._holders[file].get(number, ("<module>", 1))
            first = max(first, number - _MOST_LINES)
            shown = "\n".join(self._lines[file][first - 1 : number])
            said.read(f"sed -n {first},{number}p {file}", shown)
            if owner and f"self.{word}" in line and not self._is_of(file, holder, owner):
                continue
            # A method of something is a guess by its name, and the bot says so.
            is_sure = not owner or word == owner or f"self.{word}" in line
            hits.append(Hop(f"{file}::{holder}", callee, number, is_sure))
        return hits

    def _grep(self, said: Said, word: str, text: str) -> list[tuple[str, int, str]]:
        """Lines that hold a text as a word, calls first: only where there are none, all that
        mention the name (properties, functions that are handed on)."""
        pattern = re.compile(rf"\b{re.escape(text)}" + ("" if text.endswith("(") else r"\b"))
        found = [
            (file, number, line)
            for file, lines in self._lines.items()
            for number, line in enumerate(lines, 1)
            if word in line and pattern.search(line)
        ]
        printed = "".join(f"{file}:{number}:{line}\n" for file, number, line in found)
        said.read(f"grep -rnw '{text}' --include=*.py", printed)
        return [hit for hit in found if not _NO_CALL.match(hit[2])]

    def _may_be(self, line: str, owner: str, word: str, path: str) -> bool:
        """A bare name is no method; a dotted one is no function, unless a module stands before."""
        pattern = re.compile(rf"(?:(?P<before>[\w.\])\"']+)\.)?\b{re.escape(word)}\b")
        for match in pattern.finditer(line):
            before = match["before"]
            if word == owner:
                return True
            if owner and before is not None:
                return True
            module = Path(path).stem
            if not owner and (before is None or before.rpartition(".")[2] == module):
                return True
        return False

    def _is_of(self, file: str, holder: str, owner: str) -> bool:
        """Whether `self` in there is of that class, or of one that names it as a base."""
        cls = holder.split(".")[0]
        if cls == owner:
            return True
        head = re.compile(rf"^class {re.escape(cls)}\((?P<bases>[^)]*)")
        for line in self._lines[file]:
            if (match := head.match(line)) and re.search(
                rf"\b{re.escape(owner)}\b", match["bases"]
            ):
                return True
        return False


def _holders(lines: list[str]) -> dict[int, tuple[str, int]]:
    """The innermost function of each line: who reads up to the `def` sees as much."""
    found: dict[int, tuple[str, int]] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name = prefix + child.name
                is_class = isinstance(child, ast.ClassDef)
                if not is_class:
                    for number in range(child.lineno, (child.end_lineno or child.lineno) + 1):
                        found[number] = (name, child.lineno)
                visit(child, f"{name}." if is_class else f"{name}.<locals>.")
            else:
                visit(child, prefix)

    visit(ast.parse("\n".join(lines)), "")
    return found


def _chain(after: dict[str, Hop | None], start: str) -> list[Hop]:
    chain: list[Hop] = []
    at = start
    while (step := after[at]) is not None:
        chain.append(step)
        at = step.callee
    return chain
