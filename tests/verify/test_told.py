"""Three documents in many forms, and all that is said of them, to the last word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.verification import Claim
from tracer.static.call_graph import solve_call_graph
from tracer.static.layouts import artifact_layouts
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table
from tracer.verify.documents import verify_document

TOLD = Path(__file__).parent / "told"


def _line(claim: Claim) -> str:
    ground = f" by {claim.ground.value}" if claim.ground else ""
    head = f"{claim.line:3} {claim.kind.value}: {claim.verdict.value}{ground}: {claim.text}"
    return f"{head} — {claim.detail}" if claim.detail else head


@pytest.mark.parametrize("with_graph", [True, False], ids=["graph", "sources"])
@pytest.mark.parametrize("case", ["shop", "app", "quoted"])
def test_all_that_is_said(case: str, with_graph: bool) -> None:
    """Each claim with line, verdict, ground and words. Look at what changed, and copy it over."""
    tree = read_tree(TOLD / case / "tree")
    graph, _ = solve_call_graph(tree, load_effect_table())
    layouts = artifact_layouts(tree, graph, {function.id for function in graph.functions})
    text = (TOLD / case / "document.md").read_text("utf-8")
    found = verify_document(case, text, tree, graph if with_graph else None, (), layouts)
    lines = [_line(claim) for claim in found.claims]
    lines += [f"not judged: {found.not_judged}", *found.notes]
    golden = TOLD / case / ("graph.txt" if with_graph else "sources.txt")
    beside = golden.with_suffix(".got")
    told = "\n".join(lines) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")
