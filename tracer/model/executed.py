"""In words: what coverage data are of, and which tests exercised an edge."""

from __future__ import annotations

from tracer.model.evidence import ExecutedSummary, ReconciledEdge

_TESTS_SHOWN = 2
_LONGEST_TEST = 60  # ids of tests hold their parameters


def executed_text(executed: ExecutedSummary) -> str:
    """`coverage.py 7.6.1, 12 files, 3 contexts: a, b, c`."""
    files = f"{executed.files} file{'s' * (executed.files != 1)}"
    parts = [executed.tool, files]
    if executed.left_out:
        parts.append(f"{len(executed.left_out)} LEFT OUT")
    if executed.contexts:
        shown = ", ".join(executed.first_contexts)
        more = executed.contexts - len(executed.first_contexts)
        parts.append(
            f"{executed.contexts} context{'s' * (executed.contexts != 1)}: {shown}"
            + (f" and {more} more" if more > 0 else "")
        )
    else:
        parts.append("no contexts")
    return ", ".join(parts)


def tests_text(edge: ReconciledEdge) -> str:
    """`by 3 tests: a (4), b (1) and 1 more`; where no calls are known, `under 3 contexts: …`."""
    shown = [
        (name if len(name) <= _LONGEST_TEST else name[: _LONGEST_TEST - 1] + "…")
        + (f" ({calls})" if calls else "")
        for name, calls in edge.tests[:_TESTS_SHOWN]
    ]
    more = edge.tests_total - len(shown)
    what = "by", "test"
    if not any(calls for _, calls in edge.tests):
        what = "under", "context"
    count = f"{what[0]} {edge.tests_total} {what[1]}{'s' * (edge.tests_total != 1)}"
    return f"{count}: {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")
