"""A supervisor's brief in Markdown is read as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.brief.read import read_brief
from tracer.model.brief import Brief, Deliverable, QuestionShape

BRIEF = """\
# Phase D3 Evidence Prep \u2014 Persistence Brief

## Context
- **Initiative:** SHOP-001
- **Mode:** Parity

## Analysis Question for Callchain Prompt
"How does the shop produce and consume `wts.h5.zip` bundles (train \u2192 `Manager.save_all` \u2192
archive layout \u2192 `load_bundle`), and which touchpoints follow? Contrast with `other.train`."

## Recommended Prompt Parameters
- **initiative_id:** `SHOP-001`
- **scope_hints:** `["Manager", "persistence", "archives", "load_bundle"]`
- **roi_hint:** "Single run (mock path acceptable); focus on control flow"
- **namespace_filter:** `shop`
- **time_budget_minutes:** `30`

## Key Documentation & Code Anchors
| Path | Rationale |
| --- | --- |
| `specs/api.md` \u00a74.5\u20134.6 | The archive contract (`wts.h5.zip`). |
| `plans/plan.md` Phase 5 | Tasks and risks. |
| `shop/components.py:500-750` | Orchestration. |
| `shop/manager.py` | Save and load. |
| `plans/phase_d.md` (D3 rows) | Phase tasks. |

## Deliverable Expectations for Ralph
1. Follow `prompts/callchain.md` using the analysis question above; capture
   - `callchain/static.md`
   - (optional) `callgraph/dynamic.txt`
   - `summary.md`
   Store under `plans/SHOP-001/reports/<timestamp>/callchain/`.
2. Highlight the archive (files within `wts.h5.zip`) and the `params.cfg` updates.
3. Document outputs; include anchors to `other/train.py`.

## Findings Ledger Check
- `docs/findings.md` \u2014 no entries (CONFIG-001 only).

## Risks & Notes
- Ensure that nothing is edited (`shop/manager.py`).

## Next-Step Gating
- Phase D3.B may not start until this is filed and referenced from `docs/fix_plan.md`.
"""


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    path = tmp_path / "persistence.md"
    path.write_text(BRIEF, encoding="utf-8")
    return read_brief(path)


def test_question(brief: Brief) -> None:
    """The paragraph under the question's heading, on one line, without its quotation marks."""
    assert brief.question.startswith("How does the shop produce")
    assert brief.question.endswith("Contrast with `other.train`.")
    assert "\n" not in brief.question
    assert brief.shape is QuestionShape.INVENTORY
    assert brief.mentions == ("wts.h5.zip", "Manager.save_all", "load_bundle", "other.train")


def test_parameters(brief: Brief) -> None:
    """Each parameter loses the ticks and quotes around it, and gets its type."""
    assert brief.initiative_id == "SHOP-001"
    assert brief.scope_hints == ("Manager", "persistence", "archives", "load_bundle")
    assert brief.roi_hint == "Single run (mock path acceptable); focus on control flow"
    assert brief.namespaces == ("shop",)
    assert brief.time_budget_minutes == 30.0


def test_anchors(brief: Brief) -> None:
    """A row gives path, lines, section and rationale, and remembers where the brief says so."""
    found = [(a.path, a.line, a.end_line, a.section, a.brief_line) for a in brief.anchors]
    first = (
        BRIEF.splitlines().index(
            "| `specs/api.md` \u00a74.5\u20134.6 | The archive contract (`wts.h5.zip`). |"
        )
        + 1
    )
    assert found == [
        ("specs/api.md", None, None, "\u00a74.5\u20134.6", first),
        ("plans/plan.md", None, None, "Phase 5", first + 1),
        ("shop/components.py", 500, 750, "", first + 2),
        ("shop/manager.py", None, None, "", first + 3),
        ("plans/phase_d.md", None, None, "D3 rows", first + 4),
    ]
    assert brief.anchors[0].note == "The archive contract (`wts.h5.zip`)."
    assert brief.anchors[4].text == "plans/phase_d.md (D3 rows)"


def test_deliverables(brief: Brief) -> None:
    """Files with which an item begins are asked for; a path within a sentence is not."""
    assert brief.deliverables == (
        Deliverable("callchain/static.md"),
        Deliverable("callgraph/dynamic.txt", is_optional=True),
        Deliverable("summary.md"),
    )
    assert brief.output_folder == "plans/SHOP-001/reports/<timestamp>/callchain/"


def test_tasks_ledgers_and_gating(brief: Brief) -> None:
    """What else is asked, which files must refer to the answer, and what waits for it."""
    assert [task.split()[0] for task in brief.tasks] == ["Highlight", "Document"]
    assert brief.ledgers == ("docs/findings.md", "docs/fix_plan.md")
    assert len(brief.gating) == 1 and brief.gating[0].startswith("Phase D3.B may not start")


def test_unknown_sections_are_kept_out(brief: Brief) -> None:
    """Risks have no field: nothing of them turns up elsewhere, and nothing breaks."""
    assert "edited" not in repr(brief)


def test_source_has_no_folder(brief: Brief, tmp_path: Path) -> None:
    """The brief's name is kept, the machine's path is not."""
    assert brief.source == "persistence.md"
    assert str(tmp_path) not in repr(brief)
    assert len(brief.sha256) == 64
