"""What was seen to be done, beside what was read: the same trees read and run."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from tracer.dynamic.launch import record
from tracer.model.evidence import SeenEffect
from tracer.model.graph import CallGraph, Effect
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording
from tracer.plan.effect_calls import effect_plan
from tracer.reconcile.effects import join_effects
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table


def _read_and_run(folder: Path, main: str, **library: str) -> tuple[CallGraph, Recording]:
    tree = folder / "tree"
    tree.mkdir()
    (tree / "main.py").write_text(textwrap.dedent(main))
    outside = folder / "library"
    outside.mkdir()
    for name, text in library.items():
        (outside / f"{name}.py").write_text(textwrap.dedent(text))
    table = load_effect_table()
    graph = build_call_graph(read_tree(tree), table)
    plan = TracePlan(
        str(tree), (), Workload("w1", ("main.py",), str(tree)), effects=effect_plan(table)
    )
    recording = record(plan, folder / "out", python=Path(sys.executable), import_folders=(outside,))
    assert recording.exit_status == 0, recording.stderr_tail
    return graph, recording


def _joined(graph: CallGraph, *recordings: Recording) -> list[tuple[SeenEffect, Effect | None]]:
    functions = [function.id for function in graph.functions]
    canonical = load_effect_table().canonical
    found = join_effects(graph, recordings, functions, graph.effects, canonical)
    return [(seen, None if seen.read_as is None else graph.effects[seen.read_as]) for seen in found]


def test_what_was_read_is_found_again(tmp_path: Path) -> None:
    """Each seen effect names the one that was read on its line, by operation, not by order."""
    graph, recording = _read_and_run(
        tmp_path,
        """
        import json, os, zipfile
        from pathlib import Path

        def main():
            with open("a.json", "w") as file: json.dump([1], file)
            with zipfile.ZipFile("a.zip", "w") as archive:
                archive.write("a.json", "in/a.json")
            Path("b.txt").write_text("b")
            os.remove("b.txt")

        main()
        """,
    )
    pairs = [
        (seen.operation, read.operation if read else seen.cause)
        for seen, read in _joined(graph, recording)
    ]
    assert pairs == [
        ("open", "builtins.open"),
        ("json.dump", "json.dump"),
        ("zipfile.ZipFile", "zipfile.ZipFile"),
        ("zipfile.ZipFile.write", "zipfile.ZipFile.write"),
        ("pathlib.Path.write_text", "pathlib.Path.write_text"),
        ("os.remove", "os.remove"),
    ]
    write = next(seen for seen, _ in _joined(graph, recording) if seen.keys == ("in/a.json",))
    assert (write.subject, write.payload, write.times) == ("a.zip", "a.json", 1)


def test_what_static_missed_says_why(tmp_path: Path) -> None:
    """Through a library of which the table says nothing; at a site whose callee is not known."""
    graph, recording = _read_and_run(
        tmp_path,
        """
        import os, sys
        import framework

        def main():
            framework.save("a.zip")
            getattr(os, "".join(["mk", "dir"]))("made")

        main()
        """,
        framework="""
        import zipfile
        def save(path):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("config.json", "{}")
        """,
    )
    missed = {seen.operation: seen for seen, read in _joined(graph, recording) if read is None}
    assert set(missed) == {"zipfile.ZipFile", "zipfile.ZipFile.writestr", "os.mkdir"}
    assert "framework.save led to it" in missed["zipfile.ZipFile"].cause
    assert missed["os.mkdir"].cause.startswith("the site was left open (dynamic attribute")
    assert missed["os.mkdir"].function == "main.py::main" and missed["os.mkdir"].line == 7


def test_only_functions_of_the_answer_are_told(tmp_path: Path) -> None:
    """The control: asked of another function, nothing is told; without a run, nothing either."""
    graph, recording = _read_and_run(
        tmp_path,
        """
        def other():
            pass

        def main():
            open("a.txt", "w").close()
            other()

        main()
        """,
    )
    other = next(f.id for f in graph.functions if f.name == "other")
    assert join_effects(graph, [recording], [other], graph.effects) == ()
    assert _joined(graph) == []
    assert [seen.operation for seen, _ in _joined(graph, recording)] == ["open"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="lines have no columns")
def test_what_a_property_does_is_not_told_of_the_call_around_it(tmp_path: Path) -> None:
    """`call(lazy.content)`: nobody knows `call`, and it did not read the file; control: it does."""
    graph, recording = _read_and_run(
        tmp_path,
        """
        import sys, lazylib

        def main(call):
            call(lazylib.Lazy().content)
            call(lambda: 1)

        main(eval("lazylib.touch"))
        """,
        lazylib="""
        class Lazy:
            @property
            def content(self):
                with open(__file__) as file:
                    return file.read()

        def touch(what):
            open(__file__).close()
        """,
    )
    causes = {seen.line: [] for seen, _ in _joined(graph, recording)}
    for seen, _ in _joined(graph, recording):
        causes[seen.line].append(seen.cause.partition(" (")[0])
    assert causes[5][0] == "lazylib.Lazy.content led to it, of which the table says nothing"
    assert causes[5][1:] == causes[6] == ["the site was left open"]
