"""Texts and paths that expressions may give."""
