"""URLs of functions: those of a local server, and calls of a function by its URL."""
