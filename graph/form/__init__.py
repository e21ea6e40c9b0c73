"""Ask for a record by a form made from the shapes, and read what is typed into it."""
