"""What a training run leaves can be loaded, and brings its parameters."""

import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ptycho import model_manager, params
from ptycho.config.config import ModelConfig, TrainingConfig
from ptycho.workflows.components import load_data, load_inference_bundle, run_cdi_example


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output_dir = tmp_path_factory.mktemp("run")
    config = TrainingConfig(model=ModelConfig(gridsize=2), nepochs=3, output_dir=output_dir)
    _, _, results = run_cdi_example(load_data(None, config), None, config)
    model_manager.save(str(output_dir))
    return output_dir, results


def test_archive_holds_both_models(trained):
    with zipfile.ZipFile(trained[0] / "wts.h5.zip") as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
    assert folders == {"manifest.dill", "autoencoder", "diffraction_to_obj"}


def test_loading_restores_parameters(trained):
    params.cfg["gridsize"] = 1
    _, config = load_inference_bundle(trained[0])
    assert config["gridsize"] == params.cfg["gridsize"] == 2


def test_loaded_model_predicts_what_the_trained_one_does(trained):
    output_dir, results = trained
    data = results["train_container"].X[:4]
    from ptycho import model

    expected = model.diffraction_to_obj.predict(data)
    loaded, _ = load_inference_bundle(output_dir)
    np.testing.assert_allclose(loaded.predict(data), expected)


def test_missing_archive_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"wts\.h5\.zip"):
        load_inference_bundle(tmp_path)
