"""What a Python that a recorded program starts loads first: it records that process, too.

The folder of this file stands at the front of `PYTHONPATH` for that one start. Both are taken away
again before anything of the child runs, and the `sitecustomize` that it would have had is imported.
The syntax is that of any Python: older ones go on unrecorded.
"""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
_given = os.environ.pop("TRACER_FOLLOWS", "")
_path = os.environ.get("PYTHONPATH", "")
if _path == _here:
    del os.environ["PYTHONPATH"]
elif _path == _here + "/.":  # it was there, and empty: a separator would mean the working folder
    os.environ["PYTHONPATH"] = ""
elif _path.startswith(_here + os.pathsep):
    os.environ["PYTHONPATH"] = _path[len(_here) + len(os.pathsep) :]
sys.path[:] = [entry for entry in sys.path if entry not in (_here, _here + "/.")]
for _folder in (_here, _here + "/."):
    sys.path_importer_cache.pop(_folder, None)
sys.modules.pop("sitecustomize", None)

if _given and sys.version_info >= (3, 10):
    try:
        import _frozen_importlib
        import _frozen_importlib_external

        _bootstrap = _frozen_importlib._load(  # type: ignore[attr-defined]
            _frozen_importlib_external.spec_from_file_location(
                "_tracer_probe.bootstrap", os.path.join(os.path.dirname(_here), "bootstrap.py")
            )
        )
        _bootstrap.follow(_given)
    except Exception:  # unrecorded, then: the program must not notice
        pass
    sys.modules.pop("_tracer_probe.bootstrap", None)

import sitecustomize  # type: ignore[import-not-found]  # noqa: E402, F401
