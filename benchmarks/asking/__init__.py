"""Questions about how programs run, answered by two scripted bots, judged by what ran."""
