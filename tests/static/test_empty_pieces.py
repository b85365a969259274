"""What an interpreter says of an f-string from start to start."""

from __future__ import annotations

import ast
from unittest.mock import patch

from tracer.static.file_scan import scan_file
from tracer.static.sources import SourceText

_TEXT = "x = f'{a:>{b!r}}{c}'\n"
_PARSE = ast.parse


def _with_empty_pieces(*arguments: object, **options: object) -> ast.AST:
    """The tree as Python 3.12.1 gives it at some of its starts."""
    tree = _PARSE(*arguments, **options)  # type: ignore[call-overload]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            place = ast.Constant("")
            node.values.append(ast.copy_location(place, node))
    assert isinstance(tree, ast.AST)
    return tree


def test_an_empty_piece_of_a_text_is_none() -> None:
    """Else the summary of one file would not be the same at every start."""
    source = SourceText("m.py", "", _TEXT)
    plain = scan_file(source)
    with patch("ast.parse", _with_empty_pieces):
        assert scan_file(source) == plain
    assert plain != scan_file(SourceText("m.py", "", _TEXT.replace("}'", "} '")))  # the control
