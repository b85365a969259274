"""What a run did to the world: which line wrote, read, removed what, by which known call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.launch import record
from tracer.dynamic.ledger import effects_document, make_ledger
from tracer.dynamic.recording import read_recording
from tracer.model.effect_plan import EffectPlan
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import ObservedEffect, ObservedExternal, Recording
from tracer.plan.effect_calls import effect_plan
from tracer.tables.load import load_effect_table

Write = Callable[..., Any]


@cache
def _plan() -> EffectPlan:
    return effect_plan(load_effect_table())


def _record(target: Any, plan: EffectPlan | None = None, **options: Any) -> Recording:
    recording = record(
        TracePlan(
            str(target.root),
            (),
            Workload("w1", ("main.py",), str(target.root)),
            backend=target.backend,
            effects=_plan() if plan is None else plan,
        ),
        target.root.parent / options.pop("out", "out"),
        python=options.pop("python", target.python),
        **options,
    )
    assert recording.exit_status == 0, recording.stderr_tail
    assert recording.dropped == 0
    return recording


def _line(target: Any, part: str) -> int:
    lines = (target.root / "main.py").read_text().splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if part in line]
    return found


def _of(recording: Recording, operation: str) -> list[ObservedEffect]:
    return [effect for effect in recording.effects if effect.operation == operation]


def _at(effect: ObservedEffect) -> tuple[str, int]:
    return effect.chain[0].frame.qualname, effect.chain[0].line


def _outermost(recording: Recording) -> list[ObservedEffect]:
    return [effect for effect in recording.effects if not effect.within]


# -- archives ------------------------------------------------------------------------------------

ARCHIVE = """
    import os, tempfile, zipfile

    def put(folder, name, text):
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def save(name):
        with tempfile.TemporaryDirectory() as folder:
            one = put(folder, "one.txt", "1")
            two = put(folder, "two.txt", "2")
            with zipfile.ZipFile(name, "w") as archive:
                archive.write(one, "in/one.txt")
                archive.write(filename=two, arcname="in/two.txt")
                archive.writestr("text.txt", "hello")
                with archive.open("opened.txt", "w") as member:
                    member.write(b"x")

    def load(name):
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(name) as archive:
                archive.extractall(folder)
                assert archive.read("text.txt") == b"hello"
            with open(os.path.join(folder, "in", "one.txt")) as file:
                assert file.read() == "1"

    save("a.zip")
    load("a.zip")
