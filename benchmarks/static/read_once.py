"""Reads a tree as `tracer` does first, and says how long: `python read_once.py ROOT`.

Every file is listed, read and lowered to its summary; no call is resolved. Runs under the
interpreter that has tracer's dependencies.
"""

import json
import sys
import time
from pathlib import Path


def main() -> None:
    from tracer.static.scan import scan_tree
    from tracer.static.sources import read_tree

    began = time.perf_counter()
    tree = read_tree(Path(sys.argv[1]).resolve())
    summaries = scan_tree(tree)
    seconds = time.perf_counter() - began  # whoever reads goes on to use them: freeing is no part
    print(json.dumps({"files": len(summaries), "seconds": seconds}))


if __name__ == "__main__":  # a helper process imports this file
    main()
