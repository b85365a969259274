"""The table of arrays, and those of a user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import TableError
from tracer.tables.arrays import load_arrays


def test_a_users_table_comes_beside_ours(tmp_path: Path) -> None:
    """And may say of a type of ours that it is read otherwise."""
    table = tmp_path / "mine.toml"
    table.write_text('[arrays."a.B"]\nat = "a.B"\n[arrays."torch.Tensor"]\nat = "torch.Tensor"\n')
    found = load_arrays((table,))
    assert found["a.B"] == {"at": "a.B"} and found["torch.Tensor"] == {"at": "torch.Tensor"}
    assert load_arrays()["torch.Tensor"]["shape"] == "shape"


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[arrays]\nx = 1\n",
        "[arrays.x]\nshape = 'shape'\n",
        "[arrays.x]\nat = 'a.x'\nsize = 'n'\n",
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str) -> None:
    """With its path, on one line."""
    table = tmp_path / "mine.toml"
    table.write_text(text)
    with pytest.raises(TableError, match=r"mine\.toml") as caught:
        load_arrays((table,))
    assert "\n" not in str(caught.value)