"""


def test_which_line_wrote_which_member(program: Write) -> None:
    """Each member of an archive once, with the file that went in and who had written that."""
    target = program(ARCHIVE)
    members = make_ledger(_record(target).effects).members
    put, opened = _line(target, 'open(path, "w")'), _line(target, 'archive.open("opened')
    written = {
        deed.member: (
            deed.place.line,
            deed.operation,
            deed.source,
            deed.source_place and deed.source_place.line,
        )
        for deed in members
        if deed.deed == "wrote" and deed.place is not None
    }
    assert written == {
        "in/one.txt": (
            _line(target, "archive.write(one"),
            "zipfile.ZipFile.write",
            "<tmp>/tmp*/one.txt",
            put,
        ),
        "in/two.txt": (
            _line(target, "archive.write(filename"),
            "zipfile.ZipFile.write",
            "<tmp>/tmp*/two.txt",
            put,
        ),
        "text.txt": (_line(target, "writestr"), "zipfile.ZipFile.writestr", "", None),
        "opened.txt": (opened, "zipfile.ZipFile.open", "", None),
    }
    assert [deed.member for deed in members if deed.deed == "wrote"] == list(written)
    assert {deed.archive for deed in members} == {"a.zip"}
    reads = [
        (deed.member, deed.operation, deed.source_place and deed.source_place.line)
        for deed in members
        if deed.deed == "read"
    ]
    assert reads == [
        *((name, "zipfile.ZipFile.extractall", row[0]) for name, row in written.items()),
        ("text.txt", "zipfile.ZipFile.read", written["text.txt"][0]),
    ]


def test_an_extracted_file_says_where_it_came_from(program: Write) -> None:
    """A file that `extractall` made and another line reads: archive, member, extracting line."""
    target = program(ARCHIVE)
    files = make_ledger(_record(target).effects).files
    (read,) = [deed for deed in files if deed.path.endswith("in/one.txt") and deed.deed == "read"]
    assert read.source == "a.zip!in/one.txt"
    assert read.source_operation == "zipfile.ZipFile.extractall"
    assert read.source_place is not None
    assert read.source_place.line == _line(target, "extractall")
    folders = [
        (deed.deed, deed.path)
        for deed in files
        if (deed.deed, deed.operation)
        in (("made", "tempfile.TemporaryDirectory"), ("removed", "shutil.rmtree"))
    ]
    assert folders == [("made", "<tmp>/tmp*"), ("removed", "<tmp>/tmp*")] * 2


def test_a_deed_is_one_effect_with_others_in_it(program: Write) -> None:
    """What a known call does on its way lies within it; what stands for itself does not.

    The library's own calls on that way are told where they say more than the first one did.
    """
    target = program(ARCHIVE)
    recording = _record(target)
    (write, _) = _of(recording, "zipfile.ZipFile.write")
    inner = [effect for effect in recording.effects if effect.within == write.number]
    assert {effect.operation for effect in inner} == {"open"}
    assert write.within == 0 and write.through == ""
    assert _at(write) == ("save", _line(target, "archive.write(one"))
    assert [place.frame.qualname for place in write.chain] == ["save", "<module>"]
    numbers = [effect.number for effect in recording.effects]
    assert numbers == sorted(numbers)
    (opening, reading) = _of(recording, "zipfile.ZipFile")
    assert (opening.kind, opening.mode) == ("archive.write", "w")
    assert (reading.kind, reading.mode) == ("archive.read", "r")


def test_two_runs_read_the_same(program: Write) -> None:
    """Random names of folders do not show; the same run gives the same bytes."""
    target = program(ARCHIVE)
    first = _record(target, out="one")
    (target.root / "a.zip").unlink()
    second = _record(target, out="two")
    assert first.effects == second.effects
    assert json.dumps(effects_document(first)) == json.dumps(effects_document(second))
    assert str(target.root) not in json.dumps(effects_document(first))


def test_temporary_names_of_any_prefix_are_hidden(program: Write) -> None:
    """What `tempfile` was heard to make is known by name, with any prefix and in any folder."""
    target = program("""
        import os, tempfile

        with tempfile.TemporaryDirectory(prefix="model-") as folder:
            open(os.path.join(folder, "a.txt"), "w").close()
        handle, path = tempfile.mkstemp(prefix="weights_", suffix=".h5", dir=".")
        os.close(handle)
        open(path).close()
        os.remove(path)
    """)
    first, second = _record(target, out="one"), _record(target, out="two")
    assert first == second
    told = {effect.subject for effect in first.effects}
    assert {"<tmp>/model-*/a.txt", "weights_*.h5"} <= told


def test_contents_and_secrets_are_not_written_down(program: Write) -> None:
    """Of what goes into a file the length; the names of keys, but no value under a secret one."""
    target = program("""
        import json, zipfile

        def main():
            with zipfile.ZipFile("a.zip", "w") as archive:
                archive.writestr("token.txt", "hunter2")
                archive.writestr("b.bin", b"hunter2")
            with open("a.json", "w") as file:
                json.dump({"user": "hunter2"}, file)

        main()
    """)
    recording = _record(target)
    assert [e.payload for e in _of(recording, "zipfile.ZipFile.writestr")] == [
        "str len 7",
        "bytes len 7",
    ]
    assert "hunter2" not in (target.root.parent / "out" / "recording.jsonl").read_text()


# -- files ---------------------------------------------------------------------------------------


def test_files_folders_and_moves_in_order(program: Write) -> None:
    """Wrote, read, made, moved and removed, each by its line, with what it came from."""
    target = program("""
        import json, os, pathlib, shelve, shutil

        def main():
            os.mkdir("made")
            with open("x.json", "w") as file:
                json.dump({"a": 1}, file)
            shutil.copy("x.json", "y.json")
            os.rename("y.json", "made/z.json")
            with open("made/z.json") as file:
                json.load(file)
            pathlib.Path("p.txt").write_text("hello")
            os.remove("p.txt")
            with shelve.open("kept", "n") as shelf:
                shelf["k"] = 1
            shutil.rmtree("made")

        main()
    """)
    recording = _record(target)
    files = make_ledger(recording.effects).files
    told = [(deed.deed, deed.path, deed.operation) for deed in files if "kept" not in deed.path]
    assert told == [
        ("made", "made", "os.mkdir"),
        ("wrote", "x.json", "json.dump"),
        ("wrote", "y.json", "shutil.copy"),
        ("read", "x.json", "shutil.copy"),
        ("moved", "made/z.json", "os.rename"),
        ("read", "made/z.json", "json.load"),
        ("wrote", "p.txt", "pathlib.Path.write_text"),
        ("removed", "p.txt", "os.remove"),
        ("removed", "made", "shutil.rmtree"),
    ]
    by_path = {(deed.path, deed.deed): deed for deed in files}
    dumped, copied = _line(target, "json.dump"), _line(target, "shutil.copy")
    moved = by_path["made/z.json", "moved"]
    assert (moved.source, moved.source_place and moved.source_place.line) == ("y.json", copied)
    source = by_path["x.json", "read"].source_place
    assert source is not None and source.line == dumped
    (shelf,) = _of(recording, "shelve.open")
    assert (shelf.kind, shelf.subject) == ("serialize", "kept")


def test_repetitions_are_counted(program: Write) -> None:
    """What one line does a hundred times to one file is one effect; to two files it is two."""
    target = program("""
        import json

        def main():
            for number in range(100):
                with open(f"{number % 2}.json", "w") as file:
                    json.dump([1], file)

        main()
    """)
    recording = _record(target)
    dumps = _of(recording, "json.dump")
    assert [(effect.subject, effect.times) for effect in dumps] == [("0.json", 50), ("1.json", 50)]
    assert recording.effects_cut == 0
    opened = [(file.path, file.times) for file in recording.opened if file.path.endswith(".json")]
    assert opened == [("0.json", 50), ("1.json", 50)]


def test_what_failed_was_tried(program: Write) -> None:
    """An effect is told when it is tried: the recording says that this is no proof of success."""
    target = program("""
        import os
        try:
            os.remove("nowhere")
        except OSError:
            pass
    """)
    recording = _record(target)
    assert [effect.subject for effect in _of(recording, "os.remove")] == ["nowhere"]
    assert any("when they are tried" in sentence for sentence in recording.cannot_see)


# -- process, environment, network, chance ------------------------------------------------------


def test_the_environment(program: Write) -> None:
    """Writes and reads by the program itself, never a value; reads by libraries are not told."""
    target = program(
        """
        import os
        import helper

        def main():
            os.environ["MY_SETTING"] = "s3cr3t-Value"
            os.environ.get("MY_SETTING")
            os.getenv("OTHER_SETTING")
            os.putenv("THIRD_SETTING", "s3cr3t-Value")
            helper.ask()

        main()
        """,
        {
            "../library/helper.py": """
            import os
            def ask():
                return os.environ.get("OF_A_LIBRARY")
            """
        },
    )
    recording = _record(target, import_folders=(target.root.parent / "library",))
    told = [
        (effect.operation, *effect.keys) for effect in _outermost(recording) if effect.kind == "env"
    ]
    assert told == [
        ("os.environ.__setitem__", "MY_SETTING"),
        ("os.environ.__getitem__", "MY_SETTING"),
        ("os.getenv", "OTHER_SETTING"),
        ("os.putenv", "THIRD_SETTING"),
    ]
    log = (target.root.parent / "out" / "recording.jsonl").read_text()
    assert "s3cr3t-Value" not in log and "OF_A_LIBRARY" not in log


def test_processes_without_their_arguments(program: Write) -> None:
    """The program and how many arguments; what these are may be secret."""
    target = program("""
        import os, subprocess, sys

        def main():
            subprocess.run([sys.executable, "-c", "pass", "--password=hunter2"], check=True)
            os.system("true --token=hunter2")

        main()
    """)
    recording = _record(target)
    ran, called = [effect for effect in _outermost(recording) if effect.kind == "process"]
    assert (ran.operation, _at(ran)) == (
        "subprocess.run",
        ("main", _line(target, "subprocess.run(")),
    )
    assert ran.subject.startswith("<python>") and ran.subject.endswith(" with 3 arguments")
    assert (called.operation, called.subject) == ("os.system", "true …")
    assert "hunter2" not in (target.root.parent / "out" / "recording.jsonl").read_text()


def test_the_network(program: Write) -> None:
    """Addresses, with the line that connects; a port that the system chose reads the same twice."""
    target = program("""
        import socket, urllib.request

        def serve():
            server = socket.socket()
            server.bind(("127.0.0.1", 0))
            server.listen(1)
            return server

        def main():
            server = serve()
            socket.create_connection(server.getsockname()).close()
            direct = socket.socket()
            direct.connect(server.getsockname())
            direct.close()
            server.close()
            try:
                urllib.request.urlopen("http://me:hunter2@127.0.0.1:9/a?token=hunter2", timeout=1)
            except OSError:
                pass

        main()
    """)
    recording = _record(target, environment={"no_proxy": "*"})
    told = [
        (effect.operation, effect.subject, _at(effect)[0])
        for effect in _outermost(recording)
        if effect.kind == "network"
    ]
    assert told == [
        ("socket.bind", "127.0.0.1:0", "serve"),
        ("socket.create_connection", "127.0.0.1:*", "main"),
        ("socket.connect", "127.0.0.1:*", "main"),
        ("urllib.request.urlopen", "http://127.0.0.1:9/a?…", "main"),
    ]
    assert "hunter2" not in (target.root.parent / "out" / "recording.jsonl").read_text()


def test_seeds_and_no_draws(program: Write) -> None:
    """The seed of the process is told, with its value; a generator's own and draws are not."""
    target = program("""
        import random

        def main():
            random.seed(42)
            random.Random(5).seed(6)
            random.random()
            random.choice([1, 2])

        main()
    """)
    told = [effect for effect in _record(target).effects if effect.kind == "random"]
    assert [(e.operation, e.payload, _at(e)[1]) for e in told] == [
        ("random.seed", "int 42", _line(target, "random.seed(42)"))
    ]


