"""Find the line and the column of each statement in the text of a file; one room for each family of syntaxes."""
