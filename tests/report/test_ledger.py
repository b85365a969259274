"""What a run did to files and archives, in the three reports that tell of it."""

from __future__ import annotations

from dataclasses import replace

from tracer.model.evidence import Evidence, SeenEffect
from tracer.model.ledger import FileDeed, Ledger, MemberDeed
from tracer.model.recording import Frame, Place
from tracer.model.source import FunctionId
from tracer.report.call_tree import render_dynamic
from tracer.report.ledger import archive_sighting
from tracer.report.markdown import render_static

_MANAGER = "ptycho/model_manager.py"
_SAVE = Place(Frame(_MANAGER, "ptycho.model_manager", "save_model", 10), 71)
_PACK = Place(Frame(_MANAGER, "ptycho.model_manager", "save_multiple_models", 300), 378)


def _with_ledger(evidence: Evidence, *read: str) -> Evidence:
    (run,) = evidence.runs
    archive, member = "<tmp>/tmp*/wts.h5.zip", "m/custom_objects.dill"
    source = "<tmp>/tmp*/m/custom_objects.dill"
    members = (
        MemberDeed(
            7,
            "wrote",
            archive,
            member,
            "zipfile.ZipFile.write",
            _PACK,
            source=source,
            source_place=_SAVE,
            source_operation="dill.dump",
        ),
        *(
            MemberDeed(9 + number, "read", archive, name, "zipfile.ZipFile.extractall", _PACK)
            for number, name in enumerate(read)
        ),
    )
    files = (FileDeed(3, "wrote", source, "dill.dump", _SAVE, times=2),)
    return replace(evidence, runs=(replace(run, ledger=Ledger(members, files)),))


def test_a_member_with_what_went_in_and_who_had_written_it(persistence: Evidence) -> None:
    """One line: member, writing line, source, the line that wrote the source."""
    text = render_dynamic(_with_ledger(persistence), ["$ x"])
    assert (
        "Member wrote: <tmp>/tmp*/wts.h5.zip!m/custom_objects.dill by"
        f" {_MANAGER}:378 zipfile.ZipFile.write, from <tmp>/tmp*/m/custom_objects.dill,"
        f" written by {_MANAGER}:71 dill.dump\n"
    ) in text
    assert f"File wrote: <tmp>/tmp*/m/custom_objects.dill by {_MANAGER}:71 dill.dump ×2\n" in text
    assert "Opened: <scratch>" not in text, "the account tells of every opening"


def test_the_static_map_has_members_and_missed_effects(persistence: Evidence) -> None:
    """Section 7 tells what was seen and not read, section 8 the members as they were seen."""
    seen = SeenEffect(
        "w1",
        4,
        FunctionId(f"{_MANAGER}::ModelManager.save_model"),
        34,
        "archive.write",
        "zipfile.ZipFile",
        "model|keras",
        cause="minikeras.Model.save led to it, of which the table says nothing",
    )
    known = replace(seen, number=5, read_as=0, cause="")
    evidence = replace(_with_ledger(persistence), seen_effects=(seen, seen, known))
    text = render_static(evidence)
    assert text.count("of which the table says nothing") == 1
    assert "### Seen in a run, and not read" in text and r"model\|keras" in text
    assert "| w1 | `<tmp>/tmp*/wts.h5.zip!m/custom_objects.dill` | wrote |" in text
    without = render_static(persistence)
    assert "Seen in a run" not in without and "Members as a run" not in without


def test_the_two_sides_of_an_archive_are_compared(persistence: Evidence) -> None:
    """Members written and read, by name of the archive; another archive is not spoken of."""
    one = _with_ledger(persistence, "m/custom_objects.dill")
    two = _with_ledger(persistence, "m/other.dill")
    where = f"{_MANAGER}:378"
    assert archive_sighting(one, ["out/wts.h5.zip"]) == (
        f"seen in run w1: 1 member written at {where}; 1 member read at {where};"
        " the same on both sides"
    )
    assert archive_sighting(two, ["wts.h5.zip"]).endswith("2 on one side only")
    assert archive_sighting(one, ["another.zip"]) == ""


def test_one_run_may_write_what_another_reads(persistence: Evidence) -> None:
    """Training and loading are two runs: both are told, and their members compared."""
    (run,) = _with_ledger(persistence, "m/custom_objects.dill").runs
    halves = tuple(
        replace(
            run,
            workload=replace(run.workload, name=name),
            ledger=replace(
                run.ledger,
                members=tuple(each for each in run.ledger.members if each.deed == deed),
            ),
        )
        for name, deed in (("w1", "wrote"), ("w2", "read"))
    )
    where = f"{_MANAGER}:378"
    assert archive_sighting(replace(persistence, runs=halves), ["wts.h5.zip"]) == (
        f"seen in run w1: 1 member written at {where}; in run w2: 1 member read at {where};"
        " the same on both sides"
    )
    assert archive_sighting(replace(persistence, runs=halves[1:]), ["wts.h5.zip"]) == (
        f"seen in run w2: 1 member read at {where}"
    )
