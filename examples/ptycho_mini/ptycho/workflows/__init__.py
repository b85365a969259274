"""Workflows over the core modules."""
