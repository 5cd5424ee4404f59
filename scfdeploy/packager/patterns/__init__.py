"""Patterns of src.exclude: braces, names and paths."""
