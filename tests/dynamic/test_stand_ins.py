"""Programs run without a library that is not installed, and the recording says what stood in."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import Program
from tracer.dynamic.edges import edges_document
from tracer.dynamic.tree import render_tree
from tracer.errors import TableError, WorkloadError
from tracer.model.recording import Recording

Write = Callable[..., Program]

USES = {
    "a base class": """
        import lib
        from lib.nn import Module
        class Net(Module):
            def __init__(self):
                super().__init__(name="net")
                self.width = 3
            def forward(self):
                return self.width
        net = Net()
        assert net.forward() == 3 and net.width == 3
        assert isinstance(net, Module) and issubclass(Net, Module)
        assert isinstance(net, lib.nn.Module)
        assert not isinstance(3, Module)
        assert net.parameters() is not None       # the base has whatever is asked of it
        assert Net.from_config({}) is not None    # the class, too
        assert not hasattr(net, "_private")       # what is private is the program's own affair
        class Other(lib.A, lib.B, option=1): pass
        Other()
    """,
    "bases with metaclasses of others": """
        import abc, enum, lib
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Shape(lib.Base, abc.ABC):
            @abc.abstractmethod
            def area(self): ...
        try:
            Shape()
        except TypeError:
            pass
        else:
            raise AssertionError("an abstract class was instantiated")
        class Square(Shape):
            def area(self): return 4
        assert Square().area() == 4
        class Colour(lib.Mixin, enum.Enum):
            RED = 1
        assert Colour(1) is Colour.RED and Colour.RED.value == 1
        class Meta(type): pass
        class Own(lib.Base, metaclass=Meta): pass
        assert type(Own) is Meta
        class Typed(lib.Base, Generic[T]): pass
        class Subscripted(lib.Base[int]): pass
        Typed[int](), Subscripted()
    """,
    "an enumeration, a metaclass": """
        import enum, lib
        class Level(lib.StrEnum):
            LOW = "low"
        assert Level("low") is Level.LOW and isinstance(Level.LOW, str)
        class Bits(lib.IntFlag):
            A = 1
            B = 2
        assert Bits.A | Bits.B == 3
        assert lib.Enum.MEMBER is lib.Enum.MEMBER
        class Made(metaclass=lib.RegistryMeta):
            x = 1
        assert isinstance(Made, type) and Made.x == 1
        class Meta(lib.ModelMeta):
            def __new__(cls, name, bases, body):
                return super().__new__(cls, name, bases, {**body, "tagged": True})
        class Tagged(metaclass=Meta): pass
        assert Tagged.tagged
    """,
    "decorators": """
        import lib
        from lib import task
        @lib.jit
        def a(): return 1
        @lib.jit(static=(1,), cache=True)
        def b(): return 2
        @task
        @lib.retry(3)
        def c(): return 3
        @lib.register
        class D: pass
        @lib.serializable(package="p")
        class E: pass
        class F:
            @lib.cached
            def m(self): return 4
            @staticmethod
            @lib.traced
            def s(): return 5
        assert (a(), b(), c(), F().m(), F.s()) == (1, 2, 3, 4, 5)
        assert isinstance(D(), D) and isinstance(E(), E)
        handed = lib.submit(a)                    # a callback is no decorated function
        assert handed is not a and handed.result() is not None
    """,
    "exceptions": """
        import lib, warnings
        from lib.exceptions import NotFound
        try:
            raise lib.ConnectionError("no")
        except (lib.TimeoutError, lib.ConnectionError) as error:
            assert error.args == ("no",) and error.response is not None
        class Mine(lib.errors.OpError): pass
        try:
            raise Mine
        except lib.errors.OpError:
            pass
        try:
            1 / 0
        except NotFound:
            raise AssertionError
        except ZeroDivisionError:
            pass
        warnings.filterwarnings("ignore", category=lib.ExperimentalWarning)
        warnings.warn("x", lib.ExperimentalWarning)
    """,
    "annotations": """
        import dataclasses, lib
        from typing import Callable, Dict, List, Optional, Union, get_type_hints
        Batch = Dict[str, lib.Tensor]
        def f(x: Optional[lib.Tensor], y: "lib.Tensor | None" = None) -> Union[lib.Tensor, int]: ...
        def g(x: lib.Tensor | None, y: None | lib.Tensor, z: int | lib.Tensor) -> List[lib.A]: ...
        def h(x: Callable[[lib.Tensor], lib.Tensor], y: lib.Generic[int, str]) -> None: ...
        get_type_hints(f)
        @dataclasses.dataclass
        class Config(lib.Base):
            width: int
            height: int = 2
        assert Config(1) == Config(1, 2)
        try:
            Config()
        except TypeError:
            pass
        else:
            raise AssertionError("a field got an invented default")
    """,
    "unpacking and stars": """
        from lib import *
        from lib.layers import *
        import lib
        a, b = lib.split(x)
        c, *d, e = lib.parts()
        (f, g), h = lib.pair()
        first, = lib.one()
        assert len(d) == 1
        def uses():
            return relu(Dense)
        uses()
        assert "pi" not in globals() and len([1]) == 1   # only what the module uses, no builtins
        print(*lib.many(), **{"end": "x"})
    """,
    "submodules": """
        import lib.a.b.c as d
        from lib.a.b import C, f as g
        import lib.a.b
        from lib import a
        import importlib
        assert importlib.import_module("lib.x.y").__name__ == "lib.x.y"
        assert lib.a.b.C is C and d.__name__ == "lib.a.b.c"
        assert lib.__version__ and not hasattr(lib, "__file__") and repr(lib)
        lib.config = 3
        assert lib.config == 3
        import lib as again
        assert again is lib
    """,
    "contexts and iteration": """
        import lib
        with lib.session() as session, session.open("x"):
            session.run()
        try:
            with lib.session():
                raise KeyError
        except KeyError:
            pass
        seen = [batch for batch in lib.loader()]
        assert 0 < len(seen) < 10 and len(lib.loader()) == len(seen)
        for number, (x, y) in enumerate(zip(lib.xs(), lib.ys())):
            x.shape, y.shape
        iterator = iter(lib.loader())
        next(iterator)
        turns = 0
        while True:
            try:
                next(lib.stream)
            except StopIteration:
                break
            turns += 1
        assert turns == len(seen)
        for _ in reversed(lib.loader()): pass
        [*lib.loader()], {**{}}, sorted(lib.names(), key=str), list(map(str, lib.loader()))
    """,
    "asynchronous use": """
        import asyncio, lib
        async def main():
            client = await lib.connect()
            async with client.session() as session:
                async for row in session.rows():
                    row.id
            return await asyncio.gather(asyncio.ensure_future(other()))
        async def other():
            await lib.sleep(1)
            return 7
        assert asyncio.run(main()) == [7]
    """,
    "numbers and text": """
        import lib, math
        x = lib.value()
        assert int(x) == 1 and float(x) == 1.0 and complex(x) == 1 and round(x) == 1
        assert [5, 6][lib.index] == 6 and list(range(lib.n)) == [0] and math.floor(x) == 1
        assert f"{x:.3f} {x:5d} {x:>40}" and f"{x}" == str(x) == "<stand-in lib.value()>"
        y = (x + 1) * 2 - 3 / x ** 2 // 1 % 2
        y += 1; y @= x; y = -y; y = abs(y); y <<= 1
        2 + x, 2 - x, 2 * x, 2 / x, 2 ** x, x & 1, 1 | x, ~x, divmod(x, 2)
        assert x < 3 or x > 3
        assert x == x and not (x == 3) and x != 3 and x not in [1, 2, None]
        assert {x: 1}[x] == 1 and len({lib.a, lib.a, lib.b}) == 2
        x["k"] = 5
        x.name = "n"
        assert x["k"] == 5 and x.name == "n" and "k" in x and "other" not in x
        x[0], x[1:2], x[..., None], x["a", 3]
        del x["k"]
        sum([x, x]), max(x, key=str), "%s" % x, "{:>9}".format(x)
        import os
        assert os.path.join("a", lib.folder).startswith("a")
    """,
    "checks of what nobody knows": """
        import lib
        x = lib.load()
        def check(x, limit=3, name=None):
            if x.ndim < 2:
                raise ValueError(f"expected two dimensions, found {x.ndim}")
            if not x.is_valid():
                raise ValueError
            if x.size > limit or name is not None or x.shape[0] <= 0:
                raise ValueError("size")
            if x.ok and x.broken:
                raise RuntimeError("broken")
            if x.ready:
                done = True
            else:
                raise RuntimeError("not ready")
            assert x.count > 2, "count"
            assert not x.empty
            if lib.fast():
                return "the first answer is yes"
        assert check(x) == "the first answer is yes"
        class Failing:
            def __enter__(self): return self
            def __exit__(self, *error): return None
        with Failing():
            for _ in range(3):
                if lib.failed():
                    raise KeyError
    """,
    "copies and pickles": """
        import copy, pickle, lib
        from lib.layers import Dense
        class Net(Dense):
            def __init__(self): super().__init__(); self.width = 3
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            data = pickle.dumps({"layer": Dense, "net": Net()}, protocol)
            back = pickle.loads(data)
            assert back["layer"] is Dense and back["net"].width == 3
            assert b"tracer" not in data         # by reference: the library's own name stands there
            assert pickle.loads(pickle.dumps(lib.errors.OpError, protocol)) is lib.errors.OpError
            assert repr(pickle.loads(pickle.dumps(Dense(3), protocol))) == repr(Dense(3))
        assert copy.deepcopy({"a": Dense})["a"] is Dense and copy.copy(lib.value()) is not None
        assert copy.deepcopy(Net()).width == 3
    """,
    "asked what it is": """
        import inspect, functools, lib
        assert callable(lib.f) and lib.f.__name__ == "f" and not inspect.isfunction(lib.f)
        inspect.getmodule(lambda: 0), inspect.getdoc(lib.f), dir(lib), vars(lib), repr(lib.f)
        assert isinstance(lib.Foo(), lib.Foo) and not isinstance(lib.Bar(), lib.Foo)
        assert not issubclass(int, lib.Foo)
        @functools.wraps(lib.f)
        def wrapped(): return 1
        assert wrapped() == 1
        functools.partial(lib.f, 1)(2)
        assert lib.f.a.b.c is lib.f.a.b.c and lib.Foo is lib.Foo
    """,
}


def _run(program: Write, text: str, *stand_ins: str, **options: Any) -> Recording:
    files = options.pop("files", None)
    return program(text, files).record(stand_ins=stand_ins or ("auto",), **options)


def _works(recording: Recording) -> Recording:
    assert recording.exit_status == 0, recording.stderr_tail
    assert not recording.dropped
    return recording


@pytest.mark.parametrize("use", sorted(USES))
def test_what_programs_do_with_a_library_works_without_it(program: Write, use: str) -> None:
    """Each way of using a name runs on, and gives what the program goes on with."""
    recording = _works(_run(program, USES[use]))
    assert recording.stand_ins is not None
    assert recording.stand_ins.modules == ("lib",)


def test_without_stand_ins_such_a_program_ends(program: Write) -> None:
    """The control: the same program, nothing fabricated."""
    recording = program(USES["a base class"]).record()
    assert recording.exit_status == 1
    assert "No module named 'lib'" in recording.stderr_tail
    assert recording.stand_ins is None


# What stays missing

OPTIONAL = {
    "an import with a handler": """
        try:
            import cupy
        except ImportError:
            cupy = None
        assert cupy is None
    """,
    "a narrower handler, among others": """
        try:
            import cupy
            import json
        except (ValueError, ModuleNotFoundError):
            cupy = None
        else:
            raise AssertionError
    """,
    "a handler of everything around imports alone": """
        try:
            import cupy
            HAS_CUPY = True
        except Exception:
            HAS_CUPY = False
        try:
            from cupy import array
        except:
            array = None
        assert not HAS_CUPY and array is None
    """,
    "suppress": """
        from contextlib import suppress
        cupy = None
        with suppress(ImportError):
            import cupy
        assert cupy is None
    """,
    "a handler in the importing module": """
        try:
            import gpu
        except ImportError as error:
            gpu = None
            assert error.name == "cupy"
        assert gpu is None
    """,
    "a handler around a call that imports": """
        def load():
            import cupy
            return cupy
        try:
            load()
        except ImportError:
            found = False
        else:
            raise AssertionError
    """,
    "a question": """
        import importlib.util
        assert importlib.util.find_spec("cupy") is None
    """,
    "an imported name": """
        import importlib
        try:
            importlib.import_module("cupy")
        except ImportError:
            pass
        else:
            raise AssertionError
    """,
    "a handler around a class": """
        try:
            class Backend:
                import cupy
        except ImportError:
            Backend = None
        assert Backend is None
    """,
}


@pytest.mark.parametrize("case", sorted(OPTIONAL))
def test_what_a_program_can_do_without_stays_missing(program: Write, case: str) -> None:
    """`auto` fabricates nothing that the program is ready to miss: an ordinary run."""
    recording = _works(_run(program, OPTIONAL[case], files={"gpu.py": "import cupy\n"}))
    assert recording.stand_ins is None


@pytest.mark.parametrize("case", sorted(set(OPTIONAL) - {"a question"}))
def test_a_name_that_was_asked_for_is_fabricated_all_the_same(program: Write, case: str) -> None:
    """`--stand-in cupy` overrides the handler: then the other branch runs."""
    recording = _run(program, OPTIONAL[case], "cupy", files={"gpu.py": "import cupy\n"})
    assert recording.stand_ins is not None
    assert recording.stand_ins.modules == ("cupy",)


NEEDED = {
    "a handler that explains": """
        try:
            import cupy
        except ImportError as error:
            raise RuntimeError("pip install cupy") from error
        cupy.array
    """,
    "a handler that exits": """
        import sys
        try:
            import cupy
        except ImportError:
            print("install cupy")
            sys.exit(3)
    """,
    "a handler of everything around the work": """
        try:
            import cupy
            print(cupy.array([1]))
        except Exception:
            raise SystemExit(4)
    """,
    "a function that is only defined under the handler": """
        try:
            def load():
                import cupy
                return cupy
        except ImportError:
            load = None
        load()
    """,
    "the else and the handler of another": """
        try:
            import json
        except ImportError:
            pass
        else:
            import cupy
        try:
            1 / 0
        except ZeroDivisionError:
            import cupy
    """,
}


@pytest.mark.parametrize("case", sorted(NEEDED))
def test_what_would_end_the_program_is_fabricated(program: Write, case: str) -> None:
    """A handler that gives up, or one around something else, guards no import."""
    recording = _works(_run(program, NEEDED[case]))
    assert recording.stand_ins is not None
    assert recording.stand_ins.modules == ("cupy",)


def test_real_modules_win(program: Write) -> None:
    """A module that can be found is imported, even where a stand-in for it was asked for."""
    text = "import json, own\nassert json.loads('1') == 1 and own.X == 2\n"
    recording = _works(_run(program, text, "json", "own", files={"own.py": "X = 2\n"}))
    assert recording.stand_ins is None


def test_a_folder_that_bears_the_name_of_a_library_is_not_the_library(program: Write) -> None:
    """Without `__init__` it would be an empty package where the library is not installed; a real
    package of that name is the tree's own, and so is a folder whose name nobody knows."""
    text = "import mlflow\nassert mlflow.active_run() is None\n"
    recording = _works(_run(program, text, files={"mlflow/notes.py": "X = 1\n"}))
    assert recording.stand_ins is not None and recording.stand_ins.modules == ("mlflow",)
    own = {"mlflow/__init__.py": "def active_run(): pass\n", "data/notes.py": "X = 1\n"}
    text += "import data.notes\nassert data.notes.X == 1\n"
    recording = _works(_run(program, text, "auto", "mlflow", files=own, out="own"))
    assert recording.stand_ins is None


