"""Which runs are offered, in which order, and what they need."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.plan.conftest import CALLEES, EFFECTS, Project
from tests.plan.test_scope import QUESTION, scope_of
from tests.plan.trees import graph_of, write_tree
from tracer.brief.question import question_brief
from tracer.model.graph import EffectKind
from tracer.model.plan import Workload
from tracer.plan.scope import choose_scope
from tracer.plan.trace_plan import make_plan, root_packages
from tracer.plan.workloads import rank_workloads


def ranked(project: Project) -> tuple[Workload, ...]:
    scope, brief = scope_of(project, QUESTION)
    return rank_workloads(project.graph, scope, project.tree, brief)


def test_order(project: Project) -> None:
    """What reaches most comes first, a mock run before others; what needs arguments comes last."""
    found = [workload.argv for workload in ranked(project)]
    assert found[0] == ("scripts/mock_run.py",)
    assert ("scripts/train.py",) in found
    assert found[-1] == ()
    assert [workload.name for workload in ranked(project)] == [
        f"w{number}" for number in range(1, len(found) + 1)
    ]


def test_reasons(project: Project) -> None:
    """Each says what it leads to; what cannot be run unattended says what it needs."""
    first, *_, last = ranked(project)
    assert first.reason.startswith("a script that leads to ")
    assert "`mock` in its name" in first.reason
    assert last.reason.startswith(
        "`scripts/infer.py` cannot be run unattended: needs --model, `data`; a script"
    )


def test_tests_are_runs(project: Project) -> None:
    """A test is run by pytest; one that replaces parts of the program comes after."""
    found = [workload for workload in ranked(project) if "pytest" in workload.argv]
    assert [workload.argv[-1] for workload in found] == [
        "tests/test_bundle.py::test_load",
        "tests/test_bundle.py::test_load_patched",
    ]
    assert "replaces parts of the program" in found[1].reason


def test_archived_scripts_are_no_runs(project: Project) -> None:
    """What is archived is not offered."""
    assert not [w for w in ranked(project) if "archive" in " ".join((*w.argv, w.reason))]


def test_a_hint_names_the_run(project: Project) -> None:
    """The brief's hint about the run outweighs the rest."""
    scope, brief = scope_of(project, QUESTION)
    hinted = replace(brief, roi_hint="`scripts/train.py` will do")
    (first, *_) = rank_workloads(project.graph, scope, project.tree, hinted)
    assert first.argv == ("scripts/train.py",)
    assert "named by the brief as a run" in first.reason


def test_needs_of_several_kinds(tmp_path: Path) -> None:
    """Arguments by argparse, click and `sys.argv`, and files that the working folder lacks."""
    save = "save_all()"
    files = {
        "a.py": f"import sys\nif __name__ == '__main__':\n    x = sys.argv[1]\n    {save}\n",
        "b.py": f"if __name__ == '__main__':\n    click.option('--n', required=True)\n    {save}\n",
        "c.py": f"if __name__ == '__main__':\n    open('data/x.npz')\n    {save}\n",
        "d.py": f"if __name__ == '__main__':\n    p.add_argument('x', nargs='?')\n    {save}\n",
        "e.py": f"if __name__ == '__main__':\n    p.add_argument(name)\n    {save}\n",
        "lib.py": "def save_all():\n    dill.dump(1, 2)\n",
        "pkg/__init__.py": "",
        "pkg/__main__.py": f"{save}\n",
        "pkg/tool.py": f"if __name__ == '__main__':\n    {save}\n",
    }
    tree = write_tree(tmp_path, files)
    graph = graph_of(
        tree,
        {**CALLEES, "save_all": "lib.py::save_all"},
        {**EFFECTS, "open": (EffectKind.FILE_READ, "open")},
    )
    graph = replace(
        graph,
        files=tuple(
            replace(file, module=file.path.removesuffix(".py").replace("/", "."))
            for file in graph.files
        ),
    )
    brief = question_brief("who saves with `save_all`?")
    scope = choose_scope(brief, graph, tree, [])
    found = rank_workloads(graph, scope, tree, brief)
    runnable = {workload.argv: workload.reason for workload in found if workload.argv}
    assert set(runnable) == {("d.py",), ("e.py",), ("-m", "pkg"), ("-m", "pkg.tool")}
    assert "arguments are computed" in runnable["e.py",]
    needs = "\n".join(workload.reason for workload in found if not workload.argv)
    assert "`a.py` cannot be run unattended: needs a command-line argument 1" in needs
    assert "`b.py` cannot be run unattended: needs --n" in needs
    assert "`c.py` cannot be run unattended: reads `data/x.npz` from its working folder" in needs


