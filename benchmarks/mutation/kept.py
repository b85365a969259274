"""What was measured and tried, kept as long as sources and tests are the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from benchmarks.mutation.running import Outcome, Reached


class Kept:
    """JSON Lines: a digest, the tests' reach, then one outcome a line."""

    def __init__(self, file: Path, digest: str) -> None:
        self._file = file
        self.digest = digest
        self.reached: list[Reached] = []
        self.outcomes: dict[str, Outcome] = {}
        self.read()

    def read(self) -> None:
        """What stands in the file now: children write there, too."""
        lines = self._file.read_text("utf-8").splitlines() if self._file.exists() else []
        if not lines or json.loads(lines[0]) != {"digest": self.digest}:
            self._file.write_text(json.dumps({"digest": self.digest}) + "\n", "utf-8")
            return
        self.reached, self.outcomes = [], {}
        for line in map(json.loads, lines[1:]):
            if "mutant" in line:
                self.outcomes[line["mutant"]] = Outcome(**line)
            else:
                self.reached.append(Reached(**line))

    def add(self, each: Reached | Outcome) -> None:
        """Write it down at once: what comes next may never end."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(each)) + "\n")
        if isinstance(each, Outcome):
            self.outcomes[each.mutant] = each
        else:
            self.reached.append(each)


def digest_of(folders: Iterable[Path], tests: Sequence[str]) -> str:
    """Of all sources that a test may reach, and of the choice of tests."""
    digest = sha256(repr(tuple(tests)).encode())
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()
