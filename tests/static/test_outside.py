"""What the library knows of the standard library, checked against what everybody knows of it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tracer.static.outside.annotations import Annotations
from tracer.static.outside.cache import TableCache
from tracer.static.outside.hierarchy import merged
from tracer.static.outside.library import Library
from tracer.static.outside.lowering import Lowering
from tracer.static.outside.public import PublicNames
from tracer.static.outside.signatures import signatures
from tracer.static.outside.stubs import Definition, Scope, Stubs
from tracer.static.outside.tables import RawMember, Table
from tracer.static.outside.terms import (
    NEVER,
    NONE,
    RECEIVER,
    UNKNOWN,
    Type,
    instance,
    parts,
    substitute,
    union,
)
from tracer.static.outside.values import Member, Parameter, Signature, Symbol

STR, INT, BYTES = instance("builtins.str"), instance("builtins.int"), instance("builtins.bytes")
KINDS = frozenset({"C", "V", "S", "Y", "U", "N", "F", "T", "L", "?"})


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def library(cache: Path) -> Library:
    return Library(cache)


def _symbol(library: Library, dotted: str) -> Symbol:
    symbol = library.symbol(dotted)
    assert symbol is not None
    return symbol


def _member(library: Library, class_dotted: str, name: str) -> Member:
    member = library.member(class_dotted, name)
    assert member is not None
    return member


def _parameter(signature: Signature, name: str) -> Parameter:
    return next(one for one in signature.parameters if one.name == name)


@pytest.mark.parametrize(
    ("asked", "kind", "dotted"),
    [
        ("os", "module", "os"),
        ("os.path", "module", "os.path"),
        ("os.path.join", "function", "os.path.join"),
        ("posixpath.join", "function", "os.path.join"),
        ("os.path.exists", "function", "os.path.exists"),
        ("pathlib.Path", "class", "pathlib.Path"),
        ("io.TextIOWrapper", "class", "io.TextIOWrapper"),
        ("_io.TextIOWrapper", "class", "io.TextIOWrapper"),
        ("collections.OrderedDict", "class", "collections.OrderedDict"),
        ("zipfile.ZipFile", "class", "zipfile.ZipFile"),
        ("re.Pattern", "class", "re.Pattern"),
        ("typing.Pattern", "class", "re.Pattern"),
        ("typing.List", "class", "builtins.list"),
        ("typing.Text", "class", "builtins.str"),
        ("collections.abc.Set", "class", "typing.AbstractSet"),
        ("subprocess.Popen", "class", "subprocess.Popen"),
        ("threading.Lock", "class", "threading.Lock"),
        ("concurrent.futures.thread.ThreadPoolExecutor", "class", None),
        ("concurrent.futures._base.Future", "class", "concurrent.futures.Future"),
        ("asyncio.queues.Queue", "class", "asyncio.Queue"),
        ("json.decoder.JSONDecoder", "class", "json.JSONDecoder"),
        ("unittest.case.TestCase", "class", "unittest.TestCase"),
        ("builtins.open", "function", "builtins.open"),
        ("heapq.heappush", "function", "heapq.heappush"),
        ("random.seed", "function", "random.seed"),
        ("sys.argv", "value", "sys.argv"),
        ("_typeshed.SupportsNext", "class", "_typeshed.SupportsNext"),
    ],
)
def test_a_name_has_its_usual_public_form(
    library: Library, asked: str, kind: str, dotted: str | None
) -> None:
    """Re-exports and aliases are followed, and a class is named as it is usually written."""
    symbol = _symbol(library, asked)
    assert symbol.kind == kind
    assert symbol.dotted == (dotted or "concurrent.futures.ThreadPoolExecutor")
    assert _symbol(library, symbol.dotted) == symbol


@pytest.mark.parametrize(
    "dotted", ["numpy", "numpy.array", "os.nothing", "os.path.join.x", "Path", "", "builtins."]
)
def test_an_unknown_name_is_none(library: Library, dotted: str) -> None:
    """A name that the stubs do not have is no symbol, and a class of that name has nothing."""
    assert library.symbol(dotted) is None
    assert library.member(dotted, "x") is None
    assert library.mro(dotted) == ()
    assert library.members(dotted) == frozenset()
    assert library.element(dotted) is None


def test_what_a_stub_imports_for_itself_is_not_passed_on(library: Library) -> None:
    """`from typing import Any` in a stub makes no name of that module."""
    assert library.symbol("os.Any") is None


def test_signatures_of_functions(library: Library) -> None:
    """Overloads in order, kinds of parameters, defaults, and callables as types."""
    by_nature, by_key = _symbol(library, "builtins.sorted").signatures
    item = ("V", "_T")
    assert by_key.returns == instance("builtins.list", item)
    assert by_key.parameters[0] == Parameter(
        "iterable", "positional only", instance("typing.Iterable", item), False
    )
    key = _parameter(by_key, "key")
    assert (key.kind, key.has_default) == ("keyword only", False)
    assert key.type[:2] == ("F", (item,))
    assert _parameter(by_nature, "key").type == NONE

    join, *_ = _symbol(library, "os.path.join").signatures
    assert [one.kind for one in join.parameters] == ["positional only", "*"]
    assert join.returns == STR

    (load,) = _symbol(library, "json.load").signatures
    read = _parameter(load, "fp").type
    assert read == instance("_typeshed.SupportsRead", union((STR, BYTES)))
    assert load.returns == UNKNOWN
    assert _parameter(load, "kwds").kind == "**"

    (logger,) = _symbol(library, "logging.getLogger").signatures
    assert logger.returns == instance("logging.Logger")
    assert _symbol(library, "sys.exit").signatures[0].returns == NEVER
    assert _symbol(library, "random.seed").signatures[0].returns == NONE
    sleep = _symbol(library, "asyncio.sleep").signatures[0]
    assert sleep.returns == instance("typing.Coroutine", UNKNOWN, UNKNOWN, NONE)


def test_open_gives_a_file_by_its_mode(library: Library) -> None:
    """The overloads of `open` tell text from bytes by literals."""
    text, *others = _symbol(library, "builtins.open").signatures
    assert ("L", "r") in _parameter(text, "mode").type[1]
    assert text.returns[:2] == ("C", "io.TextIOWrapper")
    assert {one.returns[1] for one in others} >= {"io.BufferedReader", "io.BufferedWriter"}
    opened = _member(library, "pathlib.Path", "open")
    assert [one.returns[1] for one in opened.signatures] == [
        one.returns[1] for one in (text, *others)
    ]


def test_run_tells_text_from_bytes(library: Library) -> None:
    """Literals of a bool stay apart from those of an int."""
    text, *_, binary, _ = _symbol(library, "subprocess.run").signatures
    assert _parameter(text, "text").type == ("L", True)
    assert _parameter(text, "text").type[1] is True
    assert text.returns == instance("subprocess.CompletedProcess", STR)
    assert binary.returns == instance("subprocess.CompletedProcess", BYTES)


def test_a_match_gives_groups(library: Library) -> None:
    """`re.match` gives a match of the same kind of string, or None; an absent group is Any."""
    first, _ = _symbol(library, "re.match").signatures
    assert first.returns == union((instance("re.Match", STR), NONE))
    whole, one, _ = _member(library, "re.Match", "group").signatures
    assert library.type_parameters("re.Match") == ("AnyStr",)
    assert whole.returns == ("V", "AnyStr")
    assert one.returns == union((("V", "AnyStr"), UNKNOWN))


def test_members(library: Library) -> None:
    """Methods, class methods, properties and attributes are told apart; `self` is left out."""
    names = _member(library, "zipfile.ZipFile", "namelist")
    assert names == Member(
        "method", "zipfile.ZipFile", (Signature((), instance("builtins.list", STR)),)
    )
    assert _member(library, "builtins.dict", "fromkeys").kind == "class"
    assert _member(library, "builtins.str", "maketrans").kind == "static"
    assert _member(library, "builtins.object", "__new__").kind == "static"
    parent = _member(library, "pathlib.Path", "parent")
    assert (parent.kind, parent.owner, parent.type) == ("property", "pathlib.PurePath", RECEIVER)
    assert _member(library, "datetime.datetime", "now").signatures[0].returns == RECEIVER
    assert _member(library, "zipfile.ZipFile", "filename").kind == "value"
    assert library.member("zipfile.ZipFile", "no_such_name") is None
    assert {"open", "joinpath", "__eq__"} <= library.members("pathlib.Path")
    parsed = _member(library, "argparse.ArgumentParser", "parse_args").signatures[0]
    assert parsed.returns == instance("argparse.Namespace")


def test_members_that_are_only_other_names(library: Library) -> None:
    """A method's second name, enumeration members and constants that repeat them."""
    fatal = _member(library, "logging.Logger", "fatal")
    assert fatal.signatures == _member(library, "logging.Logger", "critical").signatures
    assert _member(library, "http.HTTPStatus", "OK").type == instance("http.HTTPStatus")
    assert _member(library, "re.RegexFlag", "IGNORECASE").type == instance("re.RegexFlag")
    assert _symbol(library, "re.IGNORECASE").type == instance("re.RegexFlag")


