"""What a tap costs the target: nanoseconds for each reading, beside the floor of this interpreter.

    python benchmarks/tap_cost.py [PYTHON ...]

Each program is a loop in one function. It runs untapped under the probe, then with one tap; the
difference, by the number of readings, is the cost of one. `bare` is what the hook alone would cost
that does nothing but `frame.f_locals[name]` (`sys.monitoring` where there is one, else
`sys.settrace`), in the same process; hooks in C come below it. CPU time, best of five;
figures below a tenth mean nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tracer.dynamic.launch import record
from tracer.dynamic.taps import parse_tap
from tracer.model.plan import TracePlan, Workload

_TARGET = """\
import json, os, sys, time


class Inner:
    def __init__(self): self.rate = 0.5


class Holder:
    def __init__(self): self.inner = Inner()


config = {"N": 64}


def straight(n):
    a = 1; b = "x"; c = [1, 2]; d = {}; e = 2.0; holder = Holder()
    for i in range(n):
        x = i & 7
        y = x
    return a


def tail(n):
    a = 1; b = "x"; c = [1, 2]; d = {}; e = 2.0; holder = Holder()
    for i in range(n):
        x = i & 7
    return a


N = 50_000
best = 1e18
for _ in range(5):
    began = time.process_time_ns()
    FUNCTION(N)
    best = min(best, time.process_time_ns() - began)
print(json.dumps(best / N))
open(sys.argv[1], "w").write(json.dumps(best / N))
"""
_STRAIGHT, _TAIL = 18, 26
_CASES = {
    "a local, a plain statement behind it": ("straight", f"x@job.py:{_STRAIGHT}"),
    "a local, last in a loop": ("tail", f"x@job.py:{_TAIL}"),
    "holder.inner.rate, plain": ("straight", f"holder.inner.rate@job.py:{_STRAIGHT}"),
    "config['N'], plain": ("straight", f"config['N']@job.py:{_STRAIGHT}"),
    "len(c), plain": ("straight", f"len(c)@job.py:{_STRAIGHT}"),
    "an object, plain": ("straight", f"holder@job.py:{_STRAIGHT}"),
}

_BARE = """\
import json, sys, time
hook = lambda event, arguments: None
sys.addaudithook(hook)
def work(n):
    a = 1; b = "x"; c = [1, 2]; d = {}; e = 2.0; holder = None
    for i in range(n):
        x = i & 7
        y = x
    return a
N = 50_000
def best():
    found = 1e18
    for _ in range(5):
        began = time.process_time_ns(); work(N); found = min(found, time.process_time_ns() - began)
    return found / N
base = best()
code, line_wanted = work.__code__, work.__code__.co_firstlineno + 4
out = []
if hasattr(sys, "monitoring"):
    M = sys.monitoring
    get_frame = sys._getframe
    def on_line(c, line):
        if line != line_wanted: return M.DISABLE
        get_frame(1).f_locals["x"]
    M.use_tool_id(3, "t"); M.register_callback(3, M.events.LINE, on_line)
    M.set_local_events(3, code, M.events.LINE)
else:
    def local(frame, event, argument):
        if event == "line" and frame.f_lineno == line_wanted: frame.f_locals["x"]
        return local
    sys.settrace(lambda f, e, a: local if f.f_code is code else None)
print(json.dumps(best() - base))
"""


def _measure(
    python: str,
    function: str,
    tap: str | None,
    backend: str,
    folder: Path,
    accelerators: Path | None,
) -> float:
    root = folder / "root"
    root.mkdir(exist_ok=True)
    (root / "job.py").write_text(_TARGET.replace("FUNCTION", function))
    out = folder / f"out{len(list(folder.iterdir()))}"
    answer = folder / "answer"
    plan = TracePlan(
        str(root),
        (),
        Workload("w1", ("job.py", str(answer))),
        taps=(parse_tap(f"key={tap}", root),) if tap else (),
        mode="edges",
        backend=backend,
    )
    recording = record(plan, out, python=Path(python), accelerators=accelerators)
    if tap and recording.taps[0].failures:
        raise SystemExit(f"{tap}: {recording.taps[0].error}")
    return float(json.loads(answer.read_text()))


def main(pythons: list[str]) -> None:
    for python in pythons:
        version = subprocess.run(
            [python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        bare = subprocess.run(
            [python, "-c", _BARE], capture_output=True, text=True, check=True
        ).stdout
        backends = ["settrace"]
        if tuple(map(int, version.split(".")[:2])) >= (3, 12):
            backends.insert(0, "monitoring")
        with tempfile.TemporaryDirectory() as kept:
            for backend, in_c in product(backends, (Path(kept), None)):
                how = f"{backend}{' in C' if in_c else ''}"
                print(f"\n{version} {how}; bare, in Python: {float(bare):.0f} ns", flush=True)
                for name, (function, tap) in _CASES.items():
                    with tempfile.TemporaryDirectory() as folder:
                        untapped = _measure(python, function, None, backend, Path(folder), in_c)
                        tapped = _measure(python, function, tap, backend, Path(folder), in_c)
                    print(
                        f"  {name:40s} {tapped - untapped:7.0f} ns a reading"
                        f"   {tapped / untapped:6.1f} x the untapped loop",
                        flush=True,
                    )


if __name__ == "__main__":
    main(sys.argv[1:] or [sys.executable])
