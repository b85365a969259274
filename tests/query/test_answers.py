"""Each question, with the answer that reading the target by eye gives."""

from __future__ import annotations

from pathlib import Path

from tests.query.conftest import Ask
from tracer.model.query import QueryAnswer


def _pairs(answer: QueryAnswer) -> list[tuple[str, str]]:
    return [(edge.caller.partition("::")[2], edge.callee) for edge in answer.data.edges]


def test_callers_with_their_places(ask: Ask) -> None:
    """Two calls of one function are one item with both lines; code that cannot run is none."""
    answer = ask("callers", "close")
    assert answer.ok
    (edge,) = answer.data.edges
    assert (edge.caller, edge.at, edge.more_lines) == (
        "shop/desk.py::open_up",
        "shop/desk.py:23",
        (24,),
    )
    assert (edge.sure, edge.tier) == ("exact", "definite")
    assert [edge.caller for edge in ask("callers", "tally").data.edges] == ["shop/desk.py::close"]


def test_callers_as_far_as_it_goes(ask: Ask) -> None:
    """The nearest first, each with its distance."""
    answer = ask("callers", "shop.desk.close", depth=None)
    assert [(edge.caller.rpartition("::")[2], edge.hops) for edge in answer.data.edges] == [
        ("open_up", 1),
        ("begin", 2),
        ("<module>", 3),
    ]


def test_an_open_site_of_the_name_could_call_it(ask: Ask) -> None:
    """`what.save` has a receiver that nobody knows: told, not counted as a caller."""
    answer = ask("callers", "Base.save")
    assert _pairs(answer) == [("close", "shop/store.py::Base.save")]
    assert [site.at for site in answer.data.open_sites] == ["shop/desk.py:7"]
    assert any("could call anything" in item.what for item in answer.unknown)


def test_no_caller_has_a_reason(ask: Ask) -> None:
    """And the reason tells of the open sites that could be one."""
    answer = ask("callers", "lonely")
    assert answer.ok and answer.total == 0
    assert "no call of shop/desk.py::lonely was found" in answer.data.answer
    assert "callers outside the tree were not read" in answer.data.answer
    assert "1 open site calls unknown values" in answer.data.answer


def test_no_callee_has_a_reason(ask: Ask) -> None:
    """There is no call in it, or nobody knows what its calls do: these are two answers."""
    assert "there is no call in it" in ask("callees", "lonely").data.answer
    assert "nobody knows what 1 call site calls" in ask("callees", "shop.desk.save").data.answer


def test_callees_outside_and_open(ask: Ask) -> None:
    """Callees outside the tree are callees; a callback that nobody passes is open."""
    answer = ask("callees", "close")
    assert ("close", "shop/store.py::Base.save") in _pairs(answer)
    assert [site.text for site in answer.data.open_sites] == ["after"]
    outside = ask("callers", "json.dump")
    assert _pairs(outside) == [("Base.save", "json.dump")]


def test_a_path_by_calls(ask: Ask) -> None:
    """The shortest chain, each hop with its quoted line."""
    answer = ask("path", "begin", "Base.save")
    (chain,) = answer.data.chains
    assert [hop.callee.rpartition("::")[2] for hop in chain.hops] == [
        "open_up",
        "close",
        "Base.save",
    ]
    assert chain.sure == "exact"
    quotes = {anchor.at: anchor.quote for anchor in answer.anchors}
    assert quotes["shop/desk.py:12"] == 'shelf.save("shelf.json")'


def test_a_path_of_which_a_call_may_go_elsewhere_is_not_said_to_run(
    ask: Ask, tmp_path: Path
) -> None:
    """Each call was read by itself: `Plain.visit` never runs `Other.act`."""
    (tmp_path / "m.py").write_text(
        "class Base:\n    def visit(self):\n        return self.act()\n\n"
        "class Plain(Base):\n    def act(self):\n        return 1\n\n"
        "class Other(Base):\n    def act(self):\n        return deep()\n\n"
        "def deep():\n    return 2\n\n"
        "def plainly():\n    return Plain().visit()\n\n"
        "def otherwise():\n    return Other().visit()\n"
    )
    answer = ask("path", "plainly", "deep", root=tmp_path)
    (chain,) = answer.data.chains
    assert chain.sure == "may"
    assert "whether one run makes all calls of a way" in [item.what for item in answer.unknown]
    assert not ask("path", "plainly", "visit", root=tmp_path).unknown


def test_a_path_by_an_import(ask: Ask) -> None:
    """What an import sets off is told to be that."""
    answer = ask("path", "main", "tally")
    assert "by what an import sets off" in answer.data.answer
    assert answer.data.chains[0].hops[0].kind == "import"


