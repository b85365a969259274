"""Legacy configuration: one global dictionary that everybody reads.

New code passes the dataclasses of `ptycho.config.config`; `update_legacy_dict` keeps this
dictionary in step. See CONFIG-001 in `docs/findings.md` for what happens when it is not.
"""

import logging

logger = logging.getLogger(__name__)

DEFAULT_CFG = {
    "N": 16,
    "gridsize": 1,
    "offset": 4,
    "batch_size": 16,
    "nepochs": 12,
    "hidden_units": 48,
    "nphotons": 1e4,
    "amp_activation": "sigmoid",
    "model_type": "pinn",
    "data_source": "generic",
    "probe_scale": 4.0,
    "probe.trainable": False,
    "intensity_scale.trainable": True,
    "h5_path": "wts.h5",
    "output_prefix": "outputs",
    "save_model": True,
    "npseed": 42,
}
cfg = DEFAULT_CFG.copy()

_NO_DEFAULT = object()


def get_bigN():
    """The side of the region that a group of patches covers."""
    return cfg["N"] + (cfg["gridsize"] - 1) * cfg["offset"]


def params():
    """All parameters, with those that follow from others."""
    return {**cfg, "bigN": get_bigN()}


def validate():
    """Raise when a parameter has a value that nothing here can work with."""
    if cfg["data_source"] not in ("generic", "simulated", "experimental"):
        raise ValueError(f"data_source {cfg['data_source']!r} is not known")
    if cfg["gridsize"] < 1:
        raise ValueError(f"gridsize must be at least 1, got {cfg['gridsize']}")
    return True


def set(key, value):
    """Write one parameter for everybody."""
    logger.debug("params: %s is set", key)
    cfg[key] = value
    assert validate()


def get(key, default=_NO_DEFAULT):
    """Read one parameter; `bigN` is computed on each reading."""
    if key == "bigN":
        cfg["bigN"] = get_bigN()
        return cfg["bigN"]
    if default is _NO_DEFAULT:
        return cfg[key]
    return cfg.get(key, default)
