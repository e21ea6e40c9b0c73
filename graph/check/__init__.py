"""Check the ontology: its style, its OWL 2 DL profile, its consistency with the records."""
