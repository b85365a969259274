"""A language server's go-to-definition as `{caller: [callees]}`: what an editor's user gets.

    python definitions.py SERVER ROOT LISTFILE        SERVER: ty, pyrefly, basedpyright

Asks for the definition of the last name of every called expression and of every decorator. An
answer inside the files is an edge from the function around; a class stands for the `__init__` that
runs, its own or the nearest inherited one, bases being asked for in the same way. Properties,
operators and protocols are not asked for: an editor has no request for them. The servers' own call
hierarchies give less.
"""

from __future__ import annotations

import ast
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

Place = tuple[str, int, int]  # real path, line from 0, UTF-16 column

_SERVERS = {
    "ty": ["ty", "server"],
    "pyrefly": ["pyrefly", "lsp"],
    "basedpyright": ["basedpyright-langserver", "--stdio"],
}
_IN_FLIGHT = 64  # requests sent ahead of their answers
_ANSWER_S = 120.0
_ANALYSIS = {
    "autoSearchPaths": True,
    "diagnosticMode": "openFilesOnly",
    "typeCheckingMode": "off",
    "useLibraryCodeForTypes": False,
}
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def main() -> None:
    server, root, listing = sys.argv[1:]
    files = [Path(line) for line in Path(listing).read_text("utf-8").splitlines() if line]
    with tempfile.TemporaryDirectory(prefix="definitions-") as folder:
        # A copy: the server finds its root by a file of its own, and writes beside no program.
        copy = Path(folder).resolve()
        sources = Sources()
        for file in files:
            target = copy / os.path.relpath(file, root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            sources.read(target, copy)
        search = 'search-path = ["."]\nproject-includes = ["**/*.py"]\n'
        (copy / "pyrefly.toml").write_text(search, "utf-8")
        program, *flags = _SERVERS[server]
        client = Client([str(Path(sys.executable).parent / program), *flags], copy)
        try:
            client.open(sources.texts)
            graph = build_graph(sources, client)
        finally:
            client.close()
    print(json.dumps(graph))


@dataclass
class Sources:
    """What the files define and where they call."""

    texts: dict[str, str] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)  # callers
    defined: dict[Place, tuple[str, bool]] = field(default_factory=dict)  # name, is a class
    functions: set[str] = field(default_factory=set)
    bases: list[tuple[str, Place]] = field(default_factory=list)  # class, a base's name
    sites: list[tuple[str, Place]] = field(default_factory=list)  # caller, a callee's name

    def read(self, file: Path, root: Path) -> None:
        """Collect one file; one that does not parse has nothing to ask about."""
        text = file.read_text("utf-8", errors="replace")
        try:
            tree = ast.parse(text)
        except SyntaxError:
            return
        parts = list(file.relative_to(root).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        module = ".".join(parts)
        self.texts[str(file)] = text
        self.scopes.append(module)
        _Reader(self, str(file), text).visit_all(tree.body, module, module)


class _Reader:
    """Walks one file; `scope` gives names, `caller` is the function whose run makes the calls."""

    def __init__(self, sources: Sources, path: str, text: str) -> None:
        self._sources = sources
        self._path = path
        self._lines = [line.encode() for line in text.split("\n")]
        self._lambdas: dict[str, int] = {}

    def visit_all(self, nodes: Iterable[ast.AST | None], scope: str, caller: str) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scope, caller)

    def _visit(self, node: ast.AST, scope: str, caller: str) -> None:
        if isinstance(node, _Definition):
            self._visit_definition(node, scope, caller)
            return
        if isinstance(node, ast.Lambda):
            self._lambdas[scope] = self._lambdas.get(scope, 0) + 1
            name = _inside(scope, f"<lambda{self._lambdas[scope]}>")
            self._sources.scopes.append(name)
            self._visit(node.args, scope, caller)
            self._visit(node.body, name, name)
            return
        if isinstance(node, ast.Call):
            self._ask(node.func, caller)
        self.visit_all(ast.iter_child_nodes(node), scope, caller)

    def _visit_definition(self, node: _Definition, scope: str, caller: str) -> None:
        name = _inside(scope, node.name)
        is_class = isinstance(node, ast.ClassDef)
        line = self._lines[node.lineno - 1]
        keyword = b"class" if is_class else b"def"
        at = line.find(node.name.encode(), line.find(keyword, node.col_offset) + len(keyword))
        self._sources.defined[self._place(node.lineno, at)] = (name, is_class)
        for decorator in node.decorator_list:
            self._ask(decorator, caller)
        self.visit_all(node.decorator_list, scope, caller)
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                self._sources.bases.extend((name, place) for place in self._last_name(base))
            self.visit_all([*node.bases, *node.keywords], scope, caller)
            self.visit_all(node.body, name, caller)
        else:
            self._sources.functions.add(name)
            self._sources.scopes.append(name)
            self._visit(node.args, scope, caller)
            self.visit_all(node.body, name, name)

    def _ask(self, expression: ast.expr, caller: str) -> None:
        self._sources.sites.extend((caller, place) for place in self._last_name(expression))

    def _last_name(self, expression: ast.expr) -> Iterator[Place]:
        if isinstance(expression, ast.Name):
            yield self._place(expression.lineno, expression.col_offset)
        elif isinstance(expression, ast.Attribute):
            assert expression.end_lineno and expression.end_col_offset
            column = expression.end_col_offset - len(expression.attr.encode())
            yield self._place(expression.end_lineno, column)

    def _place(self, line: int, column: int) -> Place:
        before = self._lines[line - 1][:column].decode("utf-8", "replace")
        return self._path, line - 1, len(before.encode("utf-16-le")) // 2


