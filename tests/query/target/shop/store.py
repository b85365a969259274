"""Where things are kept."""

import json
import os
from dataclasses import dataclass


@dataclass
class Order:
    """Its constructor stands in no file."""

    name: str


class Base:
    def save(self, path):
        """Write everything."""
        if os.path.exists(path):
            return
        with open(path, "w") as file:
            json.dump(self.rows(), file)

    def rows(self):
        return []


class Shelf(Base):
    def rows(self):
        return [Order("tea")]


class Attic(Base):
    def __init__(self, name):
        self.name = name

    def rows(self):
        return [self.name]