def test_modules_of_the_tree_are_never_invented(program: Write) -> None:
    """A folder that is missing on the path is no missing library; the recording says so."""
    recording = _run(program, "import helper\n", files={"src/helper.py": "X = 1\n"})
    assert recording.exit_status == 1
    assert recording.stand_ins is None
    assert any("odule helper is missing, and the tree has" in text for text in recording.cannot_see)


@pytest.mark.parametrize(
    "text",
    ["import own.missing", "from own import missing", "import json.missing", "import _cupy"],
)
def test_parts_of_real_packages_and_private_modules_stay_missing(program: Write, text: str) -> None:
    """A misspelt name of a package that is there is an error of the program."""
    recording = _run(program, text + "\n", files={"own/__init__.py": ""})
    assert recording.exit_status == 1
    assert recording.stand_ins is None


def test_what_a_library_misses_is_its_own_affair(program: Write, tmp_path: Path) -> None:
    """An import in code outside the tree is fabricated only where a recipe knows the module."""
    outside = tmp_path / "site"
    outside.mkdir()
    (outside / "plugin.py").write_text("import unheard_of\n")
    (outside / "known.py").write_text("import mlflow\n")
    missing = _run(program, "import plugin\n", import_folders=(outside,))
    assert missing.exit_status == 1
    known = _works(_run(program, "import known\n", import_folders=(outside,), out="known"))
    assert known.stand_ins is not None
    assert known.stand_ins.modules == ("mlflow",)


