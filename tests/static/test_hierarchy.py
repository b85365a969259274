"""The order of bases is Python's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracer.static.hierarchy import linearise

BASES = st.lists(st.lists(st.integers(0, 6), max_size=3, unique=True), min_size=1, max_size=7)


@given(BASES)
def test_orders_are_those_of_the_interpreter(lists: list[list[int]]) -> None:
    """For every hierarchy that Python accepts; the refused ones still get an order."""
    bases = {
        number: [base for base in listed if base < number] for number, listed in enumerate(lists)
    }
    classes: dict[int, type] = {}
    for number, listed in bases.items():
        try:
            classes[number] = type(
                f"C{number}", tuple(classes[base] for base in listed) or (object,), {}
            )
        except (TypeError, KeyError):
            assert sorted(set(linearise(number, bases.__getitem__))) == sorted(
                linearise(number, bases.__getitem__)
            )
            continue
        expected = [cls.__name__ for cls in classes[number].__mro__[:-1]]
        assert [f"C{base}" for base in linearise(number, bases.__getitem__)] == expected


def test_a_class_among_its_own_bases_ends() -> None:
    """As half-written code has it."""
    assert linearise("a", {"a": ["b"], "b": ["a"]}.__getitem__) == ("a", "b")
