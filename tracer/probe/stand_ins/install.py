"""The way in: a finder after all others, and one before them for folders that are no library."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from ..recorder import Recorder
from .modules import NamespaceFinder, StandInFinder
from .recipes import Recipes
from .uses import Context, Uses


def install_stand_ins(job: dict[str, Any], recorder: Recorder, roots: list[str]) -> None:
    """Let modules that are missing be fabricated from now on.

    Args:
        job: `wanted` (names, or `auto`), `own_modules` (names that the tree itself has), `recipes`
            (by library: paths of files, ours first), `not_own` (folders of the interpreter).
        recorder: Is told of every use.
        roots: The root of the target, with a separator at the end, in all spellings.
    """
    not_own = tuple(folder for folder in job["not_own"] if folder.startswith(tuple(roots)))

    def is_own(frame: FrameType) -> bool:
        if dict.get(frame.f_globals, "__name__") == "__main__":
            return True
        path = frame.f_code.co_filename
        return path.startswith(tuple(roots)) and not (not_own and path.startswith(not_own))

    Context.uses = Uses(recorder)
    Context.recipes = Recipes(job["recipes"])
    finder: Any = StandInFinder(job["wanted"], job["own_modules"], is_own)
    before: Any = NamespaceFinder(finder)
    sys.meta_path.insert(0, before)
    sys.meta_path.append(finder)
