"""The effect table: what it says, and how a user adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import TableError
from tracer.model.graph import EffectKind
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table


def test_names_are_found_by_any_spelling() -> None:
    """Aliases and base classes lead to the entry."""
    table = load_effect_table()
    for name in (
        "tensorflow.keras.Model.save",
        "keras.Model.save",
        "tf_keras.models.Model.save",
        "tensorflow.keras.models.Sequential.save",
    ):
        rule = table.effect(name)
        assert rule is not None, name
        assert rule.write is EffectKind.SERIALIZE
    assert table.effect("numpy.nothing") is None


def test_a_file_that_may_stay_in_memory_is_written_like_one() -> None:
    """It goes to disk beyond its size."""
    rule = load_effect_table().effect("tempfile.SpooledTemporaryFile.write")
    assert rule is not None
    assert rule.write is EffectKind.FILE_WRITE


def test_what_an_archive_holds_is_a_hidden_input() -> None:
    """The names of its members decide as an existing file does; a size of ours does not."""
    table = load_effect_table()
    assert table.is_hidden_input("zipfile.ZipFile.namelist")
    assert table.is_hidden_input("tarfile.TarFile.getnames")
    assert not table.is_hidden_input("builtins.len")


def test_weights_that_are_copied_are_read_back() -> None:
    """As `load_state_dict` of the other library is."""
    rule = load_effect_table().effect("keras.Model.set_weights")
    assert rule is not None
    assert rule.write is EffectKind.DESERIALIZE


def test_a_table_of_the_user_adds_and_replaces(tmp_path: Path) -> None:
    """An effect and a return type of a library that the tool does not know."""
    extra = tmp_path / "mine.toml"
    extra.write_text(
        """
[[effect]]
calls = ["vault.Vault.store"]
kind = "file.write"
subject = "0:name"
payload = "1:value"
note = "to the vault"

[[effect]]
calls = ["builtins.open"]
kind = "network"

