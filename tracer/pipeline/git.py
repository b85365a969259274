"""The commit of an analysed tree, where the root is the top of a git work tree."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Commit:
    """What git says of a tree."""

    sha: str = ""  # empty: not the top of a work tree, or git is not there
    is_dirty: bool | None = None


def read_commit(root: Path) -> Commit:
    """The commit at the root; empty where a folder inside somebody else's work tree is analysed,
    since that commit would say nothing of this tree alone."""
    top = run_git(root, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != root.resolve():
        return Commit()
    sha = run_git(root, "rev-parse", "HEAD")
    status = run_git(root, "status", "--porcelain", "--untracked-files=no")
    return Commit(sha or "", None if status is None else bool(status))


class CommitReader:
    """Reads the commit beside other work: git takes as long as an answer from an index."""

    def __init__(self, root: Path) -> None:
        self._found = Commit()
        self._thread = threading.Thread(target=self._read, args=(root,), daemon=True)
        self._thread.start()

    def wait(self) -> Commit:
        """What git said, once it has."""
        self._thread.join()
        return self._found

    def _read(self, root: Path) -> None:
        self._found = read_commit(root)


def run_git(root: Path, *arguments: str, strips: bool = True) -> str | None:
    """What git prints; None where it is not there, fails or takes a minute."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}  # reading must not touch the index
    # A tree may name a program of its own as file system monitor: reading runs nothing of it.
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(root), *arguments]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return done.stdout.strip() if strips else done.stdout
