"""Names of schemas that are asked for where the values themselves are not needed."""

EVIDENCE_SCHEMA = "tracer/evidence/1"
