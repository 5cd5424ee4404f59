"""Access management: the account and its roles."""
