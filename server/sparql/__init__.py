"""Answer SPARQL over HTTP, and help to write it."""