# -- what is in C ---------------------------------------------------------------------------------


def test_pickle_in_c(program: Write) -> None:
    """Under monitoring the call is told; under settrace the files are, and it says so."""
    target = program("""
        import collections, pickle

        def main():
            with open("t.pkl", "wb") as file:
                pickle.dump({"a": collections.Counter()}, file)
            with open("t.pkl", "rb") as file:
                pickle.load(file)

        main()
    """)
    recording = _record(target)
    found = [effect.operation for effect in _outermost(recording) if effect.chain]
    classes = [effect.subject for effect in _of(recording, "pickle.find_class")]
    assert "collections.Counter" in classes
    if recording.backend == "monitoring":
        assert found[:4] == ["open", "pickle.dump", "open", "pickle.load"]
        (dump,) = _of(recording, "pickle.dump")
        assert dump.payload == "dict len 1 keys 'a'"
        has_locals = not recording.python.startswith("3.12")
        assert dump.subject == ("t.pkl" if has_locals else "")
        (load,) = _of(recording, "pickle.load")
        assert (load.subject, load.heard_by) == ("t.pkl", "site")
    else:
        assert found[:2] == ["open", "open"] and not _of(recording, "pickle.dump")
        assert any("pickle.dump" in sentence for sentence in recording.cannot_see)


