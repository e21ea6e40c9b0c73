"""Turn the shapes into what a person fills in: templates, schemas, and the words for what is asked."""
