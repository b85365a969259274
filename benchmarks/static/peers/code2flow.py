"""code2flow's graph as `{caller: [callees]}`: `python code2flow.py ROOT LISTFILE`.

Through its own `map_it`, without its trimming of functions that nothing connects. Files that do not
parse are left out, since one would end its run.
"""

import ast
import json
import logging
import os
import sys
from pathlib import Path

sys.path.pop(0)  # this folder: its file of the same name would be imported

from code2flow.engine import LanguageParams, map_it  # type: ignore[import-not-found]

logging.disable(logging.CRITICAL)


def main() -> None:
    root, listing = sys.argv[1:]
    files = [file for file in Path(listing).read_text("utf-8").splitlines() if _parses(file)]
    groups, nodes, edges = map_it(files, "py", True, [], [], [], [], True, LanguageParams())
    modules = {id(group): _module(file, root) for group, file in zip(groups, files, strict=False)}
    graph: dict[str, set[str]] = {_name(node, modules): set() for node in nodes}
    for edge in edges:
        graph[_name(edge.node0, modules)].add(_name(edge.node1, modules))
    print(json.dumps({caller: sorted(callees) for caller, callees in graph.items()}))


def _parses(file: str) -> bool:
    try:
        ast.parse(Path(file).read_text("utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return False
    return True


def _module(file: str, root: str) -> str:
    return os.path.relpath(file, root)[:-3].replace(os.sep, ".").removesuffix(".__init__")


def _name(node, modules: dict[int, str]) -> str:  # type: ignore[no-untyped-def]
    tokens: list[str] = []
    while getattr(node, "parent", None) is not None:
        if node.token != "(global)":
            tokens.append(node.token)
        node = node.parent
    return ".".join([modules[id(node)], *reversed(tokens)])


main()