def test_parameters_that_are_called(library: Library) -> None:
    """The target of a thread and the function of a partial are callables."""
    (thread,) = _member(library, "threading.Thread", "__init__").signatures
    target = _parameter(thread, "target").type
    assert target == union((("F", None, instance("builtins.object")), NONE))
    (partial,) = _member(library, "functools.partial", "__new__").signatures
    assert partial.parameters[0].type == ("F", None, ("V", "_T"))
    assert partial.returns == RECEIVER
    assert _member(library, "functools.partial", "__call__").signatures[0].returns == ("V", "_T")
    first = _member(library, "builtins.map", "__new__").signatures[0]
    assert first.parameters[0].type == ("F", (("V", "_T1"),), ("V", "_S"))


def test_a_base_speaks_of_the_class_that_was_asked_for(library: Library) -> None:
    """The arguments that a class gives its bases stand for their type variables."""
    key = ("V", "_T")
    assert library.type_parameters("collections.Counter") == ("_T",)
    first, second, third = _member(library, "collections.Counter", "get").signatures
    assert first.returns == union((INT, NONE))
    assert first.parameters[0].type == key
    assert second.returns == INT
    assert third.returns == union((INT, ("V", "_T'")))  # The method's own variable, kept apart.
    default = _member(library, "builtins.dict", "get").signatures[2]
    assert default.returns == union((("V", "_VT"), ("V", "_T")))
    environment = _symbol(library, "os.environ").type
    assert environment == instance("os._Environ", STR)
    get = _member(library, "os._Environ", "get").signatures[0]
    assert get.returns == union((("V", "AnyStr"), NONE))


