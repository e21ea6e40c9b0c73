"""Tell a person what a finding means: what was expected, what failed inside, and how to mend it."""
