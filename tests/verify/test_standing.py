"""An answer holds as long as its anchors do, and its functions read as they did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.model.memory import Standing, Validity
from tracer.pipeline.ask import Question, ask
from tracer.static.sources import read_tree
from tracer.verify.reading import Reading
from tracer.verify.standing import check_standing
from tracer.verify.texts import function_texts

CODE = '''\
import json


def keep(parts, path):
    """Write."""
    # why not
    with open(path, "w") as file:
        json.dump(prepared(parts), file)


def prepared(parts):
    return sorted(parts)


def other():
    return 1
'''


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Validity]:
    """Answer a question on a tree, edit it, and ask whether the answer holds."""
    (tmp_path / "job.py").write_text(CODE)
    (tmp_path / "aside.py").write_text("def aside():\n    return 2\n")
    evidence, verification = ask(Question("Where does `keep` write the parts?", tmp_path))
    assert {each.function for each in evidence.texts} == {"job.py::keep", "job.py::prepared"}

    def check(*edits: tuple[str, str], file: str = "job.py") -> Validity:
        text = (tmp_path / file).read_text()
        for before, after in edits:
            assert before in text
            text = text.replace(before, after)
        (tmp_path / file).write_text(text)
        return check_standing(evidence, verification, read_tree(tmp_path))

    return check


def test_nothing_changed(changed: Callable[..., Validity]) -> None:
    """Valid, with nothing to say against it."""
    found = changed()
    assert (found.standing, found.changed, found.doubts) == (Standing.VALID, (), ())
    assert found.checked > 5 and found.notes == ()


def test_a_change_elsewhere_leaves_it_valid(changed: Callable[..., Validity]) -> None:
    """In another file, or in another function below; what that leaves open is said."""
    for found in (changed(("2", "3"), file="aside.py"), changed(("return 1", "return 7"))):
        assert (found.standing, found.doubts) == (Standing.VALID, ())
        assert "are not looked for" in found.notes[0]


def test_a_changed_call_ends_it(changed: Callable[..., Validity]) -> None:
    """With the place, what was expected and what is found."""
    found = changed(("json.dump(prepared(parts), file)", "json.dumps(list(parts)), file"))
    assert found.standing is Standing.NO_LONGER and not found.only_moved
    assert any("keep → prepared" in each.expected for each in found.changed)
    assert "json.dumps" in " ".join(each.found for each in found.changed)


def test_moved_lines_end_it_and_are_told_apart(changed: Callable[..., Validity]) -> None:
    """Its anchors are wrong, its functions are not."""
    found = changed(("import json\n", "import json\nimport os\n"))
    assert found.standing is Standing.NO_LONGER and found.only_moved
    moved = next(each for each in found.changed if each.place == "job.py:4")
    assert (moved.expected, moved.found) == ("the definition of keep", "defined at line 5")


def test_what_was_rewritten_is_told_before_what_moved(changed: Callable[..., Validity]) -> None:
    """A call that went, in a function below which all moved."""
    found = changed(
        (
            '    with open(path, "w") as file:\n        json.dump(prepared(parts), file)\n',
            "    pass\n",
        )
    )
    assert found.changed[0].place in ("job.py:7", "job.py:8")
    assert found.changed[-1].found.startswith("defined at line")
    assert "keep of the answer's 2 functions reads otherwise now" in found.doubts


def test_what_no_anchor_tells_leaves_it_in_doubt(changed: Callable[..., Validity]) -> None:
    """A line that no anchor stands on has changed inside a function of the answer."""
    found = changed(('"""Write."""', "print(parts)"))
    assert (found.standing, found.changed) == (Standing.IN_DOUBT, ())
    assert found.doubts == ("keep of the answer's 2 functions reads otherwise now",)


@pytest.mark.parametrize("line", [4, 5, 6, 7, 8, 11, 12])
def test_no_edit_of_its_functions_leaves_it_valid(
    changed: Callable[..., Validity], line: int
) -> None:
    """Whatever line of them is another one."""
    text = CODE.splitlines()[line - 1]
    indent = text[: len(text) - len(text.lstrip())]
    other = f"{indent}def other_name(parts):" if "def " in text else f"{indent}if 1: pass"
    assert changed((text + "\n", other + "\n")).standing is not Standing.VALID


def test_a_file_that_went_ends_it(tmp_path: Path, changed: Callable[..., Validity]) -> None:
    """All of its anchors are missing."""
    (tmp_path / "job.py").rename(tmp_path / "gone.py")
    found = changed(file="gone.py")
    assert found.standing is Standing.NO_LONGER
    assert any("no file job.py" in each.found for each in found.changed)


def test_a_text_is_that_of_the_function_alone(tmp_path: Path) -> None:
    """Not of functions within it, not of blank lines; a module is its own statements."""
    nested = "A = 1\n\n\ndef f():\n    def g():\n        return 1\n\n    return g\n"

    def digests(text: str) -> dict[str, str]:
        (tmp_path / "m.py").write_text(text)
        reading = Reading(read_tree(tmp_path))
        names = ("m.py::<module>", "m.py::f", "m.py::f.<locals>.g")
        return {each.function: each.sha256 for each in function_texts(names, reading)}  # type: ignore[arg-type]

    before = digests(nested)
    assert len(before) == 3

    def differing(text: str) -> set[str]:
        after = digests(text)
        return {name for name in before if before[name] != after[name]}

    assert differing(nested.replace("return 1", "return 2")) == {"m.py::f.<locals>.g"}
    assert differing(nested.replace("return g", "return g()")) == {"m.py::f"}
    assert differing(nested.replace("A = 1", "A = 2")) == {"m.py::<module>"}
    assert differing(nested.replace("\n\n    return g", "\n    return g")) == set()
