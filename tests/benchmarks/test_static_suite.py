"""The static benchmark's plumbing: trees, names, the table on top, no folders of a machine."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from benchmarks.static.beyond_truth import CLASSES, classify_beyond, sites_of_edges
from benchmarks.static.corpus import make_tree, units
from benchmarks.static.curve import CURVE_KLOC, curve_table
from benchmarks.static.definitions import count_lines, read_definitions
from benchmarks.static.judged import (
    CorrectedScore,
    Judgement,
    Verdict,
    judged_table,
    read_judged,
    score_corrected,
)
from benchmarks.static.measuring import Limits, measure
from benchmarks.static.micro import disputed_truth, shortfalls
from benchmarks.static.minute import at_least, at_most, best, minute_table
from benchmarks.static.packages import MacroProgram, Package, read_packages
from benchmarks.static.parts import keep_part, kept_part
from benchmarks.static.plain import without_folders
from benchmarks.static.speed import SpeedOptions
from benchmarks.static.tables import Table
from benchmarks.static.tools import Program, Tool, relative_names, run_tool

STATIC = Path(__file__).parents[2] / "benchmarks" / "static"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("/opt/peer/bin/python -m peer --root {root}", "python -m peer --root {root}"),
        ("env PYTHONPATH=/src/PyCG /v/bin/python", "env PYTHONPATH=PyCG python"),
        ("No such file: '/tmp/static-suite-x1/tree/a.py'", "No such file: 'a.py'"),
        ("json:/a/b/c.json", "json:c.json"),
        ("~/envs/ty/bin/python", "python"),
        ("0.08 s/kLoC, `a/b.py`, P / R, n/a", "0.08 s/kLoC, `a/b.py`, P / R, n/a"),
        ("<builtin>.len, a/b/c.py:3", "<builtin>.len, a/b/c.py:3"),
    ],
)
def test_folders_of_the_machine_go(text: str, plain: str) -> None:
    """Absolute paths keep their last part; relative ones and units stay as they are."""
    assert without_folders(text) == plain


def package_of(folder: Path, layout: str) -> Package:
    source = folder / "suite" / "packages" / "shop" / "source"
    code = source / layout / "shop" if layout else source / "shop"
    code.mkdir(parents=True)
    (code / "__init__.py").write_text("from shop.cart import f\n", "utf-8")
    (code / "cart.py").write_text("import shop\n\n\ndef f():\n    return shop\n", "utf-8")
    (source / "tests").mkdir()
    described = {
        "root": f"source/{layout}".rstrip("/"),
        "package": f"source/{layout}/shop".replace("//", "/"),
        "context": ["source/tests"],
    }
    (source.parent / "package.json").write_text(json.dumps(described), "utf-8")
    return read_packages(folder / "suite")[0]


def test_with_context_the_root_is_above_package_and_tests(tmp_path: Path) -> None:
    """A `src` layout has its tests beside it; names are put back below `src`."""
    program = package_of(tmp_path, "src").program
    assert program.project is not None and program.project.name == "source"
    script = (
        "import json,sys; print(json.dumps({'src.shop.f': ['len', sys.argv[1], *sys.argv[2:]]}))"
    )
    tool = Tool("t", f'{sys.executable} -c "{script}" {{root}} {{context}} {{list}}')
    graph = run_tool(tool, program, Limits()).graph
    assert graph is not None
    root, flag, tests = graph["shop.f"][1:4]
    assert (root, flag, tests) == (str(program.project), "--context", f"{program.project}/tests")
    without = Tool("t", f'{sys.executable} -c "{script}" {{root}} {{list}}')
    graph = run_tool(without, program, Limits()).graph
    assert graph is not None and graph["src.shop.f"][1] == str(program.root)


def test_names_stay_where_no_folder_lies_between(tmp_path: Path) -> None:
    """The control case: the package lies in the project's folder itself."""
    program = package_of(tmp_path, "").program
    assert program.project == program.root
    assert relative_names({"src.a": ["src.b"]}, program) == {"src.a": ["src.b"]}


