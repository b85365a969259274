"""`tracer contrast`: two things that were named, read and compared touchpoint by touchpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tracer import __version__
from tracer.brief.read import read_brief
from tracer.bundle.store import find_bundle, read_evidence
from tracer.contrast.contrast import contrast, describe
from tracer.contrast.from_evidence import entries_of, graph_of, observed_of
from tracer.contrast.side import Side, make_side
from tracer.errors import BundleError, SourceError
from tracer.model.contrast import ComparedSide, Contrast
from tracer.model.evidence import Evidence
from tracer.pipeline.answer import answer_brief
from tracer.pipeline.entry_points import entry_points
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import Reading, read_sources
from tracer.static.sources import SourceTree, checked_root, digest_tree
from tracer.tables.touchpoints import Touchpoints, load_touchpoints
from tracer.tables.words import Words, load_words

_BRIEFS = frozenset({".md", ".markdown", ".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class ContrastRequest:
    """What was asked for."""

    a: str  # entry points, separated by commas; the file of a brief; the folder of a bundle
    b: str
    root: Path | None = None  # None: the current folder; for a bundle, no sources
    root_b: Path | None = None  # None: that of A
    hints: tuple[str, ...] = ()
    tables: tuple[Path, ...] = ()  # of effects
    touchpoints: tuple[Path, ...] = ()


def contrast_two(request: ContrastRequest, progress: Progress | None = None) -> Contrast:
    """Compare two implementations; nothing is run, and nothing is written.

    Raises:
        TracerError: Anything that the user can mend.
    """
    clock = StageClock(progress or Silent())
    table, words = load_touchpoints(request.touchpoints), load_words()
    readings = _Readings(request.tables, clock)
    sides = []
    for name, root in ((request.a, request.root), (request.b, request.root_b or request.root)):
        sides.append(_side(name, root, request.hints, readings, table, words))
    with clock.stage("contrast") as result:
        (a, named_a, limits_a), (b, named_b, limits_b) = sides
        limits = tuple(dict.fromkeys(limits_a + limits_b))
        found = contrast(a, b, (named_a, named_b), table, __version__, limits)
        result.append(f"{len(found.rows)} rows")
        result.append(f"{len(found.hooks)} hooks")
    return found


class _Readings:
    """Each tree is read once, also where both sides stand in it."""

    def __init__(self, tables: tuple[Path, ...], clock: StageClock) -> None:
        self._tables = tables
        self._clock = clock
        self._known: dict[Path, Reading] = {}

    def of(self, root: Path) -> Reading:
        absolute = checked_root(root)
        if absolute not in self._known:
            self._known[absolute] = read_sources(root, self._tables, self._clock)
        return self._known[absolute]


_Made = tuple[Side, ComparedSide, tuple[str, ...]]


def _side(
    name: str,
    root: Path | None,
    hints: tuple[str, ...],
    readings: _Readings,
    table: Touchpoints,
    words: Words,
) -> _Made:
    path = Path(name)
    if path.is_dir():
        return _of_bundle(name, root, readings, table, words)
    if path.suffix.lower() in _BRIEFS and "::" not in name:
        kind, brief = "brief", read_brief(path)
        reading = readings.of(root or Path())
        brief = replace(brief, scope_hints=(*brief.scope_hints, *hints))
        scope = answer_brief(brief, reading).scope
        entries = scope.named or scope.entry_points
        if not entries:
            raise SourceError(f"{name}: expected a brief that names code of {reading.tree.root}")
    else:
        kind, reading = "entry points", readings.of(root or Path())
        entries = entry_points(name, reading.graph, hints, else_named=", a brief or a bundle")
    side = make_side(reading.graph, reading.tree, entries, table, words)
    digest = digest_tree(reading.tree.root).value
    return side, describe(side, name, kind, digest), reading.graph.limits


def _of_bundle(
    name: str, root: Path | None, readings: _Readings, table: Touchpoints, words: Words
) -> _Made:
    evidence = read_evidence(find_bundle(Path(name)))
    entries, observed = entries_of(evidence), observed_of(evidence)
    if not entries:
        raise BundleError(f"{name}: expected a bundle with entry points, found none in it")
    if root is None:
        tree = SourceTree(Path(), ())
        graph = graph_of(evidence)
        side = make_side(graph, tree, entries, table, words, observed, evidence.layouts)
        limit = (
            f"{name}: a bundle without its sources (--root): callers outside of the answer, "
            "arguments, returns, caught errors and what members hold are not compared"
        )
        return side, describe(side, name, "bundle", evidence.tree.digest), (limit,)
    reading = readings.of(root)
    _check_same(name, evidence, reading)
    missing = [each for each in entries if each not in reading.graph.function_index()]
    if missing:
        raise BundleError(f"{name}: expected the sources of the bundle, and {missing[0]} in them")
    side = make_side(reading.graph, reading.tree, entries, table, words, observed)
    digest = evidence.tree.digest
    return side, describe(side, name, "bundle", digest), reading.graph.limits


def _check_same(name: str, evidence: Evidence, reading: Reading) -> None:
    found = digest_tree(reading.tree.root).value
    if found != evidence.tree.digest:
        raise BundleError(
            f"{reading.tree.root}: expected the sources of {name}, tree digest "
            f"{evidence.tree.digest[:12]}, found {found[:12]}"
        )
