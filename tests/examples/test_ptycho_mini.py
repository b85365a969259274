"""The embedded target really trains, saves and loads, and does so the same way every time."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="the embedded target computes with NumPy")
pytest.importorskip("dill", reason="the embedded target writes dill files")

RunPython = Callable[..., subprocess.CompletedProcess[str]]

MODELS = ("autoencoder", "diffraction_to_obj")
MEMBERS = ("custom_objects.dill", "intensity_scale.npz", "model.keras", "params.dill")


@pytest.fixture(scope="module")
def trained(
    run_python: RunPython, mini: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """A scratch folder after a training, and what the training printed."""
    scratch = tmp_path_factory.mktemp("trained")
    done = run_python(mini / "scripts/training/train.py", "--output_dir", "out", cwd=scratch)
    return scratch, done.stdout


def test_training_reduces_the_loss(trained: tuple[Path, str]) -> None:
    """The gradients are right: the last loss is a small part of the first."""
    history = json.loads((trained[0] / "out/history.json").read_text("utf-8"))
    assert history["loss"][-1] < history["loss"][0] / 10


def test_archive_has_the_promised_members(trained: tuple[Path, str]) -> None:
    """A manifest, and four files for each of two models; nothing else."""
    with zipfile.ZipFile(trained[0] / "out/wts.h5.zip") as archive:
        names = archive.namelist()
    assert sorted(names) == sorted(
        ["manifest.dill", *(f"{model}/{member}" for model in MODELS for member in MEMBERS)]
    )


def test_the_same_training_gives_the_same_bytes(
    run_python: RunPython, mini: Path, trained: tuple[Path, str], tmp_path: Path
) -> None:
    """Neither the folder nor the hash seed shows in the output or in the archive."""
    done = run_python(
        mini / "scripts/training/train.py", "--output_dir", "out", cwd=tmp_path, hash_seed=7
    )
    assert done.stdout == trained[1]
    first, second = (folder / "out/wts.h5.zip" for folder in (trained[0], tmp_path))
    assert first.read_bytes() == second.read_bytes()


def test_another_configuration_gives_other_bytes(
    run_python: RunPython, mini: Path, trained: tuple[Path, str], tmp_path: Path
) -> None:
    """The control: the archive does depend on what was trained."""
    words = ("--output_dir", "out", "--nepochs", "3")
    run_python(mini / "scripts/training/train.py", *words, cwd=tmp_path)
    first, second = (folder / "out/wts.h5.zip" for folder in (trained[0], tmp_path))
    assert first.read_bytes() != second.read_bytes()


def test_inference_loads_what_training_saved(
    run_python: RunPython, mini: Path, trained: tuple[Path, str]
) -> None:
    """The second script of the two needs nothing but the first one's folder."""
    script = mini / "scripts/inference/inference.py"
    done = run_python(script, "--model_dir", "out", cwd=trained[0])
    assert done.stdout.startswith("reconstructed ")


def test_mock_run_sees_both_sides(run_python: RunPython, mini: Path, tmp_path: Path) -> None:
    """One process trains, saves and loads, and the loaded model has the trained gridsize."""
    done = run_python(mini / "scripts/mock_train.py", cwd=tmp_path)
    assert "wts.h5.zip: True" in done.stdout
    assert "loaded model predicts (2, 16, 16, 4)" in done.stdout
    assert list(tmp_path.iterdir()) == [], "the mock run leaves nothing behind"


def test_mock_run_can_stitch(run_python: RunPython, mini: Path, tmp_path: Path) -> None:
    """The branch that the default leaves out runs too."""
    words = ("--do_stitching", "--output_dir", "out")
    run_python(mini / "scripts/mock_train.py", *words, cwd=tmp_path)
    assert (tmp_path / "out/reconstruction.npz").is_file()


def test_loading_overwrites_the_parameters(
    run_python: RunPython, trained: tuple[Path, str]
) -> None:
    """A reader with other parameters has those of the training afterwards (CONFIG-001)."""
    code = """
from ptycho import params
from ptycho.workflows.components import load_inference_bundle
params.cfg.update({"gridsize": 3, "nepochs": 99})
_, config = load_inference_bundle("out")
print(params.cfg["gridsize"], params.cfg["nepochs"], config["intensity_scale"] > 0)
"""
    done = run_python("-c", code, cwd=trained[0])
    assert done.stdout.split() == ["1", "12", "True"]