def test_a_program_that_misses_nothing_runs_as_ever(program: Write) -> None:
    """With `--stand-in auto` and nothing missing: the same output, status and edges."""
    text = """
        import json, sys
        def f(x): return json.dumps(x)
        print(f([1]), sorted(m for m in sys.modules if "stand" in m or "tracer" in m))
        try:
            import cupy
        except ImportError as error:
            print(repr(error), error.name)
        sys.exit(3)
    """
    written = program(text)
    untraced = written.untraced()
    traced = written.traced("main.py", **{"stand-in": "auto"})
    assert (traced.stdout, traced.stderr, traced.returncode) == (
        untraced.stdout,
        untraced.stderr,
        untraced.returncode,
    )
    plain = written.record(out="plain")
    under = written.record(stand_ins=("auto",), out="under")
    assert edges_document(plain) == edges_document(under)


def test_what_the_command_runs_is_the_targets_own(program: Write, tmp_path: Path) -> None:
    """A script elsewhere and code on the command line miss their libraries as well."""
    written = program("pass\n")
    command = ("-c", "import lib; lib.f()")
    assert _works(written.record(*command, stand_ins=("auto",))).stand_ins is not None
    script = tmp_path / "elsewhere.py"
    script.write_text("import lib\nlib.f()\n")
    recording = _works(written.record(str(script), stand_ins=("auto",), out="script"))
    assert recording.stand_ins is not None


