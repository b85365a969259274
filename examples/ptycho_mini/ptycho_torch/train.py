"""Train the PyTorch backend with Lightning, and let MLflow keep the record.

Leaves a Lightning checkpoint and what MLflow logs by itself. There is no `wts.h5.zip`, no
snapshot of `ptycho.params.cfg`, and only one model.
"""

import argparse
import os

import lightning as L
import mlflow.pytorch
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from torch.utils.data import DataLoader

from ptycho_torch.config_params import DataConfig, TrainingConfig
from ptycho_torch.model import PtychoPINN_Lightning
from ptycho_torch.train_utils import log_parameters_mlflow, print_auto_logged_info, set_seed


def build_callbacks(monitor):
    """One checkpoint, that of the best validation loss; and a stop when it no longer falls."""
    # The only place where weights reach the disk without MLflow.
    checkpoint_callback = ModelCheckpoint(
        monitor=monitor,
        mode="min",
        save_top_k=1,
        filename="best-checkpoint",
    )
    early_stop_callback = EarlyStopping(monitor=monitor, mode="min", patience=20, strict=True)
    return [checkpoint_callback, early_stop_callback]


def main(data_file, existing_config=None):
    """Train, and return the identifier of the MLflow run."""
    data_config, training_config = existing_config or (DataConfig(), TrainingConfig())
    set_seed(42)

    patterns = torch.load(data_file, weights_only=True).flatten(1)
    split = int(0.95 * len(patterns))
    train_loader = DataLoader(patterns[:split], batch_size=training_config.batch_size)
    val_loader = DataLoader(patterns[split:], batch_size=training_config.batch_size)

    model = PtychoPINN_Lightning(data_config, training_config)
    trainer = L.Trainer(
        max_epochs=training_config.epochs,
        # The parent of the working directory, not an output folder of the caller's.
        default_root_dir=os.path.dirname(os.getcwd()),
        devices=training_config.n_devices,
        callbacks=build_callbacks(model.val_loss_name),
        enable_checkpointing=True,
    )

    # Logs metrics, and a copy of the checkpoint, by hooks into Lightning.
    mlflow.pytorch.autolog(checkpoint_monitor=model.val_loss_name)
    mlflow.set_experiment(training_config.experiment_name)
    with mlflow.start_run() as run:
        log_parameters_mlflow(data_config, training_config)
        mlflow.set_tag("stage", "training")
        if training_config.notes:
            mlflow.set_tag("notes", training_config.notes)

        # Lightning calls the model's steps and the callbacks from inside.
        trainer.fit(model, train_loader, val_loader)
        print_auto_logged_info(mlflow.get_run(run_id=run.info.run_id))
    return run.info.run_id


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train the PyTorch backend")
    parser.add_argument("data_file")
    main(parser.parse_args().data_file)
