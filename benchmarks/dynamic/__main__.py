"""`python -m benchmarks.dynamic`, the same as `benchmarks/overhead.py`."""

import sys

from benchmarks.dynamic.suite import main

sys.exit(main())
