"""Requests that are malformed, or that want what an agent may not have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest
from mcp import MCPError

from tests.server.conftest import PROJECT, Agent, Session, parameters

_OUTSIDE = (
    *("../outside.txt", "/etc/passwd", "docs/link.txt", "docs/up/outside.txt", "~/x"),
    *("docs/../../outside.txt", "C:\\x", "..\\outside.txt", "a\0b"),
)


def test_nothing_outside_the_root_is_read(session: Session, tmp_path: Path) -> None:
    """By `..`, an absolute path or a link, in any tool that takes a path; hidden files neither."""

    async def talk(agent: Agent) -> None:
        for path in _OUTSIDE:
            told = await agent.refused("source", path=path)
            assert "not yours" not in told
        assert "hidden" in await agent.refused("source", path=".secrets")
        await agent.refused("source", path="docs")
        for tool, field in (
            ("inspect", "file"),
            ("verify", "document"),
            ("brief_check", "brief"),
            ("run_brief", "brief"),
            ("read_bundle", "bundle"),
            ("run_brief", "name"),
        ):
            extra = {"text": "who calls `save`?"} if field == "name" else {}
            for path in ("../outside.txt", "docs/link.txt" if field != "name" else "/x"):
                assert "not yours" not in await agent.refused(tool, **{field: path}, **extra)
        for side in ("/etc", "brief:../outside.txt", "bundle:../tree", str(tmp_path)):
            await agent.refused("contrast", a=side, b="shop.store.load")

    session(talk)
    assert not (tmp_path / "out").exists()


def test_a_document_cannot_quote_through_a_link(session: Session) -> None:
    """Places that lead out of the tree are not there, whatever stands behind the link."""

    async def talk(agent: Agent) -> None:
        for text in ("see `docs/link.txt:1`", "`docs/up/outside.txt:1` says `not mine`"):
            is_error, answer = await agent.raw("verify", {"text": text, "show": "all"})
            assert not is_error and "not yours" not in answer
        brief = "who calls `save`?\n\n## Anchors\n\n- `docs/link.txt:1` - the link\n"
        _, answer = await agent.raw("brief_check", {"text": brief})
        assert "not yours" not in answer and "lies outside the analysed root" in answer

    session(talk)


def test_only_programs_of_the_tree_are_run(session: Session) -> None:
    """Even where the server may run: a script lies below the root."""

    async def talk(agent: Agent) -> None:
        for workload in ("../slow.py", "/bin/true", "-c 'print(1)'", "docs/link.txt", " ", "'"):
            await agent.refused("run_brief", text="who calls `save`?", workloads=[workload])

    session(talk, "--allow-run")


def test_wrong_arguments_are_one_line_and_cost_nothing(session: Session) -> None:
    """Types, unknown names, missing ones, sizes; and the server goes on."""

    async def talk(agent: Agent) -> None:
        assert "question: Field required" in await agent.refused("ask")
        assert "valid string" in await agent.refused("ask", question=7)
        assert "depht: Extra inputs" in await agent.refused(
            "query", command="callers", names=["f"], depht=2
        )
        assert "valid integer" in await agent.refused("source", path="main.py", first_line="7")
        assert "at most 4000" in await agent.refused("ask", question="x" * 1_000_000)
        assert "max_tokens" in await agent.refused("ask", question="x", max_tokens=10**9)
        assert "expected 2 names" in await agent.refused("query", command="path", names=["a"])
        assert "command:" in await agent.refused("query", command="drop", names=["a"])
        assert "since" in await agent.refused(
            "query", command="impact", names=[], since="--output=/tmp/x"
        )
        assert "one of the two" in await agent.refused("run_brief")
        assert "expected one of document" in await agent.refused(
            "verify", text="x", document="main.py"
        )
        with pytest.raises(MCPError, match="expected one of ask, query"):
            await agent.client.call_tool("shell", {"command": "id"})
        assert (await agent.call("query", command="find", names=["save"]))["ok"]

    session(talk)


def test_a_call_that_is_cancelled_ends_the_program_that_it_runs(
    session: Session, tmp_path: Path
) -> None:
    """The target dies, no bundle and no scratch is left half written, the server answers on."""
    pid_file = tmp_path / "pid"

    async def talk(agent: Agent) -> None:
        async with anyio.create_task_group() as group:

            async def run() -> None:
                await agent.client.call_tool(
                    "run_brief",
                    {"text": "who calls `save`?", "workloads": [f"slow.py {pid_file}"]},
                )

            group.start_soon(run)
            with anyio.fail_after(120):
                while not pid_file.exists() or not pid_file.read_text():
                    await anyio.sleep(0.1)
            group.cancel_scope.cancel()
        with anyio.fail_after(30):
            while _is_alive(int(pid_file.read_text())):
                await anyio.sleep(0.1)
        assert (await agent.call("query", command="find", names=["save"]))["ok"]

    session(talk, "--allow-run")
    assert not list((tmp_path / "out").rglob("manifest.json"))


def test_a_call_that_takes_too_long_is_ended(session: Session, tmp_path: Path) -> None:
    """With a bound of the server's own, which the error names."""
    pid_file = tmp_path / "pid"

    async def talk(agent: Agent) -> None:
        told = await agent.refused(
            "run_brief", text="who calls `save`?", workloads=[f"slow.py {pid_file}"]
        )
        assert "ended after 8 s, the server's --timeout" in told

    session(talk, "--allow-run", "--timeout", "8")
    if pid_file.exists():
        assert not _is_alive(int(pid_file.read_text()))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_is_no_protocol_gets_an_error_and_nothing_else_is_said(
    tree: Path, tmp_path: Path
) -> None:
    """Bad JSON, wrong shapes, unknown methods, bytes that are no text; then a proper request.

    Every line on stdout is a JSON-RPC message.
    """
    started = parameters(tree, tmp_path / "out")
    lines = [
        b"this is not JSON",
        b"\xff\xfe\x00",
        b"[]",
        b'{"jsonrpc":"2.0","id":1}',
        b'{"jsonrpc":"2.0","id":2,"method":"no/such","params":{}}',
        b'{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":7}}',
        b'{"jsonrpc":"2.0","id":4,"method":"initialize","params":{"protocolVersion":"2025-06-18",'
        b'"capabilities":{},"clientInfo":{"name":"t","version":"1"}}}',
        b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
        b'{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"source","arguments":'
        b'{"path":"main.py"}}}',
    ]
    process = subprocess.Popen(
        [started.command, *started.args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=started.env,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b"\n".join(lines) + b"\n")
    process.stdin.flush()
    answers = {}
    deadline = time.monotonic() + 120
    while 5 not in answers and time.monotonic() < deadline:
        message = json.loads(process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        answers[message.get("id")] = message
    process.stdin.close()
    assert process.wait(30) == 0
    assert process.stdout.read() == b""
    assert "error" in answers[2] and "error" in answers[3]
    assert "main.py" in answers[5]["result"]["content"][0]["text"]


def test_without_the_extra_it_says_what_to_install(tree: Path, tmp_path: Path) -> None:
    """One line, status 2; the control is every other test here."""
    code = (
        "import sys; sys.modules['mcp'] = None; from tracer.cli.main import main;"
        f"sys.exit(main(['mcp', '--root', {str(tree)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'callchain-tracer[mcp]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
