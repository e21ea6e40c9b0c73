"""Keep what waits to be decided: submissions, their history, and what anyone reports."""
