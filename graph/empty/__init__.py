"""Say why a query has no answer: which part of it matches nothing, and how it could be written so that it does."""