def test_an_argument_that_is_one_of_two_is_not_guessed(program: Write) -> None:
    """A call in C whose argument depends on a condition: the right file or none."""
    target = program("""
        import pickle

        def dump(flag, one, two):
            pickle.dump(1, one if flag else two)
            pickle.dump(flag and 2, two)

        def main():
            with open("one.pkl", "wb") as one, open("two.pkl", "wb") as two:
                dump(True, one, two)
                dump(False, one, two)

        main()
    """)
    recording = _record(target)
    line = _line(target, "one if flag")
    told = [(e.chain[0].line - line, e.subject) for e in _of(recording, "pickle.dump")]
    if recording.backend == "settrace":
        assert told == []
    elif recording.python.startswith("3.12"):
        assert set(told) == {(0, ""), (1, "")}
    else:
        assert {subject for at, subject in told if at == 0} <= {""}
        assert {subject for at, subject in told if at == 1} == {"two.pkl"}


# -- through libraries, and by tables of the user's ----------------------------------------------

LIBRARY = {
    "../library/framework/__init__.py": """
    from framework.io import Model, save_all
    """,
    "../library/framework/io.py": """
    import functools, json, zipfile

    def logged(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)
        return wrapper

    class Base:
        @logged
        def save(self, filepath, *, form="zip"):
            with zipfile.ZipFile(filepath, "w") as archive:
                archive.writestr("config.json", json.dumps({}))

    class Model(Base):
        pass

    class Other(Base):
        pass

    def save_all(models, folder):
        for number, model in enumerate(models):
            model.save(f"{folder}/{number}.zip")
    """,
}
PROGRAM = """
    import framework
    from framework.io import Other

    def main():
        framework.Model().save("m.zip", form="zip")
        Other().save("o.zip")
        framework.save_all([framework.Model()], ".")

    main()
"""
TABLE = """
    [[effect]]
    calls = ["framework.Model.save"]
    kind = "serialize"
    subject = "0:path"
    payload = "receiver"

    [[effect]]
    calls = ["framework.save_all"]
    kind = "serialize"
    subject = "1:folder"
"""


