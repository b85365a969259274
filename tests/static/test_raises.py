"""Every `raise` of a function, with its type and what it stands under."""

from __future__ import annotations

from pathlib import Path

from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

SOURCE = """
import errors
def f(a):
    if a:
        raise ValueError(a)
    try:
        open(a)
    except (OSError, KeyError) as error:
        if a:
            raise
        if not a:
            raise error
        raise errors.Own("x") from error
    except:
        raise
    return a
    raise TypeError
"""


def test_raises_have_types_and_marks(tmp_path: Path) -> None:
    """New ones as written; what is raised again, by what was caught; dead ones."""
    (tmp_path / "a.py").write_text(SOURCE)
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = [
        (each.span.line, each.type_name, each.is_again, each.is_unreachable)
        for each in graph.raises
    ]
    assert found == [
        (5, "ValueError", False, False),
        (10, "(OSError, KeyError)", True, False),
        (12, "(OSError, KeyError)", True, False),
        (13, "errors.Own", False, False),
        (15, "", True, False),
        (17, "TypeError", False, True),
    ]
    assert [str(guard.kind) for guard in graph.raises[0].guards] == ["if"]
