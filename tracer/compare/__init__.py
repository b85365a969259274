"""Two runs side by side: where they part first, and in what else they differ."""
