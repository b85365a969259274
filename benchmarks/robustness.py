"""Runs `tracer callgraph` over every folder of DIR and says what broke, what was cut, what it took.

    python benchmarks/robustness.py --dir DIR [--dir DIR]... [--record FILE] [--out FILE]

Each folder below a DIR is a tree of its own: a package's sources, the standard library. One runs at
a time, cold, in a process of its own, under limits of time and memory. Seconds in the tables are
those of the processor, since others may use it too. Results are recorded as JSON Lines when they
are known, so that a run which was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from benchmarks.limited import Limits
from benchmarks.static.measuring import Measured, measure
from benchmarks.static.tools import PROJECT

_SLOWEST = 10
_SEEDS = ("0", "77")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one tree."""

    name: str
    status: int
    killed_for: str  # "timeout", "memory" or nothing
    error: str  # the last line of a traceback
    wall_s: float
    peak_mb: float
    cpu_s: float = 0.0
    files: int = 0
    lines: int = 0
    unreadable: int = 0
    sites: int = 0
    open_sites: int = 0
    limits: tuple[str, ...] = ()  # bounds that were hit

    @property
    def is_broken(self) -> bool:
        return self.status != 0 or bool(self.error)

    @property
    def seconds_per_kloc(self) -> float:
        return 1000 * self.cpu_s / max(self.lines, 1)


