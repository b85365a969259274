"""A stand-in for MLflow: runs have ids, nothing is logged."""

from __future__ import annotations

from typing import Any

from tracer_stand_in import Base

VERSION = "3.0.0"


class RunInfo(Base):
    def __init__(self) -> None:
        self.run_id = self.run_uuid = "0" * 32
        self.experiment_id = "0"
        self.run_name = "stand-in"
        self.status = "RUNNING"
        self.artifact_uri = "mlruns/0/stand-in/artifacts"


class ActiveRun(Base):
    def __init__(self) -> None:
        self.info = RunInfo()

    def __exit__(self, *_error: Any) -> None:
        end_run()


_runs: list[ActiveRun] = []


def start_run(*_arguments: Any, **_keywords: Any) -> ActiveRun:
    _runs.append(ActiveRun())
    return _runs[-1]


def end_run(status: str = "FINISHED") -> None:
    if _runs:
        _runs.pop()


def active_run() -> ActiveRun | None:
    return _runs[-1] if _runs else None


def log_nothing(*_arguments: Any, **_keywords: Any) -> None:
    return None


def get_tracking_uri() -> str:
    return "mlruns"


NAMES = {
    "mlflow.ActiveRun": ActiveRun,
    "mlflow.start_run": start_run,
    "mlflow.end_run": end_run,
    "mlflow.active_run": active_run,
    "mlflow.get_tracking_uri": get_tracking_uri,
    "mlflow.set_tracking_uri": log_nothing,
    "mlflow.autolog": log_nothing,
    "mlflow.log_param": log_nothing,
    "mlflow.log_params": log_nothing,
    "mlflow.log_metric": log_nothing,
    "mlflow.log_metrics": log_nothing,
    "mlflow.log_artifact": log_nothing,
    "mlflow.log_artifacts": log_nothing,
    "mlflow.set_tag": log_nothing,
    "mlflow.set_tags": log_nothing,
}
