"""Evidence in the shape of a JSON answer."""

from __future__ import annotations

import json
from typing import Any

from tracer.bundle.codec import encode
from tracer.model.evidence import Evidence
from tracer.report.values import staleness, unknowns

__all__ = ["evidence_data", "staleness", "unknowns"]


def evidence_data(evidence: Evidence) -> Any:
    """The whole evidence, as evidence.json has it."""
    return json.loads(encode(evidence))
