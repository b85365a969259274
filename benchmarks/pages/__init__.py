"""The page of a graph, beside what others would draw of the same graph."""
