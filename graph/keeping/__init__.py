"""Back up, restore, undo, verify, erase and release what the journal and the store hold."""
