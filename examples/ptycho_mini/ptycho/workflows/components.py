"""Workflows: from raw data to a trained model, and from an archive to a model that predicts.

Nothing here saves a model. The script that calls `run_cdi_example` does so afterwards.
"""

import argparse
import json
import logging
import os
from dataclasses import fields
from pathlib import Path

import numpy as np

from ptycho import loader, params, probe
from ptycho.config.config import ModelConfig, TrainingConfig, update_legacy_dict
from ptycho.loader import PtychoDataContainer, RawData
from ptycho.model_manager import ModelManager

logger = logging.getLogger(__name__)


class DiffractionToObjectAdapter:
    """A loaded model that keeps `gridsize` in step with what it is given."""

    def __init__(self, base_model):
        self._model = base_model

    def _sync_gridsize(self, diffraction):
        gridsize = round(diffraction.shape[-1] ** 0.5)
        if params.cfg.get("gridsize") != gridsize:
            params.cfg["gridsize"] = gridsize

    def predict(self, diffraction, **kwargs):
        self._sync_gridsize(diffraction)
        return self._model.predict(diffraction, **kwargs)

    def __getattr__(self, name):
        return getattr(object.__getattribute__(self, "_model"), name)


def load_inference_bundle(model_dir):
    """Load the model that a training run left in a directory.

    Args:
        model_dir: A folder with `wts.h5.zip`, whatever `h5_path` says.

    Returns:
        The model from diffraction to object, and the parameters that it was trained with.

    Raises:
        ValueError: `model_dir` is not a directory.
        FileNotFoundError: There is no `wts.h5.zip` in it.
        KeyError: The archive lacks `diffraction_to_obj`.
    """
    model_dir = Path(model_dir)
    if not model_dir.is_dir():
        raise ValueError(f"Model path is not a directory: {model_dir}")

    # The writer takes this name from `h5_path`; here it is fixed.
    model_zip = model_dir / "wts.h5"
    if not os.path.exists(f"{model_zip}.zip"):
        raise FileNotFoundError(f"Model archive not found: {model_zip}.zip")

    # ModelManager wants the path without .zip, and overwrites params.cfg (CONFIG-001).
    models_dict = ModelManager.load_multiple_models(str(model_zip))
    if "diffraction_to_obj" not in models_dict:
        raise KeyError(f"no diffraction_to_obj among {sorted(models_dict)}")

    model = DiffractionToObjectAdapter(models_dict["diffraction_to_obj"])
    config = params.cfg.copy()
    logger.info("loaded a model with gridsize %s and N %s", config["gridsize"], config["N"])
    return model, config


def parse_arguments(arguments=None):
    """Command-line options, one for each field of the configuration."""
    parser = argparse.ArgumentParser(description="Train a model on a ptychographic scan")
    parser.add_argument("--config", help="JSON file with values for any of the options")
    parser.add_argument("--do_stitching", action="store_true", help="reassemble the test image")
    for item in [*fields(ModelConfig), *fields(TrainingConfig)]:
        if item.name == "model":
            continue
        is_path = item.name.endswith(("_file", "_dir"))
        convert = Path if is_path else _converter(item.type)
        parser.add_argument(f"--{item.name}", type=convert, default=None)
    return parser.parse_args(arguments)


def _converter(declared):
    return {int: int, float: float, bool: _parse_bool}.get(declared, str)


def _parse_bool(text):
    return text.lower() in ("1", "true", "yes")


def setup_configuration(args, config_path=None):
    """Merge the defaults, a JSON file and the command line, and tell the legacy dictionary."""
    merged = json.loads(Path(config_path).read_text("utf-8")) if config_path else {}
    merged.update({name: value for name, value in vars(args).items() if value is not None})
    model_names = {item.name for item in fields(ModelConfig)}
    training_names = {item.name for item in fields(TrainingConfig)} - {"model"}
    model_config = ModelConfig(**{n: v for n, v in merged.items() if n in model_names})
    config = TrainingConfig(
        model=model_config, **{n: v for n, v in merged.items() if n in training_names}
    )
    # CONFIG-001: before any module reads params.
    update_legacy_dict(params.cfg, config)
    return config


