"""The target's interpreter, and what it says of itself: measured, never guessed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.errors import WorkloadError

_OLDEST = (3, 10)
_TIMEOUT_S = 60.0
_DEVICE_VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "TF_FORCE_GPU_ALLOW_GROWTH",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_USE_LEGACY_KERAS",
    "KERAS_BACKEND",
    "XLA_FLAGS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "PYTHONHASHSEED",
    "PYTHONPATH",
    "PYTHONOPTIMIZE",
    "MPLBACKEND",
)

_QUESTION = """
import json, sys
print(json.dumps({"version": list(sys.version_info[:3]), "implementation": sys.implementation.name,
    "executable": sys.executable,
    "build": " ".join((sys.version, getattr(sys, "abiflags", ""), sys.platform))}))
"""

_ENVIRONMENT = r"""
import json, os, platform, sys
from importlib import metadata
modules = json.loads(sys.argv[1])
owners = {}
try:
    owners = metadata.packages_distributions()
except AttributeError:  # Python 3.9 and older
    pass
found, without = {}, []
for module in modules:
    top = module.partition(".")[0]
    if top in sys.builtin_module_names or top in getattr(sys, "stdlib_module_names", ()):
        continue
    names = sorted(set(owners.get(top, ())))
    if not names:
        without.append(top)
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            without.append(top)
try:
    affinity = len(os.sched_getaffinity(0))
except AttributeError:
    affinity = os.cpu_count()
print(json.dumps({
    "python": platform.python_version(), "implementation": platform.python_implementation(),
    "compiler": platform.python_compiler(), "system": platform.system(),
    "release": platform.release(), "machine": platform.machine(), "cpus": affinity,
    "libc": " ".join(platform.libc_ver()).strip(), "distributions": found,
    "without_distribution": sorted(set(without)),
    "device_files": sorted(n for n in (os.listdir("/dev") if os.path.isdir("/dev") else ())
                           if n.startswith(("nvidia", "kfd", "dri"))),
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter that can run the probe."""

    executable: Path  # absolute; a virtual environment's own link, not what it points at
    version: tuple[int, int, int]
    implementation: str
    build: str = ""  # what compiled modules have to be made for; as `probe/accelerated.build` says


def check_interpreter(python: Path | None = None) -> Interpreter:
    """Check that an interpreter can be used; None means the one that runs this.

    Args:
        python: A path, or a name that is looked up on PATH.

    Raises:
        WorkloadError: It is not there, is no Python, or is older than the probe can work in.
    """
    given = str(python) if python is not None else sys.executable
    located = shutil.which(os.path.expanduser(given))
    if located is None:
        raise WorkloadError(f"interpreter {given}: not found, or not executable")
    executable = Path(os.path.abspath(located))
    answer = _ask(executable, given, "-c", _QUESTION)
    version = tuple(answer["version"])
    if version[:2] < _OLDEST:
        shown = ".".join(str(part) for part in version)
        raise WorkloadError(f"interpreter {given}: Python {shown}, but 3.10 or newer is needed")
    return Interpreter(
        executable,
        (version[0], version[1], version[2]),
        answer["implementation"],
        str(answer.get("build", "")),
    )


def describe_environment(python: Path | None, modules: Sequence[str]) -> dict[str, Any]:
    """What the target's interpreter says of itself, its system and the libraries asked for.

    Args:
        python: The interpreter; None means the one that runs this.
        modules: Import names; of each the distribution's version is told, without importing it.

    Returns:
        Plain values for `trace_env.json`. Variables are those that choose devices or change
        results; nothing else of the environment is told.
    """
    interpreter = check_interpreter(python)
    top_level = sorted({module.partition(".")[0] for module in modules})
    answer = _ask(
        interpreter.executable,
        str(interpreter.executable),
        "-c",
        _ENVIRONMENT,
        json.dumps(top_level),
    )
    answer["variables"] = {
        name: os.environ[name] for name in _DEVICE_VARIABLES if name in os.environ
    }
    return answer


def _ask(executable: Path, given: str, *arguments: str) -> dict[str, Any]:
    try:
        ran = subprocess.run(
            [executable, *arguments],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise WorkloadError(f"interpreter {given}: cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise WorkloadError(f"interpreter {given}: no answer in {_TIMEOUT_S:g} s") from error
    answer = answer_in(ran.stdout)
    if ran.returncode or answer is None:
        trouble = (ran.stderr.strip().rpartition("\n")[2] or f"exit status {ran.returncode}")[:200]
        raise WorkloadError(f"interpreter {given}: not a working Python: {trouble}")
    return answer


def answer_in(printed: str) -> dict[str, Any] | None:
    """The last line that can be an answer: what `site` runs may print, too, at the end as well."""
    for line in reversed(printed.splitlines()):
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict):
            return answer
    return None