def test_saving_collects_eleven_custom_objects(
    run_python: RunPython, trained: tuple[Path, str], tmp_path: Path
) -> None:
    """A count that a summary can state and a verifier can check."""
    with zipfile.ZipFile(trained[0] / "out/wts.h5.zip") as archive:
        archive.extractall(tmp_path)
    code = "import dill; print(len(dill.load(open('autoencoder/custom_objects.dill', 'rb'))))"
    assert run_python("-c", code, cwd=tmp_path).stdout.strip() == "11"


def test_archives_of_the_old_version_are_migrated(
    run_python: RunPython, trained: tuple[Path, str], tmp_path: Path
) -> None:
    """The version in the archive names the function that brings it up to date."""
    with zipfile.ZipFile(trained[0] / "out/wts.h5.zip") as archive:
        archive.extractall(tmp_path)
    code = """
import dill
from ptycho import params
from ptycho.model_manager import ModelManager
with open("autoencoder/params.dill", "rb") as file:
    saved = dill.load(file)
del saved["_version"]
saved["n_side"] = saved.pop("gridsize")
with open("autoencoder/params.dill", "wb") as file:
    dill.dump(saved, file)
ModelManager.load_model("autoencoder")
print(params.cfg["gridsize"], "n_side" in params.cfg)
"""
    assert run_python("-c", code, cwd=tmp_path).stdout.split() == ["1", "False"]


def test_the_workflow_does_not_save(run_python: RunPython, tmp_path: Path) -> None:
    """`run_cdi_example` leaves no file: saving is its caller's business."""
    code = """
from pathlib import Path
from ptycho.config.config import TrainingConfig
from ptycho.workflows.components import load_data, run_cdi_example
config = TrainingConfig(nepochs=1, output_dir=Path("out"))
run_cdi_example(load_data(None, config), None, config)
"""
    run_python("-c", code, cwd=tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_writer_and_reader_disagree_on_a_renamed_archive(
    run_python: RunPython, tmp_path: Path
) -> None:
    """The hidden input: the writer follows `h5_path`, the reader does not."""
    code = """
from ptycho import model_manager, params
from ptycho.workflows.components import load_inference_bundle
params.set("h5_path", "other.h5")
model_manager.save("out")
load_inference_bundle("out")
"""
    done = run_python("-c", code, cwd=tmp_path, is_checked=False)
    assert (tmp_path / "out/other.h5.zip").is_file()
    assert "Model archive not found: out/wts.h5.zip" in done.stderr


def test_the_old_script_saves_at_module_level(run_python: RunPython, tmp_path: Path) -> None:
    """Running it as a module trains and saves, with no function of its own."""
    run_python("-m", "ptycho.train", cwd=tmp_path)
    assert (tmp_path / "outputs/wts.h5.zip").is_file()


def test_the_baseline_saves_no_archive(run_python: RunPython, mini: Path, tmp_path: Path) -> None:
    """Its `model.save` is the framework's."""
    run_python(mini / "scripts/run_baseline.py", "--output_dir", "out", cwd=tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["baseline_model.keras"]


def test_the_second_backend_cannot_be_imported(run_python: RunPython, tmp_path: Path) -> None:
    """It stands there to be read: its libraries are not installed."""
    if importlib.util.find_spec("lightning"):
        pytest.skip("lightning is installed here")
    done = run_python("-c", "import ptycho_torch.train", cwd=tmp_path, is_checked=False)
    assert "ModuleNotFoundError: No module named 'lightning'" in done.stderr


def test_its_own_tests_pass(run_python: RunPython, mini: Path, tmp_path: Path) -> None:
    """The target has tests, as the real one does, and they hold."""
    words = ("-q", "-p", "no:cacheprovider", "--rootdir", mini, mini / "tests")
    run_python("-m", "pytest", *words, cwd=tmp_path)


def test_runs_leave_the_tree_as_it_is(run_python: RunPython, mini: Path, tmp_path: Path) -> None:
    """Evidence only: a run from a scratch folder writes nothing beside the sources."""
    before = _digest(mini)
    run_python(mini / "scripts/training/train.py", "--output_dir", "out", cwd=tmp_path)
    run_python(mini / "scripts/compare_models.py", "out", "out", cwd=tmp_path)
    run_python(mini / "notebooks/train_and_infer.py", cwd=tmp_path)
    assert _digest(mini) == before


def _digest(root: Path) -> str:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    described = [f"{p}:{hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files]
    return hashlib.sha256("\n".join(described).encode()).hexdigest()
