"""Fenced blocks: code that is quoted from a place, and listings of archives."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.evidence import ArtifactLayout
from tracer.model.verification import Claim
from tracer.verify.listings import judge_listing
from tracer.verify.markdown import Unit
from tracer.verify.quotes import judge_quote
from tracer.verify.reading import Reading
from tracer.verify.sections import Sections

_CODE = frozenset({"python", "py", "python3"})


def judge_fence(
    reading: Reading,
    sections: Sections,
    unit: Unit,
    before: Unit | None,
    layouts: Sequence[ArtifactLayout],
) -> list[Claim]:
    """Claims of a fenced block; none where it is neither a quotation nor a listing.

    Args:
        before: The unit that stands above it, which may say whence it is quoted.
        layouts: What the code writes into archives.
    """
    if unit.language in _CODE:
        return judge_quote(reading, sections, unit, before)
    return judge_listing(reading, unit, layouts)
