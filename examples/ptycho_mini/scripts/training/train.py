#!/usr/bin/env python
"""Train on a scan, save the models, and write the reconstruction."""

import logging
import sys
from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[2]
if str(REPO_ROOT) not in sys.path:
    sys.path.insert(0, str(REPO_ROOT))

# The log goes to the folder that the script was started in.
logging.basicConfig(
    level=logging.INFO,
    format="%(levelname)s - %(message)s",
    handlers=[logging.FileHandler("train_debug.log", mode="w"), logging.StreamHandler(sys.stdout)],
)

from ptycho import model_manager, params
from ptycho.config.config import update_legacy_dict
from ptycho.workflows.components import (
    load_data,
    parse_arguments,
    run_cdi_example,
    save_outputs,
    setup_configuration,
)


def main():
    args = parse_arguments()
    config = setup_configuration(args, args.config)
    update_legacy_dict(params.cfg, config)

    train_data = load_data(config.train_data_file, config)
    test_data = None
    if config.test_data_file or args.do_stitching:
        test_data = load_data(config.test_data_file, config)

    # Trains, and leaves the models in ptycho.model; it does not save them.
    recon_amp, recon_phase, results = run_cdi_example(
        train_data, test_data, config, do_stitching=args.do_stitching
    )
    # The script saves, not the workflow.
    model_manager.save(str(config.output_dir))
    save_outputs(recon_amp, recon_phase, results, str(config.output_dir))


if __name__ == "__main__":
    main()
