"""Show what changed, when, by whom and why."""
