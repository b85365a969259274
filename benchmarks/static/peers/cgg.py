"""cgg's graph as `{caller: [callees]}`: `python cgg.py ROOT LISTFILE`.

The package is `cgg-callgraphgenerator`, with its own defaults. It names functions from the nearest
package down, so that they are named again by their file; it has no callers that are modules.
"""

import json
import sys
from pathlib import Path

sys.path.pop(0)  # this folder: its file of the same name would be imported

import cgg  # type: ignore[import-not-found]


def main() -> None:
    root, listing = (Path(argument) for argument in sys.argv[1:])
    found = cgg.analyze(listing.read_text("utf-8").splitlines(), lang=["python"])
    files = {file.id: Path(file.path) for file in found.files}
    names = {
        function.id: _name(function.qualified_name, files[function.file].relative_to(root))
        for function in found.callables
        if not function.synthetic  # an entry or an exit that stands for no code
    }
    graph: dict[str, set[str]] = {name: set() for name in names.values()}
    for edge in found.edges:
        if edge.src in names and edge.dst in names:
            graph[names[edge.src]].add(names[edge.dst])
    print(json.dumps({caller: sorted(callees) for caller, callees in graph.items()}))


def _name(qualified: str, file: Path) -> str:
    """`b.__init__.f` in `a/b/__init__.py` is `a.b.f`."""
    parts = file.with_suffix("").parts
    words = qualified.split(".")
    for at in range(len(parts)):  # the longest that fits: a function may have its module's name
        if words[: len(parts) - at] == list(parts[at:]):
            words = words[len(parts) - at :]
            break
    module = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join([*module, *words])


if __name__ == "__main__":
    main()
