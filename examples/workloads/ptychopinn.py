"""Drive the real PtychoPINN once: train on a tiny scan, save `wts.h5.zip`, and load it back.

    python ptychopinn.py CHECKOUT [--output DIR] [--images N] [--gridsize G] [--stitch]

CHECKOUT is a working copy of https://github.com/hoidn/PtychoPINN, used as it stands: its own
training script is run, and then its own loader. Nothing is written into it; the scan, the log
that its script opens in the working directory, and the archive go to DIR, else to a temporary
folder.

It wants Python below 3.12 with the project's own needs: tensorflow (2.18 was tried),
tensorflow-probability and tf-keras of matching versions (0.25, 2.18), dill, h5py, matplotlib,
scipy, scikit-image, scikit-learn, pandas, PyYAML and tqdm. One epoch on 16 patterns takes 25 to
45 seconds on two cores, nearly all of it TensorFlow's.

Exit status: 0 when the archive was written and loaded; 2 when the checkout or a package is
missing; 1 when the project fails.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import runpy
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

_SIDE = 64  # pixels; the smallest that the project's configuration takes
_SCAN_POINTS = 72  # more than the side, by which older versions tell the axes apart
_SEED = 20
_SCRIPT = "scripts/training/train.py"
_LOADER = "ptycho/workflows/components.py"
_ARCHIVE = "wts.h5.zip"


class NotAvailableError(Exception):
    """What the workload needs and does not find; the text is one line."""


def main(arguments: list[str] | None = None) -> int:
    """Train, save and load; say in three lines what came of it."""
    options = _parse(arguments)
    try:
        checkout = _find_checkout(options.checkout)
        with _output_folder(options.output) as output, _working_in(output), _as_host(checkout):
            components = _import_project()
            scan = _write_scan(Path("tiny_scan.npz"))
            train(checkout, scan, Path("model"), options.gridsize, options.images, options.stitch)
            described = load(components, Path("model"), options.gridsize)
            members = _names_in(Path("model") / _ARCHIVE)
    except NotAvailableError as error:
        print(f"ptychopinn: {error}", file=sys.stderr)
        return 2
    print(f"trained    1 epoch, {options.images} patterns, gridsize {options.gridsize}")
    print(f"archive    {_ARCHIVE}: {', '.join(members)}")
    print(f"loaded     {described}")
    return 0


def train(
    checkout: Path, scan: Path, model_folder: Path, gridsize: int, images: int, do_stitching: bool
) -> None:
    """Run the project's training script, as its command line would.

    The script is run by path under the name `__main__`, so that its own `main` trains, saves and
    writes the outputs, in the order that it chooses.
    """
    words = [
        "--train_data_file",
        str(scan),
        "--output_dir",
        str(model_folder),
        "--n_groups",
        str(images),
        "--nepochs",
        "1",
        "--batch_size",
        "4",
        "--gridsize",
        str(gridsize),
    ]
    if do_stitching:
        words += ["--test_data_file", str(scan), "--do_stitching"]
    before = sys.argv
    sys.argv = [str(checkout / _SCRIPT), *words]
    try:
        runpy.run_path(str(checkout / _SCRIPT), run_name="__main__")
    except ModuleNotFoundError as error:
        raise NotAvailableError(f"{_SCRIPT} needs the package {error.name}") from error
    finally:
        sys.argv = before
    if not (model_folder / _ARCHIVE).is_file():
        raise FileNotFoundError(f"{_SCRIPT} ended without writing {_ARCHIVE}")


def load(components: ModuleType, model_folder: Path, gridsize: int) -> str:
    """Load the archive, predict one group with what was loaded, and describe the result."""
    import numpy as np

    model, config = components.load_inference_bundle(model_folder)
    side, channels = int(config["N"]), gridsize**2
    patterns = np.full((1, side, side, channels), 0.1, np.float32)
    positions = np.zeros((1, 1, 2, channels), np.float32)
    predicted = model.predict([patterns, positions], verbose=0)
    return f"{len(config)} parameters, N {side}, prediction {tuple(np.shape(predicted))}"


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train, save and load the real PtychoPINN on tiny data"
    )
    parser.add_argument("checkout", type=Path, help="a working copy of hoidn/PtychoPINN")
    parser.add_argument("--output", type=Path, help="folder to keep; else a temporary one")
    parser.add_argument("--images", type=_count_images, default=16, help="patterns to train on")
    parser.add_argument("--gridsize", type=int, default=1, choices=(1, 2))
    parser.add_argument("--stitch", action="store_true", help="reassemble a test image as well")
    return parser.parse_args(arguments)


def _count_images(text: str) -> int:
    images = int(text)
    if not 8 <= images <= _SCAN_POINTS:
        raise argparse.ArgumentTypeError(f"from 8 to {_SCAN_POINTS}, got {images}")
    return images


def _find_checkout(given: Path) -> Path:
    checkout = given.resolve()
    for needed in (_SCRIPT, _LOADER):
        if not (checkout / needed).is_file():
            raise NotAvailableError(f"{given} is no PtychoPINN checkout: there is no {needed}")
    return checkout


def _import_project() -> ModuleType:
    """Import the workflow module, and check that it is what this workload knows how to drive."""
    try:
        components = importlib.import_module("ptycho.workflows.components")
    except ModuleNotFoundError as error:
        raise NotAvailableError(f"the checkout needs the package {error.name}") from error
    loader = getattr(components, "load_inference_bundle", None)
    if loader is None:
        raise NotAvailableError(f"{_LOADER} has no load_inference_bundle; the checkout is older")
    if "model_dir" not in inspect.signature(loader).parameters:
        raise NotAvailableError("load_inference_bundle takes no model_dir; the checkout is newer")
    return components


@contextmanager
def _output_folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="ptychopinn-") as folder:
        yield Path(folder)


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """The project opens logs and caches in the working directory."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _as_host(checkout: Path) -> Iterator[None]:
    """Let the project be imported from the checkout, quietly, and leave no bytecode there."""
    path, writes_no_bytecode = list(sys.path), sys.dont_write_bytecode
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("MPLBACKEND", "Agg")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(checkout))
    try:
        yield
    finally:
        sys.path[:] = path
        sys.dont_write_bytecode = writes_no_bytecode


