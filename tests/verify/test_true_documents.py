"""Documents made from true facts are never refused; each planted error is caught."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.model.verification import ClaimVerdict
from tracer.static.sources import SourceTree, read_tree
from tracer.verify.documents import verify_document
from tracer.verify.reading import Reading
from tracer.verify.syntax import CallExpression, Definition, FileReading

NAMES = ["alpha", "beta", "gamma", "delta"]
STATEMENTS = [
    "{call}(1)",
    "x = {call}(\n{pad}    1,\n{pad}    2,\n{pad})",
    "with open(p) as f:\n{pad}    {call}(f)",
    "if x:\n{pad}    {call}(x)",
    "return [{call}(y) for y in x]",
    "# why\n{pad}{call}(3)",
    "try:\n{pad}    {call}()\n{pad}except ValueError:\n{pad}    pass",
]


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """A package whose functions call those of the module before, in many layouts."""
    files = {"pkg/__init__.py": ""}
    for number in range(draw(st.integers(1, 3))):
        lines: list[str] = []
        callees: list[str] = []
        if number:
            form = draw(st.sampled_from(["from pkg import m{n}", "from .m{n} import alpha, beta"]))
            lines.append(form.format(n=number - 1))
            names = NAMES[:2] if "alpha" in form else [f"m{number - 1}.{n}" for n in NAMES[:2]]
            callees = names
        for name in NAMES if not number else [f"{n}{number}" for n in NAMES] + NAMES[:2]:
            if f"import {name}" in "\n".join(lines) or f", {name}" in "\n".join(lines):
                continue
            if draw(st.booleans()):
                lines.append("@decorate")
            lines.append(f"def {name}(x=0, p=''):")
            for _ in range(draw(st.integers(0, 2)) if callees else 0):
                statement = draw(st.sampled_from(STATEMENTS))
                call = draw(st.sampled_from(callees))
                lines.append("    " + statement.format(call=call, pad="    "))
            lines += ["    return x", *[""] * draw(st.integers(0, 2))]
        files[f"pkg/m{number}.py"] = "\n".join(["def decorate(f):\n    return f\n", *lines]) + "\n"
    return files


def _facts(tree: SourceTree) -> tuple[Reading, list[tuple[FileReading, Definition]]]:
    reading = Reading(tree)
    found = []
    for path in reading.paths:
        file = reading.file(path)
        assert file is not None and not file.problem, file
        found += [(file, d) for d in file.definitions if d.is_function]
    return reading, found


def _calls(file: FileReading, definition: Definition) -> list[CallExpression]:
    return [c for c in file.calls_in(definition) if c.kind == "call" and c.name != "open"]


def _true_lines(tree: SourceTree) -> list[str]:
    """Every way to say where a function or a call stands, and who calls whom."""
    lines: list[str] = []
    rows = ["| From | To | Anchors |", "|---|---|---|"]
    _, functions = _facts(tree)
    for file, d in functions:
        path, name = file.path, d.name
        lines += [
            f"- `{path}:{d.def_line}` and `{path}:{d.first_line}-{d.end_line}::{name}`",
            f"- `{name}` (`{path}:{d.def_line}`), `{path}::{name}:{d.end_line}`",
            f"- In `{path}`: `{name}` (lines {d.first_line}-{d.end_line})",
            f"- {path}::{name} in plain text, {path}:{d.end_line} too",
        ]
        for call in _calls(file, d):
            lines += [
                f"- `{call.text}(…)` is called at `{path}:{call.line}`",
                f"- `{call.text}(x)` (`{path}:{call.statement[0]}-{call.end_line}`)",
                f"- `{path}::{name}` → `{call.text}`",
                f"- `{path}:{call.line}` (`{call.text}`)",
            ]
            rows.append(f"| `{path}::{name}` | `{call.text}(x)` | `{path}:{call.end_line}` |")
    return [*lines, "", *rows]


def _write(files: dict[str, str], folder: str) -> SourceTree:
    for path, text in files.items():
        file = Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return read_tree(Path(folder))


@settings(max_examples=40, deadline=None)
@given(programs())
def test_a_document_of_true_facts_is_never_refused(files: dict[str, str]) -> None:
    """Whatever the layout of the code and the form of the citation."""
    with TemporaryDirectory() as folder:
        tree = _write(files, folder)
        verification = verify_document("d", "\n".join(_true_lines(tree)), tree, None)
        bad = [claim for claim in verification.claims if claim.verdict.is_bad]
        assert not bad, bad
        assert any(claim.verdict is ClaimVerdict.VERIFIED for claim in verification.claims)


@settings(max_examples=40, deadline=None)
@given(programs(), st.data())
def test_planted_errors_are_caught(files: dict[str, str], data: st.DataObject) -> None:
    """A symbol elsewhere, a line past the end, a file that is gone, a name that is nowhere."""
    with TemporaryDirectory() as folder:
        tree = _write(files, folder)
        _, functions = _facts(tree)
        file, d = data.draw(st.sampled_from(functions))
        decorator = file.named("decorate")[0]
        wrong = data.draw(
            st.sampled_from(
                [
                    f"`{file.path}:{len(file.lines) + 1}`",
                    f"`{file.path}:{len(file.lines) + 5}::{d.name}`",
                    f"`{file.path}::never`",
                    f"`pkg/gone.py:{d.def_line}`",
                    f"`{file.path}:{decorator.def_line}-{decorator.end_line}::alphabet`",
                ]
                + [f"`{d.name}` (`{file.path}:{decorator.def_line}`)"] * (d.name != "decorate")
            )
        )
        text = "\n".join([*_true_lines(tree), "", f"- {wrong}"])
        verification = verify_document("d", text, tree, None)
        bad = [claim for claim in verification.claims if claim.verdict.is_bad]
        assert len(bad) == 1, (wrong, bad)
        assert bad[0].line == text.count("\n") + 1


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="`|→->:()[]#* \n0123456789.,/\\{}abf_py", max_size=200))
def test_any_text_is_a_document(text: str) -> None:
    """Nothing that can be written makes the verifier fail, and the same text gives the same."""
    with TemporaryDirectory() as folder:
        tree = _write({"a.py": "def f():\n    f()\n", "b/f.py": "x = 1\n"}, folder)
        assert verify_document("d", text, tree, None) == verify_document("d", text, tree, None)