def load_data(file_path, config):
    """Read a scan, or simulate one where no file is given."""
    if file_path is not None:
        return RawData.from_file(file_path)
    return RawData.simulate(96, config.model.N, config.nphotons, seed=params.get("npseed"))


def create_ptycho_data_container(data, config):
    """Group raw data; what is grouped already is returned as it is."""
    if isinstance(data, PtychoDataContainer):
        return data
    if isinstance(data, RawData):
        grouped = data.generate_grouped_data(config.n_groups, config.model.gridsize)
        # The loader takes a function, since older callers grouped lazily.
        return loader.load(lambda: grouped, data.probeGuess)
    raise TypeError(f"data must be RawData or PtychoDataContainer, got {type(data).__name__}")


def train_cdi_model(train_data, test_data, config):
    """Group the data, set the probe, build the models, and train."""
    from ptycho import model, train_pinn
    from ptycho.loader import PtychoDataset

    # Raw data become groups here, so that gridsize is that of the config.
    train_container = create_ptycho_data_container(train_data, config)
    if test_data is not None:
        test_container = create_ptycho_data_container(test_data, config)
    else:
        test_container = None

    # The layers copy the probe when they are built, so it must be known before.
    probe.set_probe_guess(None, train_container.probe)
    if "intensity_scale" not in params.cfg:
        params.set("intensity_scale", train_pinn.calculate_intensity_scale(train_container))

    # SINGLETON-SAVE-001: model_manager.save() reads these two attributes of the module.
    model.autoencoder, model.diffraction_to_obj = model.create_compiled_model()

    # The training loop itself; the framework calls LossMonitor back from inside.
    results = train_pinn.train_eval(
        PtychoDataset(train_container, test_container), model_instance=model.autoencoder
    )
    results["train_container"] = train_container
    results["test_container"] = test_container
    return results


def reassemble_cdi_image(test_data, config, flip_x=False, flip_y=False, M=8):
    """Predict the test image patch by patch, and stitch the patches."""
    test_container = create_ptycho_data_container(test_data, config)

    from ptycho import nbutils

    # Uses the models of the module, not those of an archive.
    obj_tensor_full, global_offsets = nbutils.reconstruct_image(test_container)

    if flip_x:
        global_offsets[:, 0, 0, :] *= -1
    if flip_y:
        global_offsets[:, 0, 1, :] *= -1

    from ptycho import tf_helper as hh

    # Overlapping patches are averaged.
    obj_image = hh.reassemble_position(obj_tensor_full, global_offsets, M=M)
    results = {"obj_tensor_full": obj_tensor_full, "global_offsets": global_offsets}
    return np.absolute(obj_image), np.angle(obj_image), results


def run_cdi_example(train_data, test_data, config, flip_x=False, flip_y=False, do_stitching=False):
    """Train, and stitch the test image if asked to.

    Returns:
        Amplitude and phase (None without stitching), and the results of the training.
    """
    # CONFIG-001: the legacy modules below read params.cfg, not config.
    update_legacy_dict(params.cfg, config)

    # Leaves the trained models in ptycho.model.
    train_results = train_cdi_model(train_data, test_data, config)

    recon_amp, recon_phase = None, None
    if do_stitching and test_data is not None and "reconstructed_obj" in train_results:
        recon_amp, recon_phase, reassemble_results = reassemble_cdi_image(
            test_data, config, flip_x, flip_y
        )
        train_results.update(reassemble_results)
    else:
        logger.info("no stitching")
    return recon_amp, recon_phase, train_results


def save_outputs(amplitude, phase, results, output_prefix):
    """Write the reconstruction and the history, but no model."""
    os.makedirs(output_prefix, exist_ok=True)
    with open(os.path.join(output_prefix, "history.json"), "w", encoding="utf-8") as file:
        json.dump(results["history"], file, indent=1)
    if amplitude is not None and phase is not None:
        np.savez(
            os.path.join(output_prefix, "reconstruction.npz"), amplitude=amplitude, phase=phase
        )
    logger.info("outputs saved")
