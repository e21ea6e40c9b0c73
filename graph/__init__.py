"""Hold the knowledge graph: records come in by `graph.admit`, answers go out by `graph.query`."""
