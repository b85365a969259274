"""What libraries put between a program and itself: our table, and a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import TableError
from tracer.tables.outside import load_outside_table


def test_our_own_table_is_whole() -> None:
    """Every entry says what it must: files for code, a variable for wrappers, where takers look."""
    table = load_outside_table()
    assert all(made.library and made.files for made in table.code)
    assert all("." in name and variable for name, variable in table.wrappers.items())
    assert all("." in name and places for name, places in table.later.items())
    assert all(bool(made.found_as) == bool(made.source_map) for made in table.code)


def test_a_user_adds_to_it_and_comes_first(tmp_path: Path) -> None:
    """The control: what the user does not name stays as it is."""
    extra = tmp_path / "mine.toml"
    extra.write_text(
        '[[code]]\nlibrary = "mine"\nfiles = ["<mine *>"]\n'
        '[wrappers]\n"mine.wrap.<locals>.inner" = "f"\n'
        '[later]\n"mine.pool.give" = ["work"]\n'
        '"threading.Thread.start" = ["other"]\n'
    )
    table, ours = load_outside_table([extra]), load_outside_table()
    assert table.code[0].library == "mine" and table.code[1:] == ours.code
    assert table.wrappers == {**ours.wrappers, "mine.wrap.<locals>.inner": "f"}
    assert table.later["threading.Thread.start"] == ("other",)
    assert table.later["mine.pool.give"] == ("work",)


@pytest.mark.parametrize(
    "text",
    [
        "[[code]]\nlibrary = 'x'\n",
        "[[code]]\nlibrary = 'x'\nfiles = []\n",
        "[[code]]\nlibrary = 'x'\nfiles = ['a']\nfound = 'b'\n",
        "[wrappers]\n'a.b' = 3\n",
        "[wrapper]\n'a.b' = 'c'\n",
        "[[code\n",
    ],
)
def test_a_table_of_another_form_is_refused_with_its_name(text: str, tmp_path: Path) -> None:
    """One line: which file, what was expected."""
    extra = tmp_path / "mine.toml"
    extra.write_text(text)
    with pytest.raises(TableError, match=r"mine\.toml"):
        load_outside_table([extra])
