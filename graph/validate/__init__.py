"""Hold records against the shapes and say what is wrong, where, and how to mend it."""
