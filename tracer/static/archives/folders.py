"""What functions, and all that they call, write and read below a folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.model.evidence import LayoutKey
from tracer.model.graph import Effect, EffectKind
from tracer.model.source import Anchor, path_of
from tracer.static.archives.context import (
    ATTRIBUTE,
    NPZ_WRITERS,
    TESTED,
    Access,
    Draft,
    LayoutReading,
    anchor_of,
    argument_of,
    completed,
    one_line,
    place_of,
)
from tracer.static.archives.keys import read_keys, written_keys
from tracer.static.archives.subjects import is_text_of, subject_of
from tracer.static.texts.bindings import bindings_before
from tracer.static.texts.context import Frame
from tracer.static.texts.patterns import Pattern, relative_to
from tracer.static.texts.values import Items

WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.SERIALIZE, EffectKind.ARCHIVE_WRITE})
READS = frozenset({EffectKind.FILE_READ, EffectKind.DESERIALIZE, EffectKind.ARCHIVE_READ})
_MOST_FRAMES = 300  # looked into for one folder
_NUMPY_SUFFIXES = {**dict.fromkeys(NPZ_WRITERS, ".npz"), "numpy.save": ".npy"}
_EXISTENCE_TESTS = frozenset({"exists", "isfile", "is_file"})
_NO_MEMBER = frozenset(
    {"mkdir", "makedirs", "remove", "unlink", "rmdir", "removedirs", "rmtree", "chmod", "utime"}
    | {"TemporaryDirectory", "mkdtemp"}
)
_HARMLESS_OWNERS = ("os.", "pathlib.", "builtins.", "logging.", "tempfile.", "shutil.", "warnings.")
_KNOWN_METHODS = frozenset(
    {"write", "writestr", "add", "extractall", "extract", "append", "format", "join"}
    | {"info", "debug", "warning", "error", "exception", "relative_to", "joinpath", "startswith"}
)


def accesses_below(
    reading: LayoutReading,
    folder: Pattern,
    frame: Frame,
    kinds: frozenset[EffectKind],
    draft: Draft,
) -> list[Access]:
    """Accesses below the folder in the function, in what it calls, and around it.

    A folder that a caller made is looked for in that caller, too.
    """
    roots = [frame]
    if frame.links and folder.holes and not any(h.frame == frame.key for h in folder.holes):
        roots.append(Frame(frame.links[0].caller))
    found: dict[tuple[Pattern, Anchor], Access] = {}
    seen: set[Frame] = set()
    for root in roots:
        waiting = [root]
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            if len(seen) >= _MOST_FRAMES:
                reason = f"more than {_MOST_FRAMES} calls below `{folder.render()}`"
                draft.unknown.append(reason)
                break
            seen.add(current)
            for access in own_accesses(reading, current, kinds):
                if relative_to(access.path, folder) is not None:
                    found.setdefault((access.path, access.anchor), access)
            waiting += _calls_with(reading, folder, current, kinds, draft)
    return list(found.values())


def own_accesses(
    reading: LayoutReading, frame: Frame, kinds: frozenset[EffectKind]
) -> list[Access]:
    """What the function itself does; a file that is used through a handle counts at its use."""
    module = reading.scopes.module(path_of(frame.function))
    scope = reading.scopes.node(frame.function)
    if module is None or scope is None:
        return []

    def handles(node: ast.expr) -> list[ast.Call]:
        """The calls that may have made what the expression holds."""
        if isinstance(node, ast.Call):
            return [node]
        if not isinstance(node, ast.Name):
            return []
        assert module is not None and scope is not None
        reaching = bindings_before(node.id, node, scope, module.parents)
        return [each.value for each in reaching.bindings if isinstance(each.value, ast.Call)]

    found: list[tuple[ast.Call, Access]] = []
    opened_for: set[ast.AST] = set()
    for effect in reading.effects.get(frame.function, ()):
        last = effect.operation.rpartition(".")[2]
        if effect.kind not in kinds or effect.is_unreachable or last in _NO_MEMBER:
            continue
        call = module.calls.get((effect.span.end_line, effect.span.end_column))
        named = None if call is None else subject_of(call, effect.subject, handles)
        if call is None or named is None:
            continue
        subject, openers = named
        opened_for.update(openers)
        content = effect.payload or _parts(reading, effect, frame)
        if not content and kinds == READS:
            content = reading.target(call, frame)
        keys, keys_open = _keys(reading, call, effect, frame, kinds)
        suffix = _NUMPY_SUFFIXES.get(effect.operation, "")
        is_path = not any(_is_opening(opener) for opener in openers)
        for pattern in reading.evaluator.texts(subject, frame):
            path = completed(pattern, suffix) if is_path else pattern
            access = Access(path, effect.anchor, content, keys, keys_open, frame.links)
            found.append((call, access))
    if kinds == READS:
        found += _existence_tests(reading, frame)
    return [access for call, access in found if call not in opened_for]


def _keys(
    reading: LayoutReading,
    call: ast.Call,
    effect: Effect,
    frame: Frame,
    kinds: frozenset[EffectKind],
) -> tuple[tuple[LayoutKey, ...], tuple[str, ...]]:
    """The keys of what goes in or comes out, and why there may be others."""
    if parts := _part_keys(reading, effect, frame):
        return parts, ("what else is done through the handle",)
    if kinds == READS:
        return read_keys(reading, call, frame), ()
    if effect.kind is not EffectKind.SERIALIZE:
        return (), ()
    payload = next((each for each in call.args if is_text_of(effect.payload, each)), None)
    if payload is None:
        return (), ("what goes in is not evident",)
    found = written_keys(reading, payload, frame)
    return tuple(found.keys), tuple(dict.fromkeys(found.open))


def _part_keys(reading: LayoutReading, effect: Effect, frame: Frame) -> tuple[LayoutKey, ...]:
    """Names of what is written into or read from a file through a handle; attributes with `@`."""
    found = [
        LayoutKey(
            f"@{key}" if other.part == ATTRIBUTE else key,
            other.anchor,
            _own_guard(other, effect),
            is_tested=bool(other.note) and other.kind in READS,
        )
        for other in reading.effects.get(frame.function, ())
        if other.part and other.kind is effect.kind and other.subject == effect.subject
        for key in other.keys
        if not other.is_unreachable
    ]
    return tuple(dict.fromkeys(found))


def _own_guard(inner: Effect, outer: Effect) -> str:
    """What decides on the one and not on the other."""
    own = (guard for guard in inner.guards if guard not in outer.guards)
    return next((f"{guard.kind.value} `{guard.text}`" for guard in own), "")


def _parts(reading: LayoutReading, effect: Effect, frame: Frame) -> str:
    """What is written into or read from a file that a handle keeps open, as its keys name it."""
    parts = dict.fromkeys(
        f"{other.part} {key}"
        for other in reading.effects.get(frame.function, ())
        if other.part and other.kind is effect.kind and other.subject == effect.subject
        for key in other.keys
        if not other.is_unreachable
    )
    return ", ".join(parts)


def _existence_tests(reading: LayoutReading, frame: Frame) -> Iterator[tuple[ast.Call, Access]]:
    path = path_of(frame.function)
    for node in reading.scopes.own_calls(frame.function):
        if not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in _EXISTENCE_TESTS or reading.scopes.is_unreachable(path, node):
            continue
        is_function = any(
            name.startswith("os.path.") for name in reading.names(node, frame.function)
        )
        subject = argument_of(node, 0, "path") if is_function else node.func.value
        if subject is not None:
            for pattern in reading.evaluator.texts(subject, frame):
                anchor = anchor_of(node, frame.function)
                yield node, Access(pattern, anchor, TESTED)


def _calls_with(
    reading: LayoutReading,
    folder: Pattern,
    frame: Frame,
    kinds: frozenset[EffectKind],
    draft: Draft,
) -> list[Frame]:
    """The functions that get a path in the folder from this one."""
    module = reading.scopes.module(path_of(frame.function))
    called = {frame.function, *(link.callee for link in frame.links)}
    frames: list[Frame] = []
    for node in reading.scopes.own_calls(frame.function):
        if (
            module is None
            or reading.scopes.is_unreachable(module.path, node)
            or not _hands_over(reading, folder, node, frame)
        ):
            continue
        links = reading.scopes.links(module.path, node)
        for link in links:
            if link.callee in called or link.caller != frame.function:
                continue
            if len(frame.links) >= 8:
                draft.unknown.append(f"{place_of(node, frame)}: calls nested too deep")
                continue
            frames.append(Frame(link.callee, (*frame.links, link)))
        if not links:
            deed = "write" if kinds == WRITES else "read"
            _note_outsider(reading, folder, node, frame, deed, draft)
    return frames


def _hands_over(reading: LayoutReading, folder: Pattern, call: ast.Call, frame: Frame) -> bool:
    holes = set(folder.holes)
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(argument, ast.Constant | ast.Lambda | ast.Starred):
            continue
        for value in reading.evaluator.values(argument, frame):
            texts = [value]
            if isinstance(value, Items):
                texts = [each for element in value.elements for each in element]
            for text in texts:
                if isinstance(text, Pattern) and (
                    holes & set(text.holes) if holes else relative_to(text, folder) is not None
                ):
                    return True
    return False


def _note_outsider(
    reading: LayoutReading, folder: Pattern, call: ast.Call, frame: Frame, deed: str, draft: Draft
) -> None:
    """A call that is not followed gets the folder, and the effect table does not know it."""
    ends = (call.end_lineno, call.end_col_offset)
    if any(
        (effect.span.end_line, effect.span.end_column) == ends
        for effect in reading.effects.get(frame.function, ())
    ):
        return
    names = reading.names(call, frame.function)
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in _KNOWN_METHODS or any(name.startswith(_HARMLESS_OWNERS) for name in names):
        return
    text = one_line(call.func)
    draft.unknown.append(
        f"{place_of(call, frame)}: `{text}` gets a path in `{folder.render()}`;"
        f" whether it {deed}s there is not known"
    )


def _is_opening(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("open", "File", "BytesIO", "NamedTemporaryFile", "TemporaryFile")
