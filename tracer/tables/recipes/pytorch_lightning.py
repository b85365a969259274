"""The older name of Lightning."""

VERSION = "2.5.0"
ALIASES = {"pytorch_lightning": "lightning"}
