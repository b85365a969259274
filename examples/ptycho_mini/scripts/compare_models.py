#!/usr/bin/env python
"""Load the models of two training runs, and compare what they were trained with."""

import sys
from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[1]
if str(REPO_ROOT) not in sys.path:
    sys.path.insert(0, str(REPO_ROOT))

from ptycho.workflows.components import load_inference_bundle


def load_pinn_model(model_dir):
    """The model and the parameters of one run."""
    return load_inference_bundle(model_dir)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: compare_models.py FOLDER FOLDER")
    # Each load overwrites params.cfg, so the parameters are taken before the next.
    configs = [dict(load_pinn_model(Path(folder))[1]) for folder in sys.argv[1:]]
    for key in sorted(set(configs[0]) & set(configs[1]) - {"probe", "output_prefix"}):
        if configs[0][key] != configs[1][key]:
            print(f"{key}: {configs[0][key]} | {configs[1][key]}")


if __name__ == "__main__":
    main()
