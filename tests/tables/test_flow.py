"""What becomes of values on their way: our table, and a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import TableError
from tracer.tables.flow import load_flow_table, split_tables


def test_our_own_table_is_whole() -> None:
    """Every change says what it does, and of what; topics that it names are topics or `value`."""
    table = load_flow_table()
    topics = {topic.name for topic in table.topics} | {"value", "state"}
    for change in table.changes:
        assert change.what and (change.calls or change.attributes), change
        assert {*change.loses, *change.changes, *change.arrives} <= topics, change
    assert all("." in name for change in table.changes for name in change.calls)


def test_a_method_of_an_unknown_class_is_known_by_its_last_part() -> None:
    """A plain function is not: `x.copy()` is no `copy.copy`, and `x.tensor()` no `torch.tensor`."""
    table = load_flow_table()
    detach = table.change_by_call((), "detach")
    assert detach is not None and "gradient" in detach.loses
    assert table.change_by_call((), "tensor") is None
    copied = table.change_by_call((), "copy")
    assert copied is not None and "numpy.ndarray.copy" in copied.calls
    assert table.change_by_call(("torch.Tensor.detach",), "") == detach
    assert table.change_by_call(("project.detach",), "") is None


def test_a_user_adds_to_it_and_comes_first(tmp_path: Path) -> None:
    """An entry with keywords counts only where one of them is given; the rest stays as it is."""
    extra = tmp_path / "mine.toml"
    extra.write_text(
        '[[topic]]\nname = "mass"\nwords = ["mass*"]\nends = ["compared"]\n'
        '[[change]]\ncalls = ["torch.Tensor.to"]\nkeywords = ["mass"]\nwhat = "weighs"\n'
        'loses = ["mass"]\n[asks]\ncalls = ["mine.peek"]\n'
    )
    table = load_flow_table([extra])
    assert table.topics_of("Where is the mass lost?")[0].name == "mass"
    with_keyword = table.change_by_call(("torch.Tensor.to",), "", ["mass"])
    without = table.change_by_call(("torch.Tensor.to",), "", ["dtype"])
    assert with_keyword is not None and with_keyword.what == "weighs"
    assert without is not None and without.what != "weighs"
    assert table.is_asking(["mine.peek"]) and table.is_asking(["builtins.len"])


def test_tables_of_effects_and_of_flows_are_told_apart(tmp_path: Path) -> None:
    """`--table` takes both."""
    flows, effects = tmp_path / "flows.toml", tmp_path / "effects.toml"
    flows.write_text('[keeps]\ncalls = ["a.b.c"]\n')
    effects.write_text('[hidden]\nreads = ["a.b"]\n')
    assert split_tables([effects, flows]) == ((effects,), (flows,))


@pytest.mark.parametrize(
    "text",
    [
        "[wrong]\n",
        '[[change]]\ncalls = "a.b"\n',
        '[[change]]\nwhat = "x"\nunknown = ["a"]\n',
        '[[topic]]\nname = "x"\nends = ["nowhere"]\n',
        "[[change",
    ],
)
def test_another_form_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    """One line: which file, what was expected."""
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(TableError, match=r"bad\.toml"):
        load_flow_table([path])
