"""The parts of a bundle that an agent can ask for."""

from __future__ import annotations

TEXTS = {
    "summary": "summary.md",
    "static": "static.md",
    "taps": "tap_points.md",
    "dynamic": "dynamic.txt",
    "diagram": "diagram.mmd",
}
"""Files for people, by the names that they have unless the brief wants others."""

SLICES = {
    name: name
    for name in (
        *("entry_points", "chains", "paths", "edges", "effects", "layouts", "open_sites", "flows"),
        *("findings", "unknowns", "runs", "ledgers", "brief_anchors", "state_changes"),
    )
} | {"taps_read": "taps"}
"""Fields of the evidence."""

CLAIMS = "claims"
