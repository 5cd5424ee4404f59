"""Credentials and the account that they belong to."""
