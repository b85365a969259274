"""A bundle is there whole or not at all, and says when it was touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.bundle.manifest import check_manifest
from tracer.bundle.store import check_output_folder, find_bundle, write_bundle
from tracer.errors import BundleError

FILES = {"summary.md": b"# one page\n", "env/trace_env.json": b"{}\n"}


def test_what_was_written_agrees_with_its_manifest(tmp_path: Path) -> None:
    """Control for the tests below."""
    bundle = write_bundle(FILES, tmp_path / "out", folder="", force=False)
    assert check_manifest(bundle) == ()
    assert (bundle / "summary.md").read_bytes() == FILES["summary.md"]


@pytest.mark.parametrize(
    ("touch", "problem"),
    [
        (lambda bundle: (bundle / "summary.md").write_text("# two\n"), "changed"),
        (lambda bundle: (bundle / "summary.md").unlink(), "missing"),
        (lambda bundle: (bundle / "more.md").write_text("x"), "not in the manifest"),
    ],
)
def test_a_touched_bundle_is_found_out(tmp_path: Path, touch, problem: str) -> None:  # type: ignore[no-untyped-def]
    """A changed, a removed and an added file."""
    bundle = write_bundle(FILES, tmp_path / "out", folder="", force=False)
    touch(bundle)
    assert [mismatch.problem for mismatch in check_manifest(bundle)] == [problem]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """And stays as it was."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BundleError, match="expected an empty folder"):
        check_output_folder(tmp_path, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_force_replaces_bundles_and_nothing_else(tmp_path: Path) -> None:
    """A folder of the user's own is not replaced, whatever is forced."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.tex").write_text("years of work")
    with pytest.raises(BundleError, match="this folder is not one"):
        write_bundle(FILES, own, folder="", force=True)
    assert (own / "thesis.tex").exists()

    out = tmp_path / "out"
    write_bundle({**FILES, "old.md": b""}, out, folder="a/b", force=False)
    write_bundle(FILES, out, folder="c", force=True)
    assert not (out / "a").exists()
    assert check_manifest(out / "c") == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "own"]


@pytest.mark.parametrize("path", ["../evil.md", "/etc/evil.md"])
def test_no_file_leads_out_of_the_bundle(tmp_path: Path, path: str) -> None:
    """Neither a file nor the folder that a brief names; nothing is left behind."""
    with pytest.raises(BundleError, match="inside the output folder"):
        write_bundle({path: b""}, tmp_path / "out", folder="", force=False)
    with pytest.raises(BundleError, match="inside the output folder"):
        write_bundle(FILES, tmp_path / "out", folder=path, force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_is_found_below_the_folder_that_was_given(tmp_path: Path) -> None:
    """One is found, none and several are refused."""
    with pytest.raises(BundleError, match="found none"):
        find_bundle(tmp_path)
    bundle = write_bundle(FILES, tmp_path / "out", folder="plans/x", force=False)
    assert find_bundle(tmp_path / "out") == bundle
    write_bundle(FILES, tmp_path / "two", folder="", force=False)
    with pytest.raises(BundleError, match="found 2"):
        find_bundle(tmp_path)


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """One clear line."""
    (tmp_path / "out").write_text("")
    with pytest.raises(BundleError, match="found a file"):
        check_output_folder(tmp_path / "out", force=True)