def test_a_receiver_that_an_overload_asks_for(library: Library) -> None:
    """`Popen[str]` is what its constructor makes of `text=True`."""
    text, *_ = _member(library, "subprocess.Popen", "__init__").signatures
    assert text.receiver == instance("subprocess.Popen", STR)
    (names,) = _member(library, "zipfile.ZipFile", "namelist").signatures
    assert names.receiver is None


def test_the_order_of_bases(library: Library) -> None:
    """C3, without `Generic` and `Protocol`."""
    assert library.mro("collections.defaultdict") == (
        "collections.defaultdict",
        "builtins.dict",
        "typing.MutableMapping",
        "typing.Mapping",
        "typing.Collection",
        "typing.Iterable",
        "typing.Container",
        "builtins.object",
    )
    assert merged("D", [("B", "A"), ("C", "A")], ("B", "C")) == ("D", "B", "C", "A")
    assert merged("D", [("A",), ("B", "A")], ("A", "B"))[0] == "D"  # It ends.


def test_elements(library: Library) -> None:
    """What a loop over an object gives."""
    assert library.element("builtins.dict") == ("V", "_KT")
    assert library.element("builtins.list") == ("V", "_T")
    assert library.element("builtins.str") == STR
    assert library.element("builtins.bytes") == INT
    assert library.element("io.TextIOWrapper") == STR
    assert library.element("io.BufferedReader") == BYTES
    assert library.element("collections.Counter") == ("V", "_T")
    assert library.element("builtins.enumerate") == ("T", (INT, ("V", "_T")), None)
    assert library.element("typing.Generator") == ("V", "_YieldT_co")
    assert library.element("builtins.int") is None