def test_no_path_says_where_it_ended(ask: Ask) -> None:
    """With the way back, who leads to both, and the open sites on the way."""
    answer = ask("path", "tally", "close")
    assert answer.ok and answer.data.answer.startswith("NO PATH")
    assert "the other way round there is one of 1 call" in answer.data.answer
    assert "leads to both" not in answer.data.answer  # who calls `close` comes to `tally` by that
    apart = ask("path", "tally", "Base.save")
    assert "shop/desk.py::close leads to both" in apart.data.answer
    beside = ask("path", "shop.desk.save", "Order")
    assert "NO PATH" in beside.data.answer
    assert [site.at for site in beside.data.open_sites] == ["shop/desk.py:7"]


def test_effects_on_the_way_down(ask: Ask) -> None:
    """With the calls that lead there, and how sure they are."""
    answer = ask("effects", "open_up", depth=None, detail="full")
    written = [effect for effect in answer.data.effects if effect.operation == "builtins.open"]
    assert [(effect.at, effect.kind, effect.hops) for effect in written] == [
        ("shop/store.py:20", "file.write", 2)
    ]
    assert written[0].via == (
        "shop/desk.py::open_up",
        "shop/desk.py::close",
        "shop/store.py::Base.save",
    )
    assert written[0].guards == ("unless os.path.exists(path) (line 18)",)
    assert "no effect was found in 1 function" in ask("effects", "lonely").data.answer


def test_effects_say_what_the_tables_do_not_know(ask: Ask) -> None:
    """Functions outside of which no effect was told are named; at the last hop, too."""
    (silent,) = (
        item
        for item in ask("effects", "Base.save", depth=None).unknown
        if "outside in reach" in item.what
    )
    assert silent.what == "what 2 functions outside in reach may do besides"
    assert silent.reason.endswith("effect tables: os.path.exists, shop.store.Order.__init__")


def test_what_is_called_at_the_last_hop_counts(ask: Ask) -> None:
    """The function is within the depth that was asked for, and what it calls is one hop further."""
    told = ask("effects", "open_up", depth=1).data.answer
    assert "no effect was found in 2 functions; of the 1 function outside" in told


def test_explain_an_edge_and_its_absence(ask: Ask) -> None:
    """Why it is there; why it is not, with what stands in its place."""
    why = ask("explain", "close", "Base.save").data
    assert [edge.at for edge in why.edges] == ["shop/desk.py:12"]
    assert "the class of the receiver is known" in why.edges[0].note
    dead = ask("explain", "open_up", "tally").data.edges
    assert ["this line cannot run" in edge.note for edge in dead] == [True]
    not_there = ask("explain", "open_up", "Base.save").data
    assert "it leads there in 2 calls" in not_there.answer
    assert len(not_there.chains) == 1


def test_unresolved_of_a_file(ask: Ask) -> None:
    """Each with its reason; of a tree, a folder, a file or a function."""
    assert [s.text for s in ask("unresolved", "desk.py").data.open_sites] == ["what.save", "after"]
    assert ask("unresolved", "shop/deep").total == 0
    assert "is resolved" in ask("unresolved", "shop/deep").data.answer
    assert ask("unresolved").total == 2


def test_find_ranks_the_best_first(ask: Ask) -> None:
    """A whole name comes before a part of one; patterns are patterns."""
    found = [item.id for item in ask("find", "save").data.functions]
    assert found[:2] == ["shop/desk.py::save", "shop/store.py::Base.save"]
    assert [item.id for item in ask("find", "open_*").data.functions] == ["shop/desk.py::open_up"]
    assert "no name holds" in ask("find", "no_such_thing").data.answer


def test_a_decorator_that_only_binds_hands_nothing_on(ask: Ask, tmp_path: Path) -> None:
    """`classmethod` and its like call nothing and keep nothing; any other decorator may."""
    (tmp_path / "shop.py").write_text(
        "import functools\n\n\n"
        "class Till:\n"
        "    @classmethod\n    def made(cls):\n        return cls()\n\n"
        "    @property\n    @functools.lru_cache\n    def total(self):\n        return 1\n\n"
        "    @functools.singledispatchmethod\n    def add(self, what):\n        return what\n"
    )
    why = {
        name: ask("callers", f"Till.{name}", root=tmp_path).unknown[-1].reason
        for name in ("made", "total", "add")
    }
    assert "decorator" not in why["made"]
    assert "its decorator may hand it on" in why["total"]
    assert "its decorator may hand it on" in why["add"]
