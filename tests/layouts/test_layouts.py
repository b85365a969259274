"""What programs put into archives, and what they read out of them."""

from __future__ import annotations

import random
import runpy
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.artifacts.inspection import inspect_artifact
from tracer.artifacts.joining import join_artifact
from tracer.model.artifact import MatchVerdict
from tracer.model.evidence import ArtifactLayout, Finding, FindingKind, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.source import Anchor, function_id
from tracer.static.layouts import artifact_layouts, compare_layouts

HEADER = """
import json
import os
import pickle
import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path
"""

# Each program makes one archive, `out/bundle.zip` or the like, when its `main` runs.
PROGRAMS = {
    "a sweep by os.walk, with loops and a callee": """
        def save_one(value, folder):
            path = os.path.join(folder, "params.pkl")
            with open(path, "wb") as f:
                pickle.dump(value, f)
            Path(folder, "note.txt").write_text("x")

        def save(values, base):
            with tempfile.TemporaryDirectory() as temp:
                with open(os.path.join(temp, "manifest.json"), "w") as f:
                    json.dump(list(values), f)
                for name, value in values.items():
                    sub = os.path.join(temp, name)
                    os.makedirs(sub)
                    save_one(value, sub)
                with zipfile.ZipFile(f"{base}.zip", "w") as zf:
                    for root, _, files in os.walk(temp):
                        for file in files:
                            full = os.path.join(root, file)
                            zf.write(full, os.path.relpath(full, temp))

        def main():
            save({"left": 1, "right": 2}, "out/bundle")
        """,
    "rglob and relative_to": """
        def main():
            folder = Path(tempfile.mkdtemp())
            (folder / "sub").mkdir()
            (folder / "sub" / "a.txt").write_text("a")
            with (folder / "b.bin").open("wb") as f:
                f.write(b"b")
            with zipfile.ZipFile("out/bundle.zip", "w") as archive:
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        archive.write(path, path.relative_to(folder))
        """,
    "base names alone, under a prefix": """
        def main():
            with tempfile.TemporaryDirectory() as temp:
                Path(temp, "a.txt").write_text("a")
                with zipfile.ZipFile("out/bundle.zip", "w") as archive:
                    for root, folders, files in os.walk(temp):
                        for name in files:
                            archive.write(os.path.join(root, name), "data/" + name)
        """,
    "listdir with a filter": """
        def main():
            with tempfile.TemporaryDirectory() as temp:
                for name in ("one", "two"):
                    with open(f"{temp}/{name}.txt", "w") as f:
                        f.write(name)
                with zipfile.ZipFile("out/bundle.zip", mode="w") as archive:
                    for entry in os.listdir(temp):
                        archive.write(os.path.join(temp, entry), arcname=entry)
        """,
    "writestr in a loop, in a function that gets the archive": """
        def fill(archive, names):
            for index, name in enumerate(names):
                archive.writestr(f"{name}/{index}.txt", "text")

        def main():
            archive = zipfile.ZipFile("out/bundle.zip", "w")
            fill(archive, ["a", "b"])
            archive.writestr("%s.txt" % "end", "text")
            archive.close()
        """,
    "single files with a name of their own": """
        def main():
            with tempfile.TemporaryDirectory() as temp:
                path = Path(temp) / "raw.json"
                path.write_text("{}")
                with zipfile.ZipFile("out/bundle.zip", "w") as archive:
                    archive.write(path, "inner/renamed.json")
        """,
    "make_archive": """
        def main():
            with tempfile.TemporaryDirectory() as temp:
                Path(temp, "x.txt").write_text("x")
                os.makedirs(os.path.join(temp, "deep"))
                Path(temp).joinpath("deep", "y.txt").write_text("y")
                shutil.make_archive("out/bundle", "zip", temp)
        """,
    "a class that keeps the folder's name": """
        class Store:
            def __init__(self, base):
                self.base = base

            def save(self, folder, names):
                for name in names:
                    with open(os.path.join(folder, name + ".txt"), "w") as f:
                        f.write(name)
                with zipfile.ZipFile(self.base + ".zip", "w") as archive:
                    for name in names:
                        archive.write(os.path.join(folder, name + ".txt"), name + ".txt")

        def main():
            with tempfile.TemporaryDirectory() as temp:
                Store("out/bundle").save(temp, ("a", "b"))
        """,
    "a folder that the caller made": """
        def pack(folder, target):
            with zipfile.ZipFile(target, "w") as archive:
                for path in Path(folder).iterdir():
                    archive.write(path, path.name)

        def main():
            with tempfile.TemporaryDirectory() as temp:
                Path(temp, "made.txt").write_text("x")
                pack(temp, "out/bundle.zip")
        """,
}


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_the_layout_is_what_running_gives(
    make_program, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    """Run the program: the archive holds what the layout names, no more and no less."""
    program = make_program({"a.py": HEADER + textwrap.dedent(body)})
    layouts = program.layouts()
    written = [each for each in layouts if each.direction is EffectKind.ARCHIVE_WRITE]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    runpy.run_path(str(program.root / "a.py"))["main"]()
    report = inspect_artifact(tmp_path / "out" / "bundle.zip")
    real = {member.path for member in report.members if member.kind != "folder"}
    named = {member.path for each in written for member in each.members}
    assert named == real
    matches = join_artifact(report, layouts).matches
    assert {each.verdict for each in matches} == {MatchVerdict.MATCHED}
    assert {name for each in written for name in each.names} == {"out/bundle.zip"}
    assert all(each.unknown == () for each in written)


def _save_and_load(default: str = "wts.h5", reader_name: str = "wts.h5") -> dict[str, str]:
    return {
        "params.py": f"""
            cfg = {{"h5_path": "{default}"}}

            def set(key, value):
                cfg[key] = value

            def get(key):
                return cfg[key]
            """,
        "store.py": """
            import os, pickle, tempfile, zipfile
            import params

            def save_model(model, folder):
                with open(os.path.join(folder, "weights.pkl"), "wb") as f:
                    pickle.dump(model, f)
                with open(os.path.join(folder, "only_written.txt"), "w") as f:
                    f.write("x")

            def save_all(models, base_path):
                with tempfile.TemporaryDirectory() as temp:
                    for name, model in models.items():
                        os.makedirs(os.path.join(temp, name))
                        save_model(model, os.path.join(temp, name))
                    with zipfile.ZipFile(f"{base_path}.zip", "w") as zf:
                        for root, _, files in os.walk(temp):
                            for file in files:
                                full = os.path.join(root, file)
                                zf.write(full, os.path.relpath(full, temp))

            def save(out):
                save_all({"a": 1, "b": 2}, os.path.join(out, params.get("h5_path")))

            def load_model(folder):
                if os.path.exists(os.path.join(folder, "legacy.bin")):
                    return None
                with open(os.path.join(folder, "never_written.pkl"), "rb") as f:
                    extra = pickle.load(f)
                with open(os.path.join(folder, "weights.pkl"), "rb") as f:
                    return pickle.load(f)

            def load_all(base_path, names):
                with tempfile.TemporaryDirectory() as temp:
                    with zipfile.ZipFile(f"{base_path}.zip") as zf:
                        zf.extractall(temp)
                    return [load_model(os.path.join(temp, name)) for name in names]
            """,
        "use.py": f"""
            from pathlib import Path
            import store

            def load(folder: Path, names):
                return store.load_all(str(folder / "{reader_name}"), names)
            """,
    }


def test_members_have_the_lines_and_words_of_their_writers(make_program) -> None:  # type: ignore[no-untyped-def]
    """The line that writes, what goes in, and whether a loop was written out."""
    program = make_program(_save_and_load())
    (layout,) = [each for each in program.layouts("save_all") if each.members]
    assert layout.artifact == "{base_path}.zip"
    assert layout.names == ("{out}/wts.h5.zip",)
    assert [at.symbol for at in layout.named_at] == ["save"]
    (sentence,) = layout.hidden_inputs
    assert "`params.get('h5_path')`" in sentence.replace('"', "'")
    assert sentence.endswith("by default 'wts.h5' (params.py:2)")
    weights = next(member for member in layout.members if member.path == "a/weights.pkl")
    assert weights.content == "model"
    assert weights.is_expanded
    assert [str(anchor) for anchor in weights.anchors] == ["store.py:7"]
    assert weights.anchors[0].symbol == "save_model"


def test_readers_name_members_with_holes(make_program) -> None:  # type: ignore[no-untyped-def]
    """A loop over what nobody knows stays a hole; a test for existence is told as such."""
    program = make_program(_save_and_load())
    (layout,) = [e for e in program.layouts("load_all") if e.direction is EffectKind.ARCHIVE_READ]
    assert layout.names == ("{folder}/wts.h5.zip",)
    assert {member.path: member.content for member in layout.members} == {
        "{name}/legacy.bin": "tested for",
        "{name}/never_written.pkl": "extra",
        "{name}/weights.pkl": "",
    }


def test_both_sides_are_compared(make_program) -> None:  # type: ignore[no-untyped-def]
    """The default in the name, what is only read, only tested for, only written."""
    findings = compare_layouts(make_program(_save_and_load()).layouts())
    by_kind = {(finding.kind, _quoted(finding)) for finding in findings}
    assert (FindingKind.CONTRADICTION, "{name}/never_written.pkl") in by_kind
    assert (FindingKind.CONTRADICTION, "a/only_written.txt") in by_kind
    assert (FindingKind.HIDDEN_INPUT, "{name}/legacy.bin") in by_kind
    (default,) = [each for each in findings if "another one breaks the pair" in each.text]
    assert default.kind is FindingKind.HIDDEN_INPUT
    assert "`load` (use.py:6)" in default.text
    assert len(findings) == 4


def test_archives_of_different_names_are_not_compared(make_program) -> None:  # type: ignore[no-untyped-def]
    """The control: a reader of another archive contradicts nothing."""
    assert compare_layouts(make_program(_save_and_load(reader_name="other.h5")).layouts()) == ()


def test_agreeing_sides_give_nothing() -> None:
    """Order, holes on either side, folders."""
    writer = _layout(EffectKind.ARCHIVE_WRITE, "a/x", "b/x")
    assert compare_layouts([writer, _layout(EffectKind.ARCHIVE_READ, "{name}/x", "{name}/")]) == ()


def test_a_gap_on_one_side_is_no_contradiction() -> None:
    """Where a side could not be followed to its end, the other is not accused."""
    writer = replace(_layout(EffectKind.ARCHIVE_WRITE, "a/x"), unknown=("a.py:3: not followed",))
    reader = _layout(EffectKind.ARCHIVE_READ, "a/x", "a/y")
    assert compare_layouts([writer, reader]) == ()
    assert len(compare_layouts([replace(writer, unknown=()), reader])) == 1


def test_callers_in_different_shapes_have_layouts_of_their_own(make_program) -> None:  # type: ignore[no-untyped-def]
    """Names and members of one caller are never mixed with those of another."""
    files = {
        "a.py": """
            import zipfile

            def pack(target, names):
                with zipfile.ZipFile(target, "w") as archive:
                    for name in names:
                        archive.writestr(name, "text")

            def first():
                pack("first.zip", ["a", "b"])

            def second():
                pack("second.zip", ["c"])

            def third():
                pack("third.zip", ["c"])
            """
    }
    program = make_program(files)
    found = {each.names: tuple(m.path for m in each.members) for each in program.layouts("pack")}
    assert found == {("first.zip",): ("a", "b"), ("second.zip", "third.zip"): ("c",)}
    (inside,) = program.layouts("pack", "second")
    assert inside.names == ("second.zip",)
    assert inside.unknown == ("2 of 3 call sites were not followed",)


def test_what_cannot_be_followed_is_said(make_program) -> None:  # type: ignore[no-untyped-def]
    """An unknown library that gets the folder, and a folder that nobody is seen to fill."""
    files = {
        "a.py": """
            import tempfile, shutil, zipfile
            import somelibrary

            def export(model):
                with tempfile.TemporaryDirectory() as temp:
                    somelibrary.export(model, temp + "/model")
                    shutil.make_archive("bundle", "zip", temp)

            def odd(entries):
                with zipfile.ZipFile("odd.zip", "w") as archive:
                    for entry in entries:
                        archive.writestr(entry.name, entry.data)
            """
    }
    program = make_program(files)
    (export,) = program.layouts("export")
    assert export.members == ()
    assert any("`somelibrary.export` gets a path" in reason for reason in export.unknown)
    assert any("nothing was found that writes" in reason for reason in export.unknown)
    (odd,) = program.layouts("odd")
    assert [member.path for member in odd.members] == ["{entry.name}"]


def test_npz_archives_have_a_member_for_each_keyword(make_program) -> None:  # type: ignore[no-untyped-def]
    """Keywords, positions, keys of a literal; a suffix that numpy adds; keys nobody knows."""
    files = {
        "a.py": """
            import numpy as np

            def save(x, extra):
                known = {"k": x}
                np.savez("plain", x, probe=x, **known)
                np.savez_compressed("more.npz", **extra)
            """
    }
    plain, more = sorted(make_program(files).layouts("save"), key=lambda each: each.anchor)
    assert plain.names == ("plain.npz",)
    assert [member.path for member in plain.members] == ["arr_0.npy", "k.npy", "probe.npy"]
    assert more.unknown == ("a.py:7: the keys of `**extra`",)


def test_members_that_are_read_or_tested_by_name(make_program) -> None:  # type: ignore[no-untyped-def]
    """`read`, `open`, and `in namelist()`, without any extraction."""
    files = {
        "a.py": """
            import zipfile

            META = "meta.json"

            def read(path):
                with zipfile.ZipFile(path) as archive:
                    if META not in archive.namelist():
                        return None
                    with archive.open("data/x.bin") as f:
                        content = f.read()
                    meta = archive.read(META)
                    return archive.read("y"), content, meta
            """
    }
    (layout,) = make_program(files).layouts("read")
    assert {member.path: member.content for member in layout.members} == {
        "data/x.bin": "",
        "meta.json": "meta",
        "y": "",
    }


def test_plain_files_stand_in_their_folder(make_program) -> None:  # type: ignore[no-untyped-def]
    """Outputs outside of archives; temporary files are nobody's output."""
    files = {
        "a.py": """
            import json, os, tempfile

            def report(out, results):
                with tempfile.NamedTemporaryFile() as scratch:
                    scratch.write(b"x")
                with open(os.path.join(out, "results.json"), "w") as f:
                    json.dump(results, f)
                with open(f"{out}/log.txt", "a") as f:
                    f.write("done")
            """
    }
    (layout,) = make_program(files).layouts("report")
    assert (layout.artifact, layout.direction) == ("{out}", EffectKind.FILE_WRITE)
    assert [(m.path, m.content) for m in layout.members] == [
        ("log.txt", '"done"'),
        ("results.json", "results"),
    ]


def test_tar_archives(make_program) -> None:  # type: ignore[no-untyped-def]
    """A folder that is added brings what was written into it."""
    files = {
        "a.py": """
            import os, tarfile, tempfile

            def pack(name):
                with tempfile.TemporaryDirectory() as temp:
                    with open(os.path.join(temp, "x.txt"), "w") as f:
                        f.write("x")
                    with tarfile.open(name + ".tar.gz", "w:gz") as archive:
                        archive.add(temp, arcname="bundle")
                        archive.add("README.md")
            """
    }
    (layout,) = make_program(files).layouts("pack")
    assert [member.path for member in layout.members] == ["README.md", "bundle/x.txt"]


def test_order_of_files_and_functions_does_not_matter(make_program) -> None:  # type: ignore[no-untyped-def]
    """The same tree gives the same layouts, however it is handed over."""
    program = make_program(_save_and_load())
    functions = [function.id for function in program.graph.functions]
    expected = artifact_layouts(program.tree, program.graph, functions)
    shuffled = list(functions)
    random.Random(1).shuffle(shuffled)
    tree = replace(program.tree, files=tuple(reversed(program.tree.files)))
    assert artifact_layouts(tree, program.graph, shuffled) == expected


def test_functions_that_are_not_there_are_no_trouble(make_program) -> None:  # type: ignore[no-untyped-def]
    """An id of another tree has no layouts."""
    program = make_program({"a.py": "x = 1\n"})
    assert artifact_layouts(program.tree, program.graph, [function_id("b.py", "f")]) == ()


def _layout(direction: EffectKind, *paths: str) -> ArtifactLayout:
    anchor = Anchor("a.py", 1)
    members = tuple(LayoutMember(path, (anchor,)) for path in paths)
    name = f"f{direction.value}"
    return ArtifactLayout(
        "x.zip", direction, function_id("a.py", name), anchor, members, names=("out/x.zip",)
    )


def _quoted(finding: Finding) -> str:
    return finding.text.split("`")[1]


def test_what_is_written_through_a_handle_is_the_members_content(make_program) -> None:  # type: ignore[no-untyped-def]
    """And an argument that a reader needs besides is not what it reads."""
    source = """
        import os, tempfile, zipfile
        import h5py
        import tensorflow as tf

        def save(model, scale, path):
            with tempfile.TemporaryDirectory() as folder:
                model.save(os.path.join(folder, "model.keras"))
                with h5py.File(os.path.join(folder, "more.h5"), "w") as file:
                    file.attrs["intensity_scale"] = scale
                with zipfile.ZipFile(path + ".zip", "w") as archive:
                    for name in os.listdir(folder):
                        archive.write(os.path.join(folder, name), name)

        def load(path, objects):
            with tempfile.TemporaryDirectory() as folder:
                with zipfile.ZipFile(path + ".zip") as archive:
                    archive.extractall(folder)
                where = os.path.join(folder, "model.keras")
                if os.path.exists(where):
                    loaded = tf.keras.models.load_model(where, custom_objects=objects)
                    return loaded

        def main():
            save(tf.keras.Model(), 1.0, "a")
            load("a", {})
        """
    program = make_program({"store.py": source})
    write, read = program.layouts("save", "load")
    contents = {member.path: member.content for member in write.members}
    assert contents == {"model.keras": "model", "more.h5": "attribute intensity_scale"}
    (member,) = read.members
    assert (member.content, [anchor.line for anchor in member.tested]) == ("loaded", [20])
    (effect,) = [e for e in program.graph.effects if e.operation.endswith("load_model")]
    assert (effect.payload, effect.note) == ("", "with custom_objects=objects")


def test_npz_readers_name_their_members(make_program) -> None:  # type: ignore[no-untyped-def]
    """Items, `get`, `in` and `files` name members; a plain array has none."""
    source = """
        import numpy as np

        def write(path, x):
            np.savez(path, x=x, y=x)

        def read(path):
            with np.load(path) as data:
                first = data["x"]
                return first, data.get("y"), "z" in data.files

        def plain():
            return np.load("a.npy")[0]

        write("a.npz", 1)
        read("a.npz")
        """
    program = make_program({"a.py": source})
    write, read = program.layouts("write", "read", "plain")
    assert (write.names, read.names) == (("a.npz",), ("a.npz",))
    assert [member.path for member in write.members] == ["x.npy", "y.npy"]
    assert [(member.path, bool(member.tested)) for member in read.members] == [
        ("x.npy", False),
        ("y.npy", False),
        ("z.npy", True),
    ]
    (finding,) = compare_layouts([write, read])
    assert finding.text.startswith("`z.npy` in `a.npz`: tested for, and never written")


_ROUND_TRIP = """
    import json
    import os

    def name_of(folder, title):
        return os.path.join(folder, f"{title}.json")

    def dump(folder, title, value):
        with open(name_of(folder, title), "w") as file:
            json.dump(value, file)

    def load(folder, title):
        with open(name_of(folder, title)) as file:
            return json.load(file)

    def read_settings(path, title):
        with open(os.path.join(path, f"{title}.toml")) as file:
            return file.read()
    """


def test_a_plain_file_has_a_read_side(make_program) -> None:  # type: ignore[no-untyped-def]
    """Who reads what is written, by the same name in one file; another reader of files is none,
    nor is a stranger's reader that spells its name alike."""
    stranger = """
        import json
        import os

        def load_theirs(folder, title):
            with open(os.path.join(folder, f"{title}.json")) as file:
                return json.load(file)
        """
    program = make_program({"replay.py": _ROUND_TRIP, "other.py": stranger})
    write, read = program.layouts()
    assert (write.function, write.direction) == ("replay.py::dump", EffectKind.FILE_WRITE)
    assert (read.function, read.direction) == ("replay.py::load", EffectKind.FILE_READ)
    assert read.artifact == write.artifact == "{folder}"
    assert [m.path for m in read.members] == [m.path for m in write.members] == ["{title}.json"]
    assert [str(a) for m in read.members for a in m.anchors] == ["replay.py:14"]


def test_a_reader_in_another_file_needs_a_common_caller_and_name(make_program) -> None:  # type: ignore[no-untyped-def]
    """`params.json` below a folder that callers give; control: nobody calls both."""
    files = {
        "a.py": """
            import json, os

            def save(out):
                with open(os.path.join(out, "params.json"), "w") as file:
                    json.dump({}, file)
            """,
        "b.py": """
            import json, os

            def restore(source):
                with open(os.path.join(source, "params.json")) as file:
                    return json.load(file)
            """,
    }
    assert [each.direction for each in make_program(files).layouts()] == [EffectKind.FILE_WRITE]
    files["main.py"] = "import a, b\n\ndef main(d):\n    a.save(d)\n    return b.restore(d)\n"
    assert [(each.function, each.direction) for each in make_program(files).layouts()] == [
        ("a.py::save", EffectKind.FILE_WRITE),
        ("b.py::restore", EffectKind.FILE_READ),
    ]


def test_what_only_tests_pass_names_no_member(make_program) -> None:  # type: ignore[no-untyped-def]
    """`foo` is a test's word; control: the program's own word names the member, and that of the
    tests beside it does not."""
    test = "import replay\n\ndef test_it(tmp):\n    replay.dump(tmp, 'foo', {})\n"
    program = make_program({"replay.py": _ROUND_TRIP, "tests/test_replay.py": test})
    (write, _) = program.layouts()
    assert [member.path for member in write.members] == ["{title}.json"]
    main = "import replay\n\ndef main(folder):\n    replay.dump(folder, 'last', {})\n"
    program = make_program(
        {"replay.py": _ROUND_TRIP, "tests/test_replay.py": test, "main.py": main}
    )
    (write, _) = program.layouts()
    assert [member.path for member in write.members] == ["last.json"]


def test_what_callers_look_up_for_a_folder_is_told(make_program) -> None:  # type: ignore[no-untyped-def]
    """A setting has a name; control: what is handed on by a name says no more, and what a test
    looks up is its own affair."""
    main = """
        import replay

        def main(settings, other):
            replay.dump(settings["replay_dir"], "last", {})
            replay.dump(other, "last", {})
            replay.load(title="last", folder=settings.get("replay_dir"))
        """
    test = "import replay\n\ndef test_it(cfg):\n    replay.dump(cfg.path, 'foo', {})\n"
    program = make_program(
        {"replay.py": _ROUND_TRIP, "main.py": main, "tests/test_replay.py": test}
    )
    (write, read) = program.layouts()
    assert [(each.name, each.text, str(each.anchor)) for each in write.given] == [
        ("folder", "settings['replay_dir']", "main.py:5")
    ]
    assert [(each.name, each.text, str(each.anchor)) for each in read.given] == [
        ("folder", "settings.get('replay_dir')", "main.py:7")
    ]
