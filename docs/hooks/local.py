"""The built site loads nothing from the network, or there is no built site."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority

# What a browser fetches by itself; links that a reader may follow are no loads.
_LOADS = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\b(?:src|data)=[\"']?(?:https?:)?//"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|icon|modulepreload))"
    r"[^>]*?\bhref=[\"']?(?:https?:)?//"
    r"|@import\s+(?:url\()?[\"']?https?:|url\([\"']?(?:https?:)?//",
    re.IGNORECASE,
)


@event_priority(-200)  # when all others have written
def on_post_build(config: MkDocsConfig) -> None:
    """Look through every page and style sheet."""
    site = Path(config.site_dir)
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".css"):
            found = _LOADS.search(path.read_text("utf-8"))
            if found is not None:
                where = path.relative_to(site).as_posix()
                raise PluginError(f"{where}: loads from the network: {found[0]}")
