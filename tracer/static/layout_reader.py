"""Reads one function's archives and folders out of its syntax and its effects.

The members of an archive that is swept up from a folder are the files that calls write below that
folder, in the function that makes the archive and in all that it calls. Order is not judged: a
file written after the sweep counts too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.source import Anchor, AnchorKind, FunctionId, path_of, qualname_of
from tracer.static.sources import SourceTree
from tracer.static.texts.bindings import bindings_before
from tracer.static.texts.context import Frame
from tracer.static.texts.evaluator import StringEvaluator
from tracer.static.texts.patterns import (
    SEPARATOR,
    Hole,
    HoleKind,
    Pattern,
    concat,
    join_path,
    literal,
    relative_to,
    split_path,
)
from tracer.static.texts.scopes import Link, bind_arguments
from tracer.static.texts.values import Items, Table

TESTED = "tested for"  # the content of a member whose existence is asked, and no more
_MOST_CALLERS = 12
_MOST_FRAMES = 300  # looked into for one folder
_WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.SERIALIZE, EffectKind.ARCHIVE_WRITE})
_READS = frozenset({EffectKind.FILE_READ, EffectKind.DESERIALIZE, EffectKind.ARCHIVE_READ})

_ZIP_CLASSES = frozenset({"zipfile.ZipFile", "zipfile.PyZipFile"})
_TAR_CLASSES = frozenset({"tarfile.open", "tarfile.TarFile", "tarfile.TarFile.open"})
_NPZ_WRITERS = frozenset({"numpy.savez", "numpy.savez_compressed"})
_NUMPY_SUFFIXES = {**dict.fromkeys(_NPZ_WRITERS, ".npz"), "numpy.save": ".npy"}
_EXTENSIONS = {"zip": "zip", "tar": "tar", "gztar": "tar.gz", "bztar": "tar.bz2", "xztar": "tar.xz"}
_EXISTENCE_TESTS = frozenset({"exists", "isfile", "is_file"})
_NO_MEMBER = frozenset(
    {"mkdir", "makedirs", "remove", "unlink", "rmdir", "removedirs", "rmtree", "chmod", "utime"}
    | {"TemporaryDirectory", "mkdtemp"}
)
_HARMLESS_OWNERS = ("os.", "pathlib.", "builtins.", "logging.", "tempfile.", "shutil.", "warnings.")


@dataclass(frozen=True, slots=True)
class _Access:
    """One place that reads, writes or tests a path."""

    path: Pattern
    anchor: Anchor
    content: str = ""


@dataclass(frozen=True, slots=True)
class _Archive:
    """A call that opens or makes an archive."""

    call: ast.Call
    path: ast.expr
    direction: EffectKind
    suffix: str = ""  # that the call itself adds
    adds_always: bool = True  # not only where it is missing

    def named(self, path: Pattern) -> Pattern:
        """The name that the archive gets for this path."""
        if self.adds_always:
            return concat(path, literal(self.suffix))
        return _completed(path, self.suffix)


@dataclass(slots=True)
class _Draft:
    """Members and gaps of one artefact under one caller, while they are gathered."""

    members: list[tuple[Pattern, _Access]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)


class LayoutReader:
    """Follows what goes into archives and comes out of them, with one evaluator for a tree."""

    def __init__(
        self, tree: SourceTree, graph: CallGraph, functions: frozenset[FunctionId]
    ) -> None:
        self._evaluator = StringEvaluator(tree, graph)
        self._scopes = self._evaluator.scopes
        self._answer = functions
        self._effects: dict[FunctionId, list[Effect]] = {}
        for effect in graph.effects:
            self._effects.setdefault(effect.function, []).append(effect)

    def archives(self, function: FunctionId) -> Iterator[ArtifactLayout]:
        """One layout for each archive that the function opens, and for each shape it takes."""
        for archive in list(self._archive_calls(function)):
            frames, left_out = self._frames(function)
            shapes: dict[tuple[tuple[LayoutMember, ...], tuple[str, ...]], ArtifactLayout] = {}
            for frame in frames:
                layout = self._archive_layout(archive, frame)
                key = (layout.members, layout.unknown)
                if key in shapes:
                    layout = replace(
                        layout,
                        names=_sorted_union(shapes[key].names, layout.names),
                        hidden_inputs=_sorted_union(
                            shapes[key].hidden_inputs, layout.hidden_inputs
                        ),
                        named_at=tuple(sorted({*shapes[key].named_at, *layout.named_at})),
                    )
                shapes[key] = layout
            for layout in shapes.values():
                yield replace(layout, unknown=(*layout.unknown, *left_out))

    def folders(self, function: FunctionId, taken: Collection[Anchor]) -> Iterator[ArtifactLayout]:
        """Layouts of the folders into which the function itself writes plain files."""
        found: dict[str, list[_Access]] = {}
        for access in self._own_accesses(Frame(function), _WRITES - {EffectKind.ARCHIVE_WRITE}):
            first = access.path.parts[0] if access.path.parts else ""
            is_temporary = isinstance(first, Hole) and first.kind is HoleKind.TEMPORARY
            if access.anchor in taken or is_temporary or access.path.bare_hole is not None:
                continue
            folder, _ = split_path(access.path)
            found.setdefault("." if folder is None else folder.render(), []).append(access)
        for artifact, accesses in found.items():
            draft = _Draft([(split_path(access.path)[1], access) for access in accesses])
            members = self._members(draft)
            yield ArtifactLayout(
                artifact,
                EffectKind.FILE_WRITE,
                function,
                min(access.anchor for access in accesses),
                members,
                hidden_inputs=tuple(sorted(draft.hidden)),
            )

    # Archives

    def _archive_calls(self, function: FunctionId) -> Iterator[_Archive]:
        module = self._scopes.module(path_of(function))
        if module is None:
            return
        for node in self._scopes.own_calls(function):
            if self._scopes.is_unreachable(module.path, node):
                continue
            names = self._names(node, function)
            if names & (_ZIP_CLASSES | _TAR_CLASSES):
                path = _argument(node, 0, "file" if names & _ZIP_CLASSES else "name")
                if path is not None:
                    yield _Archive(node, path, self._direction(node, function))
            elif "shutil.make_archive" in names:
                path, form = _argument(node, 0, "base_name"), _argument(node, 1, "format")
                if path is not None and isinstance(form, ast.Constant):
                    suffix = "." + _EXTENSIONS.get(str(form.value), str(form.value))
                    yield _Archive(node, path, EffectKind.ARCHIVE_WRITE, suffix)
            elif "shutil.unpack_archive" in names:
                if (path := _argument(node, 0, "filename")) is not None:
                    yield _Archive(node, path, EffectKind.ARCHIVE_READ)
            elif names & _NPZ_WRITERS and (path := _argument(node, 0, "file")) is not None:
                yield _Archive(node, path, EffectKind.ARCHIVE_WRITE, ".npz", adds_always=False)

    def _direction(self, call: ast.Call, function: FunctionId) -> EffectKind:
        mode = _argument(call, 1, "mode")
        texts = ["r"]
        if mode is not None:
            texts = [
                each.text or ""
                for pattern in self._evaluator.texts(mode, Frame(function))
                for each in self._evaluator.expand(pattern)
            ]
        is_write = any(text[:1] in "wxa" for text in texts if text)
        return EffectKind.ARCHIVE_WRITE if is_write else EffectKind.ARCHIVE_READ

    def _frames(self, function: FunctionId) -> tuple[list[Frame], tuple[str, ...]]:
        """The function under each of its callers, and which callers were left out."""
        links = self._scopes.callers(function)
        inside = [link for link in links if link.caller in self._answer]
        followed = (inside or list(links))[:_MOST_CALLERS]
        frames = [Frame(function, (link,)) for link in followed if self._is_readable(link)]
        count = len(links) - len(frames)
        left_out = (f"{count} of {len(links)} call sites were not followed",) if count else ()
        return frames or [Frame(function)], left_out if frames else ()

    def _is_readable(self, link: Link) -> bool:
        call, node = self._scopes.call(link), self._scopes.node(link.callee)
        module = self._scopes.module(path_of(link.callee))
        if call is None or node is None or module is None:
            return False
        return bind_arguments(call, node, module.parents) is not None

    def _archive_layout(self, archive: _Archive, frame: Frame) -> ArtifactLayout:
        function = frame.function
        draft = _Draft()
        names = self._names(archive.call, function)
        if "shutil.make_archive" in names:
            root = _argument(archive.call, 2, "root_dir") or ast.Constant(".")
            self._sweep_folder(root, literal(""), frame, draft)
            if _argument(archive.call, 3, "base_dir") is not None:
                draft.unknown.append("base_dir of make_archive is not followed")
        elif "shutil.unpack_archive" in names:
            self._read_folder(_argument(archive.call, 1, "extract_dir"), frame, draft)
        elif names & _NPZ_WRITERS:
            self._npz_members(archive.call, frame, draft)
        else:
            self._archive_uses(archive, frame, draft)
        as_written = self._evaluator.texts(archive.path, Frame(function))
        names_here = self._artifact_names(archive, frame, draft)
        members = self._members(draft)
        return ArtifactLayout(
            " | ".join(archive.named(pattern).render() for pattern in as_written),
            archive.direction,
            function,
            _anchor(archive.call, function),
            members,
            tuple(sorted(set(draft.unknown))),
            names_here,
            tuple(sorted(draft.hidden)),
            tuple(self._link_anchor(link) for link in frame.links),
        )

    def _link_anchor(self, link: Link) -> Anchor:
        call = self._scopes.call(link)
        assert call is not None
        return _anchor(call, link.caller)

    def _artifact_names(self, archive: _Archive, frame: Frame, draft: _Draft) -> tuple[str, ...]:
        """The names under this caller; a folder in front of a name that is known stays as it is."""
        names: set[str] = set()
        for pattern in self._evaluator.texts(archive.path, frame):
            whole = archive.named(pattern)
            _, name = split_path(whole)
            kinds = {HoleKind.LOOP, HoleKind.PARAMETER}
            is_open = any(hole.kind in kinds for hole in name.holes)
            for each in self._evaluator.expand(whole) if is_open else (whole,):
                filled, inputs = _with_defaults(each)
                names.add(filled.render())
                draft.hidden.update(inputs)
        return tuple(sorted(names))

    def _archive_uses(self, archive: _Archive, frame: Frame, draft: _Draft) -> None:
        uses = list(self._uses(archive.call, frame))
        if not uses:
            draft.unknown.append("nothing is done with the archive object here")
        for call, method, where in uses:
            if archive.direction is EffectKind.ARCHIVE_WRITE:
                self._write_use(call, method, where, draft)
            else:
                self._read_use(call, method, where, draft)

    def _uses(self, made: ast.Call, frame: Frame) -> Iterator[tuple[ast.Call, str, Frame]]:
        """The method calls on the object that a call makes, in functions it is handed to, too."""
        module = self._scopes.module(path_of(frame.function))
        scope = self._scopes.node(frame.function)
        if module is None or scope is None:
            return

        def is_it(node: ast.expr) -> bool:
            if node is made:
                return True
            if not isinstance(node, ast.Name) or module is None or scope is None:
                return False
            reaching = bindings_before(node.id, node, scope, module.parents)
            return any(binding.value is made for binding in reaching.bindings)

        yield from self._uses_where(is_it, frame, 0)

    def _uses_where(
        self, is_it: Callable[[ast.expr], bool], frame: Frame, depth: int
    ) -> Iterator[tuple[ast.Call, str, Frame]]:
        path = path_of(frame.function)
        for node in self._scopes.own_calls(frame.function):
            if self._scopes.is_unreachable(path, node):
                continue
            if isinstance(node.func, ast.Attribute) and is_it(node.func.value):
                yield node, node.func.attr, frame
            handed = [*node.args, *(keyword.value for keyword in node.keywords)]
            if depth < 3 and any(is_it(argument) for argument in handed):
                for link in self._scopes.links(path, node):
                    yield from self._uses_in_callee(link, node, is_it, frame, depth)

    def _uses_in_callee(
        self,
        link: Link,
        call: ast.Call,
        is_it: Callable[[ast.expr], bool],
        frame: Frame,
        depth: int,
    ) -> Iterator[tuple[ast.Call, str, Frame]]:
        node = self._scopes.node(link.callee)
        module = self._scopes.module(path_of(link.callee))
        if node is None or module is None or link.callee == frame.function:
            return
        bound = bind_arguments(call, node, module.parents) or {}
        names = {name for name, argument in bound.items() if is_it(argument)}

        def is_parameter(each: ast.expr) -> bool:
            if not isinstance(each, ast.Name) or each.id not in names:
                return False
            assert node is not None and module is not None
            reaching = bindings_before(each.id, each, node, module.parents)
            return reaching.falls_through and not reaching.bindings

        inner = Frame(link.callee, (*frame.links, link))
        yield from self._uses_where(is_parameter, inner, depth + 1)

    def _write_use(self, call: ast.Call, method: str, frame: Frame, draft: _Draft) -> None:
        if method in ("write", "add"):
            full = _argument(call, 0, "filename" if method == "write" else "name")
            if full is None:
                draft.unknown.append(f"{_place(call, frame)}: the file is not evident")
                return
            named = _argument(call, 1, "arcname")
            if method == "add":
                self._added(call, full, named or full, frame, draft)
            else:
                self._written(call, full, named or full, frame, draft)
        elif method in ("writestr", "mkdir", "open"):
            name = _argument(call, 0, "zinfo_or_arcname")
            data = _argument(call, 1, "data") if method == "writestr" else None
            content = "" if data is None else _one_line(data)
            if name is not None:
                for pattern in self._evaluator.texts(name, frame):
                    access = _Access(pattern, _anchor(call, frame.function), content)
                    draft.members.append((pattern, access))
        elif method == "addfile" and (name := _argument(call, 0, "tarinfo")) is not None:
            for pattern in self._evaluator.texts(name, frame):
                draft.members.append((pattern, _Access(pattern, _anchor(call, frame.function))))

    def _written(
        self, call: ast.Call, full: ast.expr, named: ast.expr, frame: Frame, draft: _Draft
    ) -> None:
        """`zf.write(full, named)`."""
        for name in self._evaluator.texts(named, frame):
            sweeps = [hole for hole in name.holes if hole.kind is HoleKind.SWEEP]
            if sweeps:
                self._swept(name, sweeps, call, frame, draft)
                continue
            member = _without_root(name)
            anchor = _anchor(call, frame.function)
            sources = []
            for source in self._evaluator.texts(full, frame):
                folder, _ = split_path(source)
                if folder is not None and folder.holes:
                    sources += [
                        access
                        for access in self._accesses_below(folder, frame, _WRITES, draft)
                        if access.path == source
                    ]
            draft.members += [(member, access) for access in sources]
            if not sources:
                draft.members.append((member, _Access(member, anchor, _one_line(full))))

    def _added(
        self, call: ast.Call, full: ast.expr, named: ast.expr, frame: Frame, draft: _Draft
    ) -> None:
        """`tar.add(full, named)`: a file, or a folder with all that is in it."""
        found = 0
        for name in self._evaluator.texts(named, frame):
            sweeps = [hole for hole in name.holes if hole.kind is HoleKind.SWEEP]
            if sweeps:
                self._swept(name, sweeps, call, frame, draft)
                found += 1
                continue
            prefix = _without_root(name)
            for folder in self._evaluator.texts(full, frame):
                for access in self._accesses_below(folder, frame, _WRITES, draft):
                    below = relative_to(access.path, folder)
                    if below is not None:
                        member = prefix if not below.parts else _below(prefix, below)
                        draft.members.append((member, access))
                        found += 1
            if not found:
                anchor = _anchor(call, frame.function)
                draft.members.append((prefix, _Access(prefix, anchor, _one_line(full))))

    def _swept(
        self, name: Pattern, sweeps: Sequence[Hole], call: ast.Call, frame: Frame, draft: _Draft
    ) -> None:
        """A member name made of what a sweep of a folder finds."""
        first = name.parts.index(sweeps[0])
        prefix, rest = Pattern(name.parts[:first]), name.parts[first:]
        folder = sweeps[0].folder
        if folder is None or any(
            part != SEPARATOR and (not isinstance(part, Hole) or part.kind is not HoleKind.SWEEP)
            for part in rest
        ):
            place = _place(call, frame)
            draft.unknown.append(f"{place}: the name `{name.render()}` is not followed")
            return
        is_flat = len(sweeps) == 1 and sweeps[0].is_basename
        relative = relative_to(prefix, folder)  # where no arcname is given, the whole path
        head = _without_root(prefix) if relative is None else prefix
        accesses = self._accesses_below(folder, frame, _WRITES, draft)
        found = 0
        for access in accesses:
            below = relative_to(access.path, folder)
            if below is None or not below.parts or not _is_kept(below, sweeps):
                continue
            found += 1
            last = split_path(below)[1] if is_flat else below
            draft.members.append((concat(head, last), access))
        if not found:
            reason = f"nothing was found that writes below `{folder.render()}`"
            draft.unknown.append(f"{_place(call, frame)}: {reason}")

    def _sweep_folder(self, root: ast.expr, prefix: Pattern, frame: Frame, draft: _Draft) -> None:
        for folder in self._evaluator.texts(root, frame):
            accesses = self._accesses_below(folder, frame, _WRITES, draft)
            for access in accesses:
                below = relative_to(access.path, folder)
                if below is not None and below.parts:
                    draft.members.append((_below(prefix, below), access))
            if not accesses:
                reason = f"nothing was found that writes below `{folder.render()}`"
                draft.unknown.append(f"{_place(root, frame)}: {reason}")

    def _npz_members(self, call: ast.Call, frame: Frame, draft: _Draft) -> None:
        anchor = _anchor(call, frame.function)
        for position, argument in enumerate(call.args[1:]):
            name = literal(f"arr_{position}.npy")
            if isinstance(argument, ast.Starred):
                draft.unknown.append(f"{_place(call, frame)}: `{_one_line(argument)}`")
                return
            draft.members.append((name, _Access(name, anchor, _one_line(argument))))
        for keyword in call.keywords:
            if keyword.arg is not None:
                name = literal(f"{keyword.arg}.npy")
                draft.members.append((name, _Access(name, anchor, _one_line(keyword.value))))
                continue
            keys = self._keys(keyword.value, frame)
            if keys is None:
                text = _one_line(keyword.value)
                draft.unknown.append(f"{_place(call, frame)}: the keys of `**{text}`")
            for key in keys or ():
                name = concat(key, literal(".npy"))
                draft.members.append((name, _Access(name, anchor, _one_line(keyword.value))))

    def _keys(self, expression: ast.expr, frame: Frame) -> list[Pattern] | None:
        keys: list[Pattern] = []
        for value in self._evaluator.values(expression, frame):
            if not isinstance(value, Table) or value.state:
                return None
            for entry in value.entries:
                texts = [key for key in entry.key if isinstance(key, Pattern)]
                if len(texts) != len(entry.key):
                    return None
                keys += texts
        return keys

    # Reading

    def _read_use(self, call: ast.Call, method: str, frame: Frame, draft: _Draft) -> None:
        if method == "extractall":
            self._read_folder(_argument(call, 0, "path"), frame, draft)
        elif method in ("open", "read", "getinfo", "extractfile", "getmember", "extract"):
            name = _argument(call, 0, "name" if method in ("open", "read", "getinfo") else "member")
            if name is None:
                return
            for pattern in self._evaluator.texts(name, frame):
                content = self._target(call, frame)
                access = _Access(pattern, _anchor(call, frame.function), content)
                draft.members.append((pattern, access))
        elif method in ("namelist", "getnames"):
            tested = self._tested_for(call, frame)
            if tested is not None:
                for pattern in self._evaluator.texts(tested, frame):
                    anchor = _anchor(call, frame.function)
                    draft.members.append((pattern, _Access(pattern, anchor, TESTED)))

    def _tested_for(self, call: ast.Call, frame: Frame) -> ast.expr | None:
        """`X` of `X in zf.namelist()`."""
        module = self._scopes.module(path_of(frame.function))
        parent = None if module is None else module.parents.get(call)
        match parent:
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
                return left if right is call else None
        return None

    def _read_folder(self, folder: ast.expr | None, frame: Frame, draft: _Draft) -> None:
        if folder is None:
            draft.unknown.append("extracts into the working directory; reads there not followed")
            return
        for base in self._evaluator.texts(folder, frame):
            accesses = self._accesses_below(base, frame, _READS, draft)
            for access in accesses:
                below = relative_to(access.path, base)
                if below is not None and below.parts:
                    draft.members.append((below, access))
            if not accesses:
                reason = f"nothing was found that reads below `{base.render()}`"
                draft.unknown.append(f"{_place(folder, frame)}: {reason}")

    # What calls do below a folder

    def _accesses_below(
        self, folder: Pattern, frame: Frame, kinds: frozenset[EffectKind], draft: _Draft
    ) -> list[_Access]:
        """Accesses below the folder in the function, in what it calls, and around it.

        A folder that a caller made is looked for in that caller, too.
        """
        roots = [frame]
        if frame.links and folder.holes and not any(h.frame == frame.key for h in folder.holes):
            roots.append(Frame(frame.links[0].caller))
        found: dict[tuple[Pattern, Anchor], _Access] = {}
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
                for access in self._own_accesses(current, kinds):
                    if relative_to(access.path, folder) is not None:
                        found.setdefault((access.path, access.anchor), access)
                waiting += self._calls_with(folder, current, kinds, draft)
        return list(found.values())

    def _own_accesses(self, frame: Frame, kinds: frozenset[EffectKind]) -> list[_Access]:
        """What the function itself does; a file that is used through a handle counts at its use."""
        module = self._scopes.module(path_of(frame.function))
        scope = self._scopes.node(frame.function)
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

        found: list[tuple[ast.Call, _Access]] = []
        opened_for: set[ast.AST] = set()
        for effect in self._effects.get(frame.function, ()):
            last = effect.operation.rpartition(".")[2]
            if effect.kind not in kinds or effect.is_unreachable or last in _NO_MEMBER:
                continue
            call = module.calls.get((effect.span.end_line, effect.span.end_column))
            named = None if call is None else _subject(call, effect.subject, handles)
            if call is None or named is None:
                continue
            subject, openers = named
            opened_for.update(openers)
            content = effect.payload or (self._target(call, frame) if kinds == _READS else "")
            suffix = _NUMPY_SUFFIXES.get(effect.operation, "")
            is_path = not any(_is_opening(opener) for opener in openers)
            for pattern in self._evaluator.texts(subject, frame):
                path = _completed(pattern, suffix) if is_path else pattern
                found.append((call, _Access(path, effect.anchor, content)))
        if kinds == _READS:
            found += self._existence_tests(frame)
        return [access for call, access in found if call not in opened_for]

    def _existence_tests(self, frame: Frame) -> Iterator[tuple[ast.Call, _Access]]:
        path = path_of(frame.function)
        for node in self._scopes.own_calls(frame.function):
            if not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in _EXISTENCE_TESTS or self._scopes.is_unreachable(path, node):
                continue
            is_function = any(
                name.startswith("os.path.") for name in self._names(node, frame.function)
            )
            subject = _argument(node, 0, "path") if is_function else node.func.value
            if subject is not None:
                for pattern in self._evaluator.texts(subject, frame):
                    anchor = _anchor(node, frame.function)
                    yield node, _Access(pattern, anchor, TESTED)

    def _calls_with(
        self, folder: Pattern, frame: Frame, kinds: frozenset[EffectKind], draft: _Draft
    ) -> list[Frame]:
        """The functions that get a path in the folder from this one."""
        module = self._scopes.module(path_of(frame.function))
        called = {frame.function, *(link.callee for link in frame.links)}
        frames: list[Frame] = []
        for node in self._scopes.own_calls(frame.function):
            if (
                module is None
                or self._scopes.is_unreachable(module.path, node)
                or not self._hands_over(folder, node, frame)
            ):
                continue
            links = self._scopes.links(module.path, node)
            for link in links:
                if link.callee in called or link.caller != frame.function:
                    continue
                if len(frame.links) >= 8:
                    draft.unknown.append(f"{_place(node, frame)}: calls nested too deep")
                    continue
                frames.append(Frame(link.callee, (*frame.links, link)))
            if not links:
                deed = "write" if kinds == _WRITES else "read"
                self._note_outsider(folder, node, frame, deed, draft)
        return frames

    def _hands_over(self, folder: Pattern, call: ast.Call, frame: Frame) -> bool:
        holes = set(folder.holes)
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(argument, ast.Constant | ast.Lambda | ast.Starred):
                continue
            for value in self._evaluator.values(argument, frame):
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
        self, folder: Pattern, call: ast.Call, frame: Frame, deed: str, draft: _Draft
    ) -> None:
        """A call that is not followed gets the folder, and the effect table does not know it."""
        ends = (call.end_lineno, call.end_col_offset)
        if any(
            (effect.span.end_line, effect.span.end_column) == ends
            for effect in self._effects.get(frame.function, ())
        ):
            return
        names = self._names(call, frame.function)
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method in _KNOWN_METHODS or any(name.startswith(_HARMLESS_OWNERS) for name in names):
            return
        text = _one_line(call.func)
        draft.unknown.append(
            f"{_place(call, frame)}: `{text}` gets a path in `{folder.render()}`;"
            f" whether it {deed}s there is not known"
        )

    # Small things

    def _members(self, draft: _Draft) -> tuple[LayoutMember, ...]:
        """The members by name, loops and callers written out where they are known."""
        members: dict[str, tuple[set[Anchor], list[str], bool]] = {}
        for pattern, access in draft.members:
            for each in self._evaluator.expand(pattern):
                filled, inputs = _with_defaults(each)
                draft.hidden.update(inputs)
                is_expanded = filled != pattern
                anchors, contents, was = members.get(filled.render(), (set(), [], False))
                anchors.add(access.anchor)
                contents.append(access.content)
                members[filled.render()] = (anchors, contents, was or is_expanded)
        paths = set(members)
        return tuple(
            LayoutMember(
                f"{path}/" if any(other.startswith(f"{path}/") for other in paths) else path,
                tuple(sorted(anchors)),
                _joined(contents),
                is_expanded,
            )
            for path, (anchors, contents, is_expanded) in sorted(members.items())
        )

    def _names(self, call: ast.Call, function: FunctionId) -> set[str]:
        module = self._scopes.module(path_of(function))
        if module is None:
            return set()
        names = {name.removesuffix(".__init__") for name in self._scopes.callees(module.path, call)}
        dotted = self._scopes.dotted(call.func, module)
        return names | {dotted} if dotted else names

    def _target(self, call: ast.Call, frame: Frame) -> str:
        """The name that the call's result is bound to."""
        module = self._scopes.module(path_of(frame.function))
        parent = None if module is None else module.parents.get(call)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            return _one_line(parent.targets[0])
        return ""


