"""The narrow reading: comments, statement bounds and arguments."""

from __future__ import annotations

from pathlib import Path

from tracer.model.graph import SiteKind
from tracer.static.call_graph import build_call_graph
from tracer.static.source_view import SiteView, view_sites
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

PROGRAM = """\
import dill  # keep


def save(objects, path, ä="é"):
    # Custom objects go first,
    # since the loader needs them.

    # So say the specs.
    with open(
        path, "wb"
    ) as file:  # opened
        dill.dump(objects, file)  # by reference
    # why
    return [
        f(ä, "ü", *objects, key=g(password="hunter2")),
    ]


# about the class
@register(
    1
)
class C:
    x = f()
"""


def views_of(root: Path) -> dict[str, SiteView]:
    (root / "m.py").write_text(PROGRAM, encoding="utf-8")
    tree = read_tree(root)
    graph = build_call_graph(tree, load_effect_table())
    sites = {(item.site.path, item.site.span): item.site for item in graph.resolutions}
    views = view_sites(tree, sites)
    assert views.keys() == sites.keys()  # The two readers agree on every span.
    return {f"{site.kind} {site.text}:{site.span.line}": views[key] for key, site in sites.items()}


def test_the_comment_above_a_statement_says_why(tmp_path: Path) -> None:
    """An empty line ends a comment's reach; without one above, the trailing comment counts."""
    views = views_of(tmp_path)
    assert views["call open:9"].comment == "So say the specs."
    assert views["call dill.dump:12"].comment == "by reference"
    assert views["call f:15"].comment == "why"


def test_a_statement_has_bounds(tmp_path: Path) -> None:
    """Of the whole statement; of the header alone, where a body follows."""
    views = views_of(tmp_path)
    assert views["call open:9"].statement_lines == (9, 11)
    assert views["call dill.dump:12"].statement_lines == (12, 12)
    assert views["call f:15"].statement_lines == (14, 16)


def test_arguments_stand_as_written(tmp_path: Path) -> None:
    """With their stars and keywords; secrets are redacted."""
    views = views_of(tmp_path)
    assert views["call dill.dump:12"].arguments == ("objects", "file")
    assert views["call f:15"].arguments == (
        "ä",
        '"ü"',
        "*objects",
        'key=g(password="[redacted]")',
    )


def test_a_file_that_is_not_asked_for_is_not_parsed(tmp_path: Path) -> None:
    """And one that libcst cannot read gives no views, and no error."""
    (tmp_path / "bad.py").write_text("def (")
    tree = read_tree(tmp_path)
    assert view_sites(tree, []) == {}
    graph = build_call_graph(tree, load_effect_table())
    assert not [item for item in graph.resolutions if item.site.kind is SiteKind.CALL]


def test_cases_are_statements_of_their_own(tmp_path: Path) -> None:
    """`match` has no body but cases: the subject, a guard and what stands in a case have bounds."""
    program = (
        "def f(x):\n"
        "    # by kind\n"
        "    match g(x):  # all kinds\n"
        "        # only small ones\n"
        "        case int() if small(x):\n"
        "            h(x)  # there\n"
        "        case _:\n"
        "            pass\n"
    )
    (tmp_path / "m.py").write_text(program, encoding="utf-8")
    tree = read_tree(tmp_path)
    graph = build_call_graph(tree, load_effect_table())
    spans = {r.site.text: r.site.span for r in graph.resolutions}
    views = view_sites(tree, [("m.py", span) for span in spans.values()])
    told = {
        text: (views["m.py", span].statement_lines, views["m.py", span].comment)
        for text, span in spans.items()
        if text in ("g", "small", "h")
    }
    assert told == {
        "g": ((3, 3), "by kind"),
        "small": ((5, 5), "only small ones"),
        "h": ((6, 6), "there"),
    }
