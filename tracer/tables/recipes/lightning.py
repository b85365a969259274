"""A stand-in for Lightning: a trainer that calls the hooks of one epoch in the library's order."""

from __future__ import annotations

import json
import os
from typing import Any

import torch  # PyTorch itself, or its stand-in
from tracer_stand_in import Base, invent, note

VERSION = "2.5.0"
ALIASES = {"lightning.pytorch": "lightning"}


class _Hooks:
    """What a trainer calls, where a program does not say otherwise."""

    def ignore(self, *_arguments: Any, **_keywords: Any) -> None:
        return None


_HOOKS = [
    f"on_{name}"
    for name in (
        *("fit_start", "fit_end", "train_start", "train_end", "train_epoch_start"),
        *("train_epoch_end", "train_batch_start", "train_batch_end", "validation_start"),
        *("validation_end", "validation_epoch_start", "validation_epoch_end"),
        *("validation_batch_start", "validation_batch_end", "save_checkpoint", "load_checkpoint"),
        *("test_start", "test_end", "test_epoch_start", "test_epoch_end", "exception"),
        *("sanity_check_start", "sanity_check_end", "before_zero_grad", "before_optimizer_step"),
        *("predict_start", "predict_end", "predict_epoch_start", "predict_epoch_end"),
    )
]
for _name in (*_HOOKS, "setup", "teardown", "prepare_data"):
    setattr(_Hooks, _name, _Hooks.ignore)


class LightningModule(torch.nn.Module, _Hooks):
    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        super().__init__()
        self.trainer = None
        self.current_epoch = self.global_step = 0

    def log(self, name: str, value: Any, *_arguments: Any, **_keywords: Any) -> None:
        if self.trainer is not None:
            self.trainer.callback_metrics[name] = value

    def log_dict(self, dictionary: Any, *_arguments: Any, **_keywords: Any) -> None:
        for name, value in dict(dictionary).items():
            self.log(name, value)

    def save_hyperparameters(self, *_arguments: Any, **_keywords: Any) -> None:
        return None

    def configure_optimizers(self) -> Any:
        return None

    def configure_callbacks(self) -> list[Any]:
        return []

    def optimizers(self, *_arguments: Any, **_keywords: Any) -> Any:
        return invent("lightning.LightningModule().optimizers()")

    def lr_schedulers(self) -> Any:
        return invent("lightning.LightningModule().lr_schedulers()")

    def manual_backward(self, loss: Any, *_arguments: Any, **_keywords: Any) -> None:
        return None

    @classmethod
    def load_from_checkpoint(cls, checkpoint_path: Any, *_arguments: Any, **keywords: Any) -> Any:
        with open(os.fspath(checkpoint_path), "rb") as file:
            file.read()
        keywords.pop("map_location", None)
        keywords.pop("strict", None)
        model = cls(**keywords)
        model.on_load_checkpoint({"state_dict": {}})
        return model


class LightningDataModule(Base, _Hooks):
    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        self.trainer = None

    def save_hyperparameters(self, *_arguments: Any, **_keywords: Any) -> None:
        return None


class Callback(Base, _Hooks):
    def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
        return None


class ModelCheckpoint(Callback):
    def __init__(self, dirpath: Any = None, filename: Any = None, **keywords: Any) -> None:
        self.dirpath, self.filename = dirpath, filename
        self.monitor = keywords.get("monitor")
        self.best_model_path = self.last_model_path = ""
        self.best_model_score = None

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        folder = self.dirpath or os.path.join(trainer.default_root_dir, "checkpoints")
        name = self.filename or "epoch={epoch}-step={step}"
        for key in ("epoch", "step"):
            name = name.replace("{" + key + "}", "0")
        path = os.path.join(os.fspath(folder), f"{name}.ckpt")
        trainer.save_checkpoint(path)
        self.best_model_path = self.last_model_path = path


class EarlyStopping(Callback):
    def __init__(self, monitor: Any = None, *_arguments: Any, **_keywords: Any) -> None:
        self.monitor, self.stopped_epoch = monitor, 0


