"""All mutants of some files, and a sample of them that an edit elsewhere leaves as it is."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import CodeType

from benchmarks.mutation.operators import changes, places


@dataclass(frozen=True)
class Mutant:
    """One change to one file."""

    id: str  # from the file, the function and the texts, not from line numbers
    path: str  # relative to the root
    line: int
    kind: str
    owner: str  # qualname of the outermost function around it; empty: the file itself runs it
    owner_line: int
    text: str  # what becomes what
    place: int
    nth: int  # of the changes of that place

    @property
    def package(self) -> str:
        return self.path.split("/")[-2]


def mutants_of(root: Path, files: Iterable[Path]) -> list[Mutant]:
    """Every mutant of every file, in the order of paths and texts."""
    found: list[Mutant] = []
    for file in sorted(files):
        path = file.relative_to(root).as_posix()
        seen: Counter[str] = Counter()
        for place in places(ast.parse(file.read_bytes())):
            line = getattr(place.node, "lineno", place.statement.lineno)
            for nth, (kind, text, _) in enumerate(changes(place)):
                key = "\0".join((path, place.owner, kind, text, ast.unparse(place.statement)))
                seen[key] += 1
                name = sha256(f"{key}\0{seen[key]}".encode()).hexdigest()[:10]
                where = (place.owner, place.owner_line)
                found.append(Mutant(name, path, line, kind, *where, text, place.number, nth))
    return found


def sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """As many mutants, in the order of a hash of seed and id: the first are a sample, too."""

    def drawn(mutant: Mutant) -> str:
        return sha256(f"{seed}:{mutant.id}".encode()).hexdigest()

    return sorted(mutants, key=drawn)[:size]


def compiled(root: Path, mutant: Mutant) -> CodeType:
    """The code of the changed file."""
    file = root / mutant.path
    tree = ast.parse(file.read_bytes())
    place = next(each for each in places(tree) if each.number == mutant.place)
    change = list(changes(place))[mutant.nth][2]

    class _Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is place.node:
                return ast.copy_location(change(node), node)
            return self.generic_visit(node)

    changed = ast.fix_missing_locations(_Put().visit(tree))
    return compile(changed, str(file), "exec")


def code_of(code: CodeType, mutant: Mutant) -> CodeType | None:
    """The code of the function that holds the change."""
    if code.co_qualname == mutant.owner and code.co_firstlineno == mutant.owner_line:
        return code
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return next((found for each in inner if (found := code_of(each, mutant))), None)
