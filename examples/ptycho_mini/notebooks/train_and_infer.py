"""A notebook turned into a script: train, save, and look at the result."""

from pathlib import Path

from ptycho import model_manager
from ptycho.config.config import TrainingConfig
from ptycho.workflows.components import load_data, load_inference_bundle, run_cdi_example


def train_model(config):
    """Train with the configuration, and save beside the notebook."""
    scan = load_data(config.train_data_file, config)
    _amplitude, _phase, results = run_cdi_example(scan, None, config)
    model_manager.save(str(config.output_dir))
    return results


if __name__ == "__main__":
    settings = TrainingConfig(output_dir=Path("outputs"))
    train_model(settings)
    reconstruct, trained_with = load_inference_bundle(settings.output_dir)
    print(sorted(trained_with))
