"""Environment presets: those that come with the tool, and those of the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import TableError
from tracer.tables.presets import load_presets


def test_the_own_table_says_what_each_preset_does() -> None:
    """Every preset has words for a reader, and variables."""
    presets = load_presets()
    assert dict(presets["cpu"].variables)["CUDA_VISIBLE_DEVICES"] == ""
    assert all(preset.what and preset.variables for preset in presets.values())


def test_a_users_table_adds_and_replaces(tmp_path: Path) -> None:
    """A name in the user's table wins; others stay."""
    own = tmp_path / "own.toml"
    own.write_text('[cpu]\nvariables = { A = "1" }\n[lab]\nwhat = "ours"\nvariables = { B = "" }\n')
    presets = load_presets([own])
    assert presets["cpu"].variables == (("A", "1"),)
    assert (presets["lab"].what, presets["lab"].variables) == ("ours", (("B", ""),))
    assert "eager" in presets


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "expected TOML"),
        ("a = 1\n", r"\[a\]: expected `variables"),
        ("[a]\nvariables = { B = 1 }\n", r"\[a\] B: expected text, found 1"),
        ('[a]\nvariables = { "B=" = "1" }\n', "expected the name of a variable"),
        ('[a]\nunset = ["B"]\nvariables = {}\n', "'unset': expected"),
        ('[a]\nwhat = 3\nvariables = { B = "1" }\n', "what: expected text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    """The file, the preset, what was expected."""
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(TableError, match=message) as caught:
        load_presets([own])
    assert str(own) in str(caught.value)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    """One line with the path."""
    with pytest.raises(TableError, match="expected a table of presets"):
        load_presets([tmp_path / "none.toml"])
