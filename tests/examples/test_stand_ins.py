"""The second backend of the embedded target runs without its libraries, under stand-ins."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tracer.dynamic.launch import record
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording

pytest.importorskip("numpy", reason="the embedded target computes with NumPy")


def _run(mini: Path, tmp_path: Path, *stand_ins: str) -> Recording:
    data = tmp_path / "data.pt"
    data.write_bytes(b"patterns")
    workload = Workload("w1", ("-m", "ptycho_torch.train", str(data)))
    plan = TracePlan(str(mini), ("ptycho", "ptycho_torch"), workload, stand_ins=stand_ins)
    return record(plan, tmp_path / "out", python=Path(sys.executable))


def test_it_trains_and_leaves_what_the_real_one_leaves(mini: Path, tmp_path: Path) -> None:
    """Lightning calls the steps, and writes a checkpoint; MLflow has a run."""
    if importlib.util.find_spec("lightning"):
        pytest.skip("lightning is installed here")
    recording = _run(mini, tmp_path, "auto")
    assert recording.exit_status == 0, recording.stderr_tail
    assert recording.stand_ins is not None
    assert {"lightning", "mlflow", "torch"} <= set(recording.stand_ins.modules)
    steps = {
        (call.caller.qualname, call.callee.qualname, call.through)
        for call in recording.calls
        if call.caller is not None and call.callee.qualname.endswith("_step")
    }
    through = {qualname: outside for _, qualname, outside in steps}
    assert {caller for caller, _, _ in steps} == {"main"}
    assert {"PtychoPINN_Lightning.training_step", "PtychoPINN_Lightning.validation_step"} <= set(
        through
    )
    assert all("lightning.Trainer" in str(outside) for outside in through.values())
    assert any(opened.path.endswith("best-checkpoint.ckpt") for opened in recording.opened)


def test_without_stand_ins_it_ends_at_its_first_import(mini: Path, tmp_path: Path) -> None:
    """The control."""
    if importlib.util.find_spec("lightning"):
        pytest.skip("lightning is installed here")
    recording = _run(mini, tmp_path)
    assert recording.exit_status == 1
    assert "No module named 'lightning'" in recording.stderr_tail


def test_the_mock_run_needs_no_stand_in(mini: Path, tmp_path: Path) -> None:
    """The first backend misses nothing: asked for stand-ins, its run is an ordinary one."""
    pytest.importorskip("dill")
    plan = TracePlan(
        str(mini), ("ptycho",), Workload("w1", ("scripts/mock_train.py",)), stand_ins=("auto",)
    )
    recording = record(plan, tmp_path / "out", python=Path(sys.executable), import_folders=(mini,))
    assert recording.exit_status == 0, recording.stderr_tail
    assert recording.stand_ins is None
