"""Write what a query found, in every format."""
