"""Compare desired and observed settings."""