# What the recording says

TOLD = """
    import lib
    def train():
        model = lib.Model()
        for batch in model.batches():
            model.step(batch)
        return lib.loss(model)
    train()
"""


def test_each_invented_thing_is_named_where_it_was_used(program: Write) -> None:
    """Dotted names in order of their first use, with place and count."""
    recording = _works(_run(program, TOLD))
    assert recording.stand_ins is not None
    uses = recording.stand_ins.uses
    told = [(use.name, use.operation, use.line, use.times) for use in uses]
    assert told[:2] == [("lib.Model", "attribute", 3, 1), ("lib.Model", "call", 3, 1)]
    assert ("lib.Model().step", "call", 5, 2) in told
    assert ("lib.loss", "call", 6, 1) in told
    first = recording.stand_ins.invented[0]
    assert first.caller is not None
    assert (first.caller.path, first.caller.qualname) == ("main.py", "train")
    assert [use.order for use in uses] == sorted(use.order for use in uses)


def test_calls_of_invented_functions_are_external_calls(program: Write) -> None:
    """They bear the library's name, and none of ours stands among them."""
    recording = _works(_run(program, TOLD))
    callees = {(external.callee, external.line) for external in recording.externals}
    assert {("lib.Model", 3), ("lib.Model().step", 5), ("lib.loss", 6)} <= callees
    assert not any("tracer" in callee for callee, _ in callees)


