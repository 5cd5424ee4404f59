"""Explain YAML syntax errors, and repair the ones with a certain fix so that reading can continue."""