def test_a_table_of_ones_own(program: Write, tmp_path: Path) -> None:
    """A re-exported, decorated, inherited method by the table of the user; not of other classes."""
    target = program(PROGRAM, LIBRARY)
    table = tmp_path / "own.toml"
    table.write_text(TABLE.replace("\n    ", "\n"))
    plan = effect_plan(load_effect_table([table]))
    recording = _record(target, plan, import_folders=(target.root.parent / "library",))
    saves = _of(recording, "framework.Model.save")
    assert [(e.subject, bool(e.within)) for e in saves] == [("m.zip", False), ("0.zip", True)]
    assert saves[0].payload == "object framework.io.Model"
    assert _at(saves[1]) == ("main", _line(target, "save_all("))
    members = make_ledger(recording.effects).members
    base = "framework.io" if recording.python.startswith("3.10") else "framework.io.Base"
    assert [(m.archive, m.operation, m.through) for m in members] == [
        ("m.zip", "framework.Model.save", ""),
        ("o.zip", "zipfile.ZipFile.writestr", f"{base}.save"),
        ("0.zip", "framework.save_all", ""),
    ]


def test_without_a_table_only_events_are_told(program: Write) -> None:
    """The control: a plan without calls hears of the files, and of no archive."""
    target = program(ARCHIVE)
    recording = _record(target, EffectPlan())
    assert {effect.heard_by for effect in recording.effects} == {"audit"}
    assert not make_ledger(recording.effects).members
    assert {"open", "tempfile.mkdtemp"} <= {effect.operation for effect in recording.effects}


