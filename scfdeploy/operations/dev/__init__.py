"""`dev`: a local server that follows the files of a project."""
