"""The places that a brief names."""

from __future__ import annotations

import pytest

from tracer.model.brief import BriefAnchor
from tracer.model.evidence import AnchorVerdict, CheckedAnchor
from tracer.static.sources import SourceTree
from tracer.verify.brief_anchors import check_brief_anchors

SPEC = """
# Spec

## 4.5. Lifecycle

## 4.6 Persistence

### Phase 5 — Saving

| D3.A | write it |
"""

STORE = "def save():\n    pass\n\n\ndef load():\n    x = 1\n    return x\n"


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(
        {
            "specs/api.md": SPEC,
            "specs/api.rst": "Phase 5\n=======\n\ntext\n",
            "pkg/deep/store.py": STORE,
            "pkg/broken.py": "def f(:\n",
        }
    )


def _check(tree: SourceTree, anchor: BriefAnchor) -> CheckedAnchor:
    (checked,) = check_brief_anchors([anchor], tree.root, tree)
    return checked


def _anchor(path: str, **rest: object) -> BriefAnchor:
    return BriefAnchor(path, path, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("anchor", "found"),
    [
        (_anchor("pkg/deep/store.py"), "7 lines, 2 functions"),
        (_anchor("pkg/deep"), "a folder"),
        (_anchor("pkg/deep/store.py", line=1, end_line=7), "functions save, load"),
        (_anchor("pkg/deep/store.py", line=4, end_line=6), "function load"),
        (_anchor("pkg/deep/store.py", line=6), "within load"),
        (_anchor("pkg/deep/store.py", symbol="load"), "function load at 5-7"),
        (_anchor("pkg/deep/store.py", symbol="x"), "the name at line 6: x = 1"),
        (_anchor("pkg/deep/store.py", symbol="load", line=6), "within load"),
        (_anchor("specs/api.md"), "9 lines"),
        (_anchor("specs/api.md", line=3), "line 3: ## 4.5. Lifecycle"),
        (
            _anchor("specs/api.md", section="§4.5–4.6"),
            "line 3: 4.5. Lifecycle; line 5: 4.6 Persistence",
        ),
        (_anchor("specs/api.md", section="Phase 5"), "line 7: Phase 5 — Saving"),
        (_anchor("specs/api.md", section="D3 rows"), "line 9: | D3.A | write it |"),
        (_anchor("specs/api.rst", section="Phase 5"), "line 1: Phase 5"),
    ],
)
def test_what_stands_there_is_told(tree, anchor: BriefAnchor, found: str) -> None:
    """A file of any kind, a range, a symbol, a section."""
    checked = _check(tree, anchor)
    assert checked.verdict is AnchorVerdict.VERIFIED, checked.detail
    assert checked.found == found


@pytest.mark.parametrize(
    ("anchor", "verdict", "detail"),
    [
        (_anchor("store.py"), AnchorVerdict.MISSING, "of that name: pkg/deep/store.py"),
        (_anchor("pkg/gone.py"), AnchorVerdict.MISSING, "pkg/ is there"),
        (_anchor("pkg/deep/store.py", line=50), AnchorVerdict.MISSING, "has 7 lines"),
        (_anchor("pkg/deep/store.py", line=5, end_line=9), AnchorVerdict.CHANGED, "has 7 lines"),
        (_anchor("pkg/deep/store.py", line=3), AnchorVerdict.CHANGED, "blank"),
        (_anchor("pkg/deep/store.py", line=1, symbol="load"), AnchorVerdict.MOVED, ":5-7"),
        (_anchor("pkg/broken.py", symbol="load"), AnchorVerdict.MOVED, "pkg/deep/store.py:5"),
        (_anchor("pkg/deep/store.py", symbol="gone"), AnchorVerdict.MISSING, "no `gone`"),
        (_anchor("specs/api.md", section="§4.5–4.7"), AnchorVerdict.MISSING, "`§4.7`"),
        (_anchor("specs/api.md", section="Phase 6"), AnchorVerdict.UNVERIFIABLE, "`Phase 6`"),
        (_anchor("/etc/hostname"), AnchorVerdict.UNVERIFIABLE, "outside"),
        (_anchor("../x.py"), AnchorVerdict.UNVERIFIABLE, "outside"),
    ],
)
def test_what_does_not_stand_there_is_told(
    tree, anchor: BriefAnchor, verdict: AnchorVerdict, detail: str
) -> None:
    """With the nearest candidates, the length, or the right place."""
    checked = _check(tree, anchor)
    assert checked.verdict is verdict, checked
    assert detail in checked.detail
