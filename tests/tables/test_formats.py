"""What is known of files of libraries: our table, and a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import TableError
from tracer.tables.formats import load_formats


def test_our_own_table_is_whole() -> None:
    """Arrays say where their shape stands, archives are told by what is in them."""
    table = load_formats()
    arrays = [made for made in table.made.values() if made.kind in ("tensor", "array")]
    assert arrays and all(made.shape.split(".")[0] in ("args", "state") for made in arrays)
    assert next(form.kind for form in table.archives if form.fits(["a/data.pkl"])) == "torch"
    assert next(form.kind for form in table.archives if form.fits(["a.npy", "b.npy"])) == "npz"
    assert not any(form.fits(["a.npy", "b.txt"]) for form in table.archives)
    assert not any(form.fits([]) for form in table.archives)


def test_a_user_adds_to_it_and_comes_first(tmp_path: Path) -> None:
    """The control: what the user does not name stays as it is."""
    extra = tmp_path / "mine.toml"
    extra.write_text(
        '[made."mine.rebuild"]\nkind = "frame"\nshape = "args.1"\n'
        '[dtypes]\nf4 = "single"\n'
        '[[archives]]\nkind = "mine"\nmembers = ["mine.json"]\n'
        '[[opaque]]\nnames = ["*.mine"]\nwhy = "ours"\n'
        '[configurations]\nholds_code = ["Mine"]\n'
    )
    table, ours = load_formats([extra]), load_formats()
    assert table.made["mine.rebuild"].kind == "frame"
    assert table.dtypes == {**ours.dtypes, "f4": "single"}
    assert table.archives[0].fits(["mine.json", "a"]) and table.archives[1:] == ours.archives
    assert table.why_opaque("a.mine") == "ours" and not ours.why_opaque("a.mine")
    assert table.holds_code == ours.holds_code | {"Mine"}


@pytest.mark.parametrize(
    "text",
    [
        "nonsense = 1",
        '[made."a.b"]\nshape = "args.1"',
        '[made."a.b"]\nkind = "x"\nother = 1',
        "[dtypes]\nf4 = 4",
        '[[archives]]\nkind = "x"',
        '[[archives]]\nkind = "x"\nevery = "*"\nunknown = 1',
        '[[opaque]]\nnames = ["a"]',
        "made = 1",
        "no toml",
    ],
)
def test_other_forms_are_refused(tmp_path: Path, text: str) -> None:
    """One line names the file."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(TableError, match=r"mine\.toml"):
        load_formats([path])


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A name is no table."""
    with pytest.raises(TableError, match=r"none\.toml"):
        load_formats([tmp_path / "none.toml"])
