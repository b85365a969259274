"""The benchmark of the static call graph: beside peers, against what programs really did."""