def test_trees_of_a_size_are_made_of_real_packages(tmp_path: Path) -> None:
    """Names are new, imports of itself follow, a smaller tree begins a larger one."""
    package = package_of(tmp_path, "src")
    corpus = tmp_path / "corpus"
    (corpus / "tests").mkdir(parents=True)
    (corpus / "tests" / "test_it.py").write_text("def test(): pass\n", "utf-8")
    (corpus / "shop.py").write_text("TAKEN = 1\n", "utf-8")
    (corpus / "old.py").write_text("print 'two'\n", "utf-8")
    (corpus / "json.py").write_text("import json\n" + "x = 1\n" * 999, "utf-8")
    sources = units([package], [corpus], 1)
    assert [unit.name for unit in sources] == ["shop", "json"]
    assert [unit.name for unit in units([package], [corpus], 0)] == ["shop"]
    program, rounds = make_tree(sources, 1, tmp_path / "tree")
    assert (count_lines(program.files), rounds) == (1006, 1)
    assert (tmp_path / "tree" / "json_1.py").read_text("utf-8").startswith("import json_1\n")
    cart = tmp_path / "tree" / "shop_0" / "cart.py"
    assert cart.read_text("utf-8").startswith("import shop_0\n")
    _, rounds = make_tree(sources, 2, tmp_path / "larger")
    assert rounds == 2 and (tmp_path / "larger" / "shop_0" / "cart.py").exists()


def test_the_smallest_package_comes_first(tmp_path: Path) -> None:
    """So that a tool that a large one stops still has a curve."""
    packages = []
    for name, lines in (("large", 2), ("small", 1)):
        root = tmp_path / name
        root.mkdir()
        (root / f"{name}.py").write_text("x = 1\n" * lines, "utf-8")
        program = Program(name, root, (root / f"{name}.py",))
        packages.append(Package(program, root, None))
    assert [unit.name for unit in units(packages, [], 1)] == ["small", "large"]


def test_one_minute_says_which_floors_are_met() -> None:
    """A floor met, one missed, one without; and the best peer, for whom less may be better."""
    table = Table("T", ())
    table.answers += [
        at_least("recall", 75.21, 65, " %", "bar", best([("ty", 50.1), ("x", 9.0)], " %")),
        at_most("cold", 0.211, 0.08, " s/kLoC", "asked", best([("a", 2.0), ("b", 1.0)], "", True)),
    ]
    lines = minute_table([table]).markdown().splitlines()
    assert "Floors met: 1 of 2. Not met: cold." in lines[2]
    assert lines[6:] == [
        "| recall | 75.21 % | ≥ 65 % | bar | yes | 50.1 % (ty) |",
        "| cold | 0.211 s/kLoC | ≤ 0.08 s/kLoC | asked | **no** | 1 (b) |",
    ]
    assert "nothing was measured" in minute_table([]).markdown()


def test_a_figure_just_below_its_floor_does_not_look_like_it() -> None:
    """97.96 is not shown as 98."""
    answer = at_least("P", 97.96, 98, " %", "asked")
    assert (answer.measured, answer.is_met) == ("97.96 %", False)


def test_verdicts_correct_a_truth_for_every_tool() -> None:
    """Wrong edges leave the truth, right ones join, disputed ones stand apart; else it is false."""
    truth = {("m", "f"), ("m", "misspelled"), ("m", "unsure"), ("m", "g")}
    verdicts = {
        "misspelled": Verdict.WRONG,
        "never": Verdict.WRONG,
        "property": Verdict.RIGHT,
        "callback": Verdict.RIGHT,
        "lazy": Verdict.DISPUTED,
        "unsure": Verdict.DISPUTED,
    }
    judged = {("m", name): Judgement(verdict, "m.py:1") for name, verdict in verdicts.items()}

    def score(*names: str) -> CorrectedScore:
        return score_corrected({("m", name) for name in names}, truth, judged)

    whole = score("f", "g", "property", "callback")
    assert whole == CorrectedScore(right=4)
    assert (whole.precision(True), whole.precision(False), whole.recall) == (100, 100, 100)
    mixed = score("f", "misspelled", "never", "property", "lazy", "unsure", "anything")
    assert mixed == CorrectedScore(2, judged_wrong=2, not_judged=1, disputed=2, missing=2)
    assert mixed.precision(False) == 40
    assert round(mixed.precision(True), 1) == 28.6
    assert mixed.recall == 50
    assert score() == CorrectedScore(missing=4)
    assert score_corrected({("m", "x")}, {("m", "x")}, {}) == CorrectedScore(right=1)

    lines = judged_table({"ours": [("a", whole), ("b", mixed)]}).markdown().splitlines()
    assert "| ours | b | 28.6 | 40.0 | 50.0 | 2 | 2 | 1 | 2 | 2 |" in lines
    assert "| ours | ALL EDGES | 54.5 | 66.7 | 75.0 | 6 | 2 | 1 | 2 | 2 |" in lines


