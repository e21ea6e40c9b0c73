"""Be the command `m4sd`."""
