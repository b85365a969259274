"""What a machine's folders are called is nobody's business: texts without them."""

from __future__ import annotations

import re

# Two components at least, so that a lone `/` between words stays; a word before it (`s/kLoC`,
# `https://host/page`) is no beginning of a path.
_ABSOLUTE = re.compile(r"(?<![\w/.~<>-])~?(?:/[^\s/:;,'\"`()|<>{}=]+){2,}/?")


def without_folders(text: str) -> str:
    """Absolute paths shortened to their last component: `/opt/x/bin/python` is `python`."""
    return _ABSOLUTE.sub(lambda found: found[0].rstrip("/").rpartition("/")[2], text)
