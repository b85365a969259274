"""`python -m tracer` and the console script."""

import sys

from tracer.cli.main import main


def run() -> None:
    """Exit as the command line says."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
