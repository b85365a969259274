"""Each tool, used as an agent would, over a real session."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import anyio

from tests.server.conftest import Agent, Session


def test_tools_are_announced_with_what_they_take(session: Session) -> None:
    """Nine tools; all but one only read; each argument is described, and no other is taken."""

    async def talk(agent: Agent) -> None:
        tools = (await agent.client.list_tools()).tools
        names = {tool.name for tool in tools}
        assert names == {
            *("ask", "query", "source", "brief_check", "run_brief", "read_bundle"),
            *("verify", "inspect", "contrast"),
        }
        for tool in tools:
            assert tool.annotations is not None and tool.description
            assert tool.annotations.read_only_hint is (tool.name != "run_brief")
            assert tool.annotations.destructive_hint is False
            assert tool.input_schema["additionalProperties"] is False
            for name, schema in tool.input_schema["properties"].items():
                assert "description" in schema, (tool.name, name)
        assert "never an instruction" in (agent.client.instructions or "")

    session(talk)


def test_reading(session: Session, tree: Path) -> None:
    """A question, precise questions, lines, an artefact beside its code, two sides."""
    with zipfile.ZipFile(tree / "basket.zip", "w") as archive:
        archive.writestr("basket.json", "{}")
        archive.writestr("extra.txt", "?")

    async def talk(agent: Agent) -> None:
        asked = await agent.call("ask", question="who writes `basket.zip`?")
        assert asked["ok"] is True
        assert any("shop/store.py:11" in line for line in asked["data"]["answer"])
        assert any("a question alone runs nothing" in each["reason"] for each in asked["unknown"])

        callers = await agent.call("query", command="callers", names=["save"])
        assert (callers["schema"], callers["ok"]) == ("tracer/query/1", True)
        assert {edge["at"] for edge in callers["data"]["edges"]} == {"main.py:7", "slow.py:13"}
        none = await agent.call("query", command="path", names=["load", "save"])
        assert none["ok"] and not none["data"]["chains"] and none["data"]["answer"]

        quoted = await agent.call("source", path="shop/store.py", first_line=6, last_line=11)
        data = quoted["data"]
        assert (data["is_quotation"], data["total_lines"]) == (True, 18)
        assert data["lines"][0] == '6: API_KEY = "[redacted]"'
        assert data["lines"][5].startswith("11:     with zipfile.ZipFile(path")
        assert quoted["next"] == ["the same with first_line 12"]

        inspected = await agent.call("inspect", file="basket.zip", with_code=True)
        assert any("extra.txt" in line for line in inspected["data"]["holds"])
        assert any("shop/store.py:12" in line for line in inspected["data"]["beside_the_code"])

        impact = await agent.call("query", command="impact", names=["shop/store.py"])
        assert "main.py::main" in {each["id"] for each in impact["data"]["functions"]}

        cut = await agent.call("source", path="shop/store.py", max_tokens=250)
        last = len(cut["data"]["lines"])
        assert last < 18 and cut["next"] == [f"the same with first_line {last + 1}"]

        sides = await agent.call("contrast", a="shop.store.save", b="shop/store.py::load")
        assert sides["data"]["rows"] > 0 and sides["staleness"]["tree_a"]

    session(talk)


def test_from_brief_to_verified_text(session: Session) -> None:
    """Check a brief, run it, read the bundle in parts, verify it and a text of one's own."""
    brief = "# B\n\n## Question\n\nhow is `basket.zip` written and read?\n\n- initiative: SHOP-1\n"

    async def talk(agent: Agent) -> None:
        checked = await agent.call("brief_check", text=brief + "\n- see `shop/store.py:90`\n")
        assert checked["ok"] is False
        assert "shop/store.py has 18 lines" in checked["data"]["problems"][0]["text"]

        made = await agent.call("run_brief", text=brief, workloads=["main.py"])
        name = made["data"]["bundle"]
        assert made["ok"] and name.startswith("SHOP-1/") and not made["data"]["why_no_run"]
        assert made["data"]["edges"]["confirmed"] >= 4
        assert any("run" in line for line in made["data"]["card"])

        assert (await agent.call("read_bundle"))["data"]["bundles"] == [name]
        summary = await agent.call("read_bundle", bundle=name)
        assert any("basket.zip" in line for line in summary["data"]["items"])
        edges = await agent.call("read_bundle", bundle=name, part="edges", offset=1)
        assert edges["data"]["total"] == len(edges["data"]["items"]) + 1
        ran = [edge for edge in edges["data"]["items"] if edge["verdict"] == "confirmed"]
        assert {"main.py::main"} <= {edge["caller"] for edge in ran}
        effects = await agent.call("read_bundle", bundle=name, part="effects", max_tokens=400)
        items, total = effects["data"]["items"], effects["data"]["total"]
        assert all(item["line"] > 0 for item in items)
        assert len(items) < total and effects["next"] == [f"the same with offset {len(items)}"]
        empty = await agent.call("read_bundle", bundle=name, part="flows")
        assert (empty["data"]["items"], empty["unknown"][0]["what"]) == ([], "flows")

        seen = await agent.call("query", command="callers", names=["load"], bundle=name)
        assert [edge["verdict"] for edge in seen["data"]["edges"]] == ["confirmed"]
        assert (await agent.call("verify", bundle=name))["ok"] is True
        text = "`main` calls `save` at main.py:7.\n\n`save` is called by `load`.\n"
        judged = await agent.call("verify", text=text, with_bundle=name)
        (bad,) = judged["data"]["claims"]
        assert judged["ok"] is False and bad["line"] == 3
        everything = await agent.call("verify", text=text, show="all")
        assert len(everything["data"]["claims"]) > 1
        document = await agent.call("verify", document="docs/notes.md")
        assert document["ok"] is False and document["data"]["subject"] == "docs/notes.md"

        again = await agent.call(
            "run_brief", text=brief, workloads=["main.py"], unless_answered=True
        )
        assert (again["data"]["was_answered"], again["data"]["bundle"]) == (True, name)

    session(talk, "--allow-run")


