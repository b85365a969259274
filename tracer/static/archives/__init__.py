"""Archives and folders, and what goes into them and comes out."""
