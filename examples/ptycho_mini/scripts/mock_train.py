#!/usr/bin/env python
"""A mock run: train on a simulated scan, save the archive, and load it back, in one process.

    python scripts/mock_train.py [--output_dir FOLDER] [--do_stitching]

It goes through the functions that the real scripts call, with fewer epochs, so that one
recording sees both the writer and the reader of `wts.h5.zip`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[1]
if str(REPO_ROOT) not in sys.path:
    sys.path.insert(0, str(REPO_ROOT))

from ptycho import model_manager, params
from ptycho.config.config import ModelConfig, TrainingConfig
from ptycho.workflows.components import (
    load_data,
    load_inference_bundle,
    run_cdi_example,
    save_outputs,
)


def mock_train(output_dir, do_stitching=False):
    """Write an archive into `output_dir`, and return the history of the loss."""
    config = TrainingConfig(
        model=ModelConfig(gridsize=2), nepochs=8, n_groups=48, output_dir=Path(output_dir)
    )
    train_data = load_data(None, config)
    test_data = load_data(None, config) if do_stitching else None
    recon_amp, recon_phase, results = run_cdi_example(
        train_data, test_data, config, do_stitching=do_stitching
    )
    model_manager.save(str(config.output_dir))
    save_outputs(recon_amp, recon_phase, results, str(config.output_dir))
    return results["history"]["loss"]


def mock_infer(output_dir):
    """Load the archive as a fresh process would: with the default parameters."""
    params.cfg.clear()
    params.cfg.update(params.DEFAULT_CFG)
    model, config = load_inference_bundle(output_dir)
    shape = (2, config["N"], config["N"], config["gridsize"] ** 2)
    import numpy as np

    return model.predict(np.ones(shape)).shape


def main():
    parser = argparse.ArgumentParser(description="Train, save and load a tiny model")
    parser.add_argument("--output_dir", type=Path)
    parser.add_argument("--do_stitching", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        output_dir = args.output_dir or Path(scratch)
        loss = mock_train(output_dir, args.do_stitching)
        print(f"loss {loss[0]:.3f} -> {loss[-1]:.3f} in {len(loss)} epochs")
        print(f"wts.h5.zip: {(output_dir / 'wts.h5.zip').is_file()}")
        print(f"loaded model predicts {mock_infer(output_dir)}")


if __name__ == "__main__":
    main()
