"""What a call graph is worth to an agent: writes USEFULNESS.md. See README.md in this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from benchmarks.asking.suite import main

if __name__ == "__main__":
    sys.exit(main())
