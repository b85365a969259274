"""What the training script hands to MLflow and Lightning."""

from dataclasses import asdict

import mlflow
import torch


def log_parameters_mlflow(*configs):
    """Log every field of every configuration under its own name."""
    for config in configs:
        for name, value in asdict(config).items():
            mlflow.log_param(f"{type(config).__name__}.{name}", value)


def set_seed(seed):
    """Seed what draws random numbers on this device."""
    torch.manual_seed(seed)


def print_auto_logged_info(run):
    """Say which artefacts the autologger has kept."""
    client = mlflow.tracking.MlflowClient()
    artifacts = [item.path for item in client.list_artifacts(run.info.run_id, "model")]
    print(f"run_id: {run.info.run_id}")
    print(f"artifacts: {artifacts}")
