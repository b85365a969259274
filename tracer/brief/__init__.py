"""The question, read from Markdown, YAML, or a bare sentence."""
