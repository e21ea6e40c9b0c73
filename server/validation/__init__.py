"""Check what strangers send."""
