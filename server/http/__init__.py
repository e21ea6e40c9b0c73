"""Speak HTTP: formats, errors, compression, how long answers keep, and what stands before the application."""
