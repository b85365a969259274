"""Joins the static graph with recordings: one graph, a verdict on each edge."""
