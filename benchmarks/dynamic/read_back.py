"""`python read_back.py FOLDER`: reads a recording as `tracer trace` does when the target has ended.

Prints one line: seconds, the size of the tree, and the memory over that of the imports.
"""

import json
import sys
import time
from pathlib import Path

from tracer.dynamic.edges import edges_document
from tracer.dynamic.recording import read_recording
from tracer.dynamic.tree import count_calls, render_tree


def _peak_mb() -> float:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    place = Path(sys.argv[1])
    before, began = _peak_mb(), time.perf_counter()
    recording = read_recording(place)
    read = time.perf_counter()
    text = render_tree(recording)
    edges = json.dumps(edges_document(recording))
    seconds = time.perf_counter() - began
    found = {
        "seconds": seconds,
        "reading": read - began,
        "tree": count_calls(recording.tree),
        "bytes": len(text) + len(edges),
        "extra_mb": _peak_mb() - before,
    }
    print(json.dumps({"measured_body": 1, "pid": 0, "result": found}, separators=(",", ":")))


if __name__ == "__main__":
    main()
