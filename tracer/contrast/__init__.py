"""Two reconciled graphs, touchpoint by touchpoint."""
