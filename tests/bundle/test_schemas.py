"""The schemas that are published are those that the code has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracer.bundle.codec import json_schema
from tracer.model.brief_check import BriefCheck
from tracer.model.verification import Verification, VerificationSet

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("verification-1.json", Verification),
        ("verifications-1.json", VerificationSet),
        ("brief-check-1.json", BriefCheck),
    ],
)
def test_the_published_schema_is_the_one_of_the_code(
    name: str, kind: type[Verification] | type[VerificationSet] | type[BriefCheck]
) -> None:
    """A reader who validates against it meets no surprise."""
    assert json.loads((SCHEMAS / name).read_text("utf-8")) == json_schema(kind)