def test_edges_are_the_same_with_and_without(program: Write) -> None:
    """To watch effects changes no call, external, line or tree."""
    target = program(ARCHIVE)
    with_effects = _record(target, out="with")
    (target.root / "a.zip").unlink()
    without = _record(target, EffectPlan(), out="without")
    for name in ("calls", "externals", "lines", "exceptions", "tree", "opened"):
        plain, watched = getattr(without, name), getattr(with_effects, name)
        if name == "externals" and with_effects.backend == "monitoring":
            # Of library code that others have called, monitoring alone misses calls; watched, none.
            assert {_call(each) for each in plain} <= {_call(each) for each in watched}
            continue
        if plain and hasattr(plain[0], "order"):
            plain = [replace(each, order=0) for each in plain]
            watched = [replace(each, order=0) for each in watched]
        assert list(plain) == list(watched), name


def _call(external: ObservedExternal) -> tuple[Any, ...]:
    return external.caller, external.line, external.callee


def test_no_code_of_the_target_is_run(program: Write) -> None:
    """Arguments are read by exact type: nothing of theirs is called, nothing is printed."""
    target = program("""
        import json, os, sys, zipfile

        class Touchy:
            def __getattribute__(self, name):
                print("getattr ran")
                return object.__getattribute__(self, name)
            def __eq__(self, other): print("eq ran"); return True
            def __hash__(self): print("hash ran"); return 1
            def __repr__(self): print("repr ran"); return "touchy"
            def __len__(self): print("len ran"); return 1
            def __bool__(self): print("bool ran"); return True

        class TouchyText(str):
            def __str__(self): print("str ran"); return "x"
            def __eq__(self, other): print("eq ran"); return True
            def __hash__(self): return 1

        def main():
            for given in (Touchy(), TouchyText("gone")):
                for call in (
                    lambda: zipfile.ZipFile(given, given),
                    lambda: json.dump(given, given),
                    lambda: json.load(given),
                    lambda: os.remove(given),
                ):
                    try:
                        call()
                    except Exception as error:
                        sys.stderr.write(f"{type(error).__name__}\\n")
            sys.exit(3)

        main()
    """)
    plain, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (3, plain.stdout, plain.stderr)


def test_effects_json_is_written_beside_the_log(program: Write) -> None:
    """`trace` leaves a document of all effects and their account, with a schema of its own."""
    target = program(ARCHIVE)
    assert target.traced().returncode == 0
    document = json.loads((target.root.parent / "traced" / "effects.json").read_text())
    assert document["schema"] == "tracer/effects/1"
    assert document["complete"] is True and document["cut"] == 0
    assert document["files"] and document["effects"]
    assert {"effect", "deed", "path", "by", "operation", "through", "from", "times"} == set(
        document["files"][0]
    )


def test_a_log_cut_anywhere_is_read(program: Write) -> None:
    """A killed run's effects are those up to the cut; joins to what is lost are left out."""
    target = program(ARCHIVE)
    whole = {effect.number for effect in _record(target).effects}
    text = (target.root.parent / "out" / "recording.jsonl").read_bytes()
    folder = target.root.parent / "cut"
    folder.mkdir()
    for size in range(text.index(b"\n") + 1, len(text), 1009):
        (folder / "recording.jsonl").write_bytes(text[:size])
        effects = read_recording(folder).effects
        assert {effect.number for effect in effects} <= whole
        make_ledger(effects)


