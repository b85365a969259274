"""`tracer callgraph`: the static graph alone, in a form that others read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tracer.errors import SourceError
from tracer.model.graph import CallGraph, OpenReason, Resolution, Tier
from tracer.model.source import path_of
from tracer.paths import forward_cone, view_of
from tracer.pipeline.entry_points import entry_points
from tracer.pipeline.graph_page import graph_page
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import counted, read_sources
from tracer.pipeline.writing import write_text
from tracer.report.exports import FORMATS, WITH_EFFECTS
from tracer.static.solver import DEFAULT_TIERS
from tracer.static.sources import SourceTree, checked_root

PAGE = "html"
FORMS = (*FORMATS, PAGE)


def callgraph(
    root: Path,
    paths: Sequence[str],
    form: str,
    tables: Sequence[Path] = (),
    output: Path | None = None,
    progress: Progress | None = None,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    context: Sequence[str] = (),
    entries: Sequence[str] = (),
) -> str:
    """The graph's text; written to `output` as well, where one is given.

    Args:
        root: Files of it that are not in `paths` are read as far as those reach into them.
        paths: Files and folders below the root whose functions are shown as callers, or `@FILE`
            with one path a line; empty shows all.
        tiers: Guesses are shown only where their tier is among these.
        context: Files and folders below the root that are read for the values they pass, and not
            shown.
        entries: Functions, as `contrast` takes them; only what they lead to is shown.
        form: One of `FORMS`.

    Raises:
        SourceError: A path is not below the root, an entry is not one function of the tree, or the
            output cannot be written.
    """
    absolute = checked_root(root)
    wanted = _expand(paths, absolute)
    passing = _expand(context, absolute)

    def choose(tree: SourceTree) -> tuple[list[str] | None, list[str]]:
        files = [source.path for source in tree.files]
        entries = None
        if passing or (wanted and "" not in wanted):
            entries = [path for path in files if _is_below(path, wanted or ("",))]
        found = [path for path in files if _is_below(path, passing)]
        if entries is not None and not wanted:
            entries = [path for path in entries if path not in set(found)]
        return entries, found

    clock = StageClock(progress or Silent())
    reading = read_sources(root, tables, clock, tiers, form == PAGE or form in WITH_EFFECTS, choose)
    if passing and not wanted:
        wanted = tuple(
            source.path for source in reading.tree.files if not _is_below(source.path, passing)
        )
    graph = replace(
        reading.graph,
        resolutions=tuple(_within(resolution, tiers) for resolution in reading.graph.resolutions),
    )
    shown = _led_to(_only(graph, wanted), graph, entries, tiers)
    if shown is not graph:
        # What is read is more than what is asked for, and neither figure says the other.
        with clock.stage("reported") as result:
            result.append(f"{len(shown.files)} of the files read")
            result.extend(counted(shown))
    text = graph_page(shown, reading.tree) if form == PAGE else FORMATS[form](shown)
    if output is not None:
        write_text(output, text)
    return text


def _expand(paths: Sequence[str], root: Path) -> tuple[str, ...]:
    found: list[str] = []
    for path in paths:
        if path.startswith("@"):
            try:
                lines = Path(path[1:]).read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise SourceError(
                    f"{path}: expected a file with one path a line: {error}"
                ) from error
            found.extend(line.strip() for line in lines if line.strip())
        else:
            found.append(path)
    return tuple(_relative(path, root) for path in found)


def _relative(path: str, root: Path) -> str:
    for base in (Path.cwd(), root):
        absolute = (base / path).resolve()
        if absolute.exists() and absolute.is_relative_to(root):
            relative = absolute.relative_to(root).as_posix()
            return "" if relative == "." else relative
    raise SourceError(f"{path}: expected a file or folder below {root}")


def _within(resolution: Resolution, tiers: frozenset[Tier]) -> Resolution:
    """A site whose callees were found by other means is open, and says how many it hides."""
    if resolution.tier is None or resolution.tier in tiers:
        return resolution
    count, tier = len(resolution.callees), resolution.tier.value
    return replace(
        resolution,
        callees=(),
        tier=None,
        through=(),
        open_reason=OpenReason.TOO_MANY
        if resolution.tier is Tier.DUCK
        else resolution.open_reason or OpenReason.UNKNOWN_VALUE,
        open_detail=f"{count} possible in tier {tier}",
    )


def _is_below(path: str, prefixes: Sequence[str]) -> bool:
    return any(not prefix or path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


def _led_to(
    shown: CallGraph, graph: CallGraph, entries: Sequence[str], tiers: frozenset[Tier]
) -> CallGraph:
    """What the entries lead to by calls, as `query callees --depth all` does."""
    if not entries:
        return shown
    named = [function for name in entries for function in entry_points(name, graph)]
    reached = forward_cone(view_of(graph, tiers=tiers), named)
    functions = tuple(function for function in shown.functions if function.id in reached)
    paths = {function.path for function in functions}
    holders = {(f.path, f.qualname) for f in functions}
    holders |= {(f.path, f.qualname.rpartition(".")[0]) for f in functions}
    return replace(
        shown,
        files=tuple(file for file in shown.files if file.path in paths),
        functions=functions,
        classes=tuple(c for c in shown.classes if (c.path, c.qualname) in holders),
        resolutions=tuple(r for r in shown.resolutions if r.site.caller in reached),
        effects=tuple(effect for effect in shown.effects if effect.function in reached),
    )


def _only(graph: CallGraph, paths: tuple[str, ...]) -> CallGraph:
    if not paths or "" in paths:
        return graph
    exact = frozenset(paths)
    folders = tuple(path for path in paths if not path.endswith(".py"))

    def is_wanted(path: str) -> bool:
        return path in exact or _is_below(path, folders)

    return replace(
        graph,
        files=tuple(file for file in graph.files if is_wanted(file.path)),
        functions=tuple(function for function in graph.functions if is_wanted(function.path)),
        classes=tuple(found for found in graph.classes if is_wanted(found.path)),
        resolutions=tuple(r for r in graph.resolutions if is_wanted(r.site.path)),
        effects=tuple(e for e in graph.effects if is_wanted(path_of(e.function))),
    )
