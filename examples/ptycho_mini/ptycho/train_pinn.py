"""Training without ground truth: the loss compares diffraction patterns alone."""

import logging

import numpy as np
from minikeras.callbacks import Callback

from ptycho import params
from ptycho.misc import debug

logger = logging.getLogger(__name__)


class LossMonitor(Callback):
    """Log the loss now and then; the framework calls this, not we."""

    def __init__(self, every=4):
        self.every = every
        self.best = float("inf")

    def on_epoch_end(self, epoch, logs=None):
        loss = (logs or {}).get("loss", float("nan"))
        self.best = min(self.best, loss)
        if epoch % self.every == 0:
            self._report(epoch, loss)

    def on_train_end(self, logs=None):
        self._report(None, self.best)

    def _report(self, epoch, loss):
        label = "best" if epoch is None else f"epoch {epoch}"
        logger.info("%s: loss %.3f", label, loss)


def calculate_intensity_scale(data):
    """The factor from normalised amplitudes to the square root of counts."""
    return float(np.sqrt(params.get("nphotons")) / (params.get("N") / 2))


@debug
def train(train_data, intensity_scale=None, model_instance=None):
    """Fit a model, and return it with its history."""
    if intensity_scale is None:
        intensity_scale = calculate_intensity_scale(train_data)
    params.set("intensity_scale", intensity_scale)

    from ptycho import model

    history = model.train(
        params.cfg["nepochs"],
        train_data,
        model_instance=model_instance,
        callbacks=[LossMonitor()],
    )
    return model_instance, history


def train_eval(ptycho_dataset, model_instance=None):
    """Train, and predict the object where there are test data."""
    model_instance, history = train(ptycho_dataset.train_data, model_instance=model_instance)
    results = {"history": history.history, "model_instance": model_instance}
    if ptycho_dataset.test_data is not None:
        results["reconstructed_obj"] = eval(ptycho_dataset.test_data)
    return results


def eval(test_data, trained_model=None):
    """Predict the object of each group."""
    from ptycho import model, probe

    probe.set_probe_guess(None, test_data.probe)
    trained_model = trained_model or model.diffraction_to_obj
    return trained_model.predict(test_data.X * params.get("intensity_scale"))
