"""pyan3's graph as `{caller: [callees]}`: `python pyan3.py ROOT LISTFILE`.

pyan3 knows *uses*, of which calls are a part, and cannot be asked for calls alone. Kept are uses of
functions and methods that it saw defined; uses of classes, modules and attributes are left out.
"""

import json
import logging
import re
import sys
from pathlib import Path

from pyan.analyzer import CallGraphVisitor  # type: ignore[import-not-found]
from pyan.node import Flavor  # type: ignore[import-not-found]

logging.disable(logging.CRITICAL)
FUNCTIONS = {Flavor.FUNCTION, Flavor.METHOD, Flavor.STATICMETHOD, Flavor.CLASSMETHOD}


def main() -> None:
    root, listing = sys.argv[1:]
    files = Path(listing).read_text("utf-8").splitlines()
    visitor = CallGraphVisitor(files, root=root, logger=logging.getLogger("pyan"))
    graph: dict[str, set[str]] = {}
    for caller, used in visitor.uses_edges.items():
        if caller.defined or caller.flavor is Flavor.MODULE:
            callees = graph.setdefault(_name(caller), set())
            callees.update(_name(node) for node in used if node.defined and _is_function(node))
    for nodes in visitor.nodes.values():
        for node in nodes:
            if node.defined and (_is_function(node) or node.flavor is Flavor.MODULE):
                graph.setdefault(_name(node), set())
    print(json.dumps({caller: sorted(callees) for caller, callees in graph.items()}))


def _is_function(node) -> bool:  # type: ignore[no-untyped-def]
    return node.flavor in FUNCTIONS


def _name(node) -> str:  # type: ignore[no-untyped-def]
    name = re.sub(r"\.(listcomp|setcomp|dictcomp|genexpr)\.\d+", "", node.get_name())
    return re.sub(
        r"(^|\.)lambda\.(\d+)", lambda found: f"{found[1]}<lambda{int(found[2]) + 1}>", name
    )


main()