def test_the_label_stands_in_every_text(program: Write) -> None:
    """`edges.json` and the call tree say what stood in, and that nothing is confirmed."""
    recording = _works(_run(program, TOLD))
    document = edges_document(recording)["stand_ins"]
    assert document["modules"] == ["lib"] and document["asked_for"] == ["auto"]
    assert document["uses"][0]["name"] == "lib.Model"
    head = render_tree(recording).splitlines()[:4]
    assert any("--stand-in auto: lib stood in" in line for line in head)


def test_two_runs_give_the_same_answers(program: Write) -> None:
    """What is invented depends on the program alone, not on hash seeds or addresses."""
    text = """
        import lib
        kept = []
        for step in range(250):
            if lib.chance() and lib.level() > step:
                kept.append(step)
        print(kept, {lib.a, lib.b}, f"{lib.x:.2f}")
    """
    written = program(text)
    first = written.record(stand_ins=("auto",), out="first")
    second = written.record(
        stand_ins=("auto",), out="second", environment=(("PYTHONHASHSEED", "7"),)
    )
    assert first.stand_ins == second.stand_ins
    assert _works(first).calls == second.calls


# Endless loops

ENDING = {
    "an answer": "while lib.pending(): pass",
    "an answer the other way": "while not lib.done(): pass",
    "a comparison": "while lib.loss() > 0.1: pass",
    "an attribute": "state = lib.start()\nwhile state.running: state.step()",
    "a chain": "node = lib.first()\nwhile node: node = node.next",
    "both": "a = lib.a()\nwhile a < 3 and not a.converged: a = a + 1",
}


