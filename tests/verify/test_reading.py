"""What names are bound to, by imports and definitions alone."""

from __future__ import annotations

from importlib import import_module

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedExternal, Recording
from tracer.static.sources import SourceTree
from tracer.verify.reading import Reading
from tracer.verify.recorded import Recorded
from tracer.verify.syntax import Definition


def _bound(tree: SourceTree, path: str, function: str = "") -> set[str]:
    """What the one call in a function, or in a module's own code, is bound to."""
    reading = Reading(tree)
    file = reading.file(path)
    assert file is not None
    definition = file.named(function)[0] if function else next(file.definitions)
    calls = [call for call in file.calls_in(definition) if call.kind == "call"]
    (call,) = [call for call in calls if call.text != "super"]
    return {t.id if isinstance(t, Definition) else str(t) for t in reading.callees(call, path)}


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from pkg.low import work", "work()"),
        ("from pkg import low", "low.work()"),
        ("from pkg import low as l", "l.work()"),
        ("import pkg.low", "pkg.low.work()"),
        ("import pkg.low as p", "p.work()"),
        ("from .low import work", "work()"),
        ("from . import low", "low.work()"),
        ("from pkg import work", "work()"),  # re-exported
        ("from pkg import renamed", "renamed()"),
        ("from pkg.low import *", "work()"),
        ("try:\n    from pkg.low import work\nexcept ImportError:\n    work = None", "work()"),
    ],
)
def test_an_import_binds_a_name(make_tree, imports: str, call: str) -> None:
    """Absolute, relative, renamed, star and re-exported imports lead to the definition."""
    tree = make_tree(
        {
            "pkg/__init__.py": "from .low import work\nfrom pkg.low import work as renamed\n",
            "pkg/low.py": "def work(): ...\n",
            "pkg/high.py": f"{imports}\n{call}\n",
        }
    )
    assert _bound(tree, "pkg/high.py") == {"pkg/low.py::work"}


@pytest.mark.parametrize(
    ("imports", "bound"),
    [
        ("from ..low import work", {"top/low.py::work"}),
        ("from .. import low as work", set()),
        ("from ...far import work", {"far.py::work"}),
        ("from ....far import work", set()),  # above the root
        ("from .low import work", {"top/sub/low.py::work"}),
    ],
)
def test_dots_go_up(make_tree, imports: str, bound: set[str]) -> None:
    """Two dots are the package above; more than there are lead nowhere."""
    tree = make_tree(
        {
            "far.py": "def work(): ...\n",
            "top/__init__.py": "",
            "top/low.py": "def work(): ...\n",
            "top/sub/__init__.py": "",
            "top/sub/low.py": "def work(): ...\n",
            "top/sub/high.py": f"{imports}\nwork()\n",
        }
    )
    found = _bound(tree, "top/sub/high.py")
    assert {each for each in found if "<module>" not in each} == bound


def test_a_function_local_import_binds_in_its_function_alone(make_tree) -> None:
    """The same name elsewhere in the file stays unsettled."""
    tree = make_tree(
        {
            "low.py": "def work(): ...\n",
            "high.py": """
                def f():
                    from low import work
                    work()

                def g():
                    work()
            """,
        }
    )
    assert _bound(tree, "high.py", "f") == {"low.py::work"}
    assert _bound(tree, "high.py", "g") == set()


@pytest.mark.parametrize(
    "shadow",
    ["work = other", "for work in things: pass", "with x as work: pass", "(work := 1)"],
)
def test_an_assignment_unsettles_a_name(make_tree, shadow: str) -> None:
    """What is assigned is not known by imports and definitions alone."""
    tree = make_tree(
        {"low.py": "def work(): ...\n", "high.py": f"from low import work\n{shadow}\nwork()\n"}
    )
    assert _bound(tree, "high.py") == set()


def test_a_parameter_hides_an_import(make_tree) -> None:
    """The innermost binding counts."""
    tree = make_tree(
        {
            "low.py": "def work(): ...\n",
            "high.py": "from low import work\ndef f(work):\n    work()\n",
        }
    )
    assert _bound(tree, "high.py", "f") == set()


def test_a_global_statement_binds_in_the_module(make_tree) -> None:
    """A function that assigns a global unsettles it for all."""
    tree = make_tree(
        {
            "a.py": """
                def work(): ...
                def change():
                    global work
                    work = None or change
                def f():
                    work()
            """
        }
    )
    assert _bound(tree, "a.py", "f") == set()


def test_self_and_super_lead_to_the_class_and_its_bases(make_tree) -> None:
    """Methods of `self` are those of the class, inherited ones included."""
    tree = make_tree(
        {
            "base.py": "class Base:\n    def step(self): ...\n",
            "a.py": """
                from base import Base
                class A(Base):
                    def own(self): ...
                    def f(self):
                        self.own()
                    def g(self):
                        self.step()
                    def step(self):
                        super().step()
            """,
        }
    )
    assert _bound(tree, "a.py", "A.f") == {"a.py::A.own"}
    assert _bound(tree, "a.py", "A.g") == {"a.py::A.step"}
    assert _bound(tree, "a.py", "A.step") == {"base.py::Base.step"}


def test_a_base_outside_the_tree_leaves_a_method_open(make_tree) -> None:
    """What `keras.Model` defines is not read, so `self.call` may be its own."""
    tree = make_tree(
        {
            "a.py": """
                import keras
                class Mixin:
                    def save(self): ...
                class A(keras.Model, Mixin):
                    def f(self):
                        self.save()
            """
        }
    )
    assert _bound(tree, "a.py", "A.f") == set()