def _write_scan(file: Path) -> Path:
    """Simulate a scan in the format of the project's data: diffraction amplitudes, positions."""
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        raise NotAvailableError(f"the workload needs the package {error.name}") from error
    random = np.random.default_rng(_SEED)
    axis = np.arange(_SIDE) - _SIDE / 2
    probe = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / (2 * (_SIDE / 6) ** 2))
    field = np.arange(3 * _SIDE) / _SIDE
    scene = (0.8 + 0.2 * np.sin(5 * field)[:, None] * np.cos(7 * field)[None, :]) * np.exp(
        0.5j * np.cos(4 * field)[:, None] * np.sin(6 * field)[None, :]
    )
    corners = random.integers(_SIDE // 2, 3 * _SIDE // 2, size=(_SCAN_POINTS, 2))
    patches = np.stack([scene[x : x + _SIDE, y : y + _SIDE] for x, y in corners])
    far = np.abs(np.fft.fftshift(np.fft.fft2(patches * probe, norm="ortho"), axes=(1, 2)))
    amplitude = far * (_SIDE / 2) / np.sqrt((far**2).sum(axis=(1, 2)).mean())
    middle = corners + _SIDE / 2
    np.savez(
        file,
        diff3d=amplitude.astype(np.float32),
        xcoords=middle[:, 0].astype(float),
        ycoords=middle[:, 1].astype(float),
        xcoords_start=middle[:, 0].astype(float),
        ycoords_start=middle[:, 1].astype(float),
        probeGuess=probe.astype(np.complex64),
        objectGuess=scene.astype(np.complex64),
        scan_index=np.zeros(_SCAN_POINTS, int),
    )
    return file


def _names_in(archive: Path) -> list[str]:
    import zipfile

    with zipfile.ZipFile(archive) as opened:
        return sorted(opened.namelist())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception:
        traceback.print_exc()
        sys.exit(1)
