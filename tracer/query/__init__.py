"""Questions about a solved call graph, answered from an index of it."""
