"""The nouns: frozen values, no I/O, no third-party import."""
