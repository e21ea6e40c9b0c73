"""Gather what the pages show: the store in, plain values out, nothing of HTTP."""
