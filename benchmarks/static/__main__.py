"""`python -m benchmarks.static`, the same as `benchmarks/static_suite.py`."""

import sys

from benchmarks.static.suite import main

sys.exit(main())
