"""Which file of a tree is meant by a path that was measured, here or on another machine."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mapped:
    """Measured paths, and what they are in the tree."""

    files: Mapping[str, str]  # measured path -> path in the tree
    unclear: Mapping[str, str]  # measured path -> why nobody knows which file it is


def map_measured(
    measured: Sequence[str], modules: Mapping[str, str], root: Path, folder: Path
) -> Mapped:
    """Find measured files in a tree.

    Where one of them lies below the root, the data were measured here, and what lies elsewhere is
    no file of the tree. Else the data come from another machine: the folder that its tree lay in is
    the one with which the most files of this tree are found.

    Args:
        measured: Paths as the data have them; relative ones are relative to `folder`.
        modules: By path in the tree: the module's dotted name.
        root: Of the tree, absolute.
        folder: Of the data file.
    """
    here = {path: found for path in measured if (found := _below(path, modules, root, folder))}
    if here:
        return _each_once(here)
    return _elsewhere([path.replace("\\", "/") for path in measured], modules)


def _below(path: str, modules: Mapping[str, str], root: Path, folder: Path) -> str:
    for base in (folder, root):
        whole = Path(base, path)
        for place in (whole, whole.resolve()):
            if place.is_relative_to(root):
                found = place.relative_to(root).as_posix()
                if found in modules:
                    return found
    return ""


def _elsewhere(measured: Sequence[str], modules: Mapping[str, str]) -> Mapped:
    """Vote for the folder: a name alone, such as `utils.py`, has many homes."""
    keys: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)  # last name -> (key, path)
    for path, module in modules.items():
        name = path.rpartition("/")[2]
        keys[name].add((path, path))
        as_module = module.replace(".", "/") + ("/__init__.py" if name == "__init__.py" else ".py")
        if path.endswith(f"/{as_module}"):  # as it is installed, without `src`
            keys[name].add((as_module, path))
    candidates: dict[str, list[tuple[str, str, str]]] = {}
    votes: Counter[tuple[str, str]] = Counter()
    for path in measured:
        for key, found in sorted(keys[path.rpartition("/")[2]]):
            if f"/{path}".endswith(f"/{key}"):
                pair = path.removesuffix(key), found.removesuffix(key)
                candidates.setdefault(path, []).append((*pair, found))
                votes[pair] += 1
    best: dict[str, set[str]] = {}  # the part of the tree -> where it lay, the most voted for
    for offset in {offset for _, offset in votes}:
        most = max(count for (_, other), count in votes.items() if other == offset)
        best[offset] = {
            prefix for (prefix, other), n in votes.items() if other == offset and n == most
        }
    files: dict[str, str] = {}
    unclear: dict[str, str] = {}
    for path, found_ in candidates.items():
        likely = [(prefix, offset, at) for prefix, offset, at in found_ if prefix in best[offset]]
        most = max((votes[prefix, offset] for prefix, offset, _ in likely), default=0)
        places = {at for prefix, offset, at in likely if votes[prefix, offset] == most}
        rivals = {prefix for prefix, offset, _ in likely if len(best[offset]) > 1}
        if len(places) == 1 and not rivals:
            files[path] = places.pop()
        elif places:
            unclear[path] = (
                f"it may be any of {', '.join(sorted(places))}"
                if len(places) > 1
                else f"its tree may have lain in any of {', '.join(sorted(best['']))}"
            )
    mapped = _each_once(files)
    return Mapped(mapped.files, {**unclear, **mapped.unclear})


def _each_once(files: Mapping[str, str]) -> Mapped:
    """Of two measured paths that are one file here, neither is believed."""
    times = Counter(files.values())
    return Mapped(
        {path: found for path, found in files.items() if times[found] == 1},
        {
            path: f"several measured files would be {found}"
            for path, found in files.items()
            if times[found] > 1
        },
    )