def test_every_verdict_names_a_line() -> None:
    """Of five programs; a path, a line, and why where the line does not say it."""
    judged = read_judged()
    assert set(judged) == {"Sublist3r", "asciinema", "autojump", "fabric", "face_classification"}
    for verdicts in judged.values():
        for edge, one in verdicts.items():
            assert re.match(r"[\w/]+\.py:[1-9]\d*(: \S.*)?$", one.reason), edge
            assert one.verdict is Verdict.RIGHT or ": " in one.reason, edge


def test_the_macro_truth_is_compared_by_class(tmp_path: Path) -> None:
    """Implicit calls, callbacks and names that nothing defines have classes of their own."""
    file = tmp_path / "m.py"
    file.write_text(
        "class C:\n    @property\n    def p(self): return 1\n    def q(self): return 2\n"
        "def key(item): return item\ndef f(): return g()\ndef g(): return C().p\n",
        "utf-8",
    )
    definitions = read_definitions([file], tmp_path)
    sites = [
        ("f", "property", ["C.p"], {}),
        ("f", "call", ["key"], {"m.py::key": "builtins.sorted"}),
        ("g", "call", ["C.q"], {}),
        ("f", "call", ["C.q"], {}),
    ]
    data = {
        "sites": [
            {
                "caller": f"m.py::{caller}",
                "kind": kind,
                "callees": [f"m.py::{callee}" for callee in callees],
                "through": through,
            }
            for caller, kind, callees, through in sites
        ]
    }
    printed = {("m.f", "m.C.p"), ("m.f", "m.key"), ("m.g", "m.C.q"), ("m.f", "m.C.q")}
    truth = {"m.f": ["m.g", "m.gone", "m.C", "os.getcwd"], "m.g": []}
    macro = MacroProgram("set", Program("m", tmp_path, (file,)), truth)
    found = classify_beyond(printed, macro, sites_of_edges(data, definitions), definitions)
    assert found == {
        CLASSES[0]: [("m.f", "m.C.p")],
        CLASSES[1]: [("m.f", "m.key")],
        CLASSES[2]: [("m.g", "m.C.q")],
        CLASSES[3]: [("m.f", "m.C.q")],
        CLASSES[4]: [("m.f", "m.C"), ("m.f", "m.gone")],
        CLASSES[5]: [("m.f", "m.g")],
    }


def test_no_snippet_is_both_disputed_and_ours() -> None:
    """What the truth is to blame for is not listed as our own shortfall."""
    for suite, reasons in shortfalls().items():
        assert all(reasons.values())
        assert not set(reasons) & set(disputed_truth()[suite])


def test_names_of_cgg_are_those_of_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It names from the nearest package down; entries that stand for no code are left out."""
    adapter = load_adapter(monkeypatch, "cgg")
    files = {1: tmp_path / "main.py", 2: tmp_path / "a" / "b" / "__init__.py"}
    functions = [
        (1, "main.main", 1, False),
        (2, "b.__init__.C.f", 2, False),
        (3, "<external>::len", 1, True),
    ]
    found = SimpleNamespace(
        files=[SimpleNamespace(id=key, path=path) for key, path in files.items()],
        callables=[
            SimpleNamespace(id=key, qualified_name=name, file=file, synthetic=synthetic)
            for key, name, file, synthetic in functions
        ],
        edges=[SimpleNamespace(src=source, dst=target) for source, target in [(1, 2), (1, 3)]],
    )
    assert adapter.graph_of(found, tmp_path) == {"main.main": ["a.b.C.f"], "a.b.C.f": []}
    assert adapter.name_of("tmp.utils.data.f", Path("utils/data.py")) == "utils.data.f"
    assert adapter.name_of("data.f.g", Path("utils/data.py")) == "utils.data.f.g"


def load_adapter(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """A peer's adapter, with an empty module in place of the peer."""
    monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys, "path", ["", *sys.path])  # the adapter drops its first entry
    spec = importlib.util.spec_from_file_location(
        f"{name}_adapter", STATIC / "peers" / f"{name}.py"
    )
    assert spec is not None and spec.loader is not None
    adapter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(adapter)
    return adapter


