"""Keys that prose lists, with a place that spans one dict display."""

from __future__ import annotations

import pytest

from tracer.model.verification import ClaimKind
from tracer.verify.documents import verify_document

STORE = """
    EXTRA = "late"
    DEFAULTS = {
        "apple": 1,
        "pear": {"stem": 2},
        "plum": 3,
    }


    def save(name):
        return {
            "version": 1,
            EXTRA: 2,
            **DEFAULTS,
        }


    def pair():
        one = {"a": 1}
        two = {"b": 2}
        return dict(one, melon=2), two


    def empty():
        return {}
"""
# Lines of store.py: 1 EXTRA, 2-6 DEFAULTS, 9 save, 10-14 its display, 17 pair, 18 and 19, 24 empty.


@pytest.fixture
def judged(make_tree):
    """The verdicts on keys of a document, as `key verdict`."""
    tree = make_tree({"store.py": STORE})

    def verify(text: str) -> list[str]:
        found = verify_document("d.md", text, tree, None).claims
        return [f"{c.text} {c.verdict}" for c in found if c.kind is ClaimKind.MEMBER]

    return verify


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("The keys `apple`, `pear` and `plum` (`store.py:2-6`).", "apple pear plum"),
        ("The keys `\"apple\"` and `'plum'` at `store.py:2-6`.", "apple plum"),
        ("`store.py:2` has the keys: `apple`, `plum`.", "apple plum"),
        ("In `store.py:2-6` its keys are `apple` & `plum`, no more is known.", ""),
        ("In `store.py:2-6` its keys are `apple` & `plum`.", "apple plum"),
        ("`apple` and `plum` are the keys of `store.py:2-6`.", "apple plum"),
        ("With the key `apple` (`store.py:2-6`).", "apple"),
        ("The keys `apple` and `stem` (`store.py:2-6`).", "apple stem"),
        ("Within `store.py:9-14` it has keys such as `version`.", "version"),
    ],
)
def test_keys_that_are_there(judged, text: str, verdicts: str) -> None:
    """In the display, or in one within it; each is a claim."""
    assert judged(text) == [f"key {name} verified" for name in verdicts.split()]


@pytest.mark.parametrize(
    "text",
    [
        "The keys `apple`, `cherry` and `plum` (`store.py:2-6`).",
        "`store.py:2` has the keys: `apple`, `cherry`, `plum`.",
        "`apple`, `cherry` and `plum` are keys of the dict at `store.py:1-7`.",
        "| what | where |\n|---|---|\n| its keys `apple`, `cherry`, `plum` | `store.py:2-6` |",
    ],
)
def test_a_key_that_is_nowhere_is_missing(judged, text: str) -> None:
    """Beside those that are there."""
    assert judged(text) == ["key apple verified", "key cherry missing", "key plum verified"]


@pytest.mark.parametrize(
    "text",
    [
        "The keys `apple` and `cherry` are saved.",  # no place
        "The keys `cherry` and `version` (`store.py:9-14`).",  # it may have any key
        "The keys `cherry` (`store.py:18-19`).",  # two displays
        "The keys `cherry` (`store.py:24`).",  # it has none, and is filled elsewhere
        "The keys `cherry` (`store.py:22-23`).",  # no display
        "The keys `late` and `melon` (`store.py:2-6`).",  # put there later, perhaps
        "The keys `name` (`store.py:2-6`).",
        "The keys `cherry` and `fig` must be added (`store.py:2-6`).",
        "It has no keys `cherry` and `fig` (`store.py:2-6`).",
        "The new keys `cherry` and `fig` (`store.py:2-6`).",
        "Without the key `cherry` it fails (`store.py:2-6`).",
        "The keys `cherry`, `fig` aren't in `store.py:2-6`.",
        "The keyboard `cherry` (`store.py:2-6`).",
        "The functions `cherry` and `fig` read the keys of `store.py:2-6`.",
        "The keys `cherry jam` and `f(x)` (`store.py:2-6`).",
    ],
)
def test_there_is_no_false_alarm(judged, text: str) -> None:
    """What may be otherwise than the display says is not judged."""
    assert [each for each in judged(text) if not each.endswith("verified")] == []


def test_what_is_said_of_a_missing_key(make_tree) -> None:
    """Where it was looked for; in a part about the future it is proposed."""
    tree = make_tree({"store.py": STORE})
    text = "The keys `cherry` and `apple` (`store.py:2-6`).\n"
    (claim, *_) = [
        c for c in verify_document("d.md", text, tree, None).claims if "cherry" in c.text
    ]
    assert claim.detail == (
        "no `cherry` among the keys of `DEFAULTS` at store.py:2-6, nor in any string of the file"
    )
    later = verify_document("d.md", f"# Next steps\n\n{text}", tree, None).claims
    assert [c.verdict.value for c in later if "cherry" in c.text] == ["proposed"]
