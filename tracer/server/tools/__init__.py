"""One module for each tool, loaded when it is called."""
