"""Show the two faces of the graph: the command line and the web."""
