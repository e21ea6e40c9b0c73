"""Draw what follows from the records: rules of the ontology and of the claims, all at once or for one change."""
