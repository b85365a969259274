"""The public surface: its names, its signatures, what importing it costs, and that it is typed."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import tracer

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "examples" / "ptycho_mini"

# Changing a line here is changing what programs of others rely on: say so in CHANGELOG.md.
SIGNATURES = {
    "analyze": "root, *, tiers, with_effects, tables, progress",
    "ask": "question, root, *, hints, namespaces, reports, tables, progress",
    "query": "command, *names, root, depth, detail, max_tokens, since, bundle, stale_ok, "
    "tables, progress",
    "run_brief": "brief, root, out, *, runs, force, dry_run, flat, reports, unless_answered, "
    "tables, progress",
    "verify": "*subjects, root, bundle, baseline, tables, progress",
    "contrast": "a, b, root, root_b, *, hints, touchpoints, tables, progress",
    "inspect": "file, root, *, brief, bundle, formats, tables, progress",
    "read_bundle": "folder",
}
TYPES = {"Asked", "Bundle", "BundleResult", "RunRequest", "Launch", "TracerError"}


def _shape(function: object) -> str:
    """Names in order, with the marks of what is given by position and by name."""
    told, was_starred = [], False
    assert callable(function)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            told.append(f"*{parameter.name}")
            was_starred = True
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not was_starred:
            told.append("*")
            was_starred = True
        told.append(parameter.name)
    return ", ".join(told)


def test_the_names_are_these_and_no_others() -> None:
    """What `__all__` lists is there, and nothing else is promised."""
    assert set(tracer.__all__) == {*SIGNATURES, *TYPES, "__version__"}
    assert set(tracer.__all__) <= set(dir(tracer))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tracer.no_such_name  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_each_function_takes_what_it_did(name: str) -> None:
    """The order and the names of parameters; and a docstring says what goes wrong."""
    function = getattr(tracer, name)
    assert _shape(function) == SIGNATURES[name]
    # `getdoc` levels the indentation, which the compiler itself does from Python 3.13 on.
    assert "Raises:\n    TracerError:" in (inspect.getdoc(function) or "")


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    return done.stdout.strip()


def test_importing_loads_nothing_of_the_house() -> None:
    """A name is loaded when it is used; before that, neither a room nor a library is."""
    code = (
        "import sys; before = set(sys.modules); import tracer; dir(tracer); tracer.__version__;"
        "print(sorted(m for m in set(sys.modules) - before if not m.startswith('encodings')))"
    )
    assert _run(code) == "['tracer']"
    loaded = _run(
        "import sys, tracer; tracer.TracerError; print('tracer.library' in sys.modules);"
        "tracer.analyze; print('tracer.library' in sys.modules)"
    )
    assert loaded.split() == ["False", "True"]


def test_functions_stay_what_they_are_beside_the_rooms_of_their_names() -> None:
    """`tracer.verify` is the function, also after something of `tracer/verify/` was imported."""
    code = (
        "import tracer.verify.card, tracer.contrast.side, tracer.query.fit, tracer\n"
        "from tracer.verify.card import make_card\n"
        "from tracer import verify, contrast, query\n"
        "for each in (tracer.verify, verify, tracer.contrast, contrast, tracer.query, query):\n"
        "    print(each.__name__)\n"
        "import tracer.verify.cited\n"
        "print(tracer.verify.__name__)"
    )
    assert _run(code).split() == [
        *("verify", "verify", "contrast", "contrast", "query", "query", "verify")
    ]


def test_a_users_program_is_typed(tmp_path: Path) -> None:
    """mypy, strict, from outside: results have their types, and wrong arguments are refused."""
    good = tmp_path / "good.py"
    good.write_text(
        "import tracer\n"
        "from pathlib import Path\n"
        "graph = tracer.analyze(Path('src'))\n"
        "names: list[str] = [function.qualname for function in graph.functions]\n"
        "evidence, verification = tracer.ask('who calls `f`?', 'src', hints=['f'])\n"
        "entry: tuple[str, ...] = evidence.entry_points\n"
        "is_good: bool = verification.is_good\n"
        "made = tracer.run_brief('b.md', 'src', 'out', runs=tracer.RunRequest(is_off=True))\n"
        "folder: Path | None = made.folder\n"
        "try:\n"
        "    ok: bool = tracer.verify('x.md', root='src').is_good\n"
        "except tracer.TracerError as error:\n"
        "    raise SystemExit(str(error)) from error\n"
        "callers: int = tracer.query('callers', 'f', root='src').total\n"
        "rows: int = len(tracer.contrast('a.f', 'b.f', 'src').rows)\n"
        "members = tracer.inspect('a.zip').report\n"
        "question: str = tracer.read_bundle('out').evidence.brief.question\n",
        "utf-8",
    )
    bad = tmp_path / "bad.py"
    bad.write_text(
        "import tracer\ntracer.ask(1)\ntracer.verify('x', rot='y')\ntracer.query('who', 'x')\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--follow-imports"]
    done = subprocess.run(
        [*command, "silent", "--cache-dir", str(tmp_path / "cache"), str(good), str(bad)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
    )
    assert "good.py" not in done.stdout, done.stdout
    assert "bad.py:2: error" in done.stdout and "[arg-type]" in done.stdout
    assert "bad.py:4: error" in done.stdout
    assert "bad.py:3: error" in done.stdout and "[call-arg]" in done.stdout
