"""What expressions may be."""
