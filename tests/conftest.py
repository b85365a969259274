"""What all tests share."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Machines that run the tests are loaded; how long an example takes says nothing about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

# In a C locale Python sets LC_CTYPE for its children (PEP 538). Programs that are run with and
# without the probe must both start from the environment that the tests were started with.
_GIVEN = Path("/proc/self/environ")
if _GIVEN.is_file() and not any(
    entry.startswith(b"LC_CTYPE=") for entry in _GIVEN.read_bytes().split(b"\0")
):
    os.environ.pop("LC_CTYPE", None)

# Tests leave the user's cache alone, and share one of their own, as lowering the stubs takes long.
# The processes of pytest-xdist get the variable from the one that starts them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _CACHE = tempfile.mkdtemp(prefix="tracer-tests-cache-")
    os.environ["TRACER_CACHE_DIR"] = _CACHE
    atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-backend",
        action="store_true",
        help="each test of the probe in every interpreter with every back end (half an hour more)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without that option these tests are deselected; the last line counts them."""
    if config.getoption("--every-backend"):
        return
    left_out = [item for item in items if item.get_closest_marker("every_backend")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("every_backend")]
