"""Chains, cones, drivers and siblings."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from tests.paths.graphs import call, effect, graph, name
from tracer.model.evidence import ChainHop
from tracer.model.graph import EffectKind, SiteKind, Tier
from tracer.model.source import FunctionId
from tracer.paths import (
    backward_cone,
    drivers_of,
    effect_chains,
    find_path,
    forward_cone,
    shortest_chain,
    view_of,
)

NAMES = "abcdefg"
EDGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 9)), max_size=20
)


def f(text: str) -> FunctionId:
    return FunctionId(name(text))


def lines(hops: tuple[ChainHop, ...] | None) -> list[tuple[str, str, int]]:
    return [(h.caller[-1], h.callee[-1], h.line) for h in hops or ()]


def brute_force(edges: list[tuple[str, str, int]], source: str, target: str) -> list[str] | None:
    """All shortest paths by exhaustion, and of these the first in order."""
    queue, found = deque([[source]]), []
    while queue:
        path = queue.popleft()
        if found and len(path) > len(found[0]):
            break
        if path[-1] == target:
            found.append(path)
            continue
        queue.extend([*path, c] for a, c, _ in set(edges) if a == path[-1] and c not in path)
    return min(found) if found else None


@given(EDGES, st.sampled_from(NAMES), st.sampled_from(NAMES), st.randoms())
def test_find_path_is_the_first_of_the_shortest(edges, source, target, random) -> None:  # type: ignore[no-untyped-def]
    """The path is what exhaustive search finds, in whatever order the edges come."""
    resolutions = [call(*edge) for edge in edges]
    answer = find_path(view_of(graph(resolutions, functions=NAMES)), f(source), f(target))
    expected = brute_force(edges, source, target)
    assert answer.is_path == (expected is not None)
    if expected is not None:
        nodes = [source, *(hop.callee[-1] for hop in answer.hops)]
        assert nodes == expected
        for hop in answer.hops:
            same = [n for a, c, n in edges if (a, c) == (hop.caller[-1], hop.callee[-1])]
            assert hop.line == min(same)
    random.shuffle(resolutions)
    assert find_path(view_of(graph(resolutions, functions=NAMES)), f(source), f(target)) == answer


@given(EDGES, st.sampled_from(NAMES))
def test_cones_are_mirrors(edges: list[tuple[str, str, int]], start: str) -> None:
    """A function lies above another exactly where the other lies below it, at the same distance."""
    view = view_of(graph([call(*edge) for edge in edges], functions=NAMES))
    below = forward_cone(view, (f(start),))
    for other, hops in below.items():
        assert backward_cone(view, (other,))[f(start)] == hops
    assert below[f(start)] == 0


@given(EDGES, st.sampled_from(NAMES))
def test_everything_above_is_driven(edges: list[tuple[str, str, int]], goal: str) -> None:
    """Every function above a goal lies below one of its drivers."""
    view = view_of(graph([call(*edge) for edge in edges], functions=NAMES))
    drivers = drivers_of(view, (f(goal),))
    assert backward_cone(view, (f(goal),)).keys() <= forward_cone(view, drivers).keys()


def test_siblings() -> None:
    """A script that calls two functions is no path from the one to the other."""
    view = view_of(graph([call("main", "train", 168), call("main", "save", 169)]))
    answer = find_path(view, f("train"), f("save"))
    assert not answer.is_path
    assert answer.sibling_callers == (f("main"),)
    assert [(str(a), a.symbol) for a in answer.siblings] == [
        ("m.py:168", "main"),
        ("m.py:169", "main"),
    ]


def test_siblings_by_way_of_others() -> None:
    """Where nobody calls both, the nearest that leads to both says where it turns to each."""
    view = view_of(
        graph(
            [
                call("top", "main", 1),
                call("main", "setup", 5),
                call("setup", "train", 6),
                call("main", "finish", 9),
                call("finish", "save", 10),
            ]
        )
    )
    answer = find_path(view, f("train"), f("save"))
    assert answer.sibling_callers == (f("main"),)
    assert [a.line for a in answer.siblings] == [5, 9]


def test_who_comes_to_the_one_through_the_other_calls_no_siblings() -> None:
    """`save` calls `check`: from `check` to `save` there is no path, and `main` calls only one."""
    calls = [call("main", "save", 3), call("save", "check", 7)]
    answer = find_path(view_of(graph(calls)), f("check"), f("save"))
    assert (answer.is_path, answer.sibling_callers, answer.siblings) == (False, (), ())
    both = find_path(view_of(graph([*calls, call("main", "check", 4)])), f("check"), f("save"))
    assert (both.sibling_callers, [a.line for a in both.siblings]) == ((f("main"),), [4, 3])


def test_no_relation() -> None:
    """Two functions without a common caller have neither path nor siblings."""
    answer = find_path(view_of(graph([], functions=("a", "b"))), f("a"), f("b"))
    assert (answer.is_path, answer.hops, answer.siblings) == (False, (), ())


def test_a_function_leads_to_itself() -> None:
    """The chain from a function to itself has no hop; a recursion does not change that."""
    answer = find_path(view_of(graph([call("a", "a", 3)])), f("a"), f("a"))
    assert answer.is_path and answer.hops == ()


def test_open_sites_are_those_of_all_that_is_reached() -> None:
    """What the source cannot reach leaves its answer alone."""
    view = view_of(graph([call("a", "b", 1), call("b", "", 2), call("c", "", 3)], functions="d"))
    assert find_path(view, f("a"), f("d")).open_sites == 1
    assert find_path(view, f("c"), f("d")).open_sites == 1
    assert find_path(view, f("d"), f("a")).open_sites == 0


def test_unreachable_sites_are_left_out() -> None:
    """A call behind a return makes no path, and is not open either."""
    view = view_of(graph([call("a", "b", 1, is_unreachable=True)]))
    assert not find_path(view, f("a"), f("b")).is_path
    assert find_path(view, f("a"), f("b")).open_sites == 0


def test_a_name_alone_is_no_edge() -> None:
    """A callee found by name alone is a guess: no path, but an open site."""
    view = view_of(graph([call("a", "b", 1, tier=Tier.NAME)]))
    answer = find_path(view, f("a"), f("b"))
    assert (answer.is_path, answer.open_sites) == (False, 1)


def test_imports_make_a_path_only_where_calls_do_not() -> None:
    """What an import sets off is reached, by the longer chain too if that is one of calls."""
    resolutions = [
        call("a", "n.py::<module>", 2, kind=SiteKind.IMPORT),
        call("n.py::<module>", "b", 3),
    ]
    view = view_of(graph(resolutions))
    assert shortest_chain(view, f("a"), f("b")) is None
    assert lines(find_path(view, f("a"), f("b")).hops) == [("a", ">", 2), (">", "b", 3)]
    longer = [*resolutions, call("a", "x", 4), call("x", "y", 5), call("y", "b", 6)]
    assert len(find_path(view_of(graph(longer)), f("a"), f("b")).hops) == 3


def test_chain_to_an_outside_callee() -> None:
    """A chain may end outside the sources."""
    view = view_of(graph([call("a", "b", 1), call("b", "dill.dump", 2)]))
    assert lines(shortest_chain(view, f("a"), name("dill.dump"))) == [("a", "b", 1), ("b", "p", 2)]
    assert backward_cone(view, (name("dill.dump"),)) == {f("b"): 1, f("a"): 2}


def test_chain_to_an_effect() -> None:
    """The last hop is the outside callee of that very site, or the operation of a store."""
    dump = effect("b", EffectKind.SERIALIZE, "dill.dump", 2)
    store = effect("b", EffectKind.STATE_WRITE, "m.cfg[...] =", 5)
    view = view_of(graph([call("a", "b", 1), call("b", "dill._dill.dump", 2)], [dump, store]))
    chains = effect_chains(view, f("a"), (dump, store))
    assert [hop.callee for hop in chains[dump]] == [f("b"), "dill._dill.dump"]
    assert [hop.callee for hop in chains[store]] == [f("b"), "m.cfg[...] ="]
    assert effect_chains(view, f("b"), (dump,))[dump][0].line == 2


def test_drivers_of_a_ring() -> None:
    """Two that call each other and that nobody else calls are driven by the first of them."""
    view = view_of(graph([call("x", "y", 1), call("y", "x", 2), call("y", "z", 3)]))
    assert drivers_of(view, (f("z"),)) == {f("x"): 2}


def test_drivers_among_some() -> None:
    """A driver that only tests call is a driver of what is shipped."""
    view = view_of(graph([call("test_main", "main", 1), call("main", "save", 2)]))
    assert drivers_of(view, (f("save"),)) == {f("test_main"): 2}
    assert drivers_of(view, (f("save"),), among={f("main"), f("save")}) == {f("main"): 1}
