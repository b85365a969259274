#!/usr/bin/env python
"""Load the models of a training run, and reconstruct a scan with them."""

import argparse
import sys
from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[2]
if str(REPO_ROOT) not in sys.path:
    sys.path.insert(0, str(REPO_ROOT))

import numpy as np
from ptycho import loader, nbutils, probe, tf_helper
from ptycho.raw_data import RawData
from ptycho.workflows.components import load_inference_bundle


def perform_inference(model, config, test_data):
    """Predict and stitch with a loaded model."""
    probe.set_probe_guess(None, test_data.probeGuess)
    grouped = test_data.generate_grouped_data(32, config["gridsize"])
    container = loader.load(lambda: grouped, test_data.probeGuess)
    patches, offsets = nbutils.reconstruct_image(container, diffraction_to_obj=model)
    return tf_helper.reassemble_position(patches, offsets)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model_dir", type=Path, required=True)
    parser.add_argument("--test_data_file", type=Path)
    parser.add_argument("--output_dir", type=Path)
    args = parser.parse_args()

    # The archive also brings the parameters of the training.
    model, config = load_inference_bundle(args.model_dir)
    if args.test_data_file:
        test_data = RawData.from_file(args.test_data_file)
    else:
        test_data = RawData.simulate(48, config["N"], config["nphotons"], seed=7)
    image = perform_inference(model, config, test_data)
    print(f"reconstructed {image.shape[0]}x{image.shape[1]}, amplitude {np.abs(image).mean():.3f}")
    if args.output_dir:
        args.output_dir.mkdir(parents=True, exist_ok=True)
        np.save(args.output_dir / "image.npy", image)


if __name__ == "__main__":
    main()