@pytest.mark.parametrize("loop", sorted(ENDING))
def test_loops_around_invented_answers_end(program: Write, loop: str) -> None:
    """Answers change by turns, so a loop ends whichever one it waits for."""
    _works(_run(program, f"import lib\n{ENDING[loop]}\n", time_budget_s=20))


def test_a_loop_that_only_uses_invented_things_is_ended(program: Write) -> None:
    """Not even a handler of every Exception keeps it going; the recording says which loop."""
    text = """
        import lib
        def wait():
            while True:
                try:
                    lib.poll(1)
                except Exception:
                    pass
        wait()
    """
    recording = _run(program, text, mode="edges")
    assert recording.exit_status == 1
    assert "does not end" in recording.stderr_tail.splitlines()[-1]
    assert "lib.poll" in recording.stderr_tail.splitlines()[-1]
    assert any("stand-ins were ended" in text for text in recording.cannot_see)
    assert recording.is_complete


# Recipes

RECIPE = """
    from tracer_stand_in import Base, invent, is_invented
    VERSION = "9.1"
    ALIASES = {"lib.old": "lib"}
    ABSENT = ["lib.gone", "lib.missing"]
    DECORATORS = ["lib.jit"]

    class Model(Base):
        def __init__(self, size=1):
            self.size = size
        def fit(self, callback):
            return callback(self.size)

    def double(x):
        return invent("lib.double()") if is_invented(x) else 2 * x

    NAMES = {"lib.Model": Model, "lib.double": double, "lib.PI": 3}
"""


def _folder(tmp_path: Path, **recipes: str) -> str:
    folder = tmp_path / "recipes"
    folder.mkdir(exist_ok=True)
    for name, text in recipes.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    return str(folder)


def test_a_recipe_of_the_user_is_used(program: Write, tmp_path: Path) -> None:
    """It gives real things under the library's names; all else is invented."""
    text = """
        import lib, pickle
        import lib.old as old
        from lib.old import Model as Same
        class Net(lib.Model):
            def call(self): return self.size
        assert lib.__version__ == "9.1" and lib.PI == 3 and lib.double(4) == 8
        assert old.Model is lib.Model is Same and isinstance(Net(), lib.Model)
        assert Net(5).call() == 5 and Net(6).fit(lambda size: size + 1) == 7
        assert Net().anything is not None and lib.other() is not None
        assert pickle.loads(pickle.dumps(lib.Model(3))).size == 3
        assert pickle.loads(pickle.dumps(lib.double)) is lib.double
        assert not hasattr(lib, "gone")
        try:
            import lib.missing
        except ImportError:
            pass
        else:
            raise AssertionError
        f = lambda: 1
        assert lib.jit(f) is f
        assert lib.double(lib.other()) is not None
    """
    recipes = (_folder(tmp_path, lib=RECIPE),)
    recording = _works(_run(program, text, recipes=recipes))
    assert recording.stand_ins is not None
    by_recipe = {use.name for use in recording.stand_ins.uses if use.operation == "recipe"}
    assert {"lib.Model", "lib.double", "lib.PI"} <= by_recipe
    assert "lib.other" in {use.name for use in recording.stand_ins.invented}
    assert "lib.Model" not in {use.name for use in recording.stand_ins.invented}


def test_frames_of_a_recipe_bear_the_name_of_the_library(program: Write, tmp_path: Path) -> None:
    """A callback comes `through` the method that the library would have called it from."""
    text = """
        import lib
        def on_size(size): return size
        lib.Model(3).fit(on_size)
    """
    recipes = (_folder(tmp_path, lib=RECIPE),)
    recording = _works(_run(program, text, recipes=recipes))
    (call,) = [call for call in recording.calls if call.callee.qualname == "on_size"]
    through = "lib.Model.fit" if sys.version_info and recording.python >= "3.11" else "lib.fit"
    assert call.through == through or recording.python.startswith("3.10")
    assert call.caller is not None and call.caller.qualname == "<module>"
    names = {external.callee for external in recording.externals}
    assert "lib.Model.fit" in names or recording.python.startswith("3.10")


