"""A small tree, and a real client of the official SDK that talks to a real server over stdio."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

import anyio
from mcp import Client, StdioServerParameters, stdio_client

PROJECT = Path(__file__).resolve().parents[2]

_STORE = '''"""Keeps a basket."""

import json
import zipfile

API_KEY = "correct horse battery"


def save(basket, path):
    """Write the basket."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("basket.json", json.dumps(basket))


def load(path):
    """Read it back."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("basket.json"))
'''
_MAIN = '''"""Fill a basket and keep it."""

from shop.store import load, save


def main():
    save({"tea": 1}, "basket.zip")
    return load("basket.zip")


if __name__ == "__main__":
    print(main())
'''
_SLOW = '''"""Never ends by itself."""

import os
import sys
import time

from shop.store import save

with open(sys.argv[1], "w") as file:
    file.write(str(os.getpid()))
while True:
    time.sleep(0.1)
    save({}, "basket.zip")
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package that writes and reads an archive, a script, and links that lead out."""
    root = tmp_path / "tree"
    (root / "shop").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "shop/__init__.py").write_text("", "utf-8")
    (root / "shop/store.py").write_text(_STORE, "utf-8")
    (root / "main.py").write_text(_MAIN, "utf-8")
    (root / "slow.py").write_text(_SLOW, "utf-8")
    (root / "docs/notes.md").write_text("`main` calls `load` at main.py:7.\n", "utf-8")
    (root / ".secrets").write_text("hidden\n", "utf-8")
    (tmp_path / "outside.txt").write_text("not yours\n", "utf-8")
    (root / "docs/link.txt").symlink_to(tmp_path / "outside.txt")
    (root / "docs/up").symlink_to(tmp_path)
    return root


def parameters(root: Path, out: Path, *options: str) -> StdioServerParameters:
    """How a client starts the server."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "tracer", "mcp", "--root", str(root), "--out", str(out), *options],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


class Agent:
    """A connected client; a call gives the answer's JSON, or the text of the error."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """An answer."""
        is_error, text = await self.raw(tool, arguments)
        assert not is_error, text
        answer = json.loads(text)
        assert isinstance(answer, dict)
        return answer

    async def refused(self, tool: str, **arguments: Any) -> str:
        """What is wrong with a request; one line."""
        is_error, text = await self.raw(tool, arguments)
        assert is_error, text
        assert len(text.splitlines()) == 1
        return text

    async def raw(self, tool: str, arguments: dict[str, Any]) -> tuple[bool, str]:
        """Whether it is an error, and the only text."""
        result = await self.client.call_tool(tool, arguments)
        (content,) = result.content
        text = content.text
        assert isinstance(text, str)
        return bool(result.is_error), text


Talk = Callable[[Agent], Awaitable[None]]
Session = Callable[..., None]


@pytest.fixture
def session(tree: Path, tmp_path: Path) -> Session:
    """Run a conversation with a server of its own; the tree is afterwards what it was before."""

    def run(talk: Talk, *options: str) -> None:
        async def connected() -> None:
            started = stdio_client(parameters(tree, tmp_path / "out", *options))
            async with Client(started) as client:
                await talk(Agent(client))

        before = _contents(tree)
        # In a thread of its own: a browser that other tests left open holds a loop in this one.
        with ThreadPoolExecutor(1) as threads:
            threads.submit(anyio.run, connected).result()
        assert _contents(tree) == before

    return run


def _contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder, _, names in os.walk(root)
        for path in (Path(folder) / name for name in names)
        if "__pycache__" not in path.parts
    }
