"""Persistence: both models, their parameters and their custom objects in one archive.

`wts.h5.zip` holds `manifest.dill` and, for each model, a folder with `model.keras`,
`custom_objects.dill`, `params.dill` and `intensity_scale.npz`.
"""

import os
import tempfile
import time
import zipfile

import dill
import minikeras
import numpy as np

from ptycho import migrations, params

# The same training gives the same archive: every member carries this local time.
_MEMBER_TIME = time.mktime((2020, 1, 1, 0, 0, 0, 0, 0, -1))


class ModelManager:
    """Save and load; there is no state of its own."""

    @staticmethod
    def save_model(model, model_dir, custom_objects, intensity_scale):
        """Write one model and what is needed to build it again."""
        custom_objects_path = os.path.join(model_dir, "custom_objects.dill")
        params_path = os.path.join(model_dir, "params.dill")
        try:
            os.makedirs(model_dir, exist_ok=True)

            # Layers by class name, weights by position.
            model.save(os.path.join(model_dir, "model.keras"))

            # By reference: the reader must be able to import the same classes.
            with open(custom_objects_path, "wb") as f:
                dill.dump(custom_objects, f)

            # A snapshot of the whole dictionary, the probe included.
            params_dict = params.cfg.copy()
            params_dict["intensity_scale"] = intensity_scale
            params_dict["_version"] = "1.0"
            with open(params_path, "wb") as f:
                dill.dump(params_dict, f)

            np.savez(
                os.path.join(model_dir, "intensity_scale.npz"), intensity_scale=intensity_scale
            )
        except Exception as error:
            print(f"Error saving model to {model_dir}: {error}")
            raise

    @staticmethod
    def load_model(model_dir):
        """Restore the parameters, build blank models for them, and fill in the weights."""
        custom_objects_path = os.path.join(model_dir, "custom_objects.dill")
        params_path = os.path.join(model_dir, "params.dill")
        try:
            with open(params_path, "rb") as f:
                loaded_params = dill.load(f)
            version = loaded_params.pop("_version", "0.9")
            # One function for each version that was ever written.
            migrate = getattr(migrations, f"from_{version.replace('.', '_')}")
            loaded_params = migrate(loaded_params)
            gridsize = loaded_params.get("gridsize")
            N = loaded_params.get("N")
            if gridsize is None or N is None:
                raise ValueError(f"parameters missing: gridsize={gridsize}, N={N}")

            # CONFIG-001: the parameters of the training replace those of this process.
            params.cfg.update(loaded_params)

            with open(custom_objects_path, "rb") as f:
                custom_objects = dill.load(f)
            # Archives of older versions lack this one.
            from ptycho.tf_helper import CenterMaskLayer

            if "CenterMaskLayer" not in custom_objects:
                custom_objects["CenterMaskLayer"] = CenterMaskLayer

            # Only now: importing this module builds models from the parameters.
            from ptycho.model import create_model_with_gridsize

            minikeras.config.enable_unsafe_deserialization()

            # Both are built, although one is wanted: they share layers.
            autoencoder, diffraction_to_obj = create_model_with_gridsize(gridsize, N)
            models_dict = {"autoencoder": autoencoder, "diffraction_to_obj": diffraction_to_obj}
            model = models_dict.get(os.path.basename(model_dir), autoencoder)

            keras_model_path = os.path.join(model_dir, "model.keras")
            if os.path.exists(keras_model_path):
                # The framework builds our layers from the custom objects, by name.
                loaded_model = minikeras.load_model(keras_model_path, custom_objects)
                model.set_weights(loaded_model.get_weights())
            elif os.path.exists(os.path.join(model_dir, "saved_model.npz")):
                return _WeightsOnlyModel(model, os.path.join(model_dir, "saved_model.npz"))

                # Checkpoints of the first version, kept as a fallback.
                checkpoint_path = os.path.join(model_dir, "checkpoint.npz")
                if os.path.exists(checkpoint_path):
                    model.load_weights(checkpoint_path)
            else:
                model.load_weights(os.path.join(model_dir, "weights.npz"))
            return model
        except Exception as error:
            print(f"Error loading model from {model_dir}: {error}")
            raise

    @staticmethod
    def save_multiple_models(models_dict, base_path, custom_objects, intensity_scale):
        """Write several models into `{base_path}.zip`."""
        zip_path = f"{base_path}.zip"
        os.makedirs(os.path.dirname(zip_path) or ".", exist_ok=True)
        with tempfile.TemporaryDirectory() as temp_dir:
            manifest = {"models": list(models_dict.keys()), "version": "1.0"}
            with open(os.path.join(temp_dir, "manifest.dill"), "wb") as f:
                dill.dump(manifest, f)

            # A folder for each; the reader tells the models apart by the folder's name.
            for model_name, model in models_dict.items():
                model_subdir = os.path.join(temp_dir, model_name)
                ModelManager.save_model(model, model_subdir, custom_objects, intensity_scale)

            with zipfile.ZipFile(zip_path, "w", zipfile.ZIP_DEFLATED) as zf:
                for root, folders, files in os.walk(temp_dir):
                    folders.sort()
                    for file in sorted(files):
                        full_path = os.path.join(root, file)
                        os.utime(full_path, (_MEMBER_TIME, _MEMBER_TIME))
                        zf.write(full_path, os.path.relpath(full_path, temp_dir))

    @staticmethod
    def load_multiple_models(base_path, model_names=None):
        """Load some or all models of `{base_path}.zip`, by name."""
        zip_path = f"{base_path}.zip"
        if not os.path.exists(zip_path):
            raise FileNotFoundError(f"Model archive not found: {zip_path}")
        with tempfile.TemporaryDirectory() as temp_dir:
            with zipfile.ZipFile(zip_path, "r") as zf:
                zf.extractall(temp_dir)
            with open(os.path.join(temp_dir, "manifest.dill"), "rb") as f:
                manifest = dill.load(f)
            available_models = manifest["models"]
            if model_names is None:
                model_names = available_models
            missing = sorted(set(model_names) - set(available_models))
            if missing:
                raise ValueError(f"models not in the archive: {missing}")

            # Each call updates params.cfg once more.
            loaded_models = {}
            for model_name in model_names:
                model_subdir = os.path.join(temp_dir, model_name)
                loaded_models[model_name] = ModelManager.load_model(model_subdir)
            return loaded_models


