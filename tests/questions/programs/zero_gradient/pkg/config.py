from dataclasses import dataclass
from typing import Any


@dataclass
class CellConfig:
    cell_a: Any = 1.0
    cell_b: Any = 1.0
