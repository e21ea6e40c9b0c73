"""State the contract of the HTTP service (OpenAPI 3.1)."""