def test_context_managers(library: Library) -> None:
    """A generator under `contextmanager` is no generator any more."""
    (path,) = _symbol(library, "importlib.resources.as_file").signatures[:1]
    assert path.returns[0:2] == ("C", "contextlib.AbstractContextManager")
    entered = _member(library, "contextlib._GeneratorContextManager", "__enter__")
    assert entered.signatures[0].returns == ("V", "_T_co")
    source = "@contextmanager\ndef f() -> Iterator[str]: ...\n"
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    stubs = Stubs()
    annotations = Annotations(stubs, PublicNames(stubs))
    ((_, returns, _),) = signatures([node], Scope("contextlib"), annotations)
    assert returns == instance("contextlib._GeneratorContextManager", STR)


def test_unions_and_substitution() -> None:
    """A union has no union in it and nothing twice; one of one is that one."""
    assert union((STR, union((STR, INT)), INT)) == ("U", (STR, INT))
    assert union((STR, STR)) == STR
    variable: Type = ("V", "T")
    held = ("F", (variable,), ("T", (), variable))
    assert substitute(held, {"T": INT}) == ("F", (INT,), ("T", (), INT))
    assert len(union((("L", 1), ("L", True)))[1]) == 2


QUESTIONS = ("builtins.open", "pathlib.Path", "os.environ", "json.load", "random.seed", "x.y")


def test_cached_equals_fresh(library: Library, cache: Path, tmp_path: Path) -> None:
    """The answers are the same from the cache, and whatever was asked before."""
    fresh, cached = Library(tmp_path), Library(cache)
    for dotted in QUESTIONS:
        library.symbol(dotted)
    for name in library.members("pathlib.Path"):
        library.member("pathlib.Path", name)
    library.save()
    for dotted in reversed(QUESTIONS):
        assert repr(fresh.symbol(dotted)) == repr(cached.symbol(dotted))
    for name in library.members("pathlib.Path"):
        assert repr(fresh.member("pathlib.Path", name)) == repr(cached.member("pathlib.Path", name))
    assert cached._lowering is None


@pytest.mark.parametrize("damage", [b"", b"\xe9\0\0\0\xff\xff\xff\xff"])
def test_a_broken_cache_is_built_again(
    library: Library, cache: Path, tmp_path: Path, damage: bytes
) -> None:
    """A file that cannot be read costs time, and nothing else."""
    expected = library.symbol("json.dumps")
    library.save()
    shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
    files = [*tmp_path.rglob("json.marshal"), *tmp_path.rglob("+*.marshal")]
    assert files
    for file in files:
        file.write_bytes(damage)
    again = Library(tmp_path)
    assert again.symbol("json.dumps") == expected
    again.save()
    assert all(file.read_bytes() != damage for file in files)


def test_a_cut_cache_is_noticed(tmp_path: Path) -> None:
    """The checksum is over the whole value."""
    store = TableCache(tmp_path)
    store.write("a", ("b", 1))
    assert store.read("a") == ("b", 1)
    (file,) = tmp_path.rglob("a.marshal")
    file.write_bytes(file.read_bytes()[:-1])
    assert store.read("a") is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """No cache is no error."""
    (tmp_path / "file").write_text("")
    library = Library(tmp_path / "file")
    assert _symbol(library, "json.dumps").kind == "function"
    library.save()


def test_only_what_is_asked_for_is_lowered(tmp_path: Path) -> None:
    """One name does not cost its module; a name that is not there is known not to be."""
    library = Library(tmp_path)
    assert library.symbol("json.dumps") and not library.symbol("json.dumbs")
    library.save()
    kept = TableCache(tmp_path).read("json")
    assert isinstance(kept, dict)
    assert kept.keys() == {"dumps", "dumbs"} and kept["dumbs"] is None
    again = Library(tmp_path)
    assert not again.symbol("json.dumbs") and again._lowering is None
    assert again.symbol("json.loads")
    again.save()
    kept = TableCache(tmp_path).read("json")
    assert isinstance(kept, dict) and kept.keys() == {"dumps", "dumbs", "loads"}


