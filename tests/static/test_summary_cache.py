"""What was read once is not read again, and nobody can tell but by the clock."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.model.graph import CallGraph
from tracer.static import scan, summary_cache
from tracer.static.call_graph import build_call_graph
from tracer.static.file_scan import scan_file
from tracer.static.outside.cache import TableCache
from tracer.static.scan import scan_tree
from tracer.static.sources import SourceText, digest_tree, read_tree
from tracer.static.summary_cache import SummaryCache
from tracer.static.user_cache import FOLDER_VARIABLE, cache_folder
from tracer.tables.load import load_effect_table

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one test's own."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of a program, to be edited."""
    return Path(shutil.copytree(CORPUS / "state" / "config", tmp_path / "tree"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that were lowered, as this goes on."""
    paths: list[str] = []

    def scanned(source: SourceText) -> object:
        paths.append(source.path)
        return scan_file(source)

    monkeypatch.setattr(scan, "scan_file", scanned)
    return paths


def packs(folder: Path) -> list[Path]:
    return sorted((folder / "summaries").glob("*"))


def graph_of(root: Path) -> CallGraph:
    return build_call_graph(read_tree(root), load_effect_table())


def test_after_an_edit_only_the_edited_file_is_read(
    root: Path, folder: Path, read: list[str]
) -> None:
    """And the graph is that of a reading without a cache."""
    paths = [source.path for source in read_tree(root).files]
    assert len(paths) > 1
    before = graph_of(root)
    assert read == paths
    assert graph_of(root) == before
    assert read == paths
    edited = root / paths[0]
    edited.write_text(edited.read_text() + "\n\ndef added():\n    len([])\n")
    after = graph_of(root)
    assert read == [*paths, paths[0]]
    shutil.rmtree(folder / "summaries")
    assert graph_of(root) == after != before
    assert read == [*paths, paths[0], *paths]


def test_the_corpus_from_the_cache(folder: Path, read: list[str]) -> None:
    """Every summary of it comes back as it was, and in the same order."""
    tree = read_tree(CORPUS)
    steps: list[tuple[int, int]] = []
    cold = scan_tree(tree)
    read.clear()
    assert scan_tree(tree, lambda done, total: steps.append((done, total))) == cold
    assert steps == [(done, len(cold)) for done in range(1, len(cold) + 1)]
    kept = {source.path for source, one in zip(tree.files, cold, strict=True) if not one.problem}
    assert not kept & set(read)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"\0" * len(data),
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: data[:-100] + bytes([data[-100] ^ 1]) + data[-99:],
        lambda data: b"\xe9\0\0\0\xff\xff\xff\xff",
    ],
)
def test_a_broken_pack_is_made_again(
    root: Path, folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    """It costs time, and nothing else."""
    expected = scan_tree(read_tree(root))
    (pack,) = packs(folder)
    data = pack.read_bytes()
    pack.write_bytes(damage(data))
    assert scan_tree(read_tree(root)) == expected
    assert len(pack.read_bytes()) == len(data)


def test_a_pack_of_another_version_is_made_again(
    root: Path, folder: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code that lowers is part of the key."""
    scan_tree(read_tree(root))
    monkeypatch.setattr(summary_cache, "_maker", lambda: "another")
    read.clear()
    scan_tree(read_tree(root))
    assert len(read) == len(read_tree(root).files)
    assert len(packs(folder)) == 1


def test_nothing_is_written_below_the_root(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the cache would lie there; the control case writes elsewhere."""
    before = digest_tree(root)
    scan_tree(read_tree(root))
    assert len(packs(folder)) == 1
    monkeypatch.setenv(FOLDER_VARIABLE, str(root / "cache"))
    scan_tree(read_tree(root))
    assert digest_tree(root) == before
    assert not (root / "cache").exists()


def test_a_cache_that_cannot_be_written(root: Path, folder: Path) -> None:
    """No cache is no error."""
    folder.write_text("in the way")
    assert scan_tree(read_tree(root)) == scan_tree(read_tree(root))
    assert folder.read_text() == "in the way"


def test_both_caches_follow_the_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one counts as none."""
    TableCache().write("a", ("b",))
    assert len(list(folder.rglob("a.marshal"))) == 1
    assert cache_folder() == folder
    monkeypatch.setenv(FOLDER_VARIABLE, "")
    assert cache_folder().name == "callchain-tracer"


def test_files_with_a_problem_are_read_each_time(
    tmp_path: Path, folder: Path, read: list[str]
) -> None:
    """The pack is not written again for them."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "bad.py").write_text("def f(:\n")
    (tmp_path / "tree" / "good.py").write_text("f()\n")
    tree = read_tree(tmp_path / "tree")
    first = scan_tree(tree)
    (pack,) = packs(folder)
    os.utime(pack, (0, 0))
    assert scan_tree(tree) == first
    assert read == ["bad.py", "good.py", "bad.py"]
    assert pack.stat().st_mtime == 0


def test_a_pack_holds_the_last_reading_and_no_more(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Former versions of a file go when a new one comes; what is too much is not kept."""
    scan_tree(read_tree(root))
    (pack,) = packs(folder)
    size = pack.stat().st_size
    for path in root.rglob("*.py"):
        path.write_text("x = 1\n")
    scan_tree(read_tree(root))
    assert pack.stat().st_size < size / 2
    (root / "new.py").write_text("f()\n")
    monkeypatch.setattr(summary_cache, "_LARGEST_PACK_BYTES", 0)
    scan_tree(read_tree(root))
    found = [SummaryCache(root).find(source) is None for source in read_tree(root).files]
    assert found == [source.path == "new.py" for source in read_tree(root).files]


def test_packs_of_roots_that_are_gone(root: Path, folder: Path) -> None:
    """What nobody wrote for a month is removed when a pack is written; what is not ours stays."""
    packs_folder = folder / "summaries"
    packs_folder.mkdir(parents=True)
    days = {"old.marshal": 31, "old.marshal.123": 31, "new.marshal": 29, "notes.txt": 99}
    for name, age in days.items():
        (packs_folder / name).write_text("")
        os.utime(packs_folder / name, (time.time() - age * 24 * 3600,) * 2)
    scan_tree(read_tree(root))
    assert set(days) & {file.name for file in packs(folder)} == {"new.marshal", "notes.txt"}
