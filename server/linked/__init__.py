"""Give each thing an address, a page and its data."""
