"""Show the graph to people: the ways in, the search, the questions, the rules."""
