"""cgg's graph as `{caller: [callees]}`: `python cgg.py ROOT LISTFILE`.

The package is `cgg-callgraphgenerator`, with its own defaults. It leaves out folders by their names
(`bin`, say), so that it is given a copy elsewhere. It names functions from the nearest package
down, so that they are named again by their file; it has no callers that are modules.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.pop(0)  # this folder: its file of the same name would be imported

import cgg  # type: ignore[import-not-found]


def main() -> None:
    root, listing = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="cgg-") as folder:
        copy = Path(folder).resolve()
        copied = []
        for file in listing_of(listing):
            target = copy / os.path.relpath(file, root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            copied.append(str(target))
        print(json.dumps(graph_of(cgg.analyze(copied, lang=["python"]), copy)))


def listing_of(listing: str) -> list[str]:
    return [line for line in Path(listing).read_text("utf-8").splitlines() if line]


def graph_of(found, root: Path) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    files = {file.id: Path(file.path) for file in found.files}
    names = {
        function.id: name_of(function.qualified_name, files[function.file].relative_to(root))
        for function in found.callables
        if not function.synthetic  # an entry or an exit that stands for no code
    }
    graph: dict[str, set[str]] = {name: set() for name in names.values()}
    for edge in found.edges:
        if edge.src in names and edge.dst in names:
            graph[names[edge.src]].add(names[edge.dst])
    return {caller: sorted(callees) for caller, callees in graph.items()}


def name_of(qualified: str, file: Path) -> str:
    """`b.__init__.f` in `a/b/__init__.py` is `a.b.f`."""
    parts, words = file.with_suffix("").parts, qualified.split(".")
    module = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join([*module, *words[_module_words(parts, words) :]])


def _module_words(parts: tuple[str, ...], words: list[str]) -> int:
    """How many of the words name the file: the most that fit, as a function may be named alike.

    Where the root is itself a package, its name stands before the file's.
    """
    for at in range(len(parts)):
        count = len(parts) - at
        if words[:count] == list(parts[at:]):
            return count
    for before in range(1, len(words) - len(parts)):
        if words[before : before + len(parts)] == list(parts):
            return before + len(parts)
    return 0


if __name__ == "__main__":
    main()