def build_graph(sources: Sources, client: Client) -> dict[str, list[str]]:
    """Ask for every base and every site, and join the answers."""

    def ask(asked: Sequence[tuple[str, Place]]) -> Iterator[tuple[str, str, bool]]:
        answers = client.definitions([place for _, place in asked])
        for (name, _), places in zip(asked, answers, strict=True):
            for place in places:
                if place in sources.defined:
                    yield (name, *sources.defined[place])

    bases: dict[str, list[str]] = {}
    for name, base, is_class in ask(sources.bases):
        if is_class:
            bases.setdefault(name, []).append(base)

    def constructor(name: str, seen: frozenset[str] = frozenset()) -> str | None:
        if f"{name}.__init__" in sources.functions:
            return f"{name}.__init__"
        for base in bases.get(name, ()):
            if base not in seen and (found := constructor(base, seen | {name})):
                return found
        return None

    graph: dict[str, set[str]] = {scope: set() for scope in sources.scopes}
    for caller, callee, is_class in ask(sources.sites):
        runs = constructor(callee) if is_class else callee
        if runs:
            graph[caller].add(runs)
    return {caller: sorted(callees) for caller, callees in graph.items()}


class Client:
    """Speaks the Language Server Protocol over a server's standard streams."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self._server = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,
        )
        self._last_id = 0
        self._writing = threading.Lock()
        self._arrived: queue.Queue[tuple[int, Any] | None] = queue.Queue()
        self._answers: dict[int, Any] = {}
        # A thread of its own reads: a server that cannot write stops reading.
        threading.Thread(target=self._read, daemon=True).start()
        uri = root.as_uri()
        capabilities = {
            "textDocument": {"definition": {"linkSupport": False}, "synchronization": {}},
            "workspace": {"workspaceFolders": True, "configuration": True},
        }
        self._call(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "root"}],
                "capabilities": capabilities,
            },
        )
        self._send({"method": "initialized", "params": {}})

    def open(self, texts: dict[str, str]) -> None:
        for path, text in texts.items():
            document = {"uri": Path(path).as_uri(), "languageId": "python", "version": 1}
            document["text"] = text
            self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def definitions(self, places: Sequence[Place]) -> Iterator[list[Place]]:
        """The answers, in order."""
        sent: list[int] = []
        for at in range(len(places)):
            while len(sent) < min(len(places), at + _IN_FLIGHT):
                path, line, column = places[len(sent)]
                params = {
                    "textDocument": {"uri": Path(path).as_uri()},
                    "position": {"line": line, "character": column},
                }
                sent.append(self._request("textDocument/definition", params))
            yield _places(self._answer(sent[at]))

    def close(self) -> None:
        with suppress(OSError, EOFError):
            self._call("shutdown", None)
            self._send({"method": "exit", "params": None})
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _call(self, method: str, params: object) -> Any:
        return self._answer(self._request(method, params))

    def _request(self, method: str, params: object) -> int:
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def _answer(self, number: int) -> Any:
        while number not in self._answers:
            try:
                arrived = self._arrived.get(timeout=_ANSWER_S)
            except queue.Empty:
                return None  # one question too hard; the others have their answers
            if arrived is None:
                raise EOFError("the server ended")
            self._answers[arrived[0]] = arrived[1]
        return self._answers.pop(number)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin
        with self._writing:
            self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self._server.stdin.flush()

    def _read(self) -> None:
        stream = self._server.stdout
        assert stream
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b"\n"):
                if not line:
                    self._arrived.put(None)
                    return
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            message = json.loads(stream.read(length))
            if "method" not in message:
                self._arrived.put((message.get("id"), message.get("result")))
            elif "id" in message:
                self._send({"id": message["id"], "result": _reply(message)})


def _reply(message: dict[str, Any]) -> Any:
    """What a server asks of us is how it is configured; all else gets null."""
    if message["method"] != "workspace/configuration":
        return None
    sections = [item.get("section") or "" for item in message["params"]["items"]]
    return [_ANALYSIS if s.endswith("analysis") else {"analysis": _ANALYSIS} if "pyright" in s
            else {} for s in sections]  # fmt: skip


def _places(result: Any) -> list[Place]:
    found = []
    for location in [result] if isinstance(result, dict) else result or ():
        uri = location.get("uri") or location["targetUri"]
        span = location.get("targetSelectionRange") or location.get("range")
        start = (span or location["targetRange"])["start"]
        path = os.path.realpath(unquote(urlparse(uri).path))
        found.append((path, start["line"], start["character"]))
    return found


def _inside(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


if __name__ == "__main__":
    main()