class _WeightsOnlyModel:
    """A model whose weights are read when it first predicts."""

    def __init__(self, blank_model, path):
        self._model = blank_model
        self._path = path

    def predict(self, x):
        self._model.load_weights(self._path)
        return self._model.predict(x)


def save(out_prefix):
    """Write the two models of `ptycho.model` into an archive below `out_prefix`."""
    from ptycho import model
    from ptycho.custom_layers import (
        ActivationLayer,
        CombineComplexLayer,
        FlatToChannelLayer,
        PadAndDiffractLayer,
        SquareLayer,
    )
    from ptycho.model import (
        IntensityScaler,
        IntensityScaler_inv,
        ProbeIllumination,
        _get_log_scale,
        negloglik,
    )
    from ptycho.tf_helper import CenterMaskLayer
    from ptycho.tf_helper import realspace_loss as hh_realspace_loss

    # The name comes from the parameters; `load_inference_bundle` expects `wts.h5`.
    model_path = os.path.join(out_prefix, params.get("h5_path"))

    # INTENSITY-SCALE-SAVE-001: the trained value, not that of the parameters.
    trained_intensity_scale = float(np.exp(_get_log_scale().numpy()))
    custom_objects = {
        "ProbeIllumination": ProbeIllumination,
        "IntensityScaler": IntensityScaler,
        "IntensityScaler_inv": IntensityScaler_inv,
        "CenterMaskLayer": CenterMaskLayer,
        "negloglik": negloglik,
        "realspace_loss": hh_realspace_loss,
        "CombineComplexLayer": CombineComplexLayer,
        "PadAndDiffractLayer": PadAndDiffractLayer,
        "FlatToChannelLayer": FlatToChannelLayer,
        "ActivationLayer": ActivationLayer,
        "SquareLayer": SquareLayer,
    }
    models_to_save = {
        "autoencoder": model.autoencoder,
        "diffraction_to_obj": model.diffraction_to_obj,
    }
    # Both models in one archive, as the specification wants.
    ModelManager.save_multiple_models(
        models_to_save, model_path, custom_objects, trained_intensity_scale
    )