[returns]
"vault.connect" = "vault.Vault"
""",
        encoding="utf-8",
    )
    (tmp_path / "m.py").write_text("import vault\nvault.connect().store('k', x)\nopen('f')\n")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table([extra]))
    store, opened = graph.effects
    assert (store.operation, store.kind, store.subject, store.payload, store.note) == (
        "vault.Vault.store",
        EffectKind.FILE_WRITE,
        "'k'",
        "x",
        "to the vault",
    )
    assert opened.kind is EffectKind.NETWORK


def test_a_user_says_who_calls_what_is_kept(tmp_path: Path) -> None:
    """`[kept]`: the edge stands where the method is called, not where the callable is given."""
    extra = tmp_path / "mine.toml"
    extra.write_text('[kept]\n"argparse.ArgumentParser.add_argument" = []\n', encoding="utf-8")
    table = load_effect_table([extra])
    assert table.kept_by("argparse.ArgumentParser.add_argument") == ()
    assert table.kept_by("tkinter.Misc.bind") == ()
    assert table.kept_by("threading.Thread") == ("start", "run")
    assert table.kept_by("builtins.sorted") is None


def test_a_user_says_what_a_base_runs(tmp_path: Path) -> None:
    """`[hooks]`: a method of a subclass is an edge through the method of the base."""
    extra = tmp_path / "mine.toml"
    extra.write_text('[hooks]\n"vault.Vault.open" = ["on_*"]\n', encoding="utf-8")
    source = "import vault\nclass V(vault.Vault):\n  def on_open(self): ...\nV().open()\n"
    (tmp_path / "m.py").write_text(source)
    graph = build_call_graph(read_tree(tmp_path), load_effect_table([extra]))
    (found,) = (site for site in graph.resolutions if site.site.text == "V().open")
    assert found.through == (("m.py::V.on_open", "vault.Vault.open"),)


def test_a_user_says_whose_objects_hold_any_attribute(tmp_path: Path) -> None:
    """`[classes] bags`: what is stored under a name of such an object is what is read there."""
    extra = tmp_path / "mine.toml"
    extra.write_text('[classes]\nbags = ["optparse.Values"]\n', encoding="utf-8")
    source = "import optparse\ndef f(): ...\nv = optparse.Values()\nv.run = f\nv.run()\n"
    (tmp_path / "m.py").write_text(source)
    for tables, callees in (([extra], ("m.py::f",)), ([], ())):
        graph = build_call_graph(read_tree(tmp_path), load_effect_table(tables))
        (found,) = (site for site in graph.resolutions if site.site.text == "v.run")
        assert found.callees == callees


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[effect]", "expected TOML"),
        ("[effects]\n", "section 'effects': expected one of effect"),
        ("[effect]\n", "effect: expected [[effect]] entries"),
        ('[[effect]]\nkind = "file.read"', "[[effect]] number 1: calls: expected a list"),
        (
            '[[effect]]\ncalls = ["a"]\nkind = "disk"',
            "number 1: kind: expected one of file.read",
        ),
        ('[[effect]]\ncalls = ["a"]\nkind = "env"\nwho = 1', "key 'who': expected one of "),
        (
            '[[effect]]\ncalls = ["a"]\nkind = "env"\nsubject = "first one"',
            "subject: expected `0:file`",
        ),
        (
            '[[effect]]\ncalls = ["a"]\nkind = "env"\nmode = "0"',
            "kind: expected none beside `mode`",
        ),
        ('[returns]\n"a" = "list[int"', "[returns] 'a': expected a type"),
        ('[hooks]\n"a" = ["b c"]', "[hooks] 'a': expected `call`"),
        ('[kept]\n"a" = "b"', "[kept] 'a': expected a list"),
        ('[returns]\n"a" = 3', "[returns] 'a': expected a string, found 3"),
        ('[state]\nwrites = ["a"]', "[state] 'writes': expected one of write, read"),
    ],
)
def test_a_malformed_table_is_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    """It names the file, the entry, and what was expected."""
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as caught:
        load_effect_table([path])
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With the file's name."""
    with pytest.raises(TableError, match=r"gone\.toml: expected a table in TOML"):
        load_effect_table([tmp_path / "gone.toml"])


def test_the_guide_says_enough_for_libraries_that_keep_files_open(tmp_path: Path) -> None:
    """The table that the guide shows names one file for the call that opens and those after it."""
    guide = Path(__file__).parents[2] / "docs/guides/effect_table.md"
    shown = guide.read_text(encoding="utf-8").partition("keep files open")[2]
    extra = tmp_path / "mine.toml"
    extra.write_text(shown.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "app.py").write_text(
        "import zarr\n"
        "import pyarrow.parquet as pq\n"
        "group = zarr.open_group('out.zarr')\n"
        "group['x'] = [1]\n"
        "zarr.open_group('out.zarr', 'r')\n"
        "file = pq.ParquetFile('rows.parquet')\n"
        "file.read()\n"
    )
    graph = build_call_graph(read_tree(root), load_effect_table([extra]))
    assert [(e.span.line, e.kind.value, e.subject, e.keys) for e in graph.effects] == [
        (3, "file.write", "'out.zarr'", ()),
        (4, "file.write", "'out.zarr'", ("x",)),
        (5, "file.read", "'out.zarr'", ()),
        (6, "file.read", "'rows.parquet'", ()),
        (7, "file.read", "'rows.parquet'", ()),
    ]


def test_a_subject_is_found_by_the_keyword_that_the_library_has(tmp_path: Path) -> None:
    """`joblib` calls the file `filename`, where `pickle` calls it `file`."""
    (tmp_path / "app.py").write_text(
        "import joblib\n"
        "import pickle\n"
        "joblib.dump(value=1, filename='a')\n"
        "joblib.load(filename='a')\n"
        "pickle.dump(obj=1, file=open('b', 'wb'))\n"
    )
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    subjects = [(e.span.line, e.subject) for e in graph.effects if e.kind.value != "file.write"]
    assert subjects == [(3, "'a'"), (4, "'a'"), (5, "'b'")]
