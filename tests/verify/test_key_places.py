"""Keys that are said to be set or taken away at a place."""

from __future__ import annotations

import pytest

from tracer.model.verification import ClaimKind
from tracer.verify.documents import verify_document

STORE = """
    def fill(found, extra):
        found["template"] = extra
        found["places"]["output"] = 1
        found["whole"] = {
            "inner": 2,
        }
        found.update(extra, late=3)
        asked = found.pop("asked", {})
        del found["old"]
        extra.size = asked
        for name in extra:
            found[name] = 4
        found.setdefault("kept", 5)
        return found


    def other(found):
        found["once"] = 6
        return found["template"]
"""
# Lines: 2 template, 3 output, 4-6 whole, 7 late, 8 asked, 9 old, 10 size, 13 kept, 18 once.


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("`template` is set at `store.py:2`.", "verified: `found['template']` at line 2"),
        ('`found["template"]` is set at `store.py:2`.', "verified: `found['template']` at line 2"),
        ("`output` was then stored at `store.py:3`", "verified: `found['places']['output']`"),
        ("`whole` is set at `store.py:5`", "verified: `found['whole']` at line 4"),
        ("`inner` is added at `store.py:4-6`", "verified: `'inner'` at line 5"),
        ("It sets the key `late` (`store.py:7`).", "verified: `3` at line 7"),
        ("`kept` is set at `store.py:13`", "verified: `found.setdefault('kept', 5)` at line 13"),
        ("`extra.size` is assigned at `store.py:10`", "verified: `extra.size` at line 10"),
        ("`asked` is popped at `store.py:8`", "verified: `found.pop('asked', {})` at line 8"),
        ("`old` is removed at `store.py:9`", "verified: `found['old']` at line 9"),
        ("`template` is set at `store.py:3`", "moved: template is set at store.py:2"),
        ("`once` is set at `store.py:2`", "moved: once is set at store.py:18"),
        ("`old` is removed at `store.py:8`", "moved: old is taken away at store.py:9"),
        # A loop or another mapping may set any key; a name is no key.
        ("`template` is set at `store.py:12`", "unverifiable: no statement there names it"),
        ("`template` is set at `store.py:8`", "unverifiable: no statement there names it"),
        ("`extra.size` is set at `store.py:2`", "unverifiable: no statement there names it"),
        # Nothing is known of it, or it is denied.
        ("`nowhere` is set at `store.py:2`", ""),
        ("`template` is not set at `store.py:3`", ""),
        ("`template` is read at `store.py:19`", ""),
    ],
)
def test_a_key_at_a_place(make_tree, text: str, told: str) -> None:
    """The statement of the place must set it; another's key is no ground."""
    tree = make_tree({"store.py": STORE})
    found = verify_document("d.md", text, tree, None).claims
    claims = [f"{c.verdict.value}: {c.detail}" for c in found if c.kind is ClaimKind.MEMBER]
    assert len(claims) == bool(told)
    assert all(claim.startswith(told) for claim in claims)


def test_a_list_of_keys_goes_on_with_its_verb(make_tree) -> None:
    """`a` is set at one place, `b` at another: each is judged at its own."""
    tree = make_tree({"store.py": STORE})
    text = (
        "`template` is set at `store.py:2`, `output` at `store.py:3`, and `once` at `store.py:4`."
    )
    found = verify_document("d.md", text, tree, None).claims
    told = {c.text: c.verdict.value for c in found if c.kind is ClaimKind.MEMBER}
    assert told == {
        "template set at store.py:2": "verified",
        "output set at store.py:3": "verified",
        "once set at store.py:4": "moved",
    }
