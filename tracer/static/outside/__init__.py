"""What the standard library's stubs say about it, as plain values; nothing of it is imported."""