def test_nothing_of_what_it_describes_is_imported(cache: Path, tmp_path: Path) -> None:
    """Describing a library does not import it, neither freshly nor from the cache."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom tracer.static.outside.library import Library\n"
        "library = Library(Path(sys.argv[1]))\n"
        "names = ['turtle.Turtle', 'sqlite3.connect', 'antigravity', 'this', 'wave.open']\n"
        "assert [library.symbol(name) for name in names].count(None) == 0\n"
        "assert library.member('sqlite3.Connection', 'cursor')\n"
        "library.save()\n"
        "print([name for name in ('turtle', 'sqlite3', 'antigravity', 'this', 'wave', 'tkinter')\n"
        "       if name in sys.modules])\n"
    )
    for folder in (tmp_path, tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True
        )
        assert done.stdout == "[]\n"


def _kinds(members: Iterable[RawMember]) -> set[str]:
    """The kinds of all types of the functions and attributes of a class."""
    found: set[str] = set()

    def visit(term: Type) -> None:
        found.add(term[0])
        for part in parts(term):
            visit(part)

    for member in (one for one in members if one[0] != "same"):
        for parameters, returns, _ in member[1]:
            visit(returns)
            for parameter in parameters:
                visit(parameter[2])
        visit(member[2] or UNKNOWN)
    return found


def test_a_public_name_is_found_without_parsing_every_stub() -> None:
    """What the texts of stubs say is enough to know which of them pass a definition on."""
    searched, stubs = Stubs(), Stubs()
    best: dict[tuple[str, str], tuple[bool, int, int, str]] = {}
    parts = {module: module.split(".") for module in stubs.modules}
    private = {module for module in parts if any(part.startswith("_") for part in parts[module])}
    implementations = {"genericpath", "nt", "ntpath", "posix", "posixpath"}
    for module in stubs.modules - private - implementations:
        for name in stubs.public_names(module):
            found = stubs.follow(stubs.find(module, name))
            if isinstance(found, Definition) and len(found.path) == 1 and name[0] != "_":
                dotted = f"{module}.{name}"
                rank = (name != found.path[0], dotted.count("."), len(dotted), dotted)
                key = (found.module, found.path[0])
                best[key] = min(best.get(key, rank), rank)
    public = PublicNames(searched)
    names = {key: rank[-1] for key, rank in best.items() if "." in key[0] or key[0] in private}
    for (module, name), dotted in names.items():
        definition = searched.at(module, (name,))
        if (
            definition is not None
            and definition.module == module
            and parts[module][0] != "_typeshed"
        ):
            assert public.of(definition) == dotted


def test_every_stub_of_the_standard_library(tmp_path: Path) -> None:
    """All modules are lowered without an exception, and every class has an order that ends."""
    lowering = Lowering()
    store = TableCache(tmp_path)
    for module in sorted(lowering.modules):
        table: Table = {name: lowering.entry(module, name) for name in lowering.names(module)}
        for entry in [entry for entry in table.values() if entry and entry[0] == "class"]:
            _, path, names = entry[4]
            members = {".".join((*path, n)): lowering.member(module, path, n) for n in names}
            assert _kinds(members.values()) <= KINDS
            table |= members
        store.write(module, table)
    library = Library(tmp_path)
    classes = 0
    for module in sorted(library.modules):
        for name in lowering.names(module):
            symbol = library.symbol(f"{module}.{name}")
            assert symbol is not None, f"{module}.{name}"
            if symbol.kind == "class":
                classes += 1
                assert library.mro(symbol.dotted)[0] == symbol.dotted
                assert library.mro(symbol.dotted)[-1] == "builtins.object"
                for member in library.members(symbol.dotted):
                    assert library.member(symbol.dotted, member) is not None
                library.element(symbol.dotted)
    assert classes > 3000
