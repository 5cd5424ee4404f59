"""Rules for code, handlers and images."""
