"""Configuration dataclasses, and the bridge from them to the legacy dictionary."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# Names that differ between a dataclass field and the legacy dictionary. `h5_path` is in neither:
# the archive's name stays what `ptycho.params` says.
KEY_MAPPINGS = {
    "probe_trainable": "probe.trainable",
    "intensity_scale_trainable": "intensity_scale.trainable",
    "output_dir": "output_prefix",
    "train_data_file": "train_data_file_path",
    "test_data_file": "test_data_file_path",
}


@dataclass(frozen=True)
class ModelConfig:
    """What decides the shapes of the weights."""

    N: int = 16
    gridsize: int = 1
    hidden_units: int = 48
    amp_activation: str = "sigmoid"
    model_type: str = "pinn"
    probe_scale: float = 4.0


@dataclass
class TrainingConfig:
    """What decides how the weights are found."""

    model: ModelConfig = field(default_factory=ModelConfig)
    train_data_file: Path | None = None
    test_data_file: Path | None = None
    batch_size: int = 16
    nepochs: int = 12
    n_groups: int = 64
    nphotons: float = 1e4
    probe_trainable: bool = False
    intensity_scale_trainable: bool = True
    output_dir: Path = Path("outputs")

    def __post_init__(self) -> None:
        validate_training_config(self)


def validate_training_config(config: TrainingConfig) -> None:
    """Raise on a value that would only fail much later."""
    if config.batch_size < 1:
        raise ValueError(f"batch_size must be positive, got {config.batch_size}")
    if config.nphotons <= 0:
        raise ValueError(f"nphotons must be positive, got {config.nphotons}")
    if config.model.N % 4:
        raise ValueError(f"N must be a multiple of 4, got {config.model.N}")


def dataclass_to_legacy_dict(config: Any) -> dict[str, Any]:
    """Flatten a configuration into the keys of the legacy dictionary."""
    flat = asdict(config)
    flat.update(flat.pop("model", {}))
    legacy = {}
    for name, value in flat.items():
        legacy[KEY_MAPPINGS.get(name, name)] = str(value) if isinstance(value, Path) else value
    return legacy


def update_legacy_dict(cfg: dict[str, Any], config: Any) -> None:
    """Write a configuration into the legacy dictionary; None leaves what is there."""
    for key, value in dataclass_to_legacy_dict(config).items():
        if value is not None:
            cfg[key] = value
