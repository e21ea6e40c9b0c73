"""Run the service, and see how it does."""
