"""What the probe costs, beside its peers: writes OVERHEAD.md. See README.md in this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from benchmarks.dynamic.suite import main

if __name__ == "__main__":
    sys.exit(main())
