"""The prompts for agents: every command in them works, in their order, as it stands there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from tracer.cli.main import main

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
_BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+)\)")

_SHOP = """\
import json


def save(basket, path):
    with open(path, "w") as file:
        json.dump(basket, file)


def main():
    save({"tea": 1}, "basket.json")


if __name__ == "__main__":
    main()
"""


def _commands(name: str, values: Mapping[str, str]) -> list[list[str]]:
    """The commands of a prompt's blocks, with its placeholders filled in."""
    found = []
    for block in _BLOCK.findall((PROMPTS / name).read_text("utf-8")):
        for line in block.splitlines():
            for placeholder in sorted(values, key=len, reverse=True):
                pattern = rf"(?<![\w-]){re.escape(placeholder)}(?![\w-])"
                line = re.sub(pattern, lambda _, to=values[placeholder]: to, line)  # type: ignore[misc]
            found.append(shlex.split(line))
    assert all(words[0] == "tracer" for words in found)
    return [words[1:] for words in found]


@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What an agent is given: a tree, a place to write, an answer that it will have written."""
    root, out = tmp_path / "root", tmp_path / "out"
    root.mkdir()
    out.mkdir()
    monkeypatch.chdir(tmp_path)
    (root / "shop.py").write_text(_SHOP, "utf-8")
    (out / "answer.md").write_text("`main` → `save` at `shop.py:10` (confirmed).\n", "utf-8")
    return {
        "BRIEF": str(tmp_path / "brief.md"),
        "ROOT": str(root),
        "OUT": str(out),
        "OUT/bundle": str(out / "bundle"),
        "OUT/answer.md": str(out / "answer.md"),
        "BUNDLE": str(out / "bundle"),
        "ANSWER.md": str(out / "answer.md"),
        "FOLDER_OF_BUNDLES": str(out),
        "THE QUESTION": "how is `save` called?",
        "SCRIPT ARGS": "shop.py",
        "NAME": "save",
        "FROM": "main",
        "TO": "save",
        "CALLER": "shop.main",
        "CALLEE": "save",
        "ID": "SHOP-1",
        "WORD": "basket",
    }


def test_the_commands_of_the_prompts_work(
    values: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """From the question to the verified answer, then its review; each ends with status 0."""
    # `main` alone names the function and the module's code that runs it.
    values["FROM"] = "shop.main"
    answering, reviewing = (_commands(n, values) for n in ("callchain.md", "supervisor_review.md"))
    assert [words[0] for words in answering] == [
        *("brief", "brief", "ask", "run", "run", "query", "query", "query", "verify")
    ]
    assert [words[0] for words in reviewing] == [
        *("verify", "verify", "brief", "query", "query", "query", "reports")
    ]
    for words in (*answering, *reviewing):
        status = main(words)
        shown = capsys.readouterr()
        assert status == 0, (words, shown.out, shown.err)
    assert "confirmed" in Path(values["BUNDLE"], "summary.md").read_text("utf-8")


def test_an_answer_that_is_wrong_does_not_pass(values: dict[str, str]) -> None:
    """The control: the last command of the prompt has status 1 for a chain that is none."""
    Path(values["OUT/answer.md"]).write_text("`save` → `main` at `shop.py:10`.\n", "utf-8")
    *words, _, _ = _commands("callchain.md", values)[-1]  # without the bundle
    assert main(words) == 1


def test_the_list_of_prompts_is_whole() -> None:
    """Each file beside it is linked, and each link leads somewhere."""
    linked = set(_LINK.findall((PROMPTS / "README.md").read_text("utf-8")))
    assert {path.name for path in PROMPTS.glob("*.md")} - {"README.md"} <= linked
    assert all((PROMPTS / link).exists() for link in linked)


def test_taps_of_ones_own_are_joined_as_the_prompt_says(
    values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies below the top-level keys of a dict is read, and stands in the bundle."""
    text = (PROMPTS / "callchain.md").read_text("utf-8")
    for part in (
        '--tap "KEY=EXPR@PATH:LINE"',
        "PYTHONPATH=ROOT",
        "--recording\n   OUT/taps --force",
    ):
        assert part in text
    root, out = Path(values["ROOT"]), Path(values["OUT"])
    shop = _SHOP.replace('{"tea": 1}', '{"tea": {"green": 7}}')
    (root / "shop.py").write_text(shop, "utf-8")
    brief = out / "brief.md"
    question = "How is `save` called?"
    assert main(["brief", "new", question, "--initiative", "shop", "-o", str(brief)]) == 0
    bundle = ["run", str(brief), "--root", str(root), "--out", str(out / "bundle")]
    bundle += ["--workload", "shop.py"]
    assert main(bundle) == 0
    monkeypatch.setenv("PYTHONPATH", str(root))
    tap = "inner=basket['tea']@shop.py:6:before"
    words = ["trace", "--root", str(root), "--tap", tap, "-o", str(out / "taps")]
    assert main([*words, "--", str(root / "shop.py")]) == 0
    assert main([*bundle, "--recording", str(out / "taps"), "--force"]) == 0
    (points,) = out.rglob("bundle/**/tap_points.md")
    (row,) = (line for line in points.read_text("utf-8").splitlines() if "| `inner` |" in line)
    assert "dict len 1 keys 'green'" in row
