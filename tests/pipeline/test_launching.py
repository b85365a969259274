"""What the options of a launch mean."""

from __future__ import annotations

import pytest

from tracer.errors import WorkloadError
from tracer.pipeline.launching import Launch, parse_size


def test_what_is_given_singly_wins_over_a_preset() -> None:
    """Presets in their order, then single variables; an empty value is a value."""
    launch = Launch(("CUDA_VISIBLE_DEVICES=1", "EMPTY=", "A=b=c"), ("cpu",))
    found = dict(launch.variables())
    assert (found["CUDA_VISIBLE_DEVICES"], found["EMPTY"], found["A"]) == ("1", "", "b=c")
    assert found["JAX_PLATFORMS"] == "cpu"
    assert Launch().variables() == ()


@pytest.mark.parametrize("given", ["A", "=b", ""])
def test_a_variable_has_a_name_and_a_value(given: str) -> None:
    """`NAME=VALUE` is expected."""
    with pytest.raises(WorkloadError, match="expected NAME=VALUE"):
        Launch((given,)).variables()


def test_an_unknown_preset_is_answered_with_those_that_are_known() -> None:
    """The message lists the names."""
    with pytest.raises(WorkloadError, match=r"--preset gpu: expected one of .*cpu.*offline"):
        Launch((), ("gpu",)).variables()


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("10k", 10240), ("500M", 500 << 20), ("2GiB", 2 << 30), ("1.5 mb", 3 << 19)],
)
def test_sizes_are_in_steps_of_1024(text: str, size: int) -> None:
    """With and without a unit, in any case."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "M", "1P", "ten"])
def test_what_is_no_size(text: str) -> None:
    """The message shows the form."""
    with pytest.raises(ValueError, match="expected a size such as 500M"):
        parse_size(text)
