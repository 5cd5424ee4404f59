"""Rules for network settings."""