_PARENTHESES = str.maketrans("", "", "()")
_Handles = Callable[[ast.expr], list[ast.Call]]

_KNOWN_METHODS = frozenset(
    {"write", "writestr", "add", "extractall", "extract", "append", "format", "join"}
    | {"info", "debug", "warning", "error", "exception", "relative_to", "joinpath", "startswith"}
)


def _subject(
    call: ast.Call, subject: str, handles: _Handles
) -> tuple[ast.expr, Sequence[ast.Call]] | None:
    """The argument or receiver that an effect names as what is touched, and what opened it.

    An effect names the path from which a handle was opened, not the handle.
    """
    candidates = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        candidates.append(call.func.value)
    wanted = _comparable(subject)
    if not wanted:
        return None
    for candidate in candidates:
        if _is_text_of(wanted, candidate):
            return candidate, handles(candidate)
    for candidate in candidates:
        for opener in handles(candidate):
            for operand in _operands(opener):
                if _is_text_of(wanted, operand):
                    return operand, [opener]
    return None


def _operands(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
    if isinstance(call.func, ast.Attribute):
        yield call.func.value


def _is_text_of(wanted: str, node: ast.expr) -> bool:
    """Whether a quotation, which may have been cut, is of this expression."""
    text = _comparable(ast.unparse(node))
    return text == wanted or (wanted.endswith("…") and text.startswith(wanted[:-1]))


def _comparable(text: str) -> str:
    # Quotations keep quotes and parentheses of the source, unparsed expressions have their own.
    return "".join(text.split()).replace('"', "'").translate(_PARENTHESES)


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    if position < len(call.args):
        argument = call.args[position]
        return None if isinstance(argument, ast.Starred) else argument
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def _with_defaults(pattern: Pattern) -> tuple[Pattern, list[str]]:
    """The pattern with the defaults of its last component filled in, and what that rests on."""
    _, name = split_path(pattern)
    values = {
        hole: literal(hole.default)
        for hole in name.holes
        if hole.kind in (HoleKind.STATE, HoleKind.ENVIRONMENT) and hole.default is not None
    }
    sentences = [
        f"{hole.read or f'line {hole.line} of {hole.path}'} gives `{hole.name}`, by default"
        f" {hole.default!r} ({hole.default_path}:{hole.default_line})"
        for hole in values
    ]
    return pattern.substitute(values), sentences


def _completed(path: Pattern, suffix: str) -> Pattern:
    """The path with a suffix that is added where it is missing; a hole at the end may hold it."""
    last = path.parts[-1] if path.parts else ""
    if isinstance(last, Hole) or last.endswith(suffix):
        return path
    return concat(path, literal(suffix))


def _is_opening(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("open", "File", "BytesIO", "NamedTemporaryFile", "TemporaryFile")


def _is_kept(below: Pattern, sweeps: Sequence[Hole]) -> bool:
    """Whether a sweep's glob keeps the file; a name that is not known is kept."""
    text = split_path(below)[1].text
    globs = [hole.glob.rpartition(SEPARATOR)[2] for hole in sweeps if hole.glob]
    return text is None or all(fnmatchcase(text, glob) for glob in globs)


def _without_root(name: Pattern) -> Pattern:
    first = name.parts[0] if name.parts else ""
    if isinstance(first, str):
        return concat(literal(first.lstrip(SEPARATOR)), Pattern(name.parts[1:]))
    return name


def _below(prefix: Pattern, name: Pattern) -> Pattern:
    return join_path(prefix, name) if prefix.parts and prefix.text != "." else name


def _anchor(node: ast.expr, function: FunctionId) -> Anchor:
    return Anchor(
        path_of(function),
        node.lineno,
        node.end_lineno,
        symbol=qualname_of(function),
        kind=AnchorKind.CALL,
    )


def _place(node: ast.AST, frame: Frame) -> str:
    return f"{path_of(frame.function)}:{getattr(node, 'lineno', 0)}"


def _one_line(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _joined(contents: Sequence[str]) -> str:
    """What goes in or comes out; that it is tested for is told where nothing else is done."""
    others = [content for content in contents if content != TESTED]
    return " | ".join(sorted(set(filter(None, others)))) if others else TESTED


def _sorted_union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))
