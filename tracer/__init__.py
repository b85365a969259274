"""Answer a question about how Python code runs, with evidence that anybody can check."""

__version__ = "0.1.0"