def test_of_two_recipes_the_later_one_wins(program: Write, tmp_path: Path) -> None:
    """The user's recipe adds to ours: here for a library that we know as well."""
    own = """
        def start_run(*args, **kwargs):
            return 42
        NAMES = {"mlflow.start_run": start_run}
    """
    text = "import mlflow\nassert mlflow.start_run() == 42 and mlflow.active_run() is None\n"
    recording = _works(_run(program, text, recipes=(_folder(tmp_path, mlflow=own),)))
    assert recording.stand_ins is not None


def test_a_recipe_that_fails_is_told_and_left_out(program: Write, tmp_path: Path) -> None:
    """The run goes on with invented things."""
    recipes = (_folder(tmp_path, lib="NAMES = {}\nraise KeyError('x')\n"),)
    recording = _works(_run(program, "import lib\nlib.f()\n", recipes=recipes))
    assert any("recipe for lib could not be used: KeyError" in t for t in recording.cannot_see)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("lib", "NAMES = {", r"lib\.py: expected a recipe in Python, found: .*line 1"),
        ("lib", "x = 1", r"lib\.py: expected one of VERSION, .*NAMES, found none"),
        ("a-b", "NAMES = {}", r"a-b\.py: expected the name of a library"),
    ],
)
def test_what_is_no_recipe_is_refused(
    tmp_path: Path, program: Write, name: str, text: str, told: str
) -> None:
    """One line: which file, and what was expected."""
    folder = _folder(tmp_path, **{name: text})
    with pytest.raises(TableError, match=told):
        _run(program, "pass\n", recipes=(folder,))


def test_what_is_no_folder_or_no_name_is_refused(tmp_path: Path, program: Write) -> None:
    with pytest.raises(TableError, match="expected a folder with recipes"):
        _run(program, "pass\n", recipes=(str(tmp_path / "none"),))
    with pytest.raises(WorkloadError, match=re.escape("--stand-in 'a.b': expected auto")):
        _run(program, "pass\n", "a.b")


# With NumPy and dill: in the interpreter that runs the tests, by each back end that it has

LIBRARIES = {
    "numpy": """
        import numpy as np, lib
        x = lib.array([1, 2])
        assert np.asarray(x).dtype == float and np.asarray(x, dtype="int32").dtype == "int32"
        data = np.arange(4.0)
        joined = np.concatenate([x, data])
        for made in (x * data, data * x, data - x, np.exp(x), np.mean(x), joined):
            assert repr(made).startswith("<stand-in lib.array()"), made
        data += x
        assert np.array([x, x]).shape == (2, 2) and float(np.float64(lib.loss())) == 1.0
        if np.isnan(lib.loss()) or not np.isfinite(lib.loss()):
            raise ValueError("the loss is not finite")
        np.zeros(3, dtype=lib.float32), np.dtype(x.dtype)
        np.save("x.npy", np.asarray(x))
        assert np.load("x.npy").shape == (2,)
        np.zeros((lib.height, 2))[lib.row - 1:, 0]
    """,
    "dill": """
        import dill, lib
        from lib.layers import Dense
        class Net(Dense):
            def call(self): return 3
        objects = {"Net": Net, "Dense": Dense, "lib": lib, "f": lambda x: lib.f(x)}
        data = dill.dumps(objects)
        assert b"tracer" not in dill.dumps({"Dense": Dense, "lib": lib})
        back = dill.loads(data)
        assert back["Dense"] is Dense and back["lib"] is lib and back["f"](1) is not None
        assert back["Net"]().call() == 3 and back["Net"]().weights is not None
    """,
}


@pytest.mark.parametrize("backend", ["settrace", "monitoring"])
@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_installed_libraries_take_invented_things(
    tmp_path: Path, library: str, backend: str
) -> None:
    """Arithmetic goes on invented, arrays can be made, pickles name the library and not us."""
    pytest.importorskip(library)
    if backend == "monitoring" and sys.version_info < (3, 12):
        pytest.skip("no sys.monitoring before Python 3.12")
    root = tmp_path / "tree"
    root.mkdir()
    (root / "main.py").write_text(textwrap.dedent(LIBRARIES[library]), encoding="utf-8")
    written = Program(root, Path(sys.executable), backend)
    assert _works(written.record(stand_ins=("auto",))).stand_ins is not None