_CLICK = """
@click.command()
@click.argument("template", required=False)
@click.option("--level", default="info")
@click.option("--note")
def main(template, level, note):
    if not template or template.lower() == "help":
        show()
        sys.exit(0)
    if not level:
        return
    if note is None and level:
        return
    save_all()

if __name__ == "__main__":
    main()
"""
_ARGPARSE = """
def main():
    p.add_argument("--data-dir")
    args = p.parse_args()
    if args.data_dir is None:
        p.error("which?")
    save_all()

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        (_CLICK, "needs `template` (without it, it ends at run.py:6)"),
        (_ARGPARSE, "needs `--data-dir` (without it, it ends at run.py:4)"),
        (_CLICK.replace("sys.exit(0)", "print()"), ""),
        (_ARGPARSE.replace('"--data-dir"', '"--data-dir", default="."'), ""),
        (_ARGPARSE.replace('p.error("which?")', "args.data_dir = 1"), ""),
    ],
)
def test_a_run_that_ends_at_once_without_an_argument_needs_it(
    tmp_path: Path, text: str, needs: str
) -> None:
    """It would start, and show its help: that is no run of the answer. Control: a default, a
    branch that goes on, an argument of which more than its absence decides."""
    tree = write_tree(
        tmp_path, {"run.py": text.lstrip("\n"), "lib.py": "def save_all():\n    dill.dump(1, 2)\n"}
    )
    callees = {**CALLEES, "save_all": "lib.py::save_all", "main": "run.py::main"}
    graph = graph_of(tree, callees, EFFECTS)
    brief = question_brief("who saves with `save_all`?")
    (found,) = rank_workloads(graph, choose_scope(brief, graph, tree, []), tree, brief)
    assert found.argv == (() if needs else ("run.py",))
    assert (needs or "a script that leads to") in found.reason


def test_what_a_decorator_declares_belongs_to_its_function(tmp_path: Path) -> None:
    """`__main__` calls a command of another module, whose own code it does not run by a call."""
    command = _CLICK.lstrip("\n").partition("\nif __name__")[0]
    tree = write_tree(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/__main__.py": "from pkg.run import main\n\nmain()\n",
            "pkg/run.py": command,
            "lib.py": "def save_all():\n    dill.dump(1, 2)\n",
        },
    )
    callees = {**CALLEES, "save_all": "lib.py::save_all", "main": "pkg/run.py::main"}
    graph = graph_of(tree, callees, EFFECTS)
    brief = question_brief("who saves with `save_all`?")
    (found,) = rank_workloads(graph, choose_scope(brief, graph, tree, []), tree, brief)
    assert found.argv == ()
    assert "needs `template` (without it, it ends at pkg/run.py:6)" in found.reason


def test_plan(project: Project) -> None:
    """The plan says where, what, how long, and of which sources."""
    scope, brief = scope_of(project, QUESTION)
    workload = Workload("w1", ("scripts/mock_run.py",))
    plan = make_plan(brief, scope, (), workload, project.tree)
    assert plan.root == str(project.tree.root)
    assert plan.namespaces == ("shop",) == root_packages(project.tree)
    assert plan.time_budget_s is None
    assert plan.digests == tuple((f.path, f.sha256) for f in project.tree.files)
    timed = replace(brief, time_budget_minutes=0.5, namespaces=("scripts",))
    assert make_plan(timed, scope, (), workload, project.tree).time_budget_s == 30
    assert make_plan(timed, scope, (), workload, project.tree).namespaces == ("scripts",)
    given = make_plan(timed, scope, (), workload, project.tree, time_budget_s=2, namespaces=())
    assert (given.time_budget_s, given.namespaces) == (2, ("shop",))
