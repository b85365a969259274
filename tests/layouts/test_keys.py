"""Keys of what goes into files and comes out, and conditions under which members are written."""

from __future__ import annotations

from pathlib import Path

from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import EffectKind
from tracer.pipeline.progress import Silent, StageClock
from tracer.pipeline.reading import read_sources
from tracer.static.layouts import artifact_layouts

STORE = """\
import os
import pickle
import tempfile
import zipfile

DEFAULTS = {"N": 64, "gridsize": 2}


def save(path, model, extra, keep_history=False):
    with tempfile.TemporaryDirectory() as folder:
        params = {"version": 1, "name": model}
        params["scale"] = model.scale
        if extra:
            params["extra"] = extra
        _dump(params, os.path.join(folder, "params.pkl"))
        _dump(DEFAULTS.copy(), os.path.join(folder, "defaults.pkl"))
        state = model.state()
        _dump(state, os.path.join(folder, "state.pkl"))
        if keep_history:
            _dump({"loss": []}, os.path.join(folder, "history.pkl"))
        with zipfile.ZipFile(path + ".zip", "w") as archive:
            for base, _, names in os.walk(folder):
                for name in names:
                    full = os.path.join(base, name)
                    archive.write(full, os.path.relpath(full, folder))


def _dump(value, path):
    with open(path, "wb") as file:
        pickle.dump(value, file)


def load(path):
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path + ".zip", "r") as archive:
            archive.extractall(folder)
        with open(os.path.join(folder, "params.pkl"), "rb") as file:
            params = pickle.load(file)
        if "extra" in params:
            print(params["extra"])
        params.pop("extra", None)
        return params["version"], params.get("scale"), params.pop("name")


def main(model):
    save("out/wts", model, None)
    return load("out/wts")
"""


def _layouts(folder: Path) -> dict[EffectKind, ArtifactLayout]:
    (folder / "store.py").write_text(STORE)
    reading = read_sources(folder, (), StageClock(Silent()))
    functions = {function.id for function in reading.graph.functions}
    found = artifact_layouts(reading.tree, reading.graph, functions)
    return {layout.direction: layout for layout in found}


def _members(layout: ArtifactLayout) -> dict[str, LayoutMember]:
    return {member.path: member for member in layout.members}


def test_keys_of_what_is_written_have_their_lines(tmp_path: Path) -> None:
    """A display, a store, a store under a condition, a module's dict; what is open says why."""
    members = _members(_layouts(tmp_path)[EffectKind.ARCHIVE_WRITE])
    params = {key.name: key for key in members["params.pkl"].keys}
    lines = {name: STORE.splitlines()[key.anchor.line - 1].strip() for name, key in params.items()}
    assert lines == {
        "version": 'params = {"version": 1, "name": model}',
        "name": 'params = {"version": 1, "name": model}',
        "scale": 'params["scale"] = model.scale',
        "extra": 'params["extra"] = extra',
    }
    assert params["extra"].condition == "`if` at line 13"
    assert not params["scale"].condition
    assert {key.name for key in members["defaults.pkl"].keys} == {"N", "gridsize"}
    assert members["defaults.pkl"].keys_open == ()
    assert members["state.pkl"].keys == ()
    assert "`model.state()`" in members["state.pkl"].keys_open[0]


def test_names_in_hdf5_files_have_their_lines(tmp_path: Path) -> None:
    """Datasets and attributes that are written through a handle; others may be written, too."""
    (tmp_path / "store.py").write_text(
        "import h5py\n\n\ndef save(path, data, unit=None):\n"
        "    with h5py.File(path + '/model.h5', 'w') as file:\n"
        "        file.create_dataset('weights', data=data)\n"
        "        file.attrs['scale'] = 1.0\n"
        "        if unit:\n"
        "            file.attrs['unit'] = unit\n"
    )
    reading = read_sources(tmp_path, (), StageClock(Silent()))
    functions = {function.id for function in reading.graph.functions}
    (layout,) = artifact_layouts(reading.tree, reading.graph, functions)
    member = _members(layout)["model.h5"]
    found = {(key.name, key.anchor.line, key.condition) for key in member.keys}
    assert found == {("weights", 6, ""), ("@scale", 7, ""), ("@unit", 9, "if `unit`")}
    assert member.keys_open == ("what else is done through the handle",)


def test_what_a_condition_decides_says_so(tmp_path: Path) -> None:
    """The control: what decides whether there is an archive at all is no condition of a member."""
    layouts = _layouts(tmp_path)
    members = _members(layouts[EffectKind.ARCHIVE_WRITE])
    assert members["history.pkl"].condition == "if `keep_history` (store.py:19)"
    assert members["params.pkl"].condition == ""


def test_keys_that_a_loader_asks_for(tmp_path: Path) -> None:
    """Read, asked for by `get`, tested with `in`, read under that test."""
    (member,) = _layouts(tmp_path)[EffectKind.ARCHIVE_READ].members
    found = {(key.name, key.is_tested, bool(key.condition)) for key in member.keys}
    assert found == {
        ("version", False, False),
        ("scale", True, False),
        ("name", False, False),
        ("extra", True, True),
        ("extra", False, True),
    }