def test_what_was_not_judged_is_no_claim_that_holds(session: Session, tree: Path) -> None:
    """It is counted apart and stands among the unknowns, with the reason."""
    (tree / "shop/other.py").write_text("def load(path):\n    return path\n", "utf-8")

    async def talk(agent: Agent) -> None:
        answer = await agent.call("verify", text="`main` calls `save`. `load` calls `save`.\n")
        data = answer["data"]
        assert (data["is_good"], data["claims_judged"], data["claims_not_judged"]) == (True, 1, 1)
        (left,) = answer["unknown"]
        assert left["what"] == "`load calls save` (line 1)" and "is ambiguous" in left["reason"]

    session(talk)


def test_without_leave_nothing_is_run(session: Session, tmp_path: Path) -> None:
    """A workload is refused; without one the bundle rests on reading alone, and says so."""

    async def talk(agent: Agent) -> None:
        told = await agent.refused("run_brief", text="who calls `save`?", workloads=["main.py"])
        assert "without --allow-run" in told
        made = await agent.call("run_brief", text="who calls `save`?", name="mine/first")
        assert made["data"]["bundle"] == "mine/first"
        assert set(made["data"]["edges"]) == {"not run"}
        assert made["unknown"][0]["reason"] == "this server may not run the program"
        told = await agent.refused("run_brief", text="who calls `save`?", name="mine/first")
        assert "expected an empty folder" in told

    session(talk)
    assert (tmp_path / "out/mine/first/manifest.json").is_file()


def test_answers_are_bounded_and_say_what_is_left_out(session: Session, tree: Path) -> None:
    """A module with 300 functions: each answer fits the tokens that it was given."""
    body = "".join(f"def step_{n}():\n    return {n}\n\n\n" for n in range(300))
    body += "def everything():\n" + "".join(f"    step_{n}()\n" for n in range(300))
    (tree / "shop/steps.py").write_text(body, "utf-8")

    async def talk(agent: Agent) -> None:
        calls: list[tuple[str, dict[str, Any]]] = [
            ("query", {"command": "callees", "names": ["everything"]}),
            ("source", {"path": "shop/steps.py", "last_line": 400}),
            ("ask", {"question": "what does `everything` call?"}),
        ]
        for tool, arguments in calls:
            for most in (500, 1500):
                given = {**arguments, "max_tokens": most}
                is_error, text = await agent.raw(tool, given)
                assert not is_error and len(text.encode()) / 3 <= most * 1.05, (tool, most)
                assert '"truncated":[]' not in text, (tool, most)

    session(talk)


def test_two_calls_at_once_have_their_own_answers(session: Session) -> None:
    """Four calls in flight; none gets another's answer, and the server stays there."""

    async def talk(agent: Agent) -> None:
        found: dict[str, str] = {}

        async def callers(name: str) -> None:
            answer = await agent.call("query", command="callers", names=[name])
            found[name] = answer["data"]["subjects"][0]["id"]

        async with anyio.create_task_group() as group:
            for name in ("save", "load", "main.main"):
                group.start_soon(callers, name)
            with anyio.fail_after(5):  # what needs no reading is answered meanwhile
                await agent.refused("source", path="no/such.py")
        assert found == {
            "save": "shop/store.py::save",
            "load": "shop/store.py::load",
            "main.main": "main.py::main",
        }

    session(talk)
