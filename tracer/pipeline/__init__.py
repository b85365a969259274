"""The use cases, in story order. Nothing here prints."""
