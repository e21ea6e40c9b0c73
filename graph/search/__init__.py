"""Find things by name: an index in SQLite beside a snapshot, what is asked of it, and counts by facet."""
