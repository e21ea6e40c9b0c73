"""Read the text of a query before the engine does: its parts, its slips, its caps, and advice on how to write it."""
