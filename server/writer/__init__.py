"""Change the graph: one process does, and all others ask it."""
