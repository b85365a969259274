"""`tracer trace` without the command line, for the tests of the dynamic half alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tracer.dynamic.trace import trace
from tracer.errors import TracerError
from tracer.model.plan import TracePlan, Workload
from tracer.plan.effect_calls import effect_plan
from tracer.tables.load import load_effect_table


def _say(line: str) -> None:
    sys.stderr.write(f"tracer: {line}\n")


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in (
        "python",
        "root",
        "out",
        "namespaces",
        "budget",
        "backend",
        "log-limit",
        "memory-limit",
        "stand-in",
        "accelerators",
        "mode",
    ):
        parser.add_argument(f"--{name}")
    parser.add_argument("--watched")
    parser.add_argument("--children", action="store_true")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    plan = TracePlan(
        root=given.root,
        namespaces=tuple((given.namespaces or "").split()),
        workload=Workload("w1", tuple(given.command), str(Path.cwd())),
        backend=given.backend or "auto",
        mode=given.mode or "tree",
        time_budget_s=float(given.budget) if given.budget else None,
        watched=tuple((given.watched or "").split()),
        follows_children=given.children,
        log_limit=int(given.log_limit) if given.log_limit else None,
        memory_limit=int(given.memory_limit) if given.memory_limit else None,
        effects=effect_plan(load_effect_table()),
        stand_ins=tuple((given.stand_in or "").split()),
    )
    try:
        return trace(
            plan,
            Path(given.out),
            Path(given.python),
            on_trouble=_say,
            accelerators=Path(given.accelerators) if given.accelerators else None,
        )
    except TracerError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
