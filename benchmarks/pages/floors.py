"""What no page can be quicker than: the bytes alone, and vis-network without a graph."""

from __future__ import annotations

import re

_HEAD = '<!doctype html><meta charset="utf-8"><title>floor</title><h1>floor</h1>'
_MARK = (
    "<script>requestAnimationFrame(() => setTimeout(() => performance.mark('painted')))</script>"
)


def same_bytes(page: str) -> str:
    """A heading, and as many bytes of text that nothing reads."""
    room = len(page.encode()) - len(_HEAD) - len(_MARK)
    return f'{_HEAD}<script type="text/plain">{"x" * room}</script>{_MARK}'


def library_alone(page: str) -> str:
    """A heading, and the vis-network of the page, read and never used."""
    found = re.search(r'<script type="text/plain" id="vis-network">(.*?)</script>', page, re.DOTALL)
    assert found, "the page holds vis-network as text"
    return f"{_HEAD}<script>{found[1]}</script>{_MARK}"
