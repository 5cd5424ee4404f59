"""packager."""
