"""Archives alone: what nobody asks for is not followed, and nothing that is asked for is missed."""

from __future__ import annotations

from pathlib import Path

from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import EffectKind
from tracer.static.archives.calls import may_open
from tracer.static.call_graph import build_call_graph
from tracer.static.layouts import LayoutSearch
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

FILES = {
    "compat.py": "import zipfile\nArchive = zipfile.ZipFile\n",
    "plain.py": "import zipfile as z\ndef pack(p):\n"
    "    with z.ZipFile(p + '.zip', 'w') as a:\n        a.write('x', 'one.txt')\n",
    "hidden.py": "from compat import Archive\ndef pack(p):\n"
    "    with Archive(p + '.zip', 'w') as a:\n        a.write('x', 'two.txt')\n",
    "arrays.py": "import numpy as np\ndef keep(p, x):\n    np.savez(p + '.npz', x=x)\n",
    "notes.py": "def note(p):\n    with open(p + '/n.txt', 'w') as f:\n        f.write('n')\n",
}


def _search(folder: Path) -> LayoutSearch:
    for name, text in FILES.items():
        (folder / name).write_text(text)
    tree = read_tree(folder)
    graph = build_call_graph(tree, load_effect_table())
    return LayoutSearch(tree, graph, {function.id for function in graph.functions})


def _members(layouts: tuple[ArtifactLayout, ...]) -> set[str]:
    return {member.path for layout in layouts for member in layout.members}


def test_archives_alone(tmp_path: Path) -> None:
    """Under another name of the module, and through a module that gives the class another name."""
    search = _search(tmp_path)
    assert _members(search.archives(with_arrays=False)) == {"one.txt", "two.txt"}
    assert _members(search.archives()) == {"one.txt", "two.txt", "x.npy"}
    assert _members(search.every()) == {"one.txt", "two.txt", "x.npy", "n.txt"}


def test_archives_are_the_same_as_among_all(tmp_path: Path) -> None:
    """Leaving the rest out changes none of them."""
    search = _search(tmp_path)
    every = search.every()
    kinds = (EffectKind.ARCHIVE_WRITE, EffectKind.ARCHIVE_READ)
    assert search.archives() == tuple(each for each in every if each.direction in kinds)


def test_a_file_that_cannot_open_an_archive_is_not_parsed() -> None:
    """Its words tell: a call of the classes and functions is written with one of their names."""
    assert may_open("from zipfile import ZipFile as Z", with_arrays=False)
    assert may_open("np.load(p)") and not may_open("np.load(p)", with_arrays=False)
    assert not may_open("open(p, 'wb'); unpack(p)")