class Trainer(Base):
    def __init__(self, **options: Any) -> None:
        callbacks = options.get("callbacks") or []
        self.callbacks = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
        if options.get("enable_checkpointing", True) and not any(
            isinstance(each, ModelCheckpoint) for each in self.callbacks
        ):
            self.callbacks.append(ModelCheckpoint())
        # A checkpoint is written last, as the library has it.
        self.callbacks.sort(key=lambda each: isinstance(each, ModelCheckpoint))
        self.default_root_dir = os.fspath(options.get("default_root_dir") or os.getcwd())
        self.logger = options.get("logger")
        self.callback_metrics: dict[str, Any] = {}
        self.logged_metrics = self.progress_bar_metrics = self.callback_metrics
        self.current_epoch = self.global_step = 0
        self.max_epochs = options.get("max_epochs", 1)
        self.is_global_zero, self.should_stop, self.world_size = True, False, 1
        self.model: Any = None

    @property
    def checkpoint_callback(self) -> Any:
        found = [each for each in self.callbacks if isinstance(each, ModelCheckpoint)]
        return found[0] if found else None

    def fit(
        self,
        model: Any,
        train_dataloaders: Any = None,
        val_dataloaders: Any = None,
        datamodule: Any = None,
        ckpt_path: Any = None,
    ) -> None:
        self._attach(model, datamodule, "fit")
        if datamodule is not None:
            train_dataloaders = datamodule.train_dataloader()
            val_dataloaders = datamodule.val_dataloader()
        model.configure_optimizers()
        self._tell("on_fit_start")
        self._tell("on_train_start")
        self._tell("on_train_epoch_start")
        self._run("train", model.training_step, train_dataloaders)
        if val_dataloaders is not None:
            self._tell("on_validation_start")
            self._tell("on_validation_epoch_start")
            self._run("validation", model.validation_step, val_dataloaders)
            self._tell("on_validation_epoch_end")
            self._tell("on_validation_end")
        self._tell("on_train_epoch_end", last=ModelCheckpoint)
        self._tell("on_train_end")
        self._tell("on_fit_end")

    def validate(self, model: Any = None, dataloaders: Any = None, **keywords: Any) -> Any:
        return self._once("validation", "validate", model, dataloaders, keywords)

    def test(self, model: Any = None, dataloaders: Any = None, **keywords: Any) -> Any:
        return self._once("test", "test", model, dataloaders, keywords)

    def predict(self, model: Any = None, dataloaders: Any = None, **keywords: Any) -> Any:
        datamodule = keywords.get("datamodule")
        self._attach(model, datamodule, "predict")
        if datamodule is not None:
            dataloaders = datamodule.predict_dataloader()
        return self._run("predict", self.model.predict_step, dataloaders)

    def save_checkpoint(self, filepath: Any, *_arguments: Any, **_keywords: Any) -> None:
        checkpoint: dict[str, Any] = {"state_dict": {}, "epoch": 0, "global_step": 0}
        if self.model is not None:
            self.model.on_save_checkpoint(checkpoint)
        path = os.fspath(filepath)
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        described = {"stand_in": "torch", "class": "dict", "keys": sorted(map(str, checkpoint))}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(described, file)

    def _once(self, kind: str, stage: str, model: Any, loaders: Any, keywords: Any) -> Any:
        datamodule = keywords.get("datamodule")
        self._attach(model, datamodule, stage)
        if datamodule is not None:
            loaders = getattr(
                datamodule, "val_dataloader" if kind == "validation" else kind + "_dataloader"
            )()
        self._tell(f"on_{kind}_start")
        self._tell(f"on_{kind}_epoch_start")
        self._run(kind, getattr(self.model, f"{kind}_step"), loaders)
        self._tell(f"on_{kind}_epoch_end")
        self._tell(f"on_{kind}_end")
        return [dict(self.callback_metrics)]

    def _attach(self, model: Any, datamodule: Any, stage: str) -> None:
        if model is not None:
            self.model = model
        self.model.__dict__["trainer"] = self
        if datamodule is not None:
            datamodule.__dict__["trainer"] = self
            datamodule.prepare_data()
            datamodule.setup(stage)
        self.model.setup(stage)

    def _tell(self, event: str, last: Any = None) -> None:
        """Callbacks first, then the module; those of the kind `last` after it."""
        late = [each for each in self.callbacks if last is not None and isinstance(each, last)]
        for callback in self.callbacks:
            if callback not in late and isinstance(callback, Callback):
                getattr(callback, event)(self, self.model)
        getattr(self.model, event)()
        for callback in late:
            getattr(callback, event)(self, self.model)

    def _run(self, kind: str, step: Any, loaders: Any) -> list[Any]:
        results = []
        if isinstance(loaders, (list, tuple)):
            loaders = loaders[0] if loaders else ()
        for number, batch in enumerate(loaders):
            if number == 2:  # the second shows what the first has changed
                break
            try:
                results.append(step(batch, number))
            except (ValueError, TypeError, IndexError, AttributeError) as error:
                note(f"{kind}_step raised {type(error).__name__} under stand-ins")
            for callback in self.callbacks:
                if isinstance(callback, Callback) and kind != "predict":
                    getattr(callback, f"on_{kind}_batch_end", callback.ignore)(
                        self, self.model, None, batch, number
                    )
        return results


def seed_everything(seed: Any = None, *_arguments: Any, **_keywords: Any) -> int:
    return 0 if seed is None else int(seed)


NAMES = {
    "lightning.LightningModule": LightningModule,
    "lightning.LightningDataModule": LightningDataModule,
    "lightning.Trainer": Trainer,
    "lightning.Callback": Callback,
    "lightning.seed_everything": seed_everything,
    "lightning.callbacks.Callback": Callback,
    "lightning.callbacks.ModelCheckpoint": ModelCheckpoint,
    "lightning.callbacks.EarlyStopping": EarlyStopping,
}
