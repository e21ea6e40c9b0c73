"""Turn SHACL shapes into SPARQL 1.1 queries that return what violates them."""
