"""Describe one thing as linked data: what is said of it, in every format."""
