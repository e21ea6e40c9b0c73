"""Hold back what could harm a person: say what it is and where, and leave the rest to a reviewer."""