def test_an_instance_attribute_hides_a_method(make_tree) -> None:
    """`self.step = …` may put anything in the method's place."""
    tree = make_tree(
        {
            "a.py": """
                class A:
                    def __init__(self, step):
                        self.step = step
                    def step(self): ...
                    def f(self):
                        self.step()
            """
        }
    )
    assert _bound(tree, "a.py", "A.f") == set()


def test_names_outside_the_tree_keep_their_dotted_name(make_tree) -> None:
    """`import tensorflow as tf` makes `tf.keras.load` a name of tensorflow; `len` is a builtin."""
    tree = make_tree(
        {"a.py": "import tensorflow as tf\ntf.keras.load()\n", "b.py": "def f():\n    len(x)\n"}
    )
    assert _bound(tree, "a.py") == {"tensorflow.keras.load"}
    assert _bound(tree, "b.py", "f") == {"builtins.len"}


def test_a_script_finds_its_neighbours_first(make_tree) -> None:
    """A script's own folder comes first on its path; a package's does not."""
    files = {
        "helpers.py": "def work(): ...\n",
        "scripts/helpers.py": "def work(): ...\n",
        "scripts/run.py": "import helpers\nhelpers.work()\n",
    }
    assert _bound(make_tree(files), "scripts/run.py") == {"scripts/helpers.py::work"}
    assert _bound(make_tree({**files, "scripts/__init__.py": ""}), "scripts/run.py") == {
        "helpers.py::work"
    }


@pytest.mark.parametrize("root", ["", "src/", "deep/python/"])
def test_packages_are_found_below_an_import_root(make_tree, root: str) -> None:
    """The root, `src`, or the one folder that holds such a package."""
    tree = make_tree(
        {
            f"{root}pkg/__init__.py": "",
            f"{root}pkg/low.py": "def work(): ...\n",
            "run.py": "from pkg.low import work\nwork()\n",
        }
    )
    assert _bound(tree, "run.py") == {f"{root}pkg/low.py::work"}


def test_circular_re_exports_end(make_tree) -> None:
    """Two modules that import one name from each other settle nothing, and do not hang."""
    tree = make_tree({"a.py": "from b import f\nf()\n", "b.py": "from a import f\n"})
    assert _bound(tree, "a.py") == set()


def test_only_files_that_define_a_name_are_parsed(make_tree, monkeypatch) -> None:
    """One document on a large tree costs what it needs."""
    tree = make_tree({"a.py": "def f(): ...\n", **{f"b{n}.py": "x = 1\n" for n in range(20)}})
    parsed: list[str] = []
    module = import_module("tracer.verify.reading")  # `tracer.verify` itself is a function
    original = module.read_file
    monkeypatch.setattr(
        module, "read_file", lambda path, text: parsed.append(path) or original(path, text)
    )
    assert [d.id for d in Reading(tree).defined("f")] == ["a.py::f"]
    assert parsed == ["a.py"]


def test_paths_outside_the_root_are_no_files(make_tree) -> None:
    """A document cannot make the verifier read elsewhere."""
    reading = Reading(make_tree({"a.py": "x = 1\n"}))
    assert reading.find_paths("../outside.txt") == ()
    assert reading.lines("/etc/hostname") is None


@pytest.mark.parametrize(("modules", "is_found"), [(10, True), (11, False)])
def test_re_exports_are_followed_so_far(make_tree, modules: int, is_found: bool) -> None:
    """A chain of imports ends somewhere; behind the bound nothing is said."""
    files = {f"m{n}.py": f"from m{n + 1} import go\n" for n in range(modules)}
    files[f"m{modules}.py"] = "def go():\n    pass\n"
    reading = Reading(make_tree(files))
    file = reading.file("m0.py")
    assert file is not None
    found = [getattr(each, "id", each) for each in reading.bound("go", file, 0)]
    assert found == ([f"m{modules}.py::go"] if is_found else [])


@pytest.mark.parametrize(("classes", "is_found"), [(10, True), (11, False)])
def test_bases_are_followed_so_far(make_tree, classes: int, is_found: bool) -> None:
    """A method of a far base."""
    text = "class C0:\n    def go(self):\n        pass\n\n"
    text += "".join(f"class C{n}(C{n - 1}):\n    pass\n\n" for n in range(1, classes))
    reading = Reading(make_tree({"a.py": text}))
    file = reading.file("a.py")
    assert file is not None
    assert bool(reading.bound(f"C{classes - 1}.go", file, 0)) is is_found


def test_what_a_test_defines_inside_is_seen_outside_the_namespace(make_tree) -> None:
    """A recording names it by module and dotted name, without `<locals>`."""
    tree = make_tree(
        {
            "shop.py": "def buy(till):\n    return till.pay()\n",
            "tests/test_shop.py": (
                "def test_it():\n    class Till:\n        def pay(self):\n            return 1\n"
                "    assert buy(Till())\n"
            ),
        }
    )
    reading = Reading(tree)
    (buy,), (pay,) = reading.defined("buy"), reading.defined("Till.pay")
    seen = ObservedExternal(
        Frame("shop.py", "shop", "buy", 1), 2, None, "tests.test_shop.test_it.Till.pay", 1, 1
    )
    recorded = Recorded([Recording(Workload("w1", ("x.py",)), True, externals=(seen,))])
    assert recorded.saw_outside(buy, pay, 2, 2)
    assert not recorded.saw_outside(buy, pay, 1, 1)
    assert not recorded.saw_outside(pay, buy, 2, 2)