def test_speed_has_its_tables_and_names_no_folder(tmp_path: Path) -> None:
    """A tool that works, one that fails; both have rows, with totals and exponents."""
    package = package_of(tmp_path, "src")
    with package.program.files[1].open("a", encoding="utf-8") as stream:
        stream.write("x = 1\n" * 494)
    out = tmp_path / "RESULTS.md"
    command = [sys.executable, str(STATIC.parent / "static_suite.py"), "--out", str(out)]
    command += ["--suite", str(tmp_path / "suite"), "--runs", "1"]
    command += ["--only", "speed,edits,reading,curve"]
    command += ["--max-kloc", "2", "--core", "-1", "--timeout", "20", "--memory", "500"]
    command += ["--tracer-python", str(tmp_path / "none" / "bin" / "python")]
    command += ["--peer", "fake=sh -c 'echo {{}}' {list}".replace("{{}}", '"{}"')]
    command += ["--peer", f"broken=sh -c 'cat {tmp_path}/no/such.json >&2; exit 1' {{list}}"]
    assert measure(command, Limits(300.0)).status == 0
    text = out.read_text("utf-8")
    lines = text.splitlines()
    for title in ("In one minute", "7 Speed, cold", "7a Speed after", "7b Reading", "7c Speed by"):
        assert any(line.startswith(f"### {title}") for line in lines), title
    assert any(line.startswith("| TOTAL | 500 | fake |") for line in lines)
    assert any("| broken |" in line and "1 of 1 left out" in line for line in lines)
    assert any(line.startswith("| fake | 0.") for line in lines)
    assert "from 1 kLoC on, the same sources come again as copies" in text
    assert "bounded by --max-kloc 2" in text
    assert str(tmp_path) not in text and sys.prefix not in text


def test_parts_are_kept_and_taken_again(tmp_path: Path) -> None:
    """One part measured again leaves the others as they were, in their order and with answers."""
    package_of(tmp_path, "src")
    out, parts = tmp_path / "RESULTS.md", tmp_path / "parts"
    table = Table("6 Macro programs", ("a", "b"), [("x", 1)], ["a note"])
    table.answers.append(at_least("macro", 99, 98, " %", "asked"))
    keep_part(parts, "macro", "by an older commit", [table])
    kept = kept_part(parts, "macro")
    assert kept is not None and kept[1][0].markdown() == table.markdown()
    assert kept_part(parts, "speed") is None
    command = [sys.executable, str(STATIC.parent / "static_suite.py"), "--out", str(out)]
    command += ["--suite", str(tmp_path / "suite"), "--only", "micro", "--parts-in", str(parts)]
    assert measure(command, Limits()).status == 0
    lines = out.read_text("utf-8").splitlines()
    assert "| macro | 99 % | ≥ 98 % | asked | yes | - |" in lines
    at = lines.index("### 6 Macro programs")
    assert lines[at - 2] == "*by an older commit*" and "| x | 1 |" in lines[at:]
    assert lines.index("### 5 Micro suites") < at < lines.index("### speed: not run (--only)")
    assert (parts / "micro.json").exists()
    out.unlink()
    command[command.index("micro")] = "none"
    assert measure(command, Limits()).status == 0
    assert out.read_text("utf-8").splitlines() == lines


def test_a_budget_ends_the_curve(tmp_path: Path) -> None:
    """What was not run for want of time is said to be; what was, stays."""
    unit = units([], [package_of(tmp_path, "src").program.root], 1)
    fake = Tool("fake", f"{sys.executable} -c 'print(chr(123) + chr(125))' {{list}}")
    options = SpeedOptions(runs=1, max_kloc=1, core=None, curve_budget_s=0.0)
    table = curve_table([fake], unit, options)
    assert [row[0] for row in table.rows] == ["floor: ast.parse", "fake"]
    assert table.rows[1][-1] == "not run: --curve-budget was used up"
    assert table.rows[0][1] != "-" and table.rows[1][1] == "-"


def test_the_curve_reaches_a_million_lines() -> None:
    """From 1 kLoC to 1 MLoC, on one core unless none is named."""
    assert (CURVE_KLOC[0], CURVE_KLOC[-1]) == (1, 1000)
    table = curve_table([Tool("t", "true")], [], SpeedOptions())
    assert table.notes == ["bounded by --max-kloc 200", "absent: no packages"]
    assert SpeedOptions().cores == (0,) and SpeedOptions(core=None).cores == ()
