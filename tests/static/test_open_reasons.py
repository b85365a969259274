"""Why a site is open is told in the words of what is not known, not of what happens to lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.graph import OpenReason
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

SOURCE = """
import dill

class Wrapper:
    def __init__(self, saved):
        saved.run()

def first(given):
    given.run()

def second(given):
    given.run()

def nobody(given):
    given.run()

Wrapper(dill.load(open("a")))
first(given=dill.load(open("b")))
first(dill.load(open("c")))
second(dill.load(open("d")))
second(missing)
"""


def test_a_parameter_without_annotation_says_what_its_callers_pass(tmp_path: Path) -> None:
    """Where all known callers pass one result from outside; else that it has no annotation."""
    (tmp_path / "main.py").write_text(SOURCE, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        resolution.site.caller.partition("::")[2]: resolution.open_detail
        for resolution in graph.resolutions
        if resolution.site.text.endswith(".run")
    }
    passed = "is passed the result of `dill.load`, whose type no table gives"
    assert found == {
        "Wrapper.__init__": f"receiver: parameter `saved` {passed}",
        "first": f"receiver: parameter `given` {passed}",
        "second": "receiver: parameter `given` has no annotation",
        "nobody": "receiver: parameter `given` has no annotation",
    }


LACKING = """
class A: pass
class B: pass
class C: pass
class D: pass
class E: pass
class Kept:
    handler = None

def one(flag):
    "text".on_page()

def several(flag):
    thing = A() if flag else [] if flag is None else "text"
    thing.on_page()

def many(flag):
    thing = A() if flag else B()
    if flag == 2:
        thing = C()
    elif flag == 3:
        thing = D()
    elif flag == 4:
        thing = E()
    elif flag == 5:
        thing = {}
    thing.on_page()

def same(flag):
    thing = "text" if flag else "other"
    thing.on_page()

def held(flag):
    thing = "text" if flag else Kept()
    thing.handler()
"""


def test_a_member_that_is_missing_is_told_of_every_type(tmp_path: Path) -> None:
    """The one that was read last may not be the one that runs; many are counted."""
    (tmp_path / "main.py").write_text(LACKING, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        resolution.site.caller.partition("::")[2]: resolution.open_detail
        for resolution in graph.resolutions
        if resolution.open_reason is not None
    }
    alone = "the only type that was read for it, `builtins.str`, has no `on_page`"
    none = "no type that was read for it has `on_page`: "
    assert found == {
        "one": alone,
        "same": alone,
        "several": f"{none}`builtins.str`, `builtins.list`, `main.A`",
        "many": f"{none}`builtins.dict`, `main.A`, `main.B`, `main.C` and 2 more types",
        "held": "what `main.Kept.handler` holds; it may be `builtins.str`, too",
    }


ADDING = """
import functools

class Box:
    @property
    def size(self): return 1
    @size.setter
    def size(self, value): pass
    @size.deleter
    def size(self): pass

@functools.singledispatch
def show(x): pass

@show.register
def _(x: int): pass

@show.register(str)
def _(x): pass

class Other:
    @unknown.setter
    def size(self): pass
"""


def test_what_adds_to_a_property_or_a_dispatcher_is_known(tmp_path: Path) -> None:
    """`@x.setter` is no open site where `x` is a property; control: where nobody knows `x`."""
    (tmp_path / "main.py").write_text(ADDING, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        resolution.site.text: resolution.callees or resolution.open_reason
        for resolution in graph.resolutions
        if resolution.site.text.partition(".")[2].partition("(")[0] in _ADDS
    }
    assert found == {
        "size.setter": ("builtins.property.setter",),
        "size.deleter": ("builtins.property.deleter",),
        "show.register": ("functools.singledispatch.register",),
        "show.register(str)": ("functools.singledispatch.register",),
        "unknown.setter": OpenReason.UNKNOWN_NAME,
    }


_ADDS = ("setter", "deleter", "register")


ANNOTATED = """
from typing import Callable

def made(name) -> Callable[[], int]:
    space = {}
    exec("def x(): return 1", space)
    return space[name]

def handed(name):
    return made(name)

def planned() -> Callable[[], int]:
    raise NotImplementedError

def nothing() -> None:
    return None

def known():
    return 1

made("x").first()
handed("x").second()
planned().third()
nothing().fourth()
chosen = made("x") or known
chosen()
"""


def test_an_annotation_that_names_no_class_hides_no_doubt(tmp_path: Path) -> None:
    """What such a function returns is unknown, not None; and what stands beside it is not all."""
    (tmp_path / "main.py").write_text(ANNOTATED, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        resolution.site.text.rpartition(".")[2]: resolution.open_detail
        for resolution in graph.resolutions
        if resolution.site.text.endswith(("first", "second", "third", "fourth", "chosen"))
    }
    item = "an item of a container of unknown content"
    assert found == {
        "first": f"receiver: {item}",
        "second": f"receiver: {item}",
        "third": "nothing is known of what `.third` is read of",
        "fourth": "receiver of `.fourth` is None",
        "chosen": item,
    }


def _many(classes: int) -> str:
    made = "\n".join(f"class C{n}:\n    pass\n" for n in range(classes))
    passed = "\n".join(f"use(C{n}())" for n in range(classes))
    return (
        f"{made}\nclass Last:\n    def go(self):\n        pass\n\n"
        f"class First:\n    def go(self):\n        pass\n\n"
        f"def use(thing):\n    thing.go()\n\nuse(First())\n{passed}\nuse(Last())\n"
    )


@pytest.mark.parametrize(
    ("classes", "callees", "reason"),
    [(40, {"First.go", "Last.go"}, None), (80, {"First.go"}, OpenReason.TOO_MANY)],
)
def test_a_set_that_was_full_is_no_whole_answer(
    tmp_path: Path, classes: int, callees: set[str], reason: OpenReason | None
) -> None:
    """What came after the last value that is kept may be called, too."""
    (tmp_path / "main.py").write_text(_many(classes), encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    (found,) = (one for one in graph.resolutions if one.site.text == "thing.go")
    names = {callee.partition("::")[2] for callee in found.callees}
    assert (names, found.open_reason) == (callees, reason)
    if reason is not None:
        assert "more than 60 values" in found.open_detail


HELD = """
import threading

class cached(property):
    def __init__(self, fget):
        super().__init__(fget)

    def read(self, obj):
        return self.fget(obj)

    def lacks(self, obj):
        return self.no_such(obj)

class Timer(threading.Timer):
    def go(self):
        self.function()

def plain(given: threading.Timer):
    given.function()

class Holder:
    @cached
    def value(self):
        return 1
"""


def test_a_member_of_a_base_outside_is_not_told_to_lack(tmp_path: Path) -> None:
    """The library says that it is there, only not what it holds."""
    (tmp_path / "main.py").write_text(HELD, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {
        resolution.site.caller.partition("::")[2]: resolution.open_detail
        for resolution in graph.resolutions
        if not resolution.callees
    }
    assert found == {
        "cached.read": "what `main.cached.fget` holds",
        "cached.lacks": "the only type that was read for it, `main.cached`, has no `no_such`",
        "Timer.go": "what `main.Timer.function` holds",
        "plain": "what `threading.Timer.function` holds",
    }


def test_a_property_keeps_its_function_for_later(tmp_path: Path) -> None:
    """Making one does not call it."""
    (tmp_path / "main.py").write_text(HELD, encoding="utf-8")
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    (through,) = (
        outside
        for resolution in graph.resolutions
        for callee, outside in resolution.through
        if str(callee).endswith("Holder.value")
    )
    assert through == "builtins.property.__init__ (later)"
