"""Keep what is published: change it durably, recover, back up, restore, undo, verify, erase, release."""
