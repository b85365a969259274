"""What is in the wheel is all that it takes: installed alone, in an environment of its own.

Builds and installs need a registry of packages, which not every machine has: these tests run where
`TRACER_TEST_PACKAGING=1` asks for them, as `.ci/run` does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "examples" / "ptycho_mini"
BRIEF = PROJECT / "prompts" / "ptycho_mini_persistence.md"

pytestmark = pytest.mark.skipif(
    os.environ.get("TRACER_TEST_PACKAGING") != "1",
    reason="asked for by TRACER_TEST_PACKAGING=1: it builds and installs",
)


def _run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Where nothing of the checkout is on the path."""
    left_out = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, made in environments of their own."""
    folder = tmp_path_factory.mktemp("dist")
    done = _run(sys.executable, "-m", "build", "--outdir", folder, PROJECT, cwd=folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that has the wheel, and of ours nothing else."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = built.glob("*.whl")
    done = _run(
        binaries / "python",
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("-c", PROJECT / "constraints.txt", wheel),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return binaries


def test_the_wheel_holds_all_of_the_package_and_nothing_else(built: Path) -> None:
    """Code, templates, tables, recipes, the probe's sources in C, and the mark that it is typed."""
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "tracer").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert here <= names
    for part in (
        "templates/page/start.js",
        "accelerator/module.c",
        "tables/effects.toml",
        "py.typed",
    ):
        assert any(name.endswith(part) for name in names), part
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "tracer",
        "callchain_tracer",
    }


def test_the_sdist_builds_the_same_package(built: Path) -> None:
    """And holds what its tests need."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "constraints.txt",
        "Makefile",
        "tracer/probe/accelerator/module.c",
        "tests/frozen/bundle-1.zip",
        "examples/ptycho_mini/scripts/mock_train.py",
        "prompts/ptycho_mini_persistence.md",
    } <= names


def test_it_runs_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    """Version, doctor, an answer on the terminal, a bundle, its verification, a run in C or not."""
    tracer = installed / "tracer"
    version = _run(tracer, "--version", cwd=tmp_path)
    assert version.stdout.startswith("tracer "), version.stderr
    where = _run(installed / "python", "-c", "import tracer; print(tracer.__file__)", cwd=tmp_path)
    assert "site-packages" in where.stdout
    doctor = _run(tracer, "doctor", "--json", cwd=tmp_path)
    checks = {each["name"]: each for each in json.loads(doctor.stdout)["data"]["checks"]}
    assert not checks["h5py"]["is_there"]
    ask = _run(tracer, "ask", "Who writes params.dill?", "--root", TARGET, cwd=tmp_path)
    assert ask.returncode == 0, ask.stderr
    assert "dill.dump" in ask.stdout
    out = tmp_path / "out"
    run = _run(tracer, "run", BRIEF, "--root", TARGET, "--out", out, "--no-dynamic", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    (bundle,) = (place.parent for place in out.rglob("manifest.json"))
    assert (bundle / "callgraph" / "index.html").stat().st_size > 100_000
    assert _run(tracer, "verify", bundle, "--root", TARGET, cwd=tmp_path).returncode == 0
    script = tmp_path / "script.py"
    script.write_text("def f():\n    return 1\n\nfor _ in range(3):\n    f()\n")
    trace = _run(tracer, "trace", "-o", "log", "--", "script.py", cwd=tmp_path)
    assert trace.returncode == 0, trace.stderr
    document = json.loads((tmp_path / "log" / "edges.json").read_text("utf-8"))
    assert [edge["count"] for edge in document["edges"]] == [3]