def main() -> int:
    """Run what is not recorded yet, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dir", type=Path, action="append", required=True, help="holds the trees")
    parser.add_argument("--python", default=sys.executable, help="with tracer's dependencies")
    parser.add_argument("--record", type=Path, help="JSON Lines, read and appended to")
    parser.add_argument("--out", type=Path, help="Markdown; default: the terminal")
    parser.add_argument("--timeout", type=float, default=300.0, metavar="S")
    parser.add_argument("--memory", type=float, default=4000.0, metavar="MB")
    parser.add_argument("--max-kloc", type=float, default=1e9, help="larger trees are left out")
    parser.add_argument(
        "--repeat", type=int, default=0, metavar="N",
        help="run N of the trees again with other hash seeds and orders of files",
    )  # fmt: skip
    options = parser.parse_args()
    limits = Limits(options.timeout, options.memory)
    roots = sorted(
        ((_lines(root), root) for dir in options.dir for root in dir.iterdir() if root.is_dir()),
        key=lambda pair: (pair[0], pair[1].name),
    )
    wanted = [root for lines, root in roots if 0 < lines <= 1000 * options.max_kloc]
    rows = _recorded(options.record)
    for root in wanted:
        if root.name in rows:
            continue
        row = _run(root, options.python, limits)
        rows[root.name] = row
        _tell(row)
        if options.record is not None:
            with options.record.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(row)) + "\n")
    chosen = wanted[:: max(len(wanted) // max(options.repeat, 1), 1)][: options.repeat]
    differing = {root.name: _differences(root, options.python, limits) for root in chosen}
    names = [root.name for root in wanted]
    text = report([rows[name] for name in names], limits, differing)
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, "utf-8")
    return 1 if any(rows[name].is_broken for name in names) else 0


def report(rows: Sequence[Row], limits: Limits, differing: Mapping[str, Sequence[str]]) -> str:
    """The tables: what broke, what was cut, the slowest and the largest."""
    lines = sum(row.lines for row in rows)
    sites = sum(row.sites for row in rows)
    opened = sum(row.open_sites for row in rows)
    broken = [row for row in rows if row.is_broken]
    cut = [row for row in rows if row.limits]
    done = [row for row in rows if not row.is_broken]
    seconds = sum(row.cpu_s for row in rows)
    unreadable = sum(row.unreadable for row in rows)
    text = [
        "# Robustness",
        "",
        f"`tracer callgraph --format json` on {len(rows)} trees, one at a time, cold, with limits"
        f" of {limits.timeout_s:g} s and {limits.memory_mb:g} MB.",
        "",
        "| | |",
        "|---|---|",
        f"| trees | {len(rows)} |",
        f"| lines | {lines / 1000:,.0f} k |",
        f"| files that cannot be read (findings) | {unreadable} |",
        f"| call sites | {sites:,} |",
        f"| of these open | {opened:,} ({100 * opened / max(sites, 1):.1f} %) |",
        f"| broken | {len(broken)} |",
        f"| work bound hit | {len(cut)} |",
        f"| seconds of one core | {seconds:,.0f} |",
        f"| seconds per 1000 lines | {1000 * seconds / max(lines, 1):.3f} |",
        f"| largest peak | {max((row.peak_mb for row in rows), default=0):,.0f} MB |",
    ]
    if differing:
        found = [f"{name}: {what}" for name, parts in differing.items() for what in parts]
        text.append(
            f"| other bytes with another hash seed or order of files, of {len(differing)} trees | "
            f"{'; '.join(found) or 0} |"
        )
    text += _table("Broken", broken)
    text += _table("Work bound hit", cut)
    large = [row for row in done if row.lines >= 1000]
    text += _table(
        f"The {_SLOWEST} slowest per line, of {len(large)} trees with 1000 lines and more",
        sorted(large, key=lambda row: -row.seconds_per_kloc)[:_SLOWEST],
    )
    text += _table(
        f"The {_SLOWEST} largest peaks", sorted(done, key=lambda row: -row.peak_mb)[:_SLOWEST]
    )
    text += ["", "## All", "", ", ".join(row.name for row in sorted(rows, key=lambda r: r.name))]
    return "\n".join(text) + "\n"


def _table(title: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return ["", f"## {title}", "", "None."]
    text = ["", f"## {title}", "", "| tree | kLoC | s | s/kLoC | MB | sites | open | |"]
    text.append("|---|---|---|---|---|---|---|---|")
    for row in rows:
        note = row.killed_for or row.error or "; ".join(row.limits)
        text.append(
            f"| {row.name} | {row.lines / 1000:.1f} | {row.cpu_s:.1f} | {row.seconds_per_kloc:.3f}"
            f" | {row.peak_mb:.0f} | {row.sites} | {row.open_sites} | {note} |"
        )
    return text


def _run(root: Path, python: str, limits: Limits) -> Row:
    with tempfile.TemporaryDirectory(prefix="robustness-") as folder:
        graph = Path(folder, "graph.json")
        measured = _callgraph(root, python, limits, folder, ["-o", str(graph)], "0")
        found = {"files": [], "sites": [], "limits": []}
        if graph.exists():
            found = json.loads(graph.read_text("utf-8"))
    return Row(
        name=root.name,
        status=measured.status,
        killed_for=measured.killed_for,
        error=_traceback(measured.errors),
        wall_s=measured.wall_s,
        peak_mb=measured.peak_mb,
        cpu_s=measured.cpu_s,
        files=len(found["files"]),
        lines=sum(file["lines"] for file in found["files"]) or _lines(root),
        unreadable=sum(bool(file["problem"]) for file in found["files"]),
        sites=len(found["sites"]),
        open_sites=sum(site["open"] is not None for site in found["sites"]),
        limits=tuple(found.get("limits", ())),
    )


def _differences(root: Path, python: str, limits: Limits) -> list[str]:
    """Which of the repeated runs gave other bytes than the first."""
    files = sorted(str(path) for path in root.rglob("*.py"))
    digests: dict[str, str] = {}
    for seed in _SEEDS:
        for order in ("sorted", "shuffled"):
            if order == "shuffled":
                random.Random(seed).shuffle(files)
            with tempfile.TemporaryDirectory(prefix="robustness-") as folder:
                listing, graph = Path(folder, "files"), Path(folder, "graph.json")
                listing.write_text("\n".join(files), "utf-8")
                _callgraph(root, python, limits, folder, ["-o", str(graph), f"@{listing}"], seed)
                body = graph.read_bytes() if graph.exists() else b"none"
            digests[f"seed {seed}, {order}"] = hashlib.sha256(body).hexdigest()
    first = next(iter(digests.values()))
    return [what for what, digest in digests.items() if digest != first]


def _callgraph(
    root: Path, python: str, limits: Limits, cache: str, arguments: Sequence[str], seed: str
) -> Measured:
    words = [python, "-m", "tracer", "callgraph", "--format", "json", "--root", str(root)]
    environment = {
        "PYTHONPATH": str(PROJECT),
        "PYTHONHASHSEED": seed,
        "TRACER_CACHE_DIR": str(Path(cache, "cache")),
    }
    return measure([*words, *arguments], limits, environment)


def _traceback(errors: str) -> str:
    if "Traceback (most recent call last)" not in errors:
        return ""
    return errors.strip().rpartition("\n")[2][:200]


def _lines(root: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.rglob("*.py") if path.is_file())


def _recorded(record: Path | None) -> dict[str, Row]:
    if record is None or not record.exists():
        return {}
    found = [Row(**json.loads(line)) for line in record.read_text("utf-8").splitlines()]
    return {row.name: row for row in found}


def _tell(row: Row) -> None:
    note = row.killed_for or row.error or ("bound hit" if row.limits else "")
    print(
        f"{row.name:24} {row.lines / 1000:8.1f} kLoC {row.cpu_s:7.1f} s "
        f"{row.seconds_per_kloc:6.3f} s/kLoC {row.peak_mb:6.0f} MB  {row.status} {note}",
        file=sys.stderr,
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
