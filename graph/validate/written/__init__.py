"""Write a report in the form that its reader wants: for a person, a table, a program, a build server."""
