"""`tracer trace`: run one program under the probe, and end as it ended."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tracer.dynamic.edges import edges_document
from tracer.dynamic.launch import run_plan
from tracer.dynamic.ledger import EFFECTS_NAME, effects_document
from tracer.dynamic.log.files import LOG_NAME
from tracer.dynamic.recording import read_timeline
from tracer.dynamic.tree import render_tree
from tracer.errors import WorkloadError
from tracer.model.plan import Tap, TracePlan
from tracer.model.recording import Recording

EDGES_NAME = "edges.json"
TREE_NAME = "callgraph/dynamic.txt"
TIMELINE_NAME = "trace.json"


def trace(
    plan: TracePlan,
    out: Path,
    python: Path | None = None,
    *,
    import_folders: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
    dies_too: bool = True,
    on_trouble: Callable[[str], None] = lambda _: None,
    arrays_tables: Sequence[Path] = (),
    write_more: Callable[[Recording], None] = lambda _: None,
    outside_tables: Sequence[Path] = (),
    accelerators: Path | None = None,
) -> int:
    """Run a workload with our own standard streams, and write what was seen beside its log.

    That is `edges.json`, and of a plan that keeps the tree `callgraph/dynamic.txt` and, with clock
    times, `trace.json`. Prints nothing.

    Args:
        plan: What to run and record.
        out: The folder of these files.
        python: The target's interpreter; None means the one that runs this.
        import_folders: Appended to the target's `sys.path`.
        environment: Variables that are added to the target's.
        dies_too: Where a signal killed the target, die of the same signal when all is written, so
            that a shell sees what it would have seen.
        on_trouble: Called with one line for what went wrong on our side, or where a limit ended
            the target.
        arrays_tables: Tables of arrays of the user's own, see `load_arrays`.
        write_more: Writes what else there is to write, before we die so.
        outside_tables: Of the user's own, see `load_outside_table`.
        accelerators: As for `run_plan`.

    Returns:
        The target's exit status; 128 + n where signal n ended it.

    Raises:
        WorkloadError: The run could not be started, or one of the files is there already.
    """
    for name in (LOG_NAME, EDGES_NAME, EFFECTS_NAME, TREE_NAME, TIMELINE_NAME):
        if (out / name).exists():
            raise WorkloadError(f"{out / name}: there is a recording already")
    ran = run_plan(
        plan,
        out,
        python=python,
        inherit_output=True,
        import_folders=import_folders,
        environment=environment,
        arrays_tables=arrays_tables,
        outside_tables=outside_tables,
        accelerators=accelerators,
    )
    if ran.trouble:
        on_trouble(ran.trouble)
    try:
        write_edges(ran.recording, out, Path(plan.root), plan.taps)
        effects = json.dumps(effects_document(ran.recording), indent=1)
        _write(out / EFFECTS_NAME, [effects + "\n"])
        if plan.mode == "tree":
            _write(out / TREE_NAME, [render_tree(ran.recording)])
            _write(out / TIMELINE_NAME, read_timeline(out).text())
        write_more(ran.recording)
    except WorkloadError as error:  # the program has run: it is its status that counts
        on_trouble(str(error))
    if ran.signal is not None and dies_too:
        _die_of(ran.signal)
    return ran.recording.exit_status if ran.recording.exit_status is not None else 1


def write_edges(
    recording: Recording, out: Path, root: Path | None = None, taps: Sequence[Tap] = ()
) -> Path:
    """Write `edges.json` into a folder, whole or not at all."""
    target = out / EDGES_NAME
    _write(target, [json.dumps(edges_document(recording, root, taps), indent=1) + "\n"])
    return target


def _write(target: Path, pieces: Iterable[str]) -> None:
    unfinished = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
        os.replace(unfinished, target)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise WorkloadError(f"{target}: cannot be written: {error.strerror}") from error


def _die_of(number: int) -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the target has dumped its own
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
