"""Keep every change as text that was written to the disk for good before it is true (RDF Patch, Jena's RDF Delta)."""