def test_a_log_of_an_earlier_version_has_its_files(tmp_path: Path) -> None:
    """Logs that counted opened files instead of telling effects are still read."""
    (tmp_path / "main.py").write_text("open('a.txt', 'w').close()\n")
    plan = TracePlan(str(tmp_path), (), Workload("w1", ("main.py",), str(tmp_path)))
    recording = record(plan, tmp_path / "out", python=Path(sys.executable))
    lines = (tmp_path / "out" / "recording.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    kept = [each for each in records if each["t"] not in ("effect", "effect_times")]
    (code,) = [each["id"] for each in records if each["t"] == "code" and each["inside"]]
    kept.append(
        {"t": "opened", "n": 900, "path": f"{tmp_path}/a.txt", "mode": "w", "code": code, "at": 0}
    )
    kept.append({"t": "count", "add": [[900, 2]]})
    old = tmp_path / "old"
    old.mkdir()
    (old / "recording.jsonl").write_text("".join(json.dumps(each) + "\n" for each in kept))
    read = read_recording(old)
    assert [(file.path, file.times) for file in read.opened] == [("a.txt", 2)]
    assert [(file.path, file.times) for file in recording.opened] == [("a.txt", 1)]
    assert read.effects == ()


# -- real libraries ------------------------------------------------------------------------------


def _with_libraries(target: Any, *names: str, setup: str = "pass") -> Any:
    """The target on an interpreter of its version that has these libraries.

    Its own; else the one that runs the tests; else one of those that `TRACER_TEST_PYTHONS` lists.
    """
    version = _answer(target.python, "import sys; print('%d.%d' % sys.version_info[:2])")
    listed = os.environ.get("TRACER_TEST_PYTHONS", "").split(os.pathsep)
    question = f"{setup}; import sys, {', '.join(names)}; print('%d.%d' % sys.version_info[:2])"
    for candidate in (str(target.python), sys.executable, *filter(None, listed)):
        if _answer(candidate, question) == version:
            return replace(target, python=Path(candidate))
    pytest.skip(f"no Python {version} with {', '.join(names)}")


@cache
def _answer(python: str | Path, question: str) -> str:
    asked = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def test_numpy(program: Write) -> None:
    """Dispatched functions (`numpy.save`), archives of arrays, and items of them."""
    target = _with_libraries(
        program("""
        import numpy as np

        def main():
            np.save("a.npy", np.zeros((2, 3)))
            np.savez("b.npz", x=np.ones(3), y=np.ones(2))
            with np.load("b.npz") as data:
                data["x"]
            np.load("a.npy")

        main()
        """),
        "numpy",
    )
    recording = _record(target)
    told = [
        (e.operation, e.subject, e.payload, e.keys)
        for e in _outermost(recording)
        if e.chain and e.chain[0].frame.qualname == "main"
    ]
    assert told == [
        ("numpy.save", "a.npy", "ndarray shape (2, 3) dtype float64", ()),
        ("numpy.savez", "b.npz", "", ("x", "y")),
        ("numpy.load", "b.npz", "", ()),
        ("numpy.lib.npyio.NpzFile.__getitem__", "b.npz", "", ("x",)),
        ("numpy.load", "a.npy", "", ()),
    ]
    members = make_ledger(recording.effects).members
    assert [(m.deed, m.member, m.operation) for m in members] == [
        ("wrote", "x.npy", "numpy.savez"),
        ("wrote", "y.npy", "numpy.savez"),
        ("read", "x.npy", "numpy.lib.npyio.NpzFile.__getitem__"),
    ]
    assert members[2].source_operation == "numpy.savez"


def test_h5py(program: Write) -> None:
    """HDF5 is written in C without an event: files, groups in groups, attributes by their calls."""
    target = _with_libraries(
        program("""
        import h5py

        def main():
            with h5py.File("c.h5", "w") as file:
                file.attrs["version"] = 3
                file.create_dataset("d", data=[1.0, 2.0])
                group = file.create_group("g")
                group.create_group("deep")["inner"] = [1]
                group.attrs.create("unit", "m")
                file["d"].attrs["scale"] = 2
            with h5py.File("c.h5") as file:
                file["g/deep/inner"][:]
                file.attrs["version"]

        main()
        """),
        "h5py",
    )
    recording = _record(target)
    mine = [e for e in _outermost(recording) if e.chain and e.chain[0].frame.qualname == "main"]
    assert {e.subject for e in mine} == {"c.h5"}
    assert not [e for e in recording.effects if e.operation == "open" and "c.h5" in e.subject]
    written = [
        (e.operation.removeprefix("h5py."), e.part, *e.keys) for e in mine if e.kind == "file.write"
    ]
    assert written == [
        ("File", ""),
        ("AttributeManager.__setitem__", "attribute", "version"),
        ("File.create_dataset", "dataset", "d"),
        ("File.create_group", "group", "g"),
        ("Group.create_group", "group", "deep"),
        ("Group.__setitem__", "dataset", "inner"),
        ("AttributeManager.create", "attribute", "unit"),
        ("AttributeManager.__setitem__", "attribute", "scale"),
    ]
    (read,) = [e for e in mine if e.operation == "h5py.AttributeManager.__getitem__"]
    (wrote,) = [e for e in mine if e.keys == ("version",) and e.kind == "file.write"]
    assert read.made_by == wrote.number and wrote.payload == "int 3"


def test_dill(program: Write) -> None:
    """The file that `dill.dump` wrote is that which `ZipFile.write` put into the archive."""
    target = _with_libraries(
        program("""
        import dill, zipfile

        class Layer:
            pass

        def save_model(path):
            with open(path, "wb") as file:
                dill.dump({"Layer": Layer}, file)

        def main():
            save_model("custom_objects.dill")
            with zipfile.ZipFile("w.zip", "w") as archive:
                archive.write("custom_objects.dill", "m/custom_objects.dill")

        main()
        """),
        "dill",
    )
    recording = _record(target)
    (member,) = make_ledger(recording.effects).members
    assert (member.member, member.source) == ("m/custom_objects.dill", "custom_objects.dill")
    assert member.source_operation == "dill.dump"
    assert member.source_place is not None
    assert member.source_place.frame.qualname == "save_model"
    (dumped,) = _of(recording, "dill.dump")
    assert dumped.payload == "dict len 1 keys 'Layer'"


def test_keras(program: Write) -> None:
    """Decorated methods of a framework, and what they lead to: one deed, its members, its seed."""
    setup = 'import os; os.environ["KERAS_BACKEND"] = "numpy"'
    target = _with_libraries(
        program("""
        import os; os.environ["KERAS_BACKEND"] = "numpy"
        import keras

        def main():
            keras.utils.set_random_seed(7)
            model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
            model.save("m.keras")
            model.save_weights("m.weights.h5")
            loaded = keras.models.load_model("m.keras")
            loaded.load_weights("m.weights.h5")

        main()
        """),
        "keras",
        "h5py",
        setup=setup,
    )
    recording = _record(target)
    told = [
        (e.operation.removeprefix("tensorflow.keras."), e.subject, e.through)
        for e in _outermost(recording)
        if e.chain and e.chain[0].frame.qualname == "main"
    ]
    assert told == [
        ("utils.set_random_seed", "tensorflow seed", ""),
        ("Sequential", "", ""),
        ("Model.save", "m.keras", ""),
        ("Model.save_weights", "m.weights.h5", ""),
        ("models.load_model", "m.keras", ""),
        ("Model.load_weights", "m.weights.h5", ""),
    ]
    ledger = make_ledger(recording.effects)
    members = {(m.deed, m.member): m.operation for m in ledger.members if m.archive == "m.keras"}
    for name in ("metadata.json", "config.json", "model.weights.h5"):
        assert members["wrote", name] == "tensorflow.keras.Model.save"
    assert members["read", "config.json"] == "tensorflow.keras.models.load_model"
    (read,) = [e for e in _outermost(recording) if e.operation.endswith("load_weights")]
    (wrote,) = [e for e in _outermost(recording) if e.operation.endswith("save_weights")]
    assert read.made_by == wrote.number, "HDF5, written in C, is known by the calls"


def test_what_a_library_adds_below_is_told_by_its_own_name(program: Write) -> None:
    """A call within a told one is left out only where it names nothing else."""
    target = program("""
        import os, tarfile
        os.makedirs("folder", exist_ok=True)
        with open("folder/one.txt", "w") as file:
            file.write("1")
        with tarfile.open("a.tar", "w") as archive:
            archive.add("folder", "in")
    """)
    added = _of(_record(target), "tarfile.TarFile.add")
    assert {key for effect in added for key in effect.keys} >= {"in", "in/one.txt"}
