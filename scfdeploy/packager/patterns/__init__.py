"""Patterns of src.exclude and src.include: braces, names, paths."""
