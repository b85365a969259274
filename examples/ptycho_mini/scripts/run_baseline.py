#!/usr/bin/env python
"""Train a supervised baseline, and save it with the framework's own `save`."""

import argparse
import sys
from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[1]
if str(REPO_ROOT) not in sys.path:
    sys.path.insert(0, str(REPO_ROOT))

from minikeras import Model
from minikeras.layers import Dense, Flatten, Tanh
from ptycho import params
from ptycho.raw_data import RawData
from ptycho.tf_helper import realspace_loss


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output_dir", type=Path, required=True)
    args = parser.parse_args()
    N = params.get("N")
    scan = RawData.simulate(64, N, params.get("nphotons"), seed=params.get("npseed"))
    corners = zip(scan.xcoords, scan.ycoords, strict=True)
    target = [abs(scan.objectGuess[x : x + N, y : y + N]).ravel() for x, y in corners]
    layers = [Flatten(), Dense(N * N, 32, seed=3), Tanh(), Dense(32, N * N, seed=4)]
    model = Model(layers, "baseline")
    model.compile(loss=realspace_loss)

    import numpy as np

    history = model.fit(scan.diff3d, np.stack(target), epochs=6)
    args.output_dir.mkdir(parents=True, exist_ok=True)
    # Not an archive of ModelManager: one model, and no parameters.
    model.save(args.output_dir / "baseline_model.keras")
    print(f"baseline loss {history.history['loss'][-1]:.4f}")


if __name__ == "__main__":
    main()
